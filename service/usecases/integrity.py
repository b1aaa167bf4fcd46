"""Does the store still hold what was put in? ``tanbiao db check``.

Rules
1. Audit chain: every link holds and the chain is as long as its counter says.
2. Log: every node follows from the leaves, every checkpoint is signed and of its size's root, none is missing.
3. Inventories: workbook and content have the digests they were stored with.
4. Assessments: inputs, links and rounded numbers still give the digest.
5. Acts: what stands in the store was done by the audit chain's account of it, and what was done stands in the
   store: inventories, links, assessments, reviews, modellers, labels, states.
6. Labels: number by number as counted; statement, owners and dates are the signed ones; the log has the credential
   where its proof says; the PDF verifies as that label. Claims likewise (``usecases.claims.soundness``), and the log
   has one entry for each label and claim, none for anything else.
7. Releases: what a study stands on is installed, intact, and the one it was opened with.
8. CBAM: versions, calculations and documents (``usecases.cbam.soundness``).
9. Ledger: the chain of entries, and the positions, lots and uses that follow from it (``usecases.ledger.soundness``);
   evidence files still have their hash.
10. A problem is a sentence that names the row. A damaged row is a finding, never an exception.

What this cannot see: a whole store put back to an earlier, consistent state. Against that stands a checkpoint that
somebody else keeps, on a label or in a backup: the log must still have its root at that size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.store.records import LabelRecord
from service.usecases import issuing, sealed
from service.usecases.access import Actor, Permission, allow
from service.usecases.acts import acts
from service.usecases.cbam import soundness
from service.usecases.claims import foundations
from service.usecases.claims import soundness as claims
from service.usecases.common import read_inventory
from service.usecases.ledger import dossiers
from service.usecases.ledger import files as ledger_files
from service.usecases.ledger import soundness as ledger_soundness
from service.usecases.pipeline import result_digest
from service.usecases.refusals import EvidenceChanged, ReleaseUnavailable
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.keys import KeySet
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
            *dossiers.problems(unit),
            *claims.problems(unit, services),
            *foundations.problems(unit),
            *_releases(unit, services),
            *soundness.problems(unit, services),
            *ledger_soundness.problems(unit),
            *ledger_files.problems(unit),
        )


def _audit(unit: UnitOfWork) -> Iterator[str]:
    broken = unit.audit.first_broken()
    if broken is not None:
        yield f"The audit chain is broken at event {broken}."


def _log(unit: UnitOfWork, services: Services) -> Iterator[str]:
    from certificates.log import merkle

    size, stored, signed = unit.log.size(), unit.log.nodes(), unit.log.checkpoints()
    if not stored and not signed:
        return
    keys = services.keys.keyset()
    try:
        issuing.require_same_log(unit, size, keys)
    except EvidenceChanged as refusal:
        yield refusal.details["what"]
    for level, index in sorted(stored):
        if level:
            below = [stored.get((level - 1, 2 * index + side)) for side in (0, 1)]
            if None in below or merkle.node_hash(below[0] or b"", below[1] or b"") != stored[level, index]:
                yield f"log node {level}/{index} does not follow from those below it"
    if sorted(signed) != list(range(1, size + 1)):
        yield f"checkpoints are missing: {len(signed)} for {size} entries of the log"
    yield from _checkpoints(unit, keys, size)


def _checkpoints(unit: UnitOfWork, keys: KeySet, size: int) -> Iterator[str]:
    from certificates.log import checkpoint, merkle

    for at, text in unit.log.checkpoints().items():
        try:
            known = checkpoint.verify(text, keys.log_name, keys.log_name, keys.log_key.public_key())
            holds = (known.size, known.root) == (at, merkle.root(at, unit.log.node))
        except (ValueError, KeyError):
            holds = False
        if not holds and at != size:  # the newest is require_same_log's
            yield f"checkpoint of size {at} is not of this log"


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
    found, nodes = unit.labels.list_(), unit.log.nodes()
    for name, counted in unit.labels.counted().items():
        kept = sum(label.number.startswith(f"TB-{name}-") for label in found)
        if kept != counted:
            yield f"{counted} labels were numbered in {name}, {kept} are there"
    others = len(unit.claims.list_())
    if len(found) + others != unit.log.size():
        yield f"the log has {unit.log.size()} entries for {len(found)} labels and {others} claims"
    for label in found:
        what = list(_label(label, unit, services))
        if not sealed.logged(label, nodes):
            what.append("log entry")
        yield from (f"{one} of label {label.number}" for one in what)


def _label(label: LabelRecord, unit: UnitOfWork, services: Services) -> Iterator[str]:
    yield from sealed.problems(label, unit.labels.pdf(label.number) or b"", services)
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
