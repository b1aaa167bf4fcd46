"""The questions behind the first drafts, read from ``questions.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any


class Kind(StrEnum):
    """What is answered. GOODS are kilograms by CN code: a mapping, pairs, or lines such as ``73181588: 5200000``."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    COUNTRY = "country"
    GOODS = "goods"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen."""

    value: str
    zh: str
    en: str

    def label(self, language: str) -> str:
        """Its words in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. ``help`` is (Chinese, English); ``default`` what an empty answer means, None where there is none.

    ``when_key``: it is asked only where that answer is one of ``when_among``, or a number above ``when_above``.
    For GOODS, ``choices`` are the CN codes people make most; any other of the heading may be answered.
    """

    key: str
    kind: Kind
    zh: str
    en: str
    unit: str
    required: bool
    default: str | float | None
    help: tuple[str, str]
    choices: tuple[Choice, ...]
    when_key: str = ""
    when_among: tuple[str, ...] = ()
    when_above: float | None = None

    def label(self, language: str) -> str:
        """The question in ``zh`` or ``en``, with its unit in brackets."""
        words = self.zh if language == "zh" else self.en
        return f"{words} ({self.unit})" if self.unit else words

    def is_asked(self, values: Mapping[str, Any]) -> bool:
        """True when the answers read so far ask for it."""
        if not self.when_key:
            return True
        given = values.get(self.when_key)
        if self.when_above is not None:
            return isinstance(given, int | float) and given > self.when_above
        return given in self.when_among


@dataclass(frozen=True, slots=True)
class Subject:
    """Goods that a draft can be made for: CN prefix, category, the process's name and the questions in their order."""

    key: str
    zh: str
    en: str
    prefix: str
    category: str
    process: str
    questions: tuple[Question, ...]

    def title(self, language: str) -> str:
        """Its name in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


@cache
def subjects() -> dict[str, Subject]:
    """What drafts can be made for, by key: screws, profiles, structures."""
    text = resources.files("lca.cbam.starters").joinpath("questions.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return {key: _subject(key, tables) for key in tables["titles"]}


def subject(key: str) -> Subject:
    """One of them. Raises LookupError, naming those there are."""
    try:
        return subjects()[key]
    except KeyError:
        raise LookupError(f"There is no first draft {key!r}; there are {', '.join(subjects())}.") from None


def _subject(key: str, tables: Mapping[str, Any]) -> Subject:
    own, title = tables[key], tables["titles"][key]
    entries = tables["common"] | {name: one for name, one in own.items() if isinstance(one, dict)}
    names = tables["goods_names"]
    listed = tuple(Choice(cn, names[cn][0], names[cn][1]) for cn in own["offered"])
    made = tuple(_question(name, entries[name], listed) for name in own["order"])
    zh, en = own["process"]
    return Subject(key, title["zh"], title["en"], own["prefix"], own["category"], f"{zh} / {en}", made)


def _question(key: str, entry: Mapping[str, Any], offered: tuple[Choice, ...]) -> Question:
    when = entry.get("when", {})
    kind = Kind(entry["kind"])
    listed = list(offered) if kind is Kind.GOODS else []
    listed += [Choice(one["value"], one["zh"], one["en"]) for one in entry.get("choices", ())]
    return Question(
        key=key,
        kind=kind,
        zh=entry["zh"],
        en=entry["en"],
        unit=entry.get("unit", ""),
        required=entry.get("required", True) and "default" not in entry,
        default=entry.get("default"),
        help=(entry["help"][0], entry["help"][1]),
        choices=tuple(listed),
        when_key=when.get("key", ""),
        when_among=tuple(when.get("among", ())),
        when_above=when.get("above"),
    )
