"""A release: one immutable folder of background data, identified by the hash of its manifest.

Rules
1. A release is never edited. Another number is another release.
2. ``manifest.json`` names every file with its SHA-256; opening checks them all before anything is read.
3. A name that begins with a dot under the root of the releases is a build in progress and is no release.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from databases.dataset import Source
from databases.parser import PARSER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from databases.catalogue import Catalogue

FORMAT = "tanbiao-release/2"
MANIFEST = "manifest.json"
GWP_SETS = ("AR5", "AR6")
PARTS = ("fossil", "biogenic-emissions", "biogenic-removals", "land-use-change")
METHOD_PARTS = ("total", *PARTS, "aircraft", "gas-CO2", "gas-CH4", "gas-N2O", "gas-other", "gas-unspecified")
UNIT = "kgCO2e"
REPORT = "report.json"
_PART_TITLES = {
    "biogenic-emissions": "biogenic emissions",
    "biogenic-removals": "biogenic removals",
    "land-use-change": "land use change",
    "gas-other": "other gases",
    "gas-unspecified": "gases not told apart",
}
_REPORTS = {"AR5": "IPCC 2013 (AR5)", "AR6": "IPCC 2021 (AR6)"}
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
"""Names of methods, of files and of folders in a release."""
_WORD = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}")


class NotAnIdentifier(ValueError):
    """Name and version of a release are lower-case letters, digits, dots and hyphens, at most 100 together."""


class ReleaseMissing(LookupError):
    """There is no such release here; build or install it first."""


class ReleaseDamaged(ValueError):
    """The release is not what its manifest says; remove the folder and install the release again."""

    def __init__(self, path: Path, file: str, reason: str) -> None:
        self.path, self.file = path, file
        super().__init__(f"{path.name}: {file} {reason}; remove the folder and install the release again.")


class Release:
    """An opened release. Safe to share between threads: it only reads. Made by :func:`open_release`."""

    def __init__(self, path: Path, manifest: dict[str, Any], digest: str) -> None:
        self.path = path
        self.manifest = manifest
        self.digest = digest
        self.name: str = manifest["name"]
        self.version: str = manifest["version"]
        self.identifier: str = manifest["identifier"]
        self.licence: str = manifest["licence"]
        self._tables: dict[str, NDArray[np.float64]] = {}

    def __repr__(self) -> str:
        return f"Release({self.identifier!r}, sha256={self.digest[:12]})"

    @property
    def methods(self) -> MappingProxyType[str, dict[str, str]]:
        """Method id -> ``{"gwp_set", "part", "unit", "title", "source"}``; set and part are empty for methods
        other than climate change.
        """
        return MappingProxyType(self.manifest["methods"])

    @property
    def restricted(self) -> bool:
        """True when only organisations that hold the licence may see its values."""
        return bool(self.manifest["restricted"])

    @property
    def origin(self) -> MappingProxyType[str, Any]:
        """What the release was made from: hashes and choices."""
        return MappingProxyType(self.manifest["origin"])

    def report(self) -> dict[str, Any]:
        """The import report as plain JSON; empty for a release that has none."""
        if REPORT not in self.manifest["files"]:
            return {}
        found: dict[str, Any] = json.loads((self.path / REPORT).read_text(encoding="utf-8"))
        return found

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Every document behind the release, sorted by code."""
        return tuple(Source(**source) for source in self.manifest["sources"])

    @cached_property
    def catalogue(self) -> Catalogue:
        """Find, get and search the datasets."""
        from databases.catalogue import Catalogue

        return Catalogue(self.path / "catalogue.sqlite")

    def scores(self, method: str) -> NDArray[np.float64]:
        """Score of one unit of every dataset in the method's unit, shape (datasets,), read-only; raises KeyError."""
        import numpy as np

        if method not in self.methods:
            raise KeyError(method)
        if method not in self._tables:
            file = self.path / "scores" / f"{method}.npy"
            with PARSER:
                self._tables[method] = np.load(file, mmap_mode="r", allow_pickle=False)
        return self._tables[method]

    def datapackage_paths(self, methods: list[str] | tuple[str, ...]) -> list[Path]:
        """The background's datapackage, then one for each method in the order given; raises KeyError."""
        if unknown := [method for method in methods if method not in self.methods]:
            raise KeyError(unknown[0])
        return [self.path / "packages" / f"{name}.zip" for name in ("background", *methods)]


def method_id(gwp_set: str, part: str, years: int = 100) -> str:
    """``method_id("AR6", "total") == "gwp100-ar6.total"``."""
    return f"gwp{years}-{gwp_set.lower()}.{part}"


def method_title(gwp_set: str, part: str, years: int = 100) -> str:
    """``method_title("AR6", "fossil") == "IPCC 2021 (AR6) GWP100, fossil"``."""
    return f"{_REPORTS[gwp_set]} GWP{years}, {_PART_TITLES.get(part, part.removeprefix('gas-'))}"


def check_identifier(name: str, version: str) -> None:
    """Refuse a name or version that cannot be part of a folder name; raises NotAnIdentifier."""
    identifier = f"{name}-{version}"
    if not (_WORD.fullmatch(name) and _WORD.fullmatch(version) and _IDENTIFIER.fullmatch(identifier)):
        raise NotAnIdentifier(
            f"{identifier[:120]!r} cannot name a release: lower-case letters, digits, dots and hyphens, at most 100."
        )


def open_release(path: Path, *, check: bool = True) -> Release:
    """Open a release folder; with ``check`` the hash of every file is compared first (rule 2).

    Raises ReleaseMissing where there is none, ReleaseDamaged naming the first file that is missing, changed
    or extra.
    """
    try:
        data = (path / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseMissing(f"No release at {path.name}; build or install it first.") from None
    manifest = _manifest(path, data)
    if check:
        _check_files(path, manifest["files"])
    return Release(path, manifest, hashlib.sha256(data).hexdigest())


def folders(root: Path) -> list[Path]:
    """Folders under ``root`` that should be releases, by name, intact or not; one without manifest is none."""
    return sorted(file.parent for file in root.glob(f"[!.]*/{MANIFEST}"))


def installed(root: Path, *, check: bool = True) -> list[Release]:
    """Releases under ``root`` by identifier. Raises ReleaseDamaged at the first that is not intact."""
    return [open_release(folder, check=check) for folder in folders(root)]


def find_release(root: Path, identifier: str, *, check: bool = True) -> Release:
    """The release ``identifier`` under ``root``; raises ReleaseMissing, ReleaseDamaged."""
    if not _IDENTIFIER.fullmatch(identifier):
        raise ReleaseMissing(f"{identifier[:100]!r} is not the identifier of a release.")
    return open_release(root / identifier, check=check)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_manifest(data: bytes) -> dict[str, Any]:
    """The manifest in these bytes; raises ValueError where it is none of this format or contradicts itself."""
    wanted = {
        "name": str,
        "version": str,
        "identifier": str,
        "licence": str,
        "sources": list,
        "methods": dict,
        "restricted": bool,
        "origin": dict,
        "counts": dict,
    }
    try:
        manifest: dict[str, Any] = json.loads(data)
        ok = manifest["format"] == FORMAT and isinstance(manifest["files"], dict) and manifest["files"]
        ok = ok and all(isinstance(manifest[key], kind) for key, kind in wanted.items())
        ok = ok and all(isinstance(entry["sha256"], str) for entry in manifest["files"].values())
        check_identifier(manifest["name"], manifest["version"])
        ok = ok and manifest["identifier"] == f"{manifest['name']}-{manifest['version']}"
    except (ValueError, KeyError, TypeError, RecursionError):
        ok = False
    if not ok:
        raise ValueError(f"is not a manifest of the format {FORMAT}")
    return manifest


def _manifest(path: Path, data: bytes) -> dict[str, Any]:
    try:
        manifest = check_manifest(data)
    except ValueError as error:
        raise ReleaseDamaged(path, MANIFEST, str(error)) from None
    if manifest["identifier"] != path.name:
        raise ReleaseDamaged(path, MANIFEST, f"belongs to {manifest['identifier']!r}")
    return manifest


def _check_files(path: Path, files: dict[str, dict[str, Any]]) -> None:
    for name in sorted(files):
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name:
            raise ReleaseDamaged(path, name, "lies outside the release")
        file = path / pure
        if not file.is_file():
            raise ReleaseDamaged(path, name, "is missing")
        if file_sha256(file) != files[name]["sha256"]:
            raise ReleaseDamaged(path, name, "has been changed")
    present = {file.relative_to(path).as_posix() for file in path.rglob("*") if not file.is_dir()}
    if extra := sorted(present - set(files) - {MANIFEST}):
        raise ReleaseDamaged(path, extra[0], "is not in the manifest")
