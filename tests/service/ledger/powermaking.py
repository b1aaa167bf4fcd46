"""Electricity by contract: an inventory whose line E1 is wind power, units retired for it, balances of a site."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import date
from typing import Any

from certificates.ledger.entries import Beneficiary, Purpose
from certificates.ledger.spans import Span
from lca.bom.example import heat_sink
from lca.bom.template import write_template
from lca.inventory import ElectricitySource
from service.usecases.ledger import files, power
from tests.service import world as making
from tests.service.ledger.making import account, acquire, gec, record, retire
from tests.service.world import World

METER = b"meter readings of 2025"
EVIDENCE = hashlib.sha256(METER).hexdigest()
KWH = 136_600
"""What line E1 of the example takes in 2025; 137 certificates cover it."""
YEAR = {"period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}
FORM = {
    "site": "一厂",
    "place": "CN-JS",
    "period_start": "2025-01-01",
    "period_end": "2025-12-31",
    "consumption_kwh": str(KWH),
    "evidence": [EVIDENCE],
}


def contract_workbook() -> bytes:
    """The example's workbook with line E1 bought by contract from wind power."""
    inventory = heat_sink()
    wind = {
        "electricity_source": ElectricitySource.CONTRACT,
        "dataset": "elec-cn-2024-wind-consumer",
        "name": "绿电",
    }
    lines = tuple(replace(one, **wind) if one.number == "E1" else one for one in inventory.lines)
    target = io.BytesIO()
    write_template(target, "zh", example=replace(inventory, lines=lines))
    return target.getvalue()


def evidence(world: World, who: str = "exporter") -> None:
    assert files.keep(world[who], "电表读数.txt", METER, world.services) == EVIDENCE


def retired(world: World, units: int, number: int = 1, who: str = "exporter", **changes: Any) -> str:
    """Wind certificates of June 2025, retired for the year's electricity; the key of the position."""
    lot = {
        name: changes.pop(name) for name in ("technology", "vintage_start", "vintage_end") if name in changes
    }
    wind: dict[str, Any] = {
        "technology": "风电",
        "vintage_start": date(2025, 6, 1),
        "vintage_end": date(2025, 6, 30),
    }
    bought = acquire(world, gec(number, units, **wind | lot), who)
    given = {"purpose": Purpose.ELECTRICITY_USE, "beneficiary": Beneficiary("演示铝业", "X-1"), **YEAR}
    span = Span(bought.lot.span.space, 1, units)
    made = record(world, bought, retire(world, span, who, **given | changes), who=who)
    return f"{made.last}.0"


def opened(world: World, who: str = "exporter", **changes: Any) -> str:
    return power.open_(world[who], FORM | changes, world.services).id


def contract_study(world: World, release: str) -> str:
    """A study of the inventory by contract, assessed and not handed in."""
    from service.usecases import studies

    world.inventory = making.hand_in(world, contract_workbook())
    making.open_study(world, release)
    studies.assess(world["practitioner"], world.study, world.services)
    return world.study


__all__ = ["EVIDENCE", "FORM", "KWH", "account", "contract_study", "evidence", "opened", "retired"]
