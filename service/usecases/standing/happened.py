"""What happened to a label or a claim since its issue, and how it stood at a moment.

Rules
1. A label stands as its last event says; its first event is the issue. What everybody may read is told: state, since
   when, why, by which organisation.
2. A claim stands as its events say: frozen is suspended, withdrawn is revoked, every other is active. (Its page looks
   further, at what it rests on; what it finds becomes an event.)
3. Revoked and superseded are final: nothing that comes later counts.
4. The reason of a superseded label begins with the number of the newer one: :func:`superseding_reason`.

Example: ``at("TB-2026-0000001-L", moment, unit).state``; None before the issue and for a number never issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from certificates.labelnumber import CLAIM, LABEL, typed, valid
from certificates.ledger.claims.model import Standing as ClaimStanding
from service.store.ledger_records import ClaimEvent
from service.store.repositories.standing import LabelEvent
from service.usecases import claim_events
from service.usecases.access import Actor, Permission, allow
from service.usecases.common import label_of

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork
    from service.usecases.services import Services

CLAIM_STATES = {ClaimStanding.FROZEN.value: "suspended", ClaimStanding.WITHDRAWN.value: "revoked"}
"""Rule 2; any other status of a claim is active."""
FINAL = ("revoked", "superseded")
_NUMBER_LENGTH = len("TB-2026-0000001-L")
_NOBODY: Mapping[str, str] = {"zh": "", "en": ""}


@dataclass(frozen=True, slots=True)
class Standing:
    """From ``since`` on: the state, why (in people's own words, or by language), and which organisation brought it
    about: its kind and its names, empty where the service found it. ``other`` is the newer label of a superseded one.
    """

    state: str
    since: datetime
    reason: str | Mapping[str, str]
    by_kind: str
    by: Mapping[str, str] = field(default_factory=lambda: dict(_NOBODY))
    other: str = ""

    def reason_in(self, language: str) -> str:
        """Why, in ``zh`` or ``en``; people's own words as they are."""
        return self.reason if isinstance(self.reason, str) else self.reason.get(language, "")


def history(number: str, unit: UnitOfWork) -> tuple[Standing, ...]:
    """Everything that happened, the issue first; empty for a number that was never issued here."""
    if valid(number, LABEL):
        return tuple(of_label(event, unit) for event in unit.standings.label_events(number))
    claim = unit.claims.get(number) if valid(number, CLAIM) else None
    if claim is None:
        return ()
    issue = Standing("active", claim.issued_at, "", *_by(claim.person_id, unit))
    return (issue, *(of_claim(event, unit) for event in unit.claims.events(number)))


def look(actor: Actor, number: str, services: Services) -> tuple[Standing, ...]:
    """The history of a label that is the actor's to see. Raises NotAllowed, NotFound."""
    allow(actor, Permission.LABEL_READ)
    with services.uow() as unit:
        return history(label_of(actor, unit, typed(number)).number, unit)


def at(number: str, moment: datetime, unit: UnitOfWork) -> Standing | None:
    """How it stood at a moment (rule 3); None before its issue, and for a number that was never issued here."""
    return standing_at(history(number, unit), moment)


def standing_at(happened: Iterable[Standing], moment: datetime) -> Standing | None:
    """The same of a history."""
    current: Standing | None = None
    for one in happened:
        if one.since > moment or (current is not None and current.state in FINAL):
            break
        current = one
    return current


def last(happened: tuple[Standing, ...]) -> Standing:
    """How it stands after all of a history that is not empty (rule 3)."""
    return next((one for one in happened if one.state in FINAL), happened[-1])


def of_label(event: LabelEvent, unit: UnitOfWork) -> Standing:
    """An event of a label as everybody may read it."""
    other, reason = told_apart(event.status, event.reason)
    kind, by = _by(event.person_id, unit)
    return Standing(event.status, event.at, reason, kind, by, other)


def of_claim(event: ClaimEvent, unit: UnitOfWork) -> Standing:
    """An event of a claim; what the service found is nobody's."""
    found = event.ground == claim_events.FACTS
    kind, by = ("", dict(_NOBODY)) if found else _by(event.person_id, unit)
    return Standing(CLAIM_STATES.get(event.status, "active"), event.at, reason_of_claim(event), kind, by)


def reason_of_claim(event: ClaimEvent) -> str | Mapping[str, str]:
    """Why, of an event of a claim."""
    if event.ground != claim_events.FACTS:
        return event.reason
    return {language: " ".join(claim_events.told(event, language)) for language in ("zh", "en")}


def superseding_reason(other: str, reason: str) -> str:
    """Rule 4."""
    return f"{other}: {reason}"


def told_apart(status: str, reason: str) -> tuple[str, str]:
    """The newer label's number and the reason proper (rule 4); no number for any other status."""
    number, mark, rest = reason[:_NUMBER_LENGTH], *reason[_NUMBER_LENGTH:].partition(": ")[1:]
    return (number, rest) if status == "superseded" and mark and valid(number, LABEL) else ("", reason)


def _by(person_id: str, unit: UnitOfWork) -> tuple[str, dict[str, str]]:
    """Kind and names of a person's organisation; empty for the administrator, who is in none."""
    person = unit.people.get(person_id)
    organisation = unit.organisations.get(person.organisation_id) if person else None
    if organisation is None:
        return "", dict(_NOBODY)
    return organisation.kind, {"zh": organisation.name_zh, "en": organisation.name_en}
