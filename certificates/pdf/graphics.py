"""The operators of state, colour and path (ISO 32000-1, 8.4 to 8.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from certificates.pdf.colours import components, light
from certificates.pdf.marks import NotPlain, matrix_of, times
from certificates.pdf.painter import Counted, Free, Painter, setting

_STILL: dict[str, tuple[Any, ...] | None] = {
    "Type": None,
    "CA": (1,),
    "ca": (1,),
    "BM": ("Normal", "Compatible"),
    "SMask": ("None",),
}
"""A graphics state that changes nothing of what is seen; None allows any value."""


def _transform(painter: Painter, *values: float) -> None:
    painter.state.matrix = times(matrix_of(values), painter.state.matrix)


def _graphics(painter: Painter, operands: list[Any]) -> None:
    state = painter.document.dictionary(painter.named("ExtGState", operands))
    for key, value in state.items():
        allowed = _STILL.get(key, ())
        if allowed is not None and painter.document.resolve(value) not in allowed:
            raise NotPlain("page-hidden")


def _space(painter: Painter, operands: list[Any]) -> tuple[int, float]:
    """The black that a space begins with."""
    named = painter.named("ColorSpace", operands)
    return components(painter.document, operands[0], named, painter.known.spaces), 0.0


def _fill_space(painter: Painter, operands: list[Any]) -> None:
    painter.state.fill = _space(painter, operands)


def _stroke_space(painter: Painter, operands: list[Any]) -> None:
    painter.state.stroke = _space(painter, operands)


def _fill_colour(painter: Painter, operands: list[Any]) -> None:
    count = painter.state.fill[0]
    painter.state.fill = count, light(count, operands)


def _stroke_colour(painter: Painter, operands: list[Any]) -> None:
    count = painter.state.stroke[0]
    painter.state.stroke = count, light(count, operands)


def _fill_device(painter: Painter, *values: float) -> None:
    painter.state.fill = len(values), light(len(values), list(values))


def _stroke_device(painter: Painter, *values: float) -> None:
    painter.state.stroke = len(values), light(len(values), list(values))


def _curve(painter: Painter, *values: float) -> None:
    pairs = zip(values[::2], values[1::2], strict=True)
    painter.paths.corner([painter.point(x, y) for x, y in pairs])


def _rectangle(painter: Painter, x: float, y: float, wide: float, high: float) -> None:
    corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
    painter.paths.rectangle([painter.point(*corner) for corner in corners])


def _paint(*, fill: bool = False, stroke: bool = False, close: bool = False) -> Callable[[Painter], None]:
    def paint(painter: Painter) -> None:
        state, paths = painter.state, painter.paths
        painter.order += 1
        if close:
            paths.close()
        if fill:
            paths.fill(state.fill[1], painter.order)
        if stroke:
            scale = max(map(abs, state.matrix[:4]))
            paths.stroke(state.stroke[1], painter.order, state.width * scale)
        paths.end()

    return paint


COUNTED: Counted = {
    "q": (Painter.save, 0),
    "Q": (Painter.restore, 0),
    "cm": (_transform, 6),
    "w": (setting("width"), 1),
    "g": (_fill_device, 1),
    "rg": (_fill_device, 3),
    "G": (_stroke_device, 1),
    "RG": (_stroke_device, 3),
    "m": (lambda painter, x, y: painter.paths.move(painter.point(x, y)), 2),
    "l": (lambda painter, x, y: painter.paths.line(painter.point(x, y)), 2),
    "c": (_curve, 6),
    "v": (_curve, 4),
    "y": (_curve, 4),
    "h": (lambda painter: painter.paths.close(), 0),
    "re": (_rectangle, 4),
    "f": (_paint(fill=True), 0),
    "F": (_paint(fill=True), 0),
    "f*": (_paint(fill=True), 0),
    "S": (_paint(stroke=True), 0),
    "s": (_paint(stroke=True, close=True), 0),
    "B": (_paint(fill=True, stroke=True), 0),
    "B*": (_paint(fill=True, stroke=True), 0),
    "b": (_paint(fill=True, stroke=True, close=True), 0),
    "b*": (_paint(fill=True, stroke=True, close=True), 0),
    "n": (lambda painter: painter.paths.end(), 0),
}
FREE: Free = {
    "gs": _graphics,
    "cs": _fill_space,
    "CS": _stroke_space,
    "sc": _fill_colour,
    "scn": _fill_colour,
    "SC": _stroke_colour,
    "SCN": _stroke_colour,
}
