"""Records of heat, waste gas and electricity between units, processes and neighbours (Annex II C, D; Annex III A.2)."""

from __future__ import annotations

from dataclasses import dataclass

from lca.cbam.kinds import ElectricityKind, UnitKind
from lca.cbam.sources import Factor


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalUnit:
    """A boiler, CHP or power plant. Its emissions are those of the streams shared to it.

    ``net_heat_tj`` and ``net_electricity_mwh`` are what leaves it. Efficiencies are fractions of the fuel's energy;
    for a CHP, without them, they follow from the amounts, and without those are 0.55 and 0.25.
    ``fuel_category`` (S1 to O14), ``heat_medium`` (``steam``, ``hot-water``, ``exhaust``) and ``built`` (year) choose
    the reference efficiencies.
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
    """Electricity made inside a process and leaving it, in MWh, with its factor in tCO2/MWh (Em_el,prod, eq. 55)."""

    process: str
    amount_mwh: float
    factor: Factor
    evidence: tuple[str, ...] = ()
