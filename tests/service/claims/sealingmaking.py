"""A claim sealed in a world without the way there: a dossier, and the statement of ``tests.claimmaking``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from certificates.encoding import moment_text
from certificates.ledger.claims.model import Claim, plain
from service.store.ledger_records import ClaimStatement
from service.usecases.claims.sealing import Issue, Sealing, seal
from service.usecases.ledger import dossiers
from tests import claimmaking


def stated(issue: Issue) -> dict[str, Any]:
    own = {"number": issue.number, "issuer": issue.issuer, "issuedAt": moment_text(issue.issued_at)}
    return claimmaking.statement() | own


def sealing(world: Any, made: Callable[[Issue], dict[str, Any]] = stated) -> ClaimStatement:
    """Issue a claim from a new dossier."""
    with world.services.uow(write=True) as unit:
        opened = dossiers.Opened("claim", "2025", plain(Claim()), status="issued")
        dossier_id = dossiers.open_(world["exporter"], unit, opened, world.services.clock()).id
        draft = Sealing(dossier_id, made, claimmaking.UNTIL)
        record, pdf = seal(world["signatory"], draft, unit, world.services, world.services.clock())
        unit.claims.add(record, pdf)
        unit.commit()
    return record
