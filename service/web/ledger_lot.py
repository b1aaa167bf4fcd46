"""What the page of a lot shows: its serial in pieces, where its units are on one bar, and what happened to it.

Rules
1. The bar is the whole range of the lot; every number of it is in exactly one piece.
2. Who holds units that left the account is told as far as the account's own entries say: nothing of others' later
   entries is disclosed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from certificates.ledger.entries import (
    NOBODY,
    OUTSIDE,
    Acquire,
    Assert,
    Entry,
    Freeze,
    Retire,
    Reverse,
    Split,
    Transfer,
    name_of,
)
from certificates.ledger.instruments import Instrument
from certificates.ledger.spans import Span
from service.web import ledger_words as lw
from service.web import words
from service.web.formats import day
from service.web.ledger_rows import amount_text

if TYPE_CHECKING:
    from service.store.ledger_records import Holding
    from service.usecases.ledger.looking import Event, History

WIDTH = 1000.0
ENTRY_TONES = {"split": "", "freeze": "failed", "reverse": "failed"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A position on the bar: thousandths of the width, its amount as text, who has it."""

    key: str
    state: str
    fill: str
    first: int
    last: int
    amount: str
    holder: str
    own: bool
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the timeline; ``facts`` are (name, text) pairs, ``files`` the hashes of its evidence."""

    sequence: int
    name: Any
    tone: str
    on: date
    facts: tuple[tuple[Any, str], ...]
    note: str
    person_id: str
    at: datetime
    link: str
    files: tuple[str, ...]
    reversed_by: int | None
    reversible: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the own account, and the names of other organisations that the account's entries name."""

    account: str
    names: Mapping[str, str]

    def holder(self, account: str) -> str:
        """An account as the reader may know it (rule 2)."""
        if account == self.account:
            return _("Own account")
        if account == NOBODY:
            return _("Nobody: the acquisition was reversed")
        if account.startswith(OUTSIDE):
            return account.removeprefix(OUTSIDE)
        return self.names.get(account, _("Another account here"))


def whole_of(history: History) -> Span:
    """The range of the lot; where others acquired it, the range of what came into the account."""
    for event in history.events:
        if isinstance(event.entry, Acquire) and event.number == history.lot.sequence:
            return event.entry.lot.span
    spans = [one.position.span for one in history.positions]
    return Span(spans[0].space, min(one.first for one in spans), max(one.last for one in spans))


def pieces(history: History, kind: Instrument, reader: Reader, on: date) -> tuple[Piece, ...]:
    """Rule 1: the account's open positions, and between them what is elsewhere, in order of numbering."""
    whole = whole_of(history)
    expired = history.lot.expires_on is not None and history.lot.expires_on < on
    own = [one for one in history.positions if one.closed_by is None]
    rest = [whole]
    for one in own:
        _take(rest, one.position.span)
    made = [_own_piece(whole, one, kind, reader, expired) for one in own]
    for span, holder in _elsewhere(rest, history, reader):
        made.append(_piece(whole, span, kind, ("", "gone", holder)))
    return tuple(sorted(made, key=lambda one: one.first))


def timeline(history: History, kind: Instrument, reader: Reader) -> tuple[Happened, ...]:
    """Everything that happened to the lot in the account, in order."""
    moved = {one.position.opened_by for one in history.positions if one.closed_by is not None}
    return tuple(
        happened(event, kind, reader, reversible=event.number not in moved and _reversible(event, reader))
        for event in history.events
    )


def happened(event: Event, kind: Instrument, reader: Reader, *, reversible: bool = False) -> Happened:
    """One entry, told; ``reversible`` while it may still be reversed."""
    entry = event.entry
    name = name_of(entry)
    return Happened(
        sequence=event.number,
        name=_("Received") if name == "transfer" and not event.own else words.word(lw.ENTRIES, name),
        tone="" if event.reversed_by else ENTRY_TONES.get(name, "done"),
        on=entry.on,
        facts=_facts(entry, kind, reader),
        note=entry.note,
        person_id=event.person_id,
        at=event.at,
        link=event.link,
        files=entry.evidence,
        reversed_by=event.reversed_by,
        reversible=reversible,
    )


def _reversible(event: Event, reader: Reader) -> bool:
    """Whether this account may reverse it: whoever holds what the entry opened does (the ledger decides again)."""
    entry = event.entry
    if event.reversed_by or isinstance(entry, Reverse):
        return False
    if isinstance(entry, Transfer):
        return entry.to == reader.account or entry.to.startswith(OUTSIDE)
    return event.own


def _elsewhere(rest: list[Span], history: History, reader: Reader) -> Iterator[tuple[Span, str]]:
    """Rule 2: ranges that are not in the account, with where its own entries say they went, newest first."""
    for event in reversed(history.events):
        where = _went(event, reader)
        if where is not None:
            span, holder = where
            for one in _take(rest, span):
                yield Span(one.space, max(one.first, span.first), min(one.last, span.last)), holder
    yield from ((one, _("Never in this account")) for one in rest)


def _take(rest: list[Span], span: Span) -> list[Span]:
    """Take a range out of ranges that lie in order; gives those that shared numbers with it, as they were."""
    begin = bisect_left(rest, span.first, key=lambda one: one.last)
    end = bisect_right(rest, span.last, key=lambda one: one.first)
    shared = rest[begin:end]
    rest[begin:end] = [left for one in shared for left in one.without(span)]
    return shared


def _went(event: Event, reader: Reader) -> tuple[Span, str] | None:
    entry = event.entry
    if isinstance(entry, Acquire) and event.reversed_by:
        return entry.lot.span, reader.holder(NOBODY)
    if isinstance(entry, Transfer) and event.own and not event.reversed_by:
        return entry.span, reader.holder(entry.to)
    return None


def _facts(entry: Entry, kind: Instrument, reader: Reader) -> tuple[tuple[Any, str], ...]:
    match entry:
        case Acquire():
            return _given((_("Amount"), _amount(entry.lot.span, kind)), (_("From"), entry.counterparty))
        case Transfer():
            return _given((_("Amount"), _amount(entry.span, kind)), (_("To"), reader.holder(entry.to)))
        case Split():
            parts = ", ".join(_amount(one, kind) for one in entry.into)
            return _given((_("Pieces"), parts))
        case Retire():
            return _retired(entry, kind)
        case Freeze():
            cause = words.word(lw.CAUSES, entry.cause.value)
            return _given(
                (_("Amount"), _amount(entry.span, kind)),
                (_("Cause"), cause),
                (_("At whose request"), entry.authority),
            )
        case Reverse():
            return _given((_("Reversed entry"), str(entry.entry)), (_("Reason"), entry.reason))
        case Assert():
            return _given((_("Balance"), amount_text(entry.expected.amount, entry.expected.unit.value)))


def _retired(entry: Retire, kind: Instrument) -> tuple[tuple[Any, str], ...]:
    who = entry.beneficiary
    return _given(
        (_("Amount"), _amount(entry.span, kind)),
        (_("In the name of"), f"{who.name} ({who.code})" if who.code else who.name),
        (_("Purpose"), words.word(lw.PURPOSES, entry.purpose.value)),
        (_("For the period"), f"{day(entry.period_start)} – {day(entry.period_end)}"),
        (_("Registry's reference"), entry.reference),
    )


def _given(*facts: tuple[Any, str]) -> tuple[tuple[Any, str], ...]:
    return tuple(fact for fact in facts if fact[1])


def _amount(span: Span, kind: Instrument) -> str:
    quantity = kind.quantity(span.count)
    return amount_text(quantity.amount, quantity.unit.value)


def _own_piece(whole: Span, one: Holding, kind: Instrument, reader: Reader, expired: bool) -> Piece:
    state = one.position.state.value
    if expired and state != "retired":
        state = "expired"
    holder = reader.holder(one.position.account)
    return _piece(whole, one.position.span, kind, (one.position.key, state, holder))


def _piece(whole: Span, span: Span, kind: Instrument, what: tuple[str, str, str]) -> Piece:
    key, state, holder = what
    scale = WIDTH / whole.count
    return Piece(
        key=key,
        state=state,
        fill=lw.FILLS.get(state, "gone"),
        first=span.first,
        last=span.last,
        amount=_amount(span, kind),
        holder=holder,
        own=bool(key),
        start=round((span.first - whole.first) * scale, 2),
        length=round(span.count * scale, 2),
    )
