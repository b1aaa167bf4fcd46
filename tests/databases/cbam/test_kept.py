"""Sets of tables are kept once, and read back as they were or not at all."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from databases.cbam.kept import keep, kept
from databases.cbam.tables import Tables, open_tables


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    tables = open_tables()
    keep(tmp_path / "kept", tables)
    (file,) = (tmp_path / "kept").iterdir()
    before = file.stat()
    keep(tmp_path / "kept", tables)
    assert file.stat() == before, "written once"
    found = kept(tmp_path / "kept", tables.digest)
    assert found is not None
    assert (found.digest, found.files, found.infos) == (tables.digest, dict(tables.files), tables.infos)


def changed(plain: list[dict[str, str]]) -> bytes:
    plain[0]["text"] += "x"
    return gzip.compress(json.dumps(plain).encode())


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-5],
        lambda _: b"",
        lambda _: gzip.compress(b"[]"),
        lambda _: gzip.compress(b"[{}]"),
        lambda _: gzip.compress(b"{"),
        lambda data: changed(json.loads(gzip.decompress(data))),
    ],
    ids=["cut off", "empty", "no table", "no field", "no JSON", "another text"],
)
def test_what_was_changed_is_not_there(tmp_path: Path, damage) -> None:
    tables = open_tables()
    keep(tmp_path, tables)
    file = tmp_path / f"{tables.digest}.json.gz"
    file.write_bytes(damage(file.read_bytes()))
    assert kept(tmp_path, tables.digest) is None


@pytest.mark.parametrize("name", ["", "0" * 64, "../../etc/passwd", "0" * 63 + "/"])
def test_only_a_digest_names_a_set(tmp_path: Path, name: str) -> None:
    assert kept(tmp_path, name) is None


def test_a_set_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        keep(tmp_path, Tables(open_tables().files))
    assert list(tmp_path.iterdir()) == []
