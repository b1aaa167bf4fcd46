"""Official marks: a picture that an official body gave the product, shown beside a label with its certificate number.

Rules
1. We give no mark, draw none and check none: the exporter or the institution uploads the picture it was given, and
   every page that shows it says so, with the body and the number of the certificate, never the picture alone.
2. A picture is PNG or JPEG and is written anew before it is kept (``service.pictures``).
3. Nothing is overwritten: the same body and certificate number again replaces the picture, taking away adds a row
   without one, and the audit chain keeps a digest of each row. A label has at most :data:`MOST` marks.

Example: ``add(actor, AddMark("TB-2026-0000001-L", "国家认证机构", "CERT-1", data), services)``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from certificates.canonical import sha256_hex
from service.pictures import NotAPicture, clean
from service.store.trust_records import OfficialMark
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import label_of, new_id, record
from service.usecases.refusals import InvalidInput, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

MARKED = "label-mark:"
"""How the object of its events in the audit chain begins."""
MOST = 4
LONGEST = 200


@dataclass(frozen=True, slots=True)
class AddMark:
    """A mark for a label: who gave it, under which number, and its picture."""

    number: str
    body: str
    certificate_number: str
    picture: bytes = field(repr=False)


def add(actor: Actor, command: AddMark, services: Services) -> OfficialMark:
    """Keep a mark. Raises NotAllowed, NotFound, InvalidInput."""
    allow(actor, Permission.LABEL_MARK)
    body, certificate = (
        _text(name, value)
        for name, value in (("body", command.body), ("certificate_number", command.certificate_number))
    )
    try:
        picture = clean(command.picture)
    except NotAPicture as error:
        raise InvalidInput(field="picture", problem=str(error)) from error
    with services.uow(write=True) as unit:
        label = label_of(actor, unit, command.number)
        there = {(mark.body, mark.certificate_number) for mark in unit.marks.of(label.number)}
        if len(there - {(body, certificate)}) >= MOST:
            raise InvalidInput(field="picture", problem=f"at most {MOST} records")
        mark = OfficialMark(
            id=new_id(),
            number=label.number,
            body=body,
            certificate_number=certificate,
            media_type=picture.media_type,
            image=picture.data,
            sha256=hashlib.sha256(picture.data).hexdigest(),
            person_id=actor.person_id,
            at=_after(unit.marks.last_at(label.number), services.clock()),
        )
        _keep(unit, actor, mark)
        unit.commit()
    return mark


def take_away(actor: Actor, number: str, mark_id: str, services: Services) -> None:
    """Show a mark no longer. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LABEL_MARK)
    with services.uow(write=True) as unit:
        label = label_of(actor, unit, number)
        mark = _one(unit.marks.of(label.number), mark_id)
        now = _after(unit.marks.last_at(label.number), services.clock())
        gone = replace(mark, id=new_id(), image=b"", sha256="", person_id=actor.person_id, at=now)
        _keep(unit, actor, gone)
        unit.commit()


def of(number: str, services: Services) -> tuple[OfficialMark, ...]:
    """The marks of a label, as public as the label: whoever calls has made sure that the reader may see it."""
    with services.uow() as unit:
        return unit.marks.of(number)


def one(number: str, mark_id: str, services: Services) -> OfficialMark:
    """One mark of a label, as public as the label. Raises NotFound."""
    return _one(of(number, services), mark_id)


def mark_digest(mark: OfficialMark) -> str:
    """What the audit chain keeps of a row (rule 3): SHA-256 over all of it, the picture as it is stored."""
    picture = hashlib.sha256(mark.image).hexdigest()
    return sha256_hex(
        [
            mark.number,
            mark.body,
            mark.certificate_number,
            mark.media_type,
            picture,
            mark.sha256,
            mark.person_id,
        ]
    )


def _keep(unit: UnitOfWork, actor: Actor, mark: OfficialMark) -> None:
    unit.marks.add(mark)
    record(unit, actor, (Permission.LABEL_MARK, f"{MARKED}{mark.number}"), mark.at, ("", mark_digest(mark)))


def _one(marks: tuple[OfficialMark, ...], mark_id: str) -> OfficialMark:
    found = next((mark for mark in marks if mark.id == mark_id), None)
    if found is None:
        raise NotFound(noun="mark", key=mark_id)
    return found


def _after(last: datetime | None, now: datetime) -> datetime:
    """Now, or just behind the last row: the last one counts, also within one tick of the clock."""
    return now if last is None else max(now, last + timedelta(microseconds=1))


def _text(name: str, value: str) -> str:
    text = " ".join(value.split())
    if not 1 <= len(text) <= LONGEST or not text.isprintable():
        raise InvalidInput(field=name, problem=f"1 to {LONGEST} characters that can be seen")
    return text
