"""One claim a rule set that passes, its sums by hand."""

from decimal import Decimal as D

import pytest
from neutral import company, event, issue, product, statement

from certificates import kinds
from certificates.ledger.claims import statement as statements
from certificates.ledger.claims.amounts import amounts
from certificates.ledger.claims.evaluate import evaluate
from certificates.ledger.claims.model import FootprintKind, from_plain, plain
from certificates.ledger.claims.results import Outcome, open_points
from certificates.ledger.claims.rules import CODES, rule_set

PASSING = {
    "product": product(),
    "event": event(),
    "silver": company("silver", 300),
    "gold": company("gold", 1000),
    "platinum": company("platinum", 2000),
}
SUMS = {
    # unabated, to offset, offset, remainder, surplus, share
    "product": (D("1234.5"), D(1235), D(1235), D(0), D("0.5"), "100.0"),
    "event": (D("49.2"), D(50), D(50), D(0), D("0.8"), "100.0"),
    "silver": (D(2000), D(200), D(300), D(1700), D(0), "15.0"),
    "gold": (D(2000), D(1000), D(1000), D(1000), D(0), "50.0"),
    "platinum": (D(2000), D(2000), D(2000), D(0), D(0), "100.0"),
}


@pytest.fixture(params=sorted(PASSING))
def name(request):
    return request.param


def test_all_twenty_answer_in_order_and_none_refuses(name):
    world = PASSING[name]
    results = evaluate(world.claim, world.facts, world.on)
    assert tuple(one.code for one in results) == CODES
    unused = {"N13"} if not world.claim.electricity else set()
    assert {one.code for one in results if one.outcome is Outcome.NOT_APPLICABLE} == unused
    read = {"N03"} if world.claim.footprint.kind is FootprintKind.REPORT else set()
    assert {one.code for one in results if one.outcome is Outcome.REVIEW} == read, (
        "a report is read by a person"
    )
    assert {one.code for one in results if one.outcome is Outcome.PASS} == set(CODES) - unused - read
    assert len([problem for one in results for problem in one.problems]) == len(read)
    assert open_points(results, world.claim) == ()


def test_sums_by_hand(name):
    world = PASSING[name]
    made = amounts(world.claim, world.facts, rule_set(world.claim.rule_set))
    assert (made.unabated, made.to_offset, made.offset, made.remainder, made.surplus, made.share) == SUMS[
        name
    ]


def test_a_claim_reads_back_as_it_was_stored(name):
    claim = PASSING[name].claim
    assert from_plain(plain(claim)) == claim


def test_its_statement_is_right_in_form_sums_number_and_chain(name):
    made = statement(PASSING[name])
    assert kinds.of(made).noun == "claim"
    assert kinds.of(made).problems(made) == []


def test_the_statement_says_what_was_counted_and_by_whom():
    made = statement(PASSING["product"])
    assert (made["unabated"], made["toOffset"], made["offset"], made["share"]) == (
        "1234.5",
        "1235",
        "1235",
        "100.0",
    )
    first, second = made["retirements"]
    assert (first["first"], first["last"], first["quantity"]) == ("941382555", "941383554", "1000")
    assert (second["project"], second["entry"], second["link"]) == ("GS11236", "42", f"{42:064x}")
    assert {one["by"] for one in made["evidence"]} == {"演示上传人"}
    assert [one["what"] for one in made["evidence"]][-2:] == ["units.41.0", "units.42.0"]
    assert made["validUntil"] == "2026-12-31T15:59:59Z"


def test_a_claim_that_is_refused_has_no_statement():
    world = PASSING["product"]
    early = issue(world)
    with pytest.raises(statements.ClaimNotReady) as refused:
        statements.build(
            world.claim, world.facts, type(early)(**{**_fields(early), "on": world.claim.period.end})
        )
    assert "N02" in [one.code for one in refused.value.results]


def _fields(record):
    return {name: getattr(record, name) for name in record.__slots__}
