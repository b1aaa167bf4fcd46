"""Review: a person of the institution who did not model the study decides on exactly one assessment."""

from __future__ import annotations

from dataclasses import dataclass

from service.store.records import ReviewRecord, StudyRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.acts import review_mark
from service.usecases.common import (
    change_study,
    new_id,
    record,
    require_status,
    require_version,
    study_of,
)
from service.usecases.refusals import InvalidInput, NotAssessed, SamePerson
from service.usecases.services import Services
from service.usecases.statements import review_digest


@dataclass(frozen=True, slots=True)
class Decide:
    """``approve`` False returns the study; then ``comment`` says what to change."""

    study_id: str
    approve: bool
    comment: str
    version: int | None = None


def decide(actor: Actor, command: Decide, services: Services) -> ReviewRecord:
    """Approve or return. Raises NotAllowed, NotFound, WrongState, StudyChanged, SamePerson, InvalidInput."""
    allow(actor, Permission.REVIEW_DECIDE)
    now = services.clock()
    with services.uow(write=True) as unit:
        study = study_of(actor, unit, command.study_id)
        require_version(study, command.version)
        require_status(study, "in-review")
        if actor.person_id in unit.studies.modellers(study.id):
            raise SamePerson(earlier="practitioner", wanted="reviewer")
        if not command.approve and not command.comment.strip():
            raise InvalidInput(field="comment", problem="say what is to be changed")
        assessment = unit.studies.latest_assessment(study.id)
        if assessment is None or assessment.result["footprint"] is None:
            raise NotAssessed
        review = ReviewRecord(
            id=new_id(),
            study_id=study.id,
            assessment_digest=assessment.digest,
            reviewer_id=actor.person_id,
            decision="approved" if command.approve else "returned",
            comment=command.comment.strip(),
            at=now,
        )
        unit.studies.add_review(review)
        change_study(unit, study, review.decision)
        act = (Permission.REVIEW_DECIDE, f"study:{study.id}")
        record(unit, actor, act, now, (study.status, review_mark(review.decision, review_digest(review))))
        unit.commit()
    return review


def waiting(actor: Actor, services: Services) -> tuple[StudyRecord, ...]:
    """Studies in review in the actor's institution that the actor did not model. Raises NotAllowed."""
    allow(actor, Permission.REVIEW_DECIDE)
    with services.uow() as unit:
        found = unit.studies.list_(institution_id=actor.organisation_id, status="in-review")
        return tuple(study for study in found if actor.person_id not in unit.studies.modellers(study.id))
