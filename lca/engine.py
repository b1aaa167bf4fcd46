"""The engine: scores of a product by two independent roads that must agree before a label is issued.

Rules
1. The foreground is a dense square system: outputs on the diagonal, inputs negative, loops allowed.
2. It is checked at birth: a singular or non-productive loop is refused, and the refusal names its processes.
3. Fast road: scaling ``s`` solves ``A s = f``; demand on the background is ``amount x s[column]``; a score is
   one dot product with the release's score table (one transposed solve per method, made when the release was
   built).
4. Before the solve each row is divided by its output, rounded to a power of two, which costs no digit: grams
   beside tonnes then weigh alike. The residual of every solve is checked; above 1e-9 there is no result.
5. Reference road: bw2calc on the release's datapackages plus a foreground datapackage in float64. It never
   looks at a score table.
6. Both roads agree to 1e-9 for every method, or ``RoadsDisagree`` is raised with both values. The difference
   is relative to the larger of the two scores and the method's size: the sum of its characterised flows
   without their signs, as the reference road meets them. Where nothing cancels, the size is the score itself;
   where a release balances an uptake, the score is a rest near zero that two exact roads round differently.
   No method is held to more than 1e-15 of the largest size: a solver leaves traces of that order on processes
   that are not in the supply chain at all, so a part that is exactly zero on one road may be 1e-27 on the other.

Example: ``A = [[10, 0], [-2, 100]]``, ``f = (1000, 0)`` gives ``s = (100, 2)`` (Heijungs & Suh 2002, ch. 2).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from databases import packages
from databases.parser import PARSER
from databases.scores import SingularSystem, check_productive

if TYPE_CHECKING:
    from types import ModuleType

    from databases.release import Release

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
Factors = tuple[Floats, NDArray[np.int32]]

SMALLEST = 1e-6
"""Size below which a method counts as this share of the largest one (rule 6)."""
TOLERANCE = 1e-9
"""Largest relative residual of a solve, and largest relative difference between the roads."""


class SolveInaccurate(ArithmeticError):
    """The foreground solve left a relative residual above 1e-9; its amounts differ too much in size."""

    def __init__(self, residual: float) -> None:
        super().__init__(f"{self.__doc__} Residual: {residual:.3e}.")
        self.residual = residual


class RoadsDisagree(ArithmeticError):
    """Score tables and bw2calc give different results: something is damaged, and nothing is issued."""

    def __init__(self, method: str, fast: float, reference: float) -> None:
        super().__init__(f"{self.__doc__} {method}: score tables {fast!r}, bw2calc {reference!r}.")
        self.method, self.fast, self.reference = method, fast, reference


@dataclass(frozen=True, eq=False)
class ForegroundSystem:
    """The product's own processes as matrices, checked and factorised at birth (rules 1 and 2).

    ``names`` (m) name the processes; ``technosphere`` (m, m), each column one process in the units of its
    outputs; ``demand`` (m,) in the same units; ``balanced`` and ``wanted`` are both after rule 4. The
    background exchanges are three arrays of length k: ``positions`` (dataset rows of the score tables),
    ``columns`` (which process takes them) and ``amounts`` (dataset unit, for the whole output on the
    diagonal, positive where taken in). Raises ValueError on shapes
    that do not fit, ``databases.scores.SingularSystem`` or ``NonProductiveLoop`` (both with ``.members``) on
    loops without a solution.
    """

    names: tuple[str, ...]
    technosphere: Floats
    demand: Floats
    positions: Positions
    columns: Positions
    amounts: Floats
    balanced: Floats = field(init=False, repr=False)
    wanted: Floats = field(init=False, repr=False)
    factors: Factors = field(init=False, repr=False)

    def __post_init__(self) -> None:
        matrix = np.asfortranarray(self.technosphere, dtype=np.float64)
        object.__setattr__(self, "technosphere", matrix)
        for name, kind in (("demand", float), ("positions", int), ("columns", int), ("amounts", float)):
            dtype = np.float64 if kind is float else np.int64
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=dtype))
        self._check_shapes()
        check_productive(matrix, self.names)
        balanced, wanted = _balance(matrix, self.demand)
        factors = factorise(balanced)
        if factors is None:
            raise SingularSystem(self.names)
        for name, value in (("balanced", balanced), ("wanted", wanted), ("factors", factors)):
            object.__setattr__(self, name, value)

    def _check_shapes(self) -> None:
        size, lengths = len(self.names), {len(self.positions), len(self.columns), len(self.amounts)}
        if self.technosphere.shape != (size, size) or self.demand.shape != (size,) or len(lengths) != 1:
            raise ValueError(
                "Names, technosphere, demand and background exchanges do not have matching shapes."
            )
        if not size or not self.demand.any():
            raise ValueError("A system has at least one process and a demand.")
        if len(self.columns) and not (0 <= self.columns.min() <= self.columns.max() < size):
            raise ValueError("A background exchange belongs to a process that does not exist.")
        if len(self.positions) and self.positions.min() < 0:
            raise ValueError("A background exchange has a negative dataset position.")
        if not all(np.isfinite(part).all() for part in (self.technosphere, self.demand, self.amounts)):
            raise ValueError("Every amount is a finite number.")


@dataclass(frozen=True, slots=True)
class RoadResult:
    """Scores by method (its unit, for the demand), scaling (m,) and relative residual of the solve."""

    scores: dict[str, float]
    scaling: Floats
    residual: float


def fast_road(system: ForegroundSystem, release: Release, methods: Sequence[str]) -> RoadResult:
    """Scores for ``methods`` of the release by its score tables (rule 3). Raises SolveInaccurate (rule 4)."""
    return score(system, {method: np.asarray(release.scores(method)) for method in methods})


def score(system: ForegroundSystem, tables: Mapping[str, Floats]) -> RoadResult:
    """The fast road on plain score tables (n,), one a method: microseconds a product."""
    scaling, residual = _solve(system.balanced, system.factors, system.wanted)
    positions, demand = system.positions, scaling[system.columns] * system.amounts
    scores = {method: float(table[positions].dot(demand)) for method, table in tables.items()}
    return RoadResult(scores, scaling, residual)


def stack(tables: Mapping[str, Floats]) -> Floats:
    """Score tables side by side, (n, methods), for :func:`score_stacked`."""
    return np.ascontiguousarray(np.column_stack(list(tables.values())))


def score_stacked(system: ForegroundSystem, stacked: Floats) -> Floats:
    """Scores (methods,) for all columns of a stacked matrix at once; raises SolveInaccurate."""
    scaling, _ = _solve(system.balanced, system.factors, system.wanted)
    demand = scaling[system.columns] * system.amounts
    return np.asarray(demand @ stacked[system.positions])


def solve_foreground(technosphere: Floats, demand: Floats) -> tuple[Floats, float]:
    """Solve ``A s = f`` with A (m, m) and f (m,), not zero; returns s (m,) and the relative residual.

    Raises SolveInaccurate (rule 4), also where LAPACK meets a zero pivot.
    """
    matrix, wanted = _balance(technosphere, demand)
    factors = factorise(matrix)
    if factors is None:
        raise SolveInaccurate(math.inf)
    return _solve(matrix, factors, wanted)


def _balance(technosphere: Floats, demand: Floats) -> tuple[Floats, Floats]:
    """Rows and demand over the size of the row's output, a power of two (rule 4); an empty row stays."""
    size = np.abs(technosphere.diagonal())
    scale = np.exp2(np.frexp(np.where(size > 0, size, 1.0))[1])
    return np.asfortranarray(technosphere / scale[:, np.newaxis]), np.asarray(demand) / scale


def factorise(technosphere: Floats) -> Factors | None:
    """LU factors and pivots of a dense matrix (m, m), None where a pivot is exactly zero."""
    factors, pivots, info = _lapack()[0](technosphere)
    return None if info else (factors, pivots)


def _solve(technosphere: Floats, factors: Factors, demand: Floats) -> tuple[Floats, float]:
    """Solution and ``|A s - f| / |f|`` in 2-norms of balanced rows; LAPACK without NumPy's costly wrapping."""
    _, substitute, multiply = _lapack()
    scaling, _ = substitute(*factors, demand)
    miss = multiply(-1.0, technosphere, scaling, 1.0, demand)
    residual = math.sqrt(miss.dot(miss) / demand.dot(demand))
    if not residual <= TOLERANCE:
        raise SolveInaccurate(residual)
    return scaling, residual


def score_flat(indptr: Positions, positions: Positions, amounts: Floats, table: Floats) -> Floats:
    """Scores (n,) of n flat bills of materials, without a foreground, as one sparse matrix-vector product.

    Compressed rows: bill i has the entries ``indptr[i]:indptr[i + 1]`` of ``positions`` (dataset rows of
    ``table``) and ``amounts`` (dataset units). Raises ValueError when the arrays do not describe such rows.
    """
    from scipy.sparse import csr_array

    if len(positions) and not (0 <= positions.min() <= positions.max() < len(table)):
        raise ValueError("A bill of materials names a dataset position outside the score table.")
    if (np.diff(indptr) < 0).any():
        raise ValueError("The row pointers of the bills of materials never decrease.")
    bills = csr_array((amounts, positions, indptr), shape=(len(indptr) - 1, len(table)))
    return np.asarray(bills @ np.asarray(table))


@dataclass(frozen=True, slots=True)
class Reference:
    """What the reference road found, by method and in its unit.

    ``sizes``: sum of the characterised flows without their signs (rule 6).
    """

    scores: dict[str, float]
    sizes: dict[str, float]


def reference_road(system: ForegroundSystem, release: Release, methods: Sequence[str]) -> Reference:
    """Scores for ``methods`` by bw2calc from the release's datapackages (rule 5). It takes seconds."""
    paths = release.datapackage_paths(list(methods))
    background, *characterisations = (packages.open_package(path) for path in paths)
    return reference_scores(system, background, dict(zip(methods, characterisations, strict=True)))


def reference_scores(system: ForegroundSystem, background: Any, methods: Mapping[str, Any]) -> Reference:
    """The reference road on opened datapackages; one factorisation, then one method after another."""
    bw2calc = load_bw2calc()
    ids = foreground_ids(len(system.names))
    demand = {int(node): float(amount) for node, amount in zip(ids, system.demand, strict=True) if amount}
    scores: dict[str, float] = {}
    sizes: dict[str, float] = {}
    calculation: Any = None
    for method, package in methods.items():
        if calculation is None:
            data = [background, foreground_package(system), package]
            calculation = bw2calc.LCA(demand=demand, data_objs=data)
            calculation.lci(factorize=True)
        else:
            calculation.switch_method([package])
        with warnings.catch_warnings():
            # A gas or part that no dataset emits has an empty characterisation: its score is zero, no news.
            warnings.filterwarnings("ignore", message="All values in characterization matrix are zero")
            calculation.lcia()
        scores[method] = float(calculation.score)
        sizes[method] = float(abs(calculation.characterized_inventory).sum())
    return Reference(scores, sizes)


def agree(
    fast: Mapping[str, float],
    reference: Mapping[str, float],
    sizes: Mapping[str, float] | None = None,
    tolerance: float = TOLERANCE,
) -> float:
    """The largest difference |a - b| / max(|a|, |b|, size) over all methods, of one unit (rule 6); no sizes: 0 each.

    Raises RoadsDisagree above the tolerance or for a NaN, ValueError when the methods differ or there are
    none.
    """
    if not fast or set(fast) != set(reference):
        raise ValueError("Both roads answer for the same methods, at least one.")
    worst = 0.0
    sizes = sizes or {}
    least = SMALLEST * max(sizes.get(method, 0.0) for method in fast)
    for method, value in fast.items():
        other = reference[method]
        scale = max(abs(value), abs(other), sizes.get(method, 0.0), least)
        difference = abs(value - other) / scale if scale else 0.0
        if not difference <= tolerance or not (math.isfinite(value) and math.isfinite(other)):
            raise RoadsDisagree(method, value, other)
        worst = max(worst, difference)
    return worst


def foreground_ids(size: int) -> Positions:
    """Node ids (size,) of foreground processes: beyond every dataset and flow of a release."""
    return packages.FIRST_FOREGROUND + np.arange(size, dtype=np.int64)


def foreground_package(system: ForegroundSystem) -> Any:
    """The system as a datapackage in memory, float64, inputs flipped, repeated entries summed."""
    ids = foreground_ids(len(system.names))
    rows, columns = np.nonzero(system.technosphere)
    where = packages.indices(
        np.concatenate([ids[rows], packages.FIRST_DATASET + system.positions]),
        np.concatenate([ids[columns], ids[system.columns]]),
    )
    amounts = np.concatenate([system.technosphere[rows, columns], system.amounts])
    flip = np.arange(len(amounts)) >= len(rows)
    package = packages.new_package("foreground")
    packages.add_matrix(package, "technosphere_matrix", where, amounts, flip)
    return package


@cache
def load_bw2calc() -> ModuleType:
    """Import bw2calc with a private, empty Brightway directory that is removed when the process ends.

    bw2calc imports bw2data, which would else create a directory in the user's home. One thread at a time: it
    changes the environment, and see ``databases.parser``.
    """
    import atexit
    import contextlib
    import io
    import os
    import shutil
    import tempfile

    private = tempfile.mkdtemp(prefix="tanbiao-brightway-")
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    with PARSER:
        before = os.environ.get("BRIGHTWAY2_DIR")
        os.environ["BRIGHTWAY2_DIR"] = private
        try:
            # It advises another solver (warning) and names its directory (standard output): no news here.
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                import bw2calc
        finally:
            if before is None:
                del os.environ["BRIGHTWAY2_DIR"]
            else:
                os.environ["BRIGHTWAY2_DIR"] = before
    return bw2calc  # type: ignore[no-any-return]


@cache
def _lapack() -> tuple[Any, Any, Any]:
    from scipy.linalg.blas import dgemv
    from scipy.linalg.lapack import dgetrf, dgetrs

    return dgetrf, dgetrs, dgemv
