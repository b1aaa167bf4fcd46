"""An uploaded workbook or CSV file as rows of cells, after the screening of hostile files.

Rules
1. A workbook goes through ``databases.workbooks.screen`` before anything parses it; a CSV file is text in UTF-8.
2. A formula counts by its saved result; an error such as ``#VALUE!`` arrives as that text.
3. At most 200 sheets, 20,000 rows of a sheet, 100,000 of all and 40 columns are read; more is refused, not cut off.
4. Every problem is collected; the first 200 are told, and how many more there are.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from databases.notices import Notice, Severity, SourceRefused, refused
from databases.workbook_parts import FAR_COLUMN
from databases.workbooks import UNREADABLE, Limits, screen

MAX_ROWS = 20_000
MAX_ROWS_IN_ALL = 100_000
MAX_COLUMNS = 40
LIMITS = Limits(elements=800_000)
"""The Commission's default values of every country hold about 300,000 elements."""
MAX_PROBLEMS = 200

_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,400})?([eE][+-]?\d{1,4})?")

Cell = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name and its rows; row 1 is ``rows[0]``."""

    name: str
    rows: list[tuple[Cell, ...]]


@dataclass(slots=True)
class Problems:
    """Notices as they come: errors stop the import, the others are told with it."""

    found: list[Notice] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0

    def error(self, code: str, where: str, **details: object) -> None:
        """Something that must be corrected."""
        self.errors += 1
        if self.errors <= MAX_PROBLEMS:
            self.found.append(Notice.error(code, where, **details))

    def warning(self, code: str, where: str, **details: object) -> None:
        """Something that was read in one of several ways."""
        self.warnings += 1
        if self.warnings <= MAX_PROBLEMS:
            self.found.append(Notice.warning(code, where, **details))

    def raise_errors(self) -> None:
        """Raise SourceRefused with every error, and how many more there are than are told."""
        errors = [notice for notice in self.found if notice.severity is Severity.ERROR]
        if self.errors > len(errors):
            errors.append(Notice.error("cbam-tables-more", count=self.errors - len(errors)))
        if errors:
            raise SourceRefused(*errors)


def sheets(data: bytes, filename: str) -> list[Sheet]:
    """The sheets of an ``.xlsx`` file, or the one of a CSV file; raises SourceRefused."""
    if filename.lower().endswith(".csv"):
        return [_csv(data, filename)]
    inspection = screen(data, filename, LIMITS)
    for name, marks in inspection.sheets.items():
        if marks.far_cells:
            _not_too_many(name, 0, MAX_COLUMNS + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
        try:
            return list(_workbook(data))
        except UNREADABLE as error:
            if isinstance(error, SourceRefused):
                raise
            raise refused("workbook-unreadable", filename, file=filename, why=type(error).__name__) from error


def address(sheet: str, row: int, column: int) -> str:
    """Where a cell is, as people say it: ``address("China", 3, 1) == "China!B3"`` (``column`` counts from 0)."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{sheet}!{letters}{row}"


def text(cell: Cell) -> str:
    """A cell as text: blanks joined, a date in ISO form, a number without noise of the machine."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        value = number(cell)
        return "" if value is None else plain(value)
    return " ".join(str(cell).replace("\u00a0", " ").split())


def number(cell: Cell) -> Decimal | None:
    """The number in a cell, to nine decimals; None where it holds none. A text may have a decimal comma.

    What only a program takes for a number (``1_000``, ``NaN``) is none.
    """
    if isinstance(cell, bool) or cell is None or isinstance(cell, date):
        return None
    written = repr(cell) if isinstance(cell, float) else str(cell).replace("\u00a0", "").strip()
    if isinstance(cell, str) and "," in written and "." not in written:
        written = written.replace(",", ".")
    if not _NUMBER.fullmatch(written):
        return None
    value = Decimal(written)
    if not value.is_finite() or abs(value) > Decimal("1e12"):
        return None
    return value.quantize(Decimal("1e-9"))


def plain(value: Decimal) -> str:
    """A number as the tables write it: no exponent, no noughts at the end."""
    normal = value.quantize(Decimal("1e-9")).normalize()
    return format(normal, "f") if normal else "0"


def _csv(data: bytes, filename: str) -> Sheet:
    if len(data) > LIMITS.file or b"\0" in data:
        raise refused("cbam-tables-not-text", filename)
    rows: list[tuple[Cell, ...]] = []
    try:
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig")), strict=True):
            rows.append(tuple(row))
            _not_too_many(filename, len(rows), len(row))
    except (UnicodeDecodeError, csv.Error) as error:
        raise refused("cbam-tables-not-text", filename) from error
    return Sheet(filename, rows)


def _workbook(data: bytes) -> Iterator[Sheet]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        count = 0
        for page in book.worksheets:
            rows = _rows(page)
            count += len(rows)
            if count > MAX_ROWS_IN_ALL:
                _not_too_many(page.title, MAX_ROWS + 1, 0)
            yield Sheet(page.title, rows)
    finally:
        book.close()


def _rows(page: Any) -> list[tuple[Cell, ...]]:
    page.reset_dimensions()  # a declared size may be smaller than the sheet
    found: list[tuple[Cell, ...]] = []
    before: tuple[Cell, ...] = ()
    for row in page.iter_rows(max_row=MAX_ROWS + 1, max_col=FAR_COLUMN, values_only=True):
        if row is not before and any(cell is not None for cell in row[MAX_COLUMNS:]):
            _not_too_many(page.title, 0, MAX_COLUMNS + 1)
        found.append(() if row is before else row[:MAX_COLUMNS])
        before = row  # rows that are not in the file are one and the same
    _not_too_many(page.title, len(found), 0)
    while found and all(cell is None for cell in found[-1]):
        found.pop()
    return found


def _not_too_many(where: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        raise refused("cbam-tables-too-many", where, rows=MAX_ROWS, columns=MAX_COLUMNS)
