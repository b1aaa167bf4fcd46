"""Geometry of the log's tree: its complete subtrees side by side, how they are joined, and one leaf's way to the root.

Rules
1. A complete subtree is as wide as it is high, not as many leaves as it has: 65,536 leaves and the one beside them can
   both be seen. Inside it every node stands over the middle of its leaves. The whole is never higher than wide.
2. Subtrees are joined from the right, as RFC 6962, 2.1 does; the last join is the root.
3. The way of a leaf is its nodes up to the root; beside it stand the hashes of its inclusion proof, one for each step.
4. Up to :data:`DRAWN_WHOLE` leaves every node is drawn, above that only the outline, the way and its proof.

Example: ``picture(7, 6)`` has three subtrees (4, 2 and 1 leaves) and a way of two steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

WIDTH = 640.0
STEP = 52.0
HIGHEST = 340.0
MARGIN = 13.0
GAP = 14.0
DRAWN_WHOLE = 32

Spot = tuple[float, float]
Line = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mountain:
    """A complete subtree: its leaves from ``start`` on, its height, where it stands."""

    start: int
    level: int
    left: float
    width: float
    foot: float
    step: float

    @property
    def leaves(self) -> int:
        """How many leaves it has."""
        return 1 << self.level

    def spot(self, level: int, index: int) -> Spot:
        """Where its node (level, index among its own of that level) stands."""
        middle = (index + 0.5) * (1 << level) / self.leaves
        return round(self.left + middle * self.width, 1), round(self.foot - level * self.step, 1)

    @property
    def top(self) -> Spot:
        """Its uppermost node."""
        return self.spot(self.level, 0)

    @property
    def outline(self) -> str:
        """The points around it, for an SVG polygon: its first and its last node of each level."""
        up = [self.spot(level, 0) for level in range(self.level + 1)]
        down = [self.spot(level, (self.leaves >> level) - 1) for level in range(self.level, -1, -1)]
        return " ".join(f"{x},{y}" for x, y in (*up, *down[1:]))


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to draw: outlines, lines and nodes in the background, the leaf's way, its proof, the root."""

    width: float
    height: float
    mountains: tuple[Mountain, ...]
    lines: tuple[Line, ...]
    nodes: tuple[Spot, ...]
    way: tuple[Line, ...]
    steps: tuple[Spot, ...]
    proof: tuple[Spot, ...]
    root: Spot


def picture(size: int, leaf: int) -> Picture:
    """The tree of ``size`` leaves with the way of ``leaf``. Raises ValueError where there is no such leaf."""
    if not 0 <= leaf < size:
        raise ValueError(f"No leaf {leaf} in a tree of {size}.")
    levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
    rise = levels[-1]
    for level in levels[-2::-1]:
        rise = max(level, rise) + 1
    step = min(STEP, HIGHEST / max(rise, 1))
    foot = MARGIN + rise * step
    mountains = tuple(_mountains(levels, foot, step))
    joins = _joins(mountains)
    root = joins[-1] if joins else mountains[0].top
    way, proof = _way(mountains, joins, leaf)
    inner = tuple(_inner(mountains)) if size <= DRAWN_WHOLE else ()
    return Picture(
        width=WIDTH,
        height=foot + MARGIN,
        mountains=mountains,
        lines=(*inner, *_join_lines(mountains, joins)),
        nodes=tuple(_nodes(mountains)) if size <= DRAWN_WHOLE else tuple(one.top for one in mountains),
        way=tuple((*below, *above) for below, above in pairwise(way)),
        steps=way,
        proof=proof,
        root=root,
    )


def _mountains(levels: list[int], foot: float, step: float) -> Iterator[Mountain]:
    """Rule 1."""
    room = WIDTH - 2 * MARGIN - GAP * (len(levels) - 1)
    shares = sum(levels) + len(levels)
    left, start = MARGIN, 0
    for level in levels:
        width = room * (level + 1) / shares
        yield Mountain(start, level, left, width, foot, step)
        left, start = left + width + GAP, start + (1 << level)


def _joins(mountains: tuple[Mountain, ...]) -> list[Spot]:
    """Rule 2: the nodes over the tops, the lowest first."""
    joins: list[Spot] = []
    right = mountains[-1].top
    for mountain in reversed(mountains[:-1]):
        x, y = mountain.top
        right = round((x + right[0]) / 2, 1), round(min(y, right[1]) - mountain.step, 1)
        joins.append(right)
    return joins


def _join_lines(mountains: tuple[Mountain, ...], joins: list[Spot]) -> Iterator[Line]:
    right = mountains[-1].top
    for mountain, join in zip(reversed(mountains[:-1]), joins, strict=True):
        yield (*mountain.top, *join)
        yield (*right, *join)
        right = join


def _way(
    mountains: tuple[Mountain, ...], joins: list[Spot], leaf: int
) -> tuple[tuple[Spot, ...], tuple[Spot, ...]]:
    """Rule 3: the nodes of the way from the leaf to the root, and those of the proof."""
    place = max(number for number, one in enumerate(mountains) if one.start <= leaf)
    own = mountains[place]
    offset = leaf - own.start
    way = [own.spot(level, offset >> level) for level in range(own.level + 1)]
    proof = [own.spot(level, offset >> level ^ 1) for level in range(own.level)]
    from_right = len(mountains) - 1 - place
    if from_right:  # what is to the right of it is one hash: the join over it, or the last subtree's top
        proof.append(joins[from_right - 2] if from_right > 1 else mountains[-1].top)
    for number in range(max(from_right - 1, 0), len(joins)):
        way.append(joins[number])
    for mountain in reversed(mountains[:place]):
        proof.append(mountain.top)
    return tuple(way), tuple(proof)


def _nodes(mountains: tuple[Mountain, ...]) -> Iterator[Spot]:
    for one in mountains:
        for level in range(one.level + 1):
            yield from (one.spot(level, index) for index in range(one.leaves >> level))


def _inner(mountains: tuple[Mountain, ...]) -> Iterator[Line]:
    for one in mountains:
        for level in range(one.level):
            for index in range(one.leaves >> level):
                yield (*one.spot(level, index), *one.spot(level + 1, index // 2))
