"""Evidence of the ledger: files named by their hash, stored once for an organisation, never changed."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from service.store.ledger_records import FileRecord
from service.store.ledger_tables import ledger_files
from service.store.repositories.rows import row

_HEAD = [column for column in ledger_files.c if column.name != "data"]


class LedgerFiles:
    """Files; their bytes are read only when asked for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: FileRecord, data: bytes) -> None:
        """Insert a file that is not there yet."""
        values = row(ledger_files, record, but="data") | {"data": data}
        self._connection.execute(sa.insert(ledger_files).values(values))

    def get(self, organisation_id: str, sha256: str) -> FileRecord | None:
        """What is known of a file, or None."""
        query = sa.select(*_HEAD).where(_named(organisation_id, sha256))
        found = self._connection.execute(query).mappings().first()
        return FileRecord(**found) if found else None

    def data(self, organisation_id: str, sha256: str) -> bytes | None:
        """The bytes of a file, or None."""
        query = sa.select(ledger_files.c.data).where(_named(organisation_id, sha256))
        value: bytes | None = self._connection.execute(query).scalar()
        return value

    def list_(self, organisation_id: str) -> tuple[FileRecord, ...]:
        """An organisation's files, newest first."""
        table = ledger_files
        query = (
            sa.select(*_HEAD)
            .where(table.c.organisation_id == organisation_id)
            .order_by(table.c.at.desc(), table.c.sha256)
        )
        return tuple(FileRecord(**found) for found in self._connection.execute(query).mappings())

    def every(self) -> Iterator[tuple[FileRecord, bytes]]:
        """All files with their bytes, one at a time, for the check of the whole store only."""
        table = ledger_files
        query = sa.select(*_HEAD).order_by(table.c.organisation_id, table.c.sha256)
        for found in self._connection.execute(query).mappings().all():
            record = FileRecord(**found)
            yield record, self.data(record.organisation_id, record.sha256) or b""


def _named(organisation_id: str, sha256: str) -> sa.ColumnElement[bool]:
    return sa.and_(ledger_files.c.organisation_id == organisation_id, ledger_files.c.sha256 == sha256)
