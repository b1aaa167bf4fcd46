"""The catalogue of a release: get, list, search. A read-only SQLite file with a full-text index.

Rules
1. A request reads the rows it shows and no others: filters, ranks and counts are SQLite's work
   (``databases.search``), because a release may hold tens of thousands of datasets.
2. An exchange names what it takes by code; :class:`Input` adds its name, so that nobody has to look it up.

Example: ``catalogue.search(Query(text="铝棒", kinds=("material",)))``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from databases.dataset import Dataset, Source
from databases.search import Facet, Query, find, write_index

EXCHANGE_KINDS = ("technosphere", "biosphere", "unlinked", "cut-off")
"""Word of each kind of exchange, by its number in the file."""
ExchangeRow = tuple[int, int, int, float, str, str, str, str, str, str, str, str, str]
"""An exchange as the file holds it: position of the taker, position of the dataset or index of the flow taken (-1 for
neither), number of the kind, amount; name and unit (for neither only); and the rest of :class:`Exchange`."""
_KEY = "position INTEGER PRIMARY KEY"


class UnknownFlow(LookupError):
    """The release has no such elementary flow."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"No elementary flow {code[:100]!r} in this release.")


class UnknownDataset(LookupError):
    """The release has no such dataset; search the catalogue for its code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"No dataset {code[:100]!r} in this release; search the catalogue for its code.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """An elementary flow in ``unit``. A greenhouse gas has the ``part`` and the ``gas`` it counts to, others have
    ``""``; ``aircraft`` within fossil.
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


_EXCHANGE_REST = ("published", "published_unit", "rule", "source", "locator", "certainty", "uncertainty")
_EXCHANGE_COLUMNS = ["position", "input", "kind", "amount", "published", "detail"]
_DETAIL_COLUMNS = ["name", "unit", *_EXCHANGE_REST[1:]]
_EXCHANGES = f"""
SELECT position, input, kind, amount, name, unit, {", ".join(_EXCHANGE_REST)}
FROM exchange JOIN detail ON detail.number = exchange.detail ORDER BY row
"""  # noqa: S608 - our own column names


@dataclass(frozen=True, slots=True)
class Input:
    """An exchange with the names of what it takes: of a dataset, with its ``place``; of a flow, with its
    ``compartment``. An unlinked or cut-off input has the name of its source in both.
    """

    exchange: Exchange
    name_zh: str
    name_en: str
    place: str = ""
    compartment: str = ""

    def name(self, language: str) -> str:
        """Name in ``zh`` or ``en``; the other one where the source gives only that."""
        wanted, other = (self.name_zh, self.name_en) if language == "zh" else (self.name_en, self.name_zh)
        return wanted or other


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a search; ``rank`` is higher for better matches and 0 where no text was given."""

    dataset: Dataset
    rank: float


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results, how many there are in all, and the facets by name (``databases.search``, rule 6)."""

    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, tuple[Facet, ...]] = field(default_factory=dict)


class Catalogue:
    """Read access to ``catalogue.sqlite``, safe to share between threads: a connection for every query."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Dataset] = {}

    def __len__(self) -> int:
        return int(self._query("SELECT COUNT(*) AS n FROM dataset")[0]["n"])

    def get(self, code: str) -> Dataset:
        """The dataset of a code; raises UnknownDataset."""
        if code not in self._known:
            try:
                rows = self._query("SELECT * FROM dataset WHERE code = ?", code)
            except UnicodeEncodeError:  # half a character is no code
                rows = []
            if not rows:
                raise UnknownDataset(code)
            self._known[code] = self._dataset(rows[0])
        return self._known[code]

    def by_position(self, position: int) -> Dataset:
        """The dataset in a row of the score tables; raises IndexError."""
        rows = self._query("SELECT code FROM dataset WHERE position = ?", int(position))
        if not rows:
            raise IndexError(position)
        return self.get(rows[0]["code"])

    def all(self, kind: str | None = None) -> list[Dataset]:
        """Every dataset in order of position, of one kind if given."""
        return [dataset for dataset in self._datasets if kind is None or dataset.kind == kind]

    def flows(self) -> list[Flow]:
        """Every elementary flow, sorted by code; the index in this list is the flow's position."""
        return list(self._flows)

    def flow(self, code: str) -> Flow:
        """The elementary flow of a code; raises UnknownFlow."""
        try:
            return self._flow_by_code[code]
        except KeyError:
            raise UnknownFlow(code) from None

    def exchanges(self, code: str) -> list[Exchange]:
        """Inputs of a dataset in the order of its source; raises UnknownDataset."""
        return [item.exchange for item in self.inputs(code)]

    def inputs(self, code: str) -> list[Input]:
        """Inputs of a dataset with their names, in the order of its source; raises UnknownDataset."""
        return [_input(row) for row in self._query(_INPUTS, self.get(code).position)]

    def exchange_rows(self) -> list[ExchangeRow]:
        """Every exchange of the release as the file holds it, by dataset and in the order of its source."""
        return [tuple(row) for row in self._query(_EXCHANGES)]

    def documentation(self, code: str) -> str:
        """What the source tells about a dataset, as text; empty where it tells nothing. Raises UnknownDataset."""
        rows = self._query("SELECT text FROM documentation WHERE position = ?", self.get(code).position)
        return str(rows[0]["text"]) if rows else ""

    def search(self, query: Query) -> list[Hit]:
        """Datasets that match, best first or as sorted, from ``query.offset`` on and at most ``query.limit``."""
        with self._connection() as connection:
            return [self._hit(row) for row in find(connection, query).rows]

    def browse(self, query: Query) -> Found:
        """As :meth:`search`, with the number of all matches and the counts of every filter's values."""
        with self._connection() as connection:
            found = find(connection, query, facets=True)
            return Found(tuple(map(self._hit, found.rows)), found.total, found.facets)

    def _hit(self, row: sqlite3.Row) -> Hit:
        known = self._known.get(row["code"])
        return Hit(known or self._dataset(row), row["rank"])

    def _connection(self) -> closing[sqlite3.Connection]:
        address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True)
        connection.row_factory = sqlite3.Row
        return closing(connection)

    def _query(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._connection() as connection:
            return connection.execute(sql, values).fetchall()

    def _dataset(self, row: sqlite3.Row) -> Dataset:
        values = {name: row[name] for name in _DATASET_COLUMNS}
        for name in ("complete", "gwp_set_assumed", "gaps_upstream"):
            values[name] = bool(values[name])
        return Dataset(**{**values, "source": self._sources[row["source"]]})

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return {row["code"]: Source(**dict(row)) for row in self._query("SELECT * FROM source")}

    @cached_property
    def _datasets(self) -> tuple[Dataset, ...]:
        return tuple(self._dataset(row) for row in self._query("SELECT * FROM dataset ORDER BY position"))

    @cached_property
    def _flows(self) -> tuple[Flow, ...]:
        names = ", ".join(field.name for field in fields(Flow))
        rows = self._query(f"SELECT {names} FROM flow ORDER BY position")  # noqa: S608 - our own column names
        return tuple(Flow(**{**dict(row), "aircraft": bool(row["aircraft"])}) for row in rows)

    @cached_property
    def _flow_by_code(self) -> dict[str, Flow]:
        return {flow.code: flow for flow in self._flows}


def write_catalogue(
    path: Path,
    datasets: Sequence[Dataset],
    flows: Iterable[Flow],
    exchanges: Iterable[ExchangeRow],
    sources: Iterable[Source],
    documentation: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Write a new catalogue file; ``exchanges`` sorted by dataset, ``documentation`` by position.

    The same content gives the same bytes with the same SQLite library.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        _table(connection, "source", _columns(Source), map(attrgetter(*_columns(Source)), sources))
        numbered = ((index, *values) for index, values in enumerate(map(attrgetter(*_columns(Flow)), flows)))
        _table(connection, "flow", [_KEY, *_columns(Flow)], numbered)
        rest = [name for name in _columns(Dataset) if name != "position"]
        values = ("source.code" if name == "source" else name for name in rest)
        _table(connection, "dataset", [_KEY, *rest], map(attrgetter("position", *values), datasets))
        details: dict[tuple[str, ...], int] = {}
        _table(connection, "exchange", _EXCHANGE_COLUMNS, _interned(exchanges, details), number="row")
        numbered = ((number, *texts) for texts, number in details.items())
        _table(connection, "detail", ["number INTEGER PRIMARY KEY", *_DETAIL_COLUMNS], numbered)
        connection.execute("CREATE INDEX exchange_position ON exchange (position)")
        _table(connection, "documentation", [_KEY, "text"], sorted(documentation.items()))
        write_index(connection, datasets)
        connection.execute("COMMIT")
        connection.execute("VACUUM")


def _columns(kind: type[Any]) -> list[str]:
    return [field.name for field in fields(kind)]


def _table(
    connection: sqlite3.Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[tuple[object, ...]],
    *,
    number: str = "",
) -> None:
    """``number`` names a column in front of the others that counts the rows."""
    named = [column if column.endswith("KEY") else f'"{column}"' for column in columns]
    created = [f"{number} INTEGER PRIMARY KEY", *named] if number else named
    connection.execute(f'CREATE TABLE "{table}" ({", ".join(created)})')
    marks = ", ".join((["NULL"] if number else []) + ["?"] * len(columns))
    connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)  # noqa: S608 - our own names


def _interned(
    exchanges: Iterable[ExchangeRow], details: dict[tuple[str, ...], int]
) -> Iterator[tuple[object, ...]]:
    """Exchanges with the number of their texts in place of these: most of a source share them."""
    # Unpacked name by name: with a starred rest this takes twice as long, and there are 680,000 of them.
    for at, where, kind, amount, name, unit, published, per, rule, source, place, mark, spread in exchanges:
        texts = (name, unit, per, rule, source, place, mark, spread)
        yield at, where, kind, amount, published, details.setdefault(texts, len(details))


def _input(row: sqlite3.Row) -> Input:
    word = EXCHANGE_KINDS[row["kind"]]
    taken = {"technosphere": "dataset", "biosphere": "flow"}.get(word, "")
    code, unit = (row[f"{taken}_code"], row[f"{taken}_unit"]) if taken else (row["name"], row["unit"])
    names = (row[f"{taken}_zh"], row[f"{taken}_en"]) if taken else (row["name"], row["name"])
    rest = {column: row[column] for column in _EXCHANGE_REST}
    exchange = Exchange(flow_or_dataset_code=code, kind=word, amount=row["amount"], unit=unit, **rest)
    return Input(exchange, *names, row["place"] or "", row["compartment"] or "")


_DATASET_COLUMNS = _columns(Dataset)
_INPUTS = """
SELECT exchange.*, detail.*, dataset.code AS dataset_code, dataset.unit AS dataset_unit, dataset.name_zh AS dataset_zh,
       dataset.name_en AS dataset_en, dataset.place, flow.code AS flow_code, flow.unit AS flow_unit,
       flow.name_zh AS flow_zh, flow.name_en AS flow_en, flow.compartment
FROM exchange JOIN detail ON detail.number = exchange.detail
LEFT JOIN dataset ON exchange.kind = 0 AND dataset.position = exchange.input
LEFT JOIN flow ON exchange.kind = 1 AND flow.position = exchange.input
WHERE exchange.position = ? ORDER BY row
"""
