"""What changed between two versions, and who changed a record last.

Rules
1. Changes are named in the words of the workbook (``lca.cbam.workbook.changes``): sheet, record, column, both values.
2. Who changed a record last is told by its collection and id, or its place in collections without ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.store.records import CbamVersion
from service.usecases.access import Actor, Permission, allow
from service.usecases.cbam import records
from service.usecases.cbam.keeping import installation_of, read
from service.usecases.refusals import NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from lca.cbam.workbook import Change

HEAD = ("installation", "period", "quality", "fuel_balance")


@dataclass(frozen=True, slots=True)
class Entered:
    """Who changed a record last, when, and in which version."""

    person_id: str
    at: datetime
    number: int


def version_diff(actor: Actor, key: str, services: Services, before: int, after: int) -> tuple[Change, ...]:
    """What version ``after`` has other than version ``before``. Raises NotAllowed, NotFound, EvidenceChanged."""
    from lca.cbam.workbook import changes

    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        installation = installation_of(actor, unit, key)
        found = [unit.cbam.version(installation.id, number) for number in (before, after)]
    data = []
    for number, version in zip((before, after), found, strict=True):
        if version is None:
            raise NotFound(noun="version", key=str(number))
        data.append(read(version))
    return tuple(changes(*data))


def entered(actor: Actor, key: str, services: Services) -> dict[str, Entered]:
    """Who changed what last, by ``collection/record`` (``streams/S1``) or part of the head (``installation``).

    Raises NotAllowed, NotFound.
    """
    allow(actor, Permission.CBAM_READ)
    with services.uow() as unit:
        listed = unit.cbam.versions(installation_of(actor, unit, key).id, contents=True)
    found: dict[str, Entered] = {}
    there: set[str] = set()
    for older, version in zip((*listed[1:], None), listed, strict=True):
        now = _records(version.content)
        there = there or set(now)
        earlier = _records(older.content) if older else {}
        for name in there - found.keys():
            if earlier.get(name) != now.get(name):
                found[name] = _by(version)
    return found


def _records(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: content[name] for name in HEAD}
    found["monitoring"] = {name: content[name] for name in ("basis", *records.SINGLE)}
    for collection in records.collections():
        if collection == "goods":
            listed = [good | {"process": one["id"]} for one in content["processes"] for good in one["goods"]]
        else:
            listed = content[collection]
        if collection == "processes":
            listed = [{name: value for name, value in one.items() if name != "goods"} for one in listed]
        for place, one in enumerate(listed, 1):
            found[f"{collection}/{one.get('id', f'#{place}')}"] = one
    return found


def _by(version: CbamVersion) -> Entered:
    return Entered(version.created_by, version.created_at, version.number)
