"""The log in memory answers as the store does, follows it, and never covers what was tampered with."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from certificates.log import checkpoint, merkle, proof
from service.store.trust_records import Cosignature
from service.usecases import cosigning, log_memory, translog, verification
from service.usecases.log_memory import KeptTree, opened
from tests.service import test_translog as logs
from tests.service.test_translog import START, LogWorld, altered, rewritten

empty, world = logs.empty, logs.world
"""A home with a log of its own, and services on it."""


def kept(world: LogWorld) -> bool:
    """Whether memory answers."""
    return world.read(lambda unit: isinstance(opened(unit).tree, KeptTree))


def same(world: LogWorld) -> None:
    """Proofs, roots, places and leaves are those of the store."""

    def look(unit) -> None:
        log, tree = opened(unit), translog.tree(unit)
        assert log.tree.size == tree.size
        for index in range(tree.size):
            leaf = tree.leaf(index)
            assert log.tree.leaf(index) == leaf and log.tree.index(leaf) == tree.index(leaf) == index
            assert log.tree.root(index + 1) == tree.root(index + 1)
            assert log.proof(index) == translog.proof_of(unit, index)
        for beyond in (-1, tree.size):
            assert log.tree.leaf(beyond) is None
        for wrong in (0, tree.size + 1):
            with pytest.raises(ValueError, match="No tree"):
                log.tree.root(wrong)
        with pytest.raises(merkle.NoProof):
            log.tree.inclusion(0, tree.size + 1)
        assert log.tree.index(bytes(32)) is None

    world.read(look)


def test_it_answers_as_the_store_does_and_follows_it(world):
    for more in (1, 1, 5, 9, 1):
        world.grow(more)
        assert kept(world)
        same(world)


def test_of_an_empty_log_there_is_nothing(world):
    log = world.read(opened)
    assert log.tree.size == 0 and log.checkpoints() == ()


def cosigned(world: LogWorld, size: int, name: str) -> None:
    """A line under a checkpoint; whether it holds is the verifier's to say."""
    with world.services.uow(write=True) as unit:
        unit.log.add_cosignature(Cosignature(size, name, f"— {name} AAAAAAAA\n", START))
        unit.commit()


@pytest.mark.parametrize("looked_at", [2, 64])
def test_cosignatures_are_seen_at_the_next_question(world, monkeypatch, looked_at):
    monkeypatch.setattr(translog, "LOOKED_AT", looked_at)
    world.grow(3)
    for size, name in ((2, "one"), (3, "one"), (2, "two"), (3, "three"), (1, "four")):
        cosigned(world, size, name)
        same(world)
    world.grow(2)
    cosigned(world, 5, "one")
    same(world)
    for witnesses in (1, 2, 9):
        made = proof.read(world.read(lambda unit, n=witnesses: opened(unit, n).proof(4)))
        assert made.size == 5


def test_the_checkpoints_worth_holding(world):
    world.grow(4)
    cosigned(world, 2, "one")
    cosigned(world, 2, "two")
    cosigned(world, 3, "one")
    notes = world.read(lambda unit: opened(unit).checkpoints(1, 0, 99))
    assert [checkpoint.read(note).size for note in notes] == [1, 2, 4]


def test_an_older_snapshot_is_told_nothing_beyond_it(world):
    world.grow(4)
    with world.services.uow() as before:
        before.log.size()  # a snapshot begins with the first read
        world.grow(3)
        assert world.read(opened).tree.size == 7
        log, newest = opened(before), merkle.leaf_hash(b"entry 6")
        assert (log.tree.size, log.tree.index(newest), log.tree.leaf(6)) == (4, None, None)
        assert proof.read(log.proof(1)).size == 4
    assert world.read(opened).tree.index(newest) == 6


def test_what_is_not_committed_is_not_of_the_log(world):
    world.grow(2)
    with world.services.uow(write=True) as unit:
        translog.append(unit, b"lost", "status:1/revocation/9", world.keys, START)
        log = opened(unit)
        assert log.tree.size == 3 and not isinstance(log.tree, KeptTree)
    same(world)
    assert world.read(opened).tree.size == 2


DAMAGED = {
    "a leaf of the tree": 'UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 0 AND "index" = 2',
    "a leaf gone": 'DELETE FROM log_nodes WHERE level = 0 AND "index" = 2',
    "the newest leaf gone": 'DELETE FROM log_nodes WHERE level = 0 AND "index" = 6',
    "the newest checkpoint": "UPDATE log_checkpoints SET checkpoint = 'x' WHERE size = 7",
    "an older one in its place": "UPDATE log_checkpoints SET checkpoint = "
    "(SELECT checkpoint FROM log_checkpoints WHERE size = 3) WHERE size = 7",
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED.keys())
def test_where_store_and_checkpoint_do_not_fit_the_store_is_asked(world, damage):
    """As in a process that starts after the damage."""
    world.grow(7)
    altered(world, damage)
    for _ in range(2):
        assert not kept(world)


def test_a_row_that_was_damaged_after_it_was_read(world):
    """Answers stay those of the signed tree; who reads the store finds the damage."""
    world.grow(7)
    before = world.read(lambda unit: opened(unit).proof(2))
    altered(world, DAMAGED["a leaf of the tree"])
    assert kept(world) and world.read(lambda unit: opened(unit).proof(2)) == before
    assert [one for one in world.problems() if "leaf 2" in one or "does not follow" in one]


@pytest.mark.parametrize("grown", [0, 3])
def test_a_store_that_was_replaced_by_another_is_told_from_it(world, empty, grown):
    """Another leaf at place 2, signed with the very keys, under the connections of before: nothing of the old tree is
    told of the new one."""
    world.grow(5)
    assert kept(world)
    engine = world.services.uow.engine
    memory = log_memory._MEMORIES[engine]
    rewritten(world, empty, 5 + grown, other=2)
    log_memory._MEMORIES[world.services.uow.engine] = memory
    assert kept(world)
    same(world)
    assert world.read(lambda unit: opened(unit).tree.index(merkle.leaf_hash(b"entry 2"))) is None


def test_two_stores_have_nothing_in_common(at):
    here, there = at("issued"), at("approved")
    sizes = []
    for one in (here, there):
        with one.services.uow() as unit:
            sizes.append(opened(unit).tree.size)
    assert sizes[0] > sizes[1]


def test_a_question_by_number_is_a_handful_of_statements(at):
    world = at("issued")
    assert verification.by_number(world.number, world.services).valid
    counted: list[str] = []

    def count(_connection, _cursor, statement, *_more) -> None:
        counted.append(statement)

    event.listen(world.services.uow.engine, "before_cursor_execute", count)
    assert verification.by_number(world.number, world.services).valid
    assert len(counted) <= 8, counted


TAMPERED = {
    "the leaf's row": ("UPDATE log_leaves SET hash = zeroblob(32) WHERE what LIKE 'label:%'", "credential"),
    "its place": ('UPDATE log_leaves SET "index" = "index" + 1000 WHERE what LIKE \'label:%\'', "credential"),
    "its place in the lists": ("DELETE FROM status_places", "credential"),
    "the newest checkpoint": (
        "UPDATE log_checkpoints SET checkpoint = 'x' WHERE size = (SELECT max(size) FROM log_checkpoints)",
        "credential",
    ),
    "the credential": (
        "UPDATE labels SET credential = substr(credential, 1, length(credential) - 4) || 'AAAA'",
        "",
    ),
    "a label's revocation": ("DELETE FROM label_events WHERE sequence > 1", "bundle"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_tampered_store_is_told_also_where_it_was_read_before(at, what):
    from service.usecases import standing
    from service.usecases.standing import Change

    world = at("issued")
    statement, kind = TAMPERED[what]
    if "revocation" in what:
        standing.change(
            world["signatory"], world.number, Change("revoked", "电表记录有误，标签撤销。"), world.services
        )
        assert verification.by_number(world.number, world.services).verdict == "revoked"
    else:
        assert verification.by_number(world.number, world.services).kind == "bundle"
    altered(world, statement)
    report = verification.by_number(world.number, world.services)
    if "revocation" in what:  # the signed lists tell what the register was made to forget
        assert report.verdict == "revoked"
    elif what == "the credential":
        assert report.verdict in ("altered", "unreadable")
    else:
        assert report.kind == kind, "no bundle can be made of it"


def test_the_check_of_the_whole_store_remembers_nothing(at):
    from service.usecases import integrity
    from service.usecases.access import administrator

    world = at("issued")
    assert verification.by_number(world.number, world.services).valid
    altered(world, "UPDATE log_nodes SET hash = zeroblob(32) WHERE level = 0")
    found = integrity.check(administrator("test"), world.services)
    assert [one for one in found if "of the log" in one] and [one for one in found if world.number in one]


def test_gathered_cosignatures_go_with_the_next_proof(world):
    world.grow(3)
    assert world.read(lambda unit: opened(unit).proof(1)).count("— ") == 1
    world.witness()
    cosigning.gather(world.services)
    made = world.read(lambda unit: opened(unit, 1).proof(1))
    assert made.count("— ") == 2 and made == world.read(lambda unit: translog.proof_of(unit, 1))


def test_a_store_is_forgotten_with_its_connections(world):
    import gc

    world.grow(2)
    assert kept(world)
    number = id(world.services.uow.engine)
    assert number in {id(engine) for engine in log_memory._MEMORIES}
    world.services.uow.close()
    world.services.uow.__init__(world.services.settings.database_url)
    gc.collect()
    assert number not in {id(engine) for engine in log_memory._MEMORIES}
