"""Tables as .xlsx sheets for people: bilingual by choice, no formula, the same bytes for the same content.

Rules
1. Every text is written as text, also one that begins with ``=``, ``+``, ``-`` or ``@``.
2. A number that is not finite is written as text; characters that XML cannot hold are left out.
3. The file carries no clock.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

Cell = str | int | float | bool | None
MAX_TEXT = 32_000
"""Characters of a cell; the format allows 32,767."""
LINE_HEIGHT, MOST_LINES = 14, 25
MEASURED = "[>=0.001]#,##0.0###;[<=-0.001]-#,##0.0###;0.000E+00"
"""How a measured amount is shown, small ones as powers of ten; the cell keeps every digit."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: headers, width in characters, whether people fill it in, whether long text takes several lines."""

    key: str
    zh: str
    en: str
    width: int = 16
    fill_in: bool = False
    wrap: bool = False

    def header(self, language: str) -> str:
        """The header in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


class Book:
    """A workbook being written; made by :func:`workbook`."""

    def __init__(self, raw: Any, language: str) -> None:
        self.language = language
        self._raw = raw
        base = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        cell = {**base, "border": 1, "border_color": "#C9D8D1"}
        head = {**cell, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F6F54", "text_wrap": True}
        formats = {
            "head": head,
            "head-fill": {**head, "bg_color": "#9A6B00"},
            "text": {**cell, "num_format": "@"},
            "wrap": {**cell, "num_format": "@", "text_wrap": True},
            "number": cell,
            "measured": {**cell, "num_format": MEASURED},
            "fill": {**cell, "bg_color": "#FFF8E1"},
            "plain": {**base, "text_wrap": True},
            "title": {**base, "bold": True, "font_size": 14, "font_color": "#1F6F54"},
        }
        self._styles = {name: raw.add_format(options) for name, options in formats.items()}

    def table(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """A sheet with a header row, frozen and filtered, and the rows below it."""
        page = self._raw.add_worksheet(name)
        for index, column in enumerate(columns):
            page.set_column(index, index, column.width)
            page.write_string(
                0,
                index,
                column.header(self.language),
                self._styles["head-fill" if column.fill_in else "head"],
            )
        last = 0
        for last, row in enumerate(rows, 1):
            for index, (column, value) in enumerate(zip(columns, row, strict=True)):
                style = "fill" if column.fill_in else "wrap" if column.wrap and isinstance(value, str) else ""
                self._cell(page, last, index, value, style)
            lines = max(
                (_lines(str(v), c.width) for c, v in zip(columns, row, strict=True) if c.wrap), default=1
            )
            if lines > 1:
                page.set_row(last, LINE_HEIGHT * lines)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, last, len(columns) - 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)

    def page(self, name: str, title: str, lines: Iterable[str]) -> None:
        """A sheet of running text."""
        page = self._raw.add_worksheet(name)
        page.hide_gridlines(2)
        page.set_column(0, 0, 110)
        page.write_string(0, 0, title, self._styles["title"])
        for row, line in enumerate(lines, 2):
            page.write_string(row, 0, line, self._styles["plain"])

    def _cell(self, page: Any, row: int, column: int, value: Cell, style: str) -> None:
        if isinstance(value, bool) or value is None or isinstance(value, str):
            text = _writable("" if value is None else str(value))
            page.write_string(row, column, text, self._styles[style or "text"])
        elif math.isfinite(value):
            plain = "measured" if isinstance(value, float) and not value.is_integer() else "number"
            page.write_number(row, column, value, self._styles[style or plain])
        else:
            page.write_string(row, column, str(value), self._styles[style or "text"])


@contextmanager
def workbook(target: BinaryIO | Path, language: str, title: str) -> Iterator[Book]:
    """A workbook written to a binary stream or a path; raises ValueError for a language other than zh and en."""
    if language not in ("zh", "en"):
        raise ValueError(f"Language {language!r} is not zh or en.")
    import xlsxwriter  # type: ignore[import-untyped]

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    raw = xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options)
    fixed = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    raw.set_properties({"title": title, "author": "Tanbiao", "created": fixed})
    yield Book(raw, language)
    raw.close()


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column so many characters wide; Chinese characters are twice as wide."""
    return min(math.ceil(sum(1 + (ord(sign) > 0x2E7F) for sign in text) / (0.95 * width)) or 1, MOST_LINES)


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)[:MAX_TEXT]
