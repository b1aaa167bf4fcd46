"""CBAM goods and default values: for everybody who has an account."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.cbam import LookUpSchema, SearchGoodsSchema, TableQuerySchema
from service.schemas.cbam_results import PlainSchema
from service.usecases.cbam import defaults

bp = blueprint("cbam-goods", "CBAM: goods and default values.", path="cbam")


@bp.get("/goods")
@bp.arguments(SearchGoodsSchema, location="query")
@bp.response(200, PlainSchema)
def goods(query: dict[str, Any]) -> Any:
    """Goods whose code begins with the digits, or whose names hold every word."""
    return {"result": defaults.search(actor(), query["text"], services(), query["limit"])}


@bp.get("/goods/<cn>/default")
@bp.arguments(LookUpSchema, location="query")
@bp.response(200, PlainSchema)
def default(query: dict[str, Any], cn: str) -> Any:
    """What a good owes on default values; without country the origin is unknown."""
    return {"result": defaults.look_up(actor(), LookUpSchema().command(cn, query), services())}


@bp.get("/defaults")
@bp.arguments(TableQuerySchema, location="query")
@bp.response(200, PlainSchema)
def table(query: dict[str, Any]) -> Any:
    """Every code of Annex I for a country and a year."""
    return {"result": defaults.table(actor(), query["country"], query["year"], services())}


@bp.get("/categories/<slug>")
@bp.response(200, PlainSchema)
def category(slug: str) -> Any:
    """An aggregated goods category with its precursors and routes."""
    return {"result": defaults.category(actor(), slug, services())}
