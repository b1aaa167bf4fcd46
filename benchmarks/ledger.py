"""The ledger against plain SQL inserts: ``python benchmarks/ledger.py [entries]`` (1,000,000; some minutes a store).

What is measured, on SQLite and, where the server's programs and the extra ``postgresql`` are installed, PostgreSQL
1. Ours: entries of many accounts, recorded by the use case in recordings of 1,000 — rules, book, hash chain, audit
   event, everything. Of every five entries two acquire (green certificates and Verra credits), one splits, one hands
   on, one retires units that an earlier recording brought.
2. Plain: exactly the rows that ours left, inserted into an empty store of the same schema (keys, indexes, triggers) in
   transactions of the same size, as prepared statements for many rows at once. ``ratio`` is our time over that.
3. ``holdings_ms``: everything one account held on a day, from the store as it is then; the median over accounts and
   days of the best of three.
"""

from __future__ import annotations

import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from certificates.ledger.entries import Acquire, Beneficiary, Entry, Purpose, Retire, Split, Transfer
from certificates.ledger.instruments import Kind
from certificates.ledger.lots import Lot
from certificates.ledger.spans import Span
from service.app import build_services, prepare_store
from service.settings import Settings
from service.store.ledger_tables import ledger_entries, ledger_lots, ledger_positions
from service.usecases import accounts
from service.usecases.access import Actor, OrganisationKind, Role, administrator
from service.usecases.ledger import looking, recording
from service.usecases.services import Services

ENTRIES = 1_000_000
ACCOUNTS = 500
AT_ONCE = 1_000
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BOUGHT, SOLD, USED = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)
DAYS = (date(2026, 4, 1), date(2026, 6, 1), NOW.date())
"""Days on which holdings are asked for."""
MONTH = (date(2026, 1, 1), date(2026, 1, 31))
YEAR = (date(2022, 1, 1), date(2022, 10, 31))


def services(url: str, home: Path) -> Services:
    """Services on an empty store."""
    settings = Settings(
        home=home, releases=home, keys=home, secret_key="benchmark", base_url="https://benchmark.invalid"
    )
    settings = replace(settings, database_url=url) if url else settings
    prepare_store(settings)
    return build_services(settings, now=lambda: NOW)


def people(made: Services, count: int) -> list[Actor]:
    """Somebody of each of ``count`` exporters."""
    admin, found = administrator("benchmark"), []
    for number in range(count):
        command = accounts.RegisterOrganisation(OrganisationKind.EXPORTER, "公司", "Company", f"B-{number}")
        key = accounts.register_organisation(admin, command, made)
        found.append(
            Actor(f"{number:032x}", key, OrganisationKind.EXPORTER, frozenset({Role.EXPORTER}), via="api")
        )
    return found


def certificates(number: int) -> Lot:
    """A hundred green certificates of one of a thousand plants."""
    serial = f"{number % 1000:017d}{number:015d}"
    span = Span(f"gec:{serial}", 1, 100)
    return Lot(Kind.GEC, serial, span, "光伏", *MONTH, country="CN", electricity=serial[:17])


def credits_(number: int) -> Lot:
    """Fifty Verra credits; all are numbered in one space."""
    first, last = number * 50 + 1, number * 50 + 50
    serial = f"1-{first}-{last}-VCS-VCU-1-VER-CN-13-3005-01012022-31102022-0"
    return Lot(Kind.VCS, serial, Span("vcs", first, last), "3005", *YEAR, country="CN")


def recordings(actors: list[Actor], count: int) -> Iterator[tuple[Actor, tuple[Entry, ...]]]:
    """Who records what, in recordings of at most :data:`AT_ONCE` entries."""
    waiting: dict[str, list[Span]] = {}
    lot, done, turn = 0, 0, 0
    while done < count:
        actor, other = actors[turn % len(actors)], actors[(turn + 1) % len(actors)]
        account, entries = actor.organisation_id, list[Entry]()
        earlier, kept = waiting.pop(account, []), list[Span]()
        while len(entries) < min(AT_ONCE, count - done):
            lot += 1
            own, credit = certificates(lot), credits_(lot)
            sold, left = replace(own.span, last=40), replace(own.span, first=41)
            entries.append(Acquire(on=BOUGHT, account=account, lot=own))
            entries.append(Acquire(on=BOUGHT, account=account, lot=credit))
            entries.append(Split(on=SOLD, account=account, span=own.span, into=(sold, left)))
            entries.append(Transfer(on=SOLD, account=account, span=sold, to=other.organisation_id))
            entries.append(retired(account, earlier.pop() if earlier else credit.span))
            kept.append(left)
        waiting[account] = earlier + kept
        del entries[count - done :]
        done, turn = done + len(entries), turn + 1
        yield actor, tuple(entries)


def retired(account: str, span: Span) -> Retire:
    """Retired in the account's own name."""
    return Retire(
        on=USED,
        account=account,
        span=span,
        beneficiary=Beneficiary("公司", "91320200"),
        purpose=Purpose.ELECTRICITY_USE,
        period_start=MONTH[0],
        period_end=MONTH[1],
    )


def race(made: Services, empty: Services, actors: list[Actor], count: int) -> tuple[float, float]:
    """Seconds of ours and of plain inserts, recording by recording, so that a busy machine is busy for both; making the
    entries and reading the rows again are not counted.
    """
    source, target = made.uow.engine, empty.uow.engine
    style = "%s" if target.dialect.name == "postgresql" else "?"
    our_seconds = plain_seconds = 0.0
    for actor, entries in recordings(actors, count):
        began = time.perf_counter()
        done = recording.record(actor, recording.Record(entries), made)
        our_seconds += time.perf_counter() - began
        with source.connect() as connection:
            steps = list(statements(connection, (done.first, done.last), style))
        began = time.perf_counter()
        with target.begin() as connection:
            for statement, rows in steps:
                connection.exec_driver_sql(statement, rows)
        plain_seconds += time.perf_counter() - began
    return our_seconds, plain_seconds


TABLES = (ledger_entries, ledger_lots, ledger_positions)
Rows = list[tuple[Any, ...]]


def statements(connection: sa.Connection, part: tuple[int, int], style: str) -> Iterator[tuple[str, Rows]]:
    """Statements with their rows for entries ``part``, in an order that the schema takes."""
    numbers = ", ".join(str(one) for one in part)
    entries, lots, positions = (
        raw(connection, table, f'"{column}" BETWEEN {numbers.replace(", ", " AND ")}')
        for table, column in zip(TABLES, ("sequence", "sequence", "opened_by"), strict=True)
    )
    closings = raw(connection, ledger_positions, f"closed_by BETWEEN {numbers.replace(', ', ' AND ')}")
    yield insert(ledger_entries, style), entries
    yield insert(ledger_lots, style), lots
    wave_of: dict[int, int] = {}
    closing: dict[int, Rows] = {}
    for row in sorted(closings, key=lambda row: row[11]):
        wave = wave_of.get(row[0], 0) + (row[0] >= part[0])
        wave_of[row[11]] = max(wave, wave_of.get(row[11], 0))
        closing.setdefault(wave_of[row[11]], []).append((row[11], row[12], row[0], row[1]))
    where = f"WHERE opened_by = {style} AND place = {style}"
    close = f"UPDATE ledger_positions SET closed_by = {style}, closed_on = {style} {where}"
    for wave in range(max(wave_of.values(), default=0) + 1):
        if wave in closing:
            yield close, closing[wave]
        opened = [row[:11] for row in positions if wave_of.get(row[0], 0) == wave]
        if opened:
            yield insert(ledger_positions, style, 11), opened


def raw(connection: sa.Connection, table: sa.Table, where: str) -> Rows:
    """Rows as the driver has them."""
    return [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table.name} WHERE {where}")]


def insert(table: sa.Table, style: str, width: int | None = None) -> str:
    """A plain INSERT of the first ``width`` columns."""
    names = [f'"{column.name}"' for column in table.c][:width]
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join([style] * len(names))})"


def holdings(made: Services, actors: list[Actor]) -> tuple[float, int]:
    """Milliseconds, and how many positions the account had."""
    taken, counts = [], []
    for actor in actors[:: max(1, len(actors) // 10)][:10]:
        for day in DAYS:
            best = math.inf
            for _ in range(3):
                began = time.perf_counter()
                found = looking.holdings(actor, day, made)
                best = min(best, (time.perf_counter() - began) * 1000)
            taken.append(best)
            counts.append(len(found))
    return statistics.median(taken), round(statistics.median(counts))


def measure(name: str, fresh: Callable[[str], str], count: int) -> None:
    """Print one store's line."""
    with tempfile.TemporaryDirectory(prefix="ledger-") as folder:
        home = Path(folder)
        made, empty = (services(fresh(one), home / one) for one in ("ours", "plain"))
        actors = people(made, max(2, min(ACCOUNTS, count // AT_ONCE)))
        our_seconds, plain_seconds = race(made, empty, actors, count)
        ms, positions = holdings(made, actors)
        for one in (made, empty):
            one.uow.close()
    print(
        f"{name}: {count:,} entries of {len(actors)} accounts; ours {our_seconds:.1f} s "
        f"({count / our_seconds:,.0f} a second), plain {plain_seconds:.1f} s ({count / plain_seconds:,.0f}); "
        f"holdings of {positions:,} positions"
    )
    print(f"{name}: ratio={our_seconds / plain_seconds:.2f} holdings_ms={ms:.1f}", flush=True)


@contextmanager
def cluster() -> Iterator[Callable[[str], str] | None]:
    """A private PostgreSQL without network: gives a new database's address by name; None where there is no server."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    programs += [Path(found).parent for found in [shutil.which("initdb")] if found]
    if not programs or find_spec("psycopg") is None:
        yield None
        return
    account = {"user": "postgres"} if os.geteuid() == 0 else {}  # the server refuses to run as root

    def run(program: str, *arguments: str) -> None:
        command = [str(programs[-1] / program), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, **account)  # type: ignore[call-overload]

    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        if account:
            shutil.chown(name, account["user"])
        data = f"{name}/data"
        run("initdb", "-D", data, "-U", "tanbiao", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-k {name} -c listen_addresses='' -c shared_buffers=256MB -c max_wal_size=4GB"
        run("pg_ctl", "-D", data, "-w", "-l", f"{name}/log", "-o", options, "start")
        address = sa.URL.create("postgresql+psycopg", "tanbiao", database="postgres", query={"host": name})
        server = sa.create_engine(address, isolation_level="AUTOCOMMIT")

        def fresh(database: str) -> str:
            with server.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {database}")
            return address.set(database=database).render_as_string(hide_password=False)

        try:
            yield fresh
        finally:
            server.dispose()
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def main() -> None:
    """Measure both stores."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    measure("sqlite", lambda _: "", count)
    with cluster() as fresh:
        if fresh is None:
            print("postgresql: not measured; install its server and the extra tanbiao[postgresql]")
        else:
            measure("postgresql", fresh, count)


if __name__ == "__main__":
    main()
