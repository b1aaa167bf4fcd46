"""What the rules of entries look at, and the rules that several entries share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from certificates.ledger.entries import Entry
from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Change, Position
from certificates.ledger.problems import Problem
from certificates.ledger.quantity import Quantity
from certificates.ledger.spans import Span


class View(Protocol):
    """The open positions, and how they came about."""

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

    def last_asserted(self, account: str, kind: Kind) -> tuple[date, int] | None:
        """The latest day for which an account's balance of a kind is asserted, and the entry that does; reversed
        assertions do not count.
        """
        ...

    def rivals(self, lot: Lot) -> tuple[Lot, ...]:
        """Lots that somebody has and that rest on the same electricity as ``lot``, and are of another unit."""
        ...


Found = tuple[Change, list[Problem]]
"""What an entry would change, and why it may not."""


def not_before(last: date, on: date) -> Iterator[Problem]:
    """Nothing takes effect before what last happened to the units."""
    if on < last:
        yield Problem("before-last-entry", {"on": on.isoformat(), "last": last.isoformat()})


def not_expired(lot: Lot, on: date) -> Iterator[Problem]:
    """Units may be transferred or used up to the last day of their validity."""
    last = lot.expires_on
    if last is not None and on > last:
        yield Problem("lot-expired", lot.told(last=last.isoformat(), on=on.isoformat()))
