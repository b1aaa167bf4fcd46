"""Contributions: the same total seen by stage, line, process, part and gas, and by process or first tier of a
system.

Rules
1. Contributions of one view sum to the total; :func:`check_sum` refuses a footprint whose lines do not.
2. A share is a percentage of the total's size; where the total is zero there are no shares (None), not zeros.
3. In a system with direct scores ``d`` per column, the process contribution of column j is ``d[j] s[j]``; the
   first tier of a demanded process is its own direct score and, for each input, amount x total intensity of
   that input.

Example: a stage with -0.4 of a total of 1.6 has the share -25 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from lca.footprint import LineResult
from lca.inventory import Stage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lca.engine import ForegroundSystem

Key = TypeVar("Key", bound=Hashable)

SUM_TOLERANCE = 1e-12
"""Relative to the sum of absolute contributions, so that credits and removals do not tighten or loosen it."""


class ContributionsDiffer(ArithmeticError):
    """The contributions of the lines do not sum to the total: the assessment is damaged."""


@dataclass(frozen=True, slots=True)
class Share:
    """One contribution: ``value`` in kgCO2e, ``percent`` of the total's size or None (rule 2)."""

    key: str
    value: float
    percent: float | None


def by_stage(lines: Iterable[LineResult], stages: Sequence[Stage]) -> tuple[tuple[Stage, float], ...]:
    """(stage, kgCO2e) for ``stages`` and every further stage that a line has, in printing order."""
    sums = _sums(lines, lambda line: line.stage)
    return tuple((stage, sums.get(stage, 0.0)) for stage in Stage if stage in stages or stage in sums)


def by_line(lines: Iterable[LineResult]) -> tuple[tuple[str, float], ...]:
    """(line number, kgCO2e), each line with its transport legs, in the order of the inventory."""
    return tuple(_sums(lines, lambda line: line.line).items())


def by_process(lines: Iterable[LineResult]) -> tuple[tuple[str, float], ...]:
    """(foreground process, kgCO2e) in the order of first appearance."""
    return tuple(_sums(lines, lambda line: line.process).items())


def by_dataset(lines: Iterable[LineResult]) -> tuple[tuple[str, float], ...]:
    """(dataset code, kgCO2e) in the order of first appearance."""
    return tuple(_sums(lines, lambda line: line.dataset).items())


def by_part(lines: Iterable[LineResult]) -> tuple[tuple[str, float], ...]:
    """(part or gas, kgCO2e) summed over lines; names as in ``LineResult.parts``."""
    collected: dict[str, list[float]] = {}
    for line in lines:
        for name, value in line.parts:
            collected.setdefault(name, []).append(value)
    return tuple((name, math.fsum(values)) for name, values in collected.items())


def shares(contributions: Iterable[tuple[str, float]], total: float) -> tuple[Share, ...]:
    """Contributions with their percentage (rule 2), largest in size first, ties in the order given."""
    found = [
        Share(str(name), value, 100.0 * value / abs(total) if total else None)
        for name, value in contributions
    ]
    return tuple(sorted(found, key=lambda share: -abs(share.value)))


def check_sum(contributions: Iterable[float], total: float) -> None:
    """Raise ContributionsDiffer unless these sum to ``total`` within 1e-12 of their sizes (rule 1)."""
    values = list(contributions)
    difference = abs(math.fsum(values) - total)
    if not difference <= SUM_TOLERANCE * max(math.fsum(map(abs, values)), abs(total)):
        raise ContributionsDiffer(f"{ContributionsDiffer.__doc__} Difference: {difference:.3e}.")


def process_contributions(
    system: ForegroundSystem, direct: NDArray[np.float64], scaling: NDArray[np.float64]
) -> tuple[tuple[str, float], ...]:
    """(process, ``d[j] s[j]``) for direct scores (m,) per column as written and scaling (m,) (rule 3)."""
    return tuple((name, float(value)) for name, value in zip(system.names, direct * scaling, strict=True))


def first_tier(
    system: ForegroundSystem, direct: NDArray[np.float64], product: int
) -> tuple[tuple[str, float], ...]:
    """The demand on process ``product`` split into its own direct score and its inputs' whole chains (rule
    3).

    The product comes first, then every input in the order of the system. Raises SolveInaccurate.
    """
    from lca.engine import solve_foreground

    intensity = solve_foreground(system.technosphere.T, direct)[0] if direct.any() else direct
    output = float(system.demand[product] / system.technosphere[product, product])
    column = -system.technosphere[:, product] * output * intensity
    inputs = [
        (name, float(value))
        for index, (name, value) in enumerate(zip(system.names, column, strict=True))
        if index != product and system.technosphere[index, product]
    ]
    return ((system.names[product], float(direct[product]) * output), *inputs)


def _sums(lines: Iterable[LineResult], key: Callable[[LineResult], Key]) -> dict[Key, float]:
    collected: dict[Key, list[float]] = {}
    for line in lines:
        collected.setdefault(key(line), []).append(line.value)
    return {name: math.fsum(values) for name, values in collected.items()}
