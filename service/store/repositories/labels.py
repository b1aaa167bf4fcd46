"""Labels: written once; their status is the last of their events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.store.records import LabelRecord
from service.store.repositories import standing
from service.store.repositories.counters import count, counted
from service.store.tables import label_events, labels

_COLUMNS = [column for column in labels.c if column.name != "pdf"]
_STATUS = (
    sa.select(label_events.c.status)
    .where(label_events.c.number == labels.c.number)
    .order_by(label_events.c.sequence.desc())
    .limit(1)
    .scalar_subquery()
    .label("status")
)
_LOCK = sa.select(labels.c.code, labels.c.exporter_id, labels.c.institution_id).where(
    labels.c.number == sa.bindparam("wanted")
)


class Labels:
    """Issued labels; the PDF is read only when asked for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def next_serial(self, year: int) -> int:
        """The next serial number of a year, 1 for the first: UPDATE … RETURNING, so no two writers share
        one.
        """
        return count(self._connection, f"label:{year}")

    def counted(self) -> dict[int, int]:
        """How many labels were numbered, by year."""
        found = counted(self._connection, "label:")
        return {int(name.removeprefix("label:")): value for name, value in found.items()}

    def add(self, record: LabelRecord, pdf: bytes) -> None:
        """Insert a label and the event that gives it its first status."""
        values: dict[str, Any] = {column.name: getattr(record, column.name) for column in _COLUMNS}
        self._connection.execute(sa.insert(labels).values(values | {"pdf": pdf}))
        self.add_event(record.number, record.status, "", record.issued_by, record.issued_at)

    def add_event(self, number: str, status: str, reason: str, person_id: str, at: datetime) -> None:
        """Append an event; from now on ``status`` is the label's status, and the status lists are behind."""
        last = sa.select(sa.func.coalesce(sa.func.max(label_events.c.sequence), 0))
        sequence = self._connection.execute(last.where(label_events.c.number == number)).scalar_one() + 1
        self._connection.execute(
            sa.insert(label_events).values(
                number=number, sequence=sequence, status=status, reason=reason, person_id=person_id, at=at
            )
        )
        if sequence > 1:
            standing.changed(self._connection)

    def get(self, number: str) -> LabelRecord | None:
        """One label, or None."""
        return self._one(labels.c.number == number)

    def lock(self, number: str) -> tuple[str, str, str] | None:
        """Check code, exporter and institution of a label, or None: as much work for a number that there is as for one
        that there is not.
        """
        found = self._connection.execute(_LOCK, {"wanted": number}).first()
        return (found.code, found.exporter_id, found.institution_id) if found else None

    def of_study(self, study_id: str) -> LabelRecord | None:
        """The label of a study, or None."""
        return self._one(labels.c.study_id == study_id)

    def pdf(self, number: str) -> bytes | None:
        """The issued PDF, or None."""
        value: bytes | None = self._connection.execute(
            sa.select(labels.c.pdf).where(labels.c.number == number)
        ).scalar()
        return value

    def list_(
        self, *, exporter_id: str | None = None, institution_id: str | None = None
    ) -> tuple[LabelRecord, ...]:
        """Newest first; without a name all labels, which are public documents."""
        query = sa.select(*_COLUMNS, _STATUS).order_by(labels.c.issued_at.desc(), labels.c.number.desc())
        if exporter_id is not None:
            query = query.where(labels.c.exporter_id == exporter_id)
        if institution_id is not None:
            query = query.where(labels.c.institution_id == institution_id)
        return tuple(LabelRecord(**row) for row in self._connection.execute(query).mappings())

    def _one(self, condition: sa.ColumnElement[bool]) -> LabelRecord | None:
        row = self._connection.execute(sa.select(*_COLUMNS, _STATUS).where(condition)).mappings().first()
        return LabelRecord(**row) if row else None
