"""What this installation knows of its own log and register, read once and held in memory: for a run of checks, and for
the offline pack. For a single file ``service.usecases.verification.known`` looks things up instead.

Rules
1. All leaves of the log, all changes of standing, and the signed checkpoints worth holding: a verifier compares them
   with each other, so what was tampered with in the store is found and not handed on.
2. Everything is of one moment: it is read in one unit.

Example: ``held(unit, services, now).knowledge()``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from service.usecases import standing, verification
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.knowledge import EventRegister, Knowledge
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Held:
    """Hashes of all leaves (joined, 32 bytes each), the register, and signed checkpoints."""

    issuer_id: str
    leaf_hashes: bytes = field(repr=False)
    register: EventRegister
    checkpoints: tuple[str, ...] = field(repr=False)

    def knowledge(self) -> Knowledge:
        """As a verifier takes it; of an empty log it knows the register alone."""
        from certificates.knowledge import Knowledge, LeafTree

        return Knowledge(
            registers={self.issuer_id: self.register},
            trees={self.issuer_id: LeafTree(self.leaf_hashes)} if self.leaf_hashes else {},
            cosigned={self.issuer_id: self.checkpoints},
        )


def held(unit: UnitOfWork, services: Services, now: datetime) -> Held:
    """Everything, as of ``now``. Raises KeysUnavailable."""
    issuer = services.keys.keyset().issuer_id
    leaves = b"".join(leaf.hash for leaf in unit.log.leaves())
    register = standing.register(unit, now).held()
    return Held(issuer, leaves, register, verification.known(services, unit).cosigned[issuer])
