"""Files behind a claim, for those who may read the claim: reviewing and signing take a look into them.

Rule: what stands behind a claim, and whose file opens, is said in ``files``.

Example: ``file(actor, claim_id, sha256, services)``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from service.store.ledger_records import FileRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.claims import files
from service.usecases.claims.dossier import Held, held
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
    return files.found(unit, there.record, there.claim, files.named_by(unit, there.record))
