"""Notices to organisations: written once, marked as read once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from service.store.records import NoticeRecord
from service.store.repositories.rows import row
from service.store.tables import notices as table


class Notices:
    """Add, list, mark as read."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: NoticeRecord) -> None:
        """Insert a notice."""
        self._connection.execute(sa.insert(table).values(row(table, record)))

    def get(self, notice_id: str) -> NoticeRecord | None:
        """One notice, or None."""
        found = self._connection.execute(sa.select(table).where(table.c.id == notice_id)).mappings().first()
        return NoticeRecord(**found) if found else None

    def list_(self, organisation_id: str) -> tuple[NoticeRecord, ...]:
        """Notices to an organisation, newest first."""
        query = (
            sa.select(table)
            .where(table.c.organisation_id == organisation_id)
            .order_by(table.c.at.desc(), table.c.id)
        )
        return tuple(NoticeRecord(**found) for found in self._connection.execute(query).mappings())

    def read(self, notice_id: str, at: datetime) -> None:
        """Mark as read; the first time counts."""
        unread = sa.and_(table.c.id == notice_id, table.c.read_at.is_(None))
        self._connection.execute(sa.update(table).where(unread).values(read_at=at))
