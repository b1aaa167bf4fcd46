"""A claim as its dossier holds it: reading, writing the next version, who worked on it.

States: ``draft`` → (submit) ``in-review`` → (decide) ``approved`` or ``returned`` → (issue) ``issued``; ``withdrawn``
ends each of them. A returned claim is changed as a draft is, and is a draft again with the first change.

Rules
1. What the service knows is never taken from people: the claimant's name and code, who uploaded evidence, who prepared,
   reviewed and signed, what a reviewer decided.
2. Whoever stored a version while the claim was a draft prepared it.
3. A label's figures are those of the label (``footprints``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from certificates.ledger.claims.model import Claim, ClaimUnreadable, Person, from_plain, plain
from certificates.texts import harmless
from service.usecases.access import Permission
from service.usecases.claims import files
from service.usecases.claims.refusals import ClaimContentUnreadable, ClaimWrongState
from service.usecases.ledger import dossiers
from service.usecases.refusals import EvidenceChanged, NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from service.store.ledger_records import DossierRecord
    from service.store.uow import UnitOfWork
    from service.usecases.access import Actor

DRAFT, IN_REVIEW, APPROVED, RETURNED = "draft", "in-review", "approved", "returned"
ISSUED, WITHDRAWN = "issued", "withdrawn"
OPEN = (DRAFT, RETURNED)
"""States in which a claim may be changed."""
PENDING = (IN_REVIEW, APPROVED)
"""States in which its units are kept for it and its text stands still."""


@dataclass(frozen=True, slots=True)
class Held:
    """A claim with the dossier it stands in."""

    record: DossierRecord
    claim: Claim


def held(actor: Actor, unit: UnitOfWork, claim_id: str) -> Held:
    """The claim, if it is the actor's to see. Raises NotFound, EvidenceChanged."""
    record, content = dossiers.get(actor, unit, dossiers.CLAIM, claim_id)
    return Held(record, stored(record, content))


def held_by_id(unit: UnitOfWork, claim_id: str) -> Held:
    """The claim, for what nobody asks: watching and checking the store. Raises NotFound, EvidenceChanged."""
    record = unit.dossiers.get(claim_id)
    if record is None or record.noun != dossiers.CLAIM:
        raise NotFound(noun="claim", key=claim_id)
    return Held(record, stored(record, dossiers.content_of(unit, record)))


def stored(record: DossierRecord, content: Mapping[str, Any]) -> Claim:
    """The claim of stored content. Raises EvidenceChanged."""
    try:
        return from_plain(content)
    except ClaimUnreadable as error:
        raise EvidenceChanged(what=f"content of claim {record.id}") from error


def given(content: Mapping[str, Any]) -> Claim:
    """The claim of content that somebody sent. Raises ClaimContentUnreadable."""
    try:
        return from_plain(content)
    except ClaimUnreadable as error:
        raise ClaimContentUnreadable(reason=harmless(str(error))) from error


def require_state(record: DossierRecord, *wanted: str) -> None:
    """Raise ClaimWrongState unless the claim is in one of these states."""
    if record.status not in wanted:
        raise ClaimWrongState(status=record.status, wanted=" / ".join(wanted))


@dataclass(frozen=True, slots=True)
class Next:
    """The next version of a claim: under which permission, from which version, with what to tell."""

    claim: Claim
    status: str
    act: Permission
    version: int | None = None
    note: str = ""
    title: str | None = None
    institution_id: str | None = None


def keep(actor: Actor, unit: UnitOfWork, record: DossierRecord, made: Next, now: datetime) -> DossierRecord:
    """Store the next version; the caller commits. Raises DossierChanged, InvalidInput, NotFound."""
    changed = dossiers.Changed(
        content=plain(made.claim),
        status=made.status,
        note=made.note,
        version=made.version,
        title=made.title,
        institution_id=made.institution_id,
        act=made.act,
    )
    return dossiers.change(actor, unit, record, changed, now)


def person(unit: UnitOfWork, person_id: str) -> Person:
    """A person as the statement names them."""
    found = unit.people.get(person_id)
    return Person(person_id, found.name if found else person_id)


def preparers(unit: UnitOfWork, claim_id: str) -> frozenset[str]:
    """Rule 2."""
    versions = unit.dossiers.versions(claim_id)
    return frozenset(one.person_id for one in versions if one.status in (DRAFT, IN_REVIEW))


def reviewers(unit: UnitOfWork, claim_id: str) -> frozenset[str]:
    """Everybody who ever decided on the claim."""
    versions = unit.dossiers.versions(claim_id)
    return frozenset(one.person_id for one in versions if one.status in (APPROVED, RETURNED))


def owned(unit: UnitOfWork, record: DossierRecord, claim: Claim, organisation_id: str) -> Claim:
    """The claim that somebody of an organisation is about to store, with what the service knows (rule 1)."""
    organisation = unit.organisations.get(record.organisation_id)
    if organisation is None:
        raise EvidenceChanged(what=f"claimant of claim {record.id}")
    named = files.named_by(unit, record, (organisation_id, claim))
    people = {one.sha256: one.person_id for one in files.found(unit, record, claim, named)}
    return replace(
        claim,
        claimant=replace(claim.claimant, name=organisation.name_zh, code=organisation.code),
        evidence=tuple(replace(one, person=people.get(one.sha256, "")) for one in claim.evidence),
        people=replace(claim.people, preparer=Person(), reviewer=Person(), signatory=Person()),
        decisions=(),
    )
