"""Files behind a claim, for those who may read the claim: reviewing and signing take a look into them.

Rules
1. A file is shown only where the claim names it: as evidence, plan or report, or as proof of a retirement it rests on.
2. Its owner is the claimant or the institution that the claim is handed to; nobody else's files are looked for.

Example: ``file(actor, claim_id, sha256, services)``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from service.store.ledger_records import FileRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.claims.dossier import Held, held
from service.usecases.claims.facts import positions
from service.usecases.ledger import looking
from service.usecases.refusals import EvidenceChanged, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.store.uow import UnitOfWork


def listed(actor: Actor, claim_id: str, services: Services) -> tuple[FileRecord, ...]:
    """Every file behind a claim that is stored. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.CLAIM_READ)
    with services.uow() as unit:
        return tuple(_files(unit, held(actor, unit, claim_id)))


def file(actor: Actor, claim_id: str, sha256: str, services: Services) -> tuple[FileRecord, bytes]:
    """A file with its bytes. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.CLAIM_READ)
    with services.uow() as unit:
        found = next((one for one in _files(unit, held(actor, unit, claim_id)) if one.sha256 == sha256), None)
        if found is None:
            raise NotFound(noun="file", key=sha256)
        data = unit.ledger_files.data(found.organisation_id, sha256) or b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise EvidenceChanged(what=f"evidence file {sha256}")
    return found, data


def _files(unit: UnitOfWork, there: Held) -> Iterator[FileRecord]:
    """Rules 1 and 2."""
    owners = (there.record.organisation_id, there.record.institution_id)
    for sha256 in sorted(_named(unit, there)):
        kept = (unit.ledger_files.get(owner, sha256) for owner in owners if owner)
        found = next((one for one in kept if one is not None), None)
        if found is not None:
            yield found


def _named(unit: UnitOfWork, there: Held) -> set[str]:
    """Hashes that the claim names, and those of the entries that retired its units."""
    claim = there.claim
    found = {one.sha256 for one in claim.evidence} | {claim.footprint.sha256, claim.reductions.plan_sha256}
    for key in positions(claim):
        holding = unit.ledger.position(key)
        if holding is not None and holding.position.account == there.record.organisation_id:
            opened = unit.ledger.entry(holding.position.opened_by)
            found |= set(looking.entry_of(opened).evidence) if opened else set()
    return found - {""}
