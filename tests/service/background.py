"""Releases for tests: copies of the starter release under another name, with some factors or codes changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from databases.release import Release, open_release
from service.installation import InstalledReleases
from tests.service.world import LICENSED, World

REPORT: dict[str, Any] = {
    "release": "",
    "format": "ecospold1",
    "reader": "tanbiao",
    "source": "source.zip",
    "source_sha256": "0" * 64,
    "options": {
        "allocation": "as-file",
        "providers": "best",
        "methods": "climate",
        "format": "",
        "default_place": "GLO",
    },
    "counts": {
        "processes_read": 3,
        "datasets": 3,
        "complete": 2,
        "with_gaps": 1,
        "exchanges_read": 12,
        "linked": 7,
        "unlinked": 2,
        "cut_off": 1,
        "biosphere": 2,
        "flows": 2,
        "flows_characterised": 1,
    },
    "matches": {"identifier": 1, "cas": 0, "name": 0, "synonym": 0, "none": 1},
    "unlinked": [
        {
            "name": name,
            "unit": "kg",
            "place": "US",
            "reason": reason,
            "exchanges": count,
            "takers": count,
            "amount": 0.125 * count,
            "first_taker": "cement",
            "candidates": [{"code": "clinker", "name": "Clinker", "place": "US", "unit": "kg", "score": 0.8}],
        }
        for name, reason, count in (("=clinker, grey", "no-supplier", 2), ("gypsum", "unit-conflict", 1))
    ],
    "cut_off": [],
    "choices": [
        {
            "name": "electricity",
            "unit": "kWh",
            "place": "US",
            "rule": "best",
            "exchanges": 4,
            "chosen": ["grid-us"],
            "among": ["grid-us", "grid-ca"],
        }
    ],
    "allocations": [
        {
            "process": "refinery",
            "name": "Refining",
            "asked": "mass",
            "rule": "as-file",
            "shares": [["diesel", "diesel", 0.4], ["petrol", "petrol", 0.6]],
        }
    ],
    "uncharacterised": [
        {
            "code": "f1",
            "name": "Methane, odd",
            "compartment": "air",
            "cas": "",
            "unit": "kg",
            "amount": 0.5,
            "datasets": 2,
            "greenhouse_gas_likely": True,
        }
    ],
    "loops": [{"gain": 0.99, "members": ["steel", "coke"]}],
    "troubles": [
        {"kind": "self-loop", "dataset": "cement", "name": "Cement", "detail": "0.1", "done": "kept"}
    ],
    "left_rows": [["Sheet!A3", "no-such-code"]],
    "notices": [
        {
            "severity": "warning",
            "code": "source-empty",
            "where": "cement.xml",
            "details": {},
            "message": {"zh": "单位不明", "en": "The unit is not known."},
        }
    ],
}
"""An import report with something in every list but one; a name in it begins as a formula would."""


def clone(
    release: Release,
    root: Path,
    name: str,
    version: str,
    *,
    restricted: bool = False,
    report: bool | Mapping[str, Any] = False,
    scale: Mapping[str, float] | None = None,
    rename: Mapping[str, str] | None = None,
) -> Release:
    """A copy under ``root``: ``scale`` multiplies scores by code, ``rename`` makes other datasets of codes,
    ``report`` gives it an import report, the usual one or another.
    """
    import numpy as np

    folder = root / f"{name}-{version}"
    shutil.copytree(release.path, folder)
    if scale:
        positions = {release.catalogue.get(code).position: factor for code, factor in scale.items()}
        for file in (folder / "scores").glob("*.npy"):
            table = np.load(file, allow_pickle=False).copy()
            for position, factor in positions.items():
                table[position] *= factor
            np.save(file, table, allow_pickle=False)
    if rename:
        with closing(sqlite3.connect(folder / "catalogue.sqlite")) as catalogue:
            for old, new in rename.items():
                changed = "UPDATE dataset SET code = ?1, name_zh = ?1, name_en = ?1 WHERE code = ?2"
                assert catalogue.execute(changed, (new, old)).rowcount == 1
            catalogue.commit()
    if report:
        told = (REPORT if report is True else dict(report)) | {"release": f"{name}-{version}"}
        (folder / "report.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return _sealed(folder, name, version, restricted=restricted)


def _sealed(folder: Path, name: str, version: str, *, restricted: bool) -> Release:
    file = folder / "manifest.json"
    manifest = json.loads(file.read_bytes())
    manifest |= {
        "name": name,
        "version": version,
        "identifier": f"{name}-{version}",
        "restricted": restricted,
    }
    members = [path for path in folder.rglob("*") if path.is_file() and path != file]
    manifest["files"] = {
        path.relative_to(folder).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size": path.stat().st_size,
        }
        for path in sorted(members)
    }
    file.write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    return open_release(folder)


def with_releases(world: World, root: Path, release: Release) -> World:
    """The world with a root of its own for releases, the starter release in it."""
    root.mkdir(exist_ok=True)
    if not (root / release.identifier).exists():
        shutil.copytree(release.path, root / release.identifier)
    settings = replace(world.services.settings, releases=root)
    world.services = replace(world.services, settings=settings, releases=InstalledReleases(root))
    return world


def licensed(world: World, release: Release) -> Release:
    """Install a restricted release for which the institution holds the licence."""
    return clone(release, world.services.settings.releases, LICENSED, "1", restricted=True, report=True)
