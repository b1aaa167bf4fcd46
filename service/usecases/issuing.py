"""Issuing, in the order in which it happens. ``labels.issue`` calls these steps and nothing else does.

Rules
1. gather: the study is approved; its latest review approves; signatory, reviewer and modellers are different
   people; stored workbook and inventory still have the digests they were stored with.
2. compute: assess afresh on the release whose hashes are read again; no ERROR; the digest is exactly the
   approved one; the reference road agrees to 1e-9.
3. seal, in one transaction: nothing changed since 1; electricity by contract is covered
   (``usecases.ledger.power_gate``); number from the counter; statement; its place in the status lists, which are
   published where they are due; check code; credential; the log's own root is still the one it signed last; append;
   checkpoint; bundle; PDF; signature. The caller commits.
4. A label that takes the place of an earlier one says so at its issue, by word of the signatory; both stand so with the
   same commit, and so do the lists. Nothing is superseded by itself.
5. Killed anywhere, the store holds either no trace or the whole label: there is one commit, and it is the
   last step.
"""

from __future__ import annotations

import hashlib
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
from service.usecases import sealed, standing, statements, translog
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
from service.usecases.signing import signing
from service.usecases.standing.places import base_of

if TYPE_CHECKING:
    from certificates.envelope import Envelope
    from certificates.keys.keyset import KeySet
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

    Raises StudyChanged, PowerNotCovered, StatementRefused, EvidenceChanged, KeysUnavailable.
    """
    from certificates import labelnumber

    study, keys = approved.gathered.study, services.keys.keyset()
    present = unit.studies.get(study.id)
    if present != study:
        raise StudyChanged(version=present.version if present else "—")
    covered = _covered(approved, unit)
    number = labelnumber.make(now.year, unit.labels.next_serial(now.year))
    valid_until = statements.ends(now, approved.computed.rules.label_months)
    statement = _statement(number, approved, keys, (now, valid_until), covered)
    made = entered(statement, labelnumber.new_code(), unit, services, now)
    label = LabelRecord(
        number=number,
        code=made.envelope.code,
        study_id=study.id,
        exporter_id=study.exporter_id,
        institution_id=study.institution_id,
        statement=statement,
        credential=made.credential,
        proof=made.proof,
        issued_by=actor.person_id,
        issued_at=now,
        valid_until=valid_until,
        status="active",
    )
    return label, printed(statement, made, services, now)


@dataclass(frozen=True, slots=True)
class Entered:
    """A signed statement that the log holds: its envelope, credential (vc+jwt), tlog-proof, bundle."""

    envelope: Envelope
    credential: str
    proof: str
    bundle: bytes


def entered(
    statement: dict[str, Any], code: str, unit: UnitOfWork, services: Services, now: datetime
) -> Entered:
    """For claims too: from a statement to its bundle, in the caller's writing unit. ``code`` is empty for a claim.

    Raises StatementRefused, EvidenceChanged, KeysUnavailable, certificates.credential.WrongIssuer.
    """
    from certificates import credential, kinds
    from certificates.statement import StatementInvalid

    keys, number = services.keys.keyset(), str(statement["number"])
    place = standing.place_for(unit, number, base_of(services))
    standing.publish_due(unit, services, now)
    envelope = credential.Envelope(base_of(services), code, place)
    with signing():
        try:
            compact = credential.issue(statement, keys, envelope)
        except StatementInvalid as error:
            raise StatementRefused(problem=str(error)) from error
        leaf = credential.decode(compact).leaf_bytes
        index = translog.append(unit, leaf, f"{kinds.of(statement).noun}:{number}", keys, now)
    bundle = sealed.bundle_of(compact, index, place.list, unit, keys)
    return Entered(envelope, compact, translog.proof_of(unit, index), bundle)


def printed(statement: dict[str, Any], made: Entered, services: Services, now: datetime) -> bytes:
    """The signed PDF/A-3 with credential and bundle inside. Raises KeysUnavailable."""
    from certificates import documents

    gtin = statement.get("product", {}).get("gtin", "")
    url = services.verify_url(str(statement["number"]), made.envelope.code, gtin)
    drawn = services.render(
        statement, credential=made.credential, bundle=made.bundle, url=url, code=made.envelope.code
    )
    with signing():
        return documents.sign_pdf(drawn, services.keys.keyset(), now)


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
