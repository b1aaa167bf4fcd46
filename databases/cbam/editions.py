"""A workbook becomes an edition of tables; two sets of tables are compared row by row.

Rules
1. What a file is follows from its headers: the Commission's default values or benchmarks, or forms of our own tables.
2. Nothing is installed unless every good in scope still has a default value for other countries and, in each year
   from 2026 to 2030, a benchmark in both columns. What stands in the way is told all at once.
   The schedule keeps one value for each item, sector and year to 2034.
3. An edition applies from ``valid_from`` on; of two for one table the one published last wins (``shelf``).

Example: ``import_workbook(root, data, "dv.xlsx", published=date(2026, 8, 6), valid_from=date(2026, 1, 1))``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from databases.cbam import commission, forms, rows, shelf
from databases.cbam.goods import Sector
from databases.cbam.shelf import Edition, EditionDamaged, TableFile, editions
from databases.cbam.tables import Tables, open_tables
from databases.cbam.uploads import Problems, Sheet, sheets
from databases.cbam.values import OTHER
from databases.notices import Notice, refused

__all__ = [
    "Change",
    "Edition",
    "EditionDamaged",
    "Reading",
    "compare",
    "counts",
    "editions",
    "import_workbook",
    "recognise",
    "template",
]

FIRST_DAY = date(2026, 1, 1)
_YEARS = range(2026, 2031)
_LAST_SCHEDULED = 2034
_EXAMPLES = 8
_VALUE_COLUMNS = {
    "defaults": "total",
    "highest_defaults": "total",
    "benchmarks": "value",
    "schedule": "value",
    "prices": "price",
    "fuels": "emission_factor",
    "national_fuels": "emission_factor",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its ``kind``, the text of each table, and notices that do not stop the import."""

    kind: str
    tables: tuple[tuple[str, str], ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row that differs: ``before`` or ``after`` is None where it is new or gone.

    ``relative`` is the change of the row's value, as a fraction of the value before; None where there is none.
    """

    table: str
    key: tuple[str, ...]
    before: rows.Row | None
    after: rows.Row | None
    relative: Decimal | None

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def recognise(data: bytes, filename: str, base: Tables | None = None) -> Reading:
    """Read a file without installing anything; raises SourceRefused with every error (rules 1 and 2).

    ``base`` are the tables it will stand in (the packaged ones where not given).
    """
    base = base or open_tables()
    problems = Problems()
    pages = sheets(data, filename)
    kind, texts = _read(pages, filename, base, problems)
    problems.raise_errors()
    _covered(base, texts, filename, problems)
    problems.raise_errors()
    return Reading(kind, tuple(sorted(texts.items())), tuple(problems.found))


def import_workbook(root: Path, data: bytes, filename: str, *, published: date, valid_from: date) -> Edition:
    """Install a file as an edition under ``root``; raises SourceRefused with every error and installs nothing then.

    ``published``: date of the document; ``valid_from``: the day from which its values apply (an act may correct
    values back to 1 January 2026). The same file with the same dates again gives the same edition.
    """
    if valid_from < FIRST_DAY:
        raise refused("cbam-tables-valid-from", filename, value=valid_from.isoformat())
    reading = recognise(data, filename, open_tables(root, valid_from))
    about = {
        "kind": reading.kind,
        "published": published.isoformat(),
        "valid_from": valid_from.isoformat(),
        "filename": filename,
        "file_sha256": hashlib.sha256(data).hexdigest(),
    }
    texts = {table: (text, _mark(reading.kind, table, text)) for table, text in reading.tables}
    return shelf.install(root, texts, about, reading.notices)


def template(table: str, language: str = "en", tables: Tables | None = None) -> bytes:
    """The form of a table with its present rows as an ``.xlsx`` file, to add to and import; see ``forms``."""
    current = (tables or open_tables()).files.get(table)
    return forms.template(table, current.text if current else "", language)


def compare(old: Tables, new: Tables) -> tuple[Change, ...]:
    """Every row that was added, removed or changed, by table and key. Numbers compare as numbers: 1.39 is 1.390."""
    found: list[Change] = []
    for table in sorted(set(old.files) | set(new.files)):
        before, after = (_by_key(table, tables.files.get(table)) for tables in (old, new))
        for key in sorted(set(before) | set(after)):
            was, now = before.get(key), after.get(key)
            if was is None or now is None or not _same(was, now):
                found.append(
                    Change(table=table, key=key, before=was, after=now, relative=_relative(table, was, now))
                )
    return tuple(found)


def counts(changes: Iterable[Change]) -> dict[str, dict[str, int]]:
    """How many rows of each table were ``added``, ``removed`` and ``changed``."""
    counted = Counter((change.table, change.kind) for change in changes)
    tables = sorted({table for table, _ in counted})
    return {
        table: {kind: counted[table, kind] for kind in ("added", "removed", "changed")} for table in tables
    }


def _read(pages: list[Sheet], filename: str, base: Tables, problems: Problems) -> tuple[str, dict[str, str]]:
    """The kind of a file and its tables (rule 1)."""
    by_form = {table: page for page in pages if (table := forms.form_of(page))}
    defaults = [(page, header) for page in pages if (header := commission.default_header(page))]
    marks = [(page, header) for page in pages if (header := commission.benchmark_header(page))]
    if by_form:
        return "form", {table: forms.read(table, page, problems) for table, page in by_form.items()}
    if not any(commission.country_of(page.name) for page, _ in defaults):
        defaults = []  # a workbook of something else that has codes and totals
    if defaults and marks:
        raise refused("cbam-tables-several", filename, kinds="default values, benchmarks")
    if not defaults and not marks:
        raise refused("cbam-tables-unrecognised", filename, tables=", ".join(forms.FORMS))
    begins = {good.cn[:size] for good in base.goods() for size in (4, 6, 8)}
    reader = commission.Reader(begins.__contains__, problems)
    read = {page.name for page, _ in (*defaults, *marks)}
    for page, header in defaults:
        commission.read_defaults(page, header, reader)
    for page, header in marks:
        commission.read_benchmarks(page, header, reader)
    for page in pages:
        if page.name not in read and page.rows:
            problems.warning("cbam-tables-sheet-skipped", page.name, name=page.name)
    table = "defaults" if defaults else "benchmarks"
    kind = "default-workbook" if defaults else "benchmark-workbook"
    return kind, {table: rows.write(table, [row for row, _ in reader.rows.values()])}


def _covered(base: Tables, texts: dict[str, str], filename: str, problems: Problems) -> None:
    """Rule 2, on the tables as they will stand."""
    files = dict(base.files)
    for table, text in texts.items():
        files[table] = _as_file(base.files[table], text)
    after = Tables(files)
    for table in sorted({"highest_defaults", *forms.FACTORS} & set(texts)):
        _rows_kept(base.files[table].text, table, texts[table], problems)
    if {"goods", "defaults"} & set(texts):
        _defaults_covered(base, after, filename, problems)
    if {"goods", "benchmarks"} & set(texts):
        _benchmarks_covered(after, filename, problems)
    if "schedule" in texts:
        _schedule_covered(files["schedule"].text, filename, problems)


def _rows_kept(before: str, table: str, after: str, problems: Problems) -> None:
    """A factor that data may name is not lost."""
    there = {rows.key_of(table, row) for row in rows.read_dicts(table, after)}
    gone = [rows.key_of(table, row) for row in rows.read_dicts(table, before)]
    gone = [key for key in gone if key not in there]
    if gone:
        examples = ", ".join(" ".join(filter(None, key)) for key in gone[:_EXAMPLES])
        problems.error("cbam-tables-rows-gone", table, table=table, count=len(gone), examples=examples)


def _defaults_covered(base: Tables, after: Tables, filename: str, problems: Problems) -> None:
    if not after.has_table(OTHER):
        problems.error("cbam-tables-no-others", filename)
        return
    missing = [
        good.cn
        for good in after.goods()
        if good.sector is not Sector.ELECTRICITY and not after.covers(good.cn)
    ]
    if missing:
        examples = ", ".join(missing[:_EXAMPLES])
        problems.error("cbam-tables-uncovered-default", filename, count=len(missing), examples=examples)
    gone = sorted(set(base.countries()) - set(after.countries()))
    if gone:
        problems.warning("cbam-tables-countries-gone", filename, countries=", ".join(gone))


def _benchmarks_covered(after: Tables, filename: str, problems: Problems) -> None:
    missing = [
        good.cn
        for good in after.goods()
        if good.sector is not Sector.ELECTRICITY
        and not all(after.benchmarks(good.cn, column, year) for column in "AB" for year in _YEARS)
    ]
    if missing:
        examples = ", ".join(missing[:_EXAMPLES])
        problems.error("cbam-tables-uncovered-benchmark", filename, count=len(missing), examples=examples)


def _schedule_covered(text: str, filename: str, problems: Problems) -> None:
    """One row, not none and not two, for each item, sector and year."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in rows.read_dicts("schedule", text):
        span = int(row["from_year"]), int(row["to_year"] or _LAST_SCHEDULED)
        spans.setdefault((row["item"], row["sector"]), []).append(span)
    for (item, sector), found in sorted(spans.items()):
        name = " ".join(filter(None, (item, sector)))
        for year in range(FIRST_DAY.year, _LAST_SCHEDULED + 1):
            there = sum(first <= year <= last for first, last in found)
            if there != 1:
                code = "cbam-tables-schedule-twice" if there else "cbam-tables-schedule-gap"
                problems.error(code, filename, item=name, year=year)


def _as_file(below: TableFile, text: str) -> TableFile:
    whole = rows.joined(below.table, below.text, text) if below.table in rows.ADDED else text
    return shelf.with_text(below, whole)


def _mark(kind: str, table: str, text: str) -> str:
    """The mark of a table in an edition: the weakest of its rows; where rows have none, P for a published workbook and
    T for a form, which somebody filled in.
    """
    if "mark" not in rows.COLUMNS[table].split(","):
        return "T" if kind == "form" else "P"
    there = {row["mark"] for row in rows.read_dicts(table, text)}
    return next((mark for mark in "?MDT" if mark in there), "P")


def _by_key(table: str, file: TableFile | None) -> dict[tuple[str, ...], rows.Row]:
    if file is None:
        return {}
    return {rows.key_of(table, row): row for row in rows.read_dicts(table, file.text)}


def _same(before: rows.Row, after: rows.Row) -> bool:
    return all(was == after[column] or _equal(was, after[column]) for column, was in before.items())


def _equal(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def _relative(table: str, before: rows.Row | None, after: rows.Row | None) -> Decimal | None:
    column = _VALUE_COLUMNS.get(table)
    if column is None or before is None or after is None:
        return None
    try:
        was, now = Decimal(before[column]), Decimal(after[column])
    except InvalidOperation:
        return None
    return (now - was) / was if was else None
