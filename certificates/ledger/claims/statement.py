"""The statement of an issued claim, ``tanbiao-claim/1``: the facts that are signed, as JSON without a single float.

Rules
1. The form is :mod:`certificates.ledger.claims.form`, the sums are :mod:`certificates.ledger.claims.sums`, the evidence
   is ``certificates.chain``; number and chain are checked where all kinds of statement are (``certificates.kinds``).
2. A statement is built only of a claim whose twenty checks let it be issued on that day; the checks stand in it, with
   the decisions of people where a rule asks for one.
3. Amounts of retirements come from the ledger's entries, never from the claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from certificates.ledger.claims import amounts, form, wording
from certificates.ledger.claims.evaluate import evaluate
from certificates.ledger.claims.model import Both, Claim, Facts, Footprint, People, Units
from certificates.ledger.claims.results import CheckResult, Outcome, decision, open_points
from certificates.ledger.claims.rules import rule_set
from certificates.ledger.claims.sums import sums as _sums
from certificates.ledger.instruments import instrument
from certificates.ledger.quantity import Unit
from certificates.statement import StatementInvalid, stated
from certificates.texts import Problem

TYPE = form.TYPE
REQUIRED_KINDS = ("footprint", "ledger", "claim")
"""What every claim's chain holds: the footprint, the ledger up to the last retirement, the claim as it was decided."""


class ClaimNotReady(ValueError):
    """A check refuses the claim, or a person has yet to decide; ``results`` are those checks."""

    def __init__(self, results: Sequence[CheckResult]) -> None:
        super().__init__(", ".join(one.code for one in results))
        self.results = tuple(results)


@dataclass(frozen=True, slots=True)
class Issue:
    """What is particular to one issue: number, issuer (DID and name), the day and moment, the chain of evidence."""

    number: str
    issuer_id: str
    issuer_name: Both
    on: date
    issued_at: datetime
    chain: Sequence[dict[str, str]]


def build(claim: Claim, facts: Facts, issue: Issue) -> dict[str, Any]:
    """The statement. Raises ClaimNotReady, and StatementInvalid where a text or number does not fit the form."""
    results = evaluate(claim, facts, issue.on)
    waiting = open_points(results, claim)
    if waiting:
        raise ClaimNotReady(waiting)
    fields = {"type": TYPE} | _head(claim, issue) | _sums_of(claim, facts) | _rest(claim, facts, results)
    made: dict[str, Any] = {name: stated(value, name) for name, value in fields.items()}
    found = problems(made) or sums(made)
    if found:
        raise StatementInvalid([problem.sentence("en") for problem in found])
    return made


def ends_at(claim: Claim) -> datetime:
    """The moment at which a claim ends: the end of its last day in China. Raises ValueError without one."""
    if claim.valid_until is None:
        raise ValueError("The claim has no last day.")
    day = claim.valid_until
    return datetime(day.year, day.month, day.day, 15, 59, 59, tzinfo=UTC)


def problems(statement: Any) -> list[Problem]:
    """Everything that keeps ``statement`` from having the form of a claim; empty when it has it."""
    return form.problems(statement)


def sums(statement: dict[str, Any]) -> list[Problem]:
    """What does not fit in a statement of good form; empty when all fits."""
    return _sums(statement)


def _head(claim: Claim, issue: Issue) -> dict[str, Any]:
    subject, rules = claim.subject, rule_set(claim.rule_set)
    about: dict[str, Any] = {
        "type": subject.type,
        "name": _both(subject.name),
        "boundary": _both(subject.boundary),
        "sites": subject.sites,
    }
    if subject.unit.complete:
        about["unit"] = _both(subject.unit)
    return {
        "number": issue.number,
        "issuer": {"id": issue.issuer_id, "name": _both(issue.issuer_name)},
        "claimant": {"name": claim.claimant.name, "code": claim.claimant.code},
        "subject": about,
        "period": {"start": claim.period.start, "end": claim.period.end},
        "audience": claim.audience,
        "markets": claim.markets,
        "ruleSet": {"key": rules.key, "standards": _both(rules.name)},
        "footprint": _footprint(claim.footprint),
        "chain": issue.chain,
        "nextUpdate": claim.next_update,
        "issuedAt": issue.issued_at,
        "validUntil": ends_at(claim),
    }


def _footprint(footprint: Footprint) -> dict[str, Any]:
    verifier = footprint.verifier
    made: dict[str, Any] = {
        "kind": footprint.kind,
        "number": footprint.number,
        "version": footprint.version,
        "sha256": footprint.sha256,
        "unit": Unit.TCO2E,
        "total": footprint.total_t,
        "parts": amounts.parts_by_name(footprint.parts),
        "assurance": footprint.assurance,
        "verifier": {
            "body": verifier.body,
            "accreditation": verifier.accreditation,
            "person": verifier.person,
            "conclusion": verifier.conclusion,
            "validUntil": verifier.valid_until,
        },
    }
    optional = {"locationBased": footprint.location_based_t, "marketBased": footprint.market_based_t}
    if footprint.per_unit is not None:
        made["batch"] = {"perUnit": footprint.per_unit, "units": footprint.units}
    return made | {name: amount for name, amount in optional.items() if amount is not None}


def _sums_of(claim: Claim, facts: Facts) -> dict[str, Any]:
    reductions, made = claim.reductions, amounts.amounts(claim, facts, rule_set(claim.rule_set))
    return {
        "reductions": {
            "baselineYear": reductions.baseline_year,
            "baselineTotal": reductions.baseline_total_t,
            "reduced": reductions.reduced_t,
            "deducted": reductions.deducted_t,
            "removalsInside": reductions.removals_inside_t,
            "planSha256": reductions.plan_sha256,
        },
        "unabated": made.unabated,
        "residual": claim.residual_t,
        "toOffset": made.to_offset,
        "offset": made.offset,
        "share": made.share,
        "remainder": made.remainder,
    }


def _rest(claim: Claim, facts: Facts, results: Sequence[CheckResult]) -> dict[str, Any]:
    power = [(facts.units[use.position], use) for use in claim.electricity]
    return {
        "retirements": [_retirement(facts.units[key]) for key in claim.retirements],
        "electricity": [_units(units) | {"kwh": use.kwh, "site": use.site} for units, use in power],
        "checks": [_check(one, claim) for one in results],
        "people": _people(claim.people),
        "evidence": list(_evidence(claim, facts)),
        "wording": _both(wording.text(claim, facts, rule_set(claim.rule_set))),
    }


def _units(units: Units) -> dict[str, Any]:
    span, kind = units.position.span, instrument(units.lot.kind)
    return {
        "kind": units.lot.kind,
        "serial": units.lot.serial,
        "first": span.first,
        "last": span.last,
        "quantity": kind.quantity(span.count).amount,
        "retiredOn": units.retire.on if units.retire else None,
        "entry": units.entry,
        "link": units.link,
    }


def _retirement(units: Units) -> dict[str, Any]:
    lot, kind, retire = units.lot, instrument(units.lot.kind), units.retire
    return _units(units) | {
        "program": {"zh": kind.zh, "en": kind.en},
        "project": lot.project,
        "country": lot.country,
        "vintageStart": lot.vintage_start,
        "vintageEnd": lot.vintage_end,
        "reference": retire.reference if retire else "",
        "beneficiary": retire.beneficiary.name if retire else "",
    }


def _check(result: CheckResult, claim: Claim) -> dict[str, Any]:
    made = {
        "code": result.code,
        "outcome": result.outcome,
        "rule": _both(result.rule.rule),
        "validFrom": result.rule.valid_from,
    }
    decided = decision(claim, result.code) if result.outcome is Outcome.REVIEW else None
    if decided is None:
        return made
    by = {"id": decided.person.id, "name": decided.person.name}
    return made | {"decision": {"person": by, "reason": decided.reason}}


def _people(people: People) -> dict[str, Any]:
    roles = ("preparer", "reviewer", "verifier", "signatory")
    return {role: {"id": getattr(people, role).id, "name": getattr(people, role).name} for role in roles}


def _evidence(claim: Claim, facts: Facts) -> Iterator[dict[str, str]]:
    """The claim's own, and the files with the ledger's entries of its units."""
    names = {one.sha256: one.name or one.person for one in facts.files}
    for one in claim.evidence:
        yield {"what": one.what, "sha256": one.sha256, "by": names[one.sha256]}
    for key in (*claim.retirements, *(use.position for use in claim.electricity)):
        retire = facts.units[key].retire
        for sha256 in retire.evidence if retire else ():
            if sha256 in names:
                yield {"what": f"units.{key}", "sha256": sha256, "by": names[sha256]}


def _both(both: Both) -> dict[str, str]:
    return {"zh": both.zh, "en": both.en}
