"""The cells of one row by field; what is wrong with them is kept, each problem with its cell.

Rules
1. A cell that is missing, empty, or holds a word for nothing (``n/a``, ``无``) is empty.
2. A cell that holds a formula, or a text that is too long or not printable where it names something, is a problem.
3. Texts that only describe are made harmless and cut; names of units, projects and people are never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from certificates.ledger.problems import Problem
from certificates.ledger.registries.heading import Heading, letters, titles_of
from certificates.ledger.registries.tables import plain_name, words
from certificates.ledger.registries.values import Unreadable, day, is_rounded, number, period
from certificates.texts import harmless

LONGEST_NAME = 200
LONGEST_WORD = 20


class Cells:
    """A row's cells under a heading; ``problems`` grow as cells are read."""

    def __init__(self, texts: Sequence[str], row: int, heading: Heading) -> None:
        self.heading = heading
        self.problems: list[Problem] = []
        self._texts = texts
        self._row = row
        self._bad: set[str] = set()

    def raw(self, name: str) -> str:
        """The text of a field, empty by rule 1; a formula is told once (rule 2)."""
        place = self.heading.places.get(name)
        if place is None or place >= len(self._texts):
            return ""
        text = self._texts[place].strip()
        if not text or (len(text) <= LONGEST_WORD and _is_none(text)):
            return ""
        if text[0] == "=":
            self.problem("cell-formula", name, text=text[:40])
            return ""
        return text

    def text(self, name: str) -> str:
        """A text that describes (rule 3)."""
        text = self.raw(name)
        return text if len(text) <= LONGEST_NAME and text.isprintable() else harmless(text)

    def name(self, name: str, *, needed: bool = False) -> str:
        """A text that names something (rule 3), empty where it is a problem."""
        text = self.raw(name)
        if not text:
            if needed and self.sound(name):
                self.problem("cell-needed", name)
            return ""
        if len(text) > LONGEST_NAME or not text.isprintable():
            self.problem("cell-no-name", name, text=text[:40], longest=str(LONGEST_NAME))
            return ""
        if is_rounded(text):
            self.problem("cell-rounded", name, text=text)
            return ""
        return text

    def day(self, name: str) -> date | None:
        """The day a cell means, or None."""
        text = self.raw(name)
        try:
            return day(text, self.heading.registry.days) if text else None
        except Unreadable as error:
            self.problem(error.code, name, text=text)
        return None

    def period(self, name: str) -> tuple[date, date] | None:
        """The period a cell means, or None."""
        text = self.raw(name)
        try:
            return period(text, self.heading.registry.days) if text else None
        except Unreadable as error:
            self.problem(error.code, name, text=text)
        return None

    def number(self, name: str) -> Decimal | None:
        """The number a cell means, or None."""
        text = self.raw(name)
        try:
            return number(text, self.heading.registry.numbers) if text else None
        except Unreadable as error:
            self.problem(error.code, name, text=text)
        return None

    def whole(self, name: str) -> int | None:
        """The whole number a cell means, or None."""
        found = self.number(name)
        if found is None:
            return None
        if found != found.to_integral_value():
            self.problem("cell-no-number", name, text=self.raw(name))
            return None
        return int(found)

    def word(self, name: str) -> str:
        """A text as words are compared."""
        return plain_name(self.raw(name))

    @staticmethod
    def plain(text: str) -> str:
        """Any text as words are compared."""
        return plain_name(text)

    def sound(self, name: str) -> bool:
        """True while nothing is wrong with a field's cell."""
        return name not in self._bad

    def first_of(self, *names: str) -> str:
        """The first of the fields that has a column, else the first."""
        return next((name for name in names if name in self.heading.places), names[0])

    def problem(self, code: str, name: str, **values: str) -> None:
        """Note a problem of a field's cell, once a field and code."""
        key = f"{code}:{name}"
        if key in self._bad:
            return
        self._bad |= {name, key}
        place = self.heading.places.get(name)
        where = f"{letters(place)}{self._row}" if place is not None else ""
        column = " / ".join(titles_of(self.heading.registry, (name,))[:3]) or name
        self.problems.append(Problem(code, {"column": column, **values}, where))


@lru_cache(maxsize=8192)
def _is_none(text: str) -> bool:
    """Rule 1: a word for nothing."""
    return plain_name(text) in words().groups["none"]
