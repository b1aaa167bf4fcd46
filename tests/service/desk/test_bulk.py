"""Bulk checks: a list is handed in, a job checks it, the rows say how every number stands."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from certificates import labelnumber
from service import worker
from service.usecases import jobs, labels, standing
from service.usecases.access import administrator
from service.usecases.desk import bulk, checking, working
from service.usecases.desk.bulk import Upload
from service.usecases.desk.refusals import CheckNotDone, ChecksWaiting, ListNotRead
from service.usecases.refusals import InvalidInput, NotAllowed, NotFound
from tests.service.test_integrity import tamper

NEVER = labelnumber.make(2026, 999_999)


def listed(*lines: str) -> Upload:
    return Upload("list.csv", "\n".join(("编号,验证码", *lines)).encode())


def done(desk, upload: Upload, by: str = "regulator") -> bulk.Check:
    key, _ = bulk.ask(desk[by], upload, desk.services)
    assert worker.run_once(desk.services) is not None
    return bulk.finished(desk[by], key, desk.services)


def verdicts(check: bulk.Check) -> list[str]:
    return [row.verdict for row in check.rows]


def suspend(desk, reason: str = "sample taken") -> None:
    standing.change(desk["regulator"], desk.number, standing.Change("suspended", reason), desk.services)


def test_a_list_is_checked_row_by_row(desk):
    wrong = desk.number[:-1] + ("A" if desk.number[-1] != "A" else "B")
    found = done(desk, listed(desk.number, NEVER, wrong, "nonsense", f"{desk.number.lower()},"))
    assert verdicts(found) == ["valid", "unknown-number", "not-a-number", "not-a-number", "valid"]
    assert dict(found.counts) == {"valid": 2, "unknown-number": 1, "not-a-number": 2}
    row, *others = found.rows
    statement = labels.get(desk["regulator"], desk.number, desk.services).statement
    assert (row.number, row.total, row.unit) == (desk.number, statement["footprint"]["total"], "kgCO2e")
    assert row.product == statement["product"]["name"] and row.exporter == statement["exporter"]["name"]
    assert (row.by_lines, row.by_mass) == tuple(statement["coverage"][name] for name in ("byLines", "byMass"))
    assert (row.state, row.step, row.where) == ("active", 0, "CSV!A2")
    assert [one.where for one in others] == ["CSV!A3", "CSV!A4", "CSV!A5", "CSV!A6"]
    assert all(one.explanation["zh"] and one.explanation["en"] for one in others[:3])


def test_officers_need_no_code_and_a_given_one_must_be_right(desk):
    code = labels.get(desk["regulator"], desk.number, desk.services).code
    other = "22222222" if code != "22222222" else "33333333"
    found = done(desk, listed(desk.number, f"{desk.number},{code.lower()}", f"{desk.number},{other}"))
    assert verdicts(found) == ["valid", "valid", "other-number"]
    assert found.rows[2].step == 8


def test_a_suspended_label_and_how_it_stood_before(desk):
    before = desk.services.clock()
    desk.world.clock.on(3600)
    suspend(desk)
    desk.world.clock.on(3600)
    (now,) = done(desk, listed(desk.number)).rows
    assert (now.verdict, now.state, now.reason["en"]) == ("suspended", "suspended", "sample taken")
    assert now.since == (before + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    then = done(desk, replace(listed(desk.number), moment=before + timedelta(minutes=30)))
    assert verdicts(then) == ["valid"]
    assert then.at == (before + timedelta(minutes=30)).isoformat()
    early = done(desk, replace(listed(desk.number), moment=before - timedelta(days=1)))
    assert verdicts(early) == ["not-yet-valid"]


def test_a_zip_of_files(desk):
    who, services = desk["regulator"], desk.services
    pdf, bundle = (make(who, desk.number, services) for make in (labels.document, labels.bundle))
    altered = bytearray(pdf)
    altered[len(altered) // 2] ^= 1
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in (
            ("1.pdf", pdf),
            ("2/b.json", bundle),
            ("3.pdf", bytes(altered)),
            ("4.pdf", b"%PDF-"),
        ):
            archive.writestr(name, data)
    found = done(desk, Upload("标签.zip", target.getvalue()))
    assert [(row.given, row.verdict) for row in found.rows] == [
        ("1.pdf", "valid"),
        ("2/b.json", "valid"),
        ("3.pdf", "altered"),
        ("4.pdf", "unreadable"),
    ]
    assert found.rows[0].number == desk.number
    assert found.rows[2].step > 0


def test_one_file_is_a_check_of_one(desk):
    pdf = labels.document(desk["regulator"], desk.number, desk.services)
    assert verdicts(done(desk, Upload("label.pdf", pdf))) == ["valid"]


def test_a_credential_that_was_changed_in_the_store_is_seen(desk):
    text = labels.credential(desk["regulator"], desk.number, desk.services)
    changed = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]
    tamper(desk.world, f"UPDATE labels SET credential = '{changed}'")
    assert verdicts(done(desk, listed(desk.number))) == ["altered"]


def test_the_file_goes_and_the_rows_stay(desk):
    found = done(desk, listed(desk.number))
    with desk.services.uow() as unit:
        assert unit.desk.check_data(found.id) == b""
        assert not unit.desk.checks(desk["regulator"].organisation_id)[0].result.get("rows")
    (listed_,) = bulk.list_(desk["regulator"], desk.services)
    assert (listed_.done, listed_.total, dict(listed_.counts)) == (True, 1, {"valid": 1})


def test_every_check_stands_in_the_audit_chain(desk):
    found = done(desk, listed(desk.number))
    with desk.services.uow() as unit:
        events = unit.audit.events(object_=f"check:{found.id}")
        assert unit.audit.first_broken() is None
    assert [(one.action, one.person_id, one.via) for one in events] == [
        ("check.bulk", desk["regulator"].person_id, "cli"),
        ("check.bulk", desk["regulator"].person_id, "job"),
    ]
    assert all(len(one.after) == 64 for one in events)


def test_an_interrupted_check_goes_on_behind_what_was_kept_for_the_same_moment(desk, monkeypatch):
    monkeypatch.setattr(checking, "CHUNK", 2)
    monkeypatch.setattr(working, "KEEP_FROM", 2)
    key, job_id = bulk.ask(desk["regulator"], listed(*[desk.number] * 7), desk.services)
    job = jobs.lease(desk.services)
    began = desk.services.clock()
    seen = []

    def cut(step: str, share: float) -> None:
        seen.append(share)
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bulk.run(job, desk["regulator"], desk.services, cut)
    assert bulk.get(desk["regulator"], key, desk.services).total == 2
    desk.world.clock.on(30)
    suspend(desk)
    desk.world.clock.on(desk.services.settings.job_lease_seconds + 1)
    assert worker.run_once(desk.services).id == job_id
    found = bulk.finished(desk["regulator"], key, desk.services)
    assert verdicts(found) == ["valid"] * 7
    assert found.at == began.isoformat()


def test_running_a_job_twice_changes_nothing(desk):
    key, _ = bulk.ask(desk["regulator"], listed(desk.number), desk.services)
    job = jobs.lease(desk.services)
    for _ in range(2):
        assert bulk.run(job, desk["regulator"], desk.services, lambda *_: None) == {"check": key}
    with desk.services.uow() as unit:
        assert len(unit.audit.events(object_=f"check:{key}")) == 2


def test_a_check_is_its_authoritys_alone(desk):
    found = done(desk, listed(desk.number))
    for stranger in ("customs", "programme"):
        assert bulk.list_(desk[stranger], desk.services) == ()
        with pytest.raises(NotFound):
            bulk.get(desk[stranger], found.id, desk.services)


@pytest.mark.parametrize("who", ["exporter", "practitioner", "reviewer", "signatory"])
def test_only_officers_check_in_bulk(desk, who):
    with pytest.raises(NotAllowed):
        bulk.ask(desk[who], listed(desk.number), desk.services)


def test_what_is_not_finished_is_not_exported(desk):
    key, _ = bulk.ask(desk["regulator"], listed(desk.number), desk.services)
    with pytest.raises(CheckNotDone):
        bulk.finished(desk["regulator"], key, desk.services)


def test_an_authority_has_so_many_checks_under_way(desk, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_WAITING", 1)
    bulk.ask(desk["regulator"], listed(desk.number), desk.services)
    with pytest.raises(ChecksWaiting):
        bulk.ask(desk["regulator"], listed(desk.number), desk.services)
    bulk.ask(desk["customs"], listed(desk.number), desk.services)


@pytest.mark.parametrize(
    ("upload", "refusal"),
    [
        (Upload("x.csv", b""), InvalidInput),
        (Upload("x.csv", "编号\n".encode()), ListNotRead),
        (Upload("x.zip", b"PK\x03\x04"), ListNotRead),
    ],
)
def test_what_cannot_be_read_is_refused_before_it_is_taken(desk, upload, refusal):
    with pytest.raises(refusal):
        bulk.ask(desk["regulator"], upload, desk.services)
    assert bulk.list_(desk["regulator"], desk.services) == ()


def test_the_future_is_not_asked_about(desk):
    tomorrow = desk.services.clock() + timedelta(days=1)
    with pytest.raises(InvalidInput):
        bulk.ask(desk["regulator"], replace(listed(desk.number), moment=tomorrow), desk.services)


def test_a_file_refused_by_the_job_says_why(desk, monkeypatch):
    monkeypatch.setattr(bulk, "SMALL_BYTES", 0)
    key, job_id = bulk.ask(desk["regulator"], Upload("x.csv", "编号\n".encode()), desk.services)
    worker.run_once(desk.services)
    job = jobs.get(desk["regulator"], job_id, desk.services)
    assert (job.state, job.error) == ("failed", "list-not-read")
    assert "no number" in job.message_en
    assert not bulk.get(desk["regulator"], key, desk.services).done


def test_the_administrator_checks_at_once_and_keeps_nothing(desk):
    found = bulk.check_now(administrator("test"), listed(desk.number, NEVER), desk.services)
    assert verdicts(found) == ["valid", "unknown-number"]
    with desk.services.uow() as unit:
        (event,) = unit.audit.events(object_=f"check:{found.id}")
        assert unit.desk.check(found.id) is None
    assert event.person_id == "local:test"


def test_at_once_gives_what_the_job_gives(desk):
    upload = listed(desk.number, NEVER, "x")
    at_once = bulk.check_now(desk["regulator"], upload, desk.services)
    assert at_once.rows == done(desk, upload).rows
    assert bulk.get(desk["regulator"], at_once.id, desk.services).done
