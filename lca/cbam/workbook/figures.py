"""Numbers and dates in cells: what they mean, or the finding that says why they mean nothing."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal

from lca.cbam.workbook.cell import Cell
from lca.cbam.workbook.findings import Findings
from lca.cbam.workbook.layout import Kind
from lca.cbam.workbook.texts import clean

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}((,\d{3})+|( \d{3})+)(\.\d+)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]0?0:00(?::00)?)?")
_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_SERIALS = range(36_526, 73_051)  # 2000-01-01 to 2099-12-31


def number(cell: Cell, found: Findings) -> float | None:
    """A finite number; a fraction where the column is a percentage of the model's fractions."""
    value = cell.value
    kind = cell.column.kind
    if isinstance(value, int | float) and not isinstance(value, bool):
        amount, marked = Decimal(repr(value)), cell.percent
        if not amount.is_finite():
            return _no_number(cell, found)
        amount = amount * 100 if marked else amount
    elif isinstance(value, str):
        written = unicodedata.normalize("NFKC", clean(value))
        marked = written.endswith("%")
        bare = written.removesuffix("%").strip()
        if not (_PLAIN.fullmatch(bare) or _GROUPED.fullmatch(bare)) or len(bare) > 400:
            return _no_number(cell, found)
        amount = Decimal(bare.replace(",", "").replace(" ", ""))
        if not _PLAIN.fullmatch(clean(value).removesuffix("%").strip()):
            found.warning(
                "number-as-text", cell.place(), header=cell.column.both, text=cell.shown, read=f"{amount:f}"
            )
    else:
        return _no_number(cell, found)
    if kind not in (Kind.PERCENT, Kind.HUNDRED):
        if marked:
            found.error("percent-not-expected", cell.place(), header=cell.column.both, text=cell.shown)
            return None
        return _finite(cell, amount, found)
    if 0 < amount <= 1 and not marked:
        found.warning(
            "cbam-book-percent-small",
            cell.place(),
            header=cell.column.both,
            text=f"{amount:f}",
            more=f"{amount * 100:f}",
        )
    return _finite(cell, amount if kind is Kind.HUNDRED else amount / 100, found)


def _finite(cell: Cell, amount: Decimal, found: Findings) -> float | None:
    value = float(amount)
    if abs(value) == float("inf"):
        return _no_number(cell, found)
    return value


def _no_number(cell: Cell, found: Findings) -> float | None:
    found.error("not-a-number", cell.place(), header=cell.column.both, text=cell.shown)
    return None


def integer(cell: Cell, found: Findings) -> int | None:
    """A whole number."""
    value = number(cell, found)
    if value is None:
        return None
    if not value.is_integer() or abs(value) > 1e15:
        found.error("cbam-book-not-whole", cell.place(), header=cell.column.both, text=cell.shown)
        return None
    return int(value)


def day(cell: Cell, found: Findings) -> date | None:
    """A date: a date cell, ISO or Chinese text, eight digits, or a day serial of this century."""
    value = cell.value
    result: date | None = None
    if isinstance(value, datetime | date):
        result = value.date() if isinstance(value, datetime) else value
    elif isinstance(value, int) and not isinstance(value, bool) and value in _SERIALS:
        from openpyxl.utils.datetime import from_excel

        result = from_excel(value).date()
        found.warning("date-as-number", cell.place(), header=cell.column.both, text=value, read=str(result))
    elif isinstance(value, str | int) and not isinstance(value, bool):
        written = unicodedata.normalize("NFKC", clean(str(value)))
        result = _written_day(written)
        if result is not None and _ISO.fullmatch(written):
            return result
    if result is None or not 2000 <= result.year <= 2099:
        found.error("not-a-date", cell.place(), header=cell.column.both, text=cell.shown)
        return None
    return result


def _written_day(written: str) -> date | None:
    match = _DAY.fullmatch(written) or _DIGITS.fullmatch(written)
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None
