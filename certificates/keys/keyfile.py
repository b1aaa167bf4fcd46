"""The file of the keys on disk: written whole or not at all, never over keys that would be lost.

Rules
1. One file ``keyset.json`` in a folder of mode 0700, file mode 0600, whatever the umask says.
2. A new file is never written over an existing one.
3. A changed file takes the old one's place in one step, and the old one stays beside it, 0600 too, as
   ``keyset.json.<UTC moment>``. It takes the place only of the very file it was made from: who changed the keys
   meanwhile would otherwise lose theirs. Two changes at once wait for one another. A file that is a link is changed
   where it lies, so that no key moves to another disk and no link goes stale.
4. What reached the disk is synchronised before it counts.

Example: ``replace(folder, content, made_from=digest, at=now)`` leaves ``keyset.json.20261122T080000Z``.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

FILE_NAME = "keyset.json"
_LARGEST = 1_000_000


class KeySetExists(FileExistsError):
    """There are keys in this folder already; they are never overwritten. Choose another folder."""


class KeySetMissing(FileNotFoundError):
    """There are no keys in this folder. Make them first."""


class KeySetChanged(ValueError):
    """Somebody else changed the keys meanwhile, and nothing was written. Look at them and do it again."""


class KeySetDamaged(ValueError):
    """The key file is damaged or was written by another program. Restore it from its backup."""


def read(folder: Path) -> tuple[bytes, bool]:
    """The content, and whether others of this machine may read it. Raises KeySetMissing, KeySetDamaged."""
    path = folder / FILE_NAME
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            content = stream.read(_LARGEST + 1)
    except FileNotFoundError as problem:
        raise KeySetMissing(f"No {FILE_NAME} in {folder}.") from problem
    except OSError as problem:
        raise KeySetDamaged(f"{path} cannot be read: {problem.strerror}.") from problem
    return content, os.name == "posix" and bool(mode & (stat.S_IRWXG | stat.S_IRWXO))


def digest(content: bytes) -> str:
    """What tells one file from another: SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def create(folder: Path, content: bytes) -> Path:
    """Write a new file (rules 1, 2 and 4); answers its path. Raises KeySetExists."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    target = folder / FILE_NAME
    with _draft(folder, content) as draft:
        try:
            os.link(draft, target)
        except FileExistsError as problem:
            raise KeySetExists(f"{target} is there already.") from problem
    return target


def replace(folder: Path, content: bytes, *, made_from: str, at: datetime) -> Path:
    """Write a changed file (rules 3 and 4); answers where the old one stays. ``made_from`` is the digest of the
    file that was changed. Raises KeySetChanged, KeySetMissing, KeySetDamaged."""
    target = (folder / FILE_NAME).resolve()
    with _alone(target.parent), _draft(target.parent, content) as draft:
        if digest(read(folder)[0]) != made_from:
            raise KeySetChanged(f"{target} was changed meanwhile.")
        kept = _kept(target, at)
        kept.chmod(0o600)
        draft.replace(target)
    return kept


def _kept(target: Path, at: datetime) -> Path:
    """Another name for the file that is there; two within a second get a number."""
    stem = f"{FILE_NAME}.{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for more in ("", *(f".{number}" for number in range(2, 1000))):
        kept = target.with_name(stem + more)
        try:
            os.link(target, kept)
        except FileExistsError:
            continue
        return kept
    raise KeySetChanged(f"{target} was changed too often within one second.")


@contextlib.contextmanager
def _draft(folder: Path, content: bytes) -> Iterator[Path]:
    """A file of mode 0600 with the content, gone or renamed at the end; the folder is synchronised."""
    draft = folder / f".{FILE_NAME}.{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
    if os.name == "posix":
        _synchronise(folder)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One change of this folder's keys at a time, on this machine."""
    if os.name != "posix":
        yield
        return
    import fcntl

    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError as problem:
        raise KeySetMissing(f"No {FILE_NAME} in {folder}.") from problem
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _synchronise(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
