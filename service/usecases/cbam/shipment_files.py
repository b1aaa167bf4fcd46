"""Rows of a shipment file: CSV in UTF-8 or the first sheet of an .xlsx workbook, one header row in any order.

Rules
1. A workbook is inspected as any other upload before it is parsed (``databases.workbooks``); a formula counts by its
   saved result.
2. Commas, semicolons or tabs stand between the cells of a CSV file; a quotation mark that is not closed, and a row with
   more cells than the header, refuse the file: what follows would be read as something else.
3. A day is written year first; ``03/04/2026`` can mean two. ``24.000`` can mean two wherever a comma may be the decimal
   sign: in a file with semicolons or tabs, and in a text cell of a workbook.

Example: ``[row.cells["cn"] for row in rows("2026.csv", data)]``.
"""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from lca.findings import Finding, Place

MOST_ROWS = 5_000
"""Each row is a record of the audit chain; 5,000 are taken in seven seconds."""
MOST_COLUMNS = 50
MOST_ELEMENTS = 400_000
"""Elements of a workbook: 5,000 rows of seven cells hold 100,000."""
HEADERS = {
    "importer": ("importer", "进口商"),
    "eori": ("eori", "eori number", "eori号"),
    "cn": ("cn", "cn code", "cn编码"),
    "origin": ("origin", "country of origin", "原产国"),
    "net_mass_kg": ("net_mass_kg", "net mass kg", "net mass (kg)", "净重kg", "净重(kg)", "净重（kg）"),
    "imported_on": ("imported_on", "imported on", "date", "进口日期"),
    "note": ("note", "备注"),
}
"""Headers in lower case by the field they fill."""
NEEDED = ("importer", "cn", "net_mass_kg", "imported_on")
"""Columns that must be there; an EORI number stands in for the importer's name."""
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?([T ]\d\d?:\d\d(:\d\d)?)?", re.ASCII
)
_DIGITS = re.compile(r"(20\d\d)(\d\d)(\d\d)", re.ASCII)
_MASS = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)


class Unfit(ValueError):
    """The file as a whole is none; ``findings`` say why."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("; ".join(one.message("en") for one in findings))


@dataclass(frozen=True, slots=True)
class Row:
    """A row by field, its number in the file, the letters of its columns, and whether a comma may be decimal."""

    number: int
    cells: dict[str, str]
    letters: dict[str, str]
    comma: bool = False

    def place(self, name: str) -> Place:
        """Where a field's cell is; the row where the column is not there."""
        return Place(
            row=self.number, cell=f"{self.letters[name]}{self.number}" if name in self.letters else ""
        )


@dataclass(slots=True)
class _Sheet:
    """Rows of a file as texts, ``comma`` as in :class:`Row`."""

    comma: bool
    rows: Iterator[list[str]] = field(default_factory=lambda: iter(()))


def rows(filename: str, data: bytes) -> Iterator[Row]:
    """Rows of a file; blank ones are passed over. Raises Unfit."""
    sheet = _workbook(filename, data) if data[:2] == b"PK" else _csv(data)
    head = [" ".join(cell.split()).lower() for cell in next(sheet.rows, [])]
    known = _columns(head)
    letters = {name: _letters(place) for name, place in known.items()}
    for number, row in enumerate(sheet.rows, 2):
        if number > MOST_ROWS + 1:
            raise Unfit(Finding.error("cbam-shipment-file-rows", Place(row=number), limit=MOST_ROWS))
        if any(cell.strip() for cell in row[len(head) :]):
            place = Place(row=number, cell=f"{_letters(len(head))}{number}")
            raise Unfit(Finding.error("cbam-shipment-file-wide", place, count=len(head)))
        cells = {name: row[place].strip() for name, place in known.items() if place < len(row)}
        if any(cells.values()):
            yield Row(number, cells, letters, sheet.comma)


def day(text: str) -> date | None:
    """The one day a text can mean (rule 3), or None."""
    found = _DAY.fullmatch(text) or _DIGITS.fullmatch(text)
    try:
        return date(*(int(part) for part in found.groups()[:3])) if found else None
    except ValueError:
        return None


def mass(text: str, comma: bool) -> str | None:
    """Kilograms as plain digits (rule 3), or None; ``comma`` as in :class:`Row`."""
    if not _MASS.fullmatch(text) or (comma and _THOUSANDS.fullmatch(text)):
        return None
    return text.rstrip("0").rstrip(".") if "." in text else text


def _columns(head: list[str]) -> dict[str, int]:
    """Place of each field. Raises Unfit."""
    found: list[Finding] = []
    known: dict[str, int] = {}
    for name, titles in HEADERS.items():
        places = [place for place, title in enumerate(head) if title in titles]
        if len(places) > 1:
            cells = ", ".join(f"{_letters(place)}1" for place in places)
            found.append(
                Finding.error("cbam-shipment-file-twice", Place(row=1), header=_both(name), cells=cells)
            )
        if places:
            known[name] = places[0]
    lacking = [name for name in NEEDED if name not in known and not (name == "importer" and "eori" in known)]
    if lacking:
        wanted = "; ".join(_both(name) for name in lacking)
        there = ", ".join(title[:30] for title in head[:20] if title) or "—"
        found.append(Finding.error("cbam-shipment-file-columns", Place(row=1), wanted=wanted, there=there))
    if found:
        raise Unfit(*found)
    return known


def _both(name: str) -> str:
    return f"{HEADERS[name][-1]} / {HEADERS[name][0]}"


def _letters(place: int) -> str:
    first, second = divmod(place, 26)
    return (chr(64 + first) if 0 < first <= 26 else "") + chr(65 + second)


def _csv(data: bytes) -> _Sheet:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unfit(Finding.error("cbam-shipment-file-text")) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return _Sheet(delimiter != ",", _csv_rows(text, delimiter))


def _csv_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(StringIO(text), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise Unfit(Finding.error("cbam-shipment-file-quotes", Place(row=reader.line_num))) from error


def _workbook(filename: str, data: bytes) -> _Sheet:
    from databases.workbooks import Limits, inspect

    problems = inspect(data, filename, Limits(elements=MOST_ELEMENTS)).problems
    if problems:
        raise Unfit(*(_finding(one) for one in problems))
    return _Sheet(True, _sheet_rows(filename, data))


def _finding(problem: Any) -> Finding:
    code = "number-cell-damaged" if problem.code == "bad-number" else f"file-{problem.code}"
    place = Place(problem.sheet, None, problem.cell) if problem.cell else Place()
    return Finding.error(code, place, **problem.details)


def _sheet_rows(filename: str, data: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    from databases.workbooks import UNREADABLE

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
            book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            for row in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True):
                yield _trimmed([_text(cell) for cell in row])
    except Unfit:
        raise
    except UNREADABLE as error:
        raise Unfit(Finding.error("file-unreadable", file=filename, why=type(error).__name__)) from error


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return (
            str(int(cell)) if cell.is_integer() else f"{cell:.6f}"
        )  # six decimals: a number, not 24.000 typed as text
    return "" if cell is None else str(cell)
