"""Small tables of our own making for the tests of the readers: text, workbooks, and broken ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from databases.importers.shape import Extract
from databases.importers.sources import SourceFiles, open_source
from databases.notices import SourceRefused

Reader = Callable[[SourceFiles, Path], Extract]
Rows = Sequence[Sequence[Any]]
FILES = Path(__file__).parent / "files"
SHARED = Path(__file__).parents[4] / "shared" / "data"


def workbook(sheets: dict[str, Rows]) -> bytes:
    """An .xlsx of these sheets; a text that begins with ``=`` is a formula without a saved result."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "nan_inf_to_errors": True})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value == "#REF!":
                    page.write_formula(at, column, "=1/0", None, "#REF!")
                elif isinstance(value, str) and value.startswith("="):
                    page.write_formula(at, column, value, None, "")
                elif value is not None and value != "":
                    page.write(at, column, value)
    book.close()
    return target.getvalue()


def table(rows: Rows, separator: str = ",") -> bytes:
    """A delimited text of these rows."""
    import csv

    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator).writerows(rows)
    return target.getvalue().encode()


def read_bytes(read: Reader, data: bytes, folder: Path, name: str) -> Extract:
    """Read a source of one file."""
    path = folder / name
    path.write_bytes(data)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    with open_source(path) as files:
        return read(files, work)


def read_path(read: Reader, path: Path, folder: Path) -> Extract:
    """Read a file where it lies."""
    with open_source(path) as files:
        return read(files, folder)


def detected(detects: Callable[[SourceFiles], bool], data: bytes, folder: Path, name: str) -> bool:
    """What a module says of a file."""
    path = folder / name
    path.write_bytes(data)
    with open_source(path) as files:
        return detects(files)


def outcome(read: Reader, data: bytes, folder: Path, name: str) -> str:
    """``extract``, or the code of the refusal: anything else that is raised fails the test."""
    refused: SourceRefused | None = None
    try:
        read_bytes(read, data, folder, name)
    except SourceRefused as error:
        refused = error
    if refused is None:
        return "extract"
    assert refused.notice.message("zh") and refused.notice.message("en")
    return refused.notice.code


def repacked(data: bytes, change: dict[str, bytes | None]) -> bytes:
    """The workbook with parts replaced, added, or (None) left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in change:
                new.writestr(name, old.read(name))
        for name, content in change.items():
            if content is not None:
                new.writestr(name, content)
    return target.getvalue()


HOSTILE = ("source-bomb", "source-name-unsafe", "workbook-external", "workbook-macros", "workbook-unsafe-xml")
"""Codes of the sentences that refuse what :func:`hostile` makes."""


def hostile(data: bytes, code: str) -> bytes:
    """A broken form of a workbook, that this sentence refuses."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    bomb = sheet.replace(b"</sheetData>", b" " * 30_000_000 + b"</sheetData>") if "bomb" in code else sheet
    entity = b'<!DOCTYPE a [<!ENTITY x "y">]>' + sheet.split(b"?>", 1)[-1]
    parts: dict[str, dict[str, bytes | None]] = {
        "source-bomb": {"xl/worksheets/sheet1.xml": bomb},
        "source-name-unsafe": {"../outside.xml": b"<a/>"},
        "workbook-external": {"xl/externalLinks/externalLink1.xml": b"<a/>"},
        "workbook-macros": {"xl/vbaProject.bin": b"macro"},
        "workbook-unsafe-xml": {"xl/worksheets/sheet1.xml": entity},
    }
    return repacked(data, parts[code])
