"""What a calculation gives, with every term it rests on. Amounts are unrounded float64; rounding happens in
``lca.cbam.rounding`` and nowhere else.

Units: emissions in tCO2e, energy in TJ, electricity in MWh; specific values per functional unit of the good (t, t of
clinker or kg of nitrogen, see ``databases.cbam``). Equations are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lca.cbam.monitoring import Basis, Period
from lca.findings import Finding


class Path(StrEnum):
    """Whose values embedded emissions are determined with (Article 7(2) of Regulation (EU) 2023/956)."""

    ACTUAL = "actual"
    MIXED = "mixed"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One product in a sum: what it is (a key of the words), its value and unit, and the record it comes from."""

    key: str
    value: float
    unit: str
    record: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEmission:
    """One stream or source: its emissions and how they came about. ``equation`` is the number in the regulation.

    ``biomass_t`` is zero-rated CO2 (a memo item, not in ``emissions_t``); ``energy_tj`` is fossil fuel energy and
    ``biomass_energy_tj`` zero-rated energy; ``gas`` is ``CO2``, ``N2O`` or ``PFC``.
    """

    id: str
    name: str
    kind: str
    gas: str
    emissions_t: float
    biomass_t: float = 0.0
    energy_tj: float = 0.0
    biomass_energy_tj: float = 0.0
    equation: str = ""
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The installation (eq. 4), in tCO2e and TJ. ``direct_t`` is calculated + measured + PFC + other + transfers."""

    calculated_t: float
    measured_t: float
    pfc_t: float
    other_t: float
    transfers_t: float
    co2_t: float
    n2o_t: float
    biomass_t: float
    direct_t: float
    indirect_t: float
    electricity_mwh: float
    energy_tj: float
    biomass_energy_tj: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Where the installation's direct emissions went: the terms of each side sum to the same (Annex III A.2.2, A.3).

    ``entries`` are signed terms in tCO2e whose sum is ``difference_t``: zero but for rounding of the machine.
    """

    entries: tuple[Term, ...]
    difference_t: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecursorPart:
    """A precursor's part in a process: ``amount`` in its functional units, SEE and SEFA per such unit.

    ``origin`` is ``own`` or ``purchased``; ``basis`` is ``own``, ``actual``, ``default``, ``highest-default`` or
    ``exempt``; ``default_share`` the part of its SEE that rests on defaults. ``embedded_t`` is what was added.
    """

    id: str
    name: str
    cn: str
    origin: str
    basis: str
    amount: float
    see_direct: float
    see_indirect: float
    counted_indirect: bool
    embedded_direct_t: float
    embedded_indirect_t: float
    default_share: float
    sefa: float | None = None
    period: Period | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessResult:
    """One process: the terms of eq. 55 and 56, activity level, and SEE with precursors (eq. 57 to 63).

    ``attributed_direct_t`` is floored at zero; ``floored_t`` what the floor took away (0 or negative).
    ``see_direct`` and ``see_indirect`` are per functional unit; ``see_total`` holds what counts for the good: direct,
    and indirect where it counts (and precursors' indirect by the cross rules of Annex I 3.1).
    """

    id: str
    name: str
    category: str
    unit: str
    activity_level: float
    produced_t: float
    direct_t: float
    heat_import_t: float
    heat_export_t: float
    waste_gas_import_t: float
    waste_gas_export_t: float
    electricity_export_t: float
    attributed_direct_t: float
    floored_t: float
    electricity_mwh: float
    electricity_factor: float
    electricity_actual_share: float
    attributed_indirect_t: float
    counts_indirect: bool
    precursors: tuple[PrecursorPart, ...]
    specific_direct: float
    specific_indirect: float
    see_direct: float
    see_indirect: float
    see_total: float
    default_share: float
    embedded_electricity_mwh: float
    sefa: float | None
    benchmark_a: float | None
    routes: tuple[str, ...]
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodResult:
    """One CN code of a process, per functional unit and per tonne of product.

    ``see_per_tonne`` is ``see_total`` x content (eq. 64 to 66); ``compositions`` are (name, content, SEE per tonne).
    ``indirect_actual_share`` and ``indirect_default_share`` are of its own indirect emissions (Annex IV 1.2 item 4(c)).
    """

    id: str
    process: str
    cn: str
    name: str
    unit: str
    produced_t: float
    functional_units: float
    content: float
    see_direct: float
    see_indirect: float
    see_total: float
    see_per_tonne: float
    counts_indirect: bool
    default_share: float
    indirect_actual_share: float
    indirect_default_share: float
    sefa: float | None
    sefa_per_tonne: float | None
    compositions: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """Everything calculated from one :class:`lca.cbam.monitoring.Monitoring` with one set of tables.

    ``monitoring_digest`` and ``tables_digest`` name both by SHA-256; ``engine`` is the version of the rules.
    ``reconciliation`` are (data set, factor of eq. 41) where meters were reconciled.
    """

    basis: Basis
    period: Period
    path: Path
    engine: str
    monitoring_digest: str
    tables_digest: str
    totals: Totals
    sources: tuple[SourceEmission, ...]
    processes: tuple[ProcessResult, ...]
    goods: tuple[GoodResult, ...]
    balance: Balance
    reconciliation: tuple[tuple[str, float], ...]
    findings: tuple[Finding, ...]
