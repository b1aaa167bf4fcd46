"""Issuing a claim, in the order in which it happens.

Rules
1. The claim is approved; the signatory is of the institution it is handed to and neither prepared, reviewed nor
   verified.
2. In one transaction under the write lock: all twenty checks are evaluated again on the facts of that moment; each is
   met, or decided by the reviewer where a person decides; every unit is kept for this claim; the last version of its
   dossier, number, statement, credential, log, PDF. There is one commit, and it is the last step.
3. The chain of a statement is: footprint, ledger up to the last entry behind its units, the claim as it was decided.

Example: ``issue(actor, claim_id, services).number``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certificates.ledger.days import day_of
from service.store.ledger_records import ClaimStatement
from service.usecases import cosigning
from service.usecases.access import Actor, Permission, allow
from service.usecases.claims import sealing
from service.usecases.claims.checking import Checklist, of, require_issuable
from service.usecases.claims.dossier import (
    APPROVED,
    ISSUED,
    Held,
    Next,
    held,
    keep,
    person,
    preparers,
    require_state,
    reviewers,
)
from service.usecases.claims.refusals import ClaimSamePerson, ClaimStatementRefused, ClaimUnitsGone
from service.usecases.claims.reviewing import require_institution
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


def issue(actor: Actor, claim_id: str, services: Services, *, version: int | None = None) -> ClaimStatement:
    """Issue the claim.

    Raises NotAllowed, NotFound, ClaimWrongState, ClaimSamePerson, DossierChanged, ClaimNotReady, ClaimUndecided,
    ClaimUnitsGone, ClaimStatementRefused, KeysUnavailable, EvidenceChanged.
    """
    allow(actor, Permission.CLAIM_ISSUE)
    now = services.clock()
    services.keys.keyset()  # opened before the write lock is taken
    with services.uow(write=True) as unit:
        found = held(actor, unit, claim_id)
        require_institution(actor, found.record, Permission.CLAIM_ISSUE)
        require_state(found.record, APPROVED)
        _require_other(actor, unit, found)
        people = replace(found.claim.people, signatory=person(unit, actor.person_id))
        there = Held(found.record, replace(found.claim, people=people))
        made = of(unit, there, day_of(now))
        require_issuable(made)
        _require_kept(unit, made)
        keep(actor, unit, found.record, Next(there.claim, ISSUED, Permission.CLAIM_ISSUE, version), now)
        statement = _seal(actor, unit, made, services, now)
        cosigning.request(actor, unit, services, now)
        unit.commit()
    return statement


def _seal(
    actor: Actor, unit: UnitOfWork, made: Checklist, services: Services, now: datetime
) -> ClaimStatement:
    from certificates.ledger.claims import statement as statements

    chain = _chain(unit, made)

    def stated(issue: sealing.Issue) -> dict[str, Any]:
        from certificates.ledger.claims.model import Both
        from certificates.statement import StatementInvalid

        name = Both(issue.issuer["name"]["zh"], issue.issuer["name"]["en"])
        particular = statements.Issue(issue.number, issue.issuer["id"], name, made.on, issue.issued_at, chain)
        try:
            return statements.build(made.claim, made.facts, particular)
        except StatementInvalid as error:
            raise ClaimStatementRefused((one, one) for one in error.problems) from error

    sealed = sealing.Sealing(made.record.id, stated, statements.ends_at(made.claim))
    record, pdf = sealing.seal(actor, sealed, unit, services, now)
    unit.claims.add(record, pdf)
    return record


def _chain(unit: UnitOfWork, made: Checklist) -> list[dict[str, str]]:
    """Rule 3."""
    from certificates import chain

    last = max(made.facts.units.values(), key=lambda one: one.entry)
    version = unit.dossiers.version(made.record.id, made.record.version + 1)
    assert version is not None  # noqa: S101 - stored in this transaction
    entries: list[dict[str, str]] = []
    for kind, sha256 in (
        ("footprint", made.claim.footprint.sha256),
        ("ledger", last.link),
        ("claim", version.digest),
    ):
        entries = chain.extend(entries, kind, sha256)
    return entries


def _require_other(actor: Actor, unit: UnitOfWork, found: Held) -> None:
    """Rule 1. Raises ClaimSamePerson."""
    earlier = {
        "preparer": preparers(unit, found.record.id),
        "reviewer": reviewers(unit, found.record.id),
        "verifier": frozenset({found.claim.people.verifier.id}),
    }
    for role, people in earlier.items():
        if actor.person_id in people:
            raise ClaimSamePerson(earlier=role, wanted="signatory")


def _require_kept(unit: UnitOfWork, made: Checklist) -> None:
    """Rule 2: what the checks looked at is kept, the retirements by this claim. Raises ClaimUnitsGone."""
    kept = {f"{one.opened_by}.{one.place}" for one in unit.ledger.uses_of(made.record.id)}
    told = {use.position for use in made.claim.electricity} - kept
    elsewhere = {f"{one.opened_by}.{one.place}" for one in unit.ledger.uses_at(told)}
    missing = (set(made.claim.retirements) - kept) | (told - elsewhere)
    if missing:
        raise ClaimUnitsGone(position=min(missing))
