"""N01 to N04 and N15: one change each, and what is said of it."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from neutral import company, product
from refusing import answered

from certificates.ledger.claims.model import Both, Opinion, OtherClaim, Parts, Standing
from certificates.ledger.claims.results import Outcome

PRODUCT, COMPANY = product(), company()
FACT, SAID, LESS = "facts.footprint", "claim.footprint", "claim.reductions"


def other(standing, start=date(2025, 12, 31), end=date(2026, 12, 30)):
    return (OtherClaim("TC-2025-0000001-X", start, end, standing),)


@pytest.mark.parametrize(
    ("check", "path", "value", "codes"),
    [
        ("N01", "claim.claimant.name", "  ", ["claimant-missing"]),
        ("N01", "claim.subject.type", None, ["type-missing"]),
        ("N01", "claim.subject.name", Both("", "x"), ["name-missing"]),
        ("N01", "claim.subject.boundary.en", "", ["boundary-missing"]),
        ("N01", "claim.subject.unit.zh", " ", ["unit-missing"]),
        ("N01", "claim.subject.sites", (), ["sites-missing"]),
        ("N01", "claim.subject.sites", ("a", " "), ["sites-missing"]),
        ("N02", "claim.period.start", None, ["period-missing"]),
        ("N02", "claim.period.end", date(2024, 12, 31), ["period-backwards", "period-differs"]),
        ("N02", "on", date(2025, 12, 31), ["period-not-over"]),
        ("N02", "facts.footprint", None, ["footprint-unknown"]),
        ("N02", f"{FACT}.start", date(2025, 1, 2), ["period-differs"]),
        ("N02", f"{FACT}.end", date(2025, 12, 30), ["period-differs"]),
        ("N02", "facts.claims", other(Standing.IN_FORCE), ["overlaps"]),
        ("N02", "facts.claims", other(Standing.FROZEN), ["overlaps"]),
        ("N02", "facts.claims", other(Standing.EXPIRED), ["overlaps"]),
        ("N02", "facts.claims", other(Standing.WITHDRAWN), []),
        ("N02", "facts.claims", other(Standing.IN_FORCE, date(2026, 1, 1)), []),
        ("N02", "facts.claims", other(Standing.IN_FORCE, date(2024, 1, 1), date(2024, 12, 31)), []),
        ("N03", f"{SAID}.number", "", ["footprint-missing", "footprint-differs"]),
        ("N03", f"{SAID}.sha256", "A" * 64, ["footprint-missing", "footprint-differs"]),
        ("N03", f"{SAID}.version", "2", ["footprint-differs"]),
        ("N03", f"{FACT}.sha256", "f" * 64, ["footprint-differs"]),
        ("N03", "facts.footprint", None, ["footprint-unknown"]),
        ("N03", f"{FACT}.total_t", D("1234.6"), ["amounts-differ"]),
        ("N03", f"{FACT}.parts.aircraft", D(0), ["amounts-differ"]),
        ("N03", f"{SAID}.units", D(100001), ["batch-differs"]),
        ("N03", f"{SAID}.per_unit", None, ["batch-differs"]),
        ("N03", f"{FACT}.locked", False, ["not-locked"]),
        ("N03", f"{FACT}.standing", Standing.SUPERSEDED, ["not-in-force"]),
        ("N03", f"{SAID}.verifier.body", "", ["verifier-missing"]),
        ("N03", f"{SAID}.verifier.valid_until", date(2028, 1, 1), ["verifier-differs"]),
        ("N03", f"{SAID}.assurance", None, ["assurance"]),
        ("N03", f"{FACT}.assurance", None, ["assurance"]),
        ("N03", f"{FACT}.conclusion", Opinion.ADVERSE, ["verifier-differs", "opinion"]),
        ("N03", f"{FACT}.conclusion", None, ["verifier-differs", "opinion"]),
        ("N03", f"{FACT}.accredited", False, ["not-accredited"]),
        ("N03", f"{FACT}.independent", False, ["not-independent"]),
        ("N03", "on", date(2028, 1, 1), ["verification-over"]),
        ("N03", "on", date(2027, 12, 31), []),
        ("N04", f"{LESS}.baseline_year", None, ["baseline-missing"]),
        ("N04", f"{LESS}.baseline_total_t", D(0), ["baseline-missing", "reductions-disagree"]),
        ("N04", f"{LESS}.baseline_year", 1899, ["baseline-missing"]),
        ("N04", f"{LESS}.baseline_year", 2026, ["baseline-after"]),
        ("N04", f"{LESS}.plan_sha256", "", ["plan-missing"]),
        ("N04", f"{LESS}.reduced_t", None, ["reductions-missing"]),
        ("N04", f"{LESS}.deducted_t", None, ["reductions-missing", "residual-missing"]),
        ("N04", f"{LESS}.reduced_t", D("1500.1"), ["reductions-disagree"]),
        ("N04", f"{LESS}.reduced_t", D(-1), ["reductions-disagree"]),
        ("N04", f"{LESS}.deducted_t", D(-1), ["reductions-disagree"]),
        ("N04", "claim.residual_t", None, ["residual-missing"]),
        ("N04", "claim.residual_t", D("1234.6"), ["residual-beyond"]),
        ("N04", "claim.residual_t", D("1234.5"), []),
        ("N15", f"{SAID}.parts", Parts(D(1), D(1)), ["part-missing"] * 3),
        ("N15", f"{SAID}.total_t", D("NaN"), ["total-missing"]),
        ("N15", f"{SAID}.parts.biogenic_removals", D(1), ["removals-positive"]),
        ("N15", f"{SAID}.parts.fossil", D("1205.5"), []),
        ("N15", f"{SAID}.parts.fossil", D("1205.4"), ["parts-differ"]),
        ("N15", f"{SAID}.parts.aircraft", D(1241), ["aircraft"]),
        ("N15", f"{LESS}.removals_inside_t", None, ["removals-missing"]),
        ("N15", f"{LESS}.removals_inside_t", D("1.9"), ["removals-less"]),
        ("N15", f"{LESS}.removal_projects", (" ",), ["projects-missing"]),
        ("N15", f"{LESS}.removal_projects", ("ｇｓ11236",), ["removal-as-credit"]),
    ],
)
def test_what_is_refused(check, path, value, codes):
    outcome, found = answered(PRODUCT, check, (path, value))
    assert found == codes
    assert outcome is (Outcome.FAIL if codes else Outcome.PASS)


@pytest.mark.parametrize(
    ("check", "changes", "codes"),
    [
        (
            "N03",
            [(f"{FACT}.conclusion", Opinion.MODIFIED), (f"{SAID}.verifier.conclusion", Opinion.MODIFIED)],
            ["modified-opinion"],
        ),
        ("N04", [(f"{LESS}.reduced_t", D(0))], ["nothing-reduced"]),
        ("N04", [(f"{LESS}.deducted_t", D("34.5"))], ["deducted"]),
    ],
)
def test_what_a_person_decides(check, changes, codes):
    assert answered(PRODUCT, check, *changes) == (Outcome.REVIEW, codes)


def test_a_refusal_outweighs_a_review():
    changes = [(f"{LESS}.reduced_t", D(0)), (f"{LESS}.plan_sha256", "")]
    assert answered(PRODUCT, "N04", *changes) == (Outcome.FAIL, ["plan-missing", "nothing-reduced"])


def test_a_company_needs_no_functional_unit_but_foundations_of_its_tier():
    assert answered(COMPANY, "N01")[0] is Outcome.PASS
    kept = tuple(one for one in COMPANY.claim.evidence if one.what != "foundation.progress")
    assert answered(COMPANY, "N04", ("claim.evidence", kept)) == (Outcome.FAIL, ["foundation-missing"])


def test_the_verification_stands_through_its_last_day():
    last = PRODUCT.facts.footprint.verified_until
    assert answered(PRODUCT, "N03", ("on", last))[1] == []
    assert answered(PRODUCT, "N03", ("on", last + timedelta(days=1)))[1] == ["verification-over"]
