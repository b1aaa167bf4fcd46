"""Studies: open, link, assess, submit, decide, issue."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.background import QueuedSchema, ReopenedSchema, ReopenSchema
from service.schemas.commands import (
    ChooseDatasetSchema,
    ConfirmLinksSchema,
    DecideSchema,
    IssueSchema,
    OpenStudySchema,
    SubmitSchema,
)
from service.schemas.results import AssessmentSchema, LinksSchema, ReviewSchema, StudySchema, StudyViewSchema
from service.usecases import labels, reopening, reviews, studies
from service.usecases.studies import OpenStudy

bp = blueprint("studies", "From inventory to label.")


class OpenedSchema(Schema):
    """The new study."""

    id = fields.String()


@bp.get("")
@bp.response(200, StudySchema(many=True))
def index() -> Any:
    """Studies the caller may see."""
    return list(studies.list_(actor(), services()))


@bp.post("")
@bp.arguments(OpenStudySchema)
@bp.response(201, OpenedSchema)
def open_(command: OpenStudy) -> Any:
    """Open a study of an inventory."""
    return {"id": studies.open_(actor(), command, services())}


@bp.get("/<key>")
@bp.response(200, StudyViewSchema)
def show(key: str) -> Any:
    """One study with its latest assessment, reviews and label."""
    return studies.get(actor(), key, services())


@bp.get("/<key>/links")
@bp.response(200, LinksSchema)
def links(key: str) -> Any:
    """Every line and leg with its dataset, or candidates with their reasons."""
    return studies.links(actor(), key, services())


@bp.post("/<key>/choices")
@bp.arguments(ChooseDatasetSchema)
@bp.response(200, StudySchema)
def choose(data: dict[str, Any], key: str) -> Any:
    """Choose the dataset of a line or leg; an empty dataset withdraws the choice."""
    return studies.link(actor(), ChooseDatasetSchema().command(key, data), services())


@bp.post("/<key>/confirmations")
@bp.arguments(ConfirmLinksSchema)
@bp.response(200, StudySchema)
def confirm(data: dict[str, Any], key: str) -> Any:
    """Accept what is suggested for many lines at once; each becomes a choice of the caller."""
    return studies.confirm(actor(), ConfirmLinksSchema().command(key, data), services())


@bp.post("/<key>/assess")
@bp.response(200, AssessmentSchema)
def assess(key: str) -> Any:
    """Compute the footprint; result.footprint is null while findings stop it."""
    return studies.assess(actor(), key, services())


@bp.post("/<key>/submit")
@bp.arguments(SubmitSchema)
@bp.response(200, StudySchema)
def submit(data: dict[str, Any], key: str) -> Any:
    """Hand the study to review."""
    return studies.submit(actor(), key, services(), version=data["version"])


@bp.post("/<key>/decision")
@bp.arguments(DecideSchema)
@bp.response(200, ReviewSchema)
def decide(data: dict[str, Any], key: str) -> Any:
    """Approve or return."""
    return reviews.decide(actor(), DecideSchema().command(key, data), services())


@bp.post("/<key>/issue")
@bp.arguments(IssueSchema)
@bp.response(202, QueuedSchema)
def issue(data: dict[str, Any], key: str) -> Any:
    """Ask for the label; follow the job. supersedes: the number of the label whose place it takes."""
    return {"job_id": labels.request_issue(actor(), key, services(), supersedes=data["supersedes"])}


@bp.post("/<key>/reopen")
@bp.arguments(ReopenSchema)
@bp.response(201, ReopenedSchema)
def reopen(data: dict[str, Any], key: str) -> Any:
    """Open a new study of the same inventory on another release, with the choices that carry over."""
    return reopening.reopen_on(actor(), key, data["release"], services())
