"""Processes, precursors and products, cell by cell."""

from __future__ import annotations

from typing import Any

import pytest
from commission import codes, typed
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.communication import cells, header, lists, production, products
from lca.cbam.monitoring import NON_CBAM, OUTSIDE, ElectricityKind, PrecursorChoice

LISTED = {
    "E83": "Crude steel",
    "F83": "Pig iron",
    "G83": "Only direct production",
    "L83": "Steel works",
    "E84": "Iron or steel products",
    "L84": "Mill",
    "E85": "Calcined clays ",
}
STEEL = {"L16": 900, "L17": 100, "L32": 300, "L41": 50, "L54": 1500.5}
MILL = {"L81": 280, "L119": 30}
CLAY = {"L146": 10, "L184": 1}


def works(steel: dict[str, Any] | None = None, **sheets: dict[str, Any]) -> Any:
    at = typed({"A_InstData": LISTED, "D_Processes": STEEL | MILL | CLAY | (steel or {}), **sheets})
    return at, production.processes(at)


@given(st.integers(1, 10), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_rows_of_own_uses_leave_out_the_process_itself(process: int, position: int) -> None:
    consumer = cells.process_of_use(process, position)
    assert consumer != process and 1 <= consumer <= 10
    assert cells.position_of_use(process, consumer) == position


def test_processes_with_routes_joint_goods_and_a_name_made_up_where_none_is() -> None:
    at, made = works()
    assert [process.category for process in made] == [
        "crude-steel",
        "iron-or-steel-products",
        "calcined-clay",
    ]
    steel = made[0]
    assert (steel.activity_level, steel.route, steel.included) == (
        1000.0,
        "basic-oxygen, electric-arc",
        ("pig-iron",),
    )
    assert (steel.direct_emissions_t, made[2].name) == (1500.5, "P3 - Calcined clays")
    assert not at.findings


def test_own_uses_by_number_and_for_other_goods() -> None:
    at, made = works({"L34": 7})
    uses = [(use.origin, use.destination, use.amount) for use in production.own_uses(at, made)]
    assert uses == [("P1", "P2", 300.0), ("P1", NON_CBAM, 50.0)]
    assert codes(at.findings) == ["cbam-communication-consumer"]


def test_heat_and_waste_gas_come_from_and_go_outside() -> None:
    typed_in = {"L57": 10, "L58": 60, "M57": 4, "L61": 2, "L62": 80, "M61": 3}
    at, made = works(typed_in)
    heat = {flow.id: flow for flow in production.heat(at, made)}
    assert (heat["P1-heat-in"].origin, heat["P1-heat-in"].factor.value) == (OUTSIDE, 60.0)
    assert (heat["P1-heat-out"].destination, heat["P1-heat-out"].factor.value) == (OUTSIDE, 0.0)
    assert [flow.energy_tj for flow in production.waste_gas(at, made)] == [2.0, 3.0]
    assert codes(at.findings) == ["cbam-communication-factor", "cbam-communication-waste-gas-factor"]


def test_electricity_by_factor_and_code() -> None:
    typed_in = {
        "L65": 100,
        "L66": 0.5,
        "L67": "D.4.3.1",
        "L130": 20,
        "L131": 0.5,
        "L132": "d.4.3.1",
        "L195": 1,
    }
    at, made = works(typed_in | {"L197": "Mix", "L71": 9, "L72": 0.3})
    sources, uses, exports = production.electricity(at, made)
    assert [(source.kind, source.factor.value) for source in sources] == [
        (ElectricityKind.DIRECT_LINK, 0.5),
        (ElectricityKind.GRID, 0.0),
    ]
    assert [(use.process, use.sources) for use in uses] == [("P1", ("E1",)), ("P2", ("E1",)), ("P3", ("E2",))]
    assert [(one.amount_mwh, one.factor.value) for one in exports] == [(9.0, 0.3)]


@pytest.mark.parametrize(
    ("steel", "left", "code"),
    [
        ({"L54": None}, 3, "cbam-communication-direct"),
        ({"L16": None, "L17": 0, "L54": None}, 2, "cbam-communication-no-production"),
        ({"L16": None, "L17": None}, 3, "cbam-communication-no-production"),
    ],
)
def test_processes_without_figures_are_told(steel: dict[str, Any], left: int, code: str) -> None:
    at, made = works(steel)
    assert len(made) == left
    assert codes(at.findings) == [code]


def test_a_category_that_is_none() -> None:
    at = typed({"A_InstData": {"E83": "Plutonium"}})
    assert production.processes(at) == ()
    assert codes(at.findings) == ["cbam-communication-category"]


def test_a_precursor_keeps_what_the_supplier_states() -> None:
    listed = LISTED | {"E102": "Pig iron", "F102": "JP", "G102": "Smelting reduction", "L102": "Hot metal"}
    block = {"L18": 80, "L28": 60, "L29": 15, "L38": 5, "L49": 1.5, "M49": "Default", "L50": 0.2, "L51": 0.5}
    at = typed(
        {
            "A_InstData": listed,
            "D_Processes": STEEL | MILL | CLAY,
            "E_PurchPrec": block | {"M51": "D.4(a)", "K54": "Data gaps"},
            "c_CodeLists": {"F11": "JP", "G11": "Japan"},
        }
    )
    (found,) = production.precursors(at, production.processes(at))
    assert (found.category, found.country, found.route) == ("pig-iron", "JP", "smelting-reduction")
    assert (found.purchased, found.other_uses) == (80.0, 5.0)
    assert [(use.process, use.amount) for use in found.uses] == [("P1", 60.0), ("P2", 15.0)]
    assert found.choice is PrecursorChoice.DEFAULT and found.values.default_share == 1.0
    assert (found.values.see_indirect, found.values.reference) == (0.1, "D.4(a); Data gaps")


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("Greece", "GR", 0),
        ("el", "GR", 0),
        ("United Kingdom", "GB", 0),
        ("European Community", "", 1),
        ("Atlantis", "", 1),
    ],
)
def test_countries_by_name_or_code(name: str, code: str, told: int) -> None:
    words = {
        "F11": "EL",
        "G11": "Greece",
        "F12": "GB",
        "G12": "United Kingdom",
        "F13": "EU",
        "G13": "European Community",
    }
    at = typed({"A_InstData": {"I26": name}, "c_CodeLists": words})
    assert header.country_code(at, "I26") == code
    assert len(at.findings) == told


def test_products_of_one_process_have_no_amounts_of_their_own() -> None:
    rows = {"D10": "steel works", "F10": 72069000, "H10": "Ingots", "R10": 0.014, "P10": "Coal or coke"}
    more = {
        "D11": "Mill",
        "F11": "7213 10 00",
        "D12": "Mill",
        "F12": "72142000",
        "W12": 0.3,
        "D13": "Old name",
    }
    at, made = works(Summary_Products=rows | more)
    found = products.rows(at, made)
    done = products.with_goods(at, made, found)
    ingots = done[0].goods[0]
    assert (ingots.cn, ingots.produced_t, ingots.routes[1].produced_t) == ("72069000", 1000.0, 100.0)
    assert dict(ingots.parameters) == {"mn": "1.4", "reducing-agent": "coal-or-coke"}
    assert [(good.cn, good.produced_t) for good in done[1].goods] == [("72131000", 0.0), ("72142000", 0.0)]
    assert dict(done[1].goods[1].parameters) == {"scrap-t": "0.3"}
    assert codes(at.findings) == ["cbam-communication-product-process", "cbam-communication-amounts"]


def test_lists_in_another_language_are_read_by_position() -> None:
    german = lists.lists({"A94": "Rohstahl", "H94": "Lichtbogenofen", "B56": "Verbrennung", "B18": "k.A."})
    assert german.slug("rohstahl ") == "crude-steel"
    assert german.slug("Crude steel") == "crude-steel"
    assert german.route("crude-steel", "Lichtbogenofen") == "electric-arc"
    assert german.methods["verbrennung"] == 0
    assert german.nothing("k.A.") and german.nothing("N/A") and not german.nothing("0")
    assert lists.good_word(german, "crude-steel") == "Rohstahl"
    assert lists.good_word(german, "calcined-clay") == "Calcined clays "
