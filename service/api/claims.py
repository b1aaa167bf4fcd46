"""Neutralisation claims: from a draft to a signed statement, and what people say against it later."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, send_file

from certificates.ledger.claims.model import plain
from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas import ledger_claims as shown
from service.schemas.ledger import VersionSchema
from service.schemas.ledger_claims import (
    ChangeClaimSchema,
    DecideClaimSchema,
    ObjectSchema,
    OpenClaimSchema,
    ReasonSchema,
    WithdrawSchema,
)
from service.schemas.ledger_results import DossierSchema, FileSchema
from service.usecases.claims import (
    checking,
    drafting,
    evidence,
    issuing,
    reviewing,
    standings,
    submitting,
    suggesting,
)
from service.usecases.claims.standings import Lift, Object
from service.usecases.claims.submitting import Submit, Withdraw

bp = blueprint("claims", "Neutralisation claims.")


@bp.get("")
@bp.response(200, shown.ClaimSummarySchema(many=True))
def index() -> Any:
    """Claims the caller may see, newest first."""
    return [shown.row(one) for one in drafting.list_(actor(), services())]


@bp.post("")
@bp.arguments(OpenClaimSchema)
@bp.response(201, DossierSchema)
def open_(data: dict[str, Any]) -> Any:
    """Open a draft; it may be empty yet."""
    return drafting.open_(actor(), OpenClaimSchema().command(data), services())


@bp.get("/waiting")
@bp.response(200, DossierSchema(many=True))
def waiting() -> Any:
    """Claims in review that the caller may decide on."""
    return list(reviewing.waiting(actor(), services()))


@bp.get("/<key>")
@bp.response(200, shown.ClaimSchema)
def show(key: str) -> Any:
    """One claim with its versions and, once issued, its statement and events."""
    return shown.claim(drafting.get(actor(), key, services()))


@bp.post("/<key>")
@bp.arguments(ChangeClaimSchema)
@bp.response(200, DossierSchema)
def change(data: dict[str, Any], key: str) -> Any:
    """Store the content as the next version; a returned claim becomes a draft again."""
    return drafting.change(actor(), ChangeClaimSchema().command(key, data), services())


@bp.get("/<key>/versions/<int:number>")
@bp.response(200, shown.ClaimContentSchema)
def version(key: str, number: int) -> Any:
    """The content as a version had it."""
    found = drafting.version(actor(), key, number, services())
    return {"number": number, "content": plain(found.claim)}


@bp.get("/<key>/checklist")
@bp.response(200, shown.ChecklistSchema)
def checklist(key: str) -> Any:
    """All twenty checks on today's facts, what is missing for each, and the amounts from footprint to remainder."""
    return shown.checklist(checking.checklist(actor(), key, services()))


@bp.get("/<key>/suggestions")
@bp.response(200, shown.SuggestedSchema)
def suggestions(key: str) -> Any:
    """Retirements that the claim could rest on, and what to retire first for the rest."""
    return shown.suggested(suggesting.suggest(actor(), key, services()))


@bp.get("/<key>/files")
@bp.response(200, FileSchema(many=True))
def files(key: str) -> Any:
    """Files behind the claim."""
    return list(evidence.listed(actor(), key, services()))


@bp.get("/<key>/files/<sha256>")
@bp.response(200, content_type="application/octet-stream")
def file(key: str, sha256: str) -> Response:
    """A file behind the claim, exactly as it was stored."""
    kept, data = evidence.file(actor(), key, sha256, services())
    kind = "application/octet-stream"
    return send_file(BytesIO(data), kind, as_attachment=True, download_name=kept.filename)


@bp.post("/<key>/submit")
@bp.arguments(VersionSchema)
@bp.response(200, DossierSchema)
@bp.alt_response(422, description="A check is not met; problems name every reason with its check.")
def submit(data: dict[str, Any], key: str) -> Any:
    """Hand in for review; the units are kept for the claim from now on."""
    return submitting.submit(actor(), Submit(key, data["version"]), services())


@bp.post("/<key>/decision")
@bp.arguments(DecideClaimSchema)
@bp.response(200, DossierSchema)
def decide(data: dict[str, Any], key: str) -> Any:
    """Approve or return."""
    return reviewing.decide(actor(), DecideClaimSchema().command(key, data), services())


@bp.post("/<key>/issue")
@bp.arguments(VersionSchema)
@bp.response(201, shown.IssuedSchema)
def issue(data: dict[str, Any], key: str) -> Any:
    """Issue: all checks once more, then signed and logged in one commit."""
    return issuing.issue(actor(), key, services(), version=data["version"])


@bp.post("/<key>/withdraw")
@bp.arguments(WithdrawSchema)
@bp.response(200, DossierSchema)
def withdraw(data: dict[str, Any], key: str) -> Any:
    """Withdraw a claim; an issued one publicly and for good."""
    return submitting.withdraw(actor(), Withdraw(key, data["reason"], data["version"]), services())


@bp.post("/issued/<number>/objection")
@bp.arguments(ObjectSchema)
@bp.response(201, shown.ClaimEventSchema)
def object_(data: dict[str, Any], number: str) -> Any:
    """Freeze an issued claim; ground and reason are published."""
    made = standings.object_(actor(), Object(number, data["ground"], data["reason"]), services())
    return shown.event(made)


@bp.post("/issued/<number>/lift")
@bp.arguments(ReasonSchema)
@bp.response(201, shown.ClaimEventSchema)
def lift(data: dict[str, Any], number: str) -> Any:
    """End the freezes of a claim, when nothing else speaks against it."""
    return shown.event(standings.lift(actor(), Lift(number, data["reason"]), services()))
