"""What the pages of purchases show: the list, what is late, budgets, one purchase; and what their forms post.

Rules
1. A form's rows are posted as ``papers.1.kind``; an empty row is no row but keeps its number: errors find it.
2. A bar shows what came against what was expected, on one scale; the figures stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates.ledger.instruments import Kind, instrument
from service.web import ledger_words as lw
from service.web.formats import exact
from service.web.ledger_rows import amount_text, day_text, figure_text, number_of
from service.web.listing import Cell, Column, Filter, ListSpec
from service.web.words import Status

if TYPE_CHECKING:
    from certificates.ledger.costs import BudgetRow
    from certificates.ledger.entries import Acquire
    from certificates.ledger.money import Money
    from certificates.ledger.purchases import Progress, Purchase
    from service.usecases.ledger.bought import PurchaseView

WIDTH = 1000.0
STATUSES = {
    "ordered": Status(_l("Ordered"), "info"),
    "contracted": Status(_l("Contracted"), "info"),
    "part-delivered": Status(_l("Partly delivered"), "warn"),
    "delivered": Status(_l("Delivered"), "good"),
    "cancelled": Status(_l("Cancelled"), ""),
}
PAPERS = {"order": _l("Order"), "contract": _l("Contract"), "invoice": _l("Invoice")}
SIMPLE = ("title", "kind", "seller", "broker", "year", "expected", "currency", "unit_price", "note")
ROWS = {"papers": ("kind", "number", "on"), "fees": ("what", "amount"), "due": ("on", "quantity")}
BLANK_ROWS = 2
MOST_ROWS = 40


@dataclass(frozen=True, slots=True)
class Promised:
    """A promised delivery; ``tone`` is done, failed (late) or empty (to come)."""

    on: date
    quantity: Decimal
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Thousandths of the width: what came, and what is late of the rest."""

    fill: str
    start: float
    length: float


def bars(progress: Progress) -> tuple[Bar, ...]:
    """Delivered, and late, of what was expected (or of what came, where that is more)."""
    whole = max(progress.expected.amount, progress.delivered.amount) or Decimal(1)
    came = float(progress.delivered.amount / whole) * WIDTH
    late = float(progress.late.amount / whole) * WIDTH
    made = [Bar("1", 0.0, round(came, 2)), Bar("warn", round(came, 2), round(late, 2))]
    return tuple(one for one in made if one.length)


def budget_bars(row: BudgetRow) -> tuple[Bar, ...]:
    """Spent and committed of what was planned, or of both where that is more: then a mark stands at the plan."""
    used = row.spent.amount + row.committed.amount
    whole = max(row.planned.amount if row.planned else Decimal(0), used) or Decimal(1)
    spent = float(row.spent.amount / whole) * WIDTH
    committed = float(row.committed.amount / whole) * WIDTH
    made = [Bar("1", 0.0, round(spent, 2)), Bar("4", round(spent, 2), round(committed, 2))]
    if row.planned is not None and row.planned.amount < used:
        made.append(Bar("bad", round(float(row.planned.amount / whole) * WIDTH, 2), 5.0))
    return tuple(one for one in made if one.length)


def dues(purchase: Purchase, progress: Progress) -> tuple[Promised, ...]:
    """Every promised delivery: whether what came covers it, counted from the first."""
    made, promised = [], Decimal(0)
    for one in purchase.due:
        promised += one.quantity
        came = promised <= progress.delivered.amount
        late = not came and progress.late_since is not None and one.on >= progress.late_since
        late = late and promised <= progress.delivered.amount + progress.late.amount
        made.append(Promised(one.on, one.quantity, "done" if came else "failed" if late else ""))
    return tuple(made)


def money(amount: Money | None) -> str:
    """``1,250.50 CNY``."""
    return f"{exact(figure_text(amount.amount))} {amount.currency}" if amount else "—"


def list_spec(views: Iterable[PurchaseView]) -> ListSpec:
    """The list of purchases."""
    kinds = sorted({one.purchase.kind.value for one in views})
    return ListSpec(
        endpoint="ledger_purchases.list_",
        order="next_due",
        filename="ledger-purchases",
        filters=(
            Filter("kind", _l("Kind"), tuple((kind, lw.kind_name(kind)) for kind in kinds)),
            Filter("status", _l("State"), tuple((key, one.name) for key, one in STATUSES.items())),
        ),
        columns=(
            Column("title", _l("Purchase"), lambda r: r.purchase.title, _title_cell),
            Column(
                "kind",
                _l("Kind"),
                lambda r: r.purchase.kind.value,
                lambda r: Cell(lw.kind_name(r.purchase.kind.value)),
            ),
            Column("status", _l("State"), lambda r: r.progress.status.value, _status_cell),
            Column(
                "delivered",
                _l("Delivered"),
                lambda r: number_of(r.progress.delivered.amount),
                lambda r: Cell(_quantity(r.progress.delivered)),
                numeric=True,
            ),
            Column(
                "expected",
                _l("Expected"),
                lambda r: number_of(r.progress.expected.amount),
                lambda r: Cell(_quantity(r.progress.expected)),
                numeric=True,
            ),
            Column("unit", _l("Unit"), lambda r: r.progress.expected.unit.value, shown=False),
            Column("next_due", _l("Next delivery"), lambda r: r.progress.next_due, _due_cell),
            Column(
                "unit_price",
                _l("Price per unit"),
                lambda r: number_of(r.purchase.unit_price),
                lambda r: Cell(money(r.purchase.price)),
                numeric=True,
            ),
            Column("currency", _l("Currency"), lambda r: r.purchase.currency, shown=False),
        ),
    )


def beginning(today: date) -> dict[str, str]:
    """What the empty form holds."""
    return {"year": str(today.year), "currency": "CNY", "kind": "gec"}


def values_of(purchase: Purchase) -> dict[str, str]:
    """The form of a purchase as it stands."""
    values = {name: _text(getattr(purchase, name)) for name in SIMPLE}
    for name, fields in ROWS.items():
        for number, row in enumerate(getattr(purchase, name), 1):
            values |= {f"{name}.{number}.{field}": _text(getattr(row, field)) for field in fields}
    return values


def row_counts(values: Mapping[str, str], more: str = "") -> dict[str, int]:
    """How many rows each part of the form shows: those filled in, and blank ones; ``more`` names a part to grow."""
    counts = {}
    for name, fields in ROWS.items():
        filled = [
            number
            for number in range(1, MOST_ROWS + 1)
            if any(values.get(f"{name}.{number}.{field}", "") for field in fields)
        ]
        shown = max([0, *filled]) + (BLANK_ROWS if not filled or name == more else 1)
        counts[name] = min(max(shown, BLANK_ROWS), MOST_ROWS)
    return counts


def posted(form: Mapping[str, str], evidence: tuple[str, ...]) -> dict[str, Any]:
    """Rule 1: the form as the use case takes it."""
    made: dict[str, Any] = {name: form.get(name, "") for name in SIMPLE}
    for name, fields in ROWS.items():
        count = row_counts(form)[name]
        made[name] = [
            {field: form.get(f"{name}.{number}.{field}", "").strip() for field in fields}
            for number in range(1, count + 1)
        ]
    return made | {"evidence": list(evidence)}


def _quantity(quantity: Any) -> str:
    return amount_text(quantity.amount, quantity.unit.value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return figure_text(value) if isinstance(value, Decimal) else str(value)


def _title_cell(row: PurchaseView) -> Cell:
    address = url_for("ledger_purchases.show", key=row.dossier.id)
    return Cell(row.purchase.title, sub=row.purchase.seller, href=address)


def _status_cell(row: PurchaseView) -> Cell:
    status = STATUSES[row.progress.status.value]
    late = row.progress.late_since
    return Cell(status.name, tone=status.tone or "neutral", sub=_("late") if late else "")


def _due_cell(row: PurchaseView) -> Cell:
    progress = row.progress
    if progress.late_since:
        return Cell(day_text(progress.late_since), sub=_("%(amount)s late", amount=_quantity(progress.late)))
    return Cell(day_text(progress.next_due) if progress.next_due else "—")


def unit_of(kind: str) -> str:
    """MWh or tCO₂e."""
    return lw.unit_name(instrument(Kind(kind)).unit)


def lot_text(entry: Acquire) -> str:
    """A lot in a choice: name, amount, day it came."""
    lot = entry.lot
    quantity = lot.quantity
    name = lot.name or lot.project or lot.serial
    return f"{name} · {amount_text(quantity.amount, quantity.unit.value)} · {entry.on.isoformat()} · {lot.serial}"
