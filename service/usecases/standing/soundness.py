"""Standings in the check of the whole store (``service.usecases.integrity``).

Rules
1. Every label and claim has a place, which is the one in its credential; no place is anybody else's.
2. Events of a label are numbered without a gap, begin with ``active``, follow the rules of change, and are those of the
   audit chain, to the letter of their reasons.
3. Of every list there are all sequences from 1, each with its three purposes, signed by a status key of ours, for the
   list and window that the store names, and the leaf of the log that it names.
4. The newest lists have the bits that follow from the events, unless they are marked as behind: then the next reader
   publishes.

A problem is a sentence that names the row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from certificates import status
from service.store.repositories.standing import LabelEvent
from service.store.trust_records import PublishedList
from service.usecases.standing import rules
from service.usecases.standing.changing import event_mark
from service.usecases.standing.happened import FINAL, told_apart
from service.usecases.standing.lists import bits_of

if TYPE_CHECKING:
    from certificates.keys.trust import TrustedIssuer
    from service.store.ledger_records import ClaimStatement
    from service.store.records import LabelRecord
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services

_BEFORE = {"active": {"suspended"}, "suspended": {"active", "suspended"}}
"""What may stand before a state; the final ones may follow either (rule 2)."""


def problems(unit: UnitOfWork, services: Services) -> Iterator[str]:
    """Every problem of standings, as a sentence. Raises KeysUnavailable."""
    yield from _places(unit)
    yield from _events(unit)
    yield from _lists(unit, services)


def _places(unit: UnitOfWork) -> Iterator[str]:
    """Rule 1."""
    issued: dict[str, LabelRecord | ClaimStatement] = {one.number: one for one in unit.labels.list_()}
    issued |= {one.number: one for one in unit.claims.list_()}
    places = {place.number: (place.list, place.index) for place in unit.standings.places()}
    for number in sorted(issued.keys() - places.keys()):
        yield f"{number} has no place in the status lists"
    for number in sorted(places.keys() - issued.keys()):
        yield f"a place in the status lists is kept for {number}, which was never issued"
    for number in sorted(issued.keys() & places.keys()):
        if _stated(issued[number].credential) != places[number]:
            yield f"{number} does not stand in the status lists where its credential says"


def _stated(credential: str) -> tuple[int, int] | None:
    from certificates.credential import CredentialUnreadable, decode

    try:
        envelope = decode(credential).envelope
    except CredentialUnreadable:
        return None
    return (envelope.place.list, envelope.place.index) if envelope else None


def _events(unit: UnitOfWork) -> Iterator[str]:
    """Rule 2."""
    acts: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for done in unit.audit.events():
        if done.object.startswith("label-event:"):
            acts[done.object.partition(":")[2]].add((done.action, done.person_id, done.after))
    seen = set()
    for number, listed in groupby(unit.standings.every_label_event(), key=lambda one: one.number):
        events = list(listed)
        seen.add(number)
        kept = {(_act(one), one.person_id, event_mark(one)) for one in events[1:]}
        if kept != acts[number]:
            yield f"events of label {number} are not those that were done"
        if not _follow(events):
            yield f"events of label {number} do not follow from one another"
    for number in sorted(acts.keys() - seen):
        yield f"events of label {number} were done and are gone"
    for label in unit.labels.list_():
        if label.number not in seen:
            yield f"label {label.number} has no event"


def _act(event: LabelEvent) -> str:
    permission = rules.PERMISSIONS.get(event.status)
    return permission.value if permission else ""


def _follow(events: list[LabelEvent]) -> bool:
    numbered = [one.sequence for one in events] == list(range(1, len(events) + 1))
    states = [one.status for one in events]
    changed = all(
        before not in FINAL and (after in FINAL or before in _BEFORE.get(after, ()))
        for before, after in pairwise(states)
    )
    named = all(bool(told_apart(one.status, one.reason)[0]) == (one.status == "superseded") for one in events)
    return numbered and changed and named and states[0] == "active"


def _lists(unit: UnitOfWork, services: Services) -> Iterator[str]:
    """Rules 3 and 4."""
    published, issuer = unit.standings.every(), _issuer(services)
    kept: dict[int, list[PublishedList]] = defaultdict(list)
    for one in published:
        kept[one.list].append(one)
        wrong = _wrong(one, unit, issuer)
        if wrong:
            yield f"status list {one.list}/{one.purpose}/{one.sequence}: {wrong}"
    for list_ in range(1, max(unit.standings.last_list(), *kept, 0) + 1):
        yield from _list(list_, kept[list_], unit)


def _list(list_: int, kept: list[PublishedList], unit: UnitOfWork) -> Iterator[str]:
    have = sorted((one.sequence, one.purpose) for one in kept)
    last = max((one.sequence for one in kept), default=0)
    if not kept or have != sorted(
        (number, name) for number in range(1, last + 1) for name in status.PURPOSES
    ):
        yield f"status list {list_} was not published without a gap"
        return
    if unit.standings.behind():
        return
    bits = bits_of(unit, list_)
    for one in kept:
        if one.sequence == last and _bits(one) != bits[one.purpose]:
            yield f"status list {list_}/{one.purpose} does not say what happened"


def _wrong(one: PublishedList, unit: UnitOfWork, issuer: TrustedIssuer | None) -> str:
    """What is wrong with a published list; empty for nothing."""
    from certificates.log.merkle import leaf_hash

    try:
        found = status.read(one.credential, issuer) if issuer else None
    except (status.NotAStatusList, status.StatusNotSigned) as error:
        return str(error).rstrip(".")
    if found is None:
        return "there is no issuer"
    window = (found.valid_from, found.valid_until) == (one.valid_from, one.valid_until)
    if not window or not found.address.endswith(status.address("", one.list, one.purpose)):
        return "it is not for its address and window"
    leaf = unit.log.leaf(one.leaf_index)
    what = f"status:{one.list}/{one.purpose}/{one.sequence}"
    if leaf is None or (leaf.hash, leaf.what) != (leaf_hash(found.leaf_bytes), what):
        return "it is not the leaf of the log that it should be"
    return ""


def _bits(one: PublishedList) -> bytes:
    try:
        return status.parsed(one.credential).bits
    except status.NotAStatusList:
        return b""


def _issuer(services: Services) -> TrustedIssuer | None:
    """Ourselves, as if no key had ever been compromised: here is asked what was signed, not what it is worth."""
    from certificates.keys import trust

    found = trust.read(services.keys.trust()).issuer(services.keys.keyset().issuer_id)
    if found is None:
        return None
    return replace(found, keys=tuple(replace(key, compromised_since=None) for key in found.keys))
