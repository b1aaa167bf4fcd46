"""The parts of the evidence under a label, each compared with the label's chain before anybody sees it.

Rules
1. The chain is that of the signed credential, whose signature is checked again: the store's own copies prove nothing.
2. A part whose hash is not the one in the chain is not given (EvidenceChanged): a reader would take it for what the
   label rests on.
3. Values that come out of restricted background data are taken away from whoever has no licence for it, officers too
   (``service.usecases.redaction``). The hash that was compared is that of the whole; the document says so.
4. Of an assessment the chain covers inputs, links and rounded figures. Values of single lines stand beside them as they
   were computed then; recomputing the label checks them.

Example: ``of(actor, label, "workbook", services).data``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from certificates.canonical import sha256_hex
from service.store.records import AssessmentRecord, InventoryRecord, LabelRecord, ReviewRecord, StudyRecord
from service.usecases import redaction
from service.usecases.access import Actor
from service.usecases.common import read_inventory
from service.usecases.pipeline import result_digest
from service.usecases.refusals import EvidenceChanged, NotFound
from service.usecases.services import Services
from service.usecases.statements import review_digest

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

PARTS = ("workbook", "inventory", "links", "assessment", "review")
CHAIN_KINDS = {
    "workbook": "workbook",
    "inventory": "inventory",
    "links": "links",
    "assessment": "footprint",
    "review": "review",
}
"""Which entry of the label's chain covers a part."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it is given: file name, media type and bytes; ``document`` is its JSON, None for the workbook.

    ``sealed`` is the hash in the label's chain; ``redacted`` says that values were taken away (rule 3).
    """

    name: str
    filename: str
    media_type: str
    data: bytes = field(repr=False)
    sealed: str
    redacted: bool = False
    document: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def sha256(self) -> str:
        """Of the bytes that are given."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class _Beneath:
    """What the store holds beneath a label."""

    study: StudyRecord
    inventory: InventoryRecord
    workbook: bytes
    assessment: AssessmentRecord
    reviews: tuple[ReviewRecord, ...]
    names: dict[str, str]
    redact: bool


def of(actor: Actor, label: LabelRecord, name: str, services: Services) -> Part:
    """One part (rules 1 to 4). Raises NotFound for another name, EvidenceChanged."""
    if name not in PARTS:
        raise NotFound(noun="part", key=name)
    sealed = sealed_hashes(label, services)[name]
    with services.uow() as unit:
        beneath = _beneath(actor, label, unit, services)
    digest, made = _MAKERS[name](beneath, sealed)
    if digest != sealed:
        raise EvidenceChanged(what=f"{name} beneath label {label.number}")
    if isinstance(made, bytes):
        return Part(name, f"{label.number}-{name}.xlsx", _XLSX, made, sealed)
    redacted = beneath.redact and name == "assessment"
    head = {"label": label.number, "part": name, "sealedSha256": sealed, "redacted": redacted}
    document = head | made
    data = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8")
    filename = f"{label.number}-{name}.json"
    return Part(name, filename, "application/json", data, sealed, redacted, document)


def sealed_hashes(label: LabelRecord, services: Services) -> dict[str, str]:
    """SHA-256 of every part by the label's signed chain (rule 1). Raises EvidenceChanged."""
    from certificates.credential import CredentialUnreadable, decode
    from certificates.verify import verify

    try:
        signed = decode(label.credential).statement
    except CredentialUnreadable as error:
        raise EvidenceChanged(what=f"credential of label {label.number}") from error
    report = verify(label.credential.encode("ascii"), services.keys.trust(), at=label.issued_at)
    passed = {step.code for step in report.steps if step.ok is True}
    if not {"signature", "chain"} <= passed or signed != label.statement:
        raise EvidenceChanged(what=f"credential or statement of label {label.number}")
    chain = {entry["kind"]: entry["sha256"] for entry in signed["chain"]}
    return {part: chain.get(kind, "") for part, kind in CHAIN_KINDS.items()}


def _beneath(actor: Actor, label: LabelRecord, unit: UnitOfWork, services: Services) -> _Beneath:
    study = unit.studies.get(label.study_id)
    inventory = unit.inventories.get(study.inventory_id) if study else None
    assessment = unit.studies.latest_assessment(label.study_id)
    if study is None or inventory is None or assessment is None:
        raise EvidenceChanged(what=f"study, inventory or assessment beneath label {label.number}")
    reviews = unit.studies.reviews(study.id)
    return _Beneath(
        study,
        inventory,
        unit.inventories.workbook(inventory.id) or b"",
        assessment,
        reviews,
        unit.people.names(one.reviewer_id for one in reviews),
        redaction.needed(actor, study, unit, services),
    )


def _workbook(beneath: _Beneath, _sealed: str) -> tuple[str, bytes]:
    return hashlib.sha256(beneath.workbook).hexdigest(), beneath.workbook


def _inventory(beneath: _Beneath, _sealed: str) -> tuple[str, dict[str, Any]]:
    made = {"filename": beneath.inventory.filename, "inventory": beneath.inventory.content}
    return read_inventory(beneath.inventory).digest(), made


def _links(beneath: _Beneath, _sealed: str) -> tuple[str, dict[str, Any]]:
    links = beneath.assessment.result.get("links", [])
    return sha256_hex(links), {"release": beneath.study.release, "links": links}


def _assessment(beneath: _Beneath, _sealed: str) -> tuple[str, dict[str, Any]]:
    whole = beneath.assessment
    result = (redaction.redacted(whole) if beneath.redact else whole).result
    shown = {name: result.get(name) for name in ("inputs", "rounded", "footprint", "findings")}
    made = {"engine": whole.engine, "at": whole.at.isoformat(), "coveredByChain": ["inputs", "rounded"]}
    return result_digest(whole.result), made | shown


def _review(beneath: _Beneath, sealed: str) -> tuple[str, dict[str, Any]]:
    """The review that the label names; an earlier one is not evidence of it."""
    found = next((one for one in beneath.reviews if review_digest(one) == sealed), None)
    if found is None:
        return "", {}
    return sealed, {
        "decision": found.decision,
        "comment": found.comment,
        "reviewer": beneath.names.get(found.reviewer_id, ""),
        "assessment": found.assessment_digest,
        "at": found.at.isoformat(),
    }


_MAKERS: dict[str, Callable[[_Beneath, str], tuple[str, bytes | dict[str, Any]]]] = {
    "workbook": _workbook,
    "inventory": _inventory,
    "links": _links,
    "assessment": _assessment,
    "review": _review,
}
