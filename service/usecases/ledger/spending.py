"""What purchases cost and what is to come: budgets, average costs, cost of a lot, what is late or expires soon.

Rules
1. Everything is told from the organisation's own purchases and its own account (``bought``).
2. Plans are one dossier of the organisation: one for each year, kind and currency.

Example: ``costs(actor, services)[lot]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from certificates.ledger import costs as pricing
from certificates.ledger import records
from certificates.ledger.costs import AverageCost, BudgetRow, Plan
from certificates.ledger.days import day_of
from certificates.ledger.fields import FormRefused
from certificates.ledger.money import Money
from certificates.ledger.positions import State
from service.store.ledger_records import DossierRecord, Holding
from service.usecases.access import Actor, Permission, allow
from service.usecases.ledger import bought, dossiers
from service.usecases.ledger.bought import PurchaseView
from service.usecases.ledger.dossiers import BUDGET, Changed, Opened
from service.usecases.ledger.refusals import FieldsRefused
from service.usecases.refusals import EvidenceChanged
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

SOON_DAYS = 30
"""A delivery that is due within so many days is told as due soon."""
EXPIRING_DAYS = 90
"""Units held whose validity ends within so many days are told as expiring."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Rows of a year's budget (all years where none is named), average costs of everything bought, version of the
    plans (0 before the first).
    """

    rows: tuple[BudgetRow, ...]
    averages: tuple[AverageCost, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Monitoring:
    """On a day: purchases that are late, that are due soon, and positions held that expire soon, soonest first."""

    on: date
    late: tuple[PurchaseView, ...]
    due_soon: tuple[PurchaseView, ...]
    expiring: tuple[Holding, ...]


def plan(
    actor: Actor, form: Mapping[str, Any], services: Services, *, version: int | None = None
) -> DossierRecord:
    """Set the budget of a year, kind and currency (rule 2). Raises NotAllowed, FieldsRefused, DossierChanged."""
    allow(actor, Permission.PURCHASE_KEEP)
    now = services.clock()
    try:
        wanted = pricing.plan_from_form(form)
    except FormRefused as refused:
        raise FieldsRefused(refused.problems) from refused
    with services.uow(write=True) as unit:
        record, plans = _plans(actor, unit)
        same = (wanted.year, wanted.kind, wanted.currency)
        plans = [one for one in plans if (one.year, one.kind, one.currency) != same]
        content = {"plans": [records.plain(one) for one in [*plans, wanted]]}
        if record is None:
            made = dossiers.open_(actor, unit, Opened(BUDGET, "预算 Budget", content, status="kept"), now)
        else:
            made = dossiers.change(actor, unit, record, Changed(content, "kept", version=version), now)
        unit.commit()
    return made


def budget(actor: Actor, services: Services, year: int | None = None) -> Budget:
    """What was planned, spent and committed, of a year or of all. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        record, plans = _plans(actor, unit)
        views = bought.views(actor, unit, day_of(services.clock()))
    rows = pricing.budget(plans, ((one.purchase, one.progress) for one in views))
    return Budget(
        tuple(one for one in rows if year is None or one.year == year),
        pricing.averages((one.purchase, one.deliveries) for one in views),
        record.version if record else 0,
    )


def monitoring(actor: Actor, services: Services, on: date | None = None) -> Monitoring:
    """What is late, due soon and expiring soon on a day. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    day = on or day_of(services.clock())
    with services.uow() as unit:
        views = bought.views(actor, unit, day)
        held = unit.ledger.holdings(actor.organisation_id, day, state=State.HELD.value)
    soon = day + timedelta(days=SOON_DAYS)
    last = day + timedelta(days=EXPIRING_DAYS)
    expiring = [(one.lot.expires_on, one) for one in held if one.lot.expires_on is not None]
    return Monitoring(
        day,
        tuple(one for one in views if one.progress.late_since is not None),
        tuple(one for one in views if one.progress.next_due is not None and one.progress.next_due <= soon),
        tuple(one for ends, one in sorted(expiring, key=lambda pair: pair[0]) if day <= ends <= last),
    )


def costs(actor: Actor, services: Services) -> dict[int, Money]:
    """What one unit (MWh or tCO2e) of each lot bought cost, by the lot's Acquire entry. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        views = bought.views(actor, unit, day_of(services.clock()))
    return pricing.costs((one.purchase, one.deliveries) for one in views)


def _plans(actor: Actor, unit: UnitOfWork) -> tuple[DossierRecord | None, list[Plan]]:
    kept = unit.dossiers.newest(BUDGET, organisation_id=actor.organisation_id)
    if not kept:
        return None, []
    record, stored = kept[-1]
    try:
        return record, [records.read(Plan, one) for one in stored["plans"]]
    except (KeyError, TypeError, records.RecordUnreadable) as error:
        raise EvidenceChanged(what=f"budget {record.id}") from error
