"""Labels: issue (the one place where numbers meet the signature), read, recompute."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from service.store.records import LabelRecord
from service.usecases import cosigning, issuing, recomputation, standing
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import (
    change_study,
    label_of,
    record,
    require_status,
    study_of,
    tenancy,
    waiting_job,
)
from service.usecases.differences import Difference
from service.usecases.pipeline import release_of
from service.usecases.recomputation import Recomputation
from service.usecases.refusals import InvalidInput
from service.usecases.sealed import packed
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

__all__ = [
    "ISSUE_JOB",
    "Difference",
    "Recomputation",
    "bundle",
    "credential",
    "document",
    "get",
    "issue",
    "list_",
    "recompute",
    "request_issue",
]

ISSUE_JOB = "labels.issue"
SUPERSEDED_AT_ISSUE = (
    "签发新标签时由签发人声明取代。 / Superseded at the issue of its successor, by word of the signatory."
)
Report = Callable[[float, str], None]
"""Told how far the issue is (0 to 1) and at what: ``gather``, ``assess``, ``seal``, ``commit``."""


def request_issue(actor: Actor, study_id: str, services: Services, *, supersedes: str = "") -> str:
    """Queue the issue; returns the job id, the same one while a job for the study is open. ``supersedes`` is the number
    of the label whose place the new one takes, if any.

    Raises NotAllowed, NotFound, SamePerson, WrongState, InvalidInput, StandingFinal, SuspendedByOthers.
    """
    allow(actor, Permission.LABEL_ISSUE)
    now = services.clock()
    with services.uow(write=True) as unit:
        study = study_of(actor, unit, study_id)
        issuing.require_four_eyes(actor, unit, study, unit.studies.reviews(study_id))
        require_status(study, "approved")
        payload = {"study_id": study_id, "supersedes": _superseded(actor, supersedes, unit)}
        already = unit.jobs.open_for(ISSUE_JOB, {"study_id": study_id})
        if already is not None:
            if already.payload != payload:
                raise InvalidInput(field="supersedes", problem="the issue is under way with another answer")
            return already.id
        job = waiting_job(actor, ISSUE_JOB, payload, now)
        unit.jobs.add(job)
        unit.commit()
    return job.id


def issue(
    actor: Actor,
    study_id: str,
    services: Services,
    *,
    report: Report = lambda _share, _step: None,
    supersedes: str = "",
) -> LabelRecord:
    """Issue the label, by the rules of ``service.usecases.issuing``; with ``supersedes`` the label of that number is
    superseded by it in the same transaction.

    Raises NotAllowed, NotFound, SamePerson, WrongState, NotApproved, EvidenceChanged, ReleaseUnavailable,
    GateClosed, RoadsDiffer, KeysUnavailable, StudyChanged, StatementRefused, StandingFinal, SuspendedByOthers,
    SuccessorUnfit.
    """
    allow(actor, Permission.LABEL_ISSUE)
    now = services.clock()
    report(0.05, "gather")
    with services.uow() as unit:
        gathered = issuing.gather(actor, study_id, unit)
        _superseded(actor, supersedes, unit)
    report(0.15, "assess")
    approved = issuing.Approved(gathered, *issuing.assess_both_roads(gathered, services))
    services.keys.keyset()  # opened before the write lock is taken
    report(0.8, "seal")
    with services.uow(write=True) as unit:
        release_of(gathered.study, services)  # still there: a label never rests on a release that is gone
        label, pdf = issuing.seal(actor, approved, unit, services, now)
        unit.labels.add(label, pdf)
        change_study(unit, gathered.study, "issued")
        act = (Permission.LABEL_ISSUE, f"label:{label.number}")
        record(unit, actor, act, now, (approved.computed.digest, label.statement["chain"][-1]["link"]))
        if supersedes:
            followed = standing.Change("superseded", SUPERSEDED_AT_ISSUE, label.number)
            standing.apply(actor, supersedes, followed, unit, now)
            standing.publish_due(unit, services, now)
        cosigning.request(actor, unit, services, now)
        unit.commit()
    return label


def _superseded(actor: Actor, number: str, unit: UnitOfWork) -> str:
    """The label that is to be superseded, as its number is printed; empty for none. Raises NotAllowed, NotFound,
    StandingFinal, SuspendedByOthers."""
    if not number:
        return ""
    allow(actor, Permission.LABEL_SUPERSEDE)
    return standing.require_supersedable(actor, number, unit)


def list_(actor: Actor, services: Services) -> tuple[LabelRecord, ...]:
    """Labels the actor may see, newest first. Raises NotAllowed."""
    allow(actor, Permission.LABEL_READ)
    with services.uow() as unit:
        return unit.labels.list_(**tenancy(actor))


def get(actor: Actor, number: str, services: Services) -> LabelRecord:
    """One label. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LABEL_READ)
    with services.uow() as unit:
        return label_of(actor, unit, number)


def document(actor: Actor, number: str, services: Services) -> bytes:
    """The signed PDF/A-3. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LABEL_READ)
    with services.uow() as unit:
        label_of(actor, unit, number)
        return unit.labels.pdf(number) or b""


def bundle(actor: Actor, number: str, services: Services) -> bytes:
    """Credential, proofs, the newest status lists and the issuer in one JSON file.

    Raises NotAllowed, NotFound, EvidenceChanged, StatusUnavailable.
    """
    allow(actor, Permission.LABEL_READ)
    with standing.reading(services) as unit:
        return packed(label_of(actor, unit, number), unit, services)


def credential(actor: Actor, number: str, services: Services) -> str:
    """The credential as vc+jwt. Raises NotAllowed, NotFound."""
    return get(actor, number, services).credential


def recompute(actor: Actor, number: str, services: Services) -> Recomputation:
    """Rebuild the number from the stored workbook and release and compare. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LABEL_RECOMPUTE)
    with services.uow() as unit:
        return recomputation.rebuild(label_of(actor, unit, number), unit, services)
