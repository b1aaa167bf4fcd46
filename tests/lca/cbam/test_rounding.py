"""Rounding in one place: five decimals for specific values, full tonnes for totals, halves away from zero."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam import rounding

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.538981, "1.53898"),
        (1.000005, "1.00001"),  # the float lies below the half; the decimal people see is the half
        (2.675, "2.675"),
        (0.000005, "0.00001"),
        (0.000004999, "0"),
        (-0.0, "0"),
        (-0.000001, "0"),
        (100.0, "100"),
        (1e22, "1" + "0" * 22),
        (-1.000005, "-1.00001"),
        (Decimal("4.8808"), "4.8808"),
    ],
)
def test_specific_values_have_at_most_five_decimals(value: float | Decimal, expected: str) -> None:
    assert rounding.text(rounding.see(value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1198799.5, "1198800"), (1198799.49, "1198799"), (0.5, "1"), (-0.4, "0"), (-2.5, "-3")],
)
def test_totals_are_full_tonnes(value: float, expected: str) -> None:
    assert rounding.text(rounding.tonnes(value)) == expected


def test_the_other_forms() -> None:
    assert rounding.text(rounding.parameter(56.059)) == "56.059"
    assert rounding.text(rounding.parameter(1e-7)) == "0.0000001"
    assert rounding.text(rounding.percent(0.12345)) == "12.3"
    assert rounding.text(rounding.tonnes(1198799.5), group=True) == "1,198,800"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("-Infinity"), Decimal("NaN")])
@pytest.mark.parametrize("form", [rounding.see, rounding.tonnes, rounding.parameter, rounding.percent])
def test_what_is_not_finite_is_refused(value: float, form) -> None:
    with pytest.raises(ValueError, match="not a finite figure"):
        form(value)


@settings(max_examples=60, deadline=None)
@given(FINITE)
def test_see_is_near_short_and_stays(value: float) -> None:
    made = rounding.see(value)
    assert abs(made - Decimal(repr(value))) <= Decimal("0.000005")
    assert -made.as_tuple().exponent <= 5
    assert "E" not in rounding.text(made) and rounding.text(made) != "-0"
    assert rounding.see(made) == made


@settings(max_examples=60, deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(0, 5))
def test_see_agrees_with_decimal_arithmetic(digits: int, places: int) -> None:
    exact = Decimal(digits).scaleb(-places - 2)
    assert rounding.see(float(exact)) == exact.quantize(Decimal("0.00001"), ROUND_HALF_UP)


@settings(max_examples=60, deadline=None)
@given(FINITE)
def test_a_parameter_keeps_every_digit(value: float) -> None:
    assert float(rounding.parameter(value)) == value
