"""Build a release: fact tables through Brightway into an immutable folder, in a process of its own.

Rules
1. Brightway runs only in the child process, with a directory of its own that is removed afterwards. No thread
   and no other process ever shares it.
2. One build at a time under a root: the child holds a lock that the system releases however the child ends.
3. Until the last rename everything lies in a folder whose name begins with ``.building-``; a build that was
   killed leaves at most such a folder, and the next build removes it.
4. A release that is there and intact is returned, never rebuilt.

The child, ``python -m databases.build``, writes one JSON object a line: ``{"step": …, "fraction": …}`` while
it works, ``{"error": …}`` when it fails.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from databases.facts import FactsInvalid, default_folder, read_facts
from databases.publish import Head, MixedGwpSets, publish, write_release
from databases.release import Release, ReleaseMissing, find_release

Progress = Callable[[str, float], None]
_PREFIX = ".building-"
_LOCK = ".build.lock"

OPEN_CN = Head(
    name="open-cn",
    version="2026.1",
    licence=(
        "Compilation: Apache-2.0. The figures are published by the sources named with every dataset, each "
        "under its own licence; keep their attribution."
    ),
)


class BuildFailed(RuntimeError):
    """The release could not be built; nothing was published."""


def build_open_cn(root: Path, *, progress: Progress | None = None) -> Release:
    """Build the starter release under ``root``, or return it where it is already installed and intact.

    ``progress`` is told each step and the fraction done, 0 to 1. Raises BuildFailed, and ReleaseDamaged where
    a folder of this name is there but not intact.
    """
    return build_release(root, OPEN_CN, default_folder(), progress=progress)


def build_release(root: Path, head: Head, facts: Path, *, progress: Progress | None = None) -> Release:
    """Build the release ``head`` from the fact tables of a folder; otherwise as :func:`build_open_cn`."""
    tell = progress or (lambda _step, _fraction: None)
    root = root.resolve()
    root.mkdir(parents=True, exist_ok=True)
    with _lock(root, tell) as lock:
        try:
            release = find_release(root, head.identifier)
        except ReleaseMissing:
            _run_child(root, head, facts, lock, tell)
            release = find_release(root, head.identifier)
    tell("done", 1.0)
    return release


@contextmanager
def _lock(root: Path, tell: Progress) -> Iterator[int]:
    """Rule 2. The child inherits the descriptor: the lock outlives a killed parent while its child works."""
    descriptor = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("waiting for another build", 0.0)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _run_child(root: Path, head: Head, facts: Path, lock: int, tell: Progress) -> None:
    for leftover in root.glob(f"{_PREFIX}*"):
        shutil.rmtree(leftover)
    work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
    try:
        brightway = work / "brightway"
        brightway.mkdir()
        command = [sys.executable, "-m", "databases.build", str(root), str(work), str(facts)]
        command += [head.name, head.version, head.licence]
        with (work / "child.log").open("w+", encoding="utf-8") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "BRIGHTWAY2_DIR": str(brightway)},
                pass_fds=(lock,),
                encoding="utf-8",
            )
            _follow(child, log, tell)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _follow(child: subprocess.Popen[str], log: IO[str], tell: Progress) -> None:
    error = ""
    with child:
        try:
            assert child.stdout is not None  # noqa: S101 - for the type checker; a pipe was asked for
            for line in child.stdout:
                message = json.loads(line)
                error = message.get("error", "")
                if not error:
                    tell(message["step"], message["fraction"])
        except BaseException:
            child.kill()
            raise
    if error:
        raise BuildFailed(error)
    if child.returncode:
        log.seek(0)
        raise BuildFailed(f"The build ended with code {child.returncode}.\n{log.read()[-2000:]}".strip())


def main(arguments: list[str]) -> int:
    """The child process: import, solve, publish. Returns 0, or 1 after an error line."""
    parser = argparse.ArgumentParser(
        prog="python -m databases.build", description="Child process of a release build."
    )
    for name in ("root", "work", "facts", "name", "version", "licence"):
        parser.add_argument(name)
    options = parser.parse_args(arguments)
    head = Head(name=options.name, version=options.version, licence=options.licence)
    with _json_lines() as write:
        try:
            _build(
                Path(options.root),
                Path(options.work),
                Path(options.facts),
                head,
                lambda step, fraction: write({"step": step, "fraction": fraction}),
            )
        except (FactsInvalid, MixedGwpSets, ArithmeticError, LookupError, OSError) as problem:
            write({"error": f"{type(problem).__name__}: {problem}"})
            return 1
    return 0


def _build(root: Path, work: Path, tables: Path, head: Head, tell: Progress) -> None:
    from databases.importers.tables import import_facts

    tell("reading facts", 0.0)
    facts = read_facts(tables)
    edges = import_facts(facts, head.name, tell)
    folder = work / "release"
    write_release(folder, head, facts, edges, tell)
    publish(folder, root / head.identifier, tell)


@contextmanager
def _json_lines() -> Iterator[Callable[[dict[str, object]], None]]:
    """One object a line on the real standard output; what the libraries print goes to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as stream:
        os.dup2(2, 1)
        yield lambda message: print(json.dumps(message, ensure_ascii=False), file=stream)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
