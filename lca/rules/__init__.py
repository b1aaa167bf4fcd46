"""Calculation rules as data: what a rule set limits, requires and how its results are rounded.

Rules
1. A rule set is a TOML file beside this module; its digest stands in every statement made by it.
2. Numbers that the standard does not give carry a mark that says so (M), and are parameters, never literals
   in code.
3. Rounding happens here, once, where a footprint becomes a statement (see ``lca.rules.rounding``).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import rfc8785

from lca.footprint import Footprint
from lca.inventory import Boundary, Stage
from lca.rules.rounding import RoundedFootprint, Rounding
from lca.rules.rounding import round_footprint as _round

__all__ = ["BoundaryRule", "RoundedFootprint", "Rounding", "RuleSet", "available", "load", "round_footprint"]


class UnknownRuleSet(LookupError):
    """No rule set of this identifier is installed; choose one of those named."""

    def __init__(self, identifier: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{self.__doc__} {identifier!r}; known: {', '.join(known)}.")
        self.identifier, self.known = identifier, known


@dataclass(frozen=True, slots=True)
class BoundaryRule:
    """A system boundary: its stages, those that need a line or a stated reason, those not allowed."""

    stages: tuple[Stage, ...]
    required: tuple[Stage, ...]
    forbidden: tuple[Stage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One rule set. Limits in percent; ``standards`` by language; ``items`` a statement must report."""

    id: str
    version: str
    indicator: str
    standards: Mapping[str, str]
    gwp_sets: tuple[str, ...]
    cutoff_single: Decimal
    cutoff_total: Decimal
    minimum_by_lines: Decimal
    minimum_by_mass: Decimal
    boundaries: Mapping[Boundary, BoundaryRule]
    rounding: Rounding
    label_months: int
    parts: tuple[str, ...]
    items: tuple[str, ...]
    data: Mapping[str, Any]

    def digest(self) -> str:
        """SHA-256 (hex) over the RFC 8785 form of the file's data: comments and layout do not count."""
        return hashlib.sha256(rfc8785.dumps(dict(self.data))).hexdigest()


def available() -> tuple[str, ...]:
    """Identifiers of the rule sets that are installed, sorted."""
    folder = resources.files("lca.rules")
    return tuple(sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".toml")))


@cache
def load(identifier: str) -> RuleSet:
    """The rule set; raises UnknownRuleSet (with ``.known``), ValueError or KeyError on a damaged file."""
    if identifier not in available():
        raise UnknownRuleSet(identifier, available())
    text = resources.files("lca.rules").joinpath(f"{identifier}.toml").read_text(encoding="utf-8")
    return parse(text)


def parse(text: str) -> RuleSet:
    """A rule set from its TOML text; raises KeyError or ValueError when something is missing or unknown."""
    data = tomllib.loads(text)
    rounding = data["rounding"]
    if rounding["mode"] != "half-even" or rounding["stages"] != "largest-remainder":
        raise ValueError("Only half-even rounding with stages by largest remainder is known.")
    return RuleSet(
        id=data["id"],
        version=data["version"],
        indicator=data["indicator"],
        standards={language: data["standards"][language] for language in ("zh", "en")},
        gwp_sets=tuple(data["gwp_sets"]),
        cutoff_single=Decimal(data["cutoff"]["single_limit_percent"]),
        cutoff_total=Decimal(data["cutoff"]["total_limit_percent"]),
        minimum_by_lines=Decimal(data["coverage"]["minimum_by_lines_percent"]),
        minimum_by_mass=Decimal(data["coverage"]["minimum_by_mass_percent"]),
        boundaries={Boundary(name): _boundary(rule) for name, rule in data["boundaries"].items()},
        rounding=Rounding(rounding["significant_digits"], rounding["coverage_decimals"]),
        label_months=data["validity"]["label_months"],
        parts=tuple(data["reporting"]["parts"]),
        items=tuple(data["reporting"]["items"]),
        data=data,
    )


def round_footprint(footprint: Footprint, ruleset: RuleSet) -> RoundedFootprint:
    """The footprint in decimals, by the rule set's rounding (``lca.rules.rounding``)."""
    return _round(footprint, ruleset.rounding)


def _boundary(rule: Mapping[str, list[str]]) -> BoundaryRule:
    stages, required, forbidden = (
        tuple(Stage(name) for name in rule[key]) for key in ("stages", "required", "forbidden")
    )
    return BoundaryRule(stages, required, forbidden)
