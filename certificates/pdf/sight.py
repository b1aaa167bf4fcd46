"""Whether a page looks as it reads: nothing on top of a text, no text on top of another, and the order of sight.

Rules
1. No area is painted over a text, and none but a light one lies under it; no text is painted over another.
2. Two pieces that touch on a line follow each other in the file as they do to the eye, so that a figure is read as it
   is seen. Pieces further apart are apart: nothing is read across.
"""

from __future__ import annotations

from collections import defaultdict

from certificates.pdf.marks import Area, NotPlain, Piece
from certificates.pdf.objects import Budget

_BAND = 8.0
"""Marks are compared with those in the same strips of the page, so high in points."""
_LIGHT = 0.8
_TOUCH = 0.22
"""Nearer than this part of the smaller size, two pieces touch; a space is at least that wide."""
_OVERLAP = 0.15


def check(pieces: list[Piece], areas: list[Area], budget: Budget) -> None:
    """Raises NotPlain where a page breaks a rule, PdfUnreadable where that is too much to compare."""
    _covered(pieces, areas, budget)
    _ordered(pieces, budget)


def touching(one: Piece, other: Piece) -> bool:
    """True when ``other`` goes on where ``one`` ends, on the same line."""
    size = min(one.size, other.size)
    level = abs(one.base - other.base) < 0.35 * max(one.size, other.size)
    return level and -_OVERLAP * size <= other.left - one.right < _TOUCH * size


def _covered(pieces: list[Piece], areas: list[Area], budget: Budget) -> None:
    """Rule 1 for areas."""
    bands: dict[int, list[Area]] = defaultdict(list)
    for area in areas:
        for band in _bands(area.bottom, area.top, budget):
            bands[band].append(area)
    for piece in pieces:
        for band in _bands(piece.bottom, piece.top, budget):
            budget.work(len(bands.get(band, ())))
            for area in bands.get(band, ()):
                apart = area.left >= piece.right or area.right <= piece.left
                apart = apart or area.bottom >= piece.top or area.top <= piece.bottom
                if not apart and (area.order > piece.order or area.light < _LIGHT):
                    raise NotPlain("page-covered")


def _ordered(pieces: list[Piece], budget: Budget) -> None:
    """Rules 1 and 2 for pieces."""
    bands: dict[int, list[int]] = defaultdict(list)
    for index, piece in enumerate(pieces):
        for band in _bands(piece.bottom, piece.top, budget):
            bands[band].append(index)
    for members in bands.values():
        open_: list[int] = []
        for index in sorted(members, key=lambda one: pieces[one].left):
            piece = pieces[index]
            budget.work(len(open_) + 1)
            open_ = [one for one in open_ if pieces[one].right + pieces[one].size > piece.left]
            for before in open_:
                _pair(pieces, before, index)
            open_.append(index)


def _pair(pieces: list[Piece], before: int, index: int) -> None:
    """``index`` begins right of where ``before`` begins."""
    one, other = pieces[before], pieces[index]
    if one.bottom >= other.top or other.bottom >= one.top:
        return
    size = min(one.size, other.size)
    gap = other.left - one.right
    if gap < -_OVERLAP * size:
        raise NotPlain("page-covered")
    if gap < _TOUCH * size and index != before + 1:
        raise NotPlain("page-order")


def _bands(bottom: float, top: float, budget: Budget) -> range:
    found = range(int(bottom // _BAND), int(top // _BAND) + 1)
    budget.work(len(found))
    return found
