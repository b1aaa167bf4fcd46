"""What is handed in to an importer: a file, a folder or a zip archive, listed and read under limits.

Rules
1. Members are read by this module only, into memory, one at a time. A library that wants a path gets a private
   copy under checked names (:meth:`SourceFiles.unpack`).
2. A name that is absolute, climbs with ``..``, has a backslash, a drive letter or a control character, or is no
   plain file (symbolic link, device) refuses the whole source.
3. Sizes count before reading (as declared) and while reading (as found): a member, their sum, their number and
   how far an archive may expand are all limited. An encrypted member is refused.
4. Members come in sorted order, so that the same source gives the same release.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from databases.notices import refused

MAX_MEMBER = 1_000_000_000
"""Bytes in one member, expanded."""
MAX_TOTAL = 16_000_000_000
"""Bytes in all members, expanded; the largest databases of the field hold about 7 GB of XML."""
MAX_MEMBERS = 200_000
MAX_RATIO = 200
"""Expanded over packed size of one member beyond a megabyte; text of the field reaches about 40."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of rule 3, so that a test can lower them."""

    member: int = MAX_MEMBER
    total: int = MAX_TOTAL
    members: int = MAX_MEMBERS
    ratio: int = MAX_RATIO


class SourceFiles:
    """A source opened for reading. Made by :func:`open_source`."""

    def __init__(self, path: Path, limits: Limits, archive: zipfile.ZipFile | None) -> None:
        self.path = path
        self.limits = limits
        self._archive = archive
        self._sizes = self._list()

    @property
    def title(self) -> str:
        """The name of the file or folder, as people know it."""
        return self.path.name

    @property
    def names(self) -> tuple[str, ...]:
        """Every member, ``/`` between folders, sorted. A single file is its own only member."""
        return tuple(self._sizes)

    def matching(self, *suffixes: str) -> tuple[str, ...]:
        """Members whose name ends so, whatever the case of its letters."""
        wanted = tuple(suffix.casefold() for suffix in suffixes)
        return tuple(name for name in self._sizes if name.casefold().endswith(wanted))

    def read(self, name: str) -> bytes:
        """The bytes of a member; raises SourceRefused where it is longer than declared, damaged or gone."""
        declared = self._sizes[name]
        try:
            with self._open(name) as stream:
                data = stream.read(declared + 1)
        except (
            OSError,
            zipfile.BadZipFile,
            NotImplementedError,
            EOFError,
            ValueError,
            RuntimeError,
            Exception,
        ) as error:
            if isinstance(error, MemoryError):
                raise
            raise refused("source-member-unreadable", name, problem=type(error).__name__) from error
        if len(data) != declared:
            raise refused("source-member-size", name, declared=declared)
        return data

    def each(self, *suffixes: str) -> Iterator[tuple[str, bytes]]:
        """(name, bytes) of the members that end so, sorted by name."""
        for name in self.matching(*suffixes):
            yield name, self.read(name)

    def unpack(self, folder: Path, *suffixes: str) -> list[Path]:
        """Copy members (that end so, or all) into ``folder``, for a library that reads paths only."""
        written = []
        for name in self.matching(*suffixes) if suffixes else self.names:
            target = folder.joinpath(*PurePosixPath(name).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.read(name))
            written.append(target)
        return written

    @cached_property
    def sha256(self) -> str:
        """Of the file's bytes; of a folder: over the names and hashes of its members."""
        if self.path.is_file():
            with self.path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        digest = hashlib.sha256()
        for name in self.names:
            digest.update(f"{name}\0{hashlib.sha256(self.read(name)).hexdigest()}\n".encode())
        return digest.hexdigest()

    def _open(self, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
        if self._archive is not None:
            return self._archive.open(name)
        return (self.path / name if self.path.is_dir() else self.path).open("rb")

    def _list(self) -> dict[str, int]:
        found = dict(sorted(self._members()))
        if len(found) > self.limits.members:
            raise refused("source-too-many", self.title, count=len(found), most=self.limits.members)
        for name, size in found.items():
            if size > self.limits.member:
                raise refused("source-member-too-large", name, size=size, most=self.limits.member)
        if (total := sum(found.values())) > self.limits.total:
            raise refused("source-too-large", self.title, size=total, most=self.limits.total)
        if not found:
            raise refused("source-empty", self.title)
        return found

    def _members(self) -> Iterator[tuple[str, int]]:
        if self._archive is not None:
            yield from _archived(self._archive, self.title, self.limits)
        elif self.path.is_dir():
            yield from _in_folder(self.path)
        else:
            yield self.path.name, self.path.stat().st_size


@contextmanager
def open_source(path: Path, limits: Limits = Limits()) -> Iterator[SourceFiles]:
    """A file, a folder or a zip archive (known by its content, not by its name).

    Excel workbooks are zip archives too; they are given as the single file they are. Raises SourceRefused.
    """
    if not path.exists():
        raise refused("source-missing", path.name)
    if path.is_file() and zipfile.is_zipfile(path) and not _is_workbook(path):
        try:
            archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise refused("source-archive-damaged", path.name) from error
        with archive:
            yield SourceFiles(path, limits, archive)
    else:
        yield SourceFiles(path, limits, None)


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False


def _archived(archive: zipfile.ZipFile, title: str, limits: Limits) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for info in archive.infolist():
        if info.is_dir():
            continue
        name = info.filename
        mode = info.external_attr >> 16
        if _is_unsafe(name, info.orig_filename) or (mode and stat.S_ISLNK(mode)):
            raise refused("source-name-unsafe", title, name=repr(name)[:200])
        if info.flag_bits & 1:
            raise refused("source-encrypted", name)
        if name in seen:
            raise refused("source-name-twice", title, name=name[:200])
        if info.file_size > 1_000_000 and info.file_size > limits.ratio * max(1, info.compress_size):
            raise refused("source-bomb", name, size=info.file_size, packed=info.compress_size)
        seen.add(name)
        yield name, info.file_size


def _in_folder(root: Path) -> Iterator[tuple[str, int]]:
    for folder, folders, files in os.walk(root, followlinks=False):
        folders.sort()
        for file in files:
            path = Path(folder) / file
            name = path.relative_to(root).as_posix()
            if path.is_symlink() or not path.is_file() or _is_unsafe(name, name):
                raise refused("source-name-unsafe", root.name, name=repr(name)[:200])
            yield name, path.stat().st_size


def _is_unsafe(name: str, original: str) -> bool:
    pure = PurePosixPath(name)
    return (
        not name
        or pure.is_absolute()
        or ".." in pure.parts
        or any(mark in original for mark in "\\:")
        or any(ord(letter) < 32 for letter in original)
    )
