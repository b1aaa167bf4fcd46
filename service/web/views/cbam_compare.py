"""What an importer pays for an installation's goods on each of the three paths, to 2034."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import login_required

from service.usecases.cbam import calculating, comparing, installations
from service.usecases.cbam.calculating import Ask
from service.usecases.cbam.defaults import YEARS
from service.usecases.cbam.refusals import TransitionalData
from service.usecases.refusals import GateClosed
from service.web import cbam_compare, listing
from service.web.context import actor, services

bp = Blueprint("cbam_compare", __name__, url_prefix="/cbam/installations/<key>")


@bp.get("/compare", defaults={"form": "html"})
@bp.get("/compare.<any(csv,json):form>")
@login_required
def show(key: str, form: str) -> Any:
    """Actual, mixed and default values side by side; what was asked stands in the address."""
    view = installations.get(actor(), key, services())
    shown = {"view": view, "cc": cbam_compare, "years": [str(year) for year in YEARS]}
    try:
        done = calculating.current(actor(), Ask(key), services()).done
        asked = cbam_compare.asked(request.args, done.goods, key)
        found = comparing.compare(actor(), asked.command, services()) if asked.command else None
    except (GateClosed, TransitionalData) as refusal:
        if form != "html":
            raise
        return render_template("cbam/compare.html", refusal=refusal, page=None, **shown), refusal.status
    if form != "html":
        lines = found.lines if found else ()
        return listing.answer(cbam_compare.lines_spec(key), lines, form, "")
    page = cbam_compare.page(found, asked.command) if found and asked.command else None
    status = 422 if asked.errors else 200
    return render_template("cbam/compare.html", page=page, asked=asked, done=done, **shown), status
