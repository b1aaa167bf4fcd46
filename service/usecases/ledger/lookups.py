"""What is asked of the ledger besides: accounts by registration code, names of accounts, the lot of an entry.

Rules
1. An account is found by the exact registration code only: nobody can list who keeps one.
2. Names are given for accounts whose ids the asker's own entries told.
3. Of entries of others nothing is told but what ``looking`` shows.

Example: ``account_of(actor, "91320000ALU0000011", services)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from service.usecases.access import Actor, OrganisationKind, Permission, allow
from service.usecases.refusals import NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.ledger_records import LotRecord

_KEEPING = (OrganisationKind.EXPORTER, OrganisationKind.INSTITUTION)


def account_of(actor: Actor, code: str, services: Services) -> str:
    """The account of the organisation with a registration code (rule 1). Raises NotAllowed, NotFound."""
    allow(actor, Permission.LEDGER_RECORD)
    with services.uow() as unit:
        found = unit.organisations.by_code(code.strip()) if code.strip() else None
    if found is None or found.kind not in _KEEPING:
        raise NotFound(noun="account", key=code)
    return found.id


def account_names(
    actor: Actor, accounts: Iterable[str], services: Services, language: str = ""
) -> dict[str, str]:
    """Names of accounts by id (rule 2), in the actor's language where none is given; ids that are none are absent.

    Raises NotAllowed.
    """
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        found = {key: unit.organisations.get(key) for key in sorted(set(accounts))}
    return {key: one.name(language or actor.language) for key, one in found.items() if one is not None}


def lot_at(actor: Actor, number: int, services: Services) -> LotRecord | None:
    """The lot whose units an entry moved, None for one that moved none or that does not concern the actor's account.

    Raises NotAllowed.
    """
    allow(actor, Permission.LEDGER_READ)
    account = actor.organisation_id
    with services.uow() as unit:
        moved, found = unit.ledger.entry(number), unit.ledger.position(f"{number}.0")
    if moved is None or found is None or account not in (moved.account, found.position.account):
        return None
    return found.lot
