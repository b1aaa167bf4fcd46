"""A zip of labels -> its files, one at a time, under limits; and what else may be handed in.

Rules
1. What is handed in is known by its content: a workbook, a zip of files, one file (PDF, bundle, credential), else a
   table of numbers.
2. A zip is opened by ``databases.importers.sources`` and by nothing else: names that climb, links, encrypted members,
   a name twice and bombs refuse it as a whole, before anything is unpacked. What file managers leave behind is no file.
3. At most :data:`MOST_FILES` files of at most 20 MB (what the verifier reads), 500 MB in all. An archive inside the
   archive refuses it: what is packed twice was looked at by nobody.
4. A file is read when it is its turn, and never unpacked to disk.

Example: ``with opened("labels.zip", data, folder) as files: files.names``.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from certificates import limits
from service.usecases.desk.refusals import ListNotRead
from service.usecases.ledger.sheets import Told

if TYPE_CHECKING:
    from databases.importers.sources import SourceFiles
    from databases.notices import SourceRefused

MOST_FILES = 2_000
MOST_UNPACKED = 500_000_000
_SMALL = 1_000_000
_RATIO = 200
TABLE, ARCHIVE, FILE = "table", "archive", "file"
_ARCHIVE_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")


def kind_of(data: bytes) -> str:
    """``table``, ``archive`` or ``file`` (rule 1). Raises ListNotRead for a damaged archive."""
    if data[:2] == b"PK":
        return TABLE if "xl/workbook.xml" in _names(data) else ARCHIVE
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return FILE if head.startswith((b"%PDF-", b"{", b"eyJ")) else TABLE


@contextmanager
def opened(filename: str, data: bytes, folder: Path) -> Iterator[SourceFiles]:
    """The files of a zip; ``folder`` holds its bytes while it is open, under no name that stays. Raises ListNotRead
    here and while files are read (:func:`content`).
    """
    from databases.importers.sources import Limits, open_source
    from databases.notices import SourceRefused

    allowed = Limits(
        member=limits.FILE_BYTES,
        total=MOST_UNPACKED,
        members=MOST_FILES,
        ratio=_RATIO,
        small=_SMALL,
        total_ratio=_RATIO,
        small_total=10 * _SMALL,
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as private:
        path = Path(private) / "archive.zip"
        path.write_bytes(data)
        try:
            with open_source(path, allowed) as files:
                _refuse_nested(files)
                yield files
        except SourceRefused as refused:
            raise ListNotRead(_told(refused, filename)) from refused


def content(files: SourceFiles, name: str) -> bytes:
    """The bytes of a file. Raises ListNotRead where it is longer than declared, or damaged."""
    from databases.notices import SourceRefused

    try:
        return files.read(name)
    except SourceRefused as refused:
        raise ListNotRead(_told(refused, name)) from refused


def _refuse_nested(files: SourceFiles) -> None:
    """Rule 3: by what they begin with, whatever they are called."""
    nested = [name for name in files.names if files.head(name, 8).startswith(_ARCHIVE_MARKS)]
    if nested:
        raise ListNotRead(tuple(_nested(name) for name in nested[:20]))


def _names(data: bytes) -> set[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, OverflowError) as error:
        raise ListNotRead((_damaged(),)) from error


def _told(refused: SourceRefused, filename: str) -> tuple[Told, ...]:
    """Notices of the reader, under the name that the officer knows the archive by."""
    return tuple(
        Told(
            one.code,
            filename if one.where == "archive.zip" else one.where,
            one.message("zh"),
            one.message("en"),
        )
        for one in refused.notices
    )


def _nested(name: str) -> Told:
    return Told(
        "archive-inside",
        name[:200],
        "压缩包内还有压缩包（或工作簿），已拒绝。请把标签文件直接放进一个 zip。",
        "There is an archive (or a workbook) inside the archive; it is refused. Put the label files into one zip.",
    )


def _damaged() -> Told:
    return Told(
        "archive-damaged",
        "",
        "压缩包已损坏，无法打开。请重新打包。",
        "The archive is damaged and cannot be opened. Pack it again.",
    )
