"""The register: every change of standing that this installation recorded, as a verifier asks for it
(``certificates.knowledge``).

Rules
1. It is complete as of the moment it was opened at, and may be relied on as long as a status list of that moment.
2. A number without changes is active; the issue itself is no change, nor is anything that comes after a final state.
3. A claim's changes are those of its events.

Example: ``register(unit, now).events("TB-2026-0000001-L")``.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from certificates.labelnumber import CLAIM, LABEL, valid
from service.usecases.standing.happened import CLAIM_STATES, FINAL, reason_of_claim, told_apart
from service.usecases.standing.lists import WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certificates.knowledge import Event, EventRegister
    from service.store.ledger_records import ClaimEvent
    from service.store.repositories.standing import LabelEvent
    from service.store.uow import UnitOfWork


class StoredRegister:
    """The register over the store; good while its unit is open."""

    def __init__(self, unit: UnitOfWork, as_of: datetime) -> None:
        self._unit = unit
        self.as_of: datetime = as_of
        self.until: datetime = as_of + WINDOW

    def events(self, number: str) -> tuple[Event, ...]:
        """The changes of one number, oldest first; empty for one that was always active."""
        if valid(number, LABEL):
            return _changes(_of_label(one) for one in self._unit.standings.label_events(number)[1:])
        if valid(number, CLAIM):
            return _changes(_of_claim(one) for one in self._unit.claims.events(number))
        return ()

    def held(self, until: datetime | None = None) -> EventRegister:
        """All changes of all numbers in memory, for an offline pack; to be relied on until ``until``."""
        from certificates.knowledge import EventRegister

        labels = self._unit.standings.every_label_event(changes_only=True)
        claims = self._unit.standings.every_claim_event()
        changes = {
            number: _changes(event for _, event in listed)
            for found in (
                ((one.number, _of_label(one)) for one in labels),
                ((one.number, _of_claim(one)) for one in claims),
            )
            for number, listed in groupby(found, key=lambda one: one[0])
        }
        return EventRegister(self.as_of, until or self.until, changes)


def register(unit: UnitOfWork, now: datetime) -> StoredRegister:
    """The register as of ``now``."""
    return StoredRegister(unit, now)


def _of_label(event: LabelEvent) -> Event:
    from certificates.knowledge import Event

    return Event(event.status, event.at, told_apart(event.status, event.reason)[1])


def _of_claim(event: ClaimEvent) -> Event:
    from certificates.knowledge import Event

    return Event(CLAIM_STATES.get(event.status, "active"), event.at, reason_of_claim(event))


def _changes(events: Iterable[Event]) -> tuple[Event, ...]:
    """Rule 2."""
    made: list[Event] = []
    for event in events:
        made.append(event)
        if event.state in FINAL:
            break
    return tuple(made)
