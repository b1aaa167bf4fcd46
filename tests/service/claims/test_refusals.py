"""What keeps a claim from being handed in, approved, issued: units used twice, the wrong person, the wrong state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from certificates.ledger.claims.model import Audience, Claim, Period, Subject, plain
from certificates.ledger.entries import Beneficiary, Purpose
from service.usecases.claims import drafting, issuing, refusals, reviewing, standings, submitting
from service.usecases.claims.refusals import ClaimNotReady, ClaimSamePerson, ClaimWrongState
from service.usecases.ledger.refusals import AlreadyUsed
from service.usecases.refusals import InvalidInput, NotAllowed, Refusal, every_refusal
from tests.service.claims import making as claims
from tests.service.ledger.making import purchase

COMMANDS = {
    "title": ({"title": " "}, "invalid-input"),
    "field": ({"content": {"colour": "green"}}, "claim-unreadable"),
    "amount": ({"content": {"residual_t": "1e3"}}, "claim-unreadable"),
    "float": ({"content": {"residual_t": 1.5}}, "claim-unreadable"),
    "many": ({"content": {"retirements": ["1.0"] * 101}}, "invalid-input"),
    "institution": ({"institution_id": "none"}, "not-found"),
}


@pytest.fixture(scope="module")
def drafts(claim_stages, tmp_path_factory, open_cn, keys_folder):
    """One world for what is refused and changes nothing."""
    from tests.service.claims.conftest import opened_copy

    made = opened_copy(claim_stages["drafted"], tmp_path_factory.mktemp("drafts"), open_cn, keys_folder)
    yield made
    made.world.close()


@pytest.mark.parametrize("what", COMMANDS)
def test_a_draft_that_cannot_be_read(drafts, what):
    changes, code = COMMANDS[what]
    given = {"title": "声明", "content": {}} | changes
    with pytest.raises(Refusal) as refused:
        drafting.open_(drafts.world["exporter"], drafting.OpenClaim(**given), drafts.world.services)
    assert refused.value.code == code
    assert refused.value.message("zh") != refused.value.message("en")


def test_a_claim_is_not_handed_to_the_claimant(drafts):
    world = drafts.world
    command = drafting.OpenClaim("声明", {}, world.organisations["institution"])
    with pytest.raises(refusals.ClaimNotHanded):
        drafting.open_(world["practitioner"], command, world.services)
    key = drafting.open_(world["exporter"], drafting.OpenClaim("声明", {}), world.services).id
    with pytest.raises(refusals.ClaimNotHanded):
        claims.submit(world, key)


def test_only_the_claimant_hands_a_claim_on(drafts):
    world = drafts.world
    command = drafting.ChangeClaim(drafts.claim, {}, institution_id=world.organisations["rival"])
    with pytest.raises(NotAllowed):
        drafting.change(world["practitioner"], command, world.services)


PERIOD = Period(date(2025, 1, 1), date(2025, 12, 31))
LOTS = {
    "not retired": ({}, None, ["N06-not-retired"]),
    "other beneficiary": ({}, {"beneficiary": Beneficiary("演示钢铁", "X-2")}, ["N07-other-beneficiary"]),
    "other purpose": ({}, {"purpose": Purpose.OBLIGATION}, ["N07-other-purpose"]),
    "other period": (
        {},
        {"period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31)},
        ["N07-other-period"],
    ),
    "old vintage": (
        {
            "serial": "19380-9001-9300-VCS-VCU-1310-VER-CN-13-3005-01012015-31122015-0",
            "vintage_start": date(2015, 1, 1),
            "vintage_end": date(2015, 12, 31),
        },
        {},
        ["N10-too-old"],
    ),
}


@pytest.mark.parametrize("what", LOTS)
def test_retirements_that_do_not_count(claimed, what):
    world = claimed("drafted").world
    lot_changes, retire_changes, codes = LOTS[what]
    lot = claims.credits(world, 9001, 300, **lot_changes)
    if retire_changes is None:
        position = claims.held(world, lot.span.first).key
    else:
        position = claims.retired(world, lot, PERIOD, **retire_changes)
    key = claims.draft(world, claims.company(world, position))
    found = claims.problems(world, key)
    assert set(codes) <= {code for said in found.values() for code in said}
    with pytest.raises(ClaimNotReady) as refused:
        claims.submit(world, key)
    assert "N" in refused.value.details["codes"]
    with world.services.uow() as unit:
        assert unit.ledger.uses_of(key) == ()


MARKETS = {
    "EU consumers": ({"markets": ("DE",), "audience": Audience.CONSUMER}, "N17-forbidden"),
    "PAS 2060": ({"rule_set": "pas-2060-2014"}, "N17-withdrawn"),
    "zero": ({"period": Period(date(2024, 1, 1), date(2024, 12, 31))}, "N02-period-differs"),
    "too long": ({"valid_until": date(2028, 1, 1)}, "N18-too-long"),
    "no evidence": ({"evidence": ()}, "N19-missing"),
}


@pytest.mark.parametrize("what", MARKETS)
def test_claims_that_are_refused_on_the_day(drafts, what):
    changes, code = MARKETS[what]
    world = drafts.world
    claim = replace(claims.batch(world, drafts.position), **changes)
    key = claims.draft(world, claim)
    assert code in {one for said in claims.problems(world, key).values() for one in said}


def test_one_retirement_under_two_claims(claimed):
    made = claimed("submitted")
    world = made.world
    claim = drafting.get(world["exporter"], made.claim, world.services).claim
    second = claims.draft(world, claim)
    assert claims.problems(world, second)["N08"] == ["N08-used"]
    with pytest.raises(AlreadyUsed):
        claims.submit(world, second)


def test_units_that_something_else_keeps(claimed):
    made = claimed("drafted")
    world, bought = made.world, purchase(made.world)
    with world.services.uow(write=True) as unit:
        unit.ledger.use(made.position, bought.id, "test", world["exporter"].person_id, world.clock())
        unit.commit()
    with pytest.raises(AlreadyUsed):
        claims.submit(world, made.claim)


def test_a_retirement_reversed_after_the_approval_stops_the_issue(claimed):
    made = claimed("approved")
    claims.reverse(made.world, made.position)
    with pytest.raises(ClaimNotReady) as refused:
        claims.issue(made.world, made.claim)
    assert "N06" in refused.value.details["codes"]
    with made.world.services.uow() as unit:
        assert unit.claims.list_() == ()
        assert unit.claims.counted() == {}


def test_units_retired_again_after_a_reversal_stay_with_the_claim_they_were_signed_for(claimed):
    made = claimed("issued")
    world = made.world
    claims.reverse(world, made.position)
    again = claims.retired(
        world, claims.held(world, 800_001), claims.period_of(world), on=world.clock().date()
    )
    claim = replace(drafting.get(world["exporter"], made.claim, world.services).claim, retirements=(again,))
    second = claims.draft(world, claim)
    assert claims.problems(world, second)["N08"] == ["N08-used"]


def test_the_same_subject_and_period_is_claimed_once(claimed):
    made = claimed("issued")
    world = made.world
    lot = claims.credits(world, 9001, claims.needed(world))
    position = claims.retired(world, lot, claims.period_of(world))
    key = claims.draft(world, claims.batch(world, position))
    assert claims.problems(world, key) == {"N02": ["N02-overlaps"]}
    submitting.withdraw(world["exporter"], submitting.Withdraw(made.claim, "更正"), world.services)
    assert claims.problems(world, key) == {}


def test_four_different_people(claimed):
    made = claimed("submitted")
    world, services = made.world, made.world.services
    decide = reviewing.Decide(made.claim, True, "", claims.DECISIONS)
    with pytest.raises(ClaimSamePerson) as refused:
        reviewing.decide(world["reviewer"], decide, services)  # verified the label
    assert refused.value.details == {"earlier": "verifier", "wanted": "reviewer"}
    reviewing.decide(world["all-hands"], decide, services)
    with pytest.raises(ClaimSamePerson) as refused:
        issuing.issue(world["all-hands"], made.claim, services)
    assert refused.value.details == {"earlier": "reviewer", "wanted": "signatory"}


def test_whoever_prepared_does_not_review(claimed):
    made = claimed("drafted")
    claims.submit(made.world, made.claim, "all-hands")
    with pytest.raises(ClaimSamePerson) as refused:
        claims.approve(made.world, made.claim)
    assert refused.value.details["earlier"] == "preparer"


STATES = {
    "drafted": ("decide", "issue"),
    "submitted": ("change", "submit", "issue"),
    "approved": ("change", "submit", "decide"),
    "issued": ("change", "submit", "decide", "issue"),
}


@pytest.mark.parametrize("stage", STATES)
def test_what_a_state_does_not_allow(claimed, stage):
    made = claimed(stage)
    world, services = made.world, made.world.services
    steps = {
        "change": lambda: drafting.change(world["exporter"], drafting.ChangeClaim(made.claim, {}), services),
        "submit": lambda: claims.submit(world, made.claim),
        "decide": lambda: claims.approve(world, made.claim),
        "issue": lambda: claims.issue(world, made.claim),
    }
    for step in STATES[stage]:
        with pytest.raises(ClaimWrongState):
            steps[step]()


def much(**content):
    return drafting.OpenClaim("声明", plain(Claim(**content)))


INPUTS = {
    "comment": (lambda m: reviewing.Decide(m.claim, False, " "), reviewing.decide, "all-hands"),
    "code": (lambda m: reviewing.Decide(m.claim, True, "", {"N99": "x"}), reviewing.decide, "all-hands"),
    "reason": (lambda m: reviewing.Decide(m.claim, True, "", {"N14": " "}), reviewing.decide, "all-hands"),
    "withdrawal": (lambda m: submitting.Withdraw(m.claim, ""), submitting.withdraw, "exporter"),
    "long": (lambda m: submitting.Withdraw(m.claim, "x" * 1001), submitting.withdraw, "exporter"),
    "markets": (lambda _: much(markets=tuple(map(str, range(101)))), drafting.open_, "exporter"),
    "places": (lambda _: much(subject=Subject(sites=("x",) * 101)), drafting.open_, "exporter"),
    "book": (lambda _: much(rule_set="x" * 200_001), drafting.open_, "exporter"),
    "ground": (lambda m: standings.Object("TC", "dislike", "x"), standings.object_, "regulator"),
}


@pytest.mark.parametrize("what", INPUTS)
def test_fields_that_must_hold_something(claimed, what):
    made = claimed("submitted")
    command, call, who = INPUTS[what]
    with pytest.raises(InvalidInput) as refused:
        call(made.world[who], command(made), made.world.services)
    assert refused.value.message("zh") != refused.value.message("en")


def test_every_refusal_of_claims_is_listed():
    own = {one.code for one in vars(refusals).values() if isinstance(one, type) and issubclass(one, Refusal)}
    assert own - {"refused"} <= every_refusal().keys()
