"""The log over the store, and real witnesses over real HTTP: proofs, cosignatures, a split view told in words."""

from __future__ import annotations

import contextlib
import shutil
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

from certificates.keys import vkey
from certificates.keys.keyset import generate_keyset
from certificates.keys.trust import read_witness
from certificates.log import checkpoint, cosignature, merkle, proof
from certificates.log.witness_home import WitnessHome
from service.app import build_services, prepare_store
from service.settings import Settings
from service.store.trust_records import Cosignature
from service.store.trust_tables import log_leaves
from service.usecases import cosigning, jobs, translog, witness_client
from service.usecases.access import administrator
from service.usecases.refusals import EvidenceChanged, NotAllowed, NotFound, WitnessesUnusable, WitnessRefused
from service.usecases.services import Services
from service.witness import create_witness
from tests.service.world import Clock

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ADMIN = administrator("test")


WITNESS_NAME = "witness.example.gov/w1"


def kept_by_hand(services: Services, keys) -> None:
    """A cosignature of the newest checkpoint, without asking anybody."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from certificates.keys.signer import FileSigner

    signer = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32))
    with services.uow(write=True) as unit:
        size, signed = unit.log.latest_checkpoint()
        line = cosignature.sign(signed, WITNESS_NAME, signer, START)
        unit.log.add_cosignature(Cosignature(size, WITNESS_NAME, line, START))
        unit.commit()


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    """A home with keys and a new store, copied for each test."""
    home = tmp_path_factory.mktemp("log-home")
    names = {"zh": "演示机构", "en": "Demo Institution"}
    keys = generate_keyset(
        "did:web:labels.demo.invalid", names, START - timedelta(days=1), START + timedelta(days=900)
    )
    keys.save(home / "keys")
    prepare_store(Settings(home=home))
    return home


class LogWorld:
    """Services on a store of its own, with ``grow`` to append and ``witness`` to start one."""

    def __init__(self, home: Path) -> None:
        self.home, self.clock = home, Clock(START)
        self.services: Services = build_services(Settings(home=home), now=self.clock)
        self.servers: list[socketserver.BaseServer] = []

    @property
    def keys(self):
        return self.services.keys.keyset()

    def grow(self, number: int = 1) -> None:
        with self.services.uow(write=True) as unit:
            for _ in range(number):
                size = unit.log.size()
                translog.append(
                    unit, b"entry %d" % size, f"status:1/revocation/{size}", self.keys, self.clock()
                )
            unit.commit()

    def read(self, work: Callable):
        with self.services.uow() as unit:
            return work(unit)

    def proof(self, index: int, **options) -> proof.Proof:
        return proof.read(self.read(lambda unit: translog.proof_of(unit, index, **options)))

    def problems(self, *witnesses) -> list[str]:
        return self.read(lambda unit: list(translog.problems(unit, self.keys, witnesses)))

    def witness(self, name: str = WITNESS_NAME) -> WitnessHome:
        """A witness of this log, asked from now on."""
        log_key = vkey.VerifierKey(self.keys.log_name, translog.log_keys(self.keys)[0], vkey.LOG)
        folder = self.home / f"witness-{len(self.servers)}"
        home = WitnessHome.create(folder, name, [log_key.text], None, in_clear=True)
        self.serve(create_witness(home, now=self.clock), home.key.text)
        return home

    def serve(self, app, key: str) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.servers.append(server)
        address = f"http://127.0.0.1:{server.server_port}"
        self.ask(f"{self.services.settings.witnesses};{key} {address}")
        return address

    def ask(self, witnesses: str) -> None:
        self.services = replace(self.services, settings=replace(self.services.settings, witnesses=witnesses))

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()
        self.services.uow.close()


@pytest.fixture
def world(empty, tmp_path) -> Iterator[LogWorld]:
    shutil.copytree(empty, tmp_path / "home")
    made = LogWorld(tmp_path / "home")
    yield made
    made.close()


def altered(world: LogWorld, statement: str, **values) -> None:
    """What nobody can do through the service: change rows that are append-only."""
    with world.services.uow.engine.begin() as connection:
        triggers = (
            connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            .scalars()
            .all()
        )
        for name in triggers:
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        connection.execute(sa.text(statement), values)


def rewritten(world: LogWorld, empty: Path, size: int, other: int) -> None:
    """The store is replaced by one whose log has another leaf at ``other``, signed with the very keys: a split view."""
    world.services.uow.close()
    world.services.uow.__init__(world.services.settings.database_url)
    shutil.copy(empty / "tanbiao.sqlite", world.home / "tanbiao.sqlite")
    for stale in ("tanbiao.sqlite-wal", "tanbiao.sqlite-shm"):
        (world.home / stale).unlink(missing_ok=True)
    with world.services.uow(write=True) as unit:
        for index in range(size):
            entry = b"another" if index == other else b"entry %d" % index
            translog.append(unit, entry, f"status:1/revocation/{index}", world.keys, world.clock())
        unit.commit()


# ---------- append, prove, read ----------


def test_every_entry_is_proved_at_the_newest_checkpoint_or_at_the_one_asked_for(world):
    world.grow(9)
    for index in range(9):
        made = world.proof(index)
        assert (made.index, made.size) == (index, 9)
        assert proof.included(made, merkle.leaf_hash(b"entry %d" % index))
        stated = checkpoint.verify(made.checkpoint, world.keys.log_name, translog.log_keys(world.keys))
        assert stated.root == world.read(lambda unit: translog.tree(unit).root(9))
    earlier = world.proof(2, size=3)
    assert earlier.size == 3 and proof.included(earlier, merkle.leaf_hash(b"entry 2"))


def test_the_tree_answers_by_leaf_and_by_size(world):
    world.grow(5)

    def look(unit):
        tree = translog.tree(unit)
        assert tree.size == 5
        assert tree.index(merkle.leaf_hash(b"entry 3")) == 3
        assert tree.index(merkle.leaf_hash(b"absent")) is None
        assert tree.leaf(4) == merkle.leaf_hash(b"entry 4") and tree.leaf(5) is None
        for wrong in (0, 6, -1):
            with pytest.raises(ValueError, match="No tree"):
                tree.root(wrong)
        assert merkle.verify_consistency(2, 5, tree.consistency(2, 5), tree.root(2), tree.root(5))

    world.read(look)


def test_nothing_is_proved_in_an_empty_log_nor_beyond_its_end(world):
    for index in (0, -1):
        with pytest.raises(NotFound):
            world.proof(index)
    world.grow(3)
    for index, size in ((3, None), (-1, None), (0, 4), (2, 2), (0, 0)):
        with pytest.raises(NotFound):
            world.proof(index, size=size)


def test_one_thing_is_logged_once(world):
    world.grow()
    with pytest.raises(sa.exc.IntegrityError), world.services.uow(write=True) as unit:
        translog.append(unit, b"again", "status:1/revocation/0", world.keys, START)


def test_what_is_not_committed_leaves_no_trace(world):
    world.grow(2)
    with world.services.uow(write=True) as unit:
        translog.append(unit, b"lost", "status:1/revocation/9", world.keys, START)
    assert world.read(lambda unit: unit.log.size()) == 2
    world.grow()
    assert world.problems() == []


# ---------- what is wrong with a stored log ----------

DAMAGES = {
    "a node": (
        'UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 1 AND "index" = 0',
        "node 1/0 does not follow",
    ),
    "a leaf in the tree": (
        'UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 0 AND "index" = 6',
        "leaf 6",
    ),
    "a missing node": ('DELETE FROM log_nodes WHERE level = 0 AND "index" = 2', "node 0/2 is missing"),
    "a node too many": (
        'INSERT INTO log_nodes (level, "index", hash) VALUES (5, 0, zeroblob(32))',
        "node 5/0 is beyond",
    ),
    "a leaf's row": ('UPDATE log_leaves SET hash = zeroblob(32) WHERE "index" = 3', "leaf 3 of the log"),
    "a leaf gone": ('DELETE FROM log_leaves WHERE "index" = 3', "leaves are missing"),
    "what a leaf is": ("UPDATE log_leaves SET what = 'label:x' WHERE \"index\" = 3", "says that it is"),
    "a checkpoint": ("UPDATE log_checkpoints SET checkpoint = 'x' WHERE size = 4", "checkpoint of size 4"),
    "another's checkpoint": (
        "UPDATE log_checkpoints SET checkpoint = (SELECT checkpoint FROM log_checkpoints WHERE size = 3) "
        "WHERE size = 4",
        "checkpoint of size 4",
    ),
    "a checkpoint gone": ("DELETE FROM log_checkpoints WHERE size = 4", "checkpoints are missing"),
    "the newest checkpoint": (
        "UPDATE log_checkpoints SET checkpoint = 'x' WHERE size = 7",
        "last checkpoint",
    ),
    "the newest leaf gone": (
        'DELETE FROM log_nodes WHERE level = 0 AND "index" = 6',
        "no longer has the root|last check",
    ),
    "a cosignature": ("UPDATE log_cosignatures SET line = '— x AAAAAAAA\n'", "cosignature of witness"),
    "another's cosignature": (
        "UPDATE log_cosignatures SET size = 6",
        "cosignature of witness.example.gov/w1 is not for the checkpoint of size 6",
    ),
    "a cosignature of nothing": ("UPDATE log_cosignatures SET size = 99", "of size 99"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_every_damage_is_a_sentence(world, damage):
    statement, sentence = damage
    world.grow(7)
    key = world.witness().key
    cosigning.gather(world.services)
    watching = read_witness(key.text)
    assert world.problems(watching) == []
    altered(world, statement)
    found = world.problems(watching)
    assert found and any(part in one for one in found for part in sentence.split("|")), found


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 2 AND "index" = 0',
        'DELETE FROM log_nodes WHERE level = 1 AND "index" = 2',
        DAMAGES["the newest checkpoint"][0],
        DAMAGES["the newest leaf gone"][0],
    ],
)
def test_a_log_whose_root_is_another_is_not_signed_on(world, statement):
    world.grow(7)
    altered(world, statement)
    with pytest.raises(EvidenceChanged):
        world.grow()


def test_entries_without_any_checkpoint_are_refused(world):
    world.grow(2)
    altered(world, "DELETE FROM log_checkpoints")
    with pytest.raises(EvidenceChanged, match="no checkpoint"):
        world.grow()


def test_a_missing_node_makes_no_proof(world):
    world.grow(7)
    altered(world, 'DELETE FROM log_nodes WHERE level = 0 AND "index" = 1')
    with pytest.raises(EvidenceChanged, match="node"):
        world.proof(0)


# ---------- witnesses ----------


def states(outcomes) -> list[str]:
    return [one.state for one in outcomes]


def test_a_witness_cosigns_and_its_line_goes_with_every_proof(world):
    world.grow(3)
    home = world.witness()
    assert states(cosigning.gather(world.services)) == ["kept"]
    made = world.proof(1)
    assert cosignature.seen_at(made.checkpoint, home.key.name, home.key.public) == START
    assert states(cosigning.gather(world.services)) == ["known"]
    world.grow(4)
    world.clock.on(3600)
    assert states(cosigning.cosign(ADMIN, world.services)) == ["kept"]
    assert cosignature.seen_at(
        world.proof(1).checkpoint, home.key.name, home.key.public
    ) == START + timedelta(hours=1)
    assert world.problems(read_witness(home.key.text)) == []


def test_an_entry_younger_than_the_last_cosignature_is_proved_without_one(world):
    world.grow(3)
    world.witness()
    cosigning.gather(world.services)
    world.grow(1)
    assert (world.proof(0).size, world.proof(3).size) == (3, 4)


def test_the_checkpoint_that_most_witnesses_signed_is_preferred(world):
    world.grow(3)
    world.witness("one.example")
    world.witness("two.example")
    assert states(cosigning.gather(world.services)) == ["kept", "kept"]
    world.servers[1].shutdown()
    world.servers[1].server_close()
    world.grow(2)
    assert states(cosigning.gather(world.services)) == ["kept", "away"]
    assert world.proof(0).size == 3, "two witnesses count more than one"
    assert world.proof(0, witnesses=["one.example"]).size == 5
    assert world.proof(4).size == 5


def test_a_witness_that_knows_more_than_we_remember_is_shown_the_way_from_there(world):
    """The cosignature got lost between the answer and the commit: the witness names its size, 409, and signs on."""
    world.grow(3)
    home = world.witness()
    cosigning.gather(world.services)
    altered(world, "DELETE FROM log_cosignatures")
    world.grow(2)
    assert states(cosigning.gather(world.services)) == ["kept"]
    altered(world, "DELETE FROM log_cosignatures")
    assert states(cosigning.gather(world.services)) == ["kept"]
    assert home.watched()[0].seen.stated.size == 5 and home.refusals().kept == 0


@pytest.mark.parametrize("grown", [0, 4])
def test_a_rewritten_log_is_refused_and_told_in_words(world, empty, grown):
    """The split view: the store is replaced by a copy with another leaf, signed with the very keys."""
    world.grow(5)
    home = world.witness()
    assert states(cosigning.gather(world.services)) == ["kept"]
    rewritten(world, empty, 5 + grown, other=2)
    assert world.problems() == [], "by itself the rewritten log is whole: only the witness can know"
    (outcome,) = cosigning.gather(world.services)
    assert outcome.state == "split" and "no longer begins with the tree of 5" in outcome.problem
    assert home.refusals().kept == 1 and home.watched()[0].seen.stated.size == 5
    with pytest.raises(WitnessRefused) as told:
        cosigning.run(world.services)
    assert "tanbiao db check" in told.value.message("en") and "改写" in told.value.message("zh")
    assert "—" not in told.value.message("zh") and "begins" not in told.value.message("zh")


def test_a_store_put_back_to_an_older_backup_is_told(world, empty):
    world.grow(6)
    world.witness()
    cosigning.gather(world.services)
    rewritten(world, empty, 4, other=-1)
    (outcome,) = cosigning.gather(world.services)
    assert (outcome.state, outcome.problem) == ("ahead", "it signed a tree of 6 entries, this log has 4")
    with pytest.raises(WitnessRefused):
        cosigning.run(world.services)


def answering(status: int, body: str | bytes, headers: dict[str, str] | None = None):
    """A server that answers everything alike."""

    def app(environ, start):
        start(f"{status} x", list((headers or {"Content-Type": "text/plain"}).items()))
        return [body if isinstance(body, bytes) else body.encode()]

    return app


def other_line(world: LogWorld) -> str:
    """A cosignature of the right witness, but of another tree."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from certificates.keys.signer import FileSigner

    signer = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32))
    text = checkpoint.sign(world.keys.log_name, 9, bytes(32), world.keys.signer("log", START))
    return cosignature.sign(text, "w.example", signer, START)


def key_of_three() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from certificates.keys.signer import FileSigner

    signer = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32))
    return vkey.VerifierKey("w.example", signer.public, vkey.WITNESS).text


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, "", "wrong"),
        (200, "nonsense", "wrong"),
        (200, "— w.example AAAAAAAA\n", "wrong"),
        (200, "other line", "wrong"),
        (200, b"\xff\xfe", "away"),
        (200, b"x" * 100_000, "away"),
        (302, "", "away"),
        (400, "", "refusing"),
        (403, "", "refusing"),
        (404, "", "refusing"),
        (409, "no number", "away"),
        (409, "0\n", "split"),
        (409, "1\n", "split"),
        (409, "99\n", "ahead"),
        (422, "", "split"),
        (500, "", "away"),
        (503, "", "away"),
    ],
)
def test_whatever_a_witness_answers_nothing_wrong_is_stored(world, status, body, state):
    world.grow(3)
    if body == "other line":
        body = other_line(world)
    world.serve(
        answering(status, body, {"Location": "http://127.0.0.1:1/", "Content-Type": "x"}), key_of_three()
    )
    assert states(cosigning.gather(world.services)) == [state]
    assert world.read(lambda unit: unit.log.every_cosignature()) == ()


def test_a_redirect_is_never_followed(world):
    world.grow()
    asked = []

    def there(environ, start):
        asked.append(environ["PATH_INFO"])
        start("200 OK", [])
        return [b""]

    there_at = world.serve(there, key_of_three())
    world.ask("")
    world.serve(answering(302, "", {"Location": f"{there_at}/add-checkpoint"}), key_of_three())
    assert states(cosigning.gather(world.services)) == ["away"] and asked == []


def test_a_clock_that_is_ahead_is_not_believed(world):
    world.grow()
    home = world.witness()
    world.clock.on(3600)
    cosigning.gather(world.services)
    assert len(world.read(lambda unit: unit.log.every_cosignature())) == 1
    world.grow()
    early = replace(world.services, clock=lambda: START)
    assert states(cosigning.gather(early)) == ["wrong"] and home.watched()[0].seen.stated.size == 2


def test_a_clock_that_is_behind_vouches_for_nothing(world):
    """With such a time a thief's entry would look older than the theft."""
    world.clock.on(86_400)
    world.grow()
    home = WitnessHome.create(
        world.home / "slow",
        WITNESS_NAME,
        [vkey.VerifierKey(world.keys.log_name, translog.log_keys(world.keys)[0], vkey.LOG).text],
        None,
        in_clear=True,
    )
    world.serve(create_witness(home, now=lambda: START), home.key.text)
    assert states(cosigning.gather(world.services)) == ["wrong"]
    assert world.read(lambda unit: unit.log.every_cosignature()) == ()


def test_a_witness_that_drips_its_answer_is_left(world):
    world.grow()
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        caller, _ = listening.accept()
        with caller, contextlib.suppress(OSError):
            caller.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(40):
                caller.sendall(b"x")
                time.sleep(0.1)
            caller.sendall(b"\r\nContent-Length: 0\r\n\r\n")

    threading.Thread(target=drip, daemon=True).start()
    with listening, pytest.raises(witness_client.WitnessAway):
        witness_client.ask(f"http://127.0.0.1:{listening.getsockname()[1]}", b"x", seconds=0.5)


def test_nobody_listens_there_and_the_other_is_asked_all_the_same(world):
    world.grow()
    world.ask(f"{key_of_three()} http://127.0.0.1:9")
    world.witness()
    assert states(cosigning.gather(world.services)) == ["away", "kept"]


def test_an_empty_log_asks_nobody(world):
    world.witness()
    assert cosigning.gather(world.services) == ()


def test_settings_that_name_no_witness_are_refused_in_words(world):
    world.grow()
    world.ask("w.example+00000000+AAAA https://w.example")
    with pytest.raises(WitnessesUnusable, match="TANBIAO_WITNESSES"):
        cosigning.gather(world.services)


def test_only_the_administrator_asks_by_the_command(world):
    from service.usecases.access import Actor, OrganisationKind, Role

    signatory = Actor("p", "o", OrganisationKind.INSTITUTION, frozenset({Role.SIGNATORY}))
    with pytest.raises(NotAllowed):
        cosigning.cosign(signatory, world.services)


def test_a_cosignature_is_kept_once(world):
    world.grow()
    world.witness()
    cosigning.gather(world.services)
    (kept,) = world.read(lambda unit: unit.log.cosignatures(1))
    with pytest.raises(sa.exc.IntegrityError), world.services.uow(write=True) as unit:
        unit.log.add_cosignature(Cosignature(1, kept.witness, kept.line, kept.at))


def test_the_leaves_are_told_from_the_newest(world):
    world.grow(4)
    leaves = world.read(lambda unit: unit.log.latest_leaves(2))
    assert [leaf.what for leaf in leaves] == ["status:1/revocation/3", "status:1/revocation/2"]
    assert world.read(lambda unit: unit.log.leaf_of("status:1/revocation/0")).index == 0
    assert set(world.read(lambda unit: unit.log.leaves_of(["status:1/revocation/0", "x"]))) == {
        "status:1/revocation/0"
    }
    assert len(log_leaves.c) == 4


# ---------- asked by a job ----------


def test_whoever_appends_queues_the_asking_once_and_the_worker_does_it(at, tmp_path):
    """In the transaction that appended; a job that is already running may have read the log before this entry."""
    issued = at("issued")
    key = key_of_three()
    named = replace(
        issued.services, settings=replace(issued.services.settings, witnesses=f"{key} http://127.0.0.1:9")
    )
    for services, expected in ((issued.services, 0), (named, 1), (named, 1)):
        with services.uow(write=True) as unit:
            cosigning.request(issued["signatory"], unit, services, issued.clock())
            cosigning.request(ADMIN, unit, services, issued.clock())
            unit.commit()
        waiting = [
            job for job in jobs.list_(issued["signatory"], services) if job.kind == cosigning.COSIGN_JOB
        ]
        assert len(waiting) == expected
    leased = jobs.lease(named)
    assert leased is not None
    with named.uow(write=True) as unit:
        cosigning.request(issued["signatory"], unit, named, issued.clock())
        unit.commit()
    assert jobs.run(leased, named) is None
    (waiting, done) = sorted(jobs.list_(issued["signatory"], named), key=lambda job: job.state != "waiting")[
        :2
    ]
    assert (waiting.state, waiting.kind) == ("waiting", cosigning.COSIGN_JOB)
    assert (done.state, done.result) == ("done", {"cosignatures": 0, "asked": 1}), (
        "nobody listens there: no failure"
    )
