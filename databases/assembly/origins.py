"""What a flow's name says of its origin, apart from the substance.

Rules
1. Words of origin (``cues.csv``) are taken out of the name; what is left is the substance. The longest phrase
   counts first: ``non-fossil`` is not ``fossil``.
2. Where a name has several, the order of :data:`ORIGINS` decides: a flow into a stock is that before it is biogenic.
3. Some words speak of origin in a resource only: ``in air`` says nothing about an emission to air.
4. What is taken from the air is an uptake, whatever its name says, unless the name says fossil.

Example: ``read("Methane, non-fossil", AIR) == Name("methane", "biogenic", False)``.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from databases.assembly.climate_tables import rows
from databases.assembly.compartments import AIR, RESOURCE, UNKNOWN, Compartment

FOSSIL, BIOGENIC, LAND_USE, UPTAKE, TO_STOCK = "fossil", "biogenic", "land-use", "uptake", "to-stock"
ORIGINS = (TO_STOCK, UPTAKE, LAND_USE, BIOGENIC, FOSSIL)
_NOT_LETTERS = re.compile(r"[^0-9a-z<>\u3400-\u9fff]+")
_SIGNS = str.maketrans("≤≥μ", "<>u")
_GAPS = re.compile(r"[^0-9a-z<>≤≥μ\u3400-\u9fff-]+")


class Name(NamedTuple):
    """``substance`` is the name's token without words of origin; ``aircraft`` when the name says so."""

    substance: str
    origin: str
    aircraft: bool


def token(name: str) -> str:
    """A name by its letters and digits: ``Ethane, 1,1-difluoro-`` and ``ethane 1 1 difluoro`` are one.

    ``<`` and ``>`` stay (particles below and above 10 um are not the same); ``≤ 2.5 μm`` is ``< 2.5 um``.
    """
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", name).casefold().translate(_SIGNS))


@lru_cache(maxsize=65536)
def read(name: str, place: Compartment) -> Name:
    """Substance and origin of a name in a compartment (rules 1 to 4)."""
    plain = _GAPS.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()
    pattern, cues = _cues()
    found = [cues[match[0]] for match in pattern.finditer(plain)]
    origins = {origin for origin, _, where in found if not where or place.medium in (where, UNKNOWN)}
    origin = next((origin for origin in ORIGINS if origin in origins), "")
    if place == (RESOURCE, AIR) and origin != FOSSIL:
        origin = UPTAKE
    substance = token(pattern.sub(" ", plain)) or token(name)
    return Name(substance, origin, any(aircraft for _, aircraft, _ in found))


@cache
def _cues() -> tuple[re.Pattern[str], dict[str, tuple[str, bool, str]]]:
    """One pattern of all phrases, longest first, and (origin, aircraft, where) of each."""
    cues = {row["phrase"]: (row["origin"], row["aircraft"] == "1", row["where"]) for row in rows("cues")}
    phrases = sorted(cues, key=lambda phrase: (-len(phrase), phrase))
    whole = "|".join(re.escape(phrase) for phrase in phrases)
    return re.compile(rf"(?<![0-9a-z-])(?:{whole})(?![0-9a-z-])"), cues
