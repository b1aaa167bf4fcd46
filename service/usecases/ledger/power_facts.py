"""What power balances are held against, looked up: units in the ledger, lines of inventories, the consumer, labels.

Rules
1. Units are looked up in the account of the organisation whose balance it is; another's position is unknown. Units
   whose retirement was reversed while a dossier used them are that dossier's until it lets go, retired again or not.
2. The consumer is that organisation: its names and registration code.
3. A line needs cover when it is electricity of source ``contract`` and not cut off; its kWh are those the footprint
   takes: the gross amount, losses included, down to the millionth of a kWh that a form holds.

Example: ``units_of(unit, organisation_id, ("7.0",))``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from certificates.ledger import records
from certificates.ledger.entries import EntryUnreadable, Retire, from_plain
from certificates.ledger.fields import DECIMALS
from certificates.ledger.instruments import Kind
from certificates.ledger.power import Balance, Consumer, Retired
from certificates.ledger.power_lines import Allocated, Need
from certificates.ledger.spans import Span
from databases import units
from lca.inventory import ElectricitySource, Inventory, Line, LineKind
from service.store.ledger_records import DossierRecord, Holding
from service.usecases.ledger import dossiers
from service.usecases.ledger.dossiers import POWER
from service.usecases.refusals import EvidenceChanged

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

CLOSED = "closed"
"""Status of a balance that was given up; it covers nothing."""
_STEP = Decimal(1).scaleb(-DECIMALS)


def balance_of(record: DossierRecord, content: Mapping[str, object]) -> Balance:
    """The balance of a dossier's content. Raises EvidenceChanged."""
    try:
        return records.read(Balance, content)
    except records.RecordUnreadable as error:
        raise EvidenceChanged(what=f"power balance {record.id}") from error


def kept(unit: UnitOfWork, organisation_id: str) -> tuple[tuple[DossierRecord, Balance], ...]:
    """The organisation's balances but closed ones, newest first. Raises EvidenceChanged."""
    return tuple(
        (record, balance_of(record, dossiers.plain(stored)))
        for record, stored in unit.dossiers.newest(POWER, organisation_id=organisation_id)
        if record.status != CLOSED
    )


def allocated_to(
    unit: UnitOfWork, organisation_id: str, inventory_id: str
) -> tuple[tuple[DossierRecord, Allocated], ...]:
    """Balances of an inventory's lines with their units, oldest first. Raises EvidenceChanged."""
    return tuple(
        (record, Allocated(record.id, balance, units_of(unit, organisation_id, balance.positions)))
        for record, balance in reversed(kept(unit, organisation_id))
        if balance.inventory == inventory_id
    )


def consumer_of(unit: UnitOfWork, organisation_id: str) -> Consumer:
    """Rule 2. Raises EvidenceChanged where the organisation is gone."""
    found = unit.organisations.get(organisation_id)
    if found is None:
        raise EvidenceChanged(what=f"organisation {organisation_id}")
    return Consumer((found.name_zh, found.name_en), found.code)


def units_of(unit: UnitOfWork, organisation_id: str, positions: Iterable[str]) -> tuple[Retired, ...]:
    """Positions of the organisation's account as the ledger has them now; unknown ones are left out (rule 1)."""
    found = (unit.ledger.position(key) for key in positions)
    own = [one for one in found if one is not None and one.position.account == organisation_id]
    return retired(unit, own)


def retired(unit: UnitOfWork, holdings: Sequence[Holding]) -> tuple[Retired, ...]:
    """Positions with the entries that retired them. Raises EvidenceChanged."""
    left = unit.ledger.uses_left() if holdings else ()
    return tuple(_retired(unit, one, left) for one in holdings)


def _retired(unit: UnitOfWork, holding: Holding, left: Iterable[tuple[Span, str]]) -> Retired:
    position, lot = holding.position, holding.lot
    others = (dossier for span, dossier in left if span.shares(position.span))
    stored = unit.ledger.entry(position.opened_by)
    try:
        entry = from_plain(json.loads(stored.content)) if stored else None
    except (EntryUnreadable, ValueError) as error:
        raise EvidenceChanged(what=f"ledger entry {position.opened_by}") from error
    return Retired(
        position=position.key,
        kind=Kind(lot.kind),
        count=position.span.count,
        state=position.state,
        is_open=holding.closed_by is None,
        country=lot.country,
        technology=lot.technology,
        vintage_start=lot.vintage_start,
        vintage_end=lot.vintage_end,
        expires_on=lot.expires_on,
        retirement=entry if isinstance(entry, Retire) else None,
        used_by=next((one for one in others if one != holding.used_by), holding.used_by),
    )


def contract_lines(inventory: Inventory) -> tuple[Line, ...]:
    """Rule 3."""
    return tuple(
        line
        for line in inventory.lines
        if line.kind is LineKind.ELECTRICITY
        and line.electricity_source is ElectricitySource.CONTRACT
        and not line.cutoff_reason
    )


def need_of(inventory_id: str, inventory: Inventory, line: Line, technology: str = "") -> Need:
    """What a line needs (rule 3); ``technology`` is that of the dataset it is linked to, empty where none is."""
    return Need(
        inventory=inventory_id,
        line=line.number,
        name=line.name,
        cell=replace(line.place, line="").describe(),
        kwh=_written(units.convert(line.gross_amount, line.unit, "kWh")),
        technology=technology,
        period_start=inventory.period_start,
        period_end=inventory.period_end,
    )


def _written(kwh: Decimal) -> Decimal:
    """Rule 3: an amount in MJ may have no finite decimal in kWh."""
    return kwh if int(kwh.as_tuple().exponent) >= -DECIMALS else kwh.quantize(_STEP, ROUND_DOWN)


def label_on(unit: UnitOfWork, exporter_id: str, inventory_id: str) -> str:
    """The number of a label that rests on an inventory, or the empty text."""
    for study in unit.studies.list_(exporter_id=exporter_id):
        if study.inventory_id == inventory_id:
            label = unit.labels.of_study(study.id)
            if label is not None:
                return label.number
    return ""
