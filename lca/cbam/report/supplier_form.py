"""The form a supplier fills in: one bilingual sheet, written by us, read back with suspicion.

Rules
1. Nothing parses a returned file before :mod:`databases.workbooks` has inspected it; whatever it is, the answer is
   findings, all of them at once.
2. Answers are found by the code in the first column, never by position; a formula is no answer.
3. Values are given only without an ERROR. A report of a verifier is given only when all of it is there.
4. The form names the good asked about and nothing else of the buyer's data.
5. The same precursor gives the same bytes.

Example: ``read_supplier_form(supplier_form(one), "form.xlsx").findings`` says which answers are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from lca.cbam.monitoring import Precursor
from lca.cbam.report.words import say

MARK = "TANBIAO-CBAM-SUPPLIER-FORM-1"
"""In cell A1; names the version of the form."""
SHEET = "数据表 Data form"


@dataclass(frozen=True, slots=True)
class Question:
    """A row: its code, the key of its words, what answers it (number, share, date, yes, text) and its unit."""

    code: str
    key: str
    kind: str
    unit: str = ""
    needed: bool = False


QUESTIONS = (
    Question("A1", "operator", "text", needed=True),
    Question("A2", "installation", "text", needed=True),
    Question("A3", "registry-id", "text"),
    Question("A4", "unlocode", "text"),
    Question("A5", "country", "text"),
    Question("B1", "cn", "text", needed=True),
    Question("B2", "good", "text"),
    Question("C1", "see-direct", "number", "tCO2e / {unit}", needed=True),
    Question("C2", "see-indirect", "number", "tCO2e / {unit}"),
    Question("C3", "sefa", "number", "tCO2e / {unit}"),
    Question("C4", "electricity-per-unit", "number", "MWh / {unit}"),
    Question("C5", "electricity-factor", "number", "tCO2 / MWh"),
    Question("C6", "default-share", "share", "%"),
    Question("D1", "period-start", "date", needed=True),
    Question("D2", "period-end", "date", needed=True),
    Question("D3", "period-shown", "yes"),
    Question("E1", "report-number", "text"),
    Question("E2", "report-verifier", "text"),
    Question("E3", "report-accreditation", "text"),
    Question("E4", "report-issued", "date"),
    Question("E5", "report-until", "date"),
    Question("E6", "report-start", "date"),
    Question("E7", "report-end", "date"),
    Question("E8", "report-categories", "text"),
    Question("E9", "reference", "text"),
)
"""Every row of the form, in order."""
GROUPS = {"A": "form-a", "B": "form-b", "C": "form-c", "D": "form-d", "E": "form-e"}


def supplier_form(precursor: Precursor, unit: str = "t") -> bytes:
    """The form (.xlsx) for one precursor, its CN code and name filled in; ``unit`` is its functional unit."""
    import xlsxwriter  # type: ignore[import-untyped]

    stated = {
        "A1": precursor.supplier,
        "A2": precursor.installation,
        "A3": precursor.installation_id,
        "A4": precursor.unlocode,
        "A5": precursor.country,
        "B1": precursor.cn,
        "B2": precursor.name,
    }
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        fixed = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        book.set_properties({"title": say("title-form").en, "author": "Tanbiao", "created": fixed})
        sheet = book.add_worksheet(SHEET)
        _write(book, sheet, stated, unit)
    return target.getvalue()


_STYLES: dict[str, dict[str, Any]] = {
    "mark": {"text_wrap": False, "font_size": 8, "font_color": "#5C5C5C"},
    "title": {"bold": True, "font_size": 14, "font_color": "#0B5D44"},
    "head": {"bold": True, "bg_color": "#F1F5F3", "bottom": 1},
    "text": {"font_size": 10},
    "needed": {"bg_color": "#FFF8E1", "border": 1, "border_color": "#C9D8D1", "num_format": "@"},
    "answer": {"border": 1, "border_color": "#C9D8D1", "num_format": "@"},
    "needed-number": {"bg_color": "#FFF8E1", "border": 1, "border_color": "#C9D8D1"},
    "answer-number": {"border": 1, "border_color": "#C9D8D1"},
}


def _write(book: Any, sheet: Any, stated: dict[str, str], unit: str) -> None:
    styles = {
        name: book.add_format(
            {"text_wrap": True, "valign": "vcenter", "font_name": "Noto Sans CJK SC", **more}
        )
        for name, more in _STYLES.items()
    }
    put = sheet.write_string
    put(0, 0, MARK, styles["mark"])
    put(1, 1, f"{say('title-form').zh} / {say('title-form').en}", styles["title"])
    put(2, 1, f"{say('form-note').zh}\n{say('form-note').en}", styles["text"])
    sheet.set_row(2, 78)
    for column, key in enumerate(("code", "question", "answer", "unit", "help")):
        head = say(f"form-{key}")
        put(3, column, f"{head.zh} {head.en}", styles["head"])
    row = 4
    group = ""
    for one in QUESTIONS:
        if one.code[0] != group:
            group = one.code[0]
            words = say(GROUPS[group])
            put(row, 0, "", styles["head"])
            sheet.merge_range(row, 1, row, 4, f"{words.zh} / {words.en}", styles["head"])
            row += 1
        _question(sheet, styles, row, one, (stated.get(one.code, ""), unit))
        row += 1
    for column, width in enumerate((9, 46, 34, 16, 60)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(4, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _question(sheet: Any, styles: dict[str, Any], row: int, one: Question, given: tuple[str, str]) -> None:
    value, unit = given
    put = sheet.write_string
    label, hint = say(f"form-{one.key}"), say(f"form-help-{one.key}")
    put(row, 0, one.code, styles["text"])
    put(row, 1, f"{label.zh}\n{label.en}", styles["text"])
    style = ("needed" if one.needed else "answer") + ("-number" if one.kind in ("number", "share") else "")
    if value:
        put(row, 2, value, styles[style])
    else:
        sheet.write_blank(row, 2, None, styles[style])
    put(row, 3, one.unit.format(unit=unit), styles["text"])
    put(row, 4, f"{hint.zh}\n{hint.en}", styles["text"])
    sheet.set_row(row, 33)
    if one.kind == "yes":
        sheet.data_validation(row, 2, row, 2, {"validate": "list", "source": ["yes", "no"]})
    elif one.kind == "number":
        sheet.data_validation(row, 2, row, 2, {"validate": "decimal", "criteria": ">=", "value": 0})
    elif one.kind == "share":
        sheet.data_validation(
            row, 2, row, 2, {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
        )
