"""The journal: every entry that concerns an account as a list, what it did in one line, with its place in the chain."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _l

from certificates.ledger.entries import Acquire, Assert, Entry, Reverse, name_of
from certificates.ledger.spans import LARGEST, Span
from service.web import ledger_words as lw
from service.web import words
from service.web.formats import moment, short
from service.web.ledger_rows import amount_text, day_text
from service.web.listing import Cell, Column, Filter, ListSpec

if TYPE_CHECKING:
    from service.usecases.ledger.looking import Event


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the journal; ``person`` is who recorded it, by name, ``serial`` that of the lot it is about, as far
    as the account acquired it.
    """

    event: Event
    person: str
    serial: str

    @property
    def entry(self) -> Entry:
        """What was recorded."""
        return self.event.entry

    @property
    def kind(self) -> str:
        """``acquire``, ``transfer``, …"""
        return name_of(self.event.entry)

    @property
    def units(self) -> str:
        """First and last number; what an assertion or a reversal is about otherwise."""
        entry = self.entry
        if isinstance(entry, Assert):
            return amount_text(entry.expected.amount, entry.expected.unit.value)
        if isinstance(entry, Reverse):
            return f"#{entry.entry}"
        span = _span(entry)
        return f"{span.first} – {span.last}" if span else ""


def lines(events: Iterable[Event], people: Mapping[str, str]) -> tuple[Line, ...]:
    """The journal's rows; ``people`` are names by id."""
    seen = tuple(events)
    acquired = sorted(
        ((one.entry.lot.span, one.entry.lot.serial) for one in seen if isinstance(one.entry, Acquire)),
        key=lambda pair: pair[0],
    )
    spans = [span for span, _ in acquired]

    def serial(entry: Entry) -> str:
        span = _span(entry)
        if span is None:
            return ""
        at = bisect_right(spans, Span(span.space, span.first, LARGEST)) - 1
        return acquired[at][1] if at >= 0 and span.within(spans[at]) else span.space.partition(":")[2]

    return tuple(Line(one, people.get(one.person_id, ""), serial(one.entry)) for one in seen)


def spec() -> ListSpec:
    """The list of entries, newest first."""
    return ListSpec(
        endpoint="ledger.entries",
        order="-sequence",
        filename="ledger-entries",
        filters=(Filter("kind", _l("Kind of entry"), tuple(lw.ENTRIES.items())),),
        columns=(
            Column("sequence", _l("Number"), lambda r: r.event.number, _number_cell),
            Column(
                "kind", _l("Kind of entry"), lambda r: r.kind, lambda r: Cell(words.word(lw.ENTRIES, r.kind))
            ),
            Column("on", _l("Took effect"), lambda r: r.entry.on, lambda r: Cell(day_text(r.entry.on))),
            Column("serial", _l("Serial"), lambda r: r.serial, lambda r: Cell(r.serial, sub=r.units)),
            Column("units", _l("Units"), lambda r: r.units, shown=False),
            Column("evidence", _l("Evidence files"), lambda r: len(r.entry.evidence), numeric=True),
            Column(
                "person",
                _l("Recorded by"),
                lambda r: r.person,
                lambda r: Cell(r.person or "—", sub=moment(r.event.at)),
            ),
            Column("at", _l("At"), lambda r: r.event.at, lambda r: Cell(moment(r.event.at)), shown=False),
            Column(
                "link",
                _l("Link of the chain"),
                lambda r: r.event.link,
                lambda r: Cell(short(r.event.link), code=True),
            ),
        ),
    )


def _number_cell(line: Line) -> Cell:
    return Cell(line.event.number, href=url_for("ledger.entry", sequence=line.event.number))


def _span(entry: Entry) -> Span | None:
    if isinstance(entry, Acquire):
        return entry.lot.span
    return None if isinstance(entry, Assert | Reverse) else entry.span
