"""Official marks of labels: pictures with the number of their certificate. Rows are only added; of those with the same
body and certificate number the last counts, and an empty picture takes the mark away.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from service.store.repositories.rows import row
from service.store.trust_records import OfficialMark
from service.store.trust_tables import official_marks as table


class OfficialMarks:
    """Official marks of labels: pictures with the number of their certificate."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, mark: OfficialMark) -> None:
        """Insert a mark, or its taking away."""
        self._connection.execute(sa.insert(table).values(row(table, mark)))

    def of(self, number: str) -> tuple[OfficialMark, ...]:
        """The marks of a label as they count now, oldest first."""
        query = sa.select(table).where(table.c.number == number).order_by(table.c.at, table.c.id)
        latest: dict[tuple[str, str], OfficialMark] = {}
        for found in self._connection.execute(query).mappings():
            mark = OfficialMark(**found)
            latest[mark.body, mark.certificate_number] = mark
        return tuple(mark for mark in latest.values() if mark.image)

    def every(self) -> tuple[OfficialMark, ...]:
        """Every row of every label, also those that no longer count."""
        query = sa.select(table).order_by(table.c.at, table.c.id)
        return tuple(OfficialMark(**found) for found in self._connection.execute(query).mappings())

    def last_at(self, number: str) -> datetime | None:
        """When the newest row of a label was added, or None."""
        query = sa.select(sa.func.max(table.c.at)).where(table.c.number == number)
        found: datetime | None = self._connection.execute(query).scalar()
        return found
