"""The tree in memory grows as the log does, and a bundle in hand is verified as the file it packs to."""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelmaking import label, report

from certificates import knowledge
from certificates.bundle import unpack
from certificates.canonical import parse
from certificates.knowledge import LeafTree
from certificates.log import merkle


def leaves(number: int) -> list[bytes]:
    return [hashlib.sha256(b"%d" % one).digest() for one in range(number)]


def tree_of(found: list[bytes]) -> dict[tuple[int, int], bytes]:
    """The nodes as ``merkle.append`` makes them, leaf by leaf."""
    nodes: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        return nodes[level, index]

    for size, leaf in enumerate(found):
        nodes.update({(level, index): digest for level, index, digest in merkle.append(size, node, leaf)})
    return nodes


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 70), min_size=1, max_size=8), st.booleans())
def test_however_it_grew_it_is_the_same_tree(steps, asked):
    found = leaves(1 + sum(steps))
    tree, nodes, size = LeafTree(found[0]), tree_of(found), 1
    for step in steps:
        if asked:  # places are ordered already
            assert tree.index(found[0]) == 0
        tree.extend(b"".join(found[size : size + step]))
        size += step
        assert tree.size == size
        assert tree.root(size) == merkle.root(size, lambda level, index: nodes[level, index])
    assert {place: tree.index(leaf) for place, leaf in enumerate(found)} == dict(enumerate(range(size)))
    assert all(tree.node(*at) == digest for at, digest in nodes.items())
    assert tree.index(bytes(32)) is None


def test_places_are_ordered_anew_when_many_came_later(monkeypatch):
    monkeypatch.setattr(knowledge, "_LATER", 2)
    found = leaves(40)
    tree = LeafTree(found[0])
    for size, leaf in enumerate(found[1:], 1):
        assert tree.index(leaf) is None
        tree.extend(leaf)
        assert tree.index(leaf) == size and tree.index(found[size // 2]) == size // 2
    tree.extend(found[3])
    assert tree.index(found[3]) == 3, "the first place of a leaf that stands twice"


def test_what_is_no_whole_leaf_and_what_is_beyond_it():
    tree = LeafTree(b"".join(leaves(5)))
    for part in (b"x", b"x" * 33):
        with pytest.raises(ValueError, match="32 bytes"):
            tree.extend(part)
    with pytest.raises(ValueError, match="at least one"):
        LeafTree(b"")
    for beyond in ((0, 5), (0, -1), (1, 2), (3, 0), (-1, 0)):
        with pytest.raises(KeyError):
            tree.node(*beyond)


def test_it_is_read_while_it_grows():
    found = leaves(3000)
    tree, wrong = LeafTree(b"".join(found[:10])), []
    roots = {size: LeafTree(b"".join(found[:size])).root(size) for size in range(1, 11)}

    def ask() -> None:
        for _ in range(150):
            for size, root in roots.items():
                if tree.root(size) != root or tree.index(found[size - 1]) != size - 1:
                    wrong.append(size)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    for leaf in found[10:]:
        tree.extend(leaf)
    for thread in asking:
        thread.join()
    assert not wrong and tree.index(found[-1]) == 2999


@pytest.mark.parametrize(
    "changed", [{}, {"proof": "x"}, {"credential": "a.b.c"}, {"issuer": {"id": "did:web:other.invalid"}}]
)
def test_a_bundle_in_hand_is_verified_as_its_file(changed):
    data = label().packed(**changed)
    in_hand = unpack(parse(data, numbers=True))
    assert isinstance(report(data).at, datetime)
    assert report(in_hand) == report(data)
    assert report(data).valid is not bool(changed)
