"""A lot: units of an instrument as they were bought, with what the registry says of them.

Rules
1. ``serial`` is the registry's own text and is never rewritten; ``span`` is the range of numbers it means.
2. quantity = (last - first + 1) x the instrument's grain, an exact decimal.
3. The vintage is a period, both days included: for electricity the month of generation.
4. ``transfers`` counts the trades behind the lot when it was acquired; ``tradable`` is False for a green certificate
   that may not be traded (China, GEC rules of 2024, article on tradability).
5. ``electricity`` is the filing code (17 characters) of the power plant whose electricity the lot rests on; empty for
   a credit from anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.quantity import Quantity
from certificates.ledger.spans import Span

MOST_TRADES = 9_999


@dataclass(frozen=True, slots=True)
class Lot:
    """Units of one kind, project and vintage. Raises ValueError for a vintage that ends before it begins, no serial,
    or a number of trades that cannot be.
    """

    kind: Kind
    serial: str
    span: Span
    project: str
    vintage_start: date
    vintage_end: date
    name: str = ""
    country: str = ""
    technology: str = ""
    methodology: str = ""
    electricity: str = ""
    tradable: bool = True
    transfers: int = 0
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.serial.strip() or self.vintage_end < self.vintage_start:
            raise ValueError("A lot has a serial and a vintage that does not end before it begins.")
        if not 0 <= self.transfers <= MOST_TRADES:
            raise ValueError(f"A lot has seen between 0 and {MOST_TRADES} trades.")

    @property
    def quantity(self) -> Quantity:
        """Everything of the lot (rule 2)."""
        return instrument(self.kind).quantity(self.span.count)

    @property
    def expires_on(self) -> date | None:
        """The last day on which its units may be transferred or used; None where they do not expire."""
        return instrument(self.kind).expires_on(self.vintage_start)

    def told(self, **more: str) -> dict[str, str]:
        """What sentences about the lot say of it, and ``more``."""
        return {
            "serial": self.serial,
            "kind": self.kind.value,
            "vintage": self.vintage_end.isoformat(),
        } | more
