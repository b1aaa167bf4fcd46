"""The inventory: what is refused at birth, what the digest depends on, the JSON form."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lca.bom.example import heat_sink
from lca.inventory import Inventory, Leg, Line, LineKind, Output, Stage

LINE = Line(
    number="M1",
    process="P1",
    stage=Stage.RAW_MATERIALS,
    kind=LineKind.MATERIAL,
    name="铝锭",
    amount=Decimal(100),
    unit="kg",
)


def test_json_form_round_trips_and_keeps_the_digest() -> None:
    inventory = heat_sink()
    again = Inventory.from_dict(inventory.as_dict())
    assert again == inventory
    assert again.digest() == inventory.digest()


def test_digest_sees_values_and_not_their_spelling() -> None:
    inventory = heat_sink()
    first, *rest = inventory.lines
    respelt = replace(inventory, lines=(replace(first, amount=first.amount + Decimal("0.000")), *rest))
    changed = replace(inventory, lines=(replace(first, amount=first.amount + Decimal("0.001")), *rest))
    assert respelt.digest() == inventory.digest()
    assert changed.digest() != inventory.digest()


@pytest.mark.parametrize(
    ("amount", "loss", "gross"),
    [("100", "0", "100"), ("100", "2.5", "102.5"), ("0.1", "150", "0.25"), ("0", "9", "0")],
)
def test_gross_amount_is_exact(amount: str, loss: str, gross: str) -> None:
    assert replace(LINE, amount=Decimal(amount), loss_percent=Decimal(loss)).gross_amount == Decimal(gross)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"amount": Decimal(-1)}, "never negative"),
        ({"loss_percent": Decimal(-1)}, "never negative"),
        ({"from_process": "P2"}, "intermediate"),
        ({"kind": LineKind.INTERMEDIATE}, "intermediate"),
    ],
)
def test_impossible_lines_are_refused(change: dict[str, object], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        replace(LINE, **change)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"period_end": date(2024, 1, 1)}, "period"),
        ({"product_process": "P9"}, "process"),
        ({"declared_amount": Decimal(0)}, "positive"),
        ({"mass_per_declared_unit": Decimal(0)}, "positive"),
    ],
)
def test_impossible_inventories_are_refused(change: dict[str, object], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        replace(heat_sink(), **change)


def test_outputs_and_legs_have_bounds() -> None:
    with pytest.raises(ValueError, match="positive output"):
        Output(process="P1", name="x", amount=Decimal(0), unit="kg")
    with pytest.raises(ValueError, match="never negative"):
        Leg(number=1, mode="货车", distance_km=Decimal(-1))
