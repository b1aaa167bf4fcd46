"""Contributions: published shares, and sums that close."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca import contribution, engine
from lca.contribution import ContributionsDiffer, Share
from lca.engine import ForegroundSystem
from lca.footprint import LineResult
from lca.inventory import Stage


def line(number: str, value: float, stage=Stage.PRODUCTION, *, process="p", leg=0, dataset="d") -> LineResult:
    """A line result of which only the grouping matters."""
    parts = (("total", value), ("gas:CO2", value / 4))
    return LineResult(number, leg, number, process, stage, dataset, "kg", 1.0, value, value, parts)


LINES = (
    line("M1", 1.0, Stage.RAW_MATERIALS, process="cast", dataset="alu"),
    line("M1", 0.25, Stage.RAW_MATERIALS, process="cast", leg=1, dataset="truck"),
    line("E1", 0.75, process="press", dataset="power"),
    line("W1", -0.4, Stage.END_OF_LIFE, process="press", dataset="scrap"),
)


def test_views_of_one_total() -> None:
    assert contribution.by_stage(LINES, (Stage.RAW_MATERIALS, Stage.PRODUCTION, Stage.USE)) == (
        (Stage.RAW_MATERIALS, 1.25),
        (Stage.PRODUCTION, 0.75),
        (Stage.USE, 0.0),
        (Stage.END_OF_LIFE, -0.4),
    )
    assert contribution.by_line(LINES) == (("M1", 1.25), ("E1", 0.75), ("W1", -0.4))
    assert contribution.by_process(LINES) == (("cast", 1.25), ("press", 0.35))
    assert contribution.by_dataset(LINES) == (("alu", 1.0), ("truck", 0.25), ("power", 0.75), ("scrap", -0.4))
    assert dict(contribution.by_part(LINES)) == pytest.approx({"total": 1.6, "gas:CO2": 0.4})


def test_shares_are_of_the_size_of_the_total_and_sorted_by_size() -> None:
    assert contribution.shares([("a", -0.4), ("b", 2.0)], 1.6) == (
        Share("b", 2.0, 125.0),
        Share("a", -0.4, -25.0),
    )
    assert contribution.shares([("a", 1.0), ("b", -3.0)], -2.0)[0] == Share("b", -3.0, -150.0)
    assert contribution.shares([("a", 1.0), ("b", -1.0)], 0.0)[0].percent is None


def test_lines_that_do_not_sum_are_refused() -> None:
    contribution.check_sum([0.1, 0.2], 0.1 + 0.2)
    contribution.check_sum([1e6, -1e6], 1e-10)
    with pytest.raises(ContributionsDiffer):
        contribution.check_sum([0.1, 0.2], 0.3 + 1e-11)
    with pytest.raises(ContributionsDiffer):
        contribution.check_sum([0.1], float("nan"))


STEEL = ForegroundSystem(
    ("power", "iron", "steel"),
    np.array([[1, -0.05, -0.05], [0, 1, -1], [0, 0, 1.0]]),
    np.array([0, 0, 1.0]),
    np.array([], dtype=np.int64),
    np.array([], dtype=np.int64),
    np.array([]),
)
DIRECT = np.array([0.596, 0.5404, 1.0])


def test_the_steel_example_by_process_and_by_first_tier() -> None:
    scaling, _ = engine.solve_foreground(STEEL.technosphere, STEEL.demand)
    by_process = dict(contribution.process_contributions(STEEL, DIRECT, scaling))
    assert by_process == pytest.approx({"power": 0.0596, "iron": 0.5404, "steel": 1.0}, rel=1e-12)
    tier = dict(contribution.first_tier(STEEL, DIRECT, product=2))
    assert tier == pytest.approx({"power": 0.0298, "iron": 0.5702, "steel": 1.0}, rel=1e-12)
    assert list(tier) == ["steel", "power", "iron"]


def test_a_system_without_direct_scores_has_a_first_tier_of_zeros() -> None:
    assert set(dict(contribution.first_tier(STEEL, np.zeros(3), product=2)).values()) == {0.0}


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 10))
def test_processes_and_first_tier_sum_to_the_total_in_any_loop(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    needs = rng.random((size, size))
    np.fill_diagonal(needs, 0)
    needs *= 0.8 / max(1.0, needs.sum(axis=0).max())
    demand = np.zeros(size)
    demand[seed % size] = rng.uniform(0.1, 10)
    empty = np.array([], dtype=np.int64)
    names = tuple(map(str, range(size)))
    system = ForegroundSystem(names, (np.eye(size) - needs) * 7, demand, empty, empty, empty.astype(float))
    direct = rng.lognormal(0, 2, size)
    scaling, _ = engine.solve_foreground(system.technosphere, system.demand)
    total = float(direct @ scaling)
    by_process = contribution.process_contributions(system, direct, scaling)
    tier = contribution.first_tier(system, direct, seed % size)
    assert math.fsum(value for _, value in by_process) == pytest.approx(total, rel=1e-12)
    assert math.fsum(value for _, value in tier) == pytest.approx(total, rel=1e-11)
