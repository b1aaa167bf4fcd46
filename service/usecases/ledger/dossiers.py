"""Dossiers: what purchases, power balances and claims share. Every change is a new version; nothing is lost.

Rules
1. A dossier belongs to an organisation; it may be handed to an institution, whose people then see it too. To everybody
   else it is *not found*.
2. A version is written once. link = SHA-256 of the canonical JSON of ``{dossier, number, status, title, institution,
   digest, note, person, at, previous}``, where digest is the SHA-256 of the canonical content and previous the link
   of the version before, empty for the first. Title and institution are those of the dossier from that version on:
   they stand in the content too, under ``_head``, so that every version tells the whole.
3. Content is canonical JSON (``certificates.canonical``): decimals are texts, there is no float.
4. A version is stored only on the one the person looked at; else :class:`DossierChanged`.
5. Every version leaves one event in the audit chain: permission, ``noun:id``, link before, link after.

Example: ``change(actor, unit, record, Changed(content, "cancelled", note="no supply", version=3), now)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certificates.canonical import NotCanonical, sha256_hex
from service.store.ledger_records import DossierRecord, DossierVersion
from service.usecases.access import Actor, OrganisationKind, Permission
from service.usecases.cbam.keeping import require_sound
from service.usecases.common import new_id
from service.usecases.common import record as record_act
from service.usecases.ledger.refusals import DossierChanged
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotAllowed, NotFound

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

PURCHASE, BUDGET, POWER, CLAIM = "purchase", "budget", "power", "claim"
NOUNS: dict[str, Permission] = {
    PURCHASE: Permission.PURCHASE_KEEP,
    BUDGET: Permission.PURCHASE_KEEP,
    POWER: Permission.POWER_ALLOCATE,
    CLAIM: Permission.CLAIM_DRAFT,
}
"""Nouns of dossiers, and under which permission they are opened and changed where nothing else is said."""

SPOKEN = {POWER: "power balance"}
"""What a noun is called in a sentence, where that differs."""
HEAD = "_head"
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A new dossier: content in canonical JSON, title for lists, institution it is handed to, first status."""

    noun: str
    title: str
    content: Mapping[str, Any]
    institution_id: str | None = None
    status: str = "draft"


@dataclass(frozen=True, slots=True)
class Changed:
    """The next version. ``version`` is the one the person looked at, None skips the check; ``title`` and
    ``institution_id`` stay where they are None; ``act`` is the permission it was done under, None for the noun's own.
    """

    content: Mapping[str, Any]
    status: str
    note: str = ""
    version: int | None = None
    title: str | None = None
    institution_id: str | None = None
    act: Permission | None = None


def open_(actor: Actor, unit: UnitOfWork, opened: Opened, now: datetime) -> DossierRecord:
    """A dossier of the actor's organisation, at version 1; the caller has allowed it and commits.

    Raises InvalidInput, and NotFound where the institution is none.
    """
    record = DossierRecord(
        id=new_id(),
        noun=opened.noun,
        organisation_id=actor.organisation_id,
        institution_id=opened.institution_id,
        status=opened.status,
        title=_title(opened.title),
        version=1,
        created_by=actor.person_id,
        created_at=now,
    )
    _require_institution(unit, opened.institution_id)
    version = _version(actor, record, (opened.content, "", ""), now)
    unit.dossiers.add(record, version)
    record_act(unit, actor, (NOUNS[opened.noun], f"{opened.noun}:{record.id}"), now, ("", version.link))
    return record


def get(actor: Actor, unit: UnitOfWork, noun: str, dossier_id: str) -> tuple[DossierRecord, dict[str, Any]]:
    """The dossier with the content of its newest version, which still has its digest.

    Raises NotFound (rule 1), EvidenceChanged.
    """
    record = unit.dossiers.get(dossier_id)
    if record is None or record.noun != noun or not seen_by(actor, record):
        raise NotFound(noun=SPOKEN.get(noun, noun), key=dossier_id)
    return record, content_of(unit, record)


def own(actor: Actor, unit: UnitOfWork, noun: str, dossier_id: str) -> tuple[DossierRecord, dict[str, Any]]:
    """As :func:`get`, for a change by its own organisation. Raises NotFound, NotAllowed, EvidenceChanged."""
    record, content = get(actor, unit, noun, dossier_id)
    if record.organisation_id != actor.organisation_id:
        raise NotAllowed(permission=NOUNS[noun].value)
    return record, content


def seen_by(actor: Actor, record: DossierRecord) -> bool:
    """Rule 1."""
    if actor.organisation_id == record.organisation_id:
        return True
    is_institution = actor.organisation_kind is OrganisationKind.INSTITUTION
    return is_institution and actor.organisation_id == record.institution_id


def content_of(unit: UnitOfWork, record: DossierRecord, number: int | None = None) -> dict[str, Any]:
    """The content of a version, the newest where no number is given. Raises NotFound, EvidenceChanged."""
    wanted = record.version if number is None else number
    version = unit.dossiers.version(record.id, wanted)
    if version is None:
        raise NotFound(noun="version", key=str(wanted))
    if not _sound(version):
        raise EvidenceChanged(what=f"version {wanted} of {record.noun} {record.id}")
    return plain(version.content)


def plain(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Stored content without its head (rule 2): as it was handed in."""
    return {name: value for name, value in stored.items() if name != HEAD}


def listed(actor: Actor, unit: UnitOfWork, noun: str) -> tuple[tuple[DossierRecord, dict[str, Any]], ...]:
    """Dossiers the actor may see with their newest content, newest first."""
    is_institution = actor.organisation_kind is OrganisationKind.INSTITUTION
    handed = actor.organisation_id if is_institution else ""
    found = unit.dossiers.newest(noun, organisation_id=actor.organisation_id, institution_id=handed)
    return tuple((record, plain(stored)) for record, stored in found)


def change(
    actor: Actor, unit: UnitOfWork, record: DossierRecord, changed: Changed, now: datetime
) -> DossierRecord:
    """Store the next version; the caller has allowed it, has read ``record`` in the same unit, and commits.

    Raises DossierChanged, InvalidInput, NotFound where the institution is none.
    """
    if changed.version is not None and changed.version != record.version:
        raise DossierChanged(version=record.version)
    before = unit.dossiers.version(record.id, record.version)
    if before is None:
        raise EvidenceChanged(what=f"version {record.version} of {record.noun} {record.id}")
    made = replace(
        record,
        status=changed.status,
        version=record.version + 1,
        title=record.title if changed.title is None else _title(changed.title),
        institution_id=changed.institution_id or record.institution_id,
    )
    _require_institution(unit, changed.institution_id)
    version = _version(actor, made, (changed.content, changed.note, before.link), now)
    if not unit.dossiers.change(made, version):
        there = unit.dossiers.get(record.id)
        raise DossierChanged(version=there.version if there else "—")
    act = (changed.act or NOUNS[record.noun], f"{record.noun}:{record.id}")
    record_act(unit, actor, act, now, (before.link, version.link))
    return made


def link(version: DossierVersion, previous: str) -> str:
    """Rule 2: 64 hexadecimal digits."""
    head = version.content[HEAD]
    return sha256_hex(
        {
            "dossier": version.dossier_id,
            "number": version.number,
            "status": version.status,
            "title": head["title"],
            "institution": head["institution"],
            "digest": version.digest,
            "note": version.note,
            "person": version.person_id,
            "at": version.at.isoformat(),
            "previous": previous,
        }
    )


def problems(unit: UnitOfWork) -> Iterator[str]:
    """Every contradiction of the stored dossiers, as a sentence that names the row; for the check of the store."""
    for record in unit.dossiers.every():
        name = f"{record.noun} {record.id}"
        versions = unit.dossiers.versions(record.id, contents=True)[::-1]
        if [one.number for one in versions] != list(range(1, record.version + 1)):
            yield f"{name}: its versions are not 1 to {record.version}"
            continue
        yield from _broken(name, versions)
        head = versions[-1].content.get(HEAD)
        if head != _head(record) or versions[-1].status != record.status:
            yield f"{name}: status, title or institution are not those of its newest version"
        first = versions[0]
        if (first.person_id, first.at) != (record.created_by, record.created_at):
            yield f"{name}: it was not opened by the person, or at the time, of its first version"
        yield from _unaudited(unit, record, versions)


def _broken(name: str, versions: tuple[DossierVersion, ...]) -> Iterator[str]:
    previous = ""
    for version in versions:
        if not _sound(version):
            yield f"{name}: the content of version {version.number} is not what was stored"
        elif version.link != link(version, previous):
            yield f"{name}: version {version.number} does not follow from the one before"
        previous = version.link


def _unaudited(
    unit: UnitOfWork, record: DossierRecord, versions: tuple[DossierVersion, ...]
) -> Iterator[str]:
    """Rule 5."""
    name = f"{record.noun}:{record.id}"
    events = {(event.after, event.person_id, event.at) for event in unit.audit.events(object_=name)}
    for version in versions:
        if (version.link, version.person_id, version.at) not in events:
            yield f"{record.noun} {record.id}: version {version.number} has no event in the audit chain"


def _version(
    actor: Actor, record: DossierRecord, what: tuple[Mapping[str, Any], str, str], now: datetime
) -> DossierVersion:
    """The version of ``record.version``; ``what`` is content, note and the link before."""
    content, note, previous = what
    stored = plain(content) | {HEAD: _head(record)}
    require_sound({"content": stored, "note": note})
    try:
        digest = sha256_hex(stored)
    except NotCanonical as error:
        raise InvalidInput(field="content", problem="text") from error
    made = DossierVersion(
        dossier_id=record.id,
        number=record.version,
        status=record.status,
        content=stored,
        note=note,
        digest=digest,
        link="",
        person_id=actor.person_id,
        at=now,
    )
    return replace(made, link=link(made, previous))


def _head(record: DossierRecord) -> dict[str, Any]:
    return {"title": record.title, "institution": record.institution_id or ""}


def _sound(version: DossierVersion) -> bool:
    try:
        return sha256_hex(version.content) == version.digest and set(version.content[HEAD]) == {
            "title",
            "institution",
        }
    except (NotCanonical, KeyError, TypeError):
        return False


def _title(text: str) -> str:
    title = text.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise InvalidInput(field="title", problem=f"1 to {LONGEST_TITLE} characters")
    return title


def _require_institution(unit: UnitOfWork, institution_id: str | None) -> None:
    if institution_id is None:
        return
    found = unit.organisations.get(institution_id)
    if found is None or found.kind != OrganisationKind.INSTITUTION:
        raise NotFound(noun="institution", key=institution_id)
