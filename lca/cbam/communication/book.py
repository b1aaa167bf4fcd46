"""A workbook's cells, straight from its XML: values as they stand, formulas told apart, sheets by name.

Rules
1. The raw file passes :mod:`databases.workbooks` first, with the limits of an upload; what it refuses is told with the
   sentences of the inventory's reader. Nothing else is unpacked before.
2. Only the sheets that are asked for are parsed; what is no spreadsheet in them raises one of :data:`CORRUPT`.
   Numbers are floats, dates are the numbers they are stored as.
3. A cell that shows an error ("#VALUE!") has no value, and says so; a number that is none (1e999) is such an error.
4. A workbook that asks for a full calculation and holds no results (as :mod:`lca.cbam.communication.writer` leaves it)
   has not been calculated since it was filled: :attr:`Book.calculated` is then False.

Example: ``open_book(data, "supplier.xlsx").sheet("A_InstData")["I20"].value``.
"""

from __future__ import annotations

import io
import math
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from databases import workbooks
from lca.cbam.communication.lists import Cell
from lca.findings import Finding, Place

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL, _FORMULA, _SHOWN = f"{MAIN}c", f"{MAIN}f", f"{MAIN}v"
_CODES = {"bad-number": "number-cell-damaged"}
LIMITS = workbooks.Limits(elements=1_000_000)
"""The Commission's workbook, filled in or not, holds 341,000 elements."""
CORRUPT = (ValueError, LookupError, TypeError, etree.LxmlError, zipfile.BadZipFile)


class NotABook(ValueError):
    """The file is not a workbook that may be read; ``findings`` say which rules are broken."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("; ".join(finding.message("en") for finding in findings))


@dataclass(frozen=True, slots=True)
class Held:
    """One cell: its value, whether a formula made it, the number of its style, and the error it shows (rule 3)."""

    value: Cell
    formula: bool
    style: int
    error: str = ""


Sheet = Mapping[str, Held]
EMPTY = Held(None, False, 0)


class Book:
    """An opened workbook. Sheets are parsed when asked for and kept."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._sheets: dict[str, Sheet] = {}
        root = parse(self._archive.read("xl/workbook.xml"))
        settings = root.find(f"{MAIN}calcPr")
        self._asked = settings is not None and settings.get("fullCalcOnLoad") in ("1", "true")
        properties = root.find(f"{MAIN}workbookPr")
        self.from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self.parts = dict(self._parts(root))

    def __contains__(self, name: str) -> bool:
        return name in self.parts

    def sheet(self, name: str) -> Sheet:
        """The cells of a sheet that hold anything, by reference; empty for a sheet that is not there."""
        if name not in self._sheets:
            part = self.parts.get(name)
            self._sheets[name] = dict(self._cells(self._archive.read(part))) if part else {}
        return self._sheets[name]

    def at(self, sheet: str, cell: str) -> Held:
        """One cell; empty where it is not there."""
        return self.sheet(sheet).get(cell, EMPTY)

    def values(self, sheet: str) -> dict[str, Cell]:
        """The values of a sheet alone."""
        return {cell: held.value for cell, held in self.sheet(sheet).items()}

    def _parts(self, workbook: Any) -> Iterator[tuple[str, str]]:
        relations = parse(self._archive.read("xl/_rels/workbook.xml.rels"))
        targets = {one.get("Id"): one.get("Target", "") for one in relations}
        for sheet in workbook.iter(f"{MAIN}sheet"):
            target = targets[sheet.get(RELATION)]
            yield sheet.get("name"), posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")

    @cached_property
    def calculated(self) -> bool:
        """Whether the formula cells hold results of the present inputs (rule 4)."""
        return not self._asked or self.at("InputOutput", "AK71").value is not None

    def _string(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)  # Python counts from the end
        return self._strings[number]

    @cached_property
    def _strings(self) -> list[str]:
        """The shared strings, without phonetic notes."""
        if "xl/sharedStrings.xml" not in self._archive.namelist():
            return []
        return [_text(item) for item in parse(self._archive.read("xl/sharedStrings.xml"))]

    def _cells(self, xml: bytes) -> Iterator[tuple[str, Held]]:
        blank: dict[str, Held] = {}  # most cells hold a style and nothing else
        for cell in parse(xml).iter(_CELL):
            style = cell.get("s")
            if not len(cell) and cell.get("t") != "e":
                if style:
                    if style not in blank:
                        blank[style] = Held(None, False, int(style))
                    yield cell.get("r") or "", blank[style]
                continue
            formula = cell.find(_FORMULA) is not None
            value, error = self._value(cell), ""
            if cell.get("t") == "e" or (isinstance(value, float) and not math.isfinite(value)):
                value, error = None, (cell.findtext(_SHOWN) or "#")[:20]
            if value is not None or formula or error or style:
                yield cell.get("r") or "", Held(value, formula, int("0" if style is None else style), error)

    def _value(self, cell: Any) -> Cell:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(f"{MAIN}is")
            return _text(inline) if inline is not None else None
        text: str | None = cell.findtext(_SHOWN)
        if text is None or kind == "e":
            return None
        if kind == "s":
            return self._string(int(text))
        if kind == "b":
            return text == "1"
        return float(text) if kind == "n" and text else text


def open_book(data: bytes, filename: str) -> Book:
    """The workbook; raises NotABook with every rule it breaks."""
    problems = workbooks.inspect(data, filename, LIMITS).problems
    if problems:
        raise NotABook(*(_finding(problem) for problem in problems))
    try:
        return Book(data)
    except CORRUPT as error:
        raise unreadable(filename, error) from error


def unreadable(filename: str, error: Exception) -> NotABook:
    """For parts that are sound XML and no spreadsheet: a string that is not there, a reference that is none."""
    return NotABook(Finding.error("file-unreadable", file=filename, why=type(error).__name__))


def parse(xml: bytes) -> Any:
    """The root of an XML part; no entities, no network, no DTD (rule 1 has refused them already)."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(xml, parser)


def _finding(problem: workbooks.Problem) -> Finding:
    place = Place(problem.sheet, None, problem.cell) if problem.cell else Place()
    return Finding.error(_CODES.get(problem.code, f"file-{problem.code}"), place, **problem.details)


def _text(item: Any) -> str:
    """The text of a string item: its runs, without phonetic notes."""
    return "".join(node.text or "" for node in item.iter(f"{MAIN}t") if node.getparent().tag != f"{MAIN}rPh")
