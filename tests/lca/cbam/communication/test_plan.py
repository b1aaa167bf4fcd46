"""What is planned for the template's cells, and what is told about what it cannot hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import making
from commission import codes
from smelter import rich

from lca.cbam.calculate import calculate
from lca.cbam.communication import fit, plan, production_plan
from lca.cbam.communication.lists import lists
from lca.cbam.communication.plan import Plan
from lca.cbam.monitoring import Monitoring, OwnUse

if TYPE_CHECKING:
    from databases.cbam.tables import Tables


CODES = [
    "73181100",
    "73181210",
    "73181290",
    "73181300",
    "73181410",
    "73181491",
    "73181499",
    "73181520",
    "73181535",
    "73181542",
    "73181568",
]


def planned(data: Monitoring, tables: Tables) -> tuple[dict[tuple[str, str], Any], Plan]:
    """Everything that would be written, by sheet and cell, and the plan with its findings."""
    made = Plan(data, calculate(data, tables), lists({}), {"F11": "CN", "G11": "China"})
    plan.installation(made)
    plan.sources(made)
    production_plan.name_all(made)
    production_plan.goods_list(made)
    production_plan.processes(made)
    production_plan.precursors(made)
    production_plan.products(made)
    fit.differences(made)
    return {(one.sheet, one.cell): one.value for one in made.writes}, made


def test_factors_are_those_of_the_calculation(tables: Tables) -> None:
    oil = making.stream(
        "oil", material="fuel-oil", activity=10.0, activity_unit="t", ncv=None, emission_factor=None
    )
    cells, _ = planned(making.monitoring(streams=(oil,)), tables)
    (source,) = calculate(making.monitoring(streams=(oil,)), tables).sources
    used = {term.key: term.value for term in source.terms}
    assert cells["B_EmInst", "H17"] == used["ncv"]
    assert cells["B_EmInst", "J17"] == used["emission_factor"]


def test_rows_beyond_the_last_enter_the_total(tables: Tables) -> None:
    streams = tuple(making.stream(f"gas{number}", name=f"Gas {number}") for number in range(77))
    cells, made = planned(making.monitoring(streams=streams), tables)
    assert cells["B_EmInst", "E91"] == "Gas 74"
    assert cells["C_Emissions&Energy", "H26"] == made.done.totals.co2_t
    assert codes(made.findings).count("cbam-communication-in-total") == 2


def test_annual_tonnes_and_other_methods_enter_the_total(tables: Tables) -> None:
    data = making.monitoring(measured=(making.measured(),), other=(making.other(),))
    cells, made = planned(data, tables)
    assert ("B_EmInst", "D113") not in cells
    assert cells["C_Emissions&Energy", "H26"] == made.done.totals.co2_t
    assert codes(made.findings).count("cbam-communication-in-total") == 2


def test_names_are_unique_and_match_nothing_else(tables: Tables) -> None:
    data = rich()
    first, second, *rest = data.processes
    twice = replace(data, processes=(replace(first, name="Line *1?"), replace(second, name="line  1"), *rest))
    _, made = planned(twice, tables)
    assert (made.names["P1"], made.names["P2"]) == ("Line 1", "line 1 (P2)")
    assert codes(made.findings).count("cbam-communication-renamed") == 2


def test_more_processes_than_blocks(tables: Tables) -> None:
    processes = tuple(
        making.process(f"p{number}", goods=(making.good(f"g{number}", cn=cn),), direct_emissions_t=1.0)
        for number, cn in enumerate(CODES)
    )
    data = making.monitoring(processes=processes, streams=(), precursors=(), meters_reconciled=False)
    cells, made = planned(data, tables)
    (told,) = (one for one in made.findings if one.code == "cbam-communication-too-many")
    assert dict(told.details) == {"kind": "processes", "count": "11", "most": "10", "left": "1"}
    assert cells["A_InstData", "L92"] == "P9" and ("Summary_Products", "D20") not in cells


def test_own_consumption_of_a_process_has_no_cell(tables: Tables) -> None:
    data = rich()
    looped = replace(data, own_uses=(*data.own_uses, OwnUse(origin="P3", destination="P3", amount=10.0)))
    _, made = planned(looped, tables)
    assert "cbam-communication-own-loop" in codes(made.findings)


def test_clinker_is_the_functional_unit_and_told(tables: Tables) -> None:
    cement = making.process(
        "screws",
        "cement",
        name="Mill",
        goods=(making.good("cem", cn="25232900", name="CEM II", content=0.8),),
    )
    cells, made = planned(making.monitoring(processes=(cement,), precursors=()), tables)
    assert cells["D_Processes", "L16"] == 800.0
    assert cells["Summary_Products", "AB10"] == 0.8
    assert "cbam-communication-unit" in codes(made.findings)


def test_a_default_value_counts_in_total(tables: Tables) -> None:
    cells, _ = planned(making.monitoring(), tables)
    assert cells["E_PurchPrec", "M49"] == cells["E_PurchPrec", "M50"] == "Default"
    assert cells["E_PurchPrec", "L50"] == 0.0
    assert cells["A_InstData", "F102"] == "CN"
    assert cells["A_InstData", "I26"] == "China"


def test_letters_of_the_benchmarks_are_routes_of_the_template() -> None:
    assert production_plan.as_route("crude-steel", "F") == "basic-oxygen"
    assert production_plan.as_route("crude-steel", "J") == "electric-arc"
    assert production_plan.as_route("unwrought-aluminium", "L") == "secondary"
    assert production_plan.as_route("ammonia", "Q") == "unknown"
    assert production_plan.as_route("cement", "A") == "all"


def test_heat_of_several_flows_is_one_amount_and_one_factor(tables: Tables) -> None:
    data = rich()
    more = replace(data.heat[0], id="P2-heat-in-2", heat_tj=20.0, factor=making.factor(10.0, "tCO2/TJ"))
    cells, _ = planned(replace(data, heat=(*data.heat, more)), tables)
    assert cells["D_Processes", "L122"] == 101.5
    assert cells["D_Processes", "L123"] * 101.5 == 81.5 * 64.3 + 20.0 * 10.0
