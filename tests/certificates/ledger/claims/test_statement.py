"""The signed form: nothing can be changed in it without form or sums telling."""

import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neutral import changed, company, issue, product, statement

from certificates import kinds
from certificates.ledger.claims import statement as statements
from certificates.ledger.claims.amounts import remainder, share_text, to_offset
from certificates.ledger.claims.model import Both, Decision, Person
from certificates.statement import StatementInvalid
from certificates.texts import Problem

PRODUCT, COMPANY = statement(product()), statement(company())


def places(value, path=()):
    """Every place of a statement; of a list the first entry stands for all."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for position, item in enumerate(value[:1]):
            yield from places(item, (*path, position))
    if path:
        yield path


def at(value, path):
    for step in path:
        value = value[step]
    return value


def edited(base, path, value):
    made = copy.deepcopy(base)
    at(made, path[:-1])[path[-1]] = value
    return made


def lacking(base, path):
    made = copy.deepcopy(base)
    del at(made, path[:-1])[path[-1]]
    return made


def wrong(made):
    return [problem.code for problem in kinds.of(made).problems(made)]


def shortened(base):
    """The same with short sentences: most of the work of reading a statement is looking at each character."""
    few = {"zh": "规则", "en": "rule"}
    return base | {"wording": few, "checks": [one | {"rule": few} for one in base["checks"]]}


@pytest.mark.parametrize("base", [shortened(PRODUCT), shortened(COMPANY)])
def test_no_field_may_be_missing_added_or_of_another_type(base):
    made = copy.deepcopy(base)
    for path in places(base):
        *way, last = path
        holder, kept = at(made, way), at(base, path)
        for bad in (None, 1.5, " ", {"x": "y"}):
            holder[last] = bad
            assert wrong(made), (path, bad)
        holder[last] = {**kept, "more": "x"} if isinstance(kept, dict) else ["x", kept]
        assert wrong(made), path
        if isinstance(last, str):
            del holder[last]
            assert wrong(made), path
        made = copy.deepcopy(base)
    assert "field-unknown" in wrong(base | {"more": "x"})


NUMBERS = [
    ("footprint.total", "1235.5", ["unabated-not-difference", "batch-not-product"]),
    ("footprint.parts.fossil", "1205.4", ["parts-do-not-sum"]),
    ("footprint.parts.aircraft", "1241", ["aircraft-beyond-fossil"]),
    ("footprint.batch.units", "100001", ["batch-not-product"]),
    ("footprint.kind", "report", ["batch-not-product"]),
    ("footprint.verifier.validUntil", "2026-11-20", ["verification-over"]),
    ("reductions.reduced", "1500.1", ["reductions-disagree"]),
    ("reductions.deducted", "1", ["unabated-not-difference"]),
    ("reductions.removalsInside", "1.9", ["removals-less-than-biogenic"]),
    ("reductions.baselineYear", "2026", ["baseline-after-period"]),
    ("residual", "1234.6", ["residual-beyond-unabated"]),
    ("toOffset", "1234", ["to-offset-not-rounded-up"]),
    ("offset", "1236", ["offset-not-sum"]),
    ("share", "99.9", ["share-not-quotient"]),
    ("remainder", "0.5", ["remainder-not-difference"]),
    ("retirements.0.quantity", "1001", ["offset-not-sum", "quantity-not-range"]),
    ("retirements.0.last", "941383553", ["quantity-not-range"]),
    ("retirements.0.serial", "a serial", ["serial-unreadable"]),
    ("retirements.0.kind", "gec", ["not-allowed"]),
    ("retirements.0.retiredOn", "2026-11-24", ["after-issue"]),
    ("retirements.0.vintageEnd", "2026-01-01", ["vintage-out-of-time"]),
    ("retirements.0.vintageStart", "2025-01-01", ["vintage-out-of-time"]),
    (
        "period.end",
        "2024-12-31",
        ["retired-too-late", "retired-too-late", "ends-before-start", "valid-too-long"],
    ),
    ("nextUpdate", "2026-11-22", ["update-before-issue"]),
    ("validUntil", "2027-01-01T00:00:00Z", ["valid-too-long"]),
    ("validUntil", "2026-11-22T02:00:00Z", ["ends-before-start"]),
    ("checks.0.code", "N02", ["checks-not-all"]),
    ("checks.0.outcome", "review", ["decision-misplaced"]),
    ("people.preparer.id", "p2", ["same-person"]),
    ("number", "TC-2026-0000002-0", ["check-character"]),
    ("chain.1.sha256", "f" * 64, ["chain-broken"]),
]


@pytest.mark.parametrize(("where", "value", "codes"), NUMBERS)
def test_numbers_and_days_that_do_not_fit_are_told(where, value, codes):
    path = tuple(int(step) if step.isdigit() else step for step in where.split("."))
    assert at(PRODUCT, path) != value
    assert wrong(edited(PRODUCT, path, value)) == codes


def test_units_stand_once():
    twice = edited(PRODUCT, ("retirements", 1), PRODUCT["retirements"][0])
    assert "stands-twice" in wrong(twice | {"offset": "2000"})


def test_certificates_lower_the_market_based_total_only():
    assert wrong(edited(COMPANY, ("footprint", "marketBased"), "1999")) == ["total-not-market-based"]


def test_no_more_electricity_than_certificates():
    assert wrong(edited(COMPANY, ("electricity", 0, "kwh"), "12000.1")) == ["more-power-than-units"]


@pytest.mark.parametrize(("key", "code"), [("vcmi-gold", "to-offset-not-rounded-up"), ("vcmi-silver", None)])
def test_a_tier_is_what_its_share_is(key, code):
    made = edited(COMPANY, ("ruleSet", "key"), key)
    assert wrong(made)[:1] == ([code] if code else [])


def test_a_product_needs_its_functional_unit():
    assert wrong(lacking(PRODUCT, ("subject", "unit"))) == ["field-missing"]


def test_what_a_person_decided_is_signed_with_it():
    world = changed(product(), ("claim.reductions.reduced_t", D(0)))
    with pytest.raises(statements.ClaimNotReady, match="N04"):
        statement(world)
    own = Decision("N04", world.claim.people.preparer, "首个期间。")
    with pytest.raises(statements.ClaimNotReady, match="N04"):
        statement(changed(world, ("claim.decisions", (own,))))
    made = statement(
        changed(world, ("claim.decisions", (Decision("N04", Person("p4", "出具人"), "首个期间。"),)))
    )
    assert made["checks"][3]["outcome"] == "review"
    assert made["checks"][3]["decision"]["reason"] == "首个期间。"
    assert wrong(lacking(made, ("checks", 3, "decision"))) == ["decision-misplaced"]


def test_a_text_that_does_not_fit_is_refused_before_it_is_signed():
    world = product()
    strange = replace(issue(world), issuer_name=Both("长" * 501, "x"))
    with pytest.raises(StatementInvalid, match=r"issuer.name.zh"):
        statements.build(world.claim, world.facts, strange)


def test_a_claim_ends_with_its_last_day_in_china():
    assert statements.ends_at(product().claim).isoformat() == "2026-12-31T15:59:59+00:00"
    endless = changed(product(), ("claim.valid_until", None))
    with pytest.raises(ValueError, match="last day"):
        statements.ends_at(endless.claim)


tonnes = st.decimals("0.001", "999999999", places=3)


@settings(max_examples=60, deadline=None)
@given(tonnes, tonnes)
def test_offset_and_remainder_make_the_whole_or_there_is_a_surplus(unabated, offset):
    left = remainder(unabated, offset)
    assert left >= 0
    assert left + offset == unabated if offset <= unabated else left == 0
    assert (share_text(unabated, offset) == "100.0") is (offset >= unabated)
    assert D(share_text(unabated, offset)) <= 100 * offset / unabated


@settings(max_examples=60, deadline=None)
@given(tonnes, st.sampled_from([10, 50, 100]))
def test_what_is_to_be_offset_is_the_next_whole_tonne(unabated, share):
    needed = to_offset(unabated, share)
    assert needed == int(needed)
    assert needed - 1 < unabated * share / 100 <= needed


def test_the_day_of_issue_is_that_of_the_moment():
    assert issue(product()).on == date(2026, 11, 22)


@pytest.mark.parametrize("code", sorted({code for _, _, codes in NUMBERS for code in codes}))
def test_what_does_not_fit_is_told_in_both_languages(code):
    for language in ("zh", "en"):
        assert Problem(code, "offset").sentence(language).startswith("offset: ")
