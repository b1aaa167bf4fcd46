"""What a workbook must be before anything parses it: the raw zip and every XML part are inspected here first.

Rules (each broken one is an ERROR finding; all are reported together where the file still can be read)
1. At most 20 MB as handed in; a zip archive; not an old .xls, not encrypted, not empty.
2. At most 2,000 entries, no name twice, no absolute name, no ``..``, no backslash; stored or deflated.
3. At most 100 MB unpacked, counted while it is unpacked (a declared size is refused when too large, and never
   believed), and no entry above 1 MB that unpacks to more than 200 times its packed size.
4. No macros (VBA, macro sheets, a macro content type), no external links, data connections, embedded objects.
5. XML in UTF-8 without DTD or entities, well formed, at most 3,000,000 elements in all, 100,000 in a part
   that is neither a sheet nor the shared strings, and 200 sheets.
6. Number cells hold plain numbers (a value such as ``NaN`` there is not one).

Merged ranges, hidden rows and columns and cells far to the right are noted for the reader, by sheet part.

Example: ``inspect(data, "bom.xlsx").findings`` is empty for the workbook we ship.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field

from lca.bom.parts import PartScan, RefusedXml, SheetMarks
from lca.findings import Finding, Place

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


@dataclass(slots=True)
class Inspection:
    """Findings, and what was noted about the sheets: name -> part, part -> marks, hidden sheets' names."""

    findings: list[Finding] = field(default_factory=list)
    sheets: dict[str, SheetMarks] = field(default_factory=dict)
    hidden_sheets: list[str] = field(default_factory=list)


def inspect(data: bytes, filename: str) -> Inspection:
    """Apply the rules to the raw file. Never raises on any input."""
    result = Inspection()
    refusal = _not_a_workbook(data, filename)
    if refusal is not None:
        result.findings.append(refusal)
        return result
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _entries(archive, result)
            if not result.findings:
                _contents(archive, result)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError):
        result.findings.append(Finding.error("file-damaged", file=filename))
    return result


def _not_a_workbook(data: bytes, filename: str) -> Finding | None:
    """Rule 1."""
    if not data:
        return Finding.error("file-empty", file=filename)
    if len(data) > MAX_FILE:
        return Finding.error("file-too-large", file=filename, limit_mb=MAX_FILE // 1_000_000)
    if data.startswith(OLE_MAGIC):
        encrypted = ENCRYPTED_MARK in data
        return Finding.error("file-encrypted" if encrypted else "file-old-format", file=filename)
    if not zipfile.is_zipfile(io.BytesIO(data)) or not data.startswith(b"PK"):
        return Finding.error("file-not-workbook", file=filename)
    return None


def _entries(archive: zipfile.ZipFile, result: Inspection) -> None:
    """Rules 2 and 4 and the declared half of rule 3, from the directory of the archive alone."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    lowered = [name.lower() for name in names]
    add = result.findings.append
    if len(entries) > MAX_ENTRIES or len(set(lowered)) != len(lowered):
        add(Finding.error("file-damaged", file=archive.filename or "xlsx"))
        return
    unsafe = [name for name in names if _unsafe(name)]
    if unsafe:
        add(Finding.error("file-unsafe-name", entry=unsafe[0][:80]))
    if any(entry.flag_bits & 0x1 for entry in entries):
        add(Finding.error("file-encrypted", file="zip"))
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        add(Finding.error("file-not-workbook", file="zip"))
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED or any(_swollen(entry) for entry in entries):
        add(Finding.error("file-bomb", limit_mb=MAX_UNPACKED // 1_000_000, ratio=MAX_RATIO))
    for code, marks in (
        ("file-macros", MACRO_MARKS),
        ("file-external", EXTERNAL_MARKS),
        ("file-objects", OBJECT_MARKS),
    ):
        found = [name for name in names if any(mark in name.lower() for mark in marks)]
        if found:
            add(Finding.error(code, entry=found[0][:80]))
    if WORKBOOK_PART not in names or CONTENT_TYPES not in names:
        add(Finding.error("file-not-workbook", file="zip"))


def _unsafe(name: str) -> bool:
    parts = name.split("/")
    return ".." in parts or name.startswith("/") or "\\" in name or ":" in name or "\x00" in name


def _swollen(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)


def _contents(archive: zipfile.ZipFile, result: Inspection) -> None:
    """Unpack every part once, counting (rule 3), and scan the XML ones as they come (rules 4 to 6)."""
    unpacked = 0
    elements = 0
    scans: dict[str, PartScan] = {}
    for entry in archive.infolist():
        scan = PartScan(entry.filename) if entry.filename.lower().endswith((".xml", ".rels")) else None
        size = 0
        try:
            with archive.open(entry) as stream:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    swollen = size > RATIO_FROM and size > MAX_RATIO * max(entry.compress_size, 1)
                    if unpacked + size > MAX_UNPACKED or swollen:
                        result.findings.append(
                            Finding.error("file-bomb", limit_mb=MAX_UNPACKED // 1_000_000, ratio=MAX_RATIO)
                        )
                        return
                    if scan is not None:
                        scan.feed(chunk, elements)
            if scan is not None:
                scan.close()
                elements += scan.elements
                scans[entry.filename] = scan
        except RefusedXml as refused:
            result.findings.append(
                Finding.error("file-unsafe-xml", entry=entry.filename[:80], why=refused.why)
            )
        unpacked += size
    _conclude(scans, result)


def _conclude(scans: dict[str, PartScan], result: Inspection) -> None:
    """Rule 4 inside the XML, and the sheets' names for their marks."""
    add = result.findings.append
    macro_types = scans[CONTENT_TYPES].macro_types if CONTENT_TYPES in scans else []
    if macro_types:
        add(Finding.error("file-macros", entry=macro_types[0][:80]))
    for name, scan in sorted(scans.items()):
        if scan.external_targets:
            add(Finding.error("file-external", entry=f"{name}: {scan.external_targets[0][:80]}"))
    workbook = scans.get(WORKBOOK_PART)
    relations = scans.get("xl/_rels/workbook.xml.rels")
    if workbook is None or relations is None:
        if not result.findings:
            add(Finding.error("file-not-workbook", file="xlsx"))
        return
    for name, relation, hidden in workbook.sheets:
        target = relations.targets.get(relation, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        marks = scans[part].marks if part in scans else SheetMarks()
        result.sheets[name] = marks
        if hidden:
            result.hidden_sheets.append(name)
        for cell, text in marks.bad_numbers:
            add(Finding.error("number-cell-damaged", Place(name, None, cell), text=text[:40]))
