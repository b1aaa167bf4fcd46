"""What everybody may read: the landing page, whose keys sign here, and the words of our credentials."""

from __future__ import annotations

from importlib import resources
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, url_for
from flask_login import current_user

from service.usecases import verification
from service.web.context import services

bp = Blueprint("public", __name__)
WEEK = 7 * 24 * 3600


@bp.get("/")
def landing() -> Any:
    """What the service is, and the box to verify a label; people with an account go on to their home page."""
    if current_user.is_authenticated:
        return redirect(url_for("home.home"))
    return render_template("landing.html")


@bp.get("/trust.json")
def trust() -> Response:
    """The trust file for offline verification."""
    return _for_all(jsonify(verification.trust(services())))


@bp.get("/.well-known/did.json")
def did() -> Response:
    """The issuer's DID document (did:web): every key there ever was, with its dates."""
    answer = jsonify(services().keys.keyset().did_document())
    answer.mimetype = "application/did+ld+json"
    return _for_all(answer)


@bp.get("/contexts/tanbiao-2.jsonld")
def context() -> Response:
    """The JSON-LD context of our own terms, as credentials name it; it never changes under this name."""
    source = resources.files("certificates").joinpath("contexts", "tanbiao-2.jsonld")
    answer = _for_all(make_response(source.read_bytes()))
    answer.mimetype = "application/ld+json"
    answer.cache_control.max_age = WEEK
    return answer


def _for_all(answer: Response) -> Response:
    """Any page of any site may read it: public data, without cookies (CORS)."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
