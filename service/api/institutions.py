"""Institutions: whom an inventory can be handed to."""

from __future__ import annotations

from typing import Any

from service.api.auth import actor, services
from service.api.blueprints import blueprint
from service.schemas.results import OrganisationSchema
from service.usecases import accounts
from service.usecases.access import OrganisationKind

bp = blueprint("institutions", "Service institutions.")


@bp.get("")
@bp.response(200, OrganisationSchema(many=True))
def index() -> Any:
    """Institutions by name; ``id`` is the ``institution_id`` of a hand-in."""
    return list(accounts.organisations(actor(), OrganisationKind.INSTITUTION, services()))
