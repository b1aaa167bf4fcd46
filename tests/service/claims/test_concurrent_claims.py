"""Several at once: one retirement under two claims, and one claim issued twice. Exactly one goes through."""

from __future__ import annotations

import threading
from dataclasses import replace

from certificates.ledger.claims.model import Both
from service.usecases.claims import drafting, issuing, submitting
from service.usecases.refusals import Refusal
from tests.service import issue_together
from tests.service.claims import making as claims


def together(*calls):
    """What each says: a result, or the code of its refusal."""
    start, said = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        start.wait(60)
        try:
            said[place] = call()
        except Refusal as refusal:
            said[place] = refusal.code

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return said


def twin(made):
    """A second claim that names the same retirement for another subject."""
    claim = drafting.get(made.world["exporter"], made.claim, made.world.services).claim
    other = replace(claim, subject=replace(claim.subject, name=Both("另一批次", "another batch")))
    return claims.draft(made.world, other, title="另一声明")


def test_eight_threads_hand_in_two_claims_with_one_retirement(claimed):
    made = claimed("drafted")
    world, keys = made.world, (made.claim, twin(made))
    command = [submitting.Submit(key) for key in keys]
    said = together(
        *(lambda one=one: submitting.submit(world["exporter"], one, world.services).id for one in command * 4)
    )
    assert len([one for one in said if one in keys]) == 1
    assert set(said) - set(keys) <= {"already-used", "claim-wrong-state"}
    with world.services.uow() as unit:
        assert len(unit.ledger.uses_at([made.position])) == 1


def test_four_threads_issue_one_claim(claimed):
    made = claimed("approved")
    world = made.world
    said = together(*[lambda: issuing.issue(world["signatory"], made.claim, world.services).number] * 4)
    numbers = [one for one in said if one.startswith("TC-")]
    assert len(numbers) == 1
    assert set(said) - set(numbers) == {"claim-wrong-state"}
    with world.services.uow() as unit:
        assert unit.claims.counted() == {2026: 1}


def test_two_processes_hand_in_two_claims_with_one_retirement(claimed):
    made = claimed("drafted")
    orders = [("exporter@demo.invalid", key) for key in (made.claim, twin(made))]
    said = issue_together.together("submit", made.world.services.settings, orders)
    assert said == ["already-used", "in-review"]
