"""Specific embedded emissions with precursors: by hand, loops, what counts, free allocation, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import making as m
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.attribution import Attributed, Flows, attribute
from lca.cbam.chain import Solved, solve
from lca.cbam.electricity import consumption
from lca.cbam.emissions import source_emissions
from lca.cbam.monitoring import (
    NON_CBAM,
    Allocation,
    Basis,
    Composition,
    Monitoring,
    OwnUse,
    PrecursorChoice,
    PrecursorUse,
    Process,
)
from lca.cbam.precursors import Purchased, values
from lca.cbam.results import GoodResult, ProcessResult
from lca.findings import Severity

GAS_T = 212.8
ROD = 3.169 * 1.1


def parts(data: Monitoring, tables: Any) -> tuple[tuple[Attributed, ...], tuple[Purchased, ...]]:
    sources = source_emissions(data, tables)
    power = consumption(data, {}, frozenset())
    made = attribute(data, sources, Flows(units={}, heat=(), power=power), tables)
    return made.processes, values(data, tables)[0]


def solved(data: Monitoring, tables: Any) -> Solved:
    processes, purchased = parts(data, tables)
    return solve(processes, purchased, data, tables)


def process_of(made: Solved, id: str) -> ProcessResult:
    return next(one for one in made.processes if one.id == id)


def good_of(made: Solved, id: str) -> GoodResult:
    return next(one for one in made.goods if one.id == id)


def step(id: str, category: str, cn: str, tonnes: float = 1000.0, **changes: Any) -> Process:
    good = m.good(f"{id}-good", cn, produced_t=tonnes, name=id)
    return m.process(id, category, **{"goods": (good,)} | changes)


def emitting(**tonnes: float) -> tuple[Any, ...]:
    """Other sources that give each process its direct emissions."""
    return tuple(m.other(f"o-{sink}", emissions_t=t, shares=m.all_to(sink)) for sink, t in tonnes.items())


def works(*processes: Process, **changes: Any) -> Monitoring:
    made = {"streams": (), "precursors": (), "processes": processes, "electricity": (m.electricity(),)}
    return m.monitoring(**made | changes)


def test_screws_of_bought_rod(tables: Any) -> None:
    made = solved(m.monitoring(), tables)
    screws = process_of(made, "screws")
    assert screws.specific_direct == pytest.approx(GAS_T / 1000)
    assert screws.see_total == screws.see_direct == pytest.approx(GAS_T / 1000 + 1.05 * ROD)
    assert screws.default_share == pytest.approx(1.05 * ROD / screws.see_total)
    (rod,) = screws.precursors
    assert (rod.origin, rod.basis, rod.amount) == ("purchased", "default", 1050.0)
    assert rod.embedded_direct_t == pytest.approx(1050 * ROD)
    good = made.goods[0]
    assert (good.see_total, good.see_per_tonne) == (screws.see_total, screws.see_total)


def test_what_is_cut_off_counts(tables: Any) -> None:
    more = replace(m.precursor(), uses=(PrecursorUse(process="screws", amount=1300.0),))
    before, after = solved(m.monitoring(), tables), solved(m.monitoring(precursors=(more,)), tables)
    assert after.goods[0].see_total - before.goods[0].see_total == pytest.approx(0.25 * ROD)


def steel(*, sinter_power: float = 1000.0) -> Monitoring:
    """Sinter into pig iron into crude steel, each of 1000 t, with electricity everywhere."""
    return works(
        step("sinter", "sintered-ore", "26011200"),
        step("iron", "pig-iron", "72011011"),
        step("steel", "crude-steel", "72071111"),
        other=emitting(sinter=200.0, iron=1500.0, steel=100.0),
        electricity_uses=(m.power("sinter", sinter_power), m.power("iron", 500.0), m.power("steel", 800.0)),
        own_uses=(m.own_use("sinter", "iron", 900.0), m.own_use("iron", "steel", 950.0)),
    )


def test_listed_goods_carry_the_indirect_emissions_of_unlisted_precursors(tables: Any) -> None:
    made = solved(steel(), tables)
    sinter, iron, crude = (process_of(made, id) for id in ("sinter", "iron", "steel"))
    assert (sinter.counts_indirect, iron.counts_indirect) == (True, False)
    assert sinter.see_total == pytest.approx(0.2 + 0.6)
    assert iron.see_direct == pytest.approx(1.5 + 0.9 * 0.2)
    assert iron.see_total - iron.see_direct == pytest.approx(0.9 * 0.6)  # sinter's, not its own
    assert iron.see_indirect == pytest.approx(0.3 + 0.9 * 0.6)  # everything, for information
    assert crude.see_total - crude.see_direct == pytest.approx(0.95 * 0.9 * 0.6)
    assert iron.precursors[0].counted_indirect
    assert iron.precursors[0].embedded_indirect_t == pytest.approx(900 * 0.6)


def test_unlisted_goods_leave_out_the_indirect_emissions_of_listed_precursors(tables: Any) -> None:
    ammonia = replace(
        step("ammonia", "ammonia", "28141000"), goods=(m.good("nh3", "28141000", content=822.0),)
    )
    data = works(
        step("hydrogen", "hydrogen", "28041000", 180.0),
        ammonia,
        other=emitting(hydrogen=1800.0, ammonia=50.0),
        electricity_uses=(m.power("hydrogen", 500.0), m.power("ammonia", 400.0)),
        own_uses=(m.own_use("hydrogen", "ammonia", 180.0),),
    )
    made = process_of(solved(data, tables), "ammonia")
    assert (made.unit, made.activity_level) == ("kg N", 822_000.0)
    assert made.see_direct == pytest.approx(1850 / 822_000)
    assert made.see_total - made.see_direct == pytest.approx(0.6 * 400 / 822_000)
    assert made.see_indirect == pytest.approx(0.6 * 900 / 822_000)
    assert not made.precursors[0].counted_indirect
    assert made.precursors[0].embedded_indirect_t == 0.0


def test_bought_precursors_follow_the_same_rule(tables: Any) -> None:
    sinter = m.precursor(
        "ore", cn="26011200", category="sintered-ore", uses=(PrecursorUse(process="iron", amount=900.0),)
    )
    data = works(step("iron", "pig-iron", "72011011"), other=emitting(iron=1500.0), precursors=(sinter,))
    iron = process_of(solved(data, tables), "iron")
    assert iron.see_total == pytest.approx(1.5 + 0.9 * 0.26 * 1.1)
    assert iron.see_direct == pytest.approx(1.5 + 0.9 * 0.20 * 1.1)
    assert iron.default_share == pytest.approx(0.9 * 0.26 * 1.1 / iron.see_total)


def test_everything_counts_on_the_transitional_basis(tables: Any) -> None:
    iron = process_of(solved(replace(steel(), basis=Basis.TRANSITIONAL), tables), "iron")
    assert iron.see_total == pytest.approx(iron.see_direct + 0.5 * 0.6 + 0.9 * 0.6)
    assert iron.sefa is None


def loop(there: float, back: float) -> Monitoring:
    return works(
        step("a", "iron-or-steel-products", "72081000"),
        step("b", "iron-or-steel-products", "72091500"),
        other=emitting(a=1000.0, b=100.0),
        own_uses=(m.own_use("a", "b", there), m.own_use("b", "a", back)),
    )


def test_loops_are_solved_exactly(tables: Any) -> None:
    made = solved(loop(600.0, 300.0), tables)
    a = (1.0 + 0.3 * 0.1) / (1 - 0.6 * 0.3)  # a = 1 + 0.3 b, b = 0.1 + 0.6 a
    assert process_of(made, "a").see_direct == pytest.approx(a, rel=1e-14)
    assert process_of(made, "b").see_direct == pytest.approx(0.1 + 0.6 * a, rel=1e-14)


def test_a_process_may_consume_its_own_goods(tables: Any) -> None:
    data = works(
        step("a", "crude-steel", "72071111"), other=emitting(a=1000.0), own_uses=(m.own_use("a", "a", 200.0),)
    )
    assert process_of(solved(data, tables), "a").see_direct == pytest.approx(1 / 0.8)


@pytest.mark.parametrize(("there", "back"), [(1000.0, 1000.0), (1000.0, 1100.0), (2000.0, 500.0)])
def test_closed_loops_are_refused_with_their_members(there: float, back: float, tables: Any) -> None:
    data = replace(loop(there, back), processes=(*loop(1, 1).processes, step("c", "crude-steel", "72071111")))
    made = solved(data, tables)
    assert (made.processes, made.goods) == ((), ())
    assert [(one.code, one.severity) for one in made.findings] == [("cbam-loop-closed", Severity.ERROR)]
    told = made.findings[0].message("en")
    assert "A, B" in told and "C" not in told.split("consume")[0].replace("Processes", "")


def test_all_of_a_chain_may_be_consumed(tables: Any) -> None:
    made = solved(loop(1000.0, 0.0), tables)
    assert process_of(made, "b").see_direct == pytest.approx(1.1)


def cement(**changes: Any) -> Monitoring:
    mixes = (
        Composition(name="90-95 %", produced_t=600.0, content=0.92),
        Composition(name="60-65 %", produced_t=400.0, content=0.62),
    )
    good = m.good("cem", "25232900", compositions=mixes)
    clinker = m.precursor(
        "clinker",
        cn="25231000",
        category="cement-clinker",
        variant="grey",
        uses=(PrecursorUse(process="mill", amount=800.0),),
    )
    made = {
        "other": emitting(mill=40.0),
        "precursors": (clinker,),
        "electricity_uses": (m.power("mill", 100.0),),
    }
    return works(m.process("mill", "cement", goods=(good,)), **made | changes)


def test_cement_is_counted_by_its_clinker(tables: Any) -> None:
    good = good_of(solved(cement(), tables), "cem")
    assert good.functional_units == pytest.approx(800.0)
    assert good.content == pytest.approx(0.8)
    see = (40 + 60 + 800 * 1.39 * 1.1) / 800
    assert good.see_total == pytest.approx(see)
    assert good.see_per_tonne == pytest.approx(0.8 * see)
    assert good.compositions == (
        ("90-95 %", 0.92, pytest.approx(0.92 * see)),
        ("60-65 %", 0.62, pytest.approx(0.62 * see)),
    )
    assert (good.indirect_actual_share, good.indirect_default_share) == (0.0, 1.0)


def test_goods_of_different_weight_in_moles(tables: Any) -> None:
    goods = (
        m.good("h2", "28041000", produced_t=100.0, molar_mass=2.0),
        m.good("h2b", "28041000", produced_t=400.0, molar_mass=8.0),
    )
    data = works(
        m.process("cell", "hydrogen", goods=goods, allocation=Allocation.MOLAR),
        step("next", "hydrogen", "28041000"),
        other=emitting(cell=1000.0),
        own_uses=(m.own_use("cell", "next", 50.0, good="h2"), m.own_use("cell", "next", 40.0, good="h2b")),
    )
    made = solved(data, tables)
    assert good_of(made, "h2").see_direct == pytest.approx(5.0)  # half of the moles, 100 t
    assert good_of(made, "h2b").see_direct == pytest.approx(1.25)
    assert process_of(made, "next").see_direct == pytest.approx((50 * 5 + 40 * 1.25) / 1000)


def test_what_goes_to_other_processes_of_the_site_brings_nothing_back(tables: Any) -> None:
    data = steel()
    more = replace(
        data, own_uses=(*data.own_uses, OwnUse(origin="steel", destination=NON_CBAM, amount=100.0))
    )
    assert solved(more, tables) == solved(data, tables)


# --- free allocation


def benchmark(cn: str, tables: Any, column: str = "A", route: str = "") -> float:
    return float(tables.benchmark(cn, column, route, 2026).value) * 0.975


def test_free_allocation_of_a_complex_good(tables: Any) -> None:
    made = solved(m.monitoring(), tables)
    screws, (rod,) = process_of(made, "screws"), process_of(made, "screws").precursors
    assert rod.sefa == pytest.approx(benchmark("72139110", tables, "B", "C"))
    assert screws.sefa == pytest.approx(benchmark("73181595", tables) + 1.05 * rod.sefa)
    assert made.goods[0].sefa == screws.sefa


def test_free_allocation_along_own_precursors(tables: Any) -> None:
    made = solved(loop(600.0, 300.0), tables)
    a, b = process_of(made, "a"), process_of(made, "b")
    own_a, own_b = benchmark("72081000", tables), benchmark("72091500", tables)
    assert a.sefa == pytest.approx(own_a + 0.3 * b.sefa)
    assert b.sefa == pytest.approx(own_b + 0.6 * a.sefa)
    assert b.precursors[0].sefa == pytest.approx(a.sefa)


def test_stated_and_exempt_free_allocation(tables: Any) -> None:
    verified = m.precursor(
        choice=PrecursorChoice.ACTUAL, values=m.supplier_values(see_indirect=None, sefa=1.2)
    )
    german = m.precursor("de", country="DE", cn="72139190", purchased=1050.0)
    for precursor, sefa in ((verified, 1.2), (german, 0.0)):
        made = solved(m.monitoring(precursors=(precursor,)), tables)
        assert made.goods[0].sefa == pytest.approx(benchmark("73181595", tables) + 1.05 * sefa)


def test_free_allocation_of_averaged_suppliers_is_averaged(tables: Any) -> None:
    def supplier(id: str, sefa: float, amount: float, process: str) -> Any:
        return m.precursor(
            id,
            choice=PrecursorChoice.ACTUAL,
            values=m.supplier_values(see_indirect=None, sefa=sefa),
            uses=(PrecursorUse(process=process, amount=amount),),
            purchased=amount,
        )

    data = m.monitoring(precursors=(supplier("x", 1.0, 300.0, "screws"), supplier("y", 2.0, 100.0, "screws")))
    made = solved(data, tables)
    assert [part.sefa for part in made.processes[0].precursors] == [pytest.approx(1.25)] * 2


def test_what_is_not_known_stays_unknown_down_the_chain(tables: Any) -> None:
    ammonia = m.precursor("nh3", cn="28141000", category="ammonia", content=None)
    verified = replace(
        ammonia,
        choice=PrecursorChoice.ACTUAL,
        values=m.supplier_values(report=m.report(categories=("ammonia",)), sefa=None),
        uses=(PrecursorUse(process="acid", amount=1000.0),),
    )
    acid = replace(
        step("acid", "nitric-acid", "28080000"), goods=(m.good("hno3", "28080000", content=222.0),)
    )
    mixed = replace(
        step("npk", "mixed-fertilisers", "31052010"), goods=(m.good("npk", "31052010", content=150.0),)
    )
    data = works(
        acid,
        mixed,
        step("apart", "iron-or-steel-products", "73181595"),
        precursors=(verified,),
        own_uses=(m.own_use("acid", "npk", 1000.0),),
    )
    made = solved(data, tables)
    assert [process_of(made, id).sefa for id in ("acid", "npk")] == [None, None]
    assert process_of(made, "apart").sefa is not None


def test_electricity_has_no_free_allocation(tables: Any) -> None:
    made = solved(works(step("plant", "electricity", "27160000"), other=emitting(plant=10.0)), tables)
    assert made.goods[0].sefa == 0.0


# --- what always holds

CNS = ("72081000", "72091500", "26011200", "72071111", "72011011", "73181595")
CATEGORIES = (
    "iron-or-steel-products",
    "iron-or-steel-products",
    "sintered-ore",
    "crude-steel",
    "pig-iron",
    "iron-or-steel-products",
)


@st.composite
def installations(draw: st.DrawFn) -> Monitoring:
    """Up to six processes; each gives at most 90 % of its output to the others, loops included."""
    size = draw(st.integers(1, 6))
    ids = [f"p{index}" for index in range(size)]
    tonnes = [draw(st.floats(1.0, 1e4)) for _ in ids]
    processes = tuple(step(id, CATEGORIES[index], CNS[index], tonnes[index]) for index, id in enumerate(ids))
    uses = []
    for index, id in enumerate(ids):
        weights = [draw(m.amounts(0.0, 1.0)) for _ in ids]
        total = sum(weights)
        given_away = draw(m.amounts(0.0, 0.9)) * tonnes[index]
        uses += [
            m.own_use(id, other, given_away * w / total)
            for other, w in zip(ids, weights, strict=True)
            if total > 0 and w
        ]
    precursors = tuple(
        m.precursor(
            f"b{index}",
            cn=CNS[index],
            category=CATEGORIES[index],
            country=draw(st.sampled_from(["CN", "IN", "DE", ""])),
            uses=tuple(PrecursorUse(process=id, amount=draw(m.amounts(0.0, 1e3))) for id in ids),
            purchased=None,
        )
        for index in range(draw(st.integers(0, 3)))
    )
    return works(
        *processes,
        other=emitting(**{id: draw(m.amounts(0.0, 1e4)) for id in ids}),
        electricity_uses=tuple(m.power(id, draw(m.amounts(0.0, 1e3))) for id in ids),
        own_uses=tuple(uses),
        precursors=precursors,
    )


@settings(max_examples=50, deadline=None)
@given(data=installations())
def test_what_leaves_the_site_carries_all_that_came_in(data: Monitoring, tables: Any) -> None:
    """The sum over what is not used on site = attributed emissions + embedded emissions bought."""
    processes, purchased = parts(data, tables)
    made = solve(processes, purchased, data, tables)
    used: dict[str, float] = {}
    for use in data.own_uses:
        used[use.origin] = used.get(use.origin, 0.0) + use.amount
    leaving = {one.id: one.activity_level - used.get(one.id, 0.0) for one in made.processes}
    bought = [part for one in made.processes for part in one.precursors if part.origin == "purchased"]
    for field, own, embedded in (
        ("see_direct", "attributed_direct_t", "see_direct"),
        ("see_indirect", "attributed_indirect_t", "see_indirect"),
    ):
        out = sum(getattr(one, field) * leaving[one.id] for one in made.processes)
        into = sum(getattr(one, own) for one in made.processes)
        into += sum(getattr(part, embedded) * part.amount for part in bought)
        assert out == pytest.approx(into, rel=1e-9, abs=1e-9)
    for one in made.processes:
        assert 0.0 <= one.default_share <= 1.0
        assert one.see_direct - 1e-9 <= one.see_total <= one.see_direct + one.see_indirect + 1e-9
        assert one.see_total * one.activity_level == pytest.approx(
            one.attributed_direct_t
            + (one.attributed_indirect_t if one.counts_indirect else 0.0)
            + sum(part.embedded_direct_t + part.embedded_indirect_t for part in one.precursors),
            rel=1e-9,
            abs=1e-9,
        )


@settings(max_examples=25, deadline=None)
@given(data=installations(), factor=st.floats(0.01, 100.0))
def test_twice_of_everything_changes_nothing_per_unit(data: Monitoring, factor: float, tables: Any) -> None:
    def scaled(process: Process) -> Process:
        return replace(
            process, goods=tuple(replace(g, produced_t=g.produced_t * factor) for g in process.goods)
        )

    larger = replace(
        data,
        other=tuple(replace(one, emissions_t=one.emissions_t * factor) for one in data.other),
        electricity_uses=tuple(
            replace(one, amount_mwh=one.amount_mwh * factor) for one in data.electricity_uses
        ),
        processes=tuple(scaled(one) for one in data.processes),
        own_uses=tuple(replace(one, amount=one.amount * factor) for one in data.own_uses),
        precursors=tuple(
            replace(one, uses=tuple(replace(use, amount=use.amount * factor) for use in one.uses))
            for one in data.precursors
        ),
    )
    for before, after in zip(solved(data, tables).processes, solved(larger, tables).processes, strict=True):
        assert after.see_total == pytest.approx(before.see_total, rel=1e-9, abs=1e-12)
        assert after.sefa == (None if before.sefa is None else pytest.approx(before.sefa, rel=1e-9))
