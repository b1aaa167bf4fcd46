"""The facts of a statement: where floats have become decimals and everything printed on a label is gathered
once.

Rules
1. Whoever issues and whoever recomputes call the same function; only the number, the moments and the measured
   difference of the two roads are handed in.
2. The chain is: workbook, inventory, links, release, rules, footprint (the assessment digest), review; and power, where
   electricity was bought by contract (``usecases.ledger.power_gate``).
3. Names are those of the organisations when the label is issued; the reviewer is named, because GB/T 24025
   and ISO 14026 ask who verified.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certificates import chain
from certificates.canonical import sha256_hex
from lca.inventory import Inventory
from service.store.records import Organisation, ReviewRecord
from service.usecases.pipeline import Computation

if TYPE_CHECKING:
    from lca.footprint import Coverage
    from lca.rules import RoundedFootprint

TOLERANCE = Decimal("0.000000001")
"""Largest relative difference of the two roads at which a label is issued."""

POWER = "power"
"""Kind of the chain's entry for what covers electricity by contract."""

_PARTS = {
    "fossil": "fossil",
    "biogenicEmissions": "biogenic-emissions",
    "biogenicRemovals": "biogenic-removals",
    "landUseChange": "land-use-change",
    "aircraft": "aircraft",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """What is particular to one issue: number, issuer (id and name), moments, measured relative difference."""

    number: str
    issuer: dict[str, Any]
    issued_at: datetime
    valid_until: datetime
    relative_difference: Decimal


@dataclass(frozen=True, slots=True)
class Basis:
    """What the statement rests on besides the computation; ``power`` is the digest of what covers electricity by
    contract, empty where there is none.
    """

    exporter: Organisation
    inventory: Inventory
    workbook_sha256: str
    release: str
    review: ReviewRecord
    reviewer: str
    power: str = ""


def facts(issue: Issue, basis: Basis, computed: Computation) -> dict[str, Any]:
    """Every field of ``certificates.schema`` but ``type``. Raises ValueError while the gate is closed."""
    footprint, rounded, rules = computed.assessment.footprint, computed.rounded, computed.rules
    if footprint is None or rounded is None:
        raise ValueError("A closed gate makes no statement.")
    inventory = basis.inventory
    return {
        "number": issue.number,
        "issuer": issue.issuer,
        "exporter": {
            "id": basis.exporter.code,
            "name": {"zh": basis.exporter.name_zh, "en": basis.exporter.name_en},
        },
        "product": _product(inventory),
        "site": {"name": inventory.site, "place": inventory.place_code},
        "period": {"start": inventory.period_start, "end": inventory.period_end},
        "boundary": inventory.boundary.value,
        "footprint": _footprint(rounded),
        "method": {
            "ruleSet": rules.id,
            "ruleSetVersion": rules.version,
            "standards": dict(rules.standards),
            "gwpSet": computed.inputs["gwp_set"],
            "indicator": rules.indicator,
            "engine": f"tanbiao-lca {computed.inputs['engine']}",
            "release": basis.release,
            "rounding": f"significant-digits:{rules.rounding.significant_digits}",
        },
        "coverage": _coverage(footprint.coverage, rounded),
        "electricity": [
            {"source": source, "kWh": kwh, "value": value} for source, kwh, value in rounded.electricity
        ],
        "review": {
            "conclusion": basis.review.decision,
            "reviewedOn": basis.review.at.date(),
            "reviewer": basis.reviewer,
            "independent": True,
        },
        "agreement": {"tolerance": TOLERANCE, "relativeDifference": issue.relative_difference},
        "chain": evidence(basis, computed),
        "issuedAt": issue.issued_at,
        "validUntil": issue.valid_until,
    }


def evidence(basis: Basis, computed: Computation) -> list[dict[str, str]]:
    """The chain of rule 2."""
    entries: list[dict[str, str]] = []
    for kind, digest in (
        ("workbook", basis.workbook_sha256),
        ("inventory", computed.inputs["inventory"]),
        ("links", computed.inputs["links"]),
        ("release", computed.inputs["release"]),
        ("rules", computed.inputs["rules"]),
        ("footprint", computed.digest),
        ("review", review_digest(basis.review)),
    ):
        entries = chain.extend(entries, kind, digest)
    return chain.extend(entries, POWER, basis.power) if basis.power else entries


def review_digest(review: ReviewRecord) -> str:
    """SHA-256 over what the reviewer decided, about what, when and in which words."""
    return sha256_hex(
        {
            "assessment": review.assessment_digest,
            "reviewer": review.reviewer_id,
            "decision": review.decision,
            "comment": review.comment,
            "at": review.at.isoformat(),
        }
    )


def ends(issued_at: datetime, months: int) -> datetime:
    """The same day ``months`` later, or the last day of that month when it is shorter."""
    years, month = divmod(issued_at.month - 1 + months, 12)
    year = issued_at.year + years
    day = min(issued_at.day, calendar.monthrange(year, month + 1)[1])
    return issued_at.replace(year=year, month=month + 1, day=day)


def two_digits(value: float) -> Decimal:
    """A small relative difference in two significant digits, rounded up, without exponent: never less than
    measured.
    """
    from decimal import ROUND_UP

    number = Decimal(repr(value))
    if not number:
        return Decimal(0)
    return number.quantize(Decimal(1).scaleb(number.adjusted() - 1), ROUND_UP)


def _product(inventory: Inventory) -> dict[str, Any]:
    return {
        "name": {"zh": inventory.product_name_zh, "en": inventory.product_name_en},
        "model": inventory.model,
        "cnCode": inventory.cn_code,
        "gtin": inventory.gtin,
        "declaredUnit": {"amount": inventory.declared_amount, "unit": inventory.declared_unit},
        "massPerDeclaredUnit": {"amount": inventory.mass_per_declared_unit, "unit": "kg"},
    }


def _footprint(rounded: RoundedFootprint) -> dict[str, Any]:
    parts = dict(rounded.parts)
    return {
        "unit": "kgCO2e",
        "total": rounded.total,
        "stages": [{"stage": stage.value, "value": value} for stage, value in rounded.stages],
        "parts": {name: parts[part] for name, part in _PARTS.items()},
        "totalLocationBased": rounded.total_location_based,
    }


def _coverage(coverage: Coverage, rounded: RoundedFootprint) -> dict[str, Any]:
    return {
        "byLines": rounded.coverage_by_lines,
        "byMass": rounded.coverage_by_mass,
        "linesLinked": coverage.lines_linked,
        "linesTotal": coverage.lines_total,
        "linesAutoLinked": coverage.lines_auto,
        "linesCutOff": coverage.lines_cut_off,
        "cutOffShare": rounded.cutoff_share,
    }
