"""Records of production processes, their goods, and the precursors they take (Articles 4, 13 to 15; Annex II E, F)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lca.cbam.kinds import Allocation, Period, PrecursorChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteShare:
    """A production route by its letter (``C`` to ``L``) and the tonnes made by it."""

    route: str
    produced_t: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A range of clinker (t/t) or nitrogen content (kg N/t), at most 10 % wide (eq. 64 to 66)."""

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
    """A precursor made in ``origin`` and consumed in ``destination`` (processes, or :data:`NON_CBAM`), in functional
    units of the precursor. ``good`` names which of the origin's goods, where it makes several.
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
