"""What is looked up for a claim: certificates and balances, suppliers' uses, the footprint's standing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from certificates.ledger.claims.model import Evidence, PowerUse, Standing, Subject, SubjectType, Uncovered
from service.usecases.claims import checking, footprints, standings
from service.usecases.claims.dossier import held_by_id
from service.usecases.ledger import power
from tests.service.claims import making as claims
from tests.service.ledger import powermaking

D = Decimal
KWH = D(50_000)


@pytest.fixture
def powered(claimed):
    """A company's claim whose electricity is covered by certificates that a balance of the company keeps."""
    world = claimed("drafted").world
    powermaking.evidence(world)
    certificate = powermaking.retired(world, 50, 77, evidence=(powermaking.EVIDENCE,))
    balance = powermaking.opened(world)
    power.allocate(world["exporter"], power.Allocate(balance, (certificate,)), world.services)
    plain = claims.company(world)
    credit = claims.retired(world, claims.credits(world, 5001, 300), plain.period)
    site = "一厂"
    claim = replace(
        plain,
        subject=replace(plain.subject, sites=(site,)),
        retirements=(credit,),
        footprint=replace(plain.footprint, location_based_t=D(2300), market_based_t=D(2000)),
        electricity=(PowerUse(certificate, KWH, site, date(2025, 6, 1), date(2025, 6, 30)),),
        uncovered=Uncovered(D(86_600), D("0.6096")),
        evidence=(*plain.evidence, Evidence("electricity", powermaking.EVIDENCE)),
    )
    return world, claim, balance, certificate


def problems_of(world, key):
    """Codes of everything that is refused."""
    return {code for said in claims.problems(world, key).values() for code in said}


def test_certificates_that_the_own_balance_keeps_are_told_not_used_again(powered):
    world, claim, balance, certificate = powered
    key = claims.draft(world, claim)
    assert claims.problems(world, key) == {}
    claims.submit(world, key)
    with world.services.uow() as unit:
        assert unit.ledger.position(certificate).used_by == balance
    claims.approve(world, key, "reviewer")
    number = claims.issue(world, key)
    assert standings.standing(number, world.services).standing is Standing.IN_FORCE
    twin = replace(claim, subject=replace(claim.subject, name=claim.subject.boundary))
    assert "N13-used" in problems_of(world, claims.draft(world, twin))
    power.release(world["exporter"], power.Release(balance), world.services)
    assert standings.standing(number, world.services).standing is Standing.FROZEN


def test_certificates_of_the_account_serve_no_product(powered):
    world, claim, _, _ = powered
    product = replace(claim, subject=replace(claim.subject, type=SubjectType.PRODUCT_BATCH))
    assert "N13-used" in problems_of(world, claims.draft(world, product))


def test_uncovered_electricity_takes_the_residual_factor_and_no_other(powered):
    world, claim, _, _ = powered
    wrong = replace(claim, uncovered=Uncovered(D(86_600), D("0.5306")))
    assert "N14-residual-factor" in problems_of(world, claims.draft(world, wrong))


def test_certificates_are_no_tonnes(powered):
    world, claim, _, certificate = powered
    wrong = replace(claim, retirements=(*claim.retirements, certificate), electricity=())
    assert "N12-power-as-tonnes" in problems_of(world, claims.draft(world, wrong))


def test_a_label_stands_until_it_expires(claimed):
    made = claimed("drafted")
    with made.world.services.uow() as unit:
        held = held_by_id(unit, made.claim)
        label = unit.labels.get(made.world.number)
        for day, standing in (
            (made.world.clock().date(), Standing.IN_FORCE),
            (label.valid_until.date() + timedelta(days=1), Standing.EXPIRED),
        ):
            found = footprints.fact(unit, held.record, held.claim, set(), day)
            assert found.standing is standing
        assert not found.accredited, "no file proves the verification"


def test_a_report_without_its_file_is_unknown(claimed):
    world = claimed("drafted").world
    claim = claims.company(world)
    claim = replace(claim, footprint=replace(claim.footprint, sha256="0" * 64))
    found = checking.checklist(world["exporter"], claims.draft(world, claim), world.services)
    assert found.facts.footprint is None
    assert found.facts.residual_factor == D("0.6096")


def test_nobody_verifies_its_own_report(claimed):
    world = claimed("drafted").world
    claim = claims.company(world)
    verifier = replace(claim.footprint.verifier, body="演示铝业")
    claim = replace(claim, footprint=replace(claim.footprint, verifier=verifier), subject=Subject())
    assert "N03-not-independent" in problems_of(world, claims.draft(world, claim))
