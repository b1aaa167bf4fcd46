"""What one installation monitored in one reporting period, as the CBAM rules ask for it: the input of every calculation.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a figure rests on. ``entered_by`` and ``entered_on`` are set by the service, not by the file."""

    id: str
    document: str
    meter: str = ""
    period: Period | None = None
    sha256: str = ""
    note: str = ""
    entered_by: str = ""
    entered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A calculation factor: value, unit, where it comes from.

    Units: ``GJ/t``, ``GJ/1000Nm3`` (net calorific value), ``tCO2/TJ``, ``tCO2/t``, ``tCO2/1000Nm3`` (emission
    factor), ``tC/t``, ``tC/1000Nm3`` (carbon content), ``tCO2/MWh`` (electricity), ``tCO2/TJ`` (heat).
    """

    value: float
    unit: str
    source: FactorSource
    reference: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The part of an emission that belongs to a sink: a process, a unit, or :data:`NON_CBAM`.

    ``reason`` says why a meter that serves several sinks is split so; needed where there is more than one.
    """

    sink: str
    fraction: float
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroRating:
    """Evidence that biomass meets RED II Article 29 (Annex II B.3.3): scheme, certificate or register entry."""

    scheme: str
    document: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStream:
    """A fuel or material whose emissions are calculated (eq. 5 to 15).

    ``activity`` is in ``activity_unit``: ``t`` or ``1000Nm3``; negative for an output of a mass balance. ``material``
    names an entry of the standard factors, which fill in factors left out. Fractions run from 0 to 1:
    ``biomass_fraction`` of the carbon is zero-rated if and only if ``zero_rating`` is given; ``other_biomass_fraction``
    is biogenic carbon that does not meet the criteria (it counts as fossil and is shown apart).
    """

    id: str
    name: str
    method: Method
    activity: float
    activity_unit: str = "t"
    material: str = ""
    ncv: Factor | None = None
    emission_factor: Factor | None = None
    carbon_content: Factor | None = None
    oxidation_factor: float = 1.0
    conversion_factor: float = 1.0
    biomass_fraction: float = 0.0
    other_biomass_fraction: float = 0.0
    zero_rating: ZeroRating | None = None
    waste_gas: bool = False
    shares: tuple[Share, ...] = ()
    meter: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSource:
    """An emission source with continuous measurement (Annex II B.6, eq. 16).

    Either ``annual_tonnes`` of the gas (the sum over the hours), or the averages: ``concentration_g_per_nm3`` x
    ``hours`` x ``flow_nm3_per_hour``. ``gas`` is ``CO2`` or ``N2O``.
    """

    id: str
    name: str
    gas: str
    annual_tonnes: float | None = None
    concentration_g_per_nm3: float | None = None
    hours: float | None = None
    flow_nm3_per_hour: float | None = None
    biomass_fraction: float = 0.0
    zero_rating: ZeroRating | None = None
    shares: tuple[Share, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PfcSource:
    """Perfluorocarbons of primary aluminium cells of one type (Annex II B.7, eq. 20 to 26).

    ``technology`` names a row of the standard factors where ``slope_factor`` ((kg CF4/t Al)/(AE-min/cell-day)),
    ``overvoltage_factor`` ((kg CF4/t Al)/mV) or ``c2f6_fraction`` (t C2F6/t CF4) are left out. ``frequency`` in anode
    effects per cell-day, ``duration`` in minutes each, ``overvoltage_mv`` per cell, ``current_efficiency`` in percent,
    ``collection_efficiency`` from 0 to 1.
    """

    id: str
    name: str
    method: PfcMethod
    aluminium_t: float
    technology: str = ""
    frequency: float | None = None
    duration: float | None = None
    slope_factor: float | None = None
    overvoltage_mv: float | None = None
    current_efficiency: float | None = None
    overvoltage_factor: float | None = None
    c2f6_fraction: float | None = None
    collection_efficiency: float = 1.0
    shares: tuple[Share, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSource:
    """Emissions in tCO2e determined by another method, which is described (Annex IV 1.1 item 16(c))."""

    id: str
    name: str
    emissions_t: float
    method: str
    shares: tuple[Share, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """CO2 handed over or received (Annex II B.8). Deducted only with every condition of B.8.2 shown.

    ``fossil_t`` in t CO2; ``stored_fraction`` of it is shown to be stored or bound along the whole chain of custody.
    A RECEIVED transfer is added unless ``counted_at_source`` (Annex I 3.9).
    """

    id: str
    name: str
    kind: TransferKind
    fossil_t: float
    stored_fraction: float = 1.0
    measured: bool = False
    partner: str = ""
    partner_contact: str = ""
    partner_monitors: bool = False
    custody_evidence: bool = False
    counted_at_source: bool = False
    shares: tuple[Share, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalUnit:
    """A boiler, CHP or power plant. Its emissions are those of the streams shared to it.

    ``net_heat_tj`` and ``net_electricity_mwh`` are what leaves it. Efficiencies are fractions of the fuel's energy; for a
    CHP, without them, they follow from the amounts, and without those are 0.55 and 0.25. ``fuel_category`` (S1 to O14),
    ``heat_medium`` (``steam``, ``hot-water``, ``exhaust``) and ``built`` (year) choose the reference efficiencies.
    """

    id: str
    name: str
    kind: UnitKind
    net_heat_tj: float | None = None
    net_electricity_mwh: float | None = None
    heat_efficiency: float | None = None
    electricity_efficiency: float | None = None
    fuel_category: str = ""
    heat_medium: str = "steam"
    built: int | None = None
    condensate_counted: bool = True
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatFlow:
    """Net measurable heat from ``origin`` (a unit, a process, :data:`OUTSIDE`) to ``destination`` (a process,
    :data:`NON_CBAM`, :data:`OUTSIDE`), in TJ.

    ``factor`` in tCO2/TJ is needed unless the origin is a unit (then it follows); ``zero_emission`` marks heat of
    exothermic chemistry, of electricity-driven processes or of nitric acid production.
    """

    id: str
    origin: str
    destination: str
    heat_tj: float
    factor: Factor | None = None
    zero_emission: bool = False
    verified_by_supplier: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteGasFlow:
    """Waste gas energy in TJ from ``origin`` to ``destination`` (processes, units, :data:`OUTSIDE`,
    :data:`NON_CBAM`); eq. 53 and 54.
    """

    id: str
    origin: str
    destination: str
    energy_tj: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityEvidence:
    """The elements of D.4.3, each said to be at hand: all are needed for an actual factor.

    ``contract`` is the direct contract (PPA) or, for several installations on one direct link, the delivery contract.
    """

    single_line_diagram: bool = False
    generation_metered: bool = False
    delivery_metered: bool = False
    matching_minutes: float | None = None
    contract: str = ""
    grid_connection: bool = False
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricitySource:
    """Electricity received or generated in MWh, with its factor in tCO2/MWh (None: what the tables or the unit say).

    ``unit`` names the CHP or power plant behind OWN_GENERATION.
    """

    id: str
    name: str
    kind: ElectricityKind
    amount_mwh: float | None = None
    factor: Factor | None = None
    country: str = ""
    supplier: str = ""
    unit: str = ""
    proof: ElectricityEvidence | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityUse:
    """Electricity a process consumed, in MWh.

    ``sources`` empty means the weighted average of the installation (Article 9(1)); a subset needs evidence (9(2)).
    ``process`` may be :data:`NON_CBAM`.
    """

    process: str
    amount_mwh: float
    sources: tuple[str, ...] = ()
    reason: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectricityExport:
    """Electricity generated inside a process and leaving it, in MWh, with its factor in tCO2/MWh (Em_el,prod, eq. 55)."""

    process: str
    amount_mwh: float
    factor: Factor
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteShare:
    """A production route by its letter (``C`` to ``L``) and the tonnes made by it."""

    route: str
    produced_t: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A range of clinker or nitrogen content (eq. 64 to 66): t clinker per t, or kg N per t; ranges at most 10 % wide."""

    name: str
    produced_t: float
    content: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """One CN code a process makes. ``produced_t`` counts saleable goods and precursors, no scrap, no off-spec (II F).

    ``content`` turns tonnes into functional units where these are clinker (t/t) or nitrogen (kg N/t).
    ``parameters`` are the sector's (Annex IV point 2) by key, as text; ``molar_mass`` in g/mol for eq. 43.
    """

    id: str
    cn: str
    name: str
    produced_t: float
    content: float | None = None
    compositions: tuple[Composition, ...] = ()
    routes: tuple[RouteShare, ...] = ()
    molar_mass: float | None = None
    sold_t: float | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A production process: one functional unit, or a multifunctional or joint process (Article 4).

    ``category`` is the aggregated goods category. ``included`` are precursors' categories covered jointly (4(9)).
    ``direct_emissions_t`` is DirEm* where the operator determined it as one figure; else it follows from the shares.
    ``activity_level`` likewise in functional units, else the sum over the goods.
    """

    id: str
    name: str
    category: str
    goods: tuple[Good, ...] = ()
    included: tuple[str, ...] = ()
    allocation: Allocation = Allocation.FUNCTIONAL_UNIT
    direct_emissions_t: float | None = None
    activity_level: float | None = None
    route: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnUse:
    """A precursor made in ``origin`` and consumed in ``destination`` (processes, or :data:`NON_CBAM`), in functional units
    of the precursor. ``good`` names which of the origin's goods, where it makes several.
    """

    origin: str
    destination: str
    amount: float
    good: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport:
    """A verifier's report on a supplier's data (Annex II A.1 point 4)."""

    number: str
    verifier: str
    accreditation: str
    issued: date
    accredited_until: date
    period: Period
    categories: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecursorValues:
    """What a supplier states per functional unit: tCO2e, MWh, tCO2/MWh. ``sefa`` in tCO2e of free allocation."""

    see_direct: float
    see_indirect: float | None = None
    sefa: float | None = None
    electricity_mwh: float | None = None
    electricity_factor: float | None = None
    period: Period | None = None
    produced_in_period_shown: bool = False
    default_share: float = 0.0
    report: VerificationReport | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecursorUse:
    """The amount a process consumed, before cutting (Annex III B), in functional units of the precursor."""

    process: str
    amount: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Precursor:
    """A purchased precursor of one CN code from one installation.

    ``country`` is an ISO 3166 code, ``""`` where unknown (the highest default then applies). ``variant`` tells rows of
    one CN apart (white or grey). ``content`` turns tonnes into functional units. ``separate`` claims Article 14(3):
    used in the named processes only, with ``separate_evidence``; else suppliers of one CN are averaged (14(2)).
    """

    id: str
    name: str
    cn: str
    category: str
    country: str
    choice: PrecursorChoice = PrecursorChoice.DEFAULT
    values: PrecursorValues | None = None
    uses: tuple[PrecursorUse, ...] = ()
    purchased: float | None = None
    other_uses: float = 0.0
    route: str = ""
    variant: str = ""
    content: float | None = None
    supplier: str = ""
    installation: str = ""
    installation_id: str = ""
    unlocode: str = ""
    separate: bool = False
    separate_evidence: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FuelBalance:
    """The operator's own split of fuel energy in TJ, set against the sum over the streams (template sheet C)."""

    cbam_tj: float | None = None
    electricity_tj: float | None = None
    non_cbam_tj: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Identification (Annex IV 1.1 item 1); addresses in English; coordinates of the main emission source in degrees."""

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
