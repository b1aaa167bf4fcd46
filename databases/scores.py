"""Score tables: the footprint of one unit of every background dataset, from one transposed solve a method.

With ``A`` the technosphere (products by activities, +1 production, negative inputs) and ``c·B`` the
characterised emissions of every activity, the score of product i is ``λ_i`` in ``Aᵀ λ = (c·B)ᵀ``.

Rules
1. Nothing is returned that was not checked: every solution is put back into the equations, and each row's
   residual is held against that row's own size (Oettli and Prager 1964), so that a small score is as right as
   a large one.
2. A system without a unique solution, or one whose loop consumes at least what it makes (the condition of
   Hawkins and Simon 1949 fails in a strongly connected component), is refused by the names of the loop's
   members.
3. Credits (positive entries off the diagonal: avoided products) are left out of the verdict of rule 2,
   because they only lessen a loop's needs; what they do to the solution is still judged by rule 1. Where the
   caller says that waste treatment has negative production, the sign of such a row is turned before the
   verdict.
4. The transposed matrix is factorised along its strongly connected components, suppliers first, so that
   nothing outside a loop fills in. A large loop is swept by Gauss-Seidel, which converges for every
   productive loop without credits, and is factorised as a whole where that is slow. Where rule 1 is not met,
   everything is factorised once more with pivoting.

Measured with 20,000 activities and 25 methods, a random loop of 5,000 in the middle: 0.2 s where the loop's
largest eigenvalue is 0.3, 0.6 s at 0.9, 1.1 s at 0.95, 14 s at 0.99. SuperLU on the whole transpose: 38 s and
more, whatever the ordering of columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
TOLERANCE = 1e-9
_TARGET = 2e-15
_LARGE = 400
_SWEEPS = 400
_LOOK = 10
_POWER_STEPS = 60


class SolveInaccurate(ArithmeticError):
    """The solution does not satisfy its equations to the required accuracy; no score is given."""

    def __init__(self, residual: float) -> None:
        self.residual = residual
        super().__init__(f"Relative residual {residual:.3g} exceeds {TOLERANCE:g}; no score is given.")


class LoopError(ArithmeticError):
    """Activities that cannot be solved: ``members`` are their names."""

    sentence = ""

    def __init__(self, members: Sequence[str]) -> None:
        self.members = tuple(members)
        shown = " -> ".join(self.members[:10]) + (
            f" … ({len(self.members)})" if len(self.members) > 10 else ""
        )
        super().__init__(f"{self.sentence}: {shown}")


class SingularSystem(LoopError):
    """These activities determine no unique result; one has no production, or two are equal."""

    sentence = "These activities determine no unique result"


class NonProductiveLoop(LoopError):
    """This loop consumes at least what it makes; correct one of its amounts."""

    sentence = "This loop consumes at least what it makes"


def score_tables(
    technosphere: Any,
    characterised: Mapping[str, Vector],
    names: Sequence[str] | None = None,
    *,
    waste: bool = False,
) -> dict[str, Vector]:
    """Score of one unit of every activity's product, by method: float64 (n,) in the method's unit.

    ``technosphere`` is square (n, n), sparse or dense; ``characterised`` maps a method to ``c·B`` of shape
    (n,); ``names`` name the activities in errors; ``waste`` allows negative production. Raises
    SingularSystem, NonProductiveLoop, SolveInaccurate, and ValueError for shapes that do not fit or numbers
    that are not finite.
    """
    matrix = _square(technosphere)
    if not matrix.shape[0] or not characterised:
        return {method: np.zeros(matrix.shape[0]) for method in characterised}
    return Prepared(matrix, names, waste=waste).tables(characterised)


class Prepared:
    """A technosphere (n, n) that was checked (rule 2) and put in order, to be solved for many right sides.

    Raises SingularSystem, NonProductiveLoop and ValueError as :func:`score_tables`.
    """

    def __init__(self, technosphere: Any, names: Sequence[str] | None = None, *, waste: bool = False) -> None:
        matrix = _square(technosphere)
        self.size: int = matrix.shape[0]
        self._names = _names(names, self.size)
        self._labels = _components(matrix)
        _check_components(matrix, self._labels, self._names, waste=waste)
        self._matrix = matrix

    def tables(self, characterised: Mapping[str, Vector]) -> dict[str, Vector]:
        """As :func:`score_tables`; raises SolveInaccurate, SingularSystem, ValueError."""
        if not characterised:
            return {}
        columns = [np.asarray(vector, dtype=np.float64) for vector in characterised.values()]
        solution = self._backward.solve(self._right(np.stack(columns, axis=1)))
        return {
            method: np.ascontiguousarray(solution[:, column]) for column, method in enumerate(characterised)
        }

    def supply(self, demand: Vector) -> Vector:
        """Production of every activity that meets ``demand``: x in ``A x = demand``, both of shape (n,) or (n, k).

        Raises SolveInaccurate, SingularSystem, ValueError.
        """
        right = self._right(np.asarray(demand, dtype=np.float64).reshape(self.size, -1))
        return self._forward.solve(right).reshape(np.shape(demand))

    @cached_property
    def _backward(self) -> _System:
        return _System(self._matrix.T.tocsr(), self._labels, self._names)

    @cached_property
    def _forward(self) -> _System:
        return _System(self._matrix.tocsr(), self._labels, self._names)

    def _right(self, right: Vector) -> Vector:
        if right.shape[0] != self.size or not np.isfinite(right).all():
            raise ValueError("Every method has one finite number an activity.")
        return right


def check_productive(matrix: Any, names: Sequence[str] | None = None, *, waste: bool = False) -> None:
    """Refuse a technosphere (n, n), sparse or dense, with a loop that is not productive (rule 2).

    Raises SingularSystem for an activity that neither makes nor takes its own product, NonProductiveLoop
    otherwise.
    """
    square = _square(matrix)
    _check_components(square, _components(square), _names(names, square.shape[0]), waste=waste)


def relative_residual(transposed: Any, solution: Vector, right: Vector) -> float:
    """Largest row residual of ``transposed @ solution = right``, over the size of its own terms (rule 1)."""
    gap = np.abs(transposed @ solution - right)
    size = abs(transposed) @ np.abs(solution) + np.abs(right)
    ratio = np.divide(gap, size, out=np.where(gap > 0, np.inf, 0.0), where=size > 0)
    return float(ratio.max(initial=0.0)) if np.isfinite(gap).all() else float("inf")


def _square(matrix: Any) -> Any:
    from scipy import sparse

    square = sparse.csc_array(matrix, dtype=np.float64, copy=True)
    square.sum_duplicates()
    square.eliminate_zeros()
    if square.shape[0] != square.shape[1] or not np.isfinite(square.data).all():
        raise ValueError("The technosphere is square and every number in it is finite.")
    return square


def _names(names: Sequence[str] | None, size: int) -> Sequence[str]:
    return names if names is not None else [f"#{index}" for index in range(size)]


def _components(matrix: Any) -> NDArray[np.int32]:
    from scipy.sparse.csgraph import connected_components

    return connected_components(matrix, directed=True, connection="strong")[1]  # type: ignore[no-any-return]


def _check_components(matrix: Any, labels: NDArray[np.int32], names: Sequence[str], *, waste: bool) -> None:
    diagonal = matrix.diagonal()
    sizes = np.bincount(labels)
    alone = sizes[labels] == 1
    if (empty := np.flatnonzero(alone & (diagonal == 0))).size:
        raise SingularSystem([names[int(index)] for index in empty.tolist()])
    if not waste and (bad := np.flatnonzero(diagonal <= 0)).size:
        raise NonProductiveLoop([names[int(bad[0])]])
    rows = matrix.tocsr()
    for label in np.flatnonzero(sizes > 1):
        members = np.flatnonzero(labels == label)
        _check_loop(rows[members][:, members].tocsr(), [names[int(index)] for index in members])


def _check_loop(block: Any, names: list[str]) -> None:
    """Rule 2 for one component: is the largest eigenvalue of needs over production below one?

    For a positive vector x the ratios (T x)_i / x_i enclose the eigenvalue (Collatz 1942, Wielandt 1950), so
    a few multiplications decide; a solve with A x = 1, positive exactly for a productive loop, decides what
    they leave open.
    """
    from scipy import sparse
    from scipy.sparse.linalg import splu

    diagonal = block.diagonal()
    if (diagonal == 0).any():
        raise NonProductiveLoop([name for name, value in zip(names, diagonal, strict=True) if value == 0])
    needs = -(sparse.diags_array(1 / diagonal) @ block).tocsr()
    needs.setdiag(0)
    needs.data = np.maximum(needs.data, 0)
    needs.eliminate_zeros()
    vector = np.ones(len(names))
    for _ in range(_POWER_STEPS):
        image = needs @ vector
        ratio = image / vector
        if ratio.max() < 1:
            return
        if ratio.min() >= 1:
            raise NonProductiveLoop(_tightest(needs, vector, names))
        vector = vector + image
        vector /= vector.max()
        vector = np.maximum(vector, 1e-300)
    balance = (sparse.eye_array(len(names)) - needs).tocsc()
    try:
        positive = splu(balance).solve(np.ones(len(names)))
    except RuntimeError:
        raise NonProductiveLoop(_tightest(needs, vector, names)) from None
    if not (np.isfinite(positive).all() and (positive > 0).all()):
        raise NonProductiveLoop(_tightest(needs, vector, names))


def _tightest(needs: Any, vector: Vector, names: list[str]) -> list[str]:
    """The cycle of strongest needs, if it alone is not productive; else every member of the component."""
    strongest = {}
    node, path = int(np.argmax(needs @ vector)), []
    while node not in path:
        path.append(node)
        start, stop = needs.indptr[node], needs.indptr[node + 1]
        if start == stop:
            return names
        best = start + int(np.argmax(needs.data[start:stop] * vector[needs.indices[start:stop]]))
        strongest[node] = float(needs.data[best])
        node = int(needs.indices[best])
    cycle = path[path.index(node) :]
    gain = float(np.prod([strongest[member] for member in cycle]))
    return [names[member] for member in cycle] if gain >= 1 else names


class _System:
    """A matrix (n, n, CSR) cut along its strongly connected components (rule 4); factorisations are kept."""

    def __init__(self, matrix: Any, labels: NDArray[np.int32], names: Sequence[str]) -> None:
        self._matrix, self._labels, self._names = matrix, labels, names
        self._order, self._blocks = _cut(matrix, labels)

    def solve(self, right: Vector) -> Vector:
        """Rule 4; where its answer fails rule 1, one pivoted factorisation of all, refined once."""
        matrix = self._matrix
        solution = self._along_components(right)
        if solution is not None and relative_residual(matrix, solution, right) <= TOLERANCE:
            return solution
        solution = self._whole.solve(right)
        solution = solution + self._whole.solve(right - matrix @ solution)
        if not (residual := relative_residual(matrix, solution, right)) <= TOLERANCE:
            raise SolveInaccurate(residual)
        return np.asarray(solution)

    @cached_property
    def _whole(self) -> Any:
        from scipy.sparse.linalg import splu

        try:
            return splu(self._matrix.tocsc())
        except RuntimeError:
            raise SingularSystem(_singular_members(self._matrix, self._labels, self._names)) from None

    def _along_components(self, right: Vector) -> Vector | None:
        """Block by block; None where labels are out of order or a pivot is 0."""
        if not self._blocks:
            return None
        known = np.zeros_like(right)
        wanted = right[self._order]
        for block in self._blocks:
            target = wanted[block.start : block.stop]
            if block.start:
                target = target - block.before @ known[: block.start]
            part = block.solve(target)
            if part is None:
                return None
            known[block.start : block.stop] = part
        solution = np.empty_like(known)
        solution[self._order] = known
        return solution


class _Block:
    """Rows ``start`` to ``stop`` of an ordered matrix: what they need of earlier ones, and of each other."""

    def __init__(self, rows: Any, start: int, stop: int, *, large: bool) -> None:
        self.start, self.stop = start, stop
        self.before, self._own = rows[:, :start], rows[:, start:stop]
        self._large, self._factors = large, None

    def solve(self, target: Vector) -> Vector | None:
        """The block's part of the solution; a large loop that sweeps slowly is factorised from then on."""
        if self._large and self._factors is None:
            part = _sweep(self._own, target)
            if part is not None:
                return part
        if self._factors is None:
            self._factors = _factorise(self._own, pivot=self._large)
        return None if self._factors is None else np.asarray(self._factors.solve(target))


def _singular_members(transposed: Any, labels: NDArray[np.int32], names: Sequence[str]) -> list[str]:
    from scipy.sparse.linalg import splu

    for label in np.flatnonzero(np.bincount(labels) > 1):
        members = np.flatnonzero(labels == label)
        try:
            splu(transposed[members][:, members].tocsc())
        except RuntimeError:
            return [names[int(index)] for index in members]
    return list(names)


def _cut(matrix: Any, labels: NDArray[np.int32]) -> tuple[NDArray[np.intp], list[_Block]]:
    """Order of the rows in which each needs earlier ones only, and its blocks; none where labels are out of order."""
    coo = matrix.tocoo()
    steps = labels[coo.row] - labels[coo.col]
    rank = -labels if (steps < 0).any() else labels
    order = np.argsort(rank, kind="stable")
    if (steps < 0).any() and (steps > 0).any():
        return order, []
    ordered = matrix[order][:, order].tocsr()
    segments = _segments(rank[order])
    return order, [_Block(ordered[start:stop], start, stop, large=large) for start, stop, large in segments]


def _segments(ranks: NDArray[np.int32]) -> list[tuple[int, int, bool]]:
    """(start, stop, large) of consecutive rows: each large component alone, all between them together."""
    edges = np.flatnonzero(np.diff(ranks)) + 1
    starts = np.concatenate(([0], edges))
    stops = np.concatenate((edges, [len(ranks)]))
    segments: list[tuple[int, int, bool]] = []
    begin = 0
    for start, stop in zip(starts, stops, strict=True):
        if stop - start > _LARGE:
            if start > begin:
                segments.append((begin, int(start), False))
            segments.append((int(start), int(stop), True))
            begin = int(stop)
    if begin < len(ranks):
        segments.append((begin, len(ranks), False))
    return segments


def _factorise(block: Any, *, pivot: bool = False) -> Any:
    """Factors of one block, or None; without ``pivot`` in the given order, which keeps a triangle a triangle."""
    from scipy.sparse.linalg import splu

    options = {} if pivot else {"permc_spec": "NATURAL", "diag_pivot_thresh": 0.0}
    try:
        return splu(block.tocsc(), **options)
    except RuntimeError:
        return None


def _sweep(block: Any, target: Vector) -> Vector | None:
    """Gauss-Seidel over one large component to float64 accuracy; None where that takes over _SWEEPS."""
    from scipy import sparse
    from scipy.sparse.linalg import splu

    try:
        triangle = splu(sparse.tril(block, format="csc"), permc_spec="NATURAL", diag_pivot_thresh=0.0)
    except RuntimeError:
        return None
    solution = triangle.solve(target)
    first = max(relative_residual(block, solution, target), _TARGET)
    for sweep in range(1, _SWEEPS + 1):
        solution += triangle.solve(target - block @ solution)
        if sweep % _LOOK:
            continue
        residual = relative_residual(block, solution, target)
        if residual <= _TARGET:
            return np.asarray(solution)
        if not residual <= first * (_TARGET / first) ** (sweep / _SWEEPS):
            return None
    return None
