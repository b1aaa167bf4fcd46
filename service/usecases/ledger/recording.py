"""Recording entries: in one's own account, all or nothing, as the last links of one chain.

Rules
1. An entry stands in the account of the actor's organisation; another account is *not found*. Units go to an
   organisation that is here, or to somebody outside (``outside:NAME``).
2. Evidence is named by the hash of a file that the organisation has stored.
3. ``certificates.ledger.effects`` decides; all problems of all entries are told at once and nothing is recorded. The
   store refuses again what would count units twice.
4. One transaction: entries, positions, and one event in the audit chain whose digest is the last link. What they change
   is found out before it begins, and again within where somebody else recorded meanwhile.
5. Whoever receives units is left a notice.
6. A part of a position is split off first; both entries are recorded together.
7. An issued claim that rests on units which an entry touches freezes in the same transaction (``claim_events``).

Example: ``record(actor, Record((Retire(...),)), services)``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from certificates.canonical import NotCanonical
from certificates.ledger.book import Book
from certificates.ledger.days import day_of
from certificates.ledger.entries import (
    OUTSIDE,
    Beneficiary,
    Entry,
    EntryUnreadable,
    Purpose,
    Retire,
    Split,
    Transfer,
    name_of,
)
from certificates.ledger.links import content_of
from certificates.ledger.positions import Change, Position
from certificates.ledger.problems import EntryRefused
from certificates.ledger.spans import Span
from service.store.repositories.ledger_uses import PositionTaken
from service.usecases import claim_events, notices
from service.usecases.access import Actor, OrganisationKind, Permission, allow
from service.usecases.common import record as record_act
from service.usecases.ledger.refusals import (
    AlreadyUsed,
    Contradiction,
    EvidenceUnknown,
    LedgerRefused,
    PositionClosed,
)
from service.usecases.refusals import EvidenceChanged, InvalidInput, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

MOST = 200_000
"""Entries recorded at once, at most."""
RECEIVED = "ledger-received"
"""Kind of the notice of rule 5; its object is ``ledger:FIRST-LAST``, its details tell ``positions`` and ``units``."""
_KEEPING = (OrganisationKind.EXPORTER, OrganisationKind.INSTITUTION)


@dataclass(frozen=True, slots=True)
class Record:
    """Entries to be recorded, in order."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Numbers of the first and the last entry recorded, and the last link of the chain."""

    first: int
    last: int
    link: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """Entries with their stored form, made before the transaction (rule 4); after a rehearsal also what they change
    on that day if the ledger still ends as it did then.
    """

    entries: tuple[Entry, ...]
    contents: tuple[str, ...]
    today: date | None = None
    head: tuple[int, str] = (0, "")
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireUnits:
    """Retire ``count`` units of a position (all of it where None), the first ones, on the day ``on``.

    ``period_start`` to ``period_end``, both included, is what they are retired for.
    """

    position: str
    count: int | None = None
    on: date
    beneficiary: Beneficiary
    purpose: Purpose
    period_start: date
    period_end: date
    reference: str = ""
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferUnits:
    """Hand ``count`` units of a position (all of it where None), the first ones, to an account or ``outside:NAME``."""

    position: str
    count: int | None = None
    on: date
    to: str
    evidence: tuple[str, ...] = ()
    note: str = ""


def record(actor: Actor, command: Record, services: Services) -> Recorded:
    """Record entries, all or none.

    Raises NotAllowed, NotFound (rule 1), InvalidInput, EvidenceUnknown (rule 2), LedgerRefused (rule 3).
    """
    allow(actor, Permission.LEDGER_RECORD)
    now = services.clock()
    prepared = rehearse(prepare(actor, command.entries), now, services)
    with services.uow(write=True) as unit:
        recorded = write(actor, unit, prepared, now)
        unit.commit()
    return recorded


def retire(actor: Actor, command: RetireUnits, services: Services) -> Recorded:
    """Retire units of a position, split off where they are a part of it. Raises as :func:`record`."""
    made = partial(
        Retire,
        beneficiary=command.beneficiary,
        purpose=command.purpose,
        period_start=command.period_start,
        period_end=command.period_end,
        reference=command.reference,
    )
    return _of_part(actor, command, made, services)


def transfer(actor: Actor, command: TransferUnits, services: Services) -> Recorded:
    """Hand units of a position on, split off where they are a part of it. Raises as :func:`record`."""
    return _of_part(actor, command, partial(Transfer, to=command.to), services)


def _of_part(
    actor: Actor, command: RetireUnits | TransferUnits, made: Callable[..., Entry], services: Services
) -> Recorded:
    """Record what ``made`` makes of the units, and the split before it (rule 6)."""
    allow(actor, Permission.LEDGER_RECORD)
    now = services.clock()
    with services.uow(write=True) as unit:
        span, before = _part(actor, unit, command)
        account, evidence = actor.organisation_id, command.evidence
        entry = made(on=command.on, account=account, evidence=evidence, note=command.note, span=span)
        recorded = write(actor, unit, prepare(actor, (*before, entry)), now)
        unit.commit()
    return recorded


def _part(
    actor: Actor, unit: UnitOfWork, command: RetireUnits | TransferUnits
) -> tuple[Span, tuple[Split, ...]]:
    """Rule 6: the first units of a position, and the split before, if one is needed."""
    span, count = own_position(actor, unit, command.position).span, command.count
    if count is None or count == span.count:
        return span, ()
    if not 0 < count < span.count:
        raise InvalidInput(field="count", problem=f"1 to {span.count}")
    part = replace(span, last=span.first + count - 1)
    pieces = (part, *span.without(part))
    return part, (Split(on=command.on, account=actor.organisation_id, span=span, into=pieces),)


def own_position(actor: Actor, unit: UnitOfWork, key: str) -> Position:
    """For other use cases: an open position of the actor's account. Raises NotFound, PositionClosed."""
    found = unit.ledger.position(key)
    if found is None or found.position.account != actor.organisation_id:
        raise NotFound(noun="position", key=key)
    if found.closed_by is not None:
        raise PositionClosed(position=key)
    return found.position


def prepare(actor: Actor, entries: Iterable[Entry]) -> Prepared:
    """For other use cases: rule 1 for the accounts, and the stored forms. Raises NotFound, InvalidInput."""
    return of_account(actor.organisation_id, entries)


def of_account(account: str, entries: Iterable[Entry]) -> Prepared:
    """As :func:`prepare`, for an account that the use case has found itself. Raises NotFound, InvalidInput."""
    given = tuple(entries)
    if not 0 < len(given) <= MOST:
        raise InvalidInput(field="entries", problem=f"1 to {MOST} of them")
    for entry in given:
        if entry.account != account:
            raise NotFound(noun="account", key=entry.account)
    return Prepared(given, tuple(_content(entry) for entry in given))


def _content(entry: Entry) -> str:
    try:
        return content_of(entry)
    except (NotCanonical, TypeError) as error:
        raise InvalidInput(field="entries", problem="text") from error


def rehearse(prepared: Prepared, now: datetime, services: Services) -> Prepared:
    """For other use cases: find out what entries change before the transaction in which they are written, so that
    nobody waits meanwhile; where somebody else records meanwhile, :func:`write` finds it out again.

    Raises LedgerRefused, EvidenceChanged.
    """
    with services.uow() as unit:
        return _folded(unit, prepared, day_of(now))


def write(actor: Actor, unit: UnitOfWork, prepared: Prepared, now: datetime) -> Recorded:
    """For other use cases: record in their transaction, which they commit; they have allowed it.

    Raises NotFound, EvidenceUnknown, LedgerRefused, EvidenceChanged.
    """
    require_parties(unit, prepared.entries)
    require_evidence(actor, unit, (one for entry in prepared.entries for one in entry.evidence))
    if (prepared.today, prepared.head) != (day_of(now), unit.ledger.head()):
        prepared = _folded(unit, prepared, day_of(now))
    first, recorded = prepared.head[0] + 1, list(zip(prepared.entries, prepared.changes, strict=True))
    link = unit.ledger.append(recorded, actor.person_id, now, prepared.contents)
    last = first + len(recorded) - 1
    range_ = f"ledger:{first}-{last}"
    record_act(unit, actor, (Permission.LEDGER_RECORD, range_), now, ("", link))
    _tell(unit, recorded, range_, now)
    claim_events.touched(unit, (one for change in prepared.changes for one in change.closed), actor, now)
    return Recorded(first, last, link)


def _folded(unit: UnitOfWork, prepared: Prepared, today: date) -> Prepared:
    """Rule 3: with what the entries change. Raises LedgerRefused, EvidenceChanged."""
    try:
        head = unit.ledger.head()
        book = unit.ledger.book(prepared.entries, head[0])
        changes, problems = fold(book, prepared.entries, today)
    except (EntryUnreadable, KeyError) as error:
        raise EvidenceChanged(what=f"ledger ({error})") from error
    if problems:
        raise LedgerRefused(problems)
    return replace(prepared, today=today, head=head, changes=tuple(changes))


def fold(book: Book, entries: Sequence[Entry], today: date) -> tuple[list[Change], list[Contradiction]]:
    """What entries change in a book, and everything that speaks against them."""
    changes: list[Change] = []
    problems: list[Contradiction] = []
    for number, entry in enumerate(entries, 1):
        try:
            changes.append(book.record(entry, today))
        except EntryRefused as refused:
            problems += [Contradiction(number, name_of(entry), one) for one in refused.problems]
    return changes, problems


def require_parties(unit: UnitOfWork, entries: Iterable[Entry]) -> None:
    """Rule 1 for receivers: organisations that keep an account, or somebody outside. Raises NotFound."""
    receivers = {one.to for one in entries if isinstance(one, Transfer) and not one.to.startswith(OUTSIDE)}
    for key in sorted(receivers - {""}):
        found = unit.organisations.get(key)
        if found is None or found.kind not in _KEEPING:
            raise NotFound(noun="account", key=key)


def require_evidence(actor: Actor, unit: UnitOfWork, hashes: Iterable[str]) -> None:
    """For other use cases: rule 2. Raises EvidenceUnknown."""
    named = set(hashes)
    unknown = named - unit.ledger.stored_files(actor.organisation_id, named)
    if unknown:
        raise EvidenceUnknown(sha256=min(unknown))


def use(actor: Actor, unit: UnitOfWork, key: str, dossier_id: str, purpose: str, now: datetime) -> Position:
    """For other use cases: take an open position of the actor's account into use by a dossier, once.

    Raises NotFound, PositionClosed, AlreadyUsed.
    """
    position = own_position(actor, unit, key)
    try:
        unit.ledger.use(key, dossier_id, purpose, actor.person_id, now)
    except PositionTaken as taken:
        raise AlreadyUsed(position=key) from taken
    return position


def _tell(unit: UnitOfWork, recorded: Sequence[tuple[Entry, Change]], range_: str, now: datetime) -> None:
    """Rule 5: one notice to each receiver."""
    received: dict[str, list[Position]] = defaultdict(list)
    for entry, change in recorded:
        if isinstance(entry, Transfer) and not entry.to.startswith(OUTSIDE):
            received[entry.to] += change.opened
    for account, positions in received.items():
        details = {"positions": len(positions), "units": sum(one.span.count for one in positions)}
        notices.tell(unit, account, RECEIVED, range_, details, now)
