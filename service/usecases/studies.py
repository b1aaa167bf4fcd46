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
from service.usecases import link_memory, redaction, release_licences
from service.usecases.access import Actor, OrganisationKind, Permission, allow
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
from service.usecases.ledger import power_gate
from service.usecases.pipeline import choices_digest, chosen, compute, release_of, scope_of
from service.usecases.refusals import (
    GateClosed,
    InvalidInput,
    NotAssessed,
    NothingToConfirm,
    StudyChanged,
    UnknownDataset,
    UnknownLine,
    UnknownRuleSet,
)
from service.usecases.services import Services

if TYPE_CHECKING:
    from datetime import datetime

    from databases.release import Release
    from lca.linking import LinkedLine
    from lca.matching import Candidate
    from service.store.uow import UnitOfWork

OPEN = ("draft", "in-review", "approved", "returned")
"""States in which a study may still change; an issued one never does."""


@dataclass(frozen=True, slots=True)
class OpenStudy:
    """``release`` is an identifier such as ``open-cn-2026.2``; ``gwp_set`` AR5 or AR6; ``rule_set`` of
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
class ConfirmLinks:
    """Accept what is suggested for the lines and legs ``keys``: the automatic link, or what was confirmed before.

    ``shown`` are (key, dataset) as the person saw them; where one is no longer what is suggested, nothing is confirmed.
    ``reason`` is kept for all of them; without one the reason says what was confirmed.
    """

    study_id: str
    keys: tuple[str, ...]
    version: int | None = None
    shown: tuple[tuple[str, str], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """Every line and leg with its dataset or its candidates, and what is wrong with them.

    For people of the institution, what was confirmed before for this exporter stands first among the candidates.
    """

    lines: tuple[LinkedLine, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class StudyView:
    """Everything a study's page shows.

    ``assessment`` is the latest; ``current`` says whether it still holds. ``values_hidden``: the reader's organisation
    holds no licence for the release, so the assessment comes without values of lines (``redaction``).
    """

    study: StudyRecord
    inventory: InventoryRecord
    choices: tuple[ChoiceRecord, ...]
    assessment: AssessmentRecord | None
    current: bool
    reviews: tuple[ReviewRecord, ...]
    label: LabelRecord | None
    values_hidden: bool = False


def open_(actor: Actor, command: OpenStudy, services: Services) -> str:
    """Open a study; returns its id.

    Raises NotAllowed, NotFound, ReleaseUnavailable, LicenceMissing, UnknownRuleSet, InvalidInput.
    """
    from lca import rules

    allow(actor, Permission.STUDY_OPEN)
    now = services.clock()
    if command.rule_set not in rules.available():
        raise UnknownRuleSet(rule_set=command.rule_set)
    if command.gwp_set not in rules.load(command.rule_set).gwp_sets:
        raise InvalidInput(field="gwp_set", problem=f"not of rule set {command.rule_set}")
    services.releases.open(command.release)  # hashes are read before the write lock is taken
    with services.uow(write=True) as unit:
        inventory = inventory_of(actor, unit, command.inventory_id)
        release = services.releases.open(command.release)  # again: it may have been removed (releases.remove)
        release_licences.require(actor, release, unit)
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
        hidden = redaction.needed(actor, study, unit, services)
        return StudyView(
            study=study,
            inventory=inventory,
            choices=choices,
            assessment=redaction.redacted(assessment) if hidden and assessment else assessment,
            values_hidden=hidden,
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
    release = release_of(study, services)
    linked = link_lines(inventory, release, scope_of(study), chosen(choices))
    if actor.organisation_kind is not OrganisationKind.INSTITUTION:
        return Links(linked.lines, linked.findings)
    with services.uow() as unit:
        return Links(link_memory.offered(unit, study, release, linked.lines), linked.findings)


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
        release = release_of(study, services)
        inventory = Inventory.from_dict(inventory_of(actor, unit, study.inventory_id).content)
        _check_choice(command, inventory, release)
        chosen_now = (command.dataset, command.reason.strip(), actor.person_id, now)
        choice = ChoiceRecord(study.id, command.key, *chosen_now) if command.dataset else None
        changed = _choose(actor, unit, (study, release, inventory), {command.key: choice}, now)
        unit.commit()
    return changed


def confirm(actor: Actor, command: ConfirmLinks, services: Services) -> StudyRecord:
    """Turn suggestions into choices of the practitioner, many at once; all or none.

    As with :func:`link` an approval falls and the person becomes a modeller. Raises NotAllowed, NotFound, WrongState,
    StudyChanged (also where a suggestion is no longer the one shown), UnknownLine, NothingToConfirm, InvalidInput.
    """
    from lca.linking import link as link_lines

    allow(actor, Permission.STUDY_LINK)
    now = services.clock()
    if not command.keys:
        raise InvalidInput(field="keys", problem="name at least one line")
    with services.uow() as unit:  # the search for candidates takes its time: no lock is held meanwhile
        study = study_of(actor, unit, command.study_id)
        require_version(study, command.version)
        require_status(study, *OPEN)
        release = release_of(study, services)
        inventory = Inventory.from_dict(inventory_of(actor, unit, study.inventory_id).content)
        linked = link_lines(inventory, release, scope_of(study), chosen(unit.studies.choices(study.id)))
        lines = {line.key: line for line in link_memory.offered(unit, study, release, linked.lines)}
    choices: dict[str, ChoiceRecord | None] = {}
    for key in dict.fromkeys(command.keys):
        candidate = _suggested(key, lines, dict(command.shown), study)
        reason = command.reason.strip() or link_memory.reason_of(candidate, actor.language)
        choices[key] = ChoiceRecord(study.id, key, candidate.dataset.code, reason, actor.person_id, now)
    with services.uow(write=True) as unit:
        require_version(study_of(actor, unit, study.id), study.version)
        changed = _choose(actor, unit, (study, release, inventory), choices, now)
        unit.commit()
    return changed


def _suggested(
    key: str, lines: dict[str, LinkedLine], shown: dict[str, str], study: StudyRecord
) -> Candidate:
    if key not in lines:
        raise UnknownLine(key=key)
    candidate = link_memory.suggestion(lines[key])
    if candidate is None:
        raise NothingToConfirm(key=key)
    if shown.get(key, candidate.dataset.code) != candidate.dataset.code:
        raise StudyChanged(version=study.version)
    return candidate


def _choose(
    actor: Actor,
    unit: UnitOfWork,
    on: tuple[StudyRecord, Release, Inventory],
    choices: dict[str, ChoiceRecord | None],
    now: datetime,
) -> StudyRecord:
    """Put choices in force, or withdraw them (None), by key; remember them; one act of the audit chain."""
    study, release, inventory = on
    before = unit.studies.choices(study.id)
    known = {choice.key: choice for choice in before}
    for key, choice in choices.items():
        if choice is not None:
            unit.studies.choose(choice)
        else:
            unit.studies.withdraw(study.id, key)
        link_memory.replace_choice(unit, study, release, inventory, known.get(key), choice)
    unit.studies.add_modeller(study.id, actor.person_id)
    changed = change_study(unit, study, "draft")
    digests = (choices_digest(before), choices_digest(unit.studies.choices(study.id)))
    record(unit, actor, (Permission.STUDY_LINK, f"study:{study.id}"), now, digests)
    return changed


def assess(actor: Actor, study_id: str, services: Services) -> AssessmentRecord:
    """Compute the footprint and keep it, findings and all (a closed gate is a result, not a refusal).

    ``record.result["footprint"]`` is None when a finding is an ERROR. Raises NotAllowed, NotFound,
    WrongState, StudyChanged, ReleaseUnavailable, LicenceMissing.
    """
    allow(actor, Permission.STUDY_ASSESS)
    now = services.clock()
    with services.uow() as unit:
        study = study_of(actor, unit, study_id)
        require_status(study, *OPEN)
        inventory = Inventory.from_dict(inventory_of(actor, unit, study.inventory_id).content)
        choices = unit.studies.choices(study_id)
        release_licences.require(actor, release_of(study, services), unit)
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

    Raises NotAllowed, NotFound, WrongState, StudyChanged, NotAssessed, GateClosed, and PowerNotCovered for electricity
    by contract without units retired for it.
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
        power_gate.require_assessed(unit, study, assessment, services)
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
