"""N16 to N20: one change each, and what is said of it; and the days on which rules begin and end."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from neutral import UPLOADER, changed, company, event, product
from refusing import answered, result

from certificates.ledger.claims import wording
from certificates.ledger.claims.model import Audience, Both, Evidence, Person, Standing, SubjectType
from certificates.ledger.claims.results import Outcome
from certificates.ledger.claims.rules import rule_set

PRODUCT, EVENT, COMPANY = product(), event(), company()
ONE = "facts.units.[41:0]"
CONSUMER = ("claim.audience", Audience.CONSUMER)


def without(world, what):
    return ("claim.evidence", tuple(one for one in world.claim.evidence if one.what != what))


def evidenced(name, **more):
    row = next(one for one in PRODUCT.claim.evidence if one.what == name)
    rest = tuple(one for one in PRODUCT.claim.evidence if one.what != name)
    return ("claim.evidence", (*rest, replace(row, **more)))


@pytest.mark.parametrize(
    ("check", "path", "value", "codes"),
    [
        ("N16", "claim.claimant.name", "", ["no-subject"]),
        ("N16", "claim.subject.boundary.zh", "", ["no-boundary"]),
        ("N16", "claim.subject.sites", (), ["no-boundary"]),
        ("N16", "claim.period.start", None, ["no-period"]),
        ("N16", "claim.footprint.version", "", ["no-total"]),
        ("N16", "claim.reductions.baseline_year", None, ["no-reductions"]),
        ("N16", "claim.retirements", (), ["no-offset", "no-credits"]),
        ("N16", f"{ONE}.lot.project", "", ["no-credits"]),
        ("N16", "claim.rule_set", "?", ["no-offset", "no-standard"]),
        ("N16", "claim.footprint.verifier.accreditation", "", ["no-verifier"]),
        ("N16", "claim.next_update", None, ["no-update"]),
        ("N16", "claim.remark", Both("仅中文", ""), ["remark-in-one-language"]),
        ("N16", "claim.remark", Both("本产品零碳", "offset"), ["forbidden"]),
        ("N16", "claim.remark", Both("说明", "a Zero -Carbon product"), ["forbidden"]),
        ("N16", "claim.remark", Both("零二氧化碳", "CO2-free"), ["forbidden", "forbidden"]),
        ("N16", "claim.remark", Both("说明", "ｚｅｒｏ\u200b emissions"), ["not-printable", "forbidden"]),
        ("N16", "claim.subject.name", Both("零 排放 散热器", "Heat sink"), ["forbidden"]),
        ("N16", "claim.remark", Both("碳中和", "carbon neutral"), []),
        ("N16", "claim.remark", Both("换\n行", "line"), ["not-printable"]),
        ("N16", "claim.retirements", ("41.0",) * 101, ["too-many"]),
        ("N16", "claim.remark", Both("到 2050 年实现净零目标。", "Net zero by 2050; 2020 emissions."), []),
        ("N16", "claim.people.reviewer.name", "长" * 200, []),
        ("N16", "claim.people.reviewer.name", "长" * 201, ["text"]),
        ("N16", "claim.people.reviewer.name", "a\u202eb", ["text"]),
        ("N16", "claim.claimant.code", "9" * 51, ["text"]),
        ("N16", f"{ONE}.retire.reference", "x" * 501, ["text"]),
        ("N18", "claim.next_update", date(2026, 11, 22), ["update-passed"]),
        ("N18", "claim.next_update", date(2026, 11, 23), []),
        ("N19", *evidenced("baseline", what="Baseline 2022"), ["what", "missing"]),
        ("N17", "claim.rule_set", "", ["rule-set"]),
        ("N17", "claim.markets", (), ["market-missing"]),
        ("N17", "claim.markets", ("CN", "Germany"), ["market-form"]),
        ("N17", "claim.audience", None, ["audience-missing"]),
        ("N17", "on", date(2023, 11, 29), ["rule-set-early"]),
        ("N17", "on", date(2023, 11, 30), []),
        ("N18", "claim.valid_until", None, ["validity-missing"]),
        ("N18", "claim.valid_until", date(2026, 12, 31), []),
        ("N18", "claim.valid_until", date(2027, 1, 1), ["too-long"]),
        ("N18", "claim.valid_until", date(2026, 11, 21), ["over"]),
        ("N18", "claim.valid_until", date(2026, 11, 22), []),
        ("N18", "claim.period.end", date(2024, 2, 29), ["too-long"]),
        ("N18", "facts.footprint", None, ["footprint-unknown"]),
        ("N18", "facts.footprint.standing", Standing.SUSPENDED, ["footprint-fallen"]),
        ("N19", *without(PRODUCT, "baseline"), ["missing"]),
        ("N19", *without(PRODUCT, "batch"), ["missing"]),
        ("N19", "claim.evidence", (), ["missing"] * 7),
        ("N19", *evidenced("baseline", sha256="9" * 64), ["file-unknown"]),
        ("N19", *evidenced("baseline", person=""), ["uploader"]),
        ("N19", *evidenced("baseline", person="somebody"), ["uploader"]),
        ("N19", *evidenced("plan", sha256=UPLOADER.sha256), ["other-file"]),
        ("N19", "facts.files", (), ["file-unknown"] * 7 + ["units"] * 2),
        ("N19", f"{ONE}.retire.evidence", (), ["units"]),
        ("N19", f"{ONE}.retire", None, ["units"]),
        ("N20", "claim.people.reviewer", Person(), ["missing"]),
        ("N20", "claim.people.signatory.name", " ", ["missing"]),
        ("N20", "claim.people.reviewer", PRODUCT.claim.people.preparer, ["same"]),
        ("N20", "claim.people.signatory", PRODUCT.claim.people.reviewer, ["same"]),
        ("N20", "claim.people.verifier", Person("outside:x", "另一人"), ["other-verifier"]),
    ],
)
def test_what_is_refused(check, path, value, codes):
    outcome, found = answered(PRODUCT, check, (path, value))
    assert found == codes
    assert outcome is (Outcome.FAIL if codes else Outcome.PASS)


@pytest.mark.parametrize(
    ("on", "codes"),
    [(date(2026, 9, 26), []), (date(2026, 9, 27), ["forbidden"]), (PRODUCT.on, ["forbidden"])],
)
@pytest.mark.parametrize("market", ["EU", "DE", "SK"])
def test_products_to_consumers_in_the_eu_by_day(market, on, codes):
    changes = [CONSUMER, ("claim.markets", ("CN", market)), ("on", on)]
    assert answered(PRODUCT, "N17", *changes)[1] == codes
    service = ("claim.subject.type", SubjectType.SERVICE)
    assert answered(PRODUCT, "N17", service, *changes)[1] == codes
    untold = ("claim.subject.type", None)
    assert answered(PRODUCT, "N17", untold, *changes)[1] == codes


def test_businesses_and_other_markets_are_no_matter_of_that_rule():
    assert answered(PRODUCT, "N17", ("claim.markets", ("EU",)))[0] is Outcome.PASS
    assert answered(PRODUCT, "N17", CONSUMER, ("claim.markets", ("CN", "GB", "US")))[0] is Outcome.PASS


def test_organisations_and_events_to_consumers_in_the_eu_are_for_a_person():
    changes = [CONSUMER, ("claim.markets", ("FR",)), ("on", date(2026, 9, 27))]
    assert answered(COMPANY, "N17", *changes) == (Outcome.REVIEW, ["eu-consumers"])
    assert answered(EVENT, "N17", *changes) == (Outcome.REVIEW, ["eu-consumers"])


@pytest.mark.parametrize(("on", "codes"), [(date(2025, 11, 29), []), (date(2025, 11, 30), ["withdrawn"])])
def test_pas_2060_ends(on, codes):
    assert answered(PRODUCT, "N17", ("claim.rule_set", "pas-2060-2014"), ("on", on))[1] == codes


def test_a_claim_under_pas_2060_passed_while_it_held():
    old = changed(
        PRODUCT,
        ("claim.rule_set", "pas-2060-2014"),
        ("claim.period.start", date(2024, 1, 1)),
        ("claim.period.end", date(2024, 12, 31)),
        ("claim.valid_until", date(2025, 12, 31)),
        ("claim.next_update", date(2025, 12, 31)),
        ("facts.footprint.start", date(2024, 1, 1)),
        ("facts.footprint.end", date(2024, 12, 31)),
        *((f"facts.units.[{entry}:0].retire.on", date(2025, 3, 1)) for entry in (41, 42)),
        *((f"facts.units.[{entry}:0].retire.period_start", date(2024, 1, 1)) for entry in (41, 42)),
    )
    codes = [f"N{number:02}" for number in range(1, 21)]
    for on, refused in ((date(2025, 11, 29), []), (date(2025, 11, 30), ["N17"])):
        found = [code for code in codes if result(replace(old, on=on), code).outcome is Outcome.FAIL]
        assert found == refused


def test_a_tier_is_never_called_neutral():
    for remark in (Both("实现碳中和", "offset"), Both("说明", "climate-neutral company")):
        assert answered(COMPANY, "N16", ("claim.remark", remark)) == (Outcome.FAIL, ["forbidden"])
    said = wording.text(COMPANY.claim, COMPANY.facts, rule_set("vcmi-silver"))
    assert "中和" not in said.zh and "neutral" not in said.en


def test_an_event_tells_the_proof_of_each_retirement():
    said = wording.text(EVENT.claim, EVENT.facts, rule_set("event-guideline-2019"))
    assert "（凭证 注销凭证 2025-001）" in said.zh
    assert answered(EVENT, "N16", ("facts.units.[51:0].retire.reference", ""))[1] == ["no-reference"]


def test_two_people_of_one_name_are_for_a_person():
    found = answered(PRODUCT, "N20", ("claim.people.reviewer", Person("p9", "演示编制人")))
    assert found == (Outcome.REVIEW, ["same-name"])


def test_evidence_of_a_retirement_may_stand_in_the_claim():
    bare = (f"{ONE}.retire.evidence", ())
    proof = Evidence("units.41.0", UPLOADER.sha256, UPLOADER.person)
    assert answered(PRODUCT, "N19", bare, ("claim.evidence", (*PRODUCT.claim.evidence, proof)))[1] == []


@pytest.mark.parametrize(
    ("world", "zh", "en"),
    [
        (
            PRODUCT,
            "演示铝业（无锡）有限公司（统一社会信用代码 91320200MA1DEMO001）声明：产品批次“铝型材散热器 2025 年批次”"
            "在 2025-01-01 至 2025-12-31 期间，依据 ISO 14068-1:2023，先行减排并注销碳信用抵消未减排放，实现碳中和。",
            "To be offset: 1235 tCO2e; retired: 1235 tCO2e, a share of 100.0 %; remainder: 0.0 tCO2e;",
        ),
        (
            COMPANY,
            "依据 VCMI 声明实践准则（白银级） 就剩余排放的 15.0 % 注销碳信用。",
            "retired carbon credits for 15.0 % of its remaining emissions.",
        ),
    ],
)
def test_the_wording_is_made_of_the_facts(world, zh, en):
    said = wording.text(world.claim, world.facts, rule_set(world.claim.rule_set))
    assert zh in said.zh
    assert en.replace("remainder: 0.0", "remainder: 0") in said.en


@pytest.mark.parametrize(
    "part",
    [
        "铝型材散热器",
        "从摇篮到大门",
        "演示无锡工厂",
        "1 件",
        "2025-01-01 至 2025-12-31",
        "1234.5 tCO2e",
        "2022",
        "1500",
        "265.5",
        "残余排放 900",
        "抵消比例 100.0 %",
        "核证碳标准（VCS） 项目 3005，年份 2024-01-01 – 2024-12-31",
        "（941382555 至 941383554），1000 tCO2e，2026-03-01 注销",
        "GS1-1-CN-GS11236-16-2024-30307-1-235",
        "ISO 14068-1:2023",
        "演示核查机构（CNAS V000），合理保证，结论：无保留意见",
        "下次更新：2026-12-31",
        "补充",
    ],
)
def test_everything_that_n16_asks_for_is_said(part):
    claim = replace(PRODUCT.claim, remark=Both("补充说明。", "A remark."))
    assert part in wording.text(claim, PRODUCT.facts, rule_set(claim.rule_set)).zh


def test_what_cannot_be_said_is_not_said_in_part():
    bare = replace(PRODUCT.claim, residual_t=D("NaN"))
    with pytest.raises(ValueError, match="reductions"):
        wording.text(bare, PRODUCT.facts, rule_set(bare.rule_set))
