"""The Commission's workbooks of default values and of benchmarks, read into the project's own tables.

Rules
1. The header is found by its words in the first rows of a sheet, over up to three rows; columns may stand anywhere.
2. Default values: a sheet per country, named after it. ``see below`` and rows without any value are headings. Any kind
   of dash is "no value". Mark-up columns are not read: mark-ups are computed.
3. A CN code is read with or without blanks, as text or as a number. A TARIC code of ten digits becomes the CN code and,
   for clinker and cement 2523 90, white or grey (Implementing Regulation (EU) 2026/1740); else the description says it.
4. A total that is a formula error is the sum of its parts where these are numbers, else no value; both are told.
5. Benchmarks: a cell holds one or several values, each with its markers behind it or in the column to its right: a
   letter for the route, (1) for 2026-2027, (2) for 2028-2030. A row without a code continues the one above.
6. A code that is not in scope is told and its row kept; no good asks for it.
7. Everything that cannot be read is told with sheet and cell, all at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from databases import places
from databases.cbam.goods import digits, variant_of
from databases.cbam.uploads import Cell, Problems, Sheet, address, number, plain, text
from databases.cbam.values import OTHER

HEADER_WITHIN = 40
HIGHEST_VALUE = Decimal(200)
DASHES = frozenset("–-—_−‑‒")
_NOT_APPLICABLE = re.compile(r"n[^a-z]*a[^a-z]*", re.IGNORECASE)
_VALUE = re.compile(r"(\d+(?:[.,]\d+)?)((?:\s*\(\s*[A-L12]\s*\))*)")
_MARKER = re.compile(r"\(\s*([A-L12])\s*\)")
_LETTER = re.compile(r"(?<![A-Za-z])([A-L])(?![A-Za-z])")
_YEARS = {"": ("2026", "2030"), "1": ("2026", "2027"), "2": ("2028", "2030")}
_OTHER_NAME = "othercountriesandterritories"
_NAMES = {
    "myanmarburma": "MM",
    "burma": "MM",
    "congo": "CG",
    "turkey": "TR",
    "southkorea": "KR",
    "korea": "KR",
}
_OWN_CODES = {"UK": "GB", "CN-HK": "HK", "CN-MO": "MO", "CN-TW": "TW"}
_SHEET_NAME_LENGTH = 31

Rows = dict[tuple[str, ...], tuple[list[str], str]]
"""Rows by key, each with the place it came from."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of a sheet are, and the index of the first row below."""

    columns: dict[str, int]
    below: int


@dataclass(slots=True)
class Reader:
    """Rows collected over the sheets, and what there is to tell. ``in_scope`` says whether a code begins a good's."""

    in_scope: Callable[[str], bool]
    problems: Problems
    rows: Rows = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)

    def scope(self, cn: str, where: str) -> None:
        """Tell, once, of a code that begins no good's: the published workbook has four of heading 7615."""
        if not self.in_scope(cn) and cn not in self.outside:
            self.outside.add(cn)
            self.problems.warning("cbam-tables-cn-not-in-scope", where, cn=cn)

    def put(self, key: tuple[str, ...], row: list[str], where: str) -> None:
        """Keep a row; the same key with other values is a problem."""
        if key in self.rows and self.rows[key][0] != row:
            self.problems.error(
                "cbam-tables-duplicate", where, key=" ".join(filter(None, key)), other=self.rows[key][1]
            )
        self.rows.setdefault(key, (row, where))

    def number(self, cell: Cell, where: str, column: str) -> str:
        """A number of the tables as text; anything else is a problem and empty."""
        value = number(cell)
        if value is None or not 0 <= value <= HIGHEST_VALUE:
            self.problems.error(
                "cbam-tables-number", where, column=column, value=text(cell)[:40], most=HIGHEST_VALUE
            )
            return ""
        return plain(value)


def default_header(sheet: Sheet) -> Header | None:
    """The header of a sheet of default values, or None."""
    return _header(sheet, _default_columns)


def benchmark_header(sheet: Sheet) -> Header | None:
    """The header of a sheet of benchmarks, or None."""
    return _header(sheet, _benchmark_columns)


def read_defaults(sheet: Sheet, header: Header, reader: Reader) -> None:
    """One country's default values (rules 1 to 4)."""
    country = country_of(sheet.name)
    if not country:
        reader.problems.error("cbam-tables-country", sheet.name, name=sheet.name)
        return
    for row, cells in _below(sheet, header):
        _default(sheet, header, reader, (country, row, cells))


def read_benchmarks(sheet: Sheet, header: Header, reader: Reader) -> None:
    """The benchmarks of a sheet (rule 5)."""
    cn = ""
    for row, cells in _below(sheet, header):
        written = text(_at(cells, header, "cn"))
        values = [(column, _at(cells, header, column)) for column in ("A", "B")]
        if not any(_holds_value(cell) for _, cell in values):
            continue
        where = address(sheet.name, row, header.columns["cn"])
        if written:
            cn = _benchmark_code(written, where, reader)
        if not cn:
            continue
        for column, cell in values:
            _benchmark(sheet, header, reader, (cn, column, row, cell, cells))


def country_of(name: str) -> str:
    """The country a sheet is for: ISO alpha-2, ``other``, or empty. A name cut off at 31 letters is completed."""
    key = re.sub(r"[^a-zà-ÿ]", "", name.casefold())
    if key and _OTHER_NAME.startswith(key) and len(key) > 12:
        return OTHER
    found = _NAMES.get(key) or places.find(name.strip().replace("_", " "))
    if not found and len(name) >= _SHEET_NAME_LENGTH - 1:
        whole = [code for code, place in places.regions().items() if place.name_en.startswith(name.strip())]
        found = whole[0] if len(whole) == 1 else ""
        if not found and name.casefold().startswith("democratic republic of the con"):
            found = "CD"
    code = _OWN_CODES.get(found, found)
    return code if len(code) == 2 else ""


def _default(sheet: Sheet, header: Header, reader: Reader, item: tuple[str, int, Sequence[Cell]]) -> None:
    country, row, cells = item
    total = _at(cells, header, "total")
    written, said = text(_at(cells, header, "cn")), text(total)
    if said.casefold() == "see below" or not (said or text(_at(cells, header, "direct"))):
        return
    where = address(sheet.name, row, header.columns["cn"])
    found = _code(written, text(_at(cells, header, "description")), where, reader)
    if found is None:
        return
    cn, variant = found
    errors = reader.problems.errors
    values = _values(sheet, header, reader, (row, cells))
    if reader.problems.errors > errors:
        return
    routes = " ".join(sorted(set(_letters(text(_at(cells, header, "route"))))))
    reader.put((country, cn, variant), [country, cn, variant, *values, routes], where)


def _values(sheet: Sheet, header: Header, reader: Reader, item: tuple[int, Sequence[Cell]]) -> list[str]:
    """Total, direct and indirect as the table writes them (rule 4)."""
    row, cells = item
    parts = []
    for column in ("direct", "indirect"):
        cell = _at(cells, header, column)
        said = text(cell)
        none = not said or said.startswith("#") or _is_dash(said) or said.casefold() == "see below"
        if none or _NOT_APPLICABLE.fullmatch(said):
            parts.append("")
        else:
            parts.append(reader.number(cell, address(sheet.name, row, header.columns[column]), column))
    total, where = _at(cells, header, "total"), address(sheet.name, row, header.columns["total"])
    said = text(total)
    if said.startswith("#"):
        whole = _summed(said, parts, where, reader)
    elif not said or _is_dash(said) or _NOT_APPLICABLE.fullmatch(said):
        whole = "-"
    else:
        whole = reader.number(total, where, "total")
    if whole == "-":
        return ["-", "", ""]
    return [whole, "=" if parts == [whole, ""] else parts[0], parts[1]]


def _summed(said: str, parts: list[str], where: str, reader: Reader) -> str:
    if not parts[0]:
        reader.problems.warning("cbam-tables-error-dash", where, value=said)
        return "-"
    total = plain(sum((Decimal(part) for part in parts if part), Decimal(0)))
    reader.problems.warning("cbam-tables-error-summed", where, value=said, total=total)
    return total


def _code(written: str, description: str, where: str, reader: Reader) -> tuple[str, str] | None:
    """CN code and variant of a row (rule 3); None where there is none or it is told."""
    code = digits(written)
    if not code.isdigit() or len(code) not in (4, 6, 8, 10):
        reader.problems.error("cbam-tables-cn-unreadable", where, value=written[:40])
        return None
    cn, variant = code[:8], variant_of(code)
    reader.scope(cn, where)
    if cn in ("25231000", "25239000") and not variant:
        words = set(re.findall(r"[a-z]+", description.casefold()))
        variant = next((word for word in ("white", "grey") if word in words), "")
        if not variant:
            reader.problems.error("cbam-tables-variant", where, cn=cn, value=description[:60])
            return None
    return cn, variant


def _benchmark_code(written: str, where: str, reader: Reader) -> str:
    code = digits(written)
    if not code.isdigit() or len(code) not in (8, 10):
        reader.problems.error("cbam-tables-cn-unreadable", where, value=written[:40])
        return ""
    reader.scope(code[:8], where)
    return code[:8]


def _benchmark(
    sheet: Sheet, header: Header, reader: Reader, item: tuple[str, str, int, Cell, Sequence[Cell]]
) -> None:
    cn, column, row, cell, cells = item
    where = address(sheet.name, row, header.columns[column])
    written = text(cell).replace("\u00a0", " ")
    if not written or _is_dash(written):
        return
    found = [(written, "")] if number(cell) is not None else _VALUE.findall(written)
    if not found or (number(cell) is None and _VALUE.sub("", written).strip(" ;/|")):
        reader.number(cell, where, column)
        return
    beside = text(_at(cells, header, f"route {column}"))
    for value, behind in found:
        markers = _MARKER.findall(behind) or _MARKER.findall(beside) or _letters(beside)
        letters = [marker for marker in markers if marker.isalpha()] or [""]
        years = _YEARS[next((marker for marker in markers if marker.isdigit()), "")]
        amount = reader.number(value, where, column)
        for letter in letters if amount else ():
            reader.put((cn, column, letter, years[0]), [cn, column, letter, amount, *years], where)


def _header(sheet: Sheet, columns_of: Callable[[list[str]], dict[str, int] | None]) -> Header | None:
    """The header by its words (rule 1), in the fewest rows that hold them."""
    for start in range(min(HEADER_WITHIN, len(sheet.rows))):
        for height in (1, 2, 3):
            block = sheet.rows[start : start + height]
            width = max((len(row) for row in block), default=0)
            heads = [
                " ".join(text(row[at]).casefold() for row in block if at < len(row)) for at in range(width)
            ]
            if columns := columns_of(heads):
                return Header(columns, start + height)
    return None


def _default_columns(heads: list[str]) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for at, head in enumerate(heads):
        marked_up = "mark" in head or re.search(r"\b20\d\d\b", head)
        for column, words in (
            ("indirect", ("indirect",)),
            ("direct", ("direct",)),
            ("total", ("total",)),
            ("route", ("route",)),
            ("cn", ("cn",)),
            ("description", ("description",)),
        ):
            if any(re.search(rf"\b{word}\b", head) for word in words) and not marked_up:
                found.setdefault(column, at)
                break
    return found if {"cn", "total"} <= set(found) and len(found) > 2 else None


def _benchmark_columns(heads: list[str]) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for at, head in enumerate(heads):
        if re.search(r"\bcn\b", head):
            found.setdefault("cn", at)
        for column in ("A", "B"):
            if re.search(rf"\bcolumn {column.casefold()}\b", head) and column not in found:
                found[column] = at
                beside = heads[at + 1] if at + 1 < len(heads) else "-"
                if not beside.strip() or re.search(r"\b(route|indicator|marker)\b", beside):
                    found[f"route {column}"] = at + 1
    return found if {"cn", "A", "B"} <= set(found) else None


def _below(sheet: Sheet, header: Header) -> Iterator[tuple[int, Sequence[Cell]]]:
    for index in range(header.below, len(sheet.rows)):
        if any(cell not in (None, "") for cell in sheet.rows[index]):
            yield index + 1, sheet.rows[index]


def _at(cells: Sequence[Cell], header: Header, column: str) -> Cell:
    at = header.columns.get(column, -1)
    return cells[at] if 0 <= at < len(cells) else None


def _holds_value(cell: Cell) -> bool:
    said = text(cell)
    return bool(said) and (number(cell) is not None or bool(re.search(r"\d", said)) or said.startswith("#"))


def _letters(said: str) -> list[str]:
    """Letters of routes, none in ``N/A``."""
    return [] if _NOT_APPLICABLE.fullmatch(said) else _LETTER.findall(said)


def _is_dash(said: str) -> bool:
    return bool(said) and set(said) <= DASHES
