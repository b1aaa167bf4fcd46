"""Neutralisation claims: the list, and the page on which one is made step by step beside its twenty checks."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required

from certificates.ledger.claims.model import (
    Assurance,
    Claim,
    Opinion,
    Subject,
    SubjectType,
    plain,
)
from certificates.ledger.claims.rules import rule_sets
from certificates.ledger.days import day_of
from service.usecases import accounts, labels
from service.usecases.access import OrganisationKind, Permission, allow
from service.usecases.claims import drafting, evidence, submitting
from service.usecases.claims.drafting import OpenClaim
from service.usecases.claims.submitting import Submit, Withdraw
from service.usecases.ledger.refusals import DossierChanged
from service.usecases.refusals import NotAllowed, NotFound, Refusal
from service.web import claims_forms, claims_list, claims_page, claims_values, claims_words, listing
from service.web.claim_public import GROUNDS, HAPPENED, code
from service.web.claims_forms import Draft
from service.web.claims_page import ClaimPage
from service.web.claims_saving import Saving
from service.web.context import actor, names, services
from service.web.i18n import language
from service.web.ledger_forms import NEEDED

bp = Blueprint("claims", __name__)
STEPS = tuple(claims_words.STEPS)
STEP_PATH = f"/claims/<key>/<any({','.join(STEPS)}):step>"


@bp.get("/claims", defaults={"form": "html"})
@bp.get("/claims.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """Every claim of the organisation, or handed to the institution."""
    rows = claims_list.rows(actor(), services())
    return listing.answer(claims_list.list_spec(rows), rows, form, "claims/list.html")


@bp.get("/claims/new")
@login_required
def new() -> Any:
    """The form that opens a draft."""
    allow(actor(), Permission.CLAIM_DRAFT)
    return _new_form({}, {})


@bp.post("/claims/new")
@login_required
def add() -> Any:
    """Open a draft; everything else is asked step by step."""
    allow(actor(), Permission.CLAIM_DRAFT)
    given = Draft(request.form)
    title = given.text("title", needed=True)
    kind = given.maybe_choice("type", SubjectType)
    if given.errors:
        return _new_form(request.form, given.errors), 422
    claim = Claim(subject=Subject(type=kind))
    command = OpenClaim(title, plain(claim), given.text("institution") or None)
    try:
        made = drafting.open_(actor(), command, services())
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return _new_form(request.form, {"": refusal.message(language())}), refusal.status
    return redirect(url_for("claims.show", key=made.id, step="subject"), 303)


@bp.get("/claims/<key>")
@login_required
def show(key: str) -> Any:
    """One claim: a step of it while it is a draft, else all of it to read."""
    page = claims_page.page(actor(), key, services())
    step = request.args.get("step", "")
    return claim_page(page, step if step in STEPS and "draft" in page.actions else "")


@bp.get("/claims/<key>.json")
@login_required
def as_json(key: str) -> Any:
    """The claim with its checks, for programs."""
    page = claims_page.page(actor(), key, services())
    return jsonify(
        id=key,
        title=page.view.record.title,
        state=page.state,
        version=page.view.record.version,
        number=page.public.number if page.public else None,
        claim=plain(page.made.claim),
        checks=[
            {"code": one.code, "state": one.state, "reasons": [reason.text for reason in one.reasons]}
            for group in page.groups
            for one in group.checks
        ],
    )


@bp.post(STEP_PATH)
@login_required
def save(key: str, step: str) -> Any:
    """Keep one step as the next version of the claim."""
    page = claims_page.page(actor(), key, services())
    allow(actor(), Permission.CLAIM_DRAFT)
    if request.form.get("take") == "footprint" and page.made.facts.footprint:
        found = page.made.facts.footprint
        taken = {"start": found.start.isoformat(), "end": found.end.isoformat()}
        return claim_page(page, step, request.form.to_dict() | taken)
    saving = Saving(page, step)
    if saving.command is None:
        return claim_page(page, step, saving.values, saving.errors, saving), 422
    try:
        drafting.change(actor(), saving.command, services())
    except (NotAllowed, NotFound):
        raise
    except DossierChanged:
        told = _(
            "Somebody changed this claim meanwhile. What you entered is below: compare, then save again."
        )
        return claim_page(page, step, saving.values, {"": told}, saving), 409
    except Refusal as refusal:
        told = refusal.message(language())
        return claim_page(page, step, saving.values, {"": told}, saving), refusal.status
    following = STEPS[STEPS.index(step) + 1] if step != STEPS[-1] else ""
    flash(_("Saved."), "good")
    target = step if request.form.get("stay") else following
    return redirect(url_for("claims.show", key=key, step=target or None), 303)


@bp.post("/claims/<key>/submit")
@login_required
def submit(key: str) -> Any:
    """Hand the claim in for review."""
    drafting.get(actor(), key, services())
    command = Submit(key, request.form.get("version", type=int))
    refused = told(lambda: submitting.submit(actor(), command, services()))
    if refused:
        return claim_page(claims_page.page(actor(), key, services()), "", errors=refused[0]), refused[1]
    flash(_("The claim is with its reviewer. Its units are kept for it."), "good")
    return redirect(url_for("claims.show", key=key), 303)


@bp.post("/claims/<key>/withdraw")
@login_required
def withdraw(key: str) -> Any:
    """Withdraw the claim; for good."""
    drafting.get(actor(), key, services())
    reason = request.form.get("reason", "")
    if not reason.strip():
        wrong = {"withdraw": str(NEEDED)}
        return claim_page(claims_page.page(actor(), key, services()), "", request.form, wrong), 422
    command = Withdraw(key, reason, request.form.get("version", type=int))
    refused = told(lambda: submitting.withdraw(actor(), command, services()))
    if refused:
        page = claims_page.page(actor(), key, services())
        return claim_page(page, "", request.form, refused[0]), refused[1]
    flash(_("The claim is withdrawn."), "good")
    return redirect(url_for("claims.show", key=key), 303)


@bp.get("/claims/<key>/files/<sha256>")
@login_required
def file(key: str, sha256: str) -> Any:
    """A file behind the claim, exactly as it was kept. Never shown in the page: it is somebody's file."""
    record, data = evidence.file(actor(), key, sha256, services())
    return send_file(
        BytesIO(data), "application/octet-stream", as_attachment=True, download_name=record.filename
    )


def told(do: Any) -> tuple[dict[str, str], int] | None:
    """Do it; what the use case refuses as an error of the page, with its status."""
    try:
        do()
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return {"": refusal.message(language())}, refusal.status
    return None


def claim_page(
    page: ClaimPage,
    step: str,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, Any] | None = None,
    saving: Saving | None = None,
) -> str:
    """The page at a step (empty: to read), with what was posted where it was refused."""
    record = page.view.record
    stored = claims_values.values_of(page.made.claim) | {"title": record.title}
    shown = values if values is not None and step else stored
    return render_template(
        "claims/claim.html",
        page=page,
        step=step,
        steps=claims_words.STEPS,
        following=STEPS[STEPS.index(step) + 1] if step and step != STEPS[-1] else "",
        before=STEPS[STEPS.index(step) - 1] if step and step != STEPS[0] else "",
        values=shown,
        typed=values or {},
        errors=errors or {},
        saving=saving,
        labels=claims_forms.LABELS.get(step, {}),
        choices=claims_page.choices(actor(), page, step, services()),
        said=claims_page.saying(page.made),
        unproved=claims_page.unproved(page.made),
        power_rows=claims_values.power_rows(shown),
        options=_options(page, step),
        people=names({one.person_id for one in page.view.versions}),
        parties=_parties(page),
        own=record.organisation_id == actor().organisation_id,
        cw=claims_words,
        all_labels=claims_forms.LABELS,
        qr=code(page.public.url) if page.public else None,
        happened=HAPPENED,
        grounds=GROUNDS,
    )


def _options(page: ClaimPage, step: str) -> dict[str, Any]:
    """Choices that are the same for every claim, and labels of the claimant."""
    today = day_of(services().clock())
    options: dict[str, Any] = {
        "type": claims_words.SUBJECTS.items(),
        "audience": claims_words.AUDIENCES.items(),
        "assurance": [(one.value, claims_words.ASSURANCES[one.value]) for one in Assurance],
        "conclusion": [(one.value, claims_words.OPINIONS[one.value]) for one in Opinion],
        "rules": [one for one in rule_sets().values() if one.holds_on(today)],
    }
    if step == "footprint":
        claimant = page.view.record.organisation_id
        options["label"] = [one for one in labels.list_(actor(), services()) if one.exporter_id == claimant]
    return options


def _parties(page: ClaimPage) -> dict[str, str]:
    """Names of institutions by id."""
    found = accounts.organisations(actor(), OrganisationKind.INSTITUTION, services())
    claimant = page.view.record.organisation_id
    return {one.id: one.name(language()) for one in found if one.id != claimant}


def _new_form(values: Mapping[str, str], errors: Mapping[str, Any]) -> str:
    found = accounts.organisations(actor(), OrganisationKind.INSTITUTION, services())
    return render_template(
        "claims/new.html",
        values=values,
        errors=errors,
        labels=claims_forms.LABELS["subject"] | claims_forms.LABELS["people"],
        types=claims_words.SUBJECTS.items(),
        institutions=[(one.id, one.name(language())) for one in found if one.id != actor().organisation_id],
    )
