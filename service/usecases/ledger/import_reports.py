"""The report of a dry run: how it is kept with the import, shown a page at a time, and downloaded as CSV.

Rules
1. A row is kept as its status, sheet, number, serial and the codes of what is told of it with their values; sentences
   are made when it is read, in both languages.
2. A text that a spreadsheet would take for a formula goes into the CSV file with an apostrophe before it.

Example: ``page(kept(reading, judged, options), 1, "rejected").rows[0].told[0].zh``.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from certificates.ledger.problems import Problem
from certificates.ledger.registries.judging import Judged, Status
from service.usecases.ledger.reading import Reading, SheetRead
from service.usecases.ledger.sheets import Told, told

PAGE = 100
MOST_DIFFERING = 1_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Spreadsheets of East Asian locales take the full-width signs for the others."""
STATUSES = tuple(one.value for one in Status)
WORDS = {
    Status.NEW.value: "新增 / new",
    Status.KNOWN.value: "已有 / known",
    Status.CONFLICT.value: "冲突 / conflict",
    Status.REJECTED.value: "不接受 / rejected",
}
HEADER = (
    "结果 / outcome",
    "工作表 / sheet",
    "行 / row",
    "单元格 / cell",
    "序列号 / serial",
    "代码 / code",
    "说明",
    "explanation",
)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row and what becomes of it: ``new``, ``known``, ``conflict`` or ``rejected``; each thing told has its cell."""

    status: str
    sheet: str
    row: int
    serial: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A page of a report. ``counts`` are of all rows by status, and ``units`` the entries' units by instrument kind;
    ``total`` is how many rows the filter leaves, ``pages`` how many pages they fill, at least 1.
    """

    counts: Mapping[str, int]
    units: Mapping[str, int]
    sheets: tuple[SheetRead, ...]
    notices: tuple[Told, ...]
    rows: tuple[ReportRow, ...]
    page: int = 1
    pages: int = 1
    total: int = 0


def kept(reading: Reading, judged: Sequence[Judged], options: Mapping[str, Any]) -> dict[str, Any]:
    """A report as it is kept (rule 1)."""
    return {
        "options": dict(options),
        "counts": counts(judged),
        "units": units(judged),
        "sheets": [
            [one.name, one.registry, one.header_row, one.rows, list(one.ignored)] for one in reading.sheets
        ],
        "notices": [_problem(one) for one in reading.notices],
        "rows": [
            [
                one.status.value,
                one.draft.sheet,
                one.draft.number,
                one.draft.serial,
                [_problem(problem) for problem in one.problems],
            ]
            for one in judged
        ],
    }


def counts(judged: Iterable[Judged]) -> dict[str, int]:
    """How many rows of each status."""
    found = Counter(one.status.value for one in judged)
    return {status: found[status] for status in STATUSES}


def units(judged: Iterable[Judged]) -> dict[str, int]:
    """How many units the new rows are about, by kind of instrument."""
    found: Counter[str] = Counter()
    for one in judged:
        if one.status is Status.NEW and one.draft.acquire is not None:
            lot = one.draft.acquire.lot
            found[lot.kind.value] += lot.span.count
    return dict(sorted(found.items()))


def differing(
    report: Mapping[str, Any], judged: Sequence[Judged]
) -> tuple[int, list[tuple[str, int, str, str]]]:
    """How many rows ended otherwise than the dry run said, and the first of them: sheet, row, before, after."""
    found = [
        (one.draft.sheet, one.draft.number, row[0], one.status.value)
        for row, one in zip(report["rows"], judged, strict=True)
        if row[0] != one.status.value
    ]
    return len(found), found[:MOST_DIFFERING]


def page(report: Mapping[str, Any], number: int = 1, status: str = "", size: int = PAGE) -> Report:
    """A page of a kept report, from 1, of one status where it is named; a page beyond the last is the last."""
    rows = [row for row in report["rows"] if status in ("", row[0])]
    pages = max(1, -(-len(rows) // size))
    at = min(max(number, 1), pages)
    return Report(
        counts=report["counts"],
        units=report["units"],
        sheets=tuple(_sheet(*one) for one in report["sheets"]),
        notices=tuple(_told(one) for one in report["notices"]),
        rows=tuple(_row(row) for row in rows[(at - 1) * size : at * size]),
        page=at,
        pages=pages,
        total=len(rows),
    )


def as_csv(report: Mapping[str, Any]) -> bytes:
    """A kept report as CSV in UTF-8 with its mark; a row of the file stands once for each thing told of it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for kept_row in report["rows"]:
        row = _row(kept_row)
        for one in row.told or (Told("", "", "", ""),):
            cells = (WORDS[row.status], row.sheet, row.row, one.where, row.serial, one.code, one.zh, one.en)
            writer.writerow([_harmless(str(cell)) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """Rule 2."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _problem(one: Problem) -> list[Any]:
    return [one.code, dict(one.values), one.where]


def _told(kept_problem: Sequence[Any]) -> Told:
    code, values, where = kept_problem
    return told(Problem(code, values, where))


def _sheet(name: str, registry: str, header_row: int, rows: int, ignored: Sequence[str]) -> SheetRead:
    return SheetRead(name, registry, header_row, rows, tuple(ignored))


def _row(kept_row: Sequence[Any]) -> ReportRow:
    status, sheet, number, serial, problems = kept_row
    return ReportRow(status, sheet, number, serial, tuple(_told(one) for one in problems))
