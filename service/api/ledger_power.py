"""Green power: kWh of a site or of a product's line against retired units. Forms as in ``docs/formats.md``."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.cbam_results import PlainSchema
from service.schemas.ledger import (
    AccountYearSchema,
    FormSchema,
    OpenFormSchema,
    PositionsSchema,
    StudyQuerySchema,
    VersionSchema,
)
from service.schemas.ledger_results import BalanceSchema, CoverageSchema, DossierSchema, PowerCandidateSchema
from service.usecases.ledger import power, power_account
from service.usecases.ledger.power import Allocate, ChangeBalance, Release

bp = blueprint("ledger-power", "Ledger: power balances and coverage.", path="ledger/power")


@bp.get("")
@bp.response(200, BalanceSchema(many=True))
def index() -> Any:
    """The organisation's balances, and those of inventories handed to it, newest first."""
    return list(power.list_(actor(), services()))


@bp.post("")
@bp.arguments(OpenFormSchema)
@bp.response(201, DossierSchema)
@bp.alt_response(422, description="The form breaks rules; problems name every field.")
def open_(data: dict[str, Any]) -> Any:
    """Open a balance of a site and period, for a line of an inventory or for the organisation's own account."""
    return power.open_(actor(), data["form"], services())


@bp.get("/account")
@bp.arguments(AccountYearSchema, location="query")
@bp.response(200, PlainSchema)
def account(query: dict[str, Any]) -> Any:
    """The organisation's electricity of a year by site: kWh, and kgCO2 market-based and location-based."""
    found = power_account.account(actor(), query["year"], services())
    sums = {"cover": found.cover, "market_kg": found.market_kg, "location_kg": found.location_kg}
    return {"result": {"year": found.year, "sites": found.sites, **sums}}


@bp.get("/coverage")
@bp.arguments(StudyQuerySchema, location="query")
@bp.response(200, CoverageSchema)
def coverage(query: dict[str, Any]) -> Any:
    """Whether a study's electricity by contract is covered, line by line."""
    return power.coverage(actor(), query["study"], services())


@bp.get("/<key>")
@bp.response(200, BalanceSchema)
def show(key: str) -> Any:
    """One balance with its units."""
    return power.get(actor(), key, services())


@bp.post("/<key>")
@bp.arguments(FormSchema)
@bp.response(200, DossierSchema)
def change(data: dict[str, Any], key: str) -> Any:
    """Store the form as the next version; what is allocated must still fit."""
    return power.change(actor(), ChangeBalance(key, data["form"], data["note"], data["version"]), services())


@bp.get("/<key>/candidates")
@bp.response(200, PowerCandidateSchema(many=True))
def candidates(key: str) -> Any:
    """Retired positions that nothing uses yet, those that fit first."""
    return list(power.candidates(actor(), key, services()))


@bp.post("/<key>/allocate")
@bp.arguments(PositionsSchema)
@bp.response(200, DossierSchema)
def allocate(data: dict[str, Any], key: str) -> Any:
    """Add retired positions; each is used once in the whole ledger."""
    return power.allocate(actor(), Allocate(key, tuple(data["positions"]), data["version"]), services())


@bp.post("/<key>/release")
@bp.arguments(PositionsSchema)
@bp.response(200, DossierSchema)
def release(data: dict[str, Any], key: str) -> Any:
    """Give positions back, all where none is named."""
    return power.release(actor(), Release(key, tuple(data["positions"]), data["version"]), services())


@bp.post("/<key>/close")
@bp.arguments(VersionSchema)
@bp.response(200, DossierSchema)
def close(data: dict[str, Any], key: str) -> Any:
    """Give a balance up; it counts nowhere any more."""
    return power.close(actor(), key, services(), version=data["version"])
