"""Notices: what an organisation is told without having asked. Its people see them on the home page until one has read
them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.store.records import NoticeRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import new_id
from service.usecases.refusals import NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

RELEASE_IMPACT = "release-impact"


def list_(actor: Actor, services: Services) -> tuple[NoticeRecord, ...]:
    """Notices to the actor's organisation, newest first. Raises NotAllowed."""
    allow(actor, Permission.NOTICE_READ)
    with services.uow() as unit:
        return unit.notices.list_(actor.organisation_id)


def read(actor: Actor, notice_id: str, services: Services) -> NoticeRecord:
    """Mark a notice as read, for the whole organisation. Raises NotAllowed, NotFound."""
    allow(actor, Permission.NOTICE_READ)
    now = services.clock()
    with services.uow(write=True) as unit:
        found = unit.notices.get(notice_id)
        if found is None or found.organisation_id != actor.organisation_id:
            raise NotFound(noun="notice", key=notice_id)
        unit.notices.read(notice_id, now)
        unit.commit()
    with services.uow() as unit:
        kept = unit.notices.get(notice_id)
    return kept or found


def tell(
    unit: UnitOfWork, organisation_id: str, kind: str, object_: str, details: dict[str, Any], at: datetime
) -> None:
    """For other use cases: leave a notice, in their transaction."""
    unit.notices.add(NoticeRecord(new_id(), organisation_id, kind, object_, details, at, None))
