"""Whether what a release says of itself can be read by everybody who reads it: manifest, report and catalogue.

Rules
1. Hashes only show that a release is what its manifest says. Who made the manifest may have made it of anything:
   before a release is installed, and when it is proven, everything that is read later is read once.
2. The catalogue holds tables and one index of words; a view or a trigger would be a program of somebody else.
3. Numbers of datasets, flows and exchanges are those of the catalogue, and every column has its own type.

Example: ``check_sound(open_release(path))`` returns, or raises ReleaseDamaged with the file that is at fault.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import fields
from typing import Any

from databases.release import FILE_NAME, MANIFEST, REPORT, Release, ReleaseDamaged

_DESCRIBED = ("gwp_set", "part", "unit", "title", "source")
_COUNTED = ("datasets", "flows", "exchanges")
_TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}
_UNREADABLE = (
    sqlite3.Error,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


def check_sound(release: Release) -> None:
    """Read what a release says of itself (rule 1); raises ReleaseDamaged naming the file that cannot be read."""
    for file, check in ((MANIFEST, _manifest), (REPORT, _report), ("catalogue.sqlite", _catalogue)):
        try:
            problem = check(release)
        except _UNREADABLE as error:
            raise ReleaseDamaged(release.path, file, "cannot be read as what it is") from error
        if problem:
            raise ReleaseDamaged(release.path, file, problem)


def _manifest(release: Release) -> str:
    files = release.manifest["files"]
    for name, described in release.methods.items():
        if not FILE_NAME.fullmatch(name) or not all(isinstance(described[key], str) for key in _DESCRIBED):
            return "describes a method that is none"
        if f"packages/{name}.zip" not in files or f"scores/{name}.npy" not in files:
            return "names a method without its files"
    if any(type(release.manifest["counts"][name]) is not int for name in _COUNTED):
        return "counts with something else than numbers"
    return "" if all(map(_is_typed, release.sources)) else "names a source that is none"


def _report(release: Release) -> str:
    return "" if isinstance(release.report(), dict) else "is no report"


def _catalogue(release: Release) -> str:
    """Rules 2 and 3."""
    path = release.path / "catalogue.sqlite"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        made = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
    for kind, name, written in made:
        if kind not in ("table", "index") or (name != "search" and "VIRTUAL" in written.upper()):
            return "holds more than tables"
    datasets, flows = release.catalogue.all(), release.catalogue.flows()
    found = (len(datasets), len(flows), _count(release.catalogue.exchange_rows()))
    if found != tuple(release.manifest["counts"][name] for name in _COUNTED):
        return "holds other numbers than the manifest counts"
    if [dataset.position for dataset in datasets] != list(range(len(datasets))):
        return "numbers its datasets otherwise than the score tables"
    return "" if all(map(_is_typed, (*datasets, *flows))) else "holds a value of another type than its column"


def _is_typed(item: Any) -> bool:
    """Whether a value object holds what its annotations say, for the plain types among them."""
    return all(
        isinstance(getattr(item, each.name), _TYPES[str(each.type)])
        for each in fields(item)
        if each.type in _TYPES
    )


def _count(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows)
