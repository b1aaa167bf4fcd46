"""The audit chain: every committed act, each event bound to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from service.store.records import AuditRecord
from service.store.repositories.counters import count, counted
from service.store.tables import audit_events


@dataclass(frozen=True, slots=True)
class Event:
    """What is written: who, how, what, to which object (``noun:id``), digests before and after."""

    person_id: str
    via: str
    action: str
    object: str
    before: str = ""
    after: str = ""


class AuditChain:
    """Append and check. The counter's row lock keeps two writers from sharing a predecessor."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append(self, event: Event, at: datetime) -> None:
        """Write an event as the next link."""
        sequence = count(self._connection, "audit")
        query = sa.select(audit_events.c.link).where(audit_events.c.sequence == sequence - 1)
        previous = self._connection.execute(query).scalar() or ""
        values = {name: getattr(event, name) for name in Event.__slots__}
        record = AuditRecord(sequence=sequence, at=at, link="", **values)
        self._connection.execute(
            sa.insert(audit_events).values(sequence=sequence, at=at, link=_link(record, previous), **values)
        )

    def events(self, *, object_: str = "") -> tuple[AuditRecord, ...]:
        """Events in order, of one object (``noun:id``) or all."""
        query = sa.select(audit_events).order_by(audit_events.c.sequence)
        if object_:
            query = query.where(audit_events.c.object == object_)
        return tuple(AuditRecord(**row) for row in self._connection.execute(query).mappings())

    def first_broken(self) -> int | None:
        """The sequence number of the first event whose link does not hold or that is missing, at the end too; None
        when all hold.
        """
        previous, expected = "", 1
        for record in self.events():
            if record.sequence != expected or record.link != _link(record, previous):
                return expected
            previous, expected = record.link, expected + 1
        written = counted(self._connection, "audit").get("audit", 0)
        return expected if expected != written + 1 else None


def _link(record: AuditRecord, previous: str) -> str:
    fields = [record.sequence, record.at.isoformat(), record.person_id, record.via, record.action]
    fields += [record.object, record.before, record.after, previous]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
