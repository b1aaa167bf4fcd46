"""Emissions of the installation to its processes and their goods (Annex III A; eq. 41 to 43 and 53 to 58).

Rules
1. DirEm* is the sum of the sources shared to a process. What is shared to a unit leaves it as heat and electricity.
2. Where the operator states DirEm* as one figure and the figures do not add up to the installation's total, they are
   corrected by one reconciliation factor (eq. 41, 42), if meters are reconciled and the factor is off by at most 5 %.
   More is no difference between meters: it is an error that asks where the emissions belong, also where meters are
   not reconciled and emissions would be left out.
3. Heat and waste gas move emissions between processes: imported waste gas counts as natural gas (eq. 53), exported
   waste gas is credited with 0.667 of that (eq. 54). DirEm* of its origin holds its full emission, never that of its
   destination.
4. ``AttrEm_dir = DirEm* + Em_H,imp - Em_H,exp + WG_imp - WG_exp - Em_el,prod``, not below zero (eq. 55);
   ``AttrEm_indir = Em_el,cons`` (eq. 56).
5. Goods of one process share by functional units; by moles where that is chosen (eq. 43), and by mass where a molar
   mass is missing. The activity level is saleable output in functional units, no scrap (Annex II F).
6. The balance shows where every tonne went: its entries add up to nothing.
7. On the transitional basis units are tonnes and nothing is reconciled or floored, as in the Commission's workbook.

Example: DirEm* 1000 t, 10 TJ of waste gas given away: 1000 - 10 x 56.1 x 0.667 = 625.813 t.

Annexes and equations are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lca.cbam.electricity import Power, ProcessElectricity
from lca.cbam.heat import HeatEmission, UnitFactors, by_sink, natural_gas
from lca.cbam.monitoring import NON_CBAM, Allocation, Basis, Good, Monitoring, Process
from lca.cbam.results import Balance, SourceEmission, Term
from lca.findings import Finding, Place

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

CORRECTION = 0.667
"""Corr_eta of eq. 54."""
LARGEST_CORRECTION = 0.05
"""Rule 2's limit on |RecF - 1|; the act sets none."""
_ZERO = ProcessElectricity()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a process's category says: its functional unit, and whether indirect emissions count."""

    unit: str
    direct_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodPart:
    """A good's part of its process: ``rate`` is the fraction of the process's emissions per functional unit."""

    good: Good
    units: float
    content: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """The terms of eq. 55 and 56 for one process, in t; see :class:`lca.cbam.results.ProcessResult`."""

    process: Process
    kind: Kind
    activity_level: float
    produced_t: float
    goods: tuple[GoodPart, ...]
    direct_t: float
    heat_import_t: float
    heat_export_t: float
    waste_gas_import_t: float
    waste_gas_export_t: float
    electricity_export_t: float
    attributed_direct_t: float
    floored_t: float
    power: ProcessElectricity
    terms: tuple[Term, ...]

    @property
    def rate(self) -> float:
        """The fraction of the process's emissions in one functional unit of its mean output."""
        return 1.0 / self.activity_level if self.activity_level > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """All processes, the balance of direct emissions, corrections made (data set, factor), findings."""

    processes: tuple[Attributed, ...]
    balance: Balance
    reconciliation: tuple[tuple[str, float], ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What moves between units, processes and neighbours, with its emissions."""

    units: Mapping[str, UnitFactors]
    heat: Sequence[HeatEmission]
    power: Power


@dataclass(frozen=True, slots=True)
class _Direct:
    """DirEm* by process, what belongs to nobody, corrections, findings; all in t."""

    processes: dict[str, float]
    elsewhere: float
    corrections: tuple[tuple[str, float], ...]
    findings: tuple[Finding, ...]


def attribute(
    data: Monitoring, sources: Sequence[SourceEmission], flows: Flows, tables: Tables
) -> Attribution:
    """Every process with its terms, and the balance. Findings hold what is wrong; nothing is raised."""
    direct = _direct(data, sources)
    gas = natural_gas(tables)
    moved = _moved(data, flows, gas)
    processes, findings = [], list(direct.findings)
    for process in data.processes:
        kind = kind_of(process, data.basis, tables)
        made = _attributed(process, kind, direct.processes[process.id], moved, data)
        processes.append(_with_power(made, flows.power))
        findings.extend(_told(processes[-1], data.basis))
    findings.extend(_undelivered(flows, moved))
    balance = _balance(data, sources, flows, (direct, moved, processes))
    return Attribution(
        processes=tuple(processes),
        balance=balance,
        reconciliation=direct.corrections,
        findings=tuple(findings),
    )


def kind_of(process: Process, basis: Basis, tables: Tables) -> Kind:
    """Unit and Annex II flag of a process; on the transitional basis tonnes, and everything counts (rule 7)."""
    if basis is Basis.TRANSITIONAL:
        return Kind(unit="t", direct_only=False)
    for good in process.goods:
        try:
            found = tables.good(good.cn)
        except LookupError:
            continue
        return Kind(unit=found.unit.value, direct_only=found.direct_only)
    for found in tables.goods():
        if found.category == process.category:
            return Kind(unit=found.unit.value, direct_only=found.direct_only)
    return Kind(unit="t", direct_only=False)


def content_of(good: Good, unit: str) -> float | None:
    """Functional units per tonne: 1, or the content of clinker (t/t) or nitrogen (kg N/t); None where not stated.

    Ranges of composition are averaged by their tonnes; clinker itself is all clinker.
    """
    if unit in {"t", "kWh"}:
        return 1.0
    if good.content is not None:
        return good.content
    tonnes = math.fsum(one.produced_t for one in good.compositions)
    if tonnes > 0:
        return math.fsum(one.produced_t * one.content for one in good.compositions) / tonnes
    return 1.0 if good.cn.replace(" ", "").startswith("252310") else None


def _direct(data: Monitoring, sources: Sequence[SourceEmission]) -> _Direct:
    """DirEm* of every process: stated, corrected, or by shares (rules 1 and 2)."""
    sinks = by_sink(data, sources)
    shared = {sink: math.fsum(s.emissions_t * part for s, part in taken) for sink, taken in sinks.items()}
    total = math.fsum(source.emissions_t for source in sources)
    unassigned = total - math.fsum(shared.values())
    processes = {process.id: shared.get(process.id, 0.0) for process in data.processes}
    stated = {p.id: p.direct_emissions_t for p in data.processes if p.direct_emissions_t is not None}
    known = {*processes, NON_CBAM, *(unit.id for unit in data.units)}
    elsewhere = unassigned + math.fsum(amount for sink, amount in shared.items() if sink not in known)
    if not stated:
        return _Direct(processes, elsewhere, (), ())
    open_to_them = elsewhere + math.fsum(processes[one] for one in stated)
    corrected, corrections, findings = _reconciled(stated, open_to_them, data)
    rest = open_to_them - math.fsum(corrected.values())
    return _Direct(processes | corrected, rest, corrections, findings)


def _reconciled(
    stated: dict[str, float], target: float, data: Monitoring
) -> tuple[dict[str, float], tuple[tuple[str, float], ...], tuple[Finding, ...]]:
    """Stated figures, corrected to add up to ``target`` where rule 2 says so."""
    found = math.fsum(stated.values())
    if data.basis is Basis.TRANSITIONAL or math.isclose(found, target, rel_tol=1e-9, abs_tol=1e-6):
        return stated, (), ()
    factor = target / found if found else math.inf
    values = {"stated": f"{found:.9g}", "total": f"{target:.9g}", "factor": f"{factor:.6g}"}
    too_large = not abs(factor - 1) <= LARGEST_CORRECTION
    if too_large and (data.meters_reconciled or factor > 1):
        return stated, (), (Finding.error("cbam-reconciliation-too-large", Place(), **values),)
    if not data.meters_reconciled:
        return stated, (), (Finding.warning("cbam-not-reconciled", Place(), **values),)
    corrected = {process: amount * factor for process, amount in stated.items()}
    told = Finding.note("cbam-reconciled", Place(), **values)
    return corrected, (("direct-emissions", factor),), (told,)


@dataclass(frozen=True, slots=True)
class _Moved:
    """Emissions that flows bring to and take from each sink, in t."""

    heat_in: dict[str, float]
    heat_out: dict[str, float]
    gas_in: dict[str, float]
    gas_out: dict[str, float]
    power_out: dict[str, float]


def _moved(data: Monitoring, flows: Flows, gas: float) -> _Moved:
    """Heat (eq. 44, 51), waste gas (eq. 53, 54) and electricity given away (eq. 35) by sink."""
    made = _Moved(*(defaultdict(float) for _ in range(5)))
    for one in flows.heat:
        made.heat_in[one.flow.destination] += one.emissions_t
        made.heat_out[one.flow.origin] += one.emissions_t
    for flow in data.waste_gas:
        made.gas_in[flow.destination] += flow.energy_tj * gas
        made.gas_out[flow.origin] += flow.energy_tj * gas * CORRECTION
    for export in data.electricity_exports:
        made.power_out[export.process] += export.amount_mwh * export.factor.value
    return made


def _attributed(process: Process, kind: Kind, direct: float, moved: _Moved, data: Monitoring) -> Attributed:
    """Eq. 55 for one process; electricity is added by :func:`_with_power`."""
    terms = {
        "direct": direct,
        "heat-import": moved.heat_in.get(process.id, 0.0),
        "heat-export": -moved.heat_out.get(process.id, 0.0),
        "waste-gas-import": moved.gas_in.get(process.id, 0.0),
        "waste-gas-export": -moved.gas_out.get(process.id, 0.0),
        "electricity-export": -moved.power_out.get(process.id, 0.0),
    }
    raw = math.fsum(terms.values())
    floored = min(0.0, raw) if data.basis is Basis.DEFINITIVE else 0.0
    level, goods = _goods(process, kind)
    return Attributed(
        process=process,
        kind=kind,
        activity_level=level,
        produced_t=math.fsum(good.produced_t for good in process.goods),
        goods=goods,
        direct_t=direct,
        heat_import_t=terms["heat-import"],
        heat_export_t=-terms["heat-export"],
        waste_gas_import_t=terms["waste-gas-import"],
        waste_gas_export_t=-terms["waste-gas-export"],
        electricity_export_t=-terms["electricity-export"],
        attributed_direct_t=raw - floored,
        floored_t=floored,
        power=_ZERO,
        terms=tuple(
            Term(key=key, value=value, unit="tCO2e", record=process.id)
            for key, value in terms.items()
            if value or key == "direct"
        ),
    )


def _with_power(made: Attributed, power: Power) -> Attributed:
    return replace(made, power=power.processes.get(made.process.id, _ZERO))


def _goods(process: Process, kind: Kind) -> tuple[float, tuple[GoodPart, ...]]:
    """Activity level and every good's part (rule 5)."""
    contents = [content_of(good, kind.unit) or 0.0 for good in process.goods]
    units = [good.produced_t * content for good, content in zip(process.goods, contents, strict=True)]
    made = math.fsum(units)
    level = process.activity_level if process.activity_level is not None else made
    shares = _molar(process.goods) if process.allocation is Allocation.MOLAR else ()
    parts = []
    for index, (good, content, amount) in enumerate(zip(process.goods, contents, units, strict=True)):
        rate = 1.0 / level if level > 0 else 0.0
        if shares:
            rate = shares[index] / amount if amount > 0 else 0.0
        parts.append(GoodPart(good=good, units=amount, content=content, rate=rate))
    return level, tuple(parts)


def _molar(goods: Sequence[Good]) -> tuple[float, ...]:
    """Shares of eq. 43; by mass where a molar mass is missing."""
    by_moles = all(good.molar_mass for good in goods)
    amounts = [good.produced_t / (good.molar_mass or 1.0) if by_moles else good.produced_t for good in goods]
    total = math.fsum(amounts)
    return tuple(amount / total for amount in amounts) if total > 0 else ()


def _told(made: Attributed, basis: Basis) -> list[Finding]:
    """Emissions below zero; indirect emissions hidden in a joint process."""
    process, place, told = made.process, Place(line=made.process.id), []
    raw = made.attributed_direct_t + made.floored_t
    if raw < 0:
        code = "cbam-negative-attributed" if basis is Basis.DEFINITIVE else "cbam-negative-attributed-kept"
        told.append(Finding.warning(code, place, name=process.name, tonnes=f"{raw:.6g}"))
    if made.kind.direct_only and "sintered-ore" in process.included:
        told.append(Finding.warning("cbam-joint-indirect", place, name=process.name))
    return told


def _undelivered(flows: Flows, moved: _Moved) -> list[Finding]:
    """Units whose heat carries emissions that no heat flow takes over."""
    told = []
    for unit in flows.units.values():
        left = unit.heat_t - moved.heat_out.get(unit.id, 0.0)
        if left > 1e-6 * unit.emissions_t:
            place = Place(line=unit.id)
            told.append(Finding.warning("cbam-heat-not-delivered", place, unit=unit.id, tonnes=f"{left:.6g}"))
    return told


def _balance(
    data: Monitoring,
    sources: Sequence[SourceEmission],
    flows: Flows,
    found: tuple[_Direct, _Moved, Sequence[Attributed]],
) -> Balance:
    """Rule 6: what the installation emitted and received, less where it went."""
    direct, moved, processes = found
    shares = by_sink(data, sources)
    inside = [process.id for process in data.processes] + [NON_CBAM]
    gas_in = math.fsum(moved.gas_in.get(one, 0.0) for one in (*inside, *flows.units))
    units = flows.units.values()
    delivered = math.fsum(moved.heat_out.get(one, 0.0) for one in flows.units)
    away = {*inside, *flows.units}
    entries = [
        ("installation", math.fsum(source.emissions_t for source in sources), ""),
        ("heat-from-outside", math.fsum(t for origin, t in moved.heat_out.items() if origin not in away), ""),
        ("waste-gas-received", gas_in, ""),
        ("waste-gas-given", -math.fsum(moved.gas_out.get(one, 0.0) for one in inside), ""),
        ("electricity-given", -math.fsum(moved.power_out.get(one, 0.0) for one in inside), ""),
        ("electricity-of-units", -math.fsum(unit.electricity_t for unit in units), ""),
        ("heat-to-outside", -math.fsum(t for sink, t in moved.heat_in.items() if sink not in away), ""),
        ("waste-gas-above-natural-gas", -math.fsum(unit.above_natural_gas_t for unit in units), ""),
        ("heat-not-delivered", -(math.fsum(unit.heat_t for unit in units) - delivered), ""),
        ("non-cbam", -_non_cbam(shares, moved), NON_CBAM),
        ("not-attributed", -direct.elsewhere, ""),
    ]
    for made in processes:
        entries.append(("attributed", -made.attributed_direct_t, made.process.id))
        if made.floored_t:
            entries.append(("floored", -made.floored_t, made.process.id))
    kept = tuple(
        Term(key=key, value=value + 0.0, unit="tCO2e", record=record)  # never -0.0
        for key, value, record in entries
        if value or key in {"installation", "attributed"}
    )
    return Balance(entries=kept, difference_t=math.fsum(one.value for one in kept))


def _non_cbam(shares: Mapping[str, Sequence[tuple[SourceEmission, float]]], moved: _Moved) -> float:
    """What processes outside Annex I of Regulation (EU) 2023/956 take of the installation's emissions."""
    own = math.fsum(source.emissions_t * part for source, part in shares.get(NON_CBAM, ()))
    heat = moved.heat_in.get(NON_CBAM, 0.0) - moved.heat_out.get(NON_CBAM, 0.0)
    gas = moved.gas_in.get(NON_CBAM, 0.0) - moved.gas_out.get(NON_CBAM, 0.0)
    return own + heat + gas - moved.power_out.get(NON_CBAM, 0.0)
