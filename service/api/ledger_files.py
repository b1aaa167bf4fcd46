"""Evidence of the ledger: contracts, invoices, proofs of retirement, named by their hash."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, send_file

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.files import part
from service.schemas.ledger_results import FileSchema
from service.usecases.access import Permission, allow
from service.usecases.ledger import files

bp = blueprint("ledger-files", "Ledger: files of evidence.", path="ledger/files")


@bp.get("")
@bp.response(200, FileSchema(many=True))
def index() -> Any:
    """The organisation's files, newest first."""
    return list(files.list_(actor(), services()))


@bp.post("")
@bp.response(201, FileSchema)
def keep() -> Any:
    """Store a file of any type (part file); the same file again is the same evidence."""
    allow(actor(), Permission.LEDGER_RECORD)
    sha256 = files.keep(actor(), *part("file"), services())
    return files.get(actor(), sha256, services())


@bp.get("/<sha256>")
@bp.response(200, FileSchema)
def show(sha256: str) -> Any:
    """What is known of a file."""
    return files.get(actor(), sha256, services())


@bp.get("/<sha256>/content")
@bp.response(200, content_type="application/octet-stream")
def content(sha256: str) -> Response:
    """The file, exactly as it was stored."""
    kept = files.get(actor(), sha256, services())
    data = files.content(actor(), sha256, services())
    kind = "application/octet-stream"
    return send_file(BytesIO(data), kind, as_attachment=True, download_name=kept.filename)
