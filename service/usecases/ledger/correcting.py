"""The operator's last means: who holds units, and taking back an entry that did not hold where its holder does not.

Rules
1. Only the local administrator, on the machine (``ledger.correct``). The registry decides whose units they are; the
   reason says what it confirmed, and to whom.
2. Nothing is edited: it is a Reverse in the holder's account, as the holder's own would be, under the same rules, and
   freezes claims as that does. What came later is taken back first.
3. The holder is left a notice; the person of the entry and of the audit chain is the administrator.

Example: ``correct(actor, Correct(12, "Verra, letter of 2026-11-02: …"), services)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from certificates.ledger import serials
from certificates.ledger.days import day_of
from certificates.ledger.entries import OUTSIDE, Cause, Freeze, Reverse
from certificates.ledger.instruments import Kind
from certificates.ledger.positions import Position
from service.usecases import notices
from service.usecases.access import Actor, Permission, allow
from service.usecases.ledger import recording
from service.usecases.ledger.recording import Recorded
from service.usecases.refusals import InvalidInput, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

CORRECTED = "ledger-corrected"
"""Kind of the notice of rule 3; its object is ``ledger:FIRST-LAST``, its details tell ``entry`` and ``reason``."""
LONGEST_REASON = 1000
MOST_UNITS = 10**12
"""More units than a serial stands for, where it has no numbers of its own."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A position over units of a serial; ``name`` is that of the account, empty for somebody outside."""

    position: Position
    name: str


@dataclass(frozen=True, slots=True)
class Correct:
    """The entry to be reversed, and why (rule 1)."""

    entry: int
    reason: str


def holders(actor: Actor, kind: Kind, serial: str, services: Services) -> tuple[Holder, ...]:
    """Who holds units of a serial today, by numbering. Raises NotAllowed, InvalidInput."""
    allow(actor, Permission.LEDGER_CORRECT)
    span = serials.span_of(kind, serial.strip(), MOST_UNITS)
    if span is None:
        raise InvalidInput(field="serial", problem="a serial of this kind")
    asked = Freeze(on=day_of(services.clock()), account="", span=span, cause=Cause.DISPUTE, authority="")
    with services.uow() as unit:
        found = sorted(unit.ledger.book((asked,)).overlapping(span), key=lambda one: one.span)
        accounts = {one.account: unit.organisations.get(one.account) for one in found}
    names = {key: one.name(actor.language) for key, one in accounts.items() if one is not None}
    return tuple(Holder(one, names.get(one.account, "")) for one in found)


def correct(actor: Actor, command: Correct, services: Services) -> Recorded:
    """Reverse an entry in its holder's account (rules 1 to 3).

    Raises NotAllowed, InvalidInput, NotFound, LedgerRefused.
    """
    allow(actor, Permission.LEDGER_CORRECT)
    now, reason = services.clock(), command.reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidInput(field="reason", problem=f"1 to {LONGEST_REASON} characters")
    with services.uow(write=True) as unit:
        holder = _holder(unit, command.entry)
        made = Reverse(on=day_of(now), account=holder, entry=command.entry, reason=reason)
        done = recording.write(actor, unit, recording.of_account(holder, (made,)), now)
        details = {"entry": command.entry, "reason": reason}
        notices.tell(unit, holder, CORRECTED, f"ledger:{done.first}-{done.last}", details, now)
        unit.commit()
    return done


def _holder(unit: UnitOfWork, number: int) -> str:
    """In whose account an entry is reversed: whoever holds what it opened; where that is outside, who recorded it."""
    entry, opened = unit.ledger.entry(number), unit.ledger.position(f"{number}.0")
    if entry is None:
        raise NotFound(noun="entry", key=number)
    account = opened.position.account if opened else OUTSIDE
    return entry.account if account.startswith(OUTSIDE) else account
