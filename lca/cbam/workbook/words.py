"""The words of choice cells, Chinese and English, and how a written word finds its value.

They stand in ``words.toml``; the names of fuels, materials and cells come from the CBAM tables.

A word is understood by its Chinese, its English, both together, the value itself and the synonyms of the table,
whatever the case, width and spacing. What is not known is not guessed: the nearest word is for the sentence only.
"""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from databases.cbam.tables import open_tables
from databases.cbam.values import PfcFactor, StandardFactor

LANGUAGES = ("zh", "en")
MAX_KNOWN = 20
"""Words that a sentence lists."""


@dataclass(frozen=True, slots=True)
class Word:
    """One value and what it is called; ``means`` is (Chinese, English), empty where the word says it all."""

    value: str
    zh: str
    en: str
    also: tuple[str, ...]
    means: tuple[str, str]

    def label(self, language: str) -> str:
        """What the cell shows."""
        return self.zh if language == "zh" else self.en


@cache
def tables() -> dict[str, dict[str, Word]]:
    """Every table of words: name -> value -> word."""
    text = resources.files("lca.cbam.workbook").joinpath("words.toml").read_text(encoding="utf-8")
    made = {
        name: {value: _word(value, entry) for value, entry in table.items()}
        for name, table in tomllib.loads(text).items()
    }
    reference = open_tables()
    made["material"] = _published(*reference.fuels(), *reference.national_fuels("CN"), *reference.materials())
    made["cell-technology"] = _published(*reference.pfc_factors())
    return made


def understand(table: str, written: str) -> str | None:
    """The value that ``written`` means in a table, or None."""
    return _index(table).get(normalise(written))


def label(table: str, value: str, language: str) -> str | None:
    """What a value is called; None where the table does not hold it, or another value has the same name."""
    word = tables()[table].get(value)
    shown = word.label(language) if word else None
    return shown if shown is not None and understand(table, shown) == value else None


@cache
def known(table: str) -> str:
    """The words of a table in both languages, for a sentence; of a long table the first."""
    words = [word.zh if word.zh == word.en else f"{word.zh} / {word.en}" for word in tables()[table].values()]
    return "; ".join(words if len(words) <= MAX_KNOWN else [*words[:MAX_KNOWN], "…"])


def nearest_in(table: str, written: str) -> str:
    """The word of a table most like ``written``, as ``zh / en``; empty when none is alike."""
    halves = {half: word for word in tables()[table].values() for half in (word.zh, word.en, *word.also)}
    close = nearest(written, halves)
    return f"{halves[close].zh} / {halves[close].en}" if close else ""


def normalise(text: str) -> str:
    """Compatibility form, lower case, letters, digits and marks of choice only: what two spellings share."""
    return "".join(
        sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum() or sign in "√✓×✗"
    )


def nearest(text: str, among: Iterable[str]) -> str:
    """The known word most like ``text``; empty when none is alike."""
    by_form = {normalise(word): word for word in among}
    found = difflib.get_close_matches(normalise(text), list(by_form), n=1, cutoff=0.5)
    return by_form[found[0]] if found else ""


@cache
def _index(table: str) -> dict[str, str]:
    index: dict[str, str] = {}
    for word in tables()[table].values():
        both = (f"{word.zh}{word.en}", f"{word.en}{word.zh}")
        for form in (word.value, word.zh, word.en, *both, *word.also):
            index.setdefault(normalise(form), word.value)
    return index


def _published(*factors: StandardFactor | PfcFactor) -> dict[str, Word]:
    made: dict[str, Word] = {}
    for one in factors:
        made.setdefault(one.key, Word(one.key, one.name_zh, one.name_en, (), ("", "")))
    return made


def _word(value: str, entry: dict[str, Any]) -> Word:
    zh, en = entry.get("means", ("", ""))
    return Word(value, entry["zh"], entry["en"], tuple(entry.get("also", ())), (zh, en))
