"""Opening the store.

Rules
1. SQLite: WAL, foreign keys on, ``busy_timeout`` 10 s, ``synchronous=FULL`` (a committed label survives power
   loss).
2. A writing unit of work starts with BEGIN IMMEDIATE: a deferred transaction that reads and then writes fails
   under load with "database is locked".
3. PostgreSQL: the same promise by other means. A unit of work reads one snapshot (REPEATABLE READ); a writing one
   first waits, at most 10 s, for the one writer's lock, so no commit fails because somebody else wrote.
4. The file of a SQLite store holds workbooks and password hashes: it is made readable by its owner only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

WRITES = "tanbiao_writes"
WAIT_SECONDS = 10


def open_engine(url: str) -> sa.Engine:
    """An engine for ``url``; makes the folder of a SQLite file.

    Raises sqlalchemy.exc.ArgumentError on a bad address.
    """
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        engine = sa.create_engine(address, pool_pre_ping=True, isolation_level="REPEATABLE READ")
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    if address.database and address.database != ":memory:":
        file = Path(address.database)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
    engine = sa.create_engine(address)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: _begin_sqlite does
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={WAIT_SECONDS * 1000}",
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    immediate = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _begin_postgresql(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
        # LOCK TABLE takes no snapshot: the one that the writer then reads holds what the writer before committed.
        connection.exec_driver_sql("LOCK TABLE counters IN EXCLUSIVE MODE")
