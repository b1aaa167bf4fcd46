"""Which files stand behind a claim, and whose.

Rules
1. A file is looked for where the claim names it: as evidence, plan or report, or as proof of a retirement it rests on.
2. Its owner is the claimant or the institution that the claim is handed to; nobody else's files are looked for.
3. A hash is no key: public statements tell hashes. A file opens where somebody of its owner's people named it in a
   version, or where the claimant's own entry proves a retirement with it; else it is not there, also for its owner.

Example: ``found(unit, record, claim, named_by(unit, record))``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from certificates.ledger.claims.model import Claim, ClaimUnreadable, from_plain
from service.usecases.ledger import dossiers, looking
from service.usecases.refusals import EvidenceChanged

if TYPE_CHECKING:
    from service.store.ledger_records import DossierRecord, FileRecord
    from service.store.uow import UnitOfWork

Named = frozenset[tuple[str, str]]
"""Organisations with the hashes their people named."""


def positions(claim: Claim) -> tuple[str, ...]:
    """Every position the claim names, each once: retirements, then certificates."""
    return tuple(dict.fromkeys((*claim.retirements, *(use.position for use in claim.electricity))))


def found(unit: UnitOfWork, record: DossierRecord, claim: Claim, named: Named) -> Iterator[FileRecord]:
    """The files behind a claim that are stored, by hash (rules 1 to 3)."""
    proofs = _of_retirements(unit, record, claim)
    opened = named | {(record.organisation_id, sha256) for sha256 in proofs}
    for sha256 in sorted(_hashes(claim) | proofs):
        owners = [one for one in (record.organisation_id, record.institution_id) if (one, sha256) in opened]
        kept = (unit.ledger_files.get(owner, sha256) for owner in owners if owner)
        one = next((one for one in kept if one is not None), None)
        if one is not None:
            yield one


def named_by(unit: UnitOfWork, record: DossierRecord, now: tuple[str, Claim] | None = None) -> Named:
    """Rule 3: who named which file anew, in the versions there are and in one that an organisation is about to store.

    Raises EvidenceChanged.
    """
    made: set[tuple[str, str]] = set()
    before: frozenset[str] = frozenset()
    for version in reversed(unit.dossiers.versions(record.id, contents=True)):
        hashes = _hashes(_read(record, dossiers.plain(version.content)))
        person = unit.people.get(version.person_id) if hashes - before else None
        made |= {(person.organisation_id, one) for one in hashes - before} if person else set()
        before = hashes
    if now is not None:
        made |= {(now[0], one) for one in _hashes(now[1]) - before}
    return frozenset(made)


def _read(record: DossierRecord, content: dict[str, object]) -> Claim:
    try:
        return from_plain(content)
    except ClaimUnreadable as error:
        raise EvidenceChanged(what=f"content of claim {record.id}") from error


def _hashes(claim: Claim) -> frozenset[str]:
    named = {one.sha256 for one in claim.evidence} | {claim.footprint.sha256, claim.reductions.plan_sha256}
    return frozenset(named - {""})


def _of_retirements(unit: UnitOfWork, record: DossierRecord, claim: Claim) -> frozenset[str]:
    proofs: set[str] = set()
    for key in positions(claim):
        there = unit.ledger.position(key)
        if there is not None and there.position.account == record.organisation_id:
            opened = unit.ledger.entry(there.position.opened_by)
            proofs |= set(looking.entry_of(opened).evidence) if opened else set()
    return frozenset(proofs)
