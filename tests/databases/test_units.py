"""Units: what people write, what converts, and that nothing else does."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databases import units


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((code, code) for code in units.DIMENSIONS),
        ("千克", "kg"),
        ("公斤", "kg"),
        ("KG", "kg"),
        (" kg ", "kg"),
        ("㎏", "kg"),
        ("吨", "t"),
        ("克", "g"),
        ("度", "kWh"),
        ("千瓦时", "kWh"),
        ("kwh", "kWh"),
        ("kW·h", "kWh"),
        ("兆瓦时", "MWh"),
        ("兆焦", "MJ"),
        ("吉焦", "GJ"),
        ("立方米", "m3"),
        ("m³", "m3"),
        ("㎥", "m3"),
        ("Nm3", "m3"),
        ("Nm³", "m3"),
        ("标方", "m3"),
        ("升", "L"),
        ("l", "L"),
        ("吨公里", "tkm"),
        ("吨·公里", "tkm"),
        ("t·km", "tkm"),
        ("t*km", "tkm"),
        ("平方米", "m2"),
        ("m²", "m2"),
        ("米", "m"),
        ("公里", "km"),
        ("件", "piece"),
        ("个", "piece"),
        ("pcs", "piece"),
        ("人公里", "pkm"),
        ("p·km", "pkm"),
        ("m²·a", "m2a"),
        ("小时", "h"),
        ("年", "a"),
        ("USD2022", "USD2022"),
        ("EUR 2000", "EUR2000"),
    ],
)
def test_a_unit_is_read_as_people_write_it(text: str, code: str) -> None:
    assert units.parse(text) == code


@pytest.mark.parametrize(
    "text", ["", "  ", "磅", "lb", "kgkg", "kg/kg", "千克度", "0", "\x00", "\ud800", "k" * 10_000]
)
def test_any_other_unit_is_refused_and_the_known_ones_are_named(text: str) -> None:
    with pytest.raises(units.UnknownUnit) as caught:
        units.parse(text)
    assert caught.value.known == tuple(units.DIMENSIONS)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("amount", "source", "target", "expected"),
    [
        ("1", "t", "kg", "1000"),
        ("1", "g", "kg", "0.001"),
        ("2.5", "kg", "t", "0.0025"),
        ("1", "kWh", "MJ", "3.6"),
        ("3.6", "MJ", "kWh", "1"),
        ("8.1", "kWh", "MJ", "29.16"),
        ("1", "MWh", "GJ", "3.6"),
        ("1", "MWh", "kWh", "1000"),
        ("1", "GJ", "MJ", "1000"),
        ("1", "m3", "L", "1000"),
        ("5", "L", "m3", "0.005"),
        ("1", "km", "m", "1000"),
        ("0", "t", "g", "0"),
        ("123456789.000000001", "kg", "g", "123456789000.000001"),
        ("7", "piece", "piece", "7"),
    ],
)
def test_conversion_is_exact(amount: str, source: str, target: str, expected: str) -> None:
    assert units.convert(Decimal(amount), source, target) == Decimal(expected)


def test_only_units_of_one_dimension_convert() -> None:
    refused = 0
    for source in units.DIMENSIONS:
        for target in units.DIMENSIONS:
            if units.dimension(source) == units.dimension(target):
                assert units.convert(Decimal(1), source, target) > 0
            else:
                refused += 1
                with pytest.raises(units.UnitMismatch, match=source):
                    units.convert(Decimal(1), source, target)
    assert refused == 24 * 24 - 3 * 3 - 4 * 4 - 2 * 2 - 2 * 2 - 2 * 2 - 11 * 1


@pytest.mark.parametrize(
    ("amount", "source", "target", "expected"),
    [
        ("2", "a", "h", "17520"),
        ("1", "h", "a", "0.00011415525114155251141552511415525114155251141552511"),
        ("3", "EUR2000", "EUR2000", "3"),
    ],
)
def test_units_of_databases_convert(amount: str, source: str, target: str, expected: str) -> None:
    assert units.convert(Decimal(amount), source, target) == Decimal(expected)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("USD2022", "USD2021"),
        ("USD2022", "EUR2022"),
        ("vkm", "km"),
        ("pkm", "tkm"),
        ("m2a", "m2"),
        ("a", "m2a"),
    ],
)
def test_what_looks_alike_and_measures_something_else(source: str, target: str) -> None:
    with pytest.raises(units.UnitMismatch):
        units.convert(Decimal(1), source, target)


@pytest.mark.parametrize("text", ["USD22", "usd2022x", "US2022", "USDX2022", "2022", "$2022"])
def test_money_needs_a_currency_and_a_year(text: str) -> None:
    with pytest.raises(units.UnknownUnit):
        units.dimension(text)
    with pytest.raises(units.UnknownUnit):
        units.parse(text)


@pytest.mark.parametrize(("source", "target"), [("磅", "kg"), ("kg", "磅")])
def test_conversion_takes_canonical_codes_only(source: str, target: str) -> None:
    with pytest.raises(units.UnknownUnit):
        units.convert(Decimal(1), source, target)


@given(
    st.decimals(min_value=0, max_value=10**12, places=9),
    st.sampled_from([("kg", "t"), ("kWh", "MWh"), ("kWh", "MJ"), ("L", "m3"), ("m", "km"), ("g", "t")]),
)
def test_there_and_back_is_the_same(amount: Decimal, pair: tuple[str, str]) -> None:
    assert units.convert(units.convert(amount, *pair), pair[1], pair[0]) == amount


def test_pint_is_loaded_only_for_a_conversion() -> None:
    script = (
        "import sys; from decimal import Decimal; from databases import units; units.parse('吨');"
        "assert 'pint' not in sys.modules; units.convert(Decimal(1), 't', 'kg'); assert 'pint' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
