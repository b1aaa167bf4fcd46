"""What purchases cost: units, averages, budgets.

Rules
1. Cost of a unit of a lot = price + fees / quantity, where quantity is what was expected, or what was delivered when
   that is more or the rest was cancelled. It is rounded once, at the end.
2. Averages are weighted by delivered quantity, one for each kind of instrument and currency.
3. A budget is kept by year, kind and currency; amounts of different currencies stand in different rows.

Example: ``averages([(purchase, deliveries)])[0].cost``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from certificates.ledger.fields import Form, FormRefused
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.money import CURRENCIES, Money, rounded, totals
from certificates.ledger.purchases import FIRST_YEAR, LAST_YEAR, Delivery, Progress, Purchase, delivered_under
from certificates.ledger.quantity import Quantity


@dataclass(frozen=True, slots=True)
class AverageCost:
    """The average of a kind in a currency: money a unit (MWh or tCO2e) over the delivered quantity."""

    kind: Kind
    cost: Money
    delivered: Quantity


def unit_cost(purchase: Purchase, delivered: Decimal) -> Money:
    """What one unit cost (rule 1), rounded once; ``delivered`` is all that came under the purchase."""
    return Money(rounded(_unit_cost(purchase, delivered)), purchase.currency)


def _unit_cost(purchase: Purchase, delivered: Decimal) -> Fraction:
    whole = delivered if purchase.cancelled_on is not None else max(purchase.expected, delivered)
    share = Fraction(purchase.all_fees.amount) / Fraction(whole) if whole else Fraction(0)
    return Fraction(purchase.unit_price) + share


def costs(bought: Iterable[tuple[Purchase, Sequence[Delivery]]]) -> dict[int, Money]:
    """The cost of one unit of every lot delivered, by lot."""
    found: dict[int, Money] = {}
    for purchase, deliveries in bought:
        came = delivered_under(purchase, deliveries)
        if came:
            cost = unit_cost(purchase, sum((one.quantity for one in came), Decimal(0)))
            found |= {one.lot: cost for one in came}
    return found


def averages(bought: Iterable[tuple[Purchase, Sequence[Delivery]]]) -> tuple[AverageCost, ...]:
    """Average costs by kind and currency, weighted by delivered quantity (rule 2)."""
    sums: dict[tuple[Kind, str], tuple[Fraction, Decimal]] = {}
    for purchase, deliveries in bought:
        came = sum((one.quantity for one in delivered_under(purchase, deliveries)), Decimal(0))
        if came:
            key = purchase.kind, purchase.currency
            cost, quantity = sums.get(key, (Fraction(0), Decimal(0)))
            sums[key] = cost + _unit_cost(purchase, came) * Fraction(came), quantity + came
    return tuple(
        AverageCost(
            kind, Money(rounded(cost / Fraction(came)), currency), Quantity(came, instrument(kind).unit)
        )
        for (kind, currency), (cost, came) in sorted(sums.items())
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be spent on a kind in a year."""

    year: int
    kind: Kind
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A year's budget for a kind in a currency: planned (None where nothing was), spent, committed, what is left."""

    year: int
    kind: Kind
    planned: Money | None
    spent: Money
    committed: Money

    @property
    def left(self) -> Money | None:
        """Planned less spent and committed; negative when overdrawn; None without a plan."""
        return None if self.planned is None else self.planned - self.spent - self.committed


def budget(plans: Iterable[Plan], bought: Iterable[tuple[Purchase, Progress]]) -> tuple[BudgetRow, ...]:
    """Rows by year, kind and currency (rule 3): everything planned, spent or committed."""
    planned = {(one.year, one.kind, one.currency): Money(one.amount, one.currency) for one in plans}
    moved: dict[tuple[int, Kind, str], list[Progress]] = {}
    for purchase, state in bought:
        moved.setdefault((purchase.year, purchase.kind, purchase.currency), []).append(state)
    rows = []
    for key in sorted(planned.keys() | moved.keys()):
        nothing = Money(Decimal(0), key[2])
        spent = totals([nothing, *(one.spent for one in moved.get(key, ()))])[0]
        committed = totals([nothing, *(one.committed for one in moved.get(key, ()))])[0]
        rows.append(BudgetRow(key[0], key[1], planned.get(key), spent, committed))
    return tuple(rows)


def plan_from_form(given: Mapping[str, Any]) -> Plan:
    """A budget from a form of year, kind, currency and amount. Raises FormRefused."""
    form = Form(given)
    kind, year = form.choice("kind", Kind), form.whole("year", FIRST_YEAR, LAST_YEAR)
    currency, amount = form.one_of("currency", CURRENCIES, "not-a-currency"), form.decimal("amount")
    form.finish()
    if form.problems or kind is None or year is None or amount is None:
        raise FormRefused(form.problems)
    return Plan(year, kind, amount, currency)
