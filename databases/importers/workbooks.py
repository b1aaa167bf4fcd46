"""Cells of an .xlsx source, read after :func:`databases.workbooks.screen` has found it harmless.

Rules
1. Nothing parses a workbook before it is screened: macros, external links, bombs and entities refuse it.
2. A formula counts by the value that its program saved with it; one without a saved value is an empty cell.
3. An error value (``#REF!``) is an :class:`ErrorValue`, never a number and never text.
4. Columns beyond 256 and rows beyond 1,048,576 are not read.
"""

from __future__ import annotations

import html
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from databases.importers.sources import SourceFiles
from databases.notices import refused
from databases.workbooks import UNREADABLE, screen

LAST_COLUMN = 256
LAST_ROW = 1_048_576
_GLANCE = 4_000_000
"""Bytes of the shared strings that recognising a workbook looks at."""


class ErrorValue(str):
    """What a spreadsheet shows where a formula failed, such as ``#REF!``."""

    __slots__ = ()


@dataclass(slots=True)
class Sheet:
    """One sheet: (row number, values from column A on) of every row with something in it.

    ``unsaved``: addresses of formulas without a saved value; only filled where it was asked for.
    """

    name: str
    rows: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    unsaved: set[str] = field(default_factory=set)


def sheets(data: bytes, name: str, *, formulas: bool = False) -> list[Sheet]:
    """Every sheet in the workbook's order; ``formulas`` also finds the unsaved ones. Raises SourceRefused."""
    screen(data, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
        try:
            found = _read(data)
            if formulas:
                _note_unsaved(data, found)
            return found
        except UNREADABLE as error:
            raise refused("workbook-unreadable", name, file=name, why=type(error).__name__) from error


def is_workbook(data: bytes) -> bool:
    """True for a zip archive that holds a workbook's main part."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False


def mentions(data: bytes, *needles: str) -> bool:
    """True when every text stands in the workbook's shared strings (or, without any, in a sheet); never raises."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [
                name
                for name in archive.namelist()
                if name == "xl/sharedStrings.xml" or name.startswith("xl/worksheets/sheet")
            ]
            seen = b""
            for part in sorted(parts)[:4]:
                with archive.open(part) as stream:
                    seen += stream.read(_GLANCE)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError, RuntimeError, EOFError):
        return False
    text = html.unescape(
        seen.decode("utf-8", errors="replace")
    )  # some programs write every letter as a reference
    return all(needle in text for needle in needles)


def is_padded(data: bytes) -> bool:
    """True where a sheet declares far more cells than it has: a program that trusts it would build them all.

    For a workbook that :func:`sheets` has read.
    """
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            areas = [int(page.max_row or 0) * int(page.max_column or 0) for page in book.worksheets]
            lasts = [int(page.max_row or 0) for page in book.worksheets]
        finally:
            book.close()
    # a packed cell takes a byte or more, an empty one none
    return any(area > 100_000 + 20 * len(data) for area in areas) or any(last > LAST_ROW for last in lasts)


def single(files: SourceFiles, *suffixes: str) -> tuple[str, bytes] | None:
    """The only member of a source, when its name ends so (any name where none is given)."""
    if len(files.names) != 1 or (suffixes and not files.matching(*suffixes)):
        return None
    return files.names[0], files.read(files.names[0])


def glance(files: SourceFiles) -> tuple[str, bytes] | None:
    """Enough of the only member of a source to recognise it by: a workbook whole, else its beginning."""
    if len(files.names) != 1:
        return None
    name = files.names[0]
    start = files.head(name, 200_000)
    return name, files.read(name) if start.startswith(b"PK") else start


def address(row: int, column: int) -> str:
    """``address(3, 1) == "B3"``: ``column`` counts from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _read(data: bytes) -> list[Sheet]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    found = []
    for page in book.worksheets:
        sheet = Sheet(page.title)
        page.reset_dimensions()  # a declared size may be smaller, or far larger, than the sheet
        for row in _filled_rows(page):
            last = next((index for index in range(len(row), 0, -1) if row[index - 1].value is not None), 0)
            if last:
                sheet.rows.append((int(row[last - 1].row or 0), tuple(_value(cell) for cell in row[:last])))
        found.append(sheet)
    book.close()
    return found


def _filled_rows(page: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of a sheet that are there. A sheet may leave out a million: openpyxl gives one and the same row for them."""
    empty: tuple[Any, ...] | None = None
    for row in page.iter_rows(max_row=LAST_ROW, max_col=LAST_COLUMN):
        if row is empty:
            continue
        if all(cell.value is None and cell.data_type != "f" for cell in row):
            empty = row
        else:
            yield row


def _value(cell: Any) -> Any:
    value = cell.value
    if cell.data_type == "e" and value is not None:
        return ErrorValue(value)
    return value.strip() if isinstance(value, str) else value


def _note_unsaved(data: bytes, found: list[Sheet]) -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    for sheet in found:
        filled = dict(sheet.rows)
        page = book[sheet.name]
        page.reset_dimensions()
        for row in _filled_rows(page):
            for cell in row:
                if cell.data_type == "f":
                    number, column = int(cell.row or 0), int(cell.column or 0) - 1
                    values = filled.get(number, ())
                    if column >= len(values) or values[column] is None:
                        sheet.unsaved.add(address(number, column))
    book.close()
