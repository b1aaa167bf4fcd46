"""Evidence: kept once, found by its organisation only, never changed unnoticed."""

from __future__ import annotations

import hashlib

import pytest
import sqlalchemy as sa

from service.usecases.ledger import files
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotFound


@pytest.fixture
def world(at):
    return at("populated")


def test_a_file_is_kept_under_its_hash_once(world):
    who, services = world["exporter"], world.services
    sha256 = files.keep(who, "../合同 2026.PDF", b"%PDF-1.7 contract", services)
    assert sha256 == hashlib.sha256(b"%PDF-1.7 contract").hexdigest()
    assert files.keep(who, "again.pdf", b"%PDF-1.7 contract", services) == sha256
    (only,) = files.list_(who, services)
    assert (only.filename, only.media_type) == ("合同 2026.PDF", "application/pdf")
    assert files.get(who, sha256, services) == only
    assert files.content(who, sha256, services) == b"%PDF-1.7 contract"


def test_the_same_file_of_two_organisations_is_two(world):
    for name in ("exporter", "other-exporter"):
        files.keep(world[name], "x.csv", b"1", world.services)
    assert [len(files.list_(world[name], world.services)) for name in ("exporter", "other-exporter")] == [
        1,
        1,
    ]


def test_a_type_nobody_knows_is_a_stream_of_bytes(world):
    sha256 = files.keep(world["exporter"], "page.html", b"<script>", world.services)
    assert files.get(world["exporter"], sha256, world.services).media_type == "application/octet-stream"


def test_another_organisation_finds_nothing(world):
    sha256 = files.keep(world["exporter"], "x.csv", b"1", world.services)
    for look in (files.get, files.content):
        with pytest.raises(NotFound):
            look(world["other-exporter"], sha256, world.services)


@pytest.mark.parametrize("size", [0, files.MOST_BYTES + 1])
def test_empty_and_too_large_files_are_refused(world, size):
    with pytest.raises(InvalidInput):
        files.keep(world["exporter"], "x", b"1" * size, world.services)


def test_a_file_that_was_changed_is_found_and_named(world):
    sha256 = files.keep(world["exporter"], "x.csv", b"1", world.services)
    with world.services.uow.engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER ledger_files_no_update"))
        connection.execute(sa.text("UPDATE ledger_files SET data = x'32'"))
    with pytest.raises(EvidenceChanged):
        files.content(world["exporter"], sha256, world.services)
    with world.services.uow() as unit:
        assert [sha256 in one for one in files.problems(unit)] == [True]
