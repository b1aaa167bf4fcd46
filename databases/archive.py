"""A release as one file, and back; proof that an installed one is what it says.

Rules
1. The file is a zip of exactly what the manifest names, and the manifest: sorted names, no dates, so that the
   same release gives the same bytes.
2. What comes in is hostile until checked: every name, size and hash is held against the manifest inside, sizes
   before anything is unpacked, in a folder of its own; one rename makes the release visible.
3. A proof reads every byte again, finds all that readers take from it sound (``databases.soundness``), and puts every
   score table back into the equations of the datapackages: ``Aᵀ λ = (c·B)ᵀ`` to 1e-9 in every row. What comes in is
   proven before it is made visible: hashes only say that it is what its own manifest says.
4. A removed release vanishes by one rename first; what is left after a kill is hidden and goes with the next
   build. Whether anything rests on it is for the caller to ask.

Example: ``install(root, export(release, Path("uslci-2020.4.tanbiao-release")))``.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any

from databases.notices import SourceRefused, refused
from databases.release import (
    FILE_NAME,
    MANIFEST,
    Release,
    ReleaseDamaged,
    ReleaseMissing,
    check_manifest,
    find_release,
    open_release,
)
from databases.soundness import check_sound
from databases.storage import lock, sync, sync_tree, working_folder

MAX_MANIFEST = 64_000_000
MAX_FILE = 8_000_000_000
MAX_TOTAL = 32_000_000_000
MAX_FILES = 20_000
MAX_DEPTH = 8
"""Folders in folders."""
TOLERANCE = 1e-9
BATCH = 64
_UNSOLVED = "does not solve the equations of the datapackages"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


def export(release: Release, target: Path) -> Path:
    """Write a release as one file at ``target``, which must not exist; returns ``target``.

    Deflated, in sorted order (rule 1). Raises FileExistsError, and ReleaseDamaged where a file of the release is
    not what the manifest says; nothing is left at ``target`` then.
    """
    part = target.with_name(f".{target.name}.part")
    if target.exists():
        raise FileExistsError(f"{target.name} is already there.")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            _add(archive, MANIFEST, release.path / MANIFEST, release.digest, release.path)
            for name, entry in sorted(release.manifest["files"].items()):
                _add(archive, name, release.path / name, entry["sha256"], release.path)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def install(root: Path, file: Path) -> Release:
    """Install an exported release under ``root`` (rule 2); one that is there already with this digest is returned,
    and repaired where its files are no longer what that manifest says.

    Raises SourceRefused for a file that is not an intact release, or whose identifier is taken by another;
    ReleaseDamaged where it is taken by one whose manifest is damaged or of an older format.
    """
    root = root.resolve()
    root.mkdir(parents=True, exist_ok=True)
    try:
        archive = zipfile.ZipFile(file)
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
        raise refused("archive-not-a-release", file.name) from error
    with archive, lock(root):
        manifest, data = _manifest(archive, file.name)
        identifier: str = manifest["identifier"]
        there = _there(root, identifier, data)
        if there is not None:
            return there
        work = working_folder(root)
        try:
            _unpack(archive, work / identifier, manifest["files"], data)
            verify(work / identifier)
            sync_tree(work / identifier)
            if (root / identifier).exists():
                (root / identifier).rename(work / "damaged")
            (work / identifier).rename(root / identifier)
            sync(root)
        except ReleaseDamaged as error:
            raise refused("archive-damaged", file.name, name=error.file) from error
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return find_release(root, identifier)


def verify(path: Path) -> Release:
    """Read every byte of a release folder again and prove its score tables (rule 3).

    Raises ReleaseMissing, and ReleaseDamaged naming the file that is not what it says.
    """
    release = open_release(path)
    check_sound(release)
    try:
        _prove(release)
    except ReleaseDamaged:
        raise
    except Exception as error:  # whatever NumPy, SciPy and bw_processing make of arrays that are none
        raise ReleaseDamaged(path, "packages/background.zip", "cannot be read as what it is") from error
    return release


def remove(root: Path, identifier: str, waiting: Callable[[], None] = lambda: None) -> None:
    """Remove an installed release (rule 4), intact or not; raises ReleaseMissing. ``waiting``: as ``storage.lock``."""
    root = root.resolve()
    with lock(root, waiting):
        try:
            folder = find_release(root, identifier, check=False).path
        except ReleaseDamaged as error:
            folder = error.path
        hidden = working_folder(root)
        folder.rename(hidden / folder.name)
        sync(root)
        shutil.rmtree(hidden)


def _there(root: Path, identifier: str, manifest: bytes) -> Release | None:
    """The release that is there already; None where there is none, or the same one in need of repair."""
    digest = hashlib.sha256(manifest).hexdigest()
    try:
        release = find_release(root, identifier)
    except ReleaseMissing:
        return None
    except ReleaseDamaged as error:
        if (error.path / MANIFEST).read_bytes() != manifest:
            raise
        return None
    if release.digest != digest:
        raise refused("archive-identifier-taken", "", identifier=identifier)
    return release


def _add(archive: zipfile.ZipFile, name: str, path: Path, sha256: str, folder: Path) -> None:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.file_size = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as stream, archive.open(entry, "w") as target:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    if digest.hexdigest() != sha256:
        raise ReleaseDamaged(folder, name, "has been changed")


def _manifest(archive: zipfile.ZipFile, title: str) -> tuple[dict[str, Any], bytes]:
    """The manifest inside, held against the list of members: same names, same sizes, within limits."""
    infos = archive.infolist()
    if len(infos) > MAX_FILES:
        raise refused("source-too-many", title, count=len(infos), most=MAX_FILES)
    sizes: dict[str, int] = {}
    for info in infos:
        _checked(info, title, sizes)
        sizes[info.filename] = info.file_size
    if nested := [
        name for name in sizes if any(str(parent) in sizes for parent in PurePosixPath(name).parents)
    ]:
        raise refused("source-name-unsafe", title, name=nested[0])
    if sum(sizes.values()) > MAX_TOTAL:
        raise refused("source-too-large", title, size=sum(sizes.values()), most=MAX_TOTAL)
    if sizes.get(MANIFEST, MAX_MANIFEST + 1) > MAX_MANIFEST:
        raise refused("archive-not-a-release", title)
    data = _bytes(archive, title)
    try:
        manifest = check_manifest(data)
        named = {name: entry["size"] for name, entry in manifest["files"].items()} | {MANIFEST: len(data)}
    except (ValueError, KeyError, TypeError) as error:
        raise refused("archive-not-a-release", title) from error
    if different := sorted(set(named.items()) ^ set(sizes.items()), key=str):
        raise refused("archive-damaged", title, name=different[0][0][:200])
    return manifest, data


def _checked(info: zipfile.ZipInfo, title: str, seen: dict[str, int]) -> None:
    parts = info.filename.split("/", MAX_DEPTH)
    if info.filename != info.orig_filename or not all(FILE_NAME.fullmatch(part) for part in parts):
        raise refused("source-name-unsafe", title, name=repr(info.filename)[:200])
    if info.filename in seen:
        raise refused("source-name-twice", title, name=info.filename[:200])
    if info.flag_bits & 1:
        raise refused("source-encrypted", info.filename[:200])
    if info.file_size > MAX_FILE:
        raise refused("source-member-too-large", info.filename[:200], size=info.file_size, most=MAX_FILE)


def _bytes(archive: zipfile.ZipFile, title: str) -> bytes:
    try:
        with archive.open(MANIFEST) as stream:
            return stream.read(MAX_MANIFEST + 1)
    except Exception as error:
        raise refused("archive-damaged", title, name=MANIFEST) from error


def _unpack(
    archive: zipfile.ZipFile, folder: Path, files: dict[str, dict[str, Any]], manifest: bytes
) -> None:
    folder.mkdir()
    for name, entry in sorted(files.items()):
        target = folder.joinpath(*PurePosixPath(name).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with archive.open(name) as stream, target.open("xb") as written:
                _copy(stream, written, entry["size"])
        except (SourceRefused, OSError):
            raise
        except Exception as error:  # whatever zlib and zipfile find in a damaged member
            raise refused("archive-damaged", name[:200], name=name[:200]) from error
    (folder / MANIFEST).write_bytes(manifest)


def _copy(stream: IO[bytes], target: IO[bytes], size: int) -> None:
    """Not one byte more than the manifest says; fewer are found by the hash."""
    left = size
    while chunk := stream.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise refused("source-member-size", "", declared=size)
        target.write(chunk)


def _prove(release: Release) -> None:
    """Rule 3, ``BATCH`` methods at a time; raises ReleaseDamaged at the first table that does not fit."""
    import numpy as np

    from databases import packages
    from databases.scores import relative_residual

    counts = release.manifest["counts"]
    paths = release.datapackage_paths(list(release.methods))
    technosphere, biosphere = packages.load_background(paths[0], counts["datasets"], counts["flows"])
    transposed = technosphere.T.tocsr()
    methods = list(zip(release.methods, paths[1:], strict=True))
    for start in range(0, len(methods), BATCH):
        batch = methods[start : start + BATCH]
        factors = np.stack([packages.load_characterisation(path, counts["flows"]) for _, path in batch])
        right = np.asarray(factors @ biosphere).T
        for (method, _), column in zip(batch, right.T, strict=True):
            if release.scores(method).shape != column.shape:
                raise ReleaseDamaged(release.path, f"scores/{method}.npy", "has another number of datasets")
        solution = np.stack([release.scores(method) for method, _ in batch], axis=1)
        if relative_residual(transposed, solution, right) <= TOLERANCE:
            continue
        for index, (method, _) in enumerate(batch):
            if not relative_residual(transposed, solution[:, index], right[:, index]) <= TOLERANCE:
                raise ReleaseDamaged(release.path, f"scores/{method}.npy", _UNSOLVED)
