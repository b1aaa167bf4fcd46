"""Which single records could carry a good's value over the materiality level if they were wrong.

Rules
1. The level is 5 % of the total specific embedded emissions and 5 % of the total specific embedded free allocation,
   for each tonne of a good by its CN code (Implementing Regulation (EU) 2025/2546 Article 5(1)).
2. A record whose share of the value is 5 % or more could reach it alone, at an error of 5 % over its share.
   Smaller ones cannot, unless they are understated by more than their whole amount; they are counted, not hidden.
3. Fuel burnt in a boiler or cogeneration unit reaches a good through the heat it takes; its part of that heat counts,
   beside the heat itself. Shares therefore do not sum to 100 %: they are what one record alone moves.
4. The activity level divides everything: its share is 100 %.

Example: a precursor with 93 % of the value reaches the level when it is wrong by 5.4 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.cbam import heat
from lca.cbam.monitoring import Monitoring
from lca.cbam.obligation.shares import shares
from lca.cbam.results import Calculation, GoodResult, ProcessResult

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

MATERIALITY = 0.05
"""Article 5(1)(a) and (b)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """One record's part in a good's value: ``share`` of it; ``error`` of the record at which the level is reached."""

    kind: str
    record: str
    name: str
    share: float

    @property
    def error(self) -> float:
        """Fraction by which the record must be wrong for the value to move by the materiality level (rule 2)."""
        return MATERIALITY / abs(self.share)


def emissions(
    data: Monitoring, done: Calculation, tables: Tables, good: GoodResult
) -> tuple[Sensitivity, ...]:
    """Every record's share of the good's total specific embedded emissions, largest first; empty if these are zero."""
    if not good.see_total:
        return ()
    process = next(one for one in done.processes if one.id == good.process)
    sums: dict[tuple[str, str, str], float] = {}
    for part in shares(data, done, good.id):
        key = (part.kind, part.record, part.name)
        sums[key] = sums.get(key, 0.0) + part.share
    for record, name, share in _fuels_of_heat(data, done, tables, sums):
        key = ("source", record, name)
        sums[key] = sums.get(key, 0.0) + share
    return _ranked(process, sums)


def free_allocation(done: Calculation, good: GoodResult) -> tuple[Sensitivity, ...]:
    """Every record's share of the good's specific embedded free allocation, largest first; empty without a value."""
    process = next(one for one in done.processes if one.id == good.process)
    if not process.sefa or not process.activity_level:
        return ()
    sums: dict[tuple[str, str, str], float] = {}
    for part in process.precursors:
        if part.sefa:
            kind = "own-precursor" if part.origin == "own" else "precursor"
            key = (kind, part.id, part.name)
            sums[key] = sums.get(key, 0.0) + part.amount * part.sefa / process.activity_level / process.sefa
    rest = 1.0 - sum(sums.values())
    if abs(rest) > 1e-9:
        sums["benchmark", process.id, process.name] = rest
    return _ranked(process, sums)


def _ranked(process: ProcessResult, sums: dict[tuple[str, str, str], float]) -> tuple[Sensitivity, ...]:
    found = [
        Sensitivity(kind=kind, record=record, name=name, share=share)
        for (kind, record, name), share in sums.items()
        if share
    ]
    found.append(Sensitivity(kind="activity-level", record=process.id, name=process.name, share=1.0))
    return tuple(sorted(found, key=lambda one: -abs(one.share)))


def _fuels_of_heat(
    data: Monitoring, done: Calculation, tables: Tables, sums: dict[tuple[str, str, str], float]
) -> Iterator[tuple[str, str, float]]:
    """Rule 3: each source of a unit with its part of the heat that the processes take from the unit."""
    taken = {record: share for (kind, record, _), share in sums.items() if kind == "heat" and share}
    if not taken:
        return
    flows, _ = heat.heat_emissions(data, heat.unit_factors(data, done.sources, tables), tables)
    sinks = heat.by_sink(data, done.sources)
    net = {one.id: one.heat_import_t - one.heat_export_t for one in done.processes}
    for one in flows:
        unit, process = one.flow.origin, one.flow.destination
        burnt = [(source, source.emissions_t * part) for source, part in sinks.get(unit, ())]
        whole = sum(amount for _, amount in burnt)
        if process in taken and net.get(process) and whole:
            for source, amount in burnt:
                part = amount / whole * one.emissions_t / net[process]
                yield source.id, source.name, taken[process] * part
