"""The state in which a page is painted (ISO 32000-1, 8.4), as far as labels use it, and what was painted so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from certificates import limits
from certificates.pdf.document import Document
from certificates.pdf.fonts import Font
from certificates.pdf.marks import IDENTITY, Box, Matrix, NotPlain, Piece, Point, placed
from certificates.pdf.objects import Name
from certificates.pdf.paths import Paths

_SAVING = 3
"""Steps that keeping a state is worth."""


@dataclass(slots=True)
class State:
    """The graphics state; a colour is the number of its components and how light it is."""

    matrix: Matrix = IDENTITY
    fill: tuple[int, float] = (1, 0.0)
    stroke: tuple[int, float] = (1, 0.0)
    width: float = 1.0
    font: Font | None = None
    size: float = 0.0
    spacing: float = 0.0
    leading: float = 0.0
    rise: float = 0.0


@dataclass(slots=True)
class Known:
    """Fonts and colour spaces (their number of components) of the file, by the number of their object."""

    fonts: dict[int, Font] = field(default_factory=dict)
    spaces: dict[int, int] = field(default_factory=dict)


class Painter:
    """One page under the brush. ``box`` is what can be seen of it, ``known`` what was read of the file so far."""

    def __init__(self, document: Document, box: Box, known: Known) -> None:
        self.document, self.box, self.known = document, box, known
        self.pieces: list[Piece] = []
        self.paths = Paths(document.budget)
        self.state = State()
        self.resources: dict[str, Any] = {}
        self.order = 0
        self.saved: list[State] = []
        self.spans: list[tuple[str, list[str]] | None] = []
        self.line: Matrix | None = None
        self.text: Matrix = IDENTITY
        self.depth = 0

    def named(self, kind: str, operands: list[Any]) -> Any:
        """The resource that the one operand names; None where there is none."""
        if len(operands) != 1 or not isinstance(operands[0], Name):
            raise NotPlain("page-unusual")
        return self.document.dictionary(self.resources.get(kind), {}).get(str(operands[0]))

    def point(self, x: float, y: float) -> Point:
        """A point of the present units, on the page."""
        return placed(self.state.matrix, x, y)

    def save(self) -> None:
        """Keep the state (q)."""
        if len(self.saved) >= limits.PDF_SAVED_STATES or self.line is not None:
            raise NotPlain("page-unusual")
        self.document.budget.work(_SAVING)
        self.saved.append(replace(self.state))

    def restore(self) -> None:
        """Take back the state kept last (Q)."""
        if not self.saved or self.line is not None:
            raise NotPlain("page-unusual")
        self.state = self.saved.pop()


Counted = dict[str, tuple[Callable[..., None], int]]
"""Operators whose operands are so many numbers."""
Free = dict[str, Callable[[Painter, list[Any]], None]]
"""Operators that look at their operands themselves."""


def setting(name: str) -> Callable[[Painter, float], None]:
    """The operator that sets one number of the state."""

    def change(painter: Painter, value: float) -> None:
        setattr(painter.state, name, value)

    return change
