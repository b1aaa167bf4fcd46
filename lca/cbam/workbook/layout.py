"""The sheets and columns of the workbook, read from ``layout.toml`` and the types of ``lca.cbam.monitoring``.

Rules
1. Every field of the model has exactly one column; what a column holds follows from the field's type.
2. A field without a default is needed; an empty cell of any other means the field's default.
3. A nested record that may be None is there when at least one of its cells is filled.
4. A factor is five columns: value, unit, source, reference, evidence.

Example: ``sheets()["streams"].column("ncv.value").header("en") == "NCV"``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from lca.cbam import monitoring as model
from lca.cbam.workbook.words import normalise

MAX_ROWS = 5_000
"""Rows read from one sheet; more is a finding."""
SHARED = ("streams", "measured", "pfc", "other", "transfers")
"""Sheets whose records have shares; a single one stands in the column ``sink``."""
SINK = "sink"


class Kind(StrEnum):
    """What a cell holds. PERCENT is 0 to 100 for a fraction of the model, HUNDRED a percentage also there."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    PERCENT = "percent"
    HUNDRED = "hundred"
    TRUTH = "truth"
    DATE = "date"
    CHOICE = "choice"
    AMONG = "among"
    AMONGS = "amongs"
    COUNTRY = "country"
    REF = "ref"
    REFS = "refs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One of a good's parameters, as a row."""

    key: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column, or a row of the installation form. ``hint`` is (Chinese, English).

    ``key`` is the field's path; ``groups`` are the prefixes of records on it that may be None; ``blank`` is what an
    empty cell means (MISSING: it must be filled); ``words`` names the table of a choice; ``to`` what a reference names;
    ``link``: it names the row's parent.
    """

    key: str
    zh: str
    en: str
    unit: str
    kind: Kind
    hint: tuple[str, str]
    groups: tuple[str, ...]
    blank: Any
    choice: type[StrEnum] | None
    words: str
    to: tuple[str, ...]
    also: tuple[str, ...]
    link: bool

    @property
    def required(self) -> bool:
        """True when it must be filled wherever its record is there."""
        return self.blank is MISSING

    def name(self, language: str) -> str:
        """The header without its unit."""
        return self.zh if language == "zh" else self.en

    def header(self, language: str) -> str:
        """The header in one language, with the unit in brackets."""
        return f"{self.name(language)} ({self.unit})" if self.unit else self.name(language)

    @property
    def both(self) -> str:
        """The header in both languages, for a sentence."""
        name = self.zh if self.zh == self.en else f"{self.zh} / {self.en}"
        return f"{name} ({self.unit})" if self.unit else name

    @cached_property
    def spellings(self) -> frozenset[str]:
        """Normalised headers that mean this column, without units."""
        written = (self.zh, self.en, f"{self.zh}{self.en}", self.key, *self.also)
        return frozenset(normalise(text) for text in written)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet. ``parent`` is the sheet whose rows its own rows belong to, named by the first column, or empty.

    The parent ``shared`` means any of :data:`SHARED`. The parent's column is no field of the record.
    """

    key: str
    zh: str
    en: str
    also: tuple[str, ...]
    note: tuple[str, str]
    parent: str
    record: type[Any]
    columns: tuple[Column, ...]

    def name(self, language: str) -> str:
        """The sheet's name in one language."""
        return self.zh if language == "zh" else self.en

    @cached_property
    def spellings(self) -> frozenset[str]:
        """Normalised sheet names that mean this sheet."""
        return frozenset(
            normalise(text) for text in (self.zh, self.en, f"{self.zh}{self.en}", self.key, *self.also)
        )

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        """Columns by key, in their order."""
        return {column.key: column for column in self.columns}

    @cached_property
    def by_spelling(self) -> Mapping[str, Column]:
        """Columns by normalised header."""
        return {spelling: column for column in self.columns for spelling in column.spellings}

    @property
    def has_ids(self) -> bool:
        """True when its rows are named by an ``id``."""
        return "id" in self.by_key

    def column(self, key: str) -> Column:
        """A column by key."""
        return self.by_key[key]


RECORDS: dict[str, type[Any]] = {
    "installation": model.Monitoring,
    "processes": model.Process,
    "goods": model.Good,
    "routes": model.RouteShare,
    "compositions": model.Composition,
    "parameters": Parameter,
    "streams": model.SourceStream,
    "measured": model.MeasuredSource,
    "pfc": model.PfcSource,
    "other": model.OtherSource,
    "transfers": model.Transfer,
    "shares": model.Share,
    "units": model.TechnicalUnit,
    "heat": model.HeatFlow,
    "waste_gas": model.WasteGasFlow,
    "electricity": model.ElectricitySource,
    "electricity_uses": model.ElectricityUse,
    "electricity_exports": model.ElectricityExport,
    "own_uses": model.OwnUse,
    "precursors": model.Precursor,
    "precursor_uses": model.PrecursorUse,
    "carbon_prices": model.CarbonPrice,
    "evidence": model.Evidence,
}
"""What one row of each sheet is; ``installation`` is a form, its rows are fields of the whole."""

_WORDS: dict[type[StrEnum], str] = {
    model.Basis: "basis",
    model.Method: "method",
    model.FactorSource: "factor-source",
    model.PfcMethod: "pfc-method",
    model.UnitKind: "unit-kind",
    model.ElectricityKind: "electricity-kind",
    model.TransferKind: "transfer-kind",
    model.Allocation: "allocation",
    model.PrecursorChoice: "precursor-choice",
}

_FACTOR = (
    ("value", "", "", ("", "")),
    ("unit", "单位", " unit", ("从列表选", "Choose from the list")),
    (
        "source",
        "来源",
        " source",
        ("从列表选；不能用生命周期数据库", "From the list; no life-cycle database"),
    ),
    ("reference", "依据", " reference", ("文件、表号、年份", "Document, table, year")),
    ("evidence", "证据", " evidence", ("证据表的编号", "IDs of Evidence")),
)
"""Rule 4: field, what it adds to the header in both languages, hint."""


@cache
def sheets() -> dict[str, Sheet]:
    """Every sheet that is read, by key, in the order of the workbook."""
    text = resources.files("lca.cbam.workbook").joinpath("layout.toml").read_text(encoding="utf-8")
    return {key: _sheet(key, table) for key, table in tomllib.loads(text).items()}


def _sheet(key: str, table: Mapping[str, Any]) -> Sheet:
    record = RECORDS[key]
    rows = [one for entry in table["columns"] for one in _expanded(entry)]
    return Sheet(
        key=key,
        zh=table["zh"],
        en=table["en"],
        also=tuple(table.get("also", ())),
        note=(table["note"][0], table["note"][1]),
        parent=table.get("parent", ""),
        record=record,
        columns=tuple(_column(record, row) for row in rows),
    )


def _expanded(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Rule 4."""
    if entry.get("kind") != "factor":
        return [entry]
    made: list[Mapping[str, Any]] = []
    for name, zh, en, hint in _FACTOR:
        row: dict[str, Any] = {
            "key": f"{entry['key']}.{name}",
            "zh": entry["zh"] + zh,
            "en": entry["en"] + en,
        }
        row["hint"] = hint
        if name == "value":
            row |= {"hint": entry.get("hint", hint), "also": entry.get("also", ())}
        elif name == "unit":
            row |= {"kind": "among", "words": entry["units"]}
        elif name == "source":
            row["blank"] = model.FactorSource.UNSTATED
        elif name == "evidence":
            row["to"] = ["evidence"]
        made.append(row)
    return made


def _column(record: type[Any], row: Mapping[str, Any]) -> Column:
    hint = row.get("hint", ("", ""))
    groups: tuple[str, ...] = ()
    blank: Any = MISSING
    kind, choice = Kind.REF, None
    if row["key"] == SINK and record is not model.Share:
        blank = ""
    elif not row.get("link"):
        leaf, groups, blank = _field(record, row["key"])
        kind, choice = _kind(leaf, row)
    return Column(
        key=row["key"],
        zh=row["zh"],
        en=row["en"],
        unit=row.get("unit", ""),
        kind=kind,
        hint=(hint[0], hint[1]),
        groups=groups,
        blank=MISSING if row.get("needed") else row.get("blank", blank),
        choice=choice,
        words=_WORDS[choice] if choice else row.get("words", ""),
        to=tuple(row.get("to", ())),
        also=tuple(row.get("also", ())),
        link=bool(row.get("link", False)),
    )


def _kind(leaf: Any, row: Mapping[str, Any]) -> tuple[Kind, type[StrEnum] | None]:
    if "kind" in row:
        return Kind(row["kind"]), None
    if isinstance(leaf, type) and issubclass(leaf, StrEnum):
        return Kind.CHOICE, leaf
    if get_origin(leaf) is tuple:
        return Kind.REFS, None
    plain = {str: Kind.TEXT, float: Kind.NUMBER, int: Kind.INTEGER, bool: Kind.TRUTH, date: Kind.DATE}
    return plain[leaf], None


def _field(record: type[Any], key: str) -> tuple[Any, tuple[str, ...], Any]:
    """Type of a field by its path, the optional records on the path, and its default (rules 2 and 3)."""
    groups: list[str] = []
    names = key.split(".")
    for depth, name in enumerate(names):
        hint, optional = _bare(hints(record)[name])
        default = next(one for one in fields(record) if one.name == name).default
        if depth == len(names) - 1:
            return hint, tuple(groups), default
        if not is_dataclass(hint) or not isinstance(hint, type):
            raise LookupError(f"{record.__name__}.{name} is no record: {key}")
        if optional:
            groups.append(".".join(names[: depth + 1]) + ".")
        record = hint
    raise LookupError(key)


def _bare(hint: Any) -> tuple[Any, bool]:
    """A type without None, and whether None was there."""
    if get_origin(hint) in (Union, UnionType):
        rest = [one for one in get_args(hint) if one is not NoneType]
        return rest[0], True
    return hint, False


def hints(record: type[Any]) -> dict[str, Any]:
    """The types of a record's fields."""
    key: Any = record
    return _hints(key)


@cache
def _hints(record: type[object]) -> dict[str, Any]:
    return get_type_hints(record)


def nested(hint: Any) -> tuple[type[Any], bool] | None:
    """(record type, may be None) of a field that holds one nested record; None for any other field."""
    bare, optional = _bare(hint)
    return (bare, optional) if isinstance(bare, type) and is_dataclass(bare) else None
