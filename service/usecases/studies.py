"""Studies: an inventory on a release, its links, its assessment, its way to review.

States: ``draft`` → (submit) ``in-review`` → (decide) ``approved`` or ``returned`` → (issue) ``issued``. Any
change of a link or a new, different assessment puts an approved, submitted or returned study back to
``draft``: the approval falls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.findings import Finding
from lca.inventory import Inventory
from service.store.records import (
    AssessmentRecord,
    ChoiceRecord,
    InventoryRecord,
    LabelRecord,
    ReviewRecord,
    StudyRecord,
)
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import (
    change_study,
    inventory_of,
    new_id,
    record,
    require_status,
    require_version,
    study_of,
    tenancy,
)
from service.usecases.pipeline import choices_digest, chosen, compute, release_of, scope_of
from service.usecases.refusals import (
    GateClosed,
    InvalidInput,
    NotAssessed,
    UnknownDataset,
    UnknownLine,
    UnknownRuleSet,
)
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.release import Release
    from lca.linking import LinkedLine

OPEN = ("draft", "in-review", "approved", "returned")
"""States in which a study may still change; an issued one never does."""


@dataclass(frozen=True, slots=True)
class OpenStudy:
    """``release`` is an identifier such as ``open-cn-2026.1``; ``gwp_set`` AR5 or AR6; ``rule_set`` of
    lca.rules.
    """

    inventory_id: str
    release: str
    gwp_set: str
    rule_set: str = "iso-14067-2018"


@dataclass(frozen=True, slots=True)
class ChooseDataset:
    """Link line or leg ``key`` (``M1``, ``M1/2``) to ``dataset``; an empty dataset withdraws the choice.

    ``version`` is the study version the person looked at; None skips the check.
    """

    study_id: str
    key: str
    dataset: str
    reason: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Every line and leg with its dataset or its candidates, and what is wrong with them."""

    lines: tuple[LinkedLine, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class StudyView:
    """Everything a study's page shows.

    ``assessment`` is the latest; ``current`` says whether it still holds.
    """

    study: StudyRecord
    inventory: InventoryRecord
    choices: tuple[ChoiceRecord, ...]
    assessment: AssessmentRecord | None
    current: bool
    reviews: tuple[ReviewRecord, ...]
    label: LabelRecord | None


def open_(actor: Actor, command: OpenStudy, services: Services) -> str:
    """Open a study; returns its id.

    Raises NotAllowed, NotFound, ReleaseUnavailable, UnknownRuleSet, InvalidInput.
    """
    from lca import rules

    allow(actor, Permission.STUDY_OPEN)
    now = services.clock()
    if command.rule_set not in rules.available():
        raise UnknownRuleSet(rule_set=command.rule_set)
    if command.gwp_set not in rules.load(command.rule_set).gwp_sets:
        raise InvalidInput(field="gwp_set", problem=f"not of rule set {command.rule_set}")
    release = services.releases.open(command.release)
    with services.uow(write=True) as unit:
        inventory = inventory_of(actor, unit, command.inventory_id)
        study = StudyRecord(
            id=new_id(),
            inventory_id=inventory.id,
            exporter_id=inventory.organisation_id,
            institution_id=inventory.institution_id,
            release=release.identifier,
            release_digest=release.digest,
            gwp_set=command.gwp_set,
            rule_set=command.rule_set,
            status="draft",
            opened_by=actor.person_id,
            opened_at=now,
            version=1,
            product_name_zh=inventory.product_name_zh,
            product_name_en=inventory.product_name_en,
        )
        unit.studies.add(study)
        record(unit, actor, (Permission.STUDY_OPEN, f"study:{study.id}"), now, ("", inventory.digest))
        unit.commit()
    return study.id


def list_(actor: Actor, services: Services) -> tuple[StudyRecord, ...]:
    """Studies the actor may see, newest first. Raises NotAllowed."""
    allow(actor, Permission.STUDY_READ)
    with services.uow() as unit:
        return unit.studies.list_(**tenancy(actor))


def get(actor: Actor, study_id: str, services: Services) -> StudyView:
    """One study with all that belongs to it. Raises NotAllowed, NotFound."""
    allow(actor, Permission.STUDY_READ)
    with services.uow() as unit:
        study = study_of(actor, unit, study_id)
        inventory = inventory_of(actor, unit, study.inventory_id)
        choices = unit.studies.choices(study_id)
        assessment = unit.studies.latest_assessment(study_id)
        return StudyView(
            study=study,
            inventory=inventory,
            choices=choices,
            assessment=assessment,
            current=is_current(assessment, inventory, choices),
            reviews=unit.studies.reviews(study_id),
            label=unit.labels.of_study(study_id),
        )


def links(actor: Actor, study_id: str, services: Services) -> Links:
    """The study's lines linked as they stand now. Raises NotAllowed, NotFound, ReleaseUnavailable."""
    from lca.linking import link as link_lines

    allow(actor, Permission.STUDY_READ)
    with services.uow() as unit:
        study = study_of(actor, unit, study_id)
        inventory = Inventory.from_dict(inventory_of(actor, unit, study.inventory_id).content)
        choices = unit.studies.choices(study_id)
    linked = link_lines(inventory, release_of(study, services), scope_of(study), chosen(choices))
    return Links(tuple(linked.lines), tuple(linked.findings))


def link(actor: Actor, command: ChooseDataset, services: Services) -> StudyRecord:
    """Choose or withdraw a dataset. Raises NotAllowed, NotFound, WrongState, StudyChanged, UnknownLine,
    UnknownDataset.

    A choice needs a reason (InvalidInput). The study goes back to draft: an approval falls.
    """
    allow(actor, Permission.STUDY_LINK)
    now = services.clock()
    with services.uow(write=True) as unit:
        study = study_of(actor, unit, command.study_id)
        require_version(study, command.version)
        require_status(study, *OPEN)
        inventory = inventory_of(actor, unit, study.inventory_id)
        _check_choice(command, Inventory.from_dict(inventory.content), release_of(study, services))
        before = choices_digest(unit.studies.choices(study.id))
        if command.dataset:
            chosen_now = (command.dataset, command.reason.strip(), actor.person_id, now)
            unit.studies.choose(ChoiceRecord(study.id, command.key, *chosen_now))
        else:
            unit.studies.withdraw(study.id, command.key)
        unit.studies.add_modeller(study.id, actor.person_id)
        changed = change_study(unit, study, "draft")
        after = choices_digest(unit.studies.choices(study.id))
        record(unit, actor, (Permission.STUDY_LINK, f"study:{study.id}"), now, (before, after))
        unit.commit()
    return changed


def assess(actor: Actor, study_id: str, services: Services) -> AssessmentRecord:
    """Compute the footprint and keep it, findings and all (a closed gate is a result, not a refusal).

    ``record.result["footprint"]`` is None when a finding is an ERROR. Raises NotAllowed, NotFound,
    WrongState, StudyChanged, ReleaseUnavailable.
    """
    allow(actor, Permission.STUDY_ASSESS)
    now = services.clock()
    with services.uow() as unit:
        study = study_of(actor, unit, study_id)
        require_status(study, *OPEN)
        inventory = Inventory.from_dict(inventory_of(actor, unit, study.inventory_id).content)
        choices = unit.studies.choices(study_id)
    computed = compute(inventory, release_of(study, services), scope_of(study), choices)
    made = AssessmentRecord(
        id=new_id(),
        study_id=study.id,
        digest=computed.digest,
        result=computed.as_dict(),
        engine=computed.inputs["engine"],
        person_id=actor.person_id,
        at=now,
    )
    with services.uow(write=True) as unit:
        require_version(study_of(actor, unit, study_id), study.version)
        before = unit.studies.latest_assessment(study_id)
        if before is not None and before.digest == made.digest and before.result == made.result:
            return before
        unit.studies.add_assessment(made)
        unit.studies.add_modeller(study_id, actor.person_id)
        change_study(unit, study, "draft")
        digests = (before.digest if before else "", made.digest)
        record(unit, actor, (Permission.STUDY_ASSESS, f"study:{study.id}"), now, digests)
        unit.commit()
    return made


def submit(actor: Actor, study_id: str, services: Services, *, version: int | None = None) -> StudyRecord:
    """Hand the study to review.

    Raises NotAllowed, NotFound, WrongState, StudyChanged, NotAssessed, GateClosed.
    """
    allow(actor, Permission.STUDY_SUBMIT)
    now = services.clock()
    with services.uow(write=True) as unit:
        study = study_of(actor, unit, study_id)
        require_version(study, version)
        require_status(study, "draft", "returned")
        assessment = unit.studies.latest_assessment(study_id)
        inventory = inventory_of(actor, unit, study.inventory_id)
        if assessment is None or not is_current(assessment, inventory, unit.studies.choices(study_id)):
            raise NotAssessed
        if assessment.result["footprint"] is None:
            raise GateClosed(Finding.from_dict(finding) for finding in assessment.result["findings"])
        unit.studies.add_modeller(study_id, actor.person_id)
        changed = change_study(unit, study, "in-review")
        act = (Permission.STUDY_SUBMIT, f"study:{study.id}")
        record(unit, actor, act, now, (study.status, f"in-review:{assessment.digest}"))
        unit.commit()
    return changed


def is_current(
    assessment: AssessmentRecord | None, inventory: InventoryRecord, choices: tuple[ChoiceRecord, ...]
) -> bool:
    """True when an assessment rests on this inventory and these choices."""
    if assessment is None:
        return False
    inputs = assessment.result["inputs"]
    return bool(inputs["inventory"] == inventory.digest and inputs["choices"] == choices_digest(choices))


def _check_choice(command: ChooseDataset, inventory: Inventory, release: Release) -> None:
    from databases.catalogue import UnknownDataset as NotInCatalogue
    from lca.coverage import items, key

    if command.key not in {key(line, leg) for line, leg in items(inventory)}:
        raise UnknownLine(key=command.key)
    if not command.dataset:
        return
    if not command.reason.strip():
        raise InvalidInput(field="reason", problem="say why this dataset stands for the line")
    try:
        release.catalogue.get(command.dataset)
    except NotInCatalogue as error:
        raise UnknownDataset(release=release.identifier, dataset=command.dataset) from error
