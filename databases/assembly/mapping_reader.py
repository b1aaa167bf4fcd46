"""A filled mapping workbook -> what was filled in, or every problem in it by sheet and cell.

Rules
1. The file is screened before anything parses it (:mod:`databases.workbooks`), under the small limits: it is a form.
2. A sheet that is missing repairs nothing; a file without any of the sheets is refused, and so is one without the
   columns it needs.
3. A link has a dataset code, with or without a factor, or a reason to cut it off: not both, no factor alone.
4. Shares of a process are given for all its products and sum to 1 within half a percent, or for none.
5. A flow code is one of our climate flows or ``none``.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from databases.assembly.allocation import TOLERANCE
from databases.assembly.mapping_sheets import FORMAT, SHEETS
from databases.assembly.providers import LinkRepair
from databases.notices import Notice, SourceRefused, refused
from databases.workbooks import UNREADABLE, Limits, screen

MAX_ROWS = 200_000
_MAX_COLUMNS = 60
_MAX_PROBLEMS = 500
_NEEDED = {
    "Links": ("name", "unit", "place", "dataset", "factor", "cut_off"),
    "Allocation": ("process", "product", "code", "share"),
    "Flows": ("code", "target"),
    "about": ("key", "value"),
}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A filled cell: text as it stands, and what kind (``n`` number, ``s`` text, ``f`` formula, ``e`` error)."""

    value: Any
    kind: str
    where: str

    @property
    def text(self) -> str:
        return str(self.value)

    @property
    def answer(self) -> str:
        return self.text.strip()


_Row = Mapping[str, _Cell]


@dataclass(slots=True)
class Found:
    """What was filled in, and what is wrong with it."""

    links: dict[tuple[str, str, str], LinkRepair] = field(default_factory=dict)
    allocation: dict[str, dict[str, float]] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)
    comments: dict[tuple[str, str, str], str] = field(default_factory=dict)
    release: str = ""
    source_sha256: str = ""
    problems: list[Notice] = field(default_factory=list)

    def problem(self, code: str, where: str, **details: object) -> None:
        """Note what is wrong, up to a number nobody will read through."""
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Notice.error(code, where, **details))


def read_workbook(data: bytes, name: str) -> Found:
    """Read and check every sheet; raises SourceRefused with every problem."""
    screen(data, name, Limits())
    found = Found()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that carry no data
        try:
            _sheets(data, name, found)
        except UNREADABLE as error:
            raise refused("workbook-unreadable", name, file=name, why=type(error).__name__) from error
    if found.problems:
        raise SourceRefused(*found.problems)
    return found


def _sheets(data: bytes, name: str, found: Found) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    readers: dict[str, Callable[[Iterator[_Row], Found], None]] = {
        "Links": _links,
        "Allocation": _allocation,
        "Flows": _flows,
        "about": _about,
    }
    present = [sheet for sheet in readers if sheet in book.sheetnames]
    if not set(present) - {"about"}:
        found.problem("mapping-no-sheet", name)
    for sheet in present:
        rows = _raw(book[sheet])
        columns = _columns(sheet, next(rows, ()), found)
        if columns is not None:
            readers[sheet](_rows(sheet, rows, columns, found), found)
    book.close()


def _raw(page: Any) -> Iterator[tuple[Any, ...]]:
    page.reset_dimensions()  # a declared size may be smaller than the sheet
    yield from page.iter_rows(max_row=MAX_ROWS, max_col=_MAX_COLUMNS)


def _columns(sheet: str, header: tuple[Any, ...], found: Found) -> dict[int, str] | None:
    """Key by index of the column; a needed one that is missing is a problem."""
    words = {word.casefold(): column.key for column in SHEETS[sheet] for word in (column.zh, column.en)}
    keys = {
        index: key
        for index, cell in enumerate(header)
        if isinstance(cell.value, str) and (key := words.get(cell.value.strip().casefold()))
    }
    missing = [key for key in _NEEDED[sheet] if key not in keys.values()]
    for key in missing:
        column = next(column for column in SHEETS[sheet] if column.key == key)
        found.problem("mapping-column-missing", f"{sheet}!1", zh=column.zh, en=column.en)
    return None if missing else keys


def _rows(
    sheet: str, rows: Iterator[tuple[Any, ...]], columns: Mapping[int, str], found: Found
) -> Iterator[_Row]:
    """Rows as filled cells by key; a formula or an error in a column that counts is a problem (and no answer)."""
    for raw in rows:
        row = {}
        for index, key in columns.items():
            cell = raw[index] if index < len(raw) else None
            if cell is None or cell.value is None or str(cell.value).strip() == "":
                continue
            where = f"{sheet}!{cell.coordinate}"
            if cell.data_type in ("f", "e") and key in _NEEDED[sheet]:
                found.problem("mapping-formula", where, text=str(cell.value)[:60])
                continue
            row[key] = _Cell(cell.value, cell.data_type, where)
        if row:
            yield row


def _links(rows: Iterator[_Row], found: Found) -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for row in rows:
        dataset, factor, reason = row.get("dataset"), row.get("factor"), row.get("cut_off")
        filled = next((cell for cell in (dataset, reason, factor) if cell is not None), None)
        if filled is None:
            continue
        if "name" not in row:
            found.problem("mapping-key-empty", filled.where)
            continue
        if dataset is not None and reason is not None:
            found.problem("mapping-both", filled.where)
            continue
        if factor is not None and dataset is None:
            found.problem("mapping-factor-alone", factor.where)
            continue
        key = (_text(row, "name"), _text(row, "unit"), _text(row, "place"))
        repair = LinkRepair(
            dataset.answer if dataset else "",
            _number(factor, found) if factor else None,
            reason.answer if reason else "",
        )
        if key in seen and found.links.get(key) != repair:
            found.problem("mapping-twice", filled.where, other=seen[key])
            continue
        seen.setdefault(key, filled.where)
        found.links[key] = repair
        if "comment" in row:
            found.comments[key] = row["comment"].answer


def _text(row: _Row, key: str) -> str:
    return row[key].text if key in row else ""


def _number(cell: _Cell, found: Found, *, share: bool = False) -> float | None:
    """A share of 0 to 1, or a factor above 0: a factor of 0 would link and count nothing."""
    try:
        value = float(cell.text) if not isinstance(cell.value, bool) else math.nan
    except ValueError:
        value = math.nan
    if 0.0 <= value <= 1.0 if share else 0.0 < value < math.inf:
        return value
    found.problem("mapping-number", cell.where, text=cell.text[:60])
    return None


def _allocation(rows: Iterator[_Row], found: Found) -> None:
    processes: dict[str, list[_Row]] = {}
    for row in rows:
        if "process" in row:
            processes.setdefault(row["process"].answer, []).append(row)
        elif "share" in row:
            found.problem("mapping-key-empty", row["share"].where)
    for process, products in processes.items():
        filled = [row for row in products if "share" in row]
        if not filled:
            continue
        shares = {_product(row): _number(row["share"], found, share=True) for row in filled}
        if any(share is None for share in shares.values()):
            continue
        where = filled[0]["share"].where
        total = math.fsum(share for share in shares.values() if share is not None)
        if len(filled) < len(products):
            found.problem("mapping-shares-some", where, process=process)
        elif len(shares) < len(filled):
            found.problem("mapping-product-twice", where, process=process)
        elif abs(total - 1.0) > TOLERANCE:
            found.problem("mapping-shares-sum", where, process=process, total=f"{total:.6g}")
        else:
            found.allocation[process] = {name: share for name, share in shares.items() if share is not None}


def _product(row: _Row) -> str:
    """The dataset code of the product, which is its own; its name where people left the code out."""
    return row["code"].answer if "code" in row else _text(row, "product").strip()


def _flows(rows: Iterator[_Row], found: Found) -> None:
    from databases.assembly.elementary import LEAVE
    from databases.assembly.methods import target_codes

    known = {*target_codes(), *LEAVE}
    for row in rows:
        target = row.get("target")
        if target is None:
            continue
        if "code" not in row:
            found.problem("mapping-key-empty", target.where)
        elif target.answer not in known:
            found.problem("mapping-flow-unknown", target.where, text=target.text[:60])
        elif found.flows.setdefault(row["code"].text, target.answer) != target.answer:
            found.problem("mapping-twice", target.where, other=row["code"].where)


def _about(rows: Iterator[_Row], found: Found) -> None:
    told = {_text(row, "key").strip(): _text(row, "value").strip() for row in rows}
    if told.get("format", FORMAT) != FORMAT:
        found.problem("mapping-format", "about", text=told["format"][:60])
    found.release = told.get("release", "")
    found.source_sha256 = told.get("source sha256", "")
