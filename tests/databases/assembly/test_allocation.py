"""Processes with several products: shares, codes, and that nothing is understated in silence."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databases.assembly.allocation import Allocation, allocate

MILK = {"type": "technosphere", "name": "milk", "amount": 100.0, "unit": "kg"}
METHANE = {
    "type": "biosphere",
    "name": "methane",
    "amount": 2.0,
    "unit": "kg",
    "uncertainty type": 2,
    "loc": math.log(2.0),
    "scale": 0.1,
}
AVOIDED = {"type": "substitution", "name": "heat", "amount": 8.0, "unit": "MJ"}


def product(name: str, amount: float, unit: str = "kg", **more: Any) -> dict[str, Any]:
    return {"type": "production", "name": name, "amount": amount, "unit": unit, **more}


def dairy(
    *products: dict[str, Any], others: tuple[dict[str, Any], ...] = (MILK, METHANE, AVOIDED)
) -> dict[str, Any]:
    return {
        "code": "dairy",
        "name": "Dairy",
        "reference product": products[0]["name"],
        "unit": products[0]["unit"],
        "location": "CN",
        "type": "process",
        "filename": "dairy.xml",
        "exchanges": [*products, *others],
    }


CHEESE = product("cheese", 10.0, reference=True)
WHEY = product("whey", 30.0, product="w-1")


def split(*products: dict[str, Any], rule: str = "mass", mapping: Any = None, **more: Any) -> Allocation:
    return allocate([dairy(*products, **more)], rule, mapping or {})


def inputs(found: Allocation, index: int) -> dict[str, float]:
    exchanges = found.processes[index]["exchanges"]
    return {item["name"]: item["amount"] for item in exchanges if item["type"] != "production"}


def test_mass_shares_out_every_input_emission_and_avoided_product() -> None:
    found = split(CHEESE, WHEY)
    assert [process["code"] for process in found.processes] == ["dairy", "dairy.w-1"]
    assert [process["reference product"] for process in found.processes] == ["cheese", "whey"]
    assert inputs(found, 0) == {"milk": 25.0, "methane": 0.5, "heat": 2.0}
    assert inputs(found, 1) == {"milk": 75.0, "methane": 1.5, "heat": 6.0}
    assert [item["amount"] for item in found.processes[1]["exchanges"] if item["type"] == "production"] == [
        30.0
    ]
    (told,) = found.allocated
    assert (told.process, told.asked, told.rule) == ("dairy", "mass", "mass")
    assert told.shares == (("cheese", "dairy", 0.25), ("whey", "dairy.w-1", 0.75))
    assert found.notices == ()
    assert found.processes[1]["allocated from"] == "dairy"
    assert "allocated from" not in found.processes[0]


def test_the_source_is_not_changed() -> None:
    process = dairy(CHEESE, WHEY)
    before = repr(process)
    allocate([process], "mass", {})
    assert repr(process) == before


def test_the_distribution_is_shared_out_too() -> None:
    normal = {**MILK, "uncertainty type": 3, "loc": 100.0, "scale": 4.0, "minimum": 80.0, "maximum": 120.0}
    found = split(CHEESE, WHEY, others=(normal, METHANE))
    milk, methane = found.processes[0]["exchanges"][1:]
    assert {key: milk[key] for key in ("loc", "scale", "minimum", "maximum")} == {
        "loc": 25.0,
        "scale": 1.0,
        "minimum": 20.0,
        "maximum": 30.0,
    }
    assert methane["loc"] == pytest.approx(math.log(0.5))
    assert methane["scale"] == 0.1


@pytest.mark.parametrize(
    ("rule", "products", "shares"),
    [
        (
            "mass",
            (product("a", 1.0, "t"), product("b", 500.0, "kg"), product("c", 0.5, "t")),
            (0.5, 0.25, 0.25),
        ),
        ("mass", (product("a", 1.0, "lb"), product("b", 3.0, "lb")), (0.25, 0.75)),
        (
            "mass",
            (product("a", 2.0, "m3", properties={"mass": 500.0}), product("b", 1000.0)),
            (0.5, 0.5),
        ),
        ("energy", (product("a", 1.0, "kWh"), product("b", 10.8, "MJ")), (0.25, 0.75)),
        (
            "energy",
            (product("a", 1.0, "kg", properties={"energy": 3.6}), product("b", 3.0, "kWh")),
            (0.25, 0.75),
        ),
        (
            "price",
            (
                product("a", 10.0, properties={"price": 3.0, "currency": "EUR2005"}),
                product("b", 70.0, properties={"price": 1.0, "currency": "EUR2005"}),
            ),
            (0.3, 0.7),
        ),
        ("as-file", (product("a", 1.0, allocation=0.9), product("b", 1.0, allocation=0.1)), (0.9, 0.1)),
        ("as-file", (product("a", 1.0, allocation=1.0), product("b", 1.0)), (1.0, 0.0)),
        (
            "as-file",
            (
                product("a", 1.0, allocation=0.333),
                product("b", 1.0, allocation=0.333),
                product("c", 1.0, allocation=0.333),
            ),
            (0.334, 0.333, 0.333),
        ),
    ],
)
def test_shares_by_each_rule(
    rule: str, products: tuple[dict[str, Any], ...], shares: tuple[float, ...]
) -> None:
    found = split(*products, rule=rule)
    assert found.allocated[0].rule == rule
    assert [share for _, _, share in found.allocated[0].shares] == pytest.approx(shares)
    assert not any(process.get("unallocated") for process in found.processes)


REFUSED = [
    ("as-file", (CHEESE, WHEY), "allocation-unstated"),
    ("mass", (CHEESE, product("whey", 30.0, "m3")), "allocation-property-missing"),
    ("mass", (CHEESE, product("whey", 30.0, "a unit nobody knows")), "allocation-property-missing"),
    ("mass", (CHEESE, product("whey", math.nan)), "allocation-property-missing"),
    ("mass", (product("cheese", 0.0), product("whey", 0.0)), "allocation-shares-wrong"),
    ("energy", (CHEESE, WHEY), "allocation-property-missing"),
    (
        "price",
        (
            product("a", 1.0, properties={"price": 1.0, "currency": "EUR2005"}),
            product("b", 1.0, properties={"price": 1.0, "currency": "USD2005"}),
        ),
        "allocation-currencies",
    ),
    (
        "price",
        (product("a", 1.0, properties={"price": 3.0}), product("b", 1.0, properties={"price": -1.0})),
        "allocation-shares-wrong",
    ),
    (
        "as-file",
        (product("a", 1.0, allocation=0.9), product("b", 1.0, allocation=0.3)),
        "allocation-shares-wrong",
    ),
    (
        "as-file",
        (product("a", 1.0, allocation=1.2), product("b", 1.0, allocation=-0.2)),
        "allocation-shares-wrong",
    ),
    ("as-file", (product("a", 1.0, allocation=0.5), product("b", 1.0)), "allocation-shares-wrong"),
]


@pytest.mark.parametrize(("rule", "products", "code"), REFUSED)
def test_where_a_rule_fails_the_reference_carries_everything(
    rule: str, products: tuple[dict[str, Any], ...], code: str
) -> None:
    found = split(*products, rule=rule)
    assert [notice.code for notice in found.notices] == [code]
    assert all(notice.message("zh") and notice.message("en") for notice in found.notices)
    assert (found.allocated[0].asked, found.allocated[0].rule) == (rule, "all-to-reference")
    assert [share for _, _, share in found.allocated[0].shares] == [1.0, 0.0]
    assert inputs(found, 0) == {"milk": 100.0, "methane": 2.0, "heat": 8.0}
    assert inputs(found, 1) == {}
    assert [bool(process.get("unallocated")) for process in found.processes] == [False, True]


def test_many_silent_processes_are_told_once() -> None:
    processes = [{**dairy(CHEESE, WHEY), "code": f"dairy-{number}"} for number in range(5)]
    found = allocate(processes, "as-file", {})
    assert len(found.allocated) == 5
    assert [dict(notice.details)["count"] for notice in found.notices] == ["5"]


@pytest.mark.parametrize("key", ["cheese", "dairy"])
def test_the_mapping_file_comes_first(key: str) -> None:
    found = split(CHEESE, WHEY, mapping={"dairy": {key: 0.6, "w-1": 0.4}})
    assert found.allocated[0].rule == "mapping"
    assert inputs(found, 0)["milk"] == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("shares", "code"),
    [
        ({"cheese": 0.6}, "allocation-shares-wrong"),
        ({"cheese": 0.6, "butter": 0.4}, "allocation-product-unknown"),
    ],
)
def test_a_wrong_mapping_is_not_replaced_by_the_rule(shares: dict[str, float], code: str) -> None:
    found = split(CHEESE, WHEY, mapping={"dairy": shares})
    assert [notice.code for notice in found.notices] == [code]
    assert found.allocated[0].rule == "all-to-reference"


def test_a_mapping_for_no_process_is_told() -> None:
    found = split(CHEESE, mapping={"nowhere": {"x": 1.0}})
    assert [(notice.code, notice.where) for notice in found.notices] == [
        ("allocation-for-nothing", "nowhere")
    ]


@pytest.mark.parametrize("key", ["allocation", "allocation factors", "shares"])
def test_causal_allocation_exchange_by_exchange(key: str) -> None:
    milk = {**MILK, key: {"cheese": 0.9, "w-1": 0.1}}
    methane = {**METHANE, key: {"cheese": 0.5, "whey": 0.5}}
    found = split(CHEESE, WHEY, rule="as-file", others=(milk, methane))
    assert inputs(found, 0) == pytest.approx({"milk": 90.0, "methane": 1.0})
    assert inputs(found, 1) == pytest.approx({"milk": 10.0, "methane": 1.0})
    assert [share for _, _, share in found.allocated[0].shares] == pytest.approx([0.7, 0.3])
    assert [notice.code for notice in found.notices] == ["allocation-by-exchange"]


def test_an_exchange_without_factors_follows_its_products() -> None:
    products = (product("cheese", 10.0, allocation=0.75), product("whey", 30.0, allocation=0.25))
    milk = {**MILK, "allocation": {"cheese": 1.0}}
    found = split(*products, rule="as-file", others=(milk, METHANE))
    assert inputs(found, 0) == pytest.approx({"milk": 100.0, "methane": 1.5})


def test_an_exchange_without_factors_and_without_shares_refuses_the_rule() -> None:
    milk = {**MILK, "allocation": {"cheese": 1.0}}
    found = split(CHEESE, WHEY, rule="as-file", others=(milk, METHANE))
    assert found.allocated[0].rule == "all-to-reference"


def test_two_co_products_of_one_name_have_two_codes_that_stay() -> None:
    first = split(CHEESE, product("whey", 1.0), product("whey", 2.0))
    again = split(CHEESE, product("whey", 1.0), product("whey", 2.0))
    codes = [process["code"] for process in first.processes]
    assert len(set(codes)) == 3
    assert codes == [process["code"] for process in again.processes]
    assert all(code.startswith("dairy") for code in codes)


def test_the_reference_need_not_come_first() -> None:
    found = split(product("whey", 30.0), CHEESE)
    assert [process["reference product"] for process in found.processes] == ["cheese", "whey"]
    assert found.processes[0]["code"] == "dairy"


@pytest.mark.parametrize("other", [product("sludge", -5.0), product("sludge", 5.0, waste=True)])
def test_waste_treated_beside_a_product_is_no_co_product(other: dict[str, Any]) -> None:
    found = split(other, CHEESE)
    (process,) = found.processes
    assert [item["name"] for item in process["exchanges"]] == ["cheese", "milk", "methane", "heat"]
    assert found.allocated == ()
    assert [notice.code for notice in found.notices] == ["allocation-treatment-left"]


def test_power_from_a_waste_treatment_is_a_co_product_of_it() -> None:
    waste = product("waste", -1000.0, reference=True, allocation=0.8)
    found = split(waste, product("power", 500.0, "kWh", allocation=0.2), rule="as-file")
    assert [process["reference product"] for process in found.processes] == ["waste", "power"]
    assert inputs(found, 1)["milk"] == pytest.approx(20.0)
    by_mass = split(waste, product("power", 500.0, "kWh"), rule="mass")
    assert by_mass.allocated[0].rule == "all-to-reference"


def test_single_products_pass_as_they_are() -> None:
    one, none = dairy(CHEESE), {**dairy(CHEESE), "exchanges": [MILK]}
    found = allocate([one, none], "mass", {})
    assert found.processes[0] is one
    assert found.processes[1] is none
    assert found.allocated == ()


@given(
    st.lists(st.floats(0.001, 1e6), min_size=2, max_size=6),
    st.floats(-1e6, 1e6, allow_nan=False),
)
def test_nothing_is_lost_or_made(masses: list[float], amount: float) -> None:
    products = [product(f"p{number}", mass) for number, mass in enumerate(masses)]
    found = split(*products, others=({**MILK, "amount": amount},))
    shares = [share for _, _, share in found.allocated[0].shares]
    assert math.fsum(shares) == 1.0
    assert all(0.0 <= share <= 1.0 for share in shares)
    total = math.fsum(inputs(found, index)["milk"] for index in range(len(masses)))
    assert total == pytest.approx(amount, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(
    "name",
    [
        "Water (river water from technosphere, turbined)",
        "Wastewater, to treatment",
        "Disposal, solid waste, to landfill",
    ],
)
def test_water_given_back_and_waste_given_away_take_no_burden(name: str) -> None:
    found = split(CHEESE, product(name, 1e6), WHEY)
    assert [process["reference product"] for process in found.processes] == ["cheese", "whey"]
    assert inputs(found, 0)["milk"] == 25.0
    assert [notice.code for notice in found.notices] == ["allocation-residue-left"]
    assert "1" in found.notices[0].message("en")


def test_drinking_water_is_a_product() -> None:
    found = split(CHEESE, product("Water, deionised, at plant", 30.0))
    assert len(found.processes) == 2


@pytest.mark.parametrize(("rule", "told"), [("mass", ["allocation-reference-small"]), ("as-file", [])])
def test_a_reference_that_a_property_leaves_next_to_nothing_is_told(rule: str, told: list[str]) -> None:
    found = split(
        product("gold", 0.001, allocation=0.001), product("copper", 999.0, allocation=0.999), rule=rule
    )
    assert [notice.code for notice in found.notices] == told
    assert found.allocated[0].rule == rule
