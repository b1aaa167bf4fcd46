"""The offline pack: made on the spot, signed, with an end, and every one that was taken is recorded.

Rules
1. It holds what ``certificates.pack`` says: all leaves of the log, the newest checkpoint and those that witnesses
   cosigned, the status lists in force, every change of standing. Lists that are due are published first.
2. It lasts :data:`DAYS` days unless fewer or more are asked for, at most :data:`MOST_DAYS`. An older pack knows less;
   an expired one knows nothing.
3. Who took which pack stands in the audit chain with the SHA-256 of the file: the fingerprint that a border post
   compares. It is committed before the pack is given.

Example: ``make(officer, services).fingerprint``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from service.usecases import standing
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import record
from service.usecases.desk import knowing
from service.usecases.desk.refusals import NothingToPack
from service.usecases.refusals import EvidenceChanged, InvalidInput
from service.usecases.services import Services
from service.usecases.signing import signing

if TYPE_CHECKING:
    from certificates.pack import Contents
    from service.store.uow import UnitOfWork

DAYS = 7
MOST_DAYS = 31
MEDIA_TYPE = "application/octet-stream"
_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Made:
    """A pack as it is given."""

    filename: str
    data: bytes = field(repr=False)
    made_at: datetime
    expires_at: datetime
    leaves: int

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Taken:
    """A pack that was taken: when, until when it counts, by whom, its fingerprint."""

    at: datetime
    expires_at: datetime
    person_id: str
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "at": self.at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
            "person_id": self.person_id,
            "sha256": self.sha256,
        }


def make(actor: Actor, services: Services, days: int = DAYS) -> Made:
    """Make a pack and record that it was taken (rules 1 to 3).

    Raises NotAllowed, InvalidInput, NothingToPack, KeysUnavailable, StatusUnavailable, EvidenceChanged.
    """
    allow(actor, Permission.PACK_TAKE)
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(field="days", problem=f"1 to {MOST_DAYS}")
    with standing.reading(services) as unit:
        now = services.clock().replace(microsecond=0)
        contents = _contents(unit, services, now)
    made = _made(contents, services, now, now + timedelta(days=days))
    with services.uow(write=True) as unit:
        digests = (made.expires_at.isoformat(), made.fingerprint)
        record(unit, actor, (Permission.PACK_TAKE, _object(actor)), now, digests)
        unit.commit()
    return made


def taken(actor: Actor, services: Services) -> tuple[Taken, ...]:
    """Packs that the actor's authority took, newest first. Raises NotAllowed."""
    allow(actor, Permission.PACK_TAKE)
    with services.uow() as unit:
        events = unit.audit.events(object_=_object(actor))
    found = (
        Taken(one.at, datetime.fromisoformat(one.before), one.person_id, one.after)
        for one in reversed(events)
        if one.action == Permission.PACK_TAKE
    )
    return tuple(found)


def _contents(unit: UnitOfWork, services: Services, now: datetime) -> Contents:
    from certificates.pack import Contents

    held = knowing.held(unit, services, now)
    if not held.leaf_hashes:
        raise NothingToPack()
    lists = [
        one.credential
        for list_ in range(1, unit.standings.last_list() + 1)
        for one in standing.current_lists(unit, list_)
    ]
    return Contents(
        leaf_hashes=held.leaf_hashes,
        changes=held.register.changes,
        checkpoints=held.checkpoints,
        lists=tuple(lists),
        trust=services.keys.trust(),
    )


def _made(contents: Contents, services: Services, now: datetime, until: datetime) -> Made:
    """Signed, and read back as a border post would; what does not hold together is never given."""
    from certificates import pack

    with signing():
        try:
            data = pack.write(contents, services.keys.keyset(), now, until)
        except (pack.NotAPack, pack.PackNotSigned) as error:
            raise EvidenceChanged(what=f"the log or the register ({error})") from error
    name = f"tanbiao-pack-{now:%Y%m%dT%H%M%SZ}.pack"
    return Made(name, data, now, until, len(contents.leaf_hashes) // 32)


def _object(actor: Actor) -> str:
    return f"pack:{actor.organisation_id or _LOCAL}"
