"""The tree cut into tiles that anyone can fetch and keep (C2SP tlog-tiles): 256 hashes side by side of every eighth
level.

Rules
1. Tile ``n`` of level ``l`` holds the hashes of the complete subtrees of ``256^l`` leaves from place ``256 n`` on, 32
   bytes each: 256 of them, or fewer (1 to 255) at the right edge. The levels in between follow from these.
2. A path is ``tile/<l>/<n>``, for fewer hashes with ``.p/<width>``; ``n`` is written in groups of three digits, all but
   the last with an ``x`` before it: 1234067 is ``x001/x234/067``. There is one path for one tile.
3. A tile never changes. One that a tree of the given size does not fill is not there.
4. The entries themselves (``tile/entries/…``) are not served: they hold what belongs to companies.

Example: ``root(size, fetch)`` computes the root from the tiles ``fetch`` gives, for whoever watches the log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from certificates.log import merkle
from certificates.log.merkle import GetNode

HEIGHT = 8
WIDTH = 1 << HEIGHT

_PATH = re.compile(
    r"tile/(0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?\Z"
)


class NotATile(ValueError):
    """This is not the address of a tile, or not the tile of that address."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: its level (0 holds leaves), its place in the level, how many hashes it holds (1 to 256)."""

    level: int
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level < 64 or not 0 <= self.index < 1000**6 or not 1 <= self.width <= WIDTH:
            raise NotATile("A tile has a level of 0 to 63, a place, and 1 to 256 hashes.")

    @property
    def end(self) -> int:
        """The smallest size of a tree that has this tile."""
        return (self.index * WIDTH + self.width) << (HEIGHT * self.level)


def path(tile: Tile) -> str:
    """Rule 2."""
    digits = f"{tile.index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{tile.level}/{place}" + ("" if tile.width == WIDTH else f".p/{tile.width}")


def read_path(text: str) -> Tile:
    """The inverse. Raises NotATile for any other text."""
    match = _PATH.match(text)
    if match is None:
        raise NotATile("Not the path of a tile.")
    tile = Tile(int(match[1]), int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH))
    if path(tile) != text:
        raise NotATile("Not the one path of a tile.")
    return tile


def tiles(size: int) -> Iterator[Tile]:
    """Every tile of a tree of that size, level by level; none for an empty tree."""
    level, there = 0, size
    while there:
        for index in range(there // WIDTH):
            yield Tile(level, index)
        if there % WIDTH:
            yield Tile(level, there // WIDTH, there % WIDTH)
        level, there = level + 1, there // WIDTH


def content(tile: Tile, size: int, get_node: GetNode) -> bytes:
    """The hashes of a tile, joined. Raises NotATile where a tree of that size does not fill it (rule 3)."""
    if tile.end > size:
        raise NotATile(f"A tree of {size} has no such tile.")
    return b"".join(get_node(level, index) for level, index in nodes(tile))


def nodes(tile: Tile) -> tuple[tuple[int, int], ...]:
    """Which nodes of the tree a tile holds, as (level, index) of ``certificates.log.merkle``."""
    first = tile.index * WIDTH
    return tuple((tile.level * HEIGHT, index) for index in range(first, first + tile.width))


def root(size: int, fetch: Callable[[Tile], bytes]) -> bytes:
    """The root of a tree by its tiles. Every hash of a higher level is computed again from the level below.

    Raises NotATile for a tile of another length, or one that does not follow from those below it.
    """
    stored: dict[tuple[int, int], bytes] = {}
    for tile in tiles(size):
        data = fetch(tile)
        if len(data) != 32 * tile.width:
            raise NotATile(f"{path(tile)} has {len(data)} bytes.")
        for place, (level, index) in enumerate(nodes(tile)):
            digest = data[32 * place : 32 * place + 32]
            if stored.setdefault((level, index), digest) != digest:
                raise NotATile(f"{path(tile)} does not follow from the tiles below it.")
            _climb(stored, level, index)
    return merkle.root(size, lambda level, index: stored[level, index])


def _climb(stored: dict[tuple[int, int], bytes], level: int, index: int) -> None:
    """The nodes that one more node completes."""
    while index % 2:
        parent = merkle.node_hash(stored[level, index - 1], stored[level, index])
        level, index = level + 1, index // 2
        if stored.setdefault((level, index), parent) != parent:
            return
