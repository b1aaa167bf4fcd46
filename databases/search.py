"""Search of a catalogue: a user's text and filters become one question to the SQLite file, which does all the work.

Rules
1. A search never fails on its text: only letters and digits of it reach the index, each word quoted.
2. Chinese is indexed character by character and asked as a phrase, so any substring of a name is found, from
   one character on. Other words match by their beginning.
3. All parts of the text must match; with ``loose`` any part may, and more matching parts rank higher.
4. Rank is the bm25 of the index with the sign turned: higher is better. A name weighs more than a synonym,
   that more than a term, technology, place and code.
5. A dataset without a Chinese name is indexed under the Chinese terms of its English name, and a Chinese text also asks
   for the English of its terms (``databases.terms``): 铝锭 finds "Aluminum, primary, ingot".
6. Filters admit the values given, all where none is given. A facet counts what each value of one filter would give
   under the text and all the other filters.

Example: ``find(connection, Query(text="铝棒", kinds=("material",)))``.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType

from databases import places, terms
from databases.dataset import Dataset

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_CJK}]+|(?:[^\W_{_CJK}])+")
_IS_CJK = re.compile(rf"[{_CJK}]")
_MAX_WORDS = 32
_MAX_TEXT = 1000
_MAX_TRANSLATED = 24
"""Characters of a Chinese word that are looked up in the terms; names of things are shorter."""
MAX_LIMIT = 100_000
_COLUMNS = "name_zh, name_en, synonyms, terms, about, code"
_WEIGHTS = "10.0, 10.0, 4.0, 3.0, 2.0, 1.0"
_ENGLISH = "{name_en terms}"
_PREFIX = 4
"""Letters from which on a word also matches longer ones: oil is not oilseed, but ingot is ingots."""

FILTERS = MappingProxyType(
    {
        "kinds": "kind",
        "places": "place",
        "years": "year",
        "units": "unit",
        "sources": "source",
        "groups": "group",
    }
)
"""Filter of a query -> column of the datasets, which is also the name of its facet."""
_NAMES = {"zh": ("name_zh", "name_en"), "en": ("name_en", "name_zh")}
SORTS = ("name", "kind", "place", "year", "unit", "source", "code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for. A blank text lists all; filters are exact (a place does not widen), empty ones admit all.

    ``complete_only`` leaves out datasets that may not stand for a line. ``sort`` is a word of :data:`SORTS`, with ``-``
    in front for descending, by names in ``language``; anything else is by rank. ``offset`` and ``limit`` cut the list.
    """

    text: str = ""
    kinds: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    units: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    complete_only: bool = True
    loose: bool = False
    sort: str = ""
    language: str = "zh"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Facet:
    """A value of a filter and how many datasets it would give (rule 6)."""

    value: str | int
    count: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of datasets with their ``rank``; and, where asked for, how many there are and the facets by column."""

    rows: list[sqlite3.Row]
    total: int = 0
    facets: dict[str, tuple[Facet, ...]] = field(default_factory=dict)


def find(connection: sqlite3.Connection, query: Query, *, facets: bool = False) -> Rows:
    """Ask the file. ``connection`` may be read-only; its rows are ``sqlite3.Row``. ``facets`` also counts (rule 6)."""
    if not _match(connection, query):
        return Rows([])
    where, values = _where(query)
    order = _order(query)
    cut = (max(0, min(query.limit, MAX_LIMIT)), max(0, query.offset))
    sql = f"SELECT dataset.*, matched.rank AS rank {_FROM} {where} ORDER BY {order} LIMIT ? OFFSET ?"
    rows = connection.execute(sql, (*values, *cut)).fetchall()
    if not facets:
        return Rows(rows)
    total = connection.execute(f"SELECT COUNT(*) {_FROM} {where}", values).fetchone()[0]
    return Rows(rows, total, {column: _facet(connection, query, name) for name, column in FILTERS.items()})


def match_query(text: str, *, loose: bool = False) -> str:
    """The full-text query of a user's text, safe by construction (rule 1); empty where nothing can be asked.

    ``loose`` also cuts Chinese into pairs of characters, so that "6063铝合金圆棒" finds 铝合金 without 圆棒.
    """
    parts: dict[str, None] = {}
    for word in _words(text[:_MAX_TEXT])[:_MAX_WORDS]:
        if not _IS_CJK.match(word):
            parts[f'"{word}"*'] = None
            continue
        pieces = [word[at : at + 2] for at in range(len(word) - 1)] if loose and len(word) > 2 else [word]
        if loose:
            parts.update(dict.fromkeys(map(_phrase, pieces)))
            parts.update(dict.fromkeys(_term_queries(word)))
        else:
            parts[_either([_phrase(word), *_translations(word)])] = None
    return (" OR " if loose else " AND ").join(parts)


def index_text(text: str) -> str:
    """Text as the index holds it: normalised words, Chinese characters apart (rule 2)."""
    return " ".join(" ".join(word) if _IS_CJK.match(word) else word for word in _words(text))


def has_chinese(text: str) -> bool:
    """True where a text has a Chinese (or Japanese or Korean) character."""
    return bool(_IS_CJK.search(text))


def write_index(connection: sqlite3.Connection, datasets: Iterable[Dataset]) -> None:
    """The full-text index of the datasets, and the indices that filters and codes are looked up by."""
    tokenizer = "unicode61 remove_diacritics 2"
    connection.execute(f"CREATE VIRTUAL TABLE search USING fts5({_COLUMNS}, tokenize = '{tokenizer}')")
    rows = (
        (dataset.position, *(index_text(text) for text in _search_columns(dataset))) for dataset in datasets
    )
    marks = ", ".join("?" * (_COLUMNS.count(",") + 2))
    connection.executemany(f"INSERT INTO search (rowid, {_COLUMNS}) VALUES ({marks})", rows)  # noqa: S608
    connection.execute("INSERT INTO search (search) VALUES ('optimize')")
    connection.execute("CREATE UNIQUE INDEX dataset_code ON dataset (code)")
    connection.execute('CREATE INDEX dataset_filter ON dataset (kind, "group", unit)')


_FROM = "FROM matched JOIN dataset USING (position)"


def _match(connection: sqlite3.Connection, query: Query) -> bool:
    """Positions and ranks of what the text matches as ``matched``; False for a text of which nothing can be asked."""
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("DROP VIEW IF EXISTS temp.matched")
    connection.execute("DROP TABLE IF EXISTS temp.matched_rows")
    if not query.text.strip():
        everything = "SELECT position, 0.0 AS rank FROM main.dataset"
        connection.execute(f"CREATE TEMP VIEW matched AS {everything}")
        return True
    asked = match_query(query.text, loose=query.loose)
    if not asked:
        return False
    connection.execute("CREATE TEMP TABLE matched_rows (position INTEGER PRIMARY KEY, rank REAL)")
    ranked = f"SELECT rowid, -bm25(search, {_WEIGHTS}) FROM search WHERE search MATCH ?"  # noqa: S608
    connection.execute(f"INSERT INTO matched_rows {ranked}", (asked,))
    connection.execute("CREATE TEMP VIEW matched AS SELECT position, rank FROM matched_rows")
    return True


def _where(query: Query, *, but: str = "") -> tuple[str, tuple[str | int, ...]]:
    """The filters, without the one named ``but``."""
    clauses = ["complete = 1"] if query.complete_only else []
    values: list[str | int] = []
    for name, column in FILTERS.items():
        admitted: tuple[str | int, ...] = getattr(query, name)
        if admitted and name != but:
            clauses.append(f'"{column}" IN ({", ".join("?" * len(admitted))})')
            values += admitted
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), tuple(values)


def _facet(connection: sqlite3.Connection, query: Query, name: str) -> tuple[Facet, ...]:
    where, values = _where(query, but=name)
    column = f'"{FILTERS[name]}"'
    sql = f"SELECT {column}, COUNT(*) {_FROM} {where} GROUP BY 1 ORDER BY 2 DESC, 1"
    return tuple(Facet(value, count) for value, count in connection.execute(sql, values))


def _order(query: Query) -> str:
    key = query.sort.removeprefix("-")
    if key not in SORTS:
        return "matched.rank DESC, position"
    direction = "DESC" if query.sort.startswith("-") else "ASC"
    first, second = _NAMES.get(query.language, _NAMES["en"])
    column = f"COALESCE(NULLIF({first}, ''), {second}) COLLATE NOCASE" if key == "name" else f'"{key}"'
    return f"{column} {direction}, position"


def _search_columns(dataset: Dataset) -> tuple[str, ...]:
    about = " | ".join((dataset.technology, dataset.group, *_place(dataset.place), str(dataset.year)))
    meant = "" if has_chinese(dataset.name_zh) else " | ".join(terms.chinese(dataset.name_en))
    return dataset.name_zh, dataset.name_en, dataset.synonyms, meant, about, dataset.code


def _place(code: str) -> tuple[str, ...]:
    """Code and names of a place; the code alone where the table of places does not have it."""
    try:
        region = places.region(code)
    except places.UnknownPlace:
        return (code,)
    return region.code, region.name_zh, region.name_en


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _phrase(word: str) -> str:
    return '"' + " ".join(word) + '"'


def _either(alternatives: list[str]) -> str:
    return alternatives[0] if len(alternatives) == 1 else f"({' OR '.join(alternatives)})"


def _translations(word: str) -> list[str]:
    """Ways to ask for a Chinese word among English names (rule 5): every part of a cut, where all are known."""
    if len(word) > _MAX_TRANSLATED:
        return []
    known = [parts for parts in terms.cuts(word) if all(part.english for part in parts)]
    return [f"{_ENGLISH} : ({' AND '.join(dict.fromkeys(map(_part_query, parts)))})" for parts in known]


def _term_queries(word: str) -> list[str]:
    """Each known part of a Chinese word by itself."""
    parts = [part for cut in terms.cuts(word[:_MAX_TRANSLATED]) for part in cut if part.english]
    return [f"{_ENGLISH} : {_part_query(part)}" for part in dict.fromkeys(parts)]


def _part_query(part: terms.Part) -> str:
    """A part by its Chinese or by any of its English expressions, all words of which must be there."""
    expressions = [" AND ".join(map(_english, sorted(expression))) for expression in part.english]
    return f"({' OR '.join([_phrase(part.zh), *(f'({one})' for one in expressions)])})"


def _english(word: str) -> str:
    return f'"{word}"*' if len(word) >= _PREFIX else f'("{word}" OR "{word}s")'
