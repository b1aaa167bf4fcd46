"""The product form: one field a row, the label in one column (A in the template), the value in the next."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from databases import places, units
from databases.workbook_parts import SheetMarks
from lca.bom import measures
from lca.bom.cells import Cell, Findings, choice, day, number, text
from lca.bom.columns import Column, Form, sheets
from lca.bom.rows import Processes
from lca.bom.tables import Raw, letters, make_cell, report_marks
from lca.bom.words import normalise
from lca.findings import Place
from lca.inventory import Boundary

HEADER = normalise("项目 / Item")
MAX_FORM_ROWS = 200

_BREAKS = re.compile(r"[ \t]*[\r\n\t]+[ \t]*")
PRINTED = {"product_name_zh": 500, "product_name_en": 500, "model": 200, "cn_code": 20, "site": 500}
"""Product texts that are printed on the label, with the characters each may have."""
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Characters that count as letters and show nothing."""


def read_form(
    name: str, rows: Iterable[Raw], marks: SheetMarks, found: Findings
) -> tuple[dict[str, Cell], list[tuple[str, str]]]:
    """Cells by field key, and (label, value) of the rows we do not know; missing fields are findings."""
    spellings = sheets()["product"].by_spelling()
    cells: dict[str, Cell] = {}
    extra: list[tuple[str, str]] = []
    seen: dict[str, int] = {}
    first = 1
    read = list(islice(rows, MAX_FORM_ROWS))
    labels = _label_column(read, spellings)
    for row in read:
        label, value = _pair(row, labels)
        if label is None or (value is None and normalise(str(label.value)) not in spellings):
            continue
        column = spellings.get(normalise(str(label.value)))
        if column is not None and not seen:
            first = label.row
        if column is not None and column.key in seen:
            found.error("field-twice", Place(name, label.row, label.coordinate), header=column.header)
        if column is not None:
            seen[column.key] = label.row
            if value is not None:
                cells.setdefault(column.key, make_cell(name, value, column))
        elif normalise(str(label.value)) != HEADER:
            extra.append((str(label.value).strip(), str(value.value).strip()))
            found.warning("field-unknown", Place(name, label.row, label.coordinate), label=label.value)
    report_marks(name, first, marks, found)
    _missing(name, cells, seen, labels + 1, found)
    return cells, extra


def _label_column(rows: Iterable[Raw], spellings: Mapping[str, Column]) -> int:
    """The column with the most known labels, the first of equals; 1 where there are none."""
    known = Counter(
        cell.column
        for row in rows
        for cell in row
        if isinstance(cell.value, str) and normalise(cell.value) in spellings
    )
    return max(sorted(known), key=lambda column: known[column], default=1)


def _pair(row: Raw, labels: int) -> tuple[Any, Any]:
    by_column = {cell.column: cell for cell in row if cell.value is not None and str(cell.value).strip()}
    return by_column.get(labels), by_column.get(labels + 1)


def _missing(name: str, cells: dict[str, Cell], seen: dict[str, int], values: int, found: Findings) -> None:
    for column in sheets()["product"].columns:
        if column.required and column.key not in cells:
            row = seen.get(column.key)
            if row is None:
                found.error("field-missing", Place(name), header=column.header)
            else:
                found.error("field-empty", Place(name, row, f"{letters(values)}{row}"), header=column.header)


def read_product(cells: dict[str, Cell], processes: Processes, found: Findings) -> dict[str, object] | None:
    """The inventory's own fields; None when one is not usable."""
    values: dict[str, object] = {"cn_code": "", "remarks": "", "gtin": ""}
    for column in sheets()["product"].columns:
        cell = cells.get(column.key)
        if cell is not None:
            value = _value(cell, column, found)
            if value is not None:
                values[column.key] = value
    _check_positive(cells, values, found)
    _check_period(cells, values, found)
    _check_process(cells, values, processes, found)
    _check_mass(cells, values, found)
    complete = all(column.key in values for column in sheets()["product"].columns)
    return values if complete else None


def _value(cell: Cell, column: Column, found: Findings) -> object | None:
    if column.form is Form.NUMBER:
        return number(cell, found)
    if column.form is Form.DATE:
        return day(cell, found)
    if column.form is Form.CHOICE:
        return choice(cell, Boundary, found)
    if column.key == "declared_unit":
        return measures.unit(cell, found)
    written = text(cell, found)
    if column.key in PRINTED and written is not None:
        return _printed(cell, written, PRINTED[column.key], found)
    if column.key == "product_process" and written is not None:
        return unicodedata.normalize("NFKC", written).strip()
    if column.key == "gtin" and written is not None:
        return _gtin(cell, written, found)
    if column.key != "place_code" or written is None:
        return written
    try:
        return places.parse(written)
    except places.UnknownPlace:
        found.error("place-unknown", cell.place(), text=cell.shown)
        return None


def _gtin(cell: Cell, written: str, found: Findings) -> str | None:
    """The 14 digits of a GTIN whose check digit fits (GS1 General Specifications, 7.9), zeros in front."""
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", written))
    fits = re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", digits) is not None and digits.strip("0") != ""
    if fits and sum(int(sign) * (1, 3)[place % 2] for place, sign in enumerate(reversed(digits))) % 10 == 0:
        return digits.zfill(14)
    found.error("gtin-invalid", cell.place(), text=cell.shown)
    return None


def _printed(cell: Cell, written: str, most: int, found: Findings) -> str | None:
    """A text that will stand on the label: one line, not too long, and nothing in it that cannot be seen.

    The statement's own rules (``docs/formats.md``) refuse such a text too, but only when the label is issued.
    """
    line = _BREAKS.sub(" ", written)
    hidden = any(
        unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") or sign in BLANKS for sign in line
    )
    if hidden or len(line) > most:
        found.error("text-not-printable-on-label", cell.place(), header=cell.column.header, limit=most)
        return None
    return line


def _check_positive(cells: dict[str, Cell], values: dict[str, object], found: Findings) -> None:
    for key in ("declared_amount", "mass_per_declared_unit"):
        if values.get(key) == 0:
            found.error("value-zero", cells[key].place(), header=cells[key].column.header)


def _check_period(cells: dict[str, Cell], values: dict[str, object], found: Findings) -> None:
    start, end = values.get("period_start"), values.get("period_end")
    if not isinstance(start, date) or not isinstance(end, date):
        return
    days = (end - start).days + 1
    if days < 1:
        found.error("period-reversed", cells["period_end"].place(), start=start, end=end)
    elif not 364 <= days <= 366:
        found.warning("period-not-a-year", cells["period_end"].place(), days=days)


def _check_process(
    cells: dict[str, Cell], values: dict[str, object], processes: Processes, found: Findings
) -> None:
    process, unit = values.get("product_process"), values.get("declared_unit")
    if not isinstance(process, str):
        return
    output = processes.outputs.get(process)
    if processes.is_unknown(process):
        place = cells["product_process"].place()
        found.error("product-process-unknown", place, process=process, known=processes.known())
        return
    if output and isinstance(unit, str) and measures.dimension(unit) != measures.dimension(output.unit):
        place = cells["declared_unit"].place()
        found.error("declared-unit-not-output", place, unit=unit, process=process, wanted=output.unit)


def _check_mass(cells: dict[str, Cell], values: dict[str, object], found: Findings) -> None:
    """Where the declared unit is a mass, its mass is not free."""
    unit, mass = values.get("declared_unit"), values.get("mass_per_declared_unit")
    if not isinstance(unit, str) or not isinstance(mass, Decimal) or measures.dimension(unit) != "mass":
        return
    right = units.convert(Decimal(1), unit, "kg")
    if mass != right:
        place = cells["mass_per_declared_unit"].place()
        found.error("mass-disagrees", place, text=f"{mass:f}", wanted=f"{right:f}", unit=unit)
