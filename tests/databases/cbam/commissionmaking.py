"""Workbooks that look like the Commission's, made from the packaged tables with the defects that are known of them.

Default values: an overview, then a sheet per country with a title, a header over two rows, headings of sectors, CN
codes with and without blanks and as numbers, ``see below``, several dashes and noise of the machine.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from databases.cbam import rows
from databases.cbam.shelf import packaged

NAMES = {"CN": "China", "TW": "Taiwan", "MM": "Myanmar_Burma", "other": "Other Countries and Territories"}
SECTORS = {
    "25": "Cement",
    "28": "Fertilisers",
    "31": "Fertilisers",
    "76": "Aluminium",
    "26": "Iron and steel",
    "72": "Iron and steel",
    "73": "Iron and steel",
}
DASHES = ("–", "-", "_", "—")
Row = dict[str, str]
Change = Callable[[Workbook], None]


def nothing(book: Workbook) -> None:
    """No change."""


def default_rows(countries: Iterable[str]) -> list[Row]:
    """The packaged default values of some countries."""
    found = rows.read_dicts("defaults", packaged()["defaults"].text)
    return [row for row in found if row["country"] in set(countries)]


def default_workbook(countries: Iterable[str] = ("CN", "MM", "other"), change: Change = nothing) -> bytes:
    """A workbook of default values with sheets for these countries; ``change`` may spoil it."""
    book = Workbook()
    first = book.active
    first.title = "Overview"
    first.append(["Default values for the CBAM definitive period", None, "Version 04.02.2026"])
    first.append(["One table for each country"])
    for country in countries:
        _country(book.create_sheet(NAMES.get(country, country)), default_rows([country]))
    change(book)
    return saved(book)


def benchmark_workbook(change: Change = nothing) -> bytes:
    """A workbook of benchmarks: one row a code, values with their markers beside them, more rows for more routes."""
    book = Workbook()
    page = book.active
    page.title = "CBAM benchmarks"
    page.append(["Annex: CBAM benchmarks"])
    page.append(["CN code", "CN description", "Column A", None, "Column B", None])
    page.append([None, None, "BMg [tCO2e/t]", "Route indicator", "BMg [tCO2e/t]", "Route indicator"])
    by_code: dict[str, dict[str, list[Row]]] = {}
    for row in rows.read_dicts("benchmarks", packaged()["benchmarks"].text):
        by_code.setdefault(row["cn"], {"A": [], "B": []})[row["column"]].append(row)
    for at, (cn, columns) in enumerate(sorted(by_code.items())):
        for line in range(max(map(len, columns.values()))):
            cells: list[Any] = [_spaced(cn) if line == 0 else None, "Goods" if line == 0 else None]
            for column in ("A", "B"):
                cells += _benchmark(columns[column], line, together=at % 3 == 0)
            page.append(cells)
    change(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cell_of(page: Any, cn: str, column: str) -> Any:
    """The cell of a code in a country's sheet: ``column`` by its letter."""
    for row in page.iter_rows(min_row=5):
        if str(row[0].value).replace(" ", "") == cn:
            return page[f"{column}{row[0].row}"]
    raise LookupError(cn)


def _country(page: Any, found: list[Row]) -> None:
    page.append([f"Default values: {page.title}"])
    page.append([])
    page.append(
        [
            "Product CN Code",
            "Description",
            "Default value",
            None,
            None,
            "2026 Default value",
            "2027 Default value",
            "2028 Default value",
            "Underlying production route",
        ]
    )
    page.append(
        [None, None, "direct emissions", "indirect emissions", "total emissions"] + ["incl. mark-up"] * 3
    )
    sector = ""
    for at, row in enumerate(sorted(found, key=lambda row: row["cn"])):
        if SECTORS[row["cn"][:2]] != sector:
            sector = SECTORS[row["cn"][:2]]
            page.append([sector])
        if row["cn"] == "76101000":
            page.append(["7610", "Aluminium structures"] + ["see below"] * 7)
        page.append(_line(row, at))


def _line(row: Row, at: int) -> list[Any]:
    code: Any = (row["cn"], _spaced(row["cn"]), int(row["cn"]))[at % 3]
    words = {"white": "White clinker", "grey": "Grey clinker"}.get(row["variant"], "Goods (excl. others)")
    routes = "/".join(f"({letter})" for letter in row["routes"].split())
    if row["total"] == "-":
        dash = DASHES[at % len(DASHES)]
        return [code, words, *[dash] * 6, routes or None]
    total = float(row["total"])
    direct = total if row["direct"] == "=" else float(row["direct"] or 0)
    indirect: Any = float(row["indirect"]) if row["indirect"] else ("N/A", "N.A.", "N/(A", "n/a")[at % 4]
    marked = [total * factor for factor in (1.1, 1.2, 1.3)]  # 3.5055819200000003 and the like
    return [code, words, direct, indirect, total + 1e-15, *marked, routes or None]


def _benchmark(found: list[Row], line: int, together: bool) -> list[Any]:
    if line >= len(found):
        return [None, None]
    row = found[line]
    years = {("2026", "2027"): "(1)", ("2028", "2030"): "(2)"}.get((row["from_year"], row["to_year"]), "")
    markers = (f"({row['route']})" if row["route"] else "") + years
    if together and markers:
        return [f"{Decimal(row['value']):.3f} {markers}", None]
    return [float(row["value"]), markers or None]


def _spaced(cn: str) -> str:
    return " ".join(filter(None, (cn[:4], cn[4:6], cn[6:8])))
