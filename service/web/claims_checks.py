"""The checklist of a claim as its page shows it: grouped, each check with outcome, reasons, rule, and where to mend.

Rules
1. A reason leads to the step and field that mends it; one that a person must decide leads nowhere but to the reviewer.
2. People who only come later are no fault of the draft: such a check says so instead of being missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from certificates.ledger.claims.results import Outcome
from certificates.ledger.problems import Problem
from service.usecases.claims.checking import Checklist, Row
from service.web.claims_words import GROUPS, of_rule
from service.web.i18n import language

MEND = {
    "N01": ("subject", "type"),
    "N01-name-missing": ("subject", "name_zh"),
    "N01-boundary-missing": ("subject", "boundary_zh"),
    "N01-unit-missing": ("subject", "unit_zh"),
    "N01-sites-missing": ("subject", "sites"),
    "N02": ("period", "start"),
    "N02-footprint-unknown": ("footprint", "kind"),
    "N03": ("footprint", "kind"),
    "N03-verifier-missing": ("footprint", "accreditation"),
    "N03-batch-differs": ("footprint", "units"),
    "N03-not-accredited": ("evidence", "evidence"),
    "N04": ("reductions", "baseline_year"),
    "N04-plan-missing": ("reductions", "plan"),
    "N04-reductions-missing": ("reductions", "reduced"),
    "N04-reductions-disagree": ("reductions", "reduced"),
    "N04-residual-missing": ("reductions", "residual"),
    "N04-residual-beyond": ("reductions", "residual"),
    "N04-foundation-missing": ("evidence", "evidence"),
    "N05": ("retirements", "retirements"),
    "N05-need-unknown": ("footprint", "kind"),
    "N05-beyond-tier": ("market", "rule_set"),
    "N06": ("retirements", "retirements"),
    "N06-term-unknown": ("period", "end"),
    "N07": ("retirements", "retirements"),
    "N08": ("retirements", "retirements"),
    "N09": ("retirements", "retirements"),
    "N10": ("retirements", "retirements"),
    "N10-term-unknown": ("period", "end"),
    "N11": ("retirements", "retirements"),
    "N11-rule-set": ("market", "rule_set"),
    "N11-subject": ("market", "rule_set"),
    "N12": ("retirements", "retirements"),
    "N12-credit-as-power": ("electricity", "power"),
    "N13": ("electricity", "power"),
    "N14": ("retirements", "retirements"),
    "N14-market-based-missing": ("footprint", "market_based"),
    "N14-total-not-market-based": ("footprint", "total"),
    "N14-location-based-missing": ("footprint", "location_based"),
    "N14-uncovered-missing": ("electricity", "uncovered_kwh"),
    "N14-residual-factor": ("electricity", "factor"),
    "N15": ("footprint", "kind"),
    "N15-removals-missing": ("reductions", "removals_inside"),
    "N15-removals-less": ("reductions", "removals_inside"),
    "N15-projects-missing": ("reductions", "projects"),
    "N15-removal-as-credit": ("retirements", "retirements"),
    "N16": ("wording", "remark_zh"),
    "N16-no-subject": ("subject", "name_zh"),
    "N16-no-boundary": ("subject", "boundary_zh"),
    "N16-no-period": ("period", "start"),
    "N16-no-total": ("footprint", "kind"),
    "N16-no-reductions": ("reductions", "baseline_year"),
    "N16-no-offset": ("retirements", "retirements"),
    "N16-no-credits": ("retirements", "retirements"),
    "N16-no-reference": ("retirements", "retirements"),
    "N16-no-standard": ("market", "rule_set"),
    "N16-no-verifier": ("footprint", "accreditation"),
    "N16-no-update": ("period", "next_update"),
    "N17": ("market", "markets"),
    "N17-rule-set": ("market", "rule_set"),
    "N17-rule-set-early": ("market", "rule_set"),
    "N17-withdrawn": ("market", "rule_set"),
    "N17-audience-missing": ("market", "audience"),
    "N17-forbidden": ("market", "audience"),
    "N18": ("period", "valid_until"),
    "N18-update-passed": ("period", "next_update"),
    "N18-footprint-unknown": ("footprint", "kind"),
    "N18-footprint-fallen": ("footprint", "kind"),
    "N19": ("evidence", "evidence"),
    "N20": ("people", "institution"),
    "N20-other-verifier": ("footprint", "kind"),
}
"""Step and field by the code of a reason, else by the check."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence; step and field that mend it, empty where a person decides. ``like`` is a check of the group that says
    the same before it."""

    text: str
    step: str
    field: str
    later: bool
    like: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A check with its rule; ``state`` is a key of ``claims_words.OUTCOMES``."""

    code: str
    name: str
    state: str
    reasons: tuple[Reason, ...]
    rule: str
    source: str
    mark: str
    valid_from: date
    valid_until: date | None
    decided: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class Group:
    """Checks that belong together; ``open`` where something is to do, ``counts`` of states in order of weight."""

    name: Any
    checks: tuple[Check, ...]

    @property
    def open(self) -> bool:
        """Something is missing or to be decided."""
        return any(one.state in ("fail", "review") for one in self.checks)

    def about(self, step: str) -> bool:
        """Something of it is to do in a step; where no step is looked at, something is to do."""
        if not step:
            return self.open
        failing = (one for one in self.checks if one.state == "fail")
        return any(reason.step == step for one in failing for reason in one.reasons)

    @property
    def missing(self) -> int:
        """How many checks refuse."""
        return sum(one.state == "fail" for one in self.checks)


def groups(made: Checklist) -> tuple[Group, ...]:
    """All twenty, grouped."""
    rows = {one.result.code: one for one in made.rows}
    return tuple(Group(name, _told_once(_check(rows[code]) for code in codes)) for name, codes in GROUPS)


def _told_once(found: Iterable[Check]) -> tuple[Check, ...]:
    """The checks, each reason told in full where it comes first."""
    said: dict[str, str] = {}
    made = []
    for one in found:
        reasons = tuple(replace(reason, like=said.get(reason.text, "")) for reason in one.reasons)
        said |= {reason.text: one.code for reason in reasons if not reason.like}
        made.append(replace(one, reasons=reasons))
    return tuple(made)


def counts(found: Iterable[Group]) -> dict[str, int]:
    """How many checks are in each state."""
    states = [one.state for group in found for one in group.checks]
    return {state: states.count(state) for state in dict.fromkeys(states)}


def per_step(found: Iterable[Group]) -> dict[str, int]:
    """How many reasons each step could mend."""
    made: dict[str, int] = {}
    for group in found:
        for check in group.checks:
            if check.state == "fail":
                for one in check.reasons:
                    if one.step:
                        made[one.step] = made.get(one.step, 0) + 1
    return made


def mends(problem: Problem) -> tuple[str, str]:
    """Step and field of a reason."""
    return MEND.get(problem.code) or MEND[problem.code[:3]]


def _check(row: Row) -> Check:
    rule = row.result.rule
    return Check(
        code=rule.key,
        name=of_rule(rule.name),
        state=_state(row),
        reasons=tuple(_reasons(row)),
        rule=of_rule(rule.rule),
        source=rule.source,
        mark=rule.mark,
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        decided=row.decision.reason if row.decision else "",
        decided_by=row.decision.person.name if row.decision else "",
    )


def _state(row: Row) -> str:
    if row.result.outcome is Outcome.REVIEW and row.decision is not None:
        return "decided"
    return "later" if row.later else row.result.outcome.value


def _reasons(row: Row) -> Iterable[Reason]:
    later = {"preparer", "reviewer", "signatory"}
    for one in row.result.problems:
        comes = one.code == "N20-missing" and one.values.get("role") in later
        person = one.code in row.result.rule.review or comes
        step, field = ("", "") if person else mends(one)
        yield Reason(one.sentence(language()), step, field, comes)
