"""What is wrong with monitoring data: the frame, energy, evidence, and everything at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import (
    all_to,
    carbon,
    carbonate,
    chp,
    electricity,
    evidence,
    factor,
    found,
    good,
    heat,
    measured,
    monitoring,
    own_use,
    pfc,
    power,
    precursor,
    process,
    split,
    stream,
    unit,
    waste_gas,
    year,
)

from databases.cbam.tables import Tables
from lca.cbam.checks import check
from lca.cbam.monitoring import (
    Basis,
    ElectricityExport,
    FactorSource,
    Period,
    PrecursorUse,
    Share,
    UnitKind,
)
from lca.findings import Finding, Severity, has_errors

INSTALLATION = monitoring().installation


def test_a_unit_fed_by_waste_gas_has_its_fuel(tables: Tables) -> None:
    plant = unit("plant", UnitKind.POWER_PLANT, net_electricity_mwh=100.0)
    data = monitoring(units=(plant,), waste_gas=(waste_gas(origin="screws", destination="plant"),))
    assert "cbam-unit-no-fuel" not in {code for _, code, _ in found(data, tables)}


@pytest.mark.parametrize(("tonnes", "told"), [(150.0, False), (200.0, True)])
def test_heat_given_away_at_a_factor_no_fuel_reaches(tonnes: float, told: bool, tables: Tables) -> None:
    flow = heat(origin="screws", destination="outside", factor=factor(tonnes, "tCO2/TJ"))
    codes = {code for _, code, _ in found(monitoring(heat=(flow,)), tables)}
    assert ("cbam-credit-high" in codes) is told


@pytest.mark.parametrize(("tonnes", "told"), [(2.0, False), (3.0, True)])
def test_electricity_given_away_at_a_factor_no_fuel_reaches(
    tonnes: float, told: bool, tables: Tables
) -> None:
    export = ElectricityExport(process="screws", amount_mwh=1.0, factor=factor(tonnes, "tCO2/MWh"))
    codes = {code for _, code, _ in found(monitoring(electricity_exports=(export,)), tables)}
    assert ("cbam-credit-high" in codes) is told


def test_electricity_given_away_rests_on_evidence(tables: Tables) -> None:
    """It lowers the result (equation 55), so it is asked for like any other figure."""
    export = ElectricityExport(process="screws", amount_mwh=10.0, factor=factor(0.5, "tCO2/MWh"))
    data = monitoring(electricity_exports=(export,))
    assert ("warning", "cbam-evidence-missing", "screws") in found(data, tables)
    assert found(replace(data, electricity_exports=(replace(export, evidence=("ledger",)),)), tables) == []


def test_good_data_has_no_finding(tables: Tables) -> None:
    everything = monitoring(
        streams=(
            stream(),
            carbonate(shares=split(screws=0.5, bolts=0.5)),
            stream("fuel", shares=all_to("chp")),
        ),
        units=(chp(),),
        heat=(heat(origin="chp"),),
        electricity=(electricity(),),
        electricity_uses=(power(),),
        processes=(process(), process("bolts", goods=(good("bolts-a", "73181699"),))),
        precursors=(
            precursor(),
            precursor("rod", cn="72131000", uses=(PrecursorUse(process="bolts", amount=1050.0),)),
        ),
    )
    assert found(everything, tables) == []
    assert found(monitoring(), tables) == []


# --- frame

FRAME = [
    ({"streams": (stream(), stream())}, "error", "cbam-id-repeated", "gas"),
    ({"processes": (process("gas"),)}, "error", "cbam-id-repeated", "gas"),
    ({"streams": (stream(""),)}, "error", "cbam-id-empty", ""),
    ({"streams": (stream("outside"),)}, "error", "cbam-id-reserved", "outside"),
    ({"streams": (stream(shares=all_to("nuts")),)}, "error", "cbam-name-unknown", "gas"),
    ({"streams": (stream(shares=all_to("outside")),)}, "error", "cbam-name-unknown", "gas"),
    ({"heat": (heat(),)}, "error", "cbam-name-unknown", "steam"),
    ({"heat": (heat(origin="outside", destination="nuts"),)}, "error", "cbam-name-unknown", "steam"),
    ({"waste_gas": (waste_gas(),)}, "error", "cbam-name-unknown", "bfg"),
    (
        {"own_uses": (own_use("wire-mill", "screws", 1.0),)},
        "error",
        "cbam-name-unknown",
        "wire-mill → screws",
    ),
    (
        {"own_uses": (own_use("screws", "screws", 1.0, good="nuts"),)},
        "error",
        "cbam-name-unknown",
        "screws → screws",
    ),
    (
        {"precursors": (precursor(uses=(PrecursorUse(process="nuts", amount=1.0),)),)},
        "error",
        "cbam-name-unknown",
        "wire",
    ),
    ({"electricity_uses": (power("nuts"),)}, "error", "cbam-name-unknown", "nuts"),
    ({"electricity_uses": (power(sources=("solar",)),)}, "error", "cbam-name-unknown", "screws"),
    ({"electricity": (electricity(unit="chp"),)}, "error", "cbam-name-unknown", "grid"),
    ({"streams": (stream(shares=()),)}, "error", "cbam-shares-missing", "gas"),
    (
        {"streams": (stream(shares=split(screws=0.6, **{"non-cbam": 0.4 + 2e-9})),)},
        "error",
        "cbam-shares-sum",
        "gas",
    ),
    (
        {"streams": (stream(shares=split(screws=1.2, **{"non-cbam": -0.2})),)},
        "error",
        "cbam-fraction-range",
        "gas",
    ),
    (
        {"streams": (stream(shares=all_to() + all_to()),)},
        "error",
        "cbam-share-repeated",
        "gas",
    ),
    (
        {
            "streams": (
                stream(shares=(Share(sink="screws", fraction=0.5), Share(sink="non-cbam", fraction=0.5))),
            )
        },
        "warning",
        "cbam-share-reason",
        "gas",
    ),
    ({"processes": (), "streams": (), "precursors": ()}, "error", "cbam-no-process", ""),
    ({"period": Period(date(2026, 2, 1), date(2027, 1, 31))}, "error", "cbam-period-year", ""),
    ({"period": Period(date(2026, 1, 1), date(2027, 12, 31))}, "error", "cbam-period-year", ""),
    ({"period": Period(date(2026, 7, 1), date(2026, 12, 31))}, "error", "cbam-period-year", ""),
    ({"period": Period(date(2026, 12, 31), date(2026, 1, 1))}, "error", "cbam-period-reversed", ""),
    (
        {
            "period": Period(date(2026, 7, 1), date(2026, 12, 31)),
            "installation": replace(INSTALLATION, months_monitored=6),
        },
        "warning",
        "cbam-period-short",
        "",
    ),
    ({"basis": Basis.TRANSITIONAL, "period": year(2024)}, "warning", "cbam-basis-transitional", ""),
    ({"installation": replace(INSTALLATION, country="")}, "error", "cbam-country-missing", ""),
    ({"installation": replace(INSTALLATION, country="China")}, "error", "cbam-country-unknown", ""),
    ({"precursors": (precursor(country="QX"),)}, "error", "cbam-country-unknown", "wire"),
    ({"electricity": (electricity(country="CN-JS"),)}, "error", "cbam-country-unknown", "grid"),
]


@pytest.mark.parametrize(("changes", "severity", "code", "line"), FRAME)
def test_the_frame(tables: Tables, changes: dict[str, Any], severity: str, code: str, line: str) -> None:
    assert (severity, code, line) in found(monitoring(**changes), tables)


def test_shares_may_miss_1_by_the_error_of_floats(tables: Tables) -> None:
    thirds = split(screws=1 / 3, **{"non-cbam": 1 / 3, "boiler": 1 / 3})
    assert found(monitoring(streams=(stream(shares=thirds),), units=(unit(),)), tables) == []


def test_shares_may_be_left_out_where_every_process_states_its_emissions(tables: Tables) -> None:
    data = monitoring(streams=(stream(shares=()),), processes=(process(direct_emissions_t=212.8),))
    assert found(data, tables) == []


# --- energy and evidence

ENERGY = [
    ({"units": (unit(net_heat_tj=None),)}, "error", "cbam-unit-data", "boiler"),
    ({"units": (chp(fuel_category=""),)}, "error", "cbam-unit-data", "chp"),
    ({"units": (chp(net_electricity_mwh=None),)}, "error", "cbam-unit-data", "chp"),
    ({"units": (unit("plant", UnitKind.POWER_PLANT),)}, "error", "cbam-unit-data", "plant"),
    ({"units": (chp(fuel_category="Z9"),)}, "error", "cbam-unit-reference", "chp"),
    ({"units": (chp(heat_medium="ice"),)}, "error", "cbam-unit-reference", "chp"),
    ({"units": (unit(heat_efficiency=90.0),)}, "error", "cbam-fraction-range", "boiler"),
    (
        {"units": (chp(heat_efficiency=0.7, electricity_efficiency=0.4),)},
        "error",
        "cbam-fraction-range",
        "chp",
    ),
    ({"units": (unit(),)}, "warning", "cbam-unit-no-fuel", "boiler"),
    ({"heat": (heat(origin="outside", heat_tj=-1.0),)}, "error", "cbam-amount-negative", "steam"),
    (
        {"heat": (heat(origin="outside", factor=factor(0.2, "tCO2/MWh")),)},
        "error",
        "cbam-energy-unit",
        "steam",
    ),
    ({"waste_gas": (waste_gas(origin="outside", energy_tj=-1.0),)}, "error", "cbam-amount-negative", "bfg"),
    ({"electricity": (electricity(amount_mwh=-1.0),)}, "error", "cbam-amount-negative", "grid"),
    ({"electricity": (electricity(factor=factor(600.0, "kg/MWh")),)}, "error", "cbam-energy-unit", "grid"),
    ({"electricity_uses": (power(mwh=-1.0),)}, "error", "cbam-amount-negative", "screws"),
    ({"streams": (stream(evidence=()),)}, "warning", "cbam-evidence-missing", "gas"),
    (
        {"processes": (process(goods=(good(evidence=()),)),)},
        "warning",
        "cbam-evidence-missing",
        "screws-73181595",
    ),
    ({"streams": (stream(evidence=("diary",)),)}, "warning", "cbam-evidence-unknown", "gas"),
    ({"evidence": (evidence(document=""),)}, "warning", "cbam-evidence-document", "ledger"),
    ({"evidence": (evidence(period=year(2025)),)}, "warning", "cbam-evidence-period", "ledger"),
]


@pytest.mark.parametrize(("changes", "severity", "code", "line"), ENERGY)
def test_energy_and_evidence(
    tables: Tables, changes: dict[str, Any], severity: str, code: str, line: str
) -> None:
    assert (severity, code, line) in found(monitoring(**changes), tables)


# --- all at once


def test_everything_wrong_is_told_at_once_errors_first(tables: Tables) -> None:
    data = monitoring(
        period=year(2025),
        streams=(stream(activity=-1.0, evidence=()), stream("oil", emission_factor=None)),
        processes=(process(goods=(good(cn="84818081", produced_t=-3.0),)),),
    )
    told = check(data, tables)
    codes = {one.code for one in told}
    assert {
        "cbam-period-early",
        "cbam-activity-negative",
        "cbam-factor-missing",
        "cbam-cn-out-of-scope",
    } <= codes
    severities = [one.severity for one in told]
    assert severities == sorted(severities, key=[Severity.ERROR, Severity.WARNING, Severity.NOTE].index)
    assert len(told) == len(set(told)) and has_errors(told)


def test_rules_of_the_definitive_period_do_not_hold_the_older_workbooks_up(tables: Tables) -> None:
    data = monitoring(
        basis=Basis.TRANSITIONAL,
        period=Period(date(2024, 4, 1), date(2024, 6, 30)),
        streams=(stream(evidence=(), emission_factor=factor(56.0, "tCO2/TJ", source=FactorSource.UNSTATED)),),
        processes=(
            process(goods=(good("cem", "25232900"),), category="cement"),
            process("nitric", category="nitric-acid", goods=(good("acid", "28080000"),)),
            process("nitric-2", category="nitric-acid", goods=(good("acid-2", "28080000"),)),
        ),
        precursors=(precursor("old", cn="", category="cement-clinker", country=""),),
    )
    assert [one.code for one in check(data, tables)] == ["cbam-basis-transitional"]


SHARES = st.lists(st.floats(-0.5, 1.5), max_size=3).map(
    lambda parts: tuple(Share(sink=f"p{at}", fraction=part) for at, part in enumerate(parts))
)
WORDS = st.sampled_from(
    ["", "screws", "nuts", "boiler", "outside", "non-cbam", "natural-gas", "CaCO3", "t", "CN"]
)
FIGURES = st.one_of(st.none(), st.floats(-10.0, 1e6))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_data_makes_the_check_stumble(tables: Tables, draw: st.DataObject) -> None:
    a = lambda strategy: draw.draw(strategy)  # noqa: E731
    number = st.floats(-10.0, 1e6)
    data = monitoring(
        basis=a(st.sampled_from(Basis)),
        period=Period(
            a(st.dates(date(2024, 1, 1), date(2028, 1, 1))), a(st.dates(date(2024, 1, 1), date(2028, 1, 1)))
        ),
        installation=replace(INSTALLATION, country=a(WORDS)),
        streams=(
            stream(
                a(WORDS),
                activity=a(number),
                activity_unit=a(WORDS),
                material=a(WORDS),
                ncv=None,
                shares=a(SHARES),
            ),
            carbon("c", a(number), a(number), biomass_fraction=a(number)),
        ),
        measured=(measured(gas=a(WORDS), annual_tonnes=a(FIGURES), hours=a(FIGURES)),),
        pfc=(pfc(technology=a(WORDS), slope_factor=a(FIGURES), collection_efficiency=a(number)),),
        units=(unit(net_heat_tj=a(FIGURES)), chp(fuel_category=a(WORDS), heat_medium=a(WORDS))),
        heat=(heat(origin=a(WORDS), destination=a(WORDS), heat_tj=a(number)),),
        processes=(
            process(a(WORDS), a(WORDS), goods=(good(cn=a(WORDS), produced_t=a(number), content=a(FIGURES)),)),
        ),
        own_uses=(own_use(a(WORDS), a(WORDS), a(number)),),
        precursors=(precursor(cn=a(WORDS), country=a(WORDS), purchased=a(FIGURES)),),
    )
    for one in check(data, tables):
        assert isinstance(one, Finding)
        assert one.message("zh") and one.message("en")
