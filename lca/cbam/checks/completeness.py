"""What was left out: everything here would lower the result without anybody being told.

Rules
1. A process whose goods count indirect emissions consumes electricity (Annex II D.1): a process without any is asked
   about.
2. A process that no source, no heat and no waste gas reaches has no direct emissions of its own. That is possible for
   cutting and welding, mixing or grinding; elsewhere it is asked about.
3. Matter is conserved. Goods of steel and aluminium weigh no more than their precursors and the scrap melted, cement
   holds no more clinker, a fertiliser no more nitrogen than went in (Annex III B: M_i is all that was consumed). Two
   per cent are left to weighing and stock. More is an error where nothing else can be in the good: clinker in cement,
   and bare metal whose scrap is stated; else a warning, for coatings, parts of other stuff or other sources of nitrogen
   may explain it. Scrap is an input of rolling, drawing or extrusion only if it is melted there.
4. What a waste gas emits belongs to DirEm* of the process that makes it, wherever it burns (Annex III A.3). So its
   carbon is no output of that process's mass balance, and no stream of the process or unit that receives it.
5. CO2 that is handed on is a transfer with the conditions of B.8, never an output of a mass balance, which would take
   it off without any. Carbon in urea counts as emitted (Commission Q&A 6.3): neither form takes it off.
6. The transitional basis reads older workbooks: none of this applies.

Example: 1000 t of screws from 100 t of wire rod are told; from 990 t they are not.

Annexes are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from databases.cbam.goods import FunctionalUnit
from databases.cbam.tables import Tables
from lca.cbam.attribution import content_of, kind_of
from lca.cbam.checks.common import at, figure
from lca.cbam.checks.structure import all_sources
from lca.cbam.monitoring import (
    Basis,
    Factor,
    Method,
    Monitoring,
    Process,
    SourceStream,
    Transfer,
    TransferKind,
)
from lca.findings import Finding

TOLERANCE = 0.02
"""How much more than went in may come out, for weighing and stock (rule 3)."""
_METAL = {
    "iron-or-steel-products": frozenset({"pig-iron", "direct-reduced-iron", "alloys", "crude-steel"}),
    "crude-steel": frozenset({"pig-iron", "direct-reduced-iron", "alloys"}),
    "aluminium-products": frozenset({"unwrought-aluminium"}),
    "unwrought-aluminium": frozenset({"aluminium-products"}),
}
"""What becomes metal of a good, beside goods of its own category."""
_MELTS = frozenset({"crude-steel", "unwrought-aluminium"})
_BOUND = {
    FunctionalUnit.TONNE_CLINKER.value: frozenset({"cement", "aluminous-cement"}),
    FunctionalUnit.KG_NITROGEN.value: frozenset({"nitric-acid", "urea", "mixed-fertilisers"}),
}
"""Categories that only pass on what their functional unit counts."""
_QUIET = frozenset({"iron-or-steel-products", "aluminium-products", "cement", "mixed-fertilisers"})
"""Categories that may have no source of emissions of their own (rule 2)."""
_BARE = frozenset(
    {"7206", "7207", "7208", "7209", "7211", "7213", "7214", "7218", "7219", "7220", "7221", "7224", "7227"}
)
"""Headings of goods that are neither coated nor assembled (Combined Nomenclature)."""
_GAS = re.compile(
    r"\b(?:BFG|BOFG|COG|LDG|waste gas)\b|(?:furnace|oven|converter) gas|煤气|废气", re.IGNORECASE
)

_UREA = re.compile(r"\burea\b|尿素", re.IGNORECASE)
_CO2 = re.compile(r"\bCO2\b|CO₂|carbon dioxide|二氧化碳", re.IGNORECASE)
_CARBON_OF_CO2 = 12.011 / 44.009
"""t C per t CO2: an output of this content is CO2 and nothing else."""
_NITROGENOUS = frozenset({"ammonia", "urea", "mixed-fertilisers", "hydrogen"})


@dataclass(frozen=True, slots=True)
class _Flow:
    """What a process made and took of the thing it passes on, in ``unit``; ``certain``: nothing else can be in it."""

    made: float
    taken: float
    scrap: float | None
    unit: str
    certain: bool


def completeness(data: Monitoring, tables: Tables) -> Iterator[Finding]:
    """Findings on what is missing (rules 1 to 5)."""
    if data.basis is Basis.TRANSITIONAL:
        return
    reached = _reached(data)
    for process in data.processes:
        yield from _electricity(process, data, tables)
        yield from _emissions(process, reached)
        yield from _matter(process, data, tables)
    yield from _waste_gas(data)
    yield from _carbon_dioxide(data)


def _electricity(process: Process, data: Monitoring, tables: Tables) -> Iterator[Finding]:
    if kind_of(process, data.basis, tables).direct_only:
        return
    if not math.fsum(use.amount_mwh for use in data.electricity_uses if use.process == process.id):
        yield Finding.warning("cbam-electricity-use-missing", at(process.id), name=process.name)


def _emissions(process: Process, reached: frozenset[str]) -> Iterator[Finding]:
    if process.direct_emissions_t is not None or process.id in reached:
        return
    tell = Finding.note if process.category in _QUIET else Finding.warning
    yield tell("cbam-process-no-source", at(process.id), name=process.name)


def _reached(data: Monitoring) -> frozenset[str]:
    """Whatever a source, heat or waste gas goes to."""
    shared = {share.sink for source in all_sources(data) for share in source.shares if share.fraction > 0}
    flowing = {flow.destination for flows in (data.heat, data.waste_gas) for flow in flows}
    return frozenset(shared | flowing)


def _matter(process: Process, data: Monitoring, tables: Tables) -> Iterator[Finding]:
    """Rule 3 for one process."""
    flow = _metal(process, data) if process.category in _METAL else _passed_on(process, data, tables)
    if flow is None or flow.made <= 0:
        return
    whole = flow.taken + (flow.scrap or 0.0)
    details = {
        "name": process.name,
        "made": figure(flow.made),
        "taken": figure(flow.taken),
        "unit": flow.unit,
    }
    if not whole:
        yield Finding.warning("cbam-input-missing", at(process.id), **details)
    elif flow.made > whole * (1 + TOLERANCE):
        tell = Finding.error if flow.certain else Finding.warning
        code = "cbam-mass-impossible" if flow.certain else "cbam-mass-doubtful"
        yield tell(code, at(process.id), **details, scrap=figure(flow.scrap or 0.0))
    elif process.category not in _MELTS and flow.made > flow.taken * (1 + TOLERANCE):
        yield Finding.warning("cbam-mass-scrap", at(process.id), **details, scrap=figure(flow.scrap or 0.0))


def _metal(process: Process, data: Monitoring) -> _Flow | None:
    """Tonnes of metal; None where it comes from ore or alumina."""
    if process.category in _MELTS and (process.included or _smelts(process, data)):
        return None
    rates = [_scrap_rate(dict(good.parameters).get("scrap-t", "")) for good in process.goods]
    known = bool(rates) and None not in rates
    pairs = zip(process.goods, rates, strict=True)
    bare = all(good.cn.replace(" ", "")[:4] in _BARE for good in process.goods)
    return _Flow(
        made=math.fsum(good.produced_t for good in process.goods),
        taken=_taken(process, data, _METAL[process.category] | {process.category}),
        scrap=math.fsum(good.produced_t * (rate or 0.0) for good, rate in pairs),
        unit="t",
        certain=known and bare and process.category not in _MELTS,
    )


def _passed_on(process: Process, data: Monitoring, tables: Tables) -> _Flow | None:
    """Tonnes of clinker or kilograms of nitrogen; None for a process that may make them."""
    unit = kind_of(process, data.basis, tables).unit
    if process.category not in _BOUND.get(unit, ()) or process.included:
        return None
    contents = [content_of(good, unit) for good in process.goods]
    if None in contents:
        return None
    same = frozenset(good.category for good in tables.goods() if good.unit.value == unit)
    made = math.fsum(
        good.produced_t * (content or 0.0) for good, content in zip(process.goods, contents, strict=True)
    )
    clinker = process.category == "cement"
    return _Flow(made=made, taken=_taken(process, data, same), scrap=None, unit=unit, certain=clinker)


def _taken(process: Process, data: Monitoring, categories: frozenset[str]) -> float:
    """Functional units of precursors of these categories the process consumed, its own product apart."""
    made = {one.id: one.category for one in data.processes}
    bought = [
        use.amount
        for precursor in data.precursors
        for use in precursor.uses
        if use.process == process.id and precursor.category in categories
    ]
    own = [
        use.amount
        for use in data.own_uses
        if use.destination == process.id and use.origin != process.id and made.get(use.origin) in categories
    ]
    return math.fsum((*bought, *own))


def _smelts(process: Process, data: Monitoring) -> bool:
    """Whether the process makes primary aluminium: it has anode effects, or says so by its route."""
    routes = {process.route, *(route.route for good in process.goods for route in good.routes)}
    cells = {share.sink for source in data.pfc for share in source.shares}
    return "K" in routes or process.id in cells


def _scrap_rate(text: str) -> float | None:
    """Tonnes of scrap per tonne of good, as stated; None for nothing or no number."""
    try:
        rate = float(text)
    except ValueError:
        return None
    return rate if math.isfinite(rate) and rate >= 0 else None


def _waste_gas(data: Monitoring) -> Iterator[Finding]:
    """Rule 4."""
    origins = {flow.origin for flow in data.waste_gas if flow.energy_tj > 0}
    receivers = {flow.destination for flow in data.waste_gas if flow.energy_tj > 0}
    for stream in data.streams:
        sinks = {share.sink for share in stream.shares if share.fraction > 0}
        if _leaves(stream) and sinks & origins:
            tell = Finding.error if stream.waste_gas else Finding.warning
            process = ", ".join(sorted(sinks & origins))
            yield tell("cbam-waste-gas-deducted", at(stream.id), name=stream.name, process=process)
        elif stream.waste_gas and stream.activity > 0 and sinks & (receivers - origins):
            process = ", ".join(sorted(sinks & (receivers - origins)))
            yield Finding.warning("cbam-waste-gas-twice", at(stream.id), name=stream.name, process=process)


def _leaves(stream: SourceStream) -> bool:
    """An output of a mass balance that is a waste gas, by its flag or its name."""
    output = stream.method is Method.MASS_BALANCE and stream.activity < 0
    return output and (stream.waste_gas or bool(_GAS.search(stream.name)))


def _carbon_dioxide(data: Monitoring) -> Iterator[Finding]:
    """Rule 5."""
    sinks = {process.id for process in data.processes if process.category in _NITROGENOUS}
    for stream in data.streams:
        if stream.method is not Method.MASS_BALANCE or stream.activity >= 0:
            continue
        if _UREA.search(stream.name) and sinks & {share.sink for share in stream.shares}:
            yield Finding.error("cbam-urea-carbon", at(stream.id), name=stream.name)
        elif _CO2.search(stream.name) and _is_co2(stream.carbon_content):
            yield Finding.error("cbam-co2-output", at(stream.id), name=stream.name)
    for transfer in data.transfers:
        if transfer.kind is TransferKind.BOUND and _into_urea(transfer, sinks):
            yield Finding.error("cbam-urea-carbon", at(transfer.id), name=transfer.name)


def _is_co2(content: Factor | None) -> bool:
    return content is None or math.isclose(content.value, _CARBON_OF_CO2, rel_tol=0.02)


def _into_urea(transfer: Transfer, sinks: set[str]) -> bool:
    """Bound in urea by its name, or in a product of the fertiliser works itself."""
    inside = not transfer.partner and bool(sinks & {share.sink for share in transfer.shares})
    return inside or bool(_UREA.search(f"{transfer.name} {transfer.partner}"))
