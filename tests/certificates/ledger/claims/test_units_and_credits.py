"""N05 to N11: one change each, and what is said of it."""

from datetime import date
from decimal import Decimal as D

import pytest
from neutral import CODE, NAME, YEAR, company, event, product, put, vcs
from refusing import answered

from certificates.ledger.claims.checks.case import in_name_of
from certificates.ledger.claims.model import Claimant, SubjectType
from certificates.ledger.claims.results import Outcome
from certificates.ledger.entries import Beneficiary, Purpose
from certificates.ledger.instruments import Kind
from certificates.ledger.positions import State
from certificates.ledger.spans import Span

PRODUCT, EVENT, COMPANY = product(), event(), company()
ONE = "facts.units.[41:0]"
NOTHING = ("claim.retirements", ())
UNKNOWN = ("claim.retirements", ("41.0", "42.0", "9.9"))


@pytest.mark.parametrize("check", ["N05", "N06", "N07", "N08", "N09", "N10", "N11", "N12", "N14"])
def test_without_retirements_or_with_unknown_ones_nothing_is_trivially_true(check):
    assert answered(PRODUCT, check, NOTHING)[0] is Outcome.FAIL
    assert "nothing" in answered(PRODUCT, check, NOTHING)[1]
    assert answered(PRODUCT, check, UNKNOWN) == (Outcome.FAIL, ["unknown"])


@pytest.mark.parametrize(
    ("check", "path", "value", "codes"),
    [
        ("N05", "claim.reductions.deducted_t", None, ["need-unknown"]),
        ("N05", "claim.rule_set", "iso-14068", ["need-unknown"]),
        ("N05", "claim.footprint.total_t", D(0), ["nothing-to-offset"]),
        ("N05", "claim.footprint.total_t", D("1235.0000000000000000000000000001"), ["short"]),
        ("N05", "claim.footprint.total_t", D(1235), []),
        ("N05", "claim.retirements", ("41.0",), ["short"]),
        ("N05", f"{ONE}.position.state", State.HELD, ["short"]),
        ("N06", f"{ONE}.position.state", State.HELD, ["not-retired"]),
        ("N06", f"{ONE}.position.state", State.FROZEN, ["not-retired"]),
        ("N06", f"{ONE}.retire", None, ["not-retired"]),
        ("N06", "on", date(2026, 2, 28), ["retired-later", "retired-later"]),
        ("N06", "on", date(2026, 3, 1), []),
        ("N06", f"{ONE}.retire.on", date(2026, 11, 23), ["retired-later"]),
        ("N06", "claim.period.end", date(2025, 3, 1), []),
        ("N06", "claim.period.end", date(2025, 2, 28), ["too-late", "too-late"]),
        ("N06", "claim.period.end", None, ["term-unknown"]),
        ("N07", f"{ONE}.retire", None, ["beneficiary-missing"]),
        ("N07", f"{ONE}.retire.beneficiary", Beneficiary("别的公司"), ["other-beneficiary"]),
        ("N07", f"{ONE}.retire.beneficiary", Beneficiary(NAME, "91320200OTHER"), ["other-beneficiary"]),
        ("N07", f"{ONE}.retire.beneficiary", Beneficiary(""), ["other-beneficiary"]),
        ("N07", f"{ONE}.retire.beneficiary", Beneficiary("演示铝业有限公司"), []),
        ("N07", f"{ONE}.retire.beneficiary", Beneficiary("English name", CODE), []),
        ("N07", f"{ONE}.retire.purpose", Purpose.OBLIGATION, ["other-purpose"]),
        ("N07", f"{ONE}.retire.purpose", Purpose.ELECTRICITY_USE, ["other-purpose"]),
        ("N07", f"{ONE}.retire.period_start", date(2026, 1, 1), ["other-period"]),
        ("N07", f"{ONE}.retire.period_end", date(2024, 12, 31), ["other-period"]),
        ("N08", "claim.retirements", ("41.0", "42.0", "41.0"), ["twice"]),
        ("N08", f"{ONE}.used_by", ("TC-2026-0000002-X",), ["used"]),
        ("N08", "facts.units.[42:0].position.span", Span("vcs", 941_383_554, 941_383_999), ["overlaps"]),
        ("N09", f"{ONE}.lot.project", "3006", ["serial", "serial-project-differs"]),
        ("N09", f"{ONE}.lot.vintage_end", date(2024, 12, 30), ["serial", "serial-vintage-differs"]),
        (
            "N09",
            f"{ONE}.lot.span",
            Span("vcs", 941_382_555, 941_383_555),
            ["serial", "serial-quantity-differs"],
        ),
        ("N09", f"{ONE}.position.span", Span("vcs", 941_382_555, 941_383_555), ["range"]),
        ("N10", f"{ONE}.lot.vintage_start", date(2020, 12, 30), ["too-old"]),
        ("N10", f"{ONE}.lot.vintage_start", date(2020, 12, 31), []),
        ("N10", f"{ONE}.lot.vintage_end", date(2025, 12, 31), []),
        ("N10", f"{ONE}.lot.vintage_end", date(2026, 1, 1), ["after-period"]),
        ("N10", f"{ONE}.lot.vintage_end", date(2026, 3, 1), ["after-period", "not-ex-post"]),
        ("N10", f"{ONE}.lot.labels", ("Ex-ante credit",), ["not-ex-post"]),
        ("N10", "claim.period.end", None, ["term-unknown"]),
        ("N11", "claim.rule_set", "", ["rule-set"]),
        ("N11", "claim.rule_set", "event-guideline-2019", ["subject", "not-preferred", "not-preferred"]),
        ("N11", "claim.subject.type", None, ["subject"]),
    ],
)
def test_what_is_refused(check, path, value, codes):
    outcome, found = answered(PRODUCT, check, (path, value))
    assert found == codes
    assert outcome is (Outcome.FAIL if codes else Outcome.PASS)


def test_a_retirement_for_another_use_needs_a_look_or_when_on_behalf_its_purpose():
    other = (f"{ONE}.retire.purpose", Purpose.OTHER)
    assert answered(PRODUCT, "N07", other) == (Outcome.REVIEW, ["purpose-unclear"])
    assert answered(PRODUCT, "N07", other, (f"{ONE}.own", False)) == (Outcome.FAIL, ["on-behalf"])
    assert answered(PRODUCT, "N07", (f"{ONE}.own", False))[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("name", "code", "same"),
    [
        ("演示铝业（无锡）有限公司", "", True),
        ("演示铝业(无锡)有限公司 ", "", True),
        ("演示铝业有限公司", "", True),
        ("演示铝业", "", False),
        ("", "", False),
        ("别的公司", "91320200ma1demo001", True),
        ("演示铝业（无锡）有限公司", "91320200MA1DEMO002", False),
    ],
)
def test_who_is_the_claimant(name, code, same):
    assert in_name_of(Beneficiary(name, code), Claimant(NAME, CODE, ("演示铝业有限公司",))) is same
    assert not in_name_of(Beneficiary(name, code), Claimant())


@pytest.mark.parametrize(
    ("tonnes", "tier", "codes"),
    [
        (199, "silver", ["short"]),
        (200, "silver", []),
        (999, "silver", []),
        (1000, "silver", ["beyond-tier"]),
        (999, "gold", ["short"]),
        (1000, "gold", []),
        (2000, "gold", ["beyond-tier"]),
        (1999, "platinum", ["short"]),
        (2000, "platinum", []),
        (2500, "platinum", []),
    ],
)
def test_tiers_begin_and_end(tonnes, tier, codes):
    assert answered(company(tier, tonnes), "N05")[1] == codes


def test_a_credit_without_the_label_of_its_tier_is_refused():
    bare = vcs(61, 1, 300, date(2026, 3, 1), YEAR)
    assert answered(COMPANY, "N11", ("facts.units.[61:0]", bare)) == (Outcome.FAIL, ["label-missing"])


@pytest.mark.parametrize(("label", "there"), [("CCP", True), ("ICVCM: ccp approved", True), ("XCCPX", False)])
def test_labels_are_words(label, there):
    found = answered(COMPANY, "N11", ("facts.units.[61:0].lot.labels", ("CORSIA", label)))
    assert (found[0] is Outcome.PASS) is there


def test_only_subjects_of_the_rule_set():
    found = answered(COMPANY, "N11", ("claim.subject.type", SubjectType.PRODUCT_BATCH))
    assert found == (Outcome.FAIL, ["subject"])


def test_a_kind_off_the_list_is_refused():
    power = put(COMPANY.facts.units["62.0"], "retire.purpose", Purpose.NEUTRALISATION)
    assert answered(COMPANY, "N11", ("facts.units.[61:0]", power)) == (Outcome.FAIL, ["kind"])


@pytest.mark.parametrize(
    ("end", "retired", "late"),
    [
        (date(2024, 2, 29), date(2025, 2, 28), False),
        (date(2024, 2, 29), date(2025, 3, 1), True),
        (date(2023, 2, 28), date(2024, 2, 28), False),
        (date(2023, 2, 28), date(2024, 2, 29), True),
        (date(2025, 12, 31), date(2026, 12, 31), False),
        (date(2025, 12, 31), date(2027, 1, 1), True),
    ],
)
def test_twelve_months_after_the_period(end, retired, late):
    changes = [
        ("claim.period.end", end),
        (f"{ONE}.retire.on", retired),
        ("facts.units.[42:0].retire.on", end),
    ]
    found = answered(PRODUCT, "N06", ("on", date(2027, 6, 1)), *changes)
    assert found[1] == (["too-late"] if late else [])


def test_an_event_is_neutral_within_a_year():
    on = ("on", date(2026, 12, 1))
    path = "facts.units.[51:0].retire.on"
    assert answered(EVENT, "N06", on, (path, date(2026, 10, 3)))[1] == []
    assert answered(EVENT, "N06", on, (path, date(2026, 10, 4)))[1] == ["too-late"]


def test_a_ccer_is_of_the_time_after_its_floor():
    path = "facts.units.[51:0].lot.vintage_start"
    five_years_earlier = date(2020, 10, 3)
    assert answered(EVENT, "N10", (path, five_years_earlier))[1] == []
    early = [("claim.period.end", date(2024, 12, 31)), (path, date(2020, 9, 22))]
    assert "too-old" in answered(EVENT, "N10", *early)[1]
    assert "too-old" not in answered(EVENT, "N10", early[0], (path, date(2020, 9, 23)))[1]


def test_every_preferred_kind_is_on_the_list():
    assert EVENT.facts.units["51.0"].lot.kind is Kind.CCER
