"""Jobs: how far work outside the request is."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.results import JobSchema
from service.usecases import jobs

bp = blueprint("jobs", "Work outside the request.")


@bp.get("")
@bp.response(200, JobSchema(many=True))
def index() -> Any:
    """Jobs of the caller's organisation."""
    return list(jobs.list_(actor(), services()))


@bp.get("/<key>")
@bp.response(200, JobSchema)
def show(key: str) -> Any:
    """One job with its progress and, in the end, its result."""
    return jobs.get(actor(), key, services())
