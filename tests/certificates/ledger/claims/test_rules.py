"""The rules as data: every reason has its sentences, every rule its dates and source."""

import ast
import re
import tomllib
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from certificates.ledger import claims
from certificates.ledger.claims.days import months_after
from certificates.ledger.claims.rules import CODES, checks, forbidden_words, label_name, markets, rule_sets

HERE = Path(claims.__file__).parent
TEXTS = tomllib.loads((HERE / "problems.toml").read_text(encoding="utf-8"))
CODE = re.compile(r"N\d\d-[a-z-]+")
WITHOUT_RETIREMENTS = ("N05", "N06", "N07", "N08", "N09", "N10", "N11", "N12", "N14")
ELEMENTS = [
    "subject",
    "boundary",
    "period",
    "total",
    "reductions",
    "offset",
    "credits",
    "reference",
    "standard",
    "verifier",
    "update",
]


def given_codes():
    """Codes written in the checks, and those that ``nothing_known`` and the elements of the wording make."""
    for source in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                yield node.value
    for check in WITHOUT_RETIREMENTS:
        yield from (f"{check}-nothing", f"{check}-unknown")
    yield from (f"N16-no-{element}" for element in ELEMENTS)


def names(text):
    return {name.removesuffix("_zh") for _, name, _, _ in Formatter().parse(text) if name}


def test_every_reason_has_sentences_and_every_sentence_its_reason():
    assert {code for code in given_codes() if not code.endswith("-")} == set(TEXTS)


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_both_languages_say_the_same(code):
    zh, en = TEXTS[code]["zh"], TEXTS[code]["en"]
    assert names(zh) <= names(en) | {"kind"}
    assert re.search("[一-鿿]", zh) and not re.search("[一-鿿]", en)
    assert code[:3] in CODES


def test_every_check_has_rule_dates_source_and_mark():
    assert tuple(checks()) == CODES
    for code, rule in checks().items():
        assert rule.name.complete and rule.rule.complete and rule.source and rule.mark in "PSMD"
        assert rule.review <= set(TEXTS) and all(review.startswith(code) for review in rule.review)


def test_every_rule_set_has_name_dates_source_and_mark():
    for rules in rule_sets().values():
        assert rules.name.complete and rules.source and rules.mark in "PSMD"
        assert rules.subjects and rules.kinds and rules.preferred <= rules.kinds
        assert all(label_name(label).complete for label in rules.labels)


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("iso-14068-1-2023", date(2023, 11, 30), None),
        ("event-guideline-2019", date(2019, 5, 29), None),
        ("pas-2060-2014", date(2014, 4, 30), date(2025, 11, 29)),
    ],
)
def test_when_rule_sets_hold(key, first, last):
    rules = rule_sets()[key]
    assert (rules.valid_from, rules.valid_until) == (first, last)


def test_the_eu_has_27_members():
    (rule,) = markets()
    assert len(rule.countries - {"EU"}) == 27
    assert rule.valid_from == date(2026, 9, 27)


def test_only_standards_of_neutrality_speak_of_it():
    assert [key for key, rules in rule_sets().items() if not rules.neutral] == [
        "vcmi-silver",
        "vcmi-gold",
        "vcmi-platinum",
    ]
    assert "碳中和" in forbidden_words(None)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 12, 31), -60, date(2020, 12, 31)),
        (date.max, 12, date.max),
        (date.min, -12, date.min),
    ],
)
def test_months_later(day, months, end):
    assert months_after(day, months) == end
