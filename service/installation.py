"""What is installed on this machine, behind the protocols of ``service.usecases.services``: releases and
keys.

Rules
1. Nothing is opened before it is needed; what was opened stays open for the life of the process.
2. Releases come and go while the process runs, by its own hand or another's: the folder is the truth. Before an opened
   release is given out its manifest is looked at: gone or another file, and the release is closed and read anew.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.usecases.refusals import KeysUnavailable, ReleaseUnavailable

if TYPE_CHECKING:
    from certificates.keys import KeySet
    from databases.release import Release


class InstalledReleases:
    """The releases under one folder.

    A release is immutable, so its hashes are read once, or when ``fresh`` is asked.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._opened: dict[str, tuple[_Mark, Release]] = {}
        self._lock = threading.Lock()

    def installed(self) -> tuple[Release, ...]:
        """Every intact release, by identifier. Raises ReleaseUnavailable when a manifest cannot be read."""
        from databases.release import ReleaseDamaged, installed

        try:
            found = [release.identifier for release in installed(self._root, check=False)]
        except ReleaseDamaged as error:
            raise ReleaseUnavailable(release=error.path.name, problem=str(error)) from error
        return tuple(release for name in found if (release := self._intact(name)) is not None)

    def _intact(self, identifier: str) -> Release | None:
        try:
            return self.open(identifier)
        except ReleaseUnavailable:
            return None

    def open(self, identifier: str, *, fresh: bool = False) -> Release:
        """One release, its hashes checked. Raises ReleaseUnavailable naming what is wrong."""
        from databases.release import ReleaseDamaged, ReleaseMissing, find_release

        with self._lock:
            mark, release = self._opened.pop(identifier, (None, None))
            now = _mark(
                self._root, identifier
            )  # before reading: what changes meanwhile is noticed the next time
            if fresh or release is None or mark is None or mark != now:
                try:
                    release = find_release(self._root, identifier)
                except (ReleaseMissing, ReleaseDamaged) as error:
                    raise ReleaseUnavailable(release=identifier, problem=str(error)) from error
            if now is not None:
                self._opened[identifier] = (now, release)
            return release


_Mark = tuple[int, int, int, int]


def _mark(root: Path, identifier: str) -> _Mark | None:
    """What tells one manifest file from another; None where there is none."""
    try:
        found = (root / identifier / "manifest.json").stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


class StoredKeys:
    """The signing keys in one folder, opened with the passphrase of the settings."""

    def __init__(self, folder: Path, passphrase: str | None) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._keys: KeySet | None = None
        self._lock = threading.Lock()

    def keyset(self) -> KeySet:
        """Private and public keys. Raises KeysUnavailable."""
        from certificates.keys import KeySet, KeySetDamaged, KeySetLocked, KeySetMissing

        with self._lock:
            if self._keys is None:
                try:
                    self._keys = KeySet.load(self._folder, self._passphrase)
                except (KeySetMissing, KeySetLocked, KeySetDamaged) as error:
                    raise KeysUnavailable(problem=str(error)) from error
            return self._keys

    def trust(self) -> dict[str, Any]:
        """The public trust file. Raises KeysUnavailable."""
        return self.keyset().trust()
