"""Somebody's workbook -> an inventory, or every problem in it at once.

Rules
1. Nothing parses the file before ``lca.bom.safety`` has inspected it; whatever it is, the answer is findings.
2. All sheets are read before anything is decided: the user sees all problems together, each with its cell.
3. An inventory is given only when no finding is an ERROR: all or nothing.
4. Nothing is lost silently: unknown columns and fields are kept in ``Inventory.extra`` and told.
5. ``sha256`` is of the bytes as handed in, and is part of the inventory.

Example: ``read_workbook(path.read_bytes(), path.name).findings``.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from databases.workbook_parts import FAR_COLUMN, LAST_ROW, SheetMarks
from databases.workbooks import UNREADABLE
from lca.bom.cells import Findings
from lca.bom.columns import sheets
from lca.bom.product import read_form, read_product
from lca.bom.rows import Draft, Processes, read_legs, read_lines, read_outputs
from lca.bom.safety import Inspection, inspect
from lca.bom.tables import HEADER_ROWS, Raw, Table, choose_sheets, read_table
from lca.findings import Finding, Place, has_errors
from lca.inventory import Inventory, Leg, Line


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a workbook: ``inventory`` is None when a finding is an ERROR; ``sha256`` (hex) of it.

    ``lines`` are the lines that could be read, also where others could not.
    """

    inventory: Inventory | None
    findings: tuple[Finding, ...]
    sha256: str
    lines: tuple[Line, ...] = ()


def read_workbook(data: bytes, filename: str) -> Reading:
    """Read an inventory workbook (.xlsx). Never raises on any input: problems are findings."""
    digest = hashlib.sha256(data).hexdigest()
    inspection = inspect(data, filename)
    if inspection.findings:
        return Reading(None, tuple(inspection.findings), digest)
    found = Findings()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
        try:
            inventory, lines = _read(_open(data), inspection, digest, found)
        except UNREADABLE as error:
            found.error("file-unreadable", Place(), file=filename, why=type(error).__name__)
            inventory, lines = None, ()
    findings = found.closed()
    return Reading(None if has_errors(findings) else inventory, findings, digest, lines)


def _open(data: bytes) -> Any:
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)


def _read(
    book: Any, inspection: Inspection, digest: str, found: Findings
) -> tuple[Inventory | None, tuple[Line, ...]]:
    names = [sheet.title for sheet in book.worksheets]
    chosen = choose_sheets(names, lambda name: list(_rows(book, name, HEADER_ROWS)), found)
    for name in inspection.hidden_sheets:
        if name in chosen.values():
            found.warning("sheet-hidden", Place(name))
    tables = {
        key: _table(book, key, chosen, inspection, found) for key in ("processes", "inventory", "transport")
    }
    form, extra = _form(book, chosen, inspection, found)
    processes = read_outputs(tables["processes"], found) if tables["processes"] else Processes()
    fields = read_product(form, processes, found) if form else None
    drafts, legs = _lines(tables["inventory"], tables["transport"], processes, found)
    for table in tables.values():
        extra.extend(table.extra if table else [])
    lines = tuple(draft.finish(legs.get(number, ())) for number, draft in drafts.items())
    if fields is None or not processes.outputs or not drafts or has_errors(found.kept):
        return None, lines
    inventory = Inventory(
        **fields,  # type: ignore[arg-type]
        outputs=tuple(processes.outputs.values()),
        lines=lines,
        workbook_sha256=digest,
        extra=tuple(extra),
    )
    return inventory, lines


def _rows(book: Any, name: str, last: int = LAST_ROW) -> Iterator[Raw]:
    sheet = book[name]
    sheet.reset_dimensions()  # a declared size may be smaller than the sheet
    for row in sheet.iter_rows(max_row=last, max_col=FAR_COLUMN):
        yield tuple(cell for cell in row if cell.value is not None)


def _table(
    book: Any, key: str, chosen: dict[str, str], inspection: Inspection, found: Findings
) -> Table | None:
    name = chosen.get(key)
    if name is None:
        return None
    marks = inspection.sheets.get(name, SheetMarks())
    return read_table(sheets()[key], name, _rows(book, name), marks, found)


def _form(
    book: Any, chosen: dict[str, str], inspection: Inspection, found: Findings
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    name = chosen.get("product")
    if name is None:
        return {}, []
    return read_form(name, _rows(book, name), inspection.sheets.get(name, SheetMarks()), found)


def _lines(
    inventory: Table | None, transport: Table | None, processes: Processes, found: Findings
) -> tuple[dict[str, Draft], dict[str, tuple[Leg, ...]]]:
    if inventory is None:
        return {}, {}
    drafts, numbers = read_lines(inventory, processes, found)
    legs = read_legs(transport, numbers, found) if transport else {}
    return drafts, legs
