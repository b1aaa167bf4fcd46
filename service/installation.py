"""What is installed on this machine, behind the protocols of ``service.usecases.services``: releases and
keys.

Rules
1. Nothing is opened before it is needed; what was opened stays open for the life of the process.
2. Releases come and go while the process runs, by its own hand or another's: the folder is the truth. Before an opened
   release is given out its manifest and its catalogue are looked at: gone or another file, and it is read anew.
3. One damaged release takes nothing else down: it is told apart, with what is wrong. For a list it is read through
   again after :data:`LOOK_AGAIN_SECONDS` only, because that may take as long as the release is large.
4. Keys that were rotated, retired or marked as compromised by the command count from the next request on: their file
   is looked at before it is used, too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.usecases.refusals import KeysUnavailable
from service.usecases.release_refusals import ReleaseNotInstalled, ReleaseUnavailable

if TYPE_CHECKING:
    from certificates.keys.keyset import KeySet
    from certificates.keys.pkcs11 import Tokens
    from databases.release import Release


LOOK_AGAIN_SECONDS = 30.0
NO_NAME = "its folder has a name that no release can have; give the folder its release's name, or remove it"
KEY_FILE = "keyset.json"
_LOOKED_AT = ("manifest.json", "catalogue.sqlite")
_Mark = tuple[tuple[int, ...], ...]


class InstalledReleases:
    """The releases under one folder.

    A release is immutable, so its hashes are read once, or when ``fresh`` is asked.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._opened: dict[str, tuple[_Mark, Release]] = {}
        self._damaged: dict[str, tuple[_Mark, float, str]] = {}
        self._lock = threading.Lock()

    def installed(self) -> tuple[Release, ...]:
        """Every intact release, by identifier."""
        return tuple(found for found in self._all() if not isinstance(found, ReleaseUnavailable))

    def damaged(self) -> tuple[ReleaseUnavailable, ...]:
        """What is wrong with every folder that should be a release and is none, by name (rule 3)."""
        return tuple(found for found in self._all() if isinstance(found, ReleaseUnavailable))

    def open(self, identifier: str, *, fresh: bool = False) -> Release:
        """One release, its hashes checked. Raises ReleaseUnavailable naming what is wrong."""
        with self._lock:
            return self._open(identifier, fresh=fresh)

    def _open(self, identifier: str, *, fresh: bool) -> Release:
        from databases.release import ReleaseDamaged, ReleaseMissing, find_release

        mark, release = self._opened.pop(identifier, (None, None))
        now = _mark(self._root, identifier)  # before reading: what changes meanwhile is noticed the next time
        if fresh or release is None or mark != now:
            try:
                release = find_release(self._root, identifier)
            except ReleaseMissing as error:
                raise ReleaseNotInstalled(release=identifier) from error
            except (ReleaseDamaged, OSError) as error:
                self._damaged[identifier] = (now, time.monotonic(), _plain(error))
                raise ReleaseUnavailable(release=identifier, problem=_plain(error)) from error
        self._damaged.pop(identifier, None)
        self._opened[identifier] = (now, release)
        return release

    def _all(self) -> Iterator[Release | ReleaseUnavailable]:
        from databases.release import folders

        for folder in folders(self._root):
            with self._lock:
                found = self._one(folder.name)
            yield found

    def _one(self, name: str) -> Release | ReleaseUnavailable:
        mark, at, problem = self._damaged.get(name, (None, 0.0, ""))
        if mark == _mark(self._root, name) and time.monotonic() - at < LOOK_AGAIN_SECONDS:
            return ReleaseUnavailable(release=name, problem=problem)
        try:
            return self._open(name, fresh=False)
        except ReleaseNotInstalled:
            return ReleaseUnavailable(release=name, problem=NO_NAME)
        except ReleaseUnavailable as refusal:
            return refusal


def _plain(error: Exception) -> str:
    """What is wrong as part of a sentence, without a path of this machine."""
    said = error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)
    return said.rstrip(".")


def _mark(root: Path, identifier: str) -> _Mark:
    """What tells the files of one release from another's; a file that is not there has a mark of its own."""
    return tuple(_file_mark(root / identifier / name) for name in _LOOKED_AT)


def _file_mark(path: Path) -> tuple[int, int, int, int]:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return (0, 0, 0, 0)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@dataclass(frozen=True, slots=True)
class KeySurroundings:
    """What stands around the keys: the PKCS#11 ``module`` and ``pin`` of a token, the ``witnesses`` by their vkeys, and
    how many of them must cosign."""

    module: str = ""
    pin: str = field(default="", repr=False)
    witnesses: tuple[str, ...] = ()
    quorum: int = 0


class StoredKeys:
    """The signing keys in one folder, opened with the passphrase of the settings; opened anew when their file is
    another one (rules 1 and 4)."""

    def __init__(self, folder: Path, passphrase: str | None, around: KeySurroundings | None = None) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._around = around or KeySurroundings()
        self._tokens: Tokens | None = None
        self._opened: tuple[_Mark, KeySet | str] | None = None
        self._lock = threading.Lock()

    def keyset(self) -> KeySet:
        """Private and public keys. Raises KeysUnavailable."""
        with self._lock:
            mark = (
                _key_mark(self._folder),
            )  # before reading: what changes meanwhile is noticed the next time
            if self._opened is None or self._opened[0] != mark:
                self._opened = (mark, self._load())
            found = self._opened[1]
        if isinstance(found, str):
            raise KeysUnavailable(problem=found)
        return found

    def trust(self) -> dict[str, Any]:
        """The public trust file with the configured witnesses. Raises KeysUnavailable."""
        from certificates.keys.trust import TrustFileInvalid, read_witness

        try:
            witnesses = [read_witness(vkey) for vkey in self._around.witnesses]
        except TrustFileInvalid as error:
            raise KeysUnavailable(problem=str(error).rstrip(".")) from error
        return self.keyset().trust(witnesses, self._around.quorum)

    def _load(self) -> KeySet | str:
        """The keys, or what is wrong with them; the same file is not tried again, because that takes a while. A file
        that the machine could not read just now is: raises KeysUnavailable."""
        from certificates.keys.keyset import KeySet, KeySetDamaged, KeySetLocked, KeySetMissing
        from certificates.keys.pkcs11 import Tokens

        self._tokens = self._tokens or Tokens(self._around.module, self._around.pin)
        try:
            return KeySet.load(self._folder, self._passphrase, self._tokens)
        except (KeySetMissing, KeySetLocked, KeySetDamaged) as error:
            problem = str(error).rstrip(".")
            if isinstance(error, KeySetDamaged) and isinstance(error.__cause__, OSError):
                raise KeysUnavailable(problem=problem) from error
            return problem


def _key_mark(folder: Path) -> tuple[int, ...]:
    """What tells one key file, and who may read it, from another."""
    try:
        found = (folder / KEY_FILE).stat()
    except (OSError, ValueError):
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode
