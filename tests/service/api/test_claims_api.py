"""The JSON API of claims: who gets in, the whole way of one, what everybody may read, every operation described."""

from __future__ import annotations

import re

import pytest

from service.usecases.claims import drafting
from tests.service.api.test_ledger_api import PEOPLE
from tests.service.claims import making as claims
from tests.service.web.conftest import Site

OWN = "401 200 404 200 404 200 200 403"
READERS = "401 200 200 200 200 200 200 403"
DRAFTERS = "401 200 404 200 404 403 403 403"
REFUSED = "401 409 404 409 404 403 403 403"
PUBLIC = "200 200 200 200 200 200 200 200"
AT = "/claims/{key}"
ISSUED = "/claims/issued/{number}"
OPEN = "/public/claims/{number}"

GET = {
    "/claims": READERS,
    "/claims/waiting": "401 403 403 403 403 200 403 403",
    AT: OWN,
    f"{AT}/versions/1": OWN,
    f"{AT}/checklist": OWN,
    f"{AT}/suggestions": DRAFTERS,
    f"{AT}/files": OWN,
    f"{AT}/files/{{sha256}}": OWN,
    OPEN: PUBLIC,
    f"{OPEN}/document": PUBLIC,
    f"{OPEN}/bundle": PUBLIC,
    f"{OPEN}/credential": PUBLIC,
}
POST = {
    "/claims": ("401 201 201 201 201 403 403 403", {"title": "声明"}),
    AT: (REFUSED, {"content": {}}),
    f"{AT}/submit": (REFUSED, {}),
    f"{AT}/decision": ("401 403 403 403 403 409 403 403", {"decision": "approve"}),
    f"{AT}/issue": ("401 403 403 403 403 403 409 403", {}),
    f"{ISSUED}/lift": ("401 403 403 403 403 403 409 403", {"reason": "looked at"}),
    f"{ISSUED}/objection": (
        "401 403 403 403 403 201 201 201",
        {"ground": "objection", "reason": "the boundary is wrong"},
    ),
    f"{AT}/withdraw": ("401 200 404 403 404 403 200 403", {"reason": "again"}),
}


@pytest.fixture
def at(claimed, applications):
    """A site over a world with a claim that has come so far."""

    def make(stage: str) -> tuple[Site, claims.Any]:
        made = claimed(stage)
        return Site(applications.over(made.world), made.world), made

    return make


def filled(made, path: str) -> str:
    number = made.number or "none"
    return "/api/v1" + path.format(key=made.claim, number=number, sha256=sha256_of(made))


def sha256_of(made) -> str:
    found = drafting.get(made.world["exporter"], made.claim, made.world.services)
    return found.claim.reductions.plan_sha256


def client(site, name: str):
    return site.client("" if name == "nobody" else name)


@pytest.mark.parametrize("name", PEOPLE)
def test_access(at, name):
    site, made = at("issued")
    column, got, wanted = PEOPLE.index(name), {}, {}
    for path, row in GET.items():
        wanted[path] = int(row.split()[column])
        got[path] = client(site, name).get(filled(made, path), buffered=True).status_code
    for path, (row, body) in POST.items():
        wanted["POST " + path] = int(row.split()[column])
        address = filled(made, path)
        got["POST " + path] = client(site, name).post(address, json=body, buffered=True).status_code
    assert got == wanted


def test_every_operation_has_a_row_and_is_described(at):
    site, made = at("issued")
    spec = site.client().get("/api/openapi.json").get_json()
    described = {
        (path.removeprefix("/api/v1"), method.upper()): operation
        for path, item in spec["paths"].items()
        if path.startswith(("/api/v1/claims", "/api/v1/public/claims"))
        for method, operation in item.items()
        if method in ("get", "post")
    }
    assert all(operation["summary"] for operation in described.values())
    adapter = site.app.url_map.bind("localhost")

    def shape(path: str, method: str) -> tuple[str, str]:
        rule, _ = adapter.match(filled(made, path), method, return_rule=True)
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1"), method

    rows = {shape(path, "GET") for path in GET} | {shape(path, "POST") for path in POST}
    assert set(described) == rows
    for (path, _), operation in described.items():
        assert (operation.get("security") == []) == path.startswith("/public/")


def test_a_claim_goes_its_whole_way(at):
    site, made = at("drafted")
    made.claim = claims.draft(made.world, claims.to_decide(made.world, made.position))
    exporter, reviewer = client(site, "exporter"), client(site, "all-hands")
    address = filled(made, AT)
    drafted = exporter.get(address).get_json()
    assert (drafted["dossier"]["status"], drafted["issued"], drafted["events"]) == ("draft", None, [])
    opened = exporter.post("/api/v1/claims", json={"title": "再写一份", "content": drafted["content"]})
    assert opened.status_code == 201
    again = {"content": drafted["content"], "version": 1, "note": "same"}
    changed = exporter.post(address, json=again).get_json()
    assert (changed["version"], changed["title"]) == (2, "2025 年声明")
    assert exporter.post(address, json=again).get_json()["code"] == "dossier-changed"
    checks = exporter.get(f"{address}/checklist").get_json()
    assert [one["code"] for one in checks["checks"]] == [f"N{number:02}" for number in range(1, 21)]
    assert (checks["blocking"], checks["to_decide"]) == ([], ["N04"])
    assert checks["waterfall"][-1] == {"step": "remainder", "amount": "0", "left": "0", "serial": ""}
    assert exporter.post(f"{address}/submit", json={"version": 2}).get_json()["status"] == "in-review"
    (waiting,) = reviewer.get("/api/v1/claims/waiting").get_json()
    assert waiting["id"] == made.claim
    undecided = reviewer.post(f"{address}/decision", json={"decision": "approve"}).get_json()
    assert undecided["code"] == "claim-undecided"
    decision = {"decision": "approve", "decisions": claims.DECISIONS}
    assert reviewer.post(f"{address}/decision", json=decision).get_json()["status"] == "approved"
    issued = client(site, "signatory").post(f"{address}/issue", json={})
    number = issued.get_json()["number"]
    assert (issued.status_code, issued.get_json()["statement"]["number"]) == (201, number)
    (row,) = [one for one in exporter.get("/api/v1/claims").get_json() if one["number"]]
    assert (row["number"], row["event"]) == (number, None)
    public = site.client().get(f"/api/v1/public/claims/{number}").get_json()
    assert (public["standing"], public["statement"]) == ("in-force", issued.get_json()["statement"])
    verdict = site.client().get(f"/api/v1/verify/{number}").get_json()
    assert verdict["verdict"] == "valid"


def test_what_is_missing_is_told_check_by_check(at):
    site, made = at("drafted")
    exporter = client(site, "exporter")
    body = {"title": "空白", "institution_id": made.world.organisations["institution"]}
    key = exporter.post("/api/v1/claims", json=body).get_json()["id"]
    answer = exporter.post(f"/api/v1/claims/{key}/submit", json={})
    found = answer.get_json()
    assert (answer.status_code, found["code"]) == (422, "claim-not-ready")
    assert {"N01", "N02", "N03", "N19"} <= {one["where"][:3] for one in found["problems"]}
    assert all(one["code"] and one["zh"] and one["en"] for one in found["problems"])
    checks = exporter.get(f"/api/v1/claims/{key}/checklist").get_json()
    assert set(checks["blocking"]) == {one["where"][:3] for one in found["problems"]}
    suggested = exporter.get(f"/api/v1/claims/{key}/suggestions").get_json()
    assert suggested["to_retire"] is None


def test_suggestions_name_positions_and_units(at):
    site, made = at("drafted")
    world = made.world
    key = claims.draft(world, claims.batch(world, units=200))
    claims.credits(world, 700_001, claims.needed(world, 200))
    found = client(site, "exporter").get(f"/api/v1/claims/{key}/suggestions").get_json()
    (pick,) = found["to_retire"]["picks"]
    assert (pick["kind"], pick["unit"]) == ("vcs", "tCO2e")
    assert found["to_retire"]["missing"] == {"amount": "0", "unit": "tCO2e"}
    assert [one["state"] for one in found["ready"]] == ["retired"]


def test_a_regulator_objects_everybody_reads_it_and_another_signatory_lifts(at):
    site, made = at("issued")
    law, public = client(site, "regulator"), site.client()
    said = {"ground": "certificate-disputed", "reason": "Registry answers otherwise."}
    made_event = law.post(filled(made, f"{ISSUED}/objection"), json=said).get_json()
    assert (made_event["status"], made_event["reasons"][0]["en"]) == ("frozen", said["reason"])
    found = public.get(filled(made, OPEN)).get_json()
    assert found["standing"] == "frozen" and found["grounds"]
    assert found["events"][0]["reasons"] == made_event["reasons"]
    assert "person" not in str(found["events"])
    lifted = client(site, "signatory").post(filled(made, f"{ISSUED}/lift"), json={"reason": "cleared up"})
    assert (lifted.status_code, lifted.get_json()["status"]) == (201, "in-force")
    assert public.get(filled(made, OPEN)).get_json()["standing"] == "in-force"
    assert public.get(filled(made, f"{OPEN}?on=2030-01-01")).get_json()["standing"] == "expired"


def test_a_fallen_claim_is_not_lifted_and_says_why(at):
    site, made = at("issued")
    claims.reverse(made.world, made.position)
    answer = client(site, "signatory").post(filled(made, f"{ISSUED}/lift"), json={"reason": "x"})
    body = answer.get_json()
    assert (answer.status_code, body["code"]) == (409, "claim-fallen")
    assert body["problems"] and all(one["zh"] and one["en"] for one in body["problems"])


def test_files_of_an_issued_claim(at):
    site, made = at("issued")
    assert site.client().get(filled(made, f"{OPEN}/document")).data.startswith(b"%PDF")
    bundle = site.client().get(filled(made, f"{OPEN}/bundle"))
    credential = site.client().get(filled(made, f"{OPEN}/credential"))
    assert bundle.get_json()["credential"] == credential.get_data(as_text=True)
    proof = client(site, "reviewer").get(filled(made, f"{AT}/files/{{sha256}}"))
    assert (proof.data, proof.mimetype) == (b"%PDF plan", "application/octet-stream")
    absent = site.client().get("/api/v1/public/claims/TC-2026-0000009-X")
    assert (absent.status_code, absent.get_json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/claims", {}, "title"),
        ("/claims", {"title": "x", "claimant": "me"}, "claimant"),
        (AT, {"version": 1}, "content"),
        (f"{AT}/decision", {"decision": "perhaps"}, "decision"),
        (f"{AT}/decision", {"decision": "return"}, "comment"),
        (f"{AT}/decision", {"decision": "approve", "decisions": {"X1": "y"}}, "decisions"),
        (f"{AT}/withdraw", {"reason": " "}, "reason"),
        ("/claims/issued/none/objection", {"ground": "dislike", "reason": "x"}, "ground"),
    ],
)
def test_shape_errors_name_their_field(at, path, body, field):
    site, made = at("drafted")
    answer = client(site, "exporter").post(filled(made, path), json=body)
    assert answer.status_code == 422
    assert field in answer.get_json()["fields"]["json"]
