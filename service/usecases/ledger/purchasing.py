"""Purchases: what was ordered, what came of it, what it costs, what is late. Rules: ``certificates.ledger.purchases``.

Rules
1. An organisation sees and keeps its own purchases only.
2. A change is a new version of the whole form; lots are added and taken back by :func:`deliver`, never by the form.
3. A lot is an Acquire entry of the organisation's own account that was not reversed, of the purchase's kind, under no
   other purchase. One that is reversed later counts as not delivered.
4. Evidence is named by the hash of a file that the organisation has stored.

Example: ``open_(actor, {"title": "绿证 2026", "kind": "gec", …}, services)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from certificates.ledger import purchases, records
from certificates.ledger.days import day_of
from certificates.ledger.fields import Form, FormRefused
from certificates.ledger.purchases import Purchase
from service.store.ledger_records import DossierRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.ledger import bought, dossiers, recording
from service.usecases.ledger.bought import PurchaseView
from service.usecases.ledger.dossiers import PURCHASE, Changed, Opened
from service.usecases.ledger.refusals import FieldsRefused
from service.usecases.refusals import WrongState
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ChangePurchase:
    """The whole form anew; ``version`` is the one the person looked at, None skips the check."""

    purchase_id: str
    form: Mapping[str, Any]
    note: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Deliver:
    """Lots that came under a purchase, and lots that are taken back from it; both by their Acquire entries."""

    purchase_id: str
    add: tuple[int, ...] = ()
    remove: tuple[int, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """The rest of a purchase does not come: since when, and why (``on``, ``reason`` as in a form)."""

    purchase_id: str
    form: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a purchase: its number, when, who, the note, and the purchase as it was."""

    number: int
    at: datetime
    person_id: str
    note: str
    purchase: Purchase


# ---------- keeping ----------


def open_(actor: Actor, form: Mapping[str, Any], services: Services) -> DossierRecord:
    """Open a purchase. Raises NotAllowed, FieldsRefused, EvidenceUnknown."""
    allow(actor, Permission.PURCHASE_KEEP)
    now = services.clock()
    purchase = _read_form(form, day_of(now))
    with services.uow(write=True) as unit:
        recording.require_evidence(actor, unit, purchase.evidence)
        status = purchases.progress(purchase, (), day_of(now)).status
        opened = Opened(PURCHASE, purchase.title, records.plain(purchase), status=status.value)
        made = dossiers.open_(actor, unit, opened, now)
        unit.commit()
    return made


def change(actor: Actor, command: ChangePurchase, services: Services) -> DossierRecord:
    """Store the form as the next version (rule 2).

    Raises NotAllowed, NotFound, FieldsRefused, EvidenceUnknown, DossierChanged, WrongState for a cancelled one.
    """
    allow(actor, Permission.PURCHASE_KEEP)
    now = services.clock()
    with services.uow(write=True) as unit:
        record, before = _own(actor, unit, command.purchase_id)
        purchase = _read_form(command.form, day_of(now), before)
        recording.require_evidence(actor, unit, purchase.evidence)
        made = _keep(actor, unit, record, (purchase, command.note, command.version), services)
        unit.commit()
    return made


def deliver(actor: Actor, command: Deliver, services: Services) -> DossierRecord:
    """Put lots under a purchase, or take them back (rule 3).

    Raises NotAllowed, NotFound, FieldsRefused, DossierChanged, WrongState for a cancelled one.
    """
    allow(actor, Permission.PURCHASE_KEEP)
    with services.uow(write=True) as unit:
        record, before = _own(actor, unit, command.purchase_id)
        problems = list(bought.lot_problems(actor, unit, (record, before), (command.add, command.remove)))
        if problems:
            raise FieldsRefused(problems)
        kept = [lot for lot in before.lots if lot not in command.remove]
        purchase = replace(before, lots=tuple(sorted({*kept, *command.add})))
        note = " ".join([*(f"+{lot}" for lot in command.add), *(f"-{lot}" for lot in command.remove)])
        made = _keep(actor, unit, record, (purchase, note, command.version), services)
        unit.commit()
    return made


def cancel(actor: Actor, command: Cancel, services: Services) -> DossierRecord:
    """What has not come will not come; what came stays.

    Raises NotAllowed, NotFound, FieldsRefused, DossierChanged, WrongState for a cancelled one.
    """
    allow(actor, Permission.PURCHASE_KEEP)
    today = day_of(services.clock())
    form = Form(command.form)
    on, reason = form.day("on", until=today), form.text("reason", needed=True, most=2000)
    form.finish()
    if form.problems:
        raise FieldsRefused(form.problems)
    with services.uow(write=True) as unit:
        record, before = _own(actor, unit, command.purchase_id)
        purchase = replace(before, cancelled_on=on, cancelled_because=reason)
        made = _keep(actor, unit, record, (purchase, reason, command.version), services)
        unit.commit()
    return made


# ---------- looking ----------


def list_(actor: Actor, services: Services, on: date | None = None) -> tuple[PurchaseView, ...]:
    """The organisation's purchases as they stand on a day (None: today), newest first. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        return bought.views(actor, unit, on or day_of(services.clock()))


def get(actor: Actor, purchase_id: str, services: Services, on: date | None = None) -> PurchaseView:
    """One purchase. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        record, content = dossiers.get(actor, unit, PURCHASE, purchase_id)
        return bought.view(unit, record, bought.read(record, content), on or day_of(services.clock()))


def versions(actor: Actor, purchase_id: str, services: Services) -> tuple[Version, ...]:
    """All versions of a purchase, newest first. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        record, _ = dossiers.get(actor, unit, PURCHASE, purchase_id)
        kept = unit.dossiers.versions(record.id, contents=True)
    return tuple(
        Version(
            one.number,
            one.at,
            one.person_id,
            one.note,
            bought.read(record, dossiers.plain(one.content)),
        )
        for one in kept
    )


# ---------- steps ----------


def _read_form(form: Mapping[str, Any], today: date, before: Purchase | None = None) -> Purchase:
    try:
        return purchases.from_form(form, today, lots=before.lots if before else (), kept=before)
    except FormRefused as refused:
        raise FieldsRefused(refused.problems) from refused


def _own(actor: Actor, unit: UnitOfWork, purchase_id: str) -> tuple[DossierRecord, Purchase]:
    """The purchase for a change. Raises NotFound, WrongState for a cancelled one."""
    record, content = dossiers.own(actor, unit, PURCHASE, purchase_id)
    purchase = bought.read(record, content)
    if purchase.cancelled_on is not None:
        raise WrongState(status=record.status, wanted="ordered / contracted / part-delivered / delivered")
    return record, purchase


def _keep(
    actor: Actor,
    unit: UnitOfWork,
    record: DossierRecord,
    draft: tuple[Purchase, str, int | None],
    services: Services,
) -> DossierRecord:
    """Store the next version; ``draft`` is the purchase, the note and the version looked at."""
    purchase, note, version = draft
    now = services.clock()
    status = bought.view(unit, record, purchase, day_of(now)).progress.status
    changed = Changed(records.plain(purchase), status.value, note, version, title=purchase.title)
    return dossiers.change(actor, unit, record, changed, now)
