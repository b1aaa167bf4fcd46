"""Build a release: fact tables, or a source that a practitioner holds, into an immutable folder, in a process of
its own.

Rules
1. Brightway runs only in the child process, with a directory of its own that is removed afterwards. No thread
   and no other process ever shares it.
2. One build at a time under a root: the child holds a lock that the system releases however the child ends.
3. Until the last rename everything lies in a folder whose name begins with ``.building-``; a build that was
   killed leaves at most such a folder, and the next build removes it.
4. A release that is there and intact is returned, never rebuilt. One of the same name that was made from
   another source, or by other choices, is refused: releases are append-only.
5. The child is told what to do by ``job.json`` in that folder. Credentials come on its standard input only.

The child, ``python -m databases.building``, writes one JSON object a line: ``{"step": …, "fraction": …}`` while
it works; ``{"error": …, "refused": …, "notices": […]}`` when it fails.

Example: ``import_release(root, Path("uslci.zip"), Head(name="uslci", version="2020.4", licence="CC0"), Options())``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from databases.assembly.options import Options
from databases.content import Head, Progress
from databases.facts import default_folder
from databases.importers.sources import open_source
from databases.notices import Notice, SourceRefused
from databases.release import NotAnIdentifier, Release, ReleaseMissing, check_identifier, find_release
from databases.storage import lock, sweep, working_folder

JOB = "job.json"

OPEN_CN = Head(
    name="open-cn",
    version="2026.2",
    licence=(
        "Compilation: Apache-2.0. The figures are published by the sources named with every dataset, each "
        "under its own licence; keep their attribution."
    ),
)


class BuildFailed(RuntimeError):
    """The release could not be built; nothing was published. ``notices`` say why, in both languages."""

    def __init__(self, text: str, notices: tuple[Notice, ...] = ()) -> None:
        self.notices = notices
        super().__init__(text)


class IdentifierTaken(BuildFailed):
    """A release of this name and version was made from something else; choose another version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ecoinvent:
    """A release of ecoinvent to be fetched by the user's own licence, in place of a file."""

    version: str
    system_model: str
    username: str = field(repr=False)
    password: str = field(repr=False)


def build_open_cn(root: Path, *, progress: Progress | None = None) -> Release:
    """Build the starter release under ``root``, or return it where it is already installed and intact.

    ``progress`` is told each step and the fraction done, 0 to 1. Raises BuildFailed, and ReleaseDamaged where
    a folder of this name is there but not intact.
    """
    return build_release(root, OPEN_CN, default_folder(), progress=progress)


def build_release(root: Path, head: Head, facts: Path, *, progress: Progress | None = None) -> Release:
    """Build the release ``head`` from the fact tables of a folder; otherwise as :func:`build_open_cn`."""
    job = {"kind": "facts", "source": str(facts.resolve())}
    return _build(root, head, job, None, progress)


def import_release(
    root: Path,
    source: Path | Ecoinvent,
    head: Head,
    options: Options,
    *,
    mapping: Path | None = None,
    progress: Progress | None = None,
) -> Release:
    """Build the release ``head`` from a file, a folder or an archive in a format of the field.

    ``mapping``: a mapping file that repairs links. Raises SourceRefused for a source that cannot be read,
    IdentifierTaken (rule 4), BuildFailed, ReleaseDamaged.
    """
    job: dict[str, Any] = {
        "kind": "import",
        "options": options.as_dict(),
        "mapping": str(mapping.resolve()) if mapping else None,
    }
    if isinstance(source, Ecoinvent):
        job |= {"kind": "ecoinvent", "version": source.version, "system_model": source.system_model}
        return _build(root, head, job, source, progress)
    with open_source(source):
        job["source"] = str(source.resolve())
    return _build(root, head, job, None, progress)


def _build(
    root: Path, head: Head, job: dict[str, Any], login: Ecoinvent | None, progress: Progress | None
) -> Release:
    tell = progress or (lambda _step, _fraction: None)
    try:
        check_identifier(head.name, head.version)
    except NotAnIdentifier as error:
        raise BuildFailed(
            str(error), (Notice.error("build-identifier", identifier=head.identifier[:120]),)
        ) from error
    root = root.resolve()
    root.mkdir(parents=True, exist_ok=True)
    job |= {"root": str(root), "head": asdict(head)}
    with lock(root, lambda: tell("waiting for another build", 0.0)) as held:
        try:
            release = find_release(root, head.identifier)
        except ReleaseMissing:
            _run_child(root, job, login, held, tell)
            release = find_release(root, head.identifier)
        else:
            _same(release, head, job)
    tell("done", 1.0)
    return release


def origin_of(job: Mapping[str, Any]) -> dict[str, Any]:
    """What an import is made from, as its manifest says it; ``{}`` for fact tables, whose content says it."""
    if job["kind"] == "facts":
        return {}
    origin: dict[str, Any] = {"options": job["options"], "mapping_file_sha256": ""}
    if job["mapping"]:
        origin["mapping_file_sha256"] = sha256(Path(job["mapping"]).read_bytes()).hexdigest()
    if job["kind"] == "ecoinvent":
        return origin | {"ecoinvent": {name: job[name] for name in ("version", "system_model")}}
    with open_source(Path(job["source"])) as files:
        return origin | {"source_sha256": files.sha256}


def _same(release: Release, head: Head, job: Mapping[str, Any]) -> None:
    """Rule 4, for imports; the fact tables of the project go with its version."""
    wanted = origin_of(job)
    if not wanted:
        return
    differs = [name for name, value in wanted.items() if release.origin.get(name) != value]
    differs += [name for name in ("licence", "restricted") if release.manifest[name] != getattr(head, name)]
    if differs:
        notice = Notice.error(
            "build-identifier-taken", identifier=release.identifier, what=", ".join(sorted(differs))
        )
        raise IdentifierTaken(notice.message("en"), (notice,))


def _run_child(root: Path, job: dict[str, Any], login: Ecoinvent | None, held: int, tell: Progress) -> None:
    sweep(root)
    work = working_folder(root)
    try:
        brightway = work / "brightway"
        brightway.mkdir()
        (work / JOB).write_text(json.dumps(job), encoding="utf-8")
        with (work / "child.log").open("w+", encoding="utf-8") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "databases.building", str(work)],
                stdin=subprocess.PIPE if login else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "BRIGHTWAY2_DIR": str(brightway)},
                pass_fds=(held,),
                encoding="utf-8",
            )
            if login and child.stdin is not None:
                with suppress(BrokenPipeError), child.stdin as stream:
                    json.dump({"username": login.username, "password": login.password}, stream)
            _follow(child, log, tell)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _follow(child: subprocess.Popen[str], log: IO[str], tell: Progress) -> None:
    failure: dict[str, Any] = {}
    with child:
        try:
            assert child.stdout is not None  # noqa: S101 - for the type checker; a pipe was asked for
            for line in child.stdout:
                message = json.loads(line)
                if "error" in message:
                    failure = message
                else:
                    tell(message["step"], message["fraction"])
        except BaseException:
            child.kill()
            raise
    if failure:
        notices = tuple(Notice.from_dict(notice) for notice in failure["notices"])
        if failure["refused"]:
            raise SourceRefused(*notices)
        raise BuildFailed(failure["error"], notices)
    if child.returncode:
        log.seek(0)
        text = f"The build ended with code {child.returncode}.\n{log.read()[-2000:]}".strip()
        raise BuildFailed(text, (Notice.error("build-crashed", ended=child.returncode),))
