"""The whole calculation: what it names, what stops it, the paths, an installation of size, and the refusals at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import making as m
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.calculate import VERSION, NotCalculable, calculate
from lca.cbam.monitoring import (
    OUTSIDE,
    Basis,
    ElectricityExport,
    ElectricityKind,
    Factor,
    FactorSource,
    Monitoring,
    PrecursorChoice,
    PrecursorUse,
    UnitKind,
)
from lca.cbam.results import Path
from lca.cbam.storage import monitoring_digest, read_calculation, write_calculation
from lca.findings import Severity

ROD = 3.169 * 1.1


def codes(findings: Any, severity: Severity | None = None) -> set[str]:
    return {one.code for one in findings if severity is None or one.severity is severity}


def test_a_calculation_names_data_tables_and_rules(tables: Any) -> None:
    data = m.monitoring()
    done = calculate(data, tables)
    assert (done.basis, done.period, done.path, done.engine) == (
        data.basis,
        data.period,
        Path.ACTUAL,
        VERSION,
    )
    assert (done.monitoring_digest, done.tables_digest) == (monitoring_digest(data), tables.digest)
    assert done == calculate(data, tables)
    assert read_calculation(write_calculation(done)) == done


def test_screws(tables: Any) -> None:
    done = calculate(m.monitoring(), tables)
    assert done.totals.direct_t == pytest.approx(212.8)
    assert done.goods[0].see_total == pytest.approx(0.2128 + 1.05 * ROD)
    assert [(one.key, one.record) for one in done.balance.entries] == [
        ("installation", ""),
        ("attributed", "screws"),
    ]
    assert codes(done.findings, Severity.ERROR) == set()


def test_the_two_paths(tables: Any) -> None:
    values = m.supplier_values(2.0, see_indirect=None)
    data = m.monitoring(precursors=(m.precursor(choice=PrecursorChoice.ACTUAL, values=values),))
    actual, mixed = calculate(data, tables), calculate(data, tables, Path.MIXED)
    assert actual.goods[0].see_total == pytest.approx(0.2128 + 1.05 * 2.0)
    assert mixed.goods[0].see_total == pytest.approx(0.2128 + 1.05 * ROD)
    assert (actual.goods[0].default_share, mixed.path) == (0.0, Path.MIXED)
    with pytest.raises(ValueError, match="default_path"):
        calculate(data, tables, Path.DEFAULT)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"processes": ()}, "cbam-no-process"),
    ({"processes": (m.process(goods=(m.good(cn="94032080"),)),)}, "cbam-cn-out-of-scope"),
    ({"period": m.year(2025)}, "cbam-period-early"),
    ({"streams": (m.stream(shares=()),)}, "cbam-shares-missing"),
    (
        {"processes": (m.process(direct_emissions_t=100.0),), "streams": (m.stream(shares=()),)},
        "cbam-reconciliation-too-large",
    ),
    (
        {"heat": (m.heat(origin="screws", destination=OUTSIDE),), "installation": None},
        "cbam-heat-factor-missing",
    ),
    (
        {
            "processes": (m.process("screws", "sintered-ore", goods=(m.good(cn="26011200"),)),),
            "precursors": (),
            "electricity": (m.electricity(factor=None),),
            "electricity_uses": (m.power(),),
        },
        "cbam-electricity-factor-needed",
    ),
    (
        {
            "processes": (m.process("screws", "urea", goods=(m.good(cn="31021012", content=200.0),)),),
            "precursors": (m.precursor(cn="28141000", category="ammonia"),),
        },
        "cbam-precursor-content-needed",
    ),
    (
        {
            "processes": (m.process(), m.process("bolts", goods=(m.good("b", "73181562"),))),
            "own_uses": (m.own_use("screws", "bolts", 1000.0), m.own_use("bolts", "screws", 1000.0)),
        },
        "cbam-loop-closed",
    ),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED, ids=[code for _, code in REFUSED])
def test_what_stops_a_calculation(changes: dict, code: str, tables: Any) -> None:
    if changes.get("installation", 0) is None:
        changes = changes | {"installation": replace(m.monitoring().installation, country="TR")}
    with pytest.raises(NotCalculable) as stopped:
        calculate(m.monitoring(**changes), tables)
    assert code in codes(stopped.value.findings, Severity.ERROR)
    assert code in str(stopped.value)
    for finding in stopped.value.findings:
        assert finding.message("zh") and finding.message("en")


def test_all_that_is_wrong_is_told_at_once(tables: Any) -> None:
    data = m.monitoring(
        processes=(
            m.process("screws", "sintered-ore", goods=(m.good(cn="26011200"),)),
            m.process("urea", "urea", goods=(m.good("u", "31021012", content=200.0),)),
        ),
        precursors=(
            m.precursor(cn="28141000", category="ammonia", uses=(PrecursorUse(process="urea", amount=5.0),)),
        ),
        electricity=(m.electricity(factor=None),),
        electricity_uses=(m.power(),),
    )
    with pytest.raises(NotCalculable) as stopped:
        calculate(data, tables)
    found = codes(stopped.value.findings, Severity.ERROR)
    assert {"cbam-electricity-factor-needed", "cbam-precursor-content-needed"} <= found


WARNED: list[tuple[dict[str, Any], str]] = [
    (
        {"precursors": (m.precursor(choice=PrecursorChoice.ACTUAL, values=m.supplier_values(report=None)),)},
        "cbam-precursor-unverified",
    ),
    (
        {
            "electricity_exports": (
                ElectricityExport(process="screws", amount_mwh=1e3, factor=m.factor(0.5, "tCO2/MWh")),
            )
        },
        "cbam-negative-attributed",
    ),
    (
        {
            "electricity": (
                m.electricity(amount_mwh=400.0),
                m.electricity("wind", kind=ElectricityKind.PPA, amount_mwh=100.0, proof=m.proof(contract="")),
            ),
            "electricity_uses": (m.power(),),
        },
        "cbam-electricity-lacks-contract",
    ),
]


@pytest.mark.parametrize(("changes", "code"), WARNED, ids=[code for _, code in WARNED])
def test_what_is_told_and_calculated_all_the_same(changes: dict, code: str, tables: Any) -> None:
    done = calculate(m.monitoring(**changes), tables)
    assert code in codes(done.findings, Severity.WARNING)
    assert all(one.message("zh") and one.message("en") for one in done.findings)


def test_a_factor_of_a_life_cycle_database_cannot_be_written_down() -> None:
    with pytest.raises(ValueError, match="ecoinvent"):
        Factor(value=1.0, unit="tCO2/t", source=FactorSource("ecoinvent"))


def test_a_whole_site(tables: Any) -> None:
    """Cogeneration feeding two processes, waste gas, own power, a shared meter: everything adds up."""
    data = m.monitoring(
        streams=(
            m.stream("coal", activity=500.0, shares=m.all_to("chp")),
            m.stream("gas", shares=m.split(iron=0.7, screws=0.3)),
        ),
        other=(m.other(emissions_t=900.0, shares=m.all_to("iron")),),
        units=(m.chp(net_heat_tj=8.0, net_electricity_mwh=1000.0),),
        heat=(m.heat("h1", "chp", "iron", heat_tj=5.0), m.heat("h2", "chp", "screws", heat_tj=3.0)),
        waste_gas=(m.waste_gas(energy_tj=2.0),),
        electricity=(
            m.electricity(amount_mwh=500.0),
            m.electricity(
                "own",
                kind=ElectricityKind.OWN_GENERATION,
                amount_mwh=1000.0,
                unit="chp",
                factor=None,
                proof=m.proof(),
            ),
        ),
        electricity_uses=(m.power("iron", 900.0), m.power("screws", 600.0)),
        processes=(m.process("iron", "pig-iron", goods=(m.good("pig", "72011011"),)), m.process()),
        precursors=(),
        own_uses=(m.own_use("iron", "screws", 800.0),),
    )
    done = calculate(data, tables)
    iron, screws = done.processes
    assert abs(done.balance.difference_t) < 1e-9
    keys = {one.key: one.value for one in done.balance.entries if one.key != "attributed"}
    attributed = iron.attributed_direct_t + screws.attributed_direct_t
    assert attributed == pytest.approx(
        done.totals.direct_t
        + keys["electricity-of-units"]
        + keys["waste-gas-received"]
        + keys["waste-gas-given"]
    )
    assert screws.waste_gas_import_t == pytest.approx(112.2)
    assert iron.waste_gas_export_t == pytest.approx(112.2 * 0.667)
    own = -keys["electricity-of-units"] / 1000
    assert iron.electricity_factor == pytest.approx((500 * 0.6 + 1000 * own) / 1500)
    assert iron.electricity_actual_share == pytest.approx(2 / 3)
    assert done.totals.electricity_mwh == 1500.0
    assert screws.see_direct == pytest.approx(screws.specific_direct + 0.8 * iron.see_direct)


def large() -> Monitoring:
    """200 streams, 20 processes, 60 goods, 40 suppliers, own uses in a chain with loops."""
    from databases.cbam.tables import open_tables

    cns = [good.cn for good in open_tables().goods() if good.category == "iron-or-steel-products"][:60]
    processes = tuple(
        m.process(
            f"p{index}",
            goods=tuple(m.good(f"g{index}-{n}", cns[3 * index + n], produced_t=100.0) for n in range(3)),
            evidence=m.LEDGER,
        )
        for index in range(20)
    )
    sinks = [process.id for process in processes]
    streams = tuple(
        m.stream(f"s{index}", shares=m.split(**{sinks[index % 20]: 0.5, sinks[(index + 7) % 20]: 0.5}))
        for index in range(200)
    )
    precursors = tuple(
        m.precursor(f"b{index}", uses=(PrecursorUse(process=sinks[index % 20], amount=50.0),), purchased=50.0)
        for index in range(40)
    )
    uses = tuple(
        m.own_use(sinks[index], sinks[(index + 1) % 20], 30.0, good=f"g{index}-0") for index in range(20)
    )
    power = tuple(m.power(sink, 10.0) for sink in sinks)
    return m.monitoring(
        streams=streams,
        processes=processes,
        precursors=precursors,
        own_uses=uses,
        units=(m.unit(), m.unit("plant", UnitKind.POWER_PLANT, net_heat_tj=None, net_electricity_mwh=1.0)),
        electricity=(m.electricity(amount_mwh=200.0),),
        electricity_uses=power,
    )


def test_an_installation_of_size(tables: Any) -> None:
    done = calculate(large(), tables)
    assert (len(done.sources), len(done.processes), len(done.goods)) == (200, 20, 60)


@settings(max_examples=25, deadline=None)
@given(fuel=st.floats(1.0, 1e4), rod=m.amounts(0.0, 1e5), made=st.floats(1.0, 1e5))
def test_emissions_are_linear_in_fuel_and_precursors(
    fuel: float, rod: float, made: float, tables: Any
) -> None:
    data = m.monitoring(
        streams=(m.stream(activity=fuel),),
        processes=(m.process(goods=(m.good(produced_t=made),)),),
        precursors=(m.precursor(uses=(PrecursorUse(process="screws", amount=rod),), purchased=rod),),
    )
    done = calculate(data, tables)
    assert done.goods[0].see_total == pytest.approx((fuel * 2.128 + rod * ROD) / made)
    assert 0.0 <= done.goods[0].default_share <= 1.0


def test_the_transitional_basis_is_told_and_told_apart(tables: Any) -> None:
    values = m.supplier_values(2.0, see_indirect=0.5, report=None)
    data = m.monitoring(
        basis=Basis.TRANSITIONAL,
        period=m.year(2024),
        precursors=(m.precursor(choice=PrecursorChoice.ACTUAL, values=values),),
        electricity=(m.electricity(),),
        electricity_uses=(m.power(),),
        indirect_stated_t=123.0,
    )
    done = calculate(data, tables)
    assert "cbam-basis-transitional" in codes(done.findings)
    assert done.totals.indirect_t == 123.0
    assert done.goods[0].see_total == pytest.approx(0.2128 + 0.3 + 1.05 * 2.5)
    assert done.goods[0].sefa is None
