"""The signed status lists: published when something changed and every day, and read so that nothing is hidden.

Rules
1. Each list is published as three (``certificates.status.PURPOSES``) of one sequence, valid for :data:`WINDOW` from
   the moment of signing, each a leaf of the log (``status:LIST/PURPOSE/SEQUENCE``), all in one transaction.
2. They are published anew by a change of standing, in its own transaction; by an issue, when they are due; by the
   first reader who finds them due; and by ``tanbiao status publish``. Due is: behind what happened, older than
   :data:`RENEW`, or signed by another key than the one that signs now (it was replaced, or lost).
3. Nobody is given a list that hides a committed change. Every event raises a counter in its own transaction
   (``store.repositories.standing``), so that an event recorded where no key is at hand, such as the freeze of a claim
   by an entry of the ledger, leaves the lists marked as behind: whoever reads next publishes first. Where nobody can
   sign, a reader is refused (:class:`StatusUnavailable`) rather than given what was true before.
4. Lists that are merely older than a day go on being read until their window ends when no key can be used.
5. Past lists stay: each says how everybody stood, as far as was published, from its beginning until the next.

Example: ``with reading(services) as unit: current_lists(unit, place.list)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from certificates import status
from service.store.trust_records import PublishedList
from service.usecases import translog
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import record
from service.usecases.refusals import KeysUnavailable, NotFound
from service.usecases.signing import signing
from service.usecases.standing.happened import CLAIM_STATES
from service.usecases.standing.places import base_of, base_of_list
from service.usecases.standing.refusals import StatusUnavailable

if TYPE_CHECKING:
    from certificates.keys.keyset import KeySet
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services

WINDOW = timedelta(days=7)
RENEW = timedelta(days=1)
_ATTEMPTS = 3


def publish(actor: Actor, services: Services) -> tuple[PublishedList, ...]:
    """Publish what is due; what was published. Raises NotAllowed, KeysUnavailable, EvidenceChanged."""
    allow(actor, Permission.STATUS_PUBLISH)
    now = services.clock()
    services.keys.keyset()  # opened before the write lock is taken
    with services.uow(write=True) as unit:
        made = publish_due(unit, services, now)
        if made:
            record(unit, actor, (Permission.STATUS_PUBLISH, "status"), now, ("", str(made[-1].leaf_index)))
        unit.commit()
    return made


def publish_due(unit: UnitOfWork, services: Services, now: datetime) -> tuple[PublishedList, ...]:
    """For other use cases: sign and log, in their writing unit, the lists that are due (rule 2).

    Raises KeysUnavailable, EvidenceChanged.
    """
    keys = services.keys.keyset()
    made: list[PublishedList] = []
    with signing():
        for list_ in range(1, unit.standings.last_list() + 1):
            bits = bits_of(unit, list_)
            newest = unit.standings.newest(list_)
            if not _holds(newest, bits) or _old(newest, now) or _foreign(newest, keys, now):
                sequence = newest[0].sequence + 1 if newest else 1
                base = base_of_list(unit, list_) or base_of(services)
                made += _signed(unit, keys, base, (list_, sequence), bits, now)
    unit.standings.caught_up()
    return tuple(made)


def fresh(services: Services) -> None:
    """For readers: publish what is due (rules 2 to 4). Raises StatusUnavailable, EvidenceChanged."""
    now = services.clock()
    try:
        keys = services.keys.keyset()
        with services.uow() as unit, signing():
            wanted = due(unit, keys, now)
        if wanted:
            with services.uow(write=True) as unit:
                publish_due(unit, services, now)
                unit.commit()
    except KeysUnavailable as error:
        with services.uow() as unit:
            if _hides(unit, now):
                raise StatusUnavailable from error


@contextmanager
def reading(services: Services) -> Iterator[UnitOfWork]:
    """A reading unit in which the lists hold everything that is committed in it (rule 3).

    Raises StatusUnavailable, EvidenceChanged.
    """
    for attempt in range(_ATTEMPTS):
        with services.uow() as unit:
            if not (_hides(unit, services.clock()) if attempt else _due_or_unknown(unit, services)):
                yield unit
                return
        fresh(services)
    raise StatusUnavailable


def current_lists(unit: UnitOfWork, list_: int) -> tuple[PublishedList, ...]:
    """The three newest of a list, in the order of ``PURPOSES``; in a unit of :func:`reading`, or in a writing one after
    :func:`publish_due`. Raises StatusUnavailable where they would hide a change (rule 3) or there are none."""
    found = {one.purpose: one for one in unit.standings.newest(list_)}
    if unit.standings.behind() or set(found) != set(status.PURPOSES):
        raise StatusUnavailable
    return tuple(found[purpose] for purpose in status.PURPOSES)


def fresh_lists(unit: UnitOfWork, list_: int, services: Services) -> tuple[PublishedList, ...] | None:
    """:func:`current_lists` where none of the three is due (rule 2); None where :func:`fresh` comes first."""
    now, found = services.clock(), {one.purpose: one for one in unit.standings.newest(list_)}
    newest = tuple(found.get(purpose) for purpose in status.PURPOSES)
    kept = tuple(one for one in newest if one is not None)
    if len(kept) < len(newest) or unit.standings.behind() or _old(kept, now):
        return None
    try:
        with signing():
            return None if _foreign(kept, services.keys.keyset(), now) else kept
    except KeysUnavailable:
        return None


def published(list_: int, purpose: str, services: Services, at: datetime | None = None) -> PublishedList:
    """For everybody: the list that is the newest now, or was at a moment that has passed (2.2 and 3.2 of the standard).

    Raises NotFound where there was none, StatusUnavailable, EvidenceChanged.
    """
    with reading(services) as unit:
        if at is not None and at <= services.clock():
            found = list_at(unit, list_, purpose, at)
        elif at is None and 0 < list_ <= unit.standings.last_list():
            found = next((one for one in current_lists(unit, list_) if one.purpose == purpose), None)
        else:
            found = None
    if found is None:
        raise NotFound(noun="status list", key=f"{list_}/{purpose}")
    return found


def list_at(unit: UnitOfWork, list_: int, purpose: str, moment: datetime) -> PublishedList | None:
    """The list that was the newest at a moment, if its window held it (rule 5)."""
    found = next((one for one in unit.standings.newest(list_, moment) if one.purpose == purpose), None)
    return found if found is not None and moment < found.valid_until else None


def due(unit: UnitOfWork, keys: KeySet, now: datetime) -> bool:
    """Rule 2. Raises NoActiveKey."""
    newest = [unit.standings.newest(list_) for list_ in range(1, unit.standings.last_list() + 1)]
    return unit.standings.behind() or any(_old(one, now) or _foreign(one, keys, now) for one in newest)


def _due_or_unknown(unit: UnitOfWork, services: Services) -> bool:
    """True as well where no key can be used: then :func:`fresh` decides."""
    try:
        with signing():
            return due(unit, services.keys.keyset(), services.clock())
    except KeysUnavailable:
        return True


def bits_of(unit: UnitOfWork, list_: int) -> dict[str, bytes]:
    """The bits of a list by purpose, from the events."""
    states = unit.standings.not_active(list_, tuple(CLAIM_STATES))
    return {
        purpose: status.set_bits(
            index
            for index, state in states.items()
            if purpose in status.purposes_of(CLAIM_STATES.get(state, state))
        )
        for purpose in status.PURPOSES
    }


def _hides(unit: UnitOfWork, now: datetime) -> bool:
    """Rules 3 and 4: behind, missing, or past its window."""
    newest = [unit.standings.newest(list_) for list_ in range(1, unit.standings.last_list() + 1)]
    return unit.standings.behind() or any(not one or now >= one[0].valid_until for one in newest)


def _old(newest: tuple[PublishedList, ...], now: datetime) -> bool:
    return not newest or now - newest[0].valid_from >= RENEW


def _foreign(newest: tuple[PublishedList, ...], keys: KeySet, now: datetime) -> bool:
    active = keys.active("status", now).kid
    return any(status.kid_of(one.credential) != active for one in newest)


def _holds(newest: tuple[PublishedList, ...], bits: dict[str, bytes]) -> bool:
    return {one.purpose: status.parsed(one.credential).bits for one in newest} == bits


def _signed(
    unit: UnitOfWork, keys: KeySet, base: str, place: tuple[int, int], bits: dict[str, bytes], now: datetime
) -> Iterator[PublishedList]:
    """Rule 1; ``place`` is list and sequence."""
    list_, sequence = place
    start = now.replace(microsecond=0)
    for purpose in status.PURPOSES:
        where = status.address(base, list_, purpose)
        made = status.issue(keys, where, bits[purpose], valid_from=start, valid_until=start + WINDOW)
        leaf = status.parsed(made).leaf_bytes
        index = translog.append(unit, leaf, f"status:{list_}/{purpose}/{sequence}", keys, now)
        published = PublishedList(list_, purpose, sequence, made, start, start + WINDOW, index)
        unit.standings.add(published)
        yield published
