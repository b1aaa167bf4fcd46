"""Gaps, self-loops and loops near their limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from databases.assembly import columns, diagnose
from databases.assembly.outputs import outputs
from databases.assembly.providers import Suppliers
from databases.assembly.tally import Nearest, Tally
from databases.content import Content
from databases.dataset import Dataset, Source
from tests.databases.assembly.processes import emits, process, production, takes

SOURCE = Source(
    code="source", title="t", issuer="", document_number="", published="", licence="", attribution="", url=""
)


def content(*processes: dict[str, Any]) -> Content:
    found = outputs(processes, "GLO").found
    made, _ = columns.build(found, Suppliers(found, "best", {}), columns.Elementary([]), Tally())
    texts = dict.fromkeys(
        (
            "synonyms",
            "kind",
            "group",
            "place",
            "gwp_set",
            "technology",
            "locator",
            "certainty",
            "note_zh",
            "note_en",
        ),
        "",
    )
    datasets = [
        Dataset(
            code=output.code,
            position=output.position,
            name_zh="",
            name_en=output.code,
            year=0,
            unit=output.unit,
            boundary="cradle-to-gate",
            complete=True,
            gwp_set_assumed=False,
            source=SOURCE,
            **texts,
        )
        for output in found
    ]
    return Content(datasets, [], [SOURCE], made, [])


def loop(gain: float) -> Content:
    """Two processes that take from each other; the eigenvalue of needs over production is ``gain``."""
    return content(
        process("a", production(), takes("b", gain)),
        process("b", production(), takes("a", gain)),
        process("c", production(), takes("a", 5), emits("CO2", 1)),
    )


@pytest.mark.parametrize(("gain", "told"), [(0.5, 0), (0.89, 0), (0.9, 1), (0.99, 1)])
def test_a_loop_is_told_from_nine_tenths_on(gain: float, told: int) -> None:
    found = diagnose.loops(loop(gain))
    assert len(found) == told
    if told:
        assert found[0].gain == pytest.approx(gain, rel=1e-5)
        assert found[0].members == ("a", "b")


@pytest.mark.parametrize(("gain", "refused"), [(0.999, False), (1.0, True), (1.5, True)])
def test_a_loop_that_consumes_what_it_makes_is_named(gain: float, refused: bool) -> None:
    error = diagnose.unproductive(loop(gain))
    assert (error is not None) is refused
    if error is not None:
        assert set(error.members) == {"a", "b"}


def test_the_gain_is_the_eigenvalue_of_numpy() -> None:
    rng = np.random.default_rng(7)
    needs = rng.random((6, 6)) * (1 - np.eye(6))
    needs *= 0.95 / np.abs(np.linalg.eigvals(needs)).max()
    names = [f"p{index}" for index in range(6)]
    made = [
        process(
            name,
            production(),
            *(takes(names[row], float(needs[row, column])) for row in range(6) if row != column),
        )
        for column, name in enumerate(names)
    ]
    found = diagnose.loops(content(*made))
    assert [loop.gain for loop in found] == [0.95]
    assert found[0].members == tuple(names)


def test_self_loops_are_told_with_their_share() -> None:
    found = diagnose.self_loops(content(process("a", production(2), takes("a", 0.5))))
    assert [(item.kind, item.dataset, item.detail, item.done) for item in found] == [
        ("self-loop", "a", "0.25", "kept")
    ]


def test_gaps_are_counted_and_marked_upstream() -> None:
    made = content(
        process(
            "mine",
            production(),
            takes("explosive", 1),
            takes("crane", 1, **{"cut-off": True}),
            takes("zero", 0),
        ),
        process("ore", production(), takes("mine", 1)),
        process("steel", production(), takes("ore", 1), takes("gas", 1)),
        process("wood", production(), emits("CO2", 1)),
    )
    marked = {dataset.code: (dataset.gaps, dataset.gaps_upstream) for dataset in diagnose.with_gaps(made)}
    assert marked == {"mine": (2, False), "ore": (0, True), "steel": (1, True), "wood": (0, False)}


def test_nearest_names_share_rare_words_and_the_unit() -> None:
    found = outputs(
        [
            process("1", production(1, "kg", "Steel scrap, at plant")),
            process("2", production(1, "kg", "Aluminum scrap, at plant")),
            process("3", production(1, "kWh", "Steel power")),
        ],
        "GLO",
    ).found
    near = Nearest(found).to("Steel scrap, mixed", "t")
    assert near == ()
    near = Nearest(found).to("Steel scrap, mixed", "kg")
    assert [candidate.code for candidate in near] == ["1", "2"]
    assert near[0].score > near[1].score
