"""An import as it is kept: the file, what was said about it, the report of the dry run, the result.

Rules
1. An import is its organisation's alone; to everybody else it is *not found*.
2. The file has the hash it was staged with, until a result is noted.
3. An import waits once; an organisation has at most :data:`MOST_WAITING` under way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from certificates.forms import fits
from certificates.ledger.entries import Beneficiary
from certificates.ledger.registries.tables import registries
from service.store.ledger_records import ImportRecord
from service.usecases.access import Actor
from service.usecases.common import new_id, waiting_job
from service.usecases.inventories import file_name
from service.usecases.ledger.refusals import ImportNotReady
from service.usecases.ledger.sheets import MOST_BYTES, Told
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotFound
from service.usecases.release_refusals import ImportsWaiting
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

IMPORT_JOB = "ledger-import"
MOST_WAITING = 5
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A registry's file; ``registry`` is a key of :func:`known_registries`, empty to recognise it.

    ``acquired_on`` is the day the units came into the account, for rows that say none or another; ``beneficiary`` is in
    whose name units were retired, for rows in which the registry names nobody.
    """

    filename: str
    data: bytes = field(repr=False)
    registry: str = ""
    acquired_on: date | None = None
    beneficiary: Beneficiary | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """An import: ``state`` is ``reading`` (by a job), ``refused`` (``problems`` say why), ``ready`` or ``recorded``.

    ``counts`` are rows by status of the dry run; ``result`` has ``counts``, ``first``, ``last``, ``link``,
    ``differing`` and ``differs`` (sheet, row, before, after).
    """

    id: str
    registry: str
    filename: str
    sha256: str
    state: str
    counts: Mapping[str, int]
    result: Mapping[str, Any] | None
    problems: tuple[Told, ...]
    person_id: str
    at: datetime


def of(actor: Actor, unit: UnitOfWork, import_id: str) -> ImportRecord:
    """An import of the actor's organisation (rule 1). Raises NotFound."""
    found = unit.ledger_imports.get(import_id)
    if found is None or found.organisation_id != actor.organisation_id:
        raise NotFound(noun="import", key=import_id)
    return found


def stored(actor: Actor, import_id: str, services: Services) -> tuple[ImportRecord, bytes]:
    """An import with its file, which still has its hash. Raises NotFound, EvidenceChanged."""
    with services.uow() as unit:
        found = of(actor, unit, import_id)
        data = unit.ledger_imports.data(import_id) or b""
    if found.result is None and hashlib.sha256(data).hexdigest() != found.sha256:
        raise EvidenceChanged(what=f"file of import {import_id}")
    return found, data


def kept_report(actor: Actor, import_id: str, services: Services) -> dict[str, Any]:
    """The report of an import's dry run. Raises NotFound, ImportNotReady."""
    with services.uow() as unit:
        return require_report(of(actor, unit, import_id))


def require_report(found: ImportRecord) -> dict[str, Any]:
    """Its report. Raises ImportNotReady while there is none."""
    if found.report is None or "counts" not in found.report:
        raise ImportNotReady(state=state_of(found))
    return found.report


def state_of(found: ImportRecord) -> str:
    """``reading``, ``refused``, ``ready`` or ``recorded``."""
    if found.result is not None:
        return "recorded"
    if "counts" in (found.report or {}):
        return "ready"
    return "refused" if "refused" in (found.report or {}) else "reading"


def shown(found: ImportRecord) -> Import:
    """An import as it is told."""
    told_ = found.report or {}
    return Import(
        id=found.id,
        registry=found.registry,
        filename=found.filename,
        sha256=found.sha256,
        state=state_of(found),
        counts=told_.get("counts", {}),
        result=found.result,
        problems=tuple(Told(*one) for one in told_.get("refused", ())),
        person_id=found.person_id,
        at=found.at,
    )


def options_of(record: ImportRecord) -> dict[str, Any]:
    """What was said about the file."""
    return dict((record.report or {})["options"])


def note(record: ImportRecord, registry: str, made: dict[str, Any], services: Services) -> None:
    """Keep a report with an import."""
    with services.uow(write=True) as unit:
        unit.ledger_imports.report(record.id, registry, made)
        unit.commit()


def queue(actor: Actor, unit: UnitOfWork, import_id: str, step: str, now: datetime) -> str:
    """Queue a job, or give the one that waits for the same (rule 3). Raises ImportsWaiting."""
    open_ = [
        job
        for job in unit.jobs.list_(actor.organisation_id)
        if job.kind == IMPORT_JOB and job.state in ("waiting", "running")
    ]
    payload = {"import": import_id, "step": step}
    for job in open_:
        if job.payload == payload:
            return job.id
    if len(open_) >= MOST_WAITING:
        raise ImportsWaiting(most=MOST_WAITING)
    job = waiting_job(actor, IMPORT_JOB, payload, now)
    unit.jobs.add(job)
    return job.id


def new_record(actor: Actor, upload: Upload, now: datetime) -> ImportRecord:
    """A new import of the actor's organisation, not tried yet."""
    named = upload.beneficiary
    options = {
        "registry": upload.registry,
        "acquired_on": upload.acquired_on.isoformat() if upload.acquired_on else "",
        "beneficiary": [named.name, named.code] if named else None,
    }
    return ImportRecord(
        id=new_id(),
        organisation_id=actor.organisation_id,
        registry=upload.registry,
        filename=file_name(upload.filename),
        sha256=hashlib.sha256(upload.data).hexdigest(),
        report={"options": options},
        result=None,
        person_id=actor.person_id,
        at=now,
    )


def check(upload: Upload) -> None:
    """Size, registry and beneficiary of an upload. Raises InvalidInput."""
    if not 0 < len(upload.data) <= MOST_BYTES:
        raise InvalidInput(field="file", problem=f"a file of 1 to {MOST_BYTES} bytes")
    if upload.registry and upload.registry not in registries():
        raise InvalidInput(field="registry", problem=f"one of {', '.join(registries())}")
    named = upload.beneficiary
    if named and not (fits(named.name, LONGEST_NAME) and (not named.code or fits(named.code, LONGEST_NAME))):
        raise InvalidInput(field="beneficiary", problem=f"1 to {LONGEST_NAME} characters that can be seen")
