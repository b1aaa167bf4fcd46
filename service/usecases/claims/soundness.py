"""The part of issued claims in the check of the whole store (``service.usecases.integrity``).

Rules
1. Claims are there number by number as counted.
2. Statement, credential, proof, dates and PDF of each are what was signed, and the log has its credential.
3. Each comes from a dossier of a claim that there is; its events are numbered without a gap. Until it is withdrawn,
   every retirement that it names is kept for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.usecases import as_signed
from service.usecases.claims.dossier import WITHDRAWN

if TYPE_CHECKING:
    from service.store.ledger_records import ClaimStatement, DossierRecord
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services


def problems(unit: UnitOfWork, services: Services) -> Iterator[str]:
    """Every problem of an issued claim, as a sentence that names it."""
    found = unit.claims.list_()
    for year, counted in unit.claims.counted().items():
        kept = sum(claim.number.startswith(f"TC-{year}-") for claim in found)
        if kept != counted:
            yield f"{counted} claims were numbered in {year}, {kept} are there"
    for claim in found:
        yield from (f"{one} of claim {claim.number}" for one in _claim(claim, unit, services))


def _claim(claim: ClaimStatement, unit: UnitOfWork, services: Services) -> Iterator[str]:
    yield from as_signed.problems(claim, unit.claims.pdf(claim.number) or b"", unit, services)
    dossier = unit.dossiers.get(claim.dossier_id)
    if dossier is None or dossier.noun != "claim":
        yield "dossier"
    elif dossier.status != WITHDRAWN and _not_kept(dossier, unit):
        yield "uses"
    sequences = [event.sequence for event in unit.claims.events(claim.number)]
    if sequences != list(range(1, len(sequences) + 1)):
        yield "events"


def _not_kept(dossier: DossierRecord, unit: UnitOfWork) -> set[str]:
    """Retirements that the newest version names and no open use keeps for it (rule 3)."""
    version = unit.dossiers.version(dossier.id, dossier.version)
    named = version.content.get("retirements", ()) if version else ()
    return set(named) - {f"{one.opened_by}.{one.place}" for one in unit.ledger.uses_of(dossier.id)}
