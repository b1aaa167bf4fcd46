"""The picture of the tree: the way it draws has the steps of the proof, and everything is within the frame."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.log import merkle
from service.web.log_picture import DRAWN_WHOLE, MARGIN, picture


def proof_length(size: int, leaf: int) -> int:
    return len(merkle.inclusion_proof(leaf, size, lambda level, index: bytes(32)))


@given(st.integers(1, 300_000), st.data())
def test_the_way_is_that_of_the_inclusion_proof(size, data):
    leaf = data.draw(st.integers(0, size - 1))
    drawn = picture(size, leaf)
    assert len(drawn.proof) == proof_length(size, leaf) == len(drawn.way)
    assert drawn.steps[-1] == drawn.root
    heights = [y for _, y in drawn.steps]
    assert heights == sorted(heights, reverse=True)
    assert sum(one.leaves for one in drawn.mountains) == size
    for x, y in (*drawn.steps, *drawn.proof, *drawn.nodes):
        assert MARGIN - 1 <= x <= drawn.width - MARGIN + 1 and MARGIN - 1 <= y <= drawn.height - MARGIN + 1


def test_a_small_tree_has_every_node():
    seven = picture(7, 6)
    assert [one.leaves for one in seven.mountains] == [4, 2, 1]
    assert len(seven.nodes) == 7 + 3 + 1 and len(seven.lines) == 4 + 2 + 2 + 2 + 2
    assert len(seven.way) == 2
    assert len(picture(DRAWN_WHOLE + 1, 0).nodes) == 2


@pytest.mark.parametrize(("size", "leaf"), [(0, 0), (3, 3), (3, -1)])
def test_there_is_no_such_leaf(size, leaf):
    with pytest.raises(ValueError, match="No leaf"):
        picture(size, leaf)
