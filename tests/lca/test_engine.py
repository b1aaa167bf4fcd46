"""Both roads of the engine: published systems first, then random ones, refusals and properties."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from databases import packages
from databases.scores import NonProductiveLoop, SingularSystem, score_tables
from lca import engine
from lca.engine import ForegroundSystem, RoadsDisagree, SolveInaccurate


def system(technosphere, demand, exchanges=(), names=None) -> ForegroundSystem:
    """A system from a matrix, a demand and (position, column, amount) triples."""
    positions, columns, amounts = zip(*exchanges, strict=True) if exchanges else ((), (), ())
    names = names or tuple(f"p{index + 1}" for index in range(len(demand)))
    return ForegroundSystem(
        names,
        np.array(technosphere, dtype=float),
        np.array(demand, dtype=float),
        np.array(positions, dtype=np.int64),
        np.array(columns, dtype=np.int64),
        np.array(amounts, dtype=float),
    )


# Heijungs & Suh 2002, ch. 2: electricity (10 kWh from 2 L of fuel) and fuel (100 L from 50 L of crude oil).
ELECTRICITY_AND_FUEL = system(
    [[10, 0], [-2, 100]],
    [1000, 0],
    # three "datasets" that are one elementary flow each: CO2, SO2, crude oil
    [(0, 0, 1.0), (0, 1, 10.0), (1, 0, 0.1), (1, 1, 2.0), (2, 1, -50.0)],
    ("electricity", "fuel"),
)
FLOW_TABLES = {name: np.eye(3)[index] for index, name in enumerate(("CO2", "SO2", "crude oil"))}


def test_heijungs_and_suh_2002_chapter_2() -> None:
    result = engine.score(ELECTRICITY_AND_FUEL, FLOW_TABLES)
    np.testing.assert_allclose(result.scaling, [100, 2], rtol=1e-14)
    assert result.scores == pytest.approx({"CO2": 120, "SO2": 14, "crude oil": -100}, rel=1e-14)
    assert result.residual <= 1e-15


def test_a_two_process_loop() -> None:
    loop = system([[1, -0.5], [-1, 1]], [2, 0], [(0, 0, 3.0), (0, 1, 1.0)])
    result = engine.score(loop, {"score": np.array([1.0])})
    np.testing.assert_allclose(result.scaling, [4, 4], rtol=1e-14)
    assert result.scores["score"] == pytest.approx(16, rel=1e-14)


def test_one_kilogram_of_steel() -> None:
    """Power 0.596 kgCO2e/kWh; iron takes 0.05 kWh and emits 0.5404; steel takes both and emits 1.0."""
    steel = system(
        [[1, -0.05, -0.05], [0, 1, -1], [0, 0, 1]],
        [0, 0, 1],
        [(0, 0, 0.596), (0, 1, 0.5404), (0, 2, 1.0)],
        ("power", "iron", "steel"),
    )
    assert engine.score(steel, {"score": np.ones(1)}).scores["score"] == pytest.approx(1.6, rel=1e-14)


def test_many_methods_at_once_equal_one_by_one() -> None:
    result = engine.score(ELECTRICITY_AND_FUEL, FLOW_TABLES)
    stacked = engine.score_stacked(ELECTRICITY_AND_FUEL, engine.stack(FLOW_TABLES))
    np.testing.assert_allclose(stacked, list(result.scores.values()), rtol=1e-15)


@pytest.mark.parametrize(
    ("technosphere", "error", "members"),
    [
        ([[1, -1, 0], [-1, 1, 0], [0, 0, 1]], NonProductiveLoop, {"smelter", "power plant"}),
        ([[1, -2, 0], [-1, 1, 0], [0, 0, 1]], NonProductiveLoop, {"smelter", "power plant"}),
        ([[1, 0, 0], [0, 1, -3], [0, -2, 1]], NonProductiveLoop, {"power plant", "press"}),
        ([[1, 0, 0], [0, 0, 0], [0, 0, 1]], SingularSystem, {"power plant"}),
        ([[-0.2, 0, 0], [0, 1, 0], [0, 0, 1]], NonProductiveLoop, {"smelter"}),
    ],
)
def test_a_loop_without_a_solution_is_named(technosphere, error, members) -> None:
    with pytest.raises(error) as refusal:
        system(technosphere, [1, 0, 0], names=("smelter", "power plant", "press"))
    assert set(refusal.value.members) == members
    assert all(member in str(refusal.value) for member in members)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"demand": [1.0]}, "matching shapes"),
        ({"demand": [0.0, 0.0]}, "a demand"),
        ({"columns": [0, 7]}, "does not exist"),
        ({"positions": [0, -1]}, "negative dataset position"),
        ({"amounts": [1.0, float("nan")]}, "finite"),
        ({"amounts": [1.0]}, "matching shapes"),
    ],
)
def test_a_system_that_does_not_fit_together_is_refused(change, sentence) -> None:
    parts = {
        "names": ("a", "b"),
        "technosphere": np.eye(2),
        "demand": [1.0, 0.0],
        "positions": [0, 1],
        "columns": [0, 1],
        "amounts": [1.0, 2.0],
    }
    with pytest.raises(ValueError, match=sentence):
        ForegroundSystem(**(parts | change))


def test_a_solve_that_cannot_be_trusted_is_refused() -> None:
    nearly_singular = np.array([[1.0, -1.0], [-1.0, 1.0 + 2.3e-16]])
    with pytest.raises(SolveInaccurate):
        engine.solve_foreground(nearly_singular, np.array([1.0, 1e9]))
    with pytest.raises(SolveInaccurate):
        engine.solve_foreground(np.zeros((2, 2)), np.array([1.0, 0.0]))


def random_system(rng: np.random.Generator, size: int, datasets: int) -> ForegroundSystem:
    """A productive foreground with loops and three background exchanges a process."""
    needs = rng.random((size, size)) * (rng.random((size, size)) < 0.4)
    np.fill_diagonal(needs, 0)
    needs *= 0.8 / max(1.0, needs.sum(axis=0).max())
    output = rng.uniform(0.5, 1e4, size)
    count = 3 * size
    return ForegroundSystem(
        tuple(f"process {index}" for index in range(size)),
        (np.eye(size) - needs) * output,
        rng.uniform(0, 5, size) + 0.1,
        rng.integers(0, datasets, count),
        rng.integers(0, size, count),
        rng.lognormal(0, 3, count),
    )


def random_background(rng: np.random.Generator, datasets: int, flows: int):
    """Technosphere, biosphere and characterisation of one method (some flows have none)."""
    needs = sparse.random_array((datasets, datasets), density=0.1, rng=rng).toarray()
    needs *= 0.7 / max(1.0, needs.sum(axis=0).max())
    np.fill_diagonal(needs, 0)
    biosphere = rng.lognormal(0, 2, (flows, datasets)) * (rng.random((flows, datasets)) < 0.5)
    return np.eye(datasets) - needs, biosphere, rng.lognormal(0, 2, flows) * (rng.random(flows) < 0.7)


def as_package(name: str, **matrices):
    """A datapackage of dense matrices; rows and columns numbered as a release numbers them."""
    first = {"technosphere_matrix": packages.FIRST_DATASET, "biosphere_matrix": packages.FIRST_FLOW}
    package = packages.new_package(name)
    for matrix, dense in matrices.items():
        rows, columns = np.nonzero(dense)
        start = first[matrix]
        where = packages.indices(start + rows, packages.FIRST_DATASET + columns)
        packages.add_matrix(package, matrix, where, dense[rows, columns])
    return package


def characterisation(factors):
    """A method as a datapackage."""
    package = packages.new_package("method")
    flows = np.flatnonzero(factors)
    where = packages.indices(packages.FIRST_FLOW + flows, np.full(len(flows), packages.GLOBAL_LOCATION))
    packages.add_matrix(package, "characterization_matrix", where, factors[flows])
    return package


@pytest.mark.parametrize(("seed", "size"), [(1, 1), (2, 4), (3, 12), (4, 30)])
def test_both_roads_agree_on_random_systems(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    foreground = random_system(rng, size, datasets=40)
    technosphere, biosphere, factors = random_background(rng, datasets=40, flows=15)
    methods = {"one": factors, "two": factors * rng.random(15)}
    tables = score_tables(technosphere, {name: vector @ biosphere for name, vector in methods.items()})
    fast = engine.score(foreground, tables).scores
    background = as_package("background", technosphere_matrix=technosphere, biosphere_matrix=biosphere)
    reference = engine.reference_scores(
        foreground, background, {name: characterisation(vector) for name, vector in methods.items()}
    )
    assert set(reference.scores) == {"one", "two"}
    assert reference.sizes == pytest.approx(reference.scores, rel=1e-12)  # no credits: nothing cancels
    assert engine.agree(fast, reference.scores, reference.sizes) <= 1e-9

    perturbed = {name: table * (1 + 1e-8) for name, table in tables.items()}
    with pytest.raises(RoadsDisagree) as refusal:
        engine.agree(engine.score(foreground, perturbed).scores, reference.scores, reference.sizes)
    assert refusal.value.reference == reference.scores["one"]
    assert refusal.value.fast == pytest.approx(reference.scores["one"] * (1 + 1e-8), rel=1e-12)


@pytest.mark.parametrize(
    ("fast", "reference", "expected"),
    [
        ({"a": 1.0}, {"a": 1.0}, 0.0),
        ({"a": 0.0}, {"a": 0.0}, 0.0),
        ({"a": 1.0, "b": -2.0}, {"a": 1.0 + 1e-10, "b": -2.0}, 1e-10),
    ],
)
def test_roads_that_agree(fast, reference, expected) -> None:
    assert engine.agree(fast, reference) == pytest.approx(expected, rel=1e-5)


def test_a_balance_near_zero_is_held_against_what_was_balanced() -> None:
    """1.7 kg released and taken up again: what is left is rounding, and differs from road to road."""
    assert engine.agree({"a": 0.0}, {"a": 2.2e-16}, {"a": 3.4}) == pytest.approx(2.2e-16 / 3.4)
    with pytest.raises(RoadsDisagree):
        engine.agree({"a": 0.0}, {"a": 3.5e-9}, {"a": 3.4})
    with pytest.raises(RoadsDisagree):
        engine.agree({"a": 0.0}, {"a": 2.2e-16}, {"b": 3.4})


def test_traces_of_the_solver_on_a_part_that_is_zero_are_no_difference() -> None:
    """Aircraft of a product without any, on the US LCI database: 1.6e-27 kg beside 684 kg."""
    sizes = {"total": 684.2, "aircraft": 1.6e-27}
    fast, other = {"total": 684.2, "aircraft": 0.0}, {"total": 684.2, "aircraft": 1.6e-27}
    assert engine.agree(fast, other, sizes) == pytest.approx(1.6e-27 / 684.2e-6)
    with pytest.raises(RoadsDisagree):
        engine.agree(fast, other | {"aircraft": 7e-13}, sizes)


@pytest.mark.parametrize(
    ("fast", "reference", "error"),
    [
        ({"a": 1.0}, {"a": 1.0 + 1e-8}, RoadsDisagree),
        ({"a": 0.0}, {"a": 1e-300}, RoadsDisagree),
        ({"a": 1.0}, {"a": -1.0}, RoadsDisagree),
        ({"a": float("nan")}, {"a": float("nan")}, RoadsDisagree),
        ({"a": float("inf")}, {"a": float("inf")}, RoadsDisagree),
        ({"a": 1.0}, {"a": 1.0, "b": 2.0}, ValueError),
        ({}, {}, ValueError),
    ],
)
def test_roads_that_disagree(fast, reference, error) -> None:
    with pytest.raises(error):
        engine.agree(fast, reference)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.floats(1e-6, 1e6))
def test_scaling_the_demand_scales_every_score(seed: int, size: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    one = random_system(rng, size, datasets=9)
    table = {"score": rng.lognormal(0, 2, 9)}
    other = ForegroundSystem(
        one.names, one.technosphere, one.demand * factor, one.positions, one.columns, one.amounts
    )
    expected = engine.score(one, table).scores["score"] * factor
    assert engine.score(other, table).scores["score"] == pytest.approx(expected, rel=1e-11)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_the_order_of_exchanges_and_processes_does_not_matter(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    one = random_system(rng, size, datasets=9)
    table = {"score": rng.lognormal(0, 2, 9)}
    order, lines = rng.permutation(size), rng.permutation(len(one.amounts))
    other = ForegroundSystem(
        tuple(one.names[index] for index in order),
        one.technosphere[np.ix_(order, order)],
        one.demand[order],
        one.positions[lines],
        np.argsort(order)[one.columns[lines]],
        one.amounts[lines],
    )
    expected = engine.score(one, table).scores["score"]
    assert engine.score(other, table).scores["score"] == pytest.approx(expected, rel=1e-11)


def test_flat_bills_of_materials() -> None:
    table = np.array([1.0, 10.0, 100.0])
    scores = engine.score_flat(np.array([0, 2, 2, 3]), np.array([0, 2, 1]), np.array([2.0, 1.0, 0.5]), table)
    assert scores.tolist() == [102.0, 0.0, 5.0]


@pytest.mark.parametrize(
    ("indptr", "positions"),
    [([0, 1], [3]), ([0, 1], [-1]), ([0, 2, 1], [0, 1])],
)
def test_flat_bills_that_name_nothing_are_refused(indptr, positions) -> None:
    with pytest.raises(ValueError, match=r"outside the score table|never decrease"):
        engine.score_flat(np.array(indptr), np.array(positions), np.ones(len(positions)), np.ones(3))


def test_bw2calc_leaves_nothing_in_the_home_and_prints_nothing(tmp_path: Path) -> None:
    code = (
        "import os; from lca import engine; engine.load_bw2calc();assert 'BRIGHTWAY2_DIR' not in os.environ"
    )
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    kept = {
        name: value for name, value in os.environ.items() if name not in ("BRIGHTWAY2_DIR", "XDG_DATA_HOME")
    }
    environment = kept | {"HOME": str(home), "TMPDIR": str(temporary)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert done.stdout == b""
    assert list(home.rglob("*")) == []
    assert list(temporary.iterdir()) == []


def solved_exactly(technosphere, demand) -> list[Fraction]:
    """Gauss-Jordan in fractions."""
    size = len(demand)
    rows = [
        [Fraction(float(x)) for x in (*row, wanted)] for row, wanted in zip(technosphere, demand, strict=True)
    ]
    for step in range(size):
        for index in range(size):
            if index != step and rows[index][step]:
                share = rows[index][step] / rows[step][step]
                rows[index] = [x - share * y for x, y in zip(rows[index], rows[step], strict=True)]
    return [rows[index][size] / rows[index][index] for index in range(size)]


@pytest.mark.parametrize("seed", range(12))
def test_grams_beside_kilotonnes_are_solved_to_the_last_digit(seed: int) -> None:
    """Outputs from 1e-12 to 1e12 in one loop: without balanced rows a third of these is refused or wrong."""
    rng = np.random.default_rng(seed)
    size = 8
    outputs = 10.0 ** rng.uniform(-12, 12, size)
    shares = rng.uniform(0.01, 0.9 / size, (size, size)) * (1 - np.eye(size))
    technosphere = np.diag(outputs) - outputs[:, None] * shares
    demand = np.zeros(size)
    demand[0] = 10.0 ** rng.uniform(-12, 12)
    foreground = ForegroundSystem(
        names=tuple(map(str, range(size))),
        technosphere=technosphere,
        demand=demand,
        positions=np.zeros(size, dtype=int),
        columns=np.arange(size),
        amounts=outputs,
    )
    result = engine.score(foreground, {"score": np.ones(1)})
    exact = solved_exactly(technosphere, demand)
    for found, right in zip(result.scaling.tolist(), exact, strict=True):
        assert abs(Fraction(found) - right) <= right * Fraction(1, 10**14)
    total = sum(level * Fraction(float(amount)) for level, amount in zip(exact, outputs, strict=True))
    assert abs(Fraction(result.scores["score"]) - total) <= total * Fraction(1, 10**14)
