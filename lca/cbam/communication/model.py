"""What reading and filling the communication workbook give. Amounts are in the units of ``lca.cbam.results``."""

from __future__ import annotations

from dataclasses import dataclass, field

from lca.cbam.monitoring import Monitoring, Period
from lca.findings import Finding

Maybe = float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTotals:
    """The installation as the workbook shows it, tCO2e and TJ; None where it shows nothing.

    ``pfc_t`` is the sum over its rows; ``other_t`` what manual entries add to the sum of the rows.
    """

    calculated_t: Maybe = None
    measured_t: Maybe = None
    pfc_t: Maybe = None
    other_t: Maybe = None
    co2_t: Maybe = None
    n2o_t: Maybe = None
    biomass_t: Maybe = None
    direct_t: Maybe = None
    indirect_t: Maybe = None
    energy_tj: Maybe = None
    biomass_energy_tj: Maybe = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedSource:
    """One stream or source: emissions and zero-rated CO2, in tCO2e."""

    id: str
    emissions_t: Maybe
    biomass_t: Maybe


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedProcess:
    """One process: specific values per functional unit, tCO2e and MWh.

    ``default_share`` is the template's: of direct embedded emissions, those of purchased precursors marked "default".
    """

    id: str
    name: str
    activity_level: Maybe
    specific_direct: Maybe
    specific_indirect: Maybe
    see_direct: Maybe
    see_indirect: Maybe
    embedded_electricity_mwh: Maybe
    default_share: Maybe


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPrice:
    """Carbon price of a product as typed: per unit of product, in ``currency``; shares of embedded emissions."""

    instrument: str
    share: Maybe
    currency: str
    due: Maybe
    rebate_type: str
    rebate_share: Maybe
    rebate: Maybe


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A row of ``Summary_Products``: a good as it is communicated, with the values shown for it.

    ``good`` and ``process`` are identifiers in the Monitoring; ``row`` is the row of the sheet.
    """

    row: int
    good: str
    process: str
    process_name: str
    category: str
    cn: str
    name: str
    see_direct: Maybe
    see_indirect: Maybe
    see_total: Maybe
    default_share: Maybe
    electricity_source: str
    electricity_mwh: Maybe
    electricity_factor: Maybe
    parameters: tuple[tuple[str, str], ...] = ()
    price: StatedPrice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the workbook itself shows. ``calculated`` is False where it holds no results."""

    calculated: bool
    totals: StatedTotals = field(default_factory=StatedTotals)
    sources: tuple[StatedSource, ...] = ()
    processes: tuple[StatedProcess, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierProduct:
    """One product of a supplier's installation: per tonne, tCO2e, MWh and tCO2/MWh.

    ``country`` is an ISO 3166 code or "". ``default_share`` is the template's, 0 to 1. ``verifier`` is what was
    typed, not a report. ``row`` is the row of the sheet it was read from.
    """

    row: int
    cn: str
    name: str
    category: str
    route: str
    country: str
    installation: str
    unlocode: str
    period: Period
    see_direct: float
    see_indirect: float
    electricity_mwh: float | None
    electricity_factor: float | None
    electricity_source: str
    default_share: float
    parameters: tuple[tuple[str, str], ...]
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A workbook read. ``monitoring`` is None where errors leave no data; ``version`` is "" where it is unknown.

    ``communicated`` are the products of a workbook that holds ``Summary_Communication`` and no more.
    """

    version: str
    monitoring: Monitoring | None
    stated: Stated
    products: tuple[ProductRow, ...]
    findings: tuple[Finding, ...]
    communicated: tuple[SupplierProduct, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A figure the workbook shows otherwise than we calculate it. ``record`` is an identifier, "" for the whole."""

    figure: str
    record: str
    stated: float
    calculated: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The filled copy, and what it does not hold or says otherwise than the regulation."""

    data: bytes
    findings: tuple[Finding, ...]
