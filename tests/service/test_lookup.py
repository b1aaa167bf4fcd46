"""Who may see a label by its number, what everybody else is told, and which moment a text means."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.labelnumber import make, shown_code
from service.usecases import labels, lookup, standing
from service.usecases.access import Actor, OrganisationKind, Role
from service.usecases.lookup import Asked, Found, NumberUnknown, find, moment
from service.usecases.refusals import InvalidInput
from service.usecases.standing import Change
from tests.service.claims.sealingmaking import sealing

GTIN = "06901234567892"


@pytest.fixture
def world(at):
    made = at("issued")
    made.code = labels.get(made["exporter"], made.number, made.services).code
    return made


def test_number_and_code_open_it_as_people_type_them(world):
    code, number = world.code, world.number
    for typed_number, typed_code in (
        (number, code),
        (number.lower(), shown_code(code).lower()),
        (f" {number.replace('-', '－')} ", f" {code[:4]} {code[4:]} "),
    ):
        assert find(Asked(typed_number, typed_code), world.services) == Found(number, code)


WRONG = {
    "no code": lambda w: Asked(w.number),
    "another code": lambda w: Asked(w.number, w.code[:-1] + ("A" if w.code[-1] != "A" else "B")),
    "half a code": lambda w: Asked(w.number, w.code[:4]),
    "a code and more": lambda w: Asked(w.number, w.code + "0"),
    "the stand-in": lambda w: Asked(make(2026, 7), lookup.STAND_IN),
    "nothing typed for a number that is not": lambda w: Asked(make(2026, 7)),
    "an unknown number with the code of another": lambda w: Asked(make(2026, 7), w.code),
    "no number": lambda w: Asked("", w.code),
    "another year": lambda w: Asked(w.number.replace("2026", "2025"), w.code),
    "a GTIN that the product has not": lambda w: Asked(w.number, w.code, GTIN),
    "what is no GTIN": lambda w: Asked(w.number, w.code, "06901234567890"),
    "a claim that is not": lambda w: Asked(make(2026, 9, "TC")),
    "signs that are none": lambda w: Asked("\ud800", "\ud800"),
}


@pytest.mark.parametrize("what", WRONG)
def test_everything_else_is_one_and_the_same_refusal(world, what):
    with pytest.raises(NumberUnknown) as refused:
        find(WRONG[what](world), world.services)
    assert (refused.value.code, refused.value.status, refused.value.details) == ("unknown-number", 404, {})


SEES = {
    "exporter": True,
    "practitioner": True,
    "reviewer": True,
    "signatory": True,
    "regulator": True,
    "other-exporter": False,
    "rival-practitioner": False,
    "rival-signatory": False,
}


@pytest.mark.parametrize("who", SEES)
def test_who_may_see_the_label_anyway_needs_no_code(world, who):
    asked = Asked(world.number)
    if SEES[who]:
        assert find(asked, world.services, world[who]).code == world.code
    else:
        with pytest.raises(NumberUnknown):
            find(asked, world.services, world[who])
        assert find(replace(asked, code=world.code), world.services, world[who])


def test_a_gtin_is_that_of_the_product(world, monkeypatch):
    from service.store.repositories.labels import Labels

    known = labels.get(world["exporter"], world.number, world.services)
    product = known.statement["product"] | {"gtin": GTIN}
    stated = replace(known, statement=known.statement | {"product": product})
    monkeypatch.setattr(Labels, "get", lambda self, number: stated if number == world.number else None)
    for gtin in (GTIN, GTIN[1:]):
        assert find(Asked(world.number, world.code, gtin), world.services).number == world.number
    with pytest.raises(NumberUnknown):
        find(Asked(world.number, world.code, "04006381333931"), world.services)
    with pytest.raises(NumberUnknown):
        find(Asked(world.number, "", GTIN), world.services)


@pytest.mark.parametrize("number", ["known", "unknown"])
def test_the_code_is_compared_in_constant_time_whether_there_is_a_label_or_not(world, monkeypatch, number):
    compared, real = [], hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))
    with pytest.raises(NumberUnknown):
        find(Asked(world.number if number == "known" else make(2026, 7), "ZZZZZZZZ"), world.services)
    assert [(a, len(b)) for a, b in compared] == [(b"ZZZZZZZZ", 8)]


def test_a_label_without_a_code_opens_to_none(world, monkeypatch):
    from service.store.repositories.labels import Labels

    real = Labels.lock
    monkeypatch.setattr(Labels, "lock", lambda self, number: ("", *real(self, number)[1:]))
    for code in ("", world.code, lookup.STAND_IN):
        with pytest.raises(NumberUnknown):
            find(Asked(world.number, code), world.services)
    assert find(Asked(world.number), world.services, world["regulator"])


def test_claims_need_no_code(world):
    claim = sealing(world)
    assert find(Asked(claim.number.lower()), world.services) == Found(claim.number, "")
    with pytest.raises(NumberUnknown):
        find(Asked(claim.number, "", GTIN), world.services)


def test_the_verdict_and_the_history_at_a_moment(world):
    found = Found(world.number, world.code)
    issued = world.clock()
    world.clock.on(86_400)
    standing.change(
        world["signatory"], world.number, Change("suspended", "meter readings in doubt"), world.services
    )
    suspended = world.clock()
    world.clock.on(86_400)
    assert lookup.report(found, world.services).verdict == "suspended"
    assert [one.state for one in lookup.history(found, world.services)] == ["active", "suspended"]
    before = suspended - timedelta(seconds=1)
    assert lookup.report(found, world.services, before).verdict == "valid"
    assert [one.state for one in lookup.history(found, world.services, before)] == ["active"]
    early = lookup.report(found, world.services, issued - timedelta(days=1))
    assert early.verdict == "not-yet-valid"


NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", None),
        ("  ", None),
        ("2026-11-23", None),
        ("2026-11-22", datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)),
        ("2026-11-22T08:00:00Z", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("2026-11-22T08:00:00+08:00", datetime(2026, 11, 22, 0, tzinfo=UTC)),
        ("2026-11-22T08:00", datetime(2026, 11, 22, 0, tzinfo=UTC)),
        ("2026-11-22T08:00:00.75Z", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("2026-11-23T05:30:00Z", None),
    ],
)
def test_what_a_moment_means(text, meant):
    assert moment(text, NOW) == meant


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24",
        "2026-11-23T05:30:01Z",
        "yesterday",
        "2026-02-30",
        "0000-00-00",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_the_future_and_what_is_no_moment_are_refused(text):
    with pytest.raises(InvalidInput) as refused:
        moment(text, NOW)
    assert refused.value.details["field"] == "at"


@given(st.text(max_size=40))
def test_any_text_is_a_moment_before_now_or_a_refusal(text):
    try:
        meant = moment(text, NOW)
    except InvalidInput:
        return
    assert meant is None or meant <= NOW


def test_an_administrator_of_the_machine_sees_labels_too():
    who = Actor("local:x", "", OrganisationKind.INSTALLATION, frozenset({Role.ADMINISTRATOR}))
    assert lookup._may_see(who, "a", "b")
