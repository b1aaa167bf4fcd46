"""Exact amounts of one unit.

Rules
1. An amount is a finite decimal of at most 30 digits before its point and 40 after; no float comes near the ledger.
2. MWh and tCO2e never add, subtract or compare: that raises UnitsMix.
3. Sums are exact, whatever precision the surrounding program has set for decimals.

Example: ``Quantity(Decimal("3"), Unit.MWH) + Quantity(Decimal("2"), Unit.MWH)`` is 5 MWh.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from enum import StrEnum

_EXACT = Context(prec=200, traps=[Inexact])
_LARGEST, _FINEST = 30, -40


class Unit(StrEnum):
    """What units of an instrument count: electricity, or greenhouse gases."""

    MWH = "MWh"
    TCO2E = "tCO2e"


class UnitsMix(TypeError):
    """MWh and tCO2e are never added or compared: keep one sum for each."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of one unit. Raises TypeError for a number that rule 1 does not allow."""

    amount: Decimal
    unit: Unit

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise TypeError("An amount is a finite decimal.")
        if self.amount.adjusted() >= _LARGEST or int(self.amount.as_tuple().exponent) < _FINEST:
            raise TypeError("An amount has at most 30 digits before its point and 40 after.")

    @classmethod
    def zero(cls, unit: Unit) -> Quantity:
        """Nothing of a unit."""
        return cls(Decimal(0), unit)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(_EXACT.add(self.amount, self._same(other)), self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(_EXACT.subtract(self.amount, self._same(other)), self.unit)

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
