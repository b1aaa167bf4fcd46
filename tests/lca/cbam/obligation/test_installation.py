"""Goods in the year they are imported: the calculation's own figures in its year, and what moves after it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import monitoring, precursor, process, supplier_values
from works import WORKS, screw_works, steel_works, two_suppliers, urea_works

from databases.cbam.goods import FunctionalUnit
from databases.cbam.tables import Tables
from lca.cbam.calculate import calculate
from lca.cbam.monitoring import Basis as Rules
from lca.cbam.obligation.certificates import Basis
from lca.cbam.obligation.installation import NotDefinitive, in_year
from lca.cbam.obligation.linear import solved
from lca.cbam.obligation.shares import shares
from lca.cbam.results import Path

D = Decimal
EVERY = pytest.mark.parametrize("name", list(WORKS))


@EVERY
@pytest.mark.parametrize("path", [Path.ACTUAL, Path.MIXED])
def test_in_its_own_year_a_calculation_stands(name: str, path: Path, tables: Tables) -> None:
    """Through loops, pools of suppliers, clinker and nitrogen; per tonne for nitrogen."""
    data = WORKS[name]()
    done = calculate(data, tables, path)
    found = in_year(data, done, 2026, tables)
    for good in done.goods:
        per = good.content if good.unit == FunctionalUnit.KG_NITROGEN else 1.0
        one = found[good.id]
        assert float(one.see) == pytest.approx(good.see_total * per, rel=1e-12)
        assert good.sefa is not None
        assert one.sefa is not None
        assert float(one.sefa) == pytest.approx(good.sefa * per, rel=1e-12)
        assert all(finding.code != "cbam-projected" for finding in one.findings)


def test_by_hand(tables: Tables) -> None:
    """0.2128 of gas and 1.05 t of rod: 2.0 and 1.2 verified; column A of 7318 15 95 is 0.038."""
    data = screw_works()
    done = calculate(data, tables)
    assert tables.benchmark("73181595", "A", "", 2026).value == D("0.038")
    now, later = (in_year(data, done, year, tables)["screws-73181595"] for year in (2026, 2030))
    assert now.see == later.see == D("2.3128")
    assert now.sefa == D("0.975") * D("0.038") + D("1.05") * D("1.2")
    assert later.sefa is not None
    assert later.sefa == pytest.approx(
        D("0.515") * D("0.038") + D("1.05") * D("1.2") * D("0.515") / D("0.975")
    )
    assert "cbam-projected" in {finding.code for finding in later.findings}
    assert later.marks == ("?",)


def test_the_mark_up_of_a_precursor_rises(tables: Tables) -> None:
    """3.169 with 10, 20 and 30 %."""
    data = monitoring()
    done = calculate(data, tables)
    for year, markup in ((2026, "1.1"), (2027, "1.2"), (2028, "1.3"), (2033, "1.3")):
        found = in_year(data, done, year, tables)["screws-73181595"]
        assert found.see == pytest.approx(D("0.2128") + D("1.05") * D("3.169") * D(markup))


def test_a_supplier_with_a_report_has_no_mark_up_in_a_pool(tables: Tables) -> None:
    data = two_suppliers()
    done = calculate(data, tables)
    then, later = (in_year(data, done, year, tables)["screws-73181595"].see for year in (2026, 2028))
    assert later - then == pytest.approx(D("1.05") / 3 * D("3.169") * D("0.2"))


def test_a_loop_carries_the_change_exactly(tables: Tables) -> None:
    """Pig iron 1.66 with 20 % more mark-up: 0.75 t of it in a tonne of steel, and on through rod, screws, clippings."""
    data = steel_works()
    done = calculate(data, tables)
    then, later = (in_year(data, done, year, tables) for year in (2026, 2028))
    steel = D("0.75") * D("1.66") * D("0.2")
    rod = steel * 1150 / 1100 / (1 - D(1050) / 1000 * 20 / 1100)
    for key, change in (
        ("steel-72071114", steel),
        ("rod-72139110", rod),
        ("screws-73181595", rod * D("1.05")),
    ):
        assert later[key].see - then[key].see == pytest.approx(change)


def test_urea_is_declared_per_tonne_of_product(tables: Tables) -> None:
    """570 kg of ammonia per tonne: 0.57 x 4.4036 beside its own emissions; column A 0.053 and 0.57 x 1.522."""
    data = urea_works()
    found = in_year(data, calculate(data, tables), 2026, tables)["urea-31021019"]
    assert (found.basis, found.content) == (Basis.TONNE, D(460))
    assert found.sefa == pytest.approx(D("0.975") * (D("0.053") + D("0.57") * D("1.522")))
    assert found.see > D("0.57") * D("4.4036")


def test_an_unknown_part_leaves_no_free_allocation(tables: Tables) -> None:
    data = steel_works()
    done = calculate(data, tables)
    steel = replace(data.processes[0], goods=(replace(data.processes[0].goods[0], cn="28141000"),))
    broken = replace(data, processes=(steel, *data.processes[1:]))
    goods = tuple(replace(one, cn="28141000") if one.process == "steel" else one for one in done.goods)
    found = in_year(broken, replace(done, goods=goods), 2026, tables)
    assert all(one.sefa is None for one in found.values())
    assert "cbam-free-allocation-unknown" in {finding.code for finding in found["screws-73181595"].findings}


def test_from_2034_nothing_is_free(tables: Tables) -> None:
    for make in WORKS.values():
        data = make()
        for one in in_year(data, calculate(data, tables), 2034, tables).values():
            assert one.sefa == 0


def test_the_transitional_period_owes_nothing(tables: Tables) -> None:
    values = supplier_values(report=None)
    data = monitoring(basis=Rules.TRANSITIONAL, precursors=(precursor(values=values),))
    with pytest.raises(NotDefinitive, match="transitional"):
        in_year(data, calculate(data, tables), 2026, tables)


# --- what SEE consists of


@EVERY
def test_shares_sum_to_see(name: str, tables: Tables) -> None:
    data = WORKS[name]()
    done = calculate(data, tables)
    for good in done.goods:
        parts = shares(data, done, good.id)
        assert sum(part.see for part in parts) == pytest.approx(good.see_total, rel=1e-9)
        assert sum(part.share for part in parts) == pytest.approx(1.0)
        assert all(part.kind != "rest" for part in parts)


def test_what_the_sources_do_not_explain_is_a_rest(tables: Tables) -> None:
    data = screw_works()
    done = calculate(data, tables)
    more = replace(done.goods[0], see_total=done.goods[0].see_total + 0.3)
    parts = shares(data, replace(done, goods=(more,)), "screws-73181595")
    assert [part.see for part in parts if part.kind == "rest"] == [pytest.approx(0.3)]


def test_reconciled_meters_leave_no_rest(tables: Tables) -> None:
    """DirEm* of 215 t stated beside 212.8 t of gas, which the reconciliation factor brings back."""
    data = screw_works(processes=(process(direct_emissions_t=215.0),))
    parts = shares(data, calculate(data, tables), "screws-73181595")
    assert [part.see for part in parts if part.record == "gas"] == [pytest.approx(0.2128)]


def test_shares_of_a_good_that_is_not_there(tables: Tables) -> None:
    data = screw_works()
    with pytest.raises(LookupError, match="bolts"):
        shares(data, calculate(data, tables), "bolts")


# --- the linear system

SMALL = st.integers(0, 3).map(lambda tenth: D(tenth) / 10)


@given(rows=st.lists(st.lists(SMALL, min_size=3, max_size=3), min_size=3, max_size=3))
@settings(max_examples=50, deadline=None)
def test_a_solution_solves(rows: list[list[Decimal]]) -> None:
    matrix = [[D(at == to) * 2 - value for to, value in enumerate(row)] for at, row in enumerate(rows)]
    found = solved(matrix, [D(1), D(2), D(3)])
    for row, wanted in zip(matrix, (1, 2, 3), strict=True):
        assert sum(a * x for a, x in zip(row, found, strict=True)) == pytest.approx(D(wanted))


def test_a_singular_system_is_refused() -> None:
    with pytest.raises(ZeroDivisionError, match="singular"):
        solved([[D(1), D(-1)], [D(-1), D(1)]], [D(1), D(1)])
