"""The forms of a claim, a step each: what they hold, and what they make of the claim.

Rules
1. A draft may be unfinished: an empty field is empty in the claim, and the checklist says what is missing. Only what
   cannot be read (a day that is none, letters in an amount) sends the form back, with everything that was typed.
2. A step changes its own part of the claim and nothing else.
3. Names of fields are the same in form, sheet and checklist, so that each of them leads to the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l

from certificates.ledger.claims.model import (
    Assurance,
    Audience,
    Both,
    Claim,
    Footprint,
    FootprintKind,
    Opinion,
    Parts,
    Period,
    PowerUse,
    Reductions,
    Subject,
    SubjectType,
    Uncovered,
    Verifier,
)
from service.web.ledger_forms import NO_CHOICE, Given
from service.web.ledger_rows import figure_text

Choice = TypeVar("Choice", bound=StrEnum)

NO_NUMBER = _l("Give a number, such as 120.5, without units.")
NO_YEAR = _l("Give a year, such as 2022.")
LARGEST = Decimal(10) ** 15
MOST_DIGITS = 30
MOST_POWER_ROWS = 100

LABELS: dict[str, dict[str, Any]] = {
    "subject": {
        "title": _l("Name in your list"),
        "type": _l("What is claimed to be neutral"),
        "name_zh": _l("Name in Chinese"),
        "name_en": _l("Name in English"),
        "boundary_zh": _l("Boundary in Chinese"),
        "boundary_en": _l("Boundary in English"),
        "unit_zh": _l("Functional unit in Chinese"),
        "unit_en": _l("Functional unit in English"),
        "sites": _l("Places"),
        "former_names": _l("Former names of the claimant"),
    },
    "period": {
        "start": _l("First day of the period"),
        "end": _l("Last day of the period"),
        "next_update": _l("Next update"),
        "valid_until": _l("Claim valid until"),
    },
    "footprint": {
        "kind": _l("What it rests on"),
        "label": _l("Label"),
        "units": _l("Number of declared units"),
        "accreditation": _l("Accreditation of the verifier"),
        "number": _l("Number of the report"),
        "report_version": _l("Version"),
        "report": _l("Report"),
        "total": _l("Total, tCO₂e"),
        "fossil": _l("Fossil, tCO₂e"),
        "biogenic_emissions": _l("Biogenic emissions, tCO₂e"),
        "biogenic_removals": _l("Biogenic removals, tCO₂e"),
        "land_use_change": _l("Land-use change, tCO₂e"),
        "aircraft": _l("Aircraft, tCO₂e"),
        "location_based": _l("Total, location-based, tCO₂e"),
        "market_based": _l("Total, market-based, tCO₂e"),
        "body": _l("Verification body"),
        "verifier": _l("Verifying person"),
        "assurance": _l("Assurance"),
        "conclusion": _l("Opinion"),
        "verified_until": _l("Opinion stands until"),
    },
    "reductions": {
        "baseline_year": _l("Baseline year"),
        "baseline_total": _l("Emissions of the baseline year, tCO₂e"),
        "plan": _l("Management plan"),
        "reduced": _l("Reduced against the baseline, tCO₂e"),
        "deducted": _l("Of it not in the footprint yet, tCO₂e"),
        "residual": _l("Residual emissions, tCO₂e"),
        "removals_inside": _l("Removals inside the boundary, tCO₂e"),
        "projects": _l("Projects of these removals"),
    },
    "market": {
        "rule_set": _l("Standard"),
        "audience": _l("Whom it addresses"),
        "markets": _l("Where it is used"),
    },
    "retirements": {"retirements": _l("Retired credits")},
    "electricity": {
        "power": _l("Retired certificates"),
        "uncovered_kwh": _l("Electricity without a green certificate, kWh"),
        "factor": _l("Factor for it, kgCO₂e/kWh"),
    },
    "evidence": {"evidence": _l("Evidence files")},
    "wording": {"remark_zh": _l("Remark in Chinese"), "remark_en": _l("Remark in English")},
    "people": {"institution": _l("Reviewed and signed by")},
}
POWER = ("position", "kwh", "site", "start", "end")


class Draft(Given):
    """A posted step: every field may be empty (rule 1)."""

    def maybe_day(self, name: str) -> date | None:
        """A day, None where nothing was typed."""
        return self.day(name) if self.text(name) else None

    def maybe_choice(self, name: str, kind: type[Choice]) -> Choice | None:
        """One of the choices, None where nothing was chosen."""
        found = self.text(name)
        if found and found not in set(kind):
            self.errors[name] = NO_CHOICE
            return None
        return kind(found) if found else None

    def maybe_number(self, name: str) -> Decimal | None:
        """A decimal of either sign, None where nothing was typed."""
        found = self.text(name).replace(",", "").replace("\N{MINUS SIGN}", "-")
        if not found:
            return None
        try:
            amount = Decimal(found)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or abs(amount) >= LARGEST or len(amount.as_tuple().digits) > MOST_DIGITS:
            self.errors[name] = NO_NUMBER
            return None
        return Decimal(figure_text(amount))

    def maybe_year(self, name: str) -> int | None:
        """A year of four digits, None where nothing was typed."""
        found = self.text(name)
        if not found:
            return None
        if not (found.isascii() and found.isdigit() and len(found) == 4):
            self.errors[name] = NO_YEAR
            return None
        return int(found)

    def lines(self, name: str) -> tuple[str, ...]:
        """One value a line, without empty ones."""
        return tuple(line.strip() for line in self.text(name).splitlines() if line.strip())

    def both(self, name: str) -> Both:
        """A text in both languages."""
        return Both(self.text(f"{name}_zh"), self.text(f"{name}_en"))


def subject(claim: Claim, given: Draft) -> Claim:
    """Subject, boundary, places; names the claimant had."""
    made = Subject(
        type=given.maybe_choice("type", SubjectType),
        name=given.both("name"),
        boundary=given.both("boundary"),
        unit=given.both("unit"),
        sites=given.lines("sites"),
    )
    claimant = replace(claim.claimant, former_names=given.lines("former_names"))
    return replace(claim, subject=made, claimant=claimant)


def period(claim: Claim, given: Draft) -> Claim:
    """The days covered, and how long the claim is to stand."""
    return replace(
        claim,
        period=Period(given.maybe_day("start"), given.maybe_day("end")),
        next_update=given.maybe_day("next_update"),
        valid_until=given.maybe_day("valid_until"),
    )


def footprint(claim: Claim, given: Draft) -> Claim:
    """A label with its number of units, or a report with everything it says."""
    kind = given.maybe_choice("kind", FootprintKind)
    accreditation = given.text("accreditation")
    if kind is FootprintKind.LABEL:
        made = Footprint(
            kind=kind,
            number=given.text("label"),
            units=given.maybe_number("units"),
            verifier=Verifier(accreditation=accreditation),
        )
        return replace(claim, footprint=made)
    made = Footprint(
        kind=kind,
        number=given.text("number"),
        version=given.text("report_version"),
        sha256=given.text("report"),
        total_t=given.maybe_number("total"),
        parts=Parts(**{name: given.maybe_number(name) for name in Parts.__dataclass_fields__}),
        location_based_t=given.maybe_number("location_based"),
        market_based_t=given.maybe_number("market_based"),
        assurance=given.maybe_choice("assurance", Assurance),
        verifier=Verifier(
            body=given.text("body"),
            accreditation=accreditation,
            person=given.text("verifier"),
            conclusion=given.maybe_choice("conclusion", Opinion),
            valid_until=given.maybe_day("verified_until"),
        ),
    )
    return replace(claim, footprint=made)


def reductions(claim: Claim, given: Draft) -> Claim:
    """What was done before offsetting."""
    made = Reductions(
        baseline_year=given.maybe_year("baseline_year"),
        baseline_total_t=given.maybe_number("baseline_total"),
        plan_sha256=given.text("plan"),
        reduced_t=given.maybe_number("reduced"),
        deducted_t=given.maybe_number("deducted"),
        removals_inside_t=given.maybe_number("removals_inside"),
        removal_projects=given.lines("projects"),
    )
    return replace(claim, reductions=made, residual_t=given.maybe_number("residual"))


def market(claim: Claim, given: Draft) -> Claim:
    """The rules, whom the claim addresses and where."""
    codes = given.text("markets").upper().replace(",", " ").replace("，", " ").split()
    return replace(
        claim,
        rule_set=given.text("rule_set"),
        audience=given.maybe_choice("audience", Audience),
        markets=tuple(dict.fromkeys(codes)),
    )


def electricity(claim: Claim, given: Draft) -> Claim:
    """Certificates with the kWh they cover, and what none covers."""
    uses = []
    for number in range(1, MOST_POWER_ROWS + 1):
        prefix = f"power.{number}."
        if given.text(f"{prefix}position"):
            use = PowerUse(
                position=given.text(f"{prefix}position"),
                kwh=given.maybe_number(f"{prefix}kwh"),
                site=given.text(f"{prefix}site"),
                start=given.maybe_day(f"{prefix}start"),
                end=given.maybe_day(f"{prefix}end"),
            )
            uses.append(use)
    uncovered = Uncovered(given.maybe_number("uncovered_kwh"), given.maybe_number("factor"))
    return replace(claim, electricity=tuple(uses), uncovered=uncovered)


def wording(claim: Claim, given: Draft) -> Claim:
    """What the claimant adds to the wording."""
    return replace(claim, remark=given.both("remark"))


MAKE: dict[str, Callable[[Claim, Draft], Claim]] = {
    "subject": subject,
    "period": period,
    "footprint": footprint,
    "reductions": reductions,
    "market": market,
    "electricity": electricity,
    "wording": wording,
}
"""Steps with fields of their own; the others choose positions, files and an institution."""
