"""Lines of a product's inventory whose electricity was bought by contract: what of them is covered.

Rules
1. Several balances may cover a line, such as one a month. Of each count the units that may cover it and are of the
   technology of the dataset to which the line is linked (``certificates.ledger.power``, rules 2 to 6).
2. covered = min(sum of the balances' covered kWh, the line's kWh); missing = the line's kWh - covered.
3. A label rests on a line only when nothing is missing. What is missing is retired and allocated, or becomes a line of
   grid electricity.

Example: ``line_cover(need, balances).missing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from certificates.ledger.fields import FieldProblem
from certificates.ledger.power import Balance, Consumer, Retired, cover, unit_problems
from certificates.ledger.technologies import technology


@dataclass(frozen=True, slots=True)
class Need:
    """A line that needs cover: its key, name and cell, kWh of the period, and the technology its dataset names."""

    inventory: str
    line: str
    name: str
    cell: str
    kwh: Decimal
    technology: str
    period_start: date
    period_end: date


@dataclass(frozen=True, slots=True)
class Allocated:
    """A balance as stored under ``dossier`` with its units."""

    dossier: str
    balance: Balance
    units: tuple[Retired, ...]


@dataclass(frozen=True, slots=True)
class LineCover:
    """kWh of a line (rule 2), why units allocated to it do not count, and the dossiers it rests on."""

    need: Need
    covered: Decimal
    missing: Decimal
    problems: tuple[FieldProblem, ...]
    dossiers: tuple[str, ...]


def line_cover(need: Need, balances: Iterable[Allocated], consumer: Consumer) -> LineCover:
    """What is covered of a line by the balances that target it."""
    covered, problems, dossiers = Decimal(0), [], []
    for one in balances:
        if (one.balance.inventory, one.balance.line) != (need.inventory, need.line):
            continue
        usable, found = _usable(need, one, consumer)
        problems += found
        dossiers.append(one.dossier)
        covered += cover(one.balance, usable).covered
    covered = min(covered, need.kwh)
    return LineCover(need, covered, need.kwh - covered, tuple(problems), tuple(dossiers))


def _usable(need: Need, allocated: Allocated, consumer: Consumer) -> tuple[list[Retired], list[FieldProblem]]:
    """Rule 1."""
    usable, problems = [], []
    for unit in allocated.units:
        found = list(unit_problems(allocated.balance, unit, consumer, allocated.dossier))
        found += list(technology_problems(need, unit))
        problems += found
        if not found:
            usable.append(unit)
    return usable, problems


def technology_problems(need: Need, unit: Retired) -> Iterable[FieldProblem]:
    """A unit of a line is of the technology of its dataset; a dataset that names none is covered by none."""
    wanted, there = technology(need.technology), technology(unit.technology)
    if not wanted or there != wanted:
        values = {
            "position": unit.position,
            "technology": unit.technology or "—",
            "wanted": need.technology or "—",
        }
        yield FieldProblem("unit-other-technology", "positions", values)


def target_problems(balance: Balance, need: Need, others: Sequence[Balance]) -> Iterable[FieldProblem]:
    """Whether a balance fits its line beside the ``others`` of the line: its period, and no kWh twice."""
    if balance.period_start < need.period_start or balance.period_end > need.period_end:
        days = {"start": need.period_start.isoformat(), "end": need.period_end.isoformat()}
        yield FieldProblem("period-outside", "period_start", days)
    kwh = sum((one.consumption_kwh for one in others), balance.consumption_kwh)
    if kwh > need.kwh:
        yield FieldProblem("more-than-line", "consumption_kwh", {"sum": f"{kwh:f}", "kwh": f"{need.kwh:f}"})
