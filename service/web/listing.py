"""Every list of the service: filter, sort, page, and the same rows as CSV and JSON.

Rules
1. A list is described once, by its columns; page, CSV and JSON twin come from that description.
2. CSV cells that a spreadsheet would run as a formula get a leading apostrophe (OWASP, CSV injection; the full-width
   signs too, which spreadsheets of East Asian locales read as the others).
3. A sort order or filter that the list does not offer is ignored, never an error.
4. CSV and JSON hold every row of the filtered list; only the page is cut into pieces.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Response, jsonify, render_template, request, url_for

PAGE_SIZE = 50
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: text, a second line, a link, a badge tone (``plain`` draws a badge without colour)."""

    text: Any
    sub: Any = ""
    href: str = ""
    tone: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """``value`` is the raw value (sorted by, exported); ``cell`` what the page shows, the value where it is None.

    A column that is not ``shown`` is filtered by, searched and exported; the page says it elsewhere.
    """

    key: str
    title: Any
    value: Callable[[Any], Any]
    cell: Callable[[Any], Cell] | None = None
    numeric: bool = False
    shown: bool = True

    def show(self, row: Any) -> Cell:
        """The cell of a row on the page."""
        return self.cell(row) if self.cell else Cell(self.value(row))


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice out of ``options`` (value, word) that a column's raw value must equal."""

    key: str
    title: Any
    options: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ListSpec:
    """One list: its endpoint, columns (the first names the row), filters, default order and the name of its CSV."""

    endpoint: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    order: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    filename: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as asked for: the rows of this page and where the reader is."""

    spec: ListSpec
    rows: tuple[Any, ...]
    matched: tuple[Any, ...]
    total: int
    page: int
    pages: int
    sort: str
    descending: bool
    query: str
    chosen: Mapping[str, str]

    def address(self, **changes: Any) -> str:
        """This list's address with some of its parameters changed."""
        values = {"q": self.query, "sort": self._sort_text(), "page": None, **self.chosen, **changes}
        kept = {name: value for name, value in values.items() if value not in (None, "")}
        return url_for(self.spec.endpoint, **{**self.spec.values, **kept})

    def sort_address(self, key: str) -> str:
        """The address that sorts by ``key``, turning round when it is already sorted so."""
        turn = self.sort == key and not self.descending
        return self.address(sort=f"-{key}" if turn else key)

    def _sort_text(self) -> str:
        return f"-{self.sort}" if self.descending and self.sort else self.sort


def build(spec: ListSpec, rows: Iterable[Any]) -> Listing:
    """Filter, sort and cut ``rows`` as the request's query string asks."""
    everything = tuple(rows)
    query = request.args.get("q", "").strip()[:200]
    chosen = {f.key: request.args.get(f.key, "") for f in spec.filters}
    chosen = {
        f.key: chosen[f.key] for f in spec.filters if chosen[f.key] in {value for value, _ in f.options}
    }
    matched = [row for row in everything if _matches(spec, row, query, chosen)]
    sort, descending = _order(spec, request.args.get("sort", "") or spec.order)
    column = next((c for c in spec.columns if c.key == sort), None)
    if column:
        matched.sort(key=lambda row: _sort_key(column.value(row)), reverse=descending)
    pages = max(1, -(-len(matched) // PAGE_SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    cut = tuple(matched[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return Listing(spec, cut, tuple(matched), len(everything), page, pages, sort, descending, query, chosen)


def answer(spec: ListSpec, rows: Iterable[Any], form: str, template: str, **context: Any) -> Response | str:
    """The list as ``html`` (with ``template``), ``csv`` or ``json``."""
    listing = build(spec, rows)
    if form == "csv":
        return csv_response(spec, listing.matched)
    if form == "json":
        return jsonify(items=[_plain_row(spec, row) for row in listing.matched], total=len(listing.matched))
    return render_template(template, listing=listing, **context)


def csv_response(spec: ListSpec, rows: Iterable[Any]) -> Response:
    """Rows as CSV with a byte-order mark, so that spreadsheets read Chinese, guarded by rule 2."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([guard(column.title) for column in spec.columns])
    for row in rows:
        writer.writerow([guard(_plain(column.value(row))) for column in spec.columns])
    name = spec.filename or spec.endpoint.split(".")[0]
    return Response(
        "\ufeff" + target.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def guard(value: Any) -> str:
    """Rule 2. Numbers pass as they are: a negative number is no formula."""
    if isinstance(value, (int, float)):
        return str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u3000\xa0\ufeff").startswith(FORMULA_STARTS) else text


def _matches(spec: ListSpec, row: Any, query: str, chosen: Mapping[str, str]) -> bool:
    values = {column.key: column.value(row) for column in spec.columns}
    if any(str(values.get(key, "")) != value for key, value in chosen.items()):
        return False
    if not query:
        return True
    shown = " ".join(
        f"{values[c.key]} {(cell := c.show(row)).text} {cell.sub}" for c in spec.columns
    ).casefold()
    return all(part in shown for part in query.casefold().split())


def _order(spec: ListSpec, text: str) -> tuple[str, bool]:
    key = text.removeprefix("-")
    return (key, text.startswith("-")) if key in {column.key for column in spec.columns} else ("", False)


def _sort_key(value: Any) -> tuple[int, Any]:
    if value is None or value == "":
        return (2, "")
    return (0, value) if isinstance(value, (int, float)) else (1, _plain(value).casefold())


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if value is None or isinstance(value, (int, float)) else str(value)


def _plain_row(spec: ListSpec, row: Any) -> dict[str, Any]:
    return {column.key: _plain(column.value(row)) for column in spec.columns}
