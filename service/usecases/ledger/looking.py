"""Looking at an account: what it holds on a day, what happened to a lot, everything recorded as text.

Rules
1. An organisation looks at its own account. Another's position or lot is *not found*; a lot it has or had units of is
   its to see.
2. Of a lot's history it sees what happened in its own account, and how units came into it; of what others recorded it
   sees neither evidence nor note.

Example: ``portfolio(actor, date(2026, 6, 30), services)``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from certificates.ledger.days import day_of
from certificates.ledger.entries import Entry, EntryUnreadable, Transfer
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.quantity import Quantity
from service.store.ledger_records import EntryRecord, Holding, LotRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.ledger import lookups
from service.usecases.refusals import EvidenceChanged, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Total:
    """How much of a kind an account had in a state: units, and their exact amount."""

    kind: str
    state: str
    units: int
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What an account had at the end of a day."""

    on: date
    totals: tuple[Total, ...]
    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """An entry in a history: who recorded it (empty for somebody else's person), its link of the chain, and whether it
    is of this account.
    """

    number: int
    at: datetime
    person_id: str
    link: str
    own: bool
    entry: Entry
    reversed_by: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A lot, what happened to its units in order, and the account's positions of it, closed ones too."""

    lot: LotRecord
    events: tuple[Event, ...]
    positions: tuple[Holding, ...]


def portfolio(actor: Actor, on: date, services: Services) -> Portfolio:
    """What the actor's organisation had at the end of a day. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        account = actor.organisation_id
        totals = tuple(_total(*one) for one in unit.ledger.totals(account, on).items())
        return Portfolio(on, totals, unit.ledger.holdings(account, on))


def totals(actor: Actor, on: date, services: Services) -> tuple[Total, ...]:
    """Only the sums of :func:`portfolio`. Raises NotAllowed."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        return tuple(_total(*one) for one in unit.ledger.totals(actor.organisation_id, on).items())


def holdings(
    actor: Actor, on: date, services: Services, *, kind: str = "", state: str = ""
) -> tuple[Holding, ...]:
    """Positions the actor's organisation had at the end of a day, of one kind or state where named; by numbering.

    Raises NotAllowed.
    """
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        return unit.ledger.holdings(actor.organisation_id, on, kind=kind, state=state)


def position(actor: Actor, key: str, services: Services) -> Holding:
    """A position of the actor's organisation by its key, open or closed. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        return position_of(actor, unit, key)


def position_of(actor: Actor, unit: UnitOfWork, key: str) -> Holding:
    """For other use cases: as :func:`position`. Raises NotFound."""
    found = unit.ledger.position(key)
    if found is None or found.position.account != actor.organisation_id:
        raise NotFound(noun="position", key=key)
    return found


def entry(actor: Actor, number: int, services: Services) -> Event:
    """An entry that the actor's organisation recorded. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        found = unit.ledger.entry(number)
        if found is None or found.account != actor.organisation_id:
            raise NotFound(noun="entry", key=number)
        return _event(found, actor.organisation_id, unit.ledger.reversals([number]))


def entries(
    actor: Actor, services: Services, *, first: int = 1, limit: int | None = None
) -> tuple[Event, ...]:
    """Entries the actor's organisation recorded, in order from number ``first``. Raises NotAllowed, EvidenceChanged."""
    allow(actor, Permission.LEDGER_READ)
    with services.uow() as unit:
        found = unit.ledger.entries(account=actor.organisation_id, first=first, limit=limit)
        reversed_ = unit.ledger.reversals([one.sequence for one in found])
    return tuple(_event(one, actor.organisation_id, reversed_) for one in found)


def history(actor: Actor, lot: int, services: Services) -> History:
    """What happened to the units of a lot, as far as it is the actor's to see (rules 1 and 2).

    Raises NotAllowed, NotFound, EvidenceChanged.
    """
    allow(actor, Permission.LEDGER_READ)
    account = actor.organisation_id
    with services.uow() as unit:
        there = unit.ledger.lot(lot)
        held = unit.ledger.of_lot_held(lot, account)
        if there is None or not held:
            raise NotFound(noun="lot", key=lot)
        touched = {one.position.opened_by for one in held} | {one.closed_by for one in held}
        found = unit.ledger.of_lot(lot)
        seen = [one for one in found if one.account == account or one.sequence in touched]
        reversed_ = unit.ledger.reversals([one.sequence for one in seen])
    return History(there, tuple(_event(one, account, reversed_) for one in seen), held)


def recorded(actor: Actor, services: Services) -> tuple[Event, ...]:
    """Everything that concerns the account: its own entries, and those of others that brought units, in order.

    Raises NotAllowed, EvidenceChanged.
    """
    allow(actor, Permission.LEDGER_READ)
    account = actor.organisation_id
    with services.uow() as unit:
        found = [*unit.ledger.entries(account=account), *unit.ledger.received(account)]
        reversed_ = unit.ledger.reversals([one.sequence for one in found])
    return tuple(_event(one, account, reversed_) for one in sorted(found, key=lambda one: one.sequence))


def export_text(actor: Actor, services: Services) -> str:
    """Everything that concerns the account as text that people read and programs read back (``ledger.textform``),
    under a head that names the accounts and what is held today.

    Raises NotAllowed, EvidenceChanged.
    """
    from certificates.ledger import textform

    events, account = recorded(actor, services), actor.organisation_id
    accounts = {account, *(one.entry.account for one in events)}
    accounts |= {one.entry.to for one in events if isinstance(one.entry, Transfer)}
    names = lookups.account_names(actor, accounts, services)
    held = [
        f"{one.kind} {one.state} {one.quantity}" for one in totals(actor, day_of(services.clock()), services)
    ]
    head = textform.heading(names.get(account, account), names, held)
    return textform.write((one.entry for one in events), numbers=[one.number for one in events], head=head)


def entry_of(record: EntryRecord) -> Entry:
    """For other use cases: the entry of a stored record. Raises EvidenceChanged."""
    from service.store.repositories.ledger_rows import entry_of as read

    try:
        return read(record.content)
    except EntryUnreadable as error:
        raise EvidenceChanged(what=f"ledger entry {record.sequence}") from error


def _event(record: EntryRecord, account: str, reversed_: dict[int, int]) -> Event:
    """Rule 2."""
    read, own = entry_of(record), record.account == account
    if not own:
        read = replace(read, evidence=(), note="")
    person = record.person_id if own else ""
    return Event(record.sequence, record.at, person, record.link, own, read, reversed_.get(record.sequence))


def _total(key: tuple[str, str], units: int) -> Total:
    kind, state = key
    return Total(kind, state, units, instrument(Kind(kind)).quantity(units))
