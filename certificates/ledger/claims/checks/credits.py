"""N09 serial numbers, N10 vintage, N11 kinds allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from certificates.ledger import serials
from certificates.ledger.claims.checks.case import Case, named, values
from certificates.ledger.claims.days import months_after
from certificates.ledger.claims.model import Units
from certificates.ledger.claims.rules import RuleSet, label_name, label_words
from certificates.ledger.instruments import instrument
from certificates.ledger.problems import Problem
from certificates.ledger.quantity import Unit


def n09(case: Case) -> Iterator[Problem]:
    """Serial, range, project and vintage agree; what ``certificates.ledger.serials`` finds is told after each unit."""
    yield from case.nothing_known("N09")
    for key, units in case.all_units():
        found = list(serials.problems(units.lot))
        if found:
            yield Problem("N09-serial", values(key, units))
        yield from found
        if not units.position.span.within(units.lot.span):
            yield Problem("N09-range", values(key, units))


def n10(case: Case) -> Iterator[Problem]:
    """Not before the floor, over before retirement, and not after the period."""
    yield from case.nothing_known("N10")
    end = case.claim.period.end
    if end is None or case.rules is None:
        yield Problem("N10-term-unknown")
        return
    for key, units in case.known_retirements():
        lot = units.lot
        used = units.retire.on if units.retire is not None else case.on
        oldest = _oldest(end, case.rules, units)
        if lot.vintage_start < oldest:
            yield Problem("N10-too-old", values(key, units, oldest=oldest.isoformat()))
        if lot.vintage_end > end:
            yield Problem("N10-after-period", values(key, units, vintage=lot.vintage_end.isoformat()))
        if lot.vintage_end >= min(used, case.on) or any("ex-ante" in name.casefold() for name in lot.labels):
            yield Problem("N10-not-ex-post", values(key, units, vintage=lot.vintage_end.isoformat()))


def _oldest(end: date, rules: RuleSet, units: Units) -> date:
    by_policy = months_after(end, -12 * rules.vintage_years)
    after = instrument(units.lot.kind).vintage_after
    return by_policy if after is None else max(by_policy, after + timedelta(days=1))


def n11(case: Case) -> Iterator[Problem]:
    """The rule set covers the subject, and every credit is on its list, preferred, with the labels it asks for."""
    yield from case.nothing_known("N11")
    rules = case.rules
    if rules is None:
        yield Problem("N11-rule-set", {"key": case.claim.rule_set})
        return
    if case.claim.subject.type not in rules.subjects:
        yield Problem("N11-subject", named(rules))
    for key, units in case.known_retirements():
        kind = units.lot.kind
        if kind not in rules.kinds:
            yield Problem("N11-kind", values(key, units))
        elif kind not in rules.preferred:
            yield Problem("N11-not-preferred", values(key, units))
        if instrument(kind).unit is not Unit.TCO2E:
            continue
        for label in rules.labels:
            name = label_name(label)
            if not _carries(units, label):
                yield Problem("N11-label-missing", values(key, units, label=name.en, label_zh=name.zh))


def _carries(units: Units, label: str) -> bool:
    words = "|".join(map(re.escape, label_words(label)))
    return any(re.search(rf"\b({words})\b", name.casefold()) for name in units.lot.labels)
