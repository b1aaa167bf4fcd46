"""The empty factor workbook: a guide, the datasets and their exchanges, with lists to choose from.

Rules
1. Heads are in both languages, so that one file serves both; guide and hints are in the language asked for.
2. What may only be one of some words is a list while typing; the reader checks everything again.
3. Text is written as text and numbers as numbers; nothing is a formula.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from databases.importers.workbook_sheets import GASES, GUIDE, SHEETS, Column
from databases.units import DIMENSIONS

MAX_ROWS = 10_000
_INTRODUCTION = {
    "zh": (
        "碳标因子工作簿",
        "一行一个数据集；一行一个投入或排放，数量对应一个单位的数据集。",
        "带 * 的列必填。导入时会一次列出所有问题及其单元格；有任何问题则整本不导入。",
        "公式以保存的结果为准；请勿使用宏或外部链接。",
        "例：数据集 steel-bar-2024（单位 kg）的两行交换：CO2 fossil 2.1 kg；elec-cn-2024 0.5 kWh。",
    ),
    "en": (
        "Tanbiao factor workbook",
        "One row a dataset; one row an input or emission, its amount for one unit of the dataset.",
        "Columns with * are needed. Every problem is listed at once, by cell; with any problem nothing is imported.",
        "A formula counts by its saved result; macros and external links are refused.",
        "Example: dataset steel-bar-2024 (unit kg) with two exchanges: CO2 fossil 2.1 kg; elec-cn-2024 0.5 kWh.",
    ),
}
_HEADS = {"zh": ("工作表", "列", "必填", "填写"), "en": ("sheet", "column", "needed", "what to write")}
_GASES = {"zh": "可写的气体", "en": "Gases that may be written"}


def write_template(target: Path | BinaryIO, language: str) -> None:
    """Write the empty workbook to a path or an opened file; ``language`` is ``zh`` or ``en``."""
    import xlsxwriter  # type: ignore[import-untyped]

    if language not in _INTRODUCTION:
        raise ValueError(f"{language!r} is none of zh, en")
    book = xlsxwriter.Workbook(
        target if not isinstance(target, Path) else str(target),
        {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True},
    )
    styles = {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "cell": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "number": book.add_format({"valign": "top"}),
        "head": book.add_format({"bold": True, "bg_color": "#E8F0EA", "border": 1, "text_wrap": True}),
        "needed": book.add_format({"bold": True, "bg_color": "#CFE5D6", "border": 1, "text_wrap": True}),
    }
    _guide(book, styles, language)
    for name, columns in SHEETS.values():
        _sheet(book, styles, language, (name, columns))
    book.close()


def _guide(book: Any, styles: dict[str, Any], language: str) -> None:
    page = book.add_worksheet(GUIDE)
    page.hide_gridlines(2)
    for column, width in enumerate((20, 26, 10, 80)):
        page.set_column(column, column, width)
    title, *lines = _INTRODUCTION[language]
    page.write_string(0, 0, title, styles["title"])
    row = 1
    for line in lines:
        page.write_string(row, 0, line)
        row += 1
    row += 1
    for column, head in enumerate(_HEADS[language]):
        page.write_string(row, column, head, styles["head"])
    for name, columns in SHEETS.values():
        for item in columns:
            row += 1
            for column, text in enumerate(
                (name, item.header, "*" if item.needed else "", item.hint(language))
            ):
                page.write_string(row, column, text, styles["text"])
    row += 2
    page.write_string(row, 0, _GASES[language], styles["head"])
    page.write_string(row, 3, " · ".join(words[0] for words in GASES.values()), styles["text"])


def _sheet(book: Any, styles: dict[str, Any], language: str, sheet: tuple[str, tuple[Column, ...]]) -> None:
    name, columns = sheet
    page = book.add_worksheet(name)
    page.freeze_panes(1, 1)
    page.set_row(0, 32)
    for number, column in enumerate(columns):
        text = column.key not in ("year", "amount", "uncertainty")
        page.set_column(number, number, column.width, styles["cell" if text else "number"])
        page.write_string(0, number, column.header, styles["needed" if column.needed else "head"])
        page.data_validation(1, number, MAX_ROWS, number, _validation(column, language))


def _validation(column: Column, language: str) -> dict[str, Any]:
    told = {"input_title": column.header[:32], "input_message": column.hint(language)[:255]}
    if column.choices:
        return told | {"validate": "list", "source": list(column.choices)}
    if column.key == "year":
        return told | {"validate": "integer", "criteria": "between", "minimum": 1900, "maximum": 2099}
    if column.key == "amount":
        return told | {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15}
    if column.key == "uncertainty":
        return told | {"validate": "decimal", "criteria": ">=", "value": 1}
    if column.key == "unit":
        # the list is a help: every unit the platform knows may be written
        source = [unit for unit in DIMENSIONS if len(unit) < 8][:30]
        return told | {"validate": "list", "source": source, "error_type": "warning"}
    return told | {"validate": "any"}
