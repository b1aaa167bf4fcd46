"""The checklist of a claim: all twenty checks on a day, what is missing for each, and the amounts from footprint to
remainder.

Rules
1. The checks are evaluated on facts looked up now; nothing of an earlier evaluation is kept.
2. Before its issue a claim lacks people: whoever submits, reviews and signs is named by doing so, and that they are not
   named yet keeps nobody from it. Everything else that a check refuses does.
3. What a person has to decide is decided by the reviewer: that keeps nobody from submitting, and a claim from being
   approved or issued.

Example: ``checklist(actor, claim_id, services).blocking``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from certificates.ledger.claims.amounts import Amounts, amounts, known, tonnes
from certificates.ledger.claims.checks.people import needed
from certificates.ledger.claims.evaluate import evaluate
from certificates.ledger.claims.model import Claim, Decision, Facts
from certificates.ledger.claims.results import CheckResult, Outcome, decision, open_points
from certificates.ledger.claims.rules import rule_sets
from certificates.ledger.days import day_of
from certificates.ledger.problems import Problem
from service.store.ledger_records import DossierRecord
from service.usecases.access import Actor, Permission, allow
from service.usecases.claims.dossier import Held, held
from service.usecases.claims.facts import gather
from service.usecases.claims.refusals import ClaimNotReady, ClaimUndecided
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

LATER = frozenset({"preparer", "reviewer", "signatory"})
"""Roles that are filled by what people do (rule 2)."""


@dataclass(frozen=True, slots=True)
class Row:
    """A check with a decision where one was taken. ``later``: only people who come later are missing."""

    result: CheckResult
    decision: Decision | None
    later: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the waterfall in tCO2e: what it adds or takes away, and what is left after it.

    ``key`` is footprint, deducted, unabated, retirement (``label`` its serial), remainder or surplus.
    """

    key: str
    amount: Decimal
    left: Decimal
    label: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """Everything that is said of a claim on a day."""

    record: DossierRecord
    claim: Claim
    facts: Facts
    on: date
    rows: tuple[Row, ...]
    amounts: Amounts
    waterfall: tuple[Step, ...]
    evidence: tuple[str, ...]

    @property
    def blocking(self) -> tuple[Row, ...]:
        """What keeps the claim from being submitted."""
        return tuple(one for one in self.rows if one.result.outcome is Outcome.FAIL and not one.later)

    @property
    def to_decide(self) -> tuple[Row, ...]:
        """What its reviewer still has to decide."""
        undecided = (one for one in self.rows if one.decision is None)
        return tuple(one for one in undecided if one.result.outcome is Outcome.REVIEW)


def checklist(actor: Actor, claim_id: str, services: Services) -> Checklist:
    """The checklist on today's facts. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.CLAIM_READ)
    with services.uow() as unit:
        return of(unit, held(actor, unit, claim_id), day_of(services.clock()))


def of(unit: UnitOfWork, there: Held, on: date) -> Checklist:
    """For other use cases: the checklist of a claim as it is given."""
    claim, facts = there.claim, gather(unit, there, on)
    rules = rule_sets().get(claim.rule_set)
    made = amounts(claim, facts, rules)
    results = evaluate(claim, facts, on)
    return Checklist(
        record=there.record,
        claim=claim,
        facts=facts,
        on=on,
        rows=tuple(Row(one, decision(claim, one.code), _later(one)) for one in results),
        amounts=made,
        waterfall=tuple(waterfall(claim, facts, made)),
        evidence=needed(claim, rules),
    )


def require_submittable(made: Checklist) -> None:
    """Rule 2. Raises ClaimNotReady."""
    if made.blocking:
        raise ClaimNotReady(one.result for one in made.blocking)


def require_approvable(made: Checklist) -> None:
    """Rules 2 and 3. Raises ClaimNotReady, ClaimUndecided."""
    require_submittable(made)
    _require_decided(made)


def require_issuable(made: Checklist) -> None:
    """Every check is met, or decided where a person decides. Raises ClaimNotReady, ClaimUndecided."""
    waiting = open_points((one.result for one in made.rows), made.claim)
    refused = [one for one in waiting if one.outcome is Outcome.FAIL]
    if refused:
        raise ClaimNotReady(refused)
    _require_decided(made)


def waterfall(claim: Claim, facts: Facts, made: Amounts) -> Iterator[Step]:
    """From the footprint to what remains; nothing while footprint or deduction are not known."""
    total, deducted = known(claim.footprint.total_t), known(claim.reductions.deducted_t)
    if total is None or deducted is None or made.unabated is None or made.remainder is None:
        return
    yield Step("footprint", total, total)
    yield Step("deducted", -deducted, total - deducted)
    yield Step("unabated", made.unabated, made.unabated)
    left = made.unabated
    for key in dict.fromkeys(claim.retirements):
        units = facts.units.get(key)
        if units is not None and tonnes(units):
            left -= tonnes(units)
            yield Step("retirement", -tonnes(units), left, units.lot.serial)
    if made.surplus:
        yield Step("surplus", made.surplus, Decimal(0))
    yield Step("remainder", made.remainder, made.remainder)


def _require_decided(made: Checklist) -> None:
    if made.to_decide:
        raise ClaimUndecided(codes=", ".join(one.result.code for one in made.to_decide))


def _later(result: CheckResult) -> bool:
    refused = [one for one in result.problems if one.code not in result.rule.review]
    return bool(refused) and all(_comes_later(one) for one in refused)


def _comes_later(problem: Problem) -> bool:
    return problem.code == "N20-missing" and problem.values.get("role") in LATER
