"""N12 to N14: certificates beside credits, their use, and what others counted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from neutral import PLANT, YEAR, company, days, product, put, units, vintage
from refusing import answered

from certificates.ledger.claims.results import Outcome
from certificates.ledger.entries import Beneficiary, Purpose
from certificates.ledger.instruments import Kind
from certificates.ledger.positions import State

COMPANY, PRODUCT = company(), product()
POWER, USE = "facts.units.[62:0]", COMPANY.claim.electricity[0]


def used(**more):
    return ("claim.electricity", (replace(USE, **more),))


@pytest.mark.parametrize(
    ("check", "path", "value", "codes"),
    [
        ("N13", "claim.electricity", (replace(USE, position="9.9"),), ["unknown"]),
        ("N13", *used(kwh=None), ["kwh-missing"]),
        ("N13", *used(kwh=D(0)), ["kwh-missing"]),
        ("N13", *used(kwh=D(12000)), []),
        ("N13", *used(kwh=D("12000.01")), ["too-much"]),
        ("N13", *used(site="别处"), ["site"]),
        ("N13", *used(site=""), ["site"]),
        ("N13", *used(start=None), ["period"]),
        ("N13", *used(end=date(2026, 1, 1)), ["period", "retired-for-other-period"]),
        ("N13", *used(start=date(2025, 1, 1), end=date(2025, 12, 31)), []),
        ("N13", *used(start=date(2025, 7, 1), end=date(2025, 7, 31)), []),
        ("N13", *used(start=date(2025, 5, 1), end=date(2025, 5, 31)), ["generated-in-other-period"]),
        ("N13", f"{POWER}.lot.vintage_start", date(2024, 7, 1), []),
        ("N13", f"{POWER}.lot.vintage_start", date(2024, 6, 30), ["generated-in-other-period"]),
        ("N13", f"{POWER}.position.state", State.HELD, ["not-retired"]),
        ("N13", f"{POWER}.retire", None, ["not-retired"]),
        ("N13", f"{POWER}.retire.on", date(2027, 5, 31), ["retired-later"]),
        ("N13", f"{POWER}.retire.on", date(2027, 6, 1), ["retired-later", "expired"]),
        ("N13", f"{POWER}.retire.beneficiary", Beneficiary("别的公司"), ["other-beneficiary"]),
        ("N13", f"{POWER}.retire.purpose", Purpose.NEUTRALISATION, ["purpose"]),
        ("N13", f"{POWER}.retire.period_start", date(2025, 6, 2), ["retired-for-other-period"]),
        ("N13", f"{POWER}.retire.period_start", date(2025, 7, 1), ["retired-for-other-period"]),
        ("N13", f"{POWER}.used_by", ("label TB-2026-0000001-L",), ["used"]),
        ("N14", f"{POWER}.upstream", ("供应商甲",), ["upstream"]),
        ("N14", "facts.units.[61:0].upstream", ("供应商甲",), ["upstream"]),
        ("N14", "claim.footprint.location_based_t", None, ["location-based-missing"]),
        ("N14", "claim.footprint.market_based_t", None, ["market-based-missing"]),
        ("N14", "claim.footprint.market_based_t", D(1999), ["total-not-market-based"]),
        ("N14", "claim.uncovered.kwh", None, ["uncovered-missing"]),
        ("N14", "claim.uncovered.factor", D("0.5366"), ["residual-factor"]),
        ("N14", "claim.uncovered.factor", None, ["residual-factor"]),
        ("N14", "facts.residual_factor", None, ["residual-factor"]),
        ("N14", "claim.uncovered.kwh", D(0), []),
    ],
)
def test_what_is_refused(check, path, value, codes):
    outcome, found = answered(COMPANY, check, (path, value))
    assert found == codes
    assert outcome is (Outcome.FAIL if codes else Outcome.PASS)


def test_an_i_rec_of_china_from_2025_is_none():
    path = ("facts.units.[62:0].lot.kind", Kind.I_REC)
    assert answered(COMPANY, "N13", path)[1] == ["not-eligible"]


UNASKED = ("facts.upstream_known", False)


def test_suppliers_of_electricity_that_nobody_could_ask_are_for_a_person():
    assert answered(COMPANY, "N14", UNASKED) == (Outcome.REVIEW, ["upstream-unknown"])
    nothing = ("claim.electricity", ())
    assert answered(COMPANY, "N14", UNASKED, nothing) == (Outcome.REVIEW, ["upstream-unknown"]), (
        "market-based"
    )


def test_credits_retired_once_in_the_claimants_name_need_no_supplier_to_be_asked():
    assert answered(PRODUCT, "N14", UNASKED) == (Outcome.PASS, [])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("retire.beneficiary", Beneficiary("供应商甲")),
        ("position.state", State.HELD),
        ("retire", None),
        ("own", False),
        ("used_by", ("claim TB-1",)),
        ("rivals", (COMPANY.facts.units["62.0"].lot,)),
    ],
)
def test_credits_that_somebody_else_may_count_are_for_a_person(path, value):
    found = answered(PRODUCT, "N14", UNASKED, (f"facts.units.[41:0].{path}", value))
    assert found == (Outcome.REVIEW, ["upstream-unknown"])


def test_a_contract_of_china_is_no_certificate():
    path = "facts.units.[62:0].lot"
    lot = replace(COMPANY.facts.units["62.0"].lot, kind=Kind.POWER_CONTRACT)
    assert "no-proof" in answered(COMPANY, "N13", (path, lot))[1]
    nuclear = replace(lot, technology="核电")
    assert "no-proof" not in answered(COMPANY, "N13", (path, nuclear))[1]


def test_electricity_never_offsets_tonnes_nor_credits_electricity():
    swapped = [
        ("claim.retirements", ("62.0",)),
        ("claim.electricity", (replace(USE, position="61.0"),)),
    ]
    assert answered(COMPANY, "N12", *swapped) == (Outcome.FAIL, ["power-as-tonnes", "credit-as-power"])
    assert "short" in answered(COMPANY, "N05", *swapped)[1]


def ccer(**more):
    lot = {"project": "海上风电", "methodology": "CCER-01-002-V01", "country": "CN", "count": 300}
    serial = "CCER-2025-01-002-9"
    return units(61, Kind.CCER, serial, lot | vintage(2025) | more, days(date(2026, 3, 1), YEAR))


SAME, OPEN = "same-electricity", "same-electricity-undecided"


@pytest.mark.parametrize(
    ("on", "outcome", "codes"),
    [
        (date(2024, 9, 30), Outcome.REVIEW, [OPEN]),
        (date(2024, 10, 1), Outcome.FAIL, [SAME]),
        (date(2026, 9, 30), Outcome.FAIL, [SAME]),
        (date(2026, 10, 1), Outcome.REVIEW, [OPEN]),
    ],
)
def test_certificate_and_ccer_of_the_same_electricity_by_day(on, outcome, codes):
    both = ("facts.units.[61:0]", ccer(electricity=PLANT))
    assert answered(COMPANY, "N12", both, ("on", on)) == (outcome, codes)


def test_another_credit_of_the_same_electricity_is_refused_whatever_the_day():
    path = "facts.units.[61:0].lot"
    both = (path, replace(COMPANY.facts.units["61.0"].lot, electricity=PLANT, vintage_end=date(2025, 12, 31)))
    for on in (date(2024, 9, 30), date(2025, 1, 1), date(2026, 11, 22)):
        assert answered(COMPANY, "N12", both, ("on", on)) == (Outcome.FAIL, [SAME])


def test_a_power_project_that_names_no_plant_is_for_a_person():
    found = answered(COMPANY, "N12", ("facts.units.[61:0]", ccer()))
    assert found == (Outcome.REVIEW, ["electricity-unknown"])


@pytest.mark.parametrize(
    "more",
    [
        {"electricity": "Z" * 17},
        {"electricity": PLANT, "vintage_start": date(2025, 7, 1)},
        {"electricity": PLANT, "vintage_end": date(2025, 5, 31)},
        {"methodology": "CCER-14-001-V01"},
    ],
)
def test_other_plant_other_months_or_a_forest_are_no_conflict(more):
    found = answered(COMPANY, "N12", ("facts.units.[61:0]", ccer(**more)), ("on", date(2026, 1, 1)))
    assert found == (Outcome.PASS, [])


def test_a_rival_that_only_the_ledger_knows_of_counts():
    rival = put(ccer(electricity=PLANT).lot, "serial", "CCER-other")
    found = answered(COMPANY, "N12", ("facts.units.[62:0].rivals", (rival,)), ("on", date(2026, 1, 1)))
    assert found == (Outcome.FAIL, [SAME])
