"""Units as the databases of the field write them, in our own codes.

Rules
1. A text is one of :data:`WORDS`, a money code, a product of two such words (``t*mi``, ``ha a``, ``square
   meter-year``), or a word of :mod:`databases.units`; anything else is refused. A number is never looked at.
2. A code of ours stays itself. Any other unit becomes the code named in its row, by an exact factor: pint knows
   the definitions, and where it rounds or means another unit (Btu, acre) the row says what is meant.
3. Letter case decides where it must (``Mg`` and ``mg``, ``ML`` and ``ml``, ``Mt`` and ``MT``); elsewhere it does not.
4. What the databases call ``ton`` without more is the metric one; the US one is ``short ton``, ``tn.sh``, ``sh tn``.
   Only ``tmi*``, SimaPro's own mark, is a short ton over a mile. An acre is the international one; a calorie, a
   Btu and a therm are those of the International Table (ISO 80000-5); a barrel is 42 US gallons, a year 365 days.
   ``Nm3`` counts as m3.
5. Counted things (item, dozen, livestock unit, guest night) are pieces.
6. Money needs its year: ``EUR 2000`` and ``2022 USD`` are money, ``EUR`` is refused.

Example: ``foreign("t*mi") == ("tkm", Fraction("1.609344"))``.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import cache, lru_cache
from itertools import product

from databases import units

WORDS = """
kg  | kilogram                | kg, kilogram, kilogramme, kilograms, kgs
g   | gram                    | g, gram, grams
t   | metric_ton              | t, ton, tons, tonne, tonnes, metric ton, metric tons, metric tonne
t   | metric_ton              | Mg, mt, MT, tMS, tMB, tOM
kg  | kilogram * 1e6          | kt, kton, kiloton, Gg
kg  | kilogram * 1e9          | Mt, Mtn, megaton, Tg
kg  | gram / 1e3              | mg, milligram
kg  | gram / 1e6              | μg, ug, mcg, ?g, microgram
kg  | gram / 1e9              | ng, nanogram
kg  | gram / 1e12             | pg, picogram
kg  | kilogram * 1e12         | Pg, petagram
kg  | pound                   | lb, lbs, lb av, lb., pound, pounds
kg  | ounce                   | oz, oz av, ounce
kg  | troy_ounce              | oz t, troy ounce
kg  | short_ton               | sh tn, tn.sh, short ton, short tons, ton (short), US ton, ton (US), shtn
kg  | long_ton                | long tn, tn.lg, long ton, long tons, ton (long)
kg  | carat                   | ct, carat
kg  | grain                   | grain
MJ  | joule                   | J, joule, Ws
MJ  | millijoule              | mJ
MJ  | picojoule               | pJ
MJ  | kilojoule               | kJ, kilojoule
MJ  | megajoule               | MJ, megajoule, MJ, net calorific value
GJ  | gigajoule               | GJ, gigajoule
MJ  | terajoule               | TJ, terajoule
MJ  | petajoule               | PJ, petajoule
MJ  | exajoule                | EJ, exajoule
kWh | watt_hour               | Wh, watt hour
kWh | milliwatt_hour          | mWh
kWh | kilowatt_hour           | kWh, kilowatt hour, kilowatthour
MWh | megawatt_hour           | MWh, megawatt hour
kWh | gigawatt_hour           | GWh, gigawatt hour
kWh | terawatt_hour           | TWh, terawatt hour
MJ  | 1055.05585262 * joule   | btu, British thermal unit
MJ  | 1055055.85262 * joule   | kBtu
MJ  | 1055055852.62 * joule   | mmBtu, million Btu
MJ  | 105505585.262 * joule   | therm, therms
MJ  | 4.1868 * joule          | cal
MJ  | 4186.8 * joule          | kcal
MJ  | 41.868 * gigajoule      | toe
MJ  | 29.3076 * gigajoule     | tce
m3  | meter ** 3              | m3, cubic meter, cubic metre, m^3, kl, kiloliter
m3  | meter ** 3              | Nm3, Sm3, Nm^3, normal cubic meter, standard cubic meter
L   | liter                   | l, liter, litre, liters, litres, dm3
m3  | liter / 1e3             | ml, milliliter, millilitre, cm3, cc
m3  | liter * 1e6             | ML, Ml, megaliter
m3  | liter / 1e2             | cl
m3  | liter / 1e1             | dl
m3  | liter * 1e2             | hl
m3  | liter / 1e6             | μl, ul, mm3
m3  | gallon                  | gal, gal*, gallon, gallons, US gallon, gal (US liq), gal (US fl), US gal
m3  | imperial_gallon         | gal (Imp), imperial gallon
m3  | 1e3 * gallon            | kgal
m3  | 1e6 * gallon            | million gallons
m3  | quart                   | qt, quart, qt (US liq)
m3  | US_pint                 | pt (US fl), pt (US liq)
m3  | fluid_ounce             | fl oz, US fl oz
m3  | 42 * gallon             | bbl, barrel, barrels
m3  | foot ** 3               | cuft, cu ft, cu.ft, ft3, cf, scf, cubic foot, cubic feet
m3  | 1e3 * foot ** 3         | mcf, Mscf
m3  | 1e6 * foot ** 3         | MMcf, MMscf
m3  | inch ** 3               | cu.in, in3, cubic inch
m3  | yard ** 3               | cu.yd, yd3, cubic yard
m2  | meter ** 2              | m2, square meter, square metre, m^2, sqm
m2  | hectare                 | ha, hectare, hectares
m2  | kilometer ** 2          | km2, square kilometer, square kilometre
m2  | centimeter ** 2         | cm2
m2  | decimeter ** 2          | dm2
m2  | millimeter ** 2         | mm2
m2  | 100 * meter ** 2        | are
m2  | 43560 * foot ** 2       | acre, acres, ac
m2  | foot ** 2               | ft2, sq.ft, sq ft, sqft, square foot, square feet
m2  | inch ** 2               | in2, sq.in, square inch
m2  | yard ** 2               | yd2, sq.yd, square yard
m2  | mile ** 2               | mi2, sq.mi, square mile
m   | meter                   | m, meter, metre, meters, metres
km  | kilometer               | km, kilometer, kilometre, kilometers, kilometres
m   | mile                    | mi, mile, miles
m   | nautical_mile           | nmi, nautical mile
m   | foot                    | ft, foot, feet
m   | inch                    | in, inch, inches
m   | yard                    | yd, yard, yards
m   | decimeter               | dm
m   | centimeter              | cm, centimeter
m   | millimeter              | mm, millimeter
m   | megameter               | Mm
m   | micrometer              | μm, um, ?m, micrometer
h   | hour                    | h, hr, hrs, hour, hours
h   | minute                  | min, minute, minutes
h   | second                  | s, sec, second, seconds
h   | 24 * hour               | d, day, days
a   | tanbiao_year            | a, y, yr, year, years
kBq | becquerel               | Bq, becquerel
kBq | kilobecquerel           | kBq, kilobecquerel, kilo Becquerel
kBq | megabecquerel           | MBq
kBq | millibecquerel          | mBq
kBq | microbecquerel          | μBq, uBq, ?Bq
kBq | nanobecquerel           | nBq
kBq | curie                   | Ci
SWU | tanbiao_swu             | SWU, kg SWU, kg SW, kilogram separative work unit
piece | tanbiao_piece         | piece, p, item, items, Item(s), unit, units, pc, pcs
piece | tanbiao_piece         | LU, livestock unit, pig place, guest night
piece | 12 * tanbiao_piece    | dozen, Dozen(s)
tkm | metric_ton * kilometer  | tkm
tkm | kilogram * kilometer    | kgkm
tkm | 1e3 * metric_ton * kilometer | ktkm
tkm | short_ton * mile        | tmi*, short ton-mile, short ton mile
tkm | metric_ton * mile       | tmi
pkm | tanbiao_person * kilometer | pkm, personkm
pkm | tanbiao_person * mile   | pmi, passenger-mile, passenger mile
vkm | tanbiao_vehicle * kilometer | vkm
vkm | tanbiao_vehicle * mile  | vmi, vehicle-mile, vehicle mile
m2a | meter ** 2 * tanbiao_year | m2a, m2y
m2a | hectare * tanbiao_year  | ha a
m2a | kilometer ** 2 * tanbiao_year | km2a
m2a | centimeter ** 2 * tanbiao_year | cm2a
m2a | millimeter ** 2 * tanbiao_year | mm2a
m2a | foot ** 2 * tanbiao_year | ft2a
m2a | mile ** 2 * tanbiao_year | mi2a
m3a | meter ** 3 * tanbiao_year | m3a, m3y
m3a | centimeter ** 3 * tanbiao_year | cm3y, cm3a
m3a | meter ** 3 * 24 * hour  | m3d, m3day
m3a | liter * 24 * hour       | l day
ma  | meter * tanbiao_year    | ma, my
ma  | kilometer * tanbiao_year | kmy, kma
ma  | mile * tanbiao_year     | miy
kga | kilogram * tanbiao_year | kga, kgy
"""
"""A row for every unit: our code, what it is in pint's words, and how it is written."""

PRODUCTS = {
    ("mass", "length"): "tkm",
    ("person", "length"): "pkm",
    ("vehicle", "length"): "vkm",
    ("length", "time"): "ma",
    ("area", "time"): "m2a",
    ("volume", "time"): "m3a",
    ("mass", "time"): "kga",
}
"""Code of a product of two units by what the two measure (rule 1)."""

_ACTORS = {
    "person": ("tanbiao_person", "p, person, persons, passenger, person(s)"),
    "vehicle": ("tanbiao_vehicle", "v, vehicle, vehicles"),
}
_TIMES = re.compile(r"\s*[*·⋅•∙×]\s*|[\s-]+")
_MONEY = re.compile(
    r"(?:(?P<scale>[kM])\s?)?(?P<sign>[A-Z]{3}|Yen|\$)[\s_-]?(?P<year>(?:19|20)\d{2})"
    r"|(?P<year2>(?:19|20)\d{2})[\s_-]?(?P<sign2>[A-Z]{3})"
)
_SIGNS = {"Yen": "JPY", "$": "USD"}
_SCALES = {None: 1, "k": 1000, "M": 1_000_000}


@lru_cache(maxsize=4096)
def foreign(text: str) -> tuple[str, Fraction]:
    """(code, factor): one of the unit ``text`` is ``factor`` of our unit ``code``, exactly.

    ``code`` is one of :data:`databases.units.DIMENSIONS` or a money code. Raises UnknownUnit.
    """
    plain = " ".join(_plain(text[:100]).split())
    found = _word(plain) or _money(plain) or _product(plain)
    if found is None:
        return units.parse(text[:100]), Fraction(1)
    return found


def _plain(text: str) -> str:
    """Compatibility forms apart (m², µ, ㎏): one way to write each letter."""
    return unicodedata.normalize("NFKC", text).strip()


def _word(text: str) -> tuple[str, Fraction] | None:
    exact, folded = _table()
    row = exact.get(text) or folded.get(text.casefold())
    return None if row is None else (row[0], _factor(*row))


def _money(text: str) -> tuple[str, Fraction] | None:
    found = _MONEY.fullmatch(text)
    if found is None:
        return None
    sign = found["sign"] or found["sign2"]
    return _SIGNS.get(sign, sign) + (found["year"] or found["year2"]), Fraction(_SCALES[found["scale"]])


def _product(text: str) -> tuple[str, Fraction] | None:
    """Rule 1: two words of dimensions that make one of ours; every cut is tried, the first that fits is taken."""
    for cut in _TIMES.finditer(text):
        left, right = text[: cut.start()], text[cut.end() :]
        for (first, one), (second, two) in product(_measures(left), _measures(right)):
            for pair in ((first, second), (second, first)):
                if code := PRODUCTS.get(pair):
                    return code, _factor(code, f"({one}) * ({two})")
    return None


def _measures(text: str) -> list[tuple[str, str]]:
    """What a word may measure, with its pint expression: ``p`` is a person here."""
    found = [
        (actor, expression)
        for actor, (expression, words) in _ACTORS.items()
        if text.casefold() in words.split(", ")
    ]
    exact, folded = _table()
    row = exact.get(text) or folded.get(text.casefold())
    return found + ([(units.dimension(row[0]), row[1])] if row else [])


@cache
def _table() -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    """Rows by their words, and by the words in small letters where these are not ambiguous (rule 3)."""
    exact: dict[str, tuple[str, str]] = {}
    for line in WORDS.strip().splitlines():
        code, expression, words = (part.strip() for part in line.split(" | "))
        for word in words.split(", "):
            if exact.setdefault(_plain(word), (code, expression)) != (code, expression):
                raise ValueError(f"The unit {word!r} stands in two rows")
    folded: dict[str, set[tuple[str, str]]] = {}
    for word, row in exact.items():
        folded.setdefault(word.casefold(), set()).add(row)
    return exact, {word: next(iter(rows)) for word, rows in folded.items() if len(rows) == 1}


@cache
def _factor(code: str, expression: str) -> Fraction:
    registry = units.registry(Fraction)
    one = registry.parse_expression(expression) * Fraction(1)
    target = registry.parse_expression(units.PINT_NAMES.get(code, code))
    return Fraction((one / target).to_base_units().magnitude)
