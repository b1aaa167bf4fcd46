"""The words of monitoring data: what a record may say where it chooses. Articles are those of (EU) 2025/2547."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

OUTSIDE = "outside"
"""Sink, origin or destination: another installation."""
NON_CBAM = "non-cbam"
"""Sink or destination: processes of this installation whose goods are not in Annex I of Regulation (EU) 2023/956."""


class Basis(StrEnum):
    """Which rules the figures follow; the two are never compared as if they were one.

    TRANSITIONAL is Implementing Regulation (EU) 2023/1773 (until 31 December 2025): read to reproduce older
    workbooks, never used for a report of the definitive period.
    """

    DEFINITIVE = "definitive"
    TRANSITIONAL = "transitional"


class Method(StrEnum):
    """How a source stream's emissions are calculated (Annex II B.3)."""

    COMBUSTION = "combustion"
    PROCESS = "process"
    MASS_BALANCE = "mass-balance"


class FactorSource(StrEnum):
    """Where a calculation factor comes from (Annex II B.5). A life-cycle database is not among them (Q&A 4.24)."""

    TABLE_G = "table-g"
    IPCC = "ipcc"
    LABORATORY_FIVE_YEARS = "laboratory-5y"
    NATIONAL_INVENTORY = "national-inventory"
    PUBLIC_AUTHORITY = "public-authority"
    SUPPLIER_GUARANTEED = "supplier-guaranteed"
    STOICHIOMETRIC = "stoichiometric"
    LABORATORY_TWO_YEARS = "laboratory-2y"
    LABORATORY = "laboratory"
    PROXY = "proxy"
    PROCESS_CALCULATION = "process-calculation"
    UNSTATED = "unstated"

    @property
    def type(self) -> int | None:
        """1 or 2 for a standard value of type I or II (B.5.2); None for analyses, correlations and the like."""
        return _TYPES.get(self)


_TYPES = {
    FactorSource.TABLE_G: 1,
    FactorSource.IPCC: 1,
    FactorSource.LABORATORY_FIVE_YEARS: 1,
    FactorSource.NATIONAL_INVENTORY: 2,
    FactorSource.PUBLIC_AUTHORITY: 2,
    FactorSource.SUPPLIER_GUARANTEED: 2,
    FactorSource.STOICHIOMETRIC: 2,
    FactorSource.LABORATORY_TWO_YEARS: 2,
}


class PfcMethod(StrEnum):
    """Slope method (eq. 21 to 23) or overvoltage method (eq. 24 and 25)."""

    SLOPE = "slope"
    OVERVOLTAGE = "overvoltage"


class UnitKind(StrEnum):
    """A technical unit that serves several processes (Annex III A.2.2)."""

    BOILER = "boiler"
    CHP = "chp"
    POWER_PLANT = "power-plant"


class ElectricityKind(StrEnum):
    """How electricity reaches the installation (Annex II D.4).

    A green certificate is no way: it has no member here, and ``lca.cbam.electricity`` says why.
    """

    GRID = "grid"
    ALTERNATIVE_DEFAULT = "alternative-default"
    DIRECT_LINK = "direct-link"
    PPA = "ppa"
    OWN_GENERATION = "own-generation"


class TransferKind(StrEnum):
    """Where captured CO2 goes or comes from (Annex II B.8)."""

    STORED = "stored"
    BOUND = "chemically-bound"
    CAPTURE_SITE = "capture-installation"
    RECEIVED = "received"


class Allocation(StrEnum):
    """How a multifunctional process is attributed to its goods (Annex III A.2 and eq. 43)."""

    FUNCTIONAL_UNIT = "functional-unit"
    MOLAR = "molar"


class PrecursorChoice(StrEnum):
    """Which values a purchased precursor takes; ``ACTUAL`` is kept only where its verifier's report allows it."""

    ACTUAL = "actual"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, both inside."""

    start: date
    end: date

    def covers(self, other: Period) -> bool:
        """True when every day of ``other`` is inside."""
        return self.start <= other.start and other.end <= self.end

    @property
    def calendar_year(self) -> int | None:
        """The year when the period is exactly one calendar year (Article 1(5)), else None."""
        whole = (self.start.month, self.start.day, self.end.month, self.end.day) == (1, 1, 12, 31)
        return self.start.year if whole and self.start.year == self.end.year else None
