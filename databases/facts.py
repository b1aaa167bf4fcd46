"""The project's own fact tables, read strictly and shaped for Brightway.

Rules
1. Every row is checked and every problem of every table is reported at once, by file and line.
2. An amount is ``published * multiply / divide``, computed exactly and rounded once, to float64.
3. Every dataset and every exchange names its source and the place in it.
4. A flow that gives gases together (gas ``unspecified``) has a factor in exactly one GWP set; any other flow
   has one in every set. So no choice of set can drop a gas in silence.

Tables: sources, flows and gwp, and ``datasets/*.csv`` with ``exchanges/*.csv``.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

from databases import places, units
from databases.dataset import Source
from databases.release import GWP_SETS, PARTS

KINDS = frozenset({"electricity", "fuel", "heat", "material", "transport", "waste", "water", "emission"})
BOUNDARIES = frozenset(
    {
        "cradle-to-gate",
        "life-cycle",
        "well-to-wheel",
        "combustion-only",
        "upstream-only",
        "process-emissions-only",
        "collection-only",
        "direct-emission",
    }
)
CERTAINTIES = frozenset({"P", "S", "S2", "M", "D"})
GASES = frozenset({"CO2", "CH4", "N2O", "other", "unspecified"})
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

COLUMNS = {
    "sources": "code,title,issuer,document_number,published,licence,attribution,url",
    "flows": "code,name_zh,name_en,formula,compartment,cas,part,gas,aircraft",
    "gwp": "gwp_set,flow,gwp100,source,locator,certainty",
    "datasets": (
        "code,name_zh,name_en,synonyms,kind,group,place,year,unit,boundary,complete,gwp_set_assumed,technology,"
        "source,locator,certainty,note_zh,note_en"
    ),
    "exchanges": "dataset,input,published,published_unit,multiply,divide,rule,source,locator,certainty",
}
_REQUIRED = {
    "sources": "code title issuer licence",
    "flows": "code name_zh name_en compartment part gas",
    "gwp": "gwp_set flow gwp100 source locator certainty",
    "datasets": "code name_zh name_en kind place year unit boundary source locator certainty",
    "exchanges": "dataset input published published_unit source locator certainty",
}

Row = dict[str, str]


class FactsInvalid(ValueError):
    """The fact tables contradict themselves; ``problems`` lists every row to correct."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(problems)} problem(s) in the fact tables:\n" + "\n".join(problems))


@dataclass(frozen=True, slots=True)
class Facts:
    """Checked tables: rows as text by code (exchanges by dataset), GWP factors by (set, flow), a digest.

    ``gwp_documents``: codes of the sources behind the factors of each set.
    """

    sources: dict[str, Source]
    flows: dict[str, Row]
    gwp: dict[tuple[str, str], float]
    datasets: dict[str, Row]
    exchanges: dict[str, list[Row]]
    gwp_documents: dict[str, tuple[str, ...]]
    digest: str

    def gwp_source(self, gwp_set: str) -> str:
        """Titles of the documents behind the factors of a set."""
        return "; ".join(self.sources[code].title for code in self.gwp_documents[gwp_set])


def default_folder() -> Path:
    """The tables that come with the project."""
    return Path(__file__).parent / "data"


def amount(row: Row) -> float:
    """Amount of the input for one unit of the dataset, in the input's own unit (rule 2)."""
    return float(
        Fraction(row["published"]) * Fraction(row["multiply"] or "1") / Fraction(row["divide"] or "1")
    )


def read_facts(folder: Path) -> Facts:
    """Read and check the tables of a folder; raises FactsInvalid with every problem found."""
    reader = _Reader(folder)
    reader.read()
    if reader.problems:
        raise FactsInvalid(reader.problems)
    return reader.facts()


def brightway_flows(facts: Facts, database: str) -> list[dict[str, Any]]:
    """Elementary flows as Brightway nodes, sorted by code."""
    return [
        {
            "database": database,
            "code": code,
            "name": flow["name_en"],
            "type": "emission",
            "unit": "kg",
            "categories": (flow["compartment"],),
            "exchanges": [],
        }
        for code, flow in sorted(facts.flows.items())
    ]


def brightway_datasets(facts: Facts, database: str) -> list[dict[str, Any]]:
    """Datasets as Brightway processes sorted by code, with exchanges still to be linked by ``input code``."""
    return [
        {
            "database": database,
            "code": code,
            "name": row["name_en"],
            "reference product": row["name_en"],
            "type": "process",
            "unit": row["unit"],
            "location": row["place"],
            "exchanges": [{"type": "production", "amount": 1.0, "code": code, "unit": row["unit"]}]
            + [
                _brightway_exchange(facts, exchange, index)
                for index, exchange in enumerate(facts.exchanges[code])
            ],
        }
        for code, row in sorted(facts.datasets.items())
    ]


def _brightway_exchange(facts: Facts, row: Row, index: int) -> dict[str, Any]:
    flow = row["input"] in facts.flows
    return {
        "type": "biosphere" if flow else "technosphere",
        "amount": amount(row),
        "code": row["input"],
        "unit": "kg" if flow else facts.datasets[row["input"]]["unit"],
        "fact": index,
    }


@dataclass
class _Reader:
    folder: Path
    problems: list[str] = field(default_factory=list)
    tables: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)

    def read(self) -> None:
        for table in COLUMNS:
            self.tables[table] = [item for path in self._paths(table) for item in self._rows(table, path)]
        for table in ("sources", "flows", "datasets"):
            self._unique(table)
        self._flows()
        self._gwp()
        self._datasets()
        self._exchanges()

    def facts(self) -> Facts:
        exchanges: dict[str, list[Row]] = {row["code"]: [] for _, row in self.tables["datasets"]}
        for _, row in self.tables["exchanges"]:
            exchanges[row["dataset"]].append(row)
        return Facts(
            sources={row["code"]: Source(**row) for _, row in self.tables["sources"]},
            flows={row["code"]: row for _, row in self.tables["flows"]},
            gwp={(row["gwp_set"], row["flow"]): float(row["gwp100"]) for _, row in self.tables["gwp"]},
            datasets={row["code"]: row for _, row in self.tables["datasets"]},
            exchanges=exchanges,
            gwp_documents={
                gwp_set: tuple(
                    sorted({row["source"] for _, row in self.tables["gwp"] if row["gwp_set"] == gwp_set})
                )
                for gwp_set in GWP_SETS
            },
            digest=self._digest(),
        )

    def _paths(self, table: str) -> list[Path]:
        if table in ("datasets", "exchanges"):
            paths = sorted((self.folder / table).glob("*.csv"))
            if not paths:
                self.problems.append(f"{table}/: no table here")
            return paths
        return [self.folder / f"{table}.csv"]

    def _digest(self) -> str:
        """SHA-256 over the names and the content of the tables, whatever the line ends."""
        digest = hashlib.sha256()
        for table in COLUMNS:
            for path in self._paths(table):
                text = path.read_text(encoding="utf-8-sig")
                digest.update(f"{path.relative_to(self.folder).as_posix()}\0{len(text)}\0{text}".encode())
        return digest.hexdigest()

    def _rows(self, table: str, path: Path) -> Iterator[tuple[str, Row]]:
        name = path.relative_to(self.folder).as_posix()
        try:
            stream = path.open(encoding="utf-8-sig", newline="")
        except OSError:
            self.problems.append(f"{name}: the table is missing")
            return
        with stream:
            rows = csv.reader(stream, strict=True)
            columns = next(rows, [])
            if columns != COLUMNS[table].split(","):
                self.problems.append(f"{name}: the columns must be {COLUMNS[table]}")
                return
            for cells in rows:
                where = f"{name}:{rows.line_num}"
                if len(cells) != len(columns):
                    self.problems.append(f"{where}: {len(cells)} cells in place of {len(columns)}")
                    continue
                row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
                for column in _REQUIRED[table].split():
                    if not row[column]:
                        self.problems.append(f"{where}: {column} is empty")
                yield where, row

    def _codes(self, table: str) -> set[str]:
        return {row["code"] for _, row in self.tables[table]}

    def _unique(self, table: str) -> None:
        seen: dict[str, str] = {}
        for where, row in self.tables[table]:
            self._need(
                bool(_CODE.fullmatch(row["code"])), where, f"code {row['code']!r} is not of the form a-b-1"
            )
            if row["code"] in seen:
                self.problems.append(f"{where}: code {row['code']!r} is already at {seen[row['code']]}")
            seen.setdefault(row["code"], where)
        if table == "sources":
            for where, row in self.tables[table]:
                date = row["published"]
                self._need(
                    not date or bool(_DATE.fullmatch(date)), where, f"published {date!r} is not an ISO date"
                )

    def _need(self, condition: bool, where: str, problem: str) -> None:
        if not condition:
            self.problems.append(f"{where}: {problem}")

    def _one_of(
        self, where: str, row: Row, column: str, known: frozenset[str] | tuple[str, ...] | set[str]
    ) -> None:
        self._need(row[column] in known, where, f"{column} {row[column]!r} is unknown")

    def _number(self, where: str, row: Row, column: str) -> Decimal | None:
        try:
            value = Decimal(row[column])
        except InvalidOperation:
            value = Decimal("NaN")
        if value.is_finite():
            return value
        self.problems.append(f"{where}: {column} {row[column]!r} is not a number")
        return None

    def _provenance(self, where: str, row: Row, sources: set[str]) -> None:
        self._one_of(where, row, "source", sources)
        self._one_of(where, row, "certainty", CERTAINTIES)

    def _flows(self) -> None:
        for where, row in self.tables["flows"]:
            self._one_of(where, row, "part", PARTS)
            self._one_of(where, row, "gas", GASES)
            self._one_of(where, row, "aircraft", ("0", "1"))
            fossil = row["aircraft"] != "1" or row["part"] == "fossil"
            self._need(fossil, where, "an aircraft flow is fossil")

    def _gwp(self) -> None:
        flows, sources = self._codes("flows"), self._codes("sources")
        sets: dict[str, set[str]] = {}
        for where, row in self.tables["gwp"]:
            self._one_of(where, row, "gwp_set", GWP_SETS)
            self._one_of(where, row, "flow", flows)
            self._provenance(where, row, sources)
            self._number(where, row, "gwp100")
            found = sets.setdefault(row["flow"], set())
            self._need(
                row["gwp_set"] not in found, where, f"a second {row['gwp_set']} factor for {row['flow']!r}"
            )
            found.add(row["gwp_set"])
        for where, row in self.tables["flows"]:
            wanted = 1 if row["gas"] == "unspecified" else len(GWP_SETS)
            have = len(sets.get(row["code"], ()))
            self._need(
                have == wanted, where, f"{row['code']!r} has factors in {have} GWP set(s), not {wanted}"
            )

    def _datasets(self) -> None:
        sources = self._codes("sources")
        both = self._codes("flows") & self._codes("datasets")
        used = {row["dataset"] for _, row in self.tables["exchanges"]}
        for where, row in self.tables["datasets"]:
            self._provenance(where, row, sources)
            self._one_of(where, row, "kind", KINDS)
            self._one_of(where, row, "boundary", BOUNDARIES)
            self._one_of(where, row, "place", set(places.regions()))
            self._one_of(where, row, "unit", set(units.DIMENSIONS))
            self._one_of(where, row, "complete", ("0", "1"))
            self._one_of(where, row, "gwp_set_assumed", ("0", "1"))
            self._need(
                bool(re.fullmatch(r"(19|20)\d\d", row["year"])), where, f"year {row['year']!r} is not a year"
            )
            self._need(row["code"] in used, where, f"{row['code']!r} has no exchange")
            self._need(row["code"] not in both, where, f"{row['code']!r} is also the code of a flow")

    def _exchanges(self) -> None:
        sources, datasets = self._codes("sources"), self._codes("datasets")
        inputs = datasets | self._codes("flows")
        seen: dict[tuple[str, ...], str] = {}
        for where, row in self.tables["exchanges"]:
            self._one_of(where, row, "dataset", datasets)
            self._one_of(where, row, "input", inputs)
            self._provenance(where, row, sources)
            self._need(row["dataset"] != row["input"], where, f"{row['dataset']!r} is its own input")
            self._number(where, row, "published")
            for column in ("multiply", "divide"):
                value = self._number(where, row, column) if row[column] else Decimal(1)
                self._need(value != 0, where, f"{column} is zero")
            key = tuple(row.values())
            self._need(key not in seen, where, f"the same exchange is already at {seen.get(key)}")
            seen.setdefault(key, where)
