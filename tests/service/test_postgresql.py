"""The store on PostgreSQL: a private cluster without network, where the server's programs are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa

from certificates import status
from service import worker
from service.app import build_services, prepare_store
from service.store import schema
from service.store.ledger_tables import CLOSED_ONCE
from service.store.tables import APPEND_ONLY, metadata
from service.usecases import (
    integrity,
    labels,
    notices,
    release_licences,
    release_refusals,
    release_updates,
    releases,
    standing,
    studies,
    verification,
)
from service.usecases.access import administrator
from service.usecases.claims import standings
from tests.service import background
from tests.service import world as making
from tests.service.claims import making as claims
from tests.service.ledger import making as ledgermaking
from tests.service.ledger import test_many_writers

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) + [
    Path(found).parent for found in [shutil.which("initdb")] if found
]
ACCOUNT = "postgres" if os.geteuid() == 0 else ""
"""The server refuses to run as root; then it runs as the account its package made."""

pytestmark = [
    pytest.mark.skipif(not PROGRAMS, reason="no PostgreSQL server is installed (initdb was not found)"),
    pytest.mark.skipif(find_spec("psycopg") is None, reason="the extra tanbiao[postgresql] is not installed"),
]


def run(program: str, *arguments: str) -> None:
    command = [str(PROGRAMS[-1] / program), *arguments]
    options = {"user": ACCOUNT} if ACCOUNT else {}
    subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=120, **options)


@pytest.fixture(scope="module")
def socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a running cluster's socket. Its path is short: a socket's may have 107 characters."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        if ACCOUNT:
            shutil.chown(folder, ACCOUNT)
        data = str(folder / "data")
        run("initdb", "-D", data, "-U", "tanbiao", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        yield folder
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


@pytest.fixture
def url(socket: Path) -> Iterator[str]:
    """An empty database of its own."""
    address = sa.URL.create("postgresql+psycopg", "tanbiao", database="postgres", query={"host": str(socket)})
    server = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE one")
    yield address.set(database="one").render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE one WITH (FORCE)")
    server.dispose()


@pytest.fixture
def world(url: str, tmp_path: Path, open_cn, keys_folder: Path) -> Iterator[making.World]:
    settings = replace(making.settings_of(tmp_path, open_cn.path.parent, keys_folder), database_url=url)
    prepare_store(settings)
    clock = making.Clock()
    made = making.World(build_services(settings, now=clock), clock)
    making.populate(made)
    yield made
    made.close()


def test_the_whole_journey(world, open_cn, workbook):
    world.inventory = making.hand_in(world, workbook)
    making.open_study(world, open_cn.identifier)
    making.approve(world)
    assert making.issue(world)[8:15] == "0000001"
    assert verification.by_number(world.number, world.services).verdict == "valid"
    assert labels.recompute(world["regulator"], world.number, world.services).equal
    making.screws(world)
    making.ledger(world)
    claim(world)
    assert integrity.check(administrator("test"), world.services) == ()
    stands(world)
    making.rows_of_trust(world)
    rows_stay(world)


def stands(world) -> None:
    """The label suspended and revoked, and the lists read: the claim's freeze is in them, too."""
    for who, state in (("signatory", "suspended"), ("regulator", "revoked")):
        change = standing.Change(state, "电表记录有疑问，正在核查。")
        standing.change(world[who], world.number, change, world.services)
    with standing.reading(world.services) as unit:
        listed = {one.purpose: status.parsed(one.credential) for one in standing.current_lists(unit, 1)}
        number = unit.claims.list_()[0].number
        for stood, name in (("revoked", world.number), ("suspended", number)):
            place = unit.standings.place(name)
            assert status.state_of({name: one.flag(place.index) for name, one in listed.items()}) == stood
    assert verification.by_number(world.number, world.services).verdict == "revoked"
    assert integrity.check(administrator("test"), world.services) == ()


def claim(world) -> None:
    """An issued claim, frozen by the regulator."""
    lot = claims.credits(world, count=claims.needed(world))
    position = claims.retired(world, lot, claims.period_of(world))
    drafted = claims.draft(world, claims.batch(world, position))
    claims.submit(world, drafted)
    claims.approve(world, drafted)
    number = claims.issue(world, drafted)
    assert standings.standing(number, world.services).standing == "in-force"
    standings.object_(world["regulator"], standings.Object(number, "objection", "查证中"), world.services)
    assert standings.standing(number, world.services).standing == "frozen"


def rows_stay(world) -> None:
    for name in APPEND_ONLY:
        table = metadata.tables[name]
        column = next(iter(table.columns))
        for statement in (
            sa.update(table).values({column: column}),
            sa.delete(table),
            sa.text(f"TRUNCATE {name} CASCADE"),
        ):
            with world.services.uow.engine.connect() as connection:
                assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() > 0
                with pytest.raises(sa.exc.DBAPIError, match="is append-only"):
                    connection.execute(statement)


def test_positions_and_uses_are_closed_once(world):
    making.ledger(world)
    for name in CLOSED_ONCE:
        table = metadata.tables[name]
        closing = {"closed_by": 9, "closed_on": sa.func.current_date()}
        closing = closing if name == "ledger_positions" else {"closed_at": sa.func.now()}
        closed = next(iter(closing))
        open_ = table.c[closed].is_(None)
        refused = [
            sa.update(table).values(closing | {"place": 7}),
            sa.update(table).where(open_).values({"place": table.c.place}),
            sa.update(table).where(~open_).values(closing),
            sa.update(table).where(~open_).values(dict.fromkeys(closing)),
            sa.delete(table),
            sa.text(f"TRUNCATE {name} CASCADE"),
        ]
        for statement in refused:
            with world.services.uow.engine.connect() as connection:
                assert connection.execute(sa.select(sa.func.count()).where(open_)).scalar_one() > 0
                assert connection.execute(sa.select(sa.func.count()).where(~open_)).scalar_one() > 0
                with pytest.raises(sa.exc.DBAPIError, match="is append-only"):
                    connection.execute(statement)
        with world.services.uow.engine.connect() as connection:
            assert connection.execute(sa.update(table).where(open_).values(closing)).rowcount > 0


def test_positions_that_share_a_unit_are_refused_by_the_server_too(world):
    making.ledger(world)
    shifted = (
        "INSERT INTO ledger_positions (opened_by, place, space, first, last, account, state, kind, lot, "
        "transfers, opened_on) SELECT 9, {place}, space, first + {by}, last + {by}, account, state, kind, lot, "
        "transfers, opened_on FROM ledger_positions WHERE kind = 'vcs' AND closed_by IS NULL AND opened_by < 9"
    )
    with world.services.uow.engine.connect() as connection:
        for by in (0, 1, -1, 99, -99):
            with pytest.raises(sa.exc.IntegrityError, match="share_no_unit"), connection.begin_nested():
                connection.execute(sa.text(shifted.format(place=0, by=by)))
        for place, by in enumerate((100, -100)):
            assert connection.execute(sa.text(shifted.format(place=place, by=by))).rowcount == 1


def test_the_ledger_reads_and_reverses_what_it_wrote(world):
    """The reading side on the other dialect: what is reversed, what is bought back, a balance, a rival."""
    making.ledger(world)
    ledgermaking.everything(world)
    assert integrity.check(administrator("test"), world.services) == ()


def test_every_unit_of_a_lot_goes_once(world, tmp_path):
    test_many_writers.every_unit_goes_once(world, tmp_path)


def test_a_position_is_used_by_one_of_two_dossiers(world, tmp_path):
    test_many_writers.every_position_is_used_once(world, tmp_path)


def test_migrations_make_exactly_the_tables_of_the_code(url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    assert schema.upgrade(url) == schema.upgrade(url) == schema.current(url) == schema.newest()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_writers_wait_for_each_other_and_none_fails(world):
    """Without the writer's lock, two of these fail for every one that commits."""
    taken: list[int] = []
    failed: list[Exception] = []

    def take() -> None:
        for _ in range(10):
            try:
                with world.services.uow(write=True) as unit:
                    serial = unit.labels.next_serial(2030)
                    unit.commit()
                taken.append(serial)
            except sa.exc.DBAPIError as error:
                failed.append(error)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(taken) == list(range(1, 41))


def test_licences_updates_and_notices(world, open_cn, workbook, tmp_path):
    """The tables of background data, on the other dialect: written, read by tenancy, counted before a removal."""
    background.with_releases(world, tmp_path / "releases", open_cn)
    world.inventory = making.hand_in(world, workbook)
    making.open_study(world, open_cn.identifier)
    studies.assess(world["practitioner"], world.study, world.services)
    root, admin = world.services.settings.releases, administrator("test")
    background.clone(open_cn, root, "open-cn", "2030.1", scale={"al-primary-glo-2022": 2.0})
    command = release_updates.Compare(open_cn.identifier, "open-cn-2030.1", 0.01)
    job = release_updates.request(world["practitioner"], command, world.services)
    assert release_updates.request(world["practitioner"], command, world.services) == job
    worker.run_once(world.services)
    view = release_updates.get(world["exporter"], job, world.services)
    assert [row.kind for row in view.rows] == ["study", "dataset"]
    assert release_updates.list_(world["other-exporter"], world.services) == ()
    (told,) = notices.list_(world["exporter"], world.services)
    assert notices.read(world["exporter"], told.id, world.services).read_at
    with pytest.raises(release_refusals.ReleaseInUse):
        releases.remove(admin, open_cn.identifier, world.services)
    events = release_licences.events(admin, making.LICENSED, world.services)
    assert [event.granted for event in events] == [True]


def test_a_reader_sees_one_state(world):
    with world.services.uow() as reader:
        assert reader.people.get("absent") is None
        before = reader.audit.events()
        making.accounts.sign_out(world["exporter"], world.services)
        making.accounts.register_organisation(
            administrator("test"),
            making.accounts.RegisterOrganisation(making.OrganisationKind.EXPORTER, "演示", "Demo", "N-1"),
            world.services,
        )
        assert reader.audit.events() == before
    with world.services.uow() as later:
        assert len(later.audit.events()) == len(before) + 1
