"""Ranked candidates for a line: datasets found by name, each with a score from 0 to 1 and the reasons for it.

Rules
1. A candidate is complete, of an admitted kind and (for electricity) group, and of a unit that converts.
2. score = 0.60 name + 0.25 place + 0.15 year - gaps, never below 0.
   name: how much of the words is shared; told as ``text`` where the dataset's own name is nearest, as ``synonym``
   where one of its synonyms is, as ``terms`` where the line is Chinese and an English name is reached by the table
   of terms (``databases.terms``);
   place: 1 for the line's own place, 0.1 less a step of ``databases.places.fallbacks``, 0 off that road;
   year: 1 within the period, 0.2 less for every year away;
   gaps: 0.05 for a dataset with inputs that found no supplier, 0.02 for one that has them further up: its figure
   leaves something out.
3. A table of words says that names may mean the same, not that they do: by ``terms`` a name reaches ``TERMS_MOST`` at
   best, which is never enough for a link that nobody chose.
4. The best is clearly best when its name reaches ``AUTO_TEXT`` and it leads the next by ``AUTO_MARGIN``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from weakref import WeakKeyDictionary

from databases import places, terms, units
from databases.catalogue import Catalogue
from databases.dataset import Dataset
from databases.search import Query, has_chinese

TEXT_WEIGHT, PLACE_WEIGHT, YEAR_WEIGHT = 0.60, 0.25, 0.15
AUTO_TEXT = 0.85
"""The name must fit this well for a link that nobody chose."""
AUTO_MARGIN = 0.02
"""Lead over the next candidate for a link that nobody chose; one year's difference is 0.03."""
TERMS_MOST = 0.80
"""How well a name can fit by the table of terms (rule 3)."""
OWN_GAPS, UPSTREAM_GAPS = 0.05, 0.02
"""Deductions for a dataset whose figure leaves something out."""
WORTH_SHOWING = 0.25
"""Candidates whose text fits less are not shown."""
SHOWN = 8
SEARCHED = 80
KEPT = 10_000
"""Lines whose candidates are kept in memory, for each catalogue."""
_RANKED: WeakKeyDictionary[Catalogue, dict[Wanted, tuple[Candidate, ...]]] = WeakKeyDictionary()

_WORDS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9.+-]*")
_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody chose this dataset before for a line like this one: when (ISO 8601), who, why, how often."""

    at: str
    by: str
    reason: str
    times: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dataset that may stand for a line; ``score`` 0 to 1, ``reasons`` are (what, share): the name first, as
    ``text``, ``synonym`` or ``terms``, then place and year, then ``gaps`` or ``gaps-upstream`` where deducted.
    """

    dataset: Dataset
    score: float
    reasons: tuple[tuple[str, float], ...]
    confirmed: Confirmed | None = None

    @property
    def text_score(self) -> float:
        """How well the name fits, 0 to 1."""
        return self.reasons[0][1]


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
    """Candidates, best first (rules 1 to 3); at most ``SHOWN``. Kept: a catalogue never changes, and the pages of a
    study ask for the same lines again and again.
    """
    kept = _RANKED.setdefault(catalogue, {})
    if wanted not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[wanted] = _rank(wanted, catalogue)
    return kept[wanted]


def _rank(wanted: Wanted, catalogue: Catalogue) -> tuple[Candidate, ...]:
    found: dict[str, Dataset] = {}
    road = places.fallbacks(wanted.place)
    # all words of the name, then any of them; those of the place too, which many better names could crowd out
    for loose in (False, True):
        for where in ((), road):
            query = _query(wanted, loose=loose, where=where)
            found |= {hit.dataset.code: hit.dataset for hit in catalogue.search(query)}
    scored = (candidate(wanted, dataset) for dataset in found.values() if admits(wanted, dataset))
    worth = [one for one in scored if one.text_score >= WORTH_SHOWING]
    return tuple(sorted(worth, key=lambda item: (-item.score, item.dataset.code))[:SHOWN])


def _query(wanted: Wanted, *, loose: bool, where: tuple[str, ...]) -> Query:
    return Query(
        text=wanted.name,
        kinds=tuple(sorted(wanted.kinds)),
        groups=tuple(sorted(wanted.groups)),
        units=_convertible(wanted.unit),
        places=where,
        loose=loose,
        limit=SEARCHED,
    )


@cache
def _convertible(unit: str) -> tuple[str, ...]:
    dimension = units.dimension(unit)
    return tuple(code for code, other in units.DIMENSIONS.items() if other == dimension) or (unit,)


def clearly_best(candidates: tuple[Candidate, ...]) -> Candidate | None:
    """The candidate that rule 3 allows to be taken, or None."""
    fitting = [candidate for candidate in candidates if candidate.text_score >= AUTO_TEXT]
    if not fitting:
        return None
    # 1e-9: a lead of exactly AUTO_MARGIN counts, whatever the last bit of the sum
    if len(fitting) > 1 and fitting[0].score - fitting[1].score < AUTO_MARGIN - 1e-9:
        return None
    return fitting[0]


def admits(wanted: Wanted, dataset: Dataset) -> bool:
    """Rule 1."""
    if not dataset.complete or dataset.kind not in wanted.kinds:
        return False
    if wanted.groups and dataset.group not in wanted.groups:
        return False
    try:
        return units.dimension(dataset.unit) == units.dimension(wanted.unit)
    except units.UnknownUnit:
        return False


def candidate(wanted: Wanted, dataset: Dataset) -> Candidate:
    """A dataset with its score and the reasons for it (rule 2), whether or not it is worth showing."""
    name = name_score(wanted.name, dataset)
    place, year = place_score(wanted.place, dataset.place), year_score(wanted, dataset.year)
    score = TEXT_WEIGHT * name[1] + PLACE_WEIGHT * place + YEAR_WEIGHT * year
    reasons = [name, ("place", place), ("year", year)]
    if dataset.gaps:
        reasons.append(("gaps", -OWN_GAPS))
    elif dataset.gaps_upstream:
        reasons.append(("gaps-upstream", -UPSTREAM_GAPS))
    score += sum(share for what, share in reasons if what.startswith("gaps"))
    return Candidate(dataset, round(max(0.0, score), 6), tuple(reasons))


def name_score(name: str, dataset: Dataset) -> tuple[str, float]:
    """How the name fits and how well, 0 to 1: the best of the dataset's names, its synonyms and the terms."""
    own = names(dataset.name_zh, dataset.name_en, "")
    ways = [("text", max((_likeness(name, one) for one in own), default=0.0))]
    ways.append(("synonym", max((_likeness(name, one) for one in synonyms(dataset.synonyms)), default=0.0)))
    if has_chinese(name) and not has_chinese(dataset.name_zh):
        english = names("", dataset.name_en, "") + synonyms(dataset.synonyms)
        ways.append(("terms", TERMS_MOST * max((_translated(name, one) for one in english), default=0.0)))
    return max(ways, key=lambda way: way[1])  # the first of equals: a name is more than a synonym


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
def synonyms(text: str) -> tuple[str, ...]:
    """The synonyms of a dataset, one by one."""
    found = (name.strip() for name in re.split(r"[|；;]", text))
    return tuple(dict.fromkeys(name for name in found if name))


@lru_cache(maxsize=8192)
def names(name_zh: str, name_en: str, others: str) -> tuple[str, ...]:
    """The names a dataset goes by: its synonyms (``others``), and its names whole and without place and year."""
    found = list(synonyms(others))
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
def _translated(name: str, english: str) -> float:
    return terms.likeness(" ".join(_words(name)), english)


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


def listed(candidates: Iterable[Candidate], most: int = 4) -> str:
    """The first candidates for a sentence: by code, and by name where a dataset has one name for both languages."""
    return "; ".join(_told(candidate.dataset) for candidate in list(candidates)[:most])


def _told(dataset: Dataset) -> str:
    if dataset.name_zh not in ("", dataset.name_en):
        return dataset.code
    place_and_year = f"{dataset.place} {dataset.year or ''}".strip()
    return f"{dataset.code} {dataset.name_en} ({place_and_year})"
