"""What a workbook must be before anything parses it, as findings: the rules are those of :mod:`databases.workbooks`.

Each broken rule is an ERROR finding; all are reported together where the file still can be read.

Example: ``inspect(data, "bom.xlsx").findings`` is empty for the workbook we ship.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from databases import workbooks
from databases.workbook_parts import SheetMarks
from lca.findings import Finding, Place


@dataclass(slots=True)
class Inspection:
    """Findings, and what was noted about the sheets: name -> marks, hidden sheets' names."""

    findings: list[Finding] = field(default_factory=list)
    sheets: dict[str, SheetMarks] = field(default_factory=dict)
    hidden_sheets: list[str] = field(default_factory=list)


def inspect(data: bytes, filename: str) -> Inspection:
    """Apply the rules to the raw file. Never raises on any input."""
    raw = workbooks.inspect(data, filename)
    return Inspection([_finding(problem) for problem in raw.problems], raw.sheets, raw.hidden_sheets)


_CODES = {
    "empty": "file-empty",
    "too-large": "file-too-large",
    "old-format": "file-old-format",
    "encrypted": "file-encrypted",
    "not-workbook": "file-not-workbook",
    "damaged": "file-damaged",
    "bomb": "file-bomb",
    "unsafe-name": "file-unsafe-name",
    "unsafe-xml": "file-unsafe-xml",
    "macros": "file-macros",
    "external": "file-external",
    "objects": "file-objects",
    "bad-number": "number-cell-damaged",
}
"""Finding of every problem of :mod:`databases.workbooks`: the sentences here speak of the inventory template."""


def _finding(problem: workbooks.Problem) -> Finding:
    place = Place(problem.sheet, None, problem.cell) if problem.cell else Place()
    return Finding.error(_CODES[problem.code], place, **problem.details)
