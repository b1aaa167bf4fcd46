"""Numbers, dates and coordinates as people type them into the template; what is doubtful is told, never guessed.

Rules
1. A number cell is a number. A number typed as text is read where it can mean one thing only ("0,833", "1.234,5")
   and told, because the template's own formulas do not count it; "1,234" can mean two and is refused.
2. "n.a.", "-" and the like mean that nothing is stated.
3. A formula typed into an input cell counts with the value it showed last; without one, and where a cell shows an
   error ("#REF!"), the cell is refused.
4. A date is a number of days, or text as 2025-01-31 or 31.01.2025, from 2000 to 2099; nothing may stand behind it but a
   time of the day.
5. A text longer than :data:`LONGEST` or with characters that turn the direction of what follows is refused.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from lca.cbam.communication.book import Book
from lca.cbam.communication.lists import Cell, Lists
from lca.findings import Finding, Place

_EUROPEAN = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d+,\d{1,2}|[+-]?\d+,\d{4,}|[+-]?0,\d+")
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?|[+-]?\d{1,3}(,\d{3})+\.\d+")
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
LONGEST = 10_000
"""Characters of a text, as everything that is stored."""
_DAYS = range(36_526, 73_051)
"""Days from 2000-01-01 to 2099-12-31, counted from 1900."""
_DAY_ZERO = date(1899, 12, 30)
_DAY_ZERO_1904 = date(1904, 1, 1)


@dataclass(slots=True)
class Cells:
    """One workbook being read: its cells, its lists, and what was found wrong so far."""

    book: Book
    lists: Lists
    findings: list[Finding] = field(default_factory=list)

    def raw(self, sheet: str, cell: str) -> Cell:
        """The value as it stands; rule 3."""
        held = self.book.at(sheet, cell)
        if held.error:
            self.tell("error", "cbam-communication-error-cell", sheet, cell, text=held.error)
        elif held.formula and held.value is None:
            self.tell("error", "cbam-communication-formula", sheet, cell)
        return held.value

    def text(self, sheet: str, cell: str) -> str:
        """Text without blanks at the ends; a whole number without decimals."""
        value = self.raw(sheet, cell)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        text = " ".join(str(value).split()) if value is not None else ""
        if len(text) > LONGEST or _HIDDEN.search(text):
            self.tell("error", "cbam-communication-text", sheet, cell, limit=LONGEST)
            return ""
        return text

    def number(self, sheet: str, cell: str) -> float | None:
        """A number, or None where nothing is stated (rules 1 and 2)."""
        value = self.raw(sheet, cell)
        if isinstance(value, bool):
            self._refused(sheet, cell, value)
            return None
        if isinstance(value, float):
            return value
        if self.lists.nothing(value):
            return None
        number = typed_number(str(value))
        if number is None:
            self._refused(sheet, cell, value)
            return None
        self.tell(
            "warning",
            "cbam-communication-number-text",
            sheet,
            cell,
            text=str(value)[:40],
            value=f"{number:g}",
        )
        return number

    def fraction(self, sheet: str, cell: str) -> float | None:
        """A fraction from a cell that shows percent: 0.98 for 98 %; "98 %" as text means the same."""
        value, number = self.raw(sheet, cell), self.number(sheet, cell)
        percent = isinstance(value, str) and value.strip().endswith("%")
        return number / 100 if percent and number is not None else number

    def day(self, sheet: str, cell: str) -> date | None:
        """A date (rule 4), or None where none is stated."""
        value = self.raw(sheet, cell)
        if self.lists.nothing(value):
            return None
        found = as_day(value, self.book.from_1904)
        if found is None:
            self.tell("error", "cbam-communication-date", sheet, cell, text=str(value)[:40])
        return found

    def tell(self, severity: str, code: str, sheet: str, cell: str, **details: object) -> None:
        """Add a finding at a cell; ``severity`` is ``error``, ``warning`` or ``note``."""
        say = {"error": Finding.error, "warning": Finding.warning, "note": Finding.note}[severity]
        self.findings.append(say(code, Place(sheet, None, cell), **details))

    def _refused(self, sheet: str, cell: str, value: Cell) -> None:
        self.tell("error", "cbam-communication-number", sheet, cell, text=str(value)[:40])


def typed_number(text: str) -> float | None:
    """The one number a text can mean, or None: ``typed_number("1.234,5") == 1234.5``; "1,234" can mean two.

    A percent sign is dropped: cells in percent hold the number before it.
    """
    bare = re.sub(r"[\s\u00a0\u202f]|%$", "", text.replace("\u2212", "-").strip())
    if _EUROPEAN.fullmatch(bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif not _PLAIN.fullmatch(bare):
        return None
    number = float(bare.replace(",", ""))
    return number if math.isfinite(number) else None


def as_day(value: Cell, from_1904: bool) -> date | None:
    """A date from what a cell holds, or None."""
    if isinstance(value, float) and not isinstance(value, bool):
        days = int(value) + ((_DAY_ZERO_1904 - _DAY_ZERO).days if from_1904 else 0)
        return _DAY_ZERO + timedelta(days=days) if days in _DAYS else None
    text = re.sub(r"[T ]\d\d?:\d\d(:\d\d(\.\d+)?)?Z?$", "", str(value).strip())
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        year, month, day = (int(part) for part in found.groups())
    elif found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        day, month, year = (int(part) for part in found.groups())
    else:
        return None
    try:
        return date(year, month, day) if 2000 <= year <= 2099 else None
    except ValueError:
        return None


def degrees(text: str) -> float | None:
    """Decimal degrees: ``degrees("16.69°") == 16.69``, ``degrees("34,05 S") == -34.05``; None for anything else."""
    found = re.fullmatch(r"([NSEWnsew]?)\s*([+-]?\d+(?:[.,]\d+)?)\s*°?\s*([NSEWnsew]?)", text.strip())
    if found is None:
        return None
    sign = -1.0 if (found.group(1) + found.group(3)).upper() in ("S", "W") else 1.0
    return sign * float(found.group(2).replace(",", "."))
