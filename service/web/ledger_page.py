"""The pages of the portfolio, of a lot and of an entry, put together from what the use cases found; nothing is decided
here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from certificates.ledger.days import day_of
from certificates.ledger.entries import Acquire, Assert, Entry, Transfer
from certificates.ledger.instruments import Instrument, Kind, instrument
from service.usecases.access import Actor
from service.usecases.ledger import files, looking, lookups, spending
from service.usecases.ledger.looking import Event, History
from service.usecases.refusals import NotFound
from service.usecases.services import Services
from service.web import ledger_lot, ledger_pictures, ledger_serial
from service.web.context import names
from service.web.i18n import language
from service.web.ledger_costs import Cost, costs
from service.web.ledger_lot import Happened, Piece, Reader
from service.web.ledger_pictures import Sheet, Warned
from service.web.ledger_rows import Row, amount_text

if TYPE_CHECKING:
    from certificates.ledger.lots import Lot
    from service.store.ledger_records import LotRecord


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """Everything above the list of positions."""

    on: date
    today: date
    sheets: tuple[Sheet, ...]
    warned: tuple[Warned, ...]
    suggested: list[Row]
    costs: tuple[Cost, ...]


@dataclass(frozen=True, slots=True)
class LotPage:
    """A lot: ``lot`` as listed, ``said`` what the acquisition says of it where it is the account's to see; ``days``
    until the last day of validity.
    """

    lot: LotRecord
    said: Lot | None
    kind: Instrument
    amount: str
    serial: tuple[ledger_serial.Piece, ...]
    bar: tuple[Piece, ...]
    timeline: tuple[Happened, ...]
    days: int | None
    people: dict[str, str]
    files: dict[str, str]
    used: frozenset[str]

    @property
    def name(self) -> str:
        """What the lot is called."""
        return self.lot.name or self.lot.project or self.lot.serial

    @property
    def grammar(self) -> bool:
        """Whether the parts of the serial say anything."""
        return ledger_serial.grammar_known(self.serial)

    @property
    def open(self) -> bool:
        """Whether units of it may still be used."""
        return any(one.state == "held" for one in self.bar)


def portfolio(
    actor: Actor, rows: tuple[Row, ...], days: tuple[date, date], services: Services
) -> PortfolioPage:
    """The pictures over ``rows``; ``days`` are the day looked at and today."""
    on, today = days
    address = {} if on == today else {"on": on.isoformat()}
    return PortfolioPage(
        on=on,
        today=today,
        sheets=ledger_pictures.sheets(rows, on, address),
        warned=ledger_pictures.warned(rows, address),
        suggested=ledger_pictures.suggested(rows, on),
        costs=costs(rows, spending.costs(actor, services)),
    )


def lot(actor: Actor, sequence: int, services: Services) -> LotPage:
    """The page of a lot. Raises NotAllowed, NotFound, EvidenceChanged."""
    found = looking.history(actor, sequence, services)
    kind, today = instrument(Kind(found.lot.kind)), day_of(services.clock())
    reader = _reader(actor, (event.entry for event in found.events), services)
    whole = kind.quantity(ledger_lot.whole_of(found).count)
    last = found.lot.expires_on
    return LotPage(
        lot=found.lot,
        said=_said(found),
        kind=kind,
        amount=amount_text(whole.amount, whole.unit.value),
        serial=ledger_serial.pieces(kind.kind, found.lot.serial),
        bar=ledger_lot.pieces(found, kind, reader, today),
        timeline=ledger_lot.timeline(found, kind, reader),
        days=(last - today).days if last else None,
        people=names({event.person_id for event in found.events if event.person_id}),
        files={one.sha256: one.filename for one in files.list_(actor, services)},
        used=frozenset(one.position.key for one in found.positions if one.used_by),
    )


def happened(actor: Actor, number: int, services: Services) -> Happened:
    """One entry, told as in a history. Raises NotAllowed, NotFound, EvidenceChanged."""
    event = event_of(actor, number, services)
    kind = _kind_of(actor, event, services)
    return ledger_lot.happened(event, kind, _reader(actor, (event.entry,), services))


def event_of(actor: Actor, number: int, services: Services) -> Event:
    """An entry of the account, or one of others that brought it units. Raises NotAllowed, NotFound, EvidenceChanged."""
    try:
        return looking.entry(actor, number, services)
    except NotFound:
        found = [one for one in looking.recorded(actor, services) if one.number == number]
        if not found:
            raise
        return found[0]


def _kind_of(actor: Actor, event: Event, services: Services) -> Instrument:
    if isinstance(event.entry, Assert):
        return instrument(event.entry.kind)
    found = lookups.lot_at(actor, event.number, services)
    if found is None:
        raise NotFound(noun="entry", key=event.number)
    return instrument(Kind(found.kind))


def _said(found: History) -> Lot | None:
    entries = (event.entry for event in found.events if event.number == found.lot.sequence)
    return next((entry.lot for entry in entries if isinstance(entry, Acquire)), None)


def _reader(actor: Actor, entries: Iterable[Entry], services: Services) -> Reader:
    parties = {key for entry in entries if isinstance(entry, Transfer) for key in (entry.account, entry.to)}
    known = lookups.account_names(actor, parties, services, language())
    return Reader(actor.organisation_id, known)
