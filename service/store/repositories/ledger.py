"""The ledger as stored: entries in one chain, the positions folded from them, and what positions are used for.

Rules
1. :meth:`Ledger.append` is the only way in: entries with the changes that ``certificates.ledger.effects`` allowed, in
   the transaction in which :meth:`Ledger.book` was loaded.
2. The counter ``ledger`` says how many entries there are, so that a chain cut at its end is seen.
3. A position is used once at a time (``ledger_uses``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from certificates.ledger import links
from certificates.ledger.book import Known
from certificates.ledger.entries import Acquire, Entry, Reverse, name_of
from certificates.ledger.instruments import Kind
from service.store.ledger_records import EntryRecord, Holding, LotRecord
from service.store.ledger_tables import (
    ledger_entries,
    ledger_files,
    ledger_lots,
    ledger_positions,
    ledger_uses,
)
from service.store.repositories import ledger_book, ledger_rows
from service.store.repositories.counters import count
from service.store.repositories.ledger_book import StoredBook, open_on
from service.store.repositories.ledger_earlier import chunks
from service.store.repositories.ledger_rows import POSITION, Binder, Recorded, Row, position_of
from service.store.repositories.ledger_uses import Uses, key_of
from service.store.tables import counters

COUNTER = "ledger"
_LOT = [column.label(f"lot_{column.name}") for column in ledger_lots.c]
_HOLDING = [*POSITION, ledger_positions.c.closed_by, ledger_positions.c.closed_on, ledger_uses.c.dossier_id]
_HEAD = (
    sa.select(counters.c.value, ledger_entries.c.link)
    .select_from(counters.outerjoin(ledger_entries, ledger_entries.c.sequence == counters.c.value))
    .where(counters.c.name == COUNTER)
)
_AT_ONCE = 5000


class LedgerMoved(Exception):
    """A position to be closed is not open any more: the book was not loaded in this transaction."""


class Ledger(Uses):
    """Append, look, and use."""

    # ---------- recording ----------

    def head(self) -> tuple[int, str]:
        """Number and link of the last entry; 0 and an empty link before the first."""
        found = self._connection.execute(_HEAD).first()
        return (int(found.value), found.link or "") if found else (0, "")

    def book(self, entries: Sequence[Entry], head: int | None = None) -> StoredBook:
        """The book of everything ``entries`` touch, after entry ``head`` where the caller has just looked it up.

        Raises EntryUnreadable for damaged content.
        """
        return ledger_book.load(self._connection, entries, self.head()[0] if head is None else head)

    def append(
        self,
        recorded: Sequence[Recorded],
        person_id: str,
        at: datetime,
        contents: Sequence[str] | None = None,
    ) -> str:
        """Add entries with what they change; the last one's link. ``contents`` are theirs where they are made already.

        Raises ValueError for none, LedgerMoved.
        """
        if not recorded:
            raise ValueError("Nothing is no entry.")
        last, previous = self.head()
        first, bind = last + 1, Binder(self._connection.dialect)
        if contents is None:
            contents = [links.content_of(entry) for entry, _ in recorded]
        rows: list[Row] = []
        told, moment = at.astimezone(UTC).isoformat(), bind.moment(at)
        for number, ((entry, _), content) in enumerate(zip(recorded, contents, strict=True), first):
            previous = links.link(number, told, person_id, content, previous)
            head = (number, name_of(entry), entry.account, bind.day(entry.on))
            reverses = entry.entry if isinstance(entry, Reverse) else None
            rows.append((*head, content, previous, person_id, moment, reverses))
        count(self._connection, COUNTER, len(rows))
        ledger_rows.insert(self._connection, ledger_entries, rows)
        ledger_rows.insert(self._connection, ledger_lots, ledger_rows.lot_rows(recorded, first, bind))
        for closings, opened in ledger_rows.waves(recorded, first, self._kinds(recorded, first), bind):
            if ledger_rows.close(self._connection, closings) != len(closings):
                raise LedgerMoved
            ledger_rows.insert(self._connection, ledger_positions, opened)
        return previous

    def _kinds(self, recorded: Sequence[Recorded], first: int) -> dict[int, Kind]:
        """Kinds of the lots behind everything that is opened."""
        known = {
            number: entry.lot.kind
            for number, (entry, _) in enumerate(recorded, first)
            if isinstance(entry, Acquire)
        }
        wanted = {one.lot for _, change in recorded for one in change.opened} - known.keys()
        query = sa.select(ledger_lots.c.sequence, ledger_lots.c.kind)
        for some in chunks(sorted(wanted)):
            found = self._connection.execute(query.where(ledger_lots.c.sequence.in_(some)))
            known |= {one.sequence: Kind(one.kind) for one in found}
        return known

    # ---------- entries ----------

    def entry(self, sequence: int) -> EntryRecord | None:
        """One entry, or None."""
        query = sa.select(ledger_entries).where(ledger_entries.c.sequence == sequence)
        found = self._connection.execute(query).mappings().first()
        return EntryRecord(**found) if found else None

    def entries(
        self, *, account: str = "", first: int = 1, limit: int | None = None
    ) -> tuple[EntryRecord, ...]:
        """Entries in order from number ``first``, recorded in an account or all."""
        table = ledger_entries
        query = sa.select(table).where(table.c.sequence >= first).order_by(table.c.sequence).limit(limit)
        if account:
            query = query.where(table.c.account == account)
        return tuple(EntryRecord(**found) for found in self._connection.execute(query).mappings())

    def received(self, account: str) -> tuple[EntryRecord, ...]:
        """Entries of others that opened a position in this account, in order."""
        entries, positions = ledger_entries, ledger_positions
        here = sa.select(positions.c.opened_by).where(positions.c.account == account)
        query = (
            sa.select(entries)
            .where(entries.c.sequence.in_(here), entries.c.account != account)
            .order_by(entries.c.sequence)
        )
        return tuple(EntryRecord(**found) for found in self._connection.execute(query).mappings())

    def of_lot(self, sequence: int) -> tuple[EntryRecord, ...]:
        """Every entry that touched units of a lot, in order."""
        table = ledger_positions
        opened = sa.select(table.c.opened_by).where(table.c.lot == sequence)
        closed = sa.select(table.c.closed_by).where(table.c.lot == sequence, table.c.closed_by.is_not(None))
        query = (
            sa.select(ledger_entries)
            .where(ledger_entries.c.sequence.in_(opened.union(closed)))
            .order_by(ledger_entries.c.sequence)
        )
        return tuple(EntryRecord(**found) for found in self._connection.execute(query).mappings())

    def reversals(self, numbers: Collection[int]) -> dict[int, int]:
        """Which of these entries were reversed, and by which."""
        table = ledger_entries
        query = sa.select(table.c.reverses, table.c.sequence)
        found: dict[int, int] = {}
        for some in chunks(sorted(numbers)):
            found |= {
                one.reverses: one.sequence
                for one in self._connection.execute(query.where(table.c.reverses.in_(some)))
            }
        return found

    def stream(self) -> Iterator[EntryRecord]:
        """All entries in order, some at a time."""
        first = 0
        while found := self.entries(first=first + 1, limit=_AT_ONCE):
            yield from found
            first = found[-1].sequence

    def stored_files(self, organisation_id: str, hashes: Collection[str]) -> set[str]:
        """Which of these hashes are of evidence that the organisation has stored."""
        table = ledger_files
        query = sa.select(table.c.sha256).where(table.c.organisation_id == organisation_id)
        found: set[str] = set()
        for some in chunks(sorted(hashes)):
            found |= {row.sha256 for row in self._connection.execute(query.where(table.c.sha256.in_(some)))}
        return found

    # ---------- positions ----------

    def holdings(self, account: str, on: date, *, kind: str = "", state: str = "") -> tuple[Holding, ...]:
        """What an account had at the end of a day, in order of numbering; of one kind or state where named."""
        table = ledger_positions
        query = _holdings().where(table.c.account == account, open_on(on))
        if kind:
            query = query.where(table.c.kind == kind)
        if state:
            query = query.where(table.c.state == state)
        found = self._connection.execute(query.order_by(table.c.space, table.c.first))
        return tuple(_holding(one) for one in found)

    def totals(self, account: str, on: date) -> dict[tuple[str, str], int]:
        """How many units an account had at the end of a day, by kind and state."""
        table = ledger_positions
        query = (
            sa.select(table.c.kind, table.c.state, sa.func.sum(table.c.last - table.c.first + 1))
            .where(table.c.account == account, open_on(on))
            .group_by(table.c.kind, table.c.state)
            .order_by(table.c.kind, table.c.state)
        )
        return {(kind, state): int(count) for kind, state, count in self._connection.execute(query)}

    def position(self, key: str) -> Holding | None:
        """A position by its key (``entry.place``), open or closed, or None."""
        place = key_of(key)
        if place is None:
            return None
        table = ledger_positions
        query = _holdings().where(table.c.opened_by == place[0], table.c.place == place[1])
        found = self._connection.execute(query).first()
        return _holding(found) if found else None

    def of_lot_held(self, sequence: int, account: str) -> tuple[Holding, ...]:
        """Positions of a lot that an account has or had, in the order they were opened."""
        table = ledger_positions
        query = _holdings().where(table.c.lot == sequence, table.c.account == account)
        found = self._connection.execute(query.order_by(table.c.opened_by, table.c.place))
        return tuple(_holding(one) for one in found)

    def lot(self, sequence: int) -> LotRecord | None:
        """One lot, or None."""
        query = sa.select(ledger_lots).where(ledger_lots.c.sequence == sequence)
        found = self._connection.execute(query).mappings().first()
        return LotRecord(**found) if found else None

    def every_lot(self) -> Iterator[LotRecord]:
        """All lots in order, for the check of the whole ledger."""
        query = sa.select(ledger_lots).order_by(ledger_lots.c.sequence)
        for found in self._connection.execute(query).yield_per(_AT_ONCE).mappings():
            yield LotRecord(**found)

    def every_position(self) -> Iterator[tuple[str, Known | None, str]]:
        """Key, position and kind of every row, for the check of the whole ledger; None for one that cannot be read."""
        table = ledger_positions
        query = sa.select(*POSITION, table.c.closed_by, table.c.closed_on, table.c.kind)
        query = query.order_by(table.c.opened_by, table.c.place)
        for found in self._connection.execute(query).yield_per(_AT_ONCE):
            try:
                known = Known(position_of(found), found.closed_by, found.closed_on)
            except (KeyError, ValueError):
                known = None
            yield f"{found.opened_by}.{found.place}", known, found.kind


def _holdings() -> sa.Select[Any]:
    positions, uses = ledger_positions, ledger_uses
    used = sa.and_(
        uses.c.opened_by == positions.c.opened_by,
        uses.c.place == positions.c.place,
        uses.c.closed_at.is_(None),
    )
    there = positions.join(ledger_lots, ledger_lots.c.sequence == positions.c.lot).outerjoin(uses, used)
    return sa.select(*_HOLDING, *_LOT).select_from(there)


def _holding(found: Any) -> Holding:
    closed_by, closed_on, used_by = found[10:13]
    return Holding(position_of(found), LotRecord(*found[13:]), used_by or "", closed_by, closed_on)
