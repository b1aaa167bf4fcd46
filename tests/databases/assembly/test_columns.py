"""Exchanges as columns: scaled to one unit, signed, nothing left out."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databases.assembly import columns
from databases.assembly.outputs import outputs, safe_code
from databases.assembly.providers import Suppliers
from databases.assembly.tally import Tally
from databases.content import BIOSPHERE, CUT_OFF, TECHNOSPHERE, UNLINKED
from tests.databases.assembly.processes import avoids, emits, process, production, takes


def build(*processes: dict[str, Any], flows: list[dict[str, Any]] | None = None) -> tuple[Any, ...]:
    """Rows (dataset code, kind, input code or name, amount), the columns, the flows and the tally."""
    supplied = outputs(processes, "GLO")
    found, tally = supplied.found, Tally(supplied.troubles)
    made, emitted = columns.build(found, Suppliers(found, "best", {}), columns.Elementary(flows or []), tally)
    rows = [
        (
            found[dataset].code,
            kind,
            found[index].code
            if kind == TECHNOSPHERE
            else emitted[index]["name"]
            if kind == BIOSPHERE
            else name,
            amount,
        )
        for dataset, index, kind, amount, name in zip(
            made.dataset.tolist(),
            made.input.tolist(),
            made.kind.tolist(),
            made.amount.tolist(),
            made.name,
            strict=True,
        )
    ]
    return rows, made, emitted, tally


def test_amounts_are_for_one_canonical_unit_of_the_output() -> None:
    rows, made, _, _ = build(
        process("steel", production(2, "t"), takes("power", 3.6, "MJ"), emits("CO2", 500, "g")),
        process("power", production(1, "kWh")),
    )
    assert rows == [
        ("steel", TECHNOSPHERE, "power", pytest.approx(3.6 / 3.6 / 2)),
        ("steel", BIOSPHERE, "CO2", pytest.approx(0.5 / 2)),
    ]
    assert made.published == ["3.6", "500"]
    assert made.published_unit == ["MJ", "g"]
    assert made.rule[0] == "× 0.277777777778 ÷ 2 t"


def test_waste_written_negative_is_a_positive_input_of_its_treatment() -> None:
    """As ecoinvent writes it: both the treatment's reference and the customer's exchange are negative."""
    rows, _, _, tally = build(
        process("landfill", production(-1000, "kg", "slag"), emits("CH4", 50)),
        process("steel", production(1, "kg"), takes("slag", -0.2)),
    )
    assert rows == [
        ("landfill", BIOSPHERE, "CH4", pytest.approx(0.05)),
        ("steel", TECHNOSPHERE, "landfill", pytest.approx(0.2)),
    ]
    assert [(trouble.kind, trouble.done) for trouble in tally.troubles] == [
        ("negative-reference", "treatment")
    ]


def test_waste_marked_as_waste_is_positive_already() -> None:
    """As openLCA and ILCD write it: a waste flow is the reference input of its treatment."""
    rows, _, _, _ = build(
        process("landfill", production(1000, "kg", "slag", waste=True), emits("CH4", 50)),
        process("steel", production(1, "kg"), takes("slag", 0.2, waste=True)),
    )
    assert rows[1] == ("steel", TECHNOSPHERE, "landfill", pytest.approx(0.2))
    assert rows[0][3] == pytest.approx(0.05)


def test_disposal_sold_as_a_service_is_an_input_like_any_other() -> None:
    rows, _, _, _ = build(
        process("disposal", production(1, "kg")),
        process("steel", production(1, "kg"), takes("disposal", 0.2)),
    )
    assert rows == [("steel", TECHNOSPHERE, "disposal", pytest.approx(0.2))]


def test_an_avoided_product_is_a_negative_input() -> None:
    rows, _, _, _ = build(
        process("power", production(1, "kWh")),
        process("incineration", production(-1, "kg", "waste"), avoids("power", 0.5, "kWh")),
    )
    assert rows == [("incineration", TECHNOSPHERE, "power", -0.5)]


def test_inputs_without_supplier_stay_where_a_reader_sees_them() -> None:
    rows, made, _, tally = build(
        process("steel", production(2, "kg"), takes("ore", 4), takes("crane", 2, **{"cut-off": True}))
    )
    assert rows == [("steel", UNLINKED, "ore", 2.0), ("steel", CUT_OFF, "crane", 1.0)]
    assert made.unit == ["kg", "kg"]
    assert (tally.counts["unlinked"], tally.counts["cut_off"]) == (1, 1)


@pytest.mark.parametrize("amount", [math.nan, math.inf, -math.inf])
def test_an_amount_that_is_no_number_is_left_out_and_told(amount: float) -> None:
    rows, _, _, tally = build(process("steel", production(), takes("ore", amount), emits("CO2", 1)))
    assert [row[2] for row in rows] == ["CO2"]
    assert [(trouble.kind, trouble.done) for trouble in tally.troubles] == [("not-finite", "left-out")]


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (process("x", production(0)), "zero-reference"),
        (process("x", production(math.nan)), "not-finite"),
        (process("x", production(1, "blob")), "unknown-unit"),
        (process("x", emits("CO2", 1)), "no-reference"),
    ],
)
def test_a_process_without_a_usable_output_stays_without_a_score(made: dict[str, Any], kind: str) -> None:
    made["exchanges"].append(takes("y", 1))
    rows, _, _, tally = build(made, process("y", production()), process("z", production(), takes("x", 1)))
    assert [trouble.kind for trouble in tally.troubles] == [kind]
    assert rows == [("z", UNLINKED, "x", 1.0)]
    assert tally.counts["unscaled"] == 1


def test_one_code_twice() -> None:
    twin = process("a", production(), emits("CO2", 1))
    other = process("a", production(), emits("CO2", 2))
    same = process("a", production(), emits("CO2", 1), filename="copy.xml")
    rows, _, _, tally = build(twin, same, other)
    assert [(row[0], row[3]) for row in rows] == [("a", 1.0), ("a-2", 2.0)]
    assert [trouble.done for trouble in tally.troubles] == ["merged", "numbered"]


def test_flows_are_made_once_and_sorted() -> None:
    flows = [{"code": "f2", "name": "CO2", "unit": "kg", "categories": ("air",)}]
    rows, _, emitted, _ = build(
        process("a", production(), emits("CO2", 1, flow="f2"), emits("dust", 2), emits("dust", 3, "g")),
        flows=flows,
    )
    assert [flow["code"] for flow in emitted] == sorted(flow["code"] for flow in emitted)
    assert [(row[2], row[3]) for row in rows] == [("CO2", 1.0), ("dust", 2.0), ("dust", pytest.approx(0.003))]


def test_an_emission_in_a_unit_of_another_dimension_is_told() -> None:
    flows = [{"code": "f", "name": "CO2", "unit": "kg", "categories": ("air",)}]
    rows, _, _, tally = build(process("a", production(), emits("CO2", 1, "m3", flow="f")), flows=flows)
    assert rows == []
    assert [(trouble.kind, trouble.done) for trouble in tally.troubles] == [("unit-conflict", "left-out")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"uncertainty type": 2, "loc": 0.69, "scale": 0.1}, {"uncertainty type": 2, "scale": 0.1}),
        (
            {"uncertainty type": 3, "loc": 2.0, "scale": 0.4},
            {"uncertainty type": 3, "loc": 1.0, "scale": 0.2},
        ),
        (
            {"uncertainty type": 4, "minimum": 1.0, "maximum": 3.0},
            {"uncertainty type": 4, "minimum": 0.5, "maximum": 1.5},
        ),
        ({"uncertainty type": 0}, None),
        ({"uncertainty type": 3, "loc": 2.0, "scale": math.nan}, {"uncertainty type": 3, "loc": 1.0}),
    ],
)
def test_the_distribution_is_scaled_with_the_amount(
    given: dict[str, Any], kept: dict[str, Any] | None
) -> None:
    _, made, _, _ = build(process("a", production(2), emits("CO2", 2, **given)))
    assert (json.loads(made.uncertainty[0]) if made.uncertainty[0] else None) == kept


def test_bounds_of_an_avoided_product_stay_in_order() -> None:
    spread = {"uncertainty type": 4, "minimum": 1.0, "maximum": 3.0}
    _, made, _, _ = build(
        process("w", production(-1), takes("b", -2, **spread)), process("b", production(-1))
    )
    assert json.loads(made.uncertainty[0]) == {"uncertainty type": 4, "minimum": -3.0, "maximum": -1.0}


@given(st.text(min_size=1, max_size=200))
def test_every_code_becomes_one_that_is_safe_in_an_address(code: str) -> None:
    safe = safe_code(code)
    assert safe_code(safe) == safe
    assert "/" not in safe
    assert 0 < len(safe) <= 120


@pytest.mark.parametrize(
    ("spread", "wanted"),
    [
        (
            {"uncertainty type": 2, "loc": 0.0, "scale": 0.1, "minimum": 1.0, "maximum": 4.0},
            {"uncertainty type": 2, "scale": 0.1, "minimum": 0.5, "maximum": 2.0},
        ),
        (
            {"uncertainty type": 8, "loc": 1.0, "scale": 2.0, "shape": 3.0},
            {"uncertainty type": 8, "loc": 0.5, "scale": 1.0, "shape": 3.0},
        ),
        ({"uncertainty type": 10, "loc": 2.0, "shape": 3.0}, None),
        ({"uncertainty type": 6, "loc": 0.3, "minimum": 0.0, "maximum": 2.0}, None),
    ],
)
def test_a_distribution_is_scaled_with_its_amount_or_left_out(spread: dict[str, Any], wanted: Any) -> None:
    """The ``loc`` of a beta distribution is its shape: halved, it would be another distribution."""
    _, made, _, _ = build(process("a", production(2), emits("CO2", 2, **spread)))
    assert (json.loads(made.uncertainty[0]) if made.uncertainty[0] else None) == wanted


def test_nothing_is_uncertain_about_an_amount_of_zero() -> None:
    """A lognormal variable of median 1 would stand for it in a simulation."""
    _, made, _, _ = build(
        process("a", production(), emits("CO2", 0, **{"uncertainty type": 2, "scale": 0.1}))
    )
    assert made.uncertainty == [""]
