"""A row against the ledger: new, known, in conflict, or rejected.

Rules
1. ``known``: exactly these units are in this account already, with the same kind, project and beginning of the vintage,
   also where they were split or retired here since, on the day and in the name that the row says, if it says so.
   Importing twice is importing once.
2. ``conflict``: some of the units are somewhere else: under another lot of this account, with another holder (who is
   not named), gone out of this account, or in another row of the file.
3. ``rejected``: the row stands for no entry, or the rules of the ledger refuse it.
4. ``new``: its entries may be recorded. Units held here that the row says were retired are split where needed and
   retired, not acquired again.
5. Rows are judged in order, each on the book that the ones before it left; a row enters wholly or not at all.

Example: ``judge(drafts, book, date(2026, 11, 22))``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from certificates.ledger.book import Book
from certificates.ledger.effects import effect
from certificates.ledger.entries import NOBODY, OUTSIDE, Acquire, Entry, Retire, Split
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Change, Position, State
from certificates.ledger.problems import EntryRefused, Problem
from certificates.ledger.registries.collisions import collisions
from certificates.ledger.registries.drafting import Draft
from certificates.ledger.spans import Span, tiles


class Status(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    KNOWN = "known"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Judged:
    """A row and what becomes of it; ``recorded`` are its entries with what they changed in the book, in order."""

    draft: Draft
    status: Status
    problems: tuple[Problem, ...] = ()
    recorded: tuple[tuple[Entry, Change], ...] = ()


def judge(drafts: Sequence[Draft], book: Book, today: date) -> Iterator[Judged]:
    """Each row in order (rules 1 to 5); ``book`` holds what the drafts touch, and then the new entries too."""
    colliding = collisions(drafts)
    for place, one in enumerate(drafts):
        if one.acquire is None:
            yield Judged(one, Status.REJECTED, one.problems)
        elif place in colliding:
            other = drafts[colliding[place]]
            values = {"sheet": other.sheet, "row": str(other.number)}
            yield Judged(one, Status.CONFLICT, (Problem("row-twice-in-file", values),))
        else:
            yield _judged(one, one.acquire, book, today)


def _judged(one: Draft, acquire: Acquire, book: Book, today: date) -> Judged:
    there = book.overlapping(acquire.lot.span)
    elsewhere = [position for position in there if position.account != NOBODY]
    if not elsewhere:
        return _acquired(one, acquire, book, today)
    own = [position for position in there if position.account == acquire.account]
    if len(own) == len(there):
        return _own(one, acquire, own, book, today)
    if any(not position.account.startswith(OUTSIDE) for position in there):
        code = "row-overlaps-own" if own else "row-held-elsewhere"
        return Judged(one, Status.CONFLICT, (_problem(code, acquire),))
    if any(position.opened_on >= acquire.on for position in elsewhere):
        return Judged(one, Status.CONFLICT, (_problem("row-went-out", acquire),))
    return _acquired(one, acquire, book, today)


def _acquired(one: Draft, acquire: Acquire, book: Book, today: date) -> Judged:
    """Rule 4: the units come in, and are retired where the row says so."""
    try:
        if one.retire is not None:
            _rehearse(acquire, one.retire, today)
        recorded: list[tuple[Entry, Change]] = [(acquire, book.record(acquire, today))]
    except EntryRefused as refused:
        return Judged(one, Status.REJECTED, refused.problems)
    if one.retire is not None:
        recorded.append((one.retire, book.record(one.retire, today)))
    return Judged(one, Status.NEW, (), tuple(recorded))


def _rehearse(acquire: Acquire, retire: Retire, today: date) -> None:
    """Rule 5: a retirement that would be refused is refused before its units come in. Raises EntryRefused."""
    alone = Book()
    alone.record(acquire, today)
    alone.record(retire, today)


def _own(one: Draft, acquire: Acquire, own: list[Position], book: Book, today: date) -> Judged:
    """Rules 1 and 4 for units that are all in this account."""
    span = acquire.lot.span
    parts = [_within(position.span, span) for position in own]
    same = all(_identity(book.lot(position.lot)) == _identity(acquire.lot) for position in own)
    if not same or not tiles(parts, span):
        return Judged(one, Status.CONFLICT, (_problem("row-overlaps-own", acquire),))
    states = {position.state for position in own}
    if one.retire is None:
        return Judged(one, Status.KNOWN)
    if states == {State.RETIRED}:
        return _retired_before(one, one.retire, own, book)
    if len(own) > 1 or states != {State.HELD}:
        return Judged(one, Status.CONFLICT, (_problem("row-retired-partly", acquire),))
    return _retired(one, one.retire, own[0], book, today)


def _retired_before(one: Draft, retire: Retire, own: list[Position], book: Book) -> Judged:
    """Rule 1: a retirement in another name or of another day is not the one that is recorded."""
    for position in own:
        recorded = book.entry(position.opened_by)
        if not isinstance(recorded, Retire) or _told(recorded) != _told(retire):
            known = recorded.beneficiary.name if isinstance(recorded, Retire) else ""
            values = {"recorded": known, "recorded_on": recorded.on.isoformat()}
            values |= {"beneficiary": retire.beneficiary.name, "on": retire.on.isoformat()}
            return Judged(one, Status.CONFLICT, (Problem("row-retired-otherwise", values),))
    return Judged(one, Status.KNOWN)


def _told(retire: Retire) -> tuple[date, str]:
    return retire.on, "".join(unicodedata.normalize("NFKC", retire.beneficiary.name).casefold().split())


def _retired(one: Draft, retire: Retire, position: Position, book: Book, today: date) -> Judged:
    """Rule 4: units held here, retired in the registry."""
    try:
        effect(replace(retire, span=position.span), book.sequence + 1, book, today)
    except EntryRefused as refused:
        return Judged(one, Status.REJECTED, refused.problems)
    entries: list[Entry] = []
    rest = position.span.without(retire.span)
    if rest:
        pieces = tuple(sorted((retire.span, *rest)))
        entries.append(
            Split(
                on=retire.on,
                account=retire.account,
                evidence=retire.evidence,
                span=position.span,
                into=pieces,
            )
        )
    entries.append(retire)
    recorded = tuple((entry, book.record(entry, today)) for entry in entries)
    return Judged(one, Status.NEW, (Problem("row-retires-held"),), recorded)


def _within(one: Span, whole: Span) -> Span:
    return Span(one.space, max(one.first, whole.first), min(one.last, whole.last))


def _identity(lot: Lot) -> tuple[object, ...]:
    return (lot.kind, lot.project, lot.vintage_start)


def _problem(code: str, acquire: Acquire) -> Problem:
    return Problem(code, {"serial": acquire.lot.serial})
