"""Whether an entry may happen, and what it changes. Every way units could count twice is refused here.

Rules
1. Acquire: as :mod:`certificates.ledger.acquisition` says.
2. Transfer, split, retire, freeze name exactly one open position of the account, in state held; a part is split first.
3. Transfer and retire are refused when the units have expired on the day; transfer also when the rules of the kind
   leave no transfer.
4. Split: the pieces are exactly the position.
5. Reverse: everything the entry opened is as it left it (or as it was before, where what came after was reversed too),
   and only its holder reverses: nobody takes back what somebody else received. Units of a reversed acquisition belong
   to nobody. A reversed entry and a reversal are not reversed.
6. Assert: the account holds exactly that much of the kind at the end of the day. What would change a balance on or
   before a day for which it is asserted is refused: the assertion is reversed first, and made anew afterwards.
7. No entry takes effect after the day of recording, nor before what last happened to its units.
8. The same electricity is never behind a green certificate and a carbon credit.
9. All problems of an entry are told at once.
10. No text hides control characters, all together are no longer than a page shows, a name or reason shows something,
    and evidence is named by SHA-256 in 64 small hexadecimal digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import singledispatch

from certificates.ledger.acquisition import acquired
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
    texts_of,
)
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.positions import Change, Position, State
from certificates.ledger.problems import EntryRefused, Problem
from certificates.ledger.spans import Span, tiles
from certificates.ledger.view import Found, not_before, not_expired
from certificates.ledger.view import View as View

_HIDDEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
_LONGEST = 20_000
"""Characters of all texts of an entry: what is told of units goes with them into accounts of others."""
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NOT_HELD = {State.FROZEN: "already-frozen", State.RETIRED: "already-retired"}


def effect(entry: Entry, sequence: int, view: View, today: date) -> Change:
    """What ``entry`` changes as the ``sequence``-th entry, recorded on ``today``. Raises EntryRefused."""
    problems = list(_timeless(entry, today))
    change, found = _effect(entry, sequence, view)
    problems += found
    problems += _asserted(entry, sequence, change, view)
    if problems:
        raise EntryRefused(*problems)
    return change


def _timeless(entry: Entry, today: date) -> Iterator[Problem]:
    """Rules 7 and 10, and whose account it is."""
    if entry.on > today:
        yield Problem("entry-in-future", {"on": entry.on.isoformat(), "today": today.isoformat()})
    if not entry.account or entry.account.startswith(OUTSIDE):
        yield Problem("account-outside", {"account": entry.account})
    texts = texts_of(entry)
    if _HIDDEN.search(texts):
        yield Problem("hidden-characters")
    if len(texts) > _LONGEST:
        yield Problem("texts-too-long", {"most": str(_LONGEST)})
    for one in entry.evidence:
        if not _DIGEST.fullmatch(one):
            yield Problem("evidence-not-in-form", {"evidence": one})


def _asserted(entry: Entry, sequence: int, change: Change, view: View) -> Iterator[Problem]:
    """Rule 6: no balance changes that somebody has asserted for the day or a later one."""
    moved: dict[tuple[str, int], int] = {}
    for sign, positions in ((1, change.opened), (-1, change.closed)):
        for one in positions:
            if one.state is not State.RETIRED and not one.account.startswith(OUTSIDE):
                key = one.account, one.lot
                moved[key] = moved.get(key, 0) + sign * one.span.count
    if not moved:
        return
    balances = {
        (account, (entry.lot if isinstance(entry, Acquire) and lot == sequence else view.lot(lot)).kind): None
        for (account, lot), count in moved.items()
        if count
    }
    for account, kind in balances:
        last = view.last_asserted(account, kind)
        if last is not None and entry.on <= last[0]:
            yield _untrue(entry, account, kind, last)


def _untrue(entry: Entry, account: str, kind: Kind, last: tuple[date, int]) -> Problem:
    """Of another account's assertion nothing is told but that there is one."""
    values = {"kind": kind.value, "on": entry.on.isoformat()}
    if account != entry.account:
        return Problem("balance-of-other-asserted", values)
    return Problem("balance-asserted", values | {"last": last[0].isoformat(), "entry": str(last[1])})


def _says(text: str) -> bool:
    """Rule 10: True when something of a text can be seen."""
    return any(one.isprintable() and not one.isspace() for one in text)


@singledispatch
def _effect(entry: Entry, sequence: int, view: View) -> Found:  # noqa: ARG001 - each kind of entry has its own
    raise TypeError(f"{entry!r} is no entry")


@_effect.register
def _acquire(entry: Acquire, sequence: int, view: View) -> Found:
    """Rules 1 and 8."""
    return acquired(entry, sequence, view)


@_effect.register
def _transfer(entry: Transfer, sequence: int, view: View) -> Found:
    """Rules 2 and 3."""
    position, problems = _usable(entry, entry.span, view)
    if not _says(entry.to.removeprefix(OUTSIDE)) or entry.to == entry.account:
        problems.append(Problem("transfer-to-nobody", {"account": entry.to}))
    if position is None:
        return Change(), problems
    lot = view.lot(position.lot)
    problems += not_expired(lot, entry.on)
    allowed = instrument(lot.kind).transfers
    if not lot.tradable:
        problems.append(Problem("not-tradable", lot.told()))
    elif allowed is not None and position.transfers >= allowed:
        problems.append(Problem("transfers-used-up", lot.told()))
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
    who, state, lot, transfers = position.account, position.state, position.lot, position.transfers
    made = [
        Position(sequence, place, span, who, state, lot, transfers, entry.on)
        for place, span in enumerate(sorted(entry.into))
    ]
    return Change((position,), tuple(made)), problems


@_effect.register
def _retire(entry: Retire, sequence: int, view: View) -> Found:
    """Rules 2 and 3."""
    position, problems = _usable(entry, entry.span, view)
    if not _says(entry.beneficiary.name):
        problems.append(Problem("beneficiary-missing"))
    if entry.period_end < entry.period_start:
        problems.append(Problem("period-backwards"))
    if position is None:
        return Change(), problems
    problems += not_expired(view.lot(position.lot), entry.on)
    return _again(position, sequence, entry, State.RETIRED), problems


@_effect.register
def _freeze(entry: Freeze, sequence: int, view: View) -> Found:
    """Rule 2."""
    position, problems = _usable(entry, entry.span, view)
    if not _says(entry.authority):
        problems.append(Problem("authority-missing"))
    if position is None:
        return Change(), problems
    return _again(position, sequence, entry, State.FROZEN), problems


@_effect.register
def _reverse(entry: Reverse, sequence: int, view: View) -> Found:
    """Rule 5."""
    number = str(entry.entry)
    problems = [] if _says(entry.reason) else [Problem("reason-missing")]
    try:
        earlier, change = view.entry(entry.entry), view.change(entry.entry)
    except KeyError:
        return Change(), [*problems, Problem("no-such-entry", {"entry": number})]
    if _owner(earlier, change) != entry.account:
        return Change(), [*problems, Problem("no-such-entry", {"entry": number})]
    if isinstance(earlier, Reverse):
        return Change(), [*problems, Problem("not-reversible", {"entry": number, "kind": name_of(earlier)})]
    if view.reversed_by(entry.entry) is not None:
        return Change(), [*problems, Problem("already-reversed", {"entry": number})]
    current = [_as_left(one, view) for one in change.opened]
    closed = tuple(one for one in current if one is not None)
    if len(closed) < len(current):
        return Change(), [*problems, Problem("later-entries", {"entry": number})]
    problems += not_before(max([earlier.on, *(one.opened_on for one in closed)]), entry.on)
    again = [
        Position(sequence, place, one.span, one.account, one.state, one.lot, one.transfers, entry.on)
        for place, one in enumerate(change.closed)
    ]
    if isinstance(earlier, Acquire):
        again += _to_nobody(earlier, change, sequence, entry.on)
    return Change(closed, tuple(again)), problems


def _as_left(opened: Position, view: View) -> Position | None:
    """The open position over the same units with the same holder, state, lot and trades; None where there is none."""
    found = view.overlapping(opened.span)
    same = len(found) == 1 and _substance(found[0]) == _substance(opened)
    return found[0] if same else None


def _substance(position: Position) -> tuple[object, ...]:
    return position.span, position.account, position.state, position.lot, position.transfers


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
    problems = list(not_before(position.opened_on, entry.on))
    if position.state is not State.HELD:
        problems.append(Problem(_NOT_HELD[position.state], units))
    return position, problems


def _again(position: Position, sequence: int, entry: Entry, state: State) -> Change:
    """The whole position closed, and opened again in another state."""
    who, lot, transfers = position.account, position.lot, position.transfers
    return Change((position,), (Position(sequence, 0, position.span, who, state, lot, transfers, entry.on),))
