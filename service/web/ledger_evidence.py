"""Evidence chosen in a form: kept at once by its hash, so that a refusal of the rest loses nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request

from service.usecases.ledger import files
from service.usecases.refusals import NotAllowed, NotFound, Refusal
from service.web.context import actor, services
from service.web.i18n import language


@dataclass(frozen=True, slots=True)
class File:
    """A file as kept: its hash and the name it came with."""

    sha256: str
    filename: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The evidence of a form, and why a file could not be kept."""

    files: tuple[File, ...]
    error: str = ""

    @property
    def hashes(self) -> tuple[str, ...]:
        """SHA-256 of the files, each once."""
        return tuple(dict.fromkeys(one.sha256 for one in self.files))


def stored(hashes: Iterable[str]) -> Kept:
    """The evidence that something stored names."""
    known = {one.sha256: one.filename for one in files.list_(actor(), services())}
    return Kept(tuple(File(sha, known.get(sha, sha[:12])) for sha in hashes))


def kept_files() -> Kept:
    """Files ticked in the posted form, and the newly chosen ones, which are kept now."""
    ticked = frozenset(request.form.getlist("evidence"))
    known = {one.sha256: one.filename for one in files.list_(actor(), services())} if ticked else {}
    found = [File(sha, known[sha]) for sha in request.form.getlist("evidence") if sha in known]
    error = ""
    for given in request.files.getlist("file"):
        if given.filename:
            try:
                sha256 = files.keep(actor(), given.filename, given.stream.read(), services())
                found.append(File(sha256, given.filename))
            except (NotAllowed, NotFound):
                raise
            except Refusal as refusal:
                error = refusal.message(language())
    return Kept(tuple({one.sha256: one for one in found}.values()), error)
