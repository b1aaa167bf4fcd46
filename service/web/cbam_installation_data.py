"""What the pages of an installation's data show: kinds of records, their tables, one record with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from lca.cbam.monitoring import Evidence, Monitoring
from lca.cbam.workbook.layout import SHARED, Column, Kind
from lca.findings import Finding, Severity
from service.usecases import accounts
from service.usecases.access import Actor, Permission, allowed
from service.usecases.cbam import calculating, installations
from service.usecases.cbam.installations import Entered, InstallationView
from service.usecases.services import Services
from service.web import cbam_installation_words as words
from service.web.cbam_installation_forms import Subject
from service.web.cbam_installation_records import (
    COLLECTIONS,
    HEAD,
    NUMERIC,
    Addresses,
    Record,
    columns_of,
    note_of,
    part_of,
    record_of,
    records_of,
    sheet_of,
    shown_columns,
)
from service.web.formats import moment
from service.web.i18n import language
from service.web.listing import Cell, Filter, ListSpec
from service.web.listing import Column as ListColumn

TERMS = {
    "streams": "source-stream",
    "pfc": "pfc",
    "transfers": "co2-transfer",
    "units": "chp",
    "heat": "measurable-heat",
    "waste_gas": "waste-gas",
    "electricity": "electricity-factor",
    "electricity_uses": "indirect-emissions",
    "processes": "production-process",
    "goods": "activity-level",
    "own_uses": "precursor",
    "precursors": "precursor",
    "carbon_prices": "carbon-price",
    HEAD: "installation",
}
"""The legal term that a kind of record is about."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of record: its name, note and count, and how many errors and other findings name its records."""

    collection: str
    name: str
    note: str
    count: int
    errors: int
    others: int


@dataclass(frozen=True, slots=True)
class IndexPage:
    """All kinds of records; those in use first."""

    view: InstallationView
    kinds: tuple[Kept, ...]
    may_edit: bool

    @property
    def used(self) -> tuple[Kept, ...]:
        """Kinds with records."""
        return tuple(one for one in self.kinds if one.count)

    @property
    def empty(self) -> tuple[Kept, ...]:
        """Kinds without."""
        return tuple(one for one in self.kinds if not one.count)


@dataclass(frozen=True, slots=True)
class TablePage:
    """The table of one kind of record; ``rows`` of the head are its fields."""

    view: InstallationView
    collection: str
    name: str
    note: str
    term: str
    rows: tuple[Any, ...]
    may_edit: bool


@dataclass(frozen=True, slots=True)
class HeadRow:
    """One field of the head."""

    column: Column
    record: Record
    entered: Entered | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What stands beside the form of a record: evidence, who changed it last, findings, its trace."""

    view: InstallationView
    subject: Subject
    title: str
    sheet: str
    note: str
    term: str
    evidence: tuple[Evidence, ...]
    unknown: tuple[str, ...]
    entered: Entered | None
    names: Mapping[str, str]
    findings: tuple[Finding, ...]
    links: Addresses
    may_edit: bool
    trace: str = ""

    @property
    def new(self) -> bool:
        """True for a record that is not there yet."""
        return self.subject.record is None


def index_page(actor: Actor, key: str, services: Services) -> IndexPage:
    """Raises NotAllowed, NotFound."""
    view = installations.get(actor, key, services)
    records = records_of(view.data)
    told: dict[Severity, Counter[str]] = {severity: Counter() for severity in Severity}
    where = {one.key: name for name, listed in records.items() for one in listed}
    for finding in calculating.check(actor, key, services):
        told[finding.severity][where.get(finding.place.line, HEAD)] += 1
    kinds = [_kind(HEAD, 1, told), *(_kind(name, len(records[name]), told) for name in COLLECTIONS)]
    return IndexPage(view, tuple(kinds), allowed(actor, Permission.CBAM_EDIT))


def table_page(actor: Actor, key: str, collection: str, services: Services) -> TablePage:
    """Raises NotAllowed, NotFound."""
    view = installations.get(actor, key, services)
    entered = installations.entered(actor, key, services)
    head = collection == HEAD
    return TablePage(
        view=view,
        collection=collection,
        name=sheet_of(collection).name(language()),
        note=note_of(collection),
        term=TERMS.get(collection, ""),
        rows=tuple(_head_rows(view.data, entered)) if head else records_of(view.data, entered)[collection],
        may_edit=allowed(actor, Permission.CBAM_EDIT),
    )


def table_spec(key: str, collection: str, data: Monitoring, *, whole: bool) -> ListSpec:
    """The list of a collection; ``whole`` has every column of the workbook."""
    if collection == HEAD:
        return _head_spec(key)
    columns = columns_of(collection) if whole else shown_columns(collection)
    first = ListColumn("record", _l("Record"), lambda r: r.key, lambda r: _link(key, collection, r))
    made = [_column(one) for one in columns if one.key != "id"]
    last = ListColumn("changed", _l("Last changed"), lambda r: r.entered.at if r.entered else None, _changed)
    return ListSpec(
        endpoint="cbam_data.table",
        values={"key": key, "collection": collection},
        columns=(first, *made, last),
        filters=_filters(collection, columns, data),
        filename=f"cbam-{collection}",
    )


def record_page(actor: Actor, key: str, subject: Subject, services: Services) -> RecordPage:
    """Raises NotAllowed, NotFound."""
    view = installations.get(actor, key, services)
    record, collection = subject.record, subject.collection
    links = Addresses(key, view.data)
    named = _evidence_of(record)
    known = {one.id: one for one in view.data.evidence}
    entered = None
    if record is not None:
        place = record.key if collection == HEAD else f"{collection}/{record.key}"
        entered = installations.entered(actor, key, services).get(place)
    told = calculating.check(actor, key, services) if record is not None else ()
    return RecordPage(
        view=view,
        subject=subject,
        title=_title(subject),
        sheet=sheet_of(collection).name(language()),
        note=note_of(collection),
        term=TERMS.get(collection, ""),
        evidence=tuple(known[one] for one in named if one in known),
        unknown=tuple(one for one in named if one not in known),
        entered=entered,
        names=accounts.names(actor, frozenset({entered.person_id}), services) if entered else {},
        findings=tuple(one for one in told if record is not None and one.place.line == record.key),
        links=links,
        may_edit=allowed(actor, Permission.CBAM_EDIT),
        trace=_trace(links, subject),
    )


def _trace(links: Addresses, subject: Subject) -> str:
    if subject.record is None:
        return ""
    if subject.collection in SHARED:
        return links.trace(subject.record.key)
    return links.process(subject.record.key) if subject.collection == "processes" else ""


def _kind(collection: str, count: int, told: Mapping[Severity, Counter[str]]) -> Kept:
    others = sum(told[one][collection] for one in (Severity.WARNING, Severity.NOTE))
    return Kept(
        collection,
        sheet_of(collection).name(language()),
        note_of(collection),
        count,
        told[Severity.ERROR][collection],
        others,
    )


def _title(subject: Subject) -> str:
    if subject.collection == HEAD:
        return words.of(words.PARTS, subject.part)
    if subject.record is None:
        return str(_l("New record"))
    row = subject.record.row
    name = row.get("name") or row.get("document") or ""
    return f"{subject.record.key} {name}".strip()


def _evidence_of(record: Record | None) -> tuple[str, ...]:
    """Every evidence a record names, also inside of its factors, each once."""
    if record is None:
        return ()
    fields = ("evidence", "documents", "separate_evidence")
    found = [
        one
        for key, value in record.row.items()
        if key.rpartition(".")[2] in fields and isinstance(value, tuple)
        for one in value
    ]
    return tuple(dict.fromkeys(found))


def _head_rows(data: Monitoring, entered: Mapping[str, Entered]) -> list[HeadRow]:
    found = []
    for column in sheet_of(HEAD).columns:
        part = part_of(column)
        record = record_of(data, HEAD, part)
        if record is not None:
            found.append(HeadRow(column, record, entered.get(part)))
    return found


def _head_spec(key: str) -> ListSpec:
    def edit(row: HeadRow) -> Cell:
        name = row.column.header(language())
        if row.column.key == "basis":
            return Cell(name)
        part = part_of(row.column)
        href = url_for("cbam_data.record", key=key, collection=HEAD, record=part)
        return Cell(name, href=href)

    return ListSpec(
        endpoint="cbam_data.table",
        values={"key": key, "collection": HEAD},
        filename="cbam-head",
        filters=(Filter("part", _l("Part"), tuple(words.PARTS.items())),),
        columns=(
            ListColumn("field", _l("Field"), lambda r: r.column.header(language()), edit),
            ListColumn(
                "part",
                _l("Part"),
                lambda r: part_of(r.column),
                lambda r: Cell(words.of(words.PARTS, part_of(r.column))),
            ),
            ListColumn(
                "value",
                _l("Value"),
                lambda r: r.record.value(r.column),
                lambda r: Cell(r.record.shown(r.column)),
            ),
            ListColumn(
                "changed", _l("Last changed"), lambda r: r.entered.at if r.entered else None, _changed
            ),
        ),
    )


def _column(column: Column) -> ListColumn:
    def value(row: Record) -> Any:
        found = row.value(column)
        return float(found) if column.kind in NUMERIC and found is not None else found

    return ListColumn(
        column.key.replace(".", "-"),
        column.header(language()),
        value,
        lambda row: Cell(row.shown(column)),
        numeric=column.kind in NUMERIC,
    )


def _filters(collection: str, columns: tuple[Column, ...], data: Monitoring) -> tuple[Filter, ...]:
    """A choice for each column of choices that the records use in more than one way."""
    found = []
    listed = records_of(data)[collection]
    for column in columns:
        if column.kind in (Kind.CHOICE, Kind.AMONG, Kind.REF, Kind.COUNTRY):
            used = sorted({str(one.value(column)) for one in listed if one.value(column)})
            if len(used) > 1:
                options = tuple((one, one) for one in used)
                found.append(Filter(column.key.replace(".", "-"), column.header(language()), options))
    return tuple(found)


def _link(key: str, collection: str, row: Record) -> Cell:
    href = url_for("cbam_data.record", key=key, collection=collection, record=row.key)
    return Cell(row.key, href=href)


def _changed(row: Any) -> Cell:
    if row.entered is None:
        return Cell("—")
    return Cell(moment(row.entered.at), _l("version %(number)d", number=row.entered.number))
