"""What the units an account has have cost, as rows of a table: averages by kind and currency, and what nobody priced.

The rules are those of ``certificates.ledger.portfolio``: weighted by quantity, currencies never added, units without a
known cost told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from certificates.ledger import portfolio

if TYPE_CHECKING:
    from certificates.ledger.money import Money
    from service.web.ledger_rows import Row


@dataclass(frozen=True, slots=True)
class Cost:
    """A kind in a currency: ``amount`` in ``unit``, ``average`` money a unit; no currency where no cost is known."""

    kind: str
    unit: str
    amount: Decimal
    currency: str = ""
    average: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """Money for all of it, by the rounded average."""
        return self.average * self.amount


def costs(rows: Iterable[Row], unit_costs: Mapping[int, Money]) -> tuple[Cost, ...]:
    """Every kind and currency of the units held or frozen; ``unit_costs`` is the cost of a unit by lot."""
    found = portfolio.average_costs((row.held for row in rows if row.state in ("held", "frozen")), unit_costs)
    known = [
        Cost(
            one.kind.value,
            one.quantity.unit.value,
            one.quantity.amount,
            one.cost.currency,
            one.cost.amount,
        )
        for one in found.averages
    ]
    unknown = [Cost(one.kind.value, one.quantity.unit.value, one.quantity.amount) for one in found.unknown]
    return tuple(known + unknown)
