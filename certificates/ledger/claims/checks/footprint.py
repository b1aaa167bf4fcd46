"""N03 footprint verified, N04 reductions first, N15 biogenic and removals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, localcontext

from certificates.ledger.claims import amounts
from certificates.ledger.claims.amounts import known
from certificates.ledger.claims.checks.case import Case, folded
from certificates.ledger.claims.model import Footprint, FootprintFact, FootprintKind, Opinion, Standing
from certificates.ledger.claims.rules import told
from certificates.ledger.problems import Problem

_FIRST_YEAR = 1900
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def n03(case: Case) -> Iterator[Problem]:
    """Locked, the one that is named, in force, verified by an accredited body without interest, and still so."""
    claimed, fact = case.claim.footprint, case.facts.footprint
    yield from _said(claimed)
    if fact is None:
        yield Problem("N03-footprint-unknown")
        return
    for name in ("kind", "number", "version", "sha256"):
        if getattr(claimed, name) != getattr(fact, name):
            yield Problem("N03-footprint-differs", told("field", name) | {"kept": str(getattr(fact, name))})
    total, parts = known(claimed.total_t), amounts.parts_by_name(claimed.parts)
    if total is None or total != known(fact.total_t) or parts != amounts.parts_by_name(fact.parts):
        yield Problem("N03-amounts-differ", {"kept": str(fact.total_t)})
    if not fact.locked:
        yield Problem("N03-not-locked")
    if fact.standing is not Standing.IN_FORCE:
        yield Problem("N03-not-in-force", told("standing", fact.standing))
    yield from _verified(case, claimed, fact)


def _said(claimed: Footprint) -> Iterator[Problem]:
    if not (claimed.number.strip() and claimed.version.strip() and _DIGEST.fullmatch(claimed.sha256)):
        yield Problem("N03-footprint-missing")
    verifier = claimed.verifier
    if not (verifier.body.strip() and verifier.accreditation.strip() and verifier.person.strip()):
        yield Problem("N03-verifier-missing")
    if claimed.kind is FootprintKind.LABEL:
        per_unit, units, total = known(claimed.per_unit), known(claimed.units), known(claimed.total_t)
        if per_unit is None or units is None or amounts.batch_total(per_unit, units) != total:
            yield Problem("N03-batch-differs")


def _verified(case: Case, claimed: Footprint, fact: FootprintFact) -> Iterator[Problem]:
    verifier = claimed.verifier
    if fact.assurance is None or fact.assurance is not claimed.assurance:
        yield Problem("N03-assurance")
    if (verifier.conclusion, verifier.valid_until) != (fact.conclusion, fact.verified_until):
        yield Problem("N03-verifier-differs")
    if fact.conclusion is Opinion.MODIFIED:
        yield Problem("N03-modified-opinion")
    elif fact.conclusion is not Opinion.UNMODIFIED:
        yield Problem("N03-opinion")
    if not fact.accredited:
        yield Problem("N03-not-accredited", {"body": verifier.body})
    if fact.verified_until is None or fact.verified_until < case.on:
        yield Problem("N03-verification-over", {"until": str(fact.verified_until or "–")})
    if not fact.independent:
        yield Problem("N03-not-independent", {"body": verifier.body})
    if fact.kind is FootprintKind.REPORT:
        yield Problem("N03-report-to-read")


def n04(case: Case) -> Iterator[Problem]:
    """Baseline, plan, reductions; what remains; what the rule set asks for before any offsetting."""
    claim, reductions = case.claim, case.claim.reductions
    baseline = known(reductions.baseline_total_t)
    if not (reductions.baseline_year or 0) >= _FIRST_YEAR or baseline is None or baseline <= 0:
        yield Problem("N04-baseline-missing")
    elif claim.period.end is not None and (reductions.baseline_year or 0) > claim.period.end.year:
        yield Problem("N04-baseline-after")
    if not _DIGEST.fullmatch(reductions.plan_sha256):
        yield Problem("N04-plan-missing")
    yield from _reduced(case, baseline)
    residual, left = known(claim.residual_t), case.amounts.unabated
    if residual is None or left is None:
        yield Problem("N04-residual-missing")
    elif not 0 <= residual <= left:
        yield Problem("N04-residual-beyond", {"unabated": f"{left:f}"})
    kept = {one.what for one in claim.evidence}
    for name in case.rules.foundations if case.rules else ():
        if f"foundation.{name}" not in kept:
            yield Problem("N04-foundation-missing", told("what", f"foundation.{name}"))


def _reduced(case: Case, baseline: Decimal | None) -> Iterator[Problem]:
    reduced, deducted = known(case.claim.reductions.reduced_t), known(case.claim.reductions.deducted_t)
    if reduced is None or deducted is None:
        yield Problem("N04-reductions-missing")
        return
    if not 0 <= deducted <= reduced or (baseline is not None and reduced > baseline):
        yield Problem("N04-reductions-disagree")
    if reduced == 0:
        yield Problem("N04-nothing-reduced")
    if deducted > 0:
        yield Problem("N04-deducted", {"deducted": f"{deducted:f}"})


def n15(case: Case) -> Iterator[Problem]:
    """Everything that is stated apart, and removals inside that are no credits."""
    parts = amounts.parts_by_name(case.claim.footprint.parts)
    given = {name: amount for name, amount in parts.items() if amount is not None}
    for name in sorted(parts.keys() - given.keys()):
        yield Problem("N15-part-missing", told("part", name))
    total = known(case.claim.footprint.total_t)
    if total is None:
        yield Problem("N15-total-missing")
    elif len(given) == len(parts):
        yield from _parts(total, given)
    yield from _removals(case, given.get("biogenicRemovals"))


def _parts(total: Decimal, parts: dict[str, Decimal]) -> Iterator[Problem]:
    with localcontext() as context:
        context.prec = amounts.PRECISION
        if parts["biogenicRemovals"] > 0:
            yield Problem("N15-removals-positive")
        if not amounts.parts_sum(total, parts):
            yield Problem("N15-parts-differ")
        if parts["aircraft"] > parts["fossil"] + amounts.step(total):
            yield Problem("N15-aircraft")


def _removals(case: Case, biogenic: Decimal | None) -> Iterator[Problem]:
    reductions = case.claim.reductions
    inside = known(reductions.removals_inside_t)
    if inside is None or inside < 0:
        yield Problem("N15-removals-missing")
    else:
        if biogenic is not None and inside < -biogenic:
            yield Problem("N15-removals-less")
        if inside > 0 and not any(name.strip() for name in reductions.removal_projects):
            yield Problem("N15-projects-missing")
    own = {folded(name) for name in reductions.removal_projects} - {""}
    for key, units in case.known_retirements():
        if {folded(units.lot.project), folded(units.lot.name)} & own:
            yield Problem("N15-removal-as-credit", {"position": key, "project": units.lot.project})
