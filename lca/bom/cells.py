"""One cell and what it can mean: text, an exact decimal, a percentage, a date, a choice.

Rules
1. A formula, an error value or a true/false is never a number, and never a text either.
2. A number keeps the digits the file shows: int and float become ``Decimal(str(value))``.
3. A number typed as text is taken when it can mean one thing only (``1,234.5``, ``1 234.5``), with a WARNING
   saying what was read; ``1,5`` and ``12 kg`` are refused.
4. A percentage cell of 0.02 and the text ``2%`` both mean 2 in a percent column; nowhere else is ``%`` taken.
5. Characters that nobody sees (zero-width space, byte order mark) are no part of any value.

Each function returns None and adds a finding when the cell cannot mean what its column asks for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from lca.bom.columns import Column, Form
from lca.bom.words import LABELS, label, nearest, understand
from lca.findings import Finding, Place, Severity

Choice = TypeVar("Choice", bound=StrEnum)

MAX_PER_CODE = 200
"""Findings kept of one code; the rest are counted in one closing finding."""
MAX_TEXT = 2_000
LARGEST = Decimal("1e15")
SMALLEST = Decimal("1e-15")

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}((,\d{3})+|( \d{3})+)(\.\d+)?")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]0?0:00(?::00)?)?")
_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF))
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SERIALS = range(36_526, 73_051)  # 2000-01-01 to 2099-12-31


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds something. ``kind`` is openpyxl's data type: s, n, d, b, e, f …"""

    sheet: str
    row: int
    ref: str
    value: object
    kind: str
    percent: bool
    column: Column

    def place(self, line: str = "") -> Place:
        """Where it is, for findings."""
        return Place(self.sheet, self.row, self.ref, line)

    @property
    def shown(self) -> str:
        """Its value as text, short enough for a sentence."""
        text = str(self.value)
        return text if len(text) <= 40 else text[:39] + "…"


@dataclass(slots=True)
class Findings:
    """Findings in the order met, at most ``MAX_PER_CODE`` of a code; ``closed()`` says how many more."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[Severity, str]] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        """Keep or count one finding."""
        self.counts[finding.severity, finding.code] += 1
        if self.counts[finding.severity, finding.code] <= MAX_PER_CODE:
            self.kept.append(finding)

    def error(self, code: str, place: Place, **details: object) -> None:
        """Add an ERROR."""
        self.add(Finding.error(code, place, **details))

    def warning(self, code: str, place: Place, **details: object) -> None:
        """Add a WARNING."""
        self.add(Finding.warning(code, place, **details))

    def closed(self) -> tuple[Finding, ...]:
        """All kept findings, and one for every code with more."""
        more = [
            Finding(
                severity, "more-of-the-same", Place(), (("count", str(count - MAX_PER_CODE)), ("what", code))
            )
            for (severity, code), count in self.counts.items()
            if count > MAX_PER_CODE
        ]
        return (*self.kept, *more)


def is_usable(cell: Cell, found: Findings, line: str = "") -> bool:
    """Rule 1: False, with a finding, for formulas and error values."""
    if cell.kind == "f":
        found.error("formula-cell", cell.place(line), header=cell.column.header)
    elif cell.kind == "e":
        found.error("error-cell", cell.place(line), header=cell.column.header, text=cell.shown)
    else:
        return True
    return False


def text(cell: Cell, found: Findings, line: str = "") -> str | None:
    """The cell's text, stripped; a whole number such as 7.0 becomes ``7``."""
    if not is_usable(cell, found, line):
        return None
    value = cell.value
    if isinstance(value, bool | datetime | date):
        found.error("not-text", cell.place(line), header=cell.column.header, text=cell.shown)
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    written = str(value).translate(_UNSEEN).strip()
    if len(written) > MAX_TEXT or any(
        unicodedata.category(char) == "Cc" and char not in "\n\t\r" for char in written
    ):
        found.error("text-unprintable", cell.place(line), header=cell.column.header, limit=MAX_TEXT)
        return None
    return written


def number(cell: Cell, found: Findings, line: str = "") -> Decimal | None:
    """An exact, finite, non-negative decimal (rules 2 to 4)."""
    if not is_usable(cell, found, line):
        return None
    amount = _decimal(cell, found, line)
    if amount is None:
        return None
    header = cell.column.header
    if amount < 0:
        found.error("negative-amount", cell.place(line), header=header, text=cell.shown)
        return None
    if not amount.is_finite() or amount > LARGEST or (amount and amount < SMALLEST):
        found.error("number-out-of-range", cell.place(line), header=header, text=cell.shown)
        return None
    return amount


def _decimal(cell: Cell, found: Findings, line: str) -> Decimal | None:
    value = cell.value
    wants_percent = cell.column.form is Form.PERCENT
    if isinstance(value, int | float) and not isinstance(value, bool):
        amount = Decimal(str(value))
        if not cell.percent:
            return amount if not amount.is_nan() else _not_a_number(cell, found, line)
        if wants_percent:
            return amount * 100
        found.error("percent-not-expected", cell.place(line), header=cell.column.header, text=cell.shown)
        return None
    if not isinstance(value, str):
        return _not_a_number(cell, found, line)
    written = unicodedata.normalize("NFKC", value.translate(_UNSEEN)).strip()
    bare = written.removesuffix("%").strip() if wants_percent else written
    if not (_PLAIN.fullmatch(bare) or _GROUPED.fullmatch(bare)) or len(bare) > 60:
        return _not_a_number(cell, found, line)
    amount = Decimal(bare.replace(",", "").replace(" ", ""))
    found.warning(
        "number-as-text", cell.place(line), header=cell.column.header, text=cell.shown, read=f"{amount:f}"
    )
    return amount


def _not_a_number(cell: Cell, found: Findings, line: str) -> Decimal | None:
    found.error("not-a-number", cell.place(line), header=cell.column.header, text=cell.shown)
    return None


def day(cell: Cell, found: Findings) -> date | None:
    """A date: a date cell, ISO or Chinese text, eight digits, or a day serial of this century."""
    if not is_usable(cell, found):
        return None
    value = cell.value
    result: date | None = None
    if isinstance(value, datetime):
        result = value.date()
    elif isinstance(value, date):
        result = value
    elif isinstance(value, int) and not isinstance(value, bool) and value in _SERIALS:
        from openpyxl.utils.datetime import from_excel

        result = from_excel(value).date()
        found.warning("date-as-number", cell.place(), header=cell.column.header, text=value, read=str(result))
    elif isinstance(value, str | int) and not isinstance(value, bool):
        result = _written_day(unicodedata.normalize("NFKC", str(value).translate(_UNSEEN)).strip())
    if result is None or not 2000 <= result.year <= 2099:
        found.error("not-a-date", cell.place(), header=cell.column.header, text=cell.shown)
        return None
    return result


def _written_day(written: str) -> date | None:
    match = _DAY.fullmatch(written) or _DIGITS.fullmatch(written)
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def choice(cell: Cell, kind: type[Choice], found: Findings, line: str = "") -> Choice | None:
    """A member of ``kind``; unknown words get the nearest one suggested."""
    written = text(cell, found, line)
    if written is None:
        return None
    member = understand(kind, written)
    if member is None:
        known = [label(member) for member in kind]
        halves = {half: label(member) for member in kind for half in LABELS[member]}
        close = halves.get(nearest(written, halves), "")
        found.error(
            "choice-unknown" if not close else "choice-unknown-near",
            cell.place(line),
            header=cell.column.header,
            text=cell.shown,
            known="; ".join(known),
            near=close,
        )
    return member
