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

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from databases.catalogue import Catalogue

FORMAT = "tanbiao-release/1"
MANIFEST = "manifest.json"
GWP_SETS = ("AR5", "AR6")
PARTS = ("fossil", "biogenic-emissions", "biogenic-removals", "land-use-change")
METHOD_PARTS = ("total", *PARTS, "aircraft", "gas-CO2", "gas-CH4", "gas-N2O", "gas-other", "gas-unspecified")
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}")


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

    def __repr__(self) -> str:
        return f"Release({self.identifier!r}, sha256={self.digest[:12]})"

    @property
    def methods(self) -> MappingProxyType[str, dict[str, str]]:
        """Method id -> ``{"gwp_set": ..., "part": ..., "unit": ...}``."""
        return MappingProxyType(self.manifest["methods"])

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
        """Score of one unit of every dataset, kgCO2e, shape (datasets,), read-only; raises KeyError."""
        if method not in self.methods:
            raise KeyError(method)
        return self._tables[method]

    @cached_property
    def _tables(self) -> dict[str, NDArray[np.float64]]:
        import numpy as np

        files = {method: self.path / "scores" / f"{method}.npy" for method in self.methods}
        return {method: np.load(file, mmap_mode="r", allow_pickle=False) for method, file in files.items()}

    def datapackage_paths(self, methods: list[str] | tuple[str, ...]) -> list[Path]:
        """The background's datapackage, then one for each method in the order given; raises KeyError."""
        if unknown := [method for method in methods if method not in self.methods]:
            raise KeyError(unknown[0])
        return [self.path / "packages" / f"{name}.zip" for name in ("background", *methods)]


def method_id(gwp_set: str, part: str) -> str:
    """``method_id("AR6", "total") == "gwp100-ar6.total"``."""
    return f"gwp100-{gwp_set.lower()}.{part}"


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


def installed(root: Path, *, check: bool = True) -> list[Release]:
    """Releases under ``root`` by identifier; a folder without manifest is none. Raises ReleaseDamaged."""
    folders = sorted(file.parent for file in root.glob(f"[!.]*/{MANIFEST}"))
    return [open_release(folder, check=check) for folder in folders]


def find_release(root: Path, identifier: str, *, check: bool = True) -> Release:
    """The release ``identifier`` under ``root``; raises ReleaseMissing, ReleaseDamaged."""
    if not _IDENTIFIER.fullmatch(identifier):
        raise ReleaseMissing(f"{identifier[:100]!r} is not the identifier of a release.")
    return open_release(root / identifier, check=check)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _manifest(path: Path, data: bytes) -> dict[str, Any]:
    wanted = {
        "name": str,
        "version": str,
        "identifier": str,
        "licence": str,
        "sources": list,
        "methods": dict,
    }
    try:
        manifest = json.loads(data)
        ok = manifest["format"] == FORMAT and isinstance(manifest["files"], dict) and manifest["files"]
        ok = ok and all(isinstance(manifest[key], kind) for key, kind in wanted.items())
        ok = ok and all(isinstance(entry["sha256"], str) for entry in manifest["files"].values())
    except (ValueError, KeyError, TypeError):
        ok = False
    if not ok:
        raise ReleaseDamaged(path, MANIFEST, f"is not a manifest of the format {FORMAT}")
    if manifest["identifier"] != path.name:
        raise ReleaseDamaged(path, MANIFEST, f"belongs to {manifest['identifier']!r}")
    return manifest  # type: ignore[no-any-return]


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
