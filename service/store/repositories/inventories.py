"""Inventories as handed in: written once, never changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.store.records import InventoryRecord
from service.store.tables import inventories

_COLUMNS = [column for column in inventories.c if column.name != "workbook"]


class Inventories:
    """Inventories; the workbook's bytes are read only when asked for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: InventoryRecord, workbook: bytes) -> None:
        """Insert an inventory with its workbook."""
        values: dict[str, Any] = {column.name: getattr(record, column.name) for column in _COLUMNS}
        self._connection.execute(sa.insert(inventories).values(values | {"workbook": workbook}))

    def get(self, inventory_id: str) -> InventoryRecord | None:
        """One inventory, or None."""
        query = sa.select(*_COLUMNS).where(inventories.c.id == inventory_id)
        row = self._connection.execute(query).mappings().first()
        return InventoryRecord(**row) if row else None

    def workbook(self, inventory_id: str) -> bytes | None:
        """The bytes as handed in, or None."""
        query = sa.select(inventories.c.workbook).where(inventories.c.id == inventory_id)
        value: bytes | None = self._connection.execute(query).scalar()
        return value

    def every(self) -> tuple[InventoryRecord, ...]:
        """All inventories, oldest first, for the check of the whole store only."""
        query = sa.select(*_COLUMNS).order_by(inventories.c.handed_in_at, inventories.c.id)
        return tuple(InventoryRecord(**row) for row in self._connection.execute(query).mappings())

    def list_(
        self, *, organisation_id: str | None = None, institution_id: str | None = None
    ) -> tuple[InventoryRecord, ...]:
        """Newest first, of an exporter or of an institution; raises ValueError when neither is named."""
        query = sa.select(*_COLUMNS).order_by(inventories.c.handed_in_at.desc(), inventories.c.id)
        if organisation_id is None and institution_id is None:
            raise ValueError("Inventories are listed for somebody, never all of them.")
        if organisation_id is not None:
            query = query.where(inventories.c.organisation_id == organisation_id)
        if institution_id is not None:
            query = query.where(inventories.c.institution_id == institution_id)
        return tuple(InventoryRecord(**row) for row in self._connection.execute(query).mappings())
