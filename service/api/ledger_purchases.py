"""Purchases of certificates and credits: orders, deliveries, budgets, costs. Forms as in ``docs/formats.md``."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.cbam_results import PlainSchema
from service.schemas.ledger import (
    CancelSchema,
    FormSchema,
    LotsSchema,
    OnSchema,
    OpenFormSchema,
    PlanSchema,
    YearQuerySchema,
)
from service.schemas.ledger_results import DossierSchema, PurchaseSchema
from service.usecases.ledger import purchasing, spending
from service.usecases.ledger.purchasing import Cancel, ChangePurchase, Deliver

bp = blueprint("ledger-purchases", "Ledger: purchases, budgets, costs.", path="ledger/purchases")


@bp.get("")
@bp.arguments(OnSchema, location="query")
@bp.response(200, PurchaseSchema(many=True))
def index(query: dict[str, Any]) -> Any:
    """Purchases as they stand on a day, newest first."""
    return list(purchasing.list_(actor(), services(), query["on"]))


@bp.post("")
@bp.arguments(OpenFormSchema)
@bp.response(201, DossierSchema)
@bp.alt_response(422, description="The form breaks rules; problems name every field.")
def open_(data: dict[str, Any]) -> Any:
    """Open a purchase."""
    return purchasing.open_(actor(), data["form"], services())


@bp.get("/budget")
@bp.arguments(YearQuerySchema, location="query")
@bp.response(200, PlainSchema)
def budget(query: dict[str, Any]) -> Any:
    """Planned, spent, committed by year, kind and currency; average costs; version of the plans."""
    return {"result": spending.budget(actor(), services(), query["year"])}


@bp.post("/budget")
@bp.arguments(PlanSchema)
@bp.response(200, DossierSchema)
def plan(data: dict[str, Any]) -> Any:
    """Set the budget of a year, kind and currency."""
    return spending.plan(actor(), data["form"], services(), version=data["version"])


@bp.get("/monitoring")
@bp.arguments(OnSchema, location="query")
@bp.response(200, PlainSchema)
def monitoring(query: dict[str, Any]) -> Any:
    """What is late, due within 30 days, or expires within 90."""
    return {"result": spending.monitoring(actor(), services(), query["on"])}


@bp.get("/costs")
@bp.response(200, PlainSchema)
def costs() -> Any:
    """What one MWh or tCO2e of each lot bought cost, by the number of the lot."""
    return {"result": spending.costs(actor(), services())}


@bp.get("/<key>")
@bp.arguments(OnSchema, location="query")
@bp.response(200, PurchaseSchema)
def show(query: dict[str, Any], key: str) -> Any:
    """One purchase as it stands on a day."""
    return purchasing.get(actor(), key, services(), query["on"])


@bp.post("/<key>")
@bp.arguments(FormSchema)
@bp.response(200, DossierSchema)
def change(data: dict[str, Any], key: str) -> Any:
    """Store the form as the next version."""
    command = ChangePurchase(key, data["form"], data["note"], data["version"])
    return purchasing.change(actor(), command, services())


@bp.get("/<key>/versions")
@bp.response(200, PlainSchema)
def versions(key: str) -> Any:
    """All versions of a purchase, newest first."""
    return {"result": purchasing.versions(actor(), key, services())}


@bp.post("/<key>/lots")
@bp.arguments(LotsSchema)
@bp.response(200, DossierSchema)
def deliver(data: dict[str, Any], key: str) -> Any:
    """Put lots under a purchase, or take them back from it."""
    command = Deliver(key, tuple(data["add"]), tuple(data["remove"]), data["version"])
    return purchasing.deliver(actor(), command, services())


@bp.post("/<key>/cancel")
@bp.arguments(CancelSchema)
@bp.response(200, DossierSchema)
def cancel(data: dict[str, Any], key: str) -> Any:
    """What has not come will not come; what came stays."""
    return purchasing.cancel(actor(), Cancel(key, data["form"], data["version"]), services())
