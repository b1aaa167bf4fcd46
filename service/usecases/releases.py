"""Installed background releases: list, look at, verify; install, export and remove as administrator.

Rules
1. The import report of a restricted release is shown to holders of its licence only (``release_licences``), because
   its sums may be one dataset's amount.
2. A release is removed only when no study, no label and no comparison rests on it, by the administrator, and the
   audit chain keeps its digest. A damaged one, or one of an older format, is removed the same way.
3. A damaged release is told beside the others and takes none of them down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.usecases import release_licences
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import record
from service.usecases.refusals import InvalidInput, NotFound
from service.usecases.release_refusals import ReleaseBusy, ReleaseInUse, ReleaseUnavailable, SourceNotRead
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.dataset import Dataset
    from databases.release import Release

EXPORT_FORMS = ("tanbiao", "brightway", "jsonld")


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """An installed release as its page shows it.

    ``report`` is the import report, empty where there is none or where the reader may not see it.
    """

    release: Release
    datasets: int
    values_hidden: bool
    has_report: bool
    report: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """``form`` is ``tanbiao`` (installable with ``install``), ``brightway`` (a datapackage with the factors of one
    ``method``) or ``jsonld`` (openLCA).
    """

    identifier: str
    target: Path
    form: str = "tanbiao"
    method: str = "gwp100-ar6.total"


def list_(actor: Actor, services: Services) -> tuple[Release, ...]:
    """Installed releases. Raises NotAllowed."""
    allow(actor, Permission.RELEASE_READ)
    return services.releases.installed()


def overview(actor: Actor, services: Services) -> tuple[ReleaseView, ...]:
    """Installed releases with their counts, without their reports. Raises NotAllowed."""
    allow(actor, Permission.RELEASE_READ)
    return tuple(_view(actor, release, services) for release in services.releases.installed())


def damaged(actor: Actor, services: Services) -> tuple[ReleaseUnavailable, ...]:
    """What is wrong with the releases that are there and not intact, and what to do (rule 3). Raises NotAllowed."""
    allow(actor, Permission.RELEASE_READ)
    return services.releases.damaged()


def get(actor: Actor, identifier: str, services: Services) -> ReleaseView:
    """One release with its import report (rule 1). Raises NotAllowed, ReleaseUnavailable."""
    allow(actor, Permission.RELEASE_READ)
    view = _view(actor, services.releases.open(identifier), services)
    return view if view.values_hidden else replace(view, report=view.release.report())


def report(actor: Actor, identifier: str, services: Services) -> dict[str, Any]:
    """The import report. Raises NotAllowed, ReleaseUnavailable, LicenceMissing; NotFound where there is none."""
    allow(actor, Permission.RELEASE_READ)
    release = services.releases.open(identifier)
    with services.uow() as unit:
        release_licences.require(actor, release, unit)
    found = release.report()
    if not found:
        raise NotFound(noun="import report", key=identifier)
    return found


def named(actor: Actor, identifier: str, services: Services) -> dict[str, Dataset]:
    """The datasets of a release by code, to name those of its report. Raises NotAllowed, ReleaseUnavailable."""
    allow(actor, Permission.RELEASE_READ)
    return {dataset.code: dataset for dataset in services.releases.open(identifier).catalogue.all()}


def report_workbook(actor: Actor, identifier: str, target: Path, language: str, services: Services) -> None:
    """Write the import report as a workbook in ``zh`` or ``en``. Raises as :func:`report`."""
    from databases.assembly import report_workbook as workbook

    workbook.write(report(actor, identifier, services), target, language)


def mapping_workbook(actor: Actor, identifier: str, target: Path, language: str, services: Services) -> None:
    """Write the mapping file of a release: what is left to repair, with candidates. Raises as :func:`report`."""
    from databases.assembly import mapping

    report(actor, identifier, services)
    mapping.write_for(services.releases.open(identifier), target, language)


def verify(actor: Actor, identifier: str, services: Services) -> Release:
    """Read every byte of a release again and prove its score tables. Raises NotAllowed, ReleaseUnavailable."""
    from databases import archive
    from databases.release import ReleaseDamaged

    allow(actor, Permission.RELEASE_READ)
    release = services.releases.open(identifier, fresh=True)
    try:
        return archive.verify(release.path)
    except ReleaseDamaged as error:
        raise ReleaseUnavailable(release=identifier, problem=str(error)) from error


def install(actor: Actor, file: Path, services: Services) -> Release:
    """Install a release from its one file; one that is there already, the same, is returned, repaired where need be.

    Raises NotAllowed, SourceNotRead; ReleaseUnavailable where a damaged release of another content has the name.
    """
    from databases import archive
    from databases.notices import SourceRefused
    from databases.release import ReleaseDamaged

    allow(actor, Permission.RELEASE_INSTALL)
    now = services.clock()
    try:
        release = archive.install(services.settings.releases, file)
    except SourceRefused as error:
        raise SourceNotRead(error.notices) from error
    except ReleaseDamaged as error:
        raise ReleaseUnavailable(release=error.path.name, problem=str(error).rstrip(".")) from error
    with services.uow(write=True) as unit:
        act = (Permission.RELEASE_INSTALL, f"release:{release.identifier}")
        record(unit, actor, act, now, ("", release.digest))
        unit.commit()
    return release


def export(actor: Actor, command: Export, services: Services) -> Path:
    """Write a release as one file.

    Raises NotAllowed, ReleaseUnavailable; InvalidInput for an unknown form or method, or where the file is there.
    """
    allow(actor, Permission.RELEASE_EXPORT)
    if command.form not in EXPORT_FORMS:
        raise InvalidInput(field="format", problem=f"one of {', '.join(EXPORT_FORMS)}")
    if command.target.exists():
        raise InvalidInput(field="file", problem="it exists already; choose another name")
    release = services.releases.open(command.identifier, fresh=True)
    if command.form == "tanbiao":
        from databases import archive

        archive.export(release, command.target)
    elif command.form == "jsonld":
        from databases.exporters import jsonld

        jsonld.write(release, command.target)
    else:
        from databases.exporters import datapackage

        if command.method not in release.methods:
            raise InvalidInput(field="method", problem="not a method of this release")
        datapackage.export(release, command.target, command.method)
    return command.target


def remove(actor: Actor, identifier: str, services: Services) -> None:
    """Remove a release nothing rests on (rule 2).

    Raises NotAllowed, ReleaseUnavailable, ReleaseInUse; ReleaseBusy while one is being built or installed. Studies
    are opened under the write lock too and look for the release there, so none begins meanwhile.
    """
    from databases import archive
    from databases.release import ReleaseMissing

    def busy() -> None:  # waiting for a build would hold up every writer
        raise ReleaseBusy

    allow(actor, Permission.RELEASE_REMOVE)
    now, root = services.clock(), services.settings.releases
    digest = _digest(identifier, services)
    with services.uow(write=True) as unit:
        counts = unit.resting.counts(identifier)
        if any(counts.values()):
            raise ReleaseInUse(release=identifier, **counts)
        record(unit, actor, (Permission.RELEASE_REMOVE, f"release:{identifier}"), now, (digest, ""))
        try:
            archive.remove(root, identifier, busy)
        except ReleaseMissing as error:
            raise ReleaseUnavailable(release=identifier, problem="it is gone") from error
        unit.commit()


def _digest(identifier: str, services: Services) -> str:
    """SHA-256 of the manifest, of a damaged release too. Raises ReleaseUnavailable where there is nothing."""
    from databases.release import MANIFEST, file_sha256

    try:
        return services.releases.open(identifier).digest
    except ReleaseUnavailable:
        if identifier not in {one.details["release"] for one in services.releases.damaged()}:
            raise
    try:
        return file_sha256(services.settings.releases / identifier / MANIFEST)
    except OSError:
        return ""


def _view(actor: Actor, release: Release, services: Services) -> ReleaseView:
    hidden = not release_licences.visible(actor, release, services)
    has_report = "report.json" in release.manifest["files"]
    return ReleaseView(release, len(release.catalogue), hidden, has_report, {})
