"""The price a certificate is counted at: published, or a scenario of the user's that is labelled as one.

Rules
1. Imports of 2026 are priced by the published average of the quarter of import (Article 21(1a) of Regulation (EU)
   2023/956). Imports from 2027 are priced when certificates are bought, by the week: no price of theirs is known
   beforehand, so those years take a scenario.
2. A published price comes before a scenario for the same quarter.
3. Without either there is no price, and a finding says which quarter needs one. None is invented.

Example: ``price_of(2026, 1, tables, None).value == Decimal("75.36")``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from databases.cbam.values import PriceUnpublished
from lca.findings import Finding

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

QUARTERLY_YEAR = 2026
"""The year whose imports are priced by quarters."""


class PriceKind(StrEnum):
    """Where a price comes from."""

    PUBLISHED = "published"
    SCENARIO = "scenario"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Prices in EUR per certificate the user assumes: by quarter, else by year, else one for all.

    ``name`` labels every figure made with it.
    """

    name: str
    flat: Decimal | None = None
    by_year: Mapping[int, Decimal] = field(default_factory=dict)
    by_quarter: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stated = (self.flat, *self.by_year.values(), *self.by_quarter.values())
        if not self.name.strip() or any(price is not None and price < 0 for price in stated):
            raise ValueError("A scenario has a name, and its prices are not negative.")

    def price(self, year: int, quarter: int) -> Decimal | None:
        """The assumed price of a quarter, or None."""
        return self.by_quarter.get((year, quarter), self.by_year.get(year, self.flat))


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceUsed:
    """A price in EUR per certificate with its kind, source and mark; ``value`` None where there is none."""

    value: Decimal | None
    kind: PriceKind
    source: str
    mark: str
    findings: tuple[Finding, ...] = ()


def price_of(year: int, quarter: int, tables: Tables, scenario: Scenario | None = None) -> PriceUsed:
    """The price of a quarter (rules 1 to 3)."""
    if year == QUARTERLY_YEAR:
        try:
            price = tables.price(year, quarter)
        except PriceUnpublished:
            pass
        else:
            return PriceUsed(
                value=price.value, kind=PriceKind.PUBLISHED, source=price.source, mark=str(price.mark)
            )
    assumed = scenario.price(year, quarter) if scenario is not None else None
    if scenario is None or assumed is None:
        finding = Finding.warning("cbam-price-unpublished", year=year, quarter=quarter)
        return PriceUsed(value=None, kind=PriceKind.NONE, source="", mark="?", findings=(finding,))
    told = Finding.note("cbam-price-scenario", name=scenario.name, year=year)
    return PriceUsed(value=assumed, kind=PriceKind.SCENARIO, source=scenario.name, mark="?", findings=(told,))
