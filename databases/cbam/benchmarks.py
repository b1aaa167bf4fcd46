"""Which benchmark goes with a route, and which with a default value.

Rules
1. For actual data: the benchmark of the route, or the only one there is; anything else is refused with the candidates.
2. For a default value (column B): the only one there is; else that of the row's route; of several routes
   (``(C)/(F)``) the highest.
3. Where the row names no route of the code: that of the clinker's variant; that of the rows beside it (same
   subheading, same total); that of the same process for another class of alloy (C, F: blast furnace; D, G: direct
   reduction; E, H, J: scrap); else the lowest, so that nothing is promised that may be refused. These choices are ours
   (marks D and ?), the act does not say.
4. After the last published year the last benchmark is assumed to go on (mark ?).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from databases.cbam.values import Benchmark, Choice, ChosenBenchmark, Default

_SAME_PROCESS = ({"C", "F"}, {"D", "G"}, {"E", "H", "J"})
_OF_VARIANT = {"grey": "A", "white": "B"}


def in_year(found: Sequence[Benchmark], year: int, revised_from: int) -> tuple[Benchmark, ...]:
    """The benchmarks that apply in a year, provisional from ``revised_from`` on (rule 4)."""
    if year < 2026:
        return ()
    last = max((item.years[1] for item in found), default=year)
    asked = min(year, last)
    here = [item for item in found if item.years[0] <= asked <= item.years[1]]
    if year > last:
        return tuple(replace(item, provisional=True, mark="?") for item in here)
    return tuple(replace(item, provisional=True) if year >= revised_from else item for item in here)


def of_route(candidates: Sequence[Benchmark], route: str) -> Benchmark | None:
    """The benchmark of a route, or the one that is for all routes (rule 1)."""
    for item in candidates:
        if item.route in (route, ""):
            return item
    return None


def of_default(
    candidates: Sequence[Benchmark], default: Default, routes: Sequence[str]
) -> ChosenBenchmark | None:
    """The benchmark that goes with a default value (rules 2 and 3); None where there is no candidate.

    ``routes`` are the row's own, or those of the rows beside it where it has none.
    """
    if not candidates:
        return None
    if len(candidates) == 1:
        return ChosenBenchmark(candidates[0], Choice.ONLY_ONE, candidates[0].mark)
    named = [item for item in candidates if item.route in routes]
    if named:
        best = max(named, key=lambda item: item.value)
        if not default.routes:
            return ChosenBenchmark(best, Choice.NEIGHBOURS, "D")
        reason = Choice.HIGHEST_OF_ROUTES if len(named) > 1 else Choice.PUBLISHED_ROUTE
        return ChosenBenchmark(best, reason, best.mark)
    return _without_route(candidates, default.variant, routes)


def _without_route(candidates: Sequence[Benchmark], variant: str, routes: Sequence[str]) -> ChosenBenchmark:
    """Rule 3."""
    letter = _OF_VARIANT.get(variant)
    for item in candidates:
        if item.route == letter:
            return ChosenBenchmark(item, Choice.VARIANT, "D")
    akin = {letter for group in _SAME_PROCESS for letter in group if group & set(routes)}
    same = [item for item in candidates if item.route in akin]
    lowest = min(same or candidates, key=lambda item: item.value)
    if same:
        return ChosenBenchmark(lowest, Choice.SAME_PROCESS, "D")
    return ChosenBenchmark(lowest, Choice.LOWEST, "?")
