"""Folders under the root of the releases: one writer at a time, nothing visible before it is on disk.

Rules
1. Who changes anything under a root holds its lock. The system releases the lock when the last process that
   inherited it ends, however it ends.
2. A folder whose name begins with ``PREFIX`` is work in progress or what a kill left of it; the next build
   removes it.
3. What is about to be made visible by a rename is synced first, file by file and folder by folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".building-"
LOCK = ".build.lock"


@contextmanager
def lock(root: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[int]:
    """Hold the lock of a root; gives its descriptor, for a child to inherit. ``waiting`` is called before it waits."""
    descriptor = os.open(root / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def sweep(root: Path) -> None:
    """Remove what earlier work left behind (rule 2); the caller holds the lock."""
    for leftover in root.glob(f"{PREFIX}*"):
        shutil.rmtree(leftover)


def working_folder(root: Path) -> Path:
    """A new private folder under a root (rule 2)."""
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))


def sync(path: Path) -> None:
    """Put one file or folder on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Put a folder and everything in it on disk (rule 3)."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
