"""What a check answers, and what the answers of all twenty mean together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from certificates.ledger.claims.model import Claim, Decision
from certificates.ledger.claims.rules import CheckRule
from certificates.ledger.problems import Problem


class Outcome(StrEnum):
    """Met, refused, for a person to decide, or without anything to look at."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    REVIEW = "review"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of a claim on a day: outcome, reasons, and the rule with its text, dates, source and mark."""

    rule: CheckRule
    outcome: Outcome
    problems: tuple[Problem, ...]

    @property
    def code(self) -> str:
        """``N01`` to ``N20``."""
        return self.rule.key


def open_points(results: Iterable[CheckResult], claim: Claim) -> tuple[CheckResult, ...]:
    """What stands between the claim and its issue: refusals, and reviews that nobody has decided. Empty: it may be
    issued."""
    return tuple(
        one
        for one in results
        if one.outcome is Outcome.FAIL
        or (one.outcome is Outcome.REVIEW and decision(claim, one.code) is None)
    )


def decision(claim: Claim, code: str) -> Decision | None:
    """Somebody's decision that a check is met: of a named person, with a reason, and not of whoever prepared the
    claim."""
    return next(
        (
            one
            for one in claim.decisions
            if one.check == code
            and one.person.id.strip()
            and one.person.name.strip()
            and one.person.id != claim.people.preparer.id
            and one.reason.strip()
        ),
        None,
    )
