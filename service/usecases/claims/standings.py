"""How an issued claim stands: looked up now, never remembered; objections, lifting, and the events that tell of it.

Rules
1. A claim stands as ``certificates.ledger.claims.standing`` says on what the store holds at that moment: the entries
   that retired its units, that its certificates still serve it, its footprint, freezes that nobody lifted, withdrawal.
2. An event is appended when the standing is no longer that of the last one: with the ledger entry that causes it
   (``claim_events``), with an objection, and by a sweep.
3. Reviewers and signatories of the institution and regulators object to an issued claim, with a ground and a reason. A
   signatory of the institution who did not freeze it lifts, and only when nothing else speaks against the claim.
4. Freezing releases no unit.

Example: ``object_(actor, Object(number, "objection", "…"), services)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from certificates.ledger.claims.model import FootprintKind, Standing
from certificates.ledger.claims.standing import EntryNow, Live, Present
from certificates.ledger.claims.standing import standing as stands
from certificates.ledger.days import day_of
from service.store.ledger_records import ClaimEvent, ClaimStatement
from service.usecases import claim_events as events
from service.usecases.access import Actor, OrganisationKind, Permission, allow
from service.usecases.claims import facts, footprints
from service.usecases.claims.dossier import WITHDRAWN, Held, held_by_id
from service.usecases.claims.refusals import ClaimFallen, ClaimSamePerson, ClaimWrongState
from service.usecases.refusals import InvalidInput, NotAllowed, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Object:
    """Freeze an issued claim: ``ground`` of ``events.GROUNDS``; the reason is published."""

    number: str
    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lift:
    """End the freezes of a claim; the reason is published."""

    number: str
    reason: str


def standing(number: str, services: Services, on: date | None = None) -> Live:
    """How the claim stands on a day (today in China where none is named); public. Raises NotFound, EvidenceChanged."""
    with services.uow() as unit:
        return live(unit, statement_of(unit, number), on or today(services.clock()))


def object_(actor: Actor, command: Object, services: Services) -> ClaimEvent:
    """Freeze an issued claim (rule 3). Raises NotAllowed, NotFound, InvalidInput, ClaimWrongState."""
    allow(actor, Permission.CLAIM_OBJECT)
    now = services.clock()
    if command.ground not in events.GROUNDS:
        raise InvalidInput(
            field="ground", problem="one of objection, verification-withdrawn, certificate-disputed"
        )
    with services.uow(write=True) as unit:
        there = statement_of(unit, command.number)
        _require_reach(actor, held_by_id(unit, there.dossier_id), command.number)
        if live(unit, there, today(now)).standing is Standing.WITHDRAWN:
            raise ClaimWrongState(status=WITHDRAWN, wanted="issued")
        said = events.Said(Standing.FROZEN, command.ground, _reason(command.reason))
        made = events.append(unit, there.number, said, actor, now)
        unit.commit()
    return made


def lift(actor: Actor, command: Lift, services: Services) -> ClaimEvent:
    """End the freezes of a claim (rule 3).

    Raises NotAllowed, NotFound, InvalidInput, ClaimWrongState, ClaimSamePerson, ClaimFallen.
    """
    allow(actor, Permission.CLAIM_ISSUE)
    now = services.clock()
    with services.uow(write=True) as unit:
        there = statement_of(unit, command.number)
        found = held_by_id(unit, there.dossier_id)
        _require_reach(actor, found, command.number)
        happened = unit.claims.events(there.number)
        frozen = events.unlifted(happened)
        if not frozen or found.record.status == WITHDRAWN:
            raise ClaimWrongState(status=found.record.status, wanted=Standing.FROZEN.value)
        if actor.person_id in {one.person_id for one in frozen}:
            raise ClaimSamePerson(earlier="objector", wanted="signatory")
        after = stands(there.statement, present(unit, found, there, ()), today(now))
        if after.standing is Standing.FROZEN:
            raise ClaimFallen((one.sentence("zh"), one.sentence("en")) for one in after.grounds)
        said = events.Said(after.standing, events.LIFTED, _reason(command.reason))
        made = events.append(unit, there.number, said, actor, now)
        unit.commit()
    return made


def sweep(actor: Actor, services: Services) -> tuple[ClaimEvent, ...]:
    """Look at every claim that has not ended and append what has changed (rule 2). Raises NotAllowed."""
    allow(actor, Permission.LEDGER_VERIFY)
    now = services.clock()
    with services.uow(write=True) as unit:
        made = changed(unit, (one for one in unit.claims.list_()), actor, now)
        unit.commit()
    return made


def changed(
    unit: UnitOfWork, issued: Iterable[ClaimStatement], actor: Actor, now: datetime
) -> tuple[ClaimEvent, ...]:
    """For other use cases: append an event for each claim that no longer stands as its last event says."""
    made = []
    for one in issued:
        happened = unit.claims.events(one.number)
        stood = Standing(happened[-1].status) if happened else Standing.IN_FORCE
        is_now = live(unit, one, today(now))
        if is_now.standing is not stood and Standing.WITHDRAWN not in (stood, is_now.standing):
            said = events.Said(is_now.standing, events.FACTS, events.reason_of(is_now.grounds))
            made.append(events.append(unit, one.number, said, actor, now))
    return tuple(made)


def live(unit: UnitOfWork, there: ClaimStatement, on: date) -> Live:
    """For other use cases: how a claim stands on what the store holds (rule 1)."""
    found = held_by_id(unit, there.dossier_id)
    frozen = events.unlifted(unit.claims.events(there.number))
    people = tuple(one for one in frozen if one.ground != events.FACTS)
    is_now = stands(there.statement, present(unit, found, there, people), on)
    if is_now.standing is Standing.FROZEN or people == frozen:
        return is_now
    return stands(there.statement, present(unit, found, there, frozen), on)


def present(unit: UnitOfWork, found: Held, there: ClaimStatement, frozen: tuple[ClaimEvent, ...]) -> Present:
    """What is so now, ``frozen`` being the freezes that count."""
    footprint = _footprint(unit, found, there)
    withdrawn = any(one.ground == events.VERIFICATION for one in frozen)
    return Present(
        footprint=footprint[0] if footprint else None,
        footprint_sha256=footprint[1] if footprint else "",
        verification=Standing.WITHDRAWN if withdrawn else Standing.IN_FORCE,
        entries=dict(entries_now(unit, there)),
        objections=(
            *_let_go(unit, found),
            *(_words(one) for one in frozen if one.ground != events.VERIFICATION),
        ),
        withdrawn=found.record.status == WITHDRAWN,
    )


def statement_of(unit: UnitOfWork, number: str) -> ClaimStatement:
    """The issued claim with a number, as people may write it. Raises NotFound."""
    from certificates.labelnumber import typed

    found = unit.claims.get(typed(number))
    if found is None:
        raise NotFound(noun="claim", key=number)
    return found


def today(now: datetime) -> date:
    """The day in China: claims begin and end with it."""
    return day_of(now)


def _footprint(unit: UnitOfWork, found: Held, there: ClaimStatement) -> tuple[Standing, str] | None:
    """How the footprint stands, and its hash. A report is what its file is."""
    stated = there.statement["footprint"]
    fact = footprints.fact(unit, found.record, found.claim, {stated["sha256"]}, day_of(there.issued_at))
    if stated["kind"] == FootprintKind.LABEL:
        return (fact.standing, fact.sha256) if fact else None
    owners = (found.record.organisation_id, found.record.institution_id or "")
    kept = any(unit.ledger_files.get(owner, stated["sha256"]) for owner in owners)
    return (Standing.IN_FORCE, stated["sha256"]) if kept else None


def entries_now(unit: UnitOfWork, there: ClaimStatement) -> Iterable[tuple[str, EntryNow]]:
    """For other use cases: the entries behind a claim, as the ledger has them now."""
    numbers = {row["entry"] for name in ("retirements", "electricity") for row in there.statement[name]}
    reversed_ = unit.ledger.reversals([int(number) for number in numbers])
    for number in sorted(numbers):
        entry = unit.ledger.entry(int(number))
        if entry is not None:
            yield number, EntryNow(entry.link, retired=int(number) not in reversed_)


def _let_go(unit: UnitOfWork, found: Held) -> Iterable[str]:
    for serial in facts.let_go(unit, found):
        yield f"绿证 {serial} 已不再用于此电量 / green certificate {serial} no longer serves this electricity"


def _words(event: ClaimEvent) -> str:
    """An open freeze in words; one whose cause has gone by itself is told by its day."""
    if event.ground != events.FACTS:
        return event.reason
    day = today(event.at).isoformat()
    return f"{day} 起冻结，尚未解除 / frozen since {day}, not lifted yet"


def _require_reach(actor: Actor, found: Held, number: str) -> None:
    """Rule 3: the institution's people and regulators. Raises NotFound, NotAllowed."""
    if actor.organisation_kind in (OrganisationKind.REGULATOR, OrganisationKind.PROGRAMME):
        return
    if actor.organisation_id == found.record.institution_id:
        return
    if actor.organisation_id == found.record.organisation_id:
        raise NotAllowed(permission=Permission.CLAIM_OBJECT.value)
    raise NotFound(noun="claim", key=number)


def _reason(text: str) -> str:
    reason = text.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidInput(field="reason", problem=f"1 to {LONGEST_REASON} characters")
    return reason
