"""Labels: list, get, files, recompute."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, send_file

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.results import LabelSchema, RecomputationSchema
from service.usecases import labels

bp = blueprint("labels", "Issued labels.")


@bp.get("")
@bp.response(200, LabelSchema(many=True))
def index() -> Any:
    """Labels the caller may see."""
    return list(labels.list_(actor(), services()))


@bp.get("/<number>")
@bp.response(200, LabelSchema)
def show(number: str) -> Any:
    """One label with its statement and proof."""
    return labels.get(actor(), number, services())


@bp.get("/<number>/document")
@bp.response(200, content_type="application/pdf")
def document(number: str) -> Response:
    """The signed PDF/A-3."""
    data = labels.document(actor(), number, services())
    return send_file(BytesIO(data), "application/pdf", as_attachment=True, download_name=f"{number}.pdf")


@bp.get("/<number>/bundle")
@bp.response(200, content_type="application/json")
def bundle(number: str) -> Response:
    """Credential and proof, enough to verify offline."""
    return Response(labels.bundle(actor(), number, services()), mimetype="application/json")


@bp.get("/<number>/credential")
@bp.response(200, content_type="application/vc+jwt")
def credential(number: str) -> Response:
    """The credential as vc+jwt."""
    return Response(labels.credential(actor(), number, services()), mimetype="application/vc+jwt")


@bp.post("/<number>/recompute")
@bp.response(200, RecomputationSchema)
def recompute(number: str) -> Any:
    """Rebuild the figures from the stored workbook and release, and compare."""
    return labels.recompute(actor(), number, services())
