"""Packages of the invented fixtures with some files changed, and what every reader promises of its result."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from databases.importers.shape import Extract
from databases.importers.sources import open_source
from databases.notices import SourceRefused

FILES = Path(__file__).parent / "files"
TYPES = {"production", "technosphere", "substitution", "biosphere"}


def members(folder: Path) -> dict[str, bytes]:
    """Every file of a fixture by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pack(target: Path, files: Mapping[str, bytes | None]) -> Path:
    """A zip of the files that are not None."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            if data is not None:
                archive.writestr(name, data)
    return target


def declare(path: Path, member: str, size: int) -> Path:
    """Let the archive claim that a member has ``size`` bytes when unpacked."""
    data = bytearray(path.read_bytes())
    name = member.encode()
    at = data.rindex(name) - 46  # the entry of the central directory (APPNOTE 4.3.12); its sizes stand at 24
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", size)
    path.write_bytes(data)
    return path


def read(reader: ModuleType, path: Path, work: Path) -> Extract:
    """What a reader makes of a source."""
    work.mkdir(exist_ok=True)
    with open_source(path) as files:
        extract: Extract = reader.read(files, work)
    return extract


def codes(extract: Extract) -> list[str]:
    """Codes of the notices, in order."""
    return [notice.code for notice in extract.notices]


def one(extract: Extract, name: str) -> dict[str, Any]:
    """The one process whose name begins so."""
    (found,) = [process for process in extract.processes if process["name"].startswith(name)]
    return found


def check_shape(extract: Extract) -> None:
    """The promises of ``databases.importers.shape``."""
    nodes = {flow["code"] for flow in extract.flows}
    for flow in extract.flows:
        assert all(isinstance(flow[key], str) for key in ("code", "name", "unit"))
        assert isinstance(flow["categories"], tuple)
    for process in extract.processes:
        for key in ("code", "name", "reference product", "unit", "location", "type", "filename"):
            assert isinstance(process[key], str), key
            process[key].encode()
        assert process["code"] and process["name"]
        assert sum(bool(exchange.get("reference")) for exchange in process["exchanges"]) <= 1
        for exchange in process["exchanges"]:
            assert exchange["type"] in TYPES
            assert type(exchange["amount"]) is float
            assert isinstance(exchange["name"], str) and isinstance(exchange["unit"], str)
            exchange["name"].encode()
            if exchange["type"] == "biosphere":
                assert exchange["flow"] in nodes
    for notice in extract.notices:
        assert notice.message("zh") and notice.message("en")


def check_any(reader: ModuleType, path: Path, work: Path) -> None:
    """Whatever a source holds, it is read into the promised shape or refused with a sentence."""
    refusal: SourceRefused | None = None
    try:
        check_shape(read(reader, path, work))
    except SourceRefused as error:
        refusal = error
    assert refusal is None or (refusal.notice.message("zh") and refusal.notice.message("en"))
