"""N12 green certificates apart, N13 certificates valid, N14 double counting."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from certificates.ledger import technologies
from certificates.ledger.claims.amounts import known
from certificates.ledger.claims.checks.case import Case, folded, in_name_of, retired, values
from certificates.ledger.claims.days import months_after
from certificates.ledger.claims.model import Period, PowerUse, SubjectType, Units
from certificates.ledger.claims.rules import told
from certificates.ledger.entries import Purpose, Retire
from certificates.ledger.instruments import Kind, exclusion, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.power import proves
from certificates.ledger.problems import Problem
from certificates.ledger.quantity import Unit

_KWH = 1000
"""kWh in a MWh."""


def n12(case: Case) -> Iterator[Problem]:
    """Certificates are never tonnes, credits never electricity, and no electricity is behind both."""
    yield from case.nothing_known("N12")
    for key, units in case.known_retirements():
        if not _is_credit(units.lot):
            yield Problem("N12-power-as-tonnes", values(key, units))
    for key, units in case.power():
        if _is_credit(units.lot):
            yield Problem("N12-credit-as-power", values(key, units))
    for certificate, credit in _pairs(case):
        yield from _both_on_one(case, certificate, credit)


def _pairs(case: Case) -> Iterator[tuple[Lot, Lot]]:
    """Certificates with the credits that rest, or may rest, on the same electricity: of the claim, and rivals that the
    ledger knows of."""
    lots = dict.fromkeys(lot for _, units in case.all_units() for lot in (units.lot, *units.rivals))
    certificates: dict[str, list[Lot]] = {}
    for one in lots:
        if not _is_credit(one):
            for plant in {folded(one.electricity), ""}:
                certificates.setdefault(plant, []).append(one)
    for credit in filter(_is_credit, lots):
        plant = folded(credit.electricity)
        if plant or instrument(credit.kind).needs_plant(credit.methodology):
            yield from ((one, credit) for one in certificates.get(plant, ()))


def _both_on_one(case: Case, certificate: Lot, credit: Lot) -> Iterator[Problem]:
    """For CCER a notice decides while it holds; afterwards a person. Other credits were never allowed beside one. What
    the claim does not name may be somebody else's: its serial is not told."""
    if certificate.vintage_end < credit.vintage_start or credit.vintage_end < certificate.vintage_start:
        return
    kind = instrument(credit.kind)
    own = {units.lot for _, units in case.all_units()}
    serials = [one.serial if one in own else "—" for one in (certificate, credit)]
    said = {"certificate": serials[0], "credit": serials[1], "kind": kind.en, "kind_zh": kind.zh}
    notice = exclusion(case.on)
    if credit.electricity:
        undecided = credit.kind is Kind.CCER and notice.since is None
        code = "N12-same-electricity-undecided" if undecided else "N12-same-electricity"
        yield Problem(code, said | {"rule": notice.source})
    else:
        yield Problem("N12-electricity-unknown", said)


def n13(case: Case) -> Iterator[Problem]:
    """Each certificate used: valid when retired, the claimant's, for these days and this site, no more than it is."""
    for use in case.claim.electricity:
        units = case.facts.units.get(use.position)
        if units is None:
            yield Problem("N13-unknown", {"position": use.position})
            continue
        yield from _used(case, use, units)
        if not retired(units) or units.retire is None:
            yield Problem(
                "N13-not-retired", values(use.position, units, **told("state", units.position.state))
            )
        else:
            yield from _retired(case, use, units, units.retire)
        for user in units.used_by:
            yield Problem("N13-used", values(use.position, units, user=user))


def _used(case: Case, use: PowerUse, units: Units) -> Iterator[Problem]:
    said = values(use.position, units)
    kwh, quantity = known(use.kwh), instrument(units.lot.kind).quantity(units.position.span.count)
    if kwh is None or kwh <= 0:
        yield Problem("N13-kwh-missing", said)
    elif quantity.unit is not Unit.MWH or kwh > quantity.amount * _KWH:
        yield Problem("N13-too-much", said | {"kwh": f"{kwh:f}", "quantity": str(quantity)})
    if folded(use.site) not in {folded(site) for site in case.claim.subject.sites} - {""}:
        yield Problem("N13-site", said | {"site": use.site})
    if not _within(use, case.claim.period):
        yield Problem("N13-period", said)
    if not instrument(units.lot.kind).accepts(units.lot.country, units.lot.vintage_start):
        yield Problem("N13-not-eligible", said)
    if not proves(units.lot.kind, units.lot.country, units.lot.technology):
        yield Problem("N13-no-proof", said)


def _within(use: PowerUse, period: Period) -> bool:
    if use.start is None or use.end is None or period.start is None or period.end is None:
        return False
    return period.start <= use.start <= use.end <= period.end


def _retired(case: Case, use: PowerUse, units: Units, retire: Retire) -> Iterator[Problem]:
    said, last = values(use.position, units), units.lot.expires_on
    if retire.on > case.on:
        yield Problem("N13-retired-later", said | {"day": retire.on.isoformat()})
    if last is not None and retire.on > last:
        yield Problem("N13-expired", said | {"last": last.isoformat(), "day": retire.on.isoformat()})
    if not in_name_of(retire.beneficiary, case.claim.claimant):
        yield Problem("N13-other-beneficiary", said | {"beneficiary": retire.beneficiary.name})
    if retire.purpose is not Purpose.ELECTRICITY_USE:
        yield Problem("N13-purpose", said | told("purpose", retire.purpose))
    if use.start is None or use.end is None:
        return
    holds = retire.period_start <= use.start <= use.end <= retire.period_end
    if not (holds or use.start <= retire.period_start <= retire.period_end <= use.end):
        yield Problem("N13-retired-for-other-period", said)
    # as for a power balance (certificates.ledger.power, rule 3): the months of use, or at most so many before their end
    months = -technologies.rules()["matching"]["months"] + 1
    earliest = min(use.start, months_after(use.end.replace(day=1), months)).replace(day=1)
    if units.lot.vintage_start < earliest or use.end < units.lot.vintage_start:
        yield Problem("N13-generated-in-other-period", said)


def n14(case: Case) -> Iterator[Problem]:
    """Nobody upstream counted the same units; uncovered kWh use the residual factor; both totals stand."""
    yield from case.nothing_known("N14")
    if not case.facts.upstream_known and not _nobody_else_could(case):
        yield Problem("N14-upstream-unknown")
    for key, units in case.all_units():
        for user in units.upstream:
            yield Problem("N14-upstream", values(key, units, user=user))
    if case.claim.subject.type is SubjectType.ORGANISATION:
        yield from _scope_2(case)


def _nobody_else_could(case: Case) -> bool:
    """True where suppliers need not be asked: every unit is a credit that its registry retired in the claimant's name,
    out of the claimant's account, and that nobody here uses otherwise. A registry retires a unit once, in one name, so
    no supplier can hold a retirement of it. Electricity is another matter: what a supplier delivered as green may be
    counted in its own account or in the factor it hands on, whoever has the certificate."""
    if case.claim.electricity or case.claim.footprint.market_based_t is not None:
        return False
    return all(
        _is_credit(units.lot)
        and retired(units)
        and units.retire is not None
        and in_name_of(units.retire.beneficiary, case.claim.claimant)
        and units.own
        and not (units.used_by or units.upstream or units.rivals)
        for _, units in case.known_retirements()
    )


def _scope_2(case: Case) -> Iterator[Problem]:
    footprint, uncovered = case.claim.footprint, case.claim.uncovered
    if footprint.market_based_t is None and not case.claim.electricity:
        return
    market_based = known(footprint.market_based_t)
    if market_based is None:
        yield Problem("N14-market-based-missing")
    elif case.claim.electricity and market_based != known(footprint.total_t):
        yield Problem("N14-total-not-market-based", {"market": f"{market_based:f}"})
    if known(footprint.location_based_t) is None:
        yield Problem("N14-location-based-missing")
    kwh, factor, official = known(uncovered.kwh), known(uncovered.factor), known(case.facts.residual_factor)
    if kwh is None or kwh < 0:
        yield Problem("N14-uncovered-missing")
    elif kwh > 0 and (official is None or factor != official):
        yield Problem("N14-residual-factor", {"factor": _text(factor), "official": _text(official)})


def _text(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:f}"


def _is_credit(lot: Lot) -> bool:
    return instrument(lot.kind).unit is Unit.TCO2E
