"""A new study on another release, with the choices of an earlier one as far as they carry over.

Rules
1. The earlier study stays as it is: it may be issued, and its label rests on its release.
2. A choice is copied when the new release has a dataset of that code; its reason says where it comes from. The others
   are listed and left open: nothing is replaced silently. Whether a copied choice still fits (unit, GWP set) is told by
   the findings of the new study as for any choice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from service.store.records import ChoiceRecord, StudyRecord
from service.usecases import studies
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import change_study, record, require_status, study_of
from service.usecases.pipeline import choices_digest
from service.usecases.services import Services


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: the study, the choices that would be copied, and those that have no dataset there."""

    study: StudyRecord
    release: str
    copied: tuple[ChoiceRecord, ...]
    left: tuple[ChoiceRecord, ...]


@dataclass(frozen=True, slots=True)
class Reopened:
    """The new study; ``copied`` are the keys of choices that carried over, ``left`` (key, dataset) that did not."""

    study_id: str
    copied: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


def preview(actor: Actor, study_id: str, release: str, services: Services) -> Preview:
    """What of a study carries over to ``release``. Raises NotAllowed, NotFound, ReleaseUnavailable."""
    allow(actor, Permission.STUDY_OPEN)
    with services.uow() as unit:
        study = study_of(actor, unit, study_id)
        choices = unit.studies.choices(study_id)
    known = {dataset.code for dataset in services.releases.open(release).catalogue.all()}
    return Preview(
        study,
        release,
        tuple(one for one in choices if one.dataset in known),
        tuple(one for one in choices if one.dataset not in known),
    )


def reopen_on(actor: Actor, study_id: str, release: str, services: Services) -> Reopened:
    """Open a study of the same inventory on ``release`` (rules 1 and 2).

    Raises NotAllowed, NotFound, ReleaseUnavailable, LicenceMissing.
    """
    found = preview(actor, study_id, release, services)
    now, before = services.clock(), found.study
    opened = studies.OpenStudy(before.inventory_id, release, before.gwp_set, before.rule_set)
    new = studies.open_(actor, opened, services)
    copied = [_copied(one, new, before.release, actor, now) for one in found.copied]
    if copied:
        with services.uow(write=True) as unit:
            study = study_of(actor, unit, new)
            require_status(study, "draft")
            for choice in copied:
                unit.studies.choose(choice)
            change_study(unit, study, "draft")
            digests = ("", choices_digest(copied))
            record(unit, actor, (Permission.STUDY_LINK, f"study:{new}"), now, digests)
            unit.commit()
    left = tuple((one.key, one.dataset) for one in found.left)
    return Reopened(new, tuple(one.key for one in copied), left)


def _copied(one: ChoiceRecord, study_id: str, release: str, actor: Actor, now: datetime) -> ChoiceRecord:
    reason = f"{one.reason} ({release})"[:1000]
    return replace(one, study_id=study_id, reason=reason, person_id=actor.person_id, at=now)
