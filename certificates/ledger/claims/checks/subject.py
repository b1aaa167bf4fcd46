"""N01 subject and boundary, N02 period."""

from __future__ import annotations

from collections.abc import Iterator

from certificates.ledger.claims.checks.case import Case
from certificates.ledger.claims.model import Standing, SubjectType
from certificates.ledger.problems import Problem

_GONE = {Standing.WITHDRAWN, Standing.SUPERSEDED}
"""What no longer claims its period. An expired claim still covers what it covered."""


def n01(case: Case) -> Iterator[Problem]:
    """Claimant, type, name, boundary and places; the functional unit of a product or service."""
    subject = case.claim.subject
    if not case.claim.claimant.name.strip():
        yield Problem("N01-claimant-missing")
    if subject.type is None:
        yield Problem("N01-type-missing")
    if not subject.name.complete:
        yield Problem("N01-name-missing")
    if not subject.boundary.complete:
        yield Problem("N01-boundary-missing")
    if subject.type in (SubjectType.PRODUCT_BATCH, SubjectType.SERVICE) and not subject.unit.complete:
        yield Problem("N01-unit-missing")
    if not subject.sites or not all(site.strip() for site in subject.sites):
        yield Problem("N01-sites-missing")


def n02(case: Case) -> Iterator[Problem]:
    """Over, the footprint's, and no other claim's of the same subject."""
    start, end, footprint = case.claim.period.start, case.claim.period.end, case.facts.footprint
    if start is None or end is None:
        yield Problem("N02-period-missing")
        return
    if end < start:
        yield Problem("N02-period-backwards")
    if end >= case.on:
        yield Problem("N02-period-not-over", {"end": end.isoformat()})
    if footprint is None:
        yield Problem("N02-footprint-unknown")
    elif (footprint.start, footprint.end) != (start, end):
        yield Problem("N02-period-differs", {"footprint": f"{footprint.start} – {footprint.end}"})
    for other in case.facts.claims:
        if other.standing not in _GONE and other.start <= end and start <= other.end:
            yield Problem("N02-overlaps", {"number": other.number})
