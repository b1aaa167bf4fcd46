"""What strangers can try at the public pages of verification: guess numbers and codes, make files, lead elsewhere."""

from __future__ import annotations

import io

import pytest

from certificates.labelnumber import make
from service.usecases import labels, standing
from service.usecases.standing import Change

REASON = "电表读数存疑 / meter readings in doubt"


@pytest.fixture
def at(site):
    made = site("issued")
    made.code = labels.get(made.world["exporter"], made.world.number, made.world.services).code
    made.address = f"/v/{made.world.number}?c={made.code}"
    return made


def change(at, state: str) -> None:
    standing.change(at.world["signatory"], at.world.number, Change(state, REASON), at.world.services)


def upload(at, data: bytes, name: str) -> str:
    answer = at.client().post("/verify", data={"file": (io.BytesIO(data), name)})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_no_other_address_gives_more_guesses(at):
    """Neither one that the visitor writes into a header himself, nor another one of his own network."""
    number, network = at.world.number, {"REMOTE_ADDR": "2001:db8:1:2::1"}
    for guess in range(30):
        headers = {"X-Forwarded-For": f"198.51.100.{guess}", "Forwarded": f"for=198.51.100.{guess}"}
        own = {"REMOTE_ADDR": f"2001:db8:1:2::{guess + 1:x}"}
        answer = at.client().get(f"/v/{number}?c=ZZZZ{guess:04d}", headers=headers, environ_base=own)
        assert answer.status_code == 404
    headers = {"X-Forwarded-For": "198.51.100.77", "X-Real-IP": "198.51.100.77"}
    assert at.client().get(at.address, headers=headers, environ_base=network).status_code == 429
    assert at.client().get(at.address, environ_base={"REMOTE_ADDR": "2001:db8:1:3::1"}).status_code == 200


@pytest.mark.parametrize("state", ["active", "suspended", "revoked"])
def test_the_api_and_digital_links_tell_strangers_nothing_of_a_number(at, state):
    """How a label stands is no way to learn that there is one."""
    if state != "active":
        at.world.clock.on(60)
        change(at, state)
    unknown = make(2026, 4711)
    for address in (
        "/api/v1/verify/{}?code=ZZZZ-ZZZZ",
        "/api/v1/verify/{}",
        "/v/{}?c=ZZZZ-ZZZZ&at=2026-11-23",
        "/01/06901234567892?n={}&c=ZZZZ-ZZZZ",
        "/v/{}/label.pdf",
        "/v/{}/bundle.json?c=",
    ):
        answers = [at.client().get(address.format(number)) for number in (at.world.number, unknown)]
        pages = [
            one.get_data(as_text=True).replace(number, "")
            for one, number in zip(answers, (at.world.number, unknown), strict=True)
        ]
        assert answers[0].status_code == answers[1].status_code and pages[0] == pages[1], address
        headers = [{k: v for k, v in one.headers.items() if k != "X-RateLimit-Reset"} for one in answers]
        assert headers[0] == headers[1], address
        assert "ETag" not in headers[0], address


def test_a_file_that_somebody_makes_of_a_number_tells_nothing(at):
    """The number, the issuer's name, any signature: what the store knows of the number stays there."""
    credential = labels.credential(at.world["exporter"], at.world.number, at.world.services)
    at.world.clock.on(60)
    change(at, "suspended")
    body, _, signature = credential.rpartition(".")
    html = upload(at, f"{body}.{'A' * len(signature)}".encode(), "credential.jwt")
    assert REASON not in html and "This label is suspended" not in html and "verdict-bad" in html


def test_the_name_of_a_file_is_shown_as_it_is_and_not_at_any_length(at):
    html = upload(at, b"x", "a\u202efdp.exe<script>" + "x" * 5000 + ".pdf")
    assert "\u202e" not in html and "<script>x" not in html and "x" * 300 not in html


@pytest.mark.parametrize(
    "typed", ["//evil.example", "https://evil.example/v/x", "/\\evil.example", "%0d%0aX: y"]
)
def test_the_box_leads_to_no_other_site(at, typed):
    answer = at.client().get("/verify", query_string={"number": typed, "code": "//evil.example"})
    assert answer.status_code in (200, 303)
    assert answer.headers.get("Location", "/v/").startswith("/v/") and "X" not in answer.headers
