"""What people decide on an issued label: how it stands, and the official marks shown beside it."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required

from service.usecases import labels, marks, standing
from service.usecases.access import Permission, allow
from service.usecases.marks import AddMark
from service.usecases.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from service.usecases.standing import Change
from service.usecases.standing.rules import PERMISSIONS
from service.web import label_page
from service.web.context import actor, services
from service.web.i18n import language
from service.web.verify_words import ACTS

bp = Blueprint("labels_acts", __name__, url_prefix="/labels/<number>")
DONE = "labels.show"


@bp.get("/standing/<state>")
@login_required
def confirm(number: str, state: str) -> Any:
    """What changes, and what is needed for it, before it is done."""
    if state not in PERMISSIONS:
        abort(404)
    allow(actor(), PERMISSIONS[state])
    return _confirmation(number, state, {}, {})


@bp.post("/standing/<state>")
@login_required
def change(number: str, state: str) -> Any:
    """Suspend, lift, revoke or supersede."""
    if state not in PERMISSIONS:
        abort(404)
    allow(actor(), PERMISSIONS[state])
    form = request.form
    if not form.get("sure"):
        return _confirmation(number, state, form, {"sure": _("Confirm that this is to be done.")}), 422
    command = Change(state, form.get("reason", ""), form.get("other", ""))
    try:
        standing.change(actor(), number, command, services())
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return _confirmation(number, state, form, told(refusal)), refusal.status
    flash(_("Done. Everybody who verifies the label is told so from now on."), "good")
    return redirect(url_for(DONE, number=number), 303)


@bp.post("/marks")
@login_required
def add_mark(number: str) -> Any:
    """Show an official mark beside the label."""
    allow(actor(), Permission.LABEL_MARK)
    upload, form = request.files.get("picture"), request.form
    data = upload.read() if upload is not None else b""
    command = AddMark(number, form.get("body", ""), form.get("certificate_number", ""), data)
    try:
        marks.add(actor(), command, services())
    except InvalidInput as refusal:
        return label_page.rendered(number, errors=told(refusal), values=form), refusal.status
    flash(_("The mark is shown, with the number of its certificate."), "good")
    return redirect(url_for(DONE, number=number, _anchor="marks"), 303)


@bp.post("/marks/<key>/gone")
@login_required
def take_mark_away(number: str, key: str) -> Any:
    """Show the mark no longer."""
    marks.take_away(actor(), number, key, services())
    flash(_("The mark is shown no longer."), "good")
    return redirect(url_for(DONE, number=number, _anchor="marks"), 303)


@bp.get("/marks/<key>")
@login_required
def mark(number: str, key: str) -> Any:
    """The picture of an official mark."""
    record = labels.get(actor(), number, services())
    there = marks.one(record.number, key, services())
    return send_file(BytesIO(there.image), there.media_type)


def told(refusal: Refusal) -> dict[str, str]:
    """A refusal at its field, or above the form."""
    field = refusal.details.get("field", "") if isinstance(refusal, InvalidInput) else ""
    return {field: refusal.message(language())}


def _confirmation(number: str, state: str, values: Mapping[str, str], errors: Mapping[str, Any]) -> str:
    record = labels.get(actor(), number, services())
    others = label_page.successors(actor(), record) if state == "superseded" else []
    return render_template(
        "label_standing.html",
        label=record,
        said=label_page.STANDINGS[label_page.state(record)],
        act=ACTS[state],
        state=state,
        others=others,
        values=values,
        errors=errors,
    )
