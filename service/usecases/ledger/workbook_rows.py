"""Rows of an inspected workbook as texts, row by row: openpyxl takes twice as long over its cells.

Rules
1. Only a workbook that ``databases.workbooks.inspect`` passed is read: no DTD, no entities, sizes known, rows in order.
2. A cell is the text it shows as a value: shared and inline texts, numbers in plain digits, truths as TRUE and FALSE.
   Which numbers are days is the style's to say; openpyxl reads styles, shared texts and sheets.
3. A formula comes as its text with ``=`` before it, so that nothing takes it for a value.

Example: ``for name, rows in sheets_of(data): …``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

Row = tuple[int, tuple[str, ...]]
_COLUMN = re.compile("[A-Za-z]{1,3}")
_EXACT = 1e15
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _FORMULA, _VALUE = (f"{_SPACE}{name}" for name in ("row", "f", "v"))
_TEXT, _PHONETIC = f"{_SPACE}t", f"{_SPACE}rPh"


def sheets_of(data: bytes, most_rows: int, most_columns: int) -> Iterator[tuple[str, Iterator[Row]]]:
    """Sheets by name with the rows that have a text, at most so many rows and columns of each; read in order.

    Raises what openpyxl and lxml raise for parts that are no spreadsheet.
    """
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
    for sheet in book.worksheets:
        yield sheet.title, _rows(sheet, most_rows, most_columns)


def _rows(sheet: Any, most_rows: int, most_columns: int) -> Iterator[Row]:
    from lxml import etree

    number = 0
    with sheet._get_source() as source:
        for _, row in etree.iterparse(source, tag=_ROW, resolve_entities=False, no_network=True):
            number = int(row.get("r") or number + 1)
            if number > most_rows:
                return
            texts = _texts(row, sheet, most_columns)
            row.clear()
            while row.getprevious() is not None:  # rows that were read are not kept
                del row.getparent()[0]
            if any(texts):
                yield number, tuple(texts)


def _texts(row: Any, sheet: Any, most_columns: int) -> list[str]:
    texts: list[str] = []
    for cell in row:
        place = _place((cell.get("r") or "").rstrip("0123456789"), len(texts))
        if place >= most_columns:
            continue
        texts += [""] * (place + 1 - len(texts))
        texts[place] = _text(cell, sheet)
    return texts


@lru_cache(maxsize=1024)
def _place(letters: str, following: int) -> int:
    """The place of a column, from 0; that after the cell before it where it has no letters.

    Raises ValueError for a column that no workbook has.
    """
    if not letters:
        return following
    if not _COLUMN.fullmatch(letters):
        raise ValueError("no column")
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - 64
    return place - 1


def _text(cell: Any, sheet: Any) -> str:
    """Rules 2 and 3."""
    formula = cell.find(_FORMULA)
    if formula is not None:
        return f"={formula.text or ''}"
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(_TEXT) if part.getparent().tag != _PHONETIC)
    value = cell.findtext(_VALUE) or ""
    if not value or kind in ("str", "e"):
        return value
    if kind == "s":
        return str(sheet._shared_strings[int(value)])
    if kind == "b":
        return "TRUE" if int(value) else "FALSE"
    if kind == "d":
        return value
    return _number(value, int(cell.get("s", 0)) in sheet.parent._date_formats, sheet.parent.epoch)


def _number(value: str, is_day: bool, epoch: datetime) -> str:
    if not is_day and value.isdecimal():
        return value
    amount = float(value)
    if is_day:
        from openpyxl.utils.datetime import from_excel

        found = from_excel(amount, epoch)
        return found.date().isoformat() if isinstance(found, datetime) else str(found)
    return str(int(amount)) if amount.is_integer() and abs(amount) < _EXACT else repr(amount)
