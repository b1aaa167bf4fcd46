"""What the instructions of a page paint (ISO 32000-1, 8 and 9): pieces of text and areas, in their order.

Rules
1. Instructions are those that the typesetter of labels writes and their plain relatives. Clipping, pictures, shadings,
   patterns, blending and everything else could hide or fake a text, and is refused.
2. A form lies in no layer and blends with nothing; what it shows is what the page shows.
"""

from __future__ import annotations

from typing import Any

from certificates import limits
from certificates.pdf import graphics, lettering
from certificates.pdf.marks import Box, NotPlain, Point, matrix_of, times
from certificates.pdf.objects import Reference
from certificates.pdf.painter import Painter
from certificates.pdf.tokens import instructions

_COUNTED = graphics.COUNTED | lettering.COUNTED
_FREE = graphics.FREE | lettering.FREE
_IGNORED = {"J", "j", "M", "i", "ri", "Tw", "MP", "DP"}
"""Nothing of what they set changes what a text reads; dashes (d) do not occur."""
_REFUSED = {"W": "page-hidden", "W*": "page-hidden", "BI": "page-picture", "sh": "page-picture"}
_FORM = {"Type", "Subtype", "FormType", "BBox", "Matrix", "Resources", "Length", "Filter", "StructParents"}


def run(painter: Painter, data: bytes, resources: dict[str, Any]) -> None:
    """Paint ``data``, whose names stand in ``resources``. Raises NotPlain, PdfUnreadable."""
    spaces = painter.document.dictionary(resources.get("ColorSpace"), {})
    if any(
        name.startswith("Default") for name in spaces
    ):  # would give the device's colours another meaning (8.6.5.6)
        raise NotPlain("page-colour")
    outer, painter.resources = painter.resources, resources
    saved, spans = len(painter.saved), len(painter.spans)
    for operator, operands in instructions(data, painter.document.budget):
        _one(painter, operator, operands)
    if (len(painter.saved), len(painter.spans), painter.line) != (saved, spans, None):
        raise NotPlain("page-unusual")
    painter.resources = outer


def _one(painter: Painter, operator: str, operands: list[Any]) -> None:
    counted, free = _COUNTED.get(operator), _FREE.get(operator)
    if counted is not None:
        method, count = counted
        if len(operands) != count or not all(type(one) is float for one in operands):
            raise NotPlain("page-unusual")
        method(painter, *operands)
    elif free is not None:
        free(painter, operands)
    elif operator == "Do":
        _form(painter, operands)
    elif operator not in _IGNORED:
        raise NotPlain(_REFUSED.get(operator, "page-unusual"))


def _form(painter: Painter, operands: list[Any]) -> None:
    reference = painter.named("XObject", operands)
    document = painter.document
    form = document.dictionary(reference)
    if form.get("Subtype") != "Form":
        raise NotPlain("page-picture")
    if "OC" in form:
        raise NotPlain("page-layer")
    if (
        not isinstance(reference, Reference)
        or painter.depth >= limits.PDF_FORM_DEPTH
        or not set(form) <= _FORM
    ):
        raise NotPlain("page-unusual")
    box, matrix = (_numbers(document.resolve(form.get(key))) for key in ("BBox", "Matrix"))
    painter.save()
    if matrix:
        painter.state.matrix = times(matrix_of(matrix), painter.state.matrix)
    left, bottom, right, top = _exactly(box, 4)
    outer, painter.box = (
        painter.box,
        _within(painter.box, painter.point(left, bottom), painter.point(right, top)),
    )
    painter.depth += 1
    run(painter, document.content(reference), document.dictionary(form.get("Resources"), {}))
    painter.depth -= 1
    painter.box = outer
    painter.restore()


def _numbers(values: Any) -> list[float]:
    found = values if isinstance(values, list) else []
    return [float(value) for value in found if type(value) in (int, float)]


def _exactly(values: list[float], count: int) -> list[float]:
    if len(values) != count:
        raise NotPlain("page-unusual")
    return values


def _within(box: Box, one: Point, other: Point) -> Box:
    """What of the rectangle between two corners lies in ``box``."""
    (x1, x2), (y1, y2) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    return max(box[0], x1), max(box[1], y1), min(box[2], x2), min(box[3], y2)
