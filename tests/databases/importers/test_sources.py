"""What is handed in is listed and read under limits, and nothing outside it is ever touched."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from databases.importers.sources import Limits, open_source
from databases.notices import SourceRefused

Make = Callable[[Path], None]


def write(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)


def of_kind(mode: int) -> Make:
    def make(path: Path) -> None:
        info = zipfile.ZipInfo("a.xml")
        info.create_system = 3
        info.external_attr = (mode | 0o777) << 16
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(info, "/etc/passwd")

    return make


def named(*names: str) -> Make:
    return lambda path: write(path, dict.fromkeys(names, b"x"))


def encrypted(path: Path) -> None:
    named("a.xml")(path)
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)


def twice(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xml", "one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.xml", "two")


def declares(size: int) -> Make:
    """An archive whose one member claims another size than it has."""

    def make(path: Path) -> None:
        write(path, {"a.xml": b"x" * 1000})
        data = bytearray(path.read_bytes())
        struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, size)
        struct.pack_into("<L", data, data.index(b"PK\x03\x04") + 22, size)
        path.write_bytes(data)

    return make


def cut_short(path: Path) -> None:
    write(path, {"a.xml": os.urandom(5000)})
    path.write_bytes(path.read_bytes()[:3000])


def method_unknown(path: Path) -> None:
    named("a.xml")(path)
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 10, 97)
    path.write_bytes(data)


def bits_flipped(method: int) -> Make:
    def make(path: Path) -> None:
        write(path, {"a.xml": os.urandom(5000)}, method)
        data = bytearray(path.read_bytes())
        start = data.index(b"a.xml") + 5
        data[start : start + 400] = bytes(255 - byte for byte in data[start : start + 400])
        path.write_bytes(data)

    return make


REFUSED_ON_OPENING: list[tuple[str, Make, str]] = [
    ("climbs", named("../a.xml"), "source-name-unsafe"),
    ("climbs inside", named("b/../../a.xml"), "source-name-unsafe"),
    ("climbs as a folder", named("../", "a.xml"), "source-name-unsafe"),
    ("absolute", named("/etc/a.xml"), "source-name-unsafe"),
    ("backslash", named("b\\a.xml"), "source-name-unsafe"),
    ("drive", named("C:a.xml"), "source-name-unsafe"),
    ("control character", named("a\n.xml"), "source-name-unsafe"),
    ("longer than a file system takes", named("a" * 300 + ".xml"), "source-name-unsafe"),
    ("symbolic link", of_kind(stat.S_IFLNK), "source-name-unsafe"),
    ("device", of_kind(stat.S_IFBLK), "source-name-unsafe"),
    ("pipe", of_kind(stat.S_IFIFO), "source-name-unsafe"),
    ("encrypted", encrypted, "source-encrypted"),
    ("twice", twice, "source-name-twice"),
    ("twice, written otherwise", named("a.xml", "./a.xml"), "source-name-twice"),
    ("a file that is a folder too", named("a", "a/b.xml"), "source-name-twice"),
    ("two gigabytes declared", declares(2_000_000_000), "source-bomb"),
    ("expands too far", lambda path: write(path, {"a.xml": b"0" * 11_000_000}), "source-bomb"),
    ("cut short", cut_short, "source-archive-damaged"),
    ("nothing in it", named(), "source-empty"),
    ("nothing but litter", named("__MACOSX/._a.xml", ".DS_Store"), "source-empty"),
    ("no bytes in the archive", lambda path: path.write_bytes(b"PK\x03\x04"), "source-archive-damaged"),
]


@pytest.mark.parametrize(
    ("make", "code"), [case[1:] for case in REFUSED_ON_OPENING], ids=[c[0] for c in REFUSED_ON_OPENING]
)
def test_a_hostile_archive_is_refused_before_anything_is_read(make: Make, code: str, tmp_path: Path) -> None:
    make(path := tmp_path / "source.zip")
    with pytest.raises(SourceRefused) as refusal, open_source(path):
        pass
    assert refusal.value.notice.code == code
    assert refusal.value.notice.message("zh")


REFUSED_ON_READING: list[tuple[str, Make]] = [
    ("declares less than it has", declares(10)),
    ("declares more than it has", declares(1001)),
    ("method unknown", method_unknown),
    ("deflate damaged", bits_flipped(zipfile.ZIP_DEFLATED)),
    ("bzip2 damaged", bits_flipped(zipfile.ZIP_BZIP2)),
    ("lzma damaged", bits_flipped(zipfile.ZIP_LZMA)),
    ("stored damaged", bits_flipped(zipfile.ZIP_STORED)),
]


@pytest.mark.parametrize(
    "make", [case[1] for case in REFUSED_ON_READING], ids=[c[0] for c in REFUSED_ON_READING]
)
def test_a_member_that_is_not_what_it_says_is_refused(make: Make, tmp_path: Path) -> None:
    make(path := tmp_path / "source.zip")
    with open_source(path) as files:
        assert files.names == ("a.xml",)
        with pytest.raises(SourceRefused) as refusal:
            files.read("a.xml")
    assert refusal.value.notice.code in ("source-member-unreadable", "source-member-size")
    assert refusal.value.notice.where == "a.xml"


LIMITED = [
    (Limits(member=99), "source-member-too-large"),
    (Limits(total=199), "source-too-large"),
    (Limits(members=1), "source-too-many"),
]


@pytest.mark.parametrize(("limits", "code"), LIMITED)
@pytest.mark.parametrize("packed", [True, False], ids=["archive", "folder"])
def test_every_limit_holds_for_archives_and_folders(
    limits: Limits, code: str, packed: bool, tmp_path: Path
) -> None:
    members = {"a.xml": os.urandom(100), "b.xml": os.urandom(100)}
    path = tmp_path / "source"
    if packed:
        write(path, members)
    else:
        path.mkdir()
        for name, data in members.items():
            (path / name).write_bytes(data)
    with pytest.raises(SourceRefused) as refusal, open_source(path, limits):
        pass
    assert refusal.value.notice.code == code
    with open_source(path, Limits(member=100, total=200, members=2)) as files:
        assert {name: files.read(name) for name in files.names} == members


def test_a_small_member_may_be_packed_a_thousandfold_and_a_limit_can_forbid_it(tmp_path: Path) -> None:
    write(path := tmp_path / "source.zip", {"zeros.npy": bytes(2_000_000)})
    with open_source(path) as files:
        assert files.read("zeros.npy") == bytes(2_000_000)
    with pytest.raises(SourceRefused, match="ratio"), open_source(path, Limits(small=1_000_000)):
        pass


def test_all_members_together_may_expand_only_so_far(tmp_path: Path) -> None:
    write(path := tmp_path / "source.zip", {f"{n}.npy": bytes(100_000) for n in range(20)})
    limits = Limits(small_total=1_000_000)
    with pytest.raises(SourceRefused, match="ratio") as refusal, open_source(path, limits):
        pass
    assert (refusal.value.notice.code, refusal.value.notice.where) == ("source-bomb", "source.zip")
    with open_source(path, Limits(small_total=1_000_000, total_ratio=2_000)) as files:
        assert len(files.names) == 20


def test_folders_in_folders_without_end_are_refused(tmp_path: Path) -> None:
    write(path := tmp_path / "source.zip", {"/".join(["a"] * 31): b"x"})
    with pytest.raises(SourceRefused) as refusal, open_source(path):
        pass
    assert refusal.value.notice.code == "source-name-unsafe"


def test_a_workbook_is_one_file_but_measured_as_the_archive_it_is(tmp_path: Path) -> None:
    write(path := tmp_path / "a.xlsx", {"xl/workbook.xml": b"<workbook/>"})
    with open_source(path) as files:
        assert files.names == ("a.xlsx",)
        assert files.read("a.xlsx") == path.read_bytes()
    write(path, {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"0" * 11_000_000})
    with pytest.raises(SourceRefused, match="ratio"), open_source(path):
        pass


def test_a_folder_with_a_link_or_a_pipe_is_refused(tmp_path: Path) -> None:
    for name, make in {
        "link": lambda path: path.symlink_to("/etc/hostname"),
        "folder": lambda path: path.symlink_to("/etc"),
        "pipe": os.mkfifo,
    }.items():
        (root := tmp_path / name).mkdir()
        (root / "a.xml").write_text("x")
        make(root / "b.xml")
        with pytest.raises(SourceRefused) as refusal, open_source(root):
            pass
        assert refusal.value.notice.code == "source-name-unsafe", name


def test_a_source_that_is_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(path := tmp_path / "pipe")
    with pytest.raises(SourceRefused, match="plain file"), open_source(path):
        pass


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused) as refusal, open_source(tmp_path / "none"):
        pass
    assert refusal.value.notice.code == "source-missing"
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceRefused) as refusal, open_source(tmp_path / "empty"):
        pass
    assert refusal.value.notice.code == "source-empty"


def test_archive_folder_and_file_give_the_same_members(tmp_path: Path) -> None:
    members = {"b/two.XML": b"2", "a/one.xml": b"1", "a/three.txt": b"3"}
    write(archive := tmp_path / "s.zip", {**members, "a/": b"", "__MACOSX/a/._one.xml": b"?"})
    folder = tmp_path / "s"
    for name, data in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "a" / ".DS_Store").write_bytes(b"?")
    for path in (archive, folder):
        with open_source(path) as files:
            assert files.names == ("a/one.xml", "a/three.txt", "b/two.XML")
            assert files.matching(".xml") == ("a/one.xml", "b/two.XML")
            assert list(files.each(".xml")) == [("a/one.xml", b"1"), ("b/two.XML", b"2")]
            assert files.head("a/three.txt", 1) == b"3"
            out = tmp_path / f"out-{path.name}"
            assert files.unpack(out, ".xml") == [out / "a/one.xml", out / "b/two.XML"]
            assert (out / "b/two.XML").read_bytes() == b"2"
    with open_source(folder / "a/one.xml") as files:
        assert files.names == ("one.xml",)
        assert files.title == "one.xml"
        assert files.read("one.xml") == b"1"


def test_the_hash_of_a_folder_follows_names_and_contents(tmp_path: Path) -> None:
    def hashed(members: dict[str, str]) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, text in members.items():
            (folder / name).write_text(text)
        with open_source(folder) as files:
            return files.sha256

    first = hashed({"a": "1", "b": "2"})
    assert first == hashed({"b": "2", "a": "1"})
    assert len({first, hashed({"a": "2", "b": "1"}), hashed({"a": "1", "c": "2"}), hashed({"a": "1"})}) == 4


def test_a_member_that_vanished_is_told_not_raised(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("x")
    with open_source(tmp_path) as files:
        (tmp_path / "a.xml").unlink()
        with pytest.raises(SourceRefused, match="FileNotFoundError"):
            files.read("a.xml")
