"""What pages and API ask of the ledger besides: accounts by registration code, names of accounts, links of entries.

Rules
1. An account is found by the exact registration code only: nobody can list who keeps one.
2. Names are given for accounts that the asker's own entries name.
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


def account_names(actor: Actor, accounts: Iterable[str], services: Services, language: str) -> dict[str, str]:
    """Names of accounts by id (rule 2); ids that are none are absent. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        found = {key: unit.organisations.get(key) for key in sorted(set(accounts))}
    return {key: one.name(language) for key, one in found.items() if one is not None}


def links(actor: Actor, services: Services, *, lot: int | None = None) -> dict[int, str]:
    """Links of the entries that concern the actor's account, or of those that touched a lot, by number.

    Raises NotAllowed.
    """
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        if lot is not None:
            return {one.sequence: one.link for one in unit.ledger.of_lot(lot)}
        account = actor.organisation_id
        found = (*unit.ledger.entries(account=account), *unit.ledger.received(account))
    return {one.sequence: one.link for one in found}


def lot_at(actor: Actor, number: int, services: Services) -> LotRecord | None:
    """The lot whose units an entry moved, None for one that moved none; the actor was shown the entry already.

    Raises NotAllowed.
    """
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        found = unit.ledger.position(f"{number}.0")
    return found.lot if found else None
