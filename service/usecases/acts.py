"""The audit chain's account against the store: what was done stands there, and nothing else does.

Rules
1. Every inventory, assessment, review, label and official mark is the work of exactly one event, by the same person.
2. Who opened, linked, assessed or submitted a study is among its modellers: four eyes rest on that.
3. The choices in force are those after the last event that changed them.
4. A study's state is the one its last event left it in.
5. A study stands on its inventory's owners, and on the release, GWP set and rule set of its newest assessment.
6. What happened to a label after its issue is compared with the chain by ``usecases.standing.soundness``.
7. Every event of a licence, which decides who sees values, is the work of exactly one event by the same person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from service.store.records import AuditRecord, StudyRecord
from service.usecases.access import LOCAL, Permission
from service.usecases.marks import MARKED, mark_digest
from service.usecases.pipeline import choices_digest, result_digest
from service.usecases.statements import review_digest

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

Act = tuple[str, str, str, str]
"""Permission, object, person, digest after."""

_MODELLING = frozenset(
    {Permission.STUDY_OPEN, Permission.STUDY_LINK, Permission.STUDY_ASSESS, Permission.STUDY_SUBMIT}
)


def acts(unit: UnitOfWork) -> Iterator[str]:
    """Every contradiction between audit chain and store, as a sentence."""
    events = unit.audit.events()
    yield from _works(events, unit)
    by_study: dict[str, list[AuditRecord]] = defaultdict(list)
    issued = {label.number: label.study_id for label in unit.labels.list_()}
    for event in events:
        noun, _, key = event.object.partition(":")
        study_id = issued.get(key, "") if noun == "label" else key if noun == "study" else ""
        if study_id:
            by_study[study_id].append(event)
    studies = {study.id: study for study in unit.studies.every()}
    for study_id in sorted(studies.keys() | by_study.keys()):
        if study_id in studies and by_study[study_id]:
            yield from _study(studies[study_id], by_study[study_id], unit)
        else:
            yield f"study {study_id} is {'unheard of' if study_id in studies else 'gone'}"


def review_mark(decision: str, digest: str) -> str:
    """What the event of a review keeps as its digest after: the decision and the digest of all of the review."""
    return f"{decision}:{digest}"


def _works(events: Iterable[AuditRecord], unit: UnitOfWork) -> Iterator[str]:
    """Rules 1 and 7."""
    kinds = {
        Permission.INVENTORY_HAND_IN,
        Permission.STUDY_ASSESS,
        Permission.REVIEW_DECIDE,
        Permission.LABEL_ISSUE,
        Permission.LABEL_MARK,
    }
    done = Counter(
        (e.action, e.object, e.person_id, e.after)
        for e in events
        if e.action in kinds or e.object.startswith("licence:")
    )
    kept = Counter(_kept(unit))
    for action, object_, _, _ in sorted((done - kept).keys()):
        yield f"{action} on {object_} was done and is not in the store as it was done"
    for action, object_, _, _ in sorted((kept - done).keys()):
        yield f"{action} on {object_} is in the store and was not done so"


def _kept(unit: UnitOfWork) -> Iterator[Act]:
    for one in unit.inventories.every():
        yield Permission.INVENTORY_HAND_IN, f"inventory:{one.id}", one.handed_in_by, one.digest
    for made in unit.studies.every_assessment():
        yield Permission.STUDY_ASSESS, f"study:{made.study_id}", made.person_id, made.digest
    for review in unit.studies.every_review():
        mark = review_mark(review.decision, review_digest(review))
        yield Permission.REVIEW_DECIDE, f"study:{review.study_id}", review.reviewer_id, mark
    for label in unit.labels.list_():
        yield Permission.LABEL_ISSUE, f"label:{label.number}", label.issued_by, _last_link(label.statement)
    for shown in unit.marks.every():
        yield Permission.LABEL_MARK, f"{MARKED}{shown.number}", shown.person_id, mark_digest(shown)
    for event in unit.licences.events():
        act = Permission.LICENCE_GRANT if event.person_id.startswith(LOCAL) else Permission.RELEASE_IMPORT
        said = "granted" if event.granted else "withdrawn"
        yield act, f"licence:{event.release}:{event.organisation_id}", event.person_id, said


def _last_link(statement: Any) -> str:
    try:
        return str(statement["chain"][-1]["link"])
    except (KeyError, IndexError, TypeError):
        return ""


def _study(study: StudyRecord, events: list[AuditRecord], unit: UnitOfWork) -> Iterator[str]:
    """Rules 2 to 5 for one study."""
    worked = {event.person_id for event in events if event.action in _MODELLING}
    if worked - unit.studies.modellers(study.id):
        yield f"modellers of study {study.id}: somebody who modelled is missing"
    linked = [event.after for event in events if event.action == Permission.STUDY_LINK]
    if choices_digest(unit.studies.choices(study.id)) != (linked[-1] if linked else choices_digest(())):
        yield f"choices of study {study.id} are not those that were made"
    if study.status != _state(events[-1]):
        yield f"state of study {study.id} is {study.status}, it was left {_state(events[-1])}"
    if not _founded(study, unit):
        yield f"study {study.id} has not the owners, release or scope it had"


def _founded(study: StudyRecord, unit: UnitOfWork) -> bool:
    """Rule 5."""
    inventory, newest = unit.inventories.get(study.inventory_id), unit.studies.latest_assessment(study.id)
    if inventory is None:
        return False
    if (inventory.organisation_id, inventory.institution_id) != (study.exporter_id, study.institution_id):
        return False
    if newest is None or not result_digest(newest.result):
        return True  # an assessment that no longer has its digest is a problem of its own
    stated = {"release": study.release_digest, "gwp_set": study.gwp_set, "rule_set": study.rule_set}
    inputs = newest.result["inputs"]
    return all(inputs.get(name) == value for name, value in stated.items())


def _state(event: AuditRecord) -> str:
    if event.action == Permission.LABEL_ISSUE:
        return "issued"
    if event.action in (Permission.REVIEW_DECIDE, Permission.STUDY_SUBMIT):
        return event.after.partition(":")[0]
    return "draft"
