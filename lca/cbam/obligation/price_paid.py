"""A carbon price paid abroad, taken out of monitored data for a comparison by the draft rules: never for a declaration.

Rules (draft under Article 9(5) of Regulation (EU) 2023/956, Ares(2026)4841230 of 13.5.2026, which is not law)
1. Of each instrument of a good: price x rate x (emissions covered - rebate), per functional unit; several are added up.
2. It is set against the yearly average price of certificates. The Commission publishes that price and nobody here
   guesses it: whoever asks states it, with its source.
3. Goods counted by nitrogen are declared per tonne: their price is multiplied by the content. Without it there is none.

Example: CNY 80 at EUR 0.125 for 2 tCO2e/t, half of it free: EUR 10/t; over EUR 80 that is 0.125 certificates per tonne.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from databases.cbam.goods import FunctionalUnit
from lca.cbam.monitoring import Monitoring
from lca.cbam.obligation.certificates import PricePaid, effective_price
from lca.cbam.obligation.installation import GoodInYear

ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDeduction:
    """Asks for the deduction. ``reference``: yearly average price in EUR per certificate; ``source`` says whose."""

    reference: Decimal
    source: str

    def __post_init__(self) -> None:
        if not self.reference.is_finite() or self.reference <= 0:
            raise ValueError("The yearly reference price is positive.")

    def of(self, data: Monitoring, good: GoodInYear) -> PricePaid | None:
        """What was paid for a good per unit of its basis (rules 1 and 3); None where nothing was."""
        units = good.content if good.unit is FunctionalUnit.KG_NITROGEN else ONE
        stated = [one for one in data.carbon_prices if one.good == good.good]
        if not stated or units is None:
            return None
        effective = sum((effective_price(one, units) for one in stated), Decimal(0))
        return PricePaid(effective=effective, reference=self.reference, source=self.source)
