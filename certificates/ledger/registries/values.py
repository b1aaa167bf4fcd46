"""Days, periods and numbers as tables write them. What can mean two things is refused, never guessed.

Rules
1. A day with the year first means one day. With the year last, its order is the registry's (``dmy``, ``mdy``); where
   the registry has none, it counts only when it can mean one day. A time of the day is left out.
2. ``1,234`` is grouped where the registry writes so. ``24.000`` may be 24 or 24,000 and is refused, unless the point is
   always decimal in the registry's table. Groups by spaces or apostrophes mean one number.
3. Excel turns a long code into a rounded number (``1.23E+31``): it is no code any more.

Example: ``day("13/03/2025", "dmy") == date(2025, 3, 13)``.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date
from decimal import Decimal
from functools import lru_cache

_TIME = r"(?:[T ]\s*\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{_TIME}", re.ASCII)
_DIGITS = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}", re.ASCII)
_NAMED = re.compile(rf"(\d{{1,2}})[- ]([A-Za-z]{{3,9}})\.?,?[- ](\d{{4}}){_TIME}", re.ASCII)
_NAMED_FIRST = re.compile(rf"([A-Za-z]{{3,9}})\.? (\d{{1,2}}),? (\d{{4}}){_TIME}", re.ASCII)
_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)?\s*年?(?:度)?", re.ASCII)
_MONTH = re.compile(r"((?:19|20)\d\d)\s*[-/.年]?\s*(\d{1,2})\s*月?", re.ASCII)
_BETWEEN = re.compile(r"\s+(?:/|-|–|—|to)\s+|\s*(?:至|~|～|—|–)\s*")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PLAIN = re.compile(r"\d{1,18}(\.\d{1,9})?", re.ASCII)
_TWO_MEANINGS = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)
_COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,9})?", re.ASCII)
_SPACES = re.compile(r"\d{1,3}(?:[ ']\d{3})+", re.ASCII)
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+?\d+", re.ASCII)


class Unreadable(ValueError):
    """A cell does not hold what it should; ``code`` names the sentence that says so."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def plain(text: str) -> str:
    """A text as it is read: widths and spaces made plain, nothing around it."""
    return text.strip() if text.isascii() else " ".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=8192)
def day(text: str, order: str = "") -> date:
    """The one day a text means (rule 1). Raises Unreadable."""
    shown = plain(text)
    found = _YEAR_FIRST.fullmatch(shown) or _DIGITS.fullmatch(shown)
    if found:
        return _date(found[1], found[2], found[3])
    if found := _NAMED.fullmatch(shown):
        return _date(found[3], _month(found[2]), found[1])
    if found := _NAMED_FIRST.fullmatch(shown):
        return _date(found[3], _month(found[1]), found[2])
    if found := _YEAR_LAST.fullmatch(shown):
        return _year_last(found, order)
    raise Unreadable("cell-no-day")


def _year_last(found: re.Match[str], order: str) -> date:
    first, second, year = found[1], found[2], found[3]
    if order == "dmy":
        return _date(year, second, first)
    if order == "mdy":
        return _date(year, first, second)
    if int(first) <= 12 and int(second) <= 12 and int(first) != int(second):
        raise Unreadable("cell-day-ambiguous")
    return _date(year, first, second) if int(second) > 12 else _date(year, second, first)


def _month(name: str) -> str:
    short = name[:3].lower()
    if short not in _MONTHS:
        raise Unreadable("cell-no-day")
    return str(_MONTHS.index(short) + 1)


def _date(year: str, month: str, day_: str) -> date:
    try:
        return date(int(year), int(month), int(day_))
    except ValueError as error:
        raise Unreadable("cell-no-day") from error


@lru_cache(maxsize=8192)
def period(text: str, order: str = "") -> tuple[date, date]:
    """First and last day of a year, a month, a day, or from one to another. Raises Unreadable."""
    shown = plain(text)
    if found := _YEAR.fullmatch(shown):
        return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
    if (found := _MONTH.fullmatch(shown)) and 1 <= int(found[2]) <= 12:
        year, month = int(found[1]), int(found[2])
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    parts = _BETWEEN.split(shown)
    if len(parts) == 2:
        start, end = period(parts[0], order)[0], period(parts[1], order)[1]
        if end < start:
            raise Unreadable("cell-no-period")
        return start, end
    try:
        only = day(shown, order)
    except Unreadable as error:
        code = "cell-no-period" if error.code == "cell-no-day" else error.code
        raise Unreadable(code) from error
    return only, only


@lru_cache(maxsize=8192)
def number(text: str, style: str = "comma") -> Decimal:
    """The one number a text means, not negative (rule 2). Raises Unreadable."""
    shown = plain(text)
    if _TWO_MEANINGS.fullmatch(shown) and style != "point":
        raise Unreadable("cell-number-ambiguous")
    if _COMMAS.fullmatch(shown):
        if style == "plain":
            raise Unreadable("cell-number-ambiguous")
        shown = shown.replace(",", "")
    elif _SPACES.fullmatch(shown):
        shown = shown.replace(" ", "").replace("'", "")
    if not _PLAIN.fullmatch(shown):
        raise Unreadable("cell-no-number")
    return Decimal(shown)


def is_rounded(text: str) -> bool:
    """True for a code that a spreadsheet has made a rounded number (rule 3)."""
    return bool(_ROUNDED.fullmatch(text))
