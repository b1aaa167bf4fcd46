"""What was recorded before, for the book of some entries: contents, entries with what they changed, and assertions
that stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import sqlalchemy as sa

from certificates.ledger.entries import Assert, Entry
from certificates.ledger.positions import Change
from service.store.ledger_tables import ledger_entries, ledger_positions
from service.store.repositories.ledger_rows import POSITION, entry_of, position_of

CHUNK = 500
T = TypeVar("T")
_CONTENTS = sa.select(ledger_entries.c.sequence, ledger_entries.c.content)


def _standing_assertions() -> sa.Select[tuple[int, str]]:
    later = ledger_entries.alias()
    reversed_ = sa.exists().where(later.c.reverses == ledger_entries.c.sequence)
    asserts = ledger_entries.c.kind == sa.literal("assert", literal_execute=True)
    return _CONTENTS.where(asserts, ~reversed_).order_by(ledger_entries.c.sequence)


_ASSERTIONS = _standing_assertions()


def contents(connection: sa.Connection, numbers: Iterable[int]) -> dict[int, str]:
    """Stored content of entries by number."""
    found: dict[int, str] = {}
    for some in chunks(sorted(numbers)):
        rows = connection.execute(_CONTENTS.where(ledger_entries.c.sequence.in_(some)))
        found |= {row.sequence: row.content for row in rows}
    return found


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """At most :data:`CHUNK` at a time."""
    return (values[at : at + CHUNK] for at in range(0, len(values), CHUNK))


def earlier(connection: sa.Connection, numbers: Iterable[int]) -> dict[int, tuple[Entry, Change, int | None]]:
    """Entries by number, what they changed, and which entry reversed them."""
    found: dict[int, tuple[Entry, Change, int | None]] = {}
    table = ledger_positions
    query = sa.select(*POSITION).order_by(table.c.space, table.c.first)
    for number, content in contents(connection, numbers).items():
        opened = connection.execute(query.where(table.c.opened_by == number)).all()
        closed = connection.execute(query.where(table.c.closed_by == number)).all()
        change = Change(
            tuple(position_of(row) for row in closed),
            tuple(sorted((position_of(row) for row in opened), key=lambda one: one.place)),
        )
        found[number] = entry_of(content), change, _reversal(connection, number)
    return found


def _reversal(connection: sa.Connection, number: int) -> int | None:
    """The entry that reversed an earlier one, if any."""
    query = sa.select(ledger_entries.c.sequence).where(ledger_entries.c.reverses == number)
    found: int | None = connection.execute(query).scalar()
    return found


def assertions(connection: sa.Connection, accounts: Iterable[str]) -> Iterator[tuple[int, Assert]]:
    """Assertions in some accounts that were not reversed, by number. Raises EntryUnreadable for damaged content."""
    for some in chunks(sorted(accounts)):
        for row in connection.execute(_ASSERTIONS.where(ledger_entries.c.account.in_(some))):
            entry = entry_of(row.content)
            if isinstance(entry, Assert):
                yield row.sequence, entry
