"""Workbooks handed in: read, checked, kept as they are. All or nothing."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from io import BytesIO

from lca.findings import Finding, Severity, has_errors
from lca.inventory import Line
from service.store.records import InventoryRecord
from service.usecases.access import Actor, OrganisationKind, Permission, allow
from service.usecases.common import inventory_of, new_id, record
from service.usecases.refusals import NotFound
from service.usecases.services import Services

MAX_NAME, MAX_ENDING = 120, 10
_NOT_IN_A_NAME = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class HandIn:
    """A workbook (``data`` are the file's bytes) for the institution that is asked for the footprint.

    ``leave_unmatched`` says that lines which match no dataset are left to the institution; without it they are
    errors like all others.
    """

    filename: str
    data: bytes
    institution_id: str
    leave_unmatched: bool = False


@dataclass(frozen=True, slots=True)
class HandInResult:
    """``inventory_id`` is None, and nothing is stored, when a finding is an ERROR."""

    inventory_id: str | None
    findings: tuple[Finding, ...]

    @property
    def only_unmatched(self) -> bool:
        """True when nothing but unmatched lines kept the workbook out: ``leave_unmatched`` would let it in."""
        from lca.recognise import MATCHES_NOTHING

        codes = {one.code for one in self.findings if one.severity is Severity.ERROR}
        return codes == {MATCHES_NOTHING}


def hand_in(actor: Actor, command: HandIn, services: Services) -> HandInResult:
    """Read a workbook, look every line up in the installed releases, and keep it when there is no ERROR.

    Raises NotAllowed, NotFound (institution), ReleaseUnavailable.
    """
    from lca.bom.reader import read_workbook

    allow(actor, Permission.INVENTORY_HAND_IN)
    now = services.clock()
    with services.uow() as unit:
        institution = unit.organisations.get(command.institution_id)
    if institution is None or institution.kind != OrganisationKind.INSTITUTION.value:
        raise NotFound(noun="institution", key=command.institution_id)
    reading = read_workbook(command.data, command.filename)
    findings = (*reading.findings, *_unrecognised(reading.lines, command, services))
    if reading.inventory is None or has_errors(findings):
        return HandInResult(None, findings)
    handed = InventoryRecord(
        id=new_id(),
        organisation_id=actor.organisation_id,
        institution_id=institution.id,
        filename=file_name(command.filename),
        workbook_sha256=reading.sha256,
        digest=reading.inventory.digest(),
        content=reading.inventory.as_dict(),
        findings=[finding.as_dict() for finding in findings],
        handed_in_by=actor.person_id,
        handed_in_at=now,
    )
    with services.uow(write=True) as unit:
        unit.inventories.add(handed, command.data)
        record(
            unit, actor, (Permission.INVENTORY_HAND_IN, f"inventory:{handed.id}"), now, ("", handed.digest)
        )
        unit.commit()
    return HandInResult(handed.id, findings)


def _unrecognised(lines: tuple[Line, ...], command: HandIn, services: Services) -> list[Finding]:
    """Lines without any dataset: errors, or warnings when they are knowingly left to the institution."""
    from lca.recognise import MATCHES_NOTHING, unrecognised

    found = unrecognised(lines, services.releases.installed())
    return [
        replace(one, severity=Severity.WARNING)
        if command.leave_unmatched and one.code == MATCHES_NOTHING
        else one
        for one in found
    ]


def list_(actor: Actor, services: Services) -> tuple[InventoryRecord, ...]:
    """Inventories the actor may see, newest first. Raises NotAllowed."""
    allow(actor, Permission.INVENTORY_READ)
    own = actor.organisation_kind is OrganisationKind.EXPORTER
    owner = {"organisation_id" if own else "institution_id": actor.organisation_id}
    with services.uow() as unit:
        return unit.inventories.list_(**owner)


def get(actor: Actor, inventory_id: str, services: Services) -> InventoryRecord:
    """One inventory; ``lca.inventory.Inventory.from_dict(record.content)`` rebuilds it.

    Raises NotAllowed, NotFound.
    """
    allow(actor, Permission.INVENTORY_READ)
    with services.uow() as unit:
        return inventory_of(actor, unit, inventory_id)


def workbook(actor: Actor, inventory_id: str, services: Services) -> tuple[str, bytes]:
    """File name (see :func:`file_name`) and bytes exactly as handed in. Raises NotAllowed, NotFound."""
    allow(actor, Permission.INVENTORY_READ)
    with services.uow() as unit:
        found = inventory_of(actor, unit, inventory_id)
        return file_name(found.filename), unit.inventories.workbook(inventory_id) or b""


def file_name(given: str) -> str:
    """A sender's file name made safe to keep, show and send: the last part of a path, no control, direction or
    line characters, at most 120 characters with its ending.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    clean = "".join(sign for sign in last if unicodedata.category(sign) not in _NOT_IN_A_NAME).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if not stem or len(ending) > MAX_ENDING:
        return clean[:MAX_NAME] or "inventory.xlsx"
    return f"{stem[: MAX_NAME - len(ending) - 1]}{dot}{ending}"


def template(language: str, *, example: bool = False) -> bytes:
    """The empty (or filled) inventory workbook in ``zh`` or ``en``; public."""
    from lca.bom.example import heat_sink
    from lca.bom.template import write_template

    target = BytesIO()
    write_template(target, language, example=heat_sink() if example else None)
    return target.getvalue()
