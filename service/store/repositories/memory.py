"""Link memory: what an institution confirmed for the lines of one exporter. The pair owns it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import sqlalchemy as sa

from service.store.records import LinkMemoryRecord
from service.store.repositories.rows import row
from service.store.tables import link_memory as table


class LinkMemory:
    """Remember, forget, recall."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, record: LinkMemoryRecord) -> None:
        """Count a confirmation; reason, person and time of the latest one are kept."""
        known = self._one(record)
        times = (known.times if known else 0) + 1
        self._put(replace(record, times=times), known)

    def forget(self, record: LinkMemoryRecord) -> None:
        """Count a confirmation that was taken back; what is confirmed nowhere any more is gone."""
        known = self._one(record)
        if known is None:
            return
        if known.times > 1:
            self._put(replace(known, times=known.times - 1), known)
        else:
            self._connection.execute(sa.delete(table).where(*_same(record)))

    def recall(
        self, institution_id: str, exporter_id: str, release: str, keys: Collection[str]
    ) -> tuple[LinkMemoryRecord, ...]:
        """What this institution confirmed for this exporter's lines with these keys, latest first."""
        found: list[LinkMemoryRecord] = []
        listed = sorted(keys)
        for start in range(0, len(listed), 500):  # SQLite binds a limited number of values
            query = sa.select(table).where(
                table.c.institution_id == institution_id,
                table.c.exporter_id == exporter_id,
                table.c.release == release,
                table.c.key.in_(listed[start : start + 500]),
            )
            found += [LinkMemoryRecord(**one) for one in self._connection.execute(query).mappings()]
        return tuple(sorted(found, key=lambda one: (one.at, one.times, one.dataset), reverse=True))

    def _one(self, record: LinkMemoryRecord) -> LinkMemoryRecord | None:
        found = self._connection.execute(sa.select(table).where(*_same(record))).mappings().first()
        return LinkMemoryRecord(**found) if found else None

    def _put(self, record: LinkMemoryRecord, known: LinkMemoryRecord | None) -> None:
        values = row(table, record)
        if known is None:
            self._connection.execute(sa.insert(table).values(values))
        else:
            self._connection.execute(sa.update(table).where(*_same(record)).values(values))


def _same(record: LinkMemoryRecord) -> list[sa.ColumnElement[bool]]:
    return [column == getattr(record, column.name) for column in table.primary_key.columns]
