"""The twenty checks of a claim on a day.

Rules
1. All twenty answer, always and in order; whatever the claim and the facts are, none raises.
2. A check without problems passes; with problems it fails, unless each of them is one that a person must decide.
3. A check is not applicable only where there is nothing it could look at: no certificates were used (N13).

Example: ``[one.code for one in evaluate(claim, facts, today) if one.outcome is Outcome.FAIL]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import localcontext

from certificates.ledger.claims.amounts import PRECISION, amounts
from certificates.ledger.claims.checks import credits, footprint, people, power, saying, subject, units
from certificates.ledger.claims.checks.case import Case
from certificates.ledger.claims.model import Claim, Facts
from certificates.ledger.claims.results import CheckResult, Outcome
from certificates.ledger.claims.rules import CODES, checks, rule_sets
from certificates.ledger.problems import Problem

Check = Callable[[Case], Iterator[Problem]]

CHECKS: dict[str, Check] = dict(
    zip(
        CODES,
        (
            subject.n01,
            subject.n02,
            footprint.n03,
            footprint.n04,
            units.n05,
            units.n06,
            units.n07,
            units.n08,
            credits.n09,
            credits.n10,
            credits.n11,
            power.n12,
            power.n13,
            power.n14,
            footprint.n15,
            saying.n16,
            saying.n17,
            saying.n18,
            people.n19,
            people.n20,
        ),
        strict=True,
    )
)


def evaluate(claim: Claim, facts: Facts, on: date) -> tuple[CheckResult, ...]:
    """What each check says of ``claim`` on the day ``on``, held against ``facts``."""
    rules = rule_sets().get(claim.rule_set)
    case = Case(claim, facts, on, rules, amounts(claim, facts, rules))
    with localcontext() as context:
        context.prec = PRECISION
        return tuple(_result(code, check, case) for code, check in CHECKS.items())


def _result(code: str, check: Check, case: Case) -> CheckResult:
    rule, problems = checks()[code], tuple(check(case))
    if {problem.code for problem in problems} - rule.review:
        outcome = Outcome.FAIL
    elif problems:
        outcome = Outcome.REVIEW
    else:
        nothing = code == "N13" and not case.claim.electricity
        outcome = Outcome.NOT_APPLICABLE if nothing else Outcome.PASS
    return CheckResult(rule, outcome, problems)
