"""What a power balance must keep before it is stored: its target, its evidence, its units, and what rests on it.

Rules
1. A line is one of an inventory of the organisation, bought by contract; the place is the inventory's.
2. The balances of a line sum to its kWh at most and lie in the inventory's period; two balances of the organisation's
   own account never overlap at one site.
3. Once a label rests on an inventory, the balances of its lines stay as they are.
4. Evidence is named by the hash of a file that the organisation has stored.

Example: ``check_target(actor, unit, balance, dossier="")``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from certificates.ledger import power
from certificates.ledger.fields import FieldProblem
from certificates.ledger.power import Balance
from certificates.ledger.power_lines import target_problems
from databases import places
from service.store.ledger_records import DossierRecord
from service.store.records import InventoryRecord
from service.usecases.access import Actor
from service.usecases.common import read_inventory
from service.usecases.ledger import power_facts, recording
from service.usecases.ledger.refusals import FieldsRefused, PowerLocked

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork


def require_unlocked(actor: Actor, unit: UnitOfWork, balance: Balance) -> None:
    """Rule 3. Raises PowerLocked."""
    label = power_facts.label_on(unit, actor.organisation_id, balance.inventory) if balance.inventory else ""
    if label:
        raise PowerLocked(label=label, line=balance.line)


def check_target(actor: Actor, unit: UnitOfWork, balance: Balance, dossier: str) -> str | None:
    """Rules 1 to 4 for a form; the institution that sees the balance.

    Raises FieldsRefused, EvidenceUnknown, PowerLocked.
    """
    require_unlocked(actor, unit, balance)
    recording.require_evidence(actor, unit, balance.evidence)
    others = [one for key, one in _others(actor, unit, dossier)]
    if not balance.inventory:
        problems = list(_account_problems(balance, others))
        inventory = None
    else:
        inventory, problems = _line_problems(actor, unit, balance, others)
    if problems:
        raise FieldsRefused(problems)
    return inventory.institution_id if inventory else None


def _others(actor: Actor, unit: UnitOfWork, dossier: str) -> Iterable[tuple[str, Balance]]:
    kept = power_facts.kept(unit, actor.organisation_id)
    return ((record.id, one) for record, one in kept if record.id != dossier)


def _account_problems(balance: Balance, others: Iterable[Balance]) -> Iterable[FieldProblem]:
    if balance.place not in places.regions():
        yield FieldProblem("not-a-place", "place", {"given": balance.place})
    for one in others:
        if not one.inventory and one.site.casefold() == balance.site.casefold() and one.overlaps(balance):
            values = {
                "site": one.site,
                "start": one.period_start.isoformat(),
                "end": one.period_end.isoformat(),
            }
            yield FieldProblem("period-overlaps", "period_start", values)


def _line_problems(
    actor: Actor, unit: UnitOfWork, balance: Balance, others: Iterable[Balance]
) -> tuple[InventoryRecord | None, list[FieldProblem]]:
    record = unit.inventories.get(balance.inventory)
    if record is None or record.organisation_id != actor.organisation_id:
        return None, [FieldProblem("no-such-inventory", "inventory", {"inventory": balance.inventory})]
    inventory = read_inventory(record)
    line = next((x for x in power_facts.contract_lines(inventory) if x.number == balance.line), None)
    if line is None:
        return record, [FieldProblem("no-contract-line", "line", {"line": balance.line})]
    need = power_facts.need_of(record.id, inventory, line)
    same = [one for one in others if (one.inventory, one.line) == (balance.inventory, balance.line)]
    problems = list(target_problems(balance, need, same))
    if balance.place != inventory.place_code:
        problems.append(FieldProblem("place-differs", "place", {"place": inventory.place_code}))
    return record, problems


def require_fitting(actor: Actor, unit: UnitOfWork, record: DossierRecord, balance: Balance) -> None:
    """Everything against the positions of a balance at once. Raises FieldsRefused."""
    units = power_facts.units_of(unit, actor.organisation_id, balance.positions)
    known = {one.position for one in units}
    problems = [
        FieldProblem("unit-unknown", "positions", {"position": key})
        for key in balance.positions
        if key not in known
    ]
    consumer = power_facts.consumer_of(unit, actor.organisation_id)
    problems += power.allocation_problems(balance, units, consumer, record.id)
    if problems:
        raise FieldsRefused(problems)
