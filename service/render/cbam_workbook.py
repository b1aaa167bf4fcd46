"""A CBAM document as a workbook: a cover sheet, then one sheet for each group of sections.

Rules
1. Numbers are numbers, shown with the decimals they have; their unit stands in the head or in a column of its own.
2. Every text is written as text: no formula, no link, whatever it begins with. Signs XML cannot hold and
   signs that turn the direction of writing are left out.
3. A blank for the operator is a tinted cell with its hint.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from lca.cbam.report.document import (
    Blank,
    Block,
    Cell,
    Day,
    Document,
    Fields,
    Kind,
    Number,
    Section,
    Statement,
    Table,
    Words,
)

FONT = "Noto Sans CJK SC"
LONGEST = 32_000
"""Signs of a cell; a workbook holds 32,767."""
_SHEET = re.compile(r"[\[\]:*?/\\']")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
COVER = {"zh": "封面", "en": "Cover"}
_WIDTHS = (30, 26, 22, 20, 18, 18, 18, 18, 18, 18)


def xlsx(document: Document, language: str) -> bytes:
    """The workbook in ``zh`` or ``en``. Raises ValueError for another language."""
    import xlsxwriter  # type: ignore[import-untyped]

    target = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        made = datetime.combine(document.made_on, datetime.min.time(), tzinfo=UTC).replace(tzinfo=None)
        book.set_properties({"title": document.title.of(language), "author": "Tanbiao", "created": made})
        styles = _Styles(book)
        cover = _Sheet(book.add_worksheet(COVER[language]), styles, language)
        cover.cover(document)
        for name, sections in _groups(document, language).items():
            sheet = _Sheet(book.add_worksheet(name), styles, language)
            for section in sections:
                sheet.section(section)
    return target.getvalue()


def _groups(document: Document, language: str) -> dict[str, list[Section]]:
    """Sections by sheet name, in the order in which groups first appear."""
    found: dict[str, list[Section]] = {}
    for section in document.sections:
        name = _SHEET.sub(" ", section.group.of(language)).strip()[:31] or "Sheet"
        found.setdefault(name if name != COVER[language] else f"{name} 2", []).append(section)
    return found


class _Styles:
    """Formats of one workbook, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {}

    def get(self, name: str, number: str = "") -> Any:
        if (name, number) not in self._made:
            look = {"font_name": FONT, "font_size": 10, "valign": "top", **_LOOKS[name]}
            if number:
                look["num_format"] = number
            self._made[name, number] = self._book.add_format(look)
        return self._made[name, number]


_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": "#0B5D44"},
    "section": {"bold": True, "font_size": 12, "top": 2, "top_color": "#0B5D44"},
    "caption": {"bold": True},
    "head": {"bold": True, "bg_color": "#F1F5F3", "bottom": 1, "text_wrap": True},
    "label": {"font_color": "#5C5C5C", "text_wrap": True},
    "text": {"text_wrap": True, "align": "left"},
    "line": {},
    "number": {},
    "grey": {"font_color": "#5C5C5C"},
    "confirmed": {"bg_color": "#F1F5F3"},
    "blank": {"bg_color": "#FFF8E1", "font_color": "#5C5C5C", "text_wrap": True},
    "notice": {"bold": True, "bg_color": "#F1F5F3"},
}
_HEIGHTS = {"title": 26, "section": 20}
_KINDS = {
    Kind.TEXT: "line",
    Kind.NOT_APPLICABLE: "grey",
    Kind.CONFIRMED: "confirmed",
    Kind.TO_STATE: "blank",
}


class _Sheet:
    """Writes blocks one below the other."""

    def __init__(self, sheet: Any, styles: _Styles, language: str) -> None:
        self.sheet = sheet
        self.styles = styles
        self.language = language
        self.row = 0
        for at, width in enumerate(_WIDTHS):
            sheet.set_column(at, at, width)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def cover(self, document: Document) -> None:
        """Title, clause, notice and the facts that name the document."""
        self.line(document.title.of(self.language), "title")
        self.line(document.clause.of(self.language), "grey")
        self.line(document.notice.of(self.language), "notice")
        self.row += 1
        self.fields(Fields(document.facts))

    def section(self, section: Section) -> None:
        """Heading and blocks."""
        title = f"{section.number}  {section.title.of(self.language)}".strip()
        if title:
            self.line(title, "section")
        for block in section.blocks:
            if block.caption:
                self.line(block.caption.of(self.language), "caption")
            self.block(block)
            self.row += 1

    def block(self, block: Block) -> None:
        """Any block."""
        if isinstance(block, Statement):
            if block.kind is Kind.TEXT and len(block.words.of(self.language)) > 120:
                self.long(block.words.of(self.language))
            else:
                self.line(block.words.of(self.language), _KINDS[block.kind])
        elif isinstance(block, Fields):
            self.fields(block)
        else:
            self.table(block)

    def line(self, words: str, style: str) -> None:
        """One text in the first column, running on to the right."""
        if style in _HEIGHTS:
            self.sheet.set_row(self.row, _HEIGHTS[style])
        self.put(0, words, style)
        self.row += 1

    def long(self, words: str) -> None:
        """A long text wrapped over the first columns."""
        self.sheet.merge_range(self.row, 0, self.row, 5, "", self.styles.get("text"))
        self.put(0, words, "text")
        self.sheet.set_row(self.row, 15 * (1 + len(words) * (2 if self.language == "zh" else 1) // 120))
        self.row += 1

    def fields(self, block: Fields) -> None:
        """Label, value, unit."""
        for field in block.rows:
            self.put(0, field.label.of(self.language), "label")
            if isinstance(field.value, Words):
                self.put(1, field.value.of(self.language), "line")
            else:
                self.cell(1, field.value)
            if isinstance(field.value, Number) and field.value.unit:
                self.put(2, field.value.unit, "text")
            self.row += 1

    def table(self, block: Table) -> None:
        """Heads with units, then rows; a column of units follows numbers that bring their own."""
        own = [
            any(isinstance(row[at], Number) and row[at].unit not in ("", one.unit) for row in block.rows)  # type: ignore[union-attr]
            for at, one in enumerate(block.columns)
        ]
        places, at = [], 0
        for one, units in zip(block.columns, own, strict=True):
            unit = f" [{one.unit}]" if one.unit else ""
            self.put(at, one.title.of(self.language) + unit, "head")
            if units:
                self.put(at + 1, {"zh": "单位", "en": "Unit"}[self.language], "head")
            places.append(at)
            at += 2 if units else 1
        self.row += 1
        for row in block.rows:
            for place, units, value in zip(places, own, row, strict=True):
                self.cell(place, value)
                if units and isinstance(value, Number):
                    self.put(place + 1, value.unit, "text")
            self.row += 1

    def cell(self, column: int, value: Cell) -> None:
        """A typed cell."""
        if isinstance(value, Number):
            digits = -int(value.value.as_tuple().exponent)
            shown = "#,##0" + ("." + "0" * min(digits, 12) if digits > 0 else "")
            self.sheet.write_number(self.row, column, float(value.value), self.styles.get("number", shown))
        elif isinstance(value, Day):
            day = datetime.combine(value.value, datetime.min.time())
            self.sheet.write_datetime(self.row, column, day, self.styles.get("text", "yyyy-mm-dd"))
        elif isinstance(value, Blank):
            self.put(column, f"[{value.hint.of(self.language)}]", "blank")
        else:
            self.put(column, value.of(self.language), "text")

    def put(self, column: int, words: str, style: str) -> None:
        """A text, never anything else (rule 2)."""
        self.sheet.write_string(self.row, column, _UNFIT.sub("", words)[:LONGEST], self.styles.get(style))
