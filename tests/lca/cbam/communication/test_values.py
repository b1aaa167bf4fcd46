"""Numbers, dates and coordinates as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from commission import codes, typed
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.communication.values import as_day, degrees, typed_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0,833", 0.833),
        ("12,5", 12.5),
        ("1.234,5", 1234.5),
        ("1.234.567,89", 1234567.89),
        ("1,234.5", 1234.5),
        ("1234", 1234.0),
        ("-17 500", -17500.0),
        ("\u22125", -5.0),
        ("15 %", 15.0),
        ("1e-3", 0.001),
        ("1,234", None),
        ("12,345,678", None),
        ("about 5", None),
        ("1.2.3", None),
        ("", None),
        ("5 t", None),
    ],
)
def test_a_typed_number_is_read_where_it_can_mean_one_thing_only(text: str, number: float | None) -> None:
    assert typed_number(text) == number


@given(st.integers(0, 10**9), st.sampled_from([1, 2, 4, 5]))
@settings(max_examples=60, deadline=None)
def test_a_european_number_means_what_it_says(thousandths: int, decimals: int) -> None:
    value = thousandths / 10**decimals
    european = f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    assert typed_number(european) == pytest.approx(value)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
@settings(max_examples=60, deadline=None)
def test_what_a_program_writes_is_read_back(value: float) -> None:
    assert typed_number(repr(value)) == value


def test_a_number_as_text_is_told_because_the_template_does_not_count_it() -> None:
    at = typed({"S": {"A1": "0,833", "A2": "n.a.", "A3": " - ", "A4": "1,234", "A5": True, "A6": 7}})
    assert [at.number("S", f"A{row}") for row in range(1, 8)] == [0.833, None, None, None, None, 7.0, None]
    assert codes(at.findings) == [
        "cbam-communication-number-text",
        "cbam-communication-number",
        "cbam-communication-number",
    ]
    assert at.findings[0].place.describe() == "S!A1"


def test_a_percentage_in_a_cell_of_fractions_is_a_fraction() -> None:
    at = typed({"S": {"A1": "98 %", "A2": 0.98}})
    assert (at.fraction("S", "A1"), at.fraction("S", "A2")) == (0.98, 0.98)


def test_a_formula_without_a_result_is_refused() -> None:
    at = typed({"S": {"A1": None}}, frozenset({"A1"}))
    assert at.number("S", "A1") is None
    assert codes(at.findings) == ["cbam-communication-formula"]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (45292.0, date(2024, 1, 1)),
        (45657.75, date(2024, 12, 31)),
        ("2024-12-31", date(2024, 12, 31)),
        ("31.12.2024", date(2024, 12, 31)),
        ("2024-12-31 00:00:00", date(2024, 12, 31)),
        ("31/12/2024", None),
        ("2024-13-01", None),
        (-3.0, None),
        (1e9, None),
    ],
)
def test_a_date_is_a_number_of_days_or_text_of_one_meaning(value: float | str, day: date | None) -> None:
    assert as_day(value, from_1904=False) == day


def test_days_may_count_from_1904() -> None:
    assert as_day(43830.0, from_1904=True) == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16.6911279°", 16.6911279),
        ("34,05 S", -34.05),
        ("W 71.5", -71.5),
        ("-12", -12.0),
        ("12°30'", None),
        ("", None),
    ],
)
def test_coordinates_are_decimal_degrees(text: str, value: float | None) -> None:
    assert degrees(text) == value
