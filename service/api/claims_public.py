"""Issued claims, open to everybody: the statement, how it stands, its files. The page ``/c/NUMBER`` says the same."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.api.auth import services
from service.api.blueprints import blueprint
from service.schemas.ledger_claims import ClaimDaySchema, PublicClaimSchema
from service.schemas.published import published_claim
from service.usecases.claims import published

bp = blueprint("claims-public", "Issued claims; no account needed.", public=True, path="public/claims")
PUBLIC: dict[str, Any] = {"security": []}


@bp.get("/<number>")
@bp.doc(**PUBLIC)
@bp.arguments(ClaimDaySchema, location="query")
@bp.response(200, PublicClaimSchema)
def show(query: dict[str, Any], number: str) -> Any:
    """Statement and standing on a day, with the reasons, what happened since the issue, and the trace of its units."""
    return published_claim(published.public(number, services(), query["on"]))


@bp.get("/<number>/document")
@bp.doc(**PUBLIC)
@bp.response(200, content_type="application/pdf")
def document(number: str) -> Response:
    """The signed PDF/A-3."""
    return Response(published.document(number, services()), mimetype="application/pdf")


@bp.get("/<number>/bundle")
@bp.doc(**PUBLIC)
@bp.response(200, content_type="application/json")
def bundle(number: str) -> Response:
    """Credential and proof, enough to verify offline."""
    return Response(published.bundle(number, services()), mimetype="application/json")


@bp.get("/<number>/credential")
@bp.doc(**PUBLIC)
@bp.response(200, content_type="application/vc+jwt")
def credential(number: str) -> Response:
    """The credential as vc+jwt."""
    return Response(published.public(number, services()).credential, mimetype="application/vc+jwt")
