"""Dossiers: purchases, power balances, claims. A dossier says how it stands; its versions are written once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.store.ledger_records import DossierRecord, DossierVersion
from service.store.ledger_tables import ledger_dossier_versions, ledger_dossiers
from service.store.repositories.rows import row

_HEAD = [column for column in ledger_dossier_versions.c if column.name != "content"]
_MOST = 2**31 - 1
"""The largest whole number a column holds."""


class Dossiers:
    """Dossiers and their versions; ``change`` is the only way to a next version and locks optimistically."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: DossierRecord, version: DossierVersion) -> None:
        """Insert a dossier with its first version."""
        self._connection.execute(sa.insert(ledger_dossiers).values(row(ledger_dossiers, record)))
        self._append(version)

    def get(self, key: str) -> DossierRecord | None:
        """One dossier, or None."""
        query = sa.select(ledger_dossiers).where(ledger_dossiers.c.id == key)
        found = self._connection.execute(query).mappings().first()
        return DossierRecord(**found) if found else None

    def list_(
        self, noun: str, *, organisation_id: str = "", institution_id: str = ""
    ) -> tuple[DossierRecord, ...]:
        """Newest first: an organisation's own, those handed to an institution, or both where both are named.

        Raises ValueError when neither is named.
        """
        table = ledger_dossiers
        if not organisation_id and not institution_id:
            raise ValueError("Dossiers are listed for somebody, never all of them.")
        whose = [table.c.organisation_id == organisation_id] if organisation_id else []
        whose += [table.c.institution_id == institution_id] if institution_id else []
        return self._listed(table.c.noun == noun, sa.or_(*whose))

    def every(self, noun: str = "") -> tuple[DossierRecord, ...]:
        """All dossiers, of one noun where named: for the check of the store and for what watches all of them."""
        return self._listed(*([ledger_dossiers.c.noun == noun] if noun else []))

    def _listed(self, *where: sa.ColumnElement[bool]) -> tuple[DossierRecord, ...]:
        table = ledger_dossiers
        query = sa.select(table).where(*where).order_by(table.c.created_at.desc(), table.c.id)
        return tuple(DossierRecord(**found) for found in self._connection.execute(query).mappings())

    def version(self, dossier_id: str, number: int) -> DossierVersion | None:
        """One version with its content, or None."""
        if not 0 < number <= _MOST:
            return None
        table = ledger_dossier_versions
        query = sa.select(table).where(table.c.dossier_id == dossier_id, table.c.number == number)
        found = self._connection.execute(query).mappings().first()
        return DossierVersion(**found) if found else None

    def versions(self, dossier_id: str, *, contents: bool = False) -> tuple[DossierVersion, ...]:
        """Newest first; ``content`` is empty unless asked for."""
        table = ledger_dossier_versions
        query = (
            sa.select(*(table.c if contents else _HEAD))
            .where(table.c.dossier_id == dossier_id)
            .order_by(table.c.number.desc())
        )
        found = self._connection.execute(query).mappings()
        return tuple(DossierVersion(**({"content": {}} | dict(one))) for one in found)

    def newest(
        self, noun: str, *, organisation_id: str = "", institution_id: str = ""
    ) -> tuple[tuple[DossierRecord, dict[str, Any]], ...]:
        """As :meth:`list_`, each with the content of its newest version; in one query."""
        heads = self.list_(noun, organisation_id=organisation_id, institution_id=institution_id)
        table, whole = ledger_dossier_versions, {one.id: one for one in heads}
        contents: dict[str, dict[str, Any]] = {}
        ids = list(whole)
        for start in range(0, len(ids), 500):
            query = (
                sa.select(table.c.dossier_id, table.c.content)
                .join(ledger_dossiers, ledger_dossiers.c.id == table.c.dossier_id)
                .where(
                    table.c.dossier_id.in_(ids[start : start + 500]),
                    table.c.number == ledger_dossiers.c.version,
                )
            )
            contents |= {found.dossier_id: found.content for found in self._connection.execute(query)}
        return tuple((one, contents[one.id]) for one in heads)

    def change(self, record: DossierRecord, version: DossierVersion) -> bool:
        """Store the next version: ``record`` is the dossier as it stands with it. False, and nothing is written,
        when the dossier is not at the version before.
        """
        table = ledger_dossiers
        values = {name: getattr(record, name) for name in ("status", "title", "institution_id", "version")}
        done = self._connection.execute(
            sa.update(table)
            .where(table.c.id == record.id, table.c.version == version.number - 1)
            .values(values)
        )
        if done.rowcount != 1:
            return False
        self._append(version)
        return True

    def _append(self, version: DossierVersion) -> None:
        table = ledger_dossier_versions
        self._connection.execute(sa.insert(table).values(row(table, version)))
