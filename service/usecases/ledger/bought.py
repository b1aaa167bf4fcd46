"""What was bought, as the ledger has it: purchases with the lots that came, for the use cases of purchases.

Rules
1. A lot counts as delivered while its Acquire entry stands: in the organisation's own account, and not reversed.
2. A lot is put under a purchase only where it counts, is of the purchase's kind, and is under no other purchase.

Example: ``views(actor, unit, date(2026, 11, 22))``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from certificates.ledger import purchases, records
from certificates.ledger.entries import Acquire, EntryUnreadable, from_plain
from certificates.ledger.fields import FieldProblem
from certificates.ledger.purchases import Delivery, Progress, Purchase
from service.store.ledger_records import DossierRecord
from service.usecases.access import Actor
from service.usecases.ledger import dossiers
from service.usecases.ledger.dossiers import PURCHASE
from service.usecases.refusals import EvidenceChanged

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """A purchase with what came under it, as it stands on a day."""

    dossier: DossierRecord
    purchase: Purchase
    deliveries: tuple[Delivery, ...]
    progress: Progress


def read(record: DossierRecord, content: Mapping[str, Any]) -> Purchase:
    """The purchase of a dossier's content. Raises EvidenceChanged."""
    try:
        return records.read(Purchase, content)
    except records.RecordUnreadable as error:
        raise EvidenceChanged(what=f"purchase {record.id}") from error


def views(actor: Actor, unit: UnitOfWork, on: date) -> tuple[PurchaseView, ...]:
    """All purchases of the actor's organisation on a day, newest first. Raises EvidenceChanged."""
    kept = unit.dossiers.newest(PURCHASE, organisation_id=actor.organisation_id)
    return tuple(view(unit, record, read(record, dossiers.plain(stored)), on) for record, stored in kept)


def view(unit: UnitOfWork, record: DossierRecord, purchase: Purchase, on: date) -> PurchaseView:
    """A purchase with what came under it, on a day. Raises EvidenceChanged."""
    came = tuple(deliveries(unit, record.organisation_id, purchase.lots).values())
    return PurchaseView(record, purchase, came, purchases.progress(purchase, came, on))


def deliveries(unit: UnitOfWork, account: str, lots: Sequence[int]) -> dict[int, Delivery]:
    """What the ledger says of lots (rule 1); those that are none, or were reversed, are left out."""
    reversed_ = unit.ledger.reversals(lots) if lots else {}
    found = {}
    for lot in lots:
        stored = unit.ledger.entry(lot)
        if stored is None or stored.account != account or lot in reversed_:
            continue
        try:
            entry = from_plain(json.loads(stored.content))
        except (EntryUnreadable, ValueError) as error:
            raise EvidenceChanged(what=f"ledger entry {lot}") from error
        if isinstance(entry, Acquire):
            found[lot] = Delivery(lot, entry.lot.kind, entry.lot.quantity.amount, entry.on)
    return found


def lot_problems(
    actor: Actor,
    unit: UnitOfWork,
    purchase: tuple[DossierRecord, Purchase],
    moved: tuple[Sequence[int], Sequence[int]],
) -> Iterable[FieldProblem]:
    """Rule 2, for the lots that are to be added and those taken back (``moved``)."""
    record, before = purchase
    add, remove = moved
    if not add and not remove:
        yield FieldProblem("needed", "lots")
    known = deliveries(unit, actor.organisation_id, add)
    taken = {
        lot: (other.id, other.title)
        for other, stored in unit.dossiers.newest(PURCHASE, organisation_id=actor.organisation_id)
        for lot in read(other, dossiers.plain(stored)).lots
    }
    for lot in add:
        named = {"lot": str(lot)}
        if lot not in known:
            yield FieldProblem("lot-unknown", "lots", named)
        elif known[lot].kind is not before.kind:
            yield FieldProblem("lot-of-other-kind", "lots", named | {"kind": known[lot].kind.value})
        owner, title = taken.get(lot, (record.id, ""))
        if owner != record.id:
            yield FieldProblem("lot-taken", "lots", named | {"purchase": title})
    for lot in remove:
        if lot not in before.lots:
            yield FieldProblem("lot-not-here", "lots", {"lot": str(lot)})
