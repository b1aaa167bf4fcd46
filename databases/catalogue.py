"""The catalogue of a release: get, list, search. A read-only SQLite file with a full-text index.

Rules
1. A search never fails on its text: only letters and digits of it reach the index, each word quoted.
2. Chinese is indexed character by character and asked as a phrase, so any substring of a name is found, from
   one character on. Other words match by their beginning.
3. All parts of the text must match; with ``loose`` any part may, and more matching parts rank higher.
4. Rank is the bm25 of the index with the sign turned: higher is better. A name weighs more than a synonym,
   that more than technology, place and code.

Example: ``catalogue.search("铝棒", kind="material")``.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, astuple, dataclass, fields
from functools import cached_property
from pathlib import Path

from databases import places
from databases.dataset import Dataset, Source

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_CJK}]+|(?:[^\W_{_CJK}])+")
_IS_CJK = re.compile(rf"[{_CJK}]")
_MAX_WORDS = 32
_MAX_TEXT = 1000
_MAX_LIMIT = 1000
_WEIGHTS = "10.0, 10.0, 4.0, 2.0, 1.0"


class UnknownDataset(LookupError):
    """The release has no such dataset; search the catalogue for its code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"No dataset {code[:100]!r} in this release; search the catalogue for its code.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """An elementary flow in ``unit``. A greenhouse gas has the ``part`` and the ``gas`` it counts to, others have ``""``;
    ``aircraft`` within fossil.
    """

    code: str
    name_zh: str
    name_en: str
    formula: str
    compartment: str
    cas: str
    part: str
    gas: str
    aircraft: bool
    unit: str = "kg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One input of a dataset, for one unit of it: ``amount`` in ``unit``, the input's own unit.

    ``kind`` is a word of :data:`databases.content.KINDS`; an unlinked or cut-off input has its name in place of a code.
    ``published`` and ``published_unit`` are as in the source, ``rule`` how the amount follows from them.
    ``uncertainty`` is empty or JSON with the keys of ``stats_arrays`` for ``amount``.
    """

    flow_or_dataset_code: str
    kind: str
    amount: float
    unit: str
    published: str
    published_unit: str
    rule: str
    source: str
    locator: str
    certainty: str
    uncertainty: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a search; ``rank`` is higher for better matches and 0 where no text was given."""

    dataset: Dataset
    rank: float


class Catalogue:
    """Read access to ``catalogue.sqlite``, safe to share between threads: a connection for every query."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __len__(self) -> int:
        return len(self._datasets)

    def get(self, code: str) -> Dataset:
        """The dataset of a code; raises UnknownDataset."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownDataset(code) from None

    def by_position(self, position: int) -> Dataset:
        """The dataset in a row of the score tables; raises IndexError."""
        if not 0 <= position < len(self._datasets):
            raise IndexError(position)
        return self._datasets[position]

    def all(self, kind: str | None = None) -> list[Dataset]:
        """Every dataset in order of position, of one kind if given."""
        return [dataset for dataset in self._datasets if kind is None or dataset.kind == kind]

    def flows(self) -> list[Flow]:
        """Every elementary flow, sorted by code."""
        rows = self._query("SELECT * FROM flow ORDER BY code")
        return [Flow(**{**dict(row), "aircraft": bool(row["aircraft"])}) for row in rows]

    def exchanges(self, code: str) -> list[Exchange]:
        """Inputs of a dataset in the order of its table; raises UnknownDataset."""
        names = ", ".join(field.name for field in fields(Exchange))
        sql = f"SELECT {names} FROM exchange WHERE position = ? ORDER BY row"  # noqa: S608 - our own column names
        return [Exchange(**dict(row)) for row in self._query(sql, self.get(code).position)]

    def search(  # noqa: PLR0913 - filters are independent and named
        self,
        text: str,
        *,
        kind: str | None = None,
        unit: str | None = None,
        place: str | None = None,
        year: int | None = None,
        complete_only: bool = True,
        limit: int = 20,
        loose: bool = False,
    ) -> list[Hit]:
        """Datasets that match (rules 1 to 4), best first, at most ``limit``. Filters are exact; a blank text
        lists all.

        ``place`` is a code and does not widen; ``complete_only`` leaves out datasets that may not stand for a
        line.
        """
        wanted = {
            "kind": kind,
            "unit": unit,
            "place": place,
            "year": year,
            "complete": True if complete_only else None,
        }
        ranks = self._matches(text, loose=loose)
        hits = [
            Hit(dataset, ranks[dataset.position] if ranks is not None else 0.0)
            for dataset in self._datasets
            if (ranks is None or dataset.position in ranks)
            and all(value is None or getattr(dataset, name) == value for name, value in wanted.items())
        ]
        hits.sort(key=lambda hit: (-hit.rank, hit.dataset.position))
        return hits[: max(0, min(limit, _MAX_LIMIT))]

    def _matches(self, text: str, *, loose: bool) -> dict[int, float] | None:
        """Rank by position; None for a blank text, which restricts nothing."""
        if not text.strip():
            return None
        query = match_query(text, loose=loose)
        if not query:
            return {}
        sql = f"SELECT rowid, bm25(search, {_WEIGHTS}) AS rank FROM search WHERE search MATCH ?"  # noqa: S608
        return {row["rowid"]: -row["rank"] for row in self._query(sql, query)}

    def _query(self, sql: str, *values: object) -> list[sqlite3.Row]:
        address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(sql, values).fetchall()

    @cached_property
    def _datasets(self) -> tuple[Dataset, ...]:
        sources = {row["code"]: Source(**dict(row)) for row in self._query("SELECT * FROM source")}
        return tuple(_dataset(row, sources) for row in self._query("SELECT * FROM dataset ORDER BY position"))

    @cached_property
    def _by_code(self) -> dict[str, Dataset]:
        return {dataset.code: dataset for dataset in self._datasets}


def match_query(text: str, *, loose: bool = False) -> str:
    """The full-text query of a user's text, safe by construction (rule 1); empty where nothing can be asked.

    ``loose`` also cuts Chinese into pairs of characters, so that "6063铝合金圆棒" finds 铝合金 without 圆棒.
    """
    parts: dict[str, None] = {}
    for word in _words(text[:_MAX_TEXT])[:_MAX_WORDS]:
        if not _IS_CJK.match(word):
            parts[f'"{word}"*'] = None
        elif loose and len(word) > 2:
            parts.update(dict.fromkeys(_phrase(word[at : at + 2]) for at in range(len(word) - 1)))
        else:
            parts[_phrase(word)] = None
    return (" OR " if loose else " AND ").join(parts)


def index_text(text: str) -> str:
    """Text as the index holds it: normalised words, Chinese characters apart (rule 2)."""
    return " ".join(" ".join(word) if _IS_CJK.match(word) else word for word in _words(text))


def write_catalogue(
    path: Path,
    datasets: Iterable[Dataset],
    flows: Iterable[Flow],
    exchanges: Iterable[tuple[int, Exchange]],
    sources: Iterable[Source],
) -> None:
    """Write a new catalogue file; ``exchanges`` are pairs of a dataset's position and its input, in order.

    The same content gives the same bytes with the same SQLite library.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("BEGIN")
        for kind, table in ((Source, "source"), (Flow, "flow")):
            _create(connection, table, [field.name for field in fields(kind)])
        _create(
            connection,
            "dataset",
            [field.name for field in fields(Dataset)],
            key="position INTEGER PRIMARY KEY",
        )
        _create(connection, "exchange", ["position", "row", *(field.name for field in fields(Exchange))])
        _insert(connection, "source", (astuple(source) for source in sources))
        _insert(connection, "flow", (astuple(flow) for flow in flows))
        datasets = list(datasets)
        _insert(connection, "dataset", map(_dataset_row, datasets))
        rows = ((position, row, *astuple(exchange)) for row, (position, exchange) in enumerate(exchanges))
        _insert(connection, "exchange", rows)
        connection.execute("CREATE INDEX exchange_position ON exchange (position)")
        _write_index(connection, datasets)
        connection.execute("COMMIT")
        connection.execute("VACUUM")


def _write_index(connection: sqlite3.Connection, datasets: list[Dataset]) -> None:
    columns = "name_zh, name_en, synonyms, about, code"
    tokenizer = "unicode61 remove_diacritics 2"
    connection.execute(f"CREATE VIRTUAL TABLE search USING fts5({columns}, tokenize = '{tokenizer}')")
    rows = (
        (dataset.position, *(index_text(text) for text in _search_columns(dataset))) for dataset in datasets
    )
    connection.executemany(f"INSERT INTO search (rowid, {columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)  # noqa: S608
    connection.execute("INSERT INTO search (search) VALUES ('optimize')")


def _search_columns(dataset: Dataset) -> tuple[str, ...]:
    region = places.region(dataset.place)
    about = " | ".join(
        (dataset.technology, dataset.group, region.code, region.name_zh, region.name_en, str(dataset.year))
    )
    return dataset.name_zh, dataset.name_en, dataset.synonyms, about, dataset.code


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _phrase(word: str) -> str:
    return '"' + " ".join(word) + '"'


def _create(connection: sqlite3.Connection, table: str, columns: list[str], key: str = "") -> None:
    rest = [f'"{column}"' for column in columns if not key.startswith(column)]
    connection.execute(f'CREATE TABLE "{table}" ({", ".join(([key] if key else []) + rest)})')


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[tuple[object, ...]]) -> None:
    for row in rows:
        marks = ", ".join("?" * len(row))
        connection.execute(f'INSERT INTO "{table}" VALUES ({marks})', row)  # noqa: S608 - our own names


def _dataset_row(dataset: Dataset) -> tuple[object, ...]:
    values = asdict(dataset) | {"source": dataset.source.code}
    return (values.pop("position"), *values.values())


def _dataset(row: sqlite3.Row, sources: dict[str, Source]) -> Dataset:
    values = dict(row)
    for name in ("complete", "gwp_set_assumed"):
        values[name] = bool(values[name])
    return Dataset(**{**values, "source": sources[row["source"]]})
