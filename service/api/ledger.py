"""The ledger of an organisation: entries in, what it has and had, histories of lots, its account as text.

An entry is recorded in the caller's own account; another account is *not found*. Every refusal names all its problems.
"""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import ValidationError

from certificates.ledger.days import day_of
from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.api.problems import problem
from service.schemas import ledger_plain
from service.schemas import ledger_results as shown
from service.schemas.ledger import (
    AccountQuerySchema,
    EntriesQuerySchema,
    EntriesSchema,
    HoldingsQuerySchema,
    OnSchema,
    RetireSchema,
    TransferSchema,
)
from service.usecases.access import Permission, allow
from service.usecases.ledger import looking, lookups, recording
from service.usecases.ledger.recording import Record

bp = blueprint("ledger", "Ledger: green certificates and carbon credits of the caller's organisation.")


@bp.get("/portfolio")
@bp.arguments(OnSchema, location="query")
@bp.response(200, shown.PortfolioSchema)
def portfolio(query: dict[str, Any]) -> Any:
    """Sums by kind and state and by year of vintage, and what expires; ``account`` is the caller's."""
    day = query["on"] or day_of(services().clock())
    return ledger_plain.of_account(actor().organisation_id, looking.portfolio(actor(), day, services()))


@bp.get("/holdings")
@bp.arguments(HoldingsQuerySchema, location="query")
@bp.response(200, shown.HoldingsSchema)
def holdings(query: dict[str, Any]) -> Any:
    """Positions at the end of a day, page by page, of one kind or state where they are named."""
    day = query["on"] or day_of(services().clock())
    found = looking.holdings(actor(), day, services(), kind=query["kind"], state=query["state"])
    return ledger_plain.holdings(day, found, query)


@bp.get("/entries")
@bp.arguments(EntriesQuerySchema, location="query")
@bp.response(200, shown.EntrySchema(many=True))
def entries(query: dict[str, Any]) -> Any:
    """What the organisation recorded, in order; the next page begins after the last number."""
    found = looking.entries(actor(), services(), first=query["first"], limit=query["limit"])
    return [ledger_plain.event(one) for one in found]


@bp.post("/entries")
@bp.arguments(EntriesSchema)
@bp.response(201, shown.RecordedSchema)
@bp.alt_response(
    409, description="The ledger speaks against it; nothing was recorded, problems name every reason."
)
def record(data: dict[str, Any]) -> Any:
    """Record entries in their stored form, all of them or none."""
    allow(actor(), Permission.LEDGER_RECORD)
    try:
        given = EntriesSchema().command(actor().organisation_id, data)
    except ValidationError as error:
        said = "Entries are not in their stored form; nothing was recorded."
        return problem(422, "invalid-input", said, fields={"json": error.normalized_messages()})
    return recording.record(actor(), Record(given), services())


@bp.get("/entries/<int:number>")
@bp.response(200, shown.EntrySchema)
def entry(number: int) -> Any:
    """One entry with its link of the chain."""
    return ledger_plain.event(looking.entry(actor(), number, services()))


@bp.get("/lots/<int:lot>")
@bp.response(200, shown.HistorySchema)
def history(lot: int) -> Any:
    """What happened to a lot the organisation has or had units of, and where they are."""
    return ledger_plain.history(looking.history(actor(), lot, services()))


@bp.get("/positions/<key>")
@bp.response(200, shown.PositionSchema)
def position(key: str) -> Any:
    """A position by its key, open or closed."""
    return ledger_plain.position(looking.position(actor(), key, services()))


@bp.post("/positions/<key>/retire")
@bp.arguments(RetireSchema)
@bp.response(201, shown.RecordedSchema)
def retire(data: dict[str, Any], key: str) -> Any:
    """Record what was retired of a position; a part is split off first."""
    return recording.retire(actor(), RetireSchema().command(key, data), services())


@bp.post("/positions/<key>/transfer")
@bp.arguments(TransferSchema)
@bp.response(201, shown.RecordedSchema)
def transfer(data: dict[str, Any], key: str) -> Any:
    """Record what was handed on of a position; a part is split off first."""
    return recording.transfer(actor(), TransferSchema().command(key, data), services())


@bp.get("/accounts")
@bp.arguments(AccountQuerySchema, location="query")
@bp.response(200, shown.AccountSchema)
def account(query: dict[str, Any]) -> Any:
    """The account to transfer to, by the exact registration code of its organisation."""
    return {"account": lookups.account_of(actor(), query["code"], services())}


@bp.get("/export")
@bp.response(200, content_type="text/plain")
def export() -> Response:
    """Everything that concerns the account as text that people read and programs read back."""
    return Response(looking.export_text(actor(), services()), mimetype="text/plain")
