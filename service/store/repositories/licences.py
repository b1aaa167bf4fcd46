"""Licences for restricted releases: events by release name and organisation, never changed; the last one counts."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.records import LicenceEvent
from service.store.repositories.rows import row
from service.store.tables import release_licences as table

_COLUMNS = [column for column in table.c if column.name != "sequence"]


class Licences:
    """Append and ask."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append(self, event: LicenceEvent) -> None:
        """Write an event; from now on it counts for this release and organisation."""
        same = (table.c.release == event.release, table.c.organisation_id == event.organisation_id)
        last = sa.select(sa.func.coalesce(sa.func.max(table.c.sequence), 0)).where(*same)
        sequence = self._connection.execute(last).scalar_one() + 1
        values = row(table, event, but="sequence") | {"sequence": sequence}
        self._connection.execute(sa.insert(table).values(values))

    def last(self, release: str, organisation_id: str) -> LicenceEvent | None:
        """The event that counts for this release name and organisation, or None."""
        query = (
            sa.select(*_COLUMNS)
            .where(table.c.release == release, table.c.organisation_id == organisation_id)
            .order_by(table.c.sequence.desc())
            .limit(1)
        )
        found = self._connection.execute(query).mappings().first()
        return LicenceEvent(**found) if found else None

    def holds(self, release: str, organisation_id: str) -> bool:
        """True when the event that counts grants the licence."""
        last = self.last(release, organisation_id)
        return last is not None and last.granted

    def known(self, release: str) -> bool:
        """True when anybody ever had an event for this name."""
        query = sa.select(table.c.sequence).where(table.c.release == release).limit(1)
        return self._connection.execute(query).first() is not None

    def events(self, release: str = "") -> tuple[LicenceEvent, ...]:
        """Events in order, of one release name or all."""
        query = sa.select(*_COLUMNS).order_by(
            table.c.release, table.c.at, table.c.organisation_id, table.c.sequence
        )
        if release:
            query = query.where(table.c.release == release)
        return tuple(LicenceEvent(**found) for found in self._connection.execute(query).mappings())
