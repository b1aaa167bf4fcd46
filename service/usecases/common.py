"""What several use cases share: reading with tenancy, writing with audit."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lca.inventory import Inventory
from service.store.records import InventoryRecord, JobRecord, LabelRecord, StudyRecord
from service.store.repositories.audit import Event
from service.usecases.access import Actor, OrganisationKind, require_seen
from service.usecases.refusals import EvidenceChanged, StudyChanged, WrongState

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


def new_id() -> str:
    """An identifier for a new object: 32 hexadecimal digits, random."""
    return uuid.uuid4().hex


def study_of(actor: Actor, unit: UnitOfWork, study_id: str) -> StudyRecord:
    """The study, if it is the actor's to see. Raises NotFound."""
    study = unit.studies.get(study_id)
    require_seen(actor, "study", study_id, (study.exporter_id, study.institution_id) if study else None)
    assert study is not None  # noqa: S101 - require_seen refused None
    return study


def inventory_of(actor: Actor, unit: UnitOfWork, inventory_id: str) -> InventoryRecord:
    """The inventory, if it is the actor's to see. Raises NotFound."""
    found = unit.inventories.get(inventory_id)
    require_seen(
        actor, "inventory", inventory_id, (found.organisation_id, found.institution_id) if found else None
    )
    assert found is not None  # noqa: S101 - require_seen refused None
    return found


def read_inventory(record: InventoryRecord) -> Inventory:
    """The stored inventory, if it still has the digest it was stored with. Raises EvidenceChanged."""
    try:
        inventory = Inventory.from_dict(record.content)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise EvidenceChanged(what=f"content of inventory {record.id}") from error
    if inventory.digest() != record.digest:
        raise EvidenceChanged(what=f"content of inventory {record.id}")
    return inventory


def label_of(actor: Actor, unit: UnitOfWork, number: str) -> LabelRecord:
    """The label, if it is the actor's to see. Raises NotFound."""
    label = unit.labels.get(number)
    require_seen(actor, "label", number, (label.exporter_id, label.institution_id) if label else None)
    assert label is not None  # noqa: S101 - require_seen refused None
    return label


def waiting_job(
    actor: Actor, kind: str, payload: dict[str, Any], at: datetime, job_id: str = ""
) -> JobRecord:
    """A job as it is queued: it runs as the actor; a new id where none is given."""
    return JobRecord(
        id=job_id or new_id(),
        kind=kind,
        payload=payload,
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        state="waiting",
        attempts=0,
        progress=0.0,
        step="waiting",
        result=None,
        error="",
        message_zh="",
        message_en="",
        created_at=at,
        finished_at=None,
    )


def tenancy(actor: Actor) -> dict[str, str]:
    """Filter for lists: the exporter's own, or what was handed to the institution; nothing for the others."""
    if actor.organisation_kind is OrganisationKind.EXPORTER:
        return {"exporter_id": actor.organisation_id}
    if actor.organisation_kind is OrganisationKind.INSTITUTION:
        return {"institution_id": actor.organisation_id}
    return {}


def require_status(study: StudyRecord, *wanted: str) -> None:
    """Raise WrongState unless the study is in one of these states."""
    if study.status not in wanted:
        raise WrongState(status=study.status, wanted=" / ".join(wanted))


def require_version(study: StudyRecord, version: int | None) -> None:
    """Raise StudyChanged unless the study is at the version the person looked at; None was not looked at."""
    if version is not None and version != study.version:
        raise StudyChanged(version=study.version)


def change_study(unit: UnitOfWork, study: StudyRecord, status: str) -> StudyRecord:
    """Give the study a status and its next version. Raises StudyChanged when somebody was quicker."""
    changed = unit.studies.change(study.id, study.version, status=status)
    now = unit.studies.get(study.id)
    if not changed or now is None:
        raise StudyChanged(version=now.version if now else "—")
    return now


def record(
    unit: UnitOfWork, actor: Actor, act: tuple[str, str], at: datetime, digests: tuple[str, str] = ("", "")
) -> None:
    """Append to the audit chain: ``act`` is (permission, object), ``digests`` before and after."""
    action, object_ = act
    unit.audit.append(Event(actor.person_id, actor.via, action, object_, *digests), at)
