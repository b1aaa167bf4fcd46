"""Which reader a source gets, and that reading has no network."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from ecospoldmaking import FILES, ONE, TWO

from databases.importers import ecospold1, ecospold2, recognise
from databases.importers.recognise import FORMATS
from databases.importers.shape import Extract
from databases.importers.sources import open_source
from databases.notices import Notice, SourceRefused

KNOWN = {"ecospold1": "databases.importers.ecospold1", "ecospold2": "databases.importers.ecospold2"}


@pytest.fixture(autouse=True)
def two_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognise, "FORMATS", KNOWN)


@pytest.mark.parametrize(("folder", "module"), [("ecospold1", ecospold1), ("ecospold2", ecospold2)])
def test_a_source_gets_the_one_reader_that_knows_it(folder: str, module: object) -> None:
    with open_source(FILES / folder) as files:
        assert recognise.reader(files) is module


def refusal(path: Path, word: str = "") -> str:
    with pytest.raises(SourceRefused) as caught, open_source(path) as files:
        recognise.reader(files, word)
    return caught.value.notice.code


def test_none_or_several_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    assert refusal(tmp_path) == "source-unknown-format"
    (tmp_path / "a.xml").write_text(ONE, encoding="utf-8")
    (tmp_path / "a.spold").write_text(TWO, encoding="utf-8")
    assert refusal(tmp_path) == "source-several-formats"
    with open_source(tmp_path) as files:
        assert recognise.reader(files, "ecospold2") is ecospold2
    assert refusal(tmp_path, "no-such-word") == "source-unknown-format"


def test_reading_gives_the_extract_the_name_and_the_hash(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    extract, title, sha256 = recognise.read(FILES / "ecospold1" / "invented.xml", "", work)
    assert (extract.format, extract.reader, title) == ("ecospold1", "bw2io", "invented.xml")
    with open_source(FILES / "ecospold1" / "invented.xml") as files:
        assert sha256 == files.sha256
    assert len(sha256) == 64


def test_of_a_kind_of_notice_the_first_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notices = [Notice.error("source-empty", str(n)) for n in range(5)] + [Notice.note("source-missing")]
    extract = Extract("ecospold1", "tanbiao", notices=notices)
    monkeypatch.setattr(recognise, "MOST_OF_A_KIND", 2)
    monkeypatch.setattr(ecospold1, "read", lambda *_: extract)
    found, *_ = recognise.read(FILES / "ecospold1" / "invented.xml", "", tmp_path)
    assert [notice.where for notice in found.notices[:2]] == ["0", "1"]
    assert [notice.code for notice in found.notices[2:]] == ["source-missing", "source-more-notices"]
    assert (found.notices[-1].severity, dict(found.notices[-1].details)["count"]) == ("error", "3")


def by_name() -> None:
    socket.create_connection(("example.org", 80), timeout=5)


def by_address() -> None:
    with socket.socket() as one:
        one.connect(("192.0.2.1", 80))


def without_connection() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("192.0.2.1", 53))


def by_library() -> None:
    with urllib.request.urlopen("http://192.0.2.1/", timeout=5):
        pass


@pytest.mark.parametrize("attempt", [by_name, by_address, without_connection])
def test_no_road_to_the_network_is_open_while_reading(attempt: Callable[[], None]) -> None:
    with recognise.without_network(), pytest.raises(recognise.NetworkRefused, match="no network"):
        attempt()


def test_a_library_sees_an_ordinary_failure() -> None:
    with recognise.without_network(), pytest.raises(OSError, match="no network"):
        by_library()


def test_the_network_is_open_again_afterwards() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with recognise.without_network(), recognise.without_network():
            pass
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("word", FORMATS)
def test_every_format_has_its_reader(word: str) -> None:
    module = import_module(FORMATS[word])
    assert callable(module.detects)
    assert callable(module.read)
