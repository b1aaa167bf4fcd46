"""What a page shows: pieces of text, areas of colour; and the reason why a page is not plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Matrix = tuple[float, float, float, float, float, float]
"""The affine map (a, b, c, d, e, f) of ISO 32000-1, 8.3.3."""
Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class NotPlain(ValueError):
    """A page could show a person something else than its text says, or something that labels do not have.

    ``reason`` is the code of a sentence (``texts.toml``, detail), ``page`` counts from 1, 0 for the document itself.
    """

    def __init__(self, reason: str, page: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.page = reason, page


@dataclass(slots=True)
class Piece:
    """Letters set one after the other on a line, without white space at either end.

    ``left`` and ``right`` are where the first begins and the last ends, ``base`` the line they stand on, ``size`` their
    size, all in points of the page; ``order`` counts marks of the page as they are painted.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    order: int

    @property
    def bottom(self) -> float:
        """A little below the line, so that what merely touches a descender does not count."""
        return self.base - 0.12 * self.size

    @property
    def top(self) -> float:
        """A little below the top of a capital letter."""
        return self.base + 0.62 * self.size


@dataclass(slots=True)
class Area:
    """A rectangle that is painted: its edges in points, how light it is (0 black, 1 white), and when."""

    left: float
    bottom: float
    right: float
    top: float
    light: float
    order: int


def matrix_of(values: Sequence[float]) -> Matrix:
    """Six numbers as a map; raises NotPlain for more or fewer."""
    if len(values) != 6:
        raise NotPlain("page-unusual")
    a, b, c, d, e, f = values
    return a, b, c, d, e, f


def times(first: Matrix, then: Matrix) -> Matrix:
    """The map that does ``first`` and ``then`` the other."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def placed(matrix: Matrix, x: float, y: float) -> Point:
    """Where a point comes to stand."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
