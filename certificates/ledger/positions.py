"""A position: a range of units with one holder and one state; and what an entry closes and opens.

Rules
1. Open positions never share a unit, and every unit that was ever acquired is in exactly one: nothing vanishes.
2. A position is never changed: an entry closes it and opens others over the same units.
3. Changes compose: what one opens and the next closes was never there. Composing is associative, so entries may be
   folded in any grouping.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certificates.ledger.spans import Span


class State(StrEnum):
    """What may still happen to units: anything, nothing until they are thawed, or nothing any more."""

    HELD = "held"
    FROZEN = "frozen"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Position:
    """Units of the lot that entry ``lot`` acquired; opened by an entry as its ``place``-th, on a day.

    ``transfers`` counts the trades behind the units so far.
    """

    opened_by: int
    place: int
    span: Span
    account: str
    state: State
    lot: int
    transfers: int
    opened_on: date

    @property
    def key(self) -> str:
        """Its name: ``entry.place``."""
        return f"{self.opened_by}.{self.place}"


@dataclass(frozen=True, slots=True)
class Change:
    """What one or several entries closed and opened."""

    closed: tuple[Position, ...] = ()
    opened: tuple[Position, ...] = ()

    def then(self, later: Change) -> Change:
        """Both, one after the other (rule 3)."""
        passing = frozenset(self.opened) & frozenset(later.closed)
        return Change(
            self.closed + tuple(one for one in later.closed if one not in passing),
            tuple(one for one in self.opened if one not in passing) + later.opened,
        )


def compose(changes: Iterable[Change]) -> Change:
    """All of them in order."""
    result = Change()
    for change in changes:
        result = result.then(change)
    return result
