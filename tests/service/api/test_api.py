"""The JSON API: the same use cases, errors as problems, OpenAPI that says what is served."""

from __future__ import annotations

import io
import re
from base64 import b64encode

import pytest

from tests.service.world import PASSWORD

PEOPLE = (
    *("nobody", "exporter", "other-exporter", "practitioner"),
    *("rival-practitioner", "reviewer", "signatory", "regulator"),
)
MEMBERS = "401 200 200 200 200 200 200 200"
NOT_REGULATOR = "401 200 200 200 200 200 200 403"
OWN = "401 200 404 200 404 200 200 403"
OWN_OR_LAW = "401 200 404 200 404 200 200 200"
PUBLIC = "200 200 200 200 200 200 200 200"
NOBODYS = "401 404 404 404 404 404 404 404"

GET = {
    "/inventories": NOT_REGULATOR,
    "/institutions": MEMBERS,
    "/inventories/{inventory}": OWN,
    "/inventories/{inventory}/workbook": OWN,
    "/studies": NOT_REGULATOR,
    "/studies/{study}": OWN,
    "/studies/{study}/links": OWN,
    "/labels": MEMBERS,
    "/labels/{number}": OWN_OR_LAW,
    "/labels/{number}/document": OWN_OR_LAW,
    "/labels/{number}/bundle": OWN_OR_LAW,
    "/labels/{number}/credential": OWN_OR_LAW,
    "/labels/{number}/forms/untp": OWN_OR_LAW,
    "/labels/{number}/standing": OWN_OR_LAW,
    "/labels/{number}/marks": OWN_OR_LAW,
    "/labels/{number}/marks/none": NOBODYS,
    "/verify/{number}": "404 200 404 200 404 200 200 200",
    "/releases": MEMBERS,
    "/releases/{release}/datasets?text=铝": MEMBERS,
    "/releases/{release}/datasets/al-primary-glo-2022": MEMBERS,
    "/releases/{release}/datasets/al-primary-glo-2022/contributions": MEMBERS,
    "/releases/{release}": MEMBERS,
    "/releases/{release}/report": NOBODYS,
    "/releases/{release}/report.xlsx": NOBODYS,
    "/releases/{release}/mapping.xlsx": NOBODYS,
    "/impacts": NOT_REGULATOR,
    "/impacts/none": "401 404 404 404 404 404 404 403",
    "/notices": MEMBERS,
    "/jobs": MEMBERS,
    "/jobs/none": NOBODYS,
}
POST = {
    "/inventories": ("401 422 422 403 403 403 403 403", None),
    "/studies": (
        "401 403 403 201 404 403 403 403",
        {"inventory_id": "{inventory}", "release": "{release}", "gwp_set": "AR5"},
    ),
    "/studies/{study}/choices": (
        "401 403 403 409 404 403 403 403",
        {"key": "M1", "dataset": "al-primary-glo-2022", "reason": "the same metal"},
    ),
    "/studies/{study}/confirmations": ("401 403 403 409 404 403 403 403", {"keys": ["M1"]}),
    "/studies/{study}/assess": ("401 403 403 409 404 403 403 403", {}),
    "/studies/{study}/submit": ("401 403 403 409 404 403 403 403", {}),
    "/studies/{study}/decision": ("401 403 403 403 403 409 403 403", {"decision": "approve"}),
    "/studies/{study}/issue": ("401 403 403 403 403 403 409 403", {}),
    "/studies/{study}/reopen": ("401 403 403 201 404 403 403 403", {"release": "{release}"}),
    "/releases": ("401 403 403 422 422 403 403 403", None),
    "/impacts": ("401 403 403 422 422 403 403 403", {"old": "{release}", "new": "{release}"}),
    "/notices/none/read": ("401 404 404 404 404 404 404 404", {}),
    "/labels/{number}/recompute": (OWN_OR_LAW, {}),
    "/labels/{number}/standing": (
        "401 403 403 403 403 403 422 422",
        {"state": "suspended", "reason": "short"},
    ),
    "/labels/{number}/marks": ("401 422 422 403 403 403 422 403", None),
    "/verify": (PUBLIC, None),
}


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    if name == "nobody":
        return {}
    token = b64encode(f"{name}@demo.invalid:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def filled(at, text: str) -> str:
    world = at.world
    release = world.services.releases.installed()[0].identifier
    return text.format(inventory=world.inventory, study=world.study, number=world.number, release=release)


@pytest.mark.parametrize("name", PEOPLE)
def test_access(site, name):
    at = site("issued", csrf=True)
    client, column, got, wanted = at.client(), PEOPLE.index(name), {}, {}
    for path, row in GET.items():
        wanted[path] = int(row.split()[column])
        got[path] = client.get("/api/v1" + filled(at, path), headers=basic(name), buffered=True).status_code
    for path, (row, body) in POST.items():
        wanted["POST " + path] = int(row.split()[column])
        form = {
            "institution_id": at.world.organisations["institution"],
            "workbook": (io.BytesIO(b"x"), "x.xlsx"),
        }
        values = {k: filled(at, v) if isinstance(v, str) else v for k, v in (body or {}).items()}
        given = {"json": values} if body is not None else {"data": form}
        address = "/api/v1" + filled(at, path)
        got["POST " + path] = client.post(address, headers=basic(name), buffered=True, **given).status_code
    assert got == wanted


ELSEWHERE = (
    "/log/",
    *(f"/api/v1/{noun}" for noun in ("cbam/", "ledger/", "claims", "public/claims/", "desk/")),
)
"""Paths that the tests of CBAM, of the ledger, of claims, of the desk and of the log have."""


def test_every_operation_has_a_row_and_is_described(site):
    at = site("issued")
    spec = at.client().get("/api/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    described = {
        (path, method.upper())
        for path, item in spec["paths"].items()
        for method in item
        if method in ("get", "post") and not path.startswith(ELSEWHERE)
    }
    rows = {(path.split("?")[0], "GET") for path in GET} | {(path, "POST") for path in POST}

    def shape(path: str) -> str:
        short = path.removeprefix("/api/v1").replace("al-primary-glo-2022", "{x}").replace("/untp", "/{x}")
        return re.sub(r"{[^}]+}|(?<=/)none(?=/|$)", "{}", short)

    assert {(shape(path), method) for path, method in described} == {
        (shape(path), method) for path, method in rows
    }
    for item in spec["paths"].values():
        for method in ("get", "post"):
            assert method not in item or item[method]["summary"]


def test_problem_document(site):
    at = site("issued")
    answer = at.client().get(
        "/api/v1/studies/none", headers=basic("practitioner") | {"Accept-Language": "zh"}
    )
    body = answer.get_json()
    assert answer.mimetype == "application/problem+json"
    assert body["status"] == answer.status_code == 404
    assert body["code"] == "not-found"
    assert "没有找到" in body["detail"]


def test_unknown_address_is_a_problem_too(site):
    answer = site("populated").client().get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/studies", {"release": "x", "gwp_set": "AR5"}, "inventory_id"),
        ("/studies", {"inventory_id": "x", "release": "x", "gwp_set": "AR4"}, "gwp_set"),
        ("/studies", {"inventory_id": "x", "release": "x", "gwp_set": "AR5", "more": 1}, "more"),
        ("/studies/{study}/choices", {"key": "M1", "dataset": "x"}, "reason"),
        ("/studies/{study}/choices", {"key": "M1", "dataset": "x" * 201, "reason": "y"}, "dataset"),
        ("/studies/{study}/confirmations", {"keys": []}, "keys"),
        ("/studies/{study}/confirmations", {"keys": ["M1"], "shown": {"M1": "x" * 201}}, "shown"),
        ("/studies/{study}/decision", {"decision": "return"}, "comment"),
        ("/studies/{study}/submit", {"version": "many"}, "version"),
    ],
)
def test_shape_errors_name_their_field(site, path, body, field):
    at = site("opened")
    answer = at.client().post("/api/v1" + filled(at, path), json=body, headers=basic("practitioner"))
    assert answer.status_code == 422
    assert field in answer.get_json()["fields"]["json"]


def test_findings_come_with_their_cells(site, workbook):
    at = site("populated")
    form = {
        "institution_id": at.world.organisations["institution"],
        "workbook": (io.BytesIO(b"PK"), "x.xlsx"),
    }
    answer = at.client().post("/api/v1/inventories", data=form, headers=basic("exporter"))
    findings = answer.get_json()["findings"]
    assert answer.status_code == 422
    assert findings[0]["message"].keys() == {"zh", "en"}
    form["workbook"] = (io.BytesIO(workbook), "x.xlsx")
    kept = at.client().post("/api/v1/inventories", data=form, headers=basic("exporter"))
    assert kept.status_code == 201
    assert kept.get_json()["inventory_id"]


def test_wrong_password_is_a_challenge(site):
    answer = site("populated").client().get("/api/v1/studies", headers=basic("exporter", "wrong"))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_session_needs_the_token_and_basic_does_not(site):
    at = site("opened", csrf=True)
    address = f"/api/v1/studies/{at.world.study}/assess"
    client = at.client("practitioner")
    refused = client.post(address)
    assert refused.status_code == 400
    assert refused.get_json()["code"] == "csrf"
    page = client.get("/home").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    assert client.post(address, headers={"X-CSRFToken": token}).status_code == 200
    assert at.client().post(address, headers=basic("practitioner")).status_code == 200


def test_basic_from_another_site_is_refused(site):
    at = site("opened")
    headers = basic("practitioner") | {"Sec-Fetch-Site": "cross-site"}
    assert at.client().post(f"/api/v1/studies/{at.world.study}/assess", headers=headers).status_code == 403


def test_from_assessment_to_verification(site):
    at = site("opened")
    client, study = at.client(), f"/api/v1/studies/{at.world.study}"
    assessed = client.post(f"{study}/assess", headers=basic("practitioner")).get_json()
    assert assessed["result"]["footprint"]["total"] > 0
    submitted = client.post(f"{study}/submit", json={}, headers=basic("practitioner")).get_json()
    assert submitted["status"] == "in-review"
    decided = client.post(
        f"{study}/decision", json={"decision": "approve"}, headers=basic("reviewer")
    ).get_json()
    assert decided["decision"] == "approved"
    queued = client.post(f"{study}/issue", headers=basic("signatory"))
    assert queued.status_code == 202
    job = client.get(f"/api/v1/jobs/{queued.get_json()['job_id']}", headers=basic("signatory")).get_json()
    assert job["state"] == "waiting"


def test_verify_by_body(site):
    at = site("issued")
    client = at.client()
    bundle = client.get(f"/api/v1/labels/{at.world.number}/bundle", headers=basic("exporter")).data
    report = client.post("/api/v1/verify", data=bundle, content_type="application/json").get_json()
    assert report["verdict"] == "valid"
    assert report["statement"]["number"] == at.world.number
    assert all(step["title"]["zh"] and step["detail"]["en"] for step in report["steps"])
    assert client.post("/api/v1/verify", data=b"nothing").get_json()["verdict"] == "unreadable"


def test_json_nested_without_end_is_a_problem(site):
    at = site("issued")
    body = "[" * 200_000
    answer = at.client().post(
        "/api/v1/studies", data=body, content_type="application/json", headers=basic("practitioner")
    )
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_a_number_is_verified_as_people_write_it(site):
    at = site("issued")
    address = f"/api/v1/verify/{at.world.number.lower().replace('-', '－')}"
    code = at.client().get(f"/api/v1/labels/{at.world.number}", headers=basic("exporter")).get_json()["code"]
    found = at.client().get(address, query_string={"code": f"{code[:4]}-{code[4:].lower()}"}).get_json()
    assert (found["verdict"], found["standing"]["state"]) == ("valid", "active")
    assert at.client().get(address, headers=basic("regulator")).get_json()["verdict"] == "valid"
    assert at.client().get(address, headers=basic("exporter", "wrong")).status_code == 401


def test_a_verdict_at_a_moment(site):
    at = site("issued")
    address, code = f"/api/v1/verify/{at.world.number}", basic("regulator")
    early = at.client().get(address, query_string={"at": "2026-11-01"}, headers=code).get_json()
    assert early["verdict"] == "not-yet-valid" and early["at"].startswith("2026-11-01T15:59:59")
    for wrong in ("2099-01-01", "x"):
        answer = at.client().get(address, query_string={"at": wrong}, headers=code)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid-input")


def test_an_unknown_number_and_a_wrong_code_are_one_answer(site):
    at = site("issued")
    answers = [
        at.client().get(f"/api/v1/verify/{number}", query_string=query)
        for number in (at.world.number, "TB-2026-0004711-Q")
        for query in ({}, {"code": "ZZZZZZZZ"})
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.get_data(as_text=True) for answer in answers}) == 1
    assert answers[0].get_json()["code"] == "unknown-number"


def test_official_marks(site):
    from tests.service.test_marks import picture

    at = site("issued")
    address, client = f"/api/v1/labels/{at.world.number}/marks", at.client()
    form = {"body": "B", "certificate_number": "C-1", "picture": (io.BytesIO(picture()), "mark.png")}
    made = client.post(address, data=form, headers=basic("exporter"))
    assert made.status_code == 201 and "image" not in made.get_json()
    listed = client.get(address, headers=basic("regulator")).get_json()
    assert [one["certificate_number"] for one in listed] == ["C-1"]
    one = f"{address}/{listed[0]['id']}"
    assert client.get(one, headers=basic("regulator")).mimetype == "image/png"
    assert client.delete(one, headers=basic("regulator")).status_code == 403
    assert client.delete(one, headers=basic("signatory")).status_code == 204
    assert client.get(address, headers=basic("regulator")).get_json() == []


def test_lines_that_match_nothing_are_left_to_the_institution_only_when_said(site, workbook):
    from tests.service.test_unmatched_lines import nonsense

    at = site("populated")
    form = {"institution_id": at.world["practitioner"].organisation_id}
    for extra, status in (({}, 422), ({"leave_unmatched": "true"}, 201)):
        data = form | extra | {"workbook": (io.BytesIO(nonsense(workbook)), "清单.xlsx")}
        answer = at.client().post("/api/v1/inventories", data=data, headers=basic("exporter"))
        assert answer.status_code == status
        assert "line-matches-nothing" in [one["code"] for one in answer.get_json()["findings"]]


def test_datasets_are_filtered_paged_and_split_into_parts(site):
    at = site("populated")
    client, who = at.client(), basic("exporter")
    address = "/api/v1" + filled(at, "/releases/{release}/datasets")
    first = client.get(f"{address}?text=铝&kind=material&sort=name&limit=2", headers=who).get_json()
    second = client.get(f"{address}?text=铝&kind=material&sort=name&limit=2&offset=2", headers=who).get_json()
    assert {hit["dataset"]["kind"] for hit in first + second} == {"material"}
    assert len({hit["dataset"]["code"] for hit in first + second}) == 4
    view = client.get(f"{address}/al-primary-glo-2022", headers=who).get_json()
    assert view["inputs"][0]["name_zh"] and view["inputs"][0]["exchange"]["amount"]
    split = client.get(f"{address}/al-primary-glo-2022/contributions?view=flow", headers=who).get_json()
    assert sum(part["score"] for part in split["parts"]) == pytest.approx(split["total"])
    assert client.get(f"{address}/al-primary-glo-2022/contributions?view=x", headers=who).status_code == 422
    unknown = client.get(f"{address}/al-primary-glo-2022/contributions?method=x", headers=who)
    assert unknown.status_code == 404


def test_suggestions_are_confirmed_together(site, open_cn, workbook):
    from tests.service import world as making
    from tests.service.test_link_memory import bare

    at = site("populated")
    at.world.inventory = making.hand_in(at.world, bare(workbook))
    study = making.open_study(at.world, open_cn.identifier)
    address, who = f"/api/v1/studies/{study}", basic("practitioner")
    lines = at.client().get(f"{address}/links", headers=who).get_json()["lines"]
    keys = [line["key"] for line in lines if line["origin"] == "auto"][:2]
    body = {"keys": keys, "reason": "checked"}
    assert at.client().post(f"{address}/confirmations", json=body, headers=who).status_code == 200
    lines = at.client().get(f"{address}/links", headers=who).get_json()["lines"]
    assert {line["origin"] for line in lines if line["key"] in keys} == {"practitioner"}
    again = at.client().post(f"{address}/confirmations", json=body, headers=who)
    assert (again.status_code, again.get_json()["code"]) == (422, "nothing-to-confirm")
    making.open_study(at.world, open_cn.identifier)
    lines = at.client().get(f"/api/v1/studies/{at.world.study}/links", headers=who).get_json()["lines"]
    (line,) = [line for line in lines if line["key"] == keys[0]]
    assert line["candidates"][0]["confirmed"]["reason"] == "checked"
