"""The schema's history: upgrade, check, back up. Alembic runs inside the process; there is no alembic.ini."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from service.store.engine import open_engine

if TYPE_CHECKING:
    from alembic.config import Config


class StoreIsForeign(Exception):
    """The address points at a database that holds other tables; choose an empty one with
    TANBIAO_DATABASE_URL.
    """


class StoreIsOld(Exception):
    """The store is not at this version's schema: back it up, then run tanbiao db upgrade."""


class BackupImpossible(Exception):
    """Only a SQLite store that exists is backed up by this command, to a file that does not exist in a folder that
    does; use pg_dump for PostgreSQL.
    """


def upgrade(url: str) -> str:
    """Bring the store to the newest schema; returns its revision. Raises StoreIsForeign."""
    from alembic import command

    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            tables = set(sa.inspect(connection).get_table_names())
        if tables and "alembic_version" not in tables:
            raise StoreIsForeign(url)
        command.upgrade(_config(url), "head")
    finally:
        engine.dispose()
    return newest()


def current(url: str) -> str | None:
    """The revision the store is at; None when it is new."""
    from alembic.migration import MigrationContext

    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


@cache
def newest() -> str:
    """The revision this version of the software wants; the migrations are read once a process."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_config("")).get_current_head()
    if head is None:
        raise RuntimeError("The migrations are not installed with the package.")
    return head


def require_newest(url: str) -> str:
    """The revision of a store that is at this version's schema; a new one is made so.

    Raises StoreIsOld, StoreIsForeign.
    """
    revision = current(url) or upgrade(url)
    if revision != newest():
        raise StoreIsOld(f"it is at {revision}, wanted is {newest()}")
    return revision


def backup(url: str, target: Path) -> None:
    """Copy a SQLite store, while it is in use, to a new file only its owner can read. Raises BackupImpossible."""
    address = sa.make_url(url)
    file = Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None
    try:
        if file is None or not file.is_file():
            raise FileNotFoundError(file)
        target.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise BackupImpossible(f"{address.render_as_string(hide_password=True)} to {target}") from error
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupImpossible(f"The copy {target} is damaged.")


def _config(url: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config
