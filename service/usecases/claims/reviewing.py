"""Review of a claim: a person of the institution who did not prepare it decides, and gives reasons where rules ask.

Rules
1. Whoever prepared the claim or verified its footprint does not review it.
2. An approval rests on the checks as they stand at that moment: none refuses, and each that a person has to decide has
   a decision with its reason.
3. A returned claim says what to change; its units are free again.

Example: ``decide(actor, Decide(claim_id, True, "", {"N14": "…"}), services)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from certificates.ledger.claims.model import Claim, Decision, Person
from certificates.ledger.claims.rules import CODES
from certificates.ledger.days import day_of
from service.store.ledger_records import DossierRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.claims.checking import of, require_approvable
from service.usecases.claims.dossier import (
    APPROVED,
    IN_REVIEW,
    RETURNED,
    Held,
    Next,
    held,
    keep,
    person,
    preparers,
    require_state,
)
from service.usecases.claims.refusals import ClaimSamePerson
from service.usecases.ledger import dossiers
from service.usecases.refusals import InvalidInput, NotAllowed
from service.usecases.services import Services

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Decide:
    """``approve`` False returns the claim; then ``comment`` says what to change. ``decisions`` are reasons by the code
    of the check that is met in the reviewer's judgement."""

    claim_id: str
    approve: bool
    comment: str = ""
    decisions: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


def decide(actor: Actor, command: Decide, services: Services) -> DossierRecord:
    """Approve or return.

    Raises NotAllowed, NotFound, ClaimWrongState, ClaimSamePerson, DossierChanged, InvalidInput, ClaimNotReady,
    ClaimUndecided.
    """
    allow(actor, Permission.CLAIM_REVIEW)
    now = services.clock()
    with services.uow(write=True) as unit:
        found = held(actor, unit, command.claim_id)
        require_institution(actor, found.record, Permission.CLAIM_REVIEW)
        require_state(found.record, IN_REVIEW)
        reviewer = person(unit, actor.person_id)
        _require_other(actor, preparers(unit, found.record.id), found.claim)
        claim = _decided(found.claim, command, reviewer)
        status = APPROVED if command.approve else RETURNED
        made = Next(claim, status, Permission.CLAIM_REVIEW, command.version, command.comment.strip())
        changed = keep(actor, unit, found.record, made, now)
        if command.approve:
            require_approvable(of(unit, Held(found.record, claim), day_of(now)))
        else:
            unit.ledger.release(found.record.id, now)
        unit.commit()
    return changed


def waiting(actor: Actor, services: Services) -> tuple[DossierRecord, ...]:
    """Claims in review in the actor's institution that the actor did not prepare. Raises NotAllowed."""
    allow(actor, Permission.CLAIM_REVIEW)
    with services.uow() as unit:
        found = unit.dossiers.list_(dossiers.CLAIM, institution_id=actor.organisation_id)
        return tuple(
            one for one in found if one.status == IN_REVIEW and actor.person_id not in preparers(unit, one.id)
        )


def require_institution(actor: Actor, record: DossierRecord, permission: Permission) -> None:
    """Review and signature are the institution's that the claim is handed to. Raises NotAllowed."""
    if actor.organisation_id != record.institution_id:
        raise NotAllowed(permission=permission.value)


def _require_other(actor: Actor, prepared: frozenset[str], claim: Claim) -> None:
    """Rule 1."""
    if actor.person_id in prepared:
        raise ClaimSamePerson(earlier="preparer", wanted="reviewer")
    if actor.person_id == claim.people.verifier.id:
        raise ClaimSamePerson(earlier="verifier", wanted="reviewer")


def _decided(claim: Claim, command: Decide, reviewer: Person) -> Claim:
    """Raises InvalidInput."""
    if not command.approve and not command.comment.strip():
        raise InvalidInput(field="comment", problem="say what is to be changed")
    for code, reason in command.decisions.items():
        if code not in CODES:
            raise InvalidInput(field="decisions", problem="N01 to N20")
        if not 0 < len(reason.strip()) <= LONGEST_REASON:
            raise InvalidInput(field="decisions", problem=f"1 to {LONGEST_REASON} characters")
    made = tuple(
        Decision(code, reviewer, command.decisions[code].strip()) for code in sorted(command.decisions)
    )
    return replace(claim, people=replace(claim.people, reviewer=reviewer), decisions=made)
