"""Does the store still hold what was put in: audit chain, log, inventories, labels."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from service.usecases import issuing
from service.usecases.access import Actor, Permission, allow
from service.usecases.refusals import EvidenceChanged
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


def check(actor: Actor, services: Services) -> tuple[str, ...]:
    """Every problem as a sentence, empty when the store is intact. Raises NotAllowed, KeysUnavailable."""
    allow(actor, Permission.AUDIT_READ)
    found: list[str] = []
    with services.uow() as unit:
        broken = unit.audit.first_broken()
        if broken is not None:
            found.append(f"The audit chain is broken at event {broken}.")
        if unit.log.size():
            try:
                issuing.require_same_log(unit, unit.log.size(), services.keys.keyset())
            except EvidenceChanged as refusal:
                found.append(refusal.details["what"])
        found += _inventories(unit)
        found += _labels(unit)
    return tuple(found)


def _inventories(unit: UnitOfWork) -> list[str]:
    found = []
    for record in unit.inventories.every():
        try:
            issuing.read_inventory(record)
        except EvidenceChanged as refusal:
            found.append(refusal.details["what"])
        workbook = unit.inventories.workbook(record.id) or b""
        if hashlib.sha256(workbook).hexdigest() != record.workbook_sha256:
            found.append(f"workbook of inventory {record.id}")
    return found


def _labels(unit: UnitOfWork) -> list[str]:
    from certificates.credential import CredentialUnreadable, decode
    from certificates.log.merkle import leaf_hash

    found = []
    for label in unit.labels.list_():
        try:
            if decode(label.credential).statement != label.statement:
                found.append(f"statement of label {label.number} is not the one that was signed")
        except CredentialUnreadable:
            found.append(f"credential of label {label.number}")
            continue
        if leaf_hash(label.credential.encode("ascii", "replace")) != unit.log.node(
            0, label.proof["leaf_index"]
        ):
            found.append(f"log entry of label {label.number}")
    return found
