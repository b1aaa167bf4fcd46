"""Rows of a table that are no data: totals, and the notes and signatures below.

Rules
1. A row whose number or name is a word for a sum is a total, whatever else it holds: it is never a line, or
   its amounts would count twice. It is told.
2. A row that begins with a word for notes or signatures, and states no amount and no choice, is a note. It is
   told.
3. A row with data below a grand total is read and refused: nobody can say whether the total includes it.
   Subtotals may stand anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lca.bom.cells import Cell, Findings
from lca.bom.columns import Form
from lca.bom.words import normalise
from lca.findings import Place

_SUBTOTALS = frozenset({"小计", "本页小计", "subtotal", "subtotals"})
_TOTALS = _SUBTOTALS | frozenset(
    {"合计", "总计", "共计", "总和", "累计", "本页合计", "合计数", "total", "totals", "grandtotal", "sum"}
)
_NOTE = re.compile(
    r"(备注|注|说明|制表|填表|填报|编制|审核|复核|批准|校对|负责人|日期|note|remark|prepared by|checked by"
    r"|approved by|date)s?\s*(人|日期|单位|\d)?\s*([:：]|$)",
    re.IGNORECASE,
)
_NAMES = ("number", "line", "process", "name")


@dataclass(slots=True)
class Margins:
    """What was recognised so far in one sheet. ``rows`` are the rows left out."""

    sheet: str
    found: Findings
    rows: set[int] = field(default_factory=set)
    total_row: int = 0

    def holds(self, cells: dict[str, Cell]) -> bool:
        """True when a row's cells are a total or a note (rules 1 and 2); tells it, and rule 3."""
        first = next(iter(cells.values()))
        place = Place(self.sheet, first.row, first.ref)
        words = {_word(cells[key]) for key in _NAMES if key in cells}
        if words & _TOTALS:
            self.found.warning("row-total", place, text=first.shown)
            if not words & _SUBTOTALS:
                self.total_row = self.total_row or first.row
        elif _is_note(cells, first):
            self.found.warning("row-note", place, text=first.shown)
        else:
            if self.total_row:
                self.found.error("row-below-total", place, total=self.total_row)
            return False
        self.rows.add(first.row)
        return True


def _word(cell: Cell) -> str:
    return normalise(cell.value) if isinstance(cell.value, str) else ""


def _is_note(cells: dict[str, Cell], first: Cell) -> bool:
    stated = any(cell.column.form is not Form.TEXT for cell in cells.values())
    return not stated and isinstance(first.value, str) and _NOTE.match(first.value.strip()) is not None
