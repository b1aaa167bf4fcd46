"""The officers' desk as pages: what waits, bulk checks, the pack, sealed evidence."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pytest

from certificates import labelnumber
from service import worker
from service.usecases.desk import requests
from service.usecases.desk.requests import Answer, Ask

NEVER = labelnumber.make(2026, 999_999)


@pytest.fixture
def at(site):
    return site("issued")


def upload(client, text: str, name: str = "list.csv", **fields: str):
    data = {"file": (io.BytesIO(text.encode()), name), **fields}
    return client.post("/desk/checks", data=data)


def checked(at, client, *numbers: str) -> str:
    """The address of a finished check of these numbers."""
    address = upload(client, "\n".join(("编号", *numbers))).headers["Location"]
    assert worker.run_once(at.world.services) is not None
    return address


def asked(at, legal_basis: str = "") -> str:
    command = Ask(at.world.number, "a sample at the border", legal_basis)
    return requests.ask(at.world["regulator"], command, at.world.services)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


# ---------- bulk checks ----------


def test_a_list_is_handed_in_followed_and_read(at):
    client = at.client("regulator")
    answer = upload(client, f"编号\n{at.world.number}\n{NEVER}\nnonsense\n")
    assert answer.status_code == 303
    address = answer.headers["Location"]
    open_ = client.get(address).get_data(as_text=True)
    assert "data-job=" in open_ and "<noscript><meta http-equiv=" in open_
    assert worker.run_once(at.world.services) is not None
    page = text_of(client.get(address))
    for part in (at.world.number, NEVER, "Never issued", "No number", "CSV!A4", "kgCO₂e", "3 rows"):
        assert part in page


def test_without_script_the_job_is_followed_by_the_page_itself(at):
    client = at.client("regulator")
    address = upload(client, f"编号\n{at.world.number}\n").headers["Location"]
    job = re.search(r'data-job="([^"]+)"', client.get(address).get_data(as_text=True))[1]
    state = client.get(job).get_json()
    assert (state["state"], state["kind"]) == ("waiting", "desk-check")


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_rows_are_filtered_sorted_and_exported(at, form):
    client = at.client("regulator")
    address = checked(at, client, at.world.number, NEVER, "=1+1")
    page = text_of(client.get(f"{address}?verdict=unknown-number"))
    assert NEVER in page and at.world.number not in page
    data = client.get(f"{address}.{form}?verdict=not-a-number&sort=-number")
    assert data.status_code == 200
    assert "attachment" in data.headers["Content-Disposition"]
    if form == "csv":
        (_, row) = csv.reader(io.StringIO(data.get_data().decode("utf-8-sig")))
        assert row[0] == "'=1+1"
    if form == "json":
        assert [one["given"] for one in data.get_json()["items"]] == ["=1+1"]


def test_what_is_wrong_with_a_file_is_told_and_what_was_typed_stays(at):
    client = at.client("regulator")
    answer = upload(client, "编号\n", at="2026-11-01")
    assert answer.status_code == 422
    assert "There is no number in it" in text_of(answer)
    assert 'value="2026-11-01"' in answer.get_data(as_text=True)
    nothing = client.post("/desk/checks", data={})
    assert nothing.status_code == 422 and "Choose the file." in text_of(nothing)


@pytest.mark.parametrize("moment", ["2026-13-01", "yesterday", "2999-01-01"])
def test_a_moment_that_is_none_is_told_at_its_field(at, moment):
    answer = upload(at.client("regulator"), f"编号\n{at.world.number}\n", at=moment)
    assert answer.status_code == 422
    assert 'id="at-error"' in answer.get_data(as_text=True)


def test_the_list_of_checks_has_its_csv_and_json(at):
    client = at.client("regulator")
    checked(at, client, at.world.number)
    assert [one["valid"] for one in client.get("/desk/checks.json").get_json()["items"]] == [1]
    assert "list.csv" in client.get("/desk/checks.csv").get_data(as_text=True)
    assert "list.csv" in text_of(client.get("/desk/checks"))


def test_a_list_that_could_not_be_read_by_the_job_says_why(at, monkeypatch):
    from service.usecases.desk import bulk

    monkeypatch.setattr(bulk, "SMALL_BYTES", 0)
    client = at.client("regulator")
    address = upload(client, "编号\n").headers["Location"]
    worker.run_once(at.world.services)
    page = client.get(address)
    assert "There is no number in it" in text_of(page)
    assert "data-job=" not in page.get_data(as_text=True)


# ---------- home and search ----------


def test_the_home_of_the_desk(at):
    client = at.client("regulator")
    checked(at, client, at.world.number)
    asked(at)
    page = text_of(client.get("/desk"))
    assert "1 of 1 valid" in page and "a sample at the border" in page


@pytest.mark.parametrize("query", ["demo alu", "演示铝业", "X-1", "0000001", "tb-2026"])
def test_the_search_finds_by_number_and_company(at, query):
    assert at.world.number in text_of(at.client("regulator").get("/desk", query_string={"q": query}))


@pytest.mark.parametrize("query", ["Demo Steel", "%", "_", "x"])
def test_the_search_finds_nothing_else(at, query):
    page = at.client("regulator").get("/desk", query_string={"q": query})
    assert page.status_code == 200 and at.world.number not in text_of(page)


# ---------- the pack ----------


def test_a_pack_is_taken_and_its_fingerprint_registered(at):
    client = at.client("regulator")
    taken = client.post("/desk/pack", data={"token": "abc123", "days": "3"}, buffered=True)
    assert taken.data.startswith(b"tanbiao-pack/1\n")
    assert "tanbiao_arrived=abc123" in taken.headers["Set-Cookie"]
    assert hashlib.sha256(taken.data).hexdigest() in text_of(client.get("/desk/pack"))
    assert client.get("/desk/pack.json").get_json()["total"] == 1
    assert client.post("/desk/pack", data={"days": "99"}).status_code == 422


# ---------- sealed evidence ----------


def test_asked_answered_and_read_on_pages(at):
    officer, exporter = at.client("regulator"), at.client("exporter")
    label = f"/labels/{at.world.number}/evidence"
    made = officer.post(label, data={"purpose": "a sample", "legal_basis": ""})
    assert made.status_code == 303
    request = made.headers["Location"]
    notice = text_of(exporter.get("/notices"))
    assert f"asks to see what label {at.world.number} rests on" in notice
    assert "Open it to this authority" in text_of(exporter.get(request))
    answer = exporter.post(f"{request}/answer", data={"decision": "granted", "until": "2026-12-01"})
    assert answer.status_code == 303
    assert "Open until" in text_of(officer.get(request))
    workbook = officer.post(f"{request}/parts/workbook", buffered=True)
    assert workbook.data[:2] == b"PK"
    assert workbook.headers["Cache-Control"] == "no-store"
    for name in ("inventory", "links", "assessment", "review"):
        page = officer.post(f"{request}/parts/{name}", data={"as": "page"})
        assert page.status_code == 200 and "<table>" in page.get_data(as_text=True), name
    assert "M1" in text_of(officer.post(f"{request}/parts/links", data={"as": "page"}))
    for who in ("exporter", "signatory"):
        page = text_of(at.client(who).get(label))
        assert hashlib.sha256(workbook.data).hexdigest() in page and "regulator" in page
    seen = exporter.get(f"{label}.json").get_json()["items"][0]["accesses"]
    assert len(seen) == 6


def test_a_refusal_is_told_at_its_field(at):
    key = asked(at)
    exporter = at.client("exporter")
    page = exporter.post(f"/desk/requests/{key}/answer", data={"decision": "refused"})
    assert page.status_code == 422 and 'id="reason-error"' in page.get_data(as_text=True)
    page = exporter.post(f"/desk/requests/{key}/answer", data={"decision": "granted", "until": "soon"})
    assert page.status_code == 422 and 'id="until-error"' in page.get_data(as_text=True)
    page = at.client("regulator").post(f"/labels/{at.world.number}/evidence", data={"purpose": ""})
    assert page.status_code == 422 and 'id="purpose-error"' in page.get_data(as_text=True)


def test_the_signatory_sees_the_duty_only_where_the_law_is_named(at):
    signatory = at.client("signatory")
    key = asked(at)
    assert "only the exporter answers it" in text_of(signatory.get(f"/desk/requests/{key}"))
    requests.answer(at.world["exporter"], key, Answer("refused", "no"), at.world.services)
    lawful = f"/desk/requests/{asked(at, 'Article 12')}"
    assert "Only where the law that the authority names" in text_of(signatory.get(lawful))
    given = {"decision": "duty", "reason": "Article 12", "until": "2026-12-01"}
    assert signatory.post(f"{lawful}/answer", data=given).status_code == 303
    assert "Opened by legal duty" in text_of(at.client("exporter").get(lawful))


def test_requests_are_listed_for_those_whose_they_are(at):
    asked(at)
    for who, count in (("regulator", 1), ("exporter", 1), ("signatory", 1), ("other-exporter", 0)):
        assert at.client(who).get("/desk/requests.json").get_json()["total"] == count
    assert at.world.number in at.client("exporter").get("/desk/requests.csv").get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/checks", "/desk/pack", "/desk/requests", "/labels/{number}/evidence"]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_in_the_readers_language(at, path, language):
    page = text_of(at.client("regulator", language).get(path.format(number=at.world.number)))
    assert ("监管工作台" in page) == (language == "zh")
    assert ("Officers' desk" in page or "Officers&#39; desk" in page) == (language == "en")
