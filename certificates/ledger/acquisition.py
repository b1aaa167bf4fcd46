"""Whether units may come into an account, and from where.

Rules
1. No unit is in an account here already. Units that somebody outside holds come back, being still what they were; units
   that a reversal left to nobody may be acquired anew.
2. The serial is in its registry's form and agrees with range, project, country and vintage.
3. The vintage is over and has not expired; it is of the months, days, countries and methodologies that the kind takes.
4. The trades behind the units are no more than the kind allows. Who bought them from somebody (``counterparty``) has at
   least one trade behind them; who buys back what he sold has one more than at the sale.
5. Where nobody outside this ledger vouches for the numbers (``numbered = "own"``), evidence is required for any part of
   a serial that does not begin at its first unit; for some kinds evidence is always required.
6. The same electricity is never behind a green certificate and a carbon credit (``instruments.exclusion``); a credit
   whose methodology rests on a power plant's electricity names the plant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from certificates.ledger import serials
from certificates.ledger.entries import NOBODY, OUTSIDE, Acquire
from certificates.ledger.instruments import Instrument, exclusion, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Change, Position, State
from certificates.ledger.problems import Problem
from certificates.ledger.view import Found, View, not_before, not_expired

_PLANT = re.compile(r"[0-9A-Z]{17}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


def acquired(entry: Acquire, sequence: int, view: View) -> Found:
    """What the acquisition changes, and why it may not happen."""
    lot, kind = entry.lot, instrument(entry.lot.kind)
    sources = view.overlapping(lot.span)
    problems = [
        *serials.problems(lot),
        *_vintage(lot, kind, entry.on),
        *not_expired(lot, entry.on),
        *_kept_in_kind(lot, kind),
        *_proved(entry, kind, known=bool(sources)),
        *_electricity(lot, entry.on, view),
    ]
    if not all(one.account.startswith(OUTSIDE) for one in sources):
        return Change(), [*problems, Problem("serial-taken", lot.told())]
    trades = max(lot.transfers, 1 if entry.counterparty else 0)
    if kind.transfers is not None and trades > kind.transfers:
        problems.append(Problem("transfers-used-up", lot.told()))
    for source in sources:
        problems += not_before(source.opened_on, entry.on)
        if source.account != NOBODY:
            problems += _same_units(lot, kind, source, view)
    new = Position(sequence, 0, lot.span, entry.account, State.HELD, sequence, trades, entry.on)
    return Change(sources, (new, *_left_outside(entry, sequence, sources))), problems


def _left_outside(entry: Acquire, sequence: int, sources: tuple[Position, ...]) -> Iterator[Position]:
    """What of the positions outside does not come in."""
    left = [(source, span) for source in sources for span in source.span.without(entry.lot.span)]
    for place, (source, span) in enumerate(left, 1):
        yield Position(
            sequence, place, span, source.account, source.state, source.lot, source.transfers, entry.on
        )


def _vintage(lot: Lot, kind: Instrument, on: date) -> Iterator[Problem]:
    """Rule 3."""
    if lot.vintage_end >= on:
        yield Problem("vintage-not-over", lot.told(on=on.isoformat()))
    start, end = lot.vintage_start, lot.vintage_end
    if kind.one_month and (start.year, start.month) != (end.year, end.month):
        yield Problem("vintage-not-one-month", lot.told(start=start.isoformat()))
    if kind.vintage_after is not None and start <= kind.vintage_after:
        yield Problem(
            "vintage-too-early", lot.told(start=start.isoformat(), after=kind.vintage_after.isoformat())
        )


def _kept_in_kind(lot: Lot, kind: Instrument) -> Iterator[Problem]:
    """Rules 3 and 6: country, methodology and plant are told where the rules of the kind turn on them."""
    if kind.refused and not _COUNTRY.fullmatch(lot.country):
        yield Problem("country-not-in-form", lot.told(country=lot.country))
    elif not kind.accepts(lot.country, lot.vintage_end):
        yield Problem("generation-not-eligible", lot.told(country=lot.country))
    if not kind.names_methodology(lot.methodology):
        yield Problem("methodology-not-in-form", lot.told(methodology=lot.methodology))
    if not lot.electricity and kind.needs_plant(lot.methodology):
        yield Problem("plant-missing", lot.told(methodology=lot.methodology))
    if lot.electricity and not _PLANT.fullmatch(lot.electricity):
        yield Problem("plant-not-in-form", lot.told(plant=lot.electricity))


def _proved(entry: Acquire, kind: Instrument, *, known: bool) -> Iterator[Problem]:
    """Rule 5."""
    if entry.evidence:
        return
    if kind.needs_evidence:
        yield Problem("evidence-needed", entry.lot.told())
    elif kind.numbered == "own" and entry.lot.span.first != 1 and not known:
        yield Problem("part-needs-evidence", entry.lot.told(first=str(entry.lot.span.first)))


def _electricity(lot: Lot, on: date, view: View) -> Iterator[Problem]:
    """Rule 6. The other units may be somebody else's: nothing of them is told."""
    if view.rivals(lot):
        rule = exclusion(on)
        yield Problem(rule.problem, lot.told(rule=rule.source))


def _same_units(lot: Lot, kind: Instrument, source: Position, view: View) -> Iterator[Problem]:
    """Rules 1 and 4: what somebody outside holds is still what it was when it was sold, traded once more."""
    known = view.lot(source.lot)
    same = serials.same_project(lot.kind, known.project, lot.project)
    if not same or _fixed(known) != _fixed(lot):
        yield Problem("lot-differs", lot.told())
    if kind.transfers is not None and lot.transfers <= source.transfers:
        yield Problem("transfers-understated", lot.told(transfers=str(source.transfers + 1)))


def _fixed(lot: Lot) -> tuple[object, ...]:
    return lot.kind, lot.vintage_start, lot.vintage_end, lot.electricity, lot.tradable
