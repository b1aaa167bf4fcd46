"""What the pages of the reference tables show: every table, its rows, and what a newer workbook would change.

A figure keeps the digits it is published with: sorting takes its value, page and CSV its text.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from service.usecases.access import Actor
from service.usecases.cbam import staging, tables
from service.usecases.cbam.staging import Staged
from service.usecases.cbam.tables import Import, Preview, TableView
from service.usecases.services import Services
from service.web import words
from service.web.cbam_goods import SECTORS
from service.web.formats import cut, day, number, percent, place, short
from service.web.listing import Cell, Column, Filter, ListSpec

if TYPE_CHECKING:
    from databases.cbam.editions import Change
    from databases.cbam.shelf import Edition
    from databases.cbam.values import TableInfo

NAMES = {
    "benchmarks": _l("Benchmarks, columns A and B"),
    "carbonates": _l("Standard factors: carbonates"),
    "categories": _l("Goods categories"),
    "defaults": _l("Default values by country"),
    "exempt": _l("Exempt countries and territories"),
    "fuels": _l("Standard factors: fuels"),
    "goods": _l("Goods of Annex I"),
    "gwp": _l("Global warming potentials"),
    "headings": _l("Headings of the Combined Nomenclature"),
    "highest_defaults": _l("Highest default values (country unknown)"),
    "national_fuels": _l("National fuel factors (type II)"),
    "oxides": _l("Standard factors: oxides"),
    "pfc": _l("PFC factors of aluminium"),
    "prices": _l("Certificate prices"),
    "process_materials": _l("Standard factors: materials of iron and steel"),
    "reference_efficiencies": _l("Reference efficiencies of heat and electricity"),
    "retired": _l("CN codes that were replaced"),
    "routes": _l("Production routes"),
    "schedule": _l("Yearly values: CBAM factor, correction factor, mark-up"),
    "sources": _l("Legal acts and other sources"),
}
COLUMNS = {
    "benchmark": _l("Benchmark"),
    "built_from": _l("Built from"),
    "built_to": _l("Built to"),
    "c2f6_fraction": _l("C₂F₆ per CF₄"),
    "carbon_content": _l("Carbon content, tC/t"),
    "carbon_t_per_tj": _l("Carbon, t/TJ"),
    "category": _l("Category"),
    "cf4_factor": _l("CF₄ factor"),
    "cn": _l("CN code"),
    "code": _l("Code"),
    "column": _l("Column"),
    "country": _l("Country"),
    "direct": _l("Direct"),
    "direct_only": _l("Direct only"),
    "emission_factor": _l("Emission factor"),
    "from_year": _l("From year"),
    "gas": _l("Gas"),
    "gases": _l("Gases"),
    "heading": _l("Heading"),
    "indirect": _l("Indirect"),
    "item": _l("Value"),
    "joint_precursors": _l("Precursors in a joint process"),
    "key": _l("Key"),
    "kind": _l("Kind"),
    "letter": _l("Letter"),
    "licence": _l("Licence"),
    "locator": _l("Place in the source"),
    "mark": _l("Mark"),
    "medium": _l("Medium"),
    "method": _l("Method"),
    "name_en": _l("Name (English)"),
    "name_zh": _l("Name (Chinese)"),
    "ncv": _l("Net calorific value"),
    "ncv_unit": _l("Its unit"),
    "number": _l("Number"),
    "oxidation_factor": _l("Oxidation factor"),
    "percent": _l("Percent"),
    "precursors": _l("Precursors"),
    "price": _l("Price, EUR"),
    "published": _l("Published"),
    "quarter": _l("Quarter"),
    "route": _l("Route"),
    "routes": _l("Routes"),
    "sector": _l("Sector"),
    "source": _l("Source"),
    "successors": _l("Replaced by"),
    "taric": "TARIC",
    "title": _l("Title"),
    "to_year": _l("To year"),
    "total": _l("Total, tCO₂e"),
    "unit": _l("Functional unit"),
    "url": _l("Address"),
    "value": _l("Value"),
    "variant": _l("Variant"),
    "week": _l("Week"),
    "year": _l("Year"),
}
ITEMS = {"cbam-factor": _l("CBAM factor"), "cscf": _l("Correction factor"), "markup": _l("Mark-up")}
KINDS = {"added": _l("New"), "removed": _l("Gone"), "changed": _l("Changed")}
TONES = {"added": "info", "removed": "warn", "changed": "neutral"}
FILES = {
    "default-workbook": _l("The Commission's workbook of default values"),
    "benchmark-workbook": _l("The Commission's workbook of benchmarks"),
    "form": _l("A form of our own tables"),
}
_FILTERED = {"defaults": "country", "benchmarks": "column", "schedule": "item", "goods": "sector"}
_SHOWN = {
    "defaults": "total",
    "highest_defaults": "total",
    "benchmarks": "value",
    "schedule": "value",
    "prices": "price",
}
_PREVIEWS: OrderedDict[tuple[str, ...], Preview] = OrderedDict()
_KEPT = 3


class Published(float):
    """A figure that is sorted by its value and written as it is published."""

    text: str

    def __new__(cls, text: str) -> Published:
        """Of the digits as published. Raises ValueError where they are no number."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __str__(self) -> str:
        """The digits as published."""
        return self.text


@dataclass(frozen=True, slots=True)
class Asked:
    """A staged workbook with the dates it is to be installed with."""

    staged: Staged
    published: date
    valid_from: date

    @property
    def command(self) -> Import:
        """For the use cases."""
        given = self.staged
        return Import(
            filename=given.filename, data=given.data, published=self.published, valid_from=self.valid_from
        )

    @property
    def values(self) -> dict[str, str]:
        """For an address."""
        dates = {"published": self.published.isoformat(), "valid_from": self.valid_from.isoformat()}
        return {"staged": self.staged.key, **dates}


def tables_spec(form: str) -> ListSpec:
    """The list of tables: the page puts what belongs together into one cell, CSV and JSON have every column."""
    shown = (
        Column("table", _l("Table"), lambda i: i.table, _name_cell),
        Column("rows", _l("Rows"), lambda i: i.rows, lambda i: Cell(number(i.rows, 9)), numeric=True),
        Column("source", _l("Source"), lambda i: i.source, _source_cell),
        Column("published", _l("Published"), lambda i: i.published, lambda i: Cell(dated(i.published))),
        Column("valid_from", _l("Valid from"), lambda i: i.valid_from, _valid_cell),
        Column("mark", _l("Mark"), lambda i: i.mark),
        Column("edition", _l("Edition"), lambda i: i.edition, _edition_cell),
    )
    more = (
        Column("version", _l("Version"), lambda i: i.version),
        Column("valid_to", _l("Valid to"), lambda i: i.valid_to),
        Column("url", _l("Address"), lambda i: i.url),
        Column("licence", _l("Licence"), lambda i: i.licence),
        Column("sha256", "SHA-256", lambda i: i.sha256),
    )
    columns = shown if form == "html" else (*shown, *more)
    return ListSpec(endpoint="cbam_tables.list_", filename="cbam-tables", columns=columns)


def rows_spec(view: TableView) -> ListSpec:
    """The rows of one table; codes of countries, sectors and items have their words on the page."""
    table = view.info.table
    name = _FILTERED.get(table, "")
    filters: tuple[Filter, ...] = ()
    if name:
        codes = sorted({row[name] for row in view.rows}, key=lambda code: (code != "CN", code))
        filters = (Filter(name, COLUMNS[name], tuple((code, _word(name, code)) for code in codes)),)
    return ListSpec(
        endpoint="cbam_tables.show",
        values={"table": table},
        filename=f"cbam-{table.replace('_', '-')}",
        columns=tuple(_column(key, view) for key in view.columns),
        filters=filters,
    )


def changes_spec(asked: Asked, preview: Preview) -> ListSpec:
    """What an import would change, row by row."""
    kinds = tuple((key, word) for key, word in KINDS.items())
    changed = tuple((table, name_of(table)) for table in preview.counts)
    return ListSpec(
        endpoint="cbam_tables.preview",
        values=asked.values,
        filename="cbam-tables-changes",
        columns=(
            Column("key", _l("Row"), lambda c: " ".join(filter(None, c.key)), _change_cell),
            Column("table", _l("Table"), lambda c: c.table, lambda c: Cell(name_of(c.table))),
            Column("kind", _l("Change"), lambda c: c.kind, lambda c: Cell(KINDS[c.kind], tone=TONES[c.kind])),
            Column("before", _l("Before"), lambda c: shown(c, c.before), numeric=True),
            Column("after", _l("After"), lambda c: shown(c, c.after), numeric=True),
            Column("relative", _l("Difference"), _relative, _relative_cell, numeric=True),
        ),
        filters=(
            Filter("kind", _l("Change"), kinds),
            *((Filter("table", _l("Table"), changed),) if len(changed) > 1 else ()),
        ),
    )


def previewed(actor: Actor, asked: Asked, services: Services) -> Preview:
    """The preview of a staged workbook; the last ones are remembered, so that filtering them is quick.

    Raises what :func:`service.usecases.cbam.tables.preview_import` raises.
    """
    digest = tables.overview(actor, services).digest
    key = (actor.person_id, digest, *asked.values.values())
    if key not in _PREVIEWS:
        _PREVIEWS[key] = tables.preview_import(actor, asked.command, services)
        while len(_PREVIEWS) > _KEPT:
            _PREVIEWS.popitem(last=False)
    return _PREVIEWS[key]


def largest_first(changes: Iterable[Change]) -> list[Change]:
    """Changes by how much a value changes; a row that is new or gone counts as a whole."""
    return sorted(changes, key=lambda c: -abs(c.relative) if c.relative is not None else Decimal(-1))


def asked(actor: Actor, key: str, values: Mapping[str, str], services: Services) -> Asked:
    """A staged workbook with dates out of an address. Raises NotFound, and Wrong for a day that is none."""
    from service.web.cbam_forms import needed_day

    staged = staging.take(actor, key, services)
    return Asked(staged, needed_day(values, "published"), needed_day(values, "valid_from"))


def name_of(table: str) -> str:
    """The name of a table."""
    return words.word(NAMES, table)


def dated(text: str) -> str:
    """A day where the text is one; a year stays a year."""
    return day(text) if len(text) == 10 else text or "—"


def tables_of_edition(edition: Edition) -> str:
    """Names of an edition's tables with their rows."""
    return "; ".join(f"{name_of(table)} ({rows})" for table, rows in edition.tables)


def shown(change: Change, row: Mapping[str, str] | None) -> str:
    """The value of a row before or after; for tables without one value, the cells that differ."""
    if row is None:
        return "—"
    column = _SHOWN.get(change.table)
    if column:
        return row[column]
    other = change.after if row is change.before else change.before
    return ", ".join(text for key, text in row.items() if text and (other is None or other[key] != text))


def _name_cell(info: TableInfo) -> Cell:
    return Cell(name_of(info.table), info.table, href=url_for("cbam_tables.show", table=info.table))


def _source_cell(info: TableInfo) -> Cell:
    return Cell(info.version, cut(info.source, 110), href=info.url)


def _valid_cell(info: TableInfo) -> Cell:
    return Cell(day(info.valid_from), f"– {day(info.valid_to)}" if info.valid_to else "")


def _edition_cell(info: TableInfo) -> Cell:
    digest = f"sha256 {short(info.sha256)}"
    if info.edition:
        return Cell(_l("imported"), f"{info.edition}, {digest}", tone="info")
    return Cell(_l("comes with Tanbiao"), digest)


def _column(key: str, view: TableView) -> Column:
    figures = [row[key] for row in view.rows if row[key] not in ("", "-", "=")]
    numeric = bool(figures) and key not in ("cn", "heading", "taric") and all(map(_is_number, figures))

    def value(row: Mapping[str, str]) -> Any:
        return Published(row[key]) if numeric and _is_number(row[key]) else row[key]

    def cell(row: Mapping[str, str]) -> Cell:
        if key == "url":
            return Cell(row[key], href=row[key])
        if row[key] == "=":
            return Cell(_l("= total"))
        return Cell(_word(key, row[key]))

    return Column(key, words.word(COLUMNS, key), value, cell, numeric=numeric)


def _word(key: str, code: str) -> Any:
    if key == "country":
        return _l("Other countries and territories") if code == "other" else place(code)
    return {"sector": SECTORS, "item": ITEMS}.get(key, {}).get(code, code)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text[:1].isdigit() or (text[:1] == "-" and len(text) > 1)


def _change_cell(change: Change) -> Cell:
    parts = list(change.key)
    if change.table == "defaults":
        return Cell(parts[1], f"{_word('country', parts[0])} {_variant(parts[2])}".strip(), code=True)
    return Cell(" ".join(filter(None, parts)))


def _variant(code: str) -> str:
    return str({"white": _l("white"), "grey": _l("grey")}.get(code, code))


def _relative(change: Change) -> float | None:
    return float(change.relative) if change.relative is not None else None


def _relative_cell(change: Change) -> Cell:
    if change.relative is None:
        return Cell("—")
    sign = "+" if change.relative > 0 else "−" if change.relative < 0 else ""
    return Cell(f"{sign}{percent(abs(change.relative) * 100)}")
