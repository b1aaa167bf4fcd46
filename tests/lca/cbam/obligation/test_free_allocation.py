"""Free allocation: figures of the acts, weights over goods and routes, precursors, and what is refused a value."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import good, precursor, process, supplier_values

from databases.cbam.goods import NotInScope, Sector
from databases.cbam.tables import Tables, open_tables
from databases.cbam.values import NoBenchmark
from lca.cbam.monitoring import PrecursorChoice, RouteShare
from lca.cbam.obligation.benchmarks import default_benchmark, process_benchmark
from lca.cbam.obligation.figures import Figure, exact, weakest
from lca.cbam.obligation.free_allocation import (
    default_free_allocation,
    precursor_free_allocation,
    process_free_allocation,
    year_figures,
)

D = Decimal
WHITE_CLINKER, GREY_CLINKER = D("0.859"), D("0.666")


def codes(found: object) -> set[str]:
    return {finding.code for finding in found.findings}  # type: ignore[attr-defined]


# --- figures


@pytest.mark.parametrize(
    ("marks", "weak"), [((), "P"), (("P", "T"), "T"), (("T", "?", "P"), "?"), (("D", "M"), "M")]
)
def test_an_amount_is_as_certain_as_its_weakest_figure(marks: tuple[str, ...], weak: str) -> None:
    assert weakest(marks) == weak


@pytest.mark.parametrize("mark", ["", "X", "PT"])
def test_a_figure_needs_a_mark(mark: str) -> None:
    with pytest.raises(ValueError, match="mark"):
        Figure(key="x", value=D(1), unit="", source="somewhere", mark=mark)


def test_a_term_carries_source_and_mark() -> None:
    term = Figure(key="cscf", value=D("1.0"), unit="", source="Decision", mark="?", record="a").term()
    assert (term.value, term.source, term.record) == (1.0, "Decision [?]", "a")


def test_a_float_becomes_the_decimal_a_person_reads() -> None:
    assert exact(0.1) == D("0.1")


# --- the factors of a year


@pytest.mark.parametrize(
    ("year", "left"),
    [
        (2026, "0.975"),
        (2027, "0.95"),
        (2028, "0.90"),
        (2029, "0.775"),
        (2030, "0.515"),
        (2031, "0.39"),
        (2032, "0.265"),
        (2033, "0.14"),
        (2034, "0"),
        (2040, "0"),
    ],
)
def test_the_free_allocation_that_is_left(year: int, left: str, tables: Tables) -> None:
    assert year_figures(year, tables)[0].value == D(left)


def test_the_correction_factor_keeps_its_mark(tables: Tables) -> None:
    for year in (2026, 2027, 2030):
        _, correction = year_figures(year, tables)
        assert correction.mark == tables.cscf(year).mark != "P"
    assert year_figures(2027, tables)[1].mark == "?"


# --- one process (eq. 2)


def test_column_a_of_a_process(tables: Tables) -> None:
    """Bolts 7318 15 42: column A 0.038."""
    found = process_free_allocation(process(goods=(good(cn="73181542"),)), 2026, tables)
    assert found.value == D("0.975") * D("0.038")
    assert {figure.key for figure in found.figures} == {"cbam-factor", "cscf", "benchmark-a"}
    assert len(found.terms) == 3


def test_two_codes_weigh_by_tonnes(tables: Tables) -> None:
    """Coil 7208 10 00 (0.044) three tonnes to one of bolts (0.038)."""
    goods = (good("a", cn="72081000", produced_t=300.0), good("b", cn="73181542", produced_t=100.0))
    found = process_free_allocation(process(goods=goods), 2026, tables)
    assert found.benchmark == (3 * D("0.044") + D("0.038")) / 4
    alone = process_free_allocation(process(goods=goods), 2026, tables, goods[1:])
    assert alone.benchmark == D("0.038")


def test_routes_weigh_by_tonnes(tables: Tables) -> None:
    """Alloy steel 7224 10 10: column A 0.453 by route F, 0.330 by route H."""
    routes = (RouteShare(route="F", produced_t=100.0), RouteShare(route="H", produced_t=300.0))
    made = good(cn="72241010", produced_t=400.0, routes=routes)
    found = process_free_allocation(process(category="crude-steel", goods=(made,)), 2026, tables)
    assert found.benchmark == (D("0.453") + 3 * D("0.330")) / 4
    assert found.routes == ("F", "H")


def test_a_route_that_is_not_stated_takes_the_lowest_and_a_finding(tables: Tables) -> None:
    made = process(category="crude-steel", goods=(good(cn="72241010"),))
    found = process_free_allocation(made, 2026, tables)
    assert found.benchmark == D("0.330")
    assert (codes(found), found.mark) == ({"cbam-route-not-stated"}, "?")
    stated = process_free_allocation(replace(made, route="F"), 2026, tables)
    assert (stated.benchmark, codes(stated)) == (D("0.453"), set())


def test_cement_is_per_tonne_of_clinker(tables: Tables) -> None:
    clinker = good(cn="25231000", produced_t=1000.0)
    found = process_free_allocation(
        process(category="cement-clinker", goods=(clinker,), route="A"), 2026, tables
    )
    assert found.value == D("0.975") * GREY_CLINKER
    cement = good(cn="25232900", produced_t=1000.0, content=0.7)
    assert process_free_allocation(process(category="cement", goods=(cement,)), 2026, tables).value == 0


def test_nitrogen_is_divided_by_its_content(tables: Tables) -> None:
    """Ammonia: 1.522 per tonne of product, 823 kg N per tonne."""
    made = process(category="ammonia", goods=(good(cn="28141000", content=823.0),))
    found = process_free_allocation(made, 2026, tables)
    assert found.value == D("0.975") * (D("1.522") * 1000 / D(823000))


def test_without_the_content_there_is_no_value(tables: Tables) -> None:
    made = process(category="ammonia", goods=(good(cn="28141000"),))
    found = process_free_allocation(made, 2026, tables)
    assert found.value is None
    assert "cbam-content-not-stated" in codes(found)


def test_a_joint_process_says_what_it_leaves_out(tables: Tables) -> None:
    found = process_free_allocation(process(included=("crude-steel",)), 2026, tables)
    assert codes(found) == {"cbam-joint-free-allocation"}


@pytest.mark.parametrize(
    ("cn", "error"), [("27160000", NoBenchmark), ("99999999", NotInScope), ("72042100", NotInScope)]
)
def test_codes_without_benchmark_are_refused(cn: str, error: type[Exception], tables: Tables) -> None:
    with pytest.raises(error):
        process_benchmark(cn, "", 2026, tables)


# --- precursors (eq. 4) and default values (eq. 6)


def test_a_verified_precursor_brings_what_its_report_states(tables: Tables) -> None:
    bought = precursor(choice=PrecursorChoice.ACTUAL, values=supplier_values(sefa=1.2))
    found = precursor_free_allocation(bought, 2026, tables)
    assert (found.value, found.mark) == (D("1.2"), "P")
    assert "VR-2026-7" in found.figures[0].source


def test_a_report_without_free_allocation_takes_column_b_and_a_finding(tables: Tables) -> None:
    bought = precursor(choice=PrecursorChoice.ACTUAL, values=supplier_values(sefa=None))
    found = precursor_free_allocation(bought, 2026, tables)
    assert found.value == D("0.975") * tables.benchmark("72139110", "B", "C", 2026).value
    assert codes(found) == {"cbam-precursor-sefa-missing"}


def test_a_refused_report_brings_column_b(tables: Tables) -> None:
    """The engine says on which basis the emissions stand; free allocation follows it."""
    bought = precursor(choice=PrecursorChoice.ACTUAL, values=supplier_values(sefa=9.9))
    found = precursor_free_allocation(bought, 2026, tables, "default")
    assert found.value == D("0.975") * tables.benchmark("72139110", "B", "C", 2026).value


@pytest.mark.parametrize("country", ["DE", "NO", "CH"])
def test_exempt_origin_brings_nothing(country: str, tables: Tables) -> None:
    assert precursor_free_allocation(precursor(country=country), 2026, tables).value == 0


def test_an_unknown_country_takes_the_route_of_the_highest_default(tables: Tables) -> None:
    found = precursor_free_allocation(precursor(country=""), 2026, tables)
    expected = default_free_allocation("72139110", tables.highest_default("72139110"), 2026, tables)
    assert found.value == expected.value


def test_white_or_grey_unknown_takes_the_lower(tables: Tables) -> None:
    bought = precursor(cn="25231000", category="cement-clinker")
    found = precursor_free_allocation(bought, 2026, tables)
    assert found.value == D("0.975") * GREY_CLINKER
    assert "cbam-variant-not-stated" in codes(found)
    white = precursor_free_allocation(replace(bought, variant="white"), 2026, tables)
    assert (white.value, codes(white)) == (D("0.975") * WHITE_CLINKER, set())


def test_bought_ammonia_is_per_kg_of_nitrogen(tables: Tables) -> None:
    bought = precursor(cn="28141000", category="ammonia", content=823.0)
    found = precursor_free_allocation(bought, 2026, tables)
    assert found.value == D("0.975") * D("1.522") / 823
    assert precursor_free_allocation(replace(bought, content=None), 2026, tables).value is None


def test_electricity_has_no_free_allocation(tables: Tables) -> None:
    default = tables.default("72081000", "CN")
    assert default_free_allocation("27160000", default, 2026, tables).value == 0


@pytest.mark.parametrize(
    ("cn", "route", "value", "code"),
    [
        ("72081000", "C", "1.370", ""),
        ("72279010", "C", "1.435", ""),
        ("72299020", "F", "1.613", ""),
        ("76011010", "K", "1.423", ""),
        ("73181535", "", "1.154", ""),
        ("25232900", "", "0.666", ""),
        ("72052100", "F", "1.460", "cbam-route-other-grade"),
        ("72251990", "C", "1.488", "cbam-route-other-grade"),
    ],
)
def test_the_route_of_the_default_chooses_column_b(
    cn: str, route: str, value: str, code: str, tables: Tables
) -> None:
    found = default_benchmark(cn, tables.default(cn, "CN"), 2026, tables)
    assert (found.route, found.value) == (route, D(value))
    assert [finding.code for finding in found.findings] == ([code] if code else [])


def test_benchmarks_from_2027_are_told_to_be_provisional(tables: Tables) -> None:
    default = tables.default("72081000", "CN")
    assert default_free_allocation("72081000", default, 2026, tables).findings == ()
    later = default_free_allocation("72081000", default, 2027, tables)
    assert (codes(later), later.mark) == ({"cbam-benchmark-to-be-revised"}, "?")


STEEL = [good.cn for good in open_tables().goods() if good.sector is Sector.IRON_STEEL]


@given(cn=st.sampled_from(STEEL), year=st.integers(2026, 2040))
@settings(max_examples=60, deadline=None)
def test_free_allocation_never_rises_by_the_year(cn: str, year: int) -> None:
    tables = open_tables()
    default = tables.default(cn, "CN")
    now, later = (default_free_allocation(cn, default, y, tables).value for y in (year, year + 1))
    assert now is not None
    assert later is not None
    assert 0 <= later <= now
