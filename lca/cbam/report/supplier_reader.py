"""A returned supplier form -> values, or every problem at once (rules in :mod:`lca.cbam.report.supplier_form`)."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from databases.workbooks import UNREADABLE, Limits, Problem, inspect
from lca.cbam.monitoring import Period, PrecursorValues, VerificationReport
from lca.cbam.report.parameters import REQUIRED
from lca.cbam.report.supplier_form import MARK, QUESTIONS, Question
from lca.cbam.report.words import say
from lca.cbam.workbook.countries import as_country
from lca.findings import Finding, Place, has_errors

LIMITS = Limits(file=2_000_000, unpacked=20_000_000, elements=200_000)
"""A form is small; anything larger is not ours."""
MOST_ROWS, MOST_COLUMNS, LONGEST = 200, 5, 500
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
YES, NO = ("yes", "y", "是", "有", "true", "1"), ("no", "n", "否", "无", "false", "0")


@dataclass(frozen=True, slots=True)
class Returned:
    """What a supplier sent back. ``values`` is None when a finding is an ERROR; the texts are as stated."""

    values: PrecursorValues | None
    findings: tuple[Finding, ...]
    operator: str = ""
    installation: str = ""
    installation_id: str = ""
    unlocode: str = ""
    country: str = ""
    cn: str = ""
    good: str = ""


@dataclass(slots=True)
class _Answers:
    """Raw cells by code, with the cell's name, and what was found wrong."""

    sheet: str
    cells: dict[str, tuple[Any, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def error(self, code: str, one: Question, **details: object) -> None:
        label = say(f"form-{one.key}")
        place = Place(self.sheet, None, self.cells.get(one.code, (None, ""))[1])
        self.findings.append(
            Finding.error(code, place, key=one.code, label=f"{label.zh} {label.en}", **details)
        )


def read_supplier_form(data: bytes, filename: str = "form.xlsx") -> Returned:
    """Read a returned form. Never raises on any input: problems are findings."""
    inspection = inspect(data, filename, LIMITS)
    if inspection.problems:
        return Returned(None, tuple(_refusal(problem) for problem in inspection.problems))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
        try:
            answers = _collect(data)
        except UNREADABLE as error:
            return Returned(None, (Finding.error("cbam-form-file", why=type(error).__name__),))
    if answers is None:
        return Returned(None, (Finding.error("cbam-form-unknown", mark=MARK),))
    return _judge(answers)


def _refusal(problem: Problem) -> Finding:
    """The rule of the file that is broken, with its cell where it is in one."""
    code = "number-cell-damaged" if problem.code == "bad-number" else f"file-{problem.code}"
    place = Place(problem.sheet, None, problem.cell) if problem.cell else Place()
    return Finding.error(code, place, **problem.details)


def _collect(data: bytes) -> _Answers | None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # a declared size may be smaller than the sheet
            rows = list(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS))
            if rows and str(rows[0][0].value or "").strip() == MARK:
                answers = _Answers(sheet.title)
                for number, row in enumerate(rows, start=1):
                    _note(row, number, answers)
                return answers
    finally:
        book.close()
    return None


def _note(row: Sequence[Any], number: int, answers: _Answers) -> None:
    """Keep a row's answer; a code that is there twice is an error."""
    code = str(row[0].value or "").strip().upper()
    one = next((one for one in QUESTIONS if one.code == code), None)
    if one is None:
        return
    if code in answers.cells:
        answers.error("cbam-form-twice", one, other=f"C{number}")
        return
    value = row[2].value
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in str(row[2].number_format):
        value = f"{Decimal(repr(value)) * 100:f}%"  # what the cell shows: 0.125 formatted as a percentage is 12.5 %
    answers.cells[code] = (value, f"C{number}")


def _judge(answers: _Answers) -> Returned:
    given: dict[str, Any] = {one.code: _answer(one, answers) for one in QUESTIONS}
    period = _period(answers, given, "D1", "D2")
    report = _report(answers, given)
    values = None
    if not has_errors(answers.findings) and period is not None:
        values = PrecursorValues(
            see_direct=given["C1"],
            see_indirect=given["C2"],
            sefa=given["C3"],
            electricity_mwh=given["C4"],
            electricity_factor=given["C5"],
            default_share=(given["C6"] or 0.0) / 100.0,
            period=period,
            produced_in_period_shown=bool(given["D3"]),
            report=report,
            reference=given["E9"] or "",
        )
    named = {key: given[code] or "" for key, code in _NAMES.items()}
    return Returned(values, tuple(answers.findings), **named)


_NAMES = {
    "operator": "A1",
    "installation": "A2",
    "installation_id": "A3",
    "unlocode": "A4",
    "country": "A5",
    "cn": "B1",
    "good": "B2",
}


def _answer(one: Question, answers: _Answers) -> Any:
    """The answer in its type; None where it is missing or unfit, with a finding where that matters."""
    value = answers.cells.get(one.code, (None, ""))[0]
    if isinstance(value, str) and value.lstrip().startswith("="):
        answers.error("cbam-form-formula", one)
        return None
    if not isinstance(value, str | int | float | bool | date | type(None)):
        answers.error("cbam-form-formula", one)
        return None
    if value is None or (isinstance(value, str) and not value.strip()):
        if one.needed:
            answers.error("cbam-form-needed", one)
        return None
    if one.kind == "text":
        return _text(one, value, answers)
    if one.kind == "yes":
        return _yes(one, value, answers)
    return _day(one, value, answers) if one.kind == "date" else _number(one, value, answers)


def _text(one: Question, value: object, answers: _Answers) -> str | None:
    written = " ".join(str(value).split())
    if len(written) > LONGEST or _HIDDEN.search(written):
        answers.error("cbam-form-text", one, limit=LONGEST)
        return None
    if one.key == "country":
        code = as_country(written)
        if code is None:
            answers.error("cbam-form-country", one, text=written[:40])
        return code
    return written


def _number(one: Question, value: object, answers: _Answers) -> float | None:
    """A number in plain digits; only a share may carry a percent sign."""
    written = str(value).strip()
    if one.kind == "share":
        written = written.removesuffix("%").strip()
    plain = _PLAIN.fullmatch(written) is not None and not isinstance(value, bool | date)
    number = float(written) if plain else math.nan
    if not math.isfinite(number) or number < 0.0:
        answers.error("cbam-form-number", one, text=str(value)[:40])
        return None
    if one.kind == "share" and number > 100.0:
        answers.error("cbam-form-share", one, text=str(value)[:40])
        return None
    return number


def _day(one: Question, value: object, answers: _Answers) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", str(value).strip(), re.ASCII)
    try:
        if found is None:
            raise ValueError
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        answers.error("cbam-form-date", one, text=str(value)[:40])
        return None


def _yes(one: Question, value: object, answers: _Answers) -> bool | None:
    text = str(value).strip().casefold()
    if text in YES or text in NO:
        return text in YES
    answers.error("cbam-form-yes", one, text=str(value)[:40])
    return None


def _period(answers: _Answers, given: dict[str, Any], start: str, end: str) -> Period | None:
    first, last = given[start], given[end]
    if first is None or last is None:
        return None
    if last < first:
        answers.error("cbam-form-order", _question(end))
        return None
    return Period(first, last)


def _report(answers: _Answers, given: dict[str, Any]) -> VerificationReport | None:
    """Rule 3: the whole report, an error for what a begun one lacks, a warning where there is none."""
    needed = ("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8")
    if all(given[code] is None and answers.cells.get(code, (None, ""))[0] is None for code in needed):
        answers.findings.append(Finding.warning("cbam-form-no-report"))
        return None
    for code in needed:
        if given[code] is None and answers.cells.get(code, (None, ""))[0] is None:
            answers.error("cbam-form-needed", _question(code))
    period = _period(answers, given, "E6", "E7")
    if given["E4"] and given["E5"] and given["E5"] < given["E4"]:
        answers.error("cbam-form-order", _question("E5"))
    categories = tuple(
        part.strip().casefold()
        for part in (given["E8"] or "").replace("、", ",").replace("，", ",").replace(";", ",").split(",")
        if part.strip()
    )
    for category in categories:
        if category not in REQUIRED:
            answers.error("cbam-form-category", _question("E8"), text=category[:40])
    if period is None or has_errors(answers.findings):
        return None
    return VerificationReport(
        number=given["E1"],
        verifier=given["E2"],
        accreditation=given["E3"],
        issued=given["E4"],
        accredited_until=given["E5"],
        period=period,
        categories=categories,
    )


def _question(code: str) -> Question:
    return next(one for one in QUESTIONS if one.code == code)
