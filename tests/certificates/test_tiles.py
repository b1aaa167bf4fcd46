"""C2SP tlog-tiles: paths, partial tiles, and the root computed again from tiles alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logmaking import MemoryLog, log_of

from certificates.log import merkle, tiles
from certificates.log.tiles import NotATile, Tile

LOG = log_of(1300)


def content(tile: Tile, size: int, log: MemoryLog = LOG) -> bytes:
    return tiles.content(tile, size, log.get)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 5, 1), "tile/0/005.p/1"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 999, 255), "tile/0/999.p/255"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(63, 0, 17), "tile/63/000.p/17"),
    ],
)
def test_paths_as_the_specification_writes_them(tile, path):
    assert tiles.path(tile) == path
    assert tiles.read_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/067",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/\uff10\uff10\uff10",
        "tile/entries/000",
        "tile/0/x001/x001/x001/x001/x001/x001/001",
        "/tile/0/000",
    ],
)
def test_other_paths_are_refused(path):
    with pytest.raises(NotATile):
        tiles.read_path(path)


@given(st.integers(0, 63), st.integers(0, 10**18 - 1), st.integers(1, 256))
def test_every_tile_has_one_path(level, index, width):
    tile = Tile(level, index, width)
    assert tiles.read_path(tiles.path(tile)) == tile


@pytest.mark.parametrize(
    ("level", "index", "width"), [(64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_there_is_no_such_tile(level, index, width):
    with pytest.raises(NotATile):
        Tile(level, index, width)


def test_the_tiles_of_seventy_thousand():
    """The example of the specification."""
    found = list(tiles.tiles(70_000))
    assert sum(tile.level == 0 and tile.width == 256 for tile in found) == 273
    assert [tile for tile in found if tile.width < 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert Tile(1, 0) in found and len(found) == 273 + 1 + 3
    assert list(tiles.tiles(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles.tiles(0)) == []


def test_a_hash_of_level_one_is_the_root_of_a_full_tile():
    below = log_of(256)
    assert content(Tile(1, 0, 1), 256) == below.root(256)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 1300))
def test_the_tiles_give_the_root(size):
    assert tiles.root(size, lambda tile: content(tile, size)) == LOG.root(size)


def test_of_an_empty_tree_there_is_the_root_of_nothing():
    assert tiles.root(0, lambda tile: b"") == merkle.EMPTY_ROOT


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_tile_gives_another_root_or_is_refused(data):
    size = data.draw(st.sampled_from([1, 255, 256, 257, 700, 1024, 1300]))
    wrong = data.draw(st.sampled_from(list(tiles.tiles(size))))
    place = data.draw(st.integers(0, 32 * wrong.width - 1))

    def fetch(tile: Tile) -> bytes:
        given = bytearray(content(tile, size))
        if tile == wrong:
            given[place] ^= 1
        return bytes(given)

    try:
        assert tiles.root(size, fetch) != LOG.root(size)
    except NotATile:
        assert size >= 256


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"x", lambda data: b""])
def test_a_tile_of_another_length_is_refused(change):
    with pytest.raises(NotATile):
        tiles.root(300, lambda tile: change(content(tile, 300)))


@pytest.mark.parametrize(
    ("tile", "size"),
    [(Tile(0, 0, 11), 10), (Tile(0, 0), 255), (Tile(1, 0, 1), 255), (Tile(0, 5), 1300), (Tile(2, 0), 1300)],
)
def test_a_tile_that_the_tree_does_not_fill_is_not_there(tile, size):
    with pytest.raises(NotATile):
        content(tile, size)
