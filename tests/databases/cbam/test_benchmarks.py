"""Benchmarks by code, column, route and year, and which are refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from databases.cbam.tables import Tables
from databases.cbam.values import NoBenchmark

VALUES = [
    ("25231000", "A", "A", 2026, "0.666"),
    ("25231000", "B", "A", 2026, "0.666"),
    ("31021019", "B", "", 2026, "0.902"),
    ("28141000", "B", "", 2026, "1.522"),
    ("72081000", "B", "C", 2026, "1.37"),
]


@pytest.mark.parametrize(("cn", "column", "route", "year", "value"), VALUES)
def test_published_values(tables: Tables, cn: str, column: str, route: str, year: int, value: str) -> None:
    found = tables.benchmark(cn, column, route, year)
    assert found.value == Decimal(value) and found.mark == "P"


def test_cement_is_its_clinker(tables: Tables) -> None:
    """Column A of Portland cement is nothing, column B the clinker's: the unit is the tonne of clinker."""
    assert tables.benchmark("25232900", "A", "", 2026).value == 0
    assert (
        tables.benchmark("25232900", "B", "", 2026).value
        == tables.benchmark("25231000", "B", "A", 2026).value
    )


def test_one_benchmark_serves_every_route(tables: Tables) -> None:
    assert tables.benchmark("73181535", "B", "C", 2026) == tables.benchmark("73181535", "B", "", 2026)


def test_years(tables: Tables) -> None:
    early, late = (tables.benchmark("72241010", "B", "F", year) for year in (2027, 2028))
    assert (early.years, late.years) == ((2026, 2027), (2028, 2030))
    assert [tables.benchmark("72241010", "B", "F", year).provisional for year in (2026, 2027)] == [
        False,
        True,
    ]
    beyond = tables.benchmark("72241010", "B", "F", 2033)
    assert (beyond.value, beyond.mark, beyond.provisional) == (late.value, "?", True)


REFUSED = [
    ("72081000", "B", "", 2026, "CDE"),
    ("72081000", "B", "K", 2026, "CDE"),
    ("72241010", "A", "J", 2025, ""),
    ("27160000", "B", "", 2026, ""),
]


@pytest.mark.parametrize(("cn", "column", "route", "year", "candidates"), REFUSED)
def test_a_route_that_has_none_is_refused_with_the_candidates(
    tables: Tables, cn: str, column: str, route: str, year: int, candidates: str
) -> None:
    with pytest.raises(NoBenchmark) as told:
        tables.benchmark(cn, column, route, year)
    assert "".join(sorted(item.route for item in told.value.candidates)) == candidates


def test_electricity_has_none_for_a_default(tables: Tables) -> None:
    with pytest.raises(NoBenchmark):
        tables.default_benchmark("27160000", tables.default("72081000", "CN"), 2026)


def test_every_good_has_both_columns_in_every_year(tables: Tables) -> None:
    for good in tables.goods():
        for year in range(2026, 2035):
            for column in "AB":
                found = tables.benchmarks(good.cn, column, year)
                assert bool(found) is (good.cn != "27160000")
                assert len({item.route for item in found}) == len(found)


def test_column_b_is_never_below_column_a(tables: Tables) -> None:
    for good in tables.goods():
        for item in tables.benchmarks(good.cn, "A", 2026):
            with_precursors = [
                b.value for b in tables.benchmarks(good.cn, "B", 2026) if b.route == item.route
            ]
            assert all(value >= item.value for value in with_precursors), good.cn
