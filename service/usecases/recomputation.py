"""Recompute: from the stored workbook to the number, and the statement compared field by field.

Rules
1. The road starts at the workbook's bytes, not at anything derived from them; the release's hashes are read
   again.
2. Compared is the statement inside the signed credential. The store's own copies (statement, inventory) are
   compared too, under ``store.…``: a copy that was altered is named.
3. Not recomputed, because they are not results: number, issuer, dates, and the measured difference of the
   roads.
4. Electricity by contract must still be covered: what covers it is compared by its digest in the chain, and a
   retirement that no longer holds is a difference.
5. Whatever cannot be rebuilt is a difference, not an exception: the report says where the road ends.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lca.inventory import Inventory
from service.store.records import ChoiceRecord, InventoryRecord, LabelRecord, StudyRecord
from service.usecases import statements
from service.usecases.differences import ABSENT, Difference, compare
from service.usecases.ledger import power_gate
from service.usecases.pipeline import Computation, compute, release_of, scope_of
from service.usecases.refusals import Refusal
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Recomputation:
    """``equal`` when every recomputable field of the statement came out the same."""

    number: str
    equal: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds about a label."""

    label: LabelRecord
    study: StudyRecord
    record: InventoryRecord
    workbook: bytes
    choices: tuple[ChoiceRecord, ...]
    basis: statements.Basis


class RoadEnds(Exception):
    """The label cannot be rebuilt beyond this point; the differences say why."""

    def __init__(self, *differences: Difference) -> None:
        super().__init__(differences)
        self.differences = differences


def rebuild(label: LabelRecord, unit: UnitOfWork, services: Services) -> Recomputation:
    """Rebuild and compare (rules 1 to 5)."""
    from certificates.credential import CredentialUnreadable, decode

    found: list[Difference] = []
    try:
        signed = decode(label.credential).statement
    except CredentialUnreadable:
        return Recomputation(label.number, False, (Difference("store.credential", "vc+jwt", ABSENT),))
    found += compare(signed, label.statement, "store.statement")
    try:
        stored = _stored(label, unit, signed)
        inventory = _from_workbook(stored)
        found += compare(stored.record.content, inventory.as_dict(), "store.inventory")
        computed = _computed(stored, inventory, services)
        found += compare(signed, _restated(signed, stored, inventory, computed))
        found += _uncovered(unit, stored, inventory, computed)
    except RoadEnds as end:
        found += end.differences
    return Recomputation(label.number, not found, tuple(found))


def _stored(label: LabelRecord, unit: UnitOfWork, signed: dict[str, Any]) -> Stored:
    study = unit.studies.get(label.study_id)
    record = unit.inventories.get(study.inventory_id) if study else None
    workbook = unit.inventories.workbook(study.inventory_id) if study else None
    exporter = unit.organisations.get(label.exporter_id)
    reviews = unit.studies.reviews(label.study_id)
    reviewer = unit.people.get(reviews[0].reviewer_id) if reviews else None
    if study is None or record is None or workbook is None or exporter is None or reviewer is None:
        raise RoadEnds(Difference("store", "study, inventory, exporter, review", ABSENT))
    sha256 = hashlib.sha256(workbook).hexdigest()
    try:
        inventory = Inventory.from_dict(record.content)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise RoadEnds(Difference("store.inventory", "readable", ABSENT)) from None
    covered = power_gate.digest(unit, study, inventory) if _names_power(signed) else ""
    basis = statements.Basis(exporter, inventory, sha256, study.release, reviews[0], reviewer.name, covered)
    return Stored(label, study, record, workbook, unit.studies.choices(study.id), basis)


def _names_power(signed: dict[str, Any]) -> bool:
    """Labels that were issued before units had to be retired have no such entry in their chain."""
    return any(entry.get("kind") == statements.POWER for entry in signed.get("chain", ()))


def _uncovered(
    unit: UnitOfWork, stored: Stored, inventory: Inventory, computed: Computation
) -> list[Difference]:
    """Rule 4."""
    if not stored.basis.power:
        return []
    covers = power_gate.covers(unit, stored.study, inventory, power_gate.technologies(computed.linked))
    return [
        Difference(f"power.{one.need.line}.kWh", f"{one.need.kwh:f}", f"{one.covered:f}")
        for one in covers
        if one.missing
    ]


def _from_workbook(stored: Stored) -> Inventory:
    from lca.bom.reader import read_workbook

    reading = read_workbook(stored.workbook, stored.record.filename)
    if reading.inventory is None:
        first = reading.findings[0].message("en") if reading.findings else ABSENT
        raise RoadEnds(Difference("store.workbook", stored.record.workbook_sha256, first))
    return reading.inventory


def _computed(stored: Stored, inventory: Inventory, services: Services) -> Computation:
    try:
        release = release_of(stored.study, services, fresh=True)
    except Refusal as refusal:
        raise RoadEnds(Difference("release", stored.study.release_digest, refusal.message("en"))) from refusal
    computed = compute(inventory, release, scope_of(stored.study), stored.choices)
    if computed.rounded is None:
        total = str(stored.label.statement.get("footprint", {}).get("total", ABSENT))
        codes = sorted({f.code for f in computed.assessment.findings if f.severity == "error"})
        raise RoadEnds(Difference("footprint.total", total, f"gate closed: {', '.join(codes)}"))
    return computed


def _restated(
    signed: dict[str, Any], stored: Stored, inventory: Inventory, computed: Computation
) -> dict[str, Any]:
    """The statement anew; the fields of rule 3 are taken over as they were signed."""
    from certificates.statement import StatementInvalid, build_statement

    basis = statements.Basis(
        stored.basis.exporter,
        inventory,
        stored.basis.workbook_sha256,
        stored.study.release,
        stored.basis.review,
        stored.basis.reviewer,
        stored.basis.power,
    )
    label = stored.label
    issue = statements.Issue(label.number, signed["issuer"], label.issued_at, label.valid_until, Decimal(0))
    facts = statements.facts(issue, basis, computed)
    facts["agreement"] = signed["agreement"]
    try:
        return build_statement(facts)
    except StatementInvalid as error:
        raise RoadEnds(Difference("statement", "valid", str(error))) from error
