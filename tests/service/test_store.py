"""The store: schema, transactions, append-only tables, counters, audit chain, backup."""

from __future__ import annotations

import sqlite3
import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from service.store import schema
from service.store.ledger_records import ClaimEvent, ClaimStatement
from service.store.ledger_tables import CLOSED_ONCE
from service.store.records import Organisation
from service.store.repositories.audit import Event
from service.store.tables import APPEND_ONLY, metadata
from service.store.uow import Store
from service.usecases import integrity, labels
from service.usecases.access import administrator
from tests.service import world as making

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def store(url):
    schema.upgrade(url)
    store = Store(url)
    yield store
    store.close()


def organisation(key: str) -> Organisation:
    return Organisation(key, "exporter", "演示", "Demo", key, NOW)


def test_migrations_make_exactly_the_tables_of_the_code(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrade_is_repeatable_and_names_the_revision(url):
    assert schema.current(url) is None
    assert schema.upgrade(url) == schema.upgrade(url) == schema.current(url) == schema.newest()


def test_a_foreign_database_is_left_alone(url, tmp_path):
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        connection.execute("CREATE TABLE somebody (x)")
    connection.close()
    with pytest.raises(schema.StoreIsForeign):
        schema.upgrade(url)


def test_append_only_tables_and_only_these_have_triggers(store):
    with store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"))
        found = {(row.tbl_name, row.name.rpartition("_no_")[2]) for row in rows}
    wanted = {(table, verb) for table in APPEND_ONLY for verb in ("update", "delete", "replace")}
    wanted |= {(table, verb) for table in CLOSED_ONCE for verb in ("insert", "update", "delete", "replace")}
    assert found == wanted | {("ledger_positions", "unit")}


def filled(at, table):
    """A world with a row in the table; of claims, marks, cosignatures and requests for evidence, which that world has
    none of, rows are made up."""
    world = at("issued")
    if table.startswith(("evidence_", "official_", "log_cosignatures")):
        making.rows_of_trust(world)
    if table.startswith("claim_"):
        with world.services.uow(write=True) as unit:
            dossier = unit.dossiers.every()[0].id
            unit.claims.add(ClaimStatement("TC-1", dossier, {}, "x.y.z", "proof", "p", NOW, NOW), b"%PDF")
            unit.claims.add_event(ClaimEvent("TC-1", 1, "frozen", "facts", "x", "p", NOW))
            unit.commit()
    return world


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_append_only_rows_cannot_be_changed(at, table, verb):
    world = filled(at, table)
    column = sa.inspect(world.services.uow.engine).get_columns(table)[0]["name"]
    statement = f'UPDATE {table} SET "{column}" = "{column}"' if verb == "UPDATE" else f"DELETE FROM {table}"
    with world.services.uow.engine.connect() as connection:
        assert connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() > 0
        with pytest.raises(sa.exc.IntegrityError, match=f"{table} is append-only"):
            connection.execute(sa.text(statement))


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("row", ["the same row", "another row under its number"])
def test_append_only_rows_cannot_be_replaced(at, table, row):
    """INSERT OR REPLACE takes the old row away without running a DELETE trigger."""
    world = filled(at, table)
    if row == "the same row":
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"
    else:
        names = ", ".join(f'"{column.name}"' for column in metadata.tables[table].columns)
        other = ", ".join(
            f"'x' || \"{c.name}\"" if c.primary_key else f'"{c.name}"' for c in metadata.tables[table].columns
        )
        statement = (
            f"INSERT OR REPLACE INTO {table} (rowid, {names}) SELECT rowid, {other} FROM {table} LIMIT 1"
        )
    refused = pytest.raises(sa.exc.IntegrityError, match=f"{table} is append-only")
    with world.services.uow.engine.connect() as connection, refused:
        connection.execute(sa.text(statement))


def migrations() -> list:
    folder = Path(import_module("service.store.migrations.versions").__file__).parent
    names = sorted(path.stem for path in folder.glob("0*.py"))
    assert len(names) > 3
    return [import_module(f"service.store.migrations.versions.{name}") for name in names]


def test_replace_triggers_know_every_unique_key():
    keys = {table: key for one in migrations() for table, key in getattr(one, "KEYS", {}).items()}
    for name in (*APPEND_ONLY, *CLOSED_ONCE):
        table = metadata.tables[name]
        unique = {
            tuple(c.name for c in u.columns) for u in table.constraints if isinstance(u, sa.UniqueConstraint)
        }
        unique |= {(c.name,) for c in table.columns if c.unique} | {tuple(c.name for c in table.primary_key)}
        unique |= {tuple(c.name for c in index.columns) for index in table.indexes if index.unique}
        assert set(keys[name]) == unique


def test_postgresql_triggers_cover_the_same_tables():
    made = [table for one in migrations() for table in getattr(one, "APPEND_ONLY", ())]
    assert sorted(made) == sorted(APPEND_ONLY)


def test_sqlite_is_opened_safely(store):
    with store.engine.connect() as connection:
        got = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert got == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10000, "synchronous": 2}


def test_without_commit_nothing_stays(store):
    with store(write=True) as unit:
        unit.organisations.add(organisation("a"))
    with store() as unit:
        assert unit.organisations.get("a") is None


def test_an_exception_rolls_back(store):
    def fails() -> None:
        with store(write=True) as unit:
            unit.organisations.add(organisation("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with store() as unit:
        assert unit.organisations.get("a") is None


def test_commit_stays_and_a_reader_cannot_commit(store):
    with store(write=True) as unit:
        unit.organisations.add(organisation("a"))
        unit.commit()
    with store() as unit:
        assert unit.organisations.get("a") == organisation("a")
        with pytest.raises(RuntimeError):
            unit.commit()


def test_a_second_writer_waits_for_the_first(store):
    """BEGIN IMMEDIATE: with a deferred begin, the second of these would fail with "database is locked"."""
    order: list[str] = []
    entered = threading.Event()

    def second() -> None:
        entered.wait(5)
        with store(write=True) as unit:
            order.append("second")
            unit.organisations.add(organisation("b"))
            unit.commit()

    thread = threading.Thread(target=second)
    thread.start()
    with store(write=True) as unit:
        entered.set()
        unit.organisations.add(organisation("a"))
        order.append("first")
        unit.commit()
    thread.join()
    assert order == ["first", "second"]


def test_times_without_zone_are_refused_and_others_become_utc(store):
    there = datetime(2026, 11, 22, 8, tzinfo=timezone(timedelta(hours=8)))
    with store(write=True) as unit:
        unit.organisations.add(Organisation("a", "exporter", "演示", "Demo", "a", there))
        with pytest.raises(sa.exc.StatementError, match="without a zone"):
            unit.organisations.add(
                Organisation("b", "exporter", "演示", "Demo", "b", there.replace(tzinfo=None))
            )
        unit.commit()
    with store() as unit:
        found = unit.organisations.get("a")
    assert found and found.created_at == there and found.created_at.tzinfo is UTC


def test_serials_have_no_gap_and_no_duplicate_between_threads(store):
    taken: list[int] = []

    def take() -> None:
        for _ in range(10):
            with store(write=True) as unit:
                taken.append(unit.labels.next_serial(2026))
                unit.commit()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 41))


def test_an_abandoned_serial_is_given_again(store):
    for commit in (True, False, True):
        with store(write=True) as unit:
            serial = unit.labels.next_serial(2026)
            if commit:
                unit.commit()
    assert serial == 2
    with store(write=True) as unit:
        assert unit.labels.next_serial(2027) == 1, "each year counts from one"


def test_lists_for_nobody_are_refused(store):
    with store() as unit:
        for repository in (unit.inventories, unit.studies):
            with pytest.raises(ValueError, match="never all of them"):
                repository.list_()


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        ("UPDATE audit_events SET after = 'x' WHERE sequence = 2", 2),
        ("UPDATE audit_events SET person_id = 'somebody' WHERE sequence = 3", 3),
        ("UPDATE audit_events SET at = '2020-01-01 00:00:00.000000' WHERE sequence = 1", 1),
        ("DELETE FROM audit_events WHERE sequence = 1", 1),
        ("DELETE FROM audit_events WHERE sequence = 2", 2),
        ("UPDATE audit_events SET sequence = 9 WHERE sequence = 3", 3),
        ("DELETE FROM audit_events WHERE sequence = 3", 3),
        ("DELETE FROM audit_events", 1),
    ],
)
def test_audit_chain_shows_where_it_was_changed(store, tamper, broken):
    for number in range(3):
        with store(write=True) as unit:
            unit.audit.append(Event("p", "cli", "study.link", f"study:{number}", "a", "b"), NOW)
            unit.commit()
    with store() as unit:
        assert unit.audit.first_broken() is None
    with store.engine.connect() as connection:
        for verb in ("update", "delete"):
            connection.execute(sa.text(f"DROP TRIGGER audit_events_no_{verb}"))
        connection.execute(sa.text(tamper))
        connection.commit()
    with store() as unit:
        assert unit.audit.first_broken() == broken


def test_backup_is_whole_and_never_overwrites(url, store, tmp_path):
    with store(write=True) as unit:
        unit.organisations.add(organisation("a"))
        unit.commit()
    target = tmp_path / "copy.sqlite"
    schema.backup(url, target)
    copy = Store(f"sqlite:///{target}")
    with copy() as unit:
        assert unit.organisations.get("a") == organisation("a")
    copy.close()
    for bad_url, bad_target in ((url, target), ("postgresql://u:p@h/d", tmp_path / "x")):
        with pytest.raises(schema.BackupImpossible):
            schema.backup(bad_url, bad_target)
    for bad_url, bad_target in ((f"{url}-absent", tmp_path / "y"), (url, tmp_path / "no" / "folder")):
        with pytest.raises(schema.BackupImpossible):
            schema.backup(bad_url, bad_target)
        assert not bad_target.exists(), "an empty file is no backup"
    assert not Path(f"{tmp_path / 'store.sqlite'}-absent").exists()


def test_store_and_copy_are_their_owners_alone(url, store, tmp_path):
    """They hold workbooks and password hashes."""
    with store(write=True) as unit:
        unit.organisations.add(organisation("a"))
        unit.commit()
    target = tmp_path / "copy.sqlite"
    schema.backup(url, target)
    files = [*tmp_path.glob("store.sqlite*"), target]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_an_old_store_is_told_and_not_used(url):
    from alembic import command

    command.upgrade(schema._config(url), "0001")
    with pytest.raises(schema.StoreIsOld, match="it is at 0001"):
        schema.require_newest(url)
    schema.upgrade(url)
    assert schema.require_newest(url) == schema.newest()


def test_a_writer_that_waited_too_long_gives_its_connection_back(url, store, monkeypatch):
    @sa.event.listens_for(store.engine, "connect")
    def impatient(connection, _record):
        connection.execute("PRAGMA busy_timeout=1")

    store.engine.dispose()
    with store(write=True), pytest.raises(sa.exc.OperationalError, match="locked"), store(write=True):
        raise AssertionError("two writers at once")
    assert store.engine.pool.checkedout() == 0


def test_backup_while_writing_is_whole_and_is_restored_by_using_it(at, tmp_path):
    """The copy is one state of the store, whatever is written meanwhile, and serves as a store."""
    world = at("issued")
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with world.services.uow(write=True) as unit:
                unit.audit.append(Event("p", "cli", "test.write", f"test:{number}"), NOW)
                unit.commit()

    thread = threading.Thread(target=write)
    thread.start()
    home = tmp_path / "restored"
    home.mkdir()
    try:
        schema.backup(world.services.settings.database_url, home / "tanbiao.sqlite")
    finally:
        stop.set()
        thread.join()
    settings = world.services.settings
    restored = making.open_world(home, settings.releases, settings.keys)
    making.meet(restored)
    assert integrity.check(administrator("test"), restored.services) == ()
    assert labels.recompute(restored["exporter"], restored.number, restored.services).equal
    restored.close()
