"""Reading a part of the sealed evidence: recorded before it is given.

Rules
1. Only the authority that asked reads, only while its request is granted or opened by duty, and not a moment after.
2. The part is compared with the label's chain first (``parts``); what differs is neither given nor recorded as seen.
3. The access (which part, the SHA-256 of what is given, who, when) is committed before the bytes leave this function,
   in the request's record and in the audit chain. A part whose record cannot be written is not given.

Example: ``take(officer, request_id, "workbook", services).data``.
"""

from __future__ import annotations

from datetime import datetime

from service.store.records import LabelRecord
from service.store.trust_records import EvidenceAccess
from service.usecases.access import Actor, Permission, allow, require_seen
from service.usecases.common import label_of, new_id, record
from service.usecases.desk import parts, requests
from service.usecases.desk.parts import Part
from service.usecases.desk.refusals import EvidenceSealed, GrantOver
from service.usecases.services import Services


def take(actor: Actor, request_id: str, name: str, services: Services) -> Part:
    """A part of the evidence, recorded as seen (rules 1 to 3).

    Raises NotAllowed, NotFound, EvidenceSealed, GrantOver, EvidenceChanged.
    """
    allow(actor, Permission.EVIDENCE_READ)
    requests.require_authority(actor, Permission.EVIDENCE_READ)
    now = services.clock()
    label = _opened(actor, request_id, services, now)
    found = parts.of(actor, label, name, services)
    with services.uow(write=True) as unit:
        unit.desk.add_access(EvidenceAccess(new_id(), request_id, name, found.sha256, actor.person_id, now))
        act = (Permission.EVIDENCE_READ, f"evidence-request:{request_id}")
        record(unit, actor, act, now, (name, found.sha256))
        unit.commit()
    return found


def _opened(actor: Actor, request_id: str, services: Services, now: datetime) -> LabelRecord:
    """Rule 1: the label of a request that is open now."""
    with services.uow() as unit:
        asked = unit.desk.request(request_id)
        mine = asked is not None and asked.organisation_id == actor.organisation_id
        require_seen(actor, "request", request_id, ("", "") if mine else None)
        assert asked is not None  # noqa: S101 - require_seen refused None
        given = unit.desk.answers([request_id]).get(request_id)
        state = requests.state_of(given, now)
        if state == requests.OVER and given is not None and given.open_until is not None:
            raise GrantOver(until=f"{given.open_until:%Y-%m-%d %H:%M} UTC")
        if state != requests.OPEN:
            raise EvidenceSealed()
        return label_of(actor, unit, asked.number)
