"""What one installation monitored in one reporting period, as the CBAM rules ask for it: the input.

Rules
1. Everything is frozen; changed data is another :class:`Monitoring` with another digest (``lca.cbam.storage``).
2. Identifiers (``id``) are unique in the whole of a Monitoring: a sink, an origin or a destination is named by one.
3. A figure of the operator's own is a float64 in the unit its field's name ends with; a calculation factor is a
   :class:`Factor`, which says where it comes from. No kind of source stands for a life-cycle database: such a
   factor cannot be written down (Implementing Regulation (EU) 2025/2547, Annex II B.5; Commission Q&A 4.24).
4. What is not known is ``None``, never zero.
5. Each record carries the evidence it rests on: identifiers of :class:`Evidence` (document, meter, period, person).
6. Nothing is computed here; what is wrong with the data is told by ``lca.cbam.checks`` as findings.

Articles and annexes without a name are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lca.cbam.flows import (
    ElectricityEvidence,
    ElectricityExport,
    ElectricitySource,
    ElectricityUse,
    HeatFlow,
    TechnicalUnit,
    WasteGasFlow,
)
from lca.cbam.kinds import (
    NON_CBAM,
    OUTSIDE,
    Allocation,
    Basis,
    ElectricityKind,
    FactorSource,
    Method,
    Period,
    PfcMethod,
    PrecursorChoice,
    TransferKind,
    UnitKind,
)
from lca.cbam.processes import (
    Composition,
    Good,
    OwnUse,
    Precursor,
    PrecursorUse,
    PrecursorValues,
    Process,
    RouteShare,
    VerificationReport,
)
from lca.cbam.sources import (
    Evidence,
    Factor,
    MeasuredSource,
    OtherSource,
    PfcSource,
    Share,
    SourceStream,
    Transfer,
    ZeroRating,
)

__all__ = [
    "NON_CBAM",
    "OUTSIDE",
    "Allocation",
    "Basis",
    "CarbonPrice",
    "Composition",
    "ElectricityEvidence",
    "ElectricityExport",
    "ElectricityKind",
    "ElectricitySource",
    "ElectricityUse",
    "Evidence",
    "Factor",
    "FactorSource",
    "FuelBalance",
    "Good",
    "HeatFlow",
    "Installation",
    "MeasuredSource",
    "Method",
    "Monitoring",
    "OtherSource",
    "OwnUse",
    "Period",
    "PfcMethod",
    "PfcSource",
    "Precursor",
    "PrecursorChoice",
    "PrecursorUse",
    "PrecursorValues",
    "Process",
    "Quality",
    "RouteShare",
    "Share",
    "SourceStream",
    "TechnicalUnit",
    "Transfer",
    "TransferKind",
    "UnitKind",
    "VerificationReport",
    "WasteGasFlow",
    "ZeroRating",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FuelBalance:
    """The operator's own split of fuel energy in TJ, set against the sum over the streams (template sheet C)."""

    cbam_tj: float | None = None
    electricity_tj: float | None = None
    non_cbam_tj: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Identification (Annex IV 1.1 item 1); addresses in English; coordinates of the main source in degrees."""

    name: str
    name_en: str
    country: str
    operator: str
    operator_number: str = ""
    address: str = ""
    city: str = ""
    post_code: str = ""
    economic_activity: str = ""
    unlocode: str = ""
    registry_id: str = ""
    latitude: float | None = None
    longitude: float | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    months_monitored: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarbonPrice:
    """A carbon price paid per good, for the draft rules of Article 9(5) of Regulation (EU) 2023/956.

    ``price`` per tCO2e in ``currency``, ``eur_rate`` EUR per unit of currency, ``covered_t`` tCO2e per functional unit
    covered, ``rebate_t`` of it freely allocated or compensated.
    """

    good: str
    instrument: str
    price: float
    currency: str
    eur_rate: float
    covered_t: float
    rebate_t: float = 0.0
    certified_by: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Words on data quality and control (Annex IV 1.1 items 15(c), 16(e); template sheet C (c))."""

    general: str = ""
    default_justification: str = ""
    assurance: str = ""
    gaps: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Everything monitored at one installation in one reporting period."""

    basis: Basis
    period: Period
    installation: Installation
    streams: tuple[SourceStream, ...] = ()
    measured: tuple[MeasuredSource, ...] = ()
    pfc: tuple[PfcSource, ...] = ()
    other: tuple[OtherSource, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    units: tuple[TechnicalUnit, ...] = ()
    heat: tuple[HeatFlow, ...] = ()
    waste_gas: tuple[WasteGasFlow, ...] = ()
    electricity: tuple[ElectricitySource, ...] = ()
    electricity_uses: tuple[ElectricityUse, ...] = ()
    electricity_exports: tuple[ElectricityExport, ...] = ()
    processes: tuple[Process, ...] = ()
    own_uses: tuple[OwnUse, ...] = ()
    precursors: tuple[Precursor, ...] = ()
    fuel_balance: FuelBalance = field(default_factory=FuelBalance)
    carbon_prices: tuple[CarbonPrice, ...] = ()
    quality: Quality = field(default_factory=Quality)
    verifier: str = ""
    evidence: tuple[Evidence, ...] = ()
    meters_reconciled: bool = True
    indirect_stated_t: float | None = None
