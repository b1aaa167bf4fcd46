"""Somebody's workbook -> monitoring data, or every problem in it at once.

Rules
1. Nothing parses the file before ``databases.workbooks`` has inspected it; whatever it is, the answer is findings.
2. All sheets are read before anything is decided: the user sees all problems together, each with its cell.
3. Monitoring data is given only when no finding is an ERROR: all or nothing.
4. A row that names its parent (the process of a good, the record of a share) must find it. Any other name that is
   not found is told here, with its cell, and kept as written: ``lca.cbam.checks`` judges it.
5. A sheet that is not there is an empty one, told; without the installation there is nothing.

Example: ``read(path.read_bytes(), path.name).monitoring``.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from databases import workbooks
from databases.workbook_parts import LAST_ROW, SheetMarks
from databases.workbooks import UNREADABLE, Inspection
from lca.cbam.monitoring import Monitoring
from lca.cbam.workbook import records, words
from lca.cbam.workbook.cells import Named, decode
from lca.cbam.workbook.findings import Findings
from lca.cbam.workbook.form import read_form
from lca.cbam.workbook.layout import SHARED, SINK, Column, Kind, sheets
from lca.cbam.workbook.references import Register
from lca.cbam.workbook.tables import Table, choose, read_table, report_marks, rows_of
from lca.findings import Finding, Place

LIMITS = workbooks.Limits(elements=300_000)
"""An installation of 200 source streams and 60 goods holds 40,000 elements; these are read in a few seconds."""
MAX_KNOWN = 1_000
"""IDs among which one most like an unknown one is looked for."""

_CODES = {
    "empty": "file-empty",
    "too-large": "file-too-large",
    "old-format": "file-old-format",
    "encrypted": "file-encrypted",
    "not-workbook": "cbam-book-not-workbook",
    "damaged": "file-damaged",
    "bomb": "file-bomb",
    "unsafe-name": "file-unsafe-name",
    "unsafe-xml": "file-unsafe-xml",
    "macros": "file-macros",
    "external": "file-external",
    "objects": "file-objects",
    "bad-number": "number-cell-damaged",
}
"""Finding of every problem of :mod:`databases.workbooks`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a workbook: ``monitoring`` is None when a finding is an ERROR.

    ``sheets`` are the names of the sheets that were read; ``places`` the row of every record by its id;
    ``sha256`` (hex) is of the bytes as handed in.
    """

    monitoring: Monitoring | None
    findings: tuple[Finding, ...]
    sheets: tuple[str, ...] = ()
    sha256: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(slots=True)
class _Row:
    """One row being read: its values, its cells' places, and whether one of them was refused."""

    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)


def read(data: bytes, filename: str) -> Reading:
    """Read a workbook of monitoring data (.xlsx). Never raises on any input: problems are findings."""
    digest = hashlib.sha256(data).hexdigest()
    inspection = workbooks.inspect(data, filename, LIMITS)
    if inspection.problems:
        return Reading(None, tuple(_refusal(problem) for problem in inspection.problems), sha256=digest)
    found = Findings()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
        try:
            tables = _tables(data, inspection, found)
        except UNREADABLE as error:
            found.error("file-unreadable", Place(), file=filename, why=type(error).__name__)
            tables = []
    rows = {table.sheet.key: [_decoded(table, cells, found) for cells in table.records] for table in tables}
    if tables:
        _refer(rows, found)
        _complete(rows, found)
    values = {key: [row.values for row in entries] for key, entries in rows.items()}
    return Reading(
        None if found.refused else records.assemble(values),
        found.closed(),
        tuple(table.name for table in tables),
        digest,
        {row.values["id"]: row.place for one in rows.values() for row in one if "id" in row.values},
    )


def is_ours(data: bytes, filename: str) -> bool:
    """True for a workbook with the sheets of this one, whatever else is wrong with it."""
    inspection = workbooks.inspect(data, filename, LIMITS)
    forms = {words.normalise(name) for name in inspection.sheets}
    named = {sheet.key for sheet in sheets().values() if forms & sheet.spellings}
    return {"installation", "processes"} <= named or len(named) >= 5


def located(findings: Iterable[Finding], reading: Reading) -> tuple[Finding, ...]:
    """Findings about records, with the sheet and row that each record came from."""
    made = []
    for finding in findings:
        row = reading.places.get(finding.place.line)
        if row is not None and not finding.place.sheet:
            finding = replace(finding, place=replace(row, line=finding.place.line))
        made.append(finding)
    return tuple(made)


def _refusal(problem: workbooks.Problem) -> Finding:
    place = Place(problem.sheet, None, problem.cell) if problem.cell else Place()
    return Finding.error(_CODES[problem.code], place, **problem.details)


def _tables(data: bytes, inspection: Inspection, found: Findings) -> list[Table]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    names = [sheet.title for sheet in book.worksheets]
    chosen = choose(names, found)
    tables = []
    for key, sheet in sheets().items():
        name = chosen.get(key)
        if name is None:
            _missing_sheet(key, names, found)
            continue
        if name in inspection.hidden_sheets:
            found.warning("sheet-hidden", Place(name))
        header, columns = 1, {1, 2}
        if key == "installation":
            table = read_form(name, rows_of(book, name, LAST_ROW), found)
        else:
            table, header, columns = read_table(sheet, name, rows_of(book, name, LAST_ROW), found)
        report_marks(name, header, columns, inspection.sheets.get(name, SheetMarks()), found)
        tables.append(table)
    return tables


def _missing_sheet(key: str, names: list[str], found: Findings) -> None:
    """Rule 5."""
    sheet = sheets()[key]
    wanted, present = f"{sheet.zh} / {sheet.en}", "、".join(names)
    if key == "installation":
        found.error("sheet-missing", Place(), wanted=wanted, present=present)
    elif key in ("processes", "goods", "streams", "precursors"):
        found.warning("cbam-book-sheet-missing", Place(), wanted=wanted, present=present)
    else:
        found.note("cbam-book-sheet-missing", Place(), wanted=wanted, present=present)


def _decoded(table: Table, cells: Mapping[str, Any], found: Findings) -> _Row:
    first = next(iter(cells.values()), None)
    row = _Row(Place(table.name, first.row if first and table.sheet.key != "installation" else None))
    row.places |= table.blanks
    for key, cell in cells.items():
        row.places[key] = cell.place()
        value = decode(cell, found)
        if value is None:
            row.refused.add(key)
        else:
            row.values[key] = value
    return row


def _refer(rows: Mapping[str, list[_Row]], found: Findings) -> None:
    """Every name finds its record (rule 4); an ID that is there twice is refused."""
    seen: dict[tuple[bool, str], Place] = {}
    for key, entries in rows.items():
        for row in entries:
            mine = (key == "evidence", row.values["id"]) if "id" in row.values else None
            if mine in seen:
                first = seen[mine].describe()
                found.error("cbam-book-id-twice", row.places["id"], id=row.values["id"], first=first)
            elif mine is not None:
                seen[mine] = row.places["id"]
    register = Register.of({key: [row.values for row in entries] for key, entries in rows.items()})
    for key, entries in rows.items():
        for column in sheets()[key].columns:
            if column.kind in (Kind.REF, Kind.REFS):
                for row in entries:
                    if column.key in row.values:
                        row.values[column.key] = _resolved(row, column, register, found)


def _resolved(row: _Row, column: Column, register: Register, found: Findings) -> Any:
    given = row.values[column.key]
    names: tuple[Named, ...] = given if isinstance(given, tuple) else (given,)
    made = []
    for name in names:
        meant = register.resolve(name, column)
        made.append(meant)
        if register.knows(meant, column):
            continue
        known = register.known(column)
        near = words.nearest(meant, known[:MAX_KNOWN]) if found.suggests() else ""
        details = {
            "header": column.both,
            "text": meant[:40],
            "known": ", ".join(known[:20]) or "-",
            "near": near,
        }
        code = "cbam-book-reference-near" if near else "cbam-book-reference"
        add = found.error if column.link else found.warning
        add(code, row.places[column.key], **details)
    return tuple(made) if isinstance(given, tuple) else made[0]


def _complete(rows: Mapping[str, list[_Row]], found: Findings) -> None:
    """Needed cells that are empty; a sink of its own beside shares."""
    split = {row.values.get("record") for row in rows.get("shares", ())}
    for key, entries in rows.items():
        for row in entries:
            for column in sheets()[key].columns:
                absent = column.key not in row.values and column.key not in row.refused
                if (
                    column.required
                    and absent
                    and records.present(row.values | dict.fromkeys(row.refused), column)
                ):
                    found.error("value-missing", row.places.get(column.key, row.place), header=column.both)
            if SINK in row.values and key in SHARED and row.values.get("id") in split:
                place = row.places[SINK]
                found.error("cbam-book-sink-and-shares", place, id=row.values["id"])
