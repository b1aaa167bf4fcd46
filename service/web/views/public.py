"""What everybody may read: the landing page and whose keys sign here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask_login import current_user

from service.schemas.trust import did_document
from service.usecases import verification
from service.web.context import services

bp = Blueprint("public", __name__)


@bp.get("/")
def landing() -> Any:
    """What the service is, and the box to verify a label; people with an account go on to their home page."""
    if current_user.is_authenticated:
        return redirect(url_for("home.home"))
    return render_template("landing.html")


@bp.get("/trust.json")
def trust() -> Any:
    """The trust file for offline verification."""
    return jsonify(verification.trust(services()))


@bp.get("/.well-known/did.json")
def did() -> Any:
    """The issuer's DID document (did:web), made from the trust file."""
    return jsonify(did_document(verification.trust(services())))
