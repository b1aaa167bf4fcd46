"""One XML part of a workbook, scanned as it is unpacked: no DTD, no entities, and notes of what it holds.

Used by :mod:`databases.workbooks`, whose rules 5 and 6 it obeys.
"""

from __future__ import annotations

import re
import xml.sax
from dataclasses import dataclass, field
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

MAX_ELEMENTS = 3_000_000
"""Elements of all parts together: three times what the largest inventory that is read needs."""
MAX_STRINGS = 1_000_000
"""Elements of the shared strings, where no more elements are allowed in all than MAX_ELEMENTS."""
MAX_OTHER_PART = 100_000
"""Elements of one part that is neither a sheet nor the shared strings: styles, workbook, relations."""
MAX_SHEETS = 200
MAX_EXTRAS = 50_000
"""Elements of sheets that are no rows, cells or texts: validations, formats, links. Each costs a reader far more than a
cell. As MAX_STRINGS: fewer where fewer elements are allowed in all."""
MAX_RANGES = 500_000
"""Characters of the lists of ranges that these name, as MAX_STRINGS."""
MAX_SHARED = 10_000_000
"""Characters of shared formulas, each counted for every cell that it fills, as MAX_STRINGS."""
MAX_NOTES = 50
FAR_COLUMN = 100
"""Columns beyond this one are not read; values there are reported."""
LAST_ROW = 200_000
"""Rows beyond this one are never visited, whatever a file says; values there are reported."""

_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{0,40})?([eE][+-]?\d{1,4})?|[+-]?\.\d{1,40}([eE][+-]?\d{1,4})?")
_ENCODING = re.compile(rb"^<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_HYPERLINK = "/hyperlink"
_PLAIN_PARTS = frozenset({"row", "c", "v", "f", "is", "t", "r", "rPr", "worksheet", "sheetData"})
_LONGEST_REFERENCE = 10  # XFD1048576


class RefusedXml(Exception):
    """A part of the workbook is not the plain XML that spreadsheet programs write."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class SheetMarks:
    """Notes about one sheet: merged ranges, hidden rows and columns, damaged number cells, far-away cells."""

    merged: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    bad_numbers: list[tuple[str, str]] = field(default_factory=list)
    far_cells: list[str] = field(default_factory=list)


class PartScan(ContentHandler):
    """Feed it the bytes of one part; afterwards it holds what the part declared."""

    def __init__(self, name: str, elements: int = MAX_ELEMENTS) -> None:
        """``elements``: the most that all parts of the workbook may hold together."""
        from defusedxml.expatreader import create_parser

        super().__init__()
        self.name = name
        self.elements = 0
        self.marks = SheetMarks()
        self.sheets: list[tuple[str, str, bool]] = []
        self.targets: dict[str, str] = {}
        self.external_targets: list[str] = []
        self.macro_types: list[str] = []
        self.extras = 0
        self.ranges = 0
        self.shared = 0
        self._is_sheet = False
        self._last_row = 0
        self._formulas: dict[str, int] = {}
        self._formula: str | None = None
        self._before = 0
        self._total = elements
        self._most = MAX_OTHER_PART
        self._started = False
        self._cell = ("", "n")
        self._text: list[str] | None = None
        self._parser = create_parser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
        self._parser.setContentHandler(self)

    def feed(self, chunk: bytes, elements_before: int) -> None:
        """Scan the next bytes; raises RefusedXml."""
        if not self._started:
            self._started = True
            declared = _ENCODING.match(chunk.removeprefix(b"\xef\xbb\xbf"))
            utf16 = chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in chunk[:8]
            if utf16 or (declared and declared.group(1).lower() not in (b"utf-8", b"us-ascii", b"ascii")):
                raise RefusedXml("UTF-8")
        self._before = elements_before
        self._guard(lambda: self._parser.feed(chunk))

    def close(self) -> None:
        """The part ends here; raises RefusedXml when it is not well formed."""
        self._guard(self._parser.close)

    def costs(self) -> tuple[int, int, int]:
        """What it holds that readers take long over, as MAX_EXTRAS, MAX_RANGES and MAX_SHARED count it."""
        return self.extras, self.ranges, self.shared

    def _guard(self, step: object) -> None:
        from defusedxml.common import DefusedXmlException

        try:
            step()  # type: ignore[operator]
        except DefusedXmlException:
            raise RefusedXml("DTD/ENTITY") from None
        except (xml.sax.SAXException, ValueError, LookupError) as error:
            raise RefusedXml(type(error).__name__) from None

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """Note what matters; count everything."""
        self.elements += 1
        local = name.rpartition(":")[2]
        if self.elements == 1:
            self._is_sheet = local == "worksheet"
            strings = allowed(MAX_STRINGS, self._total)
            self._most = {"worksheet": self._total, "sst": strings}.get(local, MAX_OTHER_PART)
        if self.elements > self._most or self._before + self.elements > self._total:
            raise RefusedXml(f"> {self._most} elements")
        if local == "c":
            self._cell = (attrs.get("r", ""), attrs.get("t", "n"))
        elif local in ("v", "is"):
            self._value(local)
        elif (note := _NOTES.get(local)) is not None:
            note(self, attrs)
        if self._is_sheet and local not in _PLAIN_PARTS:
            self.extras += 1
            self.ranges += len(attrs.get("sqref", ""))

    def endElement(self, name: str) -> None:
        """The end of a number cell's value: rule 6."""
        self._formula = None
        if self._text is not None and name.rpartition(":")[2] == "v":
            text = "".join(self._text).strip()
            self._text = None
            if text and not _NUMBER.fullmatch(text) and len(self.marks.bad_numbers) < MAX_NOTES:
                self.marks.bad_numbers.append((self._cell[0], text))

    def characters(self, content: str) -> None:
        """Text of the number cell being read."""
        if self._text is not None:
            self._text.append(content)
        elif self._formula is not None:
            self._formulas[self._formula] = self._formulas.get(self._formula, 0) + len(content)

    def _shared_formula(self, attrs: AttributesImpl) -> None:
        """Readers write a shared formula out for every cell that names it."""
        if attrs.get("t") == "shared":
            group = attrs.get("si", "")
            self.shared += self._formulas.get(group, 0)
            self._formula = group

    def _value(self, element: str) -> None:
        cell, kind = self._cell
        if kind == "n" and element == "v":
            self._text = []
        if len(self.marks.far_cells) < MAX_NOTES and _is_far(cell):
            self.marks.far_cells.append(cell[:20])

    def _merged(self, attrs: AttributesImpl) -> None:
        if len(self.marks.merged) < MAX_NOTES:
            self.marks.merged.append(attrs.get("ref", ""))

    def _row(self, attrs: AttributesImpl) -> None:
        number = attrs.get("r", "")
        row = int(number) if number else self._last_row + 1
        if row <= self._last_row:
            raise RefusedXml(
                "row order"
            )  # readers and spreadsheet programs disagree on what such a sheet holds
        self._last_row = row
        if (
            attrs.get("hidden") in ("1", "true")
            and number.isdigit()
            and len(self.marks.hidden_rows) < MAX_NOTES
        ):
            self.marks.hidden_rows.append(int(number))

    def _col(self, attrs: AttributesImpl) -> None:
        first, last = attrs.get("min", ""), attrs.get("max", "")
        if len(self.marks.hidden_columns) == MAX_NOTES:
            return
        if attrs.get("hidden") in ("1", "true") and first.isdigit() and last.isdigit():
            self.marks.hidden_columns.append((int(first), int(last)))

    def _sheet(self, attrs: AttributesImpl) -> None:
        relation = next((attrs[key] for key in attrs.getNames() if key.rpartition(":")[2] == "id"), "")
        if len(self.sheets) == MAX_SHEETS:
            raise RefusedXml(f"> {MAX_SHEETS} sheets")
        self.sheets.append((attrs.get("name", ""), relation, attrs.get("state", "visible") != "visible"))

    def _relationship(self, attrs: AttributesImpl) -> None:
        target = attrs.get("Target", "")
        self.targets[attrs.get("Id", "")] = target
        if attrs.get("TargetMode") == "External" and not attrs.get("Type", "").endswith(_HYPERLINK):
            self.external_targets.append(target)

    def _type(self, attrs: AttributesImpl) -> None:
        kind = attrs.get("ContentType", "")
        if "macro" in kind.lower() or "vba" in kind.lower():
            self.macro_types.append(kind)


_NOTES = {
    "mergeCell": PartScan._merged,
    "row": PartScan._row,
    "f": PartScan._shared_formula,
    "col": PartScan._col,
    "sheet": PartScan._sheet,
    "Relationship": PartScan._relationship,
    "Override": PartScan._type,
    "Default": PartScan._type,
}


def allowed(most: int, elements: int) -> int:
    """``most``, which goes with MAX_ELEMENTS, where ``elements`` are allowed in all."""
    return most * elements // MAX_ELEMENTS


def _is_far(cell: str) -> bool:
    if len(cell) > _LONGEST_REFERENCE:
        return True
    letters = cell.rstrip("0123456789")
    if len(letters) < 2 and len(cell) < 7:
        return False
    column = 0
    for letter in letters:
        column = column * 26 + (ord(letter) - 64)
    row = cell[len(letters) :]
    return column > FAR_COLUMN or (row.isdigit() and int(row[:8]) > LAST_ROW)
