"""Signing in and out, guessing passwords, hosts, sizes, what is kept by browsers: against somebody who tries."""

from __future__ import annotations

import io
from base64 import b64encode
from dataclasses import replace

import pytest

from service.app import create_app
from service.guards import GUESSES
from service.usecases import inventories
from service.web.security import UPLOAD_LIMIT_BYTES
from tests.service.world import PASSWORD

HTTPS = "https://labels.demo.invalid"


def sign_in(client, name: str = "exporter", password: str = PASSWORD, **more):
    form = {"email": f"{name}@demo.invalid", "password": password}
    return client.post("/sign-in", data=form, **more)


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}@demo.invalid:{password}".encode()).decode()}


def cookie(client) -> str:
    found = client.get_cookie("session")
    assert found is not None
    return found.value


def test_a_copied_cookie_is_worth_nothing_after_signing_out(site):
    at = site("populated")
    client, thief = at.app.test_client(), at.app.test_client()
    assert sign_in(client).status_code == 302
    thief.set_cookie("session", cookie(client))
    assert thief.get("/home").status_code == 200
    assert client.post("/sign-out").status_code == 302
    assert thief.get("/home").status_code == 302
    assert thief.get("/api/v1/inventories").status_code == 401
    assert sign_in(client).status_code == 302
    assert client.get("/home").status_code == 200
    assert thief.get("/home").status_code == 302


def test_signing_out_ends_nobody_elses_session(site):
    at = site("populated")
    mine, theirs = at.app.test_client(), at.app.test_client()
    sign_in(mine)
    sign_in(theirs, "other-exporter")
    mine.post("/sign-out")
    assert theirs.get("/home").status_code == 200


def test_a_session_planted_before_is_not_the_one_after_signing_in(site):
    at = site("populated")
    client = at.app.test_client()
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    before = cookie(client)
    sign_in(client)
    assert cookie(client) != before
    with client.session_transaction() as session:
        assert "planted" not in session


def test_a_session_ends_after_twelve_hours(site, monkeypatch):
    import time

    at = site("populated")
    client = at.app.test_client()
    sign_in(client)
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 12 * 3600 - 60)
    assert client.get("/home").status_code == 200
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 26 * 3600)
    assert client.get("/home").status_code == 302


@pytest.mark.parametrize("door", ["page", "api"])
def test_guessing_the_password_of_an_account_is_stopped_at_both_doors(site, door):
    at = site("populated")

    def guess(number: int) -> int:
        # every guess from another address: only the account is the same
        client, origin = at.app.test_client(), {"REMOTE_ADDR": f"192.0.2.{number}"}
        if door == "page":
            return sign_in(client, "exporter", f"guess {number}", environ_base=origin).status_code
        headers = basic("exporter", f"guess {number}")
        return client.get("/api/v1/inventories", headers=headers, environ_base=origin).status_code

    codes = [guess(number) for number in range(GUESSES.amount + 2)]
    assert codes == [401] * GUESSES.amount + [429] * 2
    answer = at.app.test_client().get("/api/v1/inventories", headers=basic("exporter"))
    assert answer.status_code == 429, "the right password does not tell that it is right"
    assert int(answer.headers["Retry-After"]) > 0
    assert sign_in(at.app.test_client()).status_code == 429
    assert sign_in(at.app.test_client(), "other-exporter").status_code == 302


def test_guessing_many_accounts_from_one_address_is_stopped(site):
    at = site("populated")
    codes = [
        at.app.test_client().get("/api/v1/inventories", headers=basic(f"nobody-{n}", "x")).status_code
        for n in range(52)
    ]
    assert codes == [401] * 50 + [429] * 2


def test_the_right_password_does_not_count(site):
    at = site("populated")
    for _ in range(GUESSES.amount + 5):
        answer = at.app.test_client().get("/api/v1/inventories", headers=basic("exporter"))
        assert answer.status_code == 200


@pytest.mark.parametrize(("path", "rate"), [("/api/v1/verify", 60), ("/verify", 60)])
def test_public_verification_is_rate_limited_at_both_doors(site, path, rate):
    client = site("populated").client()
    codes = [client.post(path, data=b"x").status_code for _ in range(rate + 1)]
    assert codes[-1] == 429
    assert 429 not in codes[:-1]


@pytest.mark.parametrize("path", ["/verify", "/api/v1/verify"])
def test_the_upload_limit_is_in_force(site, path):
    """Flask has MAX_CONTENT_LENGTH in its defaults (None): it must be set, not given a default."""
    at = site("populated")
    assert at.app.config["MAX_CONTENT_LENGTH"] == UPLOAD_LIMIT_BYTES
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="label.pdf"\r\n\r\n'
    body += bytes(UPLOAD_LIMIT_BYTES) + b"\r\n--x--\r\n"
    answer = at.client().post(path, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_what_the_api_answers_a_person_is_not_kept(site):
    at = site("issued")
    for path in (
        "/api/v1/inventories",
        f"/api/v1/labels/{at.world.number}/document",
        "/api/v1/studies/absent",
    ):
        answer = at.client().get(path, headers=basic("exporter"), buffered=True)
        assert answer.headers["Cache-Control"] == "no-store", path


def test_a_host_somebody_made_up_is_refused_where_the_address_is_https(site):
    at = site("populated", base_url=HTTPS)
    for path in ("/", "/sign-in", "/v/x"):
        for scheme in ("http", "https"):
            answer = at.app.test_client().get(path, base_url=f"{scheme}://evil.example")
            assert answer.status_code == 400, (path, scheme)
            assert "evil.example" not in str(answer.headers)
    assert at.app.test_client().get("/sign-in", base_url=HTTPS).status_code == 200


@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 422)])
def test_addresses_are_counted_behind_as_many_proxies_as_the_setting_says(at, proxies, last):
    """Without proxies X-Forwarded-For is the sender's own invention and gives nobody fresh attempts."""
    world = at("populated")
    settings = replace(world.services.settings, base_url=HTTPS, proxies=proxies)
    app = create_app(settings, services=replace(world.services, settings=settings), testing=True)
    app.config["WTF_CSRF_ENABLED"] = False
    codes = []
    for number in range(21):
        headers = {"X-Forwarded-For": f"192.0.2.{number}", "X-Forwarded-Proto": "https"}
        client = app.test_client()
        codes.append(
            client.post("/sign-in", headers=headers, base_url=HTTPS.replace("https", "http")).status_code
        )
    assert codes == [422] * 20 + [last]


def test_cookies_of_an_https_installation_are_guarded(site):
    at = site("populated", base_url=HTTPS)
    client = at.app.test_client()
    answer = sign_in(client, base_url=HTTPS)
    assert answer.status_code == 302
    session = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("session="))
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in session.split(";")}


@pytest.mark.parametrize("path", ["/trust.json", "/v/x", "/api/v1/studies"])
def test_405_names_what_is_allowed(site, path):
    answer = site("populated").client().delete(path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_defect_is_answered_without_its_details(site, monkeypatch):
    at = site("opened")
    at.app.testing = False

    def broken(*_: object) -> None:
        raise RuntimeError("secret path /srv/keys")

    monkeypatch.setattr(inventories, "list_", broken)
    for path in ("/inventories", "/inventories.json", "/api/v1/inventories"):
        answer = at.client("exporter").get(path, headers=basic("exporter"))
        assert answer.status_code == 500
        text = answer.get_data(as_text=True)
        assert "secret" not in text
        assert "Traceback" not in text


NAMES = {
    "../../etc/passwd.xlsx": "passwd.xlsx",
    "C:\\Users\\me\\清单.xlsx": "清单.xlsx",
    "a\r\nX-Evil: 1.xlsx": "aX-Evil: 1.xlsx",
    "\u202excod.xlsx": "xcod.xlsx",
    "a\x00\ud800\u2028b.xlsx": "ab.xlsx",
    "x" * 10_000 + ".xlsx": "x" * 115 + ".xlsx",
    "x" * 10_000: "x" * 120,
    "...": "inventory.xlsx",
    "": "inventory.xlsx",
    'a"; filename="b.xlsx': 'a"; filename="b.xlsx',
}


@pytest.mark.parametrize("given", NAMES, ids=range(len(NAMES)))
def test_a_hostile_file_name_is_made_safe_and_comes_back(at, site, workbook, given):
    assert inventories.file_name(given) == NAMES[given]
    here = site("populated")
    world = here.world
    command = inventories.HandIn(given, workbook, world.organisations["institution"])
    handed = inventories.hand_in(world["exporter"], command, world.services)
    client = here.client("exporter")
    answer = client.get(f"/inventories/{handed.inventory_id}/workbook", buffered=True)
    assert answer.status_code == 200
    assert answer.data == workbook
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert len(answer.headers["Content-Disposition"]) < 1000
    assert "X-Evil" not in answer.headers
    assert client.get(f"/inventories/{handed.inventory_id}").status_code == 200


def test_a_file_name_stored_before_is_made_safe_when_it_is_sent(site, monkeypatch, workbook):
    here = site("populated")
    world = here.world
    with monkeypatch.context() as earlier:
        earlier.setattr(inventories, "file_name", lambda given: given)
        command = inventories.HandIn("a\r\nb.xlsx", workbook, world.organisations["institution"])
        handed = inventories.hand_in(world["exporter"], command, world.services)
    answer = here.client("exporter").get(f"/inventories/{handed.inventory_id}/workbook", buffered=True)
    assert answer.headers["Content-Disposition"] == "attachment; filename=ab.xlsx"


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\x1b[2J", "\x7f"])
def test_text_that_is_no_text_is_refused_at_its_field(site, open_cn, text):
    here = site("opened")
    body = {"key": "M1", "dataset": open_cn.catalogue.by_position(0).code, "reason": f"because {text}"}
    path = f"/api/v1/studies/{here.world.study}/choices"
    answer = here.client().post(path, json=body, headers=basic("practitioner"))
    assert answer.status_code == 422
    assert answer.get_json()["fields"] == {"json": {"reason": ["invalid"]}}
    body["reason"] = "because\n\tof 铝 🔩"
    assert here.client().post(path, json=body, headers=basic("practitioner")).status_code == 200


def test_csv_guards_what_east_asian_spreadsheets_run(site):
    from service.web.listing import guard

    for start in ("=", "+", "-", "@", "\n=", " =", "\u3000="):
        assert guard(f"{start}1+1").startswith("'"), start
    assert io.StringIO(guard("铝锭 =")).read() == "铝锭 ="
