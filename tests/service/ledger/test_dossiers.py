"""Dossiers: versions, tenancy, who was quicker, and what the check of the store finds."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from service.usecases.ledger import dossiers
from service.usecases.ledger.dossiers import Changed, Opened
from service.usecases.ledger.refusals import DossierChanged
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotFound

FIRST = {"title": "绿证 2026", "expected": "12.5"}


@pytest.fixture
def world(at):
    return at("populated")


def opened(world, who="exporter", **more):
    with world.services.uow(write=True) as unit:
        command = Opened("purchase", "绿证 2026", FIRST, **more)
        record = dossiers.open_(world[who], unit, command, world.clock())
        unit.commit()
    return record


def changed(world, record, content, status="ordered", who="exporter", **more):
    world.clock.on(60)
    with world.services.uow(write=True) as unit:
        made = dossiers.change(world[who], unit, record, Changed(content, status, **more), world.clock())
        unit.commit()
    return made


def read(world, who, record, noun="purchase"):
    with world.services.uow() as unit:
        return dossiers.get(world[who], unit, noun, record.id)


def told(world):
    with world.services.uow() as unit:
        return list(dossiers.problems(unit))


def test_every_change_is_a_version_and_nothing_is_lost(world):
    record = opened(world)
    changed(world, record, FIRST | {"expected": "13"}, note="one more", title="绿证 2026 二")
    kept, content = read(world, "exporter", record)
    assert (kept.version, kept.status, kept.title) == (2, "ordered", "绿证 2026 二")
    assert content == FIRST | {"expected": "13"}
    with world.services.uow() as unit:
        assert dossiers.content_of(unit, kept, 1) == FIRST
        assert [one.note for one in unit.dossiers.versions(record.id)] == ["one more", ""]
        links = [one.link for one in unit.dossiers.versions(record.id)]
        events = unit.audit.events(object_=f"purchase:{record.id}")
        assert [(one.before, one.after) for one in events] == [("", links[1]), (links[1], links[0])]
    assert told(world) == []


def test_a_version_is_stored_only_on_the_one_looked_at(world):
    record = opened(world)
    changed(world, record, FIRST)
    for version in (None, 1):
        with pytest.raises(DossierChanged):
            changed(world, record, FIRST, version=version)
    kept, _ = read(world, "exporter", record)
    with pytest.raises(DossierChanged):
        changed(world, kept, FIRST, version=1)
    assert kept.version == 2


@pytest.mark.parametrize(
    ("who", "handed", "seen"),
    [
        ("exporter", False, True),
        ("other-exporter", True, False),
        ("practitioner", False, False),
        ("practitioner", True, True),
        ("rival-practitioner", True, False),
        ("regulator", True, False),
    ],
)
def test_it_is_the_organisations_own_and_the_institutions_it_is_handed_to(world, who, handed, seen):
    institution = world.organisations["institution"] if handed else None
    record = opened(world, institution_id=institution)
    with world.services.uow() as unit:
        assert bool(dossiers.listed(world[who], unit, "purchase")) is seen
    if seen:
        assert read(world, who, record)[1] == FIRST
    else:
        with pytest.raises(NotFound):
            read(world, who, record)


def test_it_is_handed_on_later_and_only_to_an_institution(world):
    record = opened(world)
    with pytest.raises(NotFound):
        changed(world, record, FIRST, institution_id=world.organisations["other"])
    made = changed(world, record, FIRST, institution_id=world.organisations["institution"])
    assert read(world, "practitioner", made)[0].institution_id == world.organisations["institution"]
    assert changed(world, made, FIRST).institution_id == made.institution_id


def test_another_noun_is_another_thing(world):
    with pytest.raises(NotFound):
        read(world, "exporter", opened(world), noun="claim")


@pytest.mark.parametrize(
    ("title", "content"),
    [(" ", FIRST), ("x" * 201, FIRST), ("t", {"a": 1.5}), ("t", {"a": "\x00"}), ("t", {"a": 2**60})],
)
def test_what_has_no_exact_form_is_refused(world, title, content):
    with world.services.uow(write=True) as unit, pytest.raises(InvalidInput):
        dossiers.open_(world["exporter"], unit, Opened("purchase", title, content), world.clock())


TAMPERED = [
    ("UPDATE ledger_dossiers SET title = 'x'", "newest version"),
    ("UPDATE ledger_dossiers SET status = 'x'", "newest version"),
    ("UPDATE ledger_dossiers SET created_by = 'x'", "not opened"),
    ("UPDATE ledger_dossiers SET version = 3", "versions are not 1 to 3"),
    ("UPDATE ledger_dossier_versions SET note = 'x' WHERE number = 1", "version 1 does not follow"),
    ("UPDATE ledger_dossier_versions SET content = '{}' WHERE number = 1", "content of version 1"),
    ("DELETE FROM ledger_dossier_versions WHERE number = 1", "versions are not 1 to 2"),
    ("UPDATE audit_events SET object = 'x'", "no event"),
]


@pytest.mark.parametrize(("sql", "problem"), TAMPERED)
def test_a_tampered_row_is_named(world, sql, problem):
    record = opened(world)
    changed(world, record, FIRST)
    world.close()
    with closing(sqlite3.connect(world.database)) as there:
        for (name,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            there.execute(f"DROP TRIGGER {name}")
        there.execute(sql)
        there.commit()
    assert any(problem in one and record.id in one for one in told(world))


def test_changed_content_is_not_read(world):
    record = opened(world)
    world.close()
    with closing(sqlite3.connect(world.database)) as there:
        for (name,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            there.execute(f"DROP TRIGGER {name}")
        there.execute('UPDATE ledger_dossier_versions SET content = \'{"title": "y"}\'')
        there.commit()
    with pytest.raises(EvidenceChanged):
        read(world, "exporter", record)
