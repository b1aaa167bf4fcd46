"""Score tables: against dense solutions, and the refusals by the names of a loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from databases import scores
from databases.scores import (
    NonProductiveLoop,
    SingularSystem,
    SolveInaccurate,
    check_productive,
    score_tables,
)


def chain(*columns: list[float]) -> np.ndarray:
    return np.array(columns, dtype=float).T


def synthetic(size: int, core: int, strength: float, seed: int) -> sparse.csc_matrix:
    """``core`` activities in one random loop, the rest fed by it and by those before; the loop's needs sum to
    ``strength`` for every product."""
    random = np.random.default_rng(seed)
    inputs = sparse.lil_matrix((size, size))
    for column in range(size):
        pool = core if column < core else column
        for row in {*random.integers(0, pool, 5).tolist(), (column + 1) % core} - {column}:
            inputs[row, column] = random.random()
    inputs = inputs.tocsr()
    loop = inputs[:core, :core]
    scale = np.ones(size)
    scale[:core] = strength / np.asarray(loop.sum(axis=1)).ravel()
    return (sparse.identity(size) - sparse.diags(scale) @ inputs).tocsc()


def test_a_loop_of_two_is_solved() -> None:
    technosphere = chain([1.0, -0.5], [-0.2, 1.0])
    table = score_tables(technosphere, {"co2": np.array([1.0, 2.0])})["co2"]
    assert table == pytest.approx([2.0 / 0.9, 2.2 / 0.9], rel=1e-15)


@pytest.mark.parametrize(
    ("size", "core", "strength"), [(60, 2, 0.9), (300, 30, 0.5), (900, 600, 0.3), (900, 600, 0.9)]
)
def test_tables_equal_a_dense_solution(size: int, core: int, strength: float) -> None:
    technosphere = synthetic(size, core, strength, seed=size)
    random = np.random.default_rng(3)
    methods = {"a": random.random(size), "b": random.random(size) * 1e-9, "zero": np.zeros(size)}
    tables = score_tables(technosphere, methods)
    for name, vector in methods.items():
        np.testing.assert_allclose(
            tables[name], np.linalg.solve(technosphere.toarray().T, vector), rtol=1e-12
        )
        assert tables[name].dtype == np.float64


def test_a_slow_large_loop_is_factorised(monkeypatch: pytest.MonkeyPatch) -> None:
    technosphere = synthetic(700, 600, 0.9999, seed=5)
    swept: list[object] = []
    sweep = scores._sweep
    monkeypatch.setattr(scores, "_sweep", lambda *given: swept.append(sweep(*given)) or swept[-1])
    vector = np.random.default_rng(1).random(700)
    table = score_tables(technosphere, {"a": vector})["a"]
    assert swept == [None]
    np.testing.assert_allclose(table, np.linalg.solve(technosphere.toarray().T, vector), rtol=1e-9)


def test_small_scores_are_as_right_as_large_ones() -> None:
    technosphere = sparse.identity(3, format="lil")
    technosphere[0, 1] = -1e-12
    vector = np.array([1e12, 1e-9, 1.0])
    table = score_tables(technosphere.tocsc(), {"a": vector})["a"]
    assert table.tolist() == [1e12, 1e-12 * 1e12 + 1e-9, 1.0]


@given(st.integers(2, 12), st.integers(0, 10_000))
def test_any_productive_system_is_solved(size: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    inputs = random.random((size, size)) * (random.random((size, size)) < 0.4)
    np.fill_diagonal(inputs, 0)
    inputs *= 0.95 / max(inputs.sum(axis=0).max(), 1e-9)
    technosphere = np.eye(size) - inputs
    vector = random.random(size)
    table = score_tables(technosphere, {"a": vector})["a"]
    np.testing.assert_allclose(table, np.linalg.solve(technosphere.T, vector), rtol=1e-10)
    assert (table >= vector - 1e-12).all()


@given(st.integers(2, 9), st.integers(0, 10_000), st.floats(0.2, 3.0))
def test_the_verdict_is_the_one_of_the_eigenvalue(size: int, seed: int, scale: float) -> None:
    random = np.random.default_rng(seed)
    inputs = random.random((size, size)) * (random.random((size, size)) < 0.5)
    np.fill_diagonal(inputs, 0)
    inputs *= scale
    largest = np.abs(np.linalg.eigvals(inputs)).max()
    if abs(largest - 1) < 1e-6:
        return
    if largest < 1:
        check_productive(np.eye(size) - inputs)
    else:
        with pytest.raises(NonProductiveLoop):
            check_productive(np.eye(size) - inputs)


REFUSED = {
    "two need each other too much": ([[1, -2], [-0.6, 1]], NonProductiveLoop, {"a", "b"}),
    "exactly as much as is made": ([[1, -1], [-1, 1]], NonProductiveLoop, {"a", "b"}),
    "more of itself than it makes": ([[-0.5]], NonProductiveLoop, {"a"}),
    "makes nothing": ([[1, -1], [0, 0]], SingularSystem, {"b"}),
    "only the tight cycle is named": (
        [[1, -3, 0, -0.01], [-0.5, 1, 0, 0], [0, -0.01, 1, 0], [0, 0, -0.01, 1]],
        NonProductiveLoop,
        {"a", "b"},
    ),
    "a loop far from the rest": ([[1, 0, 0], [0, 1, -1.5], [0, -1.5, 1]], NonProductiveLoop, {"b", "c"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_loop_that_cannot_be_is_refused_by_name(name: str) -> None:
    columns, error, members = REFUSED[name]
    matrix = np.array(columns, dtype=float).T
    names = list("abcd")[: len(matrix)]
    for refuse in (
        lambda: check_productive(matrix, names),
        lambda: score_tables(matrix, {"m": matrix[0]}, names),
    ):
        with pytest.raises(error) as caught:
            refuse()
        assert set(caught.value.members) == members
        assert all(member in str(caught.value) for member in members)


def test_a_large_loop_is_refused_without_naming_thousands() -> None:
    technosphere = synthetic(3000, 2500, 1.01, seed=9)
    with pytest.raises(NonProductiveLoop) as caught:
        check_productive(technosphere)
    assert len(caught.value.members) == 2500
    assert len(str(caught.value)) < 200


def test_a_credit_is_no_need() -> None:
    avoided = chain([1.0, 0.9, 0.0], [-1.0, 1.0, 0.0], [0.0, -0.5, 1.0])
    check_productive(avoided)
    table = score_tables(avoided, {"a": np.array([1.0, 2.0, 3.0])})["a"]
    np.testing.assert_allclose(table, np.linalg.solve(avoided.T, [1.0, 2.0, 3.0]), rtol=1e-14)


def test_a_credit_that_makes_the_system_singular_is_refused() -> None:
    with pytest.raises(SingularSystem) as caught:
        score_tables(chain([1.0, 1.0, 0], [0.5, 0.5, -1.0], [0, 0, 1.0]), {"a": np.ones(3)}, ["a", "b", "c"])
    assert set(caught.value.members) == {"a", "b"}


def test_waste_treatment_with_negative_production_is_allowed_where_said() -> None:
    treated = chain([1.0, 0.3], [-0.1, -1.0])
    with pytest.raises(NonProductiveLoop):
        check_productive(treated)
    table = score_tables(treated, {"a": np.array([1.0, 2.0])}, waste=True)["a"]
    np.testing.assert_allclose(table, np.linalg.solve(treated.T, [1.0, 2.0]), rtol=1e-14)
    with pytest.raises(NonProductiveLoop):
        check_productive(chain([1.0, 2.0], [-0.6, -1.0]), waste=True)


@pytest.mark.parametrize(
    ("technosphere", "vector"),
    [
        (np.ones((2, 3)), np.ones(2)),
        (np.eye(2), np.ones(3)),
        (np.eye(2), np.ones(1)),
        (np.array([[1.0, np.nan], [0, 1]]), np.ones(2)),
        (np.eye(2), np.array([1.0, np.inf])),
    ],
)
def test_shapes_and_numbers_are_checked(technosphere: np.ndarray, vector: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"finite|dimension"):
        score_tables(technosphere, {"a": vector})


def test_a_solution_that_does_not_satisfy_its_equations_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        def solve(self, right: np.ndarray) -> np.ndarray:
            return right * 1.001

    monkeypatch.setattr("scipy.sparse.linalg.splu", lambda *_given, **_options: Wrong())
    with pytest.raises(SolveInaccurate) as caught:
        score_tables(chain([1.0, -0.5], [-0.2, 1.0]), {"a": np.array([1.0, 2.0])})
    assert caught.value.residual > 1e-9


def test_the_callers_matrix_is_left_alone() -> None:
    given = sparse.csc_matrix(([1.0, 0.0, 1.0], ([0, 1, 1], [0, 0, 1])), shape=(2, 2))
    score_tables(given, {"a": np.ones(2)})
    assert given.nnz == 3


def test_nothing_asked_nothing_done() -> None:
    assert score_tables(np.eye(2), {}) == {}
    assert score_tables(np.empty((0, 0)), {"a": np.empty(0)})["a"].shape == (0,)
