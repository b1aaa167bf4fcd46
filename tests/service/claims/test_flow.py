"""From a draft to a signed claim: who does what, what is kept meanwhile, what is signed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from certificates.ledger.claims.model import Both, Person, plain
from certificates.ledger.claims.results import Outcome
from service.usecases import integrity, verification
from service.usecases.access import administrator
from service.usecases.claims import (
    checking,
    drafting,
    foundations,
    issuing,
    reviewing,
    submitting,
    suggesting,
)
from service.usecases.claims.refusals import ClaimUndecided
from service.usecases.ledger.refusals import DossierChanged
from tests.service.claims import making as claims


def record_of(made):
    return drafting.get(made.world["exporter"], made.claim, made.world.services).record


def used_by(world, position):
    with world.services.uow() as unit:
        return unit.ledger.position(position).used_by


def test_a_draft_tells_all_twenty_checks_and_the_amounts(claimed):
    made = claimed("drafted")
    found = checking.checklist(made.world["exporter"], made.claim, made.world.services)
    assert [one.result.code for one in found.rows] == [f"N{number:02}" for number in range(1, 21)]
    assert not found.blocking
    assert not found.to_decide, "credits retired in the claimant's name are nobody else's"
    assert [one.result.code for one in found.rows if one.later] == ["N20"]
    steps = {one.key: one for one in found.waterfall}
    assert steps["footprint"].amount == steps["unabated"].left == found.claim.footprint.total_t
    assert steps["remainder"].left == 0
    assert steps["surplus"].amount == found.amounts.surplus < 1
    assert found.amounts.to_offset == claims.needed(made.world)


def test_an_empty_draft_answers_too(claimed):
    world = claimed("drafted").world
    command = drafting.OpenClaim("空白声明", {})
    key = drafting.open_(world["exporter"], command, world.services).id
    found = checking.checklist(world["exporter"], key, world.services)
    assert found.waterfall == ()
    failed = {one.result.code for one in found.rows if one.result.outcome is Outcome.FAIL}
    assert {"N01", "N02", "N03", "N05", "N06", "N16", "N19"} <= failed
    for one in found.rows:
        for problem in one.result.problems:
            assert problem.sentence("zh") and problem.sentence("en")


def test_the_service_fills_in_what_it_knows_and_ignores_what_is_said_of_it(claimed):
    world = claimed("drafted").world
    claim = claims.batch(world, "1.0")
    forged = replace(
        claim,
        claimant=replace(claim.claimant, name="别人", code="X-9"),
        people=replace(claim.people, reviewer=Person("p", "p"), preparer=Person("q", "q")),
        footprint=replace(claim.footprint, total_t=Decimal(1), per_unit=Decimal("0.01")),
        evidence=tuple(replace(one, person="somebody") for one in claim.evidence),
    )
    kept = drafting.get(world["exporter"], claims.draft(world, forged), world.services).claim
    assert (kept.claimant.name, kept.claimant.code) == ("演示铝业", "X-1")
    assert kept.people.preparer == kept.people.reviewer == Person()
    assert kept.people.verifier == Person(world["reviewer"].person_id, "reviewer")
    assert {one.person for one in kept.evidence} == {world["exporter"].person_id}
    stated = claims.label_of(world)["footprint"]["total"]
    assert kept.footprint.per_unit == Decimal(stated)
    assert kept.footprint.total_t == Decimal(stated) * 100 / 1000


def test_somebody_elses_label_is_no_footprint(claimed):
    world = claimed("drafted").world
    command = drafting.OpenClaim("声明", plain(claims.batch(world, "1.0")))
    key = drafting.open_(world["other-exporter"], command, world.services).id
    found = checking.checklist(world["other-exporter"], key, world.services)
    assert found.facts.footprint is None
    assert not found.facts.units


def test_a_change_is_a_version_and_the_slower_one_is_told(claimed):
    made = claimed("drafted")
    who, services = made.world["exporter"], made.world.services
    claim = drafting.get(who, made.claim, services).claim
    content = plain(replace(claim, remark=Both("附言", "A remark")))
    changed = drafting.change(who, drafting.ChangeClaim(made.claim, content, version=1), services)
    assert changed.version == 2
    with pytest.raises(DossierChanged):
        drafting.change(who, drafting.ChangeClaim(made.claim, content, version=1), services)
    assert drafting.version(who, made.claim, 1, services).claim.remark == Both()
    assert drafting.version(who, made.claim, 2, services).claim.remark == Both("附言", "A remark")


def test_submitting_keeps_the_units_and_returning_frees_them(claimed):
    made = claimed("submitted")
    world, services = made.world, made.world.services
    assert record_of(made).status == "in-review"
    assert used_by(world, made.position) == made.claim
    returned = reviewing.Decide(made.claim, False, "边界写得不清楚")
    reviewing.decide(world["all-hands"], returned, services)
    assert record_of(made).status == "returned"
    assert used_by(world, made.position) == ""
    claims.submit(world, made.claim)
    assert used_by(world, made.position) == made.claim
    claims.approve(world, made.claim)
    assert claims.issue(world, made.claim)


def test_a_claim_that_waits_can_be_withdrawn_and_frees_its_units(claimed):
    made = claimed("submitted")
    who, services = made.world["exporter"], made.world.services
    submitting.withdraw(who, submitting.Withdraw(made.claim, "不再声明"), services)
    assert record_of(made).status == "withdrawn"
    assert used_by(made.world, made.position) == ""


def test_who_gives_up_a_draft_does_not_withdraw_what_was_issued_meanwhile(claimed):
    made = claimed("approved")
    who, services = made.world["exporter"], made.world.services
    seen = record_of(made).version
    claims.issue(made.world, made.claim)
    with pytest.raises(DossierChanged):
        submitting.withdraw(who, submitting.Withdraw(made.claim, "客户不要了", seen), services)
    assert record_of(made).status == "issued"


def test_what_a_person_has_to_decide_is_decided_with_a_reason(claimed):
    made = claimed("drafted")
    who, services = made.world["all-hands"], made.world.services
    claim = claims.draft(made.world, claims.to_decide(made.world, made.position))
    claims.submit(made.world, claim)
    with pytest.raises(ClaimUndecided) as refused:
        reviewing.decide(who, reviewing.Decide(claim, True), services)
    assert refused.value.details["codes"] == "N04"
    assert [one.id for one in reviewing.waiting(who, services)] == [claim]
    reviewing.decide(who, reviewing.Decide(claim, True, "", {"N04": claims.DECISIONS["N04"]}), services)
    found = checking.checklist(who, claim, services)
    (decided,) = [one.decision for one in found.rows if one.decision]
    assert (decided.check, decided.person.name) == ("N04", "all-hands")
    assert reviewing.waiting(who, services) == ()


def test_the_signed_statement_says_what_the_ledger_says(claimed):
    made = claimed("issued")
    view = drafting.get(made.world["exporter"], made.claim, made.world.services)
    stated = view.statement.statement
    assert view.record.status == "issued"
    assert stated["offset"] == str(claims.needed(made.world))
    (row,) = stated["retirements"]
    with made.world.services.uow() as unit:
        entry = unit.ledger.entry(int(made.position.partition(".")[0]))
    assert (row["entry"], row["link"]) == (str(entry.sequence), entry.link)
    people = {role: one["name"] for role, one in stated["people"].items()}
    assert people == {
        "preparer": "exporter",
        "reviewer": "all-hands",
        "verifier": "reviewer",
        "signatory": "signatory",
    }
    assert [one["kind"] for one in stated["chain"]] == ["footprint", "ledger", "claim"]
    assert verification.by_number(made.number, made.world.services).verdict == "valid"


def test_the_store_is_sound_with_an_issued_claim(claimed):
    made = claimed("issued")
    assert integrity.check(administrator("test"), made.world.services) == ()
    with made.world.services.uow() as unit:
        assert list(foundations.problems(unit)) == []


def test_lists_show_a_claim_to_its_claimant_and_to_its_institution(claimed):
    made = claimed("issued")
    for name in ("exporter", "practitioner", "signatory"):
        (row,) = drafting.list_(made.world[name], made.world.services)
        assert (row.number, row.record.id) == (made.number, made.claim)
    for name in ("other-exporter", "rival-signatory"):
        assert drafting.list_(made.world[name], made.world.services) == ()


def test_a_company_claims_by_a_report(claimed):
    world = claimed("drafted").world
    claim = claims.company(world)
    position = claims.retired(world, claims.credits(world, 5001, 300), claim.period)
    key = claims.draft(world, replace(claim, retirements=(position,)))
    assert claims.problems(world, key) == {}
    claims.submit(world, key)
    claims.approve(world, key, "reviewer")
    number = claims.issue(world, key)
    with world.services.uow() as unit:
        stated = unit.claims.get(number).statement
    assert (stated["share"], stated["remainder"]) == ("15.0", "1700")
    assert stated["people"]["verifier"]["id"] == "outside:演示核查人"


def test_suggestions_name_what_is_retired_for_it_and_what_to_retire(claimed):
    world = claimed("drafted").world
    period = claims.period_of(world)
    made = claims.draft(world, claims.batch(world, units=200))
    wanted = claims.needed(world, 200)
    held = claims.credits(world, 700_001, wanted)
    found = suggesting.suggest(world["exporter"], made, world.services)
    (ready,) = found.ready
    (pick,) = found.to_retire.picks
    assert pick.count == wanted - ready.position.span.count
    assert not found.to_retire.missing
    other = claims.retired(world, held, period)
    found = suggesting.suggest(world["exporter"], made, world.services)
    assert other in {one.position.key for one in found.ready}
    assert found.to_retire is None


def test_a_practitioner_works_on_a_claim_that_was_handed_over(claimed):
    made = claimed("drafted")
    who, services = made.world["practitioner"], made.world.services
    claim = drafting.get(who, made.claim, services).claim
    drafting.change(who, drafting.ChangeClaim(made.claim, plain(claim)), services)
    claims.submit(made.world, made.claim, "practitioner")
    claims.approve(made.world, made.claim)
    number = claims.issue(made.world, made.claim)
    with made.world.services.uow() as unit:
        assert unit.claims.get(number).statement["people"]["preparer"]["name"] == "practitioner"


def test_issuing_names_the_version_that_was_looked_at(claimed):
    made = claimed("approved")
    with pytest.raises(DossierChanged):
        issuing.issue(made.world["signatory"], made.claim, made.world.services, version=1)
