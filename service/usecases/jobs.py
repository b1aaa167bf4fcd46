"""Jobs: the table is the truth. Whoever asked may look; the worker runs them with that person as actor.

Rules
1. A job is leased, run as the person who asked, and finished or failed with a refusal's code and both
   sentences; notices about a source that was refused are its result.
2. A refusal fails the job for good. A worker that dies lets the lease run out; the job is then tried once
   more.
3. Running a job twice does no harm: a study whose label was committed just before the crash is simply done, and so
   are an import whose release was published, a comparison that was kept, and a registry's table that was recorded.
4. What a job left outside the store (an upload) goes when the job has ended.
5. A store that is busy for long costs a job the note of a step, never its work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from service.store.records import JobRecord
from service.usecases import accounts, cosigning, labels, release_imports, release_updates
from service.usecases.access import Actor, Permission, allow
from service.usecases.desk import bulk
from service.usecases.ledger import importing
from service.usecases.refusals import JobInterrupted, NotFound, Refusal
from service.usecases.release_refusals import ReleaseNotBuilt, SourceNotRead
from service.usecases.services import Services

log = logging.getLogger("tanbiao.jobs")


@dataclass(frozen=True, slots=True)
class Unexpected:
    """What a job says when it failed by a defect: the details go to the worker's error log, not to the
    page.
    """

    code: str = "unexpected"
    zh: str = "后台任务发生意外错误,没有留下部分结果。请联系系统管理员查看日志。"
    en: str = (
        "The job met an unexpected error; nothing half-done was kept. Ask the administrator to read the log."
    )


def get(actor: Actor, job_id: str, services: Services) -> JobRecord:
    """A job of the actor's organisation. Raises NotAllowed, NotFound."""
    allow(actor, Permission.JOB_READ)
    with services.uow() as unit:
        job = unit.jobs.get(job_id)
    if job is None or job.organisation_id != actor.organisation_id:
        raise NotFound(noun="job", key=job_id)
    return job


def list_(actor: Actor, services: Services) -> tuple[JobRecord, ...]:
    """Jobs of the actor's organisation, newest first. Raises NotAllowed."""
    allow(actor, Permission.JOB_READ)
    with services.uow() as unit:
        return unit.jobs.list_(actor.organisation_id)


def lease(services: Services) -> JobRecord | None:
    """For the worker: give up on jobs interrupted twice, then take the next one.

    None when there is nothing to do.
    """
    now = services.clock()
    until = now + timedelta(seconds=services.settings.job_lease_seconds)
    with services.uow() as unit:
        if not unit.jobs.waiting(now, until):
            return None
    with services.uow(write=True) as unit:
        given_up = unit.jobs.interrupted(now, until)
        for job in given_up:
            unit.jobs.fail(job.id, job.attempts, _sentences(JobInterrupted()), now)
        leased = unit.jobs.lease(now, until)
        unit.commit()
    if given_up:
        release_imports.sweep(services)
    return leased


def heartbeat(job: JobRecord, services: Services) -> bool:
    """For the worker: renew the lease; False when the job was taken over."""
    now = services.clock()
    until = now + timedelta(seconds=services.settings.job_lease_seconds)
    with services.uow(write=True) as unit:
        held = unit.jobs.heartbeat(job.id, job.attempts, now, until)
        unit.commit()
    return held


def run(job: JobRecord, services: Services) -> BaseException | None:
    """For the worker: do a leased job and note its outcome.

    Returns the defect, if it failed by one, for the log.
    """
    defect: BaseException | None = None
    try:
        result = _KINDS[job.kind](job, services)
    except Refusal as refusal:
        _note(job, services, error=_sentences(refusal), result=_told(refusal))
    except Exception as error:
        defect = error
        _note(job, services, error=(Unexpected().code, Unexpected().zh, Unexpected().en))
    else:
        _note(job, services, result=result)
    if job.kind == release_imports.IMPORT_JOB:
        release_imports.sweep(services)  # rule 4: also what was left by processes that were killed
    return defect


def _issue(job: JobRecord, services: Services) -> dict[str, Any]:
    study_id = str(job.payload["study_id"])
    actor = accounts.get_actor(job.person_id, services, via="job")
    with services.uow() as unit:
        label = unit.labels.of_study(study_id)
    if label is None or label.issued_by != actor.person_id:  # rule 3
        supersedes = str(job.payload.get("supersedes", ""))
        label = labels.issue(
            actor, study_id, services, report=_reporter(job, services), supersedes=supersedes
        )
    return {"number": label.number}


def _import(job: JobRecord, services: Services) -> dict[str, Any]:
    actor = accounts.get_actor(job.person_id, services, via="job")
    return release_imports.run(job, actor, services, _steps(job, services))


def _compare(job: JobRecord, services: Services) -> dict[str, Any]:
    actor = accounts.get_actor(job.person_id, services, via="job")
    return release_updates.run(job, actor, services, _steps(job, services))


def _ledger(job: JobRecord, services: Services) -> dict[str, Any]:
    actor = accounts.get_actor(job.person_id, services, via="job")
    return importing.run(job, actor, services, _steps(job, services))


def _cosign(_job: JobRecord, services: Services) -> dict[str, Any]:
    return dict(cosigning.run(services))


def _check(job: JobRecord, services: Services) -> dict[str, Any]:
    actor = accounts.get_actor(job.person_id, services, via="job")
    return bulk.run(job, actor, services, _steps(job, services))


_KINDS: dict[str, Callable[[JobRecord, Services], dict[str, Any]]] = {
    labels.ISSUE_JOB: _issue,
    release_imports.IMPORT_JOB: _import,
    release_updates.IMPACT_JOB: _compare,
    importing.IMPORT_JOB: _ledger,
    bulk.CHECK_JOB: _check,
    cosigning.COSIGN_JOB: _cosign,
}
SMALLEST_STEP = 0.01
"""Progress of a build is written when a new step begins or this share more is done: every note is a transaction."""


def _steps(job: JobRecord, services: Services) -> Callable[[str, float], None]:
    """Progress as :mod:`databases` tells it: a step in words (kept as ``reading-facts``) and the fraction done."""
    report = _reporter(job, services)
    last = ("", -1.0)

    def tell(step: str, fraction: float) -> None:
        nonlocal last
        word, share = step.replace(" ", "-"), max(0.0, min(fraction, 1.0))
        if word != last[0] or share - last[1] >= SMALLEST_STEP:
            last = (word, share)
            report(share, word)

    return tell


def _told(refusal: Refusal) -> dict[str, Any] | None:
    if isinstance(refusal, (SourceNotRead, ReleaseNotBuilt)):
        return {"notices": [notice.as_dict() for notice in refusal.notices]}
    return None


def _reporter(job: JobRecord, services: Services) -> Callable[[float, str], None]:
    def report(share: float, step: str) -> None:
        try:
            with services.uow(write=True) as unit:
                unit.jobs.report(job.id, job.attempts, share, step)
                unit.commit()
        except Exception:  # rule 5
            log.warning("job %s: the step %s was not noted", job.id, step, exc_info=True)

    return report


def _note(
    job: JobRecord,
    services: Services,
    *,
    result: dict[str, Any] | None = None,
    error: tuple[str, str, str] | None = None,
) -> None:
    now = services.clock()
    with services.uow(write=True) as unit:
        if error is not None:
            unit.jobs.fail(job.id, job.attempts, error, now, result)
        else:
            unit.jobs.finish(job.id, job.attempts, result or {}, now)
        unit.commit()


def _sentences(refusal: Refusal) -> tuple[str, str, str]:
    return refusal.code, refusal.message("zh"), refusal.message("en")
