"""A release as one file: round trip, hostile files, proof, removal."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from contentmaking import content, flow, method
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases import archive, packages
from databases.content import Head
from databases.notices import SourceRefused
from databases.publish import write_release
from databases.release import Release, ReleaseDamaged, ReleaseMissing, file_sha256, installed, open_release

HEAD = Head(name="made", version="1", licence="CC0")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    given = content(
        "abc",
        [(0, 1, 2.0), (1, 0, 0.1), (1, 2, 5.0)],
        [(0, 0, 3.0), (0, 2, 1.0)],
        [flow("co2")],
        [method("gwp100-ar6.total", [1.0], "AR6", "total"), method("lcia.other", [2.5])],
    )
    folder = tmp_path_factory.mktemp("root") / HEAD.identifier
    write_release(folder, HEAD, given, lambda *_: None)
    return open_release(folder)


@pytest.fixture(scope="module")
def file(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive.export(release, tmp_path_factory.mktemp("out") / "made-1.tanbiao-release")


def test_a_release_comes_back_as_it_was(release: Release, file: Path, tmp_path: Path) -> None:
    back = archive.install(tmp_path / "root", file)
    assert (back.identifier, back.digest) == (release.identifier, release.digest)
    assert back.scores("lcia.other").tolist() == release.scores("lcia.other").tolist()
    assert archive.install(tmp_path / "root", file).digest == release.digest
    assert sorted(p.name for p in (tmp_path / "root").iterdir()) == [".build.lock", "made-1"]
    again = archive.export(back, tmp_path / "again.tanbiao-release")
    assert again.read_bytes() == file.read_bytes()
    with pytest.raises(FileExistsError):
        archive.export(back, again)


def test_a_changed_release_is_not_exported(release: Release, tmp_path: Path) -> None:
    copy = open_release(Path(shutil.copytree(release.path, tmp_path / release.identifier)))
    (copy.path / "scores" / "lcia.other.npy").write_bytes(b"x")
    with pytest.raises(ReleaseDamaged, match=r"lcia\.other\.npy"):
        archive.export(copy, tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == [release.identifier]


def test_another_release_of_that_name_is_refused(release: Release, file: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    other = content("a", [], [(0, 0, 1.0)], [flow("co2")], [method("lcia.other", [1.0])])
    write_release(root / HEAD.identifier, HEAD, other, lambda *_: None)
    before = open_release(root / HEAD.identifier).digest
    with pytest.raises(SourceRefused) as caught:
        archive.install(root, file)
    assert caught.value.notice.code == "archive-identifier-taken"
    assert open_release(root / HEAD.identifier).digest == before


Members = dict[str, bytes]


def change(members: Members, **values: object) -> Members:
    manifest = json.loads(members["manifest.json"])
    return members | {"manifest.json": json.dumps(manifest | values).encode()}


def claim(members: Members, name: str, data: bytes) -> Members:
    """A member and an entry of the manifest that fits it."""
    import hashlib

    files = json.loads(members["manifest.json"])["files"]
    files[name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return change(members, files=files) | {name: data}


def lie(members: Members, size: int) -> Members:
    files = json.loads(members["manifest.json"])["files"]
    files["catalogue.sqlite"]["size"] = size
    return change(members, files=files)


def altered(members: Members, statement: str) -> Members:
    """The catalogue after a statement, with hashes that fit."""
    import sqlite3
    import tempfile

    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(members["catalogue.sqlite"])
        connection = sqlite3.connect(file.name)
        connection.execute(statement)
        connection.commit()
        connection.close()
        return claim(members, "catalogue.sqlite", Path(file.name).read_bytes())


def scored(members: Members, table: np.ndarray) -> Members:
    import io

    stream = io.BytesIO()
    np.save(stream, table, allow_pickle=True)
    return claim(members, "scores/lcia.other.npy", stream.getvalue())


HOSTILE: dict[str, tuple[Callable[[Members], Members], str]] = {
    "climbs": (lambda m: claim(m, "../x", b"x"), "source-name-unsafe"),
    "absolute": (lambda m: claim(m, "/etc/x", b"x"), "source-name-unsafe"),
    "hidden": (lambda m: claim(m, ".x", b"x"), "source-name-unsafe"),
    "backslash": (lambda m: claim(m, "a\\..\\x", b"x"), "source-name-unsafe"),
    "control": (lambda m: claim(m, "a\nb", b"x"), "source-name-unsafe"),
    "folder": (lambda m: m | {"more/": b""}, "source-name-unsafe"),
    "below a file": (lambda m: claim(m, "catalogue.sqlite/x", b"x"), "source-name-unsafe"),
    "not named": (lambda m: m | {"more.json": b"{}"}, "archive-damaged"),
    "missing": (lambda m: {k: v for k, v in m.items() if k != "catalogue.sqlite"}, "archive-damaged"),
    "changed": (lambda m: m | {"catalogue.sqlite": m["catalogue.sqlite"][:-1] + b"!"}, "archive-damaged"),
    "longer": (lambda m: m | {"catalogue.sqlite": m["catalogue.sqlite"] + b"!"}, "archive-damaged"),
    "lies about a size": (lambda m: lie(m, 10), "archive-damaged"),
    "size is a text": (lambda m: change(m, files={"x": {"sha256": "0", "size": "2"}}), "archive-damaged"),
    "no manifest": (lambda m: {"x": b""}, "archive-not-a-release"),
    "empty": (lambda m: {}, "archive-not-a-release"),
    "no json": (lambda m: m | {"manifest.json": b"\xff"}, "archive-not-a-release"),
    "deep json": (lambda m: m | {"manifest.json": b"[" * 100_000}, "archive-not-a-release"),
    "format": (lambda m: change(m, format="tanbiao-release/1"), "archive-not-a-release"),
    "identifier": (lambda m: change(m, identifier="../made"), "archive-not-a-release"),
    "name": (lambda m: change(m, name="..", identifier="..-1"), "archive-not-a-release"),
    "a thousand folders": (lambda m: m | {"a/" * 1000 + "b": b""}, "source-name-unsafe"),
    "a source that is none": (lambda m: change(m, sources=[{"x": 1}]), "archive-damaged"),
    "a method that is none": (lambda m: change(m, methods={"lcia.other": 3}), "archive-damaged"),
    "a method without files": (
        lambda m: change(m, methods={"x": dict.fromkeys(("gwp_set", "part", "unit", "title", "source"), "")}),
        "archive-damaged",
    ),
    "other numbers": (
        lambda m: change(m, counts={"datasets": 10**12, "flows": 1, "exchanges": 5}),
        "archive-damaged",
    ),
    "numbers as texts": (
        lambda m: change(m, counts=dict.fromkeys(("datasets", "flows", "exchanges"), "3")),
        "archive-damaged",
    ),
    "a catalogue that is none": (lambda m: claim(m, "catalogue.sqlite", b"no"), "archive-damaged"),
    "a catalogue with a view": (lambda m: altered(m, "CREATE VIEW v AS SELECT 1"), "archive-damaged"),
    "a catalogue with a trigger": (
        lambda m: altered(m, "CREATE TRIGGER t AFTER INSERT ON dataset BEGIN SELECT 1; END"),
        "archive-damaged",
    ),
    "a name that is a number": (
        lambda m: altered(m, "UPDATE dataset SET name_en = x'00'"),
        "archive-damaged",
    ),
    "positions": (lambda m: altered(m, "UPDATE dataset SET position = position + 7"), "archive-damaged"),
    "a report that is none": (lambda m: claim(m, "report.json", b"[" * 100), "archive-damaged"),
    "scores that are objects": (lambda m: scored(m, np.array([None] * 3)), "archive-damaged"),
    "scores that are wrong": (lambda m: scored(m, np.array([1.0, 2.0, np.nan])), "archive-damaged"),
    "entries": (lambda m: change(m, files={"x": 3}), "archive-not-a-release"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_leaves_nothing(name: str, file: Path, tmp_path: Path) -> None:
    damage, code = HOSTILE[name]
    with zipfile.ZipFile(file) as source:
        members = {info.filename: source.read(info) for info in source.infolist()}
    with zipfile.ZipFile(tmp_path / "bad", "w") as target:
        for member, data in damage(members).items():
            target.writestr(zipfile.ZipInfo(member), data)
    with pytest.raises(SourceRefused) as caught:
        archive.install(tmp_path / "root", tmp_path / "bad")
    assert caught.value.notice.code == code
    assert [p.name for p in (tmp_path / "root").iterdir()] == [".build.lock"]


def test_a_member_twice_is_refused(file: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(file, tmp_path / "bad"))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(copy, "a") as target:
        target.writestr("catalogue.sqlite", b"x")
    with pytest.raises(SourceRefused) as caught:
        archive.install(tmp_path / "root", copy)
    assert caught.value.notice.code == "source-name-twice"


@pytest.mark.parametrize("limit", ["MAX_FILES", "MAX_FILE", "MAX_TOTAL", "MAX_MANIFEST"])
def test_limits_come_before_unpacking(
    limit: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, limit, 3)
    monkeypatch.setattr(archive, "_unpack", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(SourceRefused):
        archive.install(tmp_path / "root", file)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_refused_or_harmless(data: st.DataObject, file: Path, tmp_path: Path) -> None:
    """Bytes of the file changed, cut or repeated: no crash, and what is installed is the release itself."""
    whole = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.sampled_from([0, 0, 1, 22, 1000]))
    (tmp_path / "fuzzed").write_bytes(whole[: len(whole) - cut])
    root = tmp_path / "fuzzed-root"
    try:
        release = archive.install(root, tmp_path / "fuzzed")
    except SourceRefused:
        assert installed(root) == []
    else:
        assert archive.verify(release.path).identifier == HEAD.identifier
    shutil.rmtree(root, ignore_errors=True)


def test_proof_solves_the_equations_again(release: Release, tmp_path: Path) -> None:
    assert archive.verify(release.path).digest == release.digest
    copy = Path(shutil.copytree(release.path, tmp_path / release.identifier))
    table = np.load(copy / "scores" / "lcia.other.npy")
    table[1] *= 1 + 1e-6
    np.save(copy / "scores" / "lcia.other.npy", table)
    reseal(copy)
    assert open_release(copy)
    with pytest.raises(ReleaseDamaged, match="does not solve") as caught:
        archive.verify(copy)
    assert caught.value.file == "scores/lcia.other.npy"
    np.save(copy / "scores" / "lcia.other.npy", table[:2])
    reseal(copy)
    with pytest.raises(ReleaseDamaged, match="another number"):
        archive.verify(copy)


def test_proof_of_packages_that_are_none(release: Release, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(release.path, tmp_path / release.identifier))
    (copy / "packages" / "background.zip").write_bytes(b"PK")
    reseal(copy)
    with pytest.raises(ReleaseDamaged, match="cannot be read"):
        archive.verify(copy)
    package = packages.new_package("background")
    packages.write_package(package, copy / "packages" / "background.zip")
    reseal(copy)
    with pytest.raises(ReleaseDamaged, match="cannot be read"):
        archive.verify(copy)


def reseal(folder: Path) -> None:
    """Hashes of the files as they are, so that only the proof can tell."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for name, entry in manifest["files"].items():
        entry["sha256"] = file_sha256(folder / name)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_the_starter_release_is_proven(open_cn: Release) -> None:
    assert archive.verify(open_cn.path).digest == open_cn.digest


def test_a_removed_release_is_gone(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.install(tmp_path, file)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            archive.remove(tmp_path, "made-1")
    assert installed(tmp_path) == [], "gone by the rename, even where the rest was killed"
    archive.install(tmp_path, file)
    (tmp_path / "made-1" / "manifest.json").write_text("{}")
    archive.remove(tmp_path, "made-1")
    assert not (tmp_path / "made-1").exists()
    for unknown in ("made-1", "..", "../x", ""):
        with pytest.raises(ReleaseMissing):
            archive.remove(tmp_path, unknown)


@pytest.mark.parametrize("name", ["scores/gwp100-ar6.total.npy", "catalogue.sqlite"])
def test_the_same_release_repairs_a_damaged_one(
    release: Release, file: Path, tmp_path: Path, name: str
) -> None:
    made = archive.install(tmp_path, file)
    (made.path / name).write_bytes(b"damaged")
    assert archive.install(tmp_path, file).digest == release.digest
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [release.identifier]


def test_a_damaged_release_of_another_content_is_left_to_its_owner(file: Path, tmp_path: Path) -> None:
    made = archive.install(tmp_path, file)
    (made.path / "manifest.json").write_text(json.dumps({**made.manifest, "format": "tanbiao-release/1"}))
    with pytest.raises(ReleaseDamaged):
        archive.install(tmp_path, file)
    assert json.loads((made.path / "manifest.json").read_text())["format"] == "tanbiao-release/1"
