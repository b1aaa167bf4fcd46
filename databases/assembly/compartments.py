"""Where an elementary flow goes to or comes from, in words of our own, whatever the format's words are.

Rules
1. A path is read word by word (``compartments.csv``); a longer phrase that is not in the table is known by its ending
   (``Renewable element resources from air``). Words that nobody knows say nothing.
2. The first medium named counts, and the last sub-compartment that fits it. ``emission`` and ``resource`` say the
   direction; for a resource the medium is ``resource`` and the sub-compartment where it is taken from.
3. A path without a word we know has medium ``""``: unknown, which is told where it is taken for air.

Example: ``of(("Elementary flows", "Emission to air", "high. pop.")) == Compartment("air", "urban")``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from databases.assembly.climate_tables import rows
from databases.importers.shape import ElementaryFlow

AIR, WATER, SOIL, RESOURCE, OTHER, UNKNOWN = "air", "water", "soil", "resource", "other", ""
UPPER_AIR = "upper"
"""Lower stratosphere and upper troposphere: where aircraft fly."""
_OF_RESOURCES = ("biotic", "land", "fossil-well")
_SEPARATORS = re.compile(r"[^\w-]+")


class Compartment(NamedTuple):
    """``medium`` is air, water, soil, resource, other or ``""``; ``sub`` is ``""`` where nothing more is said."""

    medium: str
    sub: str = ""


class _Word(NamedTuple):
    role: str
    medium: str
    sub: str


def of(categories: Iterable[str]) -> Compartment:
    """The compartment of a path of categories (rules 1 to 3)."""
    return _of(tuple(str(part) for part in categories))


def of_flow(flow: ElementaryFlow) -> Compartment:
    """The compartment of an elementary flow."""
    return of(flow.get("categories") or ())


@lru_cache(maxsize=65536)
def _of(categories: tuple[str, ...]) -> Compartment:
    words = [word for part in categories for piece in part.split("/") if (word := _word(piece)) is not None]
    resource = any(word.role == "resource" for word in words)
    medium = next((word.medium for word in words if word.medium), UNKNOWN)
    if medium == OTHER:
        return Compartment(OTHER)
    fitting = [word.sub for word in words if word.sub and word.medium in (medium, "")]
    if resource:
        named = [word.sub for word in words if word.sub in _OF_RESOURCES]
        return Compartment(RESOURCE, named[-1] if named else medium)
    return Compartment(medium, _sub(medium, words, fitting))


def _sub(medium: str, words: list[_Word], fitting: list[str]) -> str:
    """The last sub-compartment; below ground is ground water where the medium is water (FEDEFL)."""
    if fitting:
        return fitting[-1]
    return "ground" if medium == WATER and any(word.role == "below" for word in words) else ""


def _word(text: str) -> _Word | None:
    plain = " ".join(_SEPARATORS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).split())
    table = _table()
    if plain in table:
        return table[plain]
    parts = plain.split(" ")
    for start in range(1, len(parts) - 1):
        if (ending := table.get(" ".join(parts[start:]))) is not None:
            return ending
    return None


@cache
def _table() -> dict[str, _Word]:
    return {row["phrase"]: _Word(row["role"], row["medium"], row["sub"]) for row in rows("compartments")}
