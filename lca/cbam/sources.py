"""Records of what emits: streams, measured sources, perfluorocarbons, transfers (Annex II B), and their evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lca.cbam.kinds import FactorSource, Method, Period, PfcMethod, TransferKind


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
