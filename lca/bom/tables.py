"""From an opened workbook to tables: which sheet is which, where its header stands, its cells by column."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from databases.workbook_parts import FAR_COLUMN, SheetMarks
from lca.bom.cells import Cell, Findings
from lca.bom.columns import MAX_ROWS, Column, Sheet, sheets
from lca.bom.margins import Margins
from lca.bom.words import normalise
from lca.findings import Place

HEADER_ROWS = 12
"""The header is looked for in this many first rows."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row with something in it: its cells by column key."""

    sheet: str
    row: int
    cells: dict[str, Cell]

    def place(self, line: str = "") -> Place:
        """The row, for findings that concern no single cell."""
        return Place(self.sheet, self.row, "", line)


@dataclass(slots=True)
class Table:
    """The records of one sheet; ``extra`` holds (cell and header, text) of columns we do not know."""

    sheet: str
    records: list[Record] = field(default_factory=list)
    extra: list[tuple[str, str]] = field(default_factory=list)


Raw = tuple[Any, ...]


def choose_sheets(names: list[str], peek: Callable[[str], list[Raw]], found: Findings) -> dict[str, str]:
    """Sheet key -> name in the file. A missing sheet gets the sheet with the likest headers suggested.

    The transport sheet may be missing, which is told; the others may not. A further sheet that looks like one
    of them is told too: it is not read.
    """
    chosen: dict[str, str] = {}
    suggested: set[str] = set()
    for sheet in sheets().values():
        matches = [name for name in names if normalise(name) in sheet.spellings()]
        if matches:
            chosen[sheet.key] = matches[0]
        for double in matches[1:]:
            suggested.add(double)
            found.error("sheet-twice", Place(double), first=matches[0])
    for sheet in sheets().values():
        if sheet.key in chosen:
            continue
        spare = [name for name in names if name not in chosen.values()]
        likest = max(spare, key=lambda name: _likeness(sheet, peek(name)), default="")
        near = likest if likest and _likeness(sheet, peek(likest)) >= 0.5 else ""
        if sheet.key == "transport" and not near:
            found.warning("transport-missing", Place(), wanted=sheet.name)
            continue
        suggested.add(near)
        found.error(
            "sheet-missing-near" if near else "sheet-missing",
            Place(near),
            wanted=sheet.name,
            present="、".join(names),
            near=near,
        )
    for name in names:
        if name not in suggested | set(chosen.values()):
            like = [sheet.name for sheet in sheets().values() if _likeness(sheet, peek(name)) >= 0.8]
            if like:
                found.warning("sheet-unread", Place(name), like=like[0])
    return chosen


def _likeness(sheet: Sheet, rows: list[Raw]) -> float:
    """Share of the required columns (or form rows) that the first rows of a sheet show."""
    wanted = [column for column in sheet.columns if column.required]
    seen = {normalise(str(cell.value)) for row in rows for cell in row if cell.value is not None}
    return sum(1 for column in wanted if column.spellings() & seen) / len(wanted)


def read_table(
    sheet: Sheet, name: str, rows: Iterable[Raw], marks: SheetMarks, found: Findings
) -> Table | None:
    """The records under the header; None, with findings, when a required column is not there."""
    stream = iter(rows)
    head: list[Raw] = []
    for row in stream:
        head.append(row)
        if len(head) == HEADER_ROWS:
            break
    filled = [index for index, row in enumerate(head) if _filled(row)]
    if not filled:
        found.error("sheet-empty", Place(name))
        return None
    position = max(filled, key=lambda index: len(_match(sheet, head[index])))
    columns = _header(sheet, name, head[position], found)
    header_row = next(cell.row for cell in head[position] if cell.value is not None)
    if columns is None:
        report_marks(name, header_row, marks, found)
        return None
    table, margins = Table(name), Margins(name, found)
    for row in _chain(head[position + 1 :], stream):
        if len(table.records) >= MAX_ROWS and _filled(row):
            found.error("too-many-rows", Place(name, _filled(row)[0].row), limit=MAX_ROWS)
            break
        _take(table, row, columns, head[position], margins)
    report_marks(name, header_row, marks, found, columns, margins.rows)
    if table.extra:
        names = sorted({key.split(" ", 1)[1] for key, _ in table.extra})
        found.warning(
            "column-unknown", Place(name, header_row), headers="、".join(names), count=len(table.extra)
        )
    return table


def _chain(first: list[Raw], rest: Iterator[Raw]) -> Iterator[Raw]:
    yield from first
    yield from rest


def _filled(row: Raw) -> list[Any]:
    return [cell for cell in row if cell.value is not None and str(cell.value).strip()]


def _match(sheet: Sheet, row: Raw) -> dict[int, Column]:
    """Columns recognised in a row: column number -> column."""
    spellings = sheet.by_spelling()
    texts = ((cell.column, normalise(cell.value)) for cell in row if isinstance(cell.value, str))
    return {number: spellings[form] for number, form in texts if form in spellings}


def _header(sheet: Sheet, name: str, row: Raw, found: Findings) -> dict[int, Column] | None:
    matched = _match(sheet, row)
    at = next((cell.row for cell in row if cell.value is not None), 1)
    seen: set[str] = set()
    for number, column in matched.items():
        if column.key in seen:
            found.error("column-twice", Place(name, at, f"{letters(number)}{at}"), header=column.header)
        seen.add(column.key)
    spare = {
        normalise(cell.value): cell
        for cell in row
        if isinstance(cell.value, str) and cell.column not in matched
    }
    missing = [column for column in sheet.columns if column.required and column.key not in seen]
    for column in missing:
        close = difflib.get_close_matches(normalise(column.zh), list(spare), n=1, cutoff=0.4)
        close = close or difflib.get_close_matches(normalise(column.en), list(spare), n=1, cutoff=0.6)
        if close:
            cell = spare[close[0]]
            found.error(
                "column-missing-near", Place(name, at, cell.coordinate), header=column.header, near=cell.value
            )
        else:
            found.error("column-missing", Place(name, at), header=column.header)
    return None if missing else matched


def _take(table: Table, row: Raw, columns: dict[int, Column], header: Raw, margins: Margins) -> None:
    cells: dict[str, Cell] = {}
    extra: list[tuple[str, str]] = []
    for raw in _filled(row):
        column = columns.get(raw.column)
        if column is not None:
            cells.setdefault(column.key, make_cell(table.sheet, raw, column))
        else:
            title = next((str(h.value).strip() for h in header if h.value and h.column == raw.column), "?")
            extra.append((f"{table.sheet}!{raw.coordinate} {title}", str(raw.value).strip()))
    if cells and margins.holds(cells):
        return
    if cells:
        table.records.append(Record(table.sheet, next(iter(cells.values())).row, cells))
    table.extra.extend(extra)


def make_cell(sheet: str, raw: Any, column: Column) -> Cell:
    """Our cell from openpyxl's."""
    percent = "%" in (raw.number_format or "") and not isinstance(raw.value, str)
    return Cell(sheet, raw.row, raw.coordinate, raw.value, raw.data_type, percent, column)


def report_marks(
    name: str,
    header_row: int,
    marks: SheetMarks,
    found: Findings,
    columns: Iterable[int] = (),
    margins: Iterable[int] = (),
) -> None:
    """Merged cells from the header down are refused; hidden and far-away content is read or not, but told.

    Merged cells beside the table's ``columns`` and in rows that are no data (``margins``) do no harm.
    """
    from openpyxl.utils.cell import range_boundaries

    used, idle = set(columns), set(margins)
    for merged in marks.merged:
        try:
            left, first, right, last = range_boundaries(merged)
        except (ValueError, TypeError):
            left = first = right = last = None
        if left is None or first is None or right is None or last is None:
            found.error("merged-cells", Place(name, header_row, merged.split(":")[0]), range=merged)
        elif last >= header_row:
            beside = bool(used) and not used & set(range(left, right + 1))
            if not beside and not all(row in idle for row in range(first, last + 1)):
                found.error("merged-cells", Place(name, first, merged.split(":")[0]), range=merged)
    if marks.hidden_rows:
        rows = ", ".join(map(str, marks.hidden_rows))
        found.warning("rows-hidden", Place(name, marks.hidden_rows[0]), rows=rows)
    if marks.hidden_columns:
        spans = ", ".join(f"{letters(first)}:{letters(last)}" for first, last in marks.hidden_columns)
        found.warning("columns-hidden", Place(name), columns=spans)
    if marks.far_cells:
        far = ", ".join(marks.far_cells[:5])
        found.warning("cells-far-away", Place(name, None, marks.far_cells[0]), cells=far, limit=FAR_COLUMN)


def letters(number: int) -> str:
    """A column's letters: 28 is AB."""
    written = ""
    while number:
        number, rest = divmod(number - 1, 26)
        written = chr(65 + rest) + written
    return written
