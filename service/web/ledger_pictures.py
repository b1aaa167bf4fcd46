"""The pictures of a portfolio: bars by kind and vintage, the months in which units expire. Geometry only; the template
draws it as SVG beside the numbers.

Rules
1. MWh and tCO2e stand in pictures of their own: nothing here adds them.
2. Every piece of a picture leads to the positions behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for

from certificates.ledger import portfolio
from certificates.ledger.portfolio import Wanted
from certificates.ledger.quantity import Unit, total
from service.web import ledger_words as lw
from service.web.ledger_rows import Row, amount_text

WIDTH = 1000.0
MONTHS = 24
SUGGESTED = {Unit.MWH: 5, Unit.TCO2E: 2}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: ``start`` and ``length`` in thousandths of the width."""

    state: str
    fill: str
    amount: Decimal
    text: str
    start: float
    length: float
    href: str


@dataclass(frozen=True, slots=True)
class Stack:
    """The bar of a kind and vintage year."""

    kind: str
    year: int
    total: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar: what expires in it. ``height`` in percent of the fullest month."""

    first: date
    amount: Decimal
    text: str
    lots: int
    height: float
    tone: str
    href: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything of one unit: sums by state, bars, calendar (empty where nothing expires)."""

    unit: str
    sums: tuple[Part, ...]
    stacks: tuple[Stack, ...]
    months: tuple[Month, ...]
    beyond: str

    @property
    def usable(self) -> Decimal:
        """What is held and may be used."""
        return sum((one.amount for one in self.sums if one.state == "held"), Decimal(0))


@dataclass(frozen=True, slots=True)
class Warned:
    """Positions that expired unused or will soon: a sentence's parts, and where they are listed."""

    term: str
    tone: str
    amounts: str
    lots: int
    href: str


def sheets(rows: Iterable[Row], on: date, address: dict[str, str]) -> tuple[Sheet, ...]:
    """A sheet for each unit there is, MWh first; ``address`` keeps the day in the links."""
    by_unit: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit].append(row)
    return tuple(_sheet(unit, by_unit[unit], on, address) for unit in lw.UNITS if unit in by_unit)


def warned(rows: Iterable[Row], address: dict[str, str]) -> tuple[Warned, ...]:
    """What has expired while held, what expires within 30 and within 90 days; units told apart."""
    by_term: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.term in ("expired", "30", "90"):
            by_term[row.term].append(row)
    return tuple(
        Warned(term, lw.TERM_TONES[term], amounts(found), len(found), _listed(address, term=term))
        for term in ("expired", "30", "90")
        if (found := by_term[term])
    )


def suggested(rows: Iterable[Row], on: date) -> list[Row]:
    """Which positions to retire first, of each unit, by the rule of ``certificates.ledger.portfolio``."""
    by_key = {row.key: row for row in rows}
    used = frozenset(key for key, row in by_key.items() if row.holding.used_by)
    found = []
    for unit, most in SUGGESTED.items():
        there = [row for row in by_key.values() if row.unit == unit.value]
        whole = total((row.held.quantity for row in there), unit)
        if whole:
            picks = portfolio.suggest((row.held for row in there), Wanted(whole, on, used=used)).picks
            found += [by_key[pick.held.position.key] for pick in picks[:most]]
    return found


def amounts(rows: Iterable[Row]) -> str:
    """``1,250 MWh, 30 tCO₂e``: a sum for each unit."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.unit] += row.amount
    return ", ".join(amount_text(sums[unit], unit) for unit in lw.UNITS if unit in sums)


def _sheet(unit: str, rows: list[Row], on: date, address: dict[str, str]) -> Sheet:
    months, beyond = _calendar(unit, rows, on, address)
    return Sheet(unit, _parts(unit, rows, address), _stacks(unit, rows, address), months, beyond)


def _stacks(unit: str, rows: list[Row], address: dict[str, str]) -> tuple[Stack, ...]:
    groups: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.kind, row.year].append(row)
    largest = max(
        (sum((row.amount for row in one), Decimal(0)) for one in groups.values()), default=Decimal(1)
    )
    order = sorted(groups, key=lambda key: (lw.kind_name(key[0]), -key[1]))
    return tuple(_stack(unit, key, groups[key], largest, address) for key in order)


def _stack(
    unit: str, key: tuple[str, int], rows: list[Row], largest: Decimal, address: dict[str, str]
) -> Stack:
    kind, year = key
    narrowed = address | {"kind": kind, "vintage": str(year)}
    total = sum((row.amount for row in rows), Decimal(0))
    return Stack(kind, year, amount_text(total, unit), _parts(unit, rows, narrowed, largest))


def _parts(
    unit: str, rows: list[Row], address: dict[str, str], whole: Decimal | None = None
) -> tuple[Part, ...]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.state] += row.amount
    scale = WIDTH / float(whole or sum(sums.values()) or 1)
    parts, at = [], 0.0
    for state in lw.STATES:
        if state in sums:
            length = float(sums[state]) * scale
            text, href = amount_text(sums[state], unit), _listed(address, state=state)
            parts.append(
                Part(state, lw.FILLS[state], sums[state], text, round(at, 2), round(length, 2), href)
            )
            at += length
    return tuple(parts)


def _calendar(unit: str, rows: list[Row], on: date, address: dict[str, str]) -> tuple[tuple[Month, ...], str]:
    by_key = {row.key: row for row in rows}
    found = portfolio.calendar((row.held for row in rows), on, MONTHS)
    months = [(one.first, [by_key[two.held.position.key] for two in one.expiries]) for one in found.months]
    sums = {first: sum((row.amount for row in there), Decimal(0)) for first, there in months}
    fullest = max(sums.values())
    if not fullest and not found.beyond:
        return (), ""
    made = tuple(
        _month_of(unit, first, there, float(sums[first] / (fullest or 1) * 100), address)
        for first, there in months
    )
    later = [by_key[one.held.position.key] for one in found.beyond]
    return made, amounts(later)


def _month_of(unit: str, month: date, rows: list[Row], height: float, address: dict[str, str]) -> Month:
    whole = sum((row.amount for row in rows), Decimal(0))
    soonest = {row.term for row in rows}
    tone = "bad" if "30" in soonest else "warn" if "90" in soonest else "1"
    href = _listed(address, q=month.strftime("%Y-%m")) if rows else ""
    return Month(month, whole, amount_text(whole, unit), len(rows), round(height, 1), tone, href)


def _listed(address: dict[str, str], **values: str) -> str:
    wanted: dict[str, Any] = {**address, **values}
    return url_for("ledger.portfolio", **wanted, _anchor="positions")
