"""N16 wording, N17 markets, N18 validity."""

from __future__ import annotations

import re
from collections.abc import Iterator

from certificates.forms import fits
from certificates.ledger.claims import limits, wording
from certificates.ledger.claims.checks.case import Case, named
from certificates.ledger.claims.days import months_after
from certificates.ledger.claims.model import Claim, Standing
from certificates.ledger.claims.rules import VALID_MONTHS, Market, markets, told
from certificates.ledger.problems import Problem

_MARKET = re.compile(r"[A-Z]{2}", re.ASCII)


def n16(case: Case) -> Iterator[Problem]:
    """Everything that must be said can be said, and nothing is said that must not."""
    claim, lacking = case.claim, wording.missing(case.claim, case.facts, case.rules)
    for element in lacking:
        yield Problem(f"N16-no-{element}")
    remark = claim.remark
    if bool(remark.zh.strip()) != bool(remark.en.strip()):
        yield Problem("N16-remark-in-one-language")
    if max(len(many) for many in _lists(claim)) > limits.UNITS or len(claim.evidence) > limits.EVIDENCE:
        yield Problem("N16-too-many", {"most": str(limits.UNITS), "files": str(limits.EVIDENCE)})
    elif not lacking and case.rules:
        said = wording.text(claim, case.facts, case.rules)
        if not (fits(said.zh, limits.WORDING) and fits(said.en, limits.WORDING)):
            yield Problem("N16-not-printable", {"longest": str(limits.WORDING)})
    for text, most in _texts(case):
        if text and not fits(text, most):
            yield Problem("N16-text", {"text": text, "most": str(most)})
    for word in wording.forbidden(claim, case.rules):
        yield Problem("N16-forbidden", {"word": word})


def _lists(claim: Claim) -> tuple[tuple[object, ...], ...]:
    return claim.retirements, claim.electricity, claim.subject.sites, claim.markets


def _texts(case: Case) -> Iterator[tuple[str, int]]:
    """Every text that the statement will hold, with its greatest length."""
    claim, verifier = case.claim, case.claim.footprint.verifier
    people = (claim.people.preparer, claim.people.reviewer, claim.people.verifier, claim.people.signatory)
    for both in (claim.subject.name, claim.subject.boundary, claim.subject.unit):
        yield from ((both.zh, limits.LINE), (both.en, limits.LINE))
    names = (claim.claimant.name, verifier.body, verifier.accreditation, verifier.person)
    yield from ((name, limits.NAME) for name in (*names, *claim.subject.sites))
    yield from ((name, limits.NAME) for name in (*(one.name for one in people), *_projects(case)))
    yield claim.claimant.code, limits.CODE
    keys = (claim.footprint.number, claim.footprint.version, *(one.id for one in people))
    yield from ((key, limits.KEY) for key in keys)
    yield from ((one.reason, limits.REASON) for one in claim.decisions)
    for _, units in case.all_units():
        yield units.lot.serial, limits.LINE
        if units.retire is not None:
            yield units.retire.reference, limits.LINE
            yield units.retire.beneficiary.name, limits.LINE


def _projects(case: Case) -> Iterator[str]:
    return (units.lot.project for _, units in case.known_retirements())


def n17(case: Case) -> Iterator[Problem]:
    """The standard holds, and the markets allow the claim."""
    claim, rules = case.claim, case.rules
    if rules is None:
        yield Problem("N17-rule-set", {"key": claim.rule_set})
    elif case.on < rules.valid_from:
        yield Problem("N17-rule-set-early", named(rules))
    elif not rules.holds_on(case.on):
        yield Problem("N17-withdrawn", named(rules))
    if not claim.markets:
        yield Problem("N17-market-missing")
    for market in claim.markets:
        if not _MARKET.fullmatch(market):
            yield Problem("N17-market-form", {"market": market})
    if claim.audience is None:
        yield Problem("N17-audience-missing")
    for rule in markets():
        yield from _market(case, rule)


def _market(case: Case, rule: Market) -> Iterator[Problem]:
    """Point 4c speaks of products, which are goods and services (Directive 2005/29/EC, Article 2(c)); claims on
    organisations and events fall under its general rules, so a person decides."""
    where = sorted({market.upper() for market in case.claim.markets} & rule.countries)
    if not where or not rule.holds_on(case.on) or case.claim.audience is not rule.audience:
        return
    said = {"markets": ", ".join(where), "rule": rule.name.en, "rule_zh": rule.name.zh}
    other = case.claim.subject.type is not None and case.claim.subject.type not in rule.subjects
    yield Problem("N17-eu-consumers" if other else "N17-forbidden", said)


def n18(case: Case) -> Iterator[Problem]:
    """At most twelve months after the period, not over, and resting on what stands."""
    until, end = case.claim.valid_until, case.claim.period.end
    if until is None or end is None:
        yield Problem("N18-validity-missing")
    else:
        last = months_after(end, VALID_MONTHS)
        if until > last:
            yield Problem("N18-too-long", {"last": last.isoformat()})
        if until < case.on:
            yield Problem("N18-over", {"until": until.isoformat()})
    update = case.claim.next_update
    if update is not None and update <= case.on:
        yield Problem("N18-update-passed", {"day": update.isoformat()})
    footprint = case.facts.footprint
    if footprint is None:
        yield Problem("N18-footprint-unknown")
    elif footprint.standing is not Standing.IN_FORCE:
        yield Problem("N18-footprint-fallen", told("standing", footprint.standing))
