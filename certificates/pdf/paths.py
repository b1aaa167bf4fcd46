"""The lines and areas that a page paints: rules, boxes, bars and the QR code, and nothing that could be letters.

Rules
1. Lines run along the page's edges; the only curves are the rounded corners of boxes, a few points wide and few.
2. A painted path has few parts; only the code, a square, has many.
3. What is painted is kept as rectangles, so that whoever compares them with the text sees what covers what.
"""

from __future__ import annotations

from itertools import pairwise

from certificates.pdf.marks import Area, NotPlain, Point
from certificates.pdf.objects import Budget

_ALONG = 0.02
"""How far a line may be from running along an edge, in points."""
_CORNER = 6.0
"""How wide a rounded corner may be, in points."""
_CORNERS = 64
_PARTS, _CODE_PARTS = 8, 20_000
_CODE_SIDE = 140.0
"""The side of the QR code, at most, in points."""


class Paths:
    """The path under construction on one page, and the areas painted so far."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.areas: list[Area] = []
        self._corners = 0
        self._clear()

    def _clear(self) -> None:
        self._parts: list[list[Point]] = []

    def move(self, point: Point) -> None:
        """A new part begins (m)."""
        self._parts.append([point])
        self.budget.work(1)
        if len(self._parts) > _CODE_PARTS:
            raise NotPlain("page-drawing")

    def line(self, point: Point) -> None:
        """A line to a point (l)."""
        part = self._part()
        self._along(part[-1], point)
        part.append(point)
        self.budget.work(1)

    def corner(self, points: list[Point]) -> None:
        """A curve to the last of its points (c, v, y): rule 1."""
        part = self._part()
        xs, ys = zip(part[-1], *points, strict=True)
        self._corners += 1
        if max(xs) - min(xs) > _CORNER or max(ys) - min(ys) > _CORNER or self._corners > _CORNERS:
            raise NotPlain("page-drawing")
        part.append(points[-1])

    def close(self) -> None:
        """Back to where the part began (h)."""
        part = self._part()
        self._along(part[-1], part[0])
        part.append(part[0])

    def rectangle(self, corners: list[Point]) -> None:
        """A rectangle by its four corners (re)."""
        self.move(corners[0])
        for point in corners[1:]:
            self.line(point)
        self.close()

    def end(self) -> None:
        """The path is painted not at all (n)."""
        self._clear()

    def fill(self, light: float, order: int) -> None:
        """The path is filled (f, f*, B, B*)."""
        boxes = []
        for part in self._parts:
            self._along(part[-1], part[0])  # a part that is filled is closed
            boxes.append(_box(part))
        if not boxes:
            return
        whole = (
            min(box[0] for box in boxes), min(box[1] for box in boxes),
            max(box[2] for box in boxes), max(box[3] for box in boxes),
        )  # fmt: skip
        wide, high = whole[2] - whole[0], whole[3] - whole[1]
        square = abs(wide - high) <= 0.02 * max(wide, high) and wide <= _CODE_SIDE
        if len(boxes) > _PARTS and not square:
            raise NotPlain("page-drawing")
        self.areas.append(Area(*whole, light, order))

    def stroke(self, light: float, order: int, width: float) -> None:
        """The path is drawn as lines (S, s, B, B*): each is an area as wide as the line."""
        half = width / 2
        for part in self._parts:
            for start, stop in pairwise(part):
                left, bottom, right, top = _box([start, stop])
                self.areas.append(Area(left - half, bottom - half, right + half, top + half, light, order))
                self.budget.work(1)

    def _part(self) -> list[Point]:
        if not self._parts:
            raise NotPlain("page-drawing")
        return self._parts[-1]

    @staticmethod
    def _along(start: Point, stop: Point) -> None:
        if min(abs(start[0] - stop[0]), abs(start[1] - stop[1])) > _ALONG:
            raise NotPlain("page-drawing")


def _box(points: list[Point]) -> tuple[float, float, float, float]:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
