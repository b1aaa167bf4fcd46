"""What people decide on a claim: review, signature, objection, lifting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import login_required

from service.usecases import claim_events
from service.usecases.access import Permission, allow
from service.usecases.claims import drafting, issuing, published, reviewing, standings
from service.usecases.claims.refusals import ClaimWrongState
from service.usecases.claims.reviewing import Decide
from service.usecases.claims.standings import Lift, Object
from service.usecases.refusals import NotAllowed
from service.web import claims_page, claims_words
from service.web.claim_public import BANNERS
from service.web.claims_page import ClaimPage
from service.web.context import actor, services
from service.web.ledger_forms import NEEDED
from service.web.views.claims import claim_page, told

bp = Blueprint("claims_acts", __name__, url_prefix="/claims")


@bp.post("/<key>/decision")
@login_required
def decide(key: str) -> Any:
    """Approve or return, with a reason for each check that a person decides."""
    allow(actor(), Permission.CLAIM_REVIEW)
    page = claims_page.page(actor(), key, services())
    wanted = [row.result.code for row in page.made.to_decide]
    reasons = {code: request.form.get(f"reason.{code}", "").strip() for code in wanted}
    approve = request.form.get("decision") == "approve"
    comment = request.form.get("comment", "").strip()
    errors = _undecided(reasons, comment, approve=approve)
    if errors and page.view.record.status == "in-review":
        return claim_page(page, "", request.form, errors), 422
    decisions = {code: reason for code, reason in reasons.items() if reason} if approve else {}
    command = Decide(key, approve, comment, decisions, request.form.get("version", type=int))
    refused = told(lambda: reviewing.decide(actor(), command, services()))
    if refused:
        return claim_page(page, "", request.form, refused[0]), refused[1]
    done = _("Approved. A signatory signs it now.") if approve else _("Returned. Its units are free again.")
    flash(done, "good")
    return redirect(url_for("claims.show", key=key), 303)


@bp.get("/<key>/issue")
@login_required
def confirm(key: str) -> Any:
    """What will be public, before it is signed."""
    allow(actor(), Permission.CLAIM_ISSUE)
    page = claims_page.page(actor(), key, services())
    if "issue" not in page.actions:
        if page.view.record.organisation_id == actor().organisation_id or "own-work" in page.actions:
            raise NotAllowed(permission=Permission.CLAIM_ISSUE.value)
        raise ClaimWrongState(status=page.view.record.status, wanted="approved")
    return _issue_page(page, {})


@bp.post("/<key>/issue")
@login_required
def issue(key: str) -> Any:
    """Sign; irrevocable."""
    allow(actor(), Permission.CLAIM_ISSUE)
    page = claims_page.page(actor(), key, services())
    if not request.form.get("sure") and "issue" in page.actions:
        return _issue_page(page, {"sure": _("Confirm that you have read what will be public.")}), 422
    version = request.form.get("version", type=int)
    refused = told(lambda: issuing.issue(actor(), key, services(), version=version))
    if refused:
        return claim_page(page, "", errors=refused[0]), refused[1]
    flash(_("The claim is signed and public."), "good")
    return redirect(url_for("claims.show", key=key), 303)


@bp.post("/<key>/lift")
@login_required
def lift(key: str) -> Any:
    """End the freezes of an issued claim."""
    allow(actor(), Permission.CLAIM_ISSUE)
    view = drafting.get(actor(), key, services())
    if view.statement is None:
        raise ClaimWrongState(status=view.record.status, wanted="frozen")
    number, reason = view.statement.number, request.form.get("reason", "")
    if not reason.strip():
        page = claims_page.page(actor(), key, services())
        return claim_page(page, "", request.form, {"lift": NEEDED}), 422
    refused = told(lambda: standings.lift(actor(), Lift(number, reason), services()))
    if refused:
        page = claims_page.page(actor(), key, services())
        return claim_page(page, "", request.form, refused[0]), refused[1]
    flash(_("The freeze is lifted."), "good")
    return redirect(url_for("claims.show", key=key), 303)


@bp.get("/numbers/<number>/object")
@login_required
def objection(number: str) -> Any:
    """The form of an objection to an issued claim."""
    allow(actor(), Permission.CLAIM_OBJECT)
    return _object_page(number, {}, {})


@bp.post("/numbers/<number>/object")
@login_required
def object_(number: str) -> Any:
    """Freeze the claim."""
    allow(actor(), Permission.CLAIM_OBJECT)
    found = published.public(number, services())
    ground, reason = request.form.get("ground", ""), request.form.get("reason", "")
    errors: dict[str, Any] = {}
    if ground not in claim_events.GROUNDS:
        errors["ground"] = _("Choose one of the list.")
    if not reason.strip():
        errors["reason"] = NEEDED
    if errors:
        return _object_page(number, request.form, errors), 422
    command = Object(found.number, ground, reason)
    refused = told(lambda: standings.object_(actor(), command, services()))
    if refused:
        return _object_page(number, request.form, refused[0]), refused[1]
    flash(_("The claim is frozen. Its public page says so from now on."), "good")
    return redirect(url_for("claims_public.show", number=found.number), 303)


def _undecided(reasons: Mapping[str, str], comment: str, *, approve: bool) -> dict[str, Any]:
    """What the form of a decision lacks."""
    if approve:
        return {f"reason.{code}": NEEDED for code, reason in reasons.items() if not reason}
    return {} if comment else {"comment": _("Say what is to be changed.")}


def _issue_page(page: ClaimPage, errors: Mapping[str, Any]) -> str:
    return render_template(
        "claims/issue.html", page=page, said=claims_page.saying(page.made), errors=errors, cw=claims_words
    )


def _object_page(number: str, values: Mapping[str, str], errors: Mapping[str, Any]) -> str:
    found = published.public(number, services())
    return render_template(
        "claims/object.html",
        found=found,
        banner=BANNERS[found.live.standing],
        grounds=claims_words.GROUNDS.items(),
        values=values,
        errors=errors,
    )
