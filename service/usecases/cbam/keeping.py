"""What the use cases of CBAM share: reading with tenancy, storing data as the next version.

Rules
1. Data is never changed: every change is the next version of the whole, linked to the one before by its hash.
2. A version is stored only on the one the person looked at; else :class:`MonitoringChanged`.
3. Who entered evidence, and when, is the service's knowledge: it is set here for new and changed evidence, kept for the
   rest, and what a file says about it does not count.
4. What is read is held against its digest first.
5. Text is text: what a hash or a document cannot hold (half characters, control characters) is refused before it is
   stored, and so is a whole number that JSON does not carry exactly.
6. Data has a size that a page can be made of in time: records are counted before they are stored.

Example: ``keep(actor, unit, installation, 3, Draft(data, "form"), now)``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca.cbam.monitoring import Evidence, Monitoring
from lca.findings import Finding
from service.store.records import CbamInstallation, CbamVersion
from service.usecases.access import Actor, Permission, require_seen
from service.usecases.cbam.refusals import MonitoringChanged
from service.usecases.common import new_id, record
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotFound

if TYPE_CHECKING:
    from databases.cbam.tables import Tables
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services

MOST_BYTES = 16_000_000
"""Bytes of the largest workbook that is read; pages and API take no larger request either."""
LONGEST_TEXT = 10_000
MOST_RECORDS = 10_000
"""Records of all kinds together; a large installation has some hundreds."""
MOST_OF = {"processes": 600}
"""Records of a kind that cost more: processes, one for a CN code of the 570 in Annex I, are solved all at once."""
_TEXT = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]*\Z")
_EXACT = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Draft:
    """Data to be stored, and where it comes from (``source`` as in :class:`CbamVersion`)."""

    data: Monitoring
    source: str
    filename: str = ""
    upload: bytes | None = field(default=None, repr=False)
    findings: tuple[Finding, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class InstallationView:
    """An installation with the data of one version."""

    installation: CbamInstallation
    version: CbamVersion
    data: Monitoring

    @property
    def is_head(self) -> bool:
        """True when no newer version is stored."""
        return self.version.number == self.installation.version


def installation_of(actor: Actor, unit: UnitOfWork, key: str) -> CbamInstallation:
    """The installation, if it is the actor's to see. Raises NotFound."""
    found = unit.cbam.get(key)
    owners = (found.exporter_id, found.institution_id or "") if found else None
    require_seen(actor, "installation", key, owners)
    assert found is not None  # noqa: S101 - require_seen refused None
    return found


def view_of(actor: Actor, unit: UnitOfWork, key: str, number: int | None = None) -> InstallationView:
    """The installation with its newest data, or that of version ``number``. Raises NotFound, EvidenceChanged."""
    installation = installation_of(actor, unit, key)
    version = unit.cbam.version(installation.id, installation.version if number is None else number)
    if version is None:
        raise NotFound(noun="version", key=str(number))
    return InstallationView(installation, version, read(version))


def read(version: CbamVersion) -> Monitoring:
    """The stored data (rule 4). Raises EvidenceChanged."""
    from lca.cbam.storage import NotMonitoring, digest, read_monitoring

    what = f"version {version.number} of installation {version.installation_id}"
    try:
        if digest(version.content) != version.digest:
            raise EvidenceChanged(what=what)
        return read_monitoring(version.content)
    except (NotMonitoring, ValueError, TypeError) as error:
        raise EvidenceChanged(what=what) from error


def require_version(installation: CbamInstallation, version: int | None) -> None:
    """Rule 2; None was not looked at. Raises MonitoringChanged."""
    if version is not None and version != installation.version:
        raise MonitoringChanged(version=installation.version)


def keep(
    actor: Actor, unit: UnitOfWork, installation: CbamInstallation, draft: Draft, now: datetime
) -> CbamVersion:
    """Store the draft as the next version, with its audit event; the caller commits (rules 1, 3, 5).

    Raises MonitoringChanged, InvalidInput.
    """
    from lca.cbam.storage import digest, write_monitoring

    before = unit.cbam.version(installation.id, installation.version) if installation.version else None
    person = unit.people.get(actor.person_id)
    earlier = read(before).evidence if before else ()
    data = stamped(draft.data, earlier, person.name if person else actor.person_id, now.date())
    plain = write_monitoring(data)
    require_sound(plain)
    require_few(plain)
    require_sound({"note": draft.note})
    made = CbamVersion(
        id=new_id(),
        installation_id=installation.id,
        number=installation.version + 1,
        year=data.period.end.year,
        basis=data.basis.value,
        content=json.loads(json.dumps(plain)),
        digest=digest(plain),
        previous=before.link if before else "",
        link="",
        source=draft.source,
        findings=[one.as_dict() for one in draft.findings],
        filename=draft.filename,
        upload_sha256=hashlib.sha256(draft.upload).hexdigest() if draft.upload is not None else "",
        note=draft.note,
        created_by=actor.person_id,
        created_at=now,
    )
    made = replace(made, link=link(made))
    if not unit.cbam.append(made, names_of(data), draft.upload):
        there = unit.cbam.get(installation.id)
        raise MonitoringChanged(version=there.version if there else "—")
    act = Permission.CBAM_EDIT if before else Permission.CBAM_OPEN
    record(unit, actor, (act, f"cbam:{installation.id}"), now, (made.previous, made.link))
    return made


def names_of(data: Monitoring) -> dict[str, str]:
    """What an installation is listed by, from its data."""
    there = data.installation
    return {
        "name_zh": there.name or there.name_en,
        "name_en": there.name_en or there.name,
        "country": there.country,
    }


def new_installation(actor: Actor, data: Monitoring, now: datetime) -> CbamInstallation:
    """An installation of the actor's organisation, before its first version."""
    return CbamInstallation(
        id=new_id(),
        exporter_id=actor.organisation_id,
        institution_id=None,
        **names_of(data),
        created_by=actor.person_id,
        created_at=now,
        version=0,
    )


def link(version: CbamVersion) -> str:
    """SHA-256 over everything in the row but the link itself; contents by their hashes (rule 1)."""
    findings = json.dumps(version.findings, ensure_ascii=True, sort_keys=True)
    fields = [
        version.id,
        version.installation_id,
        version.number,
        version.year,
        version.basis,
        version.digest,
    ]
    fields += [
        version.previous,
        version.source,
        hashlib.sha256(findings.encode()).hexdigest(),
        version.filename,
    ]
    fields += [version.upload_sha256, version.note, version.created_by, version.created_at.isoformat()]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def stamped(data: Monitoring, earlier: tuple[Evidence, ...], who: str, on: date) -> Monitoring:
    """Evidence with who entered it, and when (rule 3)."""
    known = {one.id: one for one in earlier}

    def stamp(one: Evidence) -> Evidence:
        before = known.get(one.id)
        if before is not None:
            same = replace(one, entered_by=before.entered_by, entered_on=before.entered_on)
            if same == before:
                return same
        return replace(one, entered_by=who, entered_on=on)

    return replace(data, evidence=tuple(stamp(one) for one in data.evidence))


def require_sound(plain: Any, where: str = "") -> None:
    """Rule 5, for plain JSON. Raises InvalidInput."""
    if isinstance(plain, dict):
        for name, value in plain.items():
            require_sound(value, f"{where}.{name}" if where else str(name))
    elif isinstance(plain, list | tuple):
        for number, value in enumerate(plain, 1):
            require_sound(value, f"{where}#{number}")
    elif isinstance(plain, str) and (len(plain) > LONGEST_TEXT or not _TEXT.match(plain)):
        raise InvalidInput(field=where, problem=f"text of at most {LONGEST_TEXT} characters that can be seen")
    elif isinstance(plain, int) and not isinstance(plain, bool) and abs(plain) > _EXACT:
        raise InvalidInput(field=where, problem="the number is too large")


def require_few(plain: Mapping[str, Any]) -> None:
    """Rule 6, for plain monitoring data. Raises InvalidInput."""
    for name, most in MOST_OF.items():
        if len(plain[name]) > most:
            raise InvalidInput(field=name, problem=f"at most {most} records")
    if _records(plain) > MOST_RECORDS:
        raise InvalidInput(field="content", problem=f"at most {MOST_RECORDS} records")


def _records(plain: Any) -> int:
    """Records in lists, at any depth."""
    if isinstance(plain, Mapping):
        return sum(_records(one) for one in plain.values())
    if isinstance(plain, list | tuple):
        return sum(_records(one) + isinstance(one, Mapping) for one in plain)
    return 0


def require_size(data: bytes, field_name: str = "workbook") -> None:
    """Raises InvalidInput for an empty file and for one beyond :data:`MOST_BYTES`."""
    if not 0 < len(data) <= MOST_BYTES:
        raise InvalidInput(field=field_name, problem=f"a file of 1 to {MOST_BYTES} bytes")


def kept_tables(services: Services) -> Path:
    """The folder of the sets of tables that stored calculations rest on: beside the editions."""
    root = services.settings.cbam_tables
    return root.with_name(f"{root.name}-kept")


def tables_of(services: Services, on: date | None = None) -> Tables:
    """The reference tables in force on a day (today where none is named), with the imported editions.

    Raises EvidenceChanged when an edition is damaged.
    """
    from databases.cbam.shelf import EditionDamaged
    from databases.cbam.tables import open_tables

    try:
        return open_tables(services.settings.cbam_tables, on or services.clock().date())
    except EditionDamaged as error:
        raise EvidenceChanged(what=str(error)) from error
