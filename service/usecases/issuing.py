"""Issuing, in the order in which it happens. ``labels.issue`` calls these steps and nothing else does.

Rules
1. gather: the study is approved; its latest review approves; signatory, reviewer and modellers are different
   people; stored workbook and inventory still have the digests they were stored with.
2. compute: assess afresh on the release whose hashes are read again; no ERROR; the digest is exactly the
   approved one; the reference road agrees to 1e-9.
3. seal, in one transaction: nothing changed since 1; electricity by contract is covered
   (``usecases.ledger.power_gate``); number from the counter; statement; credential; the
   log's own root is still the one it signed last; append; inclusion proof; checkpoint; PDF; signature. The
   caller commits.
4. Killed anywhere, the store holds either no trace or the whole label: there is one commit, and it is the
   last step.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lca.findings import has_errors
from lca.inventory import Inventory
from service.store.records import (
    ChoiceRecord,
    InventoryRecord,
    LabelRecord,
    Organisation,
    ReviewRecord,
    StudyRecord,
)
from service.usecases import statements
from service.usecases.access import Actor
from service.usecases.common import read_inventory, require_status, study_of
from service.usecases.ledger import power_gate
from service.usecases.pipeline import Computation, compute, release_of, scope_of
from service.usecases.refusals import (
    EvidenceChanged,
    GateClosed,
    NotApproved,
    RoadsDiffer,
    SamePerson,
    StatementRefused,
    StudyChanged,
)
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.keys import KeySet
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything the issue rests on, as read in one transaction."""

    study: StudyRecord
    record: InventoryRecord
    inventory: Inventory
    choices: tuple[ChoiceRecord, ...]
    review: ReviewRecord
    reviewer: str
    exporter: Organisation

    @property
    def basis(self) -> statements.Basis:
        """The part that the statement prints."""
        return statements.Basis(
            exporter=self.exporter,
            inventory=self.inventory,
            workbook_sha256=self.record.workbook_sha256,
            release=self.study.release,
            review=self.review,
            reviewer=self.reviewer,
        )


def gather(actor: Actor, study_id: str, unit: UnitOfWork) -> Gathered:
    """Rule 1. Raises NotFound, SamePerson, WrongState, NotApproved, EvidenceChanged."""
    study = study_of(actor, unit, study_id)
    reviews = unit.studies.reviews(study_id)
    require_four_eyes(actor, unit, study, reviews)
    require_status(study, "approved")
    if not reviews or reviews[0].decision != "approved":
        raise NotApproved
    record = unit.inventories.get(study.inventory_id)
    workbook = unit.inventories.workbook(study.inventory_id)
    exporter = unit.organisations.get(study.exporter_id)
    reviewer = unit.people.get(reviews[0].reviewer_id)
    if record is None or workbook is None or exporter is None or reviewer is None:
        raise EvidenceChanged(what="inventory, exporter or reviewer is gone")
    if hashlib.sha256(workbook).hexdigest() != record.workbook_sha256:
        raise EvidenceChanged(what=f"workbook of inventory {record.id}")
    inventory = read_inventory(record)
    return Gathered(
        study=study,
        record=record,
        inventory=inventory,
        choices=unit.studies.choices(study_id),
        review=reviews[0],
        reviewer=reviewer.name,
        exporter=exporter,
    )


def require_four_eyes(
    actor: Actor, unit: UnitOfWork, study: StudyRecord, reviews: tuple[ReviewRecord, ...]
) -> None:
    """The signatory neither modelled nor ever reviewed the study, nor did the last reviewer model it."""
    modellers = unit.studies.modellers(study.id)
    if actor.person_id in modellers:
        raise SamePerson(earlier="practitioner", wanted="signatory")
    if actor.person_id in {review.reviewer_id for review in reviews}:
        raise SamePerson(earlier="reviewer", wanted="signatory")
    if reviews and reviews[0].reviewer_id in modellers:
        raise SamePerson(earlier="practitioner", wanted="reviewer")


def assess_both_roads(gathered: Gathered, services: Services) -> tuple[Computation, Decimal]:
    """Rule 2: the computation and the relative difference of the roads.

    Raises GateClosed, NotApproved, RoadsDiffer.
    """
    from lca.assess import agreement
    from lca.engine import RoadsDisagree

    release, scope = release_of(gathered.study, services, fresh=True), scope_of(gathered.study)
    computed = compute(gathered.inventory, release, scope, gathered.choices)
    if has_errors(computed.assessment.findings) or computed.rounded is None:
        raise GateClosed(computed.assessment.findings)
    if computed.digest != gathered.review.assessment_digest:
        raise NotApproved
    try:
        difference = agreement(computed.assessment, release, scope)
    except RoadsDisagree as error:
        raise RoadsDiffer(problem=str(error)) from error
    return computed, statements.two_digits(difference)


@dataclass(frozen=True, slots=True)
class Approved:
    """A computation that may be signed: what it rests on, its result, the difference of the roads."""

    gathered: Gathered
    computed: Computation
    difference: Decimal


def seal(
    actor: Actor, approved: Approved, unit: UnitOfWork, services: Services, now: datetime
) -> tuple[LabelRecord, bytes]:
    """Rule 3 without the commit: the label and its signed PDF.

    Raises StudyChanged, PowerNotCovered, StatementRefused, EvidenceChanged.
    """
    from certificates import credential, documents, labelnumber

    study, keys = approved.gathered.study, services.keys.keyset()
    present = unit.studies.get(study.id)
    if present != study:
        raise StudyChanged(version=present.version if present else "—")
    covered = _covered(approved, unit)
    number = labelnumber.make(now.year, unit.labels.next_serial(now.year))
    valid_until = statements.ends(now, approved.computed.rules.label_months)
    statement = _statement(number, approved, keys, (now, valid_until), covered)
    url = services.verify_url(number)
    compact = credential.issue(statement, keys, now, valid_until, identifier=url)
    proof = append_to_log(compact, unit, keys, now)
    drawn = services.render(statement, credential=compact, proof=json.dumps(proof).encode(), url=url)
    label = LabelRecord(
        number=number,
        study_id=study.id,
        exporter_id=study.exporter_id,
        institution_id=study.institution_id,
        statement=statement,
        credential=compact,
        proof=proof,
        issued_by=actor.person_id,
        issued_at=now,
        valid_until=valid_until,
        status="valid",
    )
    return label, documents.sign_pdf(drawn, keys)


def append_to_log(compact: str, unit: UnitOfWork, keys: KeySet, now: datetime) -> dict[str, Any]:
    """Append a credential to the log; the proof object of ``certificates.bundle``. Raises EvidenceChanged.

    The root that was signed last is computed again first: a log that was tampered with is not signed on.
    """
    from certificates import bundle
    from certificates.log import checkpoint, merkle

    size = unit.log.size()
    require_same_log(unit, size, keys)
    unit.log.add_nodes(merkle.append(size, unit.log.node, merkle.leaf_hash(compact.encode("ascii"))))
    root = merkle.root(size + 1, unit.log.node)
    signed = checkpoint.sign(keys.log_name, size + 1, root, keys)
    unit.log.add_checkpoint(size + 1, signed, now)
    hashes = merkle.inclusion_proof(size, size + 1, unit.log.node)
    return bundle.make_proof(size, size + 1, hashes, signed)


def require_same_log(unit: UnitOfWork, size: int, keys: KeySet) -> None:
    """Raise EvidenceChanged unless the log's nodes still give the root that was signed last."""
    from certificates.log import checkpoint, merkle

    latest = unit.log.latest_checkpoint()
    if latest is None:
        if size:
            raise EvidenceChanged(what="the log has entries but no checkpoint")
        return
    try:
        known = checkpoint.verify(latest[1], keys.log_name, keys.log_name, keys.log_key.public_key())
        root = merkle.root(size, unit.log.node)
    except (ValueError, KeyError) as error:
        raise EvidenceChanged(what="the log's last checkpoint or its nodes") from error
    if (known.size, known.root) != (size, root):
        raise EvidenceChanged(what=f"the log no longer has the root it signed at size {known.size}")


def _covered(approved: Approved, unit: UnitOfWork) -> str:
    """What covers the electricity by contract, as a digest; empty where there is none. Raises PowerNotCovered."""
    study, inventory = approved.gathered.study, approved.gathered.inventory
    power_gate.require(unit, study, inventory, power_gate.technologies(approved.computed.linked))
    return power_gate.digest(unit, study, inventory)


def _statement(
    number: str, approved: Approved, keys: KeySet, dates: tuple[datetime, datetime], covered: str
) -> dict[str, Any]:
    from certificates.statement import StatementInvalid, build_statement

    issuer = {"id": keys.issuer_id, "name": dict(keys.name)}
    issue = statements.Issue(number, issuer, *dates, approved.difference)
    try:
        basis = replace(approved.gathered.basis, power=covered)
        return build_statement(statements.facts(issue, basis, approved.computed))
    except StatementInvalid as error:
        raise StatementRefused(problem=str(error)) from error
