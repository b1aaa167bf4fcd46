"""Imports of registries' tables: the file until it is recorded, the report of the dry run, the result.

Rules
1. The file stays with the import until a result is noted; then it stands among the evidence, if anything rests on it.
2. A result is noted once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.store.ledger_records import ImportRecord
from service.store.ledger_tables import ledger_imports
from service.store.repositories.rows import row

_HEAD = [column for column in ledger_imports.c if column.name not in ("data", "report")]
_SHORT = ("counts", "refused")
"""Parts of a report that lists show."""
MOST_LISTED = 200


class LedgerImports:
    """Imports; bytes and reports are read only when asked for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: ImportRecord, data: bytes) -> None:
        """Insert an import with its file."""
        values = row(ledger_imports, record, but="data") | {"data": data}
        self._connection.execute(sa.insert(ledger_imports).values(values))

    def get(self, key: str) -> ImportRecord | None:
        """An import with its report, or None."""
        query = sa.select(*_HEAD, ledger_imports.c.report).where(ledger_imports.c.id == key)
        found = self._connection.execute(query).mappings().first()
        return ImportRecord(**found) if found else None

    def data(self, key: str) -> bytes | None:
        """Its file, empty after a result was noted; None where there is no import."""
        query = sa.select(ledger_imports.c.data).where(ledger_imports.c.id == key)
        value: bytes | None = self._connection.execute(query).scalar()
        return value

    def list_(self, organisation_id: str) -> tuple[ImportRecord, ...]:
        """An organisation's newest imports, newest first; of a report only what it counts or refuses."""
        table = ledger_imports
        short = [table.c.report[name].label(name) for name in _SHORT]
        query = (
            sa.select(*_HEAD, *short)
            .where(table.c.organisation_id == organisation_id)
            .order_by(table.c.at.desc(), table.c.id)
            .limit(MOST_LISTED)
        )
        found = [dict(one) for one in self._connection.execute(query).mappings()]
        return tuple(_short(one) for one in found)

    def report(self, key: str, registry: str, report: dict[str, Any]) -> None:
        """Note the report of a dry run and the registries it found."""
        self._connection.execute(
            sa.update(ledger_imports)
            .where(ledger_imports.c.id == key)
            .values(registry=registry, report=report)
        )

    def sweep(self, organisation_id: str, before: datetime) -> None:
        """Remove an organisation's imports from before a moment that have no result."""
        table = ledger_imports
        self._connection.execute(
            sa.delete(table).where(
                table.c.organisation_id == organisation_id, table.c.result.is_(None), table.c.at < before
            )
        )

    def finish(self, key: str, result: dict[str, Any]) -> bool:
        """Rules 1 and 2; False, and nothing is written, where there is a result already."""
        table = ledger_imports
        done = self._connection.execute(
            sa.update(table)
            .where(table.c.id == key, table.c.result.is_(None))
            .values(result=result, data=b"")
        )
        return done.rowcount == 1


def _short(found: dict[str, Any]) -> ImportRecord:
    short = {name: part for name in _SHORT if (part := found.pop(name)) is not None}
    return ImportRecord(**found, report=short)
