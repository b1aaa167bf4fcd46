"""How labels stand: their history, and the change of it."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.standing import ChangeStandingSchema, LabelHistorySchema, StandingSchema
from service.usecases import standing
from service.usecases.standing import Change

bp = blueprint("standing", "How labels stand, and who may change it.", path="labels")


@bp.get("/<number>/standing")
@bp.response(200, LabelHistorySchema)
def show(number: str) -> Any:
    """How a label stands now, since when and why, and everything that happened to it."""
    happened = standing.look(actor(), number, services())
    return {"number": number, "standing": standing.last(happened), "history": happened}


@bp.post("/<number>/standing")
@bp.arguments(ChangeStandingSchema)
@bp.response(200, StandingSchema)
def change(command: Change, number: str) -> Any:
    """Suspend a label, lift its suspension, revoke or supersede it; the reason is published with the new lists."""
    return standing.change(actor(), number, command, services())
