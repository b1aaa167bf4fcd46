"""Flow diagrams: every flow is there, widths are to scale, loops run backwards."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.web.sankey import HAIR, Drawing, Link, Node, sankey

NAMES = [f"n{i}" for i in range(9)]
NODES = [Node(name, name, "process") for name in NAMES]


def boxes(drawing: Drawing) -> dict[str, float]:
    return {box.node.id: box.x for box in drawing.boxes}


def test_a_chain_runs_from_left_to_right() -> None:
    drawing = sankey(NODES, [Link("n0", "n1", 3.0), Link("n1", "n2", 2.0), Link("n3", "n2", 1.0)])
    x = boxes(drawing)
    assert x["n0"] < x["n1"] < x["n2"]
    assert x["n3"] == x["n1"]  # just left of what it feeds
    widths = {band.link.source: band.width for band in drawing.bands}
    assert widths["n0"] == pytest.approx(3 * widths["n3"], rel=0.01)
    assert "n4" not in x


def test_a_loop_runs_backwards_below() -> None:
    drawing = sankey(NODES, [Link("n0", "n1", 5.0), Link("n1", "n2", 5.0), Link("n2", "n1", 1.0)])
    back = [band for band in drawing.bands if band.back]
    assert [(band.link.source, band.link.target) for band in back] == [("n2", "n1")]
    assert drawing.height > max(box.y + box.height for box in drawing.boxes) + back[0].width


def test_small_sources_meet_in_a_rest_that_keeps_their_sum() -> None:
    links = [
        Link("n0", "n5", 90.0),
        Link("n1", "n5", 0.4, "a"),
        Link("n2", "n5", 0.3, "b"),
        Link("n5", "n6", 90.7),
    ]
    drawing = sankey(NODES, links, cutoff=0.01, rest="others")
    rest = [band for band in drawing.bands if band.link.kind == "rest"]
    assert [band.link.value for band in rest] == [pytest.approx(0.7)]
    assert rest[0].link.title == "a\nb"
    assert [box.node.name for box in drawing.boxes if box.node.kind == "rest"] == ["others (2)"]


def test_a_credit_is_marked_and_a_trifle_is_seen() -> None:
    drawing = sankey(NODES, [Link("n0", "n1", 1e6), Link("n2", "n1", -1.0)])
    credit = next(band for band in drawing.bands if band.link.source == "n2")
    assert credit.negative
    assert credit.width == HAIR


def test_nothing_to_draw_and_nobody_known() -> None:
    assert sankey(NODES, []).bands == ()
    with pytest.raises(LookupError):
        sankey(NODES, [Link("n0", "nobody", 1.0)])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.floats(0.001, 1e6)).filter(
            lambda link: link[0] != link[1]
        ),
        min_size=1,
        max_size=25,
    )
)
def test_every_flow_is_drawn_inside_the_drawing(flows: list[tuple[str, str, float]]) -> None:
    links = [Link(*flow) for flow in flows]
    drawing = sankey(NODES, links)
    assert sorted(id(band.link) for band in drawing.bands) == sorted(id(link) for link in links)
    x = boxes(drawing)
    for band in drawing.bands:
        assert band.back or x[band.link.source] < x[band.link.target]
        assert band.width >= HAIR
    for box in drawing.boxes:
        assert 0 <= box.x <= drawing.width
        assert box.y >= 0
        assert box.y + box.height <= drawing.height
    columns: dict[float, list[tuple[float, float]]] = {}
    for box in drawing.boxes:
        columns.setdefault(box.x, []).append((box.y, box.height))
    for column in columns.values():
        column.sort()
        for (y, tall), (below, _) in pairwise(column):
            assert y + tall <= below + 0.02
