"""Positions folded from entries; holdings on any date.

Rules
1. A book is the fold of its entries in order; nothing else changes it. Folding some entries and then the rest gives
   the same book as folding all.
2. What an account holds on a date are the positions open at the end of that day: opened on or before it, not closed
   on or before it.
3. A book may hold only a part of a ledger: then it answers for the units that were put into it, and no others.

Example: ``book = Book(); book.record(entry, today)``.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from certificates.ledger.effects import effect
from certificates.ledger.entries import NOBODY, Acquire, Assert, Entry, Reverse
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Change, Position, State
from certificates.ledger.quantity import Quantity, Unit, total
from certificates.ledger.spans import Span

_first = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Known:
    """A position as the ledger has it: open, or closed by an entry on a day."""

    position: Position
    closed_by: int | None = None
    closed_on: date | None = None

    def open_on(self, day: date) -> bool:
        """Rule 2."""
        return self.position.opened_on <= day and (self.closed_on is None or self.closed_on > day)


class Book:
    """A ledger, or a part of one, in memory. It is the view that :mod:`certificates.ledger.effects` looks at."""

    def __init__(self, sequence: int = 0) -> None:
        self.sequence = sequence
        self._open: dict[str, list[tuple[int, Position]]] = defaultdict(list)
        self._closed: dict[str, list[Known]] = defaultdict(list)
        self._lots: dict[int, Lot] = {}
        self._entries: dict[int, Entry] = {}
        self._changes: dict[int, Change] = {}
        self._reversed: dict[int, int] = {}
        self._by_plant: dict[tuple[str, Unit], set[int]] = defaultdict(set)
        self._open_of_lot: dict[int, int] = defaultdict(int)
        self._asserted: dict[tuple[str, Kind], list[tuple[date, int]]] = defaultdict(list)

    # ---------- putting in what is known ----------

    def know_lot(self, sequence: int, lot: Lot) -> None:
        """Put in a lot that an earlier entry acquired."""
        self._lots[sequence] = lot
        if lot.electricity:
            self._by_plant[lot.electricity, instrument(lot.kind).unit].add(sequence)

    def know(self, known: Known) -> None:
        """Put in a position of the ledger."""
        if known.closed_by is None:
            self._add(known.position)
        else:
            self._closed[known.position.span.space].append(known)

    def know_entry(self, sequence: int, entry: Entry, change: Change, reversed_by: int | None) -> None:
        """Put in an earlier entry, so that it can be reversed."""
        self._entries[sequence], self._changes[sequence] = entry, change
        if reversed_by is not None:
            self._reversed[sequence] = reversed_by

    def know_assertion(self, sequence: int, entry: Assert) -> None:
        """Put in an earlier assertion that was not reversed."""
        self._asserted[entry.account, entry.kind].append((entry.on, sequence))

    # ---------- recording ----------

    def record(self, entry: Entry, today: date) -> Change:
        """Record the next entry. Raises EntryRefused; the book is then as it was."""
        sequence = self.sequence + 1
        change = effect(entry, sequence, self, today)
        self.sequence = sequence
        self._apply(entry, sequence, change)
        return change

    def _apply(self, entry: Entry, sequence: int, change: Change) -> None:
        self._entries[sequence], self._changes[sequence] = entry, change
        if isinstance(entry, Acquire):
            self.know_lot(sequence, entry.lot)
        if isinstance(entry, Assert):
            self.know_assertion(sequence, entry)
        if isinstance(entry, Reverse):
            self._reversed[entry.entry] = sequence
        for one in change.closed:
            there = self._open[one.span.space]
            del there[bisect_left(there, one.span.first, key=_first)]
            self._count(one, -1)
            self._closed[one.span.space].append(Known(one, sequence, entry.on))
        for one in change.opened:
            self._add(one)

    def _add(self, position: Position) -> None:
        insort(self._open[position.span.space], (position.span.first, position), key=_first)
        self._count(position, 1)

    def _count(self, position: Position, by: int) -> None:
        if position.account != NOBODY:
            self._open_of_lot[position.lot] += by

    # ---------- what the rules look at ----------

    def overlapping(self, span: Span) -> tuple[Position, ...]:
        """Open positions that share a unit with ``span``, in order."""
        there = self._open.get(span.space, [])
        at = bisect_left(there, span.first, key=_first)
        begin = at - 1 if at and there[at - 1][1].span.shares(span) else at
        end = begin
        while end < len(there) and there[end][0] <= span.last:
            end += 1
        return tuple(position for _, position in there[begin:end])

    def lot(self, sequence: int) -> Lot:
        """The lot an Acquire brought. Raises KeyError."""
        return self._lots[sequence]

    def entry(self, sequence: int) -> Entry:
        """An earlier entry. Raises KeyError."""
        return self._entries[sequence]

    def change(self, sequence: int) -> Change:
        """What an earlier entry closed and opened. Raises KeyError."""
        return self._changes[sequence]

    def reversed_by(self, sequence: int) -> int | None:
        """The entry that reversed an earlier one, if any."""
        return self._reversed.get(sequence)

    def balance(self, account: str, kind: Kind, on: date) -> Quantity:
        """What an account held of a kind, in state held or frozen, at the end of a day."""
        amounts = (
            instrument(kind).quantity(one.position.span.count)
            for one in self.known()
            if one.position.account == account
            and one.position.state is not State.RETIRED
            and self._lots[one.position.lot].kind is kind
            and one.open_on(on)
        )
        return total(amounts, instrument(kind).unit)

    def last_asserted(self, account: str, kind: Kind) -> tuple[date, int] | None:
        """The latest day for which an account's balance of a kind is asserted, and the entry that does."""
        made = self._asserted.get((account, kind))
        if made is None:
            return None
        return max((one for one in made if one[1] not in self._reversed), default=None)

    def rivals(self, lot: Lot) -> tuple[Lot, ...]:
        """Lots that somebody has and that rest on the same electricity as ``lot``, and are of another unit."""
        if not lot.electricity:
            return ()
        own = instrument(lot.kind).unit
        others = (
            self._lots[number]
            for unit in Unit
            if unit is not own
            for number in sorted(self._by_plant.get((lot.electricity, unit), ()))
            if self._open_of_lot[number]
        )
        return tuple(
            one
            for one in others
            if one.vintage_start <= lot.vintage_end and lot.vintage_start <= one.vintage_end
        )

    # ---------- looking ----------

    def known(self) -> Iterator[Known]:
        """Every position, open and closed."""
        for there in self._open.values():
            yield from (Known(position) for _, position in there)
        for closed in self._closed.values():
            yield from closed

    def holdings(self, account: str, on: date) -> tuple[Position, ...]:
        """What an account had at the end of a day, retired units too, in order of numbering (rule 2)."""
        found = (one.position for one in self.known() if one.position.account == account and one.open_on(on))
        return tuple(sorted(found, key=lambda one: one.span))


def fold(entries: Iterable[Entry], today: date) -> Book:
    """The book of entries in order. Raises EntryRefused at the first that contradicts those before it."""
    book = Book()
    for entry in entries:
        book.record(entry, today)
    return book
