"""openLCA JSON-LD packages, olca-schema 1 and 2: a zip or a folder with one file an entity.

Rules
1. Every file is parsed strictly first (:mod:`databases.importers.strict_json`). One that is damaged is told and left
   out; a package without a single process is refused.
2. A flat package without a damaged file is then read by bw2io's ``JSONLDExtractor``; one with deeper folders, or that
   bw2io cannot open, by our own reader. Both give the same tables, so the processes are the same.
3. bw2io's strategies are not used: they know neither schema 1 nor waste, and refuse openLCA's way to write avoided
   products. What they do is done in :mod:`databases.importers.jsonld_processes`, once for both schemas.
4. What a file holds says its folder, else its ``@type``. Two files with one identifier: of entities that others refer
   to the first counts, and that is told; processes are both kept and told by the assembly.

Source: olca-schema (GreenDelta), versions 1 and 2. Example: ``read(files, work).reader == "bw2io"``.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from databases.importers.collected import Collected
from databases.importers.jsonld_flows import ELEMENTARY, flows_of
from databases.importers.jsonld_processes import Library, process
from databases.importers.shape import Extract
from databases.importers.sources import SourceFiles
from databases.importers.strict_json import Object, parse, text
from databases.notices import Notice, Severity, SourceRefused, refused

FOLDERS = (
    "processes",
    "flows",
    "flow_properties",
    "unit_groups",
    "locations",
    "sources",
    "categories",
)
_TYPES = {
    "Process": "processes",
    "Flow": "flows",
    "FlowProperty": "flow_properties",
    "UnitGroup": "unit_groups",
    "Location": "locations",
    "Source": "sources",
    "Category": "categories",
}
_VERSION_FILES = ("olca-schema.json", "openlca.json", "context.json")


def detects(files: SourceFiles) -> bool:
    """True when there is a JSON file of a process in a folder ``processes``, or a version file of olca-schema."""
    names = files.matching(".json")
    if any(_folder(name) == "processes" for name in names):
        return True
    if any(name.rpartition("/")[2] in _VERSION_FILES for name in names):
        return True
    if len(names) != 1 or len(files.names) != 1:
        return False
    try:
        return text(parse(files.read(names[0]), names[0]).get("@type")) == "Process"
    except SourceRefused:
        return False


def read(files: SourceFiles, work: Path) -> Extract:
    """Read a package; raises SourceRefused where it holds no process that can be read."""
    extract = Extract("jsonld", "bw2io")
    damaged = _screen(files, extract.notices)
    found = None if damaged or not _flat(files) else _by_bw2io(files, work)
    if found is None:
        extract.reader = "tanbiao"
        found = _by_us(files, damaged)
    told = Collected()
    processes, tables = _tables(found, told)
    if not processes:
        if extract.notices:
            raise SourceRefused(extract.notices[0], *extract.notices[1:])
        raise refused("jsonld-no-process", files.title)
    library = Library(tables, flows_of(tables))
    extract.processes = [process(entity, file, library, told) for file, entity in processes]
    used = {
        exchange["flow"]
        for item in extract.processes
        for exchange in item["exchanges"]
        if exchange["type"] == "biosphere"
    }
    known = library.loose | library.flows
    extract.flows = [known[code].node() for code in sorted(used) if known[code].kind == ELEMENTARY]
    extract.notices += told.notices()
    return extract


def _folder(name: str) -> str:
    parts = name.split("/")
    return parts[-2].casefold() if len(parts) > 1 else ""


def _wanted(name: str) -> bool:
    base = name.rpartition("/")[2]
    folder = _folder(name)
    return base not in _VERSION_FILES and not base.startswith(".") and (folder in FOLDERS or not folder)


def _screen(files: SourceFiles, notices: list[Notice]) -> set[str]:
    """Names of damaged files, told; nothing of the others is kept here (rule 1)."""
    damaged = set()
    for name in filter(_wanted, files.matching(".json")):
        try:
            parse(files.read(name), name)
        except SourceRefused as error:
            if error.notice.code != "json-damaged":
                raise
            notices.append(error.notice)
            damaged.add(name)
    return damaged


def _flat(files: SourceFiles) -> bool:
    """Whether every file that counts lies in one of the folders at the top, under its own name, as bw2io wants it."""
    names = [name for name in files.matching(".json") if _wanted(name)]
    stems = {name.casefold().removesuffix(".json") for name in names}
    return len(stems) == len(names) and all(
        name.count("/") == 1 and name.split("/")[0] in FOLDERS and name.endswith(".json") for name in names
    )


def _by_bw2io(files: SourceFiles, work: Path) -> list[tuple[str, str, Object]] | None:
    """(file, table, entity) of all files through bw2io's extractor; None where it fails (rule 2)."""
    extract = _extractor()
    folder = work / "jsonld"
    for name in filter(_wanted, files.matching(".json")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files.read(name))
    data: dict[str, dict[str, Any]] | None
    with warnings.catch_warnings():
        # It leaves the files it has read to be closed by the interpreter.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            data = extract(folder)
        except (ValueError, RecursionError, OSError):
            data = None  # ValueError: also a byte order mark and an encoding that is not UTF-8
    shutil.rmtree(folder, ignore_errors=True)
    if data is None:
        return None
    found = []
    for table in sorted(data):
        for stem, entity in sorted(data[table].items()):
            entity.pop("filename", None)
            found.append((f"{table}/{stem}.json", table, entity))
    return found


def _extractor() -> Callable[[Path], dict[str, dict[str, Any]]]:
    """bw2io's extractor, imported without its news about solvers."""
    import contextlib
    import io

    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        from bw2io.extractors.json_ld import JSONLDExtractor

    extract: Callable[[Path], dict[str, dict[str, Any]]] = JSONLDExtractor.extract
    return extract


def _by_us(files: SourceFiles, damaged: set[str]) -> list[tuple[str, str, Object]]:
    found = []
    for name in filter(_wanted, files.matching(".json")):
        if name not in damaged:
            entity = parse(files.read(name), name)
            table = _folder(name)
            found.append(
                (name, table if table in FOLDERS else _TYPES.get(text(entity.get("@type")), ""), entity)
            )
    return found


def _tables(
    entities: list[tuple[str, str, Object]], told: Collected
) -> tuple[list[tuple[str, Object]], dict[str, dict[str, Object]]]:
    """(processes with their files, other entities by table and identifier), by rule 4."""
    processes: list[tuple[str, Object]] = []
    tables: dict[str, dict[str, Object]] = {table: {} for table in FOLDERS}
    for file, table, entity in sorted(entities, key=lambda item: item[0]):
        if table == "processes":
            processes.append((file, entity))
        elif table:
            key = text(entity.get("@id")) or file.rpartition("/")[2].removesuffix(".json")
            if key in tables[table]:
                told.add(Severity.WARNING, "jsonld-identifier-twice", file, key)
            tables[table].setdefault(key, entity)
    return processes, tables
