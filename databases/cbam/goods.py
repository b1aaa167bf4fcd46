"""Goods of Annex I to Regulation (EU) 2023/956: CN codes, aggregated goods categories, functional units.

Rules
1. A good is named by its CN code of eight digits. Blanks and dots do not matter; of a TARIC code (ten digits)
   the first eight count, except where only some TARIC codes are in scope (2507 00 80: calcined clay, 2507 00 80 80).
2. The functional unit is that of Article 4 of Implementing Regulation (EU) 2025/2547. For 3102 and 2834 21 it is the
   supplementary unit of the Combined Nomenclature, kg N by equation 66 (mark D).
3. A code that is not listed is refused, never rounded to a neighbour; a retired one names its successors.

Example: ``digits("7318 15 95") == "73181595"``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class FunctionalUnit(StrEnum):
    """What specific embedded emissions are stated per (Article 4)."""

    TONNE = "t"
    TONNE_CLINKER = "t clinker"
    KG_NITROGEN = "kg N"
    KWH = "kWh"


class Sector(StrEnum):
    """The sectors of Annex I to Regulation (EU) 2023/956."""

    CEMENT = "cement"
    FERTILISERS = "fertilisers"
    IRON_STEEL = "iron-steel"
    ALUMINIUM = "aluminium"
    HYDROGEN = "hydrogen"
    ELECTRICITY = "electricity"


@dataclass(frozen=True, slots=True)
class Route:
    """A production route. ``letter`` (A to L) is that of the benchmarks, ``""`` where only the methodology names it."""

    letter: str
    slug: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """An aggregated goods category. ``precursors`` may go into it directly, ``joint_precursors`` in a joint process.

    Both are slugs of categories, as the Commission's template names them, and the category itself where its goods are
    made from each other (mark D). The list is no limit: by Annex I point 1(7) every input that is in Annex I to
    Regulation (EU) 2023/956 is a precursor. ``mark`` is the certainty of the row.
    """

    slug: str
    sector: Sector
    name_zh: str
    name_en: str
    precursors: tuple[str, ...]
    joint_precursors: tuple[str, ...]
    routes: tuple[Route, ...]
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CbamGood:
    """One CN code in scope.

    ``category`` is the slug of its category; ``gases`` of ``CO2``, ``N2O``, ``PFC``. ``direct_only``: Annex II to
    Regulation (EU) 2023/956, indirect emissions do not count. ``taric`` are the ten-digit codes that matter, with a
    blank between. ``name_zh`` is the heading's, ``name_en`` a short designation. ``per`` is what default values and
    benchmarks of the good are stated per (:func:`published_per`).
    """

    cn: str
    sector: Sector
    category: str
    unit: FunctionalUnit
    gases: tuple[str, ...]
    direct_only: bool
    name_en: str
    name_zh: str
    taric: str
    mark: str

    @property
    def heading(self) -> str:
        """The first four digits."""
        return self.cn[:4]

    @property
    def per(self) -> FunctionalUnit:
        """What its default values and benchmarks are stated per."""
        return published_per(self.unit)


class NotInScope(LookupError):
    """The CN code is not in Annex I to Regulation (EU) 2023/956; ``near`` are listed codes that begin like it."""

    def __init__(self, cn: str, near: tuple[str, ...] = ()) -> None:
        self.cn = cn
        self.near = near
        hint = f"; listed are {', '.join(near[:6])}" if near else ""
        super().__init__(f"CN {cn[:20]!r} is not in Annex I to Regulation (EU) 2023/956{hint}.")


class RetiredCode(NotInScope):
    """The CN code was in scope and has been replaced; ``successors`` take its place. Choose one of them."""

    def __init__(self, cn: str, successors: tuple[str, ...]) -> None:
        super().__init__(cn, successors)
        self.successors = successors


def published_per(unit: FunctionalUnit) -> FunctionalUnit:
    """What default values and benchmarks are stated per, from a good's functional unit.

    Cement goods: t of clinker, as in the benchmarks of Portland cement and clinker, which are equal. Fertilisers: t of
    product, not kg N (urea's column B is 0.57 of ammonia's). Derived from the published values: mark D.
    """
    return FunctionalUnit.TONNE if unit is FunctionalUnit.KG_NITROGEN else unit


def digits(cn: str) -> str:
    """The digits of a code as people write it (rule 1); the text itself, stripped, where it holds anything else."""
    text = re.sub(r"[\s.\u00a0]", "", cn)
    return text if text.isascii() and text.isdigit() else cn.strip()


_CLINKER_TARIC = {
    "2523100010": "white",
    "2523100090": "grey",
    "2523900010": "white",
    "2523900090": "grey",
}


def variant_of(cn: str) -> str:
    """``white`` or ``grey`` where a ten-digit TARIC code of cement tells it, else empty (mark T)."""
    return _CLINKER_TARIC.get(digits(cn), "")
