"""Evidence of the ledger: contracts, invoices, statements of retirement, registries' tables, named by their hash.

Rules
1. A file belongs to the organisation that stored it; to everybody else it is *not found*. The same file again is the
   same evidence.
2. At most :data:`MOST_BYTES` long, of any type; what is handed out is a download and never shown as a page.
3. A file is never changed or removed: entries rest on its hash. On reading the hash is looked at again.

Example: ``sha256 = keep(actor, "合同.pdf", data, services)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from service.store.ledger_records import FileRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import record
from service.usecases.inventories import file_name
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

MOST_BYTES = 20_000_000
MEDIA_TYPES = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""By the ending of the name; everything else is a stream of bytes."""


def keep(actor: Actor, filename: str, data: bytes, services: Services) -> str:
    """Store a file as evidence; gives its SHA-256. Raises NotAllowed, InvalidInput (rule 2)."""
    allow(actor, Permission.LEDGER_RECORD)
    if not 0 < len(data) <= MOST_BYTES:
        raise InvalidInput(field="file", problem=f"a file of 1 to {MOST_BYTES} bytes")
    now = services.clock()
    sha256 = hashlib.sha256(data).hexdigest()
    with services.uow(write=True) as unit:
        store(actor, unit, (filename, sha256, data), now)
        unit.commit()
    return sha256


def store(actor: Actor, unit: UnitOfWork, file: tuple[str, str, bytes], now: datetime) -> None:
    """For other use cases: store ``(filename, SHA-256, data)`` in their transaction, once; they have allowed it."""
    filename, sha256, data = file
    if unit.ledger_files.get(actor.organisation_id, sha256) is not None:
        return
    name = file_name(filename)
    media_type = MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    kept = FileRecord(actor.organisation_id, sha256, name, media_type, actor.person_id, now)
    unit.ledger_files.add(kept, data)
    record(unit, actor, (Permission.LEDGER_RECORD, f"ledger-file:{sha256}"), now, ("", sha256))


def get(actor: Actor, sha256: str, services: Services) -> FileRecord:
    """What is known of a file. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        return _of(actor, unit, sha256)


def content(actor: Actor, sha256: str, services: Services) -> bytes:
    """The bytes of a file. Raises NotAllowed, NotFound, EvidenceChanged (rule 3)."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        _of(actor, unit, sha256)
        data = unit.ledger_files.data(actor.organisation_id, sha256) or b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise EvidenceChanged(what=f"evidence file {sha256}")
    return data


def list_(actor: Actor, services: Services) -> tuple[FileRecord, ...]:
    """The organisation's files, newest first. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        return unit.ledger_files.list_(actor.organisation_id)


def problems(unit: UnitOfWork) -> Iterator[str]:
    """For the check of the whole store: files that are not what they were."""
    for one, data in unit.ledger_files.every():
        if hashlib.sha256(data).hexdigest() != one.sha256:
            yield f"Evidence file {one.sha256} of organisation {one.organisation_id} has changed."


def _of(actor: Actor, unit: UnitOfWork, sha256: str) -> FileRecord:
    """Rule 1."""
    found = unit.ledger_files.get(actor.organisation_id, sha256)
    if found is None:
        raise NotFound(noun="file", key=sha256)
    return found
