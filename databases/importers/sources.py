"""What is handed in to an importer: a file, a folder or a zip archive, listed and read under limits.

Rules
1. Members are read by this module only, into memory, one at a time. A library that wants a path gets a private
   copy under checked names (:meth:`SourceFiles.unpack`).
2. A name that is absolute, climbs with ``..``, has a backslash, a drive letter, a control character or more letters
   than a file system takes, or is no plain file (symbolic link, device), refuses the whole source.
3. Sizes count before reading (as declared) and while reading (as found): a member, their sum, their number, the
   depth of folders and how far an archive may expand (each member, and all together) are limited. An encrypted
   member is refused. A workbook is an archive too and is measured the same way, though it is given as one file.
4. Members come in sorted order, so that the same source gives the same release.
5. What file managers leave behind (``__MACOSX/``, ``.DS_Store``, ``Thumbs.db``, ``desktop.ini``) is no member.

Example: ``with open_source(Path("lci.zip")) as files: files.read(files.matching(".xml")[0])``.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO

from databases.notices import refused

MAX_MEMBER = 1_000_000_000
"""Bytes in one member, expanded."""
MAX_TOTAL = 16_000_000_000
"""Bytes in all members, expanded; the largest databases of the field hold about 7 GB of XML."""
MAX_MEMBERS = 200_000
MAX_RATIO = 200
"""Expanded over packed size of one member beyond :data:`SMALL`; text of the field reaches about 40."""
MAX_TOTAL_RATIO = 50
"""Expanded over packed size of a whole archive beyond :data:`SMALL_TOTAL`; USLCI reaches 11."""
SMALL_TOTAL = 300_000_000
MAX_DEPTH = 30
"""Folders in folders."""
SMALL = 10_000_000
"""Bytes that may come from next to nothing: an array of equal numbers in a datapackage is packed a thousandfold."""
_DAMAGED = (
    OSError,  # also what bz2 raises
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # a compression method or flag that zipfile does not know
    RuntimeError,  # a password is wanted after all
    ValueError,  # an offset before the beginning
    OverflowError,  # an offset beyond what a file can have
)
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of rule 3, so that a test can lower them."""

    member: int = MAX_MEMBER
    total: int = MAX_TOTAL
    members: int = MAX_MEMBERS
    ratio: int = MAX_RATIO
    small: int = SMALL
    total_ratio: int = MAX_TOTAL_RATIO
    small_total: int = SMALL_TOTAL


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
        return self.path.absolute().name

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
        except _DAMAGED as error:
            raise refused("source-member-unreadable", name, problem=type(error).__name__) from error
        if len(data) != declared:
            raise refused("source-member-size", name, declared=declared)
        return data

    def head(self, name: str, size: int = 1 << 16) -> bytes:
        """The first bytes of a member, to recognise it by; raises SourceRefused as :meth:`read`."""
        try:
            with self._open(name) as stream:
                return stream.read(size)
        except _DAMAGED as error:
            raise refused("source-member-unreadable", name, problem=type(error).__name__) from error

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

    def _open(self, name: str) -> IO[bytes]:
        if self._archive is not None:
            return self._archive.open(name)
        return (self.path / name if self.path.is_dir() else self.path).open("rb")

    def _list(self) -> dict[str, int]:
        found = dict(sorted(self._members()))
        _no_file_is_a_folder(found, self.title)
        if len(found) > self.limits.members:
            raise refused("source-too-many", self.title, count=len(found), most=self.limits.members)
        for name, size in found.items():
            if size > self.limits.member:
                raise refused("source-member-too-large", name, size=size, most=self.limits.member)
        if (total := sum(found.values())) > self.limits.total:
            raise refused("source-too-large", self.title, size=total, most=self.limits.total)
        if self._archive is not None and total > self.limits.small_total:
            packed = self.path.stat().st_size
            if total > self.limits.total_ratio * packed:
                raise refused("source-bomb", self.title, size=total, packed=packed)
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
    if not path.is_file() and not path.is_dir():
        raise refused("source-name-unsafe", path.name, name=repr(path.name)[:200])
    if path.is_file() and (zipfile.is_zipfile(path) or _starts_as_archive(path)):
        try:
            archive = zipfile.ZipFile(path)
        except _DAMAGED as error:
            raise refused("source-archive-damaged", path.name) from error
        with archive:
            if "xl/workbook.xml" in archive.namelist():
                SourceFiles(path, limits, archive)  # rule 3, before a library opens it
                yield SourceFiles(path, limits, None)
            else:
                yield SourceFiles(path, limits, archive)
    else:
        yield SourceFiles(path, limits, None)


def _starts_as_archive(path: Path) -> bool:
    """A zip archive cut short has lost the list at its end, by which archives are known."""
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"


def _archived(archive: zipfile.ZipFile, title: str, limits: Limits) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for info in archive.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if _is_unsafe(info.filename, info.orig_filename) or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise refused("source-name-unsafe", title, name=repr(info.filename)[:200])
        if info.is_dir() or _is_litter(info.filename):
            continue
        name = info.filename
        if info.flag_bits & 1:
            raise refused("source-encrypted", name)
        if (plain := str(PurePosixPath(name))) in seen:
            raise refused("source-name-twice", title, name=name[:200])
        if info.file_size > limits.small and info.file_size > limits.ratio * max(1, info.compress_size):
            raise refused("source-bomb", name, size=info.file_size, packed=info.compress_size)
        seen.add(plain)
        yield name, info.file_size


def _in_folder(root: Path) -> Iterator[tuple[str, int]]:
    for folder, folders, files in os.walk(root, followlinks=False):
        folders.sort()
        for file in (*folders, *files):
            path = Path(folder) / file
            name = path.relative_to(root).as_posix()
            if path.is_symlink() or _is_unsafe(name, name) or not (path.is_file() or path.is_dir()):
                raise refused("source-name-unsafe", root.name, name=repr(name)[:200])
            if path.is_file() and not _is_litter(name):
                yield name, path.stat().st_size


def _no_file_is_a_folder(names: dict[str, int], title: str) -> None:
    """``a`` and ``a/b`` cannot both be unpacked."""
    for name in names:
        for parent in PurePosixPath(name).parents:
            if str(parent) in names:
                raise refused("source-name-twice", title, name=str(parent)[:200])


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1] in _LITTER)


def _is_unsafe(name: str, original: str) -> bool:
    if len(original) > 1000:
        return True
    pure = PurePosixPath(name)
    return (
        not pure.parts
        or pure.is_absolute()
        or ".." in pure.parts
        or any(mark in original for mark in "\\:")
        or any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in original)
        or any(len(part.encode("utf-8", "replace")) > 250 for part in pure.parts)
        or len(pure.parts) > MAX_DEPTH
    )
