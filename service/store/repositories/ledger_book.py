"""A book of what some entries touch, from the store: their units, the lots behind these, the entries they reverse.

Rules
1. The book answers the rules of ``certificates.ledger.effects`` for these entries as the whole ledger would, in any
   order; for others it answers nothing.
2. Nothing is read whole that may be long: of a numbering only the positions that share a unit, of a plant's lots only
   those of the other unit, of an account's balance only the sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache

import sqlalchemy as sa

from certificates.ledger.book import Book, Known
from certificates.ledger.entries import (
    NOBODY,
    Acquire,
    Assert,
    Entry,
    EntryUnreadable,
    Reverse,
    Transfer,
)
from certificates.ledger.instruments import Kind, instrument, instruments
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Change, Position, State
from certificates.ledger.quantity import Quantity, Unit
from certificates.ledger.spans import Span
from service.store.ledger_tables import ledger_lots, ledger_positions
from service.store.repositories.ledger_earlier import assertions, chunks, contents, earlier
from service.store.repositories.ledger_rows import POSITION, entry_of, position_of

SOME_RIVALS = 10
"""How many rivals of a lot are told, at most."""
Balance = tuple[str, Kind, date]


class StoredBook(Book):
    """A book that continues a stored ledger: entries recorded in it follow entry number ``sequence``."""

    def __init__(self, sequence: int) -> None:
        super().__init__(sequence)
        self._contents: dict[int, str] = {}
        self._balances: dict[Balance, int] = {}
        self._done: list[tuple[Entry, Change]] = []
        self._of_plant: dict[tuple[str, Unit], list[tuple[int, Lot]]] = defaultdict(list)

    def know_content(self, sequence: int, content: str) -> None:
        """Put in the stored content of an entry; it is read when its lot, or the entry, is asked for."""
        self._contents[sequence] = content

    def know_lot(self, sequence: int, lot: Lot) -> None:
        """As :meth:`Book.know_lot`; a plant's lots are kept by their unit, too."""
        super().know_lot(sequence, lot)
        if lot.electricity:
            self._of_plant[lot.electricity, instrument(lot.kind).unit].append((sequence, lot))

    def know_balance(self, asked: Balance, count: int) -> None:
        """Put in how many units an account held of a kind at the end of a day, before the entries recorded here."""
        self._balances[asked] = count

    def record(self, entry: Entry, today: date) -> Change:
        """As :meth:`Book.record`."""
        change = super().record(entry, today)
        self._done.append((entry, change))
        return change

    def lot(self, sequence: int) -> Lot:
        """As :meth:`Book.lot`. Raises KeyError, and EntryUnreadable for damaged content."""
        if sequence not in self._lots and sequence in self._contents:
            self._lots[sequence] = lot_of(self._contents[sequence])
        return super().lot(sequence)

    def entry(self, sequence: int) -> Entry:
        """As :meth:`Book.entry`. Raises KeyError, and EntryUnreadable for damaged content."""
        if sequence not in self._entries and sequence in self._contents:
            return entry_of(self._contents[sequence])
        return super().entry(sequence)

    def balance(self, account: str, kind: Kind, on: date) -> Quantity:
        """What the account held before, and what the entries recorded here have changed in it (rule 2)."""
        count = self._balances[account, kind, on]
        for entry, change in self._done:
            if entry.on <= on:
                count += self._counted(change.opened, account, kind)
                count -= self._counted(change.closed, account, kind)
        return instrument(kind).quantity(count)

    def _counted(self, positions: Iterable[Position], account: str, kind: Kind) -> int:
        return sum(
            one.span.count
            for one in positions
            if one.account == account and one.state is not State.RETIRED and self.lot(one.lot).kind is kind
        )

    def rivals(self, lot: Lot) -> tuple[Lot, ...]:
        """As :meth:`Book.rivals`, without looking at the plant's lots of the same unit."""
        return tuple(
            one
            for unit in _others(lot.kind)
            for number, one in self._of_plant.get((lot.electricity, unit), ())
            if self._open_of_lot[number]
            and one.vintage_start <= lot.vintage_end
            and lot.vintage_start <= one.vintage_end
        )


def lot_of(content: str) -> Lot:
    """The lot of the stored content of an Acquire. Raises EntryUnreadable."""
    entry = entry_of(content)
    if not isinstance(entry, Acquire):
        raise EntryUnreadable("it acquires no lot")
    return entry.lot


def load(connection: sa.Connection, entries: Sequence[Entry], head: int) -> StoredBook:
    """The book of what ``entries`` touch, after entry number ``head``. Raises EntryUnreadable for damaged content."""
    book = StoredBook(head)
    spans = [span for entry in entries for span in _spans(entry)]
    reversed_ = {entry.entry for entry in entries if isinstance(entry, Reverse) and 0 < entry.entry <= head}
    lots: set[int] = set()
    accounts = {entry.account for entry in entries} | {one.to for one in entries if isinstance(one, Transfer)}
    for number, (entry, change, by) in earlier(connection, reversed_).items():
        book.know_entry(number, entry, change, by)
        spans += [one.span for one in change.opened]
        lots |= {one.lot for one in (*change.closed, *change.opened)}
        accounts |= {one.account for one in (*change.closed, *change.opened)}
    positions = {(one.opened_by, one.place): one for one in _sharing(connection, spans)}
    for number, content in _rivals(connection, entries).items():
        book.know_lot(number, lot_of(content))
        positions |= {(one.opened_by, one.place): one for one in _open_of(connection, number)}
    for one in positions.values():
        book.know(Known(one))
    lots |= {one.lot for one in positions.values()}
    retired = {one.opened_by for one in positions.values() if one.state is State.RETIRED}
    for number, content in contents(connection, lots | retired).items():
        book.know_content(number, content)
    for number, assertion in assertions(connection, accounts):
        book.know_assertion(number, assertion)
    for asked in {(one.account, one.kind, one.on) for one in entries if isinstance(one, Assert)}:
        book.know_balance(asked, _balance(connection, *asked))
    return book


def _spans(entry: Entry) -> tuple[Span, ...]:
    """The units an entry names itself."""
    if isinstance(entry, Acquire):
        return (entry.lot.span,)
    return () if isinstance(entry, Reverse | Assert) else (entry.span,)


def _sharing(connection: sa.Connection, spans: Iterable[Span]) -> Iterator[Position]:
    """Open positions that share a unit with one of ``spans``."""
    postgresql = connection.dialect.name == "postgresql"
    for some in chunks(sorted(set(spans), key=_place)):
        values = [value for one in some for value in (one.space, one.first, one.last)]
        rows = connection.exec_driver_sql(_sharing_sql(len(some), postgresql), tuple(values))
        for row in rows:
            *most, day = row
            yield position_of((*most, day if postgresql else date.fromisoformat(day)))


def _place(span: Span) -> tuple[str, int, int]:
    return span.space, span.first, span.last


_SHARING = """WITH asked(space, "first", "last") AS (VALUES ASKED)
SELECT DISTINCT COLUMNS FROM asked a JOIN ledger_positions p ON p.space = a.space AND p.closed_by IS NULL
AND p."last" >= a."first" AND p."first" <= a."last" AND p."first" >= COALESCE(
  (SELECT max(q."first") FROM ledger_positions q
   WHERE q.space = a.space AND q.closed_by IS NULL AND q."first" <= a."first"), a."first")"""
"""Open positions never share units: only the last that begins before a span may reach into it from the left."""


@cache
def _sharing_sql(count: int, postgresql: bool) -> str:
    mark = "(%s::text, %s::bigint, %s::bigint)" if postgresql else "(?, ?, ?)"
    names = ", ".join(f'p."{column.name}"' for column in POSITION)
    return _SHARING.replace("ASKED", ", ".join([mark] * count)).replace("COLUMNS", names)


def _rivals(connection: sa.Connection, entries: Sequence[Entry]) -> dict[int, str]:
    """Content of lots of the other unit that rest on the same electricity; as many as may matter after the entries."""
    asked = {
        (lot.electricity, unit, lot.vintage_start, lot.vintage_end)
        for lot in (entry.lot for entry in entries if isinstance(entry, Acquire))
        if lot.electricity
        for unit in _others(lot.kind)
    }
    known = _plants(connection, asked)
    numbers: set[int] = set()
    for electricity, unit, start, end in asked:
        if (electricity, unit) in known:
            query = _rivals_query(electricity, unit, start, end).limit(SOME_RIVALS + len(entries))
            numbers |= {row.sequence for row in connection.execute(query)}
    return contents(connection, numbers)


def _plants(
    connection: sa.Connection, asked: Iterable[tuple[str, Unit, date, date]]
) -> set[tuple[str, Unit]]:
    """The plants asked for that have lots of the unit."""
    table = ledger_lots
    found: set[tuple[str, Unit]] = set()
    wanted: dict[Unit, set[str]] = defaultdict(set)
    for electricity, unit, _, _ in asked:
        wanted[unit].add(electricity)
    for unit, plants in wanted.items():
        for some in chunks(sorted(plants)):
            query = sa.select(table.c.electricity).distinct()
            query = query.where(table.c.electricity.in_(some), table.c.electricity != "")
            query = query.where(table.c.kind.in_(_kinds(unit)))
            found |= {(row.electricity, unit) for row in connection.execute(query)}
    return found


def _rivals_query(electricity: str, unit: Unit, start: date, end: date) -> sa.Select[tuple[int]]:
    lots, positions = ledger_lots, ledger_positions
    held = sa.exists().where(
        positions.c.lot == lots.c.sequence,
        positions.c.closed_by.is_(None),
        positions.c.account != NOBODY,
    )
    return (
        sa.select(lots.c.sequence)
        .where(lots.c.electricity == electricity, lots.c.electricity != "", lots.c.kind.in_(_kinds(unit)))
        .where(lots.c.vintage_start <= end, lots.c.vintage_end >= start, held)
        .order_by(lots.c.sequence)
    )


def _open_of(connection: sa.Connection, lot: int) -> tuple[Position, ...]:
    """Open positions of a lot."""
    table = ledger_positions
    query = sa.select(*POSITION).where(table.c.lot == lot, table.c.closed_by.is_(None))
    return tuple(position_of(row) for row in connection.execute(query))


def _balance(connection: sa.Connection, account: str, kind: Kind, on: date) -> int:
    """Units an account held of a kind, in state held or frozen, at the end of a day."""
    table = ledger_positions
    query = sa.select(sa.func.sum(table.c.last - table.c.first + 1)).where(
        table.c.account == account,
        table.c.kind == kind.value,
        table.c.state != State.RETIRED.value,
        open_on(on),
    )
    return int(connection.execute(query).scalar() or 0)


def open_on(day: date) -> sa.ColumnElement[bool]:
    """Positions open at the end of a day: rule 2 of ``certificates.ledger.book``."""
    table = ledger_positions
    return sa.and_(table.c.opened_on <= day, sa.or_(table.c.closed_on.is_(None), table.c.closed_on > day))


@cache
def _others(kind: Kind) -> tuple[Unit, ...]:
    """The units that a kind is not counted in."""
    return tuple(unit for unit in Unit if unit is not instrument(kind).unit)


@cache
def _kinds(unit: Unit) -> tuple[str, ...]:
    """Kinds counted in a unit."""
    return tuple(kind.value for kind, one in instruments().items() if one.unit is unit)
