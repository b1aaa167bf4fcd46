"""Emissions to processes: by hand, and that nothing is lost or counted twice in any installation."""

from __future__ import annotations

from typing import Any

import making as m
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.attribution import Attribution, Flows, attribute, content_of, kind_of
from lca.cbam.electricity import consumption
from lca.cbam.emissions import source_emissions
from lca.cbam.heat import heat_emissions, unit_factors
from lca.cbam.monitoring import (
    NON_CBAM,
    OUTSIDE,
    Allocation,
    Basis,
    Composition,
    ElectricityExport,
    Monitoring,
    UnitKind,
)
from lca.findings import Severity

BOLTS = m.process("bolts", goods=(m.good("bolts-73181562", "73181562", name="Bolts", produced_t=500.0),))
GAS_T = 212.8


def attributed(data: Monitoring, tables: Any) -> Attribution:
    sources = source_emissions(data, tables)
    units = unit_factors(data, sources, tables)
    heats, _ = heat_emissions(data, units, tables)
    power = consumption(data, units, frozenset())
    return attribute(data, sources, Flows(units=units, heat=heats, power=power), tables)


def two(**changes: Any) -> Monitoring:
    return m.monitoring(**{"processes": (m.process(), BOLTS), "precursors": ()} | changes)


def direct(made: Attribution) -> dict[str, float]:
    return {one.process.id: one.attributed_direct_t for one in made.processes}


def entry(made: Attribution, key: str) -> float:
    return sum(one.value for one in made.balance.entries if one.key == key)


def codes(made: Attribution) -> list[str]:
    return [one.code for one in made.findings]


def test_shares_split_a_meter(tables: Any) -> None:
    fuel = m.stream(shares=m.split(screws=0.6, bolts=0.3, **{NON_CBAM: 0.1}))
    made = attributed(two(streams=(fuel,)), tables)
    assert direct(made) == {"screws": pytest.approx(127.68), "bolts": pytest.approx(63.84)}
    assert entry(made, "non-cbam") == pytest.approx(-21.28)
    assert made.balance.difference_t == pytest.approx(0, abs=1e-9)


def test_a_boiler_s_emissions_go_with_its_heat(tables: Any) -> None:
    data = two(
        streams=(m.stream(shares=m.all_to("boiler")),),
        units=(m.unit(),),
        heat=(
            m.heat("a", destination="screws", heat_tj=1.0),
            m.heat("b", destination="bolts", heat_tj=2.0),
            m.heat("c", destination=OUTSIDE, heat_tj=0.2),
        ),
    )
    made = attributed(data, tables)
    assert direct(made) == {"screws": pytest.approx(GAS_T / 3.2), "bolts": pytest.approx(2 * GAS_T / 3.2)}
    assert entry(made, "heat-to-outside") == pytest.approx(-0.2 * GAS_T / 3.2)
    assert made.balance.difference_t == pytest.approx(0, abs=1e-9)


def test_heat_nobody_takes_is_told(tables: Any) -> None:
    made = attributed(two(streams=(m.stream(shares=m.all_to("boiler")),), units=(m.unit(),)), tables)
    assert codes(made) == ["cbam-heat-not-delivered"]
    assert entry(made, "heat-not-delivered") == pytest.approx(-GAS_T)


def test_waste_gas_by_equations_53_and_54(tables: Any) -> None:
    fuel = m.stream(emission_factor=m.factor(560.0, "tCO2/TJ"))  # 2128 t: the gas given away is in it
    data = two(
        streams=(fuel,), waste_gas=(m.waste_gas(origin="screws", destination="bolts", energy_tj=10.0),)
    )
    made = attributed(data, tables)
    assert direct(made) == {"screws": pytest.approx(2128 - 561 * 0.667), "bolts": pytest.approx(561.0)}
    assert made.balance.difference_t == pytest.approx(0, abs=1e-9)


def test_electricity_given_away_is_deducted(tables: Any) -> None:
    export = ElectricityExport(process="screws", amount_mwh=100.0, factor=m.factor(0.5, "tCO2/MWh"))
    made = attributed(two(electricity_exports=(export,)), tables)
    assert direct(made)["screws"] == pytest.approx(GAS_T - 50)


def test_below_zero_is_set_to_zero_and_told(tables: Any) -> None:
    export = ElectricityExport(process="screws", amount_mwh=1000.0, factor=m.factor(0.5, "tCO2/MWh"))
    made = attributed(two(electricity_exports=(export,)), tables)
    screws = made.processes[0]
    assert (screws.attributed_direct_t, screws.floored_t) == (0.0, pytest.approx(GAS_T - 500))
    assert codes(made) == ["cbam-negative-attributed"]
    assert made.balance.difference_t == pytest.approx(0, abs=1e-9)
    older = attributed(two(basis=Basis.TRANSITIONAL, electricity_exports=(export,)), tables)
    assert direct(older)["screws"] == pytest.approx(GAS_T - 500)
    assert codes(older) == ["cbam-negative-attributed-kept"]


def stated(screws: float, bolts: float, **changes: Any) -> Monitoring:
    processes = (
        m.process(direct_emissions_t=screws),
        m.process("bolts", goods=BOLTS.goods, direct_emissions_t=bolts),
    )
    return two(**{"processes": processes, "streams": (m.stream(shares=()),)} | changes)


def test_reconciliation_by_equations_41_and_42(tables: Any) -> None:
    made = attributed(stated(120.0, 90.0), tables)
    factor = GAS_T / 210
    assert made.reconciliation == (("direct-emissions", pytest.approx(factor)),)
    assert direct(made) == {"screws": pytest.approx(120 * factor), "bolts": pytest.approx(90 * factor)}
    assert codes(made) == ["cbam-reconciled"]
    assert made.balance.difference_t == pytest.approx(0, abs=1e-9)
    assert entry(made, "not-attributed") == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "code", "severity"),
    [
        ({"meters_reconciled": False}, "cbam-not-reconciled", Severity.WARNING),
        (  # emissions would be left out
            {"streams": (m.stream(activity=150.0, shares=()),), "meters_reconciled": False},
            "cbam-reconciliation-too-large",
            Severity.ERROR,
        ),
        ({"streams": (), "meters_reconciled": False}, "cbam-not-reconciled", Severity.WARNING),
        (
            {"streams": (m.stream(activity=150.0, shares=()),)},
            "cbam-reconciliation-too-large",
            Severity.ERROR,
        ),
        ({"streams": ()}, "cbam-reconciliation-too-large", Severity.ERROR),
    ],
)
def test_no_reconciliation(changes: dict, code: str, severity: Severity, tables: Any) -> None:
    made = attributed(stated(120.0, 90.0, **changes), tables)
    assert [(one.code, one.severity) for one in made.findings] == [(code, severity)]
    assert made.reconciliation == ()
    assert direct(made) == {"screws": 120.0, "bolts": 90.0}
    assert made.balance.difference_t == pytest.approx(0, abs=1e-9)


def test_figures_that_add_up_are_left_alone(tables: Any) -> None:
    made = attributed(stated(GAS_T - 90.0, 90.0), tables)
    assert (made.reconciliation, made.findings) == ((), ())


def test_goods_share_by_functional_units(tables: Any) -> None:
    goods = (m.good(produced_t=800.0), m.good("b", "73181562", produced_t=200.0))
    (made,) = attributed(m.monitoring(processes=(m.process(goods=goods),), precursors=()), tables).processes
    assert made.activity_level == 1000.0
    assert [part.rate for part in made.goods] == [pytest.approx(1e-3)] * 2


@pytest.mark.parametrize(
    ("molar", "shares"), [((17.03, 2.016), (5.872, 49.6)), ((17.03, None), (100.0, 100.0))]
)
def test_molar_shares_by_equation_43(molar: tuple, shares: tuple, tables: Any) -> None:
    goods = tuple(
        m.good(f"g{index}", "28041000", produced_t=100.0, molar_mass=mass) for index, mass in enumerate(molar)
    )
    process = m.process("screws", "hydrogen", goods=goods, allocation=Allocation.MOLAR)
    (made,) = attributed(m.monitoring(processes=(process,), precursors=()), tables).processes
    total = sum(shares)
    assert [part.rate * part.units for part in made.goods] == [
        pytest.approx(share / total, rel=1e-3) for share in shares
    ]
    assert sum(part.rate * part.units for part in made.goods) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("changes", "unit", "content"),
    [
        ({}, "t", 1.0),
        ({"content": 0.7}, "t clinker", 0.7),
        (
            {
                "compositions": (
                    Composition(name="a", produced_t=1.0, content=0.6),
                    Composition(name="b", produced_t=3.0, content=0.8),
                )
            },
            "t clinker",
            0.75,
        ),
        ({"cn": "2523 10 00"}, "t clinker", 1.0),
        ({"content": 150.0}, "kg N", 150.0),
        ({}, "kg N", None),
    ],
)
def test_content(changes: dict, unit: str, content: float | None) -> None:
    made = content_of(m.good(**changes), unit)
    assert made == (None if content is None else pytest.approx(content))


@pytest.mark.parametrize(
    ("category", "cn", "unit", "direct_only"),
    [
        ("iron-or-steel-products", "73181595", "t", True),
        ("sintered-ore", "26011200", "t", False),
        ("cement", "25232900", "t clinker", False),
        ("ammonia", "28141000", "kg N", False),
        ("hydrogen", "28041000", "t", True),
    ],
)
def test_what_counts_for_a_category(
    category: str, cn: str, unit: str, direct_only: bool, tables: Any
) -> None:
    named = m.process("a", category, goods=(m.good(cn=cn),))
    for process in (named, m.process("b", category, goods=())):
        kind = kind_of(process, Basis.DEFINITIVE, tables)
        assert (kind.unit, kind.direct_only) == (unit, direct_only)
    older = kind_of(named, Basis.TRANSITIONAL, tables)
    assert (older.unit, older.direct_only) == ("t", False)


def test_sinter_in_a_joint_process_is_told(tables: Any) -> None:
    goods = (m.good(cn="72011011"),)
    process = m.process("screws", "pig-iron", goods=goods, included=("sintered-ore",))
    made = attributed(m.monitoring(processes=(process,), precursors=()), tables)
    assert codes(made) == ["cbam-joint-indirect"]


# --- any installation

AMOUNT = m.amounts(0.0, 50.0)
SINKS = ("screws", "bolts", NON_CBAM, "boiler", "chp", "plant")


@st.composite
def installations(draw: st.DrawFn) -> Monitoring:
    """Streams over processes, units and non-CBAM; heat, waste gas and electricity in every direction."""
    streams = []
    for index in range(draw(st.integers(1, 5))):
        weights = [draw(m.amounts(0.0, 1.0)) for _ in SINKS]
        total = sum(weights)
        chosen = (
            {sink: w / total for sink, w in zip(SINKS, weights, strict=True) if w}
            if total > 0
            else {"screws": 1.0}
        )
        waste = draw(st.booleans())
        ef = draw(m.amounts(0.0, 300.0))
        factor = m.factor(ef, "tCO2/TJ")
        streams.append(
            m.stream(
                f"s{index}",
                activity=draw(AMOUNT),
                emission_factor=factor,
                waste_gas=waste,
                shares=m.split(**chosen),
            )
        )
    heat = tuple(
        m.heat(
            f"h{index}",
            origin=draw(st.sampled_from(["boiler", "chp", "screws", "bolts", OUTSIDE])),
            destination=draw(st.sampled_from(["screws", "bolts", NON_CBAM, OUTSIDE])),
            heat_tj=draw(st.floats(0.001, 2.0)),
            factor=m.factor(draw(m.amounts(0, 120)), "tCO2/TJ"),
            verified_by_supplier=True,
            zero_emission=draw(st.booleans()),
        )
        for index in range(draw(st.integers(0, 6)))
    )
    gas = tuple(
        m.waste_gas(
            f"w{index}",
            origin=draw(st.sampled_from(["screws", "bolts", OUTSIDE, NON_CBAM])),
            destination=draw(st.sampled_from(["screws", "bolts", "boiler", "chp", NON_CBAM, OUTSIDE])),
            energy_tj=draw(AMOUNT),
        )
        for index in range(draw(st.integers(0, 4)))
    )
    exports = tuple(
        ElectricityExport(process="bolts", amount_mwh=draw(AMOUNT), factor=m.factor(0.7, "tCO2/MWh"))
        for _ in range(draw(st.integers(0, 2)))
    )
    figures = draw(st.sampled_from([(None, None), (10.0, None), (10.0, 20.0)]))
    return m.monitoring(
        basis=draw(st.sampled_from(list(Basis))),
        streams=tuple(streams),
        other=(m.other(emissions_t=draw(m.amounts(-20.0, 100.0))),),
        units=(
            m.unit(),
            m.chp(),
            m.unit(
                "plant",
                UnitKind.POWER_PLANT,
                net_heat_tj=None,
                heat_efficiency=None,
                net_electricity_mwh=10.0,
            ),
        ),
        heat=heat,
        waste_gas=gas,
        electricity_exports=exports,
        processes=(
            m.process(direct_emissions_t=figures[0]),
            m.process("bolts", goods=BOLTS.goods, direct_emissions_t=figures[1]),
        ),
        precursors=(),
        meters_reconciled=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(data=installations())
def test_attribution_conserves_the_installation_s_total(data: Monitoring, tables: Any) -> None:
    made = attributed(data, tables)
    size = sum(abs(one.value) for one in made.balance.entries) + 1.0
    assert abs(made.balance.difference_t) <= 1e-9 * size
    total = sum(one.emissions_t for one in source_emissions(data, tables))
    assert entry(made, "installation") == pytest.approx(total)
    for one in made.processes:
        assert one.attributed_direct_t >= 0 or data.basis is Basis.TRANSITIONAL
        raw = one.direct_t + one.heat_import_t - one.heat_export_t + one.waste_gas_import_t
        raw += -one.waste_gas_export_t - one.electricity_export_t
        assert one.attributed_direct_t + one.floored_t == pytest.approx(raw, abs=1e-9)
