"""The child process of a build, ``python -m databases.building WORK``: read, assemble, publish.

Rules
1. What to do stands in ``WORK/job.json``; everything that is written until the last rename lies in ``WORK``.
2. Whatever stops it is told as one line with notices in both languages; an error of our own making ends the
   process with its traceback on standard error.
3. Nothing here uses the network but the fetching of ecoinvent, which the user asked for.
4. What a source takes of memory is bounded by its size (:data:`MEMORY`, :data:`MEMORY_PER_BYTE`): one that takes
   more ends the build, and not the machine.
5. The garbage collector is off: a build makes millions of objects that live to its end and hardly a cycle, and
   looking through them again and again takes a third of its time.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from databases.assembly.options import Options
from databases.build import JOB, origin_of
from databases.content import Content, Head, Progress
from databases.facts import FactsInvalid
from databases.gwp_sets import MixedGwpSets
from databases.importers.tables import RoundTripChanged, UnlinkedExchange
from databases.notices import Notice, SourceRefused
from databases.publish import ContentInvalid, publish, write_release
from databases.scores import LoopError, SolveInaccurate


class MemoryBound(MemoryError):
    """Reading this source takes more memory than a source of its size may; split it, or export it in another format."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        super().__init__(f"more than {bound} bytes")


TOLD = (
    FactsInvalid,
    UnlinkedExchange,
    RoundTripChanged,
    MixedGwpSets,
    ContentInvalid,
    LoopError,
    SolveInaccurate,
    MemoryBound,
    OSError,
)
"""What stops a build for a reason that can be said (rule 2)."""
MEMORY = 2_400_000_000
"""Bytes that reading and assembling may take, and :data:`MEMORY_PER_BYTE` more for each byte handed in. bw2data sets
aside 1.1 GB of them, unused, when it is loaded for a format that needs it."""
MEMORY_PER_BYTE = 40
Write = Callable[[dict[str, Any]], None]


def main(arguments: list[str]) -> int:
    """Do the job of the folder named; returns 0, or 1 after an error line."""
    parser = argparse.ArgumentParser(
        prog="python -m databases.building", description="Child process of a release build."
    )
    parser.add_argument("work", type=Path)
    work: Path = parser.parse_args(arguments).work
    job = json.loads((work / JOB).read_text(encoding="utf-8"))
    gc.disable()
    with _json_lines() as write:
        try:
            _build(work, job, lambda step, fraction: write({"step": step, "fraction": fraction}))
        except SourceRefused as problem:
            _fail(write, problem, *problem.notices, refused=True)
            return 1
        except TOLD as problem:
            _fail(write, problem, _notice(problem))
            return 1
    return 0


def _build(work: Path, job: dict[str, Any], tell: Progress) -> None:
    head = Head(**job["head"])
    content = _facts(job, head, tell) if job["kind"] == "facts" else _import(work, job, head, tell)
    folder = work / "release"
    write_release(folder, head, content, tell)
    publish(folder, Path(job["root"]) / head.identifier, tell)


def _facts(job: dict[str, Any], head: Head, tell: Progress) -> Content:
    from databases.assembly.starter import starter_content
    from databases.facts import read_facts
    from databases.importers.tables import import_facts

    tell("reading facts", 0.0)
    facts = read_facts(Path(job["source"]))
    return starter_content(facts, import_facts(facts, head.name, tell))


def _import(work: Path, job: dict[str, Any], head: Head, tell: Progress) -> Content:
    from databases.assembly.assemble import assemble
    from databases.assembly.mapping import read_mapping
    from databases.importers.recognise import read

    tell("reading the source", 0.02)
    origin = origin_of(job)
    options = Options.from_dict(job["options"])
    repairs = read_mapping(Path(job["mapping"]) if job["mapping"] else None)
    source = _fetched(work, job, tell) if job["kind"] == "ecoinvent" else Path(job["source"])
    private = work / "source"
    private.mkdir()
    with _bounded(source):
        extract, title, digest = read(source, options.format, private)
        content = assemble(extract, head, options, repairs, tell, (options.called or title, digest))
    return replace(content, origin={**content.origin, **origin})


@contextmanager
def _bounded(source: Path) -> Iterator[None]:
    """Rule 4, beyond what the process has now with its libraries loaded; raises MemoryBound for MemoryError."""
    import numpy  # noqa: F401 - it and SciPy set aside memory for every processor when they are loaded
    import scipy.sparse.csgraph  # noqa: F401

    files = [source] if source.is_file() else source.rglob("*")
    bound = MEMORY + MEMORY_PER_BYTE * sum(file.stat().st_size for file in files if file.is_file())
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    stated = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    if (used := _data_size()) is None:
        yield
        return
    resource.setrlimit(resource.RLIMIT_DATA, (min([used + bound, *stated]), hard))
    try:
        yield
    except MemoryError as error:
        raise MemoryBound(bound) from error
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _data_size() -> int | None:
    """Bytes of private memory that the process has asked for (``proc(5)``, ``statm``); None where no system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    except OSError:
        return None
    return pages * resource.getpagesize()


def _fetched(work: Path, job: dict[str, Any], tell: Progress) -> Path:
    """Fetch a release of ecoinvent into the private folder, with the credentials from standard input."""
    from databases.importers.ecoinvent import fetch

    tell("fetching ecoinvent", 0.03)
    folder = work / "ecoinvent"
    folder.mkdir()
    login = json.load(sys.stdin)
    return fetch(
        job["version"], job["system_model"], folder, username=login["username"], password=login["password"]
    )


def _fail(write: Write, problem: Exception, *notices: Notice, refused: bool = False) -> None:
    text = f"{type(problem).__name__}: {problem}"
    write({"error": text, "refused": refused, "notices": [notice.as_dict() for notice in notices]})


def _notice(problem: Exception) -> Notice:
    """What a practitioner is told of it."""
    if isinstance(problem, LoopError):
        shown = " → ".join(problem.members[:12])
        return Notice.error("build-loop", members=shown, count=len(problem.members))
    if isinstance(problem, SolveInaccurate):
        return Notice.error("build-inaccurate", residual=f"{problem.residual:.2g}")
    if isinstance(problem, MixedGwpSets):
        return Notice.error("build-mixed-gwp-sets", dataset=problem.dataset, sets=", ".join(problem.sets))
    if isinstance(problem, MemoryBound):
        return Notice.error("build-memory", megabytes=problem.bound // 1_000_000)
    if isinstance(problem, OSError):
        return Notice.error("build-storage", problem=problem.strerror or type(problem).__name__)
    return Notice.error("build-stopped", problem=str(problem)[:2000])


@contextmanager
def _json_lines() -> Iterator[Write]:
    """One object a line on the real standard output; what the libraries print goes to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as stream:
        os.dup2(2, 1)
        yield lambda message: print(json.dumps(message, ensure_ascii=False), file=stream)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
