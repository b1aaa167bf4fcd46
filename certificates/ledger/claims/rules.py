"""The rules of claims as dated data (``rules.toml``): checks, rule sets, markets, words. What holds for an
instrument whatever it is used for, floors of vintages and the exclusion of certificates and credits, is
``certificates.ledger.instruments``.

Rules
1. Every rule has a text in Chinese and English, the day from which it holds, the last day on which it holds (None where
   no end is known), its source, and how sure that is.
2. A rule set that no longer holds is kept, so that what rested on it can be read, and is refused for anything new.

Example: ``rule_set("pas-2060-2014").holds_on(date(2025, 11, 30))`` is False.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from certificates.ledger.claims.model import Audience, Both, SubjectType
from certificates.ledger.instruments import Kind

CODES = tuple(f"N{number:02}" for number in range(1, 21))
"""The checks, in order."""
VALID_MONTHS = 12
"""A claim is valid for at most so many months after its period (N18)."""


@dataclass(frozen=True, slots=True)
class Dated:
    """What every rule has: a name, when it holds (rule 1), source and mark of sureness (P, S, M, D)."""

    key: str
    name: Both
    valid_from: date
    valid_until: date | None
    source: str
    mark: str

    def holds_on(self, day: date) -> bool:
        """True from the first day to the last, both included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class CheckRule(Dated):
    """One of the twenty; ``review`` are the codes with which a person must decide instead of a refusal."""

    rule: Both
    review: frozenset[str]


@dataclass(frozen=True, slots=True)
class RuleSet(Dated):
    """A standard that claims rest on. Shares in percent of the unabated emissions: at least ``least_share``, less than
    ``below_share`` where a tier ends; see ``rules.toml`` for the rest."""

    neutral: bool
    references: bool
    subjects: frozenset[SubjectType]
    least_share: int
    below_share: int | None
    retire_months: int
    vintage_years: int
    kinds: frozenset[Kind]
    preferred: frozenset[Kind]
    labels: tuple[str, ...]
    foundations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Market(Dated):
    """Where claims on some subjects to an audience are forbidden."""

    subjects: frozenset[SubjectType]
    audience: Audience
    countries: frozenset[str]


@cache
def checks() -> Mapping[str, CheckRule]:
    """The twenty, by code, in order."""
    return {code: _check(code, table) for code, table in _tables()["check"].items()}


@cache
def rule_sets() -> Mapping[str, RuleSet]:
    """All, by key, those that no longer hold included (rule 2)."""
    return {key: _rule_set(key, table) for key, table in _tables()["rule-set"].items()}


def rule_set(key: str) -> RuleSet:
    """One rule set. Raises KeyError."""
    return rule_sets()[key]


@cache
def markets() -> tuple[Market, ...]:
    """Every market with a prohibition."""
    return tuple(
        Market(
            *_dated(key, table),
            subjects=frozenset(map(SubjectType, table["subjects"])),
            audience=Audience(table["audience"]),
            countries=frozenset(table["countries"]),
        )
        for key, table in _tables()["market"].items()
    )


def label_words(label: str) -> tuple[str, ...]:
    """How registries write a label, in small letters. Raises KeyError."""
    return tuple(_tables()["label"][label]["words"])


def label_name(label: str) -> Both:
    """A label's name. Raises KeyError."""
    return _both(_tables()["label"][label])


def told(group: str, key: str, name: str = "") -> dict[str, str]:
    """How sentences call something: ``{name: English, name_zh: Chinese}`` of ``[word.GROUP]``, the key itself where
    nobody named it. ``name`` is the group's where not given."""
    words = _tables()["word"][group].get(key, {"zh": key, "en": key})
    return {name or group: words["en"], f"{name or group}_zh": words["zh"]}


def forbidden_words(rules: RuleSet | None) -> tuple[str, ...]:
    """What the wording must not say under a rule set; under an unknown one, anything that some rule set forbids."""
    words = _tables()["wording"]
    return tuple(words["never"]) + (() if rules and rules.neutral else tuple(words["neutral"]))


def _check(code: str, table: dict[str, Any]) -> CheckRule:
    return CheckRule(
        *_dated(code, table),
        rule=Both(table["rule_zh"], table["rule_en"]),
        review=frozenset(table.get("review", ())),
    )


def _rule_set(key: str, table: dict[str, Any]) -> RuleSet:
    return RuleSet(
        *_dated(key, table),
        neutral=table["neutral"],
        references=table.get("references", False),
        subjects=frozenset(map(SubjectType, table["subjects"])),
        least_share=table["least_share"],
        below_share=table.get("below_share"),
        retire_months=table["retire_months"],
        vintage_years=table["vintage_years"],
        kinds=frozenset(map(Kind, table["kinds"])),
        preferred=frozenset(map(Kind, table.get("preferred", table["kinds"]))),
        labels=tuple(table.get("labels", ())),
        foundations=tuple(table.get("foundations", ())),
    )


def _dated(key: str, table: dict[str, Any]) -> tuple[str, Both, date, date | None, str, str]:
    return (
        key,
        _both(table),
        table["valid_from"],
        table.get("valid_until"),
        table["source"],
        table["mark"],
    )


def _both(table: dict[str, Any]) -> Both:
    return Both(table["zh"], table["en"])


@cache
def _tables() -> dict[str, Any]:
    text = resources.files("certificates.ledger.claims").joinpath("rules.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
