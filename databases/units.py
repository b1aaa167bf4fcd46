"""Units of the platform: one canonical code a unit, dimensions, exact conversion.

Rules
1. A unit is known or refused; nothing is guessed from a number's size.
2. Two units convert only inside one dimension: kWh to MJ, never kWh to kg.
3. Amounts are decimals. The factor between two units is an exact ratio; only a ratio without a finite decimal
   (MJ to kWh is 1/3.6) is rounded, at 50 digits.
4. A year (``a``) is 365 days or 8760 hours: the databases of the field count occupation and storage in calendar
   years (openLCA and SimaPro turn 1 m3*day into 0.0027397 m3*a), not in astronomical ones of 8766 hours.
5. Money is a code of currency and price year (``USD2022``); each is a dimension of its own, since exchange rates
   and inflation are no conversion of units. Kilometres of a vehicle, of persons and of goods, and the separative
   work of enrichment are dimensions of their own too.

Example: ``convert(Decimal("2"), parse("吨"), "kg") == Decimal(2000)``.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal
from functools import cache
from types import MappingProxyType
from typing import Any

DIMENSIONS = MappingProxyType(
    {
        "kg": "mass",
        "g": "mass",
        "t": "mass",
        "kWh": "energy",
        "MWh": "energy",
        "MJ": "energy",
        "GJ": "energy",
        "m3": "volume",
        "L": "volume",
        "tkm": "freight",
        "m2": "area",
        "m": "length",
        "km": "length",
        "piece": "count",
        "pkm": "passenger distance",
        "vkm": "vehicle distance",
        "h": "time",
        "a": "time",
        "ma": "length-time",
        "m2a": "area-time",
        "m3a": "volume-time",
        "kga": "mass-time",
        "kBq": "radioactivity",
        "SWU": "separative work",
    }
)
"""Dimension of every canonical code; money codes (rule 5) come on top."""

_ALIASES = {
    "kg": "千克 公斤 kilogram kilograms kilogramme kgs",
    "g": "克 gram grams gramme",
    "t": "吨 公吨 ton tons tonne tonnes mt",
    "kWh": "度 千瓦时 千瓦小时 度电 kwh kilowatthour kilowatthours",
    "MWh": "兆瓦时 兆瓦小时 mwh megawatthour megawatthours",
    "MJ": "兆焦 兆焦耳 megajoule megajoules",
    "GJ": "吉焦 吉焦耳 gigajoule gigajoules",
    "m3": "立方米 立方 方 标方 标立方米 标准立方米 nm3 cbm m^3 nm^3 cubicmetre cubicmetres cubicmeter",
    "L": "升 公升 litre litres liter liters",
    "tkm": "吨公里 吨千米 tonkm tonnekm tonnekilometre tonnekilometres tonkilometre tkms",
    "m2": "平方米 平米 m^2 sqm squaremetre squaremetres squaremeter squaremeters",
    "m": "米 metre metres meter meters",
    "km": "公里 千米 kilometre kilometres kilometer kilometers",
    "piece": "件 个 只 台 套 块 pieces pc pcs unit units item items",
    "pkm": "人公里 人千米 personkm personkilometre passengerkm passengerkilometre",
    "vkm": "车公里 车千米 vehiclekm vehiclekilometre",
    "h": "小时 hr hrs hour hours",
    "a": "年 yr year years",
    "ma": "米年 m·a",
    "m2a": "平方米年 m2·a m^2a",
    "m3a": "立方米年 m3·a m^3a",
    "kga": "千克年 kg·a",
    "kBq": "千贝可 千贝克勒尔 kilobecquerel",
    "SWU": "分离功单位 kgswu",
}
_MONEY = re.compile(r"[A-Z]{3}\d{4}")
_EXACT_CONTEXT = Context(prec=50)
_SEPARATORS = dict.fromkeys(map(ord, " \t\u00a0·⋅•・‧*×.-_"))


class UnknownUnit(ValueError):
    """The unit is not known; write one of the known units."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known = tuple(DIMENSIONS)
        super().__init__(f"Unknown unit {text[:40]!r}; known units: {', '.join(self.known)}.")


class UnitMismatch(ValueError):
    """The two units measure different things and cannot be converted into each other."""

    def __init__(self, source: str, target: str) -> None:
        self.source, self.target = source, target
        super().__init__(
            f"{source} ({dimension(source)}) cannot be converted to {target} ({dimension(target)})."
        )


def parse(text: str) -> str:
    """The canonical code of a unit as people write it, zh or en (``吨`` -> ``t``, ``m³`` -> ``m3``).

    Letter case matters only where it must (exact codes win); raises UnknownUnit, which carries ``known``.
    """
    if text in DIMENSIONS:
        return text
    plain = unicodedata.normalize("NFKC", text).translate(_SEPARATORS)
    if plain in DIMENSIONS or _MONEY.fullmatch(plain):
        return plain
    try:
        return _table()[plain.casefold()]
    except KeyError:
        raise UnknownUnit(text) from None


def dimension(code: str) -> str:
    """What a code measures: mass, energy, … as in :data:`DIMENSIONS`, or ``money USD2022``. Raises UnknownUnit."""
    try:
        return DIMENSIONS[code]
    except KeyError:
        if _MONEY.fullmatch(code):
            return f"money {code}"
        raise UnknownUnit(code) from None


def convert(amount: Decimal, source: str, target: str) -> Decimal:
    """``amount`` of ``source`` in ``target`` (canonical codes), exact wherever a finite decimal exists (rule
    3).

    Raises UnitMismatch across dimensions and UnknownUnit for a code that is not canonical.
    """
    if dimension(source) != dimension(target):
        raise UnitMismatch(source, target)
    if source == target:
        return amount
    product = _EXACT_CONTEXT.multiply(amount, _factor(source))
    return _EXACT_CONTEXT.divide(product, _factor(target))


@cache
def _table() -> dict[str, str]:
    table = {code.casefold(): code for code in DIMENSIONS}
    for code, words in _ALIASES.items():
        for word in words.split():
            table[unicodedata.normalize("NFKC", word).translate(_SEPARATORS).casefold()] = code
    return table


@cache
def _factor(code: str) -> Decimal:
    """Base units of its dimension in one ``code``: an integer or a finite decimal."""
    factor = registry(Decimal).Quantity(Decimal(1), PINT_NAMES.get(code, code)).to_base_units().magnitude
    return Decimal(factor).normalize()


PINT_NAMES = MappingProxyType(
    {
        "m3": "meter ** 3",
        "m2": "meter ** 2",
        "L": "liter",
        "tkm": "metric_ton * kilometer",
        "piece": "tanbiao_piece",
        "pkm": "tanbiao_person * kilometer",
        "vkm": "tanbiao_vehicle * kilometer",
        "a": "tanbiao_year",
        "ma": "meter * tanbiao_year",
        "m2a": "meter ** 2 * tanbiao_year",
        "m3a": "meter ** 3 * tanbiao_year",
        "kga": "kilogram * tanbiao_year",
        "SWU": "tanbiao_swu",
    }
)
"""What pint calls a canonical code, where it is not the code itself; the words are those of :func:`registry`."""


@cache
def registry(number: type) -> Any:
    """Pint's registry that computes in ``number`` (Decimal or Fraction), with the units of the field."""
    import pint

    made: Any = pint.UnitRegistry(non_int_type=number)
    for definition in (
        "tanbiao_piece = [tanbiao_count]",
        "tanbiao_person = [tanbiao_person]",
        "tanbiao_vehicle = [tanbiao_vehicle]",
        "tanbiao_swu = [tanbiao_separative_work]",
        "tanbiao_year = 8760 * hour",
    ):
        made.define(definition)
    return made
