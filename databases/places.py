"""Places: codes, names, and the order in which data of a wider place stands in for a narrower one.

Rules
1. A place falls back along its parents only: CN-JS, CN, RAS, GLO. It never falls back to a sibling.
2. A code that is not in the table is refused; it does not become GLO.
3. An address that names several places is read by the narrowest of them, the first where two are equally
   narrow.

Example: ``fallbacks(parse("无锡")) == ("CN-JS", "CN", "RAS", "GLO")``.
"""

from __future__ import annotations

import csv
import re
import shlex
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One place; ``parent`` is the next wider one, empty for GLO."""

    code: str
    parent: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...]


class UnknownPlace(ValueError):
    """The place is not known; give a province, a country or a code such as CN-JS."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"Unknown place {text[:40]!r}; give a province, a country or a code such as CN-JS.")


@cache
def regions() -> dict[str, Region]:
    """Every place by code, in the table's order."""
    text = resources.files("databases").joinpath("data", "places.csv").read_text(encoding="utf-8")
    # A quoted alias may hold a blank, so the column is split as a command line is, not by the csv reader.
    rows = csv.DictReader(text.splitlines(), quoting=csv.QUOTE_NONE)
    found = {}
    for row in rows:
        aliases = tuple(shlex.split(row.pop("aliases")))
        found[row["code"]] = Region(**row, aliases=aliases)
    return found


def region(code: str) -> Region:
    """The place of a code; raises UnknownPlace."""
    try:
        return regions()[code]
    except KeyError:
        raise UnknownPlace(code) from None


def name(code: str, language: str) -> str:
    """Name in ``zh`` or ``en``; raises UnknownPlace."""
    place = region(code)
    return place.name_zh if language == "zh" else place.name_en


def fallbacks(code: str) -> tuple[str, ...]:
    """The place itself and every wider one, narrowest first (rule 1); raises UnknownPlace."""
    chain = [region(code).code]
    while parent := region(chain[-1]).parent:
        chain.append(parent)
    return tuple(chain)


def parse(text: str) -> str:
    """The code of a place as people write it: code, province, country or larger city, Chinese or English.

    An address is read by the places named in it (rule 3): "中国江苏省无锡市" is CN-JS. Raises UnknownPlace.
    """
    plain = _plain(text)
    table = _table()
    if plain in table:
        return table[plain]
    words = re.findall(r"[a-z]+", unicodedata.normalize("NFKC", text).casefold())
    named = [table[word] for word in words if len(word) > 3 and word in table]
    named += [table[word] for word in _pattern().findall(plain)]
    if not named:
        raise UnknownPlace(text)
    return max(named, key=lambda code: len(fallbacks(code)))


def _plain(text: str) -> str:
    return re.sub(r"[\s'’]", "", unicodedata.normalize("NFKC", text)).casefold()


@cache
def _table() -> dict[str, str]:
    table = {}
    for code, place in regions().items():
        for word in (code, place.name_zh, place.name_en, *place.aliases):
            table[_plain(word)] = code
    return table


@cache
def _pattern() -> re.Pattern[str]:
    """Chinese names found inside an address; the longer of two names that start together wins."""
    words = sorted((word for word in _table() if not word.isascii()), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, words)))
