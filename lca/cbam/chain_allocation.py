"""Free allocation along the chain of precursors (rule 5 of :mod:`lca.cbam.chain`; eq. 4 of (EU) 2025/2620).

Rules
1. ``SEFA_g = SFA_g + sum of m_i x SEFA_i``: the process's own part by column A, precursors' parts as
   :mod:`lca.cbam.obligation.free_allocation` gives them, those made on site by the same linear system as emissions.
2. Suppliers that are averaged for their emissions are averaged for their free allocation.
3. Where one part is not known, neither is the sum, nor that of any good it goes into.
4. The year is that of the reporting period. The transitional basis has no free allocation.

Example: two goods of one process with benchmarks of their own share what the precursors bring, by functional units.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lca.cbam.attribution import Attributed, GoodPart
from lca.cbam.monitoring import Basis, Monitoring, OwnUse
from lca.cbam.precursors import Purchased, received
from lca.findings import Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from databases.cbam.tables import Tables

    Matrix = NDArray[np.float64]

Bought = Sequence[Sequence[tuple[Purchased, float]]]
"""For every process, what it bought and how much of it."""


@dataclass(frozen=True, slots=True)
class Link:
    """An own use between two processes: their places in the system, the amount, the fraction of the origin per unit."""

    origin: int
    destination: int
    use: OwnUse
    rate: float
    part: GoodPart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """Free allocation in tCO2e per functional unit: of each good by its process alone, and of each precursor."""

    goods: Mapping[str, float | None]
    precursors: Mapping[str, float | None]
    benchmarks: Mapping[str, float | None]
    routes: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...]


def free_allocation(
    processes: Sequence[Attributed], purchased: Sequence[Purchased], data: Monitoring, tables: Tables
) -> Allocated:
    """Free allocation of every good's process and of every precursor (rule 5); none on the transitional basis."""
    if data.basis is Basis.TRANSITIONAL:
        return Allocated(goods={}, precursors={}, benchmarks={}, routes={}, findings=())
    from lca.cbam.obligation.free_allocation import precursor_free_allocation, process_free_allocation

    year = data.period.end.year
    goods: dict[str, float | None] = {}
    benchmarks: dict[str, float | None] = {}
    routes: dict[str, tuple[str, ...]] = {}
    precursors: dict[str, float | None] = {}
    findings: list[Finding] = []
    for one in processes:
        for part in one.goods:
            try:
                found = process_free_allocation(one.process, year, tables, (part.good,))
            except LookupError:  # electricity: no benchmark, no free allocation
                goods[part.good.id] = 0.0
                continue
            goods[part.good.id] = None if found.value is None else float(found.value)
            findings.extend(found.findings)
        if one.process.goods and one.process.category != "electricity":
            whole = process_free_allocation(one.process, year, tables)
            benchmarks[one.process.id] = None if whole.value is None else float(whole.benchmark)
            routes[one.process.id] = whole.routes
    for bought in purchased:
        found = precursor_free_allocation(bought.precursor, year, tables, bought.basis)
        precursors[bought.precursor.id] = None if found.value is None else float(found.value)
        findings.extend(found.findings)
    return Allocated(
        goods=goods,
        precursors=_pooled(precursors, purchased),
        benchmarks=benchmarks,
        routes=routes,
        findings=tuple(dict.fromkeys(findings)),
    )


def _pooled(values: Mapping[str, float | None], purchased: Sequence[Purchased]) -> dict[str, float | None]:
    """Free allocation of suppliers averaged as their emissions are (Article 14(2))."""
    pools: dict[str, list[Purchased]] = defaultdict(list)
    for one in purchased:
        if one.pool:
            pools[one.pool].append(one)
    made = dict(values)
    for pool in pools.values():
        known = [(values[one.precursor.id], received(one.precursor)) for one in pool]
        total = math.fsum(weight for _, weight in known)
        mean = None
        if all(value is not None for value, _ in known) and total > 0:
            mean = math.fsum((value or 0.0) * weight for value, weight in known) / total
        made |= {one.precursor.id: mean for one in pool}
    return made


def shares_matrix(links: Sequence[Link], size: int) -> Matrix:
    """The fraction of each process (column) that goes into each other (row)."""
    made = np.zeros((size, size))
    for link in links:
        made[link.destination, link.origin] += link.use.amount * link.rate
    return made


def brought(
    processes: Sequence[Attributed],
    links: Sequence[Link],
    bought: Bought,
    allocated: Allocated,
) -> list[float | None]:
    """Free allocation that precursors bring into each whole process, in t; None where a part is not known (rule 5)."""
    size = len(processes)
    start, known = np.zeros(size), np.ones(size, dtype=bool)
    for row in range(size):
        for part, amount in bought[row]:
            value = allocated.precursors.get(part.precursor.id)
            known[row] &= value is not None or amount == 0
            start[row] += amount * (value or 0.0)
    for link in links:
        value = own_allocation(link, processes[link.origin], allocated)
        known[link.destination] &= value is not None
        start[link.destination] += link.use.amount * (value or 0.0)
    for _ in range(size):  # what is not known spreads along the links, at most once through every process
        for link in links:
            known[link.destination] &= known[link.origin]
    made = np.linalg.solve(np.identity(size) - shares_matrix(links, size), start)
    return [float(value) if sure else None for value, sure in zip(made, known, strict=True)]


def own_allocation(link: Link, origin: Attributed, allocated: Allocated) -> float | None:
    """Free allocation of the origin's own process per unit used: of the good named, or the mean of its goods."""
    if link.part is not None:
        return allocated.goods.get(link.part.good.id)
    return mean_allocation(origin, allocated)


def mean_allocation(one: Attributed, allocated: Allocated) -> float | None:
    """Free allocation of a process alone, per functional unit: the mean of its goods; None where one is not known."""
    values = [(allocated.goods.get(part.good.id), part.units) for part in one.goods]
    total = math.fsum(units for _, units in values)
    if total <= 0 or any(value is None for value, _ in values):
        return None
    return math.fsum((value or 0.0) * units for value, units in values) / total
