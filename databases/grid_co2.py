"""Organisation-level CO2 factors of China's grids: for a plant's or park's inventory, never for a product.

Rules
1. These figures hold CO2 of combustion at power stations only. A product footprint needs the life-cycle
   datasets of a release. An ``OrganisationGridFactor`` is no ``Dataset``: it has no code, no position and no
   boundary, and its unit is kgCO2/kWh, so a product study can neither link nor convert it.
2. The announcements cover China in three readings, seven grid regions and thirty provinces, for 2021, 2022
   and 2023. A year outside the table is refused; no year stands in for another.
3. Tibet has no published value. It falls back to the Southwest grid, and the answer names the place asked for
   and the reason, so that a report can print it. Every other place without a value is refused.
4. Electricity left after green certificates and contracts are taken out is read from ``CN-RESIDUAL``, never
   from ``CN``, so that a green attribute already sold is not counted twice.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

UNIT = "kgCO2/kWh"
_TABLE = Path(__file__).parent / "data" / "grid_co2.csv"
_FALLBACKS = {
    "CN-XZ": (
        "CN-GRID-SOUTHWEST",
        "西藏无官方公布值，采用西南区域值",
        "No value is published for Tibet; the Southwest grid stands in",
    )
}


class GridFactorNotPublished(LookupError):
    """No organisation-level CO2 grid factor is published for this place and year."""

    def __init__(self, place: str, year: int) -> None:
        super().__init__(f"{place}, {year}")
        self.place = place
        self.year = year


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationGridFactor:
    """One published CO2 factor of grid electricity, kg CO2 per kWh, for organisation-level accounting only.

    ``level`` is national, national-residual (without market-traded non-fossil power), national-fossil, region
    or province. ``place`` is the area whose figure this is. ``requested`` differs from it only after a
    fallback, whose reason is then given in both languages. ``certainty`` is the mark P, S, S2, M or D.
    """

    area_zh: str
    area_en: str
    place: str
    level: str
    data_year: int
    factor: Decimal
    unit: str
    source: str
    document: str
    number: str
    issuer: str
    certainty: str
    requested: str
    reason_zh: str = ""
    reason_en: str = ""

    @property
    def stands_in(self) -> bool:
        """True when no value is published for the place asked for and another area's figure is given."""
        return self.requested != self.place


def _factor(row: dict[str, str]) -> OrganisationGridFactor:
    return OrganisationGridFactor(
        area_zh=row["area_zh"],
        area_en=row["area_en"],
        place=row["place"],
        level=row["level"],
        data_year=int(row["data_year"]),
        factor=Decimal(row["factor"]),
        unit=row["unit"],
        source=row["source"],
        document=row["document"],
        number=row["number"],
        issuer=row["issuer"],
        certainty=row["certainty"],
        requested=row["place"],
    )


@cache
def all_factors() -> tuple[OrganisationGridFactor, ...]:
    """Every published factor, by year, then nation, regions and provinces, in the order of the table."""
    with _TABLE.open(encoding="utf-8", newline="") as table:
        return tuple(_factor(row) for row in csv.DictReader(table))


@cache
def _by_place_and_year() -> dict[tuple[str, int], OrganisationGridFactor]:
    return {(factor.place, factor.data_year): factor for factor in all_factors()}


def grid_co2_factor(place: str, year: int) -> OrganisationGridFactor:
    """The CO2 factor of ``place`` (CN, CN-RESIDUAL, CN-FOSSIL, CN-GRID-EAST, CN-JS, ...) in a data year.

    Organisation-level accounting only (rule 1). Raises ``GridFactorNotPublished``.
    """
    known = _by_place_and_year()
    if (found := known.get((place, year))) is not None:
        return found
    if place in _FALLBACKS:
        area, reason_zh, reason_en = _FALLBACKS[place]
        if (found := known.get((area, year))) is not None:
            return replace(found, requested=place, reason_zh=reason_zh, reason_en=reason_en)
    raise GridFactorNotPublished(place, year)
