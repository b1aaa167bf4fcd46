"""What the specific embedded emissions of a good consist of: streams, heat, electricity, precursors, by process.

Rules
1. Every process of the installation counts as often as a functional unit of the good needs it, through the chain of own
   precursors (2025/2547 eq. 59 to 63), loops included.
2. Sources that are shared to a process take its direct emissions in proportion; reconciled meters keep that proportion.
3. Only what counts for the good is in: a process's electricity where its indirect emissions count, a purchased
   precursor's indirect emissions where the cross rules count them.
4. The parts sum to SEE; a difference (a stated figure the sources do not explain) is a part of its own, ``rest``.

Example: screws of 2.9 tCO2e/t: wire rod 2.69 (93 %), gas 0.21 (7 %).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from lca.cbam.monitoring import Monitoring
from lca.cbam.results import Calculation, GoodResult, PrecursorPart, ProcessResult

NOISE = 1e-9
"""Share of SEE below which a difference is one of the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """``see`` in tCO2e per functional unit of the good, negative for what is handed on; ``share`` of its SEE.

    ``kind`` is ``source``, ``heat``, ``waste-gas``, ``own-electricity``, ``electricity``, ``precursor`` or ``rest``;
    ``record`` the id of the stream, precursor or process.
    """

    kind: str
    record: str
    name: str
    process: str
    see: float
    share: float


def shares(data: Monitoring, done: Calculation, good: str) -> tuple[Contribution, ...]:
    """The parts of a good's SEE, largest first (rules 1 to 4). Raises LookupError for a good that is not there."""
    found = next((one for one in done.goods if one.id == good), None)
    if found is None:
        raise LookupError(f"The calculation has no good {good!r}.")
    results = {one.id: one for one in done.processes}
    needed = _needed(results, found.process)
    parts = [
        (kind, record, name, key, amount * needed[key])
        for key in results
        if needed[key]
        for kind, record, name, amount in _of_process(data, done, results[key])
    ]
    parts += _rest(found, sum(part[4] for part in parts))
    made = [
        Contribution(
            kind=kind, record=record, name=name, process=process, see=see, share=_over(see, found.see_total)
        )
        for kind, record, name, process, see in parts
    ]
    return tuple(sorted(made, key=lambda one: -abs(one.see)))


def _rest(good: GoodResult, explained: float) -> list[tuple[str, str, str, str, float]]:
    rest = good.see_total - explained
    if abs(rest) <= NOISE * max(1.0, abs(good.see_total)):
        return []
    return [("rest", good.process, good.name, good.process, rest)]


def _needed(results: Mapping[str, ProcessResult], last: str) -> dict[str, float]:
    """Functional units of every process per functional unit of the last one (rule 1)."""
    keys = list(results)
    matrix = np.eye(len(keys))
    for key, result in results.items():
        for part in result.precursors:
            if part.origin == "own" and part.id in results:
                matrix[keys.index(part.id), keys.index(key)] -= _over(part.amount, result.activity_level)
    demand = np.zeros(len(keys))
    demand[keys.index(last)] = 1.0
    scale = np.linalg.solve(matrix, demand)
    return {key: float(value) for key, value in zip(keys, scale, strict=True)}


def _of_process(
    data: Monitoring, done: Calculation, result: ProcessResult
) -> Iterator[tuple[str, str, str, float]]:
    """Kind, record, name and tCO2e per functional unit of one process."""
    level = result.activity_level
    amounts = _sources(data, done, result.id)
    stated = sum(amount for _, _, amount in amounts)
    scale = _over(result.direct_t, stated)
    for record, name, amount in amounts:
        yield "source", record, name, _over(amount * scale, level)
    flows = {
        "heat": result.heat_import_t - result.heat_export_t,
        "waste-gas": result.waste_gas_import_t - result.waste_gas_export_t,
        "own-electricity": -result.electricity_export_t,
        "electricity": result.attributed_indirect_t if result.counts_indirect else 0.0,
    }
    for kind, amount in flows.items():
        if amount:
            yield kind, result.id, result.name, _over(amount, level)
    for part in result.precursors:
        if part.origin != "own":
            yield "precursor", part.id, part.name, _over(_embedded(part), level)


def _embedded(part: PrecursorPart) -> float:
    return part.embedded_direct_t + (part.embedded_indirect_t if part.counted_indirect else 0.0)


def _sources(data: Monitoring, done: Calculation, process: str) -> list[tuple[str, str, float]]:
    """Id, name and tCO2e of the sources shared to a process."""
    emitted = {one.id: one.emissions_t for one in done.sources}
    records = [
        *((one.id, one.name, one.shares) for one in data.streams),
        *((one.id, one.name, one.shares) for one in data.measured),
        *((one.id, one.name, one.shares) for one in data.pfc),
        *((one.id, one.name, one.shares) for one in data.other),
        *((one.id, one.name, one.shares) for one in data.transfers),
    ]
    return [
        (key, name, emitted[key] * share.fraction)
        for key, name, parts in records
        for share in parts
        if share.sink == process and emitted.get(key)
    ]


def _over(amount: float, by: float) -> float:
    return amount / by if by else 0.0
