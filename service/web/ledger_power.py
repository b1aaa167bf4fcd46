"""What the pages of green power show: the year's account by site, the balances, one balance with its units.

Rules
1. Market-based and location-based stand side by side with their factors; an amount that is not known is not a zero.
2. The bar of a balance is its consumption: what is covered, what is not; the figures stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from service.web.formats import exact
from service.web.i18n import language
from service.web.ledger_rows import day_text, figure_text, number_of
from service.web.listing import Cell, Column, Filter, ListSpec
from service.web.words import Status

if TYPE_CHECKING:
    from certificates.ledger.power import Balance, Cover
    from service.usecases.ledger.power import BalanceView

WIDTH = 1000.0
FIELDS = ("site", "place", "period_start", "period_end", "consumption_kwh", "inventory", "line", "note")
STATUSES = {
    "open": Status(_l("Nothing covered"), "warn"),
    "part-covered": Status(_l("Partly covered"), "warn"),
    "covered": Status(_l("Covered"), "good"),
    "closed": Status(_l("Given up"), ""),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """The covered part of a consumption, in thousandths of the width."""

    fill: str
    start: float
    length: float


def bars(cover: Cover) -> tuple[Bar, ...]:
    """Rule 2."""
    share = float(cover.covered / cover.consumption) if cover.consumption else 0.0
    return (Bar("1", 0.0, round(share * WIDTH, 2)),) if share else ()


def percent(cover: Cover) -> Decimal:
    """How much of the consumption is covered."""
    return cover.covered * 100 / cover.consumption if cover.consumption else Decimal(0)


def tonnes(kilograms: Decimal | None) -> str:
    """kgCO2 as tCO2 with three decimals; a dash where it is not known (rule 1)."""
    return exact(figure_text(round(kilograms / 1000, 3))) if kilograms is not None else "—"


def list_spec() -> ListSpec:
    """The list of balances, newest period first."""
    return ListSpec(
        endpoint="ledger_power.list_",
        order="-period_end",
        filename="ledger-power",
        filters=(Filter("status", _l("State"), tuple((key, one.name) for key, one in STATUSES.items())),),
        columns=(
            Column("site", _l("Site"), lambda r: r.balance.site, _site_cell),
            Column("status", _l("State"), lambda r: r.dossier.status, _status_cell),
            Column(
                "period_start",
                _l("Begins"),
                lambda r: r.balance.period_start,
                lambda r: Cell(day_text(r.balance.period_start)),
            ),
            Column(
                "period_end",
                _l("Ends"),
                lambda r: r.balance.period_end,
                lambda r: Cell(day_text(r.balance.period_end)),
            ),
            _kwh_column("consumption", _l("Consumption, kWh")),
            _kwh_column("covered", _l("Covered, kWh")),
            _kwh_column("uncovered", _l("Not covered, kWh")),
            Column(
                "line", _l("Line served"), lambda r: r.balance.line, lambda r: Cell(r.balance.line or "—")
            ),
            Column("label", _l("Label"), lambda r: r.label, lambda r: Cell(r.label or "—"), shown=False),
        ),
    )


def values_of(balance: Balance) -> dict[str, str]:
    """The form of a balance as it stands."""
    values = {name: getattr(balance, name) for name in FIELDS}
    return {name: figure_text(one) if isinstance(one, Decimal) else str(one) for name, one in values.items()}


def posted(form: Mapping[str, str], evidence: tuple[str, ...]) -> dict[str, Any]:
    """The form as the use case takes it."""
    return {name: form.get(name, "") for name in FIELDS} | {"evidence": list(evidence)}


def reason(factor: Any) -> str:
    """Why another area's factor stands in, in the reader's language."""
    return str(factor.reason_zh if language() == "zh" else factor.reason_en)


def _kwh_column(name: str, title: Any) -> Column:
    return Column(
        name,
        title,
        lambda r: number_of(getattr(r.cover, name)),
        lambda r: Cell(exact(figure_text(getattr(r.cover, name)))),
        numeric=True,
    )


def _site_cell(row: BalanceView) -> Cell:
    address = url_for("ledger_power.show", key=row.dossier.id)
    return Cell(row.balance.site, sub=row.balance.place, href=address)


def _status_cell(row: BalanceView) -> Cell:
    status = STATUSES.get(row.dossier.status, Status(row.dossier.status))
    return Cell(status.name, tone=status.tone or "neutral")
