"""Which format a source has, and its reader.

Rules
1. A format named by the practitioner is taken at its word; else every format is asked, and exactly one must say yes.
2. A reader is one module with ``detects(files) -> bool``, which looks at names and beginnings only, and
   ``read(files, work) -> Extract``. Modules are imported when they are asked, not before.
3. Of one kind of notice the first :data:`MOST_OF_A_KIND` are kept, and one that says how many more there were.
4. Reading uses no network. Where the machinery under a reader tries, it is refused, and the reader must do without.

Example: ``extract, title, sha256 = read(Path("uslci.zip"), "", work)``.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, cast

from databases.importers.shape import Extract
from databases.importers.sources import SourceFiles, open_source
from databases.notices import Notice, Severity, refused

FORMATS = MappingProxyType(
    {
        word: f"databases.importers.{word}"
        for word in (
            "ecospold1",
            "ecospold2",
            "ilcd",
            "jsonld",
            "simapro",
            "brightway",
            "datapackage",
            "workbook",
            "desnz",
            "epa",
        )
    }
)
"""Module of every format by the word that ``Options.format`` takes, in the order in which they are asked."""

MOST_OF_A_KIND = 500


class Reader(Protocol):
    """What a module of a format offers (rule 2)."""

    def detects(self, files: SourceFiles) -> bool:
        """Whether the source looks like this format."""

    def read(self, files: SourceFiles, work: Path) -> Extract:
        """The source as read; ``work`` is a private empty folder. Raises SourceRefused."""


class NetworkRefused(ConnectionError):
    """Reading a source uses no network: what it needs must be in the source itself."""


def read(path: Path, options_format: str, work: Path) -> tuple[Extract, str, str]:
    """The source at ``path`` as read, the name people know it by, and its SHA-256 (hexadecimal).

    ``options_format`` is a word of :data:`FORMATS` or ``""``; ``work`` a private empty folder. Raises SourceRefused.
    """
    with open_source(path) as files, without_network():
        extract = reader(files, options_format).read(files, work)
        extract.notices = _bounded(extract.notices)
        return extract, files.title, files.sha256


def _bounded(notices: list[Notice]) -> list[Notice]:
    """Rule 3, in the order in which they came."""
    counts: Counter[str] = Counter()
    kept: list[Notice] = []
    severities: dict[str, Severity] = {}
    for notice in notices:
        counts[notice.code] += 1
        if counts[notice.code] <= MOST_OF_A_KIND:
            kept.append(notice)
            severities[notice.code] = notice.severity
    for code, count in counts.items():
        if (more := count - MOST_OF_A_KIND) > 0:
            details = (("count", str(more)), ("kind", code))
            kept.append(Notice(severities[code], "source-more-notices", "", details))
    return kept


def reader(files: SourceFiles, options_format: str = "") -> Reader:
    """The module that reads ``files``; raises SourceRefused where none or several say that they do (rule 1)."""
    if options_format:
        if options_format not in FORMATS:
            raise refused("source-unknown-format", files.title)
        return _module(options_format)
    found = [word for word in FORMATS if _module(word).detects(files)]
    if not found:
        raise refused("source-unknown-format", files.title)
    if len(found) > 1:
        raise refused("source-several-formats", files.title, formats=", ".join(found))
    return _module(found[0])


def _module(word: str) -> Reader:
    return cast("Reader", import_module(FORMATS[word]))


_CLOSED = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg"}
)
_lock = threading.Lock()
_state = {"hooked": False, "inside": 0}


@contextmanager
def without_network() -> Iterator[None]:
    """While inside, every connection that this process tries raises NetworkRefused, in whichever library.

    By an audit hook (PEP 578), which also sees connections that bypass the ``socket`` module's own classes. A hook
    cannot be taken back, so it stays and is idle outside.
    """
    with _lock:
        if not _state["hooked"]:
            sys.addaudithook(_refuse)
            _state["hooked"] = True
        _state["inside"] += 1
    try:
        yield
    finally:
        with _lock:
            _state["inside"] -= 1


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:  # noqa: ARG001 - the interpreter's signature
    if _state["inside"] and event in _CLOSED:
        raise NetworkRefused(f"Reading a source uses no network ({event}).")
