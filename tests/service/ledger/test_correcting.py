"""Units that somebody recorded who does not have them: the way back to whose they are."""

from __future__ import annotations

import pytest

from certificates.ledger.entries import Assert
from certificates.ledger.instruments import Kind
from certificates.ledger.quantity import Quantity, Unit
from service.usecases import notices
from service.usecases.access import administrator
from service.usecases.ledger import correcting, looking, recording, soundness
from service.usecases.ledger.correcting import Correct
from service.usecases.ledger.recording import Record, RetireUnits
from service.usecases.ledger.refusals import LedgerRefused
from service.usecases.refusals import InvalidInput, NotFound
from tests.service.ledger.making import DAY, LATER, NAME, Acquire, account, gec, record

OPERATOR = administrator("test")
CODE = gec().serial


@pytest.fixture
def taken(at):
    """Somebody recorded and retired all units of a code, and asserted his balance; the true holder comes too late."""
    world = at("populated")
    record(world, Acquire(on=DAY, account=account(world, "other-exporter"), lot=gec()), who="other-exporter")
    retiring = RetireUnits(position="1.0", on=LATER, **NAME)
    recording.retire(world["other-exporter"], retiring, world.services)
    nothing = Quantity.zero(Unit.MWH)
    said = Assert(on=LATER, account=account(world, "other-exporter"), kind=Kind.GEC, expected=nothing)
    recording.record(world["other-exporter"], Record((said,)), world.services)
    return world


def correct(world, entry, reason="登记系统 2026-11-02 函"):
    return correcting.correct(OPERATOR, Correct(entry, reason), world.services)


def test_the_holder_is_found_by_any_part_of_the_serial(taken):
    (found,) = correcting.holders(OPERATOR, Kind.GEC, CODE, taken.services)
    assert (found.position.account, found.position.opened_by) == (account(taken, "other-exporter"), 2)
    assert found.name and correcting.holders(OPERATOR, Kind.GEC, gec(2).serial, taken.services) == ()


def test_units_come_to_whose_they_are(taken):
    mine = Acquire(on=DAY, account=account(taken, "exporter"), lot=gec())
    with pytest.raises(LedgerRefused):
        record(taken, mine)
    with pytest.raises(LedgerRefused):
        correct(taken, 1)  # what came later is taken back first
    for entry in (2, 1):
        correct(taken, entry)
    record(taken, Acquire(on=taken.clock().date(), account=account(taken, "exporter"), lot=gec()))
    (found,) = correcting.holders(OPERATOR, Kind.GEC, CODE, taken.services)
    assert found.position.account == account(taken, "exporter")
    assert soundness.verify(OPERATOR, taken.services).problems == ()


def test_the_holder_is_told_and_sees_who_did_it(taken):
    done = correct(taken, 2)
    told = notices.list_(taken["other-exporter"], taken.services)[0]
    assert (told.kind, told.object) == (correcting.CORRECTED, f"ledger:{done.first}-{done.last}")
    assert told.details == {"entry": 2, "reason": "登记系统 2026-11-02 函"}
    event = looking.entry(taken["other-exporter"], done.last, taken.services)
    assert event.person_id == OPERATOR.person_id


@pytest.mark.parametrize(
    ("entry", "reason", "refusal"),
    [(2, " ", InvalidInput), (2, "x" * 1001, InvalidInput), (99, "x", NotFound)],
)
def test_corrections_that_are_refused(taken, entry, reason, refusal):
    with pytest.raises(refusal):
        correct(taken, entry, reason)
    with pytest.raises(InvalidInput):
        correcting.holders(OPERATOR, Kind.GEC, "no code", taken.services)
