"""Processes and the goods they make: scope, categories, functional units, contents, amounts, own uses.

Rules
1. A good's CN code is in Annex I to Regulation (EU) 2023/956, and its category is the process's (Annex I point 2).
2. One CN code is made in one process, whatever its routes (Article 4(6)).
3. A process whose goods are counted in tonnes, tonnes of clinker and kilograms of nitrogen has no common activity
   level: it is split, or attributed by molar ratio (Article 4(8), Annex III A.2.1). Several CN codes in one process
   say why.
4. Goods counted by clinker or nitrogen state their content, clinker itself apart. The ranges of composition are at
   most 10 % wide (Annex III B): we read that as 10 percentage points of content, since contents are themselves
   percentages by mass. Tonnes by composition and by route add up to the tonnes produced, and the mean content is that
   of the good.
5. An activity level is above zero; own uses and sales are not more than was made.
6. Processes of steel, aluminium or fertilisers with the same precursors in the same proportions are one process where
   their goods differ in size, shape or concentration only (Annex II A.4): the user is asked.
7. A joint process covers only precursors of its category (Article 4(9)).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from databases.cbam.goods import CbamGood, FunctionalUnit, NotInScope, Sector
from databases.cbam.tables import Tables
from databases.cbam.values import UnknownKey
from lca.cbam.attribution import content_of
from lca.cbam.checks.common import at, differ, figure, flow, not_negative
from lca.cbam.monitoring import Allocation, Basis, Good, Monitoring, Process
from lca.findings import Finding

WIDEST = {FunctionalUnit.TONNE_CLINKER: 0.10, FunctionalUnit.KG_NITROGEN: 100.0}
"""Ten percentage points, in t clinker per t and kg N per t (rule 4)."""
HIGHEST = {FunctionalUnit.TONNE_CLINKER: 1.0, FunctionalUnit.KG_NITROGEN: 1000.0}
_GROUPED = frozenset({"crude-steel", "iron-or-steel-products", "unwrought-aluminium", "aluminium-products"})
_SAME_RECIPE = 1e-3
_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*%?\s*(?:-|–|—|~|～|to|至|到)\s*(\d+(?:\.\d+)?)\s*%")


def goods(data: Monitoring, tables: Tables) -> Iterator[Finding]:
    """Findings on processes and goods."""
    listed = {good.cn: _listed(good.cn, tables) for process in data.processes for good in process.goods}
    for process in data.processes:
        yield from _category(process, tables)
        for good in process.goods:
            yield from _scope(good, process, listed[good.cn], data.basis)
            yield from _amounts(good)
            if (known := _unit(good, listed, data.basis)) in WIDEST:
                yield from _content(good, known)
        yield from _functional_units(process, listed, data.basis)
        yield from _level(process, listed, data.basis)
    if data.basis is Basis.DEFINITIVE:
        yield from _one_process_per_code(data, listed)
        yield from _grouping(data, tables, listed)
    yield from _own_uses(data, listed)


Listed = dict[str, CbamGood | None]


def functional_units(good: Good, unit: FunctionalUnit) -> float | None:
    """The good's amount in its functional unit; None where its content is not known."""
    if unit not in WIDEST:
        return good.produced_t
    if good.compositions:
        return math.fsum(one.produced_t * one.content for one in good.compositions)
    content = content_of(good, unit.value)
    return None if content is None else good.produced_t * content


def _listed(cn: str, tables: Tables) -> CbamGood | None:
    try:
        return tables.good(cn)
    except NotInScope:
        return None


def _unit(good: Good, listed: Listed, basis: Basis) -> FunctionalUnit | None:
    """The functional unit; tonnes on the transitional basis, None out of scope."""
    if basis is Basis.TRANSITIONAL:
        return FunctionalUnit.TONNE
    one = listed[good.cn]
    return None if one is None else one.unit


def _category(process: Process, tables: Tables) -> Iterator[Finding]:
    try:
        category = tables.category(process.category)
    except UnknownKey:
        known = ", ".join(one.slug for one in tables.categories())
        details = {"category": process.category or "“”", "known": known}
        yield Finding.error("cbam-category-unknown", at(process.id), name=process.name, **details)
        return
    for included in process.included:
        if included not in category.joint_precursors and included not in category.precursors:
            details = {"included": included, "category": category.slug}
            yield Finding.warning("cbam-included-category", at(process.id), name=process.name, **details)


def _scope(good: Good, process: Process, listed: CbamGood | None, basis: Basis) -> Iterator[Finding]:
    if listed is None:
        tell = Finding.error if basis is Basis.DEFINITIVE else Finding.warning
        yield tell("cbam-cn-out-of-scope", at(good.id), name=good.name, cn=good.cn or "“”")
    elif listed.category != process.category:
        details = {"cn": good.cn, "category": listed.category, "process": process.name}
        yield Finding.error("cbam-category-differs", at(good.id), own=process.category, **details)


def _amounts(good: Good) -> Iterator[Finding]:
    yield from not_negative(
        good.id, produced_t=good.produced_t, sold_t=good.sold_t, molar_mass=good.molar_mass
    )
    sums = {
        "compositions": [part.produced_t for part in good.compositions],
        "routes": [part.produced_t for part in good.routes],
    }
    for field, parts in sums.items():
        yield from (problem for part in parts for problem in not_negative(good.id, produced_t=part))
        if parts and differ(math.fsum(parts), good.produced_t):
            details = {"field": field, "total": figure(math.fsum(parts)), "produced": figure(good.produced_t)}
            yield Finding.error("cbam-parts-sum", at(good.id), name=good.name, **details)


def _content(good: Good, unit: FunctionalUnit) -> Iterator[Finding]:
    place = at(good.id)
    if content_of(good, unit.value) is None and not good.compositions:
        yield Finding.error("cbam-content-missing", place, name=good.name, cn=good.cn, unit=unit.value)
    contents = [("content", good.content), *((one.name, one.content) for one in good.compositions)]
    for field, content in contents:
        too_small = unit is FunctionalUnit.KG_NITROGEN and content is not None and 0 < content <= 1.0
        if content is not None and (too_small or not 0.0 < content <= HIGHEST[unit]):
            details = {
                "field": field,
                "value": figure(content),
                "highest": figure(HIGHEST[unit]),
                "unit": unit.value,
            }
            yield Finding.error("cbam-content-range", place, name=good.name, **details)
    for one in good.compositions:
        yield from _range(good, one.name, one.content, unit)
    if good.compositions and good.content is not None and good.produced_t > 0:
        mean = math.fsum(one.produced_t * one.content for one in good.compositions) / good.produced_t
        if differ(mean, good.content, 1e-4):
            details = {"stated": figure(good.content), "mean": figure(mean)}
            yield Finding.error("cbam-content-mean", place, name=good.name, **details)


def _range(good: Good, name: str, content: float, unit: FunctionalUnit) -> Iterator[Finding]:
    """The width of a range, as its name gives it in percent: ``60-65 %``."""
    if (found := _RANGE.search(name)) is None:
        return
    low, high = (float(bound) / 100 * HIGHEST[unit] for bound in found.groups())
    if high - low > WIDEST[unit] * (1 + 1e-9):
        yield Finding.error("cbam-composition-wide", at(good.id), name=good.name, range=name)
    elif not low * (1 - 1e-9) <= content <= high * (1 + 1e-9):
        yield Finding.error("cbam-composition-outside", at(good.id), range=name, value=figure(content))


def _functional_units(process: Process, listed: Listed, basis: Basis) -> Iterator[Finding]:
    units = {unit for good in process.goods if (unit := _unit(good, listed, basis)) is not None}
    codes = {good.cn for good in process.goods}
    place = at(process.id)
    if process.allocation is Allocation.MOLAR:
        return
    if len(units) > 1:
        names = ", ".join(sorted(unit.value for unit in units))
        yield Finding.error("cbam-functional-units-mixed", place, name=process.name, units=names)
    elif len(codes) > 1 and basis is Basis.DEFINITIVE and not process.evidence:
        yield Finding.warning(
            "cbam-multifunctional-reason", place, name=process.name, codes=", ".join(sorted(codes))
        )


def _level(process: Process, listed: Listed, basis: Basis) -> Iterator[Finding]:
    place = at(process.id)
    yield from not_negative(process.id, activity_level=process.activity_level)
    made = _made(process, listed, basis)
    level = process.activity_level if process.activity_level is not None else made
    if level is not None and level == 0:
        yield Finding.error("cbam-activity-level-zero", place, name=process.name)
    elif (
        process.activity_level is not None and process.goods and made and differ(made, process.activity_level)
    ):
        details = {"stated": figure(process.activity_level), "goods": figure(made)}
        above = process.activity_level > made and basis is Basis.DEFINITIVE
        tell = Finding.error if above else Finding.warning  # more than was made would dilute every good
        code = "cbam-activity-level-above" if above else "cbam-activity-level-differs"
        yield tell(code, place, name=process.name, **details)


def _made(process: Process, listed: Listed, basis: Basis) -> float | None:
    """Functional units made, the sum over the goods; None where one is not known."""
    total = 0.0
    for good in process.goods:
        unit = _unit(good, listed, basis)
        amount = None if unit is None else functional_units(good, unit)
        if amount is None:
            return None
        total += amount
    return total


def _one_process_per_code(data: Monitoring, listed: Listed) -> Iterator[Finding]:
    codes: dict[str, list[Process]] = {}
    for process in data.processes:
        for good in process.goods:
            if (one := listed[good.cn]) is not None:
                codes.setdefault(one.cn, []).append(process)
    for cn, found in codes.items():
        names = Counter(process.name for process in {process.id: process for process in found}.values())
        if sum(names.values()) > 1:
            yield Finding.error("cbam-cn-two-processes", at(found[-1].id), cn=cn, processes=", ".join(names))
        elif len(found) > 1:
            yield Finding.warning("cbam-cn-twice", at(found[-1].id), cn=cn, process=found[-1].name)


def _own_uses(data: Monitoring, listed: Listed) -> Iterator[Finding]:
    taken: Counter[str] = Counter()
    for own in data.own_uses:
        yield from not_negative(flow(own.origin, own.destination), amount=own.amount)
        taken[own.origin] += own.amount  # type: ignore[assignment]  # Counter sums floats as well
    for process in data.processes:
        made = _made(process, listed, data.basis)
        level = process.activity_level if process.activity_level is not None else made
        if level is not None and taken[process.id] > level and differ(taken[process.id], level):
            details = {"used": figure(taken[process.id]), "made": figure(level)}
            yield Finding.error("cbam-own-use-exceeds", at(process.id), name=process.name, **details)
        for good in process.goods:
            if (
                good.sold_t is not None
                and good.sold_t > good.produced_t
                and differ(good.sold_t, good.produced_t)
            ):
                details = {"sold": figure(good.sold_t), "made": figure(good.produced_t)}
                yield Finding.warning("cbam-sold-exceeds", at(good.id), name=good.name, **details)


def _grouping(data: Monitoring, tables: Tables, listed: Listed) -> Iterator[Finding]:
    fertilisers = {one.slug for one in tables.categories() if one.sector is Sector.FERTILISERS}
    recipes = {process.id: _recipe(process, data, listed) for process in data.processes}
    for one, other in combinations(data.processes, 2):
        same = one.category == other.category and one.category in _GROUPED | fertilisers
        if same and recipes[one.id] and _alike(recipes[one.id], recipes[other.id]):
            yield Finding.warning("cbam-grouping", at(other.id), first=one.name, second=other.name)


def _recipe(process: Process, data: Monitoring, listed: Listed) -> dict[str, float]:
    """Precursors per unit of activity level: purchased by CN code, own by process and good."""
    level = (
        process.activity_level if process.activity_level is not None else _made(process, listed, data.basis)
    )
    if not level:
        return {}
    amounts: dict[str, float] = {}
    for precursor in data.precursors:
        for use in precursor.uses:
            if use.process == process.id:
                amounts[precursor.cn] = amounts.get(precursor.cn, 0.0) + use.amount
    for own in data.own_uses:
        if own.destination == process.id:
            key = flow(own.origin, own.good)
            amounts[key] = amounts.get(key, 0.0) + own.amount
    return {key: amount / level for key, amount in amounts.items() if amount}


def _alike(one: dict[str, float], other: dict[str, float]) -> bool:
    return one.keys() == other.keys() and not any(differ(one[key], other[key], _SAME_RECIPE) for key in one)
