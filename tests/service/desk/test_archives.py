"""Zips of labels: what is opened, and what is refused before it is."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest

from service.usecases.desk import archives
from service.usecases.desk.refusals import ListNotRead


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link.pdf")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted() -> bytes:
    data = bytearray(zipped(("a.pdf", b"%PDF-1.7")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def overstated() -> bytes:
    """A member that says it is longer than it is."""
    data = bytearray(zipped(("a.pdf", b"%PDF-1.7"), method=zipfile.ZIP_STORED))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 90)
    return bytes(data)


def names(data: bytes, folder) -> list[str]:
    with archives.opened("labels.zip", data, folder) as files:
        return [name for name in files.names if archives.content(files, name) is not None]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 ...", "file"),
        (b'{"type": "tanbiao-bundle/2"}', "file"),
        (b"\xef\xbb\xbf {", "file"),
        (b"eyJhbGciOi.x.y", "file"),
        ("编号\n".encode(), "table"),
        (zipped(("xl/workbook.xml", b"<x/>")), "table"),
        (zipped(("a.pdf", b"%PDF-1.7")), "archive"),
    ],
)
def test_what_was_handed_in_is_known_by_its_content(data, kind):
    assert archives.kind_of(data) == kind


def test_files_come_sorted_without_what_file_managers_leave(tmp_path):
    data = zipped(("b/二.pdf", b"2"), ("a.pdf", b"1"), ("__MACOSX/a.pdf", b"x"), (".DS_Store", b"x"))
    assert names(data, tmp_path) == ["a.pdf", "b/二.pdf"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped(), "source-empty"),
        (zipped(("../a.pdf", b"x")), "source-name-unsafe"),
        (zipped(("/etc/a.pdf", b"x")), "source-name-unsafe"),
        (zipped(("a\\b.pdf", b"x")), "source-name-unsafe"),
        (zipped(("c:a.pdf", b"x")), "source-name-unsafe"),
        (zipped((link(), b"/etc/passwd")), "source-name-unsafe"),
        (encrypted(), "source-encrypted"),
        (overstated(), "source-member-size"),
        (zipped(("bomb.pdf", b"\0" * 19_000_000)), "source-bomb"),
        (zipped(("inner.zip", zipped(("a.pdf", b"x")))), "archive-inside"),
        (zipped(("label.pdf", zipped(("a.pdf", b"x")))), "archive-inside"),
        (zipped(("label.pdf", b"\x1f\x8b\x08\x00")), "archive-inside"),
    ],
)
def test_what_is_refused_before_it_is_opened(data, code, tmp_path):
    with pytest.raises(ListNotRead) as caught:
        names(data, tmp_path)
    (problem, *_) = caught.value.problems
    assert problem.code == code
    assert problem.zh != problem.en
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_archive_is_refused(tmp_path):
    with pytest.raises(ListNotRead, match="damaged"):
        archives.kind_of(zipped(("a.pdf", b"x"))[:30])


@pytest.mark.parametrize(
    ("limit", "code"),
    [("MOST_FILES", "source-too-many"), ("MOST_UNPACKED", "source-too-large")],
)
def test_limits_of_number_and_size(monkeypatch, tmp_path, limit, code):
    monkeypatch.setattr(archives, limit, 1)
    with pytest.raises(ListNotRead) as caught:
        names(zipped(("a.pdf", b"xx"), ("b.pdf", b"xx")), tmp_path)
    assert caught.value.problems[0].code == code


def test_a_file_larger_than_the_verifier_reads_is_refused(tmp_path):
    big = zipped(("a.pdf", b"x" * 20_000_001), method=zipfile.ZIP_STORED)
    with pytest.raises(ListNotRead) as caught:
        names(big, tmp_path)
    assert caught.value.problems[0].code == "source-member-too-large"
