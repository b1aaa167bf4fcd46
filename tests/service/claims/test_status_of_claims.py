"""Claims in the status lists: a freeze is in the lists that anybody is given, whoever brought it about and however."""

from __future__ import annotations

import pytest

from certificates import status
from certificates.keys import trust
from service.usecases import standing
from service.usecases.claims import standings, submitting
from service.usecases.claims.standings import Lift, Object
from service.usecases.standing import Change
from tests.service.claims.test_standings import second_signatory

REASON = "Meter records are in doubt and are looked at."


def listed(made, number: str = "") -> str | None:
    """The state of a number by the newest lists, as a verifier reads them."""
    services = made.world.services
    ours = trust.read(services.keys.trust()).issuers[0]
    with standing.reading(services) as unit:
        place = unit.standings.place(number or made.number)
        found = [status.read(one.credential, ours) for one in standing.current_lists(unit, place.list)]
    return status.state_of({one.purpose: one.flag(place.index) for one in found})


def told(made) -> list[tuple[str, str]]:
    with made.world.services.uow() as unit:
        return [(one.state, one.by_kind) for one in standing.history(made.number, unit)]


def test_an_issued_claim_is_active(claimed):
    made = claimed("issued")
    assert listed(made) == "active"
    assert told(made) == [("active", "institution")]
    with made.world.services.uow() as unit:
        assert list(standing.problems(unit, made.world.services)) == []


def test_a_frozen_claim_is_suspended_and_a_lifted_one_active(claimed):
    made = claimed("issued")
    services = made.world.services
    standings.object_(made.world["regulator"], Object(made.number, "objection", "收到举报"), services)
    assert listed(made) == "suspended"
    standings.lift(second_signatory(made.world), Lift(made.number, "已核实"), services)
    assert listed(made) == "active"
    assert told(made) == [("active", "institution"), ("suspended", "regulator"), ("active", "institution")]
    with services.uow() as unit:
        states = [one.state for one in standing.register(unit, made.world.clock()).events(made.number)]
    assert states == ["suspended", "active"]


def test_a_withdrawn_claim_is_revoked(claimed):
    made = claimed("issued")
    submitting.withdraw(
        made.world["exporter"], submitting.Withdraw(made.claim, "不再使用"), made.world.services
    )
    assert listed(made) == "revoked"


def test_a_label_that_is_suspended_takes_the_claim_on_it_along(claimed):
    made = claimed("issued")
    before = made.world.number
    with made.world.services.uow() as unit:
        footprint = unit.claims.get(made.number).statement["footprint"]
    if footprint["number"] != before:
        pytest.fail("the claim of these tests rests on the label of the world")
    standing.change(made.world["signatory"], before, Change("suspended", REASON), made.world.services)
    assert listed(made, before) == "suspended"
    assert listed(made) == "suspended"
    with made.world.services.uow() as unit:
        last = standing.history(made.number, unit)[-1]
        assert unit.standings.behind() is False
    assert (last.state, last.by_kind) == ("suspended", "")
    assert last.reason_in("zh") != last.reason_in("en") != ""


def test_lifting_a_label_lifts_no_claim(claimed):
    made = claimed("issued")
    for state in ("suspended", "active"):
        standing.change(
            made.world["signatory"], made.world.number, Change(state, REASON), made.world.services
        )
    assert (listed(made, made.world.number), listed(made)) == ("active", "suspended")
