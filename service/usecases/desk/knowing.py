"""What this installation knows of its own log and register, read once and held in memory: for a run of checks, and for
the offline pack. For a single file ``service.usecases.verification`` looks things up instead.

Rules
1. All leaves of the log, all changes of standing, and the signed checkpoints worth holding: a verifier compares them
   with each other, so what was tampered with in the store is found and not handed on.
2. Everything is of one moment: it is read in one unit, and nothing is remembered from before.

Example: ``held(unit, services, now).knowledge()``.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from service.usecases import standing, verification
from service.usecases.desk.judging import Held
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


def held(unit: UnitOfWork, services: Services, now: datetime) -> Held:
    """Everything, as of ``now``. Raises KeysUnavailable."""
    issuer = services.keys.keyset().issuer_id
    leaves = unit.log.listed_hashes()
    register = standing.register(unit, now).held()
    return Held(issuer, leaves, register, verification.known(services, unit).cosigned[issuer])
