"""Licences for restricted releases: who may see their values.

Rules
1. A licence belongs to an organisation and counts for every version of a release name. Events are appended and
   never changed; the last one counts.
2. The administrator grants and withdraws, with evidence. An institution that imports restricted data declares that
   it holds the licence and is recorded as holder (``declare``): only for a name nobody has, or one it holds already.
   Its own declaration shows it what it imported itself and nothing else: otherwise a made-up import would open data
   that comes under the same name later, by the administrator's hand or another institution's.
3. Whoever has no licence sees names, places, units, coverage and totals by stage, and no exchange amount, no score and
   no value of a line: amount and value together would give the factor away.

Example: ``if not may_see_values(actor, release, unit): …``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from service.store.records import LicenceEvent
from service.usecases.access import LOCAL, Actor, OrganisationKind, Permission, allow
from service.usecases.common import record
from service.usecases.refusals import InvalidInput, NotFound
from service.usecases.release_refusals import LicenceMissing
from service.usecases.services import Services

if TYPE_CHECKING:
    from databases.release import Release
    from service.store.uow import UnitOfWork

LONGEST_EVIDENCE = 2000


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence given or taken: release name, organisation by id, and the evidence or the reason."""

    release: str
    organisation_id: str
    evidence: str


def may_see_values(actor: Actor, release: Release, unit: UnitOfWork) -> bool:
    """True when the release is open, the actor's organisation holds its licence, or it is the administrator.

    Whoever runs commands on the machine can read its files anyway.
    """
    installation = actor.organisation_kind is OrganisationKind.INSTALLATION
    return installation or holds(actor.organisation_id, release, unit)


def holds(organisation_id: str, release: Release, unit: UnitOfWork) -> bool:
    """True when the release is open or the organisation holds its licence (rule 2)."""
    if not release.restricted:
        return True
    last = unit.licences.last(release.name, organisation_id)
    if last is None or not last.granted:
        return False
    return last.person_id.startswith(LOCAL) or organisation_id in importers(release, unit)


def importers(release: Release, unit: UnitOfWork) -> frozenset[str]:
    """Organisations whose people imported exactly this release, by the audit chain; none for what was installed."""
    acts = unit.audit.events(object_=f"release:{release.identifier}")
    people = {
        act.person_id
        for act in acts
        if act.action == Permission.RELEASE_IMPORT and act.after == release.digest
    }
    found = (unit.people.get(person) for person in sorted(people))
    return frozenset(person.organisation_id for person in found if person is not None)


def visible(actor: Actor, release: Release, services: Services) -> bool:
    """:func:`may_see_values` in a unit of its own, where one is needed."""
    if not release.restricted:
        return True
    with services.uow() as unit:
        return may_see_values(actor, release, unit)


def require(actor: Actor, release: Release, unit: UnitOfWork) -> None:
    """Raise LicenceMissing unless the actor may see the release's values."""
    if not may_see_values(actor, release, unit):
        raise LicenceMissing(release=release.identifier)


def grant(actor: Actor, command: Licence, services: Services) -> None:
    """Record that an organisation holds the licence. Raises NotAllowed, NotFound, InvalidInput."""
    _change(actor, command, services, granted=True)


def withdraw(actor: Actor, command: Licence, services: Services) -> None:
    """Record that it no longer does; ``evidence`` says why. Raises NotAllowed, NotFound, InvalidInput."""
    _change(actor, command, services, granted=False)


def events(actor: Actor, release: str, services: Services) -> tuple[LicenceEvent, ...]:
    """Every grant and withdrawal for a release name, or for all (empty name), oldest first. Raises NotAllowed."""
    allow(actor, Permission.LICENCE_GRANT)
    with services.uow() as unit:
        return unit.licences.events(release)


def declare(actor: Actor, unit: UnitOfWork, name: str, evidence: str, at: datetime) -> None:
    """Record the actor's institution as holder (rule 2); nothing where it is one already.

    The administrator declares for nobody: ``tanbiao release grant`` names the organisation.
    """
    if actor.organisation_kind is OrganisationKind.INSTALLATION:
        return
    if unit.licences.holds(name, actor.organisation_id):
        return
    unit.licences.append(LicenceEvent(name, actor.organisation_id, True, evidence, actor.person_id, at))
    record(
        unit,
        actor,
        (Permission.RELEASE_IMPORT, f"licence:{name}:{actor.organisation_id}"),
        at,
        ("", "granted"),
    )


def _change(actor: Actor, command: Licence, services: Services, *, granted: bool) -> None:
    allow(actor, Permission.LICENCE_GRANT)
    now = services.clock()
    evidence = command.evidence.strip()
    if not 0 < len(command.release) <= 100:
        raise InvalidInput(field="release", problem="the name of a release, at most 100 characters")
    if not 0 < len(evidence) <= LONGEST_EVIDENCE:
        raise InvalidInput(field="evidence", problem=f"1 to {LONGEST_EVIDENCE} characters")
    with services.uow(write=True) as unit:
        if unit.organisations.get(command.organisation_id) is None:
            raise NotFound(noun="organisation", key=command.organisation_id)
        held = unit.licences.holds(command.release, command.organisation_id)
        if not granted and not held:
            raise NotFound(noun="licence", key=f"{command.release} / {command.organisation_id}")
        event = LicenceEvent(
            command.release, command.organisation_id, granted, evidence, actor.person_id, now
        )
        unit.licences.append(event)
        object_ = f"licence:{command.release}:{command.organisation_id}"
        states = ("granted" if held else "", "granted" if granted else "withdrawn")
        record(unit, actor, (Permission.LICENCE_GRANT, object_), now, states)
        unit.commit()
