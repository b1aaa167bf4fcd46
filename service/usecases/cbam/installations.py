"""Installations: data handed in, stored version by version, listed, compared, shared.

Rules
1. A workbook whose reader finds an ERROR is refused with all its findings, and nothing is stored. What the checks of
   the data say stops a calculation, not the storing: half-filled data is data.
2. Which workbook it is (ours, or the Commission's communication workbook) follows from its sheets, not from its name.
3. A new installation belongs to the exporter who hands it in; nobody opens one for somebody else.
4. An exporter shares an installation with one institution at a time and may take it back.

Example: ``hand_in(actor, HandIn("2026.xlsx", data), services)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lca.cbam.monitoring import Monitoring
from lca.findings import Finding, has_errors
from service.store.records import CbamInstallation, CbamVersion
from service.usecases.access import Actor, OrganisationKind, Permission, allow
from service.usecases.cbam import editing
from service.usecases.cbam.history import Entered, entered, version_diff
from service.usecases.cbam.keeping import (
    Draft,
    InstallationView,
    installation_of,
    keep,
    new_installation,
    require_size,
    require_version,
    tables_of,
    view_of,
)
from service.usecases.cbam.recognition import COMMUNICATION, WORKBOOK, kind_of
from service.usecases.common import record, tenancy
from service.usecases.inventories import file_name
from service.usecases.refusals import InvalidInput, NotFound
from service.usecases.services import Services

LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class HandIn:
    """A workbook as uploaded; for a new installation, or as the next version of one the person looked at."""

    filename: str
    data: bytes = field(repr=False)
    installation_id: str = ""
    version: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Put:
    """Monitoring data as ``lca.cbam.storage`` writes it; otherwise as :class:`HandIn`."""

    content: Mapping[str, Any] = field(repr=False)
    installation_id: str = ""
    version: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Starter:
    """A first draft for goods people ask about: its key, answers by question, and the calendar year."""

    key: str
    answers: Mapping[str, Any]
    year: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """Who may see and work on an installation beside its owner; an empty id takes it back."""

    installation_id: str
    institution_id: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of something handed in; ``installation_id`` is None, and nothing is stored, where it was refused.

    ``findings`` are the reader's, then those of the checks.
    """

    installation_id: str | None
    number: int | None
    kind: str
    findings: tuple[Finding, ...]

    @property
    def stored(self) -> bool:
        """True when it is a version now."""
        return self.installation_id is not None


def hand_in(actor: Actor, command: HandIn, services: Services) -> Kept:
    """Read a workbook and store it as a version (rules 1 to 3).

    Raises NotAllowed, NotFound, MonitoringChanged, InvalidInput.
    """
    _allow(actor, command.installation_id)
    _look(actor, command, services)
    require_size(command.data)
    kind = kind_of(command.data)
    data, findings, locate = _read(kind, command)
    if data is None or has_errors(findings):
        return Kept(None, None, kind, findings)
    draft = Draft(data, kind, file_name(command.filename), command.data, findings, command.note)
    return _store(actor, command, draft, services, locate)


def put(actor: Actor, command: Put, services: Services) -> Kept:
    """Store monitoring data written by a program. Raises NotAllowed, NotFound, MonitoringChanged, InvalidInput."""
    _allow(actor, command.installation_id)
    _look(actor, command, services)
    data = editing.whole(command.content)
    return _store(actor, command, Draft(data, "json", note=command.note), services)


def start(actor: Actor, command: Starter, services: Services) -> Kept:
    """Begin an installation with a draft of the usual processes; answers that will not do are told all at once.

    Raises NotAllowed, InvalidInput.
    """
    from lca.cbam.starters import BadAnswers, starter

    allow(actor, Permission.CBAM_OPEN)
    try:
        data = starter(command.key, command.answers, command.year, tables=tables_of(services))
    except BadAnswers as error:
        return Kept(None, None, "starter", error.findings)
    except LookupError as error:
        raise InvalidInput(field="key", problem=str(error)) from error
    draft = Draft(data, "starter", note=command.note)
    return _store(actor, Put({}, note=command.note), draft, services)


def list_(actor: Actor, services: Services) -> tuple[CbamInstallation, ...]:
    """Installations the actor may see, newest first. Raises NotAllowed."""
    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        return unit.cbam.list_(**tenancy(actor))


def get(actor: Actor, key: str, services: Services, number: int | None = None) -> InstallationView:
    """An installation with its newest data, or that of a version. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        return view_of(actor, unit, key, number)


def versions(actor: Actor, key: str, services: Services) -> tuple[CbamVersion, ...]:
    """Versions newest first, without their content. Raises NotAllowed, NotFound."""
    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        return unit.cbam.versions(installation_of(actor, unit, key).id)


def upload(actor: Actor, key: str, number: int, services: Services) -> tuple[str, bytes]:
    """Name and bytes of the file a version came from, as handed in. Raises NotAllowed, NotFound."""
    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        version = unit.cbam.version(installation_of(actor, unit, key).id, number)
        data = unit.cbam.upload(version.id) if version else None
    if version is None or data is None:
        raise NotFound(noun="file", key=f"{key}/{number}")
    return version.filename, data


def workbook(
    actor: Actor, key: str, services: Services, language: str = "zh", number: int | None = None
) -> tuple[str, bytes]:
    """Our workbook filled with a version's data, to be corrected and handed in again. Raises NotAllowed, NotFound."""
    from lca.cbam.workbook import write

    found = get(actor, key, services, number)
    name = file_name(f"cbam-{found.version.year}-v{found.version.number}.xlsx")
    return name, write(found.data, language)


def template(language: str, *, example: bool = False) -> bytes:
    """The empty workbook in ``zh`` or ``en``, or one filled with the works of a fastener maker; public."""
    from lca.cbam import workbook

    return workbook.example(language) if example else workbook.template(language)


def share(actor: Actor, command: Share, services: Services) -> CbamInstallation:
    """Let an institution see and work on an installation, or take it back (rule 4). Raises NotAllowed, NotFound."""
    allow(actor, Permission.CBAM_SHARE)
    now, wanted = services.clock(), command.institution_id or None
    with services.uow(write=True) as unit:
        found = installation_of(actor, unit, command.installation_id)
        if wanted is not None:
            institution = unit.organisations.get(wanted)
            if institution is None or institution.kind != OrganisationKind.INSTITUTION.value:
                raise NotFound(noun="institution", key=wanted)
        if wanted == found.institution_id:
            return found
        unit.cbam.share(found.id, wanted)
        act = (Permission.CBAM_SHARE, f"cbam:{found.id}")
        record(unit, actor, act, now, (found.institution_id or "", wanted or ""))
        changed = installation_of(actor, unit, found.id)
        unit.commit()
    return changed


def _allow(actor: Actor, installation_id: str) -> None:
    """Rule 3."""
    allow(actor, Permission.CBAM_EDIT if installation_id else Permission.CBAM_OPEN)


def _look(actor: Actor, command: HandIn | Put, services: Services) -> None:
    """Refuse what can be refused before a large file is read."""
    if len(command.note) > LONGEST_NOTE:
        raise InvalidInput(field="note", problem=f"at most {LONGEST_NOTE} characters")
    if command.installation_id:
        with services.uow() as unit:
            require_version(installation_of(actor, unit, command.installation_id), command.version)


Locate = Callable[[tuple[Finding, ...]], tuple[Finding, ...]]
"""Gives findings about records the sheet and row that the record came from."""


def _read(kind: str, command: HandIn) -> tuple[Monitoring | None, tuple[Finding, ...], Locate]:
    if kind == COMMUNICATION:
        from lca.cbam import communication

        returned = communication.read(command.data, command.filename)
        return returned.monitoring, tuple(returned.findings), tuple
    from lca.cbam import workbook as own

    reading = own.read(command.data, command.filename)
    return reading.monitoring, tuple(reading.findings), lambda found: own.located(found, reading)


def _store(
    actor: Actor, command: HandIn | Put, draft: Draft, services: Services, locate: Locate = tuple
) -> Kept:
    _look(actor, command, services)
    now = services.clock()
    with services.uow(write=True) as unit:
        if command.installation_id:
            there = installation_of(actor, unit, command.installation_id)
            require_version(there, command.version)
        else:
            there = new_installation(actor, draft.data, now)
            unit.cbam.add(there)
        made = keep(actor, unit, there, draft, now)
        unit.commit()
    found = locate(editing.found_in(draft.data, services))
    return Kept(there.id, made.number, draft.source, (*draft.findings, *found))


__all__ = [
    "COMMUNICATION",
    "WORKBOOK",
    "Entered",
    "HandIn",
    "InstallationView",
    "Kept",
    "Put",
    "Share",
    "Starter",
    "entered",
    "get",
    "hand_in",
    "list_",
    "put",
    "share",
    "start",
    "template",
    "upload",
    "version_diff",
    "versions",
    "workbook",
]
