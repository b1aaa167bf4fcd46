"""Rows of the ledger: from rows to entries and positions, and many rows written at once.

Rules
1. Rows are written by the driver itself, whole tables at a time (COPY on PostgreSQL): a registry's export has 100,000.
2. What a later entry closes is written first: entries are written in waves, none of which closes what it opens.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from certificates.ledger.entries import Acquire, Entry, EntryUnreadable, from_plain
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Change, Position, State
from certificates.ledger.spans import Span
from service.store.columns import UtcDateTime
from service.store.ledger_records import LotRecord
from service.store.ledger_tables import ledger_positions

Recorded = tuple[Entry, Change]
Row = tuple[Any, ...]
Wave = tuple[list[Row], list[Row]]
"""Closings (entry, day, opened_by, place), and rows of positions opened."""
POSITION = [
    ledger_positions.c[name]
    for name in (
        "opened_by",
        "place",
        "space",
        "first",
        "last",
        "account",
        "state",
        "lot",
        "transfers",
        "opened_on",
    )
]
"""The columns :func:`position_of` reads, in this order."""
_CLOSE_ONE = (
    "UPDATE ledger_positions SET closed_by = ?, closed_on = ? "
    "WHERE opened_by = ? AND place = ? AND closed_by IS NULL"
)
_CLOSE_MANY = (
    "UPDATE ledger_positions p SET closed_by = c.number, closed_on = c.day FROM "
    "unnest(%s::bigint[], %s::date[], %s::bigint[], %s::int[]) AS c(number, day, opened_by, place) "
    "WHERE p.opened_by = c.opened_by AND p.place = c.place AND p.closed_by IS NULL"
)
_STATES = {state.value: state for state in State}


def entry_of(content: str) -> Entry:
    """The entry of stored content. Raises EntryUnreadable."""
    try:
        return from_plain(json.loads(content))
    except ValueError as error:
        raise EntryUnreadable(str(error)) from error


def position_of(row: Sequence[Any]) -> Position:
    """The position of a row of the columns :data:`POSITION`."""
    opened_by, place, space, first, last, account, state, lot, transfers, opened_on = row[:10]
    span = Span(space, first, last)
    return Position(opened_by, place, span, account, _STATES[state], lot, transfers, opened_on)


def lot_row(sequence: int, lot: Lot) -> LotRecord:
    """What the store lists of a lot."""
    return LotRecord(
        sequence=sequence,
        kind=lot.kind.value,
        serial=lot.serial,
        project=lot.project,
        name=lot.name,
        country=lot.country,
        technology=lot.technology,
        electricity=lot.electricity,
        vintage_start=lot.vintage_start,
        vintage_end=lot.vintage_end,
        expires_on=lot.expires_on,
    )


class Binder:
    """Days and moments as a driver takes them; they repeat, so each is converted once."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self._process = sa.Date().dialect_impl(dialect).bind_processor(dialect)
        self._moment = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
        self._days: dict[date | None, Any] = {None: None}

    def day(self, value: date | None) -> Any:
        """A day, or nothing."""
        if value not in self._days:
            self._days[value] = self._process(value) if self._process else value
        return self._days[value]

    def moment(self, value: datetime) -> Any:
        """A moment, which has a zone."""
        return self._moment(value) if self._moment else value


def lot_rows(recorded: Iterable[Recorded], first: int, bind: Binder) -> list[Row]:
    """Rows of the lots that entries from number ``first`` on acquire."""
    rows, day, expiry = [], bind.day, cache(lambda kind, start: instrument(kind).expires_on(start))
    for number, (entry, _) in enumerate(recorded, first):
        if isinstance(entry, Acquire):
            lot = entry.lot
            told = (lot.kind.value, lot.serial, lot.project, lot.name, lot.country, lot.technology)
            days = (lot.vintage_start, lot.vintage_end, expiry(lot.kind, lot.vintage_start))
            rows.append((number, *told, lot.electricity, *map(day, days)))
    return rows


def waves(recorded: Iterable[Recorded], first: int, kinds: Mapping[int, Kind], bind: Binder) -> list[Wave]:
    """Rule 2: what entries from number ``first`` on close and open; ``kinds`` of lots."""
    made: list[Wave] = [([], [])]
    wave_of: dict[int, int] = {}
    day = bind.day
    for number, (entry, change) in enumerate(recorded, first):
        wave = max((wave_of.get(one.opened_by, -1) + 1 for one in change.closed), default=0)
        wave_of[number] = wave
        if len(made) <= wave:
            made.append(([], []))
        closed, opened = made[wave]
        for one in change.closed:
            closed.append((number, day(entry.on), one.opened_by, one.place))
        for one in change.opened:
            span, kind = one.span, kinds[one.lot].value
            units = (one.opened_by, one.place, span.space, span.first, span.last)
            opened.append(
                (*units, one.account, one.state.value, kind, one.lot, one.transfers, day(one.opened_on))
            )
    return made


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Rule 1: rows with bound values of the table's first columns, in order; the other columns stay empty."""
    if not rows:
        return
    columns = list(table.c)[: len(rows[0])]
    names = ", ".join(f'"{column.name}"' for column in columns)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own
    connection.exec_driver_sql(statement, rows)


def close(connection: sa.Connection, closings: Sequence[Row]) -> int:
    """Close open positions; how many were open."""
    if not closings:
        return 0
    if connection.dialect.name == "postgresql":
        columns = tuple(list(column) for column in zip(*closings, strict=True))
        return connection.exec_driver_sql(_CLOSE_MANY, columns).rowcount
    return connection.exec_driver_sql(_CLOSE_ONE, list(closings)).rowcount
