"""The impact of release updates: one record a comparison, one row a dataset, study or label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from service.store.records import ImpactRecord, ImpactRow
from service.store.repositories.rows import row
from service.store.tables import release_impact_rows as rows_table
from service.store.tables import release_impacts as table

_CHUNK = 500
_ROW = [column for column in rows_table.c if column.name not in ("impact_id", "sequence")]


class Impacts:
    """Written once with all rows; read by tenancy."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: ImpactRecord, rows: Iterable[ImpactRow]) -> None:
        """Insert a comparison with its rows, in their order."""
        self._connection.execute(sa.insert(table).values(row(table, record)))
        for chunk in _chunks(rows, record.id):
            self._connection.execute(sa.insert(rows_table), chunk)

    def get(self, impact_id: str) -> ImpactRecord | None:
        """One comparison, or None."""
        found = self._connection.execute(sa.select(table).where(table.c.id == impact_id)).mappings().first()
        return ImpactRecord(**found) if found else None

    def list_(self, *, owner_id: str | None = None) -> tuple[ImpactRecord, ...]:
        """Newest first; with ``owner_id`` those that have a row of this organisation's studies."""
        query = sa.select(table).order_by(table.c.at.desc(), table.c.id)
        if owner_id is not None:
            own = sa.select(rows_table.c.impact_id).where(
                sa.or_(rows_table.c.exporter_id == owner_id, rows_table.c.institution_id == owner_id)
            )
            query = query.where(table.c.id.in_(own))
        return tuple(ImpactRecord(**found) for found in self._connection.execute(query).mappings())

    def rows(
        self, impact_id: str, *, exporter_id: str | None = None, institution_id: str | None = None
    ) -> tuple[ImpactRow, ...]:
        """Rows of datasets, and of the studies and labels of an exporter or an institution (or of everybody)."""
        query = sa.select(*_ROW).where(rows_table.c.impact_id == impact_id).order_by(rows_table.c.sequence)
        for column, owner in (
            (rows_table.c.exporter_id, exporter_id),
            (rows_table.c.institution_id, institution_id),
        ):
            if owner is not None:
                query = query.where(sa.or_(column == owner, rows_table.c.kind == "dataset"))
        return tuple(ImpactRow(**found) for found in self._connection.execute(query).mappings())


def _chunks(rows: Iterable[ImpactRow], impact_id: str) -> Iterator[list[dict[str, object]]]:
    names = [column.name for column in _ROW]
    chunk: list[dict[str, object]] = []
    for sequence, one in enumerate(rows, start=1):
        values = {name: getattr(one, name) for name in names}
        chunk.append(values | {"impact_id": impact_id, "sequence": sequence})
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
