"""What happened to an issued claim: events, appended and never changed, each with its line in the audit chain.

It stands outside ``claims`` because the ledger, on which claims rest, tells of them too.

Rules
1. ``status`` is how the claim stands from then on; ``ground`` says what brought it about: one of :data:`GROUNDS` that
   people object on, :data:`FACTS` where the service found it, :data:`LIFTED` or :data:`WITHDRAWN_BY`.
2. The reason of what the service found is the list of problems, so that it can be told in both languages; people's
   reasons are their own words.
3. A freeze stands until a signatory lifts it, also where its cause has gone by itself: somebody has looked.
4. Whoever records entries calls :func:`touched` in the same transaction with the positions they closed, and whoever
   changes how a label stands calls :func:`footprint_fallen`: a claim that rests on one of them freezes publicly with
   that commit, or with none.

Example: ``append(unit, number, Said(Standing.FROZEN, "objection", "…"), actor, now)``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certificates.ledger.claims.model import FootprintKind, Standing
from certificates.ledger.claims.rules import told as worded
from certificates.ledger.positions import Position, State
from certificates.ledger.problems import Problem
from service.store.ledger_records import ClaimEvent, ClaimStatement
from service.usecases.access import Actor, Permission
from service.usecases.common import record

if TYPE_CHECKING:
    from datetime import datetime

    from service.store.records import LabelRecord
    from service.store.uow import UnitOfWork

OBJECTION, VERIFICATION, CERTIFICATE = "objection", "verification-withdrawn", "certificate-disputed"
GROUNDS = (OBJECTION, VERIFICATION, CERTIFICATE)
"""On what people object: in general, because a verifier withdrew its opinion, or because a certificate is disputed."""
FACTS, LIFTED, WITHDRAWN_BY = "facts", "lifted", "withdrawn"


@dataclass(frozen=True, slots=True)
class Said:
    """An event before it is appended."""

    standing: Standing
    ground: str
    reason: str


def append(unit: UnitOfWork, number: str, said: Said, actor: Actor, now: datetime) -> ClaimEvent:
    """Append an event; the caller commits."""
    before = unit.claims.events(number)
    made = ClaimEvent(
        number=number,
        sequence=len(before) + 1,
        status=said.standing.value,
        ground=said.ground,
        reason=said.reason,
        person_id=actor.person_id,
        at=now,
    )
    unit.claims.add_event(made)
    stood = before[-1].status if before else Standing.IN_FORCE.value
    act = (Permission.CLAIM_OBJECT, f"claim-event:{number}")
    record(unit, actor, act, now, (stood, f"{made.sequence}:{made.status}:{made.ground}"))
    return made


def reason_of(problems: Iterable[Problem]) -> str:
    """Rule 2: problems as an event keeps them."""
    return json.dumps(
        [{"code": one.code, "values": dict(one.values)} for one in problems], ensure_ascii=False
    )


def told(event: ClaimEvent, language: str) -> tuple[str, ...]:
    """The reasons of an event as sentences in ``zh`` or ``en``; people's own words as they are."""
    if event.ground != FACTS:
        return (event.reason,)
    return tuple(Problem(one["code"], one["values"]).sentence(language) for one in json.loads(event.reason))


def unlifted(happened: Iterable[ClaimEvent]) -> tuple[ClaimEvent, ...]:
    """Rule 3: the freezes that no later event lifted, in order."""
    open_: list[ClaimEvent] = []
    for one in happened:
        if one.status == Standing.FROZEN:
            open_.append(one)
        elif one.ground == LIFTED:
            open_.clear()
    return tuple(open_)


def touched(
    unit: UnitOfWork, positions: Iterable[Position], actor: Actor, now: datetime
) -> tuple[ClaimEvent, ...]:
    """Freeze each issued claim that rests on retired units among the closed ``positions`` (rule 4)."""
    retired = [one for one in positions if one.state is State.RETIRED]
    entries = {str(one.opened_by) for one in retired}
    made = []
    for account in sorted({one.account for one in retired}):
        for claim in unit.claims.list_(organisation_id=account):
            fallen = tuple(_fallen(claim, entries))
            if fallen and _stands(unit, claim.number):
                said = Said(Standing.FROZEN, FACTS, reason_of(fallen))
                made.append(append(unit, claim.number, said, actor, now))
    return tuple(made)


def footprint_fallen(
    unit: UnitOfWork, label: LabelRecord, standing: Standing, actor: Actor, now: datetime
) -> tuple[ClaimEvent, ...]:
    """Freeze each issued claim whose footprint is that of ``label``, which now stands as ``standing`` (rule 4)."""
    problem = Problem("N18-footprint-fallen", worded("standing", standing))
    made = []
    for claim in unit.claims.list_(organisation_id=label.exporter_id):
        footprint = claim.statement["footprint"]
        ours = (footprint["kind"], footprint["number"]) == (FootprintKind.LABEL.value, label.number)
        if ours and _stands(unit, claim.number):
            said = Said(Standing.FROZEN, FACTS, reason_of((problem,)))
            made.append(append(unit, claim.number, said, actor, now))
    return tuple(made)


def _fallen(claim: ClaimStatement, entries: set[str]) -> Iterator[Problem]:
    for name in ("retirements", "electricity"):
        for row in claim.statement[name]:
            if row["entry"] in entries:
                yield Problem("N18-retirement-reversed", {"serial": row["serial"], "entry": row["entry"]})


def _stands(unit: UnitOfWork, number: str) -> bool:
    """False for a claim that is frozen or withdrawn already."""
    happened = unit.claims.events(number)
    return not happened or happened[-1].status not in (Standing.FROZEN, Standing.WITHDRAWN)
