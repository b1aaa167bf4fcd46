"""Jobs: the table is the truth.

Rules
1. A worker takes a job by one conditional UPDATE; two workers never hold the same job.
2. It holds the job while its lease lasts and renews the lease by heartbeat.
3. A job whose lease ran out is taken over once; the second time it has failed with ``job-interrupted``.
4. A lease that ends later than one given now would, by more than its own length, was given before the clock was
   set back: nobody renews it any more, so it has run out too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.store.records import JobRecord
from service.store.tables import jobs

MAX_ATTEMPTS = 2
_COLUMNS = [column for column in jobs.c if column.name not in ("lease_until", "heartbeat_at")]


class Jobs:
    """Queue, lease, heartbeat, outcome."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: JobRecord) -> None:
        """Queue a job."""
        values: dict[str, Any] = {column.name: getattr(record, column.name) for column in _COLUMNS}
        self._connection.execute(sa.insert(jobs).values(values))

    def get(self, job_id: str) -> JobRecord | None:
        """One job, or None."""
        row = self._connection.execute(sa.select(*_COLUMNS).where(jobs.c.id == job_id)).mappings().first()
        return JobRecord(**row) if row else None

    def list_(self, organisation_id: str) -> tuple[JobRecord, ...]:
        """Jobs of an organisation, newest first."""
        query = (
            sa.select(*_COLUMNS)
            .where(jobs.c.organisation_id == organisation_id)
            .order_by(jobs.c.created_at.desc(), jobs.c.id)
        )
        return tuple(JobRecord(**row) for row in self._connection.execute(query).mappings())

    def open_for(self, kind: str, payload: dict[str, Any]) -> JobRecord | None:
        """A waiting or running job of this kind whose payload has these fields, or None: asking twice queues once."""
        query = sa.select(*_COLUMNS).where(jobs.c.kind == kind, jobs.c.state.in_(("waiting", "running")))
        for row in self._connection.execute(query).mappings():
            if all(row["payload"].get(name) == value for name, value in payload.items()):
                return JobRecord(**row)
        return None

    def lease(self, now: datetime, until: datetime) -> JobRecord | None:
        """Take the oldest job that waits or whose lease ran out; None when there is nothing to do."""
        usable = sa.and_(_free(now, until), jobs.c.attempts < MAX_ATTEMPTS)
        oldest = sa.select(jobs.c.id).where(usable).order_by(jobs.c.created_at, jobs.c.id).limit(1)
        job_id = self._connection.execute(oldest).scalar()
        if job_id is None:
            return None
        taken = self._connection.execute(
            sa.update(jobs)
            .where(jobs.c.id == job_id, usable)
            .values(state="running", attempts=jobs.c.attempts + 1, lease_until=until, heartbeat_at=now)
        )
        return self.get(job_id) if taken.rowcount == 1 else None

    def waiting(self, now: datetime, until: datetime) -> bool:
        """True when a job waits or a lease ran out: a cheap look before the write lock is taken."""
        query = sa.select(jobs.c.id).where(_free(now, until))
        return self._connection.execute(query.limit(1)).first() is not None

    def interrupted(self, now: datetime, until: datetime) -> tuple[JobRecord, ...]:
        """Jobs whose lease ran out and that have no attempt left; ``until`` is when a lease given now ends."""
        query = sa.select(*_COLUMNS).where(_ran_out(now, until), jobs.c.attempts >= MAX_ATTEMPTS)
        return tuple(JobRecord(**row) for row in self._connection.execute(query).mappings())

    def heartbeat(self, job_id: str, attempt: int, now: datetime, until: datetime) -> bool:
        """Renew the lease; False when the job is no longer this attempt's."""
        return self._update(job_id, attempt, heartbeat_at=now, lease_until=until)

    def report(self, job_id: str, attempt: int, progress: float, step: str) -> bool:
        """Note how far the job is (0 to 1) and at what."""
        return self._update(job_id, attempt, progress=progress, step=step)

    def finish(self, job_id: str, attempt: int, result: dict[str, Any], at: datetime) -> bool:
        """The job is done."""
        return self._update(job_id, attempt, state="done", progress=1.0, result=result, finished_at=at)

    def fail(
        self,
        job_id: str,
        attempt: int,
        error: tuple[str, str, str],
        at: datetime,
        result: dict[str, Any] | None = None,
    ) -> bool:
        """The job has failed; ``error`` is refusal code, Chinese and English sentence, ``result`` what more there is
        to tell.
        """
        code, message_zh, message_en = error
        return self._update(
            job_id,
            attempt,
            state="failed",
            error=code,
            message_zh=message_zh,
            message_en=message_en,
            result=result,
            finished_at=at,
        )

    def _update(self, job_id: str, attempt: int, **values: Any) -> bool:
        done = self._connection.execute(
            sa.update(jobs)
            .where(jobs.c.id == job_id, jobs.c.attempts == attempt, jobs.c.state == "running")
            .values(**values)
        )
        return done.rowcount == 1


def _free(now: datetime, until: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(jobs.c.state == "waiting", _ran_out(now, until))


def _ran_out(now: datetime, until: datetime) -> sa.ColumnElement[bool]:
    """Rules 3 and 4; ``until`` is when a lease given now would end."""
    past, before_the_clock_went_back = jobs.c.lease_until < now, jobs.c.lease_until > until + (until - now)
    return sa.and_(jobs.c.state == "running", sa.or_(past, before_the_clock_went_back))
