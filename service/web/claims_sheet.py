"""A claim to read: every step as rows of name and value, in the words of its forms.

Rules
1. A field that the claim leaves empty is told as missing, unless the claim's kind does not have it.
2. A file is told by its name and leads to it; a position leads to the ledger where it is the reader's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from certificates.ledger.claims.model import Claim, Facts, FootprintKind
from certificates.ledger.claims.rules import rule_sets
from certificates.ledger.instruments import instrument
from service.web import claims_words as words
from service.web.claims_forms import LABELS
from service.web.claims_values import values_of
from service.web.formats import day, exact, short
from service.web.ledger_rows import amount_text, figure_text
from service.web.ledger_words import kind_name

CHOICES = {
    "type": words.SUBJECTS,
    "kind": words.FOOTPRINTS,
    "assurance": words.ASSURANCES,
    "conclusion": words.OPINIONS,
    "audience": words.AUDIENCES,
}
DAYS = frozenset({"start", "end", "next_update", "valid_until", "verified_until"})
FILES = frozenset({"report", "plan"})
OPTIONAL = frozenset(
    {"former_names", "projects", "remark_zh", "remark_en", "location_based", "market_based"}
    | {"uncovered_kwh", "factor", "unit_zh", "unit_en"}
)
REPORT_ONLY = frozenset(
    {
        "number",
        "report_version",
        "report",
        "fossil",
        "biogenic_emissions",
        "biogenic_removals",
        "land_use_change",
    }
    | {"aircraft", "location_based", "market_based"}
)
NUMBERS = frozenset(
    {"units", "total", "fossil", "biogenic_emissions", "biogenic_removals", "land_use_change", "aircraft"}
    | {"location_based", "market_based", "baseline_total", "reduced", "deducted", "residual"}
    | {"removals_inside", "uncovered_kwh", "factor"}
)
ALREADY_TOLD = frozenset({"title", "power", "retirements", "evidence", "institution"})


@dataclass(frozen=True, slots=True)
class Line:
    """A name with its value; ``href`` where it leads, ``missing`` where nothing was given."""

    name: Any
    value: Any
    href: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """Retired units as the claim names them. ``amount`` is empty where the ledger does not know the position."""

    key: str
    kind: str
    name: str
    serial: str
    amount: str
    retired_on: Any
    beneficiary: str
    use: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a claim says, by step."""

    lines: Mapping[str, tuple[Line, ...]]
    retirements: tuple[Unit, ...]
    electricity: tuple[Unit, ...]
    evidence: tuple[Line, ...] = field(default=())


def sheet(claim_id: str, claim: Claim, facts: Facts, files: Mapping[str, str]) -> Sheet:
    """The claim to read; ``files`` are names of stored files by hash."""
    values = values_of(claim) | _of_label(claim)
    lines = {
        step: tuple(
            _line(claim_id, name, label, values.get(name, ""), files)
            for name, label in labels.items()
            if _shown(claim, name, values.get(name, ""))
        )
        for step, labels in LABELS.items()
    }
    return Sheet(
        lines=lines,
        retirements=tuple(unit(key, facts) for key in claim.retirements),
        electricity=tuple(_used(claim, facts)),
        evidence=tuple(
            Line(words.evidence_name(one.what), *_file(claim_id, one.sha256, files)) for one in claim.evidence
        ),
    )


def unit(key: str, facts: Facts) -> Unit:
    """A position as the facts have it."""
    found = facts.units.get(key)
    if found is None:
        return Unit(key, "", _("not found in the ledger"), "", "", None, "")
    lot, quantity = found.lot, instrument(found.lot.kind).quantity(found.position.span.count)
    return Unit(
        key=key,
        kind=kind_name(lot.kind.value),
        name=lot.name or lot.project or lot.serial,
        serial=lot.serial,
        amount=amount_text(quantity.amount, quantity.unit.value),
        retired_on=found.retire.on if found.retire else None,
        beneficiary=found.retire.beneficiary.name if found.retire else "",
    )


def _used(claim: Claim, facts: Facts) -> Iterator[Unit]:
    for use in claim.electricity:
        made = unit(use.position, facts)
        kwh = f"{exact(figure_text(use.kwh))} kWh" if use.kwh is not None else "—"
        days = f"{day(use.start)} – {day(use.end)}" if use.start and use.end else "—"
        said = " · ".join((kwh, use.site or "—", days))
        yield Unit(**{name: getattr(made, name) for name in Unit.__slots__ if name != "use"}, use=said)


def _shown(claim: Claim, name: str, value: str) -> bool:
    """Rule 1."""
    is_label = claim.footprint.kind is FootprintKind.LABEL
    if (
        name in ALREADY_TOLD
        or (is_label and name in REPORT_ONLY)
        or (not is_label and name in ("label", "units"))
    ):
        return False
    return bool(value) or name not in OPTIONAL


def _of_label(claim: Claim) -> dict[str, str]:
    """What a label says for the claim; its form does not ask for it."""
    given = claim.footprint
    if given.kind is not FootprintKind.LABEL:
        return {}
    verifier = given.verifier
    return {
        "total": figure_text(given.total_t) if given.total_t is not None else "",
        "body": verifier.body,
        "verifier": verifier.person,
        "assurance": given.assurance.value if given.assurance else "",
        "conclusion": verifier.conclusion.value if verifier.conclusion else "",
        "verified_until": verifier.valid_until.isoformat() if verifier.valid_until else "",
    }


def _line(claim_id: str, name: str, label: Any, value: str, files: Mapping[str, str]) -> Line:
    if not value:
        return Line(label, _("not given"), missing=True)
    if name in CHOICES:
        return Line(label, CHOICES[name].get(value, value))
    if name in DAYS:
        return Line(label, day(value))
    if name in FILES:
        return Line(label, *_file(claim_id, value, files))
    if name == "rule_set":
        known = rule_sets().get(value)
        return Line(label, words.of_rule(known.name) if known else value)
    if name == "label":
        return Line(label, value, url_for("labels.show", number=value))
    return Line(label, exact(value) if name in NUMBERS else value)


def _file(claim_id: str, sha256: str, files: Mapping[str, str]) -> tuple[str, str]:
    """Rule 2: name and address of a file; one that is not stored leads nowhere."""
    if sha256 not in files:
        return _("not stored: %(hash)s", hash=short(sha256)), ""
    return files[sha256], url_for("claims.file", key=claim_id, sha256=sha256)
