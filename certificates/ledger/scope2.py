"""What an organisation's electricity emits in scope 2, market-based and location-based, side by side.

Rules
1. CO2 at the power plant only: no life-cycle factor enters here, and none of these factors enters a product's footprint
   (announcements 2025 no. 47 and no. 3 of China's MEE: two kinds of factor for two uses, never mixed).
2. Market-based (GHG Protocol Scope 2 Guidance, chapter 6): covered kWh carry the emission rate of the plants whose
   attributes were retired, which is 0 for what ``certificates.ledger.power`` lets cover them. Uncovered kWh take the
   residual factor, which leaves out power whose attributes were sold: in China 0.6096 kgCO2/kWh for 2023, never the
   average, which would count sold attributes again.
3. Location-based: all kWh take the average of the place, a province or the country as it was declared. Neither method
   replaces the other (chapter 7): both are told, each with factor, year and source.
4. A factor is that of the year of consumption, or the newest published before it, and then says so. Where none is
   published, the amount is not told; no other factor stands in.

Example: ``emissions(cover, residual, average).market_kg``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from certificates.ledger.power import Cover


@dataclass(frozen=True, slots=True)
class Factor:
    """kgCO2/kWh of an area and year, with the document that publishes it; ``wanted_year`` is that of the consumption.

    ``mark`` says how sure the value is; ``reason`` why another area stands in (zh, en), empty where none does.
    """

    value: Decimal
    place: str
    year: int
    wanted_year: int
    document: str
    number: str
    issuer: str
    mark: str
    reason_zh: str = ""
    reason_en: str = ""

    @property
    def is_of_the_year(self) -> bool:
        """False where an earlier year stands in (rule 4)."""
        return self.year == self.wanted_year


@dataclass(frozen=True, slots=True)
class Emissions:
    """kgCO2 of the same kWh by two methods; None where no factor is published (rule 4)."""

    market_kg: Decimal | None
    location_kg: Decimal | None
    residual: Factor | None
    average: Factor | None


def emissions(cover: Cover, residual: Factor | None, average: Factor | None) -> Emissions:
    """Rules 2 and 3, exactly. Nothing uncovered needs no residual factor."""
    market: Decimal | None = None
    if residual is not None:
        market = cover.uncovered * residual.value
    elif not cover.uncovered:
        market = Decimal(0)
    location = cover.consumption * average.value if average is not None else None
    return Emissions(market, location, residual, average)


def added(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, or None where one of them is not told: a sum without it would be too small."""
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total
