"""Is the ledger what was recorded? ``tanbiao ledger verify``, and its part of the check of the whole store.

Rules
1. Entries: numbered from 1 without a gap up to the counter; each link holds the one before. Everything up to the first
   that does not hold is sound; that one is named.
2. What lists and filters show of an entry is what its content says.
3. Positions and lots are those that follow from the entries, folded anew from the first: none missing, none more, none
   other. A position is named by its key, a lot by its number.
4. An entry that contradicts those before it is named; folding goes on after it.
5. Recordings: every entry is the work of exactly one event of the audit chain, by the same person at the same moment,
   whose digest is the link of its last entry.
6. Uses: of positions and dossiers that are there, at most one open for a position; the open ones of a balance are
   exactly the positions that its newest version names.
7. A damaged row is a finding, never an exception.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from certificates.ledger.book import Book, Known
from certificates.ledger.days import day_of
from certificates.ledger.entries import Acquire, Entry, EntryUnreadable, Reverse, name_of
from certificates.ledger.links import link
from certificates.ledger.problems import EntryRefused
from service.store.ledger_records import EntryRecord, LotRecord, UseRecord
from service.store.repositories.ledger_rows import entry_of, lot_row
from service.usecases.access import Actor, Permission, allow
from service.usecases.ledger import dossiers
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """How many entries were read, the first whose link does not hold, and everything found, as sentences."""

    entries: int
    broken_at: int | None
    problems: tuple[str, ...]


def verify(actor: Actor, services: Services) -> VerifyReport:
    """The whole ledger against these rules. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_VERIFY)
    with services.uow() as unit:
        check = _Check(unit)
        found = tuple(check.problems())
    return VerifyReport(check.read, check.broken_at, found)


def problems(unit: UnitOfWork) -> Iterator[str]:
    """For the check of the whole store: every contradiction as a sentence that names the row."""
    yield from _Check(unit).problems()


class _Check:
    """One pass over the entries, and what follows from them against what is stored."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._book = Book()
        self._lots: dict[int, LotRecord] = {}
        self._recorded: list[tuple[str, str, object]] = []
        self.read = 0
        self.broken_at: int | None = None

    def problems(self) -> Iterator[str]:
        for what, look in (
            ("entries", self._entries),
            ("positions", self._positions),
            ("lots", self._lot_rows),
            ("recordings", self._events),
            ("uses", self._uses),
        ):
            try:
                yield from look()
            except (ValueError, TypeError) as error:  # a day or moment that is none (rule 7)
                yield f"not all {what} of the ledger can be read ({error})"

    def _entries(self) -> Iterator[str]:
        """Rules 1, 2 and 4."""
        previous, expected = "", 1
        for one in self._unit.ledger.stream():
            if self.broken_at is None and (one.sequence, one.link) != (expected, _link(one, previous)):
                self.broken_at = expected
                yield f"ledger entry {expected} is not what was recorded: the chain is broken there"
            previous, expected = one.link, one.sequence + 1
            self.read += 1
            self._recorded.append((one.person_id, one.link, one.at))
            yield from self._fold(one)
        written = self._unit.ledger.head()[0]
        if expected != written + 1:
            self.broken_at = self.broken_at or min(expected, written + 1)
            yield f"the ledger has {expected - 1} entries, {written} were recorded"

    def _fold(self, one: EntryRecord) -> Iterator[str]:
        try:
            entry = entry_of(one.content)
        except EntryUnreadable as error:
            yield f"content of ledger entry {one.sequence} cannot be read ({error})"
            return
        if _columns(one) != (name_of(entry), entry.account, entry.on, _reverses(entry)):
            yield f"ledger entry {one.sequence} is not listed as its content says"
        self._book.sequence = one.sequence - 1
        try:
            self._book.record(entry, day_of(one.at))
        except EntryRefused as refused:
            yield f"ledger entry {one.sequence} contradicts those before it ({refused})"
            return
        if isinstance(entry, Acquire):
            self._lots[one.sequence] = lot_row(one.sequence, entry.lot)

    def _positions(self) -> Iterator[str]:
        """Rule 3."""
        wanted = {one.position.key: one for one in self._book.known()}
        for key, stored, kind in self._unit.ledger.every_position():
            there = wanted.pop(key, None)
            if there is None:
                yield f"ledger position {key} is stored and follows from no entry"
            elif there != stored or self._book.lot(there.position.lot).kind != kind:
                yield f"ledger position {key} is not what follows from the entries"
        yield from (f"ledger position {key} is missing" for key in sorted(wanted, key=_by_number))

    def _lot_rows(self) -> Iterator[str]:
        """Rule 3."""
        wanted = dict(self._lots)
        for stored in self._unit.ledger.every_lot():
            there = wanted.pop(stored.sequence, None)
            if there is None:
                yield f"ledger lot {stored.sequence} is stored and follows from no entry"
            elif there != stored:
                yield f"ledger lot {stored.sequence} is not what its entry says"
        yield from (f"ledger lot {number} is missing" for number in sorted(wanted))

    def _events(self) -> Iterator[str]:
        """Rule 5."""
        done = 0
        for event in self._unit.audit.events():
            if event.action != Permission.LEDGER_RECORD or not event.object.startswith("ledger:"):
                continue
            first, _, last = event.object.partition(":")[2].partition("-")
            if not (first.isdigit() and last.isdigit()) or int(first) != done + 1:
                yield f"{event.object} does not follow the recording before it"
                continue
            done = int(last)
            part = self._recorded[int(first) - 1 : done]
            by = {(person, at) for person, _, at in part}
            if len(part) != done - int(first) + 1 or by != {(event.person_id, event.at)}:
                yield f"{event.object} was recorded and is not in the ledger as it was recorded"
            elif part[-1][1] != event.after:
                yield f"{event.object} ends with another link than was recorded"
        if done < len(self._recorded):
            yield f"ledger entries {done + 1} to {len(self._recorded)} were recorded by nobody"

    def _uses(self) -> Iterator[str]:
        """Rule 6."""
        uses = self._unit.ledger.every_use()
        open_ = Counter((one.opened_by, one.place) for one in uses if one.closed_at is None)
        for (number, place), count in sorted(open_.items()):
            if count > 1:
                yield f"ledger position {number}.{place} is used {count} times"
        known = _keys(self._book.known())
        for one in uses:
            if (one.opened_by, one.place) not in known:
                yield f"ledger use {one.id} is of a position that follows from no entry"
            if self._unit.dossiers.get(one.dossier_id) is None:
                yield f"ledger use {one.id} is by a dossier that is not there"
        yield from self._balances(uses)

    def _balances(self, uses: Iterable[UseRecord]) -> Iterator[str]:
        """Rule 6: what a balance names and what is kept for it."""
        used: dict[str, list[str]] = defaultdict(list)
        for one in uses:
            if one.closed_at is None:
                used[one.dossier_id].append(f"{one.opened_by}.{one.place}")
        for record in self._unit.dossiers.every(dossiers.POWER):
            version = self._unit.dossiers.version(record.id, record.version)
            named = version.content.get("positions", ()) if version else ()
            for key in sorted({*named} ^ {*used[record.id]}, key=_by_number):
                kept = "named by, but not used for" if key in named else "used for, but not named by"
                yield f"ledger position {key} is {kept} power balance {record.id}"


def _link(one: EntryRecord, previous: str) -> str:
    return link(one.sequence, one.at.astimezone(UTC).isoformat(), one.person_id, one.content, previous)


def _columns(one: EntryRecord) -> tuple[object, ...]:
    return one.kind, one.account, one.effective_on, one.reverses


def _reverses(entry: Entry) -> int | None:
    return entry.entry if isinstance(entry, Reverse) else None


def _keys(known: Iterable[Known]) -> set[tuple[int, int]]:
    return {(one.position.opened_by, one.position.place) for one in known}


def _by_number(key: str) -> tuple[int, ...]:
    return tuple(int(part) for part in key.split("."))
