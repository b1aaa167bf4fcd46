"""Contributions: first tier, by process and by flow add up to the score, loops and credits included."""

from __future__ import annotations

import numpy as np
import pytest
from contentmaking import content, flow, method

from databases import contributions
from databases.content import Head
from databases.contributions import (
    Contribution,
    ContributionsDisagree,
    by_flow,
    by_process,
    first_tier,
)
from databases.publish import write_release
from databases.release import Release, open_release
from databases.scores import Prepared

METHOD = "gwp100-ar6.total"
TECHNOSPHERE = np.array([[0.9, -2, 0.25, 0], [-0.1, 1, 0, 0], [0, -0.5, 1, 0], [0, 0, 0, 1]])
EMISSIONS = np.array([[3.0, 0, 4, 0], [0, 1, 10, 0]])
FACTORS = np.array([1.0, 28.0])


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """b takes a and c, a takes b and a tenth of itself, c avoids a; d is nothing at all."""
    rows = np.argwhere(np.eye(4) - TECHNOSPHERE)
    inputs = [(int(r), int(c), float((np.eye(4) - TECHNOSPHERE)[r, c])) for r, c in rows]
    emissions = [(int(f), int(c), float(EMISSIONS[f, c])) for f, c in np.argwhere(EMISSIONS)]
    given = content(
        "abcd",
        inputs,
        emissions,
        [flow("co2"), flow("methane", gas="CH4")],
        [method(METHOD, FACTORS.tolist(), "AR6", "total")],
    )
    head = Head(name="made", version="1", licence="CC0")
    folder = tmp_path_factory.mktemp("contributions") / head.identifier
    write_release(folder, head, given, lambda *_: None)
    return open_release(folder)


def parts(found: list[Contribution]) -> dict[str, tuple[float, float]]:
    return {part.code or part.kind: (part.amount, part.score) for part in found}


def test_the_first_tier_is_inputs_and_direct_emissions(release: Release) -> None:
    scores = np.linalg.solve(TECHNOSPHERE.T, FACTORS @ EMISSIONS)
    found = first_tier(release, 1, METHOD)
    assert parts(found) == {
        "c": (0.5, pytest.approx(0.5 * scores[2])),
        "a": (2.0, pytest.approx(2 * scores[0])),
        "direct": (1.0, 28.0),
    }
    sizes = [abs(part.score) for part in found]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(part.share for part in found) == pytest.approx(1.0, rel=1e-12)
    assert next(part for part in found if part.code == "a").name_en == "Dataset a"


def test_what_a_dataset_takes_of_itself_is_an_input(release: Release) -> None:
    scores = np.linalg.solve(TECHNOSPHERE.T, FACTORS @ EMISSIONS)
    found = parts(first_tier(release, 0, METHOD))
    assert found["a"] == (pytest.approx(0.1), pytest.approx(0.1 * scores[0]))
    assert found["b"] == (pytest.approx(0.1), pytest.approx(0.1 * scores[1]))
    credit = parts(first_tier(release, 2, METHOD))["a"]
    assert credit == (-0.25, pytest.approx(-0.25 * scores[0]))


@pytest.mark.parametrize("position", range(4))
def test_processes_and_flows_are_those_of_the_dense_solution(release: Release, position: int) -> None:
    supply = np.linalg.solve(TECHNOSPHERE, np.eye(4)[position])
    direct = FACTORS @ EMISSIONS
    found = by_process(release, position, METHOD)
    assert {part.code: part.score for part in found} == {
        code: pytest.approx(supply[index] * direct[index], rel=1e-12)
        for index, code in enumerate("abcd")
        if supply[index] * direct[index]
    }
    amounts = EMISSIONS @ supply
    assert {part.code: (part.amount, part.score) for part in by_flow(release, position, METHOD)} == {
        code: (pytest.approx(amounts[index]), pytest.approx(amounts[index] * FACTORS[index]))
        for index, code in enumerate(("co2", "methane"))
        if amounts[index]
    }
    score = release.scores(METHOD)[position]
    for found in (first_tier(release, position, METHOD), by_process(release, position, METHOD)):
        assert sum(part.score for part in found) == pytest.approx(score, rel=1e-12)


def test_a_short_list_says_what_the_rest_is(release: Release) -> None:
    whole, short = by_process(release, 1, METHOD), by_process(release, 1, METHOD, 1)
    assert [part.kind for part in short] == ["process", "rest"]
    assert short[0] == whole[0]
    assert (short[1].amount, short[1].score) == (2.0, pytest.approx(sum(part.score for part in whole[1:])))
    assert by_flow(release, 1, METHOD, 0)[0].score == pytest.approx(release.scores(METHOD)[1])


def test_nothing_contributes_to_nothing(release: Release) -> None:
    assert by_process(release, 3, METHOD) == by_flow(release, 3, METHOD) == []
    assert [(part.kind, part.score, part.share) for part in first_tier(release, 3, METHOD)] == [
        ("direct", 0.0, 0.0)
    ]


@pytest.mark.parametrize("view", [first_tier, by_process, by_flow])
def test_what_is_not_there_is_refused(release: Release, view: object) -> None:
    with pytest.raises(IndexError):
        view(release, 4, METHOD)  # type: ignore[operator]
    with pytest.raises(KeyError):
        view(release, 0, "gwp20-ar6.total")  # type: ignore[operator]


@pytest.mark.parametrize("view", [first_tier, by_process, by_flow])
def test_parts_that_do_not_add_up_are_not_shown(
    release: Release, view: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = release.scores(METHOD) * (1 + 1e-6)
    monkeypatch.setattr(release, "_tables", {METHOD: table})
    monkeypatch.setattr(contributions, "TOLERANCE", 1e-9)
    if view is first_tier:
        table[0] *= 1.001
    with pytest.raises(ContributionsDisagree, match="add up to"):
        view(release, 1, METHOD)  # type: ignore[operator]


def test_the_starter_release_adds_up_everywhere(open_cn: Release) -> None:
    for dataset in open_cn.catalogue.all():
        for view in (first_tier, by_process, by_flow):
            found = view(open_cn, dataset.position, METHOD)
            score = float(open_cn.scores(METHOD)[dataset.position])
            assert sum(part.score for part in found) == pytest.approx(score, rel=1e-9, abs=1e-15)


def test_forward_and_backward_solutions_agree() -> None:
    """cᵀ B x over A x = e is λ over Aᵀ λ = (cB)ᵀ, in a system with one large loop."""
    from scipy import sparse

    random = np.random.default_rng(11)
    inputs = sparse.random_array((1200, 1200), density=0.004, rng=random, format="csc")
    inputs.setdiag(0)
    inputs = inputs @ sparse.diags_array(0.7 / np.maximum(inputs.sum(axis=0), 1e-9))
    technosphere = sparse.eye_array(1200) - inputs
    direct = random.random(1200)
    prepared = Prepared(technosphere)
    table = prepared.tables({"m": direct})["m"]
    for position in (0, 600, 1199):
        supply = prepared.supply(np.eye(1200)[position])
        np.testing.assert_allclose(technosphere @ supply, np.eye(1200)[position], atol=1e-12)
        assert direct @ supply == pytest.approx(table[position], rel=1e-11)
    assert prepared.supply(np.eye(1200)[:, :3]).shape == (1200, 3)
    with pytest.raises(ValueError, match="finite"):
        prepared.supply(np.full(1200, np.nan))
