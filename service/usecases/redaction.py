"""An assessment as it is shown to somebody without a licence for its restricted release.

Rules
1. Kept: total, stages, parts and gases of the whole, coverage, links, findings (they state no factor), and of every
   line its name, dataset and amount.
2. Taken away (None): score, value and parts of every line, because amount and value together give the dataset's factor
   away; the electricity by source, because a source often is one line.
3. Where the release cannot be opened, or another one has its identifier now, nobody knows whether it is restricted:
   only holders of a licence by its name see values then, if it ever had any licence.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.store.records import AssessmentRecord, StudyRecord
from service.usecases.access import Actor, OrganisationKind
from service.usecases.pipeline import release_of
from service.usecases.release_licences import may_see_values
from service.usecases.release_refusals import ReleaseUnavailable
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


def needed(actor: Actor, study: StudyRecord, unit: UnitOfWork, services: Services) -> bool:
    """True when the values of the study's lines are not for this actor."""
    try:
        release = release_of(study, services)
    except ReleaseUnavailable:  # rule 3
        if actor.organisation_kind is OrganisationKind.INSTALLATION:
            return False
        names = {
            event.release for event in unit.licences.events() if study.release.startswith(f"{event.release}-")
        }
        return any(not unit.licences.holds(name, actor.organisation_id) for name in names)
    return not may_see_values(actor, release, unit)


def redacted(record: AssessmentRecord) -> AssessmentRecord:
    """The record without the values of rule 2; its digest stays that of the whole."""
    result = dict(record.result)
    for name in ("footprint", "preliminary"):
        if result.get(name):
            result[name] = _footprint(result[name])
    if result.get("rounded"):
        kept = [{**one, "value": None} for one in result["rounded"]["electricity"]]
        result["rounded"] = {**result["rounded"], "electricity": kept, "total_location_based": None}
    return replace(record, result=result)


def _footprint(found: dict[str, Any]) -> dict[str, Any]:
    lines = [{**line, "score": None, "value": None, "parts": []} for line in found["lines"]]
    electricity = {
        **found["electricity"],
        "value_by_source": [[source, None] for source, _ in found["electricity"]["value_by_source"]],
        "total_location_based": None,
    }
    return {**found, "lines": lines, "electricity": electricity}
