"""The register of documents that were handed out: which version and calculation, what was stated, the file's hash.

The audit chain holds the digest of every entry.

Example: ``enter(actor, view, Entry("supplier-form", "en", "xlsx"), data, services)``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.store.records import CbamDocument
from service.usecases.access import Actor, Permission
from service.usecases.cbam.keeping import InstallationView, installation_of
from service.usecases.common import new_id, record
from service.usecases.services import Services


@dataclass(frozen=True, slots=True)
class Entry:
    """What a document is, on which calculation it rests ("" where none), and what was stated for it."""

    kind: str
    language: str
    format: str
    calculation_digest: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def enter(
    actor: Actor, view: InstallationView, entry: Entry, data: bytes, services: Services
) -> CbamDocument:
    """Register a document of a version that is handed out now. Raises NotFound where it was taken back meanwhile."""
    now, version = services.clock(), view.version
    made = CbamDocument(
        id=new_id(),
        version_id=version.id,
        calculation_digest=entry.calculation_digest,
        kind=entry.kind,
        language=entry.language,
        format=entry.format,
        filename=f"{entry.kind}-{version.year}-v{version.number}-{entry.language}.{entry.format}",
        sha256=hashlib.sha256(data).hexdigest(),
        length=len(data),
        details=entry.details,
        created_by=actor.person_id,
        created_at=now,
    )
    with services.uow(write=True) as unit:
        installation_of(actor, unit, view.installation.id)
        unit.cbam_results.add_document(made)
        act = (Permission.CBAM_DOCUMENT, f"cbam-document:{made.id}")
        record(unit, actor, act, now, (version.digest, mark(made)))
        unit.commit()
    return made


def mark(entry: CbamDocument) -> str:
    """SHA-256 of an entry of the register, for the audit chain."""
    fields = [entry.id, entry.version_id, entry.calculation_digest, entry.kind, entry.language, entry.format]
    fields += [entry.filename, entry.sha256, str(entry.length), entry.created_by]
    fields += [entry.created_at.isoformat(), json.dumps(entry.details, sort_keys=True)]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True).encode()).hexdigest()
