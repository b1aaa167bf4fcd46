"""Verify, open to everybody: by number and check code, by file."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_login import current_user

from service.api import auth
from service.api.auth import services
from service.api.blueprints import blueprint
from service.guards import guard_codes
from service.schemas.reports import ReportSchema
from service.schemas.verification import AskedSchema
from service.usecases import lookup, verification
from service.usecases.access import Actor
from service.usecases.lookup import Asked

bp = blueprint("verify", "Verify labels and claims; no account needed.", public=True)
PUBLIC: dict[str, Any] = {"security": []}


@bp.get("/<number>")
@bp.doc(**PUBLIC)
@bp.arguments(AskedSchema, location="query")
@bp.response(200, ReportSchema)
def by_number(query: dict[str, str], number: str) -> Any:
    """The verdict on the label or claim with this number, with its standing.

    A label takes its check code too, except from callers who sign in and may see it. Unknown number and wrong code are
    one answer, 404 ``unknown-number``.
    """
    at = lookup.moment(query["at"], services().clock())
    with guard_codes(query["code"]):
        found = lookup.find(Asked(number, query["code"]), services(), _caller())
    return lookup.report(found, services(), at)


@bp.post("")
@bp.doc(
    **PUBLIC,
    requestBody={
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
)
@bp.response(200, ReportSchema)
def by_file() -> Any:
    """The verdict on a PDF, bundle or credential (vc+jwt, Data Integrity, UNTP): the request's body, or the part named
    file of a form.
    """
    upload = request.files.get("file")
    data = upload.read() if upload is not None else request.get_data()
    number, code = (request.args.get(name) or None for name in ("number", "code"))
    return verification.by_file(data, services(), number=number, code=code)


def _caller() -> Actor | None:
    """Who signs in with the call, if anybody does."""
    if request.authorization is None and not current_user.is_authenticated:
        return None
    auth.identify()
    return auth.actor()
