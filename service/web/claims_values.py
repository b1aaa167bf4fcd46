"""A claim as the values of its forms: what every field shows before anything is typed.

Rule: names of fields are those of ``claims_forms``; reading what a form shows gives the same claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from certificates.ledger.claims.model import Claim, Footprint, FootprintKind, Parts
from service.web.claims_forms import MOST_POWER_ROWS, POWER
from service.web.ledger_rows import figure_text

POWER_ROWS = 2
"""Empty rows for more uses of electricity."""


def values_of(claim: Claim) -> dict[str, str]:
    """Every field of every step as its form shows it."""
    made = _of_subject(claim) | _of_footprint(claim.footprint) | _of_reductions(claim)
    made |= {
        "start": _text(claim.period.start),
        "end": _text(claim.period.end),
        "next_update": _text(claim.next_update),
        "valid_until": _text(claim.valid_until),
        "rule_set": claim.rule_set,
        "audience": _text(claim.audience),
        "markets": ", ".join(claim.markets),
        "uncovered_kwh": _text(claim.uncovered.kwh),
        "factor": _text(claim.uncovered.factor),
        "remark_zh": claim.remark.zh,
        "remark_en": claim.remark.en,
    }
    for number, use in enumerate(claim.electricity, 1):
        made |= {f"power.{number}.{name}": _text(getattr(use, name)) for name in POWER}
    return made


def power_rows(values: Mapping[str, str]) -> int:
    """How many uses of electricity the form shows: those filled in and some empty ones."""
    numbers = range(1, MOST_POWER_ROWS + 1)
    filled = [one for one in numbers if any(values.get(f"power.{one}.{name}", "") for name in POWER)]
    return min(max([0, *filled]) + POWER_ROWS, MOST_POWER_ROWS)


def _of_subject(claim: Claim) -> dict[str, str]:
    texts = {
        "name": claim.subject.name,
        "boundary": claim.subject.boundary,
        "unit": claim.subject.unit,
    }
    made = {f"{name}_{code}": getattr(text, code) for name, text in texts.items() for code in ("zh", "en")}
    return made | {
        "type": _text(claim.subject.type),
        "sites": "\n".join(claim.subject.sites),
        "former_names": "\n".join(claim.claimant.former_names),
    }


def _of_footprint(given: Footprint) -> dict[str, str]:
    is_label = given.kind is FootprintKind.LABEL
    made = {
        "kind": _text(given.kind),
        "label": given.number if is_label else "",
        "units": _text(given.units),
        "accreditation": given.verifier.accreditation,
    }
    if is_label:
        return made
    return made | {
        "number": given.number,
        "report_version": given.version,
        "report": given.sha256,
        "total": _text(given.total_t),
        "location_based": _text(given.location_based_t),
        "market_based": _text(given.market_based_t),
        "assurance": _text(given.assurance),
        "body": given.verifier.body,
        "verifier": given.verifier.person,
        "conclusion": _text(given.verifier.conclusion),
        "verified_until": _text(given.verifier.valid_until),
        **{name: _text(getattr(given.parts, name)) for name in Parts.__dataclass_fields__},
    }


def _of_reductions(claim: Claim) -> dict[str, str]:
    given = claim.reductions
    return {
        "baseline_year": _text(given.baseline_year),
        "baseline_total": _text(given.baseline_total_t),
        "plan": given.plan_sha256,
        "reduced": _text(given.reduced_t),
        "deducted": _text(given.deducted_t),
        "residual": _text(claim.residual_t),
        "removals_inside": _text(given.removals_inside_t),
        "projects": "\n".join(given.removal_projects),
    }


def _text(value: Any) -> str:
    if value is None:
        return ""
    return figure_text(value) if isinstance(value, Decimal) else str(value)
