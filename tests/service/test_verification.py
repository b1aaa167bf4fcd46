"""Verification over the store: what the service knows goes before what a file brings, and no file knows more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from certificates import pack
from certificates.bundle import unpack
from certificates.canonical import parse
from certificates.credential import decode
from certificates.encoding import moment_text
from certificates.keys import trust
from certificates.verify import verify
from service.usecases import as_signed, labels, standing, verification
from service.usecases.access import administrator
from service.usecases.desk import packs
from service.usecases.standing import Change

ADMIN = administrator("test")
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


def change(world, state, reason="电表记录有疑问，正在核查。"):
    return standing.change(world["regulator"], world.number, Change(state, reason), world.services)


def code_of(world) -> str:
    return decode(labels.credential(world["exporter"], world.number, world.services)).envelope.code


def test_by_number_it_is_valid_as_of_now(at):
    world = at("issued")
    report = verification.by_number(world.number.lower(), world.services)
    assert report is None, "who may ask, and what somebody typed, is usecases.lookup's"
    report = verification.by_number(world.number, world.services)
    assert report is not None and report.valid and report.kind == "bundle"
    assert report.standing is not None and report.standing.as_of == world.clock()
    assert verification.by_number("TB-2026-0000009-0", world.services) is None


def test_the_bundle_of_a_number_is_whole_and_fresh(at):
    """Offline, with the trust file alone, for a week."""
    world = at("issued")
    data = verification.published_bundle(world.number, world.services)
    trusted = verification.trusted(world.services)
    found = unpack(parse(data, numbers=True))
    assert found.issuer == world.services.keys.keyset().did_document() and len(found.statuses) == 3
    code = code_of(world)
    report = verify(data, trusted, at=world.clock() + WEEK - HOUR, number=world.number, code=code)
    assert report.valid
    assert verify(data, trusted, at=world.clock() + WEEK).verdict == "stale"
    world.clock.on(3 * 24 * 3600)
    later = verification.published_bundle(world.number, world.services)
    assert verify(later, trusted, at=world.clock() + WEEK - HOUR).valid


def test_an_old_file_is_told_as_it_stands_now(at):
    world = at("issued")
    pdf = verification.published_document(world.number, world.services)
    world.clock.on(3600)
    change(world, "suspended")
    offline = verify(pdf, verification.trusted(world.services), at=world.clock())
    assert offline.valid, "the file cannot know; its lists are of the issue"
    online = verification.by_file(pdf, world.services)
    assert online.verdict == "suspended" and online.standing.reason["zh"].startswith("电表")
    assert verification.by_number(world.number, world.services).verdict == "suspended"


def test_how_it_stood_on_another_day(at):
    world = at("issued")
    issued = world.clock()
    world.clock.on(24 * 3600)
    change(world, "suspended")
    world.clock.on(24 * 3600)
    change(world, "active", "已复核电表记录，确认无误。")
    world.clock.on(24 * 3600)
    change(world, "revoked")
    pdf = verification.published_document(world.number, world.services)
    asked = [(-HOUR, "not-yet-valid"), (HOUR, "valid"), (25 * HOUR, "suspended"), (49 * HOUR, "valid")]
    for after, verdict in (*asked, (73 * HOUR, "revoked"), (1000 * WEEK, "revoked")):
        at_ = issued + after
        for report in (
            verification.by_number(world.number, world.services, at=at_),
            verification.by_file(pdf, world.services, at=at_),
        ):
            assert report.verdict == verdict, (after, report.text("en"))
            assert report.at == at_
    then = verification.by_number(world.number, world.services, at=issued + HOUR)
    assert then.steps[15].reason == "status-active-then"


def test_a_file_with_its_number_and_code(at):
    world = at("issued")
    pdf, code = verification.published_document(world.number, world.services), code_of(world)
    assert verification.by_file(pdf, world.services, number=world.number, code=code).valid
    for number, typed in ((world.number, "00000000"), ("TB-2026-0000002-J", code)):
        report = verification.by_file(pdf, world.services, number=number, code=typed)
        assert report.verdict == "other-number" and code not in str(report.as_dict()["steps"])


def test_a_label_that_is_not_in_the_log_of_the_store(at, tmp_path):
    """The same issuer's keys, another store: genuine to the last byte, and never published here."""
    here, there = at("issued"), at("approved")
    from tests.service import world as making

    making.issue(there)
    data = verification.published_bundle(there.number, there.services)
    assert verification.by_file(data, there.services).valid
    report = verification.by_file(data, here.services)
    assert report.verdict == "altered" and {11, 12} & {step.number for step in report.failed}


def test_what_stands_when_the_keys_are_gone(at, tmp_path):
    """Without keys nobody signs lists: refused, not answered with what was true before."""
    from service.installation import StoredKeys
    from service.usecases.refusals import KeysUnavailable

    world = at("issued")
    gone = replace(world.services, keys=StoredKeys(tmp_path / "none", None))
    with pytest.raises(KeysUnavailable):
        verification.by_number(world.number, gone)


def test_a_stolen_label_key(at, tmp_path, keys_folder):
    """No witness saw the log, so nothing shows that the label was there before; the store's own check still holds."""
    from service.usecases import integrity

    world = at("issued")
    keys = world.services.keys.keyset()
    stolen = keys.compromised("label-1", world.clock() + HOUR)
    world.clock.on(2 * 3600)

    class Stolen:
        def keyset(self):
            return stolen

        def trust(self):
            return stolen.trust()

    services = replace(world.services, keys=Stolen())
    report = verification.by_number(world.number, services)
    assert report.verdict == "unknown-issuer" and [step.number for step in report.failed] == [4]
    assert "key-compromised" in {step.reason for step in report.failed}
    assert not [one for one in integrity.check(ADMIN, services) if world.number in one]


def test_the_trust_is_read_once(at):
    world = at("issued")
    assert verification.trusted(world.services) is verification.trusted(world.services)
    assert verification.trusted(world.services) == trust.read(verification.trust(world.services))


def test_soundness_asks_what_was_signed_and_not_what_it_is_worth(at):
    trusted = verification.trusted(at("issued").services)
    marked = replace(
        trusted,
        quorum=0,
        issuers=tuple(
            replace(one, keys=tuple(replace(key, compromised_since=key.valid_from) for key in one.keys))
            for one in trusted.issuers
        ),
    )
    assert as_signed.as_issued(marked) == trusted


def test_a_pack_of_the_desk_is_what_the_border_post_reads(at):
    world = at("issued")
    pdf = verification.published_document(world.number, world.services)
    world.clock.on(24 * 3600)
    change(world, "suspended")
    made = packs.make(world["regulator"], world.services, days=10)
    trusted = verification.trusted(world.services)
    read = pack.read(made.data, trusted, world.clock() + 9 * 24 * HOUR)
    report = verify(pdf, trusted, at=world.clock() + 9 * 24 * HOUR, known=read.knowledge)
    assert report.verdict == "suspended" and moment_text(report.standing.as_of) == moment_text(made.made_at)
    with pytest.raises(pack.PackExpired):
        pack.read(made.data, trusted, world.clock() + 10 * 24 * HOUR)
