"""Whether an entry may happen, and what it changes. Every way units could count twice is refused here.

Rules
1. Acquire: no unit is in an account here already. Units that somebody outside holds come back; units that a reversal
   left to nobody may be acquired anew. The serial is in its registry's form and agrees with range, project and
   vintage. The vintage is over, and has not expired.
2. Transfer, split, retire, freeze name exactly one open position of the account, in state held; a part is split first.
3. Transfer and retire are refused when the units have expired on the day; transfer also when the rules of the kind
   leave no transfer.
4. Split: the pieces are exactly the position.
5. Reverse: everything the entry opened is still as it left it, and only its holder reverses: nobody takes back what
   somebody else received. Units of a reversed acquisition belong to nobody. A reversed entry, a reversal and an
   assertion are not reversed.
6. Assert: the account holds exactly that much of the kind at the end of the day.
7. No entry takes effect after the day of recording, nor before what last happened to its units.
8. The same electricity is never behind a green certificate and a carbon credit (notice 124 of 2024 of China's NEA;
   after its period because a certificate is the only proof of the attribute, notice 1044 of 2023).
9. All problems of an entry are told at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import singledispatch
from typing import Protocol

from certificates.ledger import serials
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
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Change, Position, State
from certificates.ledger.problems import EntryRefused, Problem
from certificates.ledger.quantity import Quantity
from certificates.ledger.spans import Span, tiles


class View(Protocol):
    """What the rules look at: the open positions, and how they came about."""

    def overlapping(self, span: Span) -> tuple[Position, ...]:
        """Open positions that share a unit with ``span``, in order."""
        ...

    def lot(self, sequence: int) -> Lot:
        """The lot an Acquire brought. Raises KeyError."""
        ...

    def entry(self, sequence: int) -> Entry:
        """An earlier entry. Raises KeyError."""
        ...

    def change(self, sequence: int) -> Change:
        """What an earlier entry closed and opened. Raises KeyError."""
        ...

    def reversed_by(self, sequence: int) -> int | None:
        """The entry that reversed an earlier one, if any."""
        ...

    def balance(self, account: str, kind: Kind, on: date) -> Quantity:
        """What an account held of a kind, in state held or frozen, at the end of a day."""
        ...

    def rivals(self, lot: Lot) -> tuple[Lot, ...]:
        """Lots that somebody has and that rest on the same electricity as ``lot``, and are of another unit."""
        ...


def effect(entry: Entry, sequence: int, view: View, today: date) -> Change:
    """What ``entry`` changes as the ``sequence``-th entry, recorded on ``today``. Raises EntryRefused."""
    problems = list(_timeless(entry, today))
    change, found = _effect(entry, sequence, view)
    problems += found
    if problems:
        raise EntryRefused(*problems)
    return change


def _timeless(entry: Entry, today: date) -> Iterator[Problem]:
    if entry.on > today:
        yield Problem("entry-in-future", {"on": entry.on.isoformat(), "today": today.isoformat()})
    if not entry.account or entry.account.startswith(OUTSIDE):
        yield Problem("account-outside", {"account": entry.account})


Found = tuple[Change, list[Problem]]


@singledispatch
def _effect(entry: Entry, sequence: int, view: View) -> Found:  # noqa: ARG001 - each kind of entry has its own
    raise TypeError(f"{entry!r} is no entry")


@_effect.register
def _acquire(entry: Acquire, sequence: int, view: View) -> Found:
    """Rules 1 and 8."""
    lot, kind = entry.lot, instrument(entry.lot.kind)
    problems = list(serials.problems(lot))
    if lot.vintage_end >= entry.on:
        problems.append(Problem("vintage-not-over", _values(lot, on=entry.on.isoformat())))
    problems += _expired(lot, entry.on)
    if not kind.accepts(lot.country, lot.vintage_start):
        problems.append(Problem("generation-not-eligible", _values(lot)))
    if kind.transfers is not None and lot.transfers > kind.transfers:
        problems.append(Problem("transfers-used-up", _values(lot)))
    if kind.needs_evidence and not entry.evidence:
        problems.append(Problem("evidence-needed", _values(lot)))
    problems += [
        Problem("electricity-claimed-twice", _values(lot, other=one.serial)) for one in view.rivals(lot)
    ]
    new = Position(sequence, 0, lot.span, entry.account, State.HELD, sequence, lot.transfers, entry.on)
    back, rest, found = _coming_back(entry, sequence, view)
    return Change(back, (new, *rest)), problems + found


def _coming_back(
    entry: Acquire, sequence: int, view: View
) -> tuple[tuple[Position, ...], list[Position], list[Problem]]:
    """Rule 1: the positions outside that the units come from, and what of them stays outside."""
    lot, sources = entry.lot, view.overlapping(entry.lot.span)
    if not all(one.account.startswith(OUTSIDE) for one in sources):
        return (), [], [Problem("serial-taken", _values(lot))]
    problems: list[Problem] = []
    for source in sources:
        problems += _not_before(source.opened_on, entry.on)
        if source.account != NOBODY:
            problems += _same_units(lot, source, view)
    left = [(source, span) for source in sources for span in source.span.without(lot.span)]
    rest = [_moved(source, sequence, place, span, entry.on) for place, (source, span) in enumerate(left, 1)]
    return sources, rest, problems


def _same_units(lot: Lot, source: Position, view: View) -> Iterator[Problem]:
    """What somebody outside holds is still what it was when it was sold."""
    known = view.lot(source.lot)
    if (known.kind, known.project, known.vintage_start) != (lot.kind, lot.project, lot.vintage_start):
        yield Problem("lot-differs", _values(lot))
    if lot.transfers < source.transfers:
        yield Problem("transfers-understated", _values(lot, transfers=str(source.transfers)))


@_effect.register
def _transfer(entry: Transfer, sequence: int, view: View) -> Found:
    """Rules 2 and 3."""
    position, problems = _usable(entry, entry.span, view)
    if not entry.to or entry.to in (entry.account, OUTSIDE):
        problems.append(Problem("transfer-to-nobody", {"account": entry.to}))
    if position is None:
        return Change(), problems
    lot = view.lot(position.lot)
    problems += _expired(lot, entry.on)
    allowed = instrument(lot.kind).transfers
    if not lot.tradable:
        problems.append(Problem("not-tradable", _values(lot)))
    elif allowed is not None and position.transfers >= allowed:
        problems.append(Problem("transfers-used-up", _values(lot)))
    moved = Position(
        sequence, 0, position.span, entry.to, State.HELD, position.lot, position.transfers + 1, entry.on
    )
    return Change((position,), (moved,)), problems


@_effect.register
def _split(entry: Split, sequence: int, view: View) -> Found:
    """Rules 2 and 4."""
    position, problems = _usable(entry, entry.span, view)
    if len(entry.into) < 2 or not tiles(entry.into, entry.span):
        pieces = sum(one.count for one in entry.into)
        problems.append(Problem("split-differs", {"whole": str(entry.span.count), "pieces": str(pieces)}))
    if position is None:
        return Change(), problems
    made = [
        _moved(position, sequence, place, span, entry.on) for place, span in enumerate(sorted(entry.into))
    ]
    return Change((position,), tuple(made)), problems


@_effect.register
def _retire(entry: Retire, sequence: int, view: View) -> Found:
    """Rules 2 and 3."""
    position, problems = _usable(entry, entry.span, view)
    if not entry.beneficiary.name.strip():
        problems.append(Problem("beneficiary-missing"))
    if entry.period_end < entry.period_start:
        problems.append(Problem("period-backwards"))
    if position is None:
        return Change(), problems
    problems += _expired(view.lot(position.lot), entry.on)
    return Change(
        (position,), (_moved(position, sequence, 0, position.span, entry.on, State.RETIRED),)
    ), problems


@_effect.register
def _freeze(entry: Freeze, sequence: int, view: View) -> Found:
    """Rule 2."""
    position, problems = _usable(entry, entry.span, view)
    if not entry.authority.strip():
        problems.append(Problem("authority-missing"))
    if position is None:
        return Change(), problems
    return Change(
        (position,), (_moved(position, sequence, 0, position.span, entry.on, State.FROZEN),)
    ), problems


@_effect.register
def _reverse(entry: Reverse, sequence: int, view: View) -> Found:
    """Rule 5."""
    number = str(entry.entry)
    problems = [] if entry.reason.strip() else [Problem("reason-missing")]
    try:
        earlier, change = view.entry(entry.entry), view.change(entry.entry)
    except KeyError:
        return Change(), [*problems, Problem("no-such-entry", {"entry": number})]
    if _owner(earlier, change) != entry.account:
        return Change(), [*problems, Problem("no-such-entry", {"entry": number})]
    if isinstance(earlier, Reverse | Assert):
        return Change(), [*problems, Problem("not-reversible", {"entry": number, "kind": name_of(earlier)})]
    if view.reversed_by(entry.entry) is not None:
        return Change(), [*problems, Problem("already-reversed", {"entry": number})]
    if any(one not in view.overlapping(one.span) for one in change.opened):
        return Change(), [*problems, Problem("later-entries", {"entry": number})]
    problems += _not_before(earlier.on, entry.on)
    again = [
        Position(sequence, place, one.span, one.account, one.state, one.lot, one.transfers, entry.on)
        for place, one in enumerate(change.closed)
    ]
    if isinstance(earlier, Acquire):
        again += _to_nobody(earlier, change, sequence, entry.on)
    return Change(change.opened, tuple(again)), problems


def _to_nobody(earlier: Acquire, change: Change, sequence: int, on: date) -> list[Position]:
    """Rule 5: units that came from nowhere belong to nobody now; they do not vanish."""
    fresh = [earlier.lot.span]
    for one in change.closed:
        fresh = [left for span in fresh for left in span.without(one.span)]
    new = change.opened[0]
    return [
        Position(sequence, len(change.closed) + place, span, NOBODY, State.HELD, new.lot, new.transfers, on)
        for place, span in enumerate(fresh)
    ]


def _owner(earlier: Entry, change: Change) -> str:
    """Who may reverse: whoever holds what the entry opened; where that is outside, whoever recorded it."""
    holder = change.opened[0].account if change.opened else earlier.account
    return earlier.account if holder.startswith(OUTSIDE) else holder


@_effect.register
def _assert(entry: Assert, sequence: int, view: View) -> Found:  # noqa: ARG001 - an assertion changes nothing
    """Rule 6."""
    held = view.balance(entry.account, entry.kind, entry.on)
    if entry.expected.unit is not held.unit:
        return Change(), [Problem("unit-differs", {"kind": entry.kind.value, "unit": held.unit.value})]
    if held != entry.expected:
        return Change(), [Problem("balance-differs", {"expected": str(entry.expected), "held": str(held)})]
    return Change(), []


def _usable(
    entry: Transfer | Split | Retire | Freeze, span: Span, view: View
) -> tuple[Position | None, list[Problem]]:
    """Rules 2 and 7: the position an entry names, or why there is none; that it was retired is told as such."""
    found = view.overlapping(span)
    own = [one for one in found if one.account == entry.account]
    units = {"units": f"{span.first}-{span.last}", "space": span.space}
    if len(own) != len(found) or not own:
        return None, [Problem("not-held", units)]
    position = own[0]
    if len(own) > 1 or position.span != span:
        return None, [
            Problem("split-first", units | {"position": f"{position.span.first}-{position.span.last}"})
        ]
    problems = list(_not_before(position.opened_on, entry.on))
    if position.state is not State.HELD:
        problems.append(Problem(f"already-{position.state.value}", units))
    return position, problems


def _not_before(last: date, on: date) -> Iterator[Problem]:
    """Rule 7."""
    if on < last:
        yield Problem("before-last-entry", {"on": on.isoformat(), "last": last.isoformat()})


def _expired(lot: Lot, on: date) -> list[Problem]:
    last = lot.expires_on
    if last is None or on <= last:
        return []
    return [Problem("lot-expired", _values(lot, last=last.isoformat(), on=on.isoformat()))]


def _moved(
    position: Position, sequence: int, place: int, span: Span, on: date, state: State | None = None
) -> Position:
    return Position(
        sequence, place, span, position.account, state or position.state, position.lot, position.transfers, on
    )


def _values(lot: Lot, **more: str) -> dict[str, str]:
    return {"serial": lot.serial, "kind": lot.kind.value, "vintage": lot.vintage_end.isoformat()} | more
