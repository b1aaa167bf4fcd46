"""The assessment: one function, read from top to bottom, from a linked inventory to a footprint.

Rules
1. A footprint exists only when no finding is an ERROR. Before that there may be a ``preliminary`` one, to
   work with and never to sign: the gate's ERROR findings say what it lacks.
2. The value of a line is its demand on a dataset, scaled by the foreground solve, times the dataset's score.
   The lines sum to the total of the fast road within 1e-12, or nothing is returned (``ContributionsDiffer``).
3. Fossil, biogenic emissions and removals, land-use change and aircraft are kept apart, and so are the gases
   (ISO 14067:2018, 6.4.9 and 7.2).
4. Electricity is told apart by source. Where a contract is claimed, the total is also given with the consumer
   grid mix of the place in its stead (6.4.9.4); own generation and direct lines are physical and stay as they
   are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from databases import places, units
from lca import contribution, coverage, engine, foreground, plausibility, rules
from lca.findings import Finding, has_errors
from lca.footprint import Coverage, Electricity, Footprint, LineResult
from lca.inventory import ElectricitySource, Inventory, LineKind, Stage
from lca.linking import GROUPS
from lca.scope import GwpSet, Scope

if TYPE_CHECKING:
    from databases.dataset import Dataset
    from databases.release import Release
    from lca.linking import Linked

Tables = Mapping[str, NDArray[np.float64]]

PARTS = (
    "total",
    "fossil",
    "biogenic-emissions",
    "biogenic-removals",
    "land-use-change",
    "aircraft",
    "gas-CO2",
    "gas-CH4",
    "gas-N2O",
    "gas-other",
    "gas-unspecified",
)
"""Parts of a method of the release; in results a gas is written ``gas:CO2``."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What came out (rule 1). ``footprint`` is None while any finding is an ERROR; ``system`` is what both
    roads solve.

    ``preliminary`` is the footprint of whatever is linked so far, or None where nothing can be computed.
    """

    footprint: Footprint | None
    findings: tuple[Finding, ...]
    system: engine.ForegroundSystem | None
    preliminary: Footprint | None


def assess(inventory: Inventory, linked: Linked, release: Release, scope: Scope) -> Assessment:
    """Assess a linked inventory against a release. Raises UnknownRuleSet, ContributionsDiffer (a defect)."""
    rule_set = rules.load(scope.rule_set)
    tables = score_tables(release, scope.gwp_set)
    covered, gate = coverage.gate(
        inventory, linked, lambda dataset: is_characterised(dataset, tables), scope, rule_set
    )
    built = foreground.build(inventory, linked)
    structure = plausibility.structure(inventory)
    own = coverage.without_repeats([*gate, *built.findings, *structure], linked.findings)
    findings = [*linked.findings, *own]
    if built.system is None or not built.uses:
        return Assessment(None, tuple(findings), built.system, None)
    try:
        solved = engine.score(built.system, tables)
    except engine.SolveInaccurate as error:
        findings.append(Finding.error("system-inaccurate", residual=f"{error.residual:.1e}"))
        return Assessment(None, tuple(findings), built.system, None)
    scaling = dict(zip(built.system.names, solved.scaling.tolist(), strict=True))
    findings += plausibility.balance(inventory, scaling, rule_set)
    findings += plausibility.removals(built.uses, tables["total"])
    lines = attribute(built.uses, solved.scaling, tables)
    mix = grid_mix(release, inventory, scope.gwp_set)
    if mix is None and claims_contract(built.uses):
        place = inventory.place_code
        findings.append(Finding.error("system-no-grid-mix", release=release.identifier, location=place))
        return Assessment(None, tuple(findings), built.system, None)
    electricity = split_electricity(built.uses, lines, solved.scores["total"], mix, tables["total"])
    result = _footprint(lines, solved, covered, electricity, rule_set.boundaries[inventory.boundary].stages)
    return Assessment(None if has_errors(findings) else result, tuple(findings), built.system, result)


def reference(assessment: Assessment, release: Release, scope: Scope) -> engine.Reference:
    """The reference road (bw2calc): kgCO2e by method id. It takes seconds."""
    if assessment.system is None:
        raise ValueError("There is no system to solve: the assessment's findings say why.")
    return engine.reference_road(assessment.system, release, list(method_ids(scope.gwp_set).values()))


def agreement(assessment: Assessment, release: Release, scope: Scope) -> float:
    """Run the reference road and return its largest difference from the footprint, at most 1e-9 of the size.

    Raises RoadsDisagree with both values, and ValueError where there is no footprint: nothing may be issued
    then.
    """
    if assessment.footprint is None:
        raise ValueError(
            "Only a footprint without open ERROR findings is compared: see the assessment's findings."
        )
    ids, parts = method_ids(scope.gwp_set), dict(assessment.footprint.parts)
    fast = {method: parts[part] for part, method in ids.items()}
    other = reference(assessment, release, scope)
    return engine.agree(fast, other.scores, other.sizes)


def method_ids(gwp_set: GwpSet) -> dict[str, str]:
    """``{part as in results: method id}`` for a GWP set, such as ``{"gas:CO2": "gwp100-ar6.gas-CO2"}``."""
    return {part.replace("gas-", "gas:"): f"gwp100-{gwp_set.value.lower()}.{part}" for part in PARTS}


def score_tables(release: Release, gwp_set: GwpSet) -> dict[str, NDArray[np.float64]]:
    """Score tables (n,) in kgCO2e per dataset unit, by part as in results."""
    return {part: np.asarray(release.scores(method)) for part, method in method_ids(gwp_set).items()}


def is_characterised(dataset: Dataset, tables: Tables) -> bool:
    """True when some part or gas of the dataset is not zero, balanced or not (rule 3 of the gate)."""
    return any(table[dataset.position] != 0.0 for table in tables.values())


def attribute(
    uses: Sequence[foreground.Use], scaling: NDArray[np.float64], tables: Tables
) -> tuple[LineResult, ...]:
    """What each line and leg contributes per declared amount, by part and gas (rules 2 and 3)."""
    return tuple(_line_result(use, float(scaling[use.column]) * use.amount, tables) for use in uses)


def _line_result(use: foreground.Use, demand: float, tables: Tables) -> LineResult:
    position = use.dataset.position
    unit_score = float(tables["total"][position])
    return LineResult(
        line=use.line.number,
        leg=use.leg.number if use.leg else 0,
        name=use.name,
        process=use.line.process,
        stage=use.line.stage,
        dataset=use.dataset.code,
        dataset_unit=use.dataset.unit,
        amount=demand,
        score=unit_score,
        value=demand * unit_score,
        parts=tuple((part, demand * float(table[position])) for part, table in tables.items()),
    )


def _footprint(
    lines: tuple[LineResult, ...],
    solved: engine.RoadResult,
    covered: Coverage,
    electricity: Electricity,
    stages: Sequence[Stage],
) -> Footprint:
    total = solved.scores["total"]
    by_stage = contribution.by_stage(lines, stages)
    contribution.check_sum((line.value for line in lines), total)
    for index, value in enumerate(solved.scores.values()):
        contribution.check_sum((line.parts[index][1] for line in lines), value)
    return Footprint(
        total=total,
        by_stage=by_stage,
        lines=lines,
        parts=tuple(solved.scores.items()),
        coverage=covered,
        electricity=electricity,
        residual=solved.residual,
    )


def claims_contract(uses: Sequence[foreground.Use]) -> bool:
    """True when some electricity is claimed by contract."""
    return any(_source(use) is ElectricitySource.CONTRACT for use in uses)


def split_electricity(
    uses: Sequence[foreground.Use],
    lines: Sequence[LineResult],
    total: float,
    mix: Dataset | None,
    scores: NDArray[np.float64],
) -> Electricity:
    """kWh and kgCO2e by source, and ``total`` with contracted electricity at the grid ``mix`` (rule 4).

    ``scores`` (n,) in kgCO2e per dataset unit. Raises ValueError for a contract without a mix.
    """
    kwh: dict[ElectricitySource, list[float]] = {}
    values: dict[ElectricitySource, list[float]] = {}
    for use, line in zip(uses, lines, strict=True):
        if source := _source(use):
            kwh.setdefault(source, []).append(line.amount * _factor(use.dataset.unit, "kWh"))
            values.setdefault(source, []).append(line.value)
    change = 0.0
    if ElectricitySource.CONTRACT in kwh:
        if mix is None:
            raise ValueError("Contracted electricity is shown location-based too, which takes a grid mix.")
        per_kwh = float(scores[mix.position]) * _factor("kWh", mix.unit)
        claimed = math.fsum(values[ElectricitySource.CONTRACT])
        change = math.fsum(kwh[ElectricitySource.CONTRACT]) * per_kwh - claimed
    sources = [source for source in ElectricitySource if source in kwh]
    return Electricity(
        kwh_by_source=tuple((source.value, math.fsum(kwh[source])) for source in sources),
        value_by_source=tuple((source.value, math.fsum(values[source])) for source in sources),
        total_location_based=total + change,
    )


def grid_mix(release: Release, inventory: Inventory, gwp_set: GwpSet) -> Dataset | None:
    """The consumer grid mix nearest to the inventory's place, then to its last year (the later of two), or
    None.

    Places fall back as in ``databases.places``: province, country, region, world. A CO2e-only mix serves only
    its own GWP set. The mix is what a socket delivers, with transmission and its losses.
    """
    order = {code: rank for rank, code in enumerate(places.fallbacks(inventory.place_code))}
    year = inventory.period_end.year
    mixes = [
        dataset
        for dataset in release.catalogue.all(kind="electricity")
        if dataset.group in GROUPS[ElectricitySource.GRID]
        and dataset.complete
        and dataset.place in order
        and dataset.gwp_set in ("", gwp_set.value)
    ]
    return min(mixes, key=lambda mix: (order[mix.place], abs(mix.year - year), -mix.year), default=None)


def _source(use: foreground.Use) -> ElectricitySource | None:
    """The source of an electricity line, grid where none is stated; None for anything else."""
    if use.line.kind is not LineKind.ELECTRICITY or use.leg is not None:
        return None
    return use.line.electricity_source or ElectricitySource.GRID


def _factor(source: str, target: str) -> float:
    return float(units.convert(Decimal(1), source, target))
