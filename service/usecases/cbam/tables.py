"""The reference tables of CBAM: what is in force, and newer editions of the Commission's workbooks.

Rules
1. An edition is a folder that is written once (``databases.cbam.editions``); the packaged tables stay beneath it.
2. Before an import one sees what it changes, row by row. Calculations that are stored stay as they are.
3. The tables are one set for everybody on this installation of the software; every import stands in the audit chain.

Example: ``import_(actor, Import("benchmarks.xlsx", data, published=date(2026, 8, 6)), services)``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam.keeping import require_size, tables_of
from service.usecases.cbam.refusals import TablesNotImported
from service.usecases.common import record
from service.usecases.inventories import file_name
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.cbam.editions import Change
    from databases.cbam.shelf import Edition
    from databases.cbam.values import TableInfo
    from databases.notices import Notice

FIRST_DAY = date(2026, 1, 1)
MOST_EDITIONS = 500
"""Editions that are kept; the Commission publishes a few a year. Beyond that the administrator looks first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A workbook of the Commission, or a form of ours: when it was published, and from when its values apply."""

    filename: str
    data: bytes = field(repr=False)
    published: date
    valid_from: date = FIRST_DAY


@dataclass(frozen=True, slots=True)
class TablesView:
    """The tables in force: their digest, every table with source and mark, and the installed editions."""

    digest: str
    infos: tuple[TableInfo, ...]
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """One table in force: what is known about it, its columns, and its rows as published, texts by column."""

    info: TableInfo
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would change; ``kind`` is what the file is; ``counts`` by table and kind of change."""

    kind: str
    digest: str
    changes: tuple[Change, ...]
    counts: dict[str, dict[str, int]]
    notices: tuple[Notice, ...]


def overview(actor: Actor, services: Services) -> TablesView:
    """What is in force today. Raises NotAllowed, EvidenceChanged."""
    from databases.cbam.editions import editions

    allow(actor, Permission.CBAM_TABLES_READ)
    tables = tables_of(services)
    return TablesView(tables.digest, tables.infos, editions(services.settings.cbam_tables))


def rows_of(actor: Actor, table: str, services: Services) -> TableView:
    """One table in force, row by row. Raises NotAllowed, NotFound, EvidenceChanged."""
    from databases.cbam import rows

    allow(actor, Permission.CBAM_TABLES_READ)
    tables = tables_of(services)
    info = next((one for one in tables.infos if one.table == table), None)
    if info is None:
        raise NotFound(noun="table", key=table)
    listed = tuple(rows.read_dicts(table, tables.files[table].text))
    return TableView(info, tuple(rows.COLUMNS[table].split(",")), listed)


def preview_import(actor: Actor, command: Import, services: Services) -> Preview:
    """What an import would change (rule 2); installs nothing. Raises NotAllowed, InvalidInput, TablesNotImported."""
    from databases.cbam import editions, shelf
    from databases.cbam.tables import Tables
    from databases.notices import SourceRefused

    allow(actor, Permission.CBAM_TABLES_IMPORT)
    require_size(command.data, "file")
    on, root = _day(command, services), services.settings.cbam_tables
    before = tables_of(services, on)
    with tempfile.TemporaryDirectory(prefix="tanbiao-tables-") as folder:
        beside = Path(folder) / "editions"
        if root.is_dir():
            shutil.copytree(root.resolve(), beside, copy_function=os.symlink)  # nothing in them is changed
        try:
            made = _install(beside, command)
        except SourceRefused as error:
            raise TablesNotImported(error.notices) from error
        after = Tables(shelf.overlaid(beside, shelf.applying(beside, on)))
        changes = editions.compare(before, after)
    return Preview(made.kind, after.digest, changes, editions.counts(changes), made.notices)


def import_(actor: Actor, command: Import, services: Services) -> Edition:
    """Install an edition (rules 1 and 3). Raises NotAllowed, InvalidInput, TablesNotImported."""
    from databases.notices import SourceRefused

    allow(actor, Permission.CBAM_TABLES_IMPORT)
    require_size(command.data, "file")
    now, on = services.clock(), _day(command, services)
    before = tables_of(services, on)
    if len(installed(services)) >= MOST_EDITIONS:
        raise InvalidInput(field="file", problem=f"{MOST_EDITIONS} editions are installed already")
    try:
        made = _install(services.settings.cbam_tables, command)
    except SourceRefused as error:
        raise TablesNotImported(error.notices) from error
    after = tables_of(services, on)
    with services.uow(write=True) as unit:
        act = (Permission.CBAM_TABLES_IMPORT, f"cbam-tables:{made.name}")
        record(unit, actor, act, now, (before.digest, after.digest))
        unit.commit()
    return made


def withdraw(actor: Actor, name: str, services: Services) -> None:
    """Take an edition that was imported by mistake out of force; calculations made with it keep their tables.

    Raises NotAllowed, NotFound.
    """
    from databases.cbam import shelf

    allow(actor, Permission.CBAM_TABLES_WITHDRAW)
    now, before = services.clock(), tables_of(services)
    with services.uow(write=True) as unit:
        try:
            shelf.withdraw(services.settings.cbam_tables, name)
        except LookupError as error:
            raise NotFound(noun="edition", key=name) from error
        act = (Permission.CBAM_TABLES_WITHDRAW, f"cbam-tables:{name}")
        record(unit, actor, act, now, (before.digest, tables_of(services).digest))
        unit.commit()


def template(actor: Actor, table: str, services: Services, language: str = "en") -> bytes:
    """The form of a table with its rows in force, to add to and import. Raises NotAllowed, NotFound, InvalidInput."""
    from databases.cbam import editions, forms

    allow(actor, Permission.CBAM_TABLES_READ)
    if table not in forms.FORMS:
        raise NotFound(noun="table", key=table)
    if language not in ("zh", "en"):
        raise InvalidInput(field="language", problem="zh or en")
    return editions.template(table, language, tables_of(services))


def _install(root: Path, command: Import) -> Edition:
    from databases.cbam import editions

    name = file_name(command.filename)
    dates = {"published": command.published, "valid_from": command.valid_from}
    root.mkdir(parents=True, exist_ok=True)
    return editions.import_workbook(root, command.data, name, **dates)


def _day(command: Import, services: Services) -> date:
    """The day the change is looked at: today, or the first on which the edition applies."""
    today = services.clock().date()
    if command.published > today:
        raise InvalidInput(field="published", problem="a day that is not in the future")
    return max(today, command.valid_from)


def installed(services: Services) -> tuple[str, ...]:
    """For the check of the whole store: names of the installed editions. Raises EditionDamaged."""
    from databases.cbam.shelf import editions

    return tuple(one.name for one in editions(services.settings.cbam_tables))


def damaged(services: Services) -> tuple[str, ...]:
    """For the check of the whole store: what is wrong with an installed edition, as sentences."""
    from databases.cbam.shelf import EditionDamaged, editions
    from databases.cbam.shelf import tables_of as tables_in

    try:
        for one in editions(services.settings.cbam_tables):
            tables_in(services.settings.cbam_tables / one.name)
        tables_of(services)
    except (EditionDamaged, EvidenceChanged) as error:
        return (str(error),)
    return ()
