"""A cell that holds something, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from lca.cbam.workbook.layout import Column
from lca.findings import Place


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds something. ``kind`` is openpyxl's data type: s, n, d, b, e, f …"""

    sheet: str
    row: int
    ref: str
    value: object
    kind: str
    percent: bool
    column: Column

    def place(self) -> Place:
        """Where it is, for findings."""
        return Place(self.sheet, self.row, self.ref)

    @property
    def shown(self) -> str:
        """Its value as text, short enough for a sentence."""
        text = str(self.value)
        return text if len(text) <= 40 else text[:39] + "…"
