"""Notices: what the caller's organisation is told."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.background import NoticeSchema
from service.usecases import notices

bp = blueprint("notices", "What an organisation is told.")


@bp.get("")
@bp.response(200, NoticeSchema(many=True))
def index() -> Any:
    """Notices, newest first; ``read_at`` is null until somebody read one."""
    return list(notices.list_(actor(), services()))


@bp.post("/<key>/read")
@bp.response(200, NoticeSchema)
def read(key: str) -> Any:
    """Mark a notice as read."""
    return notices.read(actor(), key, services())
