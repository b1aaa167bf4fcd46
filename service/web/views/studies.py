"""Studies: the list, one study with its number and where it comes from, and the steps to a label."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import login_required
from marshmallow import ValidationError

from service.schemas.commands import (
    ChooseDatasetSchema,
    ConfirmLinksSchema,
    DecideSchema,
    OpenStudySchema,
    SubmitSchema,
)
from service.schemas.results import StudyViewSchema
from service.usecases import labels, reviews, studies
from service.usecases.access import Permission, allow
from service.usecases.refusals import NothingToConfirm, Refusal, StudyChanged, UnknownDataset
from service.web import listing, words
from service.web.context import actor, services
from service.web.formats import bilingual, moment
from service.web.forms import field_errors, form_data
from service.web.i18n import language
from service.web.linker import linker_page
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


@bp.get("/studies/<key>/lines/<path:line>")
@login_required
def line(key: str, line: str) -> Any:
    """One line and the datasets that could stand for it."""
    allow(actor(), Permission.STUDY_LINK)
    return _line_page(key, line)


@bp.post("/studies/<key>/links")
@login_required
def link(key: str) -> Any:
    """Choose the dataset of a line, or withdraw the choice. What was entered survives a refusal."""
    allow(actor(), Permission.STUDY_LINK)
    schema = ChooseDatasetSchema()
    posted = form_data("key", "dataset", "reason", "version")
    withdraw = "withdraw" in request.form
    if withdraw:
        posted["dataset"] = ""
    item = posted.get("key", "")
    try:
        data = schema.load(posted)
    except ValidationError as error:
        return _line_page(key, item, errors=field_errors(error)), 422
    if not data["dataset"] and not withdraw:
        return _line_page(key, item, errors={"dataset": _("Choose one of the datasets.")}), 422
    missing = _missing(key)
    try:
        studies.link(actor(), schema.command(key, data), services())
    except (StudyChanged, UnknownDataset) as refusal:
        return _line_page(key, item, refusal=refusal), refusal.status
    return redirect(_after_choice(key, data["key"], missing), 303)


@bp.post("/studies/<key>/confirmations")
@login_required
def confirm(key: str) -> Any:
    """Accept what is suggested for the lines that were ticked, or for all; what was shown is sent along."""
    allow(actor(), Permission.STUDY_LINK)
    pairs = request.form.getlist("suggestion" if "all" in request.form else "line")
    shown = dict(pair.split("|", 1) for pair in pairs if "|" in pair)
    if not shown:
        return _page(key, refusal=_("Tick the lines to confirm first.")), 422
    schema = ConfirmLinksSchema()
    try:
        data = schema.load({"keys": list(shown), "shown": shown, **form_data("reason", "version")})
    except ValidationError as error:
        return _bad_form(error), 422
    try:
        studies.confirm(actor(), schema.command(key, data), services())
    except (StudyChanged, NothingToConfirm) as refusal:
        return _page(key, refusal=refusal.message(language())), refusal.status
    flash(
        ngettext(
            "%(num)d suggestion is now your choice. Compute the footprint to see its effect.",
            "%(num)d suggestions are now your choices. Compute the footprint to see their effect.",
            len(shown),
        ),
        "good",
    )
    return redirect(url_for("studies.show", key=key, _anchor="lines"), 303)


def _missing(key: str) -> tuple[str, ...]:
    return tuple(row.key for row in study_page(actor(), key, services()).rows if row.open)


def _after_choice(key: str, item: str, missing: tuple[str, ...]) -> str:
    """From a line without dataset on to the next one; from any other back to its place in the study."""
    left = [other for other in missing if other != item]
    if item in missing and left:
        flash(
            ngettext(
                "The choice is kept. %(num)d line is left without a dataset.",
                "The choice is kept. %(num)d lines are left without a dataset.",
                len(left),
            ),
            "good",
        )
        return url_for("studies.line", key=key, line=left[0])
    flash(_("The choice is kept. Compute the footprint to see its effect."), "good")
    return url_for("studies.show", key=key, _anchor=f"line-{item.replace('/', '-')}")


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


def _page(key: str, errors: dict[str, str] | None = None, refusal: str = "") -> str:
    page: StudyPage = study_page(actor(), key, services())
    return render_template("study.html", page=page, errors=errors or {}, refusal=refusal, values=request.form)


def _line_page(
    key: str, item: str, errors: dict[str, str] | None = None, refusal: Refusal | None = None
) -> str:
    page = study_page(actor(), key, services())
    linker = linker_page(actor(), page, item, request.values.get("text", ""), services())
    if linker is None:
        abort(404)
    linked = linker.row.linked
    chosen = request.form.get("dataset") or (linked.dataset.code if linked.dataset else "")
    return render_template(
        "study_line.html",
        page=page,
        linker=linker,
        chosen=chosen,
        errors=errors or {},
        refusal=refusal.message(language()) if refusal else "",
        values=request.form,
        names={row.key: _short_name(row.linked) for row in page.rows},
    )


def _short_name(linked: Any) -> str:
    """A line by its name, a leg by its mode and what it carries."""
    return f"{linked.leg.mode} · {linked.line.name}" if linked.leg else str(linked.line.name)


def _bad_form(error: ValidationError) -> str:
    sentences = "; ".join(f"{name}: {text}" for name, text in field_errors(error).items())
    return render_template(
        "error.html", title=_("The form is not complete"), advice=sentences, status=422, findings=()
    )
