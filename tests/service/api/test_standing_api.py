"""How labels stand, over the API: looked up, changed, refused."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.service.world import PASSWORD

REASON = "Meter records are in doubt and are looked at."


def basic(name: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}@demo.invalid:{PASSWORD}".encode()).decode()}


def post(at, name: str, **body: str):
    path = f"/api/v1/labels/{at.world.number}/standing"
    return at.client().post(path, json=body, headers=basic(name))


def test_a_label_is_suspended_and_everybody_concerned_sees_why(site):
    at = site("issued", csrf=True)
    answer = post(at, "signatory", state="suspended", reason=REASON)
    assert answer.status_code == 200
    assert answer.json == {
        "state": "suspended",
        "since": "2026-11-22T08:00:00+00:00",
        "reason": {"zh": REASON, "en": REASON},
        "byKind": "institution",
        "by": {"zh": "演示机构", "en": "Demo Institution"},
        "other": "",
    }
    found = at.client().get(f"/api/v1/labels/{at.world.number}/standing", headers=basic("exporter")).json
    assert found["number"] == at.world.number
    assert found["standing"] == answer.json
    assert [one["state"] for one in found["history"]] == ["active", "suspended"]


def test_the_sides_and_the_end(site):
    at = site("issued", csrf=True)
    steps = [
        ("regulator", "suspended", 200, ""),
        ("signatory", "active", 403, "suspended-by-others"),
        ("signatory", "suspended", 403, "suspended-by-others"),
        ("regulator", "suspended", 409, "standing-unchanged"),
        ("regulator", "superseded", 403, "not-allowed"),
        ("rival-signatory", "revoked", 404, "not-found"),
        ("signatory", "revoked", 200, ""),
        ("regulator", "active", 409, "standing-final"),
    ]
    for who, state, wanted, code in steps:
        answer = post(
            at, who, state=state, reason=REASON, **({"other": "x"} if state == "superseded" else {})
        )
        assert (answer.status_code, answer.json.get("code", "")) == (wanted, code), (who, state)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"state": "expired", "reason": REASON}, "state"),
        ({"reason": REASON}, "state"),
        ({"state": "suspended"}, "reason"),
        ({"state": "suspended", "reason": "x" * 2001}, "reason"),
        ({"state": "suspended", "reason": REASON, "why": "x"}, "why"),
    ],
)
def test_what_is_no_change(site, body, field):
    at = site("issued", csrf=True)
    answer = post(at, "signatory", **body)
    assert answer.status_code == 422
    assert field in str(answer.json)


def test_a_refusal_is_told_in_the_language_asked_for(site):
    at = site("issued", csrf=True)
    post(at, "regulator", state="revoked", reason=REASON)
    path = f"/api/v1/labels/{at.world.number}/standing"
    body = {"state": "active", "reason": REASON}
    told = {
        language: at.client()
        .post(path, json=body, headers=basic("regulator") | {"Accept-Language": language})
        .json
        for language in ("zh", "en")
    }
    assert "已撤销" in told["zh"]["detail"]
    assert "is revoked" in told["en"]["detail"]


def test_the_issue_says_whose_place_the_label_takes(site):
    at = site("approved", csrf=True)
    path = f"/api/v1/studies/{at.world.study}/issue"
    unknown = at.client().post(path, json={"supersedes": "TB-2026-0000009-0"}, headers=basic("signatory"))
    assert (unknown.status_code, unknown.json["code"]) == (404, "not-found")
    assert at.client().post(path, headers=basic("signatory")).status_code == 202
