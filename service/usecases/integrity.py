"""Does the store still hold what was put in? ``tanbiao db check``.

Rules
1. Audit chain: every link holds and the chain is as long as its counter says.
2. Log: every node follows from the leaves, every checkpoint is signed and of its size's root, none is missing;
   cosignatures are of their checkpoints (``usecases.translog``). It has one entry for each label, claim and published
   status list, none for anything else.
3. Inventories: workbook and content have the digests they were stored with.
4. Assessments: inputs, links and rounded numbers still give the digest.
5. Acts: what stands in the store was done by the audit chain's account of it, and what was done stands in the
   store: inventories, links, assessments, reviews, modellers, labels, states.
6. Labels: number by number as counted; statement, owners, dates and check code are the signed ones; the log has the
   credential where its proof says; the PDF verifies as that label. Claims likewise (``usecases.claims.soundness``).
   Standings: places, events and lists (``usecases.standing.soundness``).
7. Releases: what a study stands on is installed, intact, and the one it was opened with.
8. CBAM: versions, calculations and documents (``usecases.cbam.soundness``).
9. Ledger: the chain of entries, and the positions, lots and uses that follow from it (``usecases.ledger.soundness``);
   evidence files still have their hash. Sealed evidence: who asked, answered and saw it (``usecases.desk.soundness``).
10. A problem is a sentence that names the row. A damaged row is a finding, never an exception.

What this cannot see: a whole store put back to an earlier, consistent state. Against that stands a checkpoint that
somebody else keeps, on a label or in a backup: the log must still have its root at that size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.store.records import LabelRecord
from service.usecases import as_signed, standing, translog
from service.usecases.access import Actor, Permission, allow
from service.usecases.acts import acts
from service.usecases.cbam import soundness
from service.usecases.claims import foundations
from service.usecases.claims import soundness as claims
from service.usecases.common import read_inventory
from service.usecases.desk import soundness as desk_soundness
from service.usecases.ledger import dossiers
from service.usecases.ledger import files as ledger_files
from service.usecases.ledger import soundness as ledger_soundness
from service.usecases.pipeline import result_digest
from service.usecases.refusals import EvidenceChanged
from service.usecases.release_refusals import ReleaseUnavailable
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


def check(actor: Actor, services: Services) -> tuple[str, ...]:
    """Every problem as a sentence, empty when the store is intact. Raises NotAllowed, KeysUnavailable."""
    allow(actor, Permission.AUDIT_READ)
    with services.uow() as unit:
        return (
            *_audit(unit),
            *_log(unit, services),
            *_inventories(unit),
            *_assessments(unit),
            *acts(unit),
            *_labels(unit, services),
            *standing.problems(unit, services),
            *dossiers.problems(unit),
            *claims.problems(unit, services),
            *foundations.problems(unit),
            *_releases(unit, services),
            *soundness.problems(unit, services),
            *ledger_soundness.problems(unit),
            *ledger_files.problems(unit),
            *desk_soundness.problems(unit),
        )


def _audit(unit: UnitOfWork) -> Iterator[str]:
    broken = unit.audit.first_broken()
    if broken is not None:
        yield f"The audit chain is broken at event {broken}."


def _log(unit: UnitOfWork, services: Services) -> Iterator[str]:
    from service.usecases.cosigning import configured

    if not unit.log.size() and not unit.log.nodes() and not unit.log.checkpoints():
        return
    watching = [witness for witness, _ in configured(services.settings)]
    yield from translog.problems(unit, services.keys.keyset(), watching)
    lists = len(unit.standings.every())
    issued = len(unit.labels.list_()) + len(unit.claims.list_())
    if issued + lists != unit.log.size():
        yield f"the log has {unit.log.size()} entries for {issued} labels and claims and {lists} status lists"


def _inventories(unit: UnitOfWork) -> Iterator[str]:
    for record in unit.inventories.every():
        try:
            read_inventory(record)
        except EvidenceChanged as refusal:
            yield refusal.details["what"]
        workbook = unit.inventories.workbook(record.id) or b""
        if hashlib.sha256(workbook).hexdigest() != record.workbook_sha256:
            yield f"workbook of inventory {record.id}"


def _assessments(unit: UnitOfWork) -> Iterator[str]:
    for record in unit.studies.every_assessment():
        if result_digest(record.result) != record.digest:
            yield f"assessment {record.id} of study {record.study_id} is not what its digest says"


def _labels(unit: UnitOfWork, services: Services) -> Iterator[str]:
    found = unit.labels.list_()
    for name, counted in unit.labels.counted().items():
        kept = sum(label.number.startswith(f"TB-{name}-") for label in found)
        if kept != counted:
            yield f"{counted} labels were numbered in {name}, {kept} are there"
    for label in found:
        yield from (f"{one} of label {label.number}" for one in _label(label, unit, services))


def _label(label: LabelRecord, unit: UnitOfWork, services: Services) -> Iterator[str]:
    yield from as_signed.problems(label, unit.labels.pdf(label.number) or b"", unit, services)
    stated, study = label.statement, unit.studies.get(label.study_id)
    exporter = unit.organisations.get(label.exporter_id)
    owners = (study.exporter_id, study.institution_id) if study else ()
    if study is None or owners != (label.exporter_id, label.institution_id) or study.status != "issued":
        yield "study or owner"
    said = stated.get("exporter", {}) if isinstance(stated, dict) else {}
    if exporter is None or exporter.code != said.get("id"):
        yield "exporter"


def _releases(unit: UnitOfWork, services: Services) -> Iterator[str]:
    for identifier in sorted({study.release for study in unit.studies.every()}):
        opened_with = {study.release_digest for study in unit.studies.every() if study.release == identifier}
        try:
            there = services.releases.open(identifier, fresh=True).digest
        except ReleaseUnavailable as refusal:
            yield refusal.message("en")
            continue
        if opened_with != {there}:
            yield f"release {identifier} is not the one that studies were opened with"
