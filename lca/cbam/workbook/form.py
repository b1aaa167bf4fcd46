"""The installation sheet: one field a row, the label in one column, the value in the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from lca.cbam.workbook.cell import Cell
from lca.cbam.workbook.cells import is_empty
from lca.cbam.workbook.findings import Findings
from lca.cbam.workbook.layout import sheets
from lca.cbam.workbook.tables import Raw, Table, as_cell, check_unit, known_as
from lca.cbam.workbook.words import normalise
from lca.findings import Place

MAX_FORM_ROWS = 300
_HEADERS = frozenset(normalise(word) for word in ("项目", "Item"))


def read_form(name: str, rows: Iterable[Raw], found: Findings) -> Table:
    """One record: cells by field key. Fields that are there twice are errors, unknown ones are told."""
    from openpyxl.utils.cell import get_column_letter

    sheet = sheets()["installation"]
    read = list(islice(rows, MAX_FORM_ROWS))
    labels = _label_column(read)
    cells: dict[str, Cell] = {}
    blanks: dict[str, Place] = {}
    for row in read:
        by_column = {cell.column: cell for cell in row if str(cell.value).strip()}
        label, value = by_column.get(labels), by_column.get(labels + 1)
        if label is None:
            continue
        place = Place(name, label.row, label.coordinate)
        column = known_as(sheet, str(label.value))
        if column is None:
            if value is not None and normalise(str(label.value)) not in _HEADERS:
                found.note("cbam-book-field-unknown", place, label=str(label.value)[:60])
            continue
        if column.key in blanks:
            found.error("cbam-book-field-twice", place, header=column.both)
        blanks[column.key] = Place(name, label.row, f"{get_column_letter(labels + 1)}{label.row}")
        check_unit(column, str(label.value), place, found)
        cell = as_cell(name, value, column) if value is not None else None
        if cell is not None and not is_empty(cell):
            cells.setdefault(column.key, cell)
    return Table(sheet, name, [cells], blanks)


def _label_column(rows: Iterable[Raw]) -> int:
    """The column with most known labels, the first of equals; 1 where there are none."""
    sheet = sheets()["installation"]
    known: Counter[Any] = Counter(
        cell.column
        for row in rows
        for cell in row
        if isinstance(cell.value, str) and known_as(sheet, cell.value) is not None
    )
    return max(sorted(known), key=lambda column: known[column], default=1)
