"""Bulk checks: a list of numbers or a zip of labels, checked by a job, its rows looked at and exported.

Rules
1. A table of numbers (CSV, xlsx), a zip of label files, or one label file; what cannot be read as a whole is refused
   with everything that is wrong with it (``numbers``, ``archives``). A small file is read before it is taken.
2. The moment asked about is the time of the check, or one in the past: how everything stood then, by what is known now.
3. A job checks in chunks (``working``). A result is final once; then the file goes and the rows stay.
4. A check belongs to the authority whose officer asked; to everybody else it is *not found*. The administrator checks
   on the command line, and nothing of it is kept.
5. Every check stands in the audit chain: when asked with the SHA-256 of the file, when done with that of the rows.

Example: ``check_id = ask(officer, Upload("list.csv", data), services)``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.store.records import JobRecord
from service.store.trust_records import BulkCheck
from service.usecases.access import Actor, NotAllowed, Permission, allow
from service.usecases.common import new_id, record, waiting_job
from service.usecases.desk import archives, numbers
from service.usecases.desk.refusals import CheckNotDone, ChecksWaiting
from service.usecases.desk.rows import CheckedRow, from_plain
from service.usecases.desk.working import Progress, Work
from service.usecases.inventories import file_name
from service.usecases.refusals import InvalidInput, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

CHECK_JOB = "desk-check"
MOST_BYTES = 100_000_000
SMALL_BYTES = 1_000_000
"""A file up to this size is read before it is taken (rule 1)."""
MOST_WAITING = 5
_ACT = Permission.CHECK_BULK


@dataclass(frozen=True, slots=True)
class Upload:
    """What an officer hands in; ``moment`` is the time asked about (rule 2), None for the time of the check."""

    filename: str
    data: bytes = field(repr=False)
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check as it is told: ``counts`` are rows by verdict, ``total`` how many rows, ``at`` the moment that was asked
    about (None before the job began), ``hidden`` sheets that were not read. ``rows`` only where they were asked for.
    """

    id: str
    filename: str
    moment: datetime | None
    asked_at: datetime
    done_at: datetime | None
    person_id: str
    counts: Mapping[str, int]
    total: int
    at: str = ""
    hidden: tuple[str, ...] = ()
    rows: tuple[CheckedRow, ...] = field(default=(), repr=False)

    @property
    def done(self) -> bool:
        """True when the result is final."""
        return self.done_at is not None

    def about(self) -> dict[str, Any]:
        """The facts that exports state beside the rows."""
        return {
            "check": self.id,
            "file": self.filename,
            "asked_at": self.asked_at.isoformat(timespec="seconds"),
            "done_at": self.done_at.isoformat(timespec="seconds") if self.done_at else "",
            "moment": self.at,
            "total": self.total,
            "counts": dict(self.counts),
        }


def ask(actor: Actor, upload: Upload, services: Services) -> tuple[str, str]:
    """Take a file and queue its check; the check's id and the job's.

    Raises NotAllowed, InvalidInput, ListNotRead, ChecksWaiting.
    """
    allow(actor, _ACT)
    if not actor.organisation_id:  # rule 4
        raise NotAllowed(permission=_ACT.value)
    now = services.clock()
    _look(upload, now, services)
    with services.uow(write=True) as unit:
        open_ = [job for job in unit.jobs.list_(actor.organisation_id) if _is_open(job)]
        if len(open_) >= MOST_WAITING:
            raise ChecksWaiting(most=MOST_WAITING)
        check = _new(actor, upload, now)
        unit.desk.add_check(check)
        job = waiting_job(actor, CHECK_JOB, {"check": check.id}, now)
        unit.jobs.add(job)
        _note(actor, unit, check.id, ("", hashlib.sha256(upload.data).hexdigest()), now)
        unit.commit()
    return check.id, job.id


def check_now(
    actor: Actor, upload: Upload, services: Services, progress: Progress = lambda *_: None
) -> Check:
    """Check a file at once, for the command line, where somebody waits; kept unless the administrator asks (rule 4).

    Raises NotAllowed, InvalidInput, ListNotRead, KeysUnavailable.
    """
    allow(actor, _ACT)
    now = services.clock()
    _require_fit(upload, now)
    check = _new(actor, upload, now)
    work = Work(check, upload.data, upload.moment or now)
    for _ in work.chunks(services, progress):
        pass
    with services.uow(write=True) as unit:
        if actor.organisation_id:
            unit.desk.add_check(check)
            unit.desk.finish_check(check.id, work.result(), now)
        sha256 = hashlib.sha256(upload.data).hexdigest()
        _note(actor, unit, check.id, (sha256, work.digest()), now)
        unit.commit()
    return _told(replace(check, result=work.result(), done_at=now), rows=True)


def get(actor: Actor, check_id: str, services: Services, *, rows: bool = False) -> Check:
    """One check, with the rows there are so far where they are asked for. Raises NotAllowed, NotFound."""
    allow(actor, _ACT)
    with services.uow() as unit:
        return _told(_of(actor, check_id, unit), rows=rows)


def finished(actor: Actor, check_id: str, services: Services) -> Check:
    """One check that is done, with its rows, for exports. Raises NotAllowed, NotFound, CheckNotDone."""
    found = get(actor, check_id, services, rows=True)
    if not found.done:
        raise CheckNotDone()
    return found


def list_(actor: Actor, services: Services) -> tuple[Check, ...]:
    """The authority's checks, newest first, without rows. Raises NotAllowed."""
    allow(actor, _ACT)
    with services.uow() as unit:
        return tuple(_told(one) for one in unit.desk.checks(actor.organisation_id))


def run(job: JobRecord, actor: Actor, services: Services, progress: Progress) -> dict[str, Any]:
    """For the worker: check a file, or go on where it was interrupted (rule 3); gives the job's result.

    Raises NotAllowed, NotFound, ListNotRead, KeysUnavailable.
    """
    allow(actor, _ACT)
    now, check_id = services.clock(), str(job.payload["check"])
    with services.uow() as unit:
        check, data = _of(actor, check_id, unit), unit.desk.check_data(check_id)
    if check.done_at is None:
        work = Work(check, data, now)
        for due in work.chunks(services, progress):
            if due:
                with services.uow(write=True) as unit:
                    unit.desk.keep_check(check_id, work.result())
                    unit.commit()
        _finish(actor, check, work, services)
    return {"check": check_id}


def _finish(actor: Actor, check: BulkCheck, work: Work, services: Services) -> None:
    """Rules 3 and 5."""
    now = services.clock()
    with services.uow(write=True) as unit:
        if unit.desk.finish_check(check.id, work.result(), now):
            _note(actor, unit, check.id, ("", work.digest()), now)
        unit.commit()


def _look(upload: Upload, now: datetime, services: Services) -> None:
    """Rules 1 and 2, before a file is taken. Raises InvalidInput, ListNotRead."""
    _require_fit(upload, now)
    kind = archives.kind_of(upload.data)
    if kind == archives.ARCHIVE:
        with archives.opened(upload.filename, upload.data, services.settings.uploads):
            return
    if kind == archives.TABLE and len(upload.data) <= SMALL_BYTES:
        numbers.read(upload.filename, upload.data)


def _require_fit(upload: Upload, now: datetime) -> None:
    """Size and moment. Raises InvalidInput."""
    if not 0 < len(upload.data) <= MOST_BYTES:
        raise InvalidInput(field="file", problem=f"a file of 1 to {MOST_BYTES} bytes")
    if upload.moment is not None and upload.moment > now:
        raise InvalidInput(field="at", problem="a moment that is not in the future")


def _new(actor: Actor, upload: Upload, now: datetime) -> BulkCheck:
    name = file_name(upload.filename)
    where = (new_id(), actor.organisation_id, name, upload.data)
    return BulkCheck(*where, upload.moment, None, actor.person_id, now, None)


def _of(actor: Actor, check_id: str, unit: UnitOfWork) -> BulkCheck:
    """Rule 4. Raises NotFound."""
    found = unit.desk.check(check_id)
    if found is None or found.organisation_id != actor.organisation_id:
        raise NotFound(noun="check", key=check_id)
    return found


def _told(check: BulkCheck, *, rows: bool = False) -> Check:
    kept = check.result or {}
    return Check(
        check.id,
        check.filename,
        check.moment,
        check.at,
        check.done_at,
        check.person_id,
        kept.get("counts", {}),
        kept.get("total", 0),
        kept.get("at", ""),
        tuple(kept.get("hidden", ())),
        tuple(from_plain(row) for row in kept.get("rows", ())) if rows else (),
    )


def _is_open(job: JobRecord) -> bool:
    return job.kind == CHECK_JOB and job.state in ("waiting", "running")


def _note(actor: Actor, unit: UnitOfWork, check_id: str, digests: tuple[str, str], now: datetime) -> None:
    """Rule 5."""
    record(unit, actor, (_ACT, f"check:{check_id}"), now, digests)
