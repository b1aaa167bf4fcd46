"""The officers' desk for programs: the same use cases, problems as RFC 9457 says."""

from __future__ import annotations

import io

import pytest

from service import worker
from tests.service.world import PASSWORD

PREFIX = "/api/v1/desk"


@pytest.fixture
def at(site):
    return site("issued")


@pytest.fixture
def call(at):
    client = at.client()

    def send(method: str, path: str, who: str = "regulator", **more):
        auth = (f"{who}@demo.invalid", PASSWORD)
        return client.open(f"{PREFIX}{path}", method=method, auth=auth, buffered=True, **more)

    return send


def listed(*numbers: str, **fields: str):
    data = "\n".join(("number", *numbers)).encode()
    return {"data": {"file": (io.BytesIO(data), "list.csv"), **fields}}


def test_a_bulk_check_from_upload_to_export(at, call):
    taken = call("POST", "/checks", **listed(at.world.number, "nonsense"))
    assert taken.status_code == 202
    key = taken.json["check"]["id"]
    assert call("GET", f"/checks/{key}/rows.csv").json["code"] == "check-not-done"
    assert worker.run_once(at.world.services).id == taken.json["job_id"]
    found = call("GET", f"/checks/{key}").json
    assert (found["done"], found["counts"]) == (True, {"valid": 1, "not-a-number": 1})
    rows = call("GET", f"/checks/{key}/rows?verdict=valid").json
    assert [one["number"] for one in rows["items"]] == [at.world.number]
    for form, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("json", b"{")):
        assert call("GET", f"/checks/{key}/rows.{form}").data.startswith(start)
    assert [one["id"] for one in call("GET", "/checks").json] == [key]
    assert [one["id"] for one in call("GET", "/overview").json["finished"]] == [key]


@pytest.mark.parametrize(
    ("fields", "code"), [({"at": "2999-01-01"}, "invalid-input"), ({"at": "soon"}, "invalid-input")]
)
def test_a_moment_that_is_none_is_a_problem(at, call, fields, code):
    answer = call("POST", "/checks", **listed(at.world.number, **fields))
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert call("POST", "/checks").json["code"] == "invalid-input"
    assert call("POST", "/checks", **listed()).json["code"] == "list-not-read"


def test_a_pack_is_taken(call):
    taken = call("POST", "/packs?days=2")
    assert taken.data.startswith(b"tanbiao-pack/1\n")
    assert len(call("GET", "/packs").json) == 1
    assert call("POST", "/packs?days=0").json["code"] == "invalid-input"


def test_the_search(at, call):
    assert [one["number"] for one in call("GET", "/search?q=Demo+Alu").json] == [at.world.number]
    assert call("GET", "/search").status_code == 422


def test_evidence_is_asked_for_granted_and_taken(at, call):
    asked = call("POST", "/requests", json={"number": at.world.number, "purpose": "a sample"})
    assert (asked.status_code, asked.json["state"]) == (201, "waiting")
    path = f"/requests/{asked.json['request']['id']}"
    assert call("POST", f"{path}/parts/workbook").json["code"] == "evidence-sealed"
    answer = {"decision": "granted", "until": "2026-12-01"}
    assert call("POST", f"{path}/answer", "other-exporter", json=answer).status_code == 404
    assert call("POST", f"{path}/answer", "exporter", json=answer).json["state"] == "open"
    assert call("POST", f"{path}/answer", "exporter", json=answer).json["code"] == "already-answered"
    assert call("POST", f"{path}/parts/workbook").data[:2] == b"PK"
    seen = call("GET", f"/labels/{at.world.number}/requests", "exporter").json[0]["accesses"]
    assert [one["part"] for one in seen] == ["workbook"]
    assert [one["state"] for one in call("GET", "/requests").json] == ["open"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/checks"), ("GET", "/overview"), ("GET", "/packs"), ("POST", "/packs")]
)
def test_others_have_no_desk(call, method, path):
    assert call(method, path, "exporter").json["code"] == "not-allowed"


PEOPLE = (
    *("nobody", "exporter", "other-exporter", "practitioner"),
    *("rival-practitioner", "reviewer", "signatory", "regulator"),
)
OFFICERS = "401 403 403 403 403 403 403"
INCOMPLETE = "401 422 422 422 422 422 422 422"
"""What is sent here says too little to be asked at all."""
ROWS = {
    ("GET", "/overview"): f"{OFFICERS} 200",
    ("GET", "/search"): INCOMPLETE,
    ("GET", "/checks"): f"{OFFICERS} 200",
    ("POST", "/checks"): f"{OFFICERS} 422",
    ("GET", "/checks/{key}"): f"{OFFICERS} 404",
    ("GET", "/checks/{key}/rows"): f"{OFFICERS} 404",
    ("GET", "/checks/{key}/rows.{form}"): f"{OFFICERS} 404",
    ("GET", "/packs"): f"{OFFICERS} 200",
    ("POST", "/packs"): f"{OFFICERS} 200",
    ("GET", "/requests"): "401 200 200 200 200 200 200 200",
    ("GET", "/labels/{number}/requests"): "401 200 404 200 404 200 200 200",
    ("POST", "/requests"): INCOMPLETE,
    ("GET", "/requests/{key}"): "401 404 404 404 404 404 404 404",
    ("POST", "/requests/{key}/answer"): INCOMPLETE,
    ("POST", "/requests/{key}/parts/{name}"): f"{OFFICERS} 404",
}


@pytest.mark.parametrize("who", PEOPLE)
def test_access(at, who):
    client, column, got, wanted = at.client(), PEOPLE.index(who), {}, {}
    auth = None if who == "nobody" else (f"{who}@demo.invalid", PASSWORD)
    for (method, path), row in ROWS.items():
        address = PREFIX + path.format(number=at.world.number, key="none", form="csv", name="workbook")
        wanted[method, path] = int(row.split()[column])
        got[method, path] = client.open(address, method=method, auth=auth, buffered=True).status_code
    assert got == wanted


def test_every_operation_has_a_row_and_is_described(at):
    found = at.client().get("/api/openapi.json").get_json()["paths"]
    desk = {path: item for path, item in found.items() if path.startswith(f"{PREFIX}/")}
    described = {
        (method.upper(), path.removeprefix(PREFIX))
        for path, item in desk.items()
        for method in item
        if method in ("get", "post")
    }
    assert described == set(ROWS)
    assert all(one["summary"] for item in desk.values() for name, one in item.items() if name != "parameters")
