"""What positions of the ledger are used for: each once at a time; a use is released, never deleted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from certificates.ledger.spans import Span
from service.store.ledger_records import UseRecord
from service.store.ledger_tables import ledger_positions, ledger_uses
from service.store.repositories.ledger_earlier import chunks
from service.store.repositories.rows import row


class PositionTaken(Exception):
    """The position is in use already."""


def key_of(key: str) -> tuple[int, int] | None:
    """Entry and place of a position's key; None for a text that is none."""
    number, dot, place = key.partition(".")
    if not dot or not (number + place).isascii() or not (number.isdigit() and place.isdigit()):
        return None
    made = int(number), int(place)
    return made if len(number) <= 18 and len(place) <= 9 and key == f"{made[0]}.{made[1]}" else None


class Uses:
    """Take into use, release, list."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def use(self, position: str, dossier_id: str, purpose: str, person_id: str, at: datetime) -> None:
        """Take a position into use by a dossier (rule 3). Raises PositionTaken, and KeyError for no position."""
        place = key_of(position)
        if place is None:
            raise KeyError(position)
        there = sa.select(ledger_positions.c.lot).where(
            ledger_positions.c.opened_by == place[0], ledger_positions.c.place == place[1]
        )
        if self._connection.execute(there).first() is None:
            raise KeyError(position)
        if self.uses_at([position]):
            raise PositionTaken(position)
        record = UseRecord(
            id=uuid.uuid4().hex,
            opened_by=place[0],
            place=place[1],
            dossier_id=dossier_id,
            purpose=purpose,
            person_id=person_id,
            at=at,
            closed_at=None,
        )
        try:
            self._connection.execute(sa.insert(ledger_uses).values(row(ledger_uses, record)))
        except sa.exc.IntegrityError as error:
            raise PositionTaken(position) from error

    def release(self, dossier_id: str, at: datetime, positions: Iterable[str] | None = None) -> None:
        """End the dossier's open uses, of these positions or of all."""
        table = ledger_uses
        query = sa.update(table).where(table.c.dossier_id == dossier_id, table.c.closed_at.is_(None))
        if positions is not None:
            places = [place for one in positions if (place := key_of(one)) is not None]
            query = query.where(sa.tuple_(table.c.opened_by, table.c.place).in_(places))
        self._connection.execute(query.values(closed_at=at))

    def uses_of(self, dossier_id: str) -> tuple[UseRecord, ...]:
        """Open uses of a dossier, in the order they began."""
        table = ledger_uses
        return self._uses(table.c.dossier_id == dossier_id, table.c.closed_at.is_(None))

    def uses_at(self, positions: Iterable[str]) -> tuple[UseRecord, ...]:
        """Open uses of positions."""
        table = ledger_uses
        found: list[UseRecord] = []
        places = sorted({place for one in positions if (place := key_of(one)) is not None})
        for some in chunks(places):
            found += self._uses(
                sa.tuple_(table.c.opened_by, table.c.place).in_(some), table.c.closed_at.is_(None)
            )
        return tuple(found)

    def uses_over(self, span: Span) -> tuple[UseRecord, ...]:
        """Open uses of any position, open or closed, that shares a unit with ``span``."""
        uses, there = ledger_uses, ledger_positions
        query = (
            sa.select(*uses.c)
            .join(there, sa.and_(there.c.opened_by == uses.c.opened_by, there.c.place == uses.c.place))
            .where(uses.c.closed_at.is_(None), there.c.space == span.space)
            .where(there.c.first <= span.last, there.c.last >= span.first)
            .order_by(uses.c.at, uses.c.id)
        )
        return tuple(UseRecord(**found) for found in self._connection.execute(query).mappings())

    def uses_left(self) -> tuple[tuple[Span, str], ...]:
        """Units whose position an entry closed while a dossier used it, with the dossier, which still does."""
        uses, there = ledger_uses, ledger_positions
        query = (
            sa.select(there.c.space, there.c.first, there.c.last, uses.c.dossier_id)
            .join(there, sa.and_(there.c.opened_by == uses.c.opened_by, there.c.place == uses.c.place))
            .where(uses.c.closed_at.is_(None), there.c.closed_by.is_not(None))
            .order_by(uses.c.at, uses.c.id)
        )
        found = self._connection.execute(query)
        return tuple((Span(space, first, last), dossier) for space, first, last, dossier in found)

    def every_use(self) -> tuple[UseRecord, ...]:
        """All uses, ended ones too, for the check of the whole ledger."""
        return self._uses()

    def _uses(self, *where: sa.ColumnElement[bool]) -> tuple[UseRecord, ...]:
        query = sa.select(ledger_uses).where(*where).order_by(ledger_uses.c.at, ledger_uses.c.id)
        return tuple(UseRecord(**found) for found in self._connection.execute(query).mappings())
