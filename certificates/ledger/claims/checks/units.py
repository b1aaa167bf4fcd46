"""N05 enough, N06 retired, N07 in the claimant's name, N08 used once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from certificates.ledger.claims.checks.case import Case, in_name_of, retired, values
from certificates.ledger.claims.days import months_after
from certificates.ledger.claims.model import Units
from certificates.ledger.claims.rules import told
from certificates.ledger.entries import Purpose, Retire
from certificates.ledger.problems import Problem


def n05(case: Case) -> Iterator[Problem]:
    """What is retired is no less than what is to be offset, in whole tonnes."""
    sums = case.amounts
    yield from case.nothing_known("N05")
    if sums.unabated is None or sums.to_offset is None:
        yield Problem("N05-need-unknown")
        return
    if sums.unabated <= 0:
        yield Problem("N05-nothing-to-offset")
    if sums.offset < sums.to_offset:
        missing = f"{sums.to_offset - sums.offset:f}"
        yield Problem("N05-short", {"needed": f"{sums.to_offset:f}", "missing": missing})
    below = case.rules.below_share if case.rules else None
    if below is not None and sums.offset * 100 >= sums.unabated * below:
        yield Problem("N05-beyond-tier", {"below": str(below)})


def n06(case: Case) -> Iterator[Problem]:
    """Retired, by the day of issue, and in time after the period."""
    yield from case.nothing_known("N06")
    end = case.claim.period.end
    if end is None or case.rules is None:
        yield Problem("N06-term-unknown")
    for key, units in case.known_retirements():
        if not retired(units) or units.retire is None:
            yield Problem("N06-not-retired", values(key, units, **told("state", units.position.state)))
            continue
        day = units.retire.on
        if day > case.on:
            yield Problem("N06-retired-later", values(key, units, day=day.isoformat()))
        if end is not None and case.rules is not None:
            last = months_after(end, case.rules.retire_months)
            if day > last:
                yield Problem("N06-too-late", values(key, units, day=day.isoformat(), last=last.isoformat()))


def n07(case: Case) -> Iterator[Problem]:
    """The claimant's, for this, and for days of the period; on behalf only with everything written."""
    yield from case.nothing_known("N07")
    for key, units in case.known_retirements():
        if units.retire is None:
            yield Problem("N07-beneficiary-missing", values(key, units))
        else:
            yield from _in_name(case, key, units, units.retire)


def _in_name(case: Case, key: str, units: Units, retire: Retire) -> Iterator[Problem]:
    name = retire.beneficiary.name
    if not in_name_of(retire.beneficiary, case.claim.claimant):
        yield Problem("N07-other-beneficiary", values(key, units, beneficiary=name))
    if retire.purpose in (Purpose.OBLIGATION, Purpose.ELECTRICITY_USE):
        yield Problem("N07-other-purpose", values(key, units, **told("purpose", retire.purpose)))
    elif retire.purpose is Purpose.OTHER:
        yield Problem("N07-purpose-unclear" if units.own else "N07-on-behalf", values(key, units))
    if not units.own and not name.strip():
        yield Problem("N07-on-behalf", values(key, units))
    start, end = case.claim.period.start, case.claim.period.end
    if start is None or end is None or retire.period_end < start or end < retire.period_start:
        yield Problem("N07-other-period", values(key, units))


def n08(case: Case) -> Iterator[Problem]:
    """No unit twice: not in this claim, not in another, not in a footprint."""
    yield from case.nothing_known("N08")
    claim = case.claim
    for key, count in Counter((*claim.retirements, *(use.position for use in claim.electricity))).items():
        if count > 1:
            yield Problem("N08-twice", {"position": key})
    found = dict(case.all_units())
    for key, units in found.items():
        for user in units.used_by:
            yield Problem("N08-used", values(key, units, user=user))
    # in order of numbering a range that overlaps any before it overlaps the one that reaches furthest
    furthest: tuple[str, Units] | None = None
    for key, units in sorted(found.items(), key=lambda pair: pair[1].position.span):
        span = units.position.span
        if furthest is not None and furthest[1].position.span.shares(span):
            yield Problem("N08-overlaps", values(key, units, other=furthest[0]))
        before = furthest[1].position.span if furthest else span
        if before.space != span.space or span.last >= before.last:
            furthest = (key, units)
