"""Places in the status lists, the lists as published, and whether they have fallen behind what happened.

Rules
1. Places and published lists are written once.
2. Every event that may change a standing raises the counter ``status-changes`` in its own transaction
   (:func:`changed`, called where events are inserted, so that no use case can forget it). Who publishes raises
   ``status-published`` to it. While they differ, the newest lists may hide something that is committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from service.store.ledger_records import ClaimEvent
from service.store.ledger_tables import claim_events
from service.store.repositories.counters import count, counted
from service.store.repositories.rows import row
from service.store.tables import counters, label_events
from service.store.trust_records import PublishedList, StatusPlace
from service.store.trust_tables import status_lists, status_places

_CHANGES, _PUBLISHED = "status-changes", "status-published"
_PURPOSES = ("suspension", "revocation", "refresh")


def _last_sequence() -> sa.ScalarSelect[int]:
    """The highest sequence of a list, looked up purpose by purpose in the order of the primary key."""
    each = [
        sa.select(sa.func.max(status_lists.c.sequence).label("last")).where(
            status_lists.c.list == sa.bindparam("list"), status_lists.c.purpose == purpose
        )
        for purpose in _PURPOSES
    ]
    found = sa.union_all(*each).subquery()
    return sa.select(sa.func.max(found.c.last)).scalar_subquery()


# Written once: making a query costs more than asking it.
_NEWEST = sa.select(status_lists).where(
    status_lists.c.list == sa.bindparam("list"),
    status_lists.c.purpose.in_(_PURPOSES),
    status_lists.c.sequence == _last_sequence(),
)
_COUNTED = sa.select(counters.c.name, counters.c.value).where(counters.c.name.in_((_CHANGES, _PUBLISHED)))
_LABEL_EVENTS = (
    sa.select(label_events)
    .where(label_events.c.number == sa.bindparam("wanted"))
    .order_by(label_events.c.sequence)
)


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """From ``at`` on the label has this status; the first event of a label is its issue."""

    number: str
    sequence: int
    status: str
    reason: str
    person_id: str
    at: datetime


def changed(connection: sa.Connection) -> None:
    """Rule 2: an event was appended."""
    count(connection, _CHANGES)


class Standings:
    """Places in the status lists and the lists as published."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # ---------- places ----------

    def place(self, number: str) -> StatusPlace | None:
        """Where a label or claim stands in the lists, or None."""
        query = sa.select(status_places).where(status_places.c.number == number)
        found = self._connection.execute(query).mappings().first()
        return StatusPlace(**found) if found else None

    def add_place(self, place: StatusPlace) -> None:
        """Insert a place. Raises sqlalchemy.exc.IntegrityError when number or index is taken."""
        self._connection.execute(sa.insert(status_places).values(row(status_places, place)))

    def places(self) -> tuple[StatusPlace, ...]:
        """Every place, for the check of the whole store only."""
        query = sa.select(status_places).order_by(status_places.c.list, status_places.c.index)
        return tuple(StatusPlace(**found) for found in self._connection.execute(query).mappings())

    def taken(self, list_: int, index: int) -> bool:
        """True when somebody stands there."""
        here = (status_places.c.list == list_) & (status_places.c.index == index)
        return self._connection.execute(sa.select(status_places.c.number).where(here)).first() is not None

    def last_list(self) -> int:
        """The highest list in which somebody stands; 0 before the first."""
        return int(self._connection.execute(sa.select(sa.func.max(status_places.c.list))).scalar() or 0)

    def standing_in(self, list_: int) -> int:
        """How many stand in a list."""
        query = sa.select(sa.func.count()).where(status_places.c.list == list_)
        return int(self._connection.execute(query).scalar_one())

    def not_active(self, list_: int, claim_states: tuple[str, ...]) -> dict[int, str]:
        """Index and last status of everybody in a list whose last event is not ``active``; of claims those whose last
        event is one of ``claim_states``."""
        found: dict[int, str] = {}
        for events, wanted in (
            (label_events, label_events.c.status != "active"),
            (claim_events, claim_events.c.status.in_(claim_states)),
        ):
            later = events.alias()
            is_last = ~sa.exists().where(
                later.c.number == events.c.number, later.c.sequence > events.c.sequence
            )
            here = (status_places.c.number == events.c.number) & (status_places.c.list == list_)
            query = sa.select(status_places.c.index, events.c.status).join_from(events, status_places, here)
            rows = self._connection.execute(query.where(wanted, is_last))
            found |= {int(index): str(state) for index, state in rows}
        return found

    # ---------- lists as published ----------

    def add(self, published: PublishedList) -> None:
        """Insert a published list. Raises sqlalchemy.exc.IntegrityError when its sequence is taken."""
        self._connection.execute(sa.insert(status_lists).values(row(status_lists, published)))

    def newest(self, list_: int, at: datetime | None = None) -> tuple[PublishedList, ...]:
        """The three lists published last, of those that began by ``at`` where a moment is given; () for none."""
        if at is None:
            rows = self._connection.execute(_NEWEST, {"list": list_})
            return tuple(PublishedList(*found) for found in rows)
        last = sa.select(sa.func.max(status_lists.c.sequence)).where(
            status_lists.c.list == list_, status_lists.c.valid_from <= at
        )
        same = status_lists.c.sequence == last.scalar_subquery()
        query = sa.select(status_lists).where(status_lists.c.list == list_, same)
        return tuple(PublishedList(**found) for found in self._connection.execute(query).mappings())

    def every(self) -> tuple[PublishedList, ...]:
        """Every list ever published, in order, for the check of the whole store only."""
        query = sa.select(status_lists).order_by(
            status_lists.c.list, status_lists.c.sequence, status_lists.c.purpose
        )
        return tuple(PublishedList(**found) for found in self._connection.execute(query).mappings())

    def behind(self) -> bool:
        """True while a committed event may be missing from the newest lists (rule 2)."""
        found = {str(name): int(value) for name, value in self._connection.execute(_COUNTED)}
        return found.get(_CHANGES, 0) != found.get(_PUBLISHED, 0)

    def caught_up(self) -> None:
        """The newest lists now hold everything that happened (rule 2)."""
        found = counted(self._connection, "status-")
        missing = found.get(_CHANGES, 0) - found.get(_PUBLISHED, 0)
        if missing:
            count(self._connection, _PUBLISHED, by=missing)

    # ---------- what happened to labels ----------

    def label_events(self, number: str) -> tuple[LabelEvent, ...]:
        """Everything that happened to a label, its issue first."""
        rows = self._connection.execute(_LABEL_EVENTS, {"wanted": number})
        return tuple(LabelEvent(*found) for found in rows)

    def every_label_event(self, *, changes_only: bool = False) -> tuple[LabelEvent, ...]:
        """The events of all labels by number, in order; without their issues where only changes are wanted."""
        query = sa.select(label_events).order_by(label_events.c.number, label_events.c.sequence)
        if changes_only:
            query = query.where(label_events.c.sequence > 1)
        return tuple(LabelEvent(**found) for found in self._connection.execute(query).mappings())

    def every_claim_event(self) -> tuple[ClaimEvent, ...]:
        """The events of all claims by number, in order."""
        query = sa.select(claim_events).order_by(claim_events.c.number, claim_events.c.sequence)
        return tuple(ClaimEvent(**found) for found in self._connection.execute(query).mappings())
