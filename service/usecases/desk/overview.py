"""What waits at the desk, what ceased to be accepted lately, and the search by number or company.

Rules
1. Whoever may check in bulk has a desk; requests for evidence are shown only to authorities that may ask.
2. The search takes a number as people write it, or a part of it, or a part of a company's name or code; labels are
   public documents to officers, so no check code is asked for.

Example: ``search(officer, "铝业", services)[0].number``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from certificates.labelnumber import typed
from service.store.records import LabelRecord
from service.usecases.access import Actor, OrganisationKind, Permission, allow
from service.usecases.desk import bulk, requests
from service.usecases.desk.bulk import Check
from service.usecases.desk.requests import Asked
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

LATELY = timedelta(days=30)
MOST_LATELY = 20
MOST_FOUND = 50
SHORTEST = 2
"""Characters of a search: one finds everything."""


@dataclass(frozen=True, slots=True)
class Change:
    """A label that ceased to be accepted: its number and product, the state it went to, when, why."""

    number: str
    product: dict[str, str]
    exporter: dict[str, str]
    state: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """Checks that run, the newest finished ones, requests that wait or are open, and the changes of :data:`LATELY`."""

    running: tuple[Check, ...]
    finished: tuple[Check, ...]
    waiting: tuple[Asked, ...]
    open: tuple[Asked, ...]
    changes: tuple[Change, ...]


def overview(actor: Actor, services: Services) -> Overview:
    """What waits. Raises NotAllowed."""
    allow(actor, Permission.CHECK_BULK)
    now = services.clock()
    checks = bulk.list_(actor, services)
    authority = actor.organisation_kind is OrganisationKind.REGULATOR
    asked = requests.list_(actor, services) if authority else ()
    with services.uow() as unit:
        changes = _changes(unit, now)
    return Overview(
        tuple(one for one in checks if not one.done),
        tuple(one for one in checks if one.done)[:5],
        tuple(one for one in asked if one.state == requests.WAITING),
        tuple(one for one in asked if one.state == requests.OPEN),
        changes,
    )


def search(actor: Actor, text: str, services: Services) -> tuple[LabelRecord, ...]:
    """Labels whose number, exporter's name or exporter's code holds ``text``; newest first, at most
    :data:`MOST_FOUND` (rule 2). Raises NotAllowed.
    """
    allow(actor, Permission.CHECK_BULK)
    text = text.strip()
    if len(text) < SHORTEST:
        return ()
    with services.uow() as unit:
        numbers = unit.desk.find(typed(text), text, MOST_FOUND)
        found = (unit.labels.get(number) for number in numbers)
        return tuple(one for one in found if one is not None)


def _changes(unit: UnitOfWork, now: datetime) -> tuple[Change, ...]:
    made = []
    for one in unit.desk.suspended_since(now - LATELY, MOST_LATELY):
        label = unit.labels.get(one["number"])
        if label is not None:
            product, exporter = (label.statement[name]["name"] for name in ("product", "exporter"))
            made.append(Change(label.number, product, exporter, one["status"], one["reason"], one["at"]))
    return tuple(made)
