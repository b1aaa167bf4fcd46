"""Words of the field in Chinese and English, so that a Chinese word finds a dataset that has an English name only.

Rules
1. The table ``data/terms.csv`` is this project's own: one Chinese word, one English expression, a field. A word may
   have several expressions and an expression several words.
2. An expression occurs in an English name when all its words do, in any order; a plural s makes no difference.
   "Aluminium, primary, ingot, at plant" has 铝, 原铝, 锭 and 铝锭.
3. A Chinese text is cut into the longest words of the table. It is also cut finer, but only where nothing unknown is
   left over: 铝锭 is 铝 and 锭, while 水泥 (cement) is never 水 (water).
4. A term says that two names may mean the same. It never says that they do: whoever ranks by it keeps below what is
   taken without asking (``lca.matching``).

Example: ``"铝锭" in chinese("Aluminum ingot, primary")``.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

Words = frozenset[str]
"""The words of an expression or a name, without plural s."""

FINER = (2, 1)
"""Longest word, in characters, of the finer cuts of rule 3."""
_STOP = ("a an and at by for from in into of on or the to with", "market plant production")
STOP_WORDS = frozenset(word for line in _STOP for word in line.split())
"""Words that say nothing about what a thing is."""
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[a-zA-Z0-9]+|[^\W_a-zA-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Term:
    """A row of the table: Chinese word, English expression, field of use."""

    zh: str
    en: str
    field: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a Chinese text; ``english`` are the expressions for it, none where the table does not know it."""

    zh: str
    english: tuple[Words, ...]


@cache
def terms() -> tuple[Term, ...]:
    """Every row of the table, in its order."""
    text = resources.files("databases").joinpath("data", "terms.csv").read_text(encoding="utf-8")
    return tuple(Term(**row) for row in csv.DictReader(text.splitlines()))


@lru_cache(maxsize=65536)
def words(name: str) -> Words:
    """The words of an English name, casefolded, without plural s and without stop words."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return frozenset(singular(word) for word in _WORD.findall(plain)) - STOP_WORDS


def singular(word: str) -> str:
    """A word without its plural s or es."""
    if len(word) > 4 and word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def chinese(name_en: str) -> tuple[str, ...]:
    """Chinese words whose English occurs in a name (rule 2), in the order of the table."""
    present = words(name_en)
    found: dict[str, int] = {}
    for word in present:
        for order, expression, zh in _by_word().get(word, ()):
            if expression <= present:
                found.setdefault(zh, order)
    return tuple(sorted(found, key=found.__getitem__))


@lru_cache(maxsize=4096)
def cuts(text_zh: str) -> tuple[tuple[Part, ...], ...]:
    """Ways to cut a Chinese text into parts (rule 3), the longest words first; none where no word is known."""
    longest = _cut(text_zh, max(map(len, _by_chinese())))
    if not any(part.english for part in longest):
        return ()
    found = [longest]
    for most in FINER:
        finer = _cut(text_zh, most)
        if finer not in found and all(part.english for part in finer):
            found.append(finer)
    return tuple(found)


def likeness(text_zh: str, name_en: str) -> float:
    """How much a Chinese and an English name share, 0 to 1: parts that are said in the name, and words of it that are
    said by a part, out of all of both. Latin words and numbers in the Chinese name are parts as they are.
    """
    present = words(name_en)
    ways = [cuts(word) or (_as_it_is(word),) for word in _PIECE.findall(text_zh)]
    if not present or not ways:
        return 0.0
    finest = max(map(len, ways))
    picked = ([part for way in ways for part in way[min(at, len(way) - 1)]] for at in range(finest))
    return max(_shared(parts, present) for parts in picked)


def _as_it_is(word: str) -> tuple[Part, ...]:
    return (Part(word, (words(word),) if word.isascii() and words(word) else ()),)


def _shared(parts: Sequence[Part], present: Words) -> float:
    hits, said = 0, set[str]()
    for part in parts:
        fitting = [expression for expression in part.english if expression <= present]
        hits += bool(fitting)
        said |= max(fitting, key=len, default=frozenset())
    return (hits + len(said)) / (len(parts) + len(present))


def _cut(text: str, most: int) -> tuple[Part, ...]:
    """Greedy, from the left, with words of at most ``most`` characters; what is unknown stays together."""
    known = _by_chinese()
    parts: list[Part] = []
    unknown = at = 0
    while at < len(text):
        size = next(
            (size for size in range(min(most, len(text) - at), 0, -1) if text[at : at + size] in known), 0
        )
        if size:
            parts += [Part(text[unknown:at], ())] if unknown < at else []
            parts.append(Part(text[at : at + size], known[text[at : at + size]]))
            unknown = at + size
        at += size or 1
    if unknown < len(text):
        parts.append(Part(text[unknown:], ()))
    return tuple(parts)


@cache
def _by_chinese() -> dict[str, tuple[Words, ...]]:
    found: defaultdict[str, list[Words]] = defaultdict(list)
    for term in terms():
        found[term.zh.casefold()].append(words(term.en))
    return {zh: tuple(dict.fromkeys(expressions)) for zh, expressions in found.items()}


@cache
def _by_word() -> dict[str, list[tuple[int, Words, str]]]:
    """Rows by the longest word of their expression, so that a name asks a few rows only."""
    found: defaultdict[str, list[tuple[int, Words, str]]] = defaultdict(list)
    for order, term in enumerate(terms()):
        expression = words(term.en)
        found[max(expression, key=lambda word: (len(word), word))].append((order, expression, term.zh))
    return found
