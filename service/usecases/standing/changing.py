"""Suspend, lift, revoke, supersede: one use case, whatever the change, and what follows from it.

Rules
1. Allowed, then possible (``standing.rules``), then done: the label's event, its line in the audit chain, a notice to
   the exporter and, where somebody else did it, to the institution, and the new signed lists, in one transaction.
2. Issued claims that rest on a label freeze with it, in the same transaction (``claim_events``). Lifting lifts none of
   them: a signatory looks at each.
3. A label may be superseded while its successor is issued: the signatory says so (``labels.issue``), nothing marks it
   by itself.
4. The audit chain keeps of each event a digest of all of it (:func:`event_mark`), so that ``db check`` finds a reason
   or a date that was changed behind the software.

Example: ``change(actor, "TB-2026-0000001-L", Change("suspended", "电表记录有疑问，正在核查。"), services)``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certificates.canonical import sha256_hex
from certificates.encoding import moment_text
from certificates.labelnumber import typed
from certificates.ledger.claims.model import Standing as ClaimStanding
from service.store.records import LabelRecord, StudyRecord
from service.store.repositories.standing import LabelEvent
from service.usecases import claim_events, cosigning, notices
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import label_of, record, study_of
from service.usecases.refusals import EvidenceChanged
from service.usecases.services import Services
from service.usecases.standing import rules
from service.usecases.standing.happened import FINAL, Standing, history, last, superseding_reason
from service.usecases.standing.lists import publish_due
from service.usecases.standing.rules import Change

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

NOTICE = "label-standing"
_FALLEN = {
    "suspended": ClaimStanding.SUSPENDED,
    "revoked": ClaimStanding.WITHDRAWN,
    "superseded": ClaimStanding.SUPERSEDED,
}
"""How the footprint of a claim stands whose label stands so."""


def change(actor: Actor, number: str, command: Change, services: Services) -> Standing:
    """Change how a label stands; how it stands from now on.

    Raises NotAllowed, NotFound, InvalidInput, StandingFinal, StandingUnchanged, SuspendedByOthers, SuccessorUnfit,
    KeysUnavailable, EvidenceChanged.
    """
    allow(actor, rules.permission(command))
    now = services.clock()
    services.keys.keyset()  # opened before the write lock is taken
    with services.uow(write=True) as unit:
        after = apply(actor, number, command, unit, now)
        publish_due(unit, services, now)
        cosigning.request(actor, unit, services, now)
        unit.commit()
    return after


def apply(actor: Actor, number: str, command: Change, unit: UnitOfWork, now: datetime) -> Standing:
    """For other use cases: the change in their writing unit, which they publish (``publish_due``) and commit. They have
    allowed it. Raises what :func:`change` raises, but KeysUnavailable."""
    rules.require_side(actor, command)
    label = label_of(actor, unit, typed(number))
    reason = rules.reason_of(command)
    before = _standing(unit, label)
    rules.require(before, command, actor.organisation_kind, label.number)
    if command.state == "superseded":
        newer = label_of(actor, unit, typed(command.other))
        rules.require_successor(label, newer, _standing(unit, newer), now)
        reason = superseding_reason(newer.number, reason)
    unit.labels.add_event(label.number, command.state, reason, actor.person_id, now)
    event = unit.standings.label_events(label.number)[-1]
    act = (rules.permission(command), f"label-event:{label.number}")
    record(unit, actor, act, now, (before.state, event_mark(event)))
    after = _standing(unit, label)
    _tell(unit, actor, label, after, now)
    if after.state != "active":
        claim_events.footprint_fallen(unit, label, _FALLEN[after.state], actor, now)
    return after


def supersedable(actor: Actor, study_id: str, services: Services) -> tuple[LabelRecord, ...]:
    """Labels whose place the label of a study could take, newest first: of the same exporter, of the same inventory or
    the same product, and not final nor under a regulator's suspension. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LABEL_SUPERSEDE)
    with services.uow() as unit:
        study = study_of(actor, unit, study_id)
        listed = unit.labels.list_(exporter_id=study.exporter_id, institution_id=study.institution_id)
        return tuple(
            label
            for label in listed
            if label.study_id != study_id and _same(unit, study, label) and _replaceable(unit, actor, label)
        )


def require_supersedable(actor: Actor, number: str, unit: UnitOfWork) -> str:
    """The number of a label that may be superseded, as it is printed; they have allowed it. Raises NotFound,
    StandingFinal, SuspendedByOthers."""
    label = label_of(actor, unit, typed(number))
    rules.require(_standing(unit, label), Change("superseded", ""), actor.organisation_kind, label.number)
    return label.number


def event_mark(event: LabelEvent) -> str:
    """Rule 4: sequence, status and a digest of the whole event, as the audit chain keeps it."""
    digest = sha256_hex(
        [event.number, event.sequence, event.status, event.reason, event.person_id, moment_text(event.at)]
    )
    return f"{event.sequence}:{event.status}:{digest}"


def _standing(unit: UnitOfWork, label: LabelRecord) -> Standing:
    """How a label stands now. Raises EvidenceChanged for one without any event."""
    happened = history(label.number, unit)
    if not happened:
        raise EvidenceChanged(what=f"events of label {label.number}")
    return last(happened)


def _same(unit: UnitOfWork, study: StudyRecord, label: LabelRecord) -> bool:
    """The label's study is of the same inventory, as one that was reopened is, or of a product of that name."""
    earlier, inventory = unit.studies.get(label.study_id), unit.inventories.get(study.inventory_id)
    if inventory is None or (earlier is not None and earlier.inventory_id == inventory.id):
        return inventory is not None
    product = label.statement["product"]
    return bool(
        (product["name"]["zh"], product["model"]) == (inventory.product_name_zh, inventory.content["model"])
    )


def _replaceable(unit: UnitOfWork, actor: Actor, label: LabelRecord) -> bool:
    before = _standing(unit, label)
    held = before.state == "suspended" and before.by_kind != actor.organisation_kind
    return before.state not in FINAL and not held


def _tell(unit: UnitOfWork, actor: Actor, label: LabelRecord, after: Standing, now: datetime) -> None:
    """Rule 1: the notice."""
    details = {
        "state": after.state,
        "reason": after.reason,
        "by": dict(after.by),
        "other": after.other,
        "product": dict(label.statement["product"]["name"]),
    }
    for organisation_id in {label.exporter_id, label.institution_id} - {actor.organisation_id}:
        notices.tell(unit, organisation_id, NOTICE, label.number, details, now)
