"""Notices: what the reader's organisation is told."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask_login import login_required

from service.schemas.background import NoticeSchema
from service.usecases import notices
from service.web.context import actor, services

bp = Blueprint("notices", __name__)


@bp.get("/notices", defaults={"form": "html"})
@bp.get("/notices.<any(json):form>")
@login_required
def list_(form: str) -> Any:
    """Newest first, unread ones marked."""
    found = notices.list_(actor(), services())
    if form == "json":
        return jsonify(items=NoticeSchema(many=True).dump(found), total=len(found))
    return render_template("notices.html", notices=found)


@bp.post("/notices/<key>/read")
@login_required
def read(key: str) -> Any:
    """Mark one as read and go to what it is about."""
    found = notices.read(actor(), key, services())
    noun, _, identifier = found.object.partition(":")
    if noun == "ledger-position":
        return redirect(url_for("ledger.position", key=identifier), 303)
    if noun == "evidence-request":
        return redirect(url_for("desk_evidence.show", key=identifier), 303)
    if noun == "impact":
        return redirect(url_for("impacts.show", key=identifier), 303)
    return redirect(url_for("notices.list_"), 303)
