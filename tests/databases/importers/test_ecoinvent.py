"""ecoinvent by the user's own licence: the library itself over an invented server, and every reason not to get it."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from databases.importers import ecoinvent
from databases.notices import SourceRefused

library = pytest.importorskip("ecoinvent_interface", reason="the optional extra is not installed")
requests = pytest.importorskip("requests")

USER, PASSWORD = "user-of-the-test", "secret-of-the-test"
SPOLD = b"<ecoSpold/>"


def answer(content: Any, status: int = 200) -> Any:
    """A response of the real class, as the network would give it."""
    found = requests.Response()
    found.status_code = status
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    found.raw = io.BytesIO(data)
    return found


def archive(members: dict[str, bytes]) -> bytes:
    import py7zr

    target = io.BytesIO()
    with py7zr.SevenZipFile(target, "w") as packed:
        for name, content in members.items():
            packed.writestr(content, name)
    return target.getvalue()


class Server:
    """What the interface answers: ``files`` by path, and what each login is told."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.archive = archive(members)
        self.login: Any = answer
        self.files_status = 200
        self.asked: list[str] = []

    def post(self, url: str, data: dict[str, str], **_: Any) -> Any:
        self.asked.append(url)
        if isinstance(self.login, Exception):
            raise self.login
        if self.login is not answer:
            return answer(
                {"error": "invalid_grant", "error_description": f"{data['username']} is unknown"}, self.login
            )
        assert (data["username"], data["password"]) == (USER, PASSWORD)
        return answer({"access_token": "a", "refresh_token": "b"})

    def get(self, url: str, **_: Any) -> Any:
        self.asked.append(url)
        if url.endswith("/files"):
            name = "ecoinvent 3.10_cutoff_ecoSpold02.7z"
            file = {
                "uuid": "u1",
                "name": name,
                "size": len(self.archive),
                "last_modified": "2024-01-01T00:00:00",
            }
            release = {"system_model_name": "Allocation cut-off by classification", "release_files": [file]}
            return answer([{"version_name": "3.10", "releases": [release]}], self.files_status)
        if url.endswith("/files/r/u1"):
            return answer({"download_url": "https://storage.example/u1"})
        assert url == "https://storage.example/u1"
        return answer(self.archive)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Server]:
    """Put an invented server in place of the network that the library knows."""
    from ecoinvent_interface import core

    def start(members: dict[str, bytes] | None = None) -> Server:
        server = Server({"datasets/one.spold": SPOLD} if members is None else members)
        monkeypatch.setattr(core.requests, "post", server.post)
        monkeypatch.setattr(core.requests, "get", server.get)
        return server

    return start


def fetch(work: Path, version: str = "3.10", model: str = "cutoff", **login: str) -> Path:
    return ecoinvent.fetch(version, model, work, **({"username": USER, "password": PASSWORD} | login))


def refusal(work: Path, *arguments: str, **login: str) -> str:
    with pytest.raises(SourceRefused) as caught:
        fetch(work, *arguments, **login)
    for language in ("zh", "en"):
        sentence = caught.value.notice.message(language)
        assert sentence and USER not in sentence and PASSWORD not in sentence
    assert caught.value.__suppress_context__ or caught.value.__cause__ is None
    return caught.value.notice.code


def test_a_release_comes_as_a_folder_of_datasets(
    serve: Callable[..., Server], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve()
    with caplog.at_level(logging.DEBUG):
        folder = fetch(tmp_path)
    assert (folder / "datasets" / "one.spold").read_bytes() == SPOLD, "as released"
    assert folder.is_relative_to(tmp_path)
    assert server.asked[0].startswith("https://sso.ecoinvent.org/")
    assert USER not in caplog.text and PASSWORD not in caplog.text
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert USER.encode() not in content and PASSWORD.encode() not in content


def test_the_library_is_heard_again_afterwards(serve: Callable[..., Server], tmp_path: Path) -> None:
    serve()
    fetch(tmp_path)
    assert not logging.getLogger("ecoinvent_interface").disabled


@pytest.mark.parametrize(
    ("login", "files", "code"),
    [
        (401, 200, "ecoinvent-login"),
        (400, 200, "ecoinvent-login"),
        (503, 200, "ecoinvent-network"),
        (requests.exceptions.ConnectionError("no route"), 200, "ecoinvent-network"),
        (requests.exceptions.Timeout("too slow"), 200, "ecoinvent-network"),
        (answer, 404, "ecoinvent-licence"),
    ],
)
def test_what_the_server_refuses(
    login: Any, files: int, code: str, serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve()
    server.login, server.files_status = login, files
    assert refusal(tmp_path) == code


@pytest.mark.parametrize(
    ("version", "model", "code", "asks"),
    [
        ("3.9", "cutoff", "ecoinvent-version", True),
        ("latest", "cutoff", "ecoinvent-version", False),
        ("../3.10", "cutoff", "ecoinvent-version", False),
        ("3.10", "apos", "ecoinvent-model", True),
        ("3.10", "magic", "ecoinvent-model", False),
    ],
)
def test_what_there_is_not(
    version: str, model: str, code: str, asks: bool, serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve()
    assert refusal(tmp_path, version, model) == code
    assert bool(server.asked) == asks


@pytest.mark.parametrize("login", [{"username": ""}, {"password": ""}])
def test_credentials_are_needed(login: dict[str, str], serve: Callable[..., Server], tmp_path: Path) -> None:
    server = serve()
    assert refusal(tmp_path, **login) == "ecoinvent-credentials"
    assert not server.asked


def test_credentials_of_the_environment_are_not_taken(
    serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EI_USERNAME", "somebody else")
    monkeypatch.setenv("EI_PASSWORD", "of somebody else")
    serve()
    assert fetch(tmp_path).is_dir()


def test_a_download_without_datasets_or_damaged(serve: Callable[..., Server], tmp_path: Path) -> None:
    serve({"readme.txt": b"nothing"})
    assert refusal(tmp_path / "one") == "ecoinvent-not-there"
    server = serve()
    server.archive = server.archive[:40]
    assert refusal(tmp_path / "two") == "ecoinvent-answer"


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ecoinvent_interface", None)
    assert refusal(tmp_path) == "ecoinvent-library"
