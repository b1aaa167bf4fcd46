"""What a portfolio says: totals, what expires when, which units to retire first, what they cost.

Rules
1. Expired: the last day of validity is past and the units are not retired. Warnings are told 90 and 30 days before.
2. To retire first: what expires earliest, then the oldest vintage, the smallest position, the oldest entry.
   Only units in state held that were there and valid on the day, and whose vintage lies in the period asked for.
   Units are whole: the last one may reach beyond the amount wanted. Kinds without a registry are suggested only where
   they are named, since nobody can retire them there.
3. An average cost is weighted by quantity, one for each kind and currency, rounded once. Units whose cost is not known
   are told apart and are never priced at zero.

Example: ``suggest(holdings, Wanted(Quantity(Decimal(30), Unit.MWH), date(2026, 11, 22))).picks``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import ceil

from certificates.ledger.holdings import By as By
from certificates.ledger.holdings import Held as Held
from certificates.ledger.holdings import Total as Total
from certificates.ledger.holdings import totals as totals
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.money import Money, rounded
from certificates.ledger.positions import State
from certificates.ledger.quantity import Quantity, total

SOON, VERY_SOON = 90, 30
"""Days before the end of validity at which warnings are told (rule 1)."""


class Urgency(StrEnum):
    """How soon units end to be valid (rule 1)."""

    EXPIRED = "expired"
    VERY_SOON = "very-soon"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Expiry:
    """A position that ends to be valid on ``last``; ``days`` are left after the day asked, negative when past."""

    held: Held
    last: date
    days: int

    @property
    def urgency(self) -> Urgency:
        """Rule 1."""
        if self.days < 0:
            return Urgency.EXPIRED
        if self.days <= VERY_SOON:
            return Urgency.VERY_SOON
        return Urgency.SOON if self.days <= SOON else Urgency.LATER


@dataclass(frozen=True, slots=True)
class Month:
    """What ends to be valid in the month that begins on ``first``."""

    first: date
    expiries: tuple[Expiry, ...]

    @property
    def totals(self) -> tuple[Total, ...]:
        """Sums by kind."""
        return totals(one.held for one in self.expiries)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What was not retired in time, the months ahead (those without an end of validity too), and what ends later."""

    expired: tuple[Expiry, ...]
    months: tuple[Month, ...]
    beyond: tuple[Expiry, ...]

    @property
    def warnings(self) -> tuple[Expiry, ...]:
        """What ends within 90 days, the first first."""
        ahead = (one for month in (*self.months, Month(date.max, self.beyond)) for one in month.expiries)
        return tuple(one for one in ahead if one.urgency in (Urgency.VERY_SOON, Urgency.SOON))


def calendar(holdings: Iterable[Held], on: date, months: int = 12) -> Calendar:
    """The ends of validity as seen on a day; ``months`` includes the day's own."""
    ends = sorted(
        (
            Expiry(one, one.expires_on, (one.expires_on - on).days)
            for one in holdings
            if one.expires_on is not None and one.position.state is not State.RETIRED
        ),
        key=lambda one: (one.last, _first_out(one.held)),
    )
    firsts = [_month(on, ahead) for ahead in range(months + 1)]
    ahead = [one for one in ends if one.days >= 0]
    return Calendar(
        tuple(one for one in ends if one.days < 0),
        tuple(
            Month(first, tuple(one for one in ahead if first <= one.last < after))
            for first, after in pairwise(firsts)
        ),
        tuple(one for one in ahead if one.last >= firsts[-1]),
    )


def _month(on: date, ahead: int) -> date:
    months = on.year * 12 + on.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An amount to retire on a day: of some kinds (all of its unit where empty), of vintages within a period (both days
    included).
    """

    amount: Quantity
    on: date
    kinds: frozenset[Kind] = frozenset()
    vintage_from: date = date.min
    vintage_until: date = date.max
    used: frozenset[str] = field(default=frozenset())

    def takes(self, one: Held) -> bool:
        """Rule 2; ``used`` are keys of positions that serve something else already."""
        rules, position = instrument(one.kind), one.position
        named = one.kind in self.kinds if self.kinds else bool(rules.registry)
        there = position.state is State.HELD and position.opened_on <= self.on
        valid = one.expires_on is None or self.on <= one.expires_on
        within = self.vintage_from <= one.vintage_start and one.vintage_end <= self.vintage_until
        return (
            named
            and rules.unit is self.amount.unit
            and there
            and valid
            and within
            and position.key not in self.used
        )


@dataclass(frozen=True, slots=True)
class Pick:
    """So many units of a position, from its first; ``split`` when some are left."""

    held: Held
    count: int

    @property
    def split(self) -> bool:
        """True when the position must be split first."""
        return self.count < self.held.position.span.count

    @property
    def quantity(self) -> Quantity:
        """The amount picked."""
        return instrument(self.held.kind).quantity(self.count)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to retire, in order, and what is missing (zero when nothing is)."""

    picks: tuple[Pick, ...]
    missing: Quantity


def suggest(holdings: Iterable[Held], wanted: Wanted) -> Suggestion:
    """Which units to retire first (rule 2). Raises ValueError for an amount that is not positive."""
    left = wanted.amount.amount
    if left <= 0:
        raise ValueError("What is wanted is more than nothing.")
    picks = []
    for one in sorted((one for one in holdings if wanted.takes(one)), key=_first_out):
        if left <= 0:
            break
        grain = instrument(one.kind).grain
        need = ceil(Fraction(left) / Fraction(grain))
        pick = Pick(one, min(need, one.position.span.count))
        picks.append(pick)
        left = (Quantity(left, wanted.amount.unit) - pick.quantity).amount
    return Suggestion(tuple(picks), Quantity(max(left, Decimal(0)), wanted.amount.unit))


def _first_out(one: Held) -> tuple[date, date, int, int, int]:
    position = one.position
    return (
        one.expires_on or date.max,
        one.vintage_start,
        position.span.count,
        position.opened_by,
        position.place,
    )


@dataclass(frozen=True, slots=True)
class Average:
    """What a unit (MWh or tCO2e) of a kind cost on average, over so much of it."""

    kind: Kind
    cost: Money
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Costs:
    """Average costs by kind and currency, and what has no known cost, by kind."""

    averages: tuple[Average, ...]
    unknown: tuple[Total, ...]


def average_costs(holdings: Iterable[Held], costs: Mapping[int, Money]) -> Costs:
    """What the holdings cost (rule 3); ``costs`` are those of one unit (MWh or tCO2e) of a lot, by lot."""
    known: dict[tuple[Kind, str], list[tuple[Money, Quantity]]] = {}
    unknown = []
    for one in holdings:
        cost = costs.get(one.position.lot)
        if cost is None:
            unknown.append(one)
        else:
            known.setdefault((one.kind, cost.currency), []).append((cost, one.quantity))
    order = list(Kind)
    return Costs(
        tuple(
            _average(kind, currency, known[kind, currency])
            for kind, currency in sorted(known, key=lambda group: (order.index(group[0]), group[1]))
        ),
        totals(unknown),
    )


def _average(kind: Kind, currency: str, bought: list[tuple[Money, Quantity]]) -> Average:
    quantity = total((one for _, one in bought), instrument(kind).unit)
    money = sum((Fraction(cost.amount) * Fraction(one.amount) for cost, one in bought), Fraction(0))
    return Average(kind, Money(rounded(money / Fraction(quantity.amount)), currency), quantity)
