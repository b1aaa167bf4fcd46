"""Rows of a shipment file: CSV in UTF-8 or the first sheet of an .xlsx workbook, one header row in any order.

A workbook is inspected as any other upload before it is parsed (``databases.workbooks``).
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from service.usecases.refusals import InvalidInput

MOST_ROWS = 20_000
MOST_COLUMNS = 50
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


def rows(filename: str, data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows as (number in the file, text by field); blank rows are passed over. Raises InvalidInput."""
    listed = iter(_sheet(filename, data) if data[:2] == b"PK" else _csv(data))
    head = [cell.strip().lower() for cell in next(listed, [])]
    known = {name: head.index(title) for name, titles in HEADERS.items() for title in titles if title in head}
    lacking = [name for name in NEEDED if name not in known and not (name == "importer" and "eori" in known)]
    if lacking:
        raise InvalidInput(field="file", problem=f"columns needed: {', '.join(lacking)}")
    for number, row in enumerate(listed, 2):
        if number > MOST_ROWS + 1:
            raise InvalidInput(field="file", problem=f"at most {MOST_ROWS} rows")
        cells = {name: row[place].strip() for name, place in known.items() if place < len(row)}
        if any(cells.values()):
            yield number, cells


def _csv(data: bytes) -> Iterable[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(field="file", problem="CSV in UTF-8, or .xlsx") from error
    first = text.partition("\n")[0]
    try:
        yield from csv.reader(StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    except csv.Error as error:
        raise InvalidInput(field="file", problem="CSV that can be read") from error


def _sheet(filename: str, data: bytes) -> Iterable[list[str]]:
    from openpyxl import load_workbook

    from databases.notices import SourceRefused
    from databases.workbooks import UNREADABLE, Limits, screen

    try:
        screen(data, filename, Limits())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
            sheet = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False).worksheets[
                0
            ]
            sheet.reset_dimensions()
            for row in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True):
                yield [_text(cell) for cell in row]
    except SourceRefused as error:
        problem = error.notices[0].message("en") if error.notices else "it cannot be read"
        raise InvalidInput(field="file", problem=problem) from error
    except UNREADABLE as error:
        raise InvalidInput(field="file", problem="the workbook cannot be read") from error


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
