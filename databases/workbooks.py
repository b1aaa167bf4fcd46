"""What a workbook must be before anything parses it: the raw zip and every XML part are inspected here first.

Rules (all that are broken are reported together where the file still can be read)
1. At most 20 MB as handed in; a zip archive; not an old .xls, not encrypted, not empty.
2. At most 2,000 entries, no name twice, no absolute name, no ``..``, no backslash; stored or deflated.
3. At most 100 MB unpacked, counted while it is unpacked (a declared size is refused when too large, and never
   believed), and no entry above 1 MB that unpacks to more than 200 times its packed size.
4. No macros (VBA, macro sheets, a macro content type), no external links, data connections, embedded objects.
5. XML in UTF-8 without DTD or entities, well formed, at most 3,000,000 elements in all, 100,000 in a part
   that is neither a sheet nor the shared strings, and 200 sheets. The rows of a sheet stand in their order.
   Validations, formats and shared formulas, which readers take long over, have limits of their own.
6. Number cells hold plain numbers (a value such as ``NaN`` there is not one).

Background data may be larger: :data:`FOR_SOURCES` raises the sizes of rules 1, 3 and 5 and nothing else; beyond
3,000,000 elements there are at most two for five bytes of the file (tables of the field have one for three to ten).
Merged ranges, hidden rows and columns and cells far to the right are noted for the reader, by sheet part.

Example: ``screen(path.read_bytes(), path.name)`` returns for the workbook we ship and raises SourceRefused for a bomb.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field, replace

from databases.notices import Notice, SourceRefused
from databases.workbook_parts import (
    MAX_ELEMENTS,
    MAX_EXTRAS,
    MAX_RANGES,
    MAX_SHARED,
    PartScan,
    RefusedXml,
    SheetMarks,
    allowed,
)

MAX_FILE = 20_000_000
MAX_ENTRIES = 2_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
RATIO_FROM = 1_000_000
CHUNK = 65_536

OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")
WORKBOOK_PART = "xl/workbook.xml"
CONTENT_TYPES = "[Content_Types].xml"

MACRO_MARKS = ("vbaproject", "xl/macrosheets/", "xl/dialogsheets/", "vbadata")
EXTERNAL_MARKS = ("xl/externallinks/", "xl/connections", "xl/querytables/", "xl/model/")
OBJECT_MARKS = ("xl/embeddings/", "xl/activex/", "xl/ctrlprops/")

UNREADABLE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What openpyxl raises on parts that are sound XML and no spreadsheet."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes of rules 1, 3 and 5: bytes as handed in, bytes unpacked, XML elements in all."""

    file: int = MAX_FILE
    unpacked: int = MAX_UNPACKED
    elements: int = MAX_ELEMENTS


FOR_SOURCES = Limits(file=400_000_000, unpacked=4_000_000_000, elements=60_000_000)
"""For background data: a database of 700,000 exchanges as a workbook holds about 15,000,000 elements."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that is broken. ``code`` names a sentence (``workbook-<code>`` in databases/messages).

    ``sheet`` and ``cell`` where it is in a cell; ``details`` for the sentence.
    """

    code: str
    details: dict[str, object]
    sheet: str = ""
    cell: str = ""


@dataclass(slots=True)
class Inspection:
    """Problems, and what was noted about the sheets: name -> marks, hidden sheets' names."""

    problems: list[Problem] = field(default_factory=list)
    sheets: dict[str, SheetMarks] = field(default_factory=dict)
    hidden_sheets: list[str] = field(default_factory=list)

    def add(self, code: str, **details: object) -> None:
        """Note a broken rule of the file as a whole."""
        self.problems.append(Problem(code, details))


def screen(data: bytes, name: str, limits: Limits = FOR_SOURCES) -> Inspection:
    """Apply the rules to background data or a mapping file; raises SourceRefused with every broken one."""
    most = min(limits.elements, MAX_ELEMENTS + len(data) * 2 // 5)
    inspection = inspect(data, name, replace(limits, elements=most))
    notices = [
        Notice.error(
            f"workbook-{problem.code}",
            f"{problem.sheet}!{problem.cell}" if problem.cell else name,
            **problem.details,
        )
        for problem in inspection.problems
    ]
    if notices:
        raise SourceRefused(*notices)
    return inspection


def inspect(data: bytes, filename: str, limits: Limits = Limits()) -> Inspection:
    """Apply the rules to the raw file. Never raises on any input."""
    result = Inspection()
    _not_a_workbook(data, filename, limits, result)
    if result.problems:
        return result
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _entries(archive, limits, result)
            if not result.problems:
                _contents(archive, limits, result)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError):
        result.add("damaged", file=filename)
    return result


def _not_a_workbook(data: bytes, filename: str, limits: Limits, result: Inspection) -> None:
    """Rule 1."""
    if not data:
        result.add("empty", file=filename)
    elif len(data) > limits.file:
        result.add("too-large", file=filename, limit_mb=limits.file // 1_000_000)
    elif data.startswith(OLE_MAGIC):
        result.add("encrypted" if ENCRYPTED_MARK in data else "old-format", file=filename)
    elif not zipfile.is_zipfile(io.BytesIO(data)) or not data.startswith(b"PK"):
        result.add("not-workbook", file=filename)


def _entries(archive: zipfile.ZipFile, limits: Limits, result: Inspection) -> None:
    """Rules 2 and 4 and the declared half of rule 3, from the directory of the archive alone."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    lowered = [name.lower() for name in names]
    if len(entries) > MAX_ENTRIES or len(set(lowered)) != len(lowered):
        result.add("damaged", file=archive.filename or "xlsx")
        return
    if unsafe := [name for name in names if _unsafe(name)]:
        result.add("unsafe-name", entry=unsafe[0][:80])
    if any(entry.flag_bits & 0x1 for entry in entries):
        result.add("encrypted", file="zip")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        result.add("not-workbook", file="zip")
    declared = sum(entry.file_size for entry in entries)
    if declared > limits.unpacked or any(_swollen(entry, entry.file_size) for entry in entries):
        _bomb(limits, result)
    for code, marks in (("macros", MACRO_MARKS), ("external", EXTERNAL_MARKS), ("objects", OBJECT_MARKS)):
        if found := [name for name in names if any(mark in name.lower() for mark in marks)]:
            result.add(code, entry=found[0][:80])
    if WORKBOOK_PART not in names or CONTENT_TYPES not in names:
        result.add("not-workbook", file="zip")


def _unsafe(name: str) -> bool:
    parts = name.split("/")
    return ".." in parts or name.startswith("/") or "\\" in name or ":" in name or "\x00" in name


def _swollen(entry: zipfile.ZipInfo, size: int) -> bool:
    return size > RATIO_FROM and size > MAX_RATIO * max(entry.compress_size, 1)


def _bomb(limits: Limits, result: Inspection) -> None:
    result.add("bomb", limit_mb=limits.unpacked // 1_000_000, ratio=MAX_RATIO)


def _contents(archive: zipfile.ZipFile, limits: Limits, result: Inspection) -> None:
    """Unpack every part once, counting (rule 3), and scan the XML ones as they come (rules 4 to 6)."""
    unpacked = 0
    elements = 0
    costs = [0, 0, 0]
    scans: dict[str, PartScan] = {}
    for entry in archive.infolist():
        is_xml = entry.filename.lower().endswith((".xml", ".rels"))
        scan = PartScan(entry.filename, limits.elements) if is_xml else None
        size = 0
        try:
            with archive.open(entry) as stream:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if unpacked + size > limits.unpacked or _swollen(entry, size):
                        _bomb(limits, result)
                        return
                    if scan is not None:
                        scan.feed(chunk, elements)
            if scan is not None:
                scan.close()
                elements += scan.elements
                costs = [sum(pair) for pair in zip(costs, scan.costs(), strict=True)]
                _affordable(costs, limits)
                scans[entry.filename] = scan
        except RefusedXml as refused:
            result.add("unsafe-xml", entry=entry.filename[:80], why=refused.why)
            costs = [0, 0, 0]  # told once
        unpacked += size
    _conclude(scans, result)


def _affordable(costs: list[int], limits: Limits) -> None:
    """The last sentence of rule 5; raises RefusedXml."""
    for cost, most, what in zip(costs, *_COSTS, strict=True):
        if cost > allowed(most, limits.elements):
            raise RefusedXml(f"> {allowed(most, limits.elements)} {what}")


_COSTS = (
    (MAX_EXTRAS, MAX_RANGES, MAX_SHARED),
    ("validations, formats, links", "characters of ranges", "characters of shared formulas"),
)


def _conclude(scans: dict[str, PartScan], result: Inspection) -> None:
    """Rule 4 inside the XML, and the sheets' names for their marks."""
    macro_types = scans[CONTENT_TYPES].macro_types if CONTENT_TYPES in scans else []
    if macro_types:
        result.add("macros", entry=macro_types[0][:80])
    for name, scan in sorted(scans.items()):
        if scan.external_targets:
            result.add("external", entry=f"{name}: {scan.external_targets[0][:80]}")
    workbook = scans.get(WORKBOOK_PART)
    relations = scans.get("xl/_rels/workbook.xml.rels")
    if workbook is None or relations is None:
        if not result.problems:
            result.add("not-workbook", file="xlsx")
        return
    for name, relation, hidden in workbook.sheets:
        target = relations.targets.get(relation, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        marks = scans[part].marks if part in scans else SheetMarks()
        result.sheets[name] = marks
        if hidden:
            result.hidden_sheets.append(name)
        for cell, text in marks.bad_numbers:
            result.problems.append(Problem("bad-number", {"text": text[:40]}, name, cell))
