"""Positions as the pages of the ledger show them: one row a position, with what follows from the day looked at.

Rules
1. The state shown is what a reader can still do: held units past their last day are ``expired``.
2. Amounts are exact decimals of the instrument's unit; a column shows them with their unit, never a sum over two units.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.portfolio import SOON, VERY_SOON, Held
from service.web import ledger_words as lw
from service.web.formats import day, exact
from service.web.listing import Cell, Column, Filter, ListSpec

if TYPE_CHECKING:
    from service.store.ledger_records import Holding


@dataclass(frozen=True, slots=True)
class Row:
    """A position on a day. ``amount`` is in ``unit`` (MWh or tCO2e); ``days`` until the last day of validity, None
    where the units do not expire or can no longer be used.
    """

    holding: Holding
    state: str
    term: str
    days: int | None
    amount: Decimal
    unit: str

    @property
    def key(self) -> str:
        """The position's name."""
        return self.holding.position.key

    @property
    def kind(self) -> str:
        """Its kind of instrument."""
        return self.holding.lot.kind

    @property
    def held(self) -> Held:
        """As the rules of a portfolio look at it."""
        lot = self.holding.lot
        return Held(
            self.holding.position,
            Kind(lot.kind),
            lot.project,
            lot.technology,
            lot.vintage_start,
            lot.vintage_end,
            lot.expires_on,
        )

    @property
    def year(self) -> int:
        """The year its vintage begins in."""
        return self.holding.lot.vintage_start.year

    @property
    def name(self) -> str:
        """What the lot is called: the project's name, else its number, else the serial."""
        lot = self.holding.lot
        return lot.name or lot.project or lot.serial


def rows(holdings: Iterable[Holding], on: date) -> tuple[Row, ...]:
    """Every position as it stands on ``on``."""
    return tuple(_row(one, on) for one in holdings)


def amount_text(amount: Decimal, unit: str) -> str:
    """``1,250 MWh``."""
    return f"{exact(figure_text(amount))} {lw.unit_name(unit)}"


def figure_text(amount: Decimal) -> str:
    """A decimal without the zeros at its end: 12.500 is ``12.5``."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def term_of(expires_on: date | None, on: date) -> str:
    """How soon units expire that may still be used: a key of ``ledger_words.TERMS``."""
    if expires_on is None:
        return "never"
    left = (expires_on - on).days
    if left < 0:
        return "expired"
    return "30" if left <= VERY_SOON else "90" if left <= SOON else "later"


def days_text(days: int) -> str:
    """``in 12 days``, ``today``, ``3 days ago``."""
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("%(num)d day ago", "%(num)d days ago", -days)
    return ngettext("in %(num)d day", "in %(num)d days", days)


def day_text(value: date) -> Markup:
    """A day that does not break over two lines of a table."""
    return Markup('<span class="nowrap">{}</span>').format(day(value))


def list_spec(on: date, today: date, found: Iterable[Row]) -> ListSpec:
    """The list of positions of an organisation on a day."""
    seen = tuple(found)
    kinds = sorted({row.kind for row in seen})
    years = sorted({row.year for row in seen}, reverse=True)
    return ListSpec(
        endpoint="ledger.portfolio",
        values={} if on == today else {"on": on.isoformat()},
        order="expires_on",
        filename=f"ledger-positions-{on.isoformat()}",
        filters=(
            Filter("kind", _l("Kind"), tuple((kind, lw.kind_name(kind)) for kind in kinds)),
            Filter("state", _l("State"), tuple((key, one.name) for key, one in lw.STATES.items())),
            Filter("vintage", _l("Vintage"), tuple((str(year), str(year)) for year in years)),
            Filter("term", _l("Validity"), tuple(lw.TERMS.items())),
        ),
        columns=_columns(),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("name", _l("Project or plant"), lambda r: r.name, _name_cell),
        Column("kind", _l("Kind"), lambda r: r.kind, lambda r: Cell(lw.kind_name(r.kind))),
        Column("amount", _l("Amount"), lambda r: number_of(r.amount), _amount_cell, numeric=True),
        Column("unit", _l("Unit"), lambda r: r.unit, lambda r: Cell(lw.unit_name(r.unit)), shown=False),
        Column("state", _l("State"), lambda r: r.state, state_cell),
        Column("vintage", _l("Vintage"), lambda r: r.year),
        Column("expires_on", _l("Last day"), lambda r: r.holding.lot.expires_on, _expiry_cell),
        Column(
            "term", _l("Validity"), lambda r: r.term, lambda r: Cell(lw.TERMS.get(r.term, "—")), shown=False
        ),
        Column("serial", _l("Serial"), lambda r: r.holding.lot.serial, _serial_cell),
    )


def number_of(amount: Decimal) -> int | float:
    """A figure that sorts and exports as a number; whole ones stay exact at any size."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def state_cell(row: Row) -> Cell:
    """The state as a badge; frozen and retired units say what for on the page of the lot."""
    state = lw.STATES[row.state]
    return Cell(state.name, tone=state.tone or "neutral", sub=_("in use") if row.holding.used_by else "")


def lot_address(row: Row) -> str:
    """The page of the lot, at this position; lists have thousands, so its beginning is made once a request."""
    if "ledger_lots" not in g:
        g.ledger_lots = url_for("ledger.lot", sequence=0).removesuffix("0")
    return f"{g.ledger_lots}{row.holding.lot.sequence}#position-{row.key}"


def _name_cell(row: Row) -> Cell:
    lot = row.holding.lot
    project = "" if row.name == lot.project else lot.project
    return Cell(
        row.name, sub=" · ".join(part for part in (project, lot.technology) if part), href=lot_address(row)
    )


def _amount_cell(row: Row) -> Cell:
    return Cell(amount_text(row.amount, row.unit), href=lot_address(row))


def _expiry_cell(row: Row) -> Cell:
    last = row.holding.lot.expires_on
    if last is None:
        return Cell("—")
    return Cell(day_text(last), sub=days_text(row.days) if row.days is not None else "")


def _serial_cell(row: Row) -> Cell:
    lot, span = row.holding.lot, row.holding.position.span
    numbers = f"{span.first}" if span.first == span.last else f"{span.first} – {span.last}"
    return Cell(lot.serial, sub=_("units %(numbers)s", numbers=numbers), href=lot_address(row), code=True)


def _row(holding: Holding, on: date) -> Row:
    lot, position = holding.lot, holding.position
    quantity = instrument(Kind(lot.kind)).quantity(position.span.count)
    usable = position.state.value != "retired"
    term = term_of(lot.expires_on, on) if usable else ""
    state = "expired" if term == "expired" else position.state.value
    days = (lot.expires_on - on).days if usable and lot.expires_on else None
    return Row(holding, state, term, days, quantity.amount, quantity.unit.value)
