"""Monitoring data -> the workbook that clerks fill in: one language, choice lists, explanations, no formula.

Rules
1. What the reader reads is what this writes: sheets and columns come from ``lca.cbam.workbook.layout``.
2. Every number keeps all its digits; every text is written as text, also one that begins with ``=``.
3. Above each header stands what to enter; headers carry their unit; needed columns are marked.
4. Lists for choice cells stand on the last sheet with their meaning; IDs are offered from the sheet they are given on.
5. The same data gives the same bytes: the file carries no clock.

Example: ``read(write(data, "zh"), "cbam.xlsx").monitoring == data``.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Any

from lca.cbam.monitoring import Monitoring
from lca.cbam.workbook import records, words
from lca.cbam.workbook.encode import encode
from lca.cbam.workbook.layout import MAX_ROWS, Column, Kind, Sheet, sheets
from lca.cbam.workbook.references import Register
from lca.cbam.workbook.styles import WIDTHS, Styles, styles

HEADER_ROW = 3
"""0-based row of the table headers; title, note and explanations stand above."""
FORM_ROW = 3
"""0-based first row of the installation form."""
PRINTED = 12
"""Columns to a printed page."""
GUIDE_WIDTH = 110
"""Characters in a line of the guide."""
_LISTED = {Kind.CHOICE, Kind.AMONG}


class _Exact(float):
    """A number that is written with all its digits: the writer of the file would keep 16 of up to 17."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def template(language: str) -> bytes:
    """The empty workbook in ``zh`` or ``en``. Raises ValueError for another language."""
    blank: dict[str, list[records.Row]] = {key: [] for key in sheets()} | {
        "installation": [{"basis": "definitive", "meters_reconciled": True}]
    }
    return _book(blank, language)


def write(data: Monitoring, language: str) -> bytes:
    """The workbook filled with ``data``, in ``zh`` or ``en``; the reader gives the same data back.

    Raises ValueError for another language, a number that is not finite, and a text that no cell holds.
    """
    return _book(records.rows(data), language)


def _book(rows: Mapping[str, Sequence[Mapping[str, Any]]], language: str) -> bytes:
    if language not in words.LANGUAGES:
        raise ValueError(f"Language {language!r} is not zh or en.")
    import xlsxwriter  # type: ignore[import-untyped]

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    fixed = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    book.set_properties(
        {"title": "碳标 CBAM 监测数据 / Tanbiao CBAM monitoring data", "author": "Tanbiao", "created": fixed}
    )
    page = _Page(language, styles(book), Register.of(rows), _word_ranges(language))
    _guide(book.add_worksheet("说明" if language == "zh" else "Read me"), page)
    for key, sheet in sheets().items():
        target = book.add_worksheet(sheet.name(language))
        if key == "installation":
            page.form(target, sheet, rows[key][0])
        else:
            page.table(target, sheet, rows.get(key, ()))
    _words(book.add_worksheet(_words_name(language)), page)
    widths = {
        sheet.name(language): len(sheet.columns) for key, sheet in sheets().items() if key != "installation"
    }
    for one in book.worksheets():
        _prepare_print(one, widths.get(one.get_name(), 0))
    book.close()
    return stream.getvalue()


class _Page:
    """Writes sheets of one workbook: its language, styles, IDs and the ranges of its word lists."""

    def __init__(self, language: str, made: Styles, register: Register, lists: Mapping[str, str]) -> None:
        self.language = language
        self.styles = made
        self.register = register
        self.lists = lists

    def say(self, pair: Sequence[str]) -> str:
        """The Chinese or the English of a pair."""
        return pair[0] if self.language == "zh" else pair[1]

    def form(self, page: Any, sheet: Sheet, row: Mapping[str, Any]) -> None:
        """The installation: item, value, explanation."""
        self._top(page, sheet)
        for number, width in enumerate((30, 46, 62)):
            page.set_column(number, number, width)
        for number, head in enumerate((("项目", "Item"), ("填写", "Value"), ("说明", "Explanation"))):
            page.write_string(FORM_ROW - 1, number, self.say(head), self.styles["head"])
        page.freeze_panes(FORM_ROW, 1)
        for at, column in enumerate(sheet.columns, FORM_ROW):
            page.write_string(at, 0, column.header(self.language), self.styles["label"])
            needed = "needed-" if column.required else ""
            style = self.styles[needed + _style(column)]
            if column.key in row:
                self._cell(page, (at, 1), row[column.key], column, style)
            else:
                page.write_blank(at, 1, None, style)
            page.write_string(at, 2, self.say(column.hint), self.styles["hint"])
            self._validate(page, (at, 1, at, 1), column)

    def table(self, page: Any, sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> None:
        """A table: explanations, headers, rows."""
        self._top(page, sheet)
        page.set_row(HEADER_ROW - 1, 44)
        page.set_row(HEADER_ROW, 32)
        page.freeze_panes(HEADER_ROW + 1, 2 if sheet.has_ids else 1)
        page.repeat_rows(HEADER_ROW)
        for number, column in enumerate(sheet.columns):
            page.set_column(number, number, WIDTHS[column.kind], self.styles[_style(column)])
            page.write_string(HEADER_ROW - 1, number, self.say(column.hint), self.styles["help"])
            head = "head-needed" if column.required and not column.groups else "head"
            page.write_string(HEADER_ROW, number, column.header(self.language), self.styles[head])
            self._validate(page, (HEADER_ROW + 1, number, HEADER_ROW + MAX_ROWS, number), column)
        numbers = {column.key: (number, column) for number, column in enumerate(sheet.columns)}
        for at, row in enumerate(rows, HEADER_ROW + 1):
            for key, value in row.items():
                number, column = numbers[key]
                self._cell(page, (at, number), value, column, self.styles[_style(column)])

    def _top(self, page: Any, sheet: Sheet) -> None:
        page.hide_gridlines(2)
        page.set_row(0, 26, self.styles["title"])
        page.set_row(1, 16, self.styles["note"])
        page.write_string(0, 0, sheet.name(self.language), self.styles["title"])
        page.write_string(1, 0, self.say(sheet.note), self.styles["note"])

    def _cell(self, page: Any, at: tuple[int, int], value: Any, column: Column, style: Any) -> None:
        """Rule 2."""
        if column.kind is Kind.REF:
            shown: Any = self.register.write(value, column, self.language)
        elif column.kind is Kind.REFS:
            shown = "; ".join(self.register.write(one, column, self.language) for one in value)
        else:
            shown = encode(value, column, self.language)
        if isinstance(shown, str):
            page.write_string(*at, shown, style)
        elif isinstance(shown, date):
            page.write_datetime(*at, datetime(shown.year, shown.month, shown.day), style)  # noqa: DTZ001
        else:
            page.write_number(*at, _Exact(shown), style)

    def _validate(self, page: Any, area: tuple[int, int, int, int], column: Column) -> None:
        """Lists while typing (rule 4); the reader checks everything again."""
        if column.kind is Kind.TRUTH:
            rule: dict[str, Any] = {"validate": "list", "source": self.lists["truth"]}
        elif column.kind in _LISTED:
            rule = {"validate": "list", "source": self.lists[column.words]}
        elif column.kind is Kind.DATE:
            rule = {
                "validate": "date",
                "criteria": "between",
                "minimum": date(2000, 1, 1),
                "maximum": date(2099, 12, 31),
            }
        elif column.kind is Kind.REF and column.to:
            name = sheets()[column.to[0]]
            number = list(name.by_key).index("id")
            first, last = HEADER_ROW + 2, HEADER_ROW + 201
            letter = chr(ord("A") + number)
            source = f"='{name.name(self.language)}'!${letter}${first}:${letter}${last}"
            rule = {"validate": "list", "source": source, "show_error": False}
        else:
            return
        hint = self.say(column.hint)
        if hint:
            rule |= {"input_title": column.name(self.language)[:32], "input_message": hint[:255]}
        page.data_validation(*area, rule | {"ignore_blank": True})


def _style(column: Column) -> str:
    if column.kind in (Kind.NUMBER, Kind.PERCENT, Kind.HUNDRED, Kind.INTEGER):
        return "number"
    return "date" if column.kind is Kind.DATE else "text"


def _prepare_print(page: Any, columns: int) -> None:
    """A4 landscape, at most :data:`PRINTED` columns to a page's width, the first two on every page, page numbers."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1 + columns // PRINTED, 0)
    if columns > PRINTED:
        page.repeat_columns(0, 1)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.set_footer("&L&A&R&P / &N")


def _words_name(language: str) -> str:
    return "词表" if language == "zh" else "Words"


def _word_ranges(language: str) -> dict[str, str]:
    """Where the list of each table of words stands on the sheet of words."""
    ranges, row = {}, 3
    for name, table in words.tables().items():
        ranges[name] = f"='{_words_name(language)}'!$B${row}:$B${row + len(table) - 1}"
        row += len(table)
    return ranges


def _words(page: Any, made: _Page) -> None:
    """The lists of rule 4, each word with its meaning."""
    page.hide_gridlines(2)
    for number, width in enumerate((22, 30, 70)):
        page.set_column(number, number, width)
    page.write_string(0, 0, _words_name(made.language), made.styles["title"])
    for number, head in enumerate((("列", "Column"), ("词", "Word"), ("意思", "Meaning"))):
        page.write_string(1, number, made.say(head), made.styles["head"])
    page.freeze_panes(2, 0)
    row = 2
    for name, table in words.tables().items():
        for word in table.values():
            page.write_string(row, 0, _headers()[name][made.language == "en"], made.styles["hint"])
            page.write_string(row, 1, word.label(made.language), made.styles["text"])
            page.write_string(row, 2, made.say(word.means), made.styles["hint"])
            row += 1


@cache
def _headers() -> dict[str, tuple[str, str]]:
    """For each table of words, the header of the first column that uses it."""
    made = {"truth": ("是或否", "Yes or no"), "place": ("去向", "Where to")}
    for sheet in sheets().values():
        for column in sheet.columns:
            if column.words:
                made.setdefault(column.words, (column.zh, column.en))
    return made


def _guide(page: Any, made: _Page) -> None:
    """The first sheet: how to fill the workbook in, common words, the sheets."""
    text = resources.files("lca.cbam.workbook").joinpath("guide.toml").read_text(encoding="utf-8")
    page.hide_gridlines(2)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, GUIDE_WIDTH)
    title = ("CBAM 监测数据工作簿", "Workbook of CBAM monitoring data")
    page.write_string(0, 0, made.say(title), made.styles["title"])
    row = 1
    for section in tomllib.loads(text)["sections"]:
        page.write_string(row + 1, 0, section[made.language], made.styles["section"])
        row += 2
        for line in section["lines"]:
            _tall(page, row, made.say(line), made.styles["plain"])
            row += 1
    for sheet in sheets().values():
        page.write_string(row, 0, sheet.name(made.language), made.styles["label"])
        _tall(page, row, made.say(sheet.note), made.styles["plain"])
        row += 1


def _tall(page: Any, row: int, line: str, style: Any) -> None:
    """A line of the guide in a row that is high enough for it: a Chinese character is as wide as two others."""
    width = sum(2 if ord(sign) > 0x2E80 else 1 for sign in line)
    page.set_row(row, 16 * (1 + width // GUIDE_WIDTH))
    page.write_string(row, 1, line, style)
