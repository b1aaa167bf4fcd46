"""Ranked candidates for a line: datasets found by name, each with a score from 0 to 1 and the reasons for it.

Rules
1. A candidate is complete, of an admitted kind and (for electricity) group, and of a unit that converts.
2. score = 0.60 text + 0.25 place + 0.15 year.
   text: 1 for the same name or synonym, else how much of the words is shared;
   place: 1 for the line's own place, 0.1 less a step of ``databases.places.fallbacks``, 0 off that road;
   year: 1 within the period, 0.2 less for every year away.
3. The best is clearly best when its text reaches ``AUTO_TEXT`` and it leads the next by ``AUTO_MARGIN``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from databases import places, units
from databases.catalogue import Catalogue
from databases.dataset import Dataset

TEXT_WEIGHT, PLACE_WEIGHT, YEAR_WEIGHT = 0.60, 0.25, 0.15
AUTO_TEXT = 0.85
"""The name must fit this well for a link that nobody chose."""
AUTO_MARGIN = 0.02
"""Lead over the next candidate for a link that nobody chose; one year's difference is 0.03."""
WORTH_SHOWING = 0.25
"""Candidates whose text fits less are not shown."""
SHOWN = 8
SEARCHED = 80

_WORDS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9.+-]*")
_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dataset that may stand for a line; ``score`` 0 to 1, ``reasons`` are (what, share): text 1.00."""

    dataset: Dataset
    score: float
    reasons: tuple[tuple[str, float], ...]

    @property
    def text_score(self) -> float:
        """How well the name fits, 0 to 1."""
        return dict(self.reasons)["text"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words, unit code, admitted dataset kinds and groups (empty: any), place, years."""

    name: str
    unit: str
    kinds: frozenset[str]
    groups: frozenset[str]
    place: str
    first_year: int
    last_year: int


def rank(wanted: Wanted, catalogue: Catalogue) -> tuple[Candidate, ...]:
    """Candidates, best first (rules 1 and 2); at most ``SHOWN``."""
    found: dict[str, Dataset] = {}
    for kind in sorted(wanted.kinds):
        for loose in (False, True):  # first all words of the name, then any of them
            for hit in catalogue.search(wanted.name, kind=kind, loose=loose, limit=SEARCHED):
                found[hit.dataset.code] = hit.dataset
    admitted = (dataset for dataset in found.values() if _admits(wanted, dataset))
    scored = (_score(wanted, dataset) for dataset in admitted)
    worth = [candidate for candidate in scored if candidate.text_score >= WORTH_SHOWING]
    return tuple(sorted(worth, key=lambda item: (-item.score, item.dataset.code))[:SHOWN])


def clearly_best(candidates: tuple[Candidate, ...]) -> Candidate | None:
    """The candidate that rule 3 allows to be taken, or None."""
    fitting = [candidate for candidate in candidates if candidate.text_score >= AUTO_TEXT]
    if not fitting:
        return None
    # 1e-9: a lead of exactly AUTO_MARGIN counts, whatever the last bit of the sum
    if len(fitting) > 1 and fitting[0].score - fitting[1].score < AUTO_MARGIN - 1e-9:
        return None
    return fitting[0]


def _admits(wanted: Wanted, dataset: Dataset) -> bool:
    if not dataset.complete or dataset.kind not in wanted.kinds:
        return False
    if wanted.groups and dataset.group not in wanted.groups:
        return False
    return units.dimension(dataset.unit) == units.dimension(wanted.unit)


def _score(wanted: Wanted, dataset: Dataset) -> Candidate:
    text = max(
        (_likeness(wanted.name, name) for name in names(dataset.name_zh, dataset.name_en, dataset.synonyms)),
        default=0.0,
    )
    place, year = place_score(wanted.place, dataset.place), year_score(wanted, dataset.year)
    score = TEXT_WEIGHT * text + PLACE_WEIGHT * place + YEAR_WEIGHT * year
    return Candidate(dataset, round(score, 6), (("text", text), ("place", place), ("year", year)))


def place_score(wanted: str, place: str) -> float:
    """1 for the place itself, 0.1 less a step of its fallbacks, 0 when it is none of them."""
    road = places.fallbacks(wanted)
    return 1.0 - 0.1 * road.index(place) if place in road else 0.0


def year_gap(wanted: Wanted, year: int) -> int:
    """Years between a dataset's year and the period."""
    return max(wanted.first_year - year, year - wanted.last_year, 0)


def year_score(wanted: Wanted, year: int) -> float:
    """1 within the period, 0.2 less a year, never below 0."""
    return max(0.0, 1.0 - 0.2 * year_gap(wanted, year))


@lru_cache(maxsize=8192)
def names(name_zh: str, name_en: str, synonyms: str) -> tuple[str, ...]:
    """The names a dataset goes by: its synonyms, and its names whole and without place and year."""
    found = [name.strip() for name in re.split(r"[|；;]", synonyms)]
    for name, comma in ((name_zh, "，"), (name_en, ",")):
        parts = [part.strip() for part in name.split(comma)]
        while len(parts) > 1 and (_YEAR.fullmatch(parts[-1]) or _is_place(parts[-1])):
            parts.pop()
        found += [name, comma.join(parts), parts[0]]
    return tuple(dict.fromkeys(name for name in found if name))


@lru_cache(maxsize=1024)
def _is_place(text: str) -> bool:
    try:
        code = places.parse(text)
    except places.UnknownPlace:
        return False
    return text in (places.name(code, "zh"), places.name(code, "en"), code)


@lru_cache(maxsize=65536)
def _likeness(left: str, right: str) -> float:
    """Share of features that two names share (Dice): words, and pairs of Chinese characters."""
    one, other = _features(left), _features(right)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    return min(0.99, 2 * len(one & other) / (len(one) + len(other)))


@lru_cache(maxsize=65536)
def _features(text: str) -> frozenset[str]:
    found: set[str] = set()
    for word in _words(text):
        if word[0] >= "\u3400" and len(word) > 1:
            found |= {first + second for first, second in pairwise(word)}
        else:
            found.add(word)
    return frozenset(found)


def _words(text: str) -> list[str]:
    return _WORDS.findall(unicodedata.normalize("NFKC", text).casefold())


def listed(candidates: Iterable[Candidate], most: int = 5) -> str:
    """Codes of the first candidates, for a sentence."""
    return ", ".join(candidate.dataset.code for candidate in list(candidates)[:most])
