"""How an issued claim stands: frozen by what falls, by objections; lifted by somebody else; told publicly at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from certificates.ledger.claims.model import Standing
from service.store.ledger_records import ClaimEvent
from service.usecases import accounts, claim_events, integrity
from service.usecases.access import Role, administrator
from service.usecases.claims import foundations, published, standings, submitting
from service.usecases.claims.refusals import ClaimFallen, ClaimSamePerson, ClaimWrongState
from service.usecases.claims.standings import Lift, Object
from service.usecases.ledger.refusals import LedgerRefused
from service.usecases.refusals import InvalidInput, NotAllowed, NotFound
from tests.service.claims import making as claims
from tests.service.ledger.making import tamper


def stands(made):
    return standings.standing(made.number, made.world.services)


def happened(made):
    with made.world.services.uow() as unit:
        return unit.claims.events(made.number)


def object_(made, who="regulator", ground="objection", reason="收到举报"):
    return standings.object_(made.world[who], Object(made.number, ground, reason), made.world.services)


def lift(made, actor):
    return standings.lift(actor, Lift(made.number, "已核实"), made.world.services)


def second_signatory(world):
    admin, email = administrator("test"), "second-signatory@demo.invalid"
    command = accounts.RegisterPerson(
        world.organisations["institution"],
        email,
        "second",
        "correct horse battery",
        frozenset({Role.SIGNATORY}),
    )
    accounts.register_person(admin, command, world.services)
    return accounts.actor_by_email(email, world.services)


def used_by(made):
    with made.world.services.uow() as unit:
        return unit.ledger.position(made.position).used_by


def test_an_issued_claim_is_in_force_until_it_expires(claimed):
    made = claimed("issued")
    assert stands(made).standing is Standing.IN_FORCE
    later = standings.standing(made.number, made.world.services, date(2027, 3, 1))
    assert later.standing is Standing.EXPIRED
    assert standings.standing(made.number, made.world.services, date(2026, 1, 1)).standing is Standing.NOT_YET


def test_a_reversed_retirement_freezes_with_the_same_commit(claimed):
    made = claimed("issued")
    claims.reverse(made.world, made.position)
    live = stands(made)
    assert live.standing is Standing.FROZEN
    assert [one.code for one in live.grounds] == ["N18-retirement-reversed"]
    (event,) = happened(made)
    assert (event.status, event.ground) == ("frozen", "facts")
    assert event.person_id == made.world["exporter"].person_id
    zh, en = (claim_events.told(event, language)[0] for language in ("zh", "en"))
    assert zh != en and "19380-" in zh and "19380-" in en
    assert used_by(made) == made.claim, "freezing releases nothing"
    assert integrity.check(administrator("test"), made.world.services) == ()


def test_units_that_are_kept_no_more_behind_the_software_are_told(claimed):
    made = claimed("issued")
    tamper(made.world, ["UPDATE ledger_uses SET closed_at = at"])
    found = integrity.check(administrator("test"), made.world.services)
    assert any(f"uses of claim {made.number}" in str(one) for one in found), found


def test_a_refused_entry_freezes_nothing(claimed):
    made = claimed("issued")
    claims.reverse(made.world, made.position)
    with pytest.raises(LedgerRefused):
        claims.reverse(made.world, made.position)
    assert len(happened(made)) == 1


def test_entries_of_other_units_leave_it_alone(claimed):
    made = claimed("issued")
    lot = claims.credits(made.world, 9001)
    other = claims.retired(made.world, lot, claims.period_of(made.world))
    claims.reverse(made.world, other)
    assert happened(made) == ()
    assert stands(made).standing is Standing.IN_FORCE


@pytest.mark.parametrize("ground", claim_events.GROUNDS)
@pytest.mark.parametrize("who", ["regulator", "reviewer", "signatory"])
def test_an_objection_freezes_until_another_signatory_lifts_it(claimed, who, ground):
    made = claimed("issued")
    object_(made, who, ground)
    assert stands(made).standing is Standing.FROZEN
    assert used_by(made) == made.claim
    if who == "signatory":
        with pytest.raises(ClaimSamePerson):
            lift(made, made.world["signatory"])
    lift(made, second_signatory(made.world))
    assert stands(made).standing is Standing.IN_FORCE
    assert [one.status for one in happened(made)] == ["frozen", "in-force"]


def test_a_claim_whose_ground_still_holds_is_not_lifted(claimed):
    made = claimed("issued")
    object_(made)
    claims.reverse(made.world, made.position)
    with pytest.raises(ClaimFallen) as refused:
        lift(made, made.world["signatory"])
    assert "19380-" in refused.value.message("zh")
    assert refused.value.message("zh") != refused.value.message("en")


def test_a_freeze_whose_cause_has_gone_stands_until_somebody_has_looked(claimed):
    made = claimed("issued")
    with made.world.services.uow(write=True) as unit:
        said = claim_events.Said(Standing.FROZEN, claim_events.FACTS, "[]")
        claim_events.append(unit, made.number, said, made.world["exporter"], made.world.clock())
        unit.commit()
    assert [one.code for one in stands(made).grounds] == ["N18-objection"]
    lift(made, made.world["signatory"])
    assert stands(made).standing is Standing.IN_FORCE


REFUSED = {
    "exporter": NotAllowed,
    "other-exporter": NotAllowed,
    "practitioner": NotAllowed,
    "rival-reviewer": NotFound,
    "rival-signatory": NotFound,
}


@pytest.mark.parametrize("who", REFUSED)
def test_who_does_not_object(claimed, who):
    made = claimed("issued")
    with pytest.raises(REFUSED[who]):
        object_(made, who)
    assert happened(made) == ()


def test_nothing_to_lift_and_no_reason(claimed):
    made = claimed("issued")
    with pytest.raises(ClaimWrongState):
        lift(made, made.world["signatory"])
    with pytest.raises(InvalidInput):
        object_(made, reason=" ")
    with pytest.raises(InvalidInput):
        object_(made, ground="dislike")
    with pytest.raises(NotFound):
        standings.object_(made.world["regulator"], Object("TC", "objection", "x"), made.world.services)


@pytest.mark.parametrize("who", ["exporter", "signatory"])
def test_a_withdrawn_claim_is_told_as_such_and_keeps_its_units(claimed, who):
    made = claimed("issued")
    submitting.withdraw(made.world[who], submitting.Withdraw(made.claim, "数据有误"), made.world.services)
    assert stands(made).standing is Standing.WITHDRAWN
    assert used_by(made) == made.claim
    with pytest.raises(ClaimWrongState):
        object_(made)
    assert [one.status for one in happened(made)] == ["withdrawn"]
    assert integrity.check(administrator("test"), made.world.services) == ()


def test_an_issued_claim_is_not_withdrawn_by_a_practitioner(claimed):
    made = claimed("issued")
    command = submitting.Withdraw(made.claim, "不合适")
    for who in ("practitioner", "reviewer"):
        with pytest.raises(NotAllowed):
            submitting.withdraw(made.world[who], command, made.world.services)


def test_a_sweep_tells_what_time_has_changed_once(claimed):
    made = claimed("issued")
    admin, services = administrator("test"), made.world.services
    assert standings.sweep(admin, services) == ()
    made.world.clock.time += timedelta(days=60)
    (event,) = standings.sweep(admin, services)
    assert (event.status, event.ground) == ("expired", "facts")
    assert standings.sweep(admin, services) == ()


def test_the_public_page_has_the_statement_the_standing_and_the_events(claimed):
    made = claimed("issued")
    object_(made)
    found = published.public(f" {made.number.lower()} ", made.world.services)
    assert found.live.standing is Standing.FROZEN
    assert found.url.endswith(f"/c/{made.number}")
    assert [(one.status, one.ground, one.said) for one in found.events] == [
        ("frozen", "objection", (("收到举报", "收到举报"),))
    ]
    assert found.waterfall[0].key == "footprint" and found.waterfall[-1].key == "remainder"
    assert published.document(made.number, made.world.services).startswith(b"%PDF")
    assert published.bundle(made.number, made.world.services).startswith(b"{")
    told = repr(found.events)
    assert made.world["regulator"].person_id not in told
    for call in (published.public, published.document, published.bundle):
        with pytest.raises(NotFound):
            call("TC-2026-0000009-0", made.world.services)


TAMPERED = {
    "use": ("UPDATE ledger_uses SET closed_at = '2026-01-01 00:00:00'", "use of the units"),
    "state": ("UPDATE ledger_dossiers SET status = 'draft' WHERE noun = 'claim'", "state of claim"),
    "statement": ("DELETE FROM claim_statements", "has no statement"),
    "digest": ("UPDATE ledger_dossier_versions SET digest = 'x' WHERE status = 'issued'", "issued version"),
    "events": ("DELETE FROM claim_events WHERE sequence = 1", "events and audit chain"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_the_check_of_the_store_names_what_a_claim_lost(claimed, what):
    made = claimed("issued")
    object_(made)
    statement, says = TAMPERED[what]
    tamper(made.world, [*(["DELETE FROM claim_events"] if what == "statement" else []), statement])
    with made.world.services.uow() as unit:
        assert any(says in one for one in foundations.problems(unit)), what


def test_an_event_that_nobody_did_is_found(claimed):
    made = claimed("issued")
    event = ClaimEvent(made.number, 1, "in-force", "lifted", "", "p", made.world.clock())
    with made.world.services.uow(write=True) as unit:
        unit.claims.add_event(event)
        unit.commit()
    with made.world.services.uow() as unit:
        assert any("events" in one for one in foundations.problems(unit))
