"""Handing a claim in for review, and withdrawing it.

Rules
1. Whoever submits is the preparer of the statement. All units the claim names are kept for it in the same transaction:
   a unit that something else keeps refuses. Certificates that the claimant's own balance keeps stay with the balance.
2. A check that refuses keeps the claim from being submitted, but for people who are not named yet (``checking``).
3. Before its issue a claim is withdrawn by whoever may draft it or by a signatory of the institution; its units are
   free again. An issued claim is withdrawn by the claimant or by a signatory, publicly and for good; its units stay
   kept: what stood behind a published claim stands behind no other.

Example: ``submit(actor, Submit(claim_id, version=3), services)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from certificates.ledger.claims.model import Standing
from certificates.ledger.days import day_of
from service.store.ledger_records import DossierRecord
from service.store.repositories.ledger_uses import PositionTaken
from service.usecases import claim_events as events
from service.usecases.access import Actor, Permission, allow, allowed
from service.usecases.claims.checking import of, require_submittable
from service.usecases.claims.dossier import (
    APPROVED,
    DRAFT,
    IN_REVIEW,
    ISSUED,
    OPEN,
    RETURNED,
    WITHDRAWN,
    Held,
    Next,
    held,
    keep,
    person,
    require_state,
)
from service.usecases.claims.facts import units_of
from service.usecases.claims.refusals import ClaimNotHanded
from service.usecases.ledger.refusals import AlreadyUsed
from service.usecases.refusals import InvalidInput, NotAllowed
from service.usecases.services import Services

if TYPE_CHECKING:
    from datetime import datetime

    from service.store.uow import UnitOfWork

PURPOSE = "claim"
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Submit:
    """``version`` is the one the person looked at; None skips the check."""

    claim_id: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Withdraw a claim; ``reason`` is published with an issued one. ``version`` is the one the person looked at: nobody
    who gives up a draft withdraws what was issued meanwhile. None skips the check."""

    claim_id: str
    reason: str
    version: int | None = None


def submit(actor: Actor, command: Submit, services: Services) -> DossierRecord:
    """Hand the claim in for review.

    Raises NotAllowed, NotFound, ClaimWrongState, DossierChanged, ClaimNotHanded, AlreadyUsed, ClaimNotReady.
    """
    allow(actor, Permission.CLAIM_DRAFT)
    now = services.clock()
    with services.uow(write=True) as unit:
        found = held(actor, unit, command.claim_id)
        require_state(found.record, *OPEN)
        if found.record.institution_id is None:
            raise ClaimNotHanded
        people = replace(found.claim.people, preparer=person(unit, actor.person_id))
        there = Held(found.record, replace(found.claim, people=people))
        made = Next(there.claim, IN_REVIEW, Permission.CLAIM_DRAFT, command.version)
        changed = keep(actor, unit, found.record, made, now)
        take(actor, unit, there, now)
        require_submittable(of(unit, there, day_of(now)))
        unit.commit()
    return changed


def take(actor: Actor, unit: UnitOfWork, there: Held, now: datetime) -> None:
    """Keep the units of a claim for it (rule 1). Raises AlreadyUsed."""
    told = {use.position for use in there.claim.electricity} - set(there.claim.retirements)
    for key, units in units_of(unit, there).items():
        kept = [one for one in unit.ledger.uses_at([key]) if one.dossier_id != there.record.id]
        if kept and key in told and not units.used_by:
            continue
        try:
            unit.ledger.use(key, there.record.id, PURPOSE, actor.person_id, now)
        except PositionTaken as taken:
            raise AlreadyUsed(position=key) from taken


def withdraw(actor: Actor, command: Withdraw, services: Services) -> DossierRecord:
    """Withdraw a claim, issued or not (rule 3).

    Raises NotAllowed, NotFound, ClaimWrongState, InvalidInput, DossierChanged.
    """
    allow(actor, Permission.CLAIM_READ)
    now, reason = services.clock(), command.reason.strip()
    with services.uow(write=True) as unit:
        found = held(actor, unit, command.claim_id)
        _require_withdrawer(actor, found.record)
        require_state(found.record, DRAFT, RETURNED, IN_REVIEW, APPROVED, ISSUED)
        if not 0 < len(reason) <= LONGEST_REASON:
            raise InvalidInput(field="reason", problem=f"1 to {LONGEST_REASON} characters")
        act = Permission.CLAIM_DRAFT if allowed(actor, Permission.CLAIM_DRAFT) else Permission.CLAIM_ISSUE
        made = Next(found.claim, WITHDRAWN, act, command.version, reason)
        changed = keep(actor, unit, found.record, made, now)
        statement = unit.claims.of_dossier(found.record.id)
        if statement is None:
            unit.ledger.release(found.record.id, now)
        else:
            said = events.Said(Standing.WITHDRAWN, events.WITHDRAWN_BY, reason)
            events.append(unit, statement.number, said, actor, now)
        unit.commit()
    return changed


def _require_withdrawer(actor: Actor, record: DossierRecord) -> None:
    drafts = allowed(actor, Permission.CLAIM_DRAFT)
    signs = allowed(actor, Permission.CLAIM_ISSUE) and actor.organisation_id == record.institution_id
    own = actor.organisation_id == record.organisation_id
    if not (signs or (drafts and (own or record.status != ISSUED))):
        raise NotAllowed(permission=Permission.CLAIM_DRAFT.value)
