"""Where a label or a claim stands in the status lists.

Rules
1. The index is drawn by lot (``secrets``) among all places of the list: nothing can be told from it, neither when a
   number was issued nor how many there are (Bitstring Status List v1.0, 2.1).
2. A list in which half of the places are taken takes nobody more, and the next one begins: it goes on being
   published.
3. A place is given once and for ever, in the transaction of the issue.
4. A list has one address for ever, also when the installation moves to another (``TANBIAO_BASE_URL``): credentials name
   it. Whoever is issued after the move gets a place in a new list, under the new address.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from certificates import status
from certificates.bitstring import ENTRIES
from certificates.envelope import Place
from service.store.trust_records import StatusPlace

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services

CLOSED_AT = ENTRIES // 2


def base_of(services: Services) -> str:
    """The address under which everything of this installation is looked up, without a slash at its end."""
    return services.settings.base_url.rstrip("/")


def base_of_list(unit: UnitOfWork, list_: int) -> str:
    """The address under which a list was published so far; empty for one that was not published yet (rule 4)."""
    newest = unit.standings.newest(list_)
    if not newest:
        return ""
    return status.parsed(newest[0].credential).address.removesuffix(
        status.address("", list_, newest[0].purpose)
    )


def place_for(unit: UnitOfWork, number: str, base: str) -> Place:
    """A place for a new label or claim that is looked up under ``base``, kept in the caller's writing unit."""
    list_ = unit.standings.last_list() or 1
    if unit.standings.standing_in(list_) >= CLOSED_AT or base_of_list(unit, list_) not in ("", base):
        list_ += 1
    index = secrets.randbelow(ENTRIES)
    while unit.standings.taken(list_, index):
        index = secrets.randbelow(ENTRIES)
    unit.standings.add_place(StatusPlace(number, list_, index))
    return Place(list_, index)
