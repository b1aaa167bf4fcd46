"""The officers' desk: what waits, bulk checks, the offline pack."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from service.store.records import JobRecord
from service.uploads import admit_check
from service.usecases import jobs, lookup
from service.usecases.access import Permission, allow
from service.usecases.desk import bulk, exports, overview, packs
from service.usecases.desk.refusals import ListNotRead
from service.usecases.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from service.web import desk_checks, desk_words, listing, words
from service.web.context import actor, names, services
from service.web.i18n import language
from service.web.verify_words import STANDINGS

bp = Blueprint("desk", __name__, url_prefix="/desk")
ARRIVED = "tanbiao_arrived"
"""Cookie that tells the page a download has begun; its value is the token the page's form sent."""


@bp.url_value_preprocessor
def admit(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A zip of labels may be large; this runs before the CSRF guard reads the form."""
    if endpoint == "desk.upload" and current_user.is_authenticated:
        admit_check(actor(), services())


@bp.get("")
@login_required
def home() -> Any:
    """What waits, what ceased to be accepted lately, the search."""
    query = request.args.get("q", "").strip()[:200]
    return render_template(
        "desk/home.html",
        view=overview.overview(actor(), services()),
        query=query,
        found=overview.search(actor(), query, services()) if query else (),
        most=overview.MOST_FOUND,
        dw=desk_words,
        standings=STANDINGS,
    )


@bp.get("/checks", defaults={"form": "html"})
@bp.get("/checks.<any(csv,json):form>")
@login_required
def checks(form: str) -> Any:
    """The form of a bulk check, and every check so far."""
    return _checks_page(form, {}, {})


@bp.post("/checks")
@login_required
def upload() -> Any:
    """Take the file and queue its check; what was typed survives a refusal, the file must be chosen again."""
    allow(actor(), Permission.CHECK_BULK)
    given = request.files.get("file")
    if given is None or not given.filename:
        return _checks_page("html", request.form, {"file": _("Choose the file.")}), 422
    try:
        command = bulk.Upload(given.filename, given.stream.read(), _moment())
        key, _job = bulk.ask(actor(), command, services())
    except (NotAllowed, NotFound):
        raise
    except ListNotRead as refusal:
        shown = {"problems": refusal.problems, "filename": given.filename}
        return _checks_page("html", request.form, {}, **shown), refusal.status
    except InvalidInput as refusal:
        errors = {refusal.details["field"]: refusal.message(language())}
        return _checks_page("html", request.form, errors), refusal.status
    except Refusal as refusal:
        return _checks_page("html", request.form, {"": refusal.message(language())}), refusal.status
    return redirect(url_for("desk.check", key=key), 303)


@bp.get("/checks/<key>", defaults={"form": "html"})
@bp.get("/checks/<key>.<any(csv,json,xlsx):form>")
@login_required
def check(key: str, form: str) -> Any:
    """How far a check is, or its rows; as a file, the rows that the filters leave."""
    if form != "html":
        found = bulk.finished(actor(), key, services())
        rows = listing.build(desk_checks.rows_spec(found), found.rows).matched
        data = exports.exported(rows, form, language(), found.about())
        name = f"check-{key[:8]}.{form}"
        return send_file(BytesIO(data), exports.MEDIA_TYPES[form], as_attachment=True, download_name=name)
    found = bulk.get(actor(), key, services(), rows=True)
    if not found.done:
        return render_template("desk/check_open.html", found=found, job=_job_of(key), steps=words.JOB_STEPS)
    return render_template(
        "desk/check.html",
        found=found,
        listing=listing.build(desk_checks.rows_spec(found), found.rows),
        picture=desk_checks.picture(found),
        word=desk_checks.word,
        person=names({found.person_id}).get(found.person_id, ""),
    )


@bp.get("/pack", defaults={"form": "html"})
@bp.get("/pack.<any(json):form>")
@login_required
def pack(form: str) -> Any:
    """What the offline pack is, and those that were taken."""
    taken = packs.taken(actor(), services())
    if form == "json":
        return {"items": [one.as_dict() for one in taken], "total": len(taken)}
    people = names({one.person_id for one in taken})
    return render_template(
        "desk/pack.html", taken=taken, people=people, now=services().clock(), days=packs.DAYS
    )


@bp.post("/pack")
@login_required
def take() -> Any:
    """Make and hand out a pack; the page registers its fingerprint."""
    made = packs.make(actor(), services(), request.form.get("days", packs.DAYS, type=int))
    answer = send_file(BytesIO(made.data), packs.MEDIA_TYPE, as_attachment=True, download_name=made.filename)
    token = request.form.get("token", "")
    if token.isalnum() and len(token) <= 64:
        answer.set_cookie(ARRIVED, token, max_age=60, samesite="Lax", secure=request.is_secure)
    return answer


def _checks_page(form: str, values: Mapping[str, str], errors: Mapping[str, Any], **more: Any) -> Any:
    rows = bulk.list_(actor(), services())
    people = names({one.person_id for one in rows})
    spec = desk_checks.checks_spec(people)
    return listing.answer(spec, rows, form, "desk/checks.html", values=values, errors=errors, **more)


def _moment() -> datetime | None:
    return lookup.moment(request.form.get("at", ""), services().clock())


def _job_of(key: str) -> JobRecord | None:
    """The newest job of a check."""
    open_ = (one for one in jobs.list_(actor(), services()) if one.kind == bulk.CHECK_JOB)
    return next((one for one in open_ if one.payload.get("check") == key), None)
