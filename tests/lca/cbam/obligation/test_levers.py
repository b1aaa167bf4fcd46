"""Levers: each change is calculated in full, ranked by certificates, and refused where the rules refuse it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from making import monitoring, process
from works import WORKS, cement_works, screw_works, two_suppliers

from databases.cbam.tables import Tables
from lca.cbam.calculate import calculate
from lca.cbam.monitoring import ElectricityKind
from lca.cbam.obligation.levers import Effect, Kind, Lever, apply, rank, suggest

D = Decimal
SCREWS = "screws-73181595"


def effect(found: tuple[Effect, ...], kind: Kind, record: str = "") -> Effect:
    return next(one for one in found if one.lever.kind is kind and record in {"", one.lever.record})


def test_less_gas_saves_its_emissions_and_no_free_allocation(tables: Tables) -> None:
    lever = Lever(kind=Kind.LESS_FUEL, record="gas", name="gas", fraction=0.1)
    (found,) = rank(screw_works(), tables, SCREWS, [lever], calculate)
    assert found.see_after is not None
    assert found.see_before - found.see_after == pytest.approx(D("0.02128"))
    assert found.saved == pytest.approx(D("0.02128"))
    assert "10 %" in found.sentence.message("en")
    assert "10%" in found.sentence.message("zh")


def test_less_rod_loses_its_free_allocation_too(tables: Tables) -> None:
    """0.105 t less of 2.0 with 1.2 of free allocation: 0.21 less emitted, 0.084 saved."""
    lever = Lever(kind=Kind.LESS_PRECURSOR, record="wire", name="rod", fraction=0.1)
    (found,) = rank(screw_works(), tables, SCREWS, [lever], calculate)
    assert found.see_after is not None
    assert found.see_before - found.see_after == pytest.approx(D("0.21"))
    assert found.saved == pytest.approx(D("0.084"))


def test_a_report_at_the_average_takes_the_mark_up_off(tables: Tables) -> None:
    data = monitoring()
    levers = suggest(data, calculate(data, tables), SCREWS, tables)
    found = effect(rank(data, tables, SCREWS, levers, calculate), Kind.VERIFIED_PRECURSOR)
    assert found.lever.see == pytest.approx(3.169)
    assert found.saved == pytest.approx(D("1.05") * D("0.3169"))


def test_a_scrap_route_lowers_emissions_more_than_certificates(tables: Tables) -> None:
    data = monitoring()
    levers = suggest(data, calculate(data, tables), SCREWS, tables)
    found = effect(rank(data, tables, SCREWS, levers, calculate), Kind.SCRAP_ROUTE)
    assert found.lever.see == float(tables.benchmark("72139110", "B", "E", 2026).value)
    assert found.see_after is not None
    assert found.saved is not None
    assert 0 < found.saved < found.see_before - found.see_after


def test_a_direct_link_counts_where_electricity_does(tables: Tables) -> None:
    """60 MWh x 0.6 for 700 t of clinker."""
    data = cement_works()
    levers = suggest(data, calculate(data, tables), "cement-25232900", tables)
    found = effect(rank(data, tables, "cement-25232900", levers, calculate), Kind.DIRECT_LINK)
    assert found.saved == pytest.approx(D(36) / 700)
    steel = suggest(monitoring(), calculate(monitoring(), tables), SCREWS, tables)
    assert all(lever.kind is not Kind.DIRECT_LINK for lever in steel)


@pytest.mark.parametrize("name", list(WORKS))
def test_suggestions_are_ranked_by_what_they_save(name: str, tables: Tables) -> None:
    data = WORKS[name]()
    done = calculate(data, tables)
    good = done.goods[-1].id
    found = rank(data, tables, good, suggest(data, done, good, tables), calculate)
    saved = [one.saved for one in found if one.saved is not None]
    assert saved == sorted(saved, reverse=True)
    assert len(saved) == len(found) > 0
    for one in found:
        assert one.sentence.message("zh") != one.sentence.message("en")


def test_what_the_rules_refuse_is_listed_last_with_the_reason(tables: Tables) -> None:
    """A works that stated its direct emissions cannot burn no gas at all: no meter could be reconciled."""
    data = screw_works(processes=(process(direct_emissions_t=212.8),))
    good = Lever(kind=Kind.LESS_PRECURSOR, record="wire", name="rod", fraction=0.1)
    refused = Lever(kind=Kind.LESS_FUEL, record="gas", name="gas", fraction=1.0)
    first, last = rank(data, tables, SCREWS, [refused, good], calculate)
    assert (first.lever, first.refused) == (good, ())
    assert (last.lever, last.see_after, last.saved) == (refused, None, None)
    assert last.refused
    assert last.sentence.code == "cbam-lever-refused"


@pytest.mark.parametrize(
    "changes",
    [{"fraction": 1.1}, {"fraction": -0.1}, {"see": float("nan")}, {"sefa": -1.0}, {"factor": -0.1}],
)
def test_levers_that_cannot_be(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="lever"):
        Lever(kind=Kind.LESS_FUEL, record="gas", name="gas", **changes)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_record_that_is_not_there(kind: Kind) -> None:
    with pytest.raises(LookupError, match="nothing"):
        apply(Lever(kind=kind, record="nothing", name="?"), screw_works())


def test_a_good_that_is_not_there(tables: Tables) -> None:
    with pytest.raises(LookupError, match="bolts"):
        rank(screw_works(), tables, "bolts", [], calculate)


def test_a_lever_changes_one_record_only() -> None:
    data = two_suppliers()
    changed = apply(Lever(kind=Kind.LESS_PRECURSOR, record="rod", name="rod", fraction=0.5), data)
    assert changed.precursors[0] == data.precursors[0]
    assert changed.precursors[1].uses[0].amount == data.precursors[1].uses[0].amount / 2
    assert replace(changed, precursors=data.precursors) == data
    linked = apply(Lever(kind=Kind.DIRECT_LINK, record="grid", name="grid"), cement_works())
    assert linked.electricity[0].kind is ElectricityKind.DIRECT_LINK
