"""Background data: installed releases, search, one dataset."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.commands import SearchDatasetsSchema
from service.schemas.results import DatasetViewSchema, HitSchema, ReleaseSchema
from service.usecases import releases
from service.usecases.releases import SearchDatasets

bp = blueprint("releases", "Background data.")


@bp.get("")
@bp.response(200, ReleaseSchema(many=True))
def index() -> Any:
    """Installed releases."""
    return list(releases.list_(actor(), services()))


@bp.get("/<release>/datasets")
@bp.arguments(SearchDatasetsSchema, location="query")
@bp.response(200, HitSchema(many=True))
def search(command: SearchDatasets, release: str) -> Any:
    """Search datasets in Chinese or English."""
    return list(releases.search(actor(), replace(command, release=release), services()))


@bp.get("/<release>/datasets/<path:code>")
@bp.response(200, DatasetViewSchema)
def dataset(release: str, code: str) -> Any:
    """One dataset with its published numbers, sources and scores."""
    return releases.dataset(actor(), release, code, services())
