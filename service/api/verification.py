"""Verify, open to everybody: by number, by file."""

from __future__ import annotations

from typing import Any

from flask import request

from service.api.auth import services
from service.api.blueprints import blueprint
from service.api.problems import problem
from service.schemas.results import ReportSchema
from service.usecases import verification

bp = blueprint("verify", "Verify labels and claims; no account needed.", public=True)
PUBLIC: dict[str, Any] = {"security": []}


@bp.get("/<number>")
@bp.doc(**PUBLIC)
@bp.response(200, ReportSchema)
def by_number(number: str) -> Any:
    """The verdict on the label or claim with this number."""
    report = verification.by_number(number, services())
    return report or problem(404, "unknown-number", "Nothing with this number was issued here.")


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
    """The verdict on a PDF, bundle or credential: the request's body, or the part named file of a form."""
    upload = request.files.get("file")
    data = upload.read() if upload is not None else request.get_data()
    return verification.by_file(data, services(), number=request.args.get("number") or None)
