"""The operators of text and of marked content (ISO 32000-1, 9.3, 9.4 and 14.6).

Rules
1. Text is filled, never only outlined or invisible, not stretched, and darker than half; where its letters stand is
   ``pdf.setting``.
2. A text that the file gives beside the letters (ActualText) is the one that the letters have.
3. Nothing stands in a layer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from certificates import limits
from certificates.pdf.fonts import read_font
from certificates.pdf.marks import IDENTITY, NotPlain, matrix_of, times
from certificates.pdf.objects import Name, Reference, String, text_of
from certificates.pdf.painter import Counted, Free, Painter, setting
from certificates.pdf.setting import Setter

_DARK = 0.5


def _begin(painter: Painter) -> None:
    if painter.line is not None:
        raise NotPlain("page-unusual")
    painter.line = painter.text = IDENTITY


def _finish(painter: Painter) -> None:
    painter.line = None


def _font(painter: Painter, operands: list[Any]) -> None:
    if len(operands) != 2 or type(operands[1]) is not float:
        raise NotPlain("page-unusual")
    reference = painter.named("Font", operands[:1])
    if not isinstance(reference, Reference):
        raise NotPlain("page-letters")
    if reference.number not in painter.known.fonts:
        if len(painter.known.fonts) >= limits.PDF_FONTS:
            raise NotPlain("page-letters")
        painter.known.fonts[reference.number] = read_font(painter.document, reference)
    painter.state.font, painter.state.size = painter.known.fonts[reference.number], operands[1]


def _only(usual: float) -> Callable[[Painter, float], None]:
    """An operator that may say nothing but what is so anyway (rule 1)."""

    def check(_: Painter, value: float) -> None:
        if value != usual:
            raise NotPlain("page-hidden")

    return check


def _set_matrix(painter: Painter, *values: float) -> None:
    painter.line = painter.text = matrix_of(values)


def _next(painter: Painter, x: float, y: float) -> None:
    if painter.line is None:
        raise NotPlain("page-unusual")
    painter.line = painter.text = times((1.0, 0.0, 0.0, 1.0, x, y), painter.line)


def _next_leading(painter: Painter, x: float, y: float) -> None:
    painter.state.leading = -y
    _next(painter, x, y)


def _next_line(painter: Painter) -> None:
    _next(painter, 0.0, -painter.state.leading)


def _show(painter: Painter, operands: list[Any]) -> None:
    if len(operands) != 1 or not isinstance(operands[0], bytes):
        raise NotPlain("page-unusual")
    _set(painter, operands)


def _show_apart(painter: Painter, operands: list[Any]) -> None:
    if len(operands) != 1 or not isinstance(operands[0], list):
        raise NotPlain("page-unusual")
    _set(painter, operands[0])


def _show_next(painter: Painter, operands: list[Any]) -> None:
    _next_line(painter)
    _show(painter, operands)


def _show_spaced(painter: Painter, operands: list[Any]) -> None:
    """The operator ": the spacing of words counts for one-byte codes only (9.3.3), and there are none."""
    if len(operands) != 3 or type(operands[1]) is not float:
        raise NotPlain("page-unusual")
    painter.state.spacing = operands[1]
    _show_next(painter, operands[2:])


def _set(painter: Painter, items: list[Any]) -> None:
    """Strings, and numbers that move what follows to the left (9.4.3)."""
    state = painter.state
    if painter.line is None or state.font is None:
        raise NotPlain("page-unusual")
    setter = Setter(state.font, state.size, state.spacing)
    for item in items:
        if type(item) is float:
            setter.move(-item)
        elif isinstance(item, bytes):
            painter.document.budget.work(len(item))
            setter.letters(item)
        else:
            raise NotPlain("page-unusual")
    painter.order += 1
    raised = times((1.0, 0.0, 0.0, 1.0, 0.0, state.rise), painter.text)
    pieces = setter.pieces(times(raised, state.matrix), painter.box, painter.order)
    if pieces and state.fill[1] > _DARK:
        raise NotPlain("page-hidden")
    painter.pieces.extend(pieces)
    for span in painter.spans:
        if span is not None:
            span[1].append(setter.text)
    painter.text = times((1.0, 0.0, 0.0, 1.0, setter.place * state.size / 1000, 0.0), painter.text)


def _mark(painter: Painter, operands: list[Any]) -> None:
    if not 1 <= len(operands) <= 2 or not isinstance(operands[0], Name):
        raise NotPlain("page-unusual")
    if operands[0] == "OC":
        raise NotPlain("page-layer")
    properties = operands[1] if len(operands) == 2 else {}
    if isinstance(properties, Name):
        properties = painter.document.dictionary(painter.named("Properties", [properties]))
    if not isinstance(properties, dict) or len(painter.spans) >= limits.PDF_SAVED_STATES:
        raise NotPlain("page-unusual")
    if properties.get("Type") in ("OCG", "OCMD"):
        raise NotPlain("page-layer")
    told = painter.document.resolve(properties.get("ActualText"))
    painter.spans.append((text_of(told), []) if isinstance(told, String) else None)


def _unmark(painter: Painter) -> None:
    if not painter.spans:
        raise NotPlain("page-unusual")
    span = painter.spans.pop()
    if span is not None and _bare(span[0]) != _bare("".join(span[1])):
        raise NotPlain("page-letters")


def _bare(text: str) -> str:
    """Without what cannot be seen, and without the difference between forms of one letter (Unicode NFKC)."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(
        one for one in normal if not one.isspace() and unicodedata.category(one) not in ("Cf", "Cc")
    )


COUNTED: Counted = {
    "BT": (_begin, 0),
    "ET": (_finish, 0),
    "Tr": (_only(0), 1),
    "Tz": (_only(100), 1),
    "Tc": (setting("spacing"), 1),
    "TL": (setting("leading"), 1),
    "Ts": (setting("rise"), 1),
    "Tm": (_set_matrix, 6),
    "Td": (_next, 2),
    "TD": (_next_leading, 2),
    "T*": (_next_line, 0),
    "EMC": (_unmark, 0),
}
FREE: Free = {
    "Tf": _font,
    "Tj": _show,
    "TJ": _show_apart,
    "'": _show_next,
    '"': _show_spaced,
    "BMC": _mark,
    "BDC": _mark,
}
