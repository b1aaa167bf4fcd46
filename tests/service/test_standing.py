"""How labels stand: who may change what from where, what follows from a change, and lists that hide nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import status
from certificates.credential import decode
from certificates.envelope import Place
from certificates.keys import trust
from certificates.keys.keyset import KeySet
from service.installation import StoredKeys
from service.usecases import accounts, integrity, jobs, labels, notices, refusals, standing
from service.usecases.access import OrganisationKind, Role, administrator, allow
from service.usecases.refusals import EvidenceChanged, InvalidInput, KeysUnavailable, NotAllowed, NotFound
from service.usecases.standing import Change, Standing, lists, places, rules
from service.usecases.standing.refusals import StatusUnavailable, SuccessorUnfit, SuspendedByOthers
from tests.service import world as making
from tests.service.test_labels import tamper

REASON = "电表记录有疑问，正在核查。"
ADMIN = administrator("test")
BASE = "https://labels.demo.invalid"


def numbers(world) -> tuple[str, str]:
    """The first label of the product and the second."""
    first, second = sorted(one.number for one in labels.list_(world["regulator"], world.services))
    return first, second


def programme_officer(world):
    """Somebody of a programme office: a regulator by role, not by organisation."""
    office = accounts.RegisterOrganisation(OrganisationKind.PROGRAMME, "项目办", "Programme Office", "P-1")
    organisation = accounts.register_organisation(ADMIN, office, world.services)
    person = accounts.RegisterPerson(
        organisation, "office@demo.invalid", "office", making.PASSWORD, frozenset({Role.REGULATOR})
    )
    accounts.register_person(ADMIN, person, world.services)
    return accounts.actor_by_email("office@demo.invalid", world.services)


def change(world, who: str, state: str, reason: str = REASON, *, number: str = "", other: str = ""):
    actor = world.actors[who] if isinstance(who, str) else who
    if state == "superseded" and not other:
        other = numbers(world)[1]
    return standing.change(actor, number or world.number, Change(state, reason, other), world.services)


def stands(world, number: str = "") -> str:
    with world.services.uow() as unit:
        return standing.last(standing.history(number or world.number, unit)).state


def flags(world, number: str = "") -> dict[str, bool]:
    """The bits of a label in the newest lists, as a verifier reads them."""
    ours = trust.read(world.services.keys.trust()).issuers[0]
    with standing.reading(world.services) as unit:
        place = unit.standings.place(number or world.number)
        found = [status.read(one.credential, ours) for one in standing.current_lists(unit, place.list)]
    assert all(one.counts_at(world.clock()) for one in found)
    return {one.purpose: one.flag(place.index) for one in found}


def problems(world) -> list[str]:
    with world.services.uow() as unit:
        return list(standing.problems(unit, world.services))


# ---------- every transition, from every state, by everybody ----------

BEFORE = {
    "active": (),
    "suspended by the institution": (("signatory", "suspended"),),
    "suspended by a regulator": (("regulator", "suspended"),),
    "taken over by a regulator": (("signatory", "suspended"), ("regulator", "suspended")),
    "lifted": (("signatory", "suspended"), ("signatory", "active")),
    "revoked": (("regulator", "revoked"),),
    "superseded": (("signatory", "superseded"),),
}
PEOPLE = (
    *("signatory", "regulator", "officer", "exporter", "other-exporter", "practitioner", "reviewer"),
    *("rival-signatory", "administrator"),
)
WORDS = {
    "+": "ok",
    "-": "NotAllowed",
    "?": "NotFound",
    "=": "StandingUnchanged",
    "!": "StandingFinal",
    "o": "SuspendedByOthers",
}
# in the order of PEOPLE; the officer is of a programme office
TABLE = {
    ("active", "suspended"): "+ + - - - - - ? -",
    ("active", "active"): "= = - - - - - ? -",
    ("active", "revoked"): "+ + - - - - - ? -",
    ("active", "superseded"): "+ - - - - - - ? -",
    ("suspended by the institution", "suspended"): "= + - - - - - ? -",
    ("suspended by the institution", "active"): "+ o - - - - - ? -",
    ("suspended by the institution", "revoked"): "+ + - - - - - ? -",
    ("suspended by the institution", "superseded"): "+ - - - - - - ? -",
    ("suspended by a regulator", "suspended"): "o = - - - - - ? -",
    ("suspended by a regulator", "active"): "o + - - - - - ? -",
    ("suspended by a regulator", "revoked"): "+ + - - - - - ? -",
    ("suspended by a regulator", "superseded"): "o - - - - - - ? -",
    ("taken over by a regulator", "suspended"): "o = - - - - - ? -",
    ("taken over by a regulator", "active"): "o + - - - - - ? -",
    ("taken over by a regulator", "revoked"): "+ + - - - - - ? -",
    ("taken over by a regulator", "superseded"): "o - - - - - - ? -",
    ("lifted", "suspended"): "+ + - - - - - ? -",
    ("lifted", "active"): "= = - - - - - ? -",
    ("lifted", "revoked"): "+ + - - - - - ? -",
    ("lifted", "superseded"): "+ - - - - - - ? -",
    ("revoked", "suspended"): "! ! - - - - - ? -",
    ("revoked", "active"): "! ! - - - - - ? -",
    ("revoked", "revoked"): "! ! - - - - - ? -",
    ("revoked", "superseded"): "! - - - - - - ? -",
    ("superseded", "suspended"): "! ! - - - - - ? -",
    ("superseded", "active"): "! ! - - - - - ? -",
    ("superseded", "revoked"): "! ! - - - - - ? -",
    ("superseded", "superseded"): "! - - - - - - ? -",
}


def outcome(world, who: str, wanted: str) -> str:
    """What somebody gets; what is done is not committed, so that the next one finds the label as it was."""
    actor = world.actors[who]
    command = Change(wanted, REASON, numbers(world)[1] if wanted == "superseded" else "")
    try:
        allow(actor, rules.permission(command))
        with world.services.uow(write=True) as unit:
            standing.apply(actor, world.number, command, unit, world.clock())
    except refusals.Refusal as refusal:
        return type(refusal).__name__
    return "ok"


@pytest.mark.parametrize("before", BEFORE)
def test_every_change_from_every_state_by_everybody(at, before):
    world = at("reissued")
    world.actors |= {"officer": programme_officer(world), "administrator": ADMIN}
    for who, state in BEFORE[before]:
        change(world, who, state)
    expected = {
        wanted: dict(zip(PEOPLE, (WORDS[word] for word in row.split()), strict=True))
        for (state, wanted), row in TABLE.items()
        if state == before
    }
    assert len(expected) == 4
    found = {wanted: {who: outcome(world, who, wanted) for who in PEOPLE} for wanted in expected}
    assert found == expected


@pytest.mark.parametrize("before", BEFORE)
def test_the_lists_say_what_happened(at, before):
    world = at("reissued")
    for who, state in BEFORE[before]:
        change(world, who, state)
    now = stands(world)
    assert now == before.split()[0].replace("taken", "suspended").replace("lifted", "active")
    assert {name for name, flag in flags(world).items() if flag} == status.purposes_of(now)
    assert status.state_of(flags(world)) == now
    assert status.state_of(flags(world, numbers(world)[1])) == "active"
    assert problems(world) == []
    assert integrity.check(ADMIN, world.services) == ()


# ---------- what a change leaves behind ----------


def test_a_change_is_told_with_its_reason_to_those_concerned(at):
    world = at("issued")
    after = change(world, "regulator", "suspended", "  市场抽查发现数据不符，暂停使用。  ")
    assert (after.state, after.since, after.by_kind) == ("suspended", world.clock(), "regulator")
    assert after.by == {"zh": "演示监管", "en": "Demo Authority"}
    assert after.reason == "市场抽查发现数据不符，暂停使用。"
    for who, told in (("exporter", 1), ("signatory", 1), ("other-exporter", 0)):
        found = [one for one in notices.list_(world[who], world.services) if one.kind == "label-standing"]
        assert len(found) == told
    assert (found or [None]) == [None]
    notice = notices.list_(world["exporter"], world.services)[0]
    assert notice.object == world.number
    assert notice.details["reason"] == after.reason
    assert notice.details["state"] == "suspended"


def test_an_institution_is_not_told_of_what_it_did_itself(at):
    world = at("issued")
    change(world, "signatory", "suspended")
    kinds = [one.kind for one in notices.list_(world["signatory"], world.services)]
    assert "label-standing" not in kinds
    assert "label-standing" in [one.kind for one in notices.list_(world["exporter"], world.services)]


def test_each_change_has_its_line_in_the_audit_chain(at):
    world = at("issued")
    change(world, "signatory", "suspended")
    change(world, "signatory", "active")
    with world.services.uow() as unit:
        lines = unit.audit.events(object_=f"label-event:{world.number}")
        events = unit.standings.label_events(world.number)
    assert [(one.action, one.before) for one in lines] == [
        ("label.suspend", "active"),
        ("label.reinstate", "suspended"),
    ]
    assert [one.after.rpartition(":")[0] for one in lines] == ["2:suspended", "3:active"]
    assert [one.status for one in events] == ["active", "suspended", "active"]


REASONS = {
    "none": "",
    "too short": "123456789",
    "short but for spaces": "   123456789   ",
    "too long": "x" * 2001,
}


@pytest.mark.parametrize("what", REASONS)
def test_a_change_needs_a_reason(at, what):
    world = at("issued")
    with pytest.raises(InvalidInput):
        change(world, "signatory", "suspended", REASONS[what])
    assert stands(world) == "active"


@pytest.mark.parametrize("reason", ["1234567890", "x" * 2000])
def test_reasons_of_all_lengths_between_are_kept(at, reason):
    world = at("issued")
    assert change(world, "signatory", "suspended", reason).reason == reason


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (Change("expired", REASON), InvalidInput),
        (Change("", REASON), InvalidInput),
        (Change("suspended", REASON, "TB-2026-0000002-J"), InvalidInput),
        (Change("superseded", REASON), InvalidInput),
        (Change("superseded", REASON, "TB-2026-0000009-0"), NotFound),
        (Change("superseded", REASON, "nothing"), NotFound),
    ],
)
def test_a_change_that_is_none(at, command, refusal):
    world = at("issued")
    with pytest.raises(refusal):
        standing.change(world["signatory"], world.number, command, world.services)
    assert stands(world) == "active"


def test_claims_and_unknown_numbers_are_no_labels(at):
    world = at("issued")
    for number in ("TB-2026-0000009-0", "TC-2026-0000001-W", ""):
        with pytest.raises(NotFound):
            change(world, "signatory", "suspended", number=number or "x")


def test_a_number_may_be_typed_as_people_type_it(at):
    world = at("issued")
    assert change(world, "signatory", "suspended", number=f" {world.number.lower()} ").state == "suspended"


def test_nothing_changes_without_keys(at, tmp_path):
    world = at("issued")
    keyless = replace(world.services, keys=StoredKeys(tmp_path / "nowhere", None))
    with pytest.raises(KeysUnavailable):
        standing.change(world["signatory"], world.number, Change("suspended", REASON), keyless)
    assert stands(world) == "active"


# ---------- superseding ----------


def test_a_label_is_superseded_by_a_newer_one_and_says_by_which(at):
    world = at("reissued")
    second = numbers(world)[1]
    after = change(world, "signatory", "superseded", other=second.lower())
    assert (after.state, after.other, after.reason) == ("superseded", second, REASON)
    assert stands(world, second) == "active"


def test_who_does_not_fit_as_successor(at):
    world = at("reissued")
    first, second = numbers(world)
    for number, other, says in ((first, first, "the same label"), (second, first, "not issued later")):
        with pytest.raises(SuccessorUnfit, match=says):
            change(world, "signatory", "superseded", number=number, other=other)
    change(world, "regulator", "suspended", number=second)
    with pytest.raises(SuccessorUnfit, match="not active"):
        change(world, "signatory", "superseded", number=first, other=second)
    change(world, "regulator", "active", number=second)
    world.clock.on(3 * 366 * 86400)
    with pytest.raises(SuccessorUnfit, match="not active"):
        change(world, "signatory", "superseded", number=first, other=second)
    assert stands(world, first) == "active"


def test_a_successor_of_another_exporter_is_refused(at):
    world = at("reissued")
    first, second = numbers(world)
    tamper(
        world,
        f"UPDATE labels SET exporter_id = '{world.organisations['other']}' WHERE number = '{second}'",
    )
    with pytest.raises(SuccessorUnfit, match="another exporter"):
        change(world, "signatory", "superseded", number=first, other=second)


def next_study(world, open_cn, workbook) -> str:
    world.clock.on(60)
    world.inventory = making.hand_in(world, workbook)
    making.open_study(world, open_cn.identifier)
    making.approve(world)
    return world.study


def test_the_signatory_says_at_the_issue_whose_place_the_label_takes(at, open_cn, workbook):
    world = at("issued")
    first, study = world.number, next_study(world, open_cn, workbook)
    offered = standing.supersedable(world["signatory"], study, world.services)
    assert [one.number for one in offered] == [first]
    made = labels.issue(world["signatory"], study, world.services, supersedes=first)
    assert (stands(world, first), stands(world, made.number)) == ("superseded", "active")
    assert status.state_of(flags(world, first)) == "superseded"
    assert status.state_of(flags(world, made.number)) == "active"
    assert standing.supersedable(world["signatory"], study, world.services) == ()
    assert integrity.check(ADMIN, world.services) == ()


def test_nothing_is_superseded_by_itself(at, open_cn, workbook):
    world = at("issued")
    first, study = world.number, next_study(world, open_cn, workbook)
    labels.issue(world["signatory"], study, world.services)
    assert stands(world, first) == "active"


def test_what_cannot_be_superseded_stops_the_issue(at, open_cn, workbook):
    world = at("issued")
    first, study = world.number, next_study(world, open_cn, workbook)
    change(world, "regulator", "suspended", number=first)
    assert standing.supersedable(world["signatory"], study, world.services) == ()
    for call in (labels.issue, labels.request_issue):
        with pytest.raises(SuspendedByOthers):
            call(world["signatory"], study, world.services, supersedes=first)
        with pytest.raises(NotFound):
            call(world["signatory"], study, world.services, supersedes="TB-2026-0000009-0")
    assert [one.number for one in labels.list_(world["regulator"], world.services)] == [first]


def test_the_job_carries_whose_place_the_label_takes(at, open_cn, workbook):
    world = at("issued")
    first, study = world.number, next_study(world, open_cn, workbook)
    signatory, services = world["signatory"], world.services
    job = labels.request_issue(signatory, study, services, supersedes=first.lower())
    assert labels.request_issue(signatory, study, services, supersedes=first) == job
    with pytest.raises(InvalidInput):
        labels.request_issue(signatory, study, services)
    assert jobs.run(jobs.lease(services), services) is None
    assert stands(world, first) == "superseded"


# ---------- places ----------


def test_a_place_is_drawn_by_lot_and_never_given_twice(at, monkeypatch):
    world = at("issued")
    with world.services.uow(write=True) as unit:
        taken = unit.standings.place(world.number)
        drawn = iter([taken.index, taken.index, 5, 5, 6])
        monkeypatch.setattr(places.secrets, "randbelow", lambda _: next(drawn))
        assert standing.place_for(unit, "TB-A", BASE) == Place(1, 5)
        assert standing.place_for(unit, "TB-B", BASE) == Place(1, 6)


def test_a_list_that_is_half_full_is_closed_and_the_next_begins(at, monkeypatch, open_cn, workbook):
    world = at("reissued")
    monkeypatch.setattr(places, "CLOSED_AT", 2)
    study = next_study(world, open_cn, workbook)
    made = labels.issue(world["signatory"], study, world.services)
    with world.services.uow() as unit:
        assert unit.standings.place(made.number).list == 2
        assert unit.standings.place(world.number).list == 1
        assert [one.list for one in standing.current_lists(unit, 2)] == [2, 2, 2]
    change(world, "signatory", "revoked", number=made.number)
    assert status.state_of(flags(world, made.number)) == "revoked"
    assert status.state_of(flags(world)) == "active"
    assert problems(world) == []
    assert places.ENTRIES == 131_072


def test_an_installation_that_moves_keeps_the_addresses_of_its_lists(at, open_cn, workbook):
    world = at("issued")
    study = next_study(world, open_cn, workbook)
    moved = replace(world.services.settings, base_url="https://new.demo.invalid")
    world.services = replace(world.services, settings=moved)
    made = labels.issue(world["signatory"], study, world.services)
    change(world, "signatory", "suspended")
    with standing.reading(world.services) as unit:
        addresses = [
            status.parsed(one.credential).address
            for list_ in (1, 2)
            for one in standing.current_lists(unit, list_)
        ]
        assert unit.standings.place(made.number).list == 2
    assert addresses == [
        *(f"{BASE}/status/1/{purpose}" for purpose in status.PURPOSES),
        *(f"https://new.demo.invalid/status/2/{purpose}" for purpose in status.PURPOSES),
    ]
    assert decode(made.credential).envelope.list_address("refresh") == addresses[-1]
    assert problems(world) == []


def test_the_credential_names_the_place_of_its_label(at):
    world = at("issued")
    record = labels.get(world["exporter"], world.number, world.services)
    envelope = decode(record.credential).envelope
    with world.services.uow() as unit:
        place = unit.standings.place(world.number)
    assert (envelope.place.list, envelope.place.index) == (place.list, place.index)
    assert envelope.code == record.code
    assert record.code


# ---------- publishing, and reading so that nothing is hidden ----------


def sequences(world) -> list[int]:
    with world.services.uow() as unit:
        return [one.sequence for one in unit.standings.every() if one.purpose == "suspension"]


def test_lists_are_published_when_something_changed_or_they_are_a_day_old(at):
    world = at("issued")
    assert sequences(world) == [1]
    assert standing.publish(ADMIN, world.services) == ()
    change(world, "signatory", "suspended")
    assert sequences(world) == [1, 2]
    world.clock.on(86_399)
    assert standing.publish(ADMIN, world.services) == ()
    world.clock.on(1)
    assert [one.purpose for one in standing.publish(ADMIN, world.services)] == list(status.PURPOSES)
    assert sequences(world) == [1, 2, 3]
    world.clock.on(86_400)
    assert flags(world)["suspension"], "a reader publishes when nobody else has"
    assert sequences(world) == [1, 2, 3, 4]
    assert problems(world) == []


def test_every_list_is_a_leaf_of_the_log(at):
    world = at("issued")
    change(world, "signatory", "suspended")
    with world.services.uow() as unit:
        named = {leaf.what: leaf.index for leaf in unit.log.leaves()}
        for one in unit.standings.every():
            assert named[f"status:{one.list}/{one.purpose}/{one.sequence}"] == one.leaf_index


@pytest.mark.parametrize("who", ["signatory", "regulator", "exporter"])
def test_publishing_by_hand_is_the_administrators(at, who):
    world = at("issued")
    with pytest.raises(NotAllowed):
        standing.publish(world[who], world.services)


def event_behind_the_lists(world) -> None:
    """An event as a transaction without keys leaves it."""
    with world.services.uow(write=True) as unit:
        unit.labels.add_event(world.number, "revoked", REASON, world["regulator"].person_id, world.clock())
        unit.commit()


def test_no_reader_is_given_a_list_that_hides_what_is_committed(at):
    world = at("issued")
    event_behind_the_lists(world)
    with world.services.uow() as unit, pytest.raises(StatusUnavailable):
        standing.current_lists(unit, 1)
    assert status.state_of(flags(world)) == "revoked"
    assert sequences(world) == [1, 2]


class Keyless:
    """Keys that cannot be opened, on an installation that publishes its trust file."""

    def __init__(self, keys):
        self.trust = keys.trust

    def keyset(self) -> KeySet:
        raise KeysUnavailable(problem="the token does not answer")


def test_without_keys_a_reader_is_refused_rather_than_misled(at):
    world = at("issued")
    keyless = replace(world.services, keys=Keyless(world.services.keys))
    with standing.reading(keyless) as unit:
        assert len(standing.current_lists(unit, 1)) == 3
    world.clock.on(2 * 86_400)
    with standing.reading(keyless) as unit:
        assert len(standing.current_lists(unit, 1)) == 3, "old, but in its window and hiding nothing"
    event_behind_the_lists(world)
    with pytest.raises(StatusUnavailable), standing.reading(keyless):
        pytest.fail("somebody reads what hides a change")
    assert status.state_of(flags(world)) == "revoked"
    world.clock.on(8 * 86_400)
    with pytest.raises(StatusUnavailable), standing.reading(keyless):
        pytest.fail("somebody reads what has ended")


def test_lists_by_a_key_that_was_replaced_are_published_anew(at, tmp_path):
    world = at("issued")

    class Rotated:
        def __init__(self, keys: KeySet) -> None:
            world.clock.on(60)
            now = world.clock()
            self.keys = keys.rotated("status", now, now + timedelta(days=365))

        def keyset(self) -> KeySet:
            return self.keys

        def trust(self):
            return self.keys.trust()

    world.services = replace(world.services, keys=Rotated(world.services.keys.keyset()))
    assert not flags(world)["suspension"]
    with world.services.uow() as unit:
        kids = {status.kid_of(one.credential) for one in standing.current_lists(unit, 1)}
    assert kids == {f"{world.services.keys.keyset().issuer_id}#status-2"}
    assert problems(world) == []


def test_past_lists_say_how_it_was(at):
    world = at("issued")
    before = world.clock()
    world.clock.on(60)
    change(world, "signatory", "suspended")
    with world.services.uow() as unit:
        place = unit.standings.place(world.number)

    def told(moment) -> bool:
        found = standing.published(place.list, "suspension", world.services, moment)
        return status.parsed(found.credential).flag(place.index)

    assert [told(before), told(world.clock())] == [False, True]
    assert told(None)
    for moment in (before - timedelta(seconds=1), world.clock() + timedelta(seconds=1)):
        with pytest.raises(NotFound):
            told(moment)
    for list_, purpose in ((0, "suspension"), (2, "suspension"), (1, "message")):
        with pytest.raises(NotFound):
            standing.published(list_, purpose, world.services)


# ---------- looking up ----------


def test_how_it_stood_at_a_moment(at):
    world = at("issued")
    issued = world.clock()
    world.clock.on(100)
    change(world, "signatory", "suspended")
    world.clock.on(100)
    change(world, "regulator", "revoked")
    second = timedelta(seconds=1)
    expected = {
        issued - second: None,
        issued: "active",
        issued + 99 * second: "active",
        issued + 100 * second: "suspended",
        issued + 200 * second: "revoked",
        issued + 10_000 * second: "revoked",
    }
    with world.services.uow() as unit:
        found = {moment: standing.at(world.number, moment, unit) for moment in expected}
        assert standing.at("TB-2026-0000009-0", issued, unit) is None
        assert standing.history("x", unit) == ()
    assert {moment: one and one.state for moment, one in found.items()} == expected


def test_the_register_knows_every_change_and_no_other(at):
    world = at("reissued")
    first, second = numbers(world)
    change(world, "signatory", "suspended", number=first)
    world.clock.on(60)
    change(world, "signatory", "superseded", number=first, other=second)
    with world.services.uow() as unit:
        register = standing.register(unit, world.clock())
        held = register.held()
        assert [(one.state, one.reason) for one in register.events(first)] == [
            ("suspended", REASON),
            ("superseded", REASON),
        ]
        assert held.events(first) == register.events(first)
        assert held.events(second) == register.events(second) == ()
    assert (register.as_of, register.until) == (world.clock(), world.clock() + lists.WINDOW)


def test_history_is_for_those_who_may_see_the_label(at):
    world = at("issued")
    for who in ("exporter", "practitioner", "reviewer", "signatory", "regulator"):
        assert standing.look(world[who], world.number.lower(), world.services)[0].state == "active"
    assert standing.look(ADMIN, world.number, world.services)
    for who in ("other-exporter", "rival-signatory"):
        with pytest.raises(NotFound):
            standing.look(world[who], world.number, world.services)


# ---------- the check of the store ----------

TAMPERING = {
    "a reason": ("UPDATE label_events SET reason = 'nothing at all' WHERE sequence = 2", "were done"),
    "a moment": ("UPDATE label_events SET at = '2026-11-22 09:00:00.000000' WHERE sequence = 2", "were done"),
    "a person": (
        "UPDATE label_events SET person_id = (SELECT id FROM people WHERE id <> label_events.person_id LIMIT 1)"
        " WHERE sequence = 2",
        "done",
    ),
    "a state": ("UPDATE label_events SET status = 'active' WHERE sequence = 2", "does not say what happened"),
    "an event that is gone": ("DELETE FROM label_events WHERE sequence = 2", "were done"),
    "an event slipped in": (
        "INSERT INTO label_events SELECT number, 3, 'active', reason, person_id, at FROM label_events "
        "WHERE sequence = 2",
        "not those that were done",
    ),
    "all events": ("DELETE FROM label_events", "no event"),
    "a place": ("DELETE FROM status_places", "has no place"),
    "another place": (
        'UPDATE status_places SET "index" = ("index" + 1) % 131072',
        "where its credential says",
    ),
    "a place too many": ("INSERT INTO status_places VALUES ('TB-X', 1, 3)", "never issued"),
    "a list": (
        "UPDATE status_lists SET credential = substr(credential, 1, length(credential) - 9) || 'AAAAAAAAA'",
        "signature",
    ),
    "an older list for the newest": (
        "UPDATE status_lists SET credential = (SELECT o.credential FROM status_lists o WHERE o.sequence = 1 "
        "AND o.purpose = status_lists.purpose AND o.list = status_lists.list) WHERE sequence = 2",
        "status list 1/suspension/2",
    ),
    "a list that is gone": ("DELETE FROM status_lists WHERE sequence = 1", "without a gap"),
    "one purpose gone": ("DELETE FROM status_lists WHERE purpose = 'refresh'", "without a gap"),
    "a window": ("UPDATE status_lists SET valid_until = '2030-01-01 00:00:00.000000'", "window"),
    "a leaf": ("UPDATE status_lists SET leaf_index = leaf_index + 100", "leaf of the log"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_the_check_of_the_store_finds(at, what):
    world = at("issued")
    change(world, "signatory", "suspended")
    assert problems(world) == []
    sql, says = TAMPERING[what]
    tamper(world, sql)
    assert any(says in one for one in problems(world)), problems(world)


def test_nothing_is_published_on_a_log_that_forgot_its_root(at):
    world = at("issued")
    tamper(world, "UPDATE log_nodes SET hash = zeroblob(32)")
    with pytest.raises(EvidenceChanged):
        change(world, "signatory", "suspended")
    assert stands(world) == "active"


# ---------- any walk ----------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["signatory", "regulator"]), st.sampled_from(["active", "suspended", "revoked"])
    ),
    max_size=6,
)


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_any_walk_ends_in_a_state_that_the_lists_can_say(steps):
    """Rules alone, over a history in memory: a final state is never left, and a side never lifts the other's."""
    kinds = {"signatory": OrganisationKind.INSTITUTION, "regulator": OrganisationKind.REGULATOR}
    now = Standing("active", datetime(2026, 1, 1, tzinfo=UTC), "", "institution")
    for who, state in steps:
        try:
            rules.require(now, Change(state, REASON), kinds[who], "TB")
        except refusals.Refusal:
            continue
        assert now.state != "revoked"
        if state == "active":
            assert (now.state, now.by_kind) == ("suspended", kinds[who])
        now = Standing(state, now.since, REASON, kinds[who])
    assert (
        status.state_of({name: name in status.purposes_of(now.state) for name in status.PURPOSES})
        == now.state
    )
