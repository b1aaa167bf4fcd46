"""From an opened workbook to rows of cells: which sheet is which, where its header stands, what its columns are.

Rules
1. The header is the row, among the first, with most known headers; what stands above it is not read.
2. A header may carry its unit in brackets; another unit than ours is refused, for the figures would be read wrongly.
3. Columns in any order; unknown ones are told and not read. A needed column that is not there is an error.
4. Sums and notes below a table are told and not read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from databases.workbook_parts import FAR_COLUMN, SheetMarks
from lca.cbam.workbook.cell import Cell
from lca.cbam.workbook.cells import is_empty
from lca.cbam.workbook.findings import Findings
from lca.cbam.workbook.layout import MAX_ROWS, Column, Sheet, sheets
from lca.cbam.workbook.texts import clean, is_note, is_total
from lca.cbam.workbook.words import normalise
from lca.findings import Place

HEADER_ROWS = 12
"""The header is looked for in this many first rows."""
UNREAD = frozenset(normalise(name) for name in ("说明", "Read me", "词表", "Words"))
"""Sheets of ours that hold no data."""

_BRACKETS = re.compile(r"^(.*?)\s*[（(]([^（()）]*(?:\([^()]*\)[^（()）]*)*)[)）]\s*$", re.DOTALL)
Raw = tuple[Any, ...]


@dataclass(slots=True)
class Table:
    """One sheet as read: its name in the file, and its records as cells by column key.

    ``blanks`` are, for the installation form, the empty cells of fields whose label is there.
    """

    sheet: Sheet
    name: str
    records: list[dict[str, Cell]] = field(default_factory=list)
    blanks: dict[str, Place] = field(default_factory=dict)


def choose(names: list[str], found: Findings) -> dict[str, str]:
    """Sheet key -> name in the file; a second of the same sort is refused, an unknown one is told."""
    chosen: dict[str, str] = {}
    for name in names:
        form = normalise(name)
        key = next((one.key for one in sheets().values() if form in one.spellings), "")
        if key in chosen:
            found.error("sheet-twice", Place(name), first=chosen[key])
        elif key:
            chosen[key] = name
        elif form not in UNREAD:
            known = {spelling: one for one in sheets().values() for spelling in one.spellings}
            close = difflib.get_close_matches(form, known, n=1, cutoff=0.6)
            near = known[close[0]] if close else None
            if near is None:
                found.note("cbam-book-sheet-unknown", Place(name))
            else:
                found.warning("cbam-book-sheet-near", Place(name), near=f"{near.zh} / {near.en}")
    return chosen


def read_table(sheet: Sheet, name: str, rows: Iterable[Raw], found: Findings) -> tuple[Table, int, set[int]]:
    """The records under the header, the header's row and the numbers of its columns; findings say what is amiss."""
    stream = iter(rows)
    table = Table(sheet, name)
    head = list(islice(stream, HEADER_ROWS))
    position = max(range(len(head)), key=lambda index: len(_matched(sheet, head[index])), default=None)
    if position is None or not any(_filled(row) for row in head):
        return table, 1, set()
    columns = _header(sheet, name, head[position], found)
    at = next((cell.row for cell in head[position] if cell.value is not None), 1)
    if columns is None:
        return table, at, set()
    unknown: dict[str, int] = {}
    for row in chain(head[position + 1 :], stream):
        if len(table.records) >= MAX_ROWS and _filled(row):
            found.error("cbam-book-too-many-rows", Place(name, _filled(row)[0].row), limit=MAX_ROWS)
            break
        _take(table, row, columns, unknown, found)
    _tell_unknown(table, head[position], unknown, found)
    return table, at, set(columns)


def _filled(row: Raw) -> list[Any]:
    return [cell for cell in row if cell.value is not None and str(cell.value).strip()]


def split_unit(header: str) -> tuple[str, str]:
    """A header without what stands in brackets at its end, and what stood there."""
    match = _BRACKETS.match(header)
    return (match.group(1), match.group(2)) if match else (header, "")


def _matched(sheet: Sheet, row: Raw) -> dict[int, Column]:
    """Columns recognised in a row: column number -> column."""
    matched = {}
    for cell in row:
        if isinstance(cell.value, str):
            column = known_as(sheet, cell.value)
            if column is not None:
                matched[cell.column] = column
    return matched


def known_as(sheet: Sheet, header: str) -> Column | None:
    """The column that a header means, with or without its unit."""
    whole = sheet.by_spelling.get(normalise(header))
    return whole or sheet.by_spelling.get(normalise(split_unit(header)[0]))


def _header(sheet: Sheet, name: str, row: Raw, found: Findings) -> dict[int, Column] | None:
    matched = _matched(sheet, row)
    at = next((cell.row for cell in row if cell.value is not None), 1)
    seen: dict[str, str] = {}
    for cell in row:
        column = matched.get(cell.column)
        if column is None:
            continue
        place = Place(name, at, cell.coordinate)
        if column.key in seen:
            found.error("column-twice", place, header=column.both)
        seen[column.key] = cell.coordinate
        check_unit(column, cell.value, place, found)
    missing = [
        column for column in sheet.columns if column.required and not column.groups and column.key not in seen
    ]
    spare = [cell for cell in _filled(row) if isinstance(cell.value, str) and cell.column not in matched]
    for column in missing:
        by_form = {normalise(cell.value): cell for cell in spare}
        close = difflib.get_close_matches(normalise(column.zh), by_form, n=1, cutoff=0.4)
        close = close or difflib.get_close_matches(normalise(column.en), by_form, n=1, cutoff=0.6)
        if close:
            cell = by_form[close[0]]
            place = Place(name, at, cell.coordinate)
            found.error("column-missing-near", place, header=column.both, near=clean(cell.value))
        else:
            found.error("column-missing", Place(name, at), header=column.both)
    return None if missing else matched


def check_unit(column: Column, header: str, place: Place, found: Findings) -> None:
    """Rule 2: a unit in brackets that is not ours is an error."""
    unit = split_unit(header)[1]
    whole = normalise(header) in column.spellings
    if unit and not whole and normalise(unit) not in _units(column):
        found.error("cbam-book-unit", place, header=column.name("zh"), unit=unit, wanted=column.unit or "-")


def _units(column: Column) -> set[str]:
    both = {normalise(column.unit)}
    if column.unit in _UNITS_ZH:
        both |= {normalise(word) for word in _UNITS_ZH[column.unit]}
    return both


_UNITS_ZH = {
    "t": ("吨", "tonnes", "tonne"),
    "MWh": ("兆瓦时", "千度"),
    "TJ": ("太焦",),
    "%": ("百分比", "percent"),
    "h": ("小时", "hours"),
    "min": ("分钟", "minutes"),
    "tCO2e": ("吨CO2e", "吨二氧化碳当量", "tCO2"),
}


def _take(
    table: Table, row: Raw, columns: Mapping[int, Column], unknown: dict[str, int], found: Findings
) -> None:
    cells: dict[str, Cell] = {}
    for raw in _filled(row):
        column = columns.get(raw.column)
        if column is None:
            unknown[raw.column] = unknown.get(raw.column, 0) + 1
            continue
        cell = as_cell(table.name, raw, column)
        if not is_empty(cell):
            cells.setdefault(column.key, cell)
    if cells and not _is_margin(cells, table.name, found):
        table.records.append(cells)


def _is_margin(cells: Mapping[str, Cell], name: str, found: Findings) -> bool:
    """Rule 4."""
    first = next(iter(cells.values()))
    place = Place(name, first.row, first.ref)
    heads = [cell.value for key, cell in cells.items() if key in _HEADS and isinstance(cell.value, str)]
    if any(is_total(head) for head in heads):
        found.warning("row-total", place, text=first.shown)
    elif len(cells) == 1 and isinstance(first.value, str) and is_note(first.value):
        found.warning("row-note", place, text=first.shown)
    else:
        return False
    return True


_HEADS = ("id", "name", "process", "good", "record", "precursor", "origin")


def _tell_unknown(table: Table, header: Raw, unknown: Mapping[Any, int], found: Findings) -> None:
    titles = {cell.column: cell for cell in header}
    for column, count in unknown.items():
        cell = titles.get(column)
        title = clean(str(cell.value)) if cell is not None and cell.value is not None else "?"
        place = Place(
            table.name, cell.row if cell is not None else None, cell.coordinate if cell is not None else ""
        )
        known = [one.both for one in table.sheet.columns]
        close = difflib.get_close_matches(title, known, n=1, cutoff=0.5)
        code = "cbam-book-column-unknown-near" if close else "cbam-book-column-unknown"
        found.note(code, place, header=title[:60], count=count, near=close[0] if close else "")


def as_cell(sheet: str, raw: Any, column: Column) -> Cell:
    """Our cell from openpyxl's."""
    percent = "%" in (raw.number_format or "") and not isinstance(raw.value, str)
    return Cell(sheet, raw.row, raw.coordinate, raw.value, raw.data_type, percent, column)


def report_marks(name: str, header: int, columns: set[int], marks: SheetMarks, found: Findings) -> None:
    """Merged cells in the table are refused; hidden and far-away content is read or not, but told."""
    from openpyxl.utils.cell import get_column_letter, range_boundaries

    for merged in marks.merged:
        try:
            left, _, right, last = range_boundaries(merged)
        except (ValueError, TypeError):
            continue
        if (
            left is None
            or right is None
            or last is None
            or (last >= header and (not columns or columns & set(range(left, right + 1))))
        ):
            found.error("merged-cells", Place(name, header, merged.split(":")[0]), range=merged)
    if marks.hidden_rows:
        rows = ", ".join(map(str, marks.hidden_rows))
        found.warning("rows-hidden", Place(name, marks.hidden_rows[0]), rows=rows)
    if marks.hidden_columns:
        spans = ", ".join(f"{get_column_letter(a)}:{get_column_letter(b)}" for a, b in marks.hidden_columns)
        found.warning("columns-hidden", Place(name), columns=spans)
    if marks.far_cells:
        far = ", ".join(marks.far_cells[:5])
        found.warning("cells-far-away", Place(name, None, marks.far_cells[0]), cells=far, limit=FAR_COLUMN)


def rows_of(book: Any, name: str, last: int) -> Iterator[Raw]:
    """The rows of a sheet, each its cells that hold something."""
    from openpyxl.cell.read_only import EMPTY_CELL

    sheet = book[name]
    sheet.reset_dimensions()  # a declared size may be smaller than the sheet
    before: Any = None
    for row in sheet.iter_rows(max_row=last, max_col=FAR_COLUMN):
        if row is before:
            yield ()  # rows that are not in the file are one and the same empty tuple of cells
        else:
            yield tuple(cell for cell in row if cell is not EMPTY_CELL and cell.value is not None)
        before = row
