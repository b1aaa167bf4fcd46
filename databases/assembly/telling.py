"""The import report of an assembled release."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from databases.assembly import diagnose
from databases.assembly.elementary import looks_like_greenhouse_gas
from databases.assembly.options import Options
from databases.assembly.outputs import Outputs
from databases.assembly.report import Allocated, ImportReport, Loop, Trouble, Uncharacterised
from databases.assembly.tally import Tally
from databases.assembly.words import word
from databases.content import BIOSPHERE, Content, Head
from databases.dataset import Dataset
from databases.importers.shape import ElementaryFlow, Extract, Process
from databases.notices import Notice


def counts_read(processes: Sequence[Process]) -> Counter[str]:
    """Exchanges of a source by type, before anything is done to them."""
    counts: Counter[str] = Counter(processes_read=len(processes))
    for process in processes:
        for exchange in process["exchanges"]:
            kind = exchange["type"]
            if not math.isfinite(exchange["amount"]):
                kind = "not_finite"
            counts[kind] += 1
    return counts


@dataclass(frozen=True, slots=True)
class Road:
    """What an import went through, as far as the report tells of it."""

    extract: Extract
    head: Head
    options: Options
    source: tuple[str, str]
    read: Counter[str]
    allocated: tuple[Allocated, ...]
    outputs: Outputs
    tally: Tally
    emitted: Sequence[ElementaryFlow]
    matches: Mapping[str, int]
    assumed: Mapping[str, int]
    loops: tuple[Loop, ...]
    notices: tuple[Notice, ...]


def report_of(road: Road, content: Content) -> ImportReport:
    """The report of ``content``, which came along ``road``."""
    unlinked, cut_off = road.tally.missing(road.outputs.found)
    title, sha256 = road.source
    troubles = [
        *road.tally.troubles,
        *diagnose.self_loops(content),
        *diagnose.energy_balances(content),
        *diagnose.takers_of_hopeless(content, road.loops),
    ]
    return ImportReport(
        release=road.head.identifier,
        format=road.extract.format,
        reader=road.extract.reader,
        source=title,
        source_sha256=sha256,
        options=road.options.as_dict(),
        counts=_counts(road, content),
        matches=dict(road.matches),
        unlinked=unlinked,
        cut_off=cut_off,
        choices=road.tally.choices(),
        allocations=road.allocated,
        uncharacterised=_uncharacterised(road.emitted, content),
        loops=road.loops,
        troubles=tuple(sorted(troubles, key=_order)),
        left_rows=tuple((row.where, row.left) for row in road.extract.rows if row.left),
        notices=road.notices,
    )


def with_notes(datasets: Sequence[Dataset], troubles: Sequence[Trouble]) -> list[Dataset]:
    """The datasets with what is wrong with them in their notes, so that whoever looks at one need not look it up."""
    found: dict[str, dict[str, None]] = {}
    for trouble in troubles:
        found.setdefault(trouble.dataset, {})[f"{trouble.kind}\0{trouble.detail}"] = None
    return [
        replace(dataset, note_zh=_noted(dataset, found, "zh"), note_en=_noted(dataset, found, "en"))
        if dataset.code in found
        else dataset
        for dataset in datasets
    ]


def _noted(dataset: Dataset, found: Mapping[str, Mapping[str, None]], language: str) -> str:
    own = dataset.note_zh if language == "zh" else dataset.note_en
    told = [key.partition("\0") for key in found[dataset.code]]
    between = "：" if language == "zh" else ": "
    said = [word(kind, language) + (between + detail if detail else "") for kind, _, detail in told]
    return ("；" if language == "zh" else "; ").join([*([own] if own else []), *said])


def _uncharacterised(emitted: Sequence[ElementaryFlow], content: Content) -> tuple[Uncharacterised, ...]:
    """Flows that no climate factor reaches; likely greenhouse gases first, then by the amount emitted."""
    exchanges = content.exchanges
    chosen = exchanges.kind == BIOSPHERE
    size = max(len(content.flows), 1)
    amounts = np.bincount(exchanges.input[chosen], np.abs(exchanges.amount[chosen]), minlength=size)
    pairs = np.unique(np.stack([exchanges.input[chosen], exchanges.dataset[chosen]]), axis=1)
    datasets = np.bincount(pairs[0], minlength=size)
    rows = [
        Uncharacterised(
            code=flow.code,
            name=flow.name_en,
            compartment=flow.compartment,
            cas=flow.cas,
            unit=flow.unit,
            amount=float(amounts[index]),
            datasets=int(datasets[index]),
            greenhouse_gas_likely=looks_like_greenhouse_gas(emitted[index]),
        )
        for index, flow in enumerate(content.flows)
        if not flow.part
    ]
    rows.sort(key=lambda row: (not row.greenhouse_gas_likely, row.unit != "kg", -row.amount, row.code))
    return tuple(rows)


def _order(trouble: Trouble) -> tuple[str, ...]:
    return trouble.kind, trouble.dataset, trouble.detail


def _products(process: Process) -> int:
    """Inputs of a process, none of a co-product's: those were counted with its reference."""
    if process.get("allocated from"):
        return 0
    return sum(
        exchange["type"] in ("technosphere", "substitution") and math.isfinite(exchange["amount"])
        for exchange in process["exchanges"]
    )


def _counts(road: Road, content: Content) -> dict[str, int]:
    """The numbers of the report; ``ImportReport.check`` holds how they add up."""
    read, tally = road.read, road.tally
    technosphere = read["technosphere"] + read["substitution"]
    kinds_read = read["production"] + technosphere + read["biosphere"] + read["not_finite"]
    return {
        "processes_read": read["processes_read"],
        "datasets": len(content.datasets),
        "co_products": len(content.datasets) + len(road.outputs.merged) - read["processes_read"],
        "merged": len(road.outputs.merged),
        "merged_technosphere": sum(map(_products, road.outputs.merged)),
        "complete": sum(dataset.complete for dataset in content.datasets),
        "with_gaps": sum(dataset.gaps > 0 for dataset in content.datasets),
        "exchanges_read": kinds_read,
        "production": read["production"],
        "technosphere": technosphere,
        "avoided": read["substitution"],
        "biosphere": read["biosphere"],
        "not_finite": read["not_finite"],
        "linked": tally.counts["linked"],
        "unlinked": tally.counts["unlinked"],
        "cut_off": tally.counts["cut_off"],
        "unscaled": tally.counts["unscaled"],
        "flows": len(content.flows),
        **road.assumed,
        "flows_characterised": sum(bool(flow.part) for flow in content.flows),
    }
