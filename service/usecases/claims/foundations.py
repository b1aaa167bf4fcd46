"""What issued claims rest on, in the check of the whole store (``service.usecases.integrity``).

Rules
1. Every retirement a claim names is kept for its dossier and for no other, and still by the entry that was signed.
2. The chain of a statement ends with the digest of the version that was issued.
3. A dossier is issued or withdrawn where there is a statement of it, and withdrawn claims say so in an event.
4. Every event is the work of exactly one line of the audit chain, by the same person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.store.ledger_records import ClaimStatement
from service.usecases.access import Permission
from service.usecases.claims.dossier import ISSUED, WITHDRAWN
from service.usecases.ledger import dossiers

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


def problems(unit: UnitOfWork) -> Iterator[str]:
    """Every contradiction, as a sentence that names the claim."""
    for claim in unit.claims.list_():
        what = (*_units(unit, claim), *_version(unit, claim), *_events(unit, claim))
        yield from (f"{one} of claim {claim.number}" for one in what)
    issued = {claim.dossier_id for claim in unit.claims.list_()}
    for record in unit.dossiers.every(dossiers.CLAIM):
        if record.status == ISSUED and record.id not in issued:
            yield f"claim {record.id} is issued and has no statement"


def _units(unit: UnitOfWork, claim: ClaimStatement) -> Iterator[str]:
    """Rule 1. A reversed retirement is no contradiction: the claim is frozen by it, its units stay kept."""
    kept = {one.opened_by for one in unit.ledger.uses_of(claim.dossier_id)}
    for row in claim.statement["retirements"]:
        entry = unit.ledger.entry(int(row["entry"]))
        if entry is None or entry.link != row["link"]:
            yield f"retirement by entry {row['entry']}"
        if int(row["entry"]) not in kept:
            yield f"use of the units of entry {row['entry']}"


def _version(unit: UnitOfWork, claim: ClaimStatement) -> Iterator[str]:
    """Rules 2 and 3."""
    versions = unit.dossiers.versions(claim.dossier_id)
    stated = {one["kind"]: one["sha256"] for one in claim.statement["chain"]}
    issued = [one.digest for one in versions if one.status == ISSUED]
    if issued != [stated.get("claim", "")]:
        yield "issued version"
    record = unit.dossiers.get(claim.dossier_id)
    withdrawn = any(one.status == WITHDRAWN for one in unit.claims.events(claim.number))
    if record is None or record.status != (WITHDRAWN if withdrawn else ISSUED):
        yield "state"


def _events(unit: UnitOfWork, claim: ClaimStatement) -> Iterator[str]:
    """Rule 4."""
    chained = Counter(
        (one.person_id, one.after)
        for one in unit.audit.events(object_=f"claim-event:{claim.number}")
        if one.action == Permission.CLAIM_OBJECT
    )
    stored = Counter(
        (one.person_id, f"{one.sequence}:{one.status}:{one.ground}")
        for one in unit.claims.events(claim.number)
    )
    if chained != stored:
        yield "events and audit chain"
