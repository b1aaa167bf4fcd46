"""Specific embedded emissions of goods with everything that went into them (Annex III B; eq. 57 to 66).

Rules
1. ``SEE_g = (AttrEm_g + sum of M_i x SEE_i) / AL_g`` (eq. 59, 60), direct and indirect apart. Precursors made on site
   have SEE of their own, so all processes are solved at once as a linear system: loops come out exactly.
2. A loop that consumes all it makes has no solution; it is refused with its members named.
3. What counts, definitive: direct emissions, the process's own indirect emissions unless its good is listed in Annex II
   to Regulation (EU) 2023/956, and what counts of its precursors, except that a good that is not listed leaves out
   the indirect emissions of a listed precursor (Annex I 3.1). ``see_total`` is that; ``see_indirect`` holds all
   indirect emissions, for information. On the transitional basis all of them count.
4. The share of defaults is the part of what counts that rests on default values of precursors (Article 15); on the
   transitional basis of direct emissions, as the Commission's workbook shows it. Default factors of electricity are
   told apart (Annex IV 1.2 item 4(c)).
5. Free allocation goes the same way: ``SEFA_g = SFA_g + sum of m_i x SEFA_i`` (:mod:`lca.cbam.chain_allocation`).
6. Goods of a composition: SEE times its content of clinker or nitrogen, per tonne (eq. 64 to 66).

Example: 1050 t of rod at 3.4859 t/t in 1000 t of screws add 3.660 t/t.

Annexes and equations are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from lca.cbam.attribution import Attributed
from lca.cbam.chain_allocation import (
    Allocated,
    Bought,
    Link,
    brought,
    free_allocation,
    mean_allocation,
    own_allocation,
    shares_matrix,
)
from lca.cbam.monitoring import NON_CBAM, Basis, Monitoring
from lca.cbam.precursors import Purchased
from lca.cbam.results import GoodResult, PrecursorPart, ProcessResult
from lca.findings import Finding, Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from databases.cbam.tables import Tables

    Matrix = NDArray[np.float64]

_DIRECT, _INDIRECT, _COUNTED, _DEFAULT_DIRECT, _DEFAULT_INDIRECT, _POWER = range(6)
_PRODUCTIVE = 1.0 - 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """Processes and goods with their specific embedded emissions, or the findings that say why there are none."""

    processes: tuple[ProcessResult, ...]
    goods: tuple[GoodResult, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _System:
    """Everything the solution rests on; rows are processes."""

    data: Monitoring
    processes: Sequence[Attributed]
    links: Sequence[Link]
    bought: Bought
    embedded: Matrix
    allocated: Allocated
    allocation: Sequence[float | None]


def solve(
    processes: Sequence[Attributed], purchased: Sequence[Purchased], data: Monitoring, tables: Tables
) -> Solved:
    """SEE of every process and good. Raises nothing: a closed loop is a finding, and then there are no results."""
    order = {one.process.id: index for index, one in enumerate(processes)}
    links = _links(processes, data, order)
    closed = closed_loops(links, processes)
    if closed:
        return Solved(processes=(), goods=(), findings=closed)
    bought = _bought(purchased, order, len(processes))
    allocated = free_allocation(processes, purchased, data, tables)
    system = _System(
        data=data,
        processes=processes,
        links=links,
        bought=bought,
        embedded=_embedded(processes, links, bought, data.basis),
        allocated=allocated,
        allocation=brought(processes, links, bought, allocated),
    )
    into: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        into[link.destination].append(link)
    made = [_process(index, system, into[index]) for index in range(len(processes))]
    goods = [good for index, one in enumerate(made) for good in _goods(index, one, system)]
    return Solved(processes=tuple(made), goods=tuple(goods), findings=allocated.findings)


def closed_loops(links: Sequence[Link], processes: Sequence[Attributed]) -> tuple[Finding, ...]:
    """Loops whose members consume all they make (rule 2), one finding each."""
    size = len(processes)
    if not links:
        return ()
    taken = shares_matrix(links, size)
    count, member = connected_components(csr_array(taken), directed=True, connection="strong")
    found = []
    for loop in range(count):
        rows = [int(row) for row in np.flatnonzero(member == loop)]
        inner = taken[np.ix_(rows, rows)]
        if inner.any() and max(abs(np.linalg.eigvals(inner))) >= _PRODUCTIVE:
            names = ", ".join(processes[row].process.name or processes[row].process.id for row in rows)
            found.append(
                Finding.error("cbam-loop-closed", Place(line=processes[rows[0]].process.id), members=names)
            )
    return tuple(found)


def _links(processes: Sequence[Attributed], data: Monitoring, order: Mapping[str, int]) -> list[Link]:
    found = []
    for use in data.own_uses:
        if use.destination == NON_CBAM or use.origin not in order or use.destination not in order:
            continue
        origin = processes[order[use.origin]]
        part = next((one for one in origin.goods if one.good.id == use.good), None)
        if part is None and len(origin.goods) == 1:
            part = origin.goods[0]
        rate = part.rate if part is not None else origin.rate
        found.append(Link(order[use.origin], order[use.destination], use, rate, part))
    return found


def _bought(
    purchased: Sequence[Purchased], order: Mapping[str, int], size: int
) -> list[list[tuple[Purchased, float]]]:
    found: list[list[tuple[Purchased, float]]] = [[] for _ in range(size)]
    for one in purchased:
        for use in one.precursor.uses:
            if use.process in order and use.amount:
                found[order[use.process]].append((one, use.amount))
    return found


def _embedded(
    processes: Sequence[Attributed],
    links: Sequence[Link],
    bought: Bought,
    basis: Basis,
) -> Matrix:
    """Embedded amounts of whole processes in t and MWh, one column each (rules 1 and 3)."""
    size = len(processes)
    start = np.zeros((size, 6))
    for row, one in enumerate(processes):
        own = 0.0 if one.kind.direct_only else one.power.emissions_t
        start[row] = (one.attributed_direct_t, one.power.emissions_t, own, 0.0, 0.0, one.power.mwh)
        for part, amount in bought[row]:
            start[row] += amount * _row(part, _counts(one, part.listed, basis))
    taken = shares_matrix(links, size)
    counting = shares_matrix([link for link in links if _link_counts(link, processes, basis)], size)
    made = np.zeros_like(start)
    everything = [_DIRECT, _INDIRECT, _DEFAULT_DIRECT, _POWER]
    some = [_COUNTED, _DEFAULT_INDIRECT]
    identity = np.identity(size)
    made[:, everything] = np.linalg.solve(identity - taken, start[:, everything])
    made[:, some] = np.linalg.solve(identity - counting, start[:, some])
    return made


def _row(part: Purchased, counts: bool) -> Matrix:
    counted = part.counted_indirect if counts else 0.0
    by_default = part.default_indirect if counts else 0.0
    return np.array(
        (part.see_direct, part.see_indirect, counted, part.default_direct, by_default, part.electricity_mwh)
    )


def _counts(good: Attributed, listed: bool, basis: Basis) -> bool:
    """Whether a precursor's indirect emissions enter what counts for a good (Annex I 3.1)."""
    return basis is Basis.TRANSITIONAL or good.kind.direct_only or not listed


def _link_counts(link: Link, processes: Sequence[Attributed], basis: Basis) -> bool:
    return _counts(processes[link.destination], processes[link.origin].kind.direct_only, basis)


def _process(index: int, system: _System, links: Sequence[Link]) -> ProcessResult:
    one = system.processes[index]
    per_unit = system.embedded[index] * one.rate
    see_direct, see_indirect, counted = (float(per_unit[at]) for at in (_DIRECT, _INDIRECT, _COUNTED))
    own = mean_allocation(one, system.allocated)
    inherited = system.allocation[index]
    return ProcessResult(
        id=one.process.id,
        name=one.process.name,
        category=one.process.category,
        unit=one.kind.unit,
        activity_level=one.activity_level,
        produced_t=one.produced_t,
        direct_t=one.direct_t,
        heat_import_t=one.heat_import_t,
        heat_export_t=one.heat_export_t,
        waste_gas_import_t=one.waste_gas_import_t,
        waste_gas_export_t=one.waste_gas_export_t,
        electricity_export_t=one.electricity_export_t,
        attributed_direct_t=one.attributed_direct_t,
        floored_t=one.floored_t,
        electricity_mwh=one.power.mwh,
        electricity_factor=one.power.factor,
        electricity_actual_share=one.power.actual_share,
        attributed_indirect_t=one.power.emissions_t,
        counts_indirect=not one.kind.direct_only,
        precursors=_parts(index, system, links),
        specific_direct=one.attributed_direct_t * one.rate,
        specific_indirect=one.power.emissions_t * one.rate,
        see_direct=see_direct,
        see_indirect=see_indirect,
        see_total=see_direct + counted,
        default_share=_default_share(index, system),
        embedded_electricity_mwh=float(per_unit[_POWER]),
        sefa=None if own is None or inherited is None else own + inherited * one.rate,
        benchmark_a=system.allocated.benchmarks.get(one.process.id),
        routes=_routes(one, system.allocated),
        terms=one.terms,
    )


def _default_share(index: int, system: _System) -> float:
    """Rule 4."""
    row = system.embedded[index]
    if system.data.basis is Basis.TRANSITIONAL:
        return _share(row[_DEFAULT_DIRECT], row[_DIRECT])
    return _share(row[_DEFAULT_DIRECT] + row[_DEFAULT_INDIRECT], row[_DIRECT] + row[_COUNTED])


def _share(part: float, whole: float) -> float:
    return float(min(1.0, max(0.0, part / whole))) if whole > 0 else 0.0


def _routes(one: Attributed, allocated: Allocated) -> tuple[str, ...]:
    stated = {route.route for part in one.goods for route in part.good.routes}
    stated |= {one.process.route} if one.process.route else set()
    return tuple(sorted(stated)) or allocated.routes.get(one.process.id, ())


def _parts(index: int, system: _System, links: Sequence[Link]) -> tuple[PrecursorPart, ...]:
    """What a process took, made on site first."""
    own = [_own_part(link, system) for link in links]
    bought = [_bought_part(part, amount, index, system) for part, amount in system.bought[index]]
    return (*own, *bought)


def _own_part(link: Link, system: _System) -> PrecursorPart:
    origin = system.processes[link.origin]
    row = system.embedded[link.origin] * link.rate
    counts = _link_counts(link, system.processes, system.data.basis)
    counted = float(row[_COUNTED]) if counts else 0.0
    inherited = system.allocation[link.origin]
    own = own_allocation(link, origin, system.allocated)
    return PrecursorPart(
        id=origin.process.id,
        name=origin.process.name,
        cn=link.part.good.cn if link.part is not None else "",
        origin="own",
        basis="own",
        amount=link.use.amount,
        see_direct=float(row[_DIRECT]),
        see_indirect=counted or float(row[_INDIRECT]),  # what counts, where any counts; else for information
        counted_indirect=counted > 0,
        embedded_direct_t=link.use.amount * float(row[_DIRECT]),
        embedded_indirect_t=link.use.amount * counted,
        default_share=_default_share(link.origin, system),
        sefa=None if own is None or inherited is None else own + inherited * link.rate,
        period=system.data.period,
        source=link.part.good.id if link.part is not None else origin.process.id,
    )


def _bought_part(part: Purchased, amount: float, index: int, system: _System) -> PrecursorPart:
    counts = _counts(system.processes[index], part.listed, system.data.basis)
    counted = part.counted_indirect if counts else 0.0
    return PrecursorPart(
        id=part.precursor.id,
        name=part.precursor.name,
        cn=part.precursor.cn,
        origin="purchased",
        basis=part.basis,
        amount=amount,
        see_direct=part.see_direct,
        see_indirect=part.see_indirect,
        counted_indirect=counted > 0,
        embedded_direct_t=amount * part.see_direct,
        embedded_indirect_t=amount * counted,
        default_share=part.default_share,
        sefa=system.allocated.precursors.get(part.precursor.id),
        period=part.period,
        source=part.source,
    )


def _goods(index: int, made: ProcessResult, system: _System) -> list[GoodResult]:
    """Every good of a process (rule 6)."""
    one, row = system.processes[index], system.embedded[index]
    actual = one.power.actual_emissions_share if one.power.mwh > 0 else 0.0
    found = []
    for part in one.goods:
        see_direct, see_indirect, counted = (
            float(row[at]) * part.rate for at in (_DIRECT, _INDIRECT, _COUNTED)
        )
        own, inherited = system.allocated.goods.get(part.good.id), system.allocation[index]
        sefa = None if own is None or inherited is None else own + inherited * part.rate
        total = see_direct + counted
        found.append(
            GoodResult(
                id=part.good.id,
                process=one.process.id,
                cn=part.good.cn,
                name=part.good.name,
                unit=one.kind.unit,
                produced_t=part.good.produced_t,
                functional_units=part.units,
                content=part.content,
                see_direct=see_direct,
                see_indirect=see_indirect,
                see_total=total,
                see_per_tonne=total * part.content,
                counts_indirect=made.counts_indirect,
                default_share=made.default_share,
                indirect_actual_share=actual,
                indirect_default_share=1.0 - actual if one.power.mwh > 0 else 0.0,
                sefa=sefa,
                sefa_per_tonne=None if sefa is None else sefa * part.content,
                compositions=tuple(
                    (mix.name, mix.content, total * mix.content) for mix in part.good.compositions
                ),
            )
        )
    return found
