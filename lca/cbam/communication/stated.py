"""What the workbook itself shows, and how it compares with our calculation of the same data.

Rules
1. Shown values are those the workbook held when it was last saved; an error or an empty text is no value.
2. A figure is compared where both sides have it. Two are the same within 1e-9 of the larger, or 1e-9 absolutely.
3. Totals are compared as far as the data stands for them: with manual totals (sheet C, row 26) carbon dioxide and
   nitrous oxide are not compared apart, since what was added is one source of its own.
4. The default share is compared on direct emissions, as the template defines it, and not for a process that takes part
   in a loop of own uses: there the template's own denominator leaves out what comes round.

Example: ``compare(reading, calculate(reading.monitoring, tables)) == ()`` for the Commission's examples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lca.cbam.communication import cells
from lca.cbam.communication.model import (
    Difference,
    Maybe,
    Reading,
    Stated,
    StatedProcess,
    StatedSource,
    StatedTotals,
)
from lca.cbam.communication.values import Cells
from lca.cbam.monitoring import MeasuredSource, Monitoring, PfcSource, Process, SourceStream
from lca.cbam.results import Calculation, ProcessResult

TOLERANCE = 1e-9


def stated(at: Cells, data: Monitoring) -> Stated:
    """What the workbook shows for the records that were read (rule 1)."""
    if not at.book.calculated:
        return Stated(calculated=False)
    sources = (
        *(_source(at, one, cells.STREAMS) for one in data.streams),
        *(_source(at, one, cells.PFC) for one in data.pfc),
        *(_source(at, one, cells.MEASURED) for one in data.measured),
    )
    processes = tuple(_process(at, process) for process in data.processes)
    known = any(one.see_direct is not None for one in processes)
    return Stated(calculated=known, totals=_totals(at, data, sources), sources=sources, processes=processes)


def shown(at: Cells, sheet: str, cell: str) -> float | None:
    """A number the workbook shows, or None."""
    value = at.book.at(sheet, cell).value
    return value if isinstance(value, float) else None


def _source(at: Cells, one: SourceStream | PfcSource | MeasuredSource, block: cells.Block) -> StatedSource:
    row = block.rows[int(one.id.lstrip("SPFCM")) - 1]
    biomass = None if block is cells.PFC else shown(at, cells.EMISSIONS, f"AV{row}")
    return StatedSource(id=one.id, emissions_t=shown(at, cells.EMISSIONS, f"AU{row}"), biomass_t=biomass)


def _totals(at: Cells, data: Monitoring, sources: Sequence[StatedSource]) -> StatedTotals:
    streams, pfc, measured = (
        sources[: len(data.streams)],
        sources[len(data.streams) : len(data.streams) + len(data.pfc)],
        sources[len(data.streams) + len(data.pfc) :],
    )
    co2, biomass, n2o, direct, indirect = (
        shown(at, cells.BALANCE, f"{column}{cells.RESULT_ROW}") for column in "HIJLM"
    )
    rows = [cells.STREAMS.rows[int(one.id[1:]) - 1] for one in data.streams]
    energy = [
        [shown(at, cells.EMISSIONS, f"{column}{row}") or 0.0 for row in rows] for column in ("AX", "AY")
    ]
    if data.other:
        co2 = n2o = None
    return StatedTotals(
        calculated_t=_sum(streams),
        measured_t=_sum(measured),
        pfc_t=_sum(pfc),
        other_t=_manual(at),
        co2_t=co2,
        n2o_t=n2o,
        biomass_t=biomass if at.book.at(cells.BALANCE, f"I{cells.MANUAL_ROW}").value is None else None,
        direct_t=direct,
        indirect_t=indirect,
        energy_tj=math.fsum(energy[0]),
        biomass_energy_tj=math.fsum(energy[1]),
    )


def _manual(at: Cells) -> Maybe:
    """What manual totals add to the automatic ones; None where an automatic one is not shown."""
    added = 0.0
    for column in "HJK":
        typed = at.book.at(cells.BALANCE, f"{column}{cells.MANUAL_ROW}").value
        automatic = shown(at, cells.BALANCE, f"{column}{cells.AUTOMATIC_ROW}")
        if isinstance(typed, float) and automatic is None:
            return None
        if isinstance(typed, float) and automatic is not None:
            added += typed - automatic
    return added


def _sum(sources: Sequence[StatedSource]) -> Maybe:
    """The sum of what is shown; None where a row shows no number."""
    amounts = [one.emissions_t for one in sources if one.emissions_t is not None]
    return math.fsum(amounts) if len(amounts) == len(sources) else None


def _process(at: Cells, process: Process) -> StatedProcess:
    number = int(process.id[1:])
    first, row = cells.PROCESS_BLOCKS.rows[number - 1], cells.RESULT_ROWS.rows[number - 1]
    direct, see_direct, indirect, see_indirect, power = (
        shown(at, cells.RESULTS, f"{column}{row}") for column in ("AJ", "AK", "AL", "AM", "AO")
    )
    return StatedProcess(
        id=process.id,
        name=process.name,
        activity_level=shown(at, cells.PROCESSES, f"L{first + 13}"),
        specific_direct=direct,
        specific_indirect=indirect,
        see_direct=see_direct,
        see_indirect=see_indirect,
        embedded_electricity_mwh=power,
        default_share=shown(at, cells.SUMMARY, f"H{cells.SHARE_ROWS.rows[number - 1]}"),
    )


def compare(reading: Reading, done: Calculation) -> tuple[Difference, ...]:
    """Every figure that is shown otherwise than calculated; empty where all agree (rules 2 to 4)."""
    if not reading.stated.calculated or reading.monitoring is None:
        return ()
    return tuple(
        Difference(figure=figure, record=record, stated=shown_value, calculated=ours)
        for figure, record, shown_value, ours in _pairs(reading, done)
        if shown_value is not None and not same(shown_value, ours)
    )


def compared(reading: Reading, done: Calculation) -> int:
    """How many figures :func:`compare` set side by side: none is no proof."""
    return sum(1 for _, _, value, _ in _pairs(reading, done) if value is not None)


def same(one: float, other: float) -> bool:
    """Equal within rule 2."""
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _pairs(reading: Reading, done: Calculation) -> Iterator[tuple[str, str, Maybe, float]]:
    totals = reading.stated.totals
    for figure in StatedTotals.__dataclass_fields__:
        yield figure, "", getattr(totals, figure), getattr(done.totals, figure)
    calculated = {source.id: source for source in done.sources}
    for source in reading.stated.sources:
        yield "emissions_t", source.id, source.emissions_t, calculated[source.id].emissions_t
        yield "biomass_t", source.id, source.biomass_t, calculated[source.id].biomass_t
    results = {process.id: process for process in done.processes}
    looped = _looped(reading.monitoring) if reading.monitoring is not None else frozenset()
    for process in reading.stated.processes:
        yield from _process_pairs(process, results[process.id], process.id in looped)
    goods = {good.id: good for good in done.goods}
    for row in reading.products:
        if row.good in goods:
            yield "product see_direct", row.good, row.see_direct, goods[row.good].see_direct
            yield "product see_indirect", row.good, row.see_indirect, goods[row.good].see_indirect
            yield "product see_total", row.good, row.see_total, goods[row.good].see_total


def _process_pairs(
    process: StatedProcess, result: ProcessResult, looped: bool
) -> Iterator[tuple[str, str, Maybe, float]]:
    for figure in (
        "activity_level",
        "specific_direct",
        "specific_indirect",
        "see_direct",
        "see_indirect",
        "embedded_electricity_mwh",
    ):
        yield figure, process.id, getattr(process, figure), getattr(result, figure)
    if not looped:
        yield "default_share", process.id, process.default_share, result.default_share


def _looped(data: Monitoring) -> frozenset[str]:
    """Processes that consume, directly or through others, goods made with their own (rule 4)."""
    makers: dict[str, set[str]] = {process.id: set() for process in data.processes}
    for use in data.own_uses:
        if use.destination in makers:
            makers[use.destination].add(use.origin)
    for middle in makers:
        for process, behind in makers.items():
            if middle in behind and process != middle:
                behind |= makers[middle]
    return frozenset(
        process for process, behind in makers.items() if any(one in makers[one] for one in {process, *behind})
    )
