"""CBAM: installations with their versions, what was calculated and handed out, shipments to importers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from service.store.cbam_tables import (
    cbam_calculations,
    cbam_documents,
    cbam_installations,
    cbam_shipments,
    cbam_versions,
)
from service.store.records import (
    CbamCalculation,
    CbamDocument,
    CbamInstallation,
    CbamShipment,
    CbamVersion,
)
from service.store.repositories.rows import row

_VERSION = [column for column in cbam_versions.c if column.name != "upload"]
_VERSION_HEAD = [column for column in _VERSION if column.name not in ("content", "findings")]
_CALCULATION_HEAD = [column for column in cbam_calculations.c if column.name != "content"]


MOST = 2**31 - 1
"""The largest whole number a column holds; a larger one is nobody's version, and no database is asked for it."""


class CbamInstallations:
    """Installations and their versions; ``append`` is the only way to new data and locks optimistically."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: CbamInstallation) -> None:
        """Insert an installation; its first version follows with :meth:`append` from version 0."""
        self._connection.execute(sa.insert(cbam_installations).values(row(cbam_installations, record)))

    def get(self, key: str) -> CbamInstallation | None:
        """One installation, or None."""
        query = sa.select(cbam_installations).where(cbam_installations.c.id == key)
        found = self._connection.execute(query).mappings().first()
        return CbamInstallation(**found) if found else None

    def list_(
        self, *, exporter_id: str | None = None, institution_id: str | None = None
    ) -> tuple[CbamInstallation, ...]:
        """Newest first, of an exporter or shared with an institution; raises ValueError when neither is named."""
        table = cbam_installations
        if exporter_id is None and institution_id is None:
            raise ValueError("Installations are listed for somebody, never all of them.")
        query = sa.select(table).order_by(table.c.created_at.desc(), table.c.id)
        if exporter_id is not None:
            query = query.where(table.c.exporter_id == exporter_id)
        if institution_id is not None:
            query = query.where(table.c.institution_id == institution_id)
        return tuple(CbamInstallation(**found) for found in self._connection.execute(query).mappings())

    def every(self) -> tuple[CbamInstallation, ...]:
        """All installations, for the check of the whole store only."""
        query = sa.select(cbam_installations).order_by(cbam_installations.c.id)
        return tuple(CbamInstallation(**found) for found in self._connection.execute(query).mappings())

    def share(self, key: str, institution_id: str | None) -> None:
        """Let an institution see it, or none."""
        table = cbam_installations
        self._connection.execute(
            sa.update(table).where(table.c.id == key).values(institution_id=institution_id)
        )

    def append(self, record: CbamVersion, names: dict[str, str], upload: bytes | None) -> bool:
        """Add the next version, with the installation's names as the data has them now; False, and nothing is
        written, when the installation is not at the version before.
        """
        table = cbam_installations
        done = self._connection.execute(
            sa.update(table)
            .where(table.c.id == record.installation_id, table.c.version == record.number - 1)
            .values(version=record.number, **names)
        )
        if done.rowcount != 1:
            return False
        values = row(cbam_versions, record, but="upload") | {"upload": upload}
        self._connection.execute(sa.insert(cbam_versions).values(values))
        return True

    def version(self, installation_id: str, number: int) -> CbamVersion | None:
        """One version with its content, or None."""
        if not 0 < number <= MOST:
            return None
        query = sa.select(*_VERSION).where(
            cbam_versions.c.installation_id == installation_id, cbam_versions.c.number == number
        )
        found = self._connection.execute(query).mappings().first()
        return CbamVersion(**found) if found else None

    def versions(self, installation_id: str, *, contents: bool = False) -> tuple[CbamVersion, ...]:
        """Newest first; ``content`` and ``findings`` are empty unless asked for."""
        query = (
            sa.select(*(_VERSION if contents else _VERSION_HEAD))
            .where(cbam_versions.c.installation_id == installation_id)
            .order_by(cbam_versions.c.number.desc())
        )
        found = self._connection.execute(query).mappings()
        return tuple(CbamVersion(**({"content": {}, "findings": []} | dict(one))) for one in found)

    def upload(self, version_id: str) -> bytes | None:
        """The file a version came from, or None."""
        query = sa.select(cbam_versions.c.upload).where(cbam_versions.c.id == version_id)
        value: bytes | None = self._connection.execute(query).scalar()
        return value


class CbamResults:
    """Calculations and the register of documents: written once, never changed."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: CbamCalculation) -> None:
        """Insert a calculation."""
        self._connection.execute(sa.insert(cbam_calculations).values(row(cbam_calculations, record)))

    def get(self, key: str) -> CbamCalculation | None:
        """One calculation, or None."""
        query = sa.select(cbam_calculations).where(cbam_calculations.c.id == key)
        found = self._connection.execute(query).mappings().first()
        return CbamCalculation(**found) if found else None

    def find(self, version_id: str, path: str, tables_digest: str, engine: str) -> CbamCalculation | None:
        """The calculation of exactly this, or None."""
        table = cbam_calculations
        query = sa.select(table).where(
            table.c.version_id == version_id,
            table.c.path == path,
            table.c.tables_digest == tables_digest,
            table.c.engine == engine,
        )
        found = self._connection.execute(query).mappings().first()
        return CbamCalculation(**found) if found else None

    def newest(self, version_id: str, path: str, engine: str, *, but_tables: str) -> CbamCalculation | None:
        """The newest calculation of a version on a path with other tables than ``but_tables``; or None."""
        table = cbam_calculations
        query = (
            sa.select(table)
            .where(
                table.c.version_id == version_id,
                table.c.path == path,
                table.c.engine == engine,
                table.c.tables_digest != but_tables,
            )
            .order_by(table.c.created_at.desc(), table.c.id)
            .limit(1)
        )
        found = self._connection.execute(query).mappings().first()
        return CbamCalculation(**found) if found else None

    def of_installation(self, installation_id: str) -> tuple[CbamCalculation, ...]:
        """Calculations of all its versions without content, newest first."""
        table = cbam_calculations
        query = (
            sa.select(*_CALCULATION_HEAD)
            .join(cbam_versions, cbam_versions.c.id == table.c.version_id)
            .where(cbam_versions.c.installation_id == installation_id)
            .order_by(table.c.created_at.desc(), table.c.id)
        )
        found = self._connection.execute(query).mappings()
        return tuple(CbamCalculation(**({"content": {}} | dict(one))) for one in found)

    def every(self) -> tuple[CbamCalculation, ...]:
        """All calculations, for the check of the whole store only."""
        query = sa.select(cbam_calculations).order_by(cbam_calculations.c.id)
        return tuple(CbamCalculation(**found) for found in self._connection.execute(query).mappings())

    def add_document(self, record: CbamDocument) -> None:
        """Register a document that is handed out."""
        self._connection.execute(sa.insert(cbam_documents).values(row(cbam_documents, record)))

    def documents(self, installation_id: str = "") -> tuple[CbamDocument, ...]:
        """Documents of an installation, newest first; all of them for the check of the whole store."""
        table = cbam_documents
        query = sa.select(table).order_by(table.c.created_at.desc(), table.c.id)
        if installation_id:
            query = query.join(cbam_versions, cbam_versions.c.id == table.c.version_id).where(
                cbam_versions.c.installation_id == installation_id
            )
        return tuple(CbamDocument(**found) for found in self._connection.execute(query).mappings())


class CbamShipments:
    """Shipments of an exporter; masses are kept as the decimal they were given as."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: CbamShipment) -> None:
        """Insert a shipment."""
        self._connection.execute(sa.insert(cbam_shipments).values(_shipment_row(record)))

    def get(self, key: str) -> CbamShipment | None:
        """One shipment, or None."""
        query = sa.select(cbam_shipments).where(cbam_shipments.c.id == key)
        found = self._connection.execute(query).mappings().first()
        return _shipment(dict(found)) if found else None

    def list_(
        self, exporter_id: str, *, importer: str = "", year: int | None = None
    ) -> tuple[CbamShipment, ...]:
        """An exporter's shipments, latest import first; of one importer or year where named."""
        table = cbam_shipments
        query = (
            sa.select(table)
            .where(table.c.exporter_id == exporter_id)
            .order_by(table.c.imported_on.desc(), table.c.id)
        )
        if importer:
            query = query.where(table.c.importer == importer)
        if year is not None:
            query = query.where(table.c.imported_on.between(date(year, 1, 1), date(year, 12, 31)))
        return tuple(_shipment(dict(found)) for found in self._connection.execute(query).mappings())

    def every(self) -> tuple[CbamShipment, ...]:
        """All shipments, for the check of the whole store only."""
        query = sa.select(cbam_shipments).order_by(cbam_shipments.c.id)
        return tuple(_shipment(dict(found)) for found in self._connection.execute(query).mappings())

    def change(self, record: CbamShipment) -> bool:
        """Replace it, if it is still at ``record.version``, and raise that; False when it is not."""
        if not 0 < record.version < MOST:
            return False
        table = cbam_shipments
        values = _shipment_row(replace(record, version=record.version + 1))
        done = self._connection.execute(
            sa.update(table).where(table.c.id == record.id, table.c.version == record.version).values(values)
        )
        return done.rowcount == 1

    def remove(self, key: str, version: int) -> bool:
        """Delete it, if it is still at ``version``; False when it is not."""
        if not 0 < version < MOST:
            return False
        table = cbam_shipments
        done = self._connection.execute(sa.delete(table).where(table.c.id == key, table.c.version == version))
        return done.rowcount == 1


def _shipment_row(record: CbamShipment) -> dict[str, Any]:
    return row(cbam_shipments, record) | {"net_mass_kg": str(record.net_mass_kg)}


def _shipment(found: dict[str, Any]) -> CbamShipment:
    return CbamShipment(**(found | {"net_mass_kg": Decimal(found["net_mass_kg"])}))
