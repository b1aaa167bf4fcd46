"""Sealed evidence: requests, answers, and what was seen, for authorities, exporters and institutions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required

from certificates.ledger.days import day_of
from service.usecases import labels
from service.usecases.access import Permission, allow
from service.usecases.desk import evidence, parts, requests
from service.usecases.desk.requests import Answer, Ask, Asked
from service.usecases.refusals import InvalidInput, NotAllowed, NotFound, Refusal
from service.web import desk_evidence, desk_words, listing
from service.web.context import actor, has_role, names, services
from service.web.i18n import language

bp = Blueprint("desk_evidence", __name__)
SUGGESTED_DAYS = 30


@bp.get("/desk/requests", defaults={"form": "html"})
@bp.get("/desk/requests.<any(csv,json):form>")
@login_required
def list_(form: str) -> Any:
    """Requests of the reader's authority, or about the labels of the reader's organisation."""
    rows = requests.list_(actor(), services())
    spec = desk_evidence.requests_spec(names({one.request.person_id for one in rows}))
    return listing.answer(spec, rows, form, "desk/requests.html")


@bp.get("/desk/requests/<key>", defaults={"form": "html"})
@bp.get("/desk/requests/<key>.<any(json):form>")
@login_required
def show(key: str, form: str) -> Any:
    """One request: who asks what and why, the answer, and everything that was seen."""
    found = requests.get(actor(), key, services())
    if form == "json":
        return jsonify(desk_evidence.as_json(found))
    return _request_page(found, {}, {})


@bp.post("/desk/requests/<key>/answer")
@login_required
def answer(key: str) -> Any:
    """Grant, refuse, or open by legal duty."""
    allow(actor(), Permission.EVIDENCE_ANSWER)
    found = requests.get(actor(), key, services())

    def act() -> None:
        command = Answer(request.form.get("decision", ""), request.form.get("reason", ""), _until())
        requests.answer(actor(), key, command, services())

    errors, status = _told(act)
    if errors:
        return _request_page(found, request.form, errors), status
    flash(_("The answer was recorded and the authority told."), "good")
    return redirect(url_for("desk_evidence.show", key=key), 303)


@bp.post("/desk/requests/<key>/parts/<name>")
@login_required
def take(key: str, name: str) -> Any:
    """A granted part, recorded as seen before it is given: as a page to read, or as a file."""
    part = evidence.take(actor(), key, name, services())
    if request.form.get("as") == "page" and part.document is not None:
        title, shown = desk_words.PARTS[name][0], desk_evidence.tables(part)
        return render_template("desk/part.html", part=part, tables=shown, key=key, title=title)
    return send_file(BytesIO(part.data), part.media_type, as_attachment=True, download_name=part.filename)


@bp.get("/labels/<number>/evidence", defaults={"form": "html"})
@bp.get("/labels/<number>/evidence.<any(json):form>")
@login_required
def label(number: str, form: str) -> Any:
    """What a label rests on, who asked to see it, and every time it was seen."""
    found = requests.of_label(actor(), number, services())
    if form == "json":
        return jsonify(items=[desk_evidence.as_json(one) for one in found], total=len(found))
    return _label_page(number, found, {}, {})


@bp.post("/labels/<number>/evidence")
@login_required
def ask(number: str) -> Any:
    """Ask to see the evidence of a label."""
    allow(actor(), Permission.EVIDENCE_ASK)
    found = requests.of_label(actor(), number, services())
    made: list[str] = []

    def act() -> None:
        command = Ask(number, request.form.get("purpose", ""), request.form.get("legal_basis", ""))
        made.append(requests.ask(actor(), command, services()))

    errors, status = _told(act)
    if errors:
        return _label_page(number, found, request.form, errors), status
    flash(_("The request was recorded and the exporter told."), "good")
    return redirect(url_for("desk_evidence.show", key=made[0]), 303)


def _request_page(found: Asked, values: Mapping[str, str], errors: Mapping[str, str]) -> Any:
    today = day_of(services().clock())
    return render_template(
        "desk/request.html",
        one=found,
        people=names(desk_evidence.people_of([found])),
        parts=parts.PARTS,
        dw=desk_words,
        values=values,
        errors=errors,
        by_duty=has_role("signatory"),
        first=today,
        last=today + timedelta(days=requests.MOST_DAYS),
        suggested=today + timedelta(days=SUGGESTED_DAYS),
    )


def _label_page(
    number: str, found: tuple[Asked, ...], values: Mapping[str, str], errors: Mapping[str, str]
) -> Any:
    record = labels.get(actor(), number, services())
    return render_template(
        "desk/evidence.html",
        label=record,
        sealed={entry["kind"]: entry["sha256"] for entry in record.statement["chain"]},
        kinds=parts.CHAIN_KINDS,
        requests=found,
        people=names(desk_evidence.people_of(found)),
        dw=desk_words,
        values=values,
        errors=errors,
    )


def _told(act: Callable[[], None]) -> tuple[dict[str, str], int]:
    """What a refusal says, at its field where it names one, with its status; NotAllowed and NotFound are pages."""
    try:
        act()
    except (NotAllowed, NotFound):
        raise
    except InvalidInput as refusal:
        return {refusal.details["field"]: refusal.message(language())}, refusal.status
    except Refusal as refusal:
        return {"": refusal.message(language())}, refusal.status
    return {}, 200


def _until() -> date | None:
    given = request.form.get("until", "").strip()
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise InvalidInput(field="until", problem="a day such as 2026-01-31") from error
