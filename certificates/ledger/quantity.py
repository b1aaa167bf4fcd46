"""Exact amounts of one unit.

Rules
1. An amount is a finite decimal; no float comes near the ledger.
2. MWh and tCO2e never add, subtract or compare: that raises UnitsMix.

Example: ``Quantity(Decimal("3"), Unit.MWH) + Quantity(Decimal("2"), Unit.MWH)`` is 5 MWh.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    """What units of an instrument count: electricity, or greenhouse gases."""

    MWH = "MWh"
    TCO2E = "tCO2e"


class UnitsMix(TypeError):
    """MWh and tCO2e are never added or compared: keep one sum for each."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of one unit."""

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise TypeError("An amount is a finite decimal.")

    @classmethod
    def zero(cls, unit: Unit) -> Quantity:
        """Nothing of a unit."""
        return cls(Decimal(0), unit)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.amount + self._same(other), self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.amount - self._same(other), self.unit)

    def __lt__(self, other: Quantity) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Quantity) -> bool:
        return self.amount <= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.unit.value}"

    def _same(self, other: Quantity) -> Decimal:
        if not isinstance(other, Quantity) or other.unit is not self.unit:
            raise UnitsMix(f"{self} and {other}")
        return other.amount


def total(quantities: Iterable[Quantity], unit: Unit) -> Quantity:
    """The sum, zero of ``unit`` for none. Raises UnitsMix."""
    result = Quantity.zero(unit)
    for quantity in quantities:
        result = result + quantity
    return result
