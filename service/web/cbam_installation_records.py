"""Records of an installation's data as its pages list and name them: one table per sheet of the workbook.

Rules
1. Names of collections and fields, and the words of choices, are those of the workbook's layout.
2. A record's address follows from its id, or from ``#n``, its place from 1, where its kind has no ids.
3. What a finding names (an id, or ``A → B`` for a flow without one) leads to the form of that record.

Example: ``Addresses(key, data).of("S1")`` is the form of source stream S1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lca.cbam.monitoring import Monitoring
from lca.cbam.workbook import words as book_words
from lca.cbam.workbook.encode import encode
from lca.cbam.workbook.layout import SHARED, SINK, Column, Kind, Sheet, sheets
from lca.cbam.workbook.records import rows as book_rows
from service.usecases.cbam.records import PARTS
from service.web.formats import DASH, exact, place
from service.web.i18n import language

COLLECTIONS = (
    *("processes", "goods", "streams", "measured", "pfc", "other", "transfers"),
    *("units", "heat", "waste_gas", "electricity", "electricity_uses", "electricity_exports"),
    *("own_uses", "precursors", "carbon_prices", "evidence"),
)
"""Every collection, in the order in which people fill them in."""
HEAD = "head"
NUMERIC = (Kind.NUMBER, Kind.INTEGER, Kind.PERCENT, Kind.HUNDRED)

SHOWN = {
    "streams": ("name", "method", "activity", "activity_unit", SINK, "evidence"),
    "measured": ("name", "gas", "annual_tonnes", "concentration_g_per_nm3", SINK, "evidence"),
    "pfc": ("name", "method", "aluminium_t", "technology", SINK, "evidence"),
    "other": ("name", "emissions_t", "method", SINK, "evidence"),
    "transfers": ("name", "kind", "fossil_t", "stored_fraction", "partner", SINK),
    "units": ("name", "kind", "net_heat_tj", "net_electricity_mwh", "evidence"),
    "heat": ("origin", "destination", "heat_tj", "factor.value", "evidence"),
    "waste_gas": ("origin", "destination", "energy_tj", "evidence"),
    "electricity": ("name", "kind", "amount_mwh", "factor.value", "factor.reference", "supplier"),
    "electricity_uses": ("process", "amount_mwh", "sources", "reason", "evidence"),
    "electricity_exports": ("process", "amount_mwh", "factor.value", "evidence"),
    "processes": ("name", "category", "route", "activity_level", "direct_emissions_t"),
    "goods": ("process", "cn", "name", "produced_t", "sold_t", "evidence"),
    "own_uses": ("origin", "destination", "good", "amount", "evidence"),
    "precursors": ("name", "cn", "country", "choice", "supplier", "purchased"),
    "carbon_prices": ("good", "instrument", "price", "currency", "covered_t"),
    "evidence": ("document", "meter", "period.start", "period.end", "entered_by", "entered_on"),
}
"""Columns of each table on the page; files hold all of them."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record in its table: its key (id or ``#n``), its row in the workbook's terms, who changed it last."""

    key: str
    row: Mapping[str, Any]
    entered: Any = None
    split: str = ""

    def value(self, column: Column) -> Any:
        """The raw value: to sort by, and for files. A choice is its word; a fraction its percentage."""
        if column.key == SINK and self.split:
            return self.split
        value = self.row.get(column.key, column.blank if not column.required else None)
        if value is None or value == "" or value == ():
            return None
        if column.kind in (Kind.REFS, Kind.REF):
            return value if isinstance(value, str) else "; ".join(value)
        shown = encode(value, column, language())
        return shown if isinstance(shown, float | int | str) else str(shown)

    def shown(self, column: Column) -> str:
        """The value as the page shows it."""
        value = self.value(column)
        if value is None:
            return DASH
        if column.kind in NUMERIC:
            return exact(f"{float(value):.15g}") + (" %" if column.kind is Kind.PERCENT else "")
        if column.kind is Kind.COUNTRY:
            return place(value)
        if column.kind is Kind.REF or column.key == SINK:
            return place_word(str(value))
        return str(value)


@dataclass(frozen=True)
class Addresses:
    """Where the records of one installation are edited, and where what was calculated of them is shown."""

    key: str
    data: Monitoring

    def of(self, line: str) -> str:
        """The form of what a finding or result names (rule 3); empty where nothing has that name."""
        found = self._places.get(line)
        return self.record(*found) if found else ""

    def record(self, collection: str, record: str) -> str:
        """The form of a record."""
        return url_for("cbam_data.record", key=self.key, collection=collection, record=record)

    def trace(self, source: str) -> str:
        """How the emissions of a source come about."""
        return url_for("cbam_data.source", key=self.key, source=source)

    def process(self, process: str) -> str:
        """The process taken apart."""
        return url_for("cbam_data.process", key=self.key, process=process)

    @cached_property
    def _places(self) -> dict[str, tuple[str, str]]:
        """Collection and key by every name a record goes by; of two the first."""
        found: dict[str, tuple[str, str]] = {}
        for collection, listed in records_of(self.data).items():
            for one in listed:
                found.setdefault(one.key, (collection, one.key))
                if "origin" in one.row and "destination" in one.row:
                    found.setdefault(f"{one.row['origin']} → {one.row['destination']}", (collection, one.key))
        return found


def records_of(data: Monitoring, entered: Mapping[str, Any] | None = None) -> dict[str, tuple[Record, ...]]:
    """Every record of the data by collection."""
    made = book_rows(data)
    splits = _splits(made["shares"])
    found: dict[str, tuple[Record, ...]] = {}
    for collection in COLLECTIONS:
        listed = []
        for number, row in enumerate(made[collection], 1):
            key = str(row.get("id") or f"#{number}")
            by = (entered or {}).get(f"{collection}/{key}")
            listed.append(Record(key, row, by, splits.get(key, "") if collection in SHARED else ""))
        found[collection] = tuple(listed)
    return found


def record_of(data: Monitoring, collection: str, key: str) -> Record | None:
    """One record, or None."""
    if collection == HEAD:
        return Record(key, book_rows(data)["installation"][0]) if key in PARTS else None
    return next((one for one in records_of(data).get(collection, ()) if one.key == key), None)


def columns_of(collection: str) -> tuple[Column, ...]:
    """All columns of a collection's sheet."""
    return sheets()[collection].columns


def shown_columns(collection: str) -> tuple[Column, ...]:
    """The columns of its table on the page."""
    sheet = sheets()[collection]
    return tuple(sheet.column(name) for name in SHOWN[collection])


def head_columns(part: str) -> dict[str, Column]:
    """Columns of a part of the head, by the name of the field inside of the part."""
    found = {}
    for column in sheets()["installation"].columns:
        owner, dot, name = column.key.partition(".")
        if dot and owner == part:
            found[name] = column
        elif not dot and part == "monitoring" and column.key != "basis":
            found[column.key] = column
    return found


def part_of(column: Column) -> str:
    """The part of the head a column belongs to."""
    owner, dot, _ = column.key.partition(".")
    return owner if dot else "monitoring"


def sheet_of(collection: str) -> Sheet:
    """The sheet of the workbook that a collection is, the head's included."""
    return sheets()["installation" if collection == HEAD else collection]


def note_of(collection: str) -> str:
    """What the workbook says about the sheet; the head is a form there and a table here."""
    if collection == HEAD:
        return _("The installation, the period, and what is said about the data as a whole.")
    return sheet_of(collection).note[0 if language() == "zh" else 1]


def place_word(name: str) -> str:
    """``outside`` and ``non-cbam`` in words; an id as it is."""
    return book_words.label("place", name, language()) or name


def _splits(shares: list[dict[str, Any]]) -> dict[str, str]:
    """Sinks of the records that several share, as ``P1 65 %; P2 35 %``."""
    found: dict[str, list[str]] = {}
    for share in shares:
        part = exact(f"{share['fraction'] * 100:.6g}")
        found.setdefault(share["record"], []).append(f"{place_word(share['sink'])} {part} %")
    return {record: "; ".join(parts) for record, parts in found.items()}
