"""Cells written into the XML of a template's sheets, and nothing else changed.

Rules
1. Only input cells are written: the cell is there, holds no formula and its style is unlocked. All else is refused.
2. A number is written as its shortest exact decimal, a date as the number of days, text as an inline string: the shared
   strings stay as they are.
3. Formulas, styles, validations, formats, protection and the calculation chain are not touched. What a formula cell
   showed before is removed where it may depend on what was written: an old result would be read as a new one. Every
   program then calculates it when the file is opened, and Excel is told to calculate the whole.
4. Every other part of the file stays byte for byte.

Example: ``Template(book, data).filled([Write("A_InstData", "I20", "Steel works")])``.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from lca.cbam.communication import cells
from lca.cbam.communication.book import MAIN, Book, parse

Value = str | float | bool | date

CALCULATED = (
    "a_Contents",
    cells.INSTALLATION,
    cells.EMISSIONS,
    cells.BALANCE,
    cells.PROCESSES,
    cells.PRECURSORS,
    cells.TOOLS,
    cells.SUMMARY,
    cells.PRODUCTS,
    cells.COMMUNICATION,
    cells.RESULTS,
)
"""Sheets whose formulas depend on inputs."""
_FIXED = re.compile(r"Translations!\$[BC]\$\d+|CONST_\w+|HYPERLINK\(.*|\s*", re.DOTALL)
"""Formulas that show words and links whatever is typed."""
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LARGEST_SPAN = 10_000
_DAY_ZERO = date(1899, 12, 30)
_DAY_ZERO_1904 = date(1904, 1, 1)


@dataclass(frozen=True, slots=True)
class Write:
    """One input cell and what goes there."""

    sheet: str
    cell: str
    value: Value


class Template:
    """A template that is to be filled: its parts, and which styles are inputs."""

    def __init__(self, book: Book, data: bytes) -> None:
        self.book = book
        self._data = data
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self._unlocked = _unlocked(archive.read("xl/styles.xml"))

    def is_input(self, sheet: str, cell: str) -> bool:
        """Whether a cell may be written (rule 1)."""
        held = self.book.sheet(sheet).get(cell)
        return held is not None and not held.formula and held.style in self._unlocked

    def typed(self, sheets: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Input cells that hold something already."""
        return tuple(
            (sheet, cell)
            for sheet in sheets
            for cell, held in self.book.sheet(sheet).items()
            if held.style in self._unlocked and (held.formula or held.value not in (None, ""))
        )

    def filled(self, writes: Sequence[Write]) -> bytes:
        """The copy with the cells written. Raises ValueError for a cell that is no input."""
        refused = [f"{one.sheet}!{one.cell}" for one in writes if not self.is_input(one.sheet, one.cell)]
        if refused:
            raise ValueError(f"Not input cells: {', '.join(refused[:10])}")
        by_sheet: dict[str, dict[str, Value]] = defaultdict(dict)
        for one in writes:
            by_sheet[one.sheet][one.cell] = one.value
        changed = {"xl/workbook.xml": _calculating}
        for sheet in dict.fromkeys((*CALCULATED, *by_sheet)):
            if sheet in self.book:
                changed[self.book.parts[sheet]] = _sheet_change(by_sheet[sheet], self.book.from_1904)
        return self._copy(changed)

    def _copy(self, changed: Mapping[str, Any]) -> bytes:
        target = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self._data)) as old,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for entry in old.infolist():
                content = old.read(entry)
                if entry.filename in changed:
                    content = changed[entry.filename](content)
                kept = zipfile.ZipInfo(entry.filename, entry.date_time)
                kept.compress_type, kept.external_attr = entry.compress_type, entry.external_attr
                new.writestr(kept, content)
        return target.getvalue()


def _sheet_change(values: Mapping[str, Value], from_1904: bool) -> Any:
    return lambda xml: _sheet(xml, values, from_1904)


def _sheet(xml: bytes, values: Mapping[str, Value], from_1904: bool) -> bytes:
    root = parse(xml)
    found = {cell.get("r"): cell for cell in root.iter(f"{MAIN}c")}
    _forget(found)
    for reference, value in values.items():
        _write(found[reference], value, from_1904)
    return _bytes(root)


def _forget(found: Mapping[str, Any]) -> None:
    """Remove what formula cells showed, but for words and links (rule 3)."""
    shared = {
        formula.get("si"): formula.text or ""
        for cell in found.values()
        if (formula := cell.find(f"{MAIN}f")) is not None
        and formula.get("t") == "shared"
        and formula.get("ref")
    }
    for cell in found.values():
        formula = cell.find(f"{MAIN}f")
        if formula is None:
            continue
        text = formula.text or shared.get(formula.get("si"), "?")
        if _FIXED.fullmatch(text):
            continue
        _empty(cell, keep_formula=True)
        if formula.get("t") == "array":
            for name in _span(formula.get("ref", "")):
                if name in found:
                    _empty(found[name], keep_formula=True)


def _write(cell: Any, value: Value, from_1904: bool) -> None:
    _empty(cell, keep_formula=False)
    if isinstance(value, date):
        value = float((value - (_DAY_ZERO_1904 if from_1904 else _DAY_ZERO)).days)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        text.text = value
        return
    content = etree.SubElement(cell, f"{MAIN}v")
    if isinstance(value, bool):
        cell.set("t", "b")
        content.text = "1" if value else "0"
    else:
        content.text = repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _empty(cell: Any, keep_formula: bool) -> None:
    for child in list(cell):
        if not (keep_formula and child.tag == f"{MAIN}f"):
            cell.remove(child)
    cell.attrib.pop("t", None)


def _calculating(xml: bytes) -> bytes:
    """Ask for a full calculation when the file is opened (rule 3)."""
    root = parse(xml)
    settings = root.find(f"{MAIN}calcPr")
    if settings is None:
        after = [root.find(f"{MAIN}{name}") for name in ("sheets", "externalReferences", "definedNames")]
        last = [element for element in after if element is not None][-1]
        settings = etree.Element(f"{MAIN}calcPr")
        last.addnext(settings)
    settings.set("fullCalcOnLoad", "1")
    return _bytes(root)


def _unlocked(styles: bytes) -> frozenset[int]:
    """Numbers of the cell formats that are not locked."""
    formats = parse(styles).find(f"{MAIN}cellXfs")
    found = []
    for number, one in enumerate(formats if formats is not None else ()):
        protection = one.find(f"{MAIN}protection")
        if protection is not None and protection.get("locked") in ("0", "false"):
            found.append(number)
    return frozenset(found)


def _span(reference: str) -> Iterable[str]:
    """Every cell of a range such as E71:AH100; none for what is no range or larger than any of the template's."""
    ends = [_PLACE.fullmatch(one) for one in reference.split(":")]
    if not all(ends) or len(ends) > 2:
        return
    places = [(_column(one.group(1)), int(one.group(2))) for one in ends if one is not None]
    (left, top), (right, bottom) = places[0], places[-1]
    if (right - left + 1) * (bottom - top + 1) > _LARGEST_SPAN:
        return
    for column in range(left, right + 1):
        letters = _letters(column)
        yield from (f"{letters}{row}" for row in range(top, bottom + 1))


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _bytes(root: Any) -> bytes:
    made: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
    return made
