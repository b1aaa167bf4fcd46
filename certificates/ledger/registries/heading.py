"""The registry whose header a row is, and where its columns stand.

Rules
1. A row is a registry's header when every field it needs has a column there.
2. Of several registries the one with more names of its own among the columns; where that is equal, or none has any,
   the row says nothing and the registry must be named.
3. A field that two columns could fill refuses the sheet: which one is meant is not guessed.
4. Columns that nobody knows are ignored, and told.

Example: ``recognise(("Serial Number", "Quantity Issued", …)).registry.key == "verra"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from certificates.ledger.problems import Problem
from certificates.ledger.registries.tables import Registry, common, plain_name, registries

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Heading:
    """A header: the place of each field's column, from 0, and the names that nobody knows.

    ``own`` counts the columns whose name this registry uses and not every table; ``width`` is how many columns
    there are.
    """

    registry: Registry
    places: Mapping[str, int]
    ignored: tuple[str, ...] = ()
    twice: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    own: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """Why a row is no header; ``near`` is how many fields the nearest registry found, for choosing among rows."""

    problems: tuple[Problem, ...]
    near: int


def recognise(row: Sequence[str], wanted: str = "") -> Heading | Unrecognised:
    """The header a row is (rules 1 to 4); ``wanted`` names the registry where somebody chose one."""
    titles = tuple(plain_name(text) for text in row)
    candidates = [one for key, one in registries().items() if wanted in ("", key)]
    read = [_read(one, titles, row) for one in candidates]
    whole = [one for one in read if not _lacking(one)]
    if not whole:
        return _nearest(read, row)
    best = max(one.own for one in whole)
    found = [one for one in whole if one.own == best]
    if not wanted and (len(found) > 1 or not best):
        names = {lang: ", ".join(one.registry.name(lang) for one in found) for lang in ("zh", "en")}
        keys = ", ".join(one.registry.key for one in found)
        values = {"zh": names["zh"], "en": names["en"], "keys": keys}
        return Unrecognised((Problem("table-ambiguous", values),), len(found[0].places))
    if found[0].twice:
        return Unrecognised(tuple(_told_twice(found[0])), len(found[0].places))
    return found[0]


def _read(one: Registry, titles: tuple[str, ...], row: Sequence[str]) -> Heading:
    names = _names(one.key)
    there: dict[str, list[int]] = {}
    ignored = []
    for place, title in enumerate(titles):
        if title in names:
            there.setdefault(names[title], []).append(place)
        elif title:
            ignored.append(row[place].strip())
    chosen = {name: _own_first(one, name, places, titles) for name, places in there.items()}
    own = _own_names(one.key)
    return Heading(
        one,
        {name: places[0] for name, places in chosen.items()},
        tuple(ignored),
        {name: tuple(places) for name, places in chosen.items() if len(places) > 1},
        sum(titles[places[0]] in own for places in chosen.values()),
        max((place + 1 for place, title in enumerate(titles) if title), default=0),
    )


def _own_first(one: Registry, name: str, places: list[int], titles: tuple[str, ...]) -> list[int]:
    """Columns with the registry's own name go before those with a common one."""
    own = {plain_name(title) for title in one.columns.get(name, ())}
    return [place for place in places if titles[place] in own] or places


@cache
def _names(key: str) -> Mapping[str, str]:
    """Fields by the names of their columns; the registry's own name wins over a common one."""
    found: dict[str, str] = {}
    for columns in (registries()[key].columns, common()):
        for name, titles in columns.items():
            for title in titles:
                found.setdefault(plain_name(title), name)
    return found


@cache
def _own_names(key: str) -> frozenset[str]:
    """Names that this registry uses and ``common.toml`` does not."""
    general = {plain_name(title) for titles in common().values() for title in titles}
    return frozenset(
        plain_name(title) for titles in registries()[key].columns.values() for title in titles
    ).difference(general)


def _lacking(heading: Heading) -> list[tuple[str, ...]]:
    """Rule 1."""
    return [one for one in heading.registry.needed if not any(name in heading.places for name in one)]


def _nearest(read: Iterable[Heading], row: Sequence[str]) -> Unrecognised:
    nearest = max(read, key=lambda one: (len(one.registry.needed) - len(_lacking(one)), one.own))
    there = ", ".join(text.strip()[:40] for text in row[:MOST_TOLD] if text.strip())
    wanted = "; ".join(" / ".join(titles_of(nearest.registry, one)[:4]) for one in _lacking(nearest))
    values = {"zh": nearest.registry.zh, "en": nearest.registry.en, "wanted": wanted, "there": there or "—"}
    return Unrecognised((Problem("table-columns-missing", values),), len(nearest.places))


def titles_of(one: Registry, names: Iterable[str]) -> list[str]:
    """The names that columns of these fields may have: the registry's own, then the common ones."""
    return [
        title for name in names for title in (*one.columns.get(name, ()), *common().get(name, ())) if title
    ]


def _told_twice(heading: Heading) -> Iterable[Problem]:
    """Rule 3."""
    for name, places in heading.twice.items():
        cells = ", ".join(letters(place) for place in places)
        wanted = " / ".join(titles_of(heading.registry, (name,))[:4])
        yield Problem("table-column-twice", {"columns": cells, "wanted": wanted})


def letters(place: int) -> str:
    """The letters of a column, counted from 0: ``A``, … ``Z``, ``AA``."""
    text, left = "", place + 1
    while left:
        left, digit = divmod(left - 1, 26)
        text = chr(65 + digit) + text
    return text
