"""Where the letters of one string stand (ISO 32000-1, 9.4.3, 9.4.4).

Rules
1. Text is upright, undistorted, of a readable size and inside what can be seen of the page.
2. A letter stands behind the one before it: whoever reads along the line reads what the string says. Letters of no
   width are marks on the letter before them and nothing else.
3. A wide gap makes two pieces, so that nothing is taken for one word that does not stand as one.
"""

from __future__ import annotations

import unicodedata

from certificates.pdf.fonts import Font
from certificates.pdf.marks import Box, Matrix, NotPlain, Piece

_LEAST_SIZE = 2.0
_BEHIND = 0.25
"""The part of a letter's width that the next letter leaves free, at least."""
_APART = 1500.0
"""A wider gap between two letters, in thousandths of the size, makes two pieces."""
_SPACE = 150.0
"""A wider one is a space between words."""
_OUTSIDE = 0.5
"""How far a letter may reach over the edge of the page, in points: rounding."""


class Setter:
    """Sets the letters of one string. ``place`` counts from where the string begins, in thousandths of the size."""

    def __init__(self, font: Font, size: float, spacing: float) -> None:
        if size <= 0:
            raise NotPlain("page-hidden")
        self._glyphs, self._size = font.glyphs, size
        self._spacing = spacing * 1000 / size
        self.place = 0.0
        self.text = ""
        self._free, self._end = float("-inf"), 0.0
        self._pieces: list[tuple[list[str], float, float]] = []

    def move(self, thousandths: float) -> None:
        """What follows stands so much further right."""
        self.place += thousandths

    def letters(self, codes: bytes) -> None:
        """Codes of two bytes. Raises NotPlain for one without a text, and by rule 2."""
        if len(codes) % 2:
            raise NotPlain("page-letters")
        shown = []
        for high, low in zip(codes[::2], codes[1::2], strict=True):
            glyph = self._glyphs.get(high << 8 | low)
            if glyph is None:
                raise NotPlain("page-letters")
            shown.append(glyph[0])
            self._letter(*glyph)
        self.text += "".join(shown)

    def _letter(self, text: str, width: float) -> None:
        start = self.place
        self.place += width + self._spacing
        if not text.strip():
            return
        if width <= 0 and not all(unicodedata.combining(one) for one in text):
            raise NotPlain("page-hidden")
        if start < self._free and width > 0:
            raise NotPlain("page-order")
        if not self._pieces or start > self._end + _APART:
            self._pieces.append(([], start, start))
        texts, left, _ = self._pieces[-1]
        if start > self._end + _SPACE and texts:
            texts.append(" ")
        texts.append(text)
        self._pieces[-1] = (texts, left, start + width)
        self._free, self._end = start + _BEHIND * width, start + width

    def pieces(self, matrix: Matrix, box: Box, order: int) -> list[Piece]:
        """What was set, on the page: ``matrix`` leads from the text's units to the page's. Raises NotPlain (rule 1)."""
        a, b, c, d, e, f = matrix
        straight = a > 0 and abs(b) < 0.001 * a and abs(c) < 0.001 * a and abs(a - d) < 0.001 * a
        size = self._size * a
        if self._pieces and (not straight or size < _LEAST_SIZE):
            raise NotPlain("page-hidden")
        made = []
        for texts, left, right in self._pieces:
            piece = Piece("".join(texts), e + left * size / 1000, e + right * size / 1000, f, size, order)
            if (
                piece.left < box[0] - _OUTSIDE
                or piece.right > box[2] + _OUTSIDE
                or piece.bottom < box[1] - _OUTSIDE
                or piece.top > box[3] + _OUTSIDE
            ):
                raise NotPlain("page-hidden")
            made.append(piece)
        return made
