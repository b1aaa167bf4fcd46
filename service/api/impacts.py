"""What a new release changes for datasets, studies and labels."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.background import CompareSchema, ImpactSchema, ImpactViewSchema, QueuedSchema
from service.usecases import release_updates
from service.usecases.release_updates import Compare

bp = blueprint("impacts", "Updates of background data.")


@bp.get("")
@bp.response(200, ImpactSchema(many=True))
def index() -> Any:
    """Comparisons the caller may see."""
    return list(release_updates.list_(actor(), services()))


@bp.post("")
@bp.arguments(CompareSchema)
@bp.response(202, QueuedSchema)
def compare(command: Compare) -> Any:
    """Compare two releases; follow the job, whose result names the comparison."""
    return {"job_id": release_updates.request(actor(), command, services())}


@bp.get("/<key>")
@bp.response(200, ImpactViewSchema)
def show(key: str) -> Any:
    """One comparison: datasets beyond the threshold, and the caller's own studies and labels."""
    return release_updates.get(actor(), key, services())
