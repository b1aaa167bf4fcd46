"""Large sources on their way in: through memory never, past the guards never, left behind never."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from pathlib import Path

import pytest
from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from service.cli.processes import _web
from service.uploads import largest_request
from tests.service.web.conftest import Site
from tests.service.world import PASSWORD

FORM = {"name": "own-data", "version": "1", "licence": "CC0 1.0"}
LARGE = b"x" * (17 * 1024 * 1024)


@pytest.fixture
def entrance(background, applications) -> Site:
    world = background()
    return Site(applications.over(world, csrf=True), world)


def body(data: bytes, **more: str) -> dict[str, object]:
    boundary, encoded = encode_multipart(FORM | more | {"source": FileStorage(io.BytesIO(data), "own.zip")})
    return {"data": encoded, "content_type": f"multipart/form-data; boundary={boundary}"}


def basic(name: str) -> dict[str, str]:
    token = b64encode(f"{name}@demo.invalid:{PASSWORD}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def uploads(site: Site) -> list[Path]:
    root = site.world.services.settings.uploads
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.exists() else []


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("practitioner", 202),
        ("rival-practitioner", 202),
        ("reviewer", 403),
        ("exporter", 403),
        ("regulator", 403),
    ],
)
def test_programs_send_large_sources_where_people_may(entrance, name, status):
    answer = entrance.client().post("/api/v1/releases", headers=basic(name), **body(LARGE))
    assert answer.status_code == status
    assert len(uploads(entrance)) == (status == 202)


def test_a_session_sends_a_large_source_to_the_api_with_its_token_only(entrance):
    client = entrance.client("practitioner")
    page = client.get("/releases/import").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    assert client.post("/api/v1/releases", **body(LARGE)).status_code == 400
    assert uploads(entrance) == []
    for given in ({"headers": {"X-CSRFToken": token}}, {}):
        sent = body(LARGE, **({} if given else {"csrf_token": token}), version=str(len(given)))
        assert client.post("/api/v1/releases", **given, **sent).status_code == 202


def test_nobody_else_is_let_in_with_a_large_body(entrance):
    for address in ("/inventories", "/verify", "/sign-in", "/api/v1/inventories"):
        answer = entrance.client("practitioner").post(address, headers=basic("practitioner"), **body(LARGE))
        assert answer.status_code in (400, 413), address


def test_a_source_is_written_where_the_uploads_are_and_has_no_name_there(entrance, monkeypatch):
    """Not in the system's folder for temporary files, which may be memory."""
    import tempfile

    places, real = [], tempfile.TemporaryFile
    monkeypatch.setattr(
        tempfile, "TemporaryFile", lambda *a, **k: places.append(k.get("dir")) or real(*a, **k)
    )
    answer = entrance.client().post("/api/v1/releases", headers=basic("practitioner"), **body(b"x" * 9))
    assert answer.status_code == 202
    assert places == [entrance.world.services.settings.uploads]
    assert [path.name for path in uploads(entrance)] == ["source.zip"]


@pytest.mark.parametrize("cut", [100, 400, 5_000_000])
@pytest.mark.parametrize("length", ["as sent", "longer"])
def test_a_broken_request_leaves_nothing(entrance, cut, length):
    sent = body(LARGE)
    sent["data"] = sent["data"][:cut]
    headers = basic("practitioner")
    if length == "longer":
        headers["Content-Length"] = str(len(LARGE))
    answer = entrance.client().post("/api/v1/releases", headers=headers, **sent)
    assert 400 <= answer.status_code < 500
    assert uploads(entrance) == []


def test_the_limit_of_other_addresses_is_not_raised(entrance):
    with entrance.app.test_request_context("/verify", method="POST"):
        assert request.max_content_length == 16 * 1024 * 1024


def test_the_web_server_lets_in_what_the_service_takes(entrance):
    settings = entrance.world.services.settings
    assert f"--max-request-body-size={largest_request(settings)}" in _web(settings, "waitress")
    assert largest_request(settings) > settings.import_max_bytes + 50_000_000
