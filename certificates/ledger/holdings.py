"""Positions with what their lots say of them, and their sums.

Rules
1. Amounts are exact sums of one kind of instrument; nothing adds across kinds, so MWh and tCO2e never mix.
2. The year of a vintage is that of its first day, from which validity is counted.

Example: ``totals(holdings, By.STATE, By.YEAR)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.positions import Position
from certificates.ledger.quantity import Quantity, total


@dataclass(frozen=True, slots=True)
class Held:
    """A position with what its lot says of it."""

    position: Position
    kind: Kind
    project: str
    technology: str
    vintage_start: date
    vintage_end: date
    expires_on: date | None

    @classmethod
    def of(cls, position: Position, lot: Lot) -> Held:
        """A position of a lot."""
        return cls(
            position,
            lot.kind,
            lot.project,
            lot.technology,
            lot.vintage_start,
            lot.vintage_end,
            lot.expires_on,
        )

    @property
    def quantity(self) -> Quantity:
        """All units of the position."""
        return instrument(self.kind).quantity(self.position.span.count)


class By(StrEnum):
    """What totals are told apart by, besides the kind."""

    STATE = "state"
    YEAR = "year"
    TECHNOLOGY = "technology"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of a kind; ``key`` are the values of what totals were told apart by, in that order."""

    kind: Kind
    key: tuple[str, ...]
    quantity: Quantity


def totals(holdings: Iterable[Held], *by: By) -> tuple[Total, ...]:
    """Sums by kind and by what is asked, in order (rules 1 and 2)."""
    groups: dict[tuple[Kind, tuple[str, ...]], list[Quantity]] = {}
    for one in holdings:
        groups.setdefault((one.kind, tuple(_value(one, what) for what in by)), []).append(one.quantity)
    order = list(Kind)
    return tuple(
        Total(kind, key, total(groups[kind, key], instrument(kind).unit))
        for kind, key in sorted(groups, key=lambda group: (order.index(group[0]), group[1]))
    )


def _value(one: Held, by: By) -> str:
    if by is By.STATE:
        return one.position.state.value
    if by is By.YEAR:
        return f"{one.vintage_start.year:04}"
    return one.technology if by is By.TECHNOLOGY else one.project
