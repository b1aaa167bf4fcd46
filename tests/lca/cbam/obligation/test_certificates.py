"""Certificates: the equation, no offset between goods, the draft deduction, and a second implementation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.cbam.goods import FunctionalUnit
from lca.cbam.monitoring import CarbonPrice
from lca.cbam.obligation.certificates import (
    Basis,
    CarbonPriceNotLaw,
    Declared,
    PricePaid,
    basis_of,
    certificates,
    effective_price,
    quantity_in_basis,
    total,
)
from lca.cbam.results import Path

D = Decimal
COIL = Declared(
    good="coil",
    cn="72081000",
    quantity=D(100),
    basis=Basis.TONNE,
    see=D("3.5057"),
    sefa=D("1.33575"),
    path=Path.ACTUAL,
    marks=("P", "T"),
)


def amounts(low: str, high: str, places: int = 4) -> st.SearchStrategy[Decimal]:
    return st.decimals(D(low), D(high), allow_nan=False, places=places)


DECLARED = st.builds(
    replace,
    st.just(COIL),
    quantity=amounts("0", "100000", 3),
    see=amounts("0", "40", 7),
    sefa=amounts("0", "6", 5),
)


def test_hundred_tonnes_of_coil() -> None:
    owed = certificates(COIL)
    assert (owed.embedded, owed.adjustment) == (D("350.57"), D("133.575"))
    assert (owed.certificates, owed.mark, owed.draft) == (D("216.995"), "T", False)
    assert {figure.key for figure in owed.figures} == {"quantity", "see", "sefa"}
    assert all(figure.record == "coil" for figure in owed.figures)


def test_see_has_five_decimals_half_up() -> None:
    assert certificates(replace(COIL, see=D("2.000005"))).see == D("2.00001")


def test_less_than_free_allocation_owes_nothing_and_gives_nothing_away() -> None:
    low = certificates(replace(COIL, see=D("0.5")))
    assert low.certificates == 0
    assert total([certificates(COIL), low]) == D("216.995")


@pytest.mark.parametrize(("quantity", "sefa"), [(D(-1), D(1)), (D(1), D("-0.1"))])
def test_negative_inputs_are_refused(quantity: Decimal, sefa: Decimal) -> None:
    with pytest.raises(ValueError, match="negative"):
        replace(COIL, quantity=quantity, sefa=sefa)


@pytest.mark.parametrize(
    ("unit", "basis"),
    [
        (FunctionalUnit.TONNE, Basis.TONNE),
        (FunctionalUnit.KG_NITROGEN, Basis.TONNE),
        (FunctionalUnit.TONNE_CLINKER, Basis.TONNE_CLINKER),
        (FunctionalUnit.KWH, Basis.MEGAWATT_HOUR),
    ],
)
def test_what_the_quantity_counts(unit: FunctionalUnit, basis: Basis) -> None:
    assert basis_of(unit) is basis


def test_cement_counts_its_clinker() -> None:
    assert quantity_in_basis(D(100), FunctionalUnit.TONNE_CLINKER, D("0.7")) == D(70)
    assert quantity_in_basis(D(100), FunctionalUnit.TONNE_CLINKER, None) is None
    assert quantity_in_basis(D(100), FunctionalUnit.KG_NITROGEN, D(460)) == D(100)


# --- the draft


def test_a_price_paid_is_not_deducted_unasked() -> None:
    with pytest.raises(CarbonPriceNotLaw, match="draft"):
        certificates(COIL, paid=PricePaid(effective=D(10), reference=D(75)))


def test_the_draft_deducts_and_says_so() -> None:
    """EUR 15 per tonne over a reference price of 75 are 0.2 certificates per tonne."""
    owed = certificates(COIL, paid=PricePaid(effective=D(15), reference=D(75)), draft=True)
    assert (owed.deduction, owed.certificates) == (D(20), D("196.995"))
    assert (owed.draft, owed.mark) == (True, "?")
    assert [finding.code for finding in owed.findings] == ["cbam-price-paid-draft"]


def test_the_deduction_is_capped_at_what_is_owed() -> None:
    owed = certificates(COIL, paid=PricePaid(effective=D(500), reference=D(75)), draft=True)
    assert (owed.certificates, owed.deduction) == (D(0), D("216.995"))


def test_default_values_leave_no_room_for_it() -> None:
    paid = PricePaid(effective=D(15), reference=D(75))
    owed = certificates(replace(COIL, path=Path.DEFAULT), paid=paid, draft=True)
    assert (owed.certificates, owed.deduction, owed.draft) == (D("216.995"), D(0), False)
    assert [finding.code for finding in owed.findings] == ["cbam-price-paid-on-default"]


def test_the_effective_price_is_net_of_what_was_given_free() -> None:
    """100 yuan at 0.13, 2.0 t covered of which 1.9 free: EUR 1.30 per tonne."""
    price = CarbonPrice(
        good="coil",
        instrument="ETS",
        price=100.0,
        currency="CNY",
        eur_rate=0.13,
        covered_t=2.0,
        rebate_t=1.9,
    )
    assert effective_price(price, D(1)) == D("1.3")
    assert effective_price(replace(price, rebate_t=2.5), D(1)) == 0


@pytest.mark.parametrize(("effective", "reference"), [(D(-1), D(75)), (D(1), D(0)), (D(1), D(-5))])
def test_prices_that_cannot_be(effective: Decimal, reference: Decimal) -> None:
    with pytest.raises(ValueError, match="price"):
        PricePaid(effective=effective, reference=reference)


# --- properties


@given(good=DECLARED)
@settings(max_examples=60, deadline=None)
def test_never_negative(good: Declared) -> None:
    assert certificates(good).certificates >= 0


@given(good=DECLARED, more=amounts("0", "5", 6))
@settings(max_examples=60, deadline=None)
def test_more_emissions_never_owe_less(good: Declared, more: Decimal) -> None:
    assert certificates(replace(good, see=good.see + more)).certificates >= certificates(good).certificates


@given(good=DECLARED, more=amounts("0", "5", 6))
@settings(max_examples=60, deadline=None)
def test_more_free_allocation_never_owes_more(good: Declared, more: Decimal) -> None:
    assert certificates(replace(good, sefa=good.sefa + more)).certificates <= certificates(good).certificates


@given(goods=st.lists(DECLARED, min_size=2, max_size=5))
@settings(max_examples=60, deadline=None)
def test_goods_are_never_offset(goods: list[Declared]) -> None:
    together = total(certificates(good) for good in goods)
    netted = sum((good.quantity * (certificates(good).see - good.sefa) for good in goods), D(0))
    assert together == sum(certificates(good).certificates for good in goods)
    assert together >= netted


@given(good=DECLARED, effective=amounts("0", "200", 2), reference=amounts("1", "200", 2))
@settings(max_examples=60, deadline=None)
def test_the_draft_never_raises_what_is_owed(good: Declared, effective: Decimal, reference: Decimal) -> None:
    without = certificates(good).certificates
    owed = certificates(good, paid=PricePaid(effective=effective, reference=reference), draft=True)
    assert 0 <= owed.certificates <= without
    assert owed.certificates + owed.deduction == without


# --- a second implementation


@given(
    mass=amounts("0", "5000", 3),
    see=amounts("0", "30", 5),
    benchmark=amounts("0", "6", 3),
    year=st.integers(2026, 2036),
)
@settings(max_examples=60, deadline=None)
def test_opencbam_agrees(mass: Decimal, see: Decimal, benchmark: Decimal, year: int) -> None:
    financial = pytest.importorskip("opencbam.engine.financial")
    sectors = pytest.importorskip("opencbam.engine.types").Sector
    sefa = financial.specific_free_allocation_process(year, D(1), benchmark)
    theirs = financial.compute_certificates(
        mass=mass,
        see_direct=see,
        see_indirect=D(0),
        indirect_in_scope=False,
        sefa=sefa,
        sector=sectors.IRON_STEEL,
        certificate_price=D("75.36"),
    )
    ours = certificates(replace(COIL, quantity=mass, see=see, sefa=sefa))
    assert ours.certificates == theirs.certificates_due


@given(effective=amounts("0", "100", 2), quantity=amounts("1", "5000", 1))
@settings(max_examples=40, deadline=None)
def test_opencbam_reads_the_draft_alike(effective: Decimal, quantity: Decimal) -> None:
    """Theirs is in whole certificates; no rule of the draft's on rounding is known to us."""
    draft = pytest.importorskip("opencbam.engine.art9_draft")
    theirs = draft.reduction_actual(
        effective_price_eur_per_unit=effective, ref_price_eur=D("75.32"), quantity=quantity
    )
    good = replace(COIL, quantity=quantity, see=D(1000))
    ours = certificates(good, paid=PricePaid(effective=effective, reference=D("75.32")), draft=True)
    assert abs(ours.deduction - theirs) <= D("0.5")
