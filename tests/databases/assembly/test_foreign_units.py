"""Units of databases: what each means in our codes, exactly, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databases import units
from databases.assembly.foreign_units import PRODUCTS, WORDS, foreign

SAME = [
    ("kg", "kg"),
    ("kilogram", "kg"),
    ("㎏", "kg"),
    ("t", "t"),
    ("Mg", "t"),
    ("MT", "t"),
    ("metric ton", "t"),
    ("kWh", "kWh"),
    ("kilowatt hour", "kWh"),
    ("MWh", "MWh"),
    ("mwh", "MWh"),
    ("MJ", "MJ"),
    ("mj", "MJ"),
    ("megajoule", "MJ"),
    ("GJ", "GJ"),
    ("kBq", "kBq"),
    ("kilo Becquerel", "kBq"),
    ("tkm", "tkm"),
    ("t*km", "tkm"),
    ("t · km", "tkm"),
    ("metric ton*km", "tkm"),
    ("ton kilometer", "tkm"),
    ("吨公里", "tkm"),
    ("p*km", "pkm"),
    ("personkm", "pkm"),
    ("person*km", "pkm"),
    ("person kilometer", "pkm"),
    ("vkm", "vkm"),
    ("v*km", "vkm"),
    ("vehicle kilometer", "vkm"),
    ("km", "km"),
    ("m", "m"),
    ("m2", "m2"),
    ("m²", "m2"),
    ("m2*a", "m2a"),
    ("m2a", "m2a"),
    ("m²*a", "m2a"),
    ("m2*year", "m2a"),
    ("square meter-year", "m2a"),
    ("m3*a", "m3a"),
    ("cubic meter-year", "m3a"),
    ("m*year", "ma"),
    ("my", "ma"),
    ("Nm3", "m3"),
    ("l", "L"),
    ("litre", "L"),
    ("Item(s)", "piece"),
    ("unit", "piece"),
    ("p", "piece"),
    ("LU", "piece"),
    ("h", "h"),
    ("hr", "h"),
    ("a", "a"),
    ("year", "a"),
    ("kg SWU", "SWU"),
    ("EUR 2000", "EUR2000"),
    ("EUR2005", "EUR2005"),
    ("2022 USD", "USD2022"),
    ("Yen2000", "JPY2000"),
    ("$ 2002", "USD2002"),
]

CONVERTED = [
    ("mg", "kg", "0.000001"),
    ("µg", "kg", "0.000000001"),
    ("μg", "kg", "0.000000001"),
    ("Mt", "kg", "1000000000"),
    ("lb", "kg", "0.45359237"),
    ("sh tn", "kg", "907.18474"),
    ("tn.lg", "kg", "1016.0469088"),
    ("kJ", "MJ", "0.001"),
    ("J", "MJ", "0.000001"),
    ("mJ", "MJ", "0.000000001"),
    ("TJ", "MJ", "1000000"),
    ("Btu", "MJ", "0.00105505585262"),
    ("mmBtu", "MJ", "1055.05585262"),
    ("MMBTU", "MJ", "1055.05585262"),
    ("kcal", "MJ", "0.0041868"),
    ("toe", "MJ", "41868"),
    ("GWh", "kWh", "1000000"),
    ("ml", "m3", "0.000001"),
    ("ML", "m3", "1000"),
    ("gal", "m3", "0.003785411784"),
    ("gal*", "m3", "0.003785411784"),
    ("bbl", "m3", "0.158987294928"),
    ("cuft", "m3", "0.028316846592"),
    ("mcf", "m3", "28.316846592"),
    ("ha", "m2", "10000"),
    ("acre", "m2", "4046.8564224"),
    ("ft2", "m2", "0.09290304"),
    ("in", "m", "0.0254"),
    ("mi", "m", "1609.344"),
    ("nmi", "m", "1852"),
    ("ha*a", "m2a", "10000"),
    ("ha a", "m2a", "10000"),
    ("km*year", "ma", "1000"),
    ("kg*km", "tkm", "0.001"),
    ("kgkm", "tkm", "0.001"),
    ("t*mi", "tkm", "1.609344"),
    ("lb*mi", "tkm", "0.00072998615910528"),
    ("tmi*", "tkm", "1.45997231821056"),
    ("p*mi", "pkm", "1.609344"),
    ("dozen", "piece", "12"),
    ("day", "h", "24"),
    ("Bq", "kBq", "0.001"),
    ("Ci", "kBq", "37000000"),
    ("M$ 2000", "USD2000", "1000000"),
]


@pytest.mark.parametrize(("text", "code"), SAME)
def test_a_unit_that_is_ours_under_another_name(text: str, code: str) -> None:
    assert foreign(text) == (code, Fraction(1))


@pytest.mark.parametrize(("text", "code", "factor"), CONVERTED)
def test_a_unit_that_becomes_ours_by_an_exact_factor(text: str, code: str, factor: str) -> None:
    assert foreign(text) == (code, Fraction(factor))


@pytest.mark.parametrize(("text", "divisor"), [("kg*day", 365), ("m3*d", 365), ("m2*h", 8760)])
def test_days_and_hours_are_parts_of_a_year_of_365_days(text: str, divisor: int) -> None:
    assert foreign(text)[1] == Fraction(1, divisor)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "EUR",
        "USD",
        "$",
        "kg/kg",
        "kg*kg",
        "kg-NL",
        "Nm3 Europe",
        "kWp",
        "m3*km",
        "Item(s)*km",
        "Items*nmi",
        "gr",
        "MBtu",
        "mG",
        "usd 2000 x",
        "1 kg",
        "kg kg kg",
        "\x00",
        "\ud800",
        "k" * 10_000,
        "* * * *",
        "km km",
    ],
)
def test_any_other_unit_is_refused(text: str) -> None:
    with pytest.raises(units.UnknownUnit):
        foreign(text)


def test_every_code_of_ours_stays_itself() -> None:
    for code in units.DIMENSIONS:
        assert foreign(code) == (code, 1)


def test_every_row_gives_a_code_of_ours_and_a_factor_of_its_dimension() -> None:
    rows = 0
    for line in WORDS.strip().splitlines():
        code, _, words = (part.strip() for part in line.split(" | "))
        for word in words.split(", "):
            found, factor = foreign(word)
            assert (found, factor > 0) == (code, True), word
            rows += 1
    assert rows > 300


def test_no_product_is_of_an_unknown_code() -> None:
    assert set(PRODUCTS.values()) <= set(units.DIMENSIONS)


def test_the_units_that_bw2io_knows_are_known_and_mean_the_same() -> None:
    """Its factors are rounded to about four digits; minutes and seconds are upside down there and left out."""
    from bw2io.units import DEFAULT_UNITS_CONVERSION, UNITS_NORMALIZATION

    for text, name in UNITS_NORMALIZATION.items():
        if text not in ("ma", "my"):
            assert foreign(text)[0] == foreign(name)[0], text
    compared = 0
    for text, name, rounded in DEFAULT_UNITS_CONVERSION:
        try:
            (code, factor), (target, other) = foreign(text), foreign(name)
        except units.UnknownUnit:
            continue
        if units.dimension(code) == "time":
            continue
        to_target = units.convert(Decimal(1), code, target)
        assert float(factor / other) * float(to_target) == pytest.approx(rounded, rel=2e-3), text
        compared += 1
    assert compared > 60


@given(st.text(max_size=20))
def test_no_text_gives_anything_but_a_unit_or_a_refusal(text: str) -> None:
    try:
        code, factor = foreign(text)
    except units.UnknownUnit:
        return
    assert units.dimension(code)
    assert factor > 0
