"""One cell and what it means.

Rules
1. A formula and an error value mean nothing: they are refused, with the cell.
2. A number typed as text is taken when it can mean one thing only: ``1234.5`` as it is; ``1,234.5`` and full-width
   digits with a warning that says what was read. ``1,5`` and ``12 kg`` are refused.
3. Percentages are 0 to 100; a cell formatted as a percentage and the text ``2%`` mean what they show. From above 0
   to 1 without a percent sign is read as it stands, with a warning: a fraction may have been meant.
4. ``/``, ``-`` and ``n/a`` in a cell that is no text mean that it is empty.
5. Invisible characters and blanks around a text are no part of it; a text in quotation marks is taken to the letter
   (``lca.cbam.workbook.texts``).
6. A factor cannot come from a life-cycle database (Annex II B.5; Commission Q&A 4.24).

Each function returns None and adds a finding when the cell cannot mean what its column asks for.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lca.cbam.monitoring import FactorSource
from lca.cbam.workbook import figures, words
from lca.cbam.workbook.cell import Cell
from lca.cbam.workbook.countries import as_country, near
from lca.cbam.workbook.findings import Findings
from lca.cbam.workbook.layout import Kind
from lca.cbam.workbook.texts import BLANKS, MAX_STORED, MAX_TEXT, SEPARATORS, clean, literal, unseen

_LIFE_CYCLE = re.compile(
    r"(?<![a-z])(lcas?|lcia?|ecoinvent|gabi|sphera|simapro|openlca|clcd|cpcd|ilcd|epd|agribalyse|idemat)(?![a-z])"
    r"|life[- ]?cycle|生命周期|碳足迹|足迹因子|环境产品声明|背景数据库"
)
_ITEM = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([^\s;；、,，"][^;；、,，\n]*))\s*(?:[;；、,，\n]|$)')


@dataclass(frozen=True, slots=True)
class Named:
    """A reference as written; ``literal`` when it stood in quotation marks and is taken to the letter."""

    text: str
    literal: bool = False


def is_empty(cell: Cell) -> bool:
    """Rule 4, and cells with nothing but blanks."""
    if not isinstance(cell.value, str) or cell.kind == "f":
        return False
    written = clean(cell.value)
    return not written or (cell.column.kind is not Kind.TEXT and written.casefold() in BLANKS)


def decode(cell: Cell, found: Findings) -> Any:
    """What a cell means: the value of its column's kind; None, with a finding, where it means nothing.

    References are given as :class:`Named`; they are resolved when every sheet is read.
    """
    if cell.kind in ("f", "e"):
        code = "formula-cell" if cell.kind == "f" else "error-cell"
        found.error(code, cell.place(), header=cell.column.both, text=cell.shown)
        return None
    kind = cell.column.kind
    if kind is Kind.INTEGER:
        return figures.integer(cell, found)
    if kind in (Kind.NUMBER, Kind.PERCENT, Kind.HUNDRED):
        return figures.number(cell, found)
    if kind is Kind.DATE:
        return figures.day(cell, found)
    if kind is Kind.TRUTH and isinstance(cell.value, bool):
        return cell.value
    written = text(cell, found)
    return None if written is None else _meaning(cell, written, found)


def text(cell: Cell, found: Findings) -> str | None:
    """The cell's text; a whole number such as 7.0 becomes ``7``, a date its ISO form."""
    value = cell.value
    if isinstance(value, bool):
        found.error("not-text", cell.place(), header=cell.column.both, text=cell.shown)
        return None
    if isinstance(value, datetime | date):
        return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    written = clean(str(value))
    most = MAX_STORED if cell.column.kind is Kind.TEXT else MAX_TEXT
    if unseen(written) or len(written) > most:
        found.error("text-unprintable", cell.place(), header=cell.column.both, limit=most)
        return None
    return written


def _meaning(cell: Cell, written: str, found: Findings) -> Any:
    kind = cell.column.kind
    if kind in (Kind.AMONGS, Kind.REFS):
        return _list(cell, written, found)
    exact = literal(written)
    if kind is Kind.REF:
        return Named(written) if exact is None else Named(exact, True)
    if kind is Kind.TEXT or (exact is not None and kind in (Kind.AMONG, Kind.COUNTRY)):
        return written if exact is None else exact
    if kind is Kind.COUNTRY:
        return _country(cell, written, found)
    return _word(cell, written, found)


def _word(cell: Cell, written: str, found: Findings) -> Any:
    """A member of the column's choice, True or False, or a word of its table."""
    column = cell.column
    table = "truth" if column.kind is Kind.TRUTH else column.words
    value = words.understand(table, written)
    if value is None:
        _unknown(cell, table, written, found)
        return None
    if column.kind is Kind.TRUTH:
        return value == "yes"
    return column.choice(value) if column.choice is not None else value


def _unknown(cell: Cell, table: str, written: str, found: Findings) -> None:
    place, header = cell.place(), cell.column.both
    if cell.column.choice is FactorSource and names_life_cycle(written):
        found.error("cbam-book-factor-lca", place, header=header, text=cell.shown, known=words.known(table))
        return
    close = words.nearest_in(table, written) if found.suggests() else ""
    code = "choice-unknown-near" if close else "choice-unknown"
    found.error(code, place, header=header, text=cell.shown, known=words.known(table), near=close)


def names_life_cycle(written: str) -> bool:
    """True when a text names life-cycle data (rule 6)."""
    return _LIFE_CYCLE.search(unicodedata.normalize("NFKC", written).casefold()) is not None


def _country(cell: Cell, written: str, found: Findings) -> str | None:
    code = as_country(written)
    if code is None:
        close = (near(written) if found.suggests() else "") or "CN, DE, VN"
        found.error("cbam-book-country", cell.place(), header=cell.column.both, text=cell.shown, near=close)
    return code


def _list(cell: Cell, written: str, found: Findings) -> tuple[Any, ...] | None:
    items: list[Any] = []
    at = 0
    while at < len(written):
        match = _ITEM.match(written, at)
        if match is not None:
            items.append(_item(cell, match, found))
            at = match.end()
        elif written[at] in SEPARATORS or written[at].isspace():
            at += 1
        else:
            found.error("cbam-book-list", cell.place(), header=cell.column.both, text=cell.shown)
            return None
    return None if None in items else tuple(items)


def _item(cell: Cell, match: re.Match[str], found: Findings) -> Any:
    exact = literal(match.group(1)) if match.group(1) else None
    written = exact if exact is not None else clean(match.group(1) or match.group(2))
    if cell.column.kind is Kind.REFS:
        return Named(written, exact is not None)
    return written if exact is not None else _word(cell, written, found)
