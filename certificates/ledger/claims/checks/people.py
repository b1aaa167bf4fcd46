"""N19 evidence, N20 separate people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields

from certificates.ledger.claims import limits
from certificates.ledger.claims.amounts import known
from certificates.ledger.claims.checks.case import Case, folded
from certificates.ledger.claims.model import Claim, Evidence, FootprintKind, People
from certificates.ledger.claims.rules import RuleSet, told
from certificates.ledger.problems import Problem


def needed(claim: Claim, rules: RuleSet | None) -> tuple[str, ...]:
    """What a claim needs evidence of (``Evidence.what``): every number that people state. Retirements and certificates
    are proved by the ledger's entries, a label's footprint by the label."""
    found = ["verification", "baseline", "plan", "reductions", "residual"]
    if claim.footprint.kind is not FootprintKind.LABEL:
        found.append("footprint")
    else:
        found.append("batch")
    if known(claim.reductions.removals_inside_t):
        found.append("removals")
    if claim.uncovered.kwh is not None or claim.electricity:
        found.append("electricity")
    found += [f"foundation.{name}" for name in (rules.foundations if rules else ())]
    return tuple(found)


def n19(case: Case) -> Iterator[Problem]:
    """A stored file and its uploader behind every number."""
    claim, kept = case.claim, {one.sha256: one.person for one in case.facts.files}
    given: dict[str, list[Evidence]] = {}
    for one in claim.evidence:
        given.setdefault(one.what, []).append(one)
        if not re.fullmatch(limits.WHAT, one.what, re.ASCII):
            yield Problem("N19-what", {"what": one.what})
        if one.sha256 not in kept:
            yield Problem("N19-file-unknown", told("what", one.what) | {"sha256": one.sha256})
        elif not one.person.strip() or kept[one.sha256] != one.person:
            yield Problem("N19-uploader", told("what", one.what))
    for what in needed(claim, case.rules):
        if what not in given:
            yield Problem("N19-missing", told("what", what))
    named = {"plan": claim.reductions.plan_sha256}
    if claim.footprint.kind is not FootprintKind.LABEL:
        named["footprint"] = claim.footprint.sha256
    for what, sha256 in named.items():
        if what in given and sha256 not in {one.sha256 for one in given[what]}:
            yield Problem("N19-other-file", told("what", what))
    for key, units in case.all_units():
        proofs = {*(units.retire.evidence if units.retire else ()), *_hashes(given, f"units.{key}")}
        if not proofs & kept.keys():
            yield Problem("N19-units", {"position": key, "serial": units.lot.serial})


def _hashes(given: dict[str, list[Evidence]], what: str) -> Iterator[str]:
    return (one.sha256 for one in given.get(what, ()))


def n20(case: Case) -> Iterator[Problem]:
    """Four people, none twice; who shares a name with another is looked at by a person."""
    people = {one.name: getattr(case.claim.people, one.name) for one in fields(People)}
    for role, person in people.items():
        if not person.id.strip() or not person.name.strip():
            yield Problem("N20-missing", told("role", role))
    for identifier, count in Counter(person.id for person in people.values()).items():
        if identifier.strip() and count > 1:
            names = {person.name for person in people.values() if person.id == identifier}
            yield Problem("N20-same", {"name": " / ".join(sorted(names))})
    different = {(person.id, person.name) for person in people.values()}
    for name, count in Counter(folded(name) for _, name in different).items():
        if name and count > 1:
            yield Problem("N20-same-name", {"name": name})
    if folded(people["verifier"].name) != folded(case.claim.footprint.verifier.person):
        yield Problem("N20-other-verifier")
