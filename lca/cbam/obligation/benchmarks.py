"""Which benchmark of Implementing Regulation (EU) 2025/2620 a good takes, with what has to be said about it.

Rules
1. Column A (the process alone) belongs to actual data, column B (with its precursors) to default values (Q&A 3.9).
2. Column A by routes: the route that made the good. One that is not stated, or that the code does not have, takes the
   lowest of the column and a finding: free allocation is never guessed in anybody's favour.
3. Column B: the route of the default value, as Annex I of (EU) 2025/2621 gives it for the country (Q&A 3.8). Of a
   double route such as ``(C)/(F)`` those the code has, of several of them the highest. What the tables choose where
   the default names no route of the code (``databases.cbam.benchmarks``) is told as a finding.
4. Benchmarks of 2025/2620 are to be replaced for imports from 2027 (recital 10, Q&A 3.9): used for later years, they
   carry the mark ``?`` and a finding.

Units: tCO2e per tonne of product; for cement goods per tonne of clinker contained (``databases.cbam.goods``, mark D).

Example: 7229 90 20 has routes F to J only, so a default on ``(C)/(F)`` takes F: 1.613 in 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from databases.cbam.values import Choice, NoBenchmark
from lca.cbam.obligation.figures import Figure, weakest
from lca.findings import Finding

if TYPE_CHECKING:
    from databases.cbam.tables import Tables
    from databases.cbam.values import Benchmark, Default

_TOLD = {
    Choice.VARIANT: "cbam-route-of-variant",
    Choice.SAME_PROCESS: "cbam-route-other-grade",
    Choice.LOWEST: "cbam-route-lowest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One benchmark that applies; ``value`` in tCO2e per tonne of product (cement: of clinker)."""

    value: Decimal
    route: str
    mark: str
    source: str
    findings: tuple[Finding, ...] = ()

    def figure(self, column: str, record: str = "") -> Figure:
        """The benchmark as a factor of equation 2 (column A) or 6 (column B)."""
        route = f", column {column}" + (f", route {self.route}" if self.route else "")
        key = f"benchmark-{column.lower()}"
        return Figure(
            key=key,
            value=self.value,
            unit="tCO2e/t",
            source=self.source + route,
            mark=self.mark,
            record=record,
        )


def process_benchmark(cn: str, route: str, year: int, tables: Tables) -> Chosen:
    """Column A for one route of one code (rules 1, 2, 4).

    Raises NotInScope, and NoBenchmark for electricity, which has none.
    """
    found = tables.benchmarks(cn, "A", year)
    if not found:
        raise NoBenchmark(cn, "A", route, year, ())
    fitting = [one for one in found if one.route in {route, ""}]
    if fitting:
        return _chosen(fitting[0], fitting[0].mark, year, tables)
    lowest = min(found, key=lambda one: one.value)
    routes = ", ".join(sorted(one.route for one in found))
    finding = Finding.warning("cbam-route-not-stated", cn=cn, routes=routes, taken=lowest.route)
    return _chosen(lowest, "?", year, tables, finding)


def default_benchmark(cn: str, default: Default, year: int, tables: Tables) -> Chosen:
    """Column B for a default value (rules 1, 3, 4). Raises as :func:`process_benchmark`."""
    chosen = tables.default_benchmark(cn, default, year)
    told: tuple[Finding, ...] = ()
    if code := _TOLD.get(chosen.reason):
        listed = ", ".join(sorted(one.route for one in tables.benchmarks(cn, "B", year)))
        named = "/".join(default.routes) or "-"
        told = (Finding.note(code, cn=cn, named=named, listed=listed, taken=chosen.benchmark.route),)
    return _chosen(chosen.benchmark, chosen.mark, year, tables, *told)


def _chosen(one: Benchmark, mark: str, year: int, tables: Tables, *findings: Finding) -> Chosen:
    marks, told = [str(one.mark), str(mark)], list(findings)
    if one.provisional:
        marks.append("?")
        told.append(Finding.note("cbam-benchmark-to-be-revised", year=year))
    return Chosen(
        value=one.value,
        route=one.route,
        mark=weakest(marks),
        source=source_name(one.source, tables),
        findings=tuple(told),
    )


def source_name(code: str, tables: Tables) -> str:
    """Number of the document behind a code of the tables; the text itself where it is no code."""
    try:
        document = tables.source(code)
    except LookupError:
        return code
    return document.number or document.title
