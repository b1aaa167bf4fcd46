"""Which change of a label's standing is possible, and for whom.

Rules
1. active -> suspended -> active, as often as needed; from both -> revoked and -> superseded, which are final.
2. Suspended by the institution (its signatory) or by a regulator. A regulator may suspend what the institution
   suspended: from then on it is the regulator's suspension. The institution cannot take over the regulator's.
3. Lifted by the side that suspended it last, and by nobody else. While a regulator's suspension stands, the
   institution may revoke the label and nothing else: what is under suspicion is not tidied away as superseded.
4. Revoked by either side. Superseded by the signatory alone, who names the newer label: of the same exporter, issued
   later, active, not expired.
5. Regulators are organisations of kind ``regulator``. A programme office looks and changes nothing.
6. Every change has a reason of 10 to 2,000 characters. It is published.

Example: ``require(Standing("suspended", …, by_kind="regulator"), Change("active", "…"), "institution", number)`` raises
SuspendedByOthers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from service.store.records import LabelRecord
from service.usecases.access import Actor, OrganisationKind, Permission
from service.usecases.refusals import InvalidInput, NotAllowed
from service.usecases.standing.happened import FINAL, Standing
from service.usecases.standing.refusals import (
    StandingFinal,
    StandingUnchanged,
    SuccessorUnfit,
    SuspendedByOthers,
)

SHORTEST_REASON, LONGEST_REASON = 10, 2_000
PERMISSIONS = {
    "suspended": Permission.LABEL_SUSPEND,
    "active": Permission.LABEL_REINSTATE,
    "revoked": Permission.LABEL_REVOKE,
    "superseded": Permission.LABEL_SUPERSEDE,
}
"""What a change to a state takes."""
_SIDES = (OrganisationKind.INSTITUTION, OrganisationKind.REGULATOR)


@dataclass(frozen=True, slots=True)
class Change:
    """Bring a label to a state, with the reason; ``other`` is the newer label where it is superseded."""

    state: str
    reason: str
    other: str = ""


def permission(change: Change) -> Permission:
    """What the change takes. Raises InvalidInput for another state."""
    if change.state not in PERMISSIONS:
        raise InvalidInput(field="state", problem="one of suspended, active, revoked, superseded")
    return PERMISSIONS[change.state]


def require_side(actor: Actor, change: Change) -> None:
    """Rule 5. Raises NotAllowed."""
    if actor.organisation_kind not in _SIDES:
        raise NotAllowed(permission=permission(change).value)


def reason_of(change: Change) -> str:
    """Rule 6. Raises InvalidInput; for ``other`` too, which superseding alone has."""
    reason = change.reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidInput(field="reason", problem=f"{SHORTEST_REASON} to {LONGEST_REASON} characters")
    if change.other and change.state != "superseded":
        raise InvalidInput(field="other", problem="only where a label is superseded")
    if not change.other and change.state == "superseded":
        raise InvalidInput(field="other", problem="needed: the number of the newer label")
    return reason


def require(before: Standing, change: Change, kind: OrganisationKind, number: str) -> None:
    """Rules 1 to 3 for somebody of an organisation of ``kind``. Raises StandingFinal, StandingUnchanged,
    SuspendedByOthers."""
    theirs = before.state == "suspended" and before.by_kind != kind
    takes_over = theirs and change.state == "suspended" and kind is OrganisationKind.REGULATOR
    if before.state in FINAL:
        raise StandingFinal(number=number, state=before.state)
    if theirs and not takes_over and change.state != "revoked":
        raise SuspendedByOthers(number, before.by)
    if before.state == change.state and not takes_over:
        raise StandingUnchanged(number=number, state=before.state)


def require_successor(old: LabelRecord, new: LabelRecord, standing: Standing, now: datetime) -> None:
    """Rule 4; ``standing`` is how the newer one stands. Raises SuccessorUnfit."""
    unfit = partial(SuccessorUnfit, number=old.number, other=new.number)
    if new.number == old.number:
        raise unfit(problem="it is the same label")
    if new.exporter_id != old.exporter_id:
        raise unfit(problem="it is of another exporter")
    if (new.issued_at, new.number) <= (old.issued_at, old.number):
        raise unfit(problem="it was not issued later")
    if standing.state != "active" or new.valid_until <= now:
        raise unfit(problem="it is not active itself")
