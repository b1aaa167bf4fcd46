"""The offline pack: made here, read by a verifier that has no network and no store."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from certificates import pack
from certificates.keys import trust
from certificates.verify import verify
from service.usecases import labels, standing
from service.usecases.access import administrator
from service.usecases.desk import packs
from service.usecases.desk.refusals import NothingToPack
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotAllowed
from tests.service.test_integrity import tamper


def made(desk, by: str = "regulator", **more):
    return packs.make(desk[by], desk.services, **more)


def read(desk, taken: packs.Made, *, later: timedelta = timedelta(0)) -> pack.Pack:
    return pack.read(taken.data, trust.read(desk.services.keys.trust()), taken.made_at + later)


def test_with_a_pack_an_old_file_is_verified_as_it_stands(desk):
    """The PDF was taken when it was issued; the label was suspended since, and the pack knows."""
    pdf = labels.document(desk["exporter"], desk.number, desk.services)
    trusted = trust.read(desk.services.keys.trust())
    desk.world.clock.on(24 * 3600)
    before = made(desk)
    known = read(desk, before).knowledge
    assert verify(pdf, trusted, at=before.made_at, known=known).verdict == "valid"
    desk.world.clock.on(60)
    standing.change(
        desk["regulator"], desk.number, standing.Change("suspended", "a sample was taken"), desk.services
    )
    desk.world.clock.on(60)
    after = made(desk)
    report = verify(pdf, trusted, at=after.made_at, known=read(desk, after).knowledge)
    assert (report.verdict, report.standing.state) == ("suspended", "suspended")


def test_a_pack_counts_for_a_week_and_then_knows_nothing(desk):
    taken = made(desk)
    assert taken.expires_at - taken.made_at == timedelta(days=7)
    assert read(desk, taken, later=timedelta(days=7, seconds=-1)).leaves == taken.leaves
    with pytest.raises(pack.PackExpired):
        read(desk, taken, later=timedelta(days=7))


def test_a_changed_pack_is_none(desk):
    taken = made(desk)
    for at in (30, len(taken.data) // 2, len(taken.data) - 1):
        changed = bytearray(taken.data)
        changed[at] ^= 1
        with pytest.raises(ValueError, match=r"pack|Pack"):
            pack.read(bytes(changed), trust.read(desk.services.keys.trust()), taken.made_at)


def test_it_holds_every_leaf_the_newest_checkpoint_and_the_lists(desk):
    taken = made(desk)
    with desk.services.uow() as unit:
        size, lists = unit.log.size(), unit.standings.last_list()
    found = read(desk, taken)
    assert taken.leaves == found.leaves == size
    ((held,),) = (found.knowledge.lists.values(),)
    assert len(held) == 3 * lists


def test_every_taking_stands_in_the_audit_chain_with_its_fingerprint(desk):
    first = made(desk)
    desk.world.clock.on(60)
    second = made(desk, days=1)
    listed = packs.taken(desk["regulator"], desk.services)
    assert [one.sha256 for one in listed] == [second.fingerprint, first.fingerprint]
    assert first.fingerprint == hashlib.sha256(first.data).hexdigest()
    assert [one.expires_at for one in listed] == [second.expires_at, first.expires_at]
    assert {one.person_id for one in listed} == {desk["regulator"].person_id}
    assert packs.taken(desk["customs"], desk.services) == ()
    assert packs.make(administrator("test"), desk.services).leaves == first.leaves


@pytest.mark.parametrize("who", ["exporter", "practitioner", "reviewer", "signatory"])
def test_only_officers_take_packs(desk, who):
    with pytest.raises(NotAllowed):
        made(desk, who)


@pytest.mark.parametrize("days", [0, -1, 32])
def test_a_pack_lasts_at_most_a_month(desk, days):
    with pytest.raises(InvalidInput):
        made(desk, days=days)
    assert packs.taken(desk["regulator"], desk.services) == ()


def test_before_the_first_label_there_is_nothing_to_pack(at):
    world = at("populated")
    with pytest.raises(NothingToPack):
        packs.make(world["regulator"], world.services)


def test_a_log_that_was_changed_is_not_handed_on(desk):
    tamper(desk.world, 'UPDATE log_leaves SET hash = zeroblob(32) WHERE "index" = 0')
    with pytest.raises(EvidenceChanged):
        made(desk)
    assert packs.taken(desk["regulator"], desk.services) == ()
