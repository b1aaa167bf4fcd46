"""Imports of registries' tables: staged, tried, confirmed; every good row recorded, and none by half.

Rules
1. A staged file is read and every row judged against the ledger as it stands: ``new``, ``known``, ``conflict`` or
   ``rejected``, with its cell, the reason and what to do. Nothing is recorded. A large file is read by a job.
2. Confirmed, the file is read and judged again and all good rows are recorded in one transaction: all or none, however
   the process ends. Where the ledger moved since the rows were judged, they are judged again under the lock. The
   result says which rows ended otherwise than the dry run had said.
3. A bad row never blocks the good ones. An Acquire and the Retire of the same row are recorded together or not at all.
4. What rows become rests on the file: it is stored as evidence, and every entry names its hash.
5. An import is recorded once; asked again, its result is given. A file imported twice is imported once, because its
   rows are known then. An import nobody confirmed goes after :data:`KEPT_DAYS` days.
6. An import is its organisation's alone; to everybody else it is *not found*.

Example: ``import_id = stage(actor, Upload("vcus.csv", data), services)``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from certificates.ledger.days import day_of
from certificates.ledger.registries.tables import Registry, registries
from service.store.records import JobRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import record as record_act
from service.usecases.ledger import import_reports
from service.usecases.ledger.import_keeping import (
    IMPORT_JOB,
    Import,
    Upload,
    check,
    kept_report,
    new_record,
    of,
    queue,
    require_report,
    shown,
)
from service.usecases.ledger.import_reports import Report
from service.usecases.ledger.import_rows import (
    judged_now,
    read_staged,
    record_rows,
    try_rows,
    with_report,
)
from service.usecases.ledger.reading import Progress
from service.usecases.refusals import InvalidInput
from service.usecases.services import Services

__all__ = ["IMPORT_JOB", "Import", "Report", "Upload"]

SMALL_BYTES = 200_000
"""A file up to this size is read at once."""
SMALL_ROWS = 500
"""An import with fewer rows is recorded at once."""
KEPT_DAYS = 30
_ACT = Permission.LEDGER_RECORD


def known_registries() -> tuple[Registry, ...]:
    """Registries whose tables are read."""
    return tuple(registries().values())


def stage(actor: Actor, upload: Upload, services: Services) -> str:
    """Keep a registry's file and try it (rule 1); gives the import's id.

    Raises NotAllowed, InvalidInput, TableNotRead, ImportsWaiting, EvidenceChanged.
    """
    allow(actor, _ACT)
    check(upload)
    return _staged(actor, upload, services, at_once=len(upload.data) <= SMALL_BYTES)


def import_now(actor: Actor, upload: Upload, services: Services) -> dict[str, Any]:
    """Stage a file and record its good rows at once, however many: the result, as :class:`Import` has it.

    For the command line, where somebody waits. Raises as :func:`stage` and :func:`confirm`.
    """
    allow(actor, _ACT)
    check(upload)
    return record_rows(actor, _staged(actor, upload, services, at_once=True), services, silent)


def _staged(actor: Actor, upload: Upload, services: Services, *, at_once: bool) -> str:
    now = services.clock()
    staged = new_record(actor, upload, now)
    if at_once:
        reading = read_staged(upload.filename, upload.data, staged, silent)
        staged = with_report(staged, reading, judged_now(reading, day_of(now), services)[0])
    with services.uow(write=True) as unit:
        unit.ledger_imports.sweep(actor.organisation_id, now - timedelta(days=KEPT_DAYS))
        unit.ledger_imports.add(staged, upload.data)
        if not at_once:
            queue(actor, unit, staged.id, "read", now)
        record_act(unit, actor, (_ACT, f"ledger-import:{staged.id}"), now, ("", staged.sha256))
        unit.commit()
    return staged.id


def preview(actor: Actor, upload: Upload, services: Services) -> Report:
    """What :func:`stage` would report, all rows on one page; nothing is kept. Raises as it does."""
    allow(actor, _ACT)
    check(upload)
    now = services.clock()
    staged = new_record(actor, upload, now)
    reading = read_staged(upload.filename, upload.data, staged, silent)
    judged = judged_now(reading, day_of(now), services)[0]
    report = with_report(staged, reading, judged).report or {}
    return import_reports.page(report, size=max(1, len(judged)))


def get(actor: Actor, import_id: str, services: Services) -> Import:
    """An import. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        return shown(of(actor, unit, import_id))


def list_(actor: Actor, services: Services) -> tuple[Import, ...]:
    """The organisation's imports, newest first. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        return tuple(shown(one) for one in unit.ledger_imports.list_(actor.organisation_id))


def report(actor: Actor, import_id: str, services: Services, *, page: int = 1, status: str = "") -> Report:
    """A page of the dry run's report, of one status where it is named.

    Raises NotAllowed, NotFound, InvalidInput, ImportNotReady.
    """
    allow(actor, Permission.LEDGER_READ)
    if status not in ("", *import_reports.STATUSES):
        raise InvalidInput(field="status", problem=f"one of {', '.join(import_reports.STATUSES)}")
    return import_reports.page(kept_report(actor, import_id, services), page, status)


def report_csv(actor: Actor, import_id: str, services: Services) -> bytes:
    """The dry run's whole report as CSV. Raises as :func:`report`."""
    allow(actor, Permission.LEDGER_READ)
    return import_reports.as_csv(kept_report(actor, import_id, services))


def confirm(actor: Actor, import_id: str, services: Services) -> str:
    """Record the good rows of an import; gives the id of the job that does, empty where it is done already.

    Raises NotAllowed, NotFound, ImportNotReady, ImportsWaiting, TableNotRead, EvidenceChanged.
    """
    allow(actor, _ACT)
    now = services.clock()
    with services.uow() as unit:
        found = of(actor, unit, import_id)
    if found.result is not None:
        return ""
    if sum(require_report(found)["counts"].values()) < SMALL_ROWS:
        record_rows(actor, import_id, services, silent)
        return ""
    with services.uow(write=True) as unit:
        job_id = queue(actor, unit, import_id, "record", now)
        unit.commit()
    return job_id


def run(job: JobRecord, actor: Actor, services: Services, progress: Progress) -> dict[str, Any]:
    """For the worker: read a staged file, or record a confirmed one; gives the job's result."""
    allow(actor, _ACT)
    import_id = str(job.payload["import"])
    if job.payload["step"] == "read":
        return {"import": import_id, "counts": try_rows(actor, import_id, services, progress)}
    result = record_rows(actor, import_id, services, progress)
    return {"import": import_id} | {name: result[name] for name in ("counts", "first", "last", "link")}


def silent(_step: str, _fraction: float) -> None:
    """Nobody watches."""
