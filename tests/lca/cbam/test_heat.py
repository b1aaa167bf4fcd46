"""Boilers, cogeneration, power plants, heat flows: by hand, by the Commission's tool, and in general."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import making as m
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.emissions import source_emissions
from lca.cbam.heat import heat_emissions, natural_gas, standard_heat_factor, unit_factors
from lca.cbam.monitoring import OUTSIDE, Basis, Monitoring, UnitKind
from lca.findings import Severity

GAS_T, GAS_TJ = 212.8, 3.8
"""``m.stream()``: 100 x 1000 Nm3 of 38 GJ and 56 tCO2/TJ."""


def plant(*units: Any, **changes: Any) -> Monitoring:
    fuel = m.stream(shares=m.all_to(units[0].id))
    return m.monitoring(**{"streams": (fuel,), "units": units} | changes)


def factors(data: Monitoring, tables: Any) -> Any:
    return unit_factors(data, source_emissions(data, tables), tables)


def codes(findings: Any) -> list[str]:
    return [one.code for one in findings]


def values(unit: Any) -> dict[str, float]:
    return {term.key: term.value for term in unit.terms}


def test_boiler_spreads_all_its_emissions_over_the_heat_delivered(tables: Any) -> None:
    data = plant(
        m.unit(net_heat_tj=3.42), heat=(m.heat(heat_tj=2.0), m.heat("b", destination=OUTSIDE, heat_tj=1.2))
    )
    boiler = factors(data, tables)["boiler"]
    assert boiler.heat == pytest.approx(GAS_T / 3.2)
    assert boiler.electricity is None
    flows, findings = heat_emissions(data, {"boiler": boiler}, tables)
    assert math.fsum(one.emissions_t for one in flows) == pytest.approx(GAS_T)
    assert findings == ()


def test_boiler_without_flows_has_its_mix_over_its_efficiency(tables: Any) -> None:
    boiler = factors(plant(m.unit(net_heat_tj=3.42)), tables)["boiler"]
    assert boiler.heat == pytest.approx(56.0 / 0.9)  # eq. 44: EF_mix / efficiency


def test_power_plant_is_emissions_over_net_electricity(tables: Any) -> None:
    unit = m.unit(
        "plant", UnitKind.POWER_PLANT, net_heat_tj=None, heat_efficiency=None, net_electricity_mwh=400.0
    )
    made = factors(plant(unit), tables)["plant"]
    assert made.electricity == pytest.approx(GAS_T / 400)
    assert made.heat is None


def test_cogeneration_as_the_commission_s_tool_computes_it(tables: Any) -> None:
    """The tool's formulas (sheet F_Tools J34 to M49), with its own reference efficiencies for coal and hot water."""
    unit = m.chp(net_heat_tj=2.0, net_electricity_mwh=300.0, fuel_category="S1", heat_medium="hot-water")
    made = factors(plant(unit), tables)["chp"]
    heat, power = 2.0 / GAS_TJ, 300 * 0.0036 / GAS_TJ
    share = heat / 0.88 / (heat / 0.88 + power / 0.442)
    assert made.heat == pytest.approx(share * GAS_T / 2.0, rel=1e-12)
    assert made.electricity == pytest.approx((1 - share) * GAS_T / 300, rel=1e-12)
    assert values(made)["efficiency-electricity"] == pytest.approx(power)


@pytest.mark.parametrize(
    ("built", "counted", "heat", "power"),
    [(2010, True, 0.85, 0.525), (2018, True, 0.87, 0.53), (2018, False, 0.92, 0.53)],
)
def test_reference_efficiencies_of_gas_and_steam(
    built: int, counted: bool, heat: float, power: float, tables: Any
) -> None:
    unit = m.chp(built=built, condensate_counted=counted)
    shown = values(factors(plant(unit), tables)["chp"])
    assert shown["reference-efficiency-heat"] == pytest.approx(heat)
    assert shown["reference-efficiency-electricity"] == pytest.approx(power)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [({}, (0.55, 0.25)), ({"heat_efficiency": 0.5, "electricity_efficiency": 0.3}, (0.5, 0.3))],
)
def test_efficiencies_where_no_fuel_energy_is_known(stated: dict, expected: tuple, tables: Any) -> None:
    direct = m.stream(emission_factor=m.factor(2.0, "tCO2/1000Nm3"), ncv=None, shares=m.all_to("chp"))
    shown = values(factors(plant(m.chp(**stated), streams=(direct,)), tables)["chp"])
    assert (shown["efficiency-heat"], shown["efficiency-electricity"]) == expected


def test_waste_gas_counts_as_natural_gas_at_most(tables: Any) -> None:
    gas = natural_gas(tables)
    assert gas == 56.1
    blast = m.stream(
        emission_factor=m.factor(260.0, "tCO2/TJ"),
        waste_gas=True,
        shares=m.all_to("boiler"),
        name="Blast furnace gas",
    )
    made = factors(plant(m.unit(), streams=(blast,)), tables)["boiler"]
    assert made.emissions_t == pytest.approx(gas * GAS_TJ)
    assert made.above_natural_gas_t == pytest.approx((260 - gas) * GAS_TJ)
    assert codes(made.findings) == ["cbam-waste-gas-in-unit"]
    lean = replace(blast, emission_factor=m.factor(44.4, "tCO2/TJ"))
    assert factors(plant(m.unit(), streams=(lean,)), tables)["boiler"].emissions_t == pytest.approx(
        44.4 * GAS_TJ
    )


def test_waste_gas_that_flows_into_a_unit_counts_as_natural_gas(tables: Any) -> None:
    data = plant(m.unit(), waste_gas=(m.waste_gas(origin="screws", destination="boiler", energy_tj=2.0),))
    made = factors(data, tables)["boiler"]
    assert made.emissions_t == pytest.approx(GAS_T + 2 * 56.1)
    assert made.waste_gas_t == pytest.approx(2 * 56.1)


@pytest.mark.parametrize(
    ("changes", "factor", "expected"),
    [
        ({"factor": m.factor(70.0, "tCO2/TJ"), "verified_by_supplier": True}, 70.0, []),
        ({"factor": m.factor(70.0, "tCO2/TJ")}, 94.6 / 0.9, ["cbam-heat-unverified"]),
        ({}, 94.6 / 0.9, ["cbam-heat-standard"]),
        ({"zero_emission": True}, 0.0, []),
        ({"origin": "screws", "destination": OUTSIDE}, 94.6 / 0.9, ["cbam-heat-standard"]),
        ({"origin": "screws", "destination": OUTSIDE, "factor": m.factor(60.0, "tCO2/TJ")}, 60.0, []),
        ({"origin": "screws", "zero_emission": True, "factor": m.factor(60.0, "tCO2/TJ")}, 0.0, []),
    ],
)
def test_factor_of_a_flow(changes: dict, factor: float, expected: list[str], tables: Any) -> None:
    data = m.monitoring(heat=(m.heat(**{"origin": OUTSIDE} | changes),))
    (flow,), findings = heat_emissions(data, {}, tables)
    assert flow.factor == pytest.approx(factor)
    assert codes(findings) == expected


def test_heat_without_any_factor_stops(tables: Any) -> None:
    abroad = replace(m.monitoring().installation, country="TR")
    data = m.monitoring(installation=abroad, heat=(m.heat(origin=OUTSIDE),))
    assert standard_heat_factor("TR", tables) is None
    _, findings = heat_emissions(data, {}, tables)
    assert [(one.code, one.severity) for one in findings] == [("cbam-heat-factor-missing", Severity.ERROR)]


def test_a_power_plant_gives_no_heat(tables: Any) -> None:
    unit = m.unit(
        "boiler", UnitKind.POWER_PLANT, net_heat_tj=None, heat_efficiency=None, net_electricity_mwh=4.0
    )
    data = plant(unit, heat=(m.heat(),))
    _, findings = heat_emissions(data, factors(data, tables), tables)
    assert [(one.code, one.severity) for one in findings] == [("cbam-heat-without-source", Severity.ERROR)]


def test_transitional_factors_are_used_as_stated(tables: Any) -> None:
    data = m.monitoring(
        basis=Basis.TRANSITIONAL, heat=(m.heat(origin=OUTSIDE, factor=m.factor(70.0, "tCO2/TJ")),)
    )
    (flow,), findings = heat_emissions(data, {}, tables)
    assert (flow.factor, findings) == (70.0, ())


@pytest.mark.parametrize(
    ("unit", "flow", "expected"),
    [
        (m.unit(net_heat_tj=3.42), 4.0, ["cbam-heat-more-than-made"]),
        (m.unit(net_heat_tj=3.0, heat_efficiency=0.95), 3.0, ["cbam-efficiency-differs"]),
        (m.unit(net_heat_tj=3.42, heat_efficiency=0.9), 3.42, []),
        (m.unit(net_heat_tj=342.0, heat_efficiency=0.9), 342.0, ["cbam-efficiency-impossible"]),
    ],
)
def test_doubtful_boilers(unit: Any, flow: float, expected: list[str], tables: Any) -> None:
    data = plant(unit, heat=(m.heat(heat_tj=flow),))
    assert codes(factors(data, tables)["boiler"].findings) == expected


@settings(max_examples=40, deadline=None)
@given(
    heat=st.floats(0.01, 3.0),
    mwh=st.floats(1.0, 300.0),
    category=st.sampled_from(["S1", "S2", "L7", "G10", "G13"]),
    built=st.sampled_from([None, 2005, 2013, 2020]),
    counted=st.booleans(),
)
def test_cogeneration_gives_away_exactly_what_it_emits(
    tables: Any, heat: float, mwh: float, category: str, built: int | None, counted: bool
) -> None:
    unit = m.chp(
        net_heat_tj=heat,
        net_electricity_mwh=mwh,
        fuel_category=category,
        built=built,
        condensate_counted=counted,
    )
    made = factors(plant(unit), tables)["chp"]
    assert made.heat * heat + made.electricity * mwh == pytest.approx(GAS_T)
    assert 0 < values(made)["share-heat"] < 1
