"""Recording: all or nothing, in one's own account, once; every refusal with its code; tenancy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from certificates.ledger.entries import Assert, Cause, Freeze, Reverse
from certificates.ledger.instruments import Kind
from certificates.ledger.quantity import Quantity, Unit
from certificates.ledger.spans import Span
from service.usecases import notices
from service.usecases.ledger import looking, recording, soundness
from service.usecases.ledger.recording import Record, RetireUnits, TransferUnits
from service.usecases.ledger.refusals import AlreadyUsed, EvidenceUnknown, LedgerRefused, PositionClosed
from service.usecases.refusals import InvalidInput, NotFound
from tests.service.ledger import making
from tests.service.ledger.making import (
    DAY,
    LATER,
    NAME,
    acquire,
    gec,
    record,
    refused,
    retire,
    split,
    transfer,
    vcs,
)

PROOF = "a" * 64
SPAN = gec().span


@pytest.fixture
def world(at):
    return at("populated")


def held(world, who="exporter", on=date(2026, 12, 31)):
    found = looking.holdings(world[who], on, world.services)
    return [f"{one.position.state.value} {one.position.span.first}-{one.position.span.last}" for one in found]


def part(first, last, span=SPAN):
    return replace(span, first=first, last=last)


def test_entries_of_one_recording_build_on_each_other(world):
    done = record(
        world,
        acquire(world),
        split(world, SPAN, 100, 300),
        transfer(world, part(1, 100), "other-exporter"),
        retire(world, part(101, 300)),
    )
    assert (done.first, done.last) == (1, 4)
    assert held(world) == ["retired 101-300", "held 301-500"]
    assert held(world, "other-exporter") == ["held 1-100"]
    assert held(world, on=date(2026, 3, 31)) == ["held 1-500"], "any day can be asked for"
    assert held(world, on=date(2026, 2, 28)) == []


def test_a_recording_is_one_event_that_ends_with_the_last_link(world):
    done = record(world, acquire(world), acquire(world, vcs()))
    with world.services.uow() as unit:
        (event,) = unit.audit.events(object_="ledger:1-2")
        assert (event.action, event.after) == ("ledger.record", done.link)
        assert unit.ledger.head() == (2, done.link)
        assert unit.ledger.entry(2).link == done.link


def test_one_contradiction_and_nothing_is_recorded(world):
    record(world, acquire(world))
    with pytest.raises(LedgerRefused) as caught:
        record(world, acquire(world, vcs()), retire(world, part(1, 9)), transfer(world, SPAN, "outside:"))
    told = [(one.number, one.kind, one.problem.code) for one in caught.value.contradictions]
    assert told == [(2, "retire", "split-first"), (3, "transfer", "transfer-to-nobody")]
    assert "split" in caught.value.message("en").lower()
    assert "拆分" in caught.value.message("zh")
    with world.services.uow() as unit:
        assert unit.ledger.head()[0] == 1
        assert len(unit.audit.events(object_="ledger:2-4")) == 0


def frozen(world, span=SPAN):
    return Freeze(
        on=LATER, account=making.account(world, "exporter"), span=span, cause=Cause.DISPUTE, authority="法院"
    )


def reverse(world, number, who="exporter", on=LATER):
    return Reverse(on=on, account=making.account(world, who), entry=number, reason="误登")


def asserted(world, amount, kind=Kind.GEC, unit=Unit.MWH):
    expected = Quantity(Decimal(amount), unit)
    return Assert(on=LATER, account=making.account(world, "exporter"), kind=kind, expected=expected)


AGAIN = {
    "the same serial twice": (lambda w: [acquire(w)], "serial-taken"),
    "the same serial by another holder": (lambda w: [acquire(w, who="other-exporter")], "serial-taken"),
    "a range that overlaps": (lambda w: [acquire(w, vcs(1090, 20))], "serial-taken"),
    "a range around it": (lambda w: [acquire(w, vcs(900, 500))], "serial-taken"),
    "bundled power of the same code": (
        lambda w: [acquire(w, replace(gec(), kind=Kind.GREEN_POWER))],
        "serial-taken",
    ),
    "a split that differs": (
        lambda w: [replace(split(w, SPAN, 100), into=(part(1, 100), part(101, 499)))],
        "split-differs",
    ),
    "a part without a split": (lambda w: [retire(w, part(1, 10))], "split-first"),
    "retired, then transferred": (
        lambda w: [retire(w, SPAN), transfer(w, SPAN, "other-exporter")],
        "already-retired",
    ),
    "retired twice": (lambda w: [retire(w, SPAN), retire(w, SPAN)], "already-retired"),
    "frozen, then transferred": (
        lambda w: [frozen(w), transfer(w, SPAN, "other-exporter")],
        "already-frozen",
    ),
    "transferred twice": (
        lambda w: [transfer(w, SPAN, "other-exporter"), transfer(w, SPAN, "practitioner")],
        "not-held",
    ),
    "somebody else's": (lambda w: [retire(w, SPAN, "other-exporter")], "not-held"),
    "a second trade of a green certificate": (
        lambda w: [acquire(w, gec(2, transfers=1)), transfer(w, gec(2).span, "other-exporter")],
        "transfers-used-up",
    ),
    "an expired lot": (
        lambda w: [acquire(w, gec(3, vintage_start=date(2023, 5, 1), vintage_end=date(2023, 5, 31)))],
        "lot-expired",
    ),
    "a future vintage": (
        lambda w: [acquire(w, gec(3, vintage_start=date(2026, 12, 1), vintage_end=date(2026, 12, 31)))],
        "vintage-not-over",
    ),
    "a day to come": (lambda w: [acquire(w, gec(3), on=date(2027, 1, 1))], "entry-in-future"),
    "before the units came": (lambda w: [retire(w, SPAN, on=date(2026, 2, 1))], "before-last-entry"),
    "no beneficiary": (
        lambda w: [retire(w, SPAN, beneficiary=making.Beneficiary(" "))],
        "beneficiary-missing",
    ),
    "a balance that differs": (lambda w: [asserted(w, "499")], "balance-differs"),
    "a balance in another unit": (lambda w: [asserted(w, "500", unit=Unit.TCO2E)], "unit-differs"),
    "a reversal of nothing": (lambda w: [reverse(w, 99)], "no-such-entry"),
    "a reversal of somebody else's": (lambda w: [reverse(w, 1, "other-exporter")], "no-such-entry"),
    "a reversal of what went on": (lambda w: [retire(w, SPAN), reverse(w, 1)], "later-entries"),
    "a credit for the same electricity": (
        lambda w: [
            acquire(
                w,
                replace(
                    gec(4),
                    kind=Kind.CCER,
                    serial="CCER-1",
                    span=Span("ccer:CCER-1", 1, 9),
                    methodology="CCER-01-002-V01",
                ),
                evidence=(PROOF,),
            )
        ],
        "electricity-claimed-twice",
    ),
}


@pytest.mark.parametrize("together", [True, False], ids=["in one recording", "one by one"])
@pytest.mark.parametrize("case", AGAIN)
def test_units_never_count_twice(world, case, together):
    make, code = AGAIN[case]
    making.keep_file(world, PROOF)
    record(world, acquire(world), acquire(world, vcs()))
    entries = make(world)
    who = {making.account(world, name): name for name in ("exporter", "other-exporter")}[entries[-1].account]
    if together or len(entries) == 1:
        codes = refused(world, *entries, who=who)
    else:
        record(world, *entries[:-1])
        codes = refused(world, entries[-1], who=who)
    assert [one.removesuffix("-unsettled") for one in codes] == [code]


def test_what_was_reversed_is_reversed_once_and_may_come_again(world):
    record(world, acquire(world), retire(world, SPAN))
    record(world, reverse(world, 2))
    assert held(world) == ["held 1-500"]
    assert refused(world, reverse(world, 2)) == ("already-reversed",)
    record(world, reverse(world, 1))
    assert refused(world, reverse(world, 1)) == ("already-reversed",)
    assert held(world) == []
    record(world, acquire(world, who="other-exporter", on=LATER), who="other-exporter")
    assert held(world, "other-exporter") == ["held 1-500"]


def test_a_split_taken_back_leaves_its_acquisition_reversible(world):
    record(world, acquire(world), split(world, SPAN, 100))
    record(world, reverse(world, 2))
    record(world, reverse(world, 1))
    assert refused(world, reverse(world, 1)) == ("already-reversed",)
    assert held(world) == []


def test_units_sold_outside_come_back(world):
    lot = vcs()
    record(world, acquire(world, lot), split(world, lot.span, 1040))
    record(world, transfer(world, part(1001, 1040, lot.span), "outside:某公司"))
    record(world, acquire(world, vcs(1011, 20), "other-exporter", on=LATER), who="other-exporter")
    assert held(world, "other-exporter") == ["held 1011-1030"]
    with world.services.uow() as unit:
        left = unit.ledger.holdings("outside:某公司", LATER)
        assert [(one.position.span.first, one.position.span.last) for one in left] == [
            (1001, 1010),
            (1031, 1040),
        ]


def test_a_balance_is_that_of_its_day_with_what_the_same_recording_does(world):
    record(world, acquire(world), acquire(world, gec(2, 40)))
    before = date(2026, 3, 31)
    record(
        world,
        replace(asserted(world, "540"), on=before),
        split(world, SPAN, 100),
        retire(world, part(1, 100)),
        asserted(world, "440"),
    )
    assert refused(world, asserted(world, "540")) == ("balance-differs",)
    record(world, replace(asserted(world, "540"), on=before))


def test_what_would_make_an_assertion_untrue_waits_until_it_is_reversed(world):
    record(world, acquire(world), asserted(world, "500"))
    assert refused(world, retire(world, SPAN)) == ("balance-asserted",), "on its day"
    assert refused(world, acquire(world, gec(2))) == ("balance-asserted",), "a month before it"
    record(world, acquire(world, vcs()), split(world, SPAN, 100))
    other = replace(gec(3, 7), kind=Kind.GREEN_POWER)
    record(world, acquire(world, other, "other-exporter"), who="other-exporter")
    record(world, transfer(world, other.span, "exporter", "other-exporter"), who="other-exporter")
    mine = asserted(world, "7", Kind.GREEN_POWER)
    record(world, mine)
    theirs = reverse(world, 6, on=LATER)
    assert refused(world, theirs) == ("balance-asserted",), "who gives units back had asserted them"
    record(world, reverse(world, 2), retire(world, part(1, 100)), asserted(world, "400"))
    assert refused(world, asserted(world, "500")) == ("balance-differs",)


def test_a_day_is_one_in_china(world):
    world.clock.time = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    record(world, acquire(world, on=date(2026, 11, 23)))
    assert refused(world, retire(world, SPAN, on=date(2026, 11, 24))) == ("entry-in-future",)
    with world.services.uow() as unit:
        assert list(soundness.problems(unit)) == []


def test_nobody_hands_units_to_an_account_that_asserted_its_balance(world):
    record(world, acquire(world))
    none = Assert(
        on=LATER,
        account=making.account(world, "other-exporter"),
        kind=Kind.GEC,
        expected=Quantity(Decimal(0), Unit.MWH),
    )
    record(world, none, who="other-exporter")
    assert refused(world, transfer(world, SPAN, "other-exporter")) == ("balance-of-other-asserted",)
    record(world, transfer(world, SPAN, "other-exporter", on=date(2026, 4, 2)))


def test_a_part_is_split_off_first(world):
    record(world, acquire(world))
    done = recording.retire(
        world["exporter"], RetireUnits(position="1.0", count=120, on=LATER, **NAME), world.services
    )
    assert (done.first, done.last) == (2, 3)
    assert held(world) == ["retired 1-120", "held 121-500"]
    receiver = making.account(world, "other-exporter")
    command = TransferUnits(position="2.1", count=380, on=LATER, to=receiver)
    assert recording.transfer(world["exporter"], command, world.services).first == 4, "the whole is not split"
    assert held(world, "other-exporter") == ["held 121-500"]


@pytest.mark.parametrize("count", [0, -1, 501])
def test_a_part_is_a_part(world, count):
    record(world, acquire(world))
    with pytest.raises(InvalidInput, match="1 to 500"):
        recording.retire(
            world["exporter"], RetireUnits(position="1.0", count=count, on=LATER, **NAME), world.services
        )


def test_whoever_receives_units_is_told(world):
    record(world, acquire(world), acquire(world, gec(2, 40)))
    record(
        world,
        transfer(world, SPAN, "practitioner"),
        transfer(world, gec(2, 40).span, "outside:某公司"),
    )
    (notice,) = notices.list_(world["practitioner"], world.services)
    assert (notice.kind, notice.object) == ("ledger-received", "ledger:3-4")
    assert notice.details == {"positions": 1, "units": 500}
    assert notices.list_(world["other-exporter"], world.services) == ()


OTHERS = {
    "record in another's account": lambda w: record(w, acquire(w), who="other-exporter"),
    "send to nobody here": lambda w: record(w, transfer(w, SPAN, "0" * 32)),
    "send to a regulator": lambda w: record(w, transfer(w, SPAN, "regulator")),
    "send to a name without outside": lambda w: record(w, transfer(w, SPAN, "某公司")),
    "retire another's position": lambda w: recording.retire(
        w["other-exporter"], RetireUnits(position="1.0", on=LATER, **NAME), w.services
    ),
    "retire no position": lambda w: recording.retire(
        w["exporter"], RetireUnits(position="9.9", on=LATER, **NAME), w.services
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_another_account_is_not_found(world, case):
    record(world, acquire(world))
    with pytest.raises(NotFound):
        OTHERS[case](world)


def test_a_taken_serial_is_told_without_its_holder(world):
    record(world, acquire(world))
    with pytest.raises(LedgerRefused) as caught:
        record(world, acquire(world, who="other-exporter"), who="other-exporter")
    for language in ("zh", "en"):
        said = caught.value.message(language)
        assert gec().serial in said
        for secret in (making.account(world, "exporter"), "Demo Aluminium", "演示铝业"):
            assert secret not in said


def test_evidence_is_a_file_of_the_organisation(world):
    making.keep_file(world, PROOF, "other-exporter")
    with pytest.raises(EvidenceUnknown):
        record(world, acquire(world, evidence=(PROOF,)))
    making.keep_file(world, PROOF)
    record(world, acquire(world, evidence=(PROOF,)))


@pytest.mark.parametrize(
    "entries",
    [
        lambda w: (),
        lambda w: (acquire(w, note="\ud800"),),
        lambda w: (acquire(w, counterparty=7),),
    ],
    ids=["none", "half a character", "a number for a text"],
)
def test_what_has_no_stored_form_is_refused(world, entries):
    with pytest.raises(InvalidInput):
        recording.record(world["exporter"], Record(entries(world)), world.services)


def test_what_entries_change_is_found_out_again_when_somebody_was_quicker(world, monkeypatch):
    rehearse = recording.rehearse

    def overtaken(prepared, now, services):
        made = rehearse(prepared, now, services)
        if prepared.entries[0].lot == gec(2):
            record(world, acquire(world))
        return made

    record(world, acquire(world, vcs()))
    monkeypatch.setattr(recording, "rehearse", overtaken)
    assert record(world, acquire(world, gec(2))).first == 3
    with world.services.uow() as unit:
        held = unit.ledger.holdings(making.account(world, "exporter"), DAY)
        assert sorted(one.position.opened_by for one in held) == [1, 2, 3]
    monkeypatch.setattr(recording, "rehearse", lambda prepared, now, services: prepared)
    assert refused(world, acquire(world, gec(2))) == ("serial-taken",)


def test_a_position_is_used_once(world):
    record(world, acquire(world), acquire(world, gec(2)))
    first, second = making.purchase(world), making.purchase(world)
    who, now = world["exporter"], world.clock()

    def use(dossier, key):
        with world.services.uow(write=True) as unit:
            recording.use(who, unit, key, dossier.id, "power", now)
            unit.commit()

    use(first, "1.0")
    for dossier in (first, second):
        with pytest.raises(AlreadyUsed):
            use(dossier, "1.0")
    use(second, "2.0")
    with world.services.uow(write=True) as unit:
        unit.ledger.release(first.id, now)
        unit.commit()
    use(second, "1.0")
    record(world, retire(world, gec(2).span))
    with pytest.raises(PositionClosed):
        use(first, "2.0")
    for key in ("9.9", "x"):
        with pytest.raises(NotFound):
            use(first, key)
