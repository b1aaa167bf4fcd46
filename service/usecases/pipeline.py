"""From a stored inventory to an assessment with digests: the same steps for working, issuing and recomputing.

Rules
1. The assessment digest is SHA-256 over the canonical form of the inputs' digests and the rounded footprint:
   decimal strings only, so that it is the same on every machine. A review approves exactly one such digest.
2. ``inputs`` names all that the number rests on: inventory, links, release, rules, GWP set, rule set, engine
   version.
3. Nothing here reads the store or the clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certificates.canonical import sha256_hex
from lca.inventory import Inventory
from lca.scope import GwpSet, Scope
from service.store.records import ChoiceRecord, StudyRecord
from service.usecases.release_refusals import ReleaseUnavailable

if TYPE_CHECKING:
    from databases.release import Release
    from lca.assess import Assessment
    from lca.linking import Choice, Linked, LinkedLine
    from lca.rules import RoundedFootprint, RuleSet
    from service.usecases.services import Services


@dataclass(frozen=True, slots=True)
class Computation:
    """What one run gives.

    ``rounded`` is None while the gate is closed; ``inputs`` are digests and names (rule 2).
    """

    linked: Linked
    assessment: Assessment
    rounded: RoundedFootprint | None
    rules: RuleSet
    inputs: dict[str, str]
    digest: str

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON for the store and the pages."""
        footprint, preliminary = self.assessment.footprint, self.assessment.preliminary
        result = {
            "footprint": footprint.as_dict() if footprint else None,
            "preliminary": preliminary.as_dict() if preliminary else None,
            "rounded": rounded_dict(self.rounded) if self.rounded else None,
            "links": links_list(self.linked.lines),
            "findings": [finding.as_dict() for finding in self.assessment.findings],
            "inputs": self.inputs,
        }
        plain: dict[str, Any] = json.loads(json.dumps(result, allow_nan=False))
        return plain


def compute(
    inventory: Inventory, release: Release, scope: Scope, choices: Sequence[ChoiceRecord]
) -> Computation:
    """Link, assess, round, digest. Raises lca.rules.UnknownRuleSet, lca.contribution.ContributionsDiffer."""
    import lca
    from lca import rules
    from lca.assess import assess
    from lca.linking import link

    rule_set = rules.load(scope.rule_set)
    linked = link(inventory, release, scope, chosen(choices))
    assessment = assess(inventory, linked, release, scope)
    rounded = rules.round_footprint(assessment.footprint, rule_set) if assessment.footprint else None
    inputs = {
        "inventory": inventory.digest(),
        "choices": choices_digest(choices),
        "links": sha256_hex(links_list(linked.lines)),
        "release": release.digest,
        "rules": rule_set.digest(),
        "engine": lca.VERSION,
        **scope.as_dict(),
    }
    digest = _digest(inputs, rounded_dict(rounded) if rounded else None)
    return Computation(linked, assessment, rounded, rule_set, inputs, digest)


def result_digest(result: Mapping[str, Any]) -> str:
    """The digest that a stored result must have (rule 1); empty when its links or its form no longer hold."""
    try:
        inputs = {str(name): str(value) for name, value in result["inputs"].items()}
        return _digest(inputs, result["rounded"]) if sha256_hex(result["links"]) == inputs["links"] else ""
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""


def _digest(inputs: Mapping[str, str], rounded: Mapping[str, Any] | None) -> str:
    return sha256_hex({"inputs": dict(inputs), "rounded": rounded})


def scope_of(study: StudyRecord) -> Scope:
    """What the study declared before it computed."""
    return Scope(GwpSet(study.gwp_set), study.rule_set)


def release_of(study: StudyRecord, services: Services, *, fresh: bool = False) -> Release:
    """The release the study was opened with, its digest compared. Raises ReleaseUnavailable."""
    release = services.releases.open(study.release, fresh=fresh)
    if release.digest != study.release_digest:
        raise ReleaseUnavailable(release=study.release, problem="not the one the study was opened with")
    return release


def chosen(choices: Sequence[ChoiceRecord]) -> Mapping[str, Choice]:
    """Choices in the form of ``lca.linking``."""
    from lca.linking import Choice

    return {one.key: Choice(dataset=one.dataset, by="practitioner", reason=one.reason) for one in choices}


def choices_digest(choices: Sequence[ChoiceRecord]) -> str:
    """SHA-256 over what was chosen and why; who and when do not change a number."""
    return sha256_hex(
        [[one.key, one.dataset, one.reason] for one in sorted(choices, key=lambda one: one.key)]
    )


def links_list(lines: Sequence[LinkedLine]) -> list[dict[str, str]]:
    """Links as strings: key, dataset code (empty when none), amount in dataset unit, origin, reason."""
    return [
        {
            "key": line.key,
            "dataset": line.dataset.code if line.dataset else "",
            "amount": text(line.amount),
            "origin": line.origin,
            "reason": line.reason,
        }
        for line in lines
    ]


def rounded_dict(rounded: RoundedFootprint) -> dict[str, Any]:
    """The rounded footprint as decimal strings."""
    return {
        "total": text(rounded.total),
        "step": text(rounded.step),
        "stages": {stage.value: text(value) for stage, value in rounded.stages},
        "parts": {name: text(value) for name, value in rounded.parts},
        "electricity": [
            {"source": source, "kWh": text(kwh), "value": text(value)}
            for source, kwh, value in rounded.electricity
        ],
        "total_location_based": text(rounded.total_location_based),
        "coverage_by_lines": text(rounded.coverage_by_lines),
        "coverage_by_mass": text(rounded.coverage_by_mass),
        "cutoff_share": text(rounded.cutoff_share),
    }


def text(number: Decimal) -> str:
    """A decimal without exponent; its trailing zeros stay, they say how exact it is."""
    return f"{number:f}"
