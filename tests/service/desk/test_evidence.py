"""Sealed evidence: asked for, answered, read; what is seen is recorded before it is given."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from datetime import date, timedelta

import pytest

from service.usecases import inventories, labels, notices
from service.usecases.desk import evidence, parts, requests, soundness
from service.usecases.desk.refusals import (
    AlreadyAnswered,
    AlreadyAsked,
    EvidenceSealed,
    GrantOver,
    NoLegalBasis,
)
from service.usecases.desk.requests import Answer, Ask
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotAllowed, NotFound
from tests.service.test_integrity import tamper

LAST_DAY = date(2026, 12, 22)
GRANT = Answer("granted", "", LAST_DAY)
DUTY = Answer("duty", "Article 12 leaves no choice", LAST_DAY)
NO = Answer("refused", "the workbook names our suppliers")
LAW = "Regulation on product carbon labels, article 12"


def ask(desk, by: str = "regulator", legal_basis: str = "") -> str:
    return requests.ask(desk[by], Ask(desk.number, "a sample at the border", legal_basis), desk.services)


def granted(desk) -> str:
    key = ask(desk)
    requests.answer(desk["exporter"], key, GRANT, desk.services)
    return key


def take(desk, key: str, name: str = "workbook", by: str = "regulator"):
    return evidence.take(desk[by], key, name, desk.services)


def seen(desk, key: str) -> list[tuple[str, str, str]]:
    found = requests.get(desk["exporter"], key, desk.services).accesses
    return [(one.part, one.sha256, one.person_id) for one in found]


def told(desk, who: str) -> list[str]:
    return [one.kind for one in notices.list_(desk[who], desk.services) if one.kind.startswith("evidence")]


# ---------- the road that works ----------


def test_asked_granted_read_and_seen_by_those_whose_it_is(desk):
    key = ask(desk)
    assert requests.get(desk["regulator"], key, desk.services).state == "waiting"
    requests.answer(desk["exporter"], key, GRANT, desk.services)
    part = take(desk, key)
    _, workbook = inventories.workbook(desk["exporter"], desk.world.inventory, desk.services)
    assert part.data == workbook
    expected = [("workbook", hashlib.sha256(workbook).hexdigest(), desk["regulator"].person_id)]
    for who in ("exporter", "practitioner", "reviewer", "signatory", "regulator"):
        (one,) = requests.of_label(desk[who], desk.number, desk.services)
        assert [(a.part, a.sha256, a.person_id) for a in one.accesses] == expected
    with desk.services.uow() as unit:
        events = unit.audit.events(object_=f"evidence-request:{key}")
        assert unit.audit.first_broken() is None
    assert [(one.action, one.before) for one in events] == [
        ("evidence.ask", ""),
        ("evidence.answer", ""),
        ("evidence.read", "workbook"),
    ]
    assert events[-1].after == part.sha256


def test_every_part_is_what_the_label_rests_on(desk):
    key = granted(desk)
    statement = labels.get(desk["regulator"], desk.number, desk.services).statement
    chain = {entry["kind"]: entry["sha256"] for entry in statement["chain"]}
    for name in parts.PARTS:
        part = take(desk, key, name)
        assert part.sealed == chain[parts.CHAIN_KINDS[name]]
        assert hashlib.sha256(part.data).hexdigest() == part.sha256
        if part.document is not None:
            assert json.loads(part.data) == part.document
            assert part.document["label"] == desk.number
    assert sorted(one for one, _, _ in seen(desk, key)) == sorted(parts.PARTS)
    figures = take(desk, key, "assessment").document["rounded"]
    assert figures["total"] == statement["footprint"]["total"]
    assert take(desk, key, "review").document["comment"] == "checked"
    lines = take(desk, key, "links").document["links"]
    assert {one["key"] for one in lines} >= {"M1"}


def test_what_was_seen_is_recorded_before_it_is_given(desk, monkeypatch):
    key = granted(desk)

    def broken(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("service.store.repositories.desk.Desk.add_access", broken)
    with pytest.raises(RuntimeError):
        take(desk, key)
    monkeypatch.undo()
    assert seen(desk, key) == []


def test_open_until_the_end_of_that_day_in_china(desk):
    key = granted(desk)
    asked = requests.get(desk["regulator"], key, desk.services)
    assert asked.answer.open_until.isoformat() == "2026-12-22T16:00:00+00:00"
    desk.world.clock.time = asked.answer.open_until - timedelta(seconds=1)
    assert take(desk, key).data
    desk.world.clock.on(1)
    with pytest.raises(GrantOver, match="2026-12-22 16:00"):
        take(desk, key)
    assert requests.get(desk["exporter"], key, desk.services).state == "over"
    assert len(seen(desk, key)) == 1


def test_by_legal_duty_where_the_law_is_named(desk):
    key = ask(desk, legal_basis=LAW)
    requests.answer(desk["signatory"], key, DUTY, desk.services)
    assert take(desk, key).data
    assert requests.get(desk["exporter"], key, desk.services).answer.decision == "duty"
    assert sorted(told(desk, "exporter")) == ["evidence-asked", "evidence-duty"]
    assert told(desk, "signatory") == ["evidence-asked"]


def test_who_is_told_what(desk):
    key = ask(desk)
    assert (told(desk, "exporter"), told(desk, "signatory")) == (["evidence-asked"], [])
    requests.answer(desk["exporter"], key, NO, desk.services)
    with desk.services.uow() as unit:
        (one,) = unit.notices.list_(desk["regulator"].organisation_id)
    assert (one.kind, one.object, one.details["decision"]) == (
        "evidence-answered",
        f"evidence-request:{key}",
        "refused",
    )


def test_after_a_refusal_or_an_end_it_may_be_asked_again(desk):
    first = ask(desk)
    requests.answer(desk["exporter"], first, NO, desk.services)
    second = ask(desk, legal_basis=LAW)
    requests.answer(desk["signatory"], second, DUTY, desk.services)
    assert take(desk, second).data
    listed = requests.of_label(desk["regulator"], desk.number, desk.services)
    assert {one.request.id: one.state for one in listed} == {first: "refused", second: "open"}


def test_two_authorities_ask_and_each_sees_its_own(desk):
    own, other = ask(desk), ask(desk, "customs")
    assert [one.request.id for one in requests.list_(desk["regulator"], desk.services)] == [own]
    assert [one.request.id for one in requests.list_(desk["customs"], desk.services)] == [other]
    assert {one.request.id for one in requests.list_(desk["exporter"], desk.services)} == {own, other}


# ---------- the table of refusals ----------


def second_answer(desk):
    requests.answer(desk["exporter"], granted(desk), NO, desk.services)


def refused_request(desk):
    key = ask(desk)
    requests.answer(desk["exporter"], key, NO, desk.services)
    take(desk, key)


def expired_grant(desk):
    key = granted(desk)
    desk.world.clock.on(31 * 24 * 3600)
    take(desk, key)


REFUSED = {
    "an exporter asks": (lambda d: ask(d, "exporter"), NotAllowed),
    "a signatory asks": (lambda d: ask(d, "signatory"), NotAllowed),
    "a programme office asks": (lambda d: ask(d, "programme"), NotAllowed),
    "a programme office lists": (lambda d: requests.list_(d["programme"], d.services), NotAllowed),
    "a programme office reads": (lambda d: take(d, granted(d), by="programme"), NotAllowed),
    "a label that is none": (
        lambda d: requests.ask(d["regulator"], Ask("TB-2026-0000999-9", "x"), d.services),
        NotFound,
    ),
    "no purpose": (lambda d: requests.ask(d["regulator"], Ask(d.number, " "), d.services), InvalidInput),
    "a purpose that cannot be seen": (
        lambda d: requests.ask(d["regulator"], Ask(d.number, "\u202egnp"), d.services),
        InvalidInput,
    ),
    "asked twice": (lambda d: (ask(d), ask(d)), AlreadyAsked),
    "another exporter answers": (
        lambda d: requests.answer(d["other-exporter"], ask(d), GRANT, d.services),
        NotFound,
    ),
    "another institution answers": (
        lambda d: requests.answer(d["rival-signatory"], ask(d, legal_basis=LAW), DUTY, d.services),
        NotFound,
    ),
    "a practitioner answers": (
        lambda d: requests.answer(d["practitioner"], ask(d), GRANT, d.services),
        NotAllowed,
    ),
    "the authority answers itself": (
        lambda d: requests.answer(d["regulator"], ask(d), GRANT, d.services),
        NotAllowed,
    ),
    "the exporter by duty": (
        lambda d: requests.answer(d["exporter"], ask(d, legal_basis=LAW), DUTY, d.services),
        NotAllowed,
    ),
    "the signatory by consent": (
        lambda d: requests.answer(d["signatory"], ask(d, legal_basis=LAW), GRANT, d.services),
        NotAllowed,
    ),
    "a duty without a law": (
        lambda d: requests.answer(d["signatory"], ask(d), DUTY, d.services),
        NoLegalBasis,
    ),
    "a duty without a reason": (
        lambda d: requests.answer(
            d["signatory"], ask(d, legal_basis=LAW), Answer("duty", "", LAST_DAY), d.services
        ),
        InvalidInput,
    ),
    "refused without a reason": (
        lambda d: requests.answer(d["exporter"], ask(d), Answer("refused"), d.services),
        InvalidInput,
    ),
    "granted without a day": (
        lambda d: requests.answer(d["exporter"], ask(d), Answer("granted"), d.services),
        InvalidInput,
    ),
    "granted until yesterday": (
        lambda d: requests.answer(
            d["exporter"], ask(d), Answer("granted", "", date(2026, 11, 21)), d.services
        ),
        InvalidInput,
    ),
    "granted for longer than a year": (
        lambda d: requests.answer(d["exporter"], ask(d), Answer("granted", "", date(2028, 1, 1)), d.services),
        InvalidInput,
    ),
    "a word that is no decision": (
        lambda d: requests.answer(d["exporter"], ask(d), Answer("maybe"), d.services),
        InvalidInput,
    ),
    "a second answer": (second_answer, AlreadyAnswered),
    "a request that is none": (lambda d: requests.get(d["regulator"], "0" * 32, d.services), NotFound),
    "another exporter looks": (lambda d: requests.get(d["other-exporter"], ask(d), d.services), NotFound),
    "another authority looks": (lambda d: requests.get(d["customs"], ask(d), d.services), NotFound),
    "another exporter's label": (
        lambda d: requests.of_label(d["other-exporter"], d.number, d.services),
        NotFound,
    ),
    "another authority reads": (lambda d: take(d, granted(d), by="customs"), NotFound),
    "the exporter reads": (lambda d: take(d, granted(d), by="exporter"), NotAllowed),
    "no answer yet": (lambda d: take(d, ask(d)), EvidenceSealed),
    "a refused request": (refused_request, EvidenceSealed),
    "an expired grant": (expired_grant, GrantOver),
    "a part that is none": (lambda d: take(d, granted(d), "factors"), NotFound),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(desk, case):
    call, refusal = REFUSED[case]
    with pytest.raises(refusal) as caught:
        call(desk)
    assert caught.value.message("zh") != caught.value.message("en")
    with desk.services.uow() as unit:
        listed = unit.desk.requests(number=desk.number)
        assert unit.desk.accesses(one.id for one in listed) == ()


# ---------- what no longer is what was signed ----------


CHANGES = {
    "workbook": "UPDATE inventories SET workbook = CAST(workbook || x'00' AS BLOB)",
    "inventory": "UPDATE inventories SET content = replace(content, 'kg', 'g')",
    "links": "UPDATE assessments SET result = replace(result, 'al-primary', 'al-other')",
    "assessment": "UPDATE assessments SET result = replace(result, 'AR5', 'AR6')",
    "review": "UPDATE reviews SET comment = 'looked at'",
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_part_that_was_changed_is_not_given(desk, name):
    key = granted(desk)
    tamper(desk.world, CHANGES[name])
    with pytest.raises(EvidenceChanged, match=name):
        take(desk, key, name)
    assert seen(desk, key) == []


def test_a_label_that_was_changed_with_its_evidence_is_seen_by_its_signature(desk):
    """Workbook and statement were both changed so that they fit each other."""
    key = granted(desk)
    with sqlite3.connect(desk.world.database) as store:
        (workbook,) = store.execute("SELECT workbook FROM inventories").fetchone()
        (statement,) = store.execute("SELECT statement FROM labels").fetchone()
    old, new = (hashlib.sha256(data).hexdigest() for data in (workbook, workbook + b"\0"))
    changed = statement.replace(old, new).replace("'", "''")
    both = (CHANGES["workbook"], f"UPDATE labels SET statement = '{changed}'")
    tamper(desk.world, *both)
    with pytest.raises(EvidenceChanged, match="credential or statement"):
        take(desk, key)


# ---------- restricted background data ----------


def test_officers_without_a_licence_see_no_value_of_a_line(desk, monkeypatch):
    from service.usecases import redaction

    monkeypatch.setattr(redaction, "needed", lambda *_: True)
    part = take(desk, granted(desk), "assessment")
    assert part.redacted and part.document["redacted"]
    assert all(one["value"] is None for one in part.document["footprint"]["lines"])
    assert all(one["value"] is None for one in part.document["rounded"]["electricity"])
    assert part.document["rounded"]["total"]


# ---------- the check of the whole store ----------

TAMPERED = {
    "an access taken away": "DELETE FROM evidence_accesses",
    "another hash seen": "UPDATE evidence_accesses SET sha256 = 'ff'",
    "another decision": "UPDATE evidence_answers SET decision = 'duty'",
    "an answer taken away": "DELETE FROM evidence_answers",
    "somebody else asked": "UPDATE evidence_requests SET person_id = 'x'",
}


@pytest.mark.parametrize("change", TAMPERED)
def test_the_check_of_the_store_finds_what_was_tampered_with(desk, change):
    take(desk, granted(desk))
    with desk.services.uow() as unit:
        assert list(soundness.problems(unit)) == []
    tamper(desk.world, TAMPERED[change])
    with desk.services.uow() as unit:
        assert any("evidence-request:" in one for one in soundness.problems(unit))
