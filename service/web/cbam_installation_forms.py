"""Forms of an installation's records, made from the workbook's layout, and what was typed into them.

Rules
1. A form has one control for every column of the record's sheet; nested records are groups, records inside of it rows.
2. What was typed survives every refusal; what is wrong is said at its field, everything at once.
3. Percent is typed as percent and stored as a fraction. A number has a point and no separators: ``1,250`` is refused.
4. An empty row is no row. A verifier's report is no field here: it has a page of its own.

Example: ``typed(form_of(subject), request.form)`` gives the fields of ``editing.EditRecord``, or sentences by field.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from databases import places
from lca.cbam.monitoring import Monitoring
from lca.cbam.workbook import words as book_words
from lca.cbam.workbook.countries import as_country
from lca.cbam.workbook.encode import percent
from lca.cbam.workbook.layout import SHARED, SINK, Column, Kind, sheets
from lca.cbam.workbook.records import rows as book_rows
from service.web import cbam_installation_words as words
from service.web.cbam_installation_records import HEAD, Record, head_columns, place_word
from service.web.formats import place
from service.web.i18n import language

SPARE_ROWS = 2
MOST_ROWS = 500
LONG = frozenset({"note", "reason", "general", "default_justification", "assurance", "gaps", "notes"})
SET_BY_SERVICE = frozenset({"entered_by", "entered_on"})
NUMBERS = (Kind.NUMBER, Kind.INTEGER, Kind.PERCENT, Kind.HUNDRED)
CHILDREN: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(SHARED, (("shares", "shares"),))
CHILDREN |= {
    "goods": (("routes", "routes"), ("compositions", "compositions"), ("parameters", "parameters")),
    "precursors": (("precursor_uses", "uses"),),
}
"""Sheets of the records inside of a record, and the fields they stand in."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_SEPARATORS = re.compile(r"[;；,，、\s]+")

FILL_IN = _l("Fill in this field.")
NOT_A_NUMBER = _l("Write a number with a point and without separators, such as 1250.5.")
NOT_WHOLE = _l("Write a whole number.")
NOT_A_DAY = _l("Write a day such as 2026-01-31.")
NOT_OFFERED = _l("Choose one of the list.")
NEEDED_HERE = _l("Needed where something else of this group is filled in.")


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form. ``kind`` is text, long, number, date, truth, choice, or choices (several)."""

    name: str
    label: str
    kind: str
    value: Any
    column: Column
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    needed: bool = False
    error: Any = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Controls that belong together; ``open`` where something of it is filled in or wrong."""

    key: str
    title: Any
    controls: tuple[Control, ...]

    @property
    def open(self) -> bool:
        """Whether to show it unfolded."""
        plain = [one for one in self.controls if not one.name.endswith((".unit", ".source"))]
        return any(one.error or one.value not in ("", False, (), "0") for one in plain)


@dataclass(frozen=True, slots=True)
class Rows:
    """Records inside of a record; ``field`` is the name they are stored under."""

    field: str
    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Control, ...], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a record or of a part of the head."""

    plain: tuple[Control, ...]
    groups: tuple[Group, ...]
    rows: tuple[Rows, ...]

    @property
    def controls(self) -> tuple[Control, ...]:
        """Every control but those of rows."""
        return (*self.plain, *(one for group in self.groups for one in group.controls))

    @property
    def wrong(self) -> bool:
        """True when something is said at a field."""
        inner = [one for part in self.rows for row in part.rows for one in row]
        return any(one.error for one in (*self.controls, *inner))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a form is about: a record of the data (None: a new one), or a part of the head."""

    data: Monitoring
    collection: str
    record: Record | None
    part: str = ""

    def columns(self) -> dict[str, Column]:
        """Columns by the name under which they are posted."""
        if self.collection == HEAD:
            return head_columns(self.part)
        found = {}
        for column in sheets()[self.collection].columns:
            if column.link and self.record is not None:
                continue  # the process of a good stays
            if column.key == "id" and self.record is not None:
                continue  # others refer to it
            if column.key in SET_BY_SERVICE or (column.key == SINK and self.collection in SHARED):
                continue
            if not column.key.startswith("values.report."):  # rule 4
                found[column.key] = column
        return found


@dataclass(frozen=True)
class _Maker:
    """Makes controls; knows what the data offers to refer to."""

    data: Monitoring
    posted: MultiDict[str, str] | None = None
    names: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Monitoring, posted: MultiDict[str, str] | None) -> _Maker:
        names: dict[str, dict[str, str]] = {}
        for sheet, listed in book_rows(data).items():
            for row in listed:
                if "id" in row:
                    name = row.get("name") or row.get("document") or ""
                    names.setdefault(sheet, {})[str(row["id"])] = str(name)
        return cls(data, posted, names)

    def control(self, name: str, column: Column, value: Any, inside: bool = False) -> Control:
        """A control with its value as text, or as it was posted."""
        kind = _kind(column, inside)
        shown = stored = _shown(column, value, kind)
        if self.posted is not None:
            shown = _posted(self.posted, name, kind)
        options = self.options(column, stored) if kind in ("choice", "choices") else ()
        return Control(
            name=name,
            label=column.header(language()),
            kind=kind,
            value=shown,
            column=column,
            options=options,
            hint=column.hint[0 if language() == "zh" else 1],
            needed=column.required and not column.groups and column.key != "id",
        )

    def options(self, column: Column, stored: Any) -> tuple[tuple[str, str], ...]:
        """What may be chosen; a stored value that is not offered stays to be seen."""
        made = list(self._offered(column))
        known = {value for value, _ in made}
        there = (stored,) if isinstance(stored, str) else stored
        made += [(value, value) for value in there if value and value not in known]
        return tuple(made)

    def _offered(self, column: Column) -> Iterable[tuple[str, str]]:
        if column.kind in (Kind.REF, Kind.REFS):
            for sheet in column.to:
                if sheet in self.names:
                    for key, name in self.names[sheet].items():
                        yield key, f"{key} {name}" if name else key
                elif sheet not in sheets():
                    yield sheet, place_word(sheet)
        elif column.kind is Kind.COUNTRY:
            codes = {found for code in places.regions() if (found := as_country(code))}
            yield from sorted(
                ((code, place(code)) for code in codes), key=lambda one: (one[0] != "CN", one[1])
            )
        else:
            for word in book_words.tables()[column.words].values():
                yield word.value, word.label(language())


def form_of(subject: Subject, posted: MultiDict[str, str] | None = None) -> Form:
    """The form with the record's values, or with what was posted (rules 1 and 2)."""
    maker = _Maker.of(subject.data, posted)
    row = subject.record.row if subject.record else {}
    plain: list[Control] = []
    groups: dict[str, list[Control]] = {}
    for name, column in subject.columns().items():
        value = row.get(column.key, None if column.required else column.blank)
        control = maker.control(name, column, value)
        head, dot, _ = name.partition(".")
        (groups.setdefault(head, []) if dot else plain).append(control)
    made = [Group(key, _title(key, controls), tuple(controls)) for key, controls in groups.items()]
    return Form(tuple(plain), tuple(made), tuple(_rows(subject, maker)))


def typed(form: Form) -> tuple[dict[str, Any], Form]:
    """Fields for a command of ``editing`` and the form with what is wrong said at its fields (rules 2 to 4)."""
    fields: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for control in form.controls:
        value, error = _read(control)
        if error:
            errors[control.name] = error
        elif not (control.column.key == "id" and not value):
            fields[control.name] = value
    for part in form.rows:
        fields[part.field] = [made for row in part.rows if _filled(row) for made in [_row(row, errors)]]
        if part.field == "parameters":
            fields[part.field] = [[one.get("key", ""), one.get("value", "")] for one in fields[part.field]]
    return fields, with_errors(form, errors)


def with_errors(form: Form, errors: Mapping[str, Any]) -> Form:
    """The form with sentences at fields."""

    def said(controls: tuple[Control, ...]) -> tuple[Control, ...]:
        return tuple(replace(one, error=errors.get(one.name, one.error)) for one in controls)

    return Form(
        said(form.plain),
        tuple(replace(group, controls=said(group.controls)) for group in form.groups),
        tuple(replace(part, rows=tuple(said(row) for row in part.rows)) for part in form.rows),
    )


def at_field(form: Form, name: str, problem: str, sentence: str) -> Form | None:
    """The form with a refusal of the use case at the field it names; None where the form has no such field."""
    known = {one.name for one in form.controls} | {
        one.name for part in form.rows for row in part.rows for one in row
    }
    wanted = re.sub(r"#(\d+)\.", lambda match: f"-{int(match.group(1)) - 1}-", name)
    if wanted not in known:
        return None
    return with_errors(form, {wanted: NEEDED_HERE if problem.startswith("needed") else sentence})


def _rows(subject: Subject, maker: _Maker) -> Iterable[Rows]:
    for sheet_key, name in CHILDREN.get(subject.collection, ()):
        sheet = sheets()[sheet_key]
        columns = [column for column in sheet.columns if not column.link]
        there = _inner(subject, sheet_key)
        count = len(there) + SPARE_ROWS
        if maker.posted is not None:
            asked = maker.posted.get(f"{name}-count", str(count))
            count = min(int(asked) if asked.isdigit() else count, MOST_ROWS)
            count += SPARE_ROWS if maker.posted.get("more") == name else 0
        rows = []
        for number in range(count):
            values = there[number] if number < len(there) else {}
            rows.append(
                tuple(
                    maker.control(f"{name}-{number}-{column.key}", column, values.get(column.key), True)
                    for column in columns
                )
            )
        heads = tuple(column.header(language()) for column in columns)
        note = sheet.note[0 if language() == "zh" else 1]
        yield Rows(name, sheet.name(language()), note, heads, tuple(rows))


def _inner(subject: Subject, sheet: str) -> list[Mapping[str, Any]]:
    """The rows inside of a record; a single sink that the workbook shows beside its record is a row here too."""
    record = subject.record
    if record is None:
        return []
    link = sheets()[sheet].columns[0].key
    found: list[Mapping[str, Any]] = [
        row for row in book_rows(subject.data)[sheet] if row[link] == record.key
    ]
    if sheet == "shares" and SINK in record.row:
        return [{SINK: record.row[SINK], "fraction": 1.0}, *found]
    return found


def _title(key: str, controls: list[Control]) -> Any:
    first = controls[0]
    if first.name == f"{key}.value":
        return first.column.name(language())
    return words.GROUPS.get(key, key)


def _kind(column: Column, inside: bool) -> str:
    if column.kind in NUMBERS:
        return "number"
    if column.kind in (Kind.REFS, Kind.AMONGS):
        return "text" if inside else "choices"
    if column.kind in (Kind.CHOICE, Kind.AMONG, Kind.COUNTRY, Kind.REF):
        return "choice"
    if column.kind is Kind.TEXT:
        return "long" if column.key.rpartition(".")[2] in LONG and not inside else "text"
    return {Kind.TRUTH: "truth", Kind.DATE: "date"}[column.kind]


def _shown(column: Column, value: Any, kind: str) -> Any:
    """A value of the model as a form holds it."""
    if kind == "choices":
        return tuple(value or ())
    if kind == "truth":
        return bool(value)
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(value)
    if column.kind is Kind.PERCENT:
        value = percent(value)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return value.isoformat() if isinstance(value, date) else str(value)


def _posted(posted: MultiDict[str, str], name: str, kind: str) -> Any:
    if kind == "choices":
        return tuple(posted.getlist(name))
    return bool(posted.get(name)) if kind == "truth" else posted.get(name, "").strip()


def _filled(row: Iterable[Control]) -> bool:
    """Rule 4."""
    return any(one.value not in ("", False, ()) for one in row)


def _row(row: Iterable[Control], errors: dict[str, Any]) -> dict[str, Any]:
    made = {}
    for control in row:
        value, error = _read(control)
        if error:
            errors[control.name] = error
        made[control.column.key] = value
    return made


def _read(control: Control) -> tuple[Any, Any]:
    """(value for the use case, what is wrong)."""
    value, column = control.value, control.column
    if control.kind in ("choices", "truth"):
        return (list(value) if control.kind == "choices" else value), ""
    if not value:
        needed = control.needed or (column.required and "-" in control.name)
        return ("", FILL_IN) if needed and column.key != "id" else (_blank(column), "")
    if column.kind is Kind.REFS:
        return [part for part in _SEPARATORS.split(value) if part], ""
    if control.kind == "number":
        return _number(value, column)
    if control.kind == "date":
        try:
            return date.fromisoformat(value).isoformat(), ""
        except ValueError:
            return "", NOT_A_DAY
    if control.kind == "choice" and value not in {offered for offered, _ in control.options}:
        return "", NOT_OFFERED
    return value, ""


def _blank(column: Column) -> Any:
    """What an empty control means to the use case; a list where it stands in a row, where defaults are filled in."""
    return [] if column.kind is Kind.REFS else ""


def _number(text: str, column: Column) -> tuple[str, Any]:
    """Rule 3. Full-width digits, as Chinese keyboards give them, are digits."""
    written = unicodedata.normalize("NFKC", text)
    if column.kind in (Kind.PERCENT, Kind.HUNDRED):
        written = written.removesuffix("%").strip()
    if not _NUMBER.fullmatch(written):
        return "", NOT_A_NUMBER
    amount = Decimal(written)
    if column.kind is Kind.INTEGER and amount != amount.to_integral_value():
        return "", NOT_WHOLE
    return (str(amount / 100) if column.kind is Kind.PERCENT else written), ""
