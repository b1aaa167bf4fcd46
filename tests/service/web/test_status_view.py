"""The address of a status list: the very text that was signed, now or as it was, for everybody and without a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certificates import status
from certificates.keys import trust
from service.usecases import standing
from service.usecases.standing import Change

REASON = "Meter records are in doubt and are looked at."


def suspend(at) -> None:
    command = Change("suspended", REASON)
    standing.change(at.world["signatory"], at.world.number, command, at.world.services)


def place(at):
    with at.world.services.uow() as unit:
        return unit.standings.place(at.world.number)


def read(at, answer):
    ours = trust.read(at.world.services.keys.trust()).issuers[0]
    return status.read(answer.get_data(as_text=True), ours)


def test_everybody_gets_the_signed_list(site):
    at = site("issued")
    client = at.app.test_client()
    for purpose in status.PURPOSES:
        answer = client.get(f"/status/1/{purpose}")
        assert (answer.status_code, answer.mimetype) == (200, "application/vc+jwt")
        assert (read(at, answer).purpose, read(at, answer).flag(place(at).index)) == (purpose, False)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-cache"


def test_a_change_is_there_with_its_commit(site):
    at = site("issued")
    client = at.app.test_client()
    before = client.get("/status/1/suspension")
    tag = {"If-None-Match": before.headers["ETag"]}
    assert client.get("/status/1/suspension", headers=tag).status_code == 304
    suspend(at)
    after = client.get("/status/1/suspension", headers=tag)
    assert after.status_code == 200
    assert read(at, after).flag(place(at).index)


def test_the_list_as_it_was(site):
    at = site("issued")
    at.world.clock.on(60)
    suspend(at)
    issued = at.world.clock() - timedelta(seconds=60)
    client = at.app.test_client()
    for text, flag in (
        (issued.isoformat().replace("+00:00", "Z"), False),
        ("2026-11-22T16:00:30+08:00", False),
        ("2026-11-22T08:01:00Z", True),
    ):
        answer = client.get("/status/1/suspension", query_string={"timestamp": text})
        assert read(at, answer).flag(place(at).index) is flag


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/status/1/suspension?timestamp=2026-11-22T07:59:59Z", 404),
        ("/status/1/suspension?timestamp=2036-11-22T08:00:00Z", 404),
        ("/status/1/suspension?timestamp=2026-11-22", 400),
        ("/status/1/suspension?timestamp=2026-11-22T08:00:00", 400),
        ("/status/1/suspension?timestamp=2026-13-22T08:00:00Z", 400),
        ("/status/1/suspension?timestamp=", 400),
        ("/status/2/suspension", 404),
        ("/status/0/suspension", 404),
    ],
)
def test_what_there_is_not_is_an_error_of_the_standard(site, path, wanted):
    at = site("issued")
    answer = at.app.test_client().get(path)
    assert (answer.status_code, answer.mimetype) == (wanted, "application/problem+json")
    assert answer.json["type"] == "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
    assert answer.json["status"] == wanted


def test_other_purposes_have_no_address(site):
    assert site("issued").app.test_client().get("/status/1/message").status_code == 404


def test_a_notice_says_what_happened(site):
    at = site("issued")
    suspend(at)
    for language, words in (("zh", ("已暂停", "演示机构")), ("en", ("suspended", "Demo Institution"))):
        page = at.client("exporter", language).get("/home").get_data(as_text=True)
        assert at.world.number in page
        assert all(word in page for word in (*words, REASON))
