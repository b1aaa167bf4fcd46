"""The lot that a row describes: how many units, their numbers, project and vintage.

Rules
1. Quantities in several units of measurement agree with each other, and are whole units of the instrument.
2. Where a serial or its columns say numbers, the quantity agrees with them.
3. A vintage that is only a year is that year as far as it is over when the units were issued (or came here): units
   are issued for what has happened. A monitoring period narrows the year.
4. The registry's own texts are kept: only the prefix of a project's number is put before it or taken off, so that it
   agrees with the serial.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from certificates.ledger.instruments import Kind, instrument
from certificates.ledger.lots import Lot
from certificates.ledger.registries.cells import Cells
from certificates.ledger.registries.tables import words
from certificates.ledger.serials import said, span_of
from certificates.ledger.spans import LARGEST, Span

_FILED = re.compile(r"[0-9A-Z]{17}", re.ASCII)
_PLANT = (Kind.GEC, Kind.GREEN_POWER)
"""Kinds whose serial begins with the filing code of the plant."""


def lot_of(cells: Cells, serial: str, known_on: date | None) -> Lot | None:
    """The lot of a row whose units were issued, or came here, on ``known_on``; None where something is wrong."""
    registry = cells.heading.registry
    kind = registry.kind
    count = _count(cells, kind)
    vintage = _vintage(cells, known_on)
    span = _span(cells, kind, serial, count) if serial else None
    project = _project(cells, kind, serial)
    transfers = _transfers(cells, kind)
    tradable = _tradable(cells)
    if span is None or vintage is None or cells.problems:
        return None
    country = _country(cells, kind, serial)
    return Lot(
        kind=kind,
        serial=serial,
        span=span,
        project=project,
        vintage_start=vintage[0],
        vintage_end=vintage[1],
        name=cells.text("name"),
        country=country,
        technology=cells.text("technology"),
        methodology=cells.text("methodology"),
        electricity=_electricity(cells, kind, serial),
        tradable=tradable,
        transfers=transfers,
        labels=tuple(filter(None, (cells.text("labels"),))),
    )


_SCALES = {"quantity": Decimal(1), "quantity_kwh": Decimal("0.001"), "quantity_kg": Decimal("0.001")}


def _count(cells: Cells, kind: Kind) -> int | None:
    """How many units, each of one grain (rule 1)."""
    amounts = {
        name: found * scale for name, scale in _SCALES.items() if (found := cells.number(name)) is not None
    }
    if not amounts:
        if all(cells.sound(name) for name in _SCALES):
            cells.problem("cell-needed", cells.first_of("quantity", "quantity_kwh", "quantity_kg"))
        return None
    amount = next(iter(amounts.values()))
    name = next(iter(amounts))
    if len(set(amounts.values())) > 1:
        texts = ", ".join(cells.text(one) for one in amounts)
        cells.problem("row-quantities-differ", name, quantities=texts)
        return None
    units = amount / instrument(kind).grain
    if units != units.to_integral_value() or not 0 < units <= LARGEST:
        grain = f"{instrument(kind).grain:f} {instrument(kind).unit.value}"
        cells.problem("row-quantity-not-whole", name, quantity=cells.text(name), grain=grain)
        return None
    return int(units)


def _span(cells: Cells, kind: Kind, serial: str, count: int | None) -> Span | None:
    """The numbers of the units (rule 2), agreeing with all columns that say something of them."""
    form = cells.heading.registry.form
    first, last = cells.whole("first"), cells.whole("last")
    begin = 1 if first is None else first
    span = span_of(kind, serial, count or 1, begin)
    if span is None or (form and not re.fullmatch(form, serial)):
        cells.problem("serial-not-in-form", "serial", serial=serial, kind=kind.value)
        return None
    if count is None:
        return None
    end = cells.name("serial_end")
    said_counts = [
        span.count,
        count if last is None else last - begin + 1,
        int(end) - int(serial) + 1 if end.isdecimal() and serial.isdecimal() else count,
    ]
    for one in said_counts:
        if one != count:
            cells.problem(
                "serial-quantity-differs",
                "quantity",
                serial=serial,
                kind=kind.value,
                count=str(count),
                said=str(one),
            )
            return None
    return span


def _vintage(cells: Cells, known_on: date | None) -> tuple[date, date] | None:
    """Rule 3."""
    start, end = cells.day("vintage_start"), cells.day("vintage_end")
    whole = cells.period("vintage")
    if start and end:
        if end >= start:
            return start, end
        cells.problem("row-vintage-backwards", "vintage_end")
        return None
    if whole is None:
        if all(cells.sound(name) for name in ("vintage", "vintage_start", "vintage_end")):
            cells.problem("cell-needed", cells.first_of("vintage", "vintage_start"))
        return None
    begun, ended = cells.day("monitoring_start"), cells.day("monitoring_end")
    narrowed = (max(whole[0], begun or whole[0]), min(whole[1], ended or whole[1]))
    if narrowed[1] < narrowed[0]:
        cells.problem("row-vintage-contradicts", "vintage", vintage=cells.text("vintage"))
        return None
    if _is_year(*narrowed) and known_on is not None and narrowed[0] < known_on <= narrowed[1]:
        return narrowed[0], known_on - timedelta(days=1)
    return narrowed


def _is_year(start: date, end: date) -> bool:
    return (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)


def _project(cells: Cells, kind: Kind, serial: str) -> str:
    """The project as the registry numbers it; for a green certificate the filing code of its plant (rule 4)."""
    text = cells.name("project") or cells.name("filing")
    if kind in _PLANT:
        return text or serial[:17]
    text = text or cells.name("name", needed=True)
    prefix = cells.heading.registry.project_prefix
    found = said(kind, serial)
    if found is not None and found.project and text in (f"VCS{found.project}", f"VCS {found.project}"):
        return found.project
    return f"{prefix}{text}" if prefix and text.isdecimal() else text


def _electricity(cells: Cells, kind: Kind, serial: str) -> str:
    filed = cells.name("filing")
    if kind in _PLANT:
        return filed or serial[:17]
    return filed if _FILED.fullmatch(filed) else ""


def _country(cells: Cells, kind: Kind, serial: str) -> str:
    """The code where the serial says one, ``CN`` for China however it is written, else as it stands."""
    found = said(kind, serial)
    text = cells.text("country") or cells.heading.registry.country
    if found is not None and found.country:
        return found.country
    return "CN" if cells.plain(text) in words().groups["china"] else text


def _transfers(cells: Cells, kind: Kind) -> int:
    found = cells.whole("transfers")
    if found is not None:
        return found
    fixed = cells.heading.registry.transfers
    bought = kind is Kind.GEC and cells.day("acquired_on") is not None
    return fixed or int(bought)


def _tradable(cells: Cells) -> bool:
    text, groups = cells.word("tradable"), words().groups
    if text and text not in groups["yes"] | groups["no"]:
        cells.problem("row-tradable-unknown", "tradable", text=cells.text("tradable"))
    return text not in groups["no"]
