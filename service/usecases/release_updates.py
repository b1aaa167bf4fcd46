"""The impact of a new release: every dataset, every study and every issued label before and after; owners are told.

Rules
1. A study is scored anew from its latest assessment: the demand on each dataset times the new score of its successor
   (``databases.comparison``). Nothing is linked or decided anew, so a study whose datasets do not all have a successor,
   in the same unit and for its GWP set, has no number after: the missing ones are named.
2. An issued study is shown as its label, any other as itself. Kept are all of these, and of the datasets those beyond
   the threshold, those that came from zero and those that are gone; the summary counts the others.
3. An owner (exporter, institution) is told once a comparison, when something of its own is beyond the threshold.
   Everybody sees rows of its own studies only; the administrator all of them.
4. A comparison made by a job has the job's id: done twice, it is kept once.
5. Values of datasets of a restricted release, their distribution and their order are shown to holders of its licence
   only. The number after of a study is shown where the institution of the study holds the licence of the new release:
   nobody else may assess a study on it either.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from service.store.records import ImpactRecord, ImpactRow, JobRecord
from service.usecases import notices, release_licences, update_rows
from service.usecases.access import Actor, NotAllowed, OrganisationKind, Permission, allow
from service.usecases.common import new_id, record, tenancy, waiting_job
from service.usecases.refusals import InvalidInput, NotFound
from service.usecases.release_refusals import ReleasesNotComparable, ReleaseUnavailable
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.content import Progress
    from databases.release import Release
    from service.store.uow import UnitOfWork

IMPACT_JOB = "release-impact"


@dataclass(frozen=True, slots=True)
class Compare:
    """The release in use, the one to replace it, and the change worth telling as a share (0.05 is 5 %)."""

    old: str
    new: str
    threshold: float = 0.05


@dataclass(frozen=True, slots=True)
class ImpactView:
    """A comparison and the rows the reader may see; ``values_hidden``: without the values of datasets (rule 5)."""

    impact: ImpactRecord
    rows: tuple[ImpactRow, ...]
    values_hidden: bool

    def of_kind(self, *kinds: str) -> tuple[ImpactRow, ...]:
        """Rows of ``dataset``, ``study`` or ``label``."""
        return tuple(row for row in self.rows if row.kind in kinds)


def request(actor: Actor, command: Compare, services: Services) -> str:
    """Queue a comparison; returns the job's id, the same one while such a job of the organisation is open.

    Raises NotAllowed, InvalidInput, ReleaseUnavailable, ReleasesNotComparable, LicenceMissing.
    """
    allow(actor, Permission.RELEASE_COMPARE)
    if actor.organisation_kind is not OrganisationKind.INSTITUTION:
        raise NotAllowed(
            permission=Permission.RELEASE_COMPARE.value
        )  # a job belongs to a stored organisation
    _open_both(actor, command, services)
    payload = {
        "old": command.old,
        "new": command.new,
        "threshold": command.threshold,
        "organisation": actor.organisation_id,
    }
    with services.uow(write=True) as unit:
        already = unit.jobs.open_for(IMPACT_JOB, payload)
        if already is not None:
            return already.id
        job = waiting_job(actor, IMPACT_JOB, payload, services.clock())
        unit.jobs.add(job)
        unit.commit()
    return job.id


def run(job: JobRecord, actor: Actor, services: Services, progress: Progress) -> dict[str, Any]:
    """For the worker: do a queued comparison; returns the job's result. Raises as :func:`impact`."""
    command = Compare(job.payload["old"], job.payload["new"], job.payload["threshold"])
    return {"impact": impact(actor, command, services, impact_id=job.id, progress=progress).id}


def impact(
    actor: Actor,
    command: Compare,
    services: Services,
    *,
    impact_id: str = "",
    progress: Progress | None = None,
) -> ImpactRecord:
    """Compare two releases now, keep the result and tell the owners (rules 1 to 4).

    Raises NotAllowed, InvalidInput, ReleaseUnavailable, ReleasesNotComparable, LicenceMissing.
    """
    allow(actor, Permission.RELEASE_COMPARE)
    now, tell = services.clock(), progress or (lambda _step, _share: None)
    if impact_id:
        with services.uow() as unit:
            kept = unit.impacts.get(impact_id)
        if kept is not None:
            return kept
    old, new = _open_both(actor, command, services)
    tell("comparing datasets", 0.1)
    found = update_rows.compared(old, new)
    summary, datasets = update_rows.dataset_rows(found, command.threshold)
    tell("comparing studies", 0.5)
    with services.uow() as unit:
        resting = unit.resting.assessed(old.identifier)
        rows, left_out = update_rows.study_rows(resting, old.digest, found, command.threshold)
    made = ImpactRecord(
        id=impact_id or new_id(),
        old=old.identifier,
        old_digest=old.digest,
        new=new.identifier,
        new_digest=new.digest,
        threshold=command.threshold,
        summary={"datasets": summary, "not_computed": left_out},
        person_id=actor.person_id,
        at=now,
    )
    tell("telling owners", 0.9)
    with services.uow(write=True) as unit:
        _require_there(made, services)
        unit.impacts.add(made, [*rows, *datasets])
        _tell_owners(unit, made, rows)
        act = (Permission.RELEASE_COMPARE, f"impact:{made.id}")
        record(unit, actor, act, now, (old.digest, new.digest))
        unit.commit()
    return made


def list_(actor: Actor, services: Services) -> tuple[ImpactRecord, ...]:
    """Comparisons, newest first; an exporter sees those that touch its products. Raises NotAllowed."""
    allow(actor, Permission.IMPACT_READ)
    owner = actor.organisation_id if actor.organisation_kind is OrganisationKind.EXPORTER else None
    with services.uow() as unit:
        return unit.impacts.list_(owner_id=owner)


def get(actor: Actor, impact_id: str, services: Services) -> ImpactView:
    """One comparison with the rows of the actor's own (rules 3 and 5). Raises NotAllowed, NotFound."""
    allow(actor, Permission.IMPACT_READ)
    with services.uow() as unit:
        found = unit.impacts.get(impact_id)
        rows = unit.impacts.rows(impact_id, **tenancy(actor))
        own = any(row.kind != "dataset" for row in rows)
        if found is None or (actor.organisation_kind is OrganisationKind.EXPORTER and not own):
            raise NotFound(noun="impact", key=impact_id)
        hidden = _hidden(actor, found, unit, services)
        if actor.organisation_kind is not OrganisationKind.INSTALLATION:
            rows = _licensed(found, rows, unit, services)
    if hidden:
        bare = (_without_values(row) for row in rows if row.kind == "dataset")
        rows = (
            *(row for row in rows if row.kind != "dataset"),
            *sorted(bare, key=lambda row: (row.object, row.gwp_set)),
        )
        sums = {**found.summary["datasets"], "sets": {}}
        found = replace(found, summary={**found.summary, "datasets": sums})
    return ImpactView(found, rows, hidden)


def _licensed(
    found: ImpactRecord, rows: tuple[ImpactRow, ...], unit: UnitOfWork, services: Services
) -> tuple[ImpactRow, ...]:
    """Rows of studies without the number after where their institution may not assess on the new release (rule 5)."""
    release = _there(found.new, found.new_digest, services)
    institutions = {row.institution_id for row in rows if row.institution_id is not None}
    may = {one for one in institutions if release is not None and release_licences.holds(one, release, unit)}
    return tuple(
        row
        if row.institution_id is None or row.institution_id in may
        else replace(row, after=None, change=None)
        for row in rows
    )


def _there(identifier: str, digest: str, services: Services) -> Release | None:
    """The very release that was compared, or None: another one, or none, has its identifier now."""
    try:
        release = services.releases.open(identifier)
    except ReleaseUnavailable:
        return None
    return release if release.digest == digest else None


def _require_there(made: ImpactRecord, services: Services) -> None:
    """Under the write lock: neither release was removed meanwhile (``releases.remove`` takes it too)."""
    for identifier, digest in ((made.old, made.old_digest), (made.new, made.new_digest)):
        if _there(identifier, digest, services) is None:
            raise ReleaseUnavailable(release=identifier, problem="it was removed during the comparison")


def _open_both(actor: Actor, command: Compare, services: Services) -> tuple[Release, Release]:
    if not 0.0 <= command.threshold <= 10.0:
        raise InvalidInput(field="threshold", problem="a share between 0 and 10; 0.05 is 5 %")
    if command.old == command.new:
        raise ReleasesNotComparable(old=command.old, new=command.new, problem="they are the same release")
    old, new = services.releases.open(command.old), services.releases.open(command.new)
    with services.uow() as unit:
        for release in (old, new):
            release_licences.require(actor, release, unit)
    return old, new


def _hidden(actor: Actor, found: ImpactRecord, unit: UnitOfWork, services: Services) -> bool:
    if actor.organisation_kind is OrganisationKind.INSTALLATION:
        return False
    both = ((found.old, found.old_digest), (found.new, found.new_digest))
    releases = [_there(identifier, digest, services) for identifier, digest in both]
    # where one is not there, nobody knows any more whether it was restricted
    return not all(one and release_licences.may_see_values(actor, one, unit) for one in releases)


def _tell_owners(unit: UnitOfWork, made: ImpactRecord, rows: Iterable[ImpactRow]) -> None:
    """Rule 3."""
    touched: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.beyond:
            for owner in {row.exporter_id, row.institution_id} - {None}:
                touched[str(owner)][row.kind] += 1
    for owner, counts in sorted(touched.items()):
        details = {
            "old": made.old,
            "new": made.new,
            "threshold": made.threshold,
            "studies": counts["study"],
            "labels": counts["label"],
        }
        notices.tell(unit, owner, notices.RELEASE_IMPACT, f"impact:{made.id}", details, made.at)


def _without_values(row: ImpactRow) -> ImpactRow:
    return replace(row, before=None, after=None, change=None)
