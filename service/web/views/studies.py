"""Studies: the list, one study with its number and where it comes from, and the steps to a label."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required
from marshmallow import ValidationError

from service.schemas.commands import ChooseDatasetSchema, DecideSchema, OpenStudySchema, SubmitSchema
from service.schemas.results import StudyViewSchema
from service.usecases import labels, reviews, studies
from service.web import listing, words
from service.web.context import actor, services
from service.web.formats import bilingual, moment
from service.web.forms import field_errors, form_data
from service.web.listing import Cell, Column, Filter, ListSpec
from service.web.present import StudyPage, study_page

bp = Blueprint("studies", __name__)


def _state(study: Any) -> Cell:
    state = words.STUDY_STATES[study.status]
    return Cell(state.name, tone=state.tone or "neutral")


def spec() -> ListSpec:
    """The list of studies."""
    return ListSpec(
        endpoint="studies.list_",
        order="-opened_at",
        columns=(
            Column(
                "product",
                _l("Product"),
                lambda r: bilingual(r, "product_name"),
                lambda r: Cell(bilingual(r, "product_name"), href=url_for("studies.show", key=r.id)),
            ),
            Column("status", _l("State"), lambda r: r.status, _state),
            Column("release", _l("Background data"), lambda r: r.release),
            Column("gwp_set", _l("GWP set"), lambda r: r.gwp_set),
            Column("opened_at", _l("Opened"), lambda r: r.opened_at, lambda r: Cell(moment(r.opened_at))),
        ),
        filters=(
            Filter(
                "status", _l("State"), tuple((code, state.name) for code, state in words.STUDY_STATES.items())
            ),
        ),
    )


@bp.get("/studies", defaults={"form": "html"})
@bp.get("/studies.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """Studies this reader may see."""
    return listing.answer(spec(), studies.list_(actor(), services()), form, "studies.html")


@bp.post("/studies")
@login_required
def open_() -> Any:
    """Open a study of an inventory."""
    try:
        command = OpenStudySchema().load(form_data("inventory_id", "release", "gwp_set", "rule_set"))
    except ValidationError as error:
        return _bad_form(error), 422
    return redirect(url_for("studies.show", key=studies.open_(actor(), command, services())), 303)


@bp.get("/studies/<key>", defaults={"form": "html"})
@bp.get("/studies/<key>.<any(json):form>")
@login_required
def show(key: str, form: str) -> Any:
    """One study: the number, what it is made of, what is missing, what to do next."""
    if form == "json":
        return StudyViewSchema().dump(studies.get(actor(), key, services()))
    return _page(key)


@bp.post("/studies/<key>/links")
@login_required
def link(key: str) -> Any:
    """Choose the dataset of a line, or withdraw the choice."""
    schema = ChooseDatasetSchema()
    posted = form_data("key", "dataset", "reason", "version")
    posted["dataset"] = request.form.get("other_dataset", "").strip() or posted.get("dataset", "")
    if "withdraw" in request.form:
        posted["dataset"] = ""
    try:
        data = schema.load(posted)
    except ValidationError as error:
        return _page(key, errors=field_errors(error)), 422
    studies.link(actor(), schema.command(key, data), services())
    flash(_("The choice is kept. Assess the study again to see its effect."), "good")
    return redirect(url_for("studies.show", key=key, _anchor=f"line-{data['key'].replace('/', '-')}"), 303)


@bp.post("/studies/<key>/assess")
@login_required
def assess(key: str) -> Any:
    """Compute the footprint."""
    record = studies.assess(actor(), key, services())
    if record.result["footprint"] is None:
        flash(_("The footprint cannot be computed yet: solve the findings below."), "bad")
    else:
        flash(_("The footprint is computed."), "good")
    return redirect(url_for("studies.show", key=key), 303)


@bp.post("/studies/<key>/submit")
@login_required
def submit(key: str) -> Any:
    """Hand the study to review."""
    try:
        data = SubmitSchema().load(form_data("version"))
    except ValidationError as error:
        return _bad_form(error), 422
    studies.submit(actor(), key, services(), version=data["version"])
    flash(_("The study is with the reviewers now."), "good")
    return redirect(url_for("studies.show", key=key), 303)


@bp.post("/studies/<key>/decision")
@login_required
def decide(key: str) -> Any:
    """Approve or return."""
    schema = DecideSchema()
    try:
        data = schema.load(form_data("decision", "comment", "version"))
    except ValidationError as error:
        return _page(key, errors=field_errors(error)), 422
    review = reviews.decide(actor(), schema.command(key, data), services())
    approved = review.decision == "approved"
    flash(_("The study is approved.") if approved else _("The study went back to the practitioner."), "good")
    return redirect(url_for("studies.show", key=key), 303)


@bp.post("/studies/<key>/issue")
@login_required
def issue(key: str) -> Any:
    """Ask for the label; the work happens in a job."""
    return redirect(url_for("jobs.show", key=labels.request_issue(actor(), key, services())), 303)


def _page(key: str, errors: dict[str, str] | None = None) -> str:
    page: StudyPage = study_page(actor(), key, services())
    return render_template("study.html", page=page, errors=errors or {}, values=request.form)


def _bad_form(error: ValidationError) -> str:
    sentences = "; ".join(f"{name}: {text}" for name, text in field_errors(error).items())
    return render_template(
        "error.html", title=_("The form is not complete"), advice=sentences, status=422, findings=()
    )
