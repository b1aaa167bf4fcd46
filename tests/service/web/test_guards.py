"""Headers, CSRF, rate limits, hostile addresses, and exports that a spreadsheet does not run."""

from __future__ import annotations

import csv
import io
import re

import pytest

from service.web.listing import Column, ListSpec, csv_response, guard


def test_security_headers(site):
    headers = site("populated").client().get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_https_installation_forces_https_and_secure_cookies(site):
    at = site("populated", base_url="https://labels.demo.invalid")
    client = at.client()
    plain = client.get("/verify", base_url="http://labels.demo.invalid")
    assert plain.status_code == 302
    assert plain.headers["Location"].startswith("https://")
    safe = client.get("/sign-in", base_url="https://labels.demo.invalid")
    assert "max-age" in safe.headers["Strict-Transport-Security"]
    assert at.app.config["SESSION_COOKIE_SECURE"] is True


def test_signed_in_pages_are_not_stored(site):
    at = site("issued")
    assert at.client("exporter").get("/home").headers["Cache-Control"] == "no-store"
    assert "no-store" not in at.client().get("/").headers.get("Cache-Control", "")


def test_posts_without_token_are_refused(site):
    at = site("opened", csrf=True)
    client = at.client("practitioner")
    for path in ("/sign-out", "/inventories", "/studies", f"/studies/{at.world.study}/assess"):
        assert client.post(path).status_code == 400, path
    html = client.get(f"/studies/{at.world.study}").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', html).group(1)
    assert client.post(f"/studies/{at.world.study}/assess", data={"csrf_token": token}).status_code == 303


def test_sign_in_is_rate_limited(site):
    at = site("populated")
    codes = [at.client().post("/sign-in", data={"email": "", "password": ""}).status_code for _ in range(21)]
    assert codes[:20] == [422] * 20
    assert codes[20] == 429


def test_upload_over_the_limit_is_refused(site):
    at = site("populated")
    at.app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = at.client().post("/verify", data={"file": (io.BytesIO(b"x" * 2000), "label.pdf")})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "query",
    [
        "_scheme=javascript&_external=1",
        "_anchor=x",
        "endpoint=x",
        "lang=xx",
        "lang=zh-Hant",
        "sort=nothing&page=-1&q=%22%3E%3Cscript%3E",
        "page=99999999999999999999999",
        "status=nothing",
        "form=csv&form=exe",
    ],
)
def test_hostile_query_strings_do_no_harm(site, query):
    at = site("issued")
    client = at.client("practitioner")
    for path in ("/studies", "/labels", "/home", "/verify", f"/v/{at.world.number}"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 200
        assert "<script>" not in answer.get_data(as_text=True)


def test_user_text_is_escaped(site, workbook):
    import openpyxl

    at = site("populated")
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[3]
    name = next(cell for cell in sheet[4] if isinstance(cell.value, str) and "铝" in cell.value)
    name.value = '<img src=x onerror="alert(1)">'
    changed = io.BytesIO()
    book.save(changed)
    institution = at.world.organisations["institution"]
    form = {"institution_id": institution, "workbook": (io.BytesIO(changed.getvalue()), "<b>.xlsx")}
    client = at.client("exporter")
    answer = client.post("/inventories", data=form)
    assert answer.status_code == 303
    html = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "<img" not in html
    assert "&lt;img" in html


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-cmd", "'-cmd"),
        ("@SUM", "'@SUM"),
        ("\t=1", "'\t=1"),
        ("铝锭", "铝锭"),
        ("a=b", "a=b"),
        (-3.5, "-3.5"),
        (None, ""),
    ],
)
def test_cells_that_start_a_formula_are_guarded(value, written):
    assert guard(value) == written


def test_csv_is_guarded_as_a_whole():
    spec = ListSpec("labels.list_", (Column("name", "Name", lambda row: row),))
    text = csv_response(spec, ["=HYPERLINK(0)", "plain, with comma"]).get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows == [["Name"], ["'=HYPERLINK(0)"], ["plain, with comma"]]
