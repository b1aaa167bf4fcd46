"""SEE and free allocation of an installation's goods in the year they are imported, from one calculation.

Rules
1. The calculation belongs to one reporting period; goods may be imported in another year. Of SEE only the mark-up on
   default values of precursors changes with the year: every default part is scaled by ``(1 + mark-up)`` of the two
   years, and averaged over suppliers as the calculation averaged it (2025/2547 Article 14(2)).
2. Free allocation changes with the CBAM factor, the correction factor and the benchmarks of the year: that of each
   process and each precursor is determined anew. What a supplier's report states is scaled by the two factors.
3. Both are summed along the chain of processes (2025/2547 eq. 59 to 63; 2025/2620 eq. 4), loops of own use included.
4. Values come out per unit of the basis in which a good is declared (``certificates.basis_of``).
5. Emissions the operator monitored are taken as they were: a later year is a projection, not a forecast.

Example: in the calculation's own year the values are those of the calculation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from databases.cbam.goods import FunctionalUnit
from lca.cbam import precursors
from lca.cbam.monitoring import Basis as Rules
from lca.cbam.monitoring import Good, Monitoring, Precursor, Process
from lca.cbam.obligation.certificates import Basis, basis_of
from lca.cbam.obligation.figures import exact, weakest
from lca.cbam.obligation.free_allocation import (
    FreeAllocation,
    content_of,
    precursor_free_allocation,
    process_free_allocation,
    year_figures,
)
from lca.cbam.obligation.linear import solved
from lca.cbam.precursors import Purchased
from lca.cbam.results import Calculation, GoodResult, Path, PrecursorPart, ProcessResult
from lca.findings import Finding

if TYPE_CHECKING:
    from databases.cbam.tables import Tables

ZERO, ONE = Decimal(0), Decimal(1)
DEFAULTS = frozenset({"default", "highest-default"})


class NotDefinitive(ValueError):
    """Figures by the rules of the transitional period owe nothing: calculate by the definitive rules first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodInYear:
    """One good: SEE (unrounded) and SEFA in tCO2e per unit of ``basis``; SEFA None where it cannot be said.

    ``content`` are functional units per tonne where these are clinker or nitrogen, else 1; None where not stated.
    """

    good: str
    cn: str
    name: str
    year: int
    unit: FunctionalUnit
    basis: Basis
    content: Decimal | None
    see: Decimal
    sefa: Decimal | None
    default_share: float
    marks: tuple[str, ...]
    findings: tuple[Finding, ...]


def in_year(data: Monitoring, done: Calculation, year: int, tables: Tables) -> dict[str, GoodInYear]:
    """Every good of a calculation as imported in ``year``, by its id. Raises NotDefinitive."""
    if done.basis is not Rules.DEFINITIVE:
        raise NotDefinitive(NotDefinitive.__doc__)
    yearly = _Year(data, done, year, tables)
    more = _along(yearly, lambda part: ZERO if part.origin == "own" else yearly.see_change(part))
    brought = _along(yearly, yearly.sefa_without_chain)
    return {good.id: _good(good, yearly, more[good.process], brought[good.process]) for good in done.goods}


@dataclass(frozen=True)
class _Year:
    """What one year makes of one calculation."""

    data: Monitoring
    done: Calculation
    year: int
    tables: Tables

    @property
    def before(self) -> int:
        """The year of the calculation."""
        return self.done.period.end.year

    @cached_property
    def results(self) -> dict[str, ProcessResult]:
        return {one.id: one for one in self.done.processes}

    @cached_property
    def bought(self) -> dict[str, Purchased]:
        """Purchased precursors with the pools they were averaged in."""
        found, _ = precursors.values(self.data, self.tables, self.done.path)
        return {one.precursor.id: one for one in found}

    def process(self, key: str) -> Process:
        return next(one for one in self.data.processes if one.id == key)

    def see_change(self, part: PrecursorPart) -> Decimal:
        """What one unit of a purchased precursor weighs more than in the calculation (rule 1)."""
        return self._averaged(part, lambda one: self._see_change(one, part.counted_indirect)) or ZERO

    def sefa_without_chain(self, part: PrecursorPart) -> Decimal | None:
        """Free allocation of one unit of a precursor, of one made here without its own precursors (rule 2)."""
        if part.origin != "own":
            return self._averaged(part, self._sefa)
        process = self.process(part.id)
        made = tuple(good for good in process.goods if part.cn and good.cn == part.cn)
        return process_free_allocation(process, self.year, self.tables, made or None).value

    def _see_change(self, one: Purchased, counted: bool) -> Decimal:
        if one.basis not in DEFAULTS:
            return ZERO
        value = by_itself(one.precursor, self.data, self.tables, self.done.path)
        sector = self.tables.good(one.precursor.cn).sector
        then, now = (self.tables.markup(sector, year) for year in (self.before, self.year))
        see = exact(value.see_direct) + (exact(value.counted_indirect) if counted else ZERO)
        return see * ((1 + now) / (1 + then) - 1)

    def _sefa(self, one: Purchased) -> Decimal | None:
        found = precursor_free_allocation(one.precursor, self.year, self.tables, one.basis)
        if found.value is None or found.figures[0].key != "precursor-sefa-stated":
            return found.value
        then, now = (_product(year, self.tables) for year in (self.before, self.year))
        return found.value * now / then if then else ZERO

    def _averaged(self, part: PrecursorPart, value: Callable[[Purchased], Decimal | None]) -> Decimal | None:
        """The value of a precursor, or the mean of its pool by what was received."""
        own = self.bought[part.id]
        pool = [one for one in self.bought.values() if own.pool and one.pool == own.pool] or [own]
        weights = [exact(precursors.received(one.precursor)) if len(pool) > 1 else ONE for one in pool]
        total = ZERO
        for one, weight in zip(pool, weights, strict=True):
            found = value(one)
            if found is None:
                return None
            total += found * weight
        return total / sum(weights)


def by_itself(precursor: Precursor, data: Monitoring, tables: Tables, path: Path) -> Purchased:
    """What a precursor carries before it is averaged with those of other suppliers."""
    (found,), _ = precursors.values(replace(data, precursors=(precursor,)), tables, path)
    return found


def _product(year: int, tables: Tables) -> Decimal:
    factor, correction = year_figures(year, tables)
    return factor.value * correction.value


def _good(good: GoodResult, yearly: _Year, more: Decimal | None, brought: Decimal | None) -> GoodInYear:
    record, own = _own(good, yearly)
    unit = yearly.tables.good(good.cn).unit
    content = content_of(record, unit)
    per = content if unit is FunctionalUnit.KG_NITROGEN and content is not None else ONE
    weight = _over(good.see_direct, yearly.results[good.process].see_direct)
    sefa = None if own.value is None or brought is None else own.value + brought * weight
    later = yearly.year != yearly.before
    findings = list(own.findings)
    if sefa is None:
        findings.append(Finding.warning("cbam-free-allocation-unknown", name=good.name or good.cn))
    if later:
        findings.append(Finding.note("cbam-projected", year=yearly.year, period=yearly.before))
    return GoodInYear(
        good=good.id,
        cn=good.cn,
        name=good.name,
        year=yearly.year,
        unit=unit,
        basis=basis_of(unit),
        content=content,
        see=_shortest((exact(good.see_total) + (more or ZERO) * weight) * per),
        sefa=None if sefa is None else _shortest(sefa * per),
        default_share=good.default_share,
        marks=(weakest((own.mark, "D" if later else "P")),),
        findings=tuple(dict.fromkeys(findings)),
    )


def _shortest(value: Decimal) -> Decimal:
    """Without the last digits of a division: monitored figures are float64, and hold no more than theirs."""
    return exact(float(value))


def _own(good: GoodResult, yearly: _Year) -> tuple[Good, FreeAllocation]:
    process = yearly.process(good.process)
    record = next(one for one in process.goods if one.id == good.id)
    return record, process_free_allocation(process, yearly.year, yearly.tables, (record,))


def _along(yearly: _Year, of_part: Callable[[PrecursorPart], Decimal | None]) -> dict[str, Decimal | None]:
    """What precursors bring into each process per functional unit: ``x = sum m_i (part_i + x_i)`` (rule 3).

    ``x_i`` is zero for a purchased precursor. None where a part is not known, here or up the chain.
    """
    results = yearly.results
    keys, lacking = list(results), set()
    system: list[dict[str, Decimal]] = []
    constants: list[Decimal] = []
    for key in keys:
        row, constant = {key: ONE}, ZERO
        for part in results[key].precursors:
            share = _over(part.amount, results[key].activity_level)
            value = of_part(part)
            if value is None and share:
                lacking.add(key)
            constant += share * (value or ZERO)
            if part.origin == "own":
                weight = _over(part.see_direct, results[part.id].see_direct)
                row[part.id] = row.get(part.id, ZERO) - share * weight
        system.append(row)
        constants.append(constant)
    found = solved([[row.get(key, ZERO) for key in keys] for row in system], constants)
    unknown = _reached(lacking, results)
    return {key: None if key in unknown else value for key, value in zip(keys, found, strict=True)}


def _reached(lacking: set[str], results: Mapping[str, ProcessResult]) -> set[str]:
    """Processes with one of ``lacking`` up their chain, themselves included."""
    reached = set(lacking)
    for _ in results:
        reached |= {
            key
            for key, result in results.items()
            if any(part.origin == "own" and part.id in reached for part in result.precursors)
        }
    return reached


def _over(amount: float, by: float) -> Decimal:
    """A quotient; 1 for a weight of nothing by nothing (a process without emissions), 0 for an amount by nothing."""
    if by:
        return exact(amount) / exact(by)
    return ZERO if amount else ONE
