"""Properties of products and distributions of amounts, as formats with flow properties state them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databases.importers.quantities import (
    ENERGY,
    MASS,
    NET_CALORIFIC_VALUE,
    REFERENCE_UNITS,
    Quantity,
    distribution,
    product_properties,
)
from databases.units import UnknownUnit, parse


@pytest.mark.parametrize(
    ("quantities", "scale", "expected"),
    [
        ([Quantity("Mass", MASS, 1.0, "kg")], 2.0, {"mass": 2.0}),
        ([Quantity("质量", "other", 1.0, "t")], 2.0, {"mass": 2000.0}),
        ([Quantity("Carbon content", "c", 0.5, "kg")], 1.0, {}),
        ([Quantity("Exergy", "x", 0.5, "MJ")], 1.0, {}),
        ([Quantity("Energy", ENERGY, 1.0, "kWh")], 1.0, {"energy": 3.6}),
        (
            [Quantity("Energy", ENERGY, 45.0, "MJ"), Quantity("NCV", NET_CALORIFIC_VALUE, 42.0, "MJ")],
            1.0,
            {"energy": 42.0},
        ),
        ([Quantity("Lower heating value, dry", "l", 18.0, "MJ")], 2.0, {"energy": 36.0}),
        ([Quantity("Price", "p", 3.0, "EUR2020", economic=True)], 2.0, {"price": 6.0, "currency": "EUR2020"}),
        ([Quantity("Price", "p", 3.0, "EUR2020")], 2.0, {}),
        ([Quantity("Mass", MASS, -1.0, "kg")], 1.0, {}),
        ([Quantity("Mass", MASS, math.nan, "kg")], 1.0, {}),
        ([Quantity("Mass", MASS, 1.0, "MJ")], 1.0, {}),
        ([Quantity("Mass", MASS, 1.0, "stones, invented")], 1.0, {}),
    ],
)
def test_properties_of_a_product(
    quantities: list[Quantity], scale: float, expected: dict[str, object]
) -> None:
    assert product_properties(quantities, scale) == expected


def test_the_reference_units_are_known_units() -> None:
    unknown = []
    for unit in REFERENCE_UNITS.values():
        try:
            parse(unit)
        except UnknownUnit:
            unknown.append(unit)
    assert set(unknown) <= {"Item(s)"}  # a word of openLCA that the assembly knows


@pytest.mark.parametrize(
    ("kind", "values", "factor", "expected"),
    [
        (
            "lognormal",
            (2.0, 1.5),
            10.0,
            {"uncertainty type": 2, "loc": math.log(20), "scale": math.log(1.5)},
        ),
        (
            "lognormal",
            (2.0, 1.5),
            -1.0,
            {"uncertainty type": 2, "loc": math.log(2), "scale": math.log(1.5), "negative": True},
        ),
        ("lognormal", (0.0, 1.5), 1.0, {}),
        ("lognormal", (2.0, 0.5), 1.0, {}),
        ("normal", (2.0, 0.5), -2.0, {"uncertainty type": 3, "loc": -4.0, "scale": 1.0}),
        ("normal", (2.0, 0.0), 1.0, {}),
        (
            "triangular",
            (1.0, 2.0, 4.0),
            -1.0,
            {"uncertainty type": 5, "loc": -2.0, "minimum": -4.0, "maximum": -1.0},
        ),
        ("triangular", (1.0, 5.0, 4.0), 1.0, {}),
        ("uniform", (1.0, 4.0), 2.0, {"uncertainty type": 4, "minimum": 2.0, "maximum": 8.0}),
        ("uniform", (4.0, 1.0), 2.0, {}),
        ("uniform", (1.0, None), 2.0, {}),
        ("uniform", (1.0, math.inf), 2.0, {}),
        ("uniform", (1.0, 2.0), 0.0, {}),
        ("beta", (1.0, 2.0), 1.0, {}),
    ],
)
def test_distributions(
    kind: str, values: tuple[float | None, ...], factor: float, expected: dict[str, float]
) -> None:
    assert distribution(kind, values, factor) == pytest.approx(expected)


@given(
    st.sampled_from(["lognormal", "normal", "triangular", "uniform"]),
    st.lists(st.none() | st.floats(), max_size=4),
    st.floats(),
)
def test_whatever_the_numbers_a_distribution_is_finite_or_none(
    kind: str, values: list[float | None], factor: float
) -> None:
    found = distribution(kind, values, factor)
    assert all(math.isfinite(value) for value in found.values())
    assert "minimum" not in found or found["minimum"] < found["maximum"]
