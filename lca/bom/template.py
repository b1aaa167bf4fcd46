"""The inventory workbook we ship: bilingual headers, choice lists, checks while typing, no formula.

Rules
1. What the reader reads is what this writes: sheets and columns come from ``lca.bom.columns``.
2. Numbers are written as numbers where a spreadsheet keeps all their digits, else as text.
3. Every text is written as text, also one that begins with ``=``.
4. The same inventory gives the same bytes: the file carries no clock.

Example: ``write_template(stream, "zh", example=heat_sink())``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, BinaryIO

from lca.bom.columns import MAX_ROWS, Column, Form, Sheet, sheets
from lca.bom.guide import write_guide
from lca.bom.words import label
from lca.inventory import Inventory, Leg, Line, Output

HEADER_ROW = 2
"""0-based row of the table headers; title and note stand above."""
FORM_ROW = 3
"""0-based first row of the product form's fields."""

INK, PAPER, LINE, GREEN, NEEDED = "#17322B", "#FFFFFF", "#C9D8D1", "#1F6F54", "#FFF8E1"
NUMBER_FORMATS = {"number": "General", "whole": "#,##0", "part": "#,##0.00######"}
"""By what the number is: not yet typed, whole, with decimals."""

TITLES = {
    "product": ("产品与统计期", "Product and period"),
    "processes": ("工序及其产出", "Processes and what they give"),
    "inventory": ("投入产出清单", "Inputs and outputs"),
    "transport": ("运输", "Transport"),
}
NOTES = {
    "product": ("黄色为必填项；在“填写”列作答。", "Yellow fields are needed; answer in the column Value."),
    "processes": ("每个工序一行，每个工序一种产出。", "One row a process, one output a process."),
    "inventory": (
        "一行一项，均为统计期总量。毛量 = 净量 ×（1 + 损耗率/100）。",
        "One item a row, totals of the period. Gross = net × (1 + loss/100).",
    ),
    "transport": (
        "每段运输一行；运输量 = 清单行毛质量 × 距离。",
        "One row a leg; freight = gross mass of the inventory line × distance.",
    ),
}


def write_template(target: BinaryIO, language: str, *, example: Inventory | None = None) -> None:
    """Write the workbook in ``zh`` or ``en`` to a binary stream, filled with ``example`` when given.

    Raises ValueError for another language.
    """
    if language not in ("zh", "en"):
        raise ValueError(f"Language {language!r} is not zh or en.")
    import xlsxwriter  # type: ignore[import-untyped]

    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    fixed = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    book.set_properties({"title": "碳标清单 / Tanbiao inventory", "author": "Tanbiao", "created": fixed})
    styles = _styles(book)
    write_guide(book.add_worksheet("说明 Guide"), styles, language)
    _form(book, sheets()["product"], styles, language, example)
    rows: dict[str, Iterable[Any]] = {"processes": (), "inventory": (), "transport": ()}
    if example is not None:
        legs = [(line, leg) for line in example.lines for leg in line.legs]
        rows = {"processes": example.outputs, "inventory": example.lines, "transport": legs}
    for key, items in rows.items():
        _table(book, sheets()[key], styles, language, items)
    for page in book.worksheets():
        _prepare_print(page)
    if example is not None:
        book.worksheets()[1].activate()
    book.close()


def _prepare_print(page: Any) -> None:
    """A4 landscape, all columns on one page's width, page numbers: auditors file these on paper."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.set_footer("&L&A&R&P / &N")


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK, "valign": "vcenter"}
    cell = {**base, "border": 1, "border_color": LINE}
    head = {
        **cell,
        "bold": True,
        "font_color": PAPER,
        "bg_color": GREEN,
        "text_wrap": True,
        "align": "center",
    }
    return {
        name: book.add_format(options)
        for name, options in {
            "title": {**base, "bold": True, "font_size": 16, "font_color": GREEN},
            "note": {**base, "italic": True, "font_color": "#5B6F68"},
            "section": {**base, "bold": True, "font_size": 12, "font_color": GREEN, "bottom": 2},
            "plain": {**base, "text_wrap": True, "valign": "top"},
            "head": head,
            "head-needed": {**head, "bottom": 5, "bottom_color": "#F2B705"},
            "label": {**cell, "bold": True, "bg_color": "#EAF3EF", "text_wrap": True},
            "hint": {**cell, "font_color": "#5B6F68", "text_wrap": True},
            "text": {**cell, "num_format": "@"},
            **{name: {**cell, "num_format": shown} for name, shown in NUMBER_FORMATS.items()},
            "date": {**cell, "num_format": "yyyy-mm-dd", "align": "left"},
            "needed-text": {**cell, "bg_color": NEEDED, "num_format": "@"},
            **{
                f"needed-{name}": {**cell, "bg_color": NEEDED, "num_format": shown, "align": "left"}
                for name, shown in NUMBER_FORMATS.items()
            },
            "needed-date": {**cell, "bg_color": NEEDED, "num_format": "yyyy-mm-dd", "align": "left"},
        }.items()
    }


def _style(column: Column) -> str:
    if column.form in (Form.NUMBER, Form.PERCENT):
        return "number"
    return "date" if column.form is Form.DATE else "text"


def _pick(pair: tuple[str, str], language: str) -> str:
    return pair[0] if language == "zh" else pair[1]


def _form(book: Any, sheet: Sheet, styles: dict[str, Any], language: str, example: Inventory | None) -> None:
    page = book.add_worksheet(sheet.name)
    page.hide_gridlines(2)
    page.set_column(0, 0, 40)
    page.set_column(1, 1, 46)
    page.set_column(2, 2, 62)
    page.set_row(0, 28)
    page.write_string(0, 0, _pick(TITLES[sheet.key], language), styles["title"])
    page.write_string(1, 0, _pick(NOTES[sheet.key], language), styles["note"])
    for number, head in enumerate(("项目 / Item", "填写 / Value", "说明 / Explanation")):
        page.write_string(FORM_ROW - 1, number, head, styles["head"])
    page.freeze_panes(FORM_ROW, 1)
    for row, column in enumerate(sheet.columns, FORM_ROW):
        page.set_row(row, 24)
        page.write_string(row, 0, column.header, styles["label"])
        style = ("needed-" if column.required else "") + _style(column)
        value = getattr(example, column.key) if example is not None else ""
        _write(page, (row, 1), value, styles, style)
        page.write_string(row, 2, _pick(column.hint, language), styles["hint"])
        _validate(page, (row, 1, row, 1), column)
    for row, (name, value) in enumerate(example.extra if example else (), FORM_ROW + len(sheet.columns)):
        page.write_string(row, 0, name, styles["label"])
        page.write_string(row, 1, value, styles["text"])


def _table(book: Any, sheet: Sheet, styles: dict[str, Any], language: str, items: Iterable[Any]) -> None:
    page = book.add_worksheet(sheet.name)
    page.hide_gridlines(2)
    page.set_row(0, 28)
    page.write_string(0, 0, _pick(TITLES[sheet.key], language), styles["title"])
    page.write_string(1, 0, _pick(NOTES[sheet.key], language), styles["note"])
    page.set_row(HEADER_ROW, 36)
    page.freeze_panes(HEADER_ROW + 1, 1)
    page.repeat_rows(HEADER_ROW)
    last = HEADER_ROW + MAX_ROWS
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width, styles[_style(column)])
        page.write_string(
            HEADER_ROW, number, column.header, styles["head-needed" if column.required else "head"]
        )
        _validate(page, (HEADER_ROW + 1, number, last, number), column)
    row = HEADER_ROW
    for row, item in enumerate(items, HEADER_ROW + 1):
        for number, column in enumerate(sheet.columns):
            _write(page, (row, number), _value(item, column.key), styles, _style(column))
    page.autofilter(HEADER_ROW, 0, max(row, HEADER_ROW + 1), len(sheet.columns) - 1)


def _value(item: Output | Line | tuple[Line, Leg], key: str) -> Any:
    if isinstance(item, tuple):
        line, leg = item
        return line.number if key == "line" else getattr(leg, key)
    value = getattr(item, key)
    return None if key == "loss_percent" and not value else value


def _write(page: Any, at: tuple[int, int], value: Any, styles: dict[str, Any], style: str) -> None:
    """Rules 2 and 3; an empty value leaves a styled blank."""
    if isinstance(value, StrEnum):
        page.write_string(*at, label(value), styles[style])
    elif isinstance(value, int | Decimal):
        shown = "whole" if value == int(value) else "part"
        number = float(value)
        if Decimal(f"{number:.16G}") == value:
            page.write_number(*at, number, styles[style.replace("number", shown)])
        else:
            page.write_string(*at, f"{value:f}", styles[style])
    elif isinstance(value, date):
        page.write_datetime(*at, datetime(value.year, value.month, value.day), styles[style])  # noqa: DTZ001
    elif value:
        page.write_string(*at, value, styles[style])
    else:
        page.write_blank(*at, None, styles[style])


def _validate(page: Any, area: tuple[int, int, int, int], column: Column) -> None:
    """Choice lists and number checks while typing; the reader checks everything again."""
    if column.choices is not None:
        rule: dict[str, Any] = {"validate": "list", "source": [label(member) for member in column.choices]}
    elif column.form in (Form.NUMBER, Form.PERCENT):
        rule = {"validate": "decimal", "criteria": ">=", "value": 0}
    elif column.form is Form.DATE:
        rule = {
            "validate": "date",
            "criteria": "between",
            "minimum": date(2000, 1, 1),
            "maximum": date(2099, 12, 31),
        }
    elif column.key in ("unit", "declared_unit"):
        units = ["kg", "t", "g", "kWh", "MWh", "MJ", "GJ", "m3", "L", "tkm", "m2", "m", "km", "piece"]
        rule = {"validate": "list", "source": units, "error_type": "warning"}
    else:
        return
    rule |= {"input_title": column.zh[:32], "input_message": " / ".join(column.hint)[:255]}
    page.data_validation(*area, rule)
