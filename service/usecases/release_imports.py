"""Imports: from a practitioner's file to an installed release, as a job; the administrator's command builds at once.

Rules
1. What is handed in is stored under a name of our own in a folder named after the job, at most
   ``Settings.import_max_bytes`` long, readable by the service only. The name people know is kept as text.
2. The build runs in a process of its own (``databases.build``); the job tells its progress. A release that is there is
   never overwritten. A job that was interrupted after its release was published is simply done: source, choices and
   licence are the same.
3. The upload is removed when its job ends, however it ends; what a killed process left is removed with the next job.
4. The finished import is the folder of the release, its report included; the job keeps the identifier only. Where the
   source is refused, the job keeps its notices.
5. A name that belongs to the project, or to data somebody else holds or imported, is refused
   (``release_licences``, rule 2). Restricted data needs a declaration with evidence.
6. An institution has at most :data:`MOST_WAITING` imports under way: each keeps a large file until its turn comes.
7. A name of restricted data stays restricted: a forgotten tick would show everybody the values of the next version.

Example: ``job_id = request(actor, ImportSource("uslci.zip", stream, Choices(name="uslci", …)), services)``.
"""

from __future__ import annotations

import hashlib
import math
import shutil
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from service.store.records import JobRecord
from service.usecases import release_licences
from service.usecases.access import Actor, NotAllowed, OrganisationKind, Permission, allow
from service.usecases.common import new_id, record, waiting_job
from service.usecases.refusals import InvalidInput
from service.usecases.release_refusals import (
    ImportsWaiting,
    LicenceUndeclared,
    ReleaseExists,
    ReleaseNameReserved,
    ReleaseNotBuilt,
    ReleaseStaysRestricted,
    ReleaseUnavailable,
    SourceNotRead,
    SourceTooLarge,
)
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.assembly.options import Options
    from databases.build import Ecoinvent
    from databases.content import Head, Progress
    from databases.release import Release
    from service.store.uow import UnitOfWork

IMPORT_JOB = "release-import"
RESERVED_NAMES = frozenset({"open-cn"})
SUFFIXES = frozenset({".zip", ".xml", ".spold", ".csv", ".json", ".xlsx"})
MAPPING = "mapping.xlsx"
MAPPING_MAX_BYTES = 50_000_000
LEFT_OVER_SECONDS = 24 * 3600
MOST_WAITING = 5
TEXTS = ("licence", "title", "issuer", "url", "attribution", "published", "default_place")
LONGEST_TEXT = 1000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What is said about a source: the release it becomes, its document, and the options of the import.

    ``evidence`` of the licence is needed where ``restricted``; options as in :mod:`databases.assembly.options`.
    """

    name: str
    version: str
    licence: str
    restricted: bool = False
    evidence: str = ""
    title: str = ""
    issuer: str = ""
    url: str = ""
    attribution: str = ""
    published: str = ""
    allocation: str = "as-file"
    providers: str = "best"
    methods: str = "climate"
    format: str = ""
    default_place: str = "GLO"
    called: str = ""

    @property
    def identifier(self) -> str:
        """Identifier of the release to be made."""
        return f"{self.name}-{self.version}"

    def head(self) -> Head:
        """The head of the release."""
        from databases.content import Head

        return Head(**{item.name: getattr(self, item.name) for item in fields(Head)})

    def options(self) -> Options:
        """The options of the import; raises ValueError for a word that is none."""
        from databases.assembly.options import Options

        return Options(**{item.name: getattr(self, item.name) for item in fields(Options)})

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, for the payload of a job."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file as uploaded, its name as people know it, what is said about it, and a filled mapping file or None."""

    filename: str
    data: IO[bytes] = field(repr=False)
    choices: Choices
    mapping: IO[bytes] | None = field(default=None, repr=False)


def request(actor: Actor, command: ImportSource, services: Services) -> str:
    """Store the upload and queue its import; returns the job's id.

    Raises NotAllowed, InvalidInput, LicenceUndeclared, ReleaseExists, ReleaseNameReserved, ReleaseStaysRestricted,
    ImportsWaiting, SourceTooLarge.
    """
    allow(actor, Permission.RELEASE_IMPORT)
    if actor.organisation_kind is not OrganisationKind.INSTITUTION:
        raise NotAllowed(permission=Permission.RELEASE_IMPORT.value)  # a job belongs to a stored organisation
    now = services.clock()
    filename = plain_name(command.filename)
    _check(actor, command.choices)
    _require_new(command.choices.identifier, services)
    there = _installed(command.choices.name, services)
    with services.uow() as unit:
        _require_name(actor, command.choices, unit, there)
        _require_turn(actor, unit)
    job_id = new_id()
    folder = services.settings.uploads / job_id
    try:
        stored, sha256 = _store(command, filename, folder, services.settings.import_max_bytes)
        payload = {
            "choices": command.choices.as_dict(),
            "filename": filename,
            "stored": stored,
            "sha256": sha256,
        }
        job = waiting_job(actor, IMPORT_JOB, payload, now, job_id)
        with services.uow(write=True) as unit:
            _require_turn(actor, unit)
            unit.jobs.add(job)
            record(unit, actor, (Permission.RELEASE_IMPORT, f"job:{job_id}"), now, ("", sha256))
            unit.commit()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return job_id


def build(
    actor: Actor,
    source: Path | Ecoinvent,
    choices: Choices,
    services: Services,
    *,
    mapping: Path | None = None,
    progress: Progress | None = None,
) -> Release:
    """Build a release from a file, a folder or the user's ecoinvent account, now; returns it where these very choices
    made it before (rule 2). The audit chain gets the source's hash and the release's digest.

    Raises NotAllowed, InvalidInput, LicenceUndeclared, ReleaseExists, ReleaseNameReserved, ReleaseStaysRestricted,
    SourceNotRead, ReleaseNotBuilt, ReleaseUnavailable.
    """
    from databases.build import BuildFailed, IdentifierTaken, import_release
    from databases.notices import SourceRefused
    from databases.release import ReleaseDamaged

    allow(actor, Permission.RELEASE_IMPORT)
    now = services.clock()
    _check(actor, choices)
    there = _installed(choices.name, services)
    with services.uow(write=True) as unit:
        _require_name(actor, choices, unit, there)
        if choices.restricted:  # before the build: no moment in which a published release has no holder
            release_licences.declare(actor, unit, choices.name, choices.evidence.strip(), now)
        unit.commit()
    head, options, root = choices.head(), choices.options(), services.settings.releases
    try:
        made = import_release(root, source, head, options, mapping=mapping, progress=progress)
    except SourceRefused as error:
        raise SourceNotRead(error.notices) from error
    except IdentifierTaken as error:
        raise ReleaseExists(release=choices.identifier) from error
    except BuildFailed as error:
        raise ReleaseNotBuilt(error.notices) from error
    except ReleaseDamaged as error:
        raise ReleaseUnavailable(release=choices.identifier, problem=str(error)) from error
    _audit(actor, made, services)
    return made


def run(job: JobRecord, actor: Actor, services: Services, progress: Progress) -> dict[str, Any]:
    """For the worker: do a queued import; returns the job's result. Raises as :func:`build`."""
    folder = services.settings.uploads / job.id
    source, mapping = folder / str(job.payload["stored"]), folder / MAPPING
    choices = replace(Choices(**job.payload["choices"]), called=str(job.payload["filename"]))
    found = mapping if mapping.exists() else None
    release = build(actor, source, choices, services, mapping=found, progress=progress)
    return {"release": release.identifier, "digest": release.digest}


def sweep(services: Services) -> None:
    """Remove uploads whose job has ended or never came to be (rule 3)."""
    root = services.settings.uploads
    if not root.is_dir():
        return
    for folder in sorted(root.iterdir()):
        with services.uow() as unit:
            job = unit.jobs.get(folder.name)
        if job is None:
            old = services.clock().timestamp() - _changed(folder) > LEFT_OVER_SECONDS
        else:
            old = job.state not in ("waiting", "running")
        if old:
            shutil.rmtree(folder, ignore_errors=True)


def _changed(folder: Path) -> float:
    """When it was changed last; never where another process has just removed it."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def plain_name(name: str) -> str:
    """A file's name as people know it: without folders, control or half characters, at most 200 long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable() and not 0xD800 <= ord(sign) <= 0xDFFF)
    return shown.strip()[-200:] or "source"


def _check(actor: Actor, choices: Choices) -> None:
    from certificates.forms import fits
    from databases.release import NotAnIdentifier, check_identifier

    try:
        check_identifier(choices.name, choices.version)
    except NotAnIdentifier as error:
        raise InvalidInput(field="name", problem=str(error)) from error
    try:
        choices.options()
    except ValueError as error:
        raise InvalidInput(field="options", problem=str(error)) from error
    for name in TEXTS:
        text = getattr(choices, name)
        if (name == "licence" or text) and not fits(text, LONGEST_TEXT):
            raise InvalidInput(field=name, problem=f"1 to {LONGEST_TEXT} characters that can be seen")
    if choices.url and not choices.url.startswith(("https://", "http://")):
        raise InvalidInput(field="url", problem="an address that begins with https://")
    declares = actor.organisation_kind is not OrganisationKind.INSTALLATION
    if choices.restricted and declares and not choices.evidence.strip():
        raise LicenceUndeclared
    if len(choices.evidence) > release_licences.LONGEST_EVIDENCE:
        raise InvalidInput(
            field="evidence", problem=f"at most {release_licences.LONGEST_EVIDENCE} characters"
        )


def _require_new(identifier: str, services: Services) -> None:
    if (services.settings.releases / identifier).exists():
        raise ReleaseExists(release=identifier)


def _installed(name: str, services: Services) -> tuple[Release, ...]:
    """Installed releases of a name; opening a large one takes its time, so no lock is held meanwhile."""
    return tuple(release for release in services.releases.installed() if release.name == name)


def _require_name(actor: Actor, choices: Choices, unit: UnitOfWork, there: tuple[Release, ...]) -> None:
    """Rules 5 and 7."""
    name, ours = choices.name, actor.organisation_id
    if name in RESERVED_NAMES:
        raise ReleaseNameReserved(name=name)
    taken = any(release.restricted for release in there)
    if actor.organisation_kind is not OrganisationKind.INSTALLATION:
        taken = taken or unit.licences.known(name)
        others = (r for r in there if release_licences.importers(r, unit) != {ours})
        holds = unit.licences.holds(name, ours)
        if not holds and (taken or (choices.restricted and any(others))):
            raise ReleaseNameReserved(name=name)
    if taken and not choices.restricted:
        raise ReleaseStaysRestricted(name=name)


def _require_turn(actor: Actor, unit: UnitOfWork) -> None:
    """Rule 6."""
    open_ = [
        job
        for job in unit.jobs.list_(actor.organisation_id)
        if job.kind == IMPORT_JOB and job.state in ("waiting", "running")
    ]
    if len(open_) >= MOST_WAITING:
        raise ImportsWaiting(most=MOST_WAITING)


def _store(command: ImportSource, filename: str, folder: Path, most: int) -> tuple[str, str]:
    """Rule 1; returns our name and the SHA-256."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    suffix = Path(filename).suffix.lower()
    stored = "source" + (suffix if suffix in SUFFIXES else "")
    sha256 = _copy(command.data, folder / stored, most)
    if command.mapping is not None:
        _copy(command.mapping, folder / MAPPING, MAPPING_MAX_BYTES)
    return stored, sha256


def _copy(stream: IO[bytes], target: Path, most: int) -> str:
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        target.chmod(0o600)
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise SourceTooLarge(most=most)
            digest.update(chunk)
            file.write(chunk)
    if not size:
        raise InvalidInput(field=target.stem, problem="the file is empty")
    return digest.hexdigest()


def _audit(actor: Actor, release: Release, services: Services) -> None:
    object_ = f"release:{release.identifier}"
    with services.uow(write=True) as unit:
        if any(event.after == release.digest for event in unit.audit.events(object_=object_)):
            return
        digests = (str(release.report().get("source_sha256", "")), release.digest)
        record(unit, actor, (Permission.RELEASE_IMPORT, object_), services.clock(), digests)
        unit.commit()
