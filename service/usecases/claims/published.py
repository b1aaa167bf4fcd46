"""What everybody may read of an issued claim: its statement, how it stands now, and what happened since.

Rules
1. Nothing of a tenant is told beyond the signed statement: events name no person, and of a reason only what its author
   knew to be public.
2. Today and a day to come are told by what the store holds now; a day that is over by what was known when it ended: the
   dates of the statement and the events until then.

Example: ``public("TC-2026-0000001-X", services).live.standing``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certificates.ledger.claims.model import Standing
from certificates.ledger.claims.standing import Live
from service.store.ledger_records import ClaimStatement
from service.usecases import claim_events as events
from service.usecases import standing
from service.usecases.claims import standings
from service.usecases.claims.checking import Step
from service.usecases.sealed import packed
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """Something that happened since the issue; ``said`` are its reasons in Chinese and in English."""

    at: datetime
    status: str
    ground: str
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Units of a claim back to the ledger: the entry that retired them with its link, as it was signed, whether it
    still stands, and the hashes of what proves it."""

    entry: str
    link: str
    serial: str
    stands: bool
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """An issued claim on a day, as its public page shows it."""

    number: str
    statement: dict[str, Any] = field(repr=False)
    credential: str = field(repr=False)
    url: str
    on: date
    live: Live
    events: tuple[PublicEvent, ...]
    waterfall: tuple[Step, ...]
    traces: tuple[Trace, ...]


def public(number: str, services: Services, on: date | None = None) -> Published:
    """The claim with a number, as people may write it, on a day (rule 2). Raises NotFound, EvidenceChanged."""
    today = standings.today(services.clock())
    day = on or today
    with services.uow() as unit:
        there = standings.statement_of(unit, number)
        return Published(
            number=there.number,
            statement=there.statement,
            credential=there.credential,
            url=services.verify_url(there.number),
            on=day,
            live=standings.live(unit, there, day) if day >= today else _known_then(unit, there, day),
            events=tuple(
                PublicEvent(
                    one.at,
                    one.status,
                    one.ground,
                    tuple(zip(events.told(one, "zh"), events.told(one, "en"), strict=True)),
                )
                for one in unit.claims.events(there.number)
            ),
            waterfall=waterfall(there.statement),
            traces=tuple(_traces(unit, there)),
        )


def _known_then(unit: UnitOfWork, there: ClaimStatement, day: date) -> Live:
    """Rule 2, for a day that is over."""
    if day < standings.today(there.issued_at):
        return Live(Standing.NOT_YET, ())
    until = [one.status for one in unit.claims.events(there.number) if standings.today(one.at) <= day]
    stood = Standing(until[-1]) if until else Standing.IN_FORCE
    if stood is Standing.IN_FORCE and standings.today(there.valid_until) < day:
        stood = Standing.EXPIRED
    return Live(stood, ())


def document(number: str, services: Services) -> bytes:
    """The signed PDF. Raises NotFound."""
    with services.uow() as unit:
        return unit.claims.pdf(standings.statement_of(unit, number).number) or b""


def bundle(number: str, services: Services) -> bytes:
    """Credential, proofs and the newest status lists in one JSON file. Raises NotFound, EvidenceChanged,
    StatusUnavailable."""
    with standing.reading(services) as unit:
        return packed(standings.statement_of(unit, number), unit, services)


def _traces(unit: UnitOfWork, there: ClaimStatement) -> Iterator[Trace]:
    stated, now = there.statement, dict(standings.entries_now(unit, there))
    for row in (*stated["retirements"], *stated["electricity"]):
        found, what = now.get(row["entry"]), f"units.{row['entry']}."
        yield Trace(
            entry=row["entry"],
            link=row["link"],
            serial=row["serial"],
            stands=found is not None and found.retired and found.link == row["link"],
            evidence=tuple(one["sha256"] for one in stated["evidence"] if one["what"].startswith(what)),
        )


def waterfall(statement: dict[str, Any]) -> tuple[Step, ...]:
    """From footprint to remainder in tCO2e, by what was signed."""
    total, deducted = Decimal(statement["footprint"]["total"]), Decimal(statement["reductions"]["deducted"])
    left = Decimal(statement["unabated"])
    steps = [Step("footprint", total, total), Step("deducted", -deducted, left), Step("unabated", left, left)]
    for row in statement["retirements"]:
        left -= Decimal(row["quantity"])
        steps.append(Step("retirement", -Decimal(row["quantity"]), left, row["serial"]))
    if left < 0:
        steps.append(Step("surplus", -left, Decimal(0)))
    remainder = Decimal(statement["remainder"])
    return (*steps, Step("remainder", remainder, remainder))
