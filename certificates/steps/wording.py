"""The words and forms in which a document prints a statement: fixed words in both languages, figures, moments.

Rules
1. The words are those of ``printed.toml``; whoever draws documents has the same words, and a test compares the two.
2. The main language stands first, the other one after it where it differs.
3. A figure keeps its digits: commas between thousands, a true minus; below a billionth an exponent.

Example: ``Words("zh").word("number") == "标签编号Label number"``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from certificates.encoding import from_moment_text
from certificates.steps.sheet import Figure, Phrase

Row = tuple[str, str, Sequence[str]]


class Words:
    """The words of a document whose main language is ``language``; those of the tables ``own`` go before the general
    ones."""

    def __init__(self, language: str, *own: str) -> None:
        self.order = ("zh", "en") if language == "zh" else ("en", "zh")
        self._words = dict(_tables()["word"])
        for table in own:
            self._words |= _tables()[table]

    def both(self, texts: Any) -> str:
        """A text, or {zh, en}, as it is printed."""
        if not isinstance(texts, Mapping):
            return str(texts)
        main, other = (str(texts[language]) for language in self.order)
        return main if main == other else f"{main} {other}"

    def word(self, key: str) -> str:
        """A fixed word."""
        return self.both(self._words[key])

    def filled(self, key: str, value: str) -> str:
        """A fixed sentence with a value in it."""
        return self.both({language: text.format(value) for language, text in self._words[key].items()})

    def named(self, table: str, code: str) -> str:
        """The word of a code; the code itself where no word is known."""
        return self.both(_tables()[table].get(code, code))

    def coded(self, field: str, table: str, code: str, texts: tuple[str, ...]) -> Phrase:
        """The word of a code with texts beside it. A code without a word is a text like any other: it may stand in
        names that people gave."""
        if code in _tables()[table]:
            return Phrase(field, self.named(table, code), texts, "beside")
        return Phrase(field, "", (code, *texts))

    def one(self, table: str, code: str) -> str:
        """The word of a code in the main language alone."""
        found = _tables()[table].get(code, code)
        return str(found[self.order[0]] if isinstance(found, Mapping) else found)

    def amount(self, amount: Mapping[str, str]) -> list[str]:
        """``1 kg``; a unit that is a word in both languages: ``1 件 (piece)``."""
        unit = _tables()["unit"].get(amount["unit"])
        if unit is None:
            return [Figure(grouped(amount["amount"])), amount["unit"]]
        return [Figure(grouped(amount["amount"])), f"{unit[self.order[0]]} ({unit[self.order[1]]})"]

    def rows(self, rows: Sequence[Row], where: str = "beside") -> list[Phrase]:
        """Phrases of field, key of the name, and texts."""
        return [Phrase(field, self.word(key), tuple(texts), where) for field, key, texts in rows]


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files("certificates").joinpath("printed.toml").read_text(encoding="utf-8"))


def grouped(value: str) -> str:
    """Rule 3: ``12345678.90`` as ``12,345,678.90``, ``-0.0000000000031`` as ``−3.1e-12``."""
    number = Decimal(value)
    if not number or number.adjusted() >= -9:
        return f"{number:,f}".replace("-", "\N{MINUS SIGN}")
    mantissa = f"{number.scaleb(-number.adjusted()):f}".replace("-", "\N{MINUS SIGN}")
    return f"{mantissa}e{number.adjusted()}"


def figure(value: str) -> Figure:
    """A number that stands whole."""
    return Figure(grouped(value))


def minute(moment: str) -> list[str]:
    """A moment to the minute."""
    return [Figure(f"{from_moment_text(moment):%Y-%m-%d %H:%M}"), "UTC"]
