"""The text of a document as a person sees it, page by page: from the signed pages, by this reader alone.

Rules
1. A document is read only when it is plain: nothing in it hides, moves or replaces what is seen (``catalogue``,
   ``pages``, ``painting``, ``sight`` each refuse their part). There is no text of a document that is not plain.
2. The text is that of the letters, in the order in which the file sets them, which on a plain page is the order in
   which they are seen; where two pieces do not touch, there is a break.
3. The budget of the file bounds all of it.

What the letters look like is not read: see docs/decisions/0015-printed-values.md.

Example: ``read(document).lines`` gives ``("产品碳足迹标签", "Product Carbon Footprint Label", …)``.
"""

from __future__ import annotations

from dataclasses import dataclass

from certificates.pdf import catalogue, sight
from certificates.pdf.document import Document
from certificates.pdf.marks import NotPlain, Piece
from certificates.pdf.pages import pages
from certificates.pdf.painter import Known, Painter
from certificates.pdf.painting import run


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces that touch, as one text; ``page`` counts from 1."""

    text: str
    page: int
    left: float
    right: float
    base: float
    size: float


@dataclass(frozen=True, slots=True)
class Printed:
    """What a document shows: its lines in the order of reading, its links, its pages and its language."""

    lines: tuple[Line, ...]
    links: tuple[str, ...]
    pages: int
    language: str


def read(document: Document) -> Printed:
    """What a plain document shows. Raises NotPlain for one that is not (rule 1), PdfUnreadable."""
    catalogue.check(document)
    known = Known()
    lines: list[Line] = []
    links: list[str] = []
    count = 0
    for count, page in enumerate(pages(document), 1):
        painter = Painter(document, page.box, known)
        try:
            run(painter, page.content, page.resources)
            sight.check(painter.pieces, painter.paths.areas, document.budget)
        except NotPlain as problem:
            raise NotPlain(problem.reason, count) from problem
        lines.extend(_lines(painter.pieces, count))
        links.extend(page.links)
    return Printed(tuple(lines), tuple(links), count, catalogue.language(document))


def _lines(pieces: list[Piece], page: int) -> list[Line]:
    made: list[list[Piece]] = []
    for piece in pieces:
        if made and sight.touching(made[-1][-1], piece):
            made[-1].append(piece)
        else:
            made.append([piece])
    return [_line(members, page) for members in made]


def _line(members: list[Piece], page: int) -> Line:
    first, text = members[0], "".join(piece.text for piece in members)
    return Line(text, page, first.left, members[-1].right, first.base, max(piece.size for piece in members))
