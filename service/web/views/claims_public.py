"""The public page of an issued claim, behind its QR code: how it stands today, what it says, where it comes from.

Open to everybody, works without script; its JSON says the same.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for

from service.schemas.published import published_claim
from service.usecases.claims import published, standings
from service.web.claim_public import BANNERS, GROUNDS, HAPPENED, code
from service.web.context import services
from service.web.i18n import language

bp = Blueprint("claims_public", __name__)


@bp.get("/c/<number>", defaults={"form": "html"})
@bp.get("/c/<number>.<any(json):form>")
def show(number: str, form: str) -> Any:
    """A claim as it stands now; a number written otherwise goes to its own address."""
    from service.render.claim_content import content

    today = standings.today(services().clock())
    day = _day(today)
    found = published.public(number, services(), day)
    if form == "json":
        return published_claim(found)
    if number != found.number:
        return redirect(url_for("claims_public.show", number=found.number, on=request.args.get("on")), 301)
    return render_template(
        "claims/public.html",
        found=found,
        shown=content(found.statement, language()),
        banner=BANNERS[found.live.standing],
        happened=HAPPENED,
        grounds=GROUNDS,
        code=code(found.url),
        past=day != today,
        today=today,
        now=services().clock(),
    )


@bp.get("/c/<number>/claim.pdf")
def document(number: str) -> Any:
    """The signed PDF."""
    return _file(published.document(number, services()), "application/pdf", f"{number}.pdf")


@bp.get("/c/<number>/bundle.json")
def bundle(number: str) -> Any:
    """Credential and proof in one file, for verification without this service."""
    return _file(published.bundle(number, services()), "application/json", f"{number}.bundle.json")


@bp.get("/c/<number>/credential.jwt")
def credential(number: str) -> Any:
    """The credential as vc+jwt."""
    found = published.public(number, services())
    return _file(found.credential.encode("ascii"), "application/vc+jwt", f"{found.number}.jwt")


def _day(today: date) -> date:
    """The day asked for; a day that is none, or to come, is today."""
    try:
        return min(date.fromisoformat(request.args.get("on", "")), today)
    except ValueError:
        return today


def _file(data: bytes, mimetype: str, name: str) -> Any:
    return send_file(BytesIO(data), mimetype, as_attachment=True, download_name=name)
