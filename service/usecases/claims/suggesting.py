"""What a claim could rest on: credits already retired for it, and what to retire first of the rest.

Rules
1. Ready: retired credits of the claimant's account that nothing uses, in the claimant's name, for neutralisation, for
   days of the claim's period.
2. To retire: held credits by ``certificates.ledger.portfolio`` (earliest expiry, oldest vintage first) for what is
   still missing, of kinds and vintages that the rule set allows; unknown while the amount to offset is not known.
3. The claimant's account, also where a practitioner of the institution asks.

Example: ``suggest(actor, claim_id, services).ready``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from certificates.ledger import portfolio
from certificates.ledger.claims.checks.case import in_name_of
from certificates.ledger.claims.days import months_after
from certificates.ledger.claims.model import Claim
from certificates.ledger.claims.rules import rule_sets
from certificates.ledger.days import day_of
from certificates.ledger.entries import Purpose, Retire
from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.portfolio import Held as HeldUnits
from certificates.ledger.portfolio import Suggestion, Wanted
from certificates.ledger.positions import State
from certificates.ledger.quantity import Quantity, Unit
from service.store.ledger_records import Holding
from service.usecases.access import Actor, Permission, allow
from service.usecases.claims.checking import of
from service.usecases.claims.dossier import held
from service.usecases.ledger import looking
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Suggested:
    """``ready``: retired, to be named in the claim. ``to_retire``: what to retire for the rest, None where the amount
    is not known or nothing is missing."""

    ready: tuple[Holding, ...]
    to_retire: Suggestion | None


def suggest(actor: Actor, claim_id: str, services: Services) -> Suggested:
    """What the claim could rest on today. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.CLAIM_DRAFT)
    on = day_of(services.clock())
    with services.uow() as unit:
        there = held(actor, unit, claim_id)
        made = of(unit, there, on)
        holdings = [
            one
            for one in unit.ledger.holdings(there.record.organisation_id, on)
            if instrument(Kind(one.lot.kind)).unit is Unit.TCO2E
        ]
        named = set(there.claim.retirements)
        ready = tuple(one for one in holdings if _is_ready(unit, there.claim, one, named))
    missing = made.amounts.missing
    if not missing:
        return Suggested(ready, None)
    for one in ready:
        missing -= instrument(Kind(one.lot.kind)).quantity(one.position.span.count).amount
    if missing <= 0:
        return Suggested(ready, None)
    wanted = _wanted(there.claim, Quantity(missing, Unit.TCO2E), on)
    return Suggested(ready, portfolio.suggest(map(_units, holdings), wanted))


def _is_ready(unit: UnitOfWork, claim: Claim, one: Holding, named: set[str]) -> bool:
    """Rule 1."""
    if one.position.state is not State.RETIRED or one.used_by or one.position.key in named:
        return False
    stored, period = unit.ledger.entry(one.position.opened_by), claim.period
    entry = looking.entry_of(stored) if stored else None
    if not isinstance(entry, Retire) or period.start is None or period.end is None:
        return False
    within = entry.period_start <= period.end and period.start <= entry.period_end
    return (
        within and entry.purpose is Purpose.NEUTRALISATION and in_name_of(entry.beneficiary, claim.claimant)
    )


def _wanted(claim: Claim, amount: Quantity, on: date) -> Wanted:
    """Rule 2."""
    rules, end = rule_sets().get(claim.rule_set), claim.period.end
    if rules is None or end is None:
        return Wanted(amount, on)
    oldest = months_after(end, -12 * rules.vintage_years)
    return Wanted(amount, on, rules.preferred, vintage_from=oldest, vintage_until=end)


def _units(one: Holding) -> HeldUnits:
    return HeldUnits(
        position=one.position,
        kind=Kind(one.lot.kind),
        project=one.lot.project,
        technology=one.lot.technology,
        vintage_start=one.lot.vintage_start,
        vintage_end=one.lot.vintage_end,
        expires_on=one.lot.expires_on,
    )
