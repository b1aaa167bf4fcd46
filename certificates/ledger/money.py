"""Exact amounts of money of one currency.

Rules
1. An amount is a finite decimal; no float comes near it. A currency is a code in force of ISO 4217.
2. Amounts of different currencies never add or compare: that raises CurrenciesMix. Sums are kept for each currency,
   because a rate is a fact of a day and a bank that no sum may invent.
3. Sums are exact. Only an average is rounded, once, half to even, to ``PLACES`` decimals.

Example: ``Money(Decimal("3.10"), "CNY") + Money(Decimal("1"), "CNY")`` is 4.10 CNY.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction
from importlib import resources

PLACES = 6
"""Decimals of an average."""
EXACT = Context(prec=100, traps=[Inexact])
"""Arithmetic that raises decimal.Inexact instead of rounding."""
CURRENCIES = frozenset(
    tomllib.loads(
        resources.files("certificates.ledger").joinpath("currencies.toml").read_text(encoding="utf-8")
    )["codes"]
)
"""Codes in force of ISO 4217 (``currencies.toml``)."""


class CurrenciesMix(TypeError):
    """Amounts of different currencies are never added or compared: keep one sum for each."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise TypeError("An amount is a finite decimal.")
        if self.currency not in CURRENCIES:
            raise ValueError(f"{self.currency!r} is no currency of ISO 4217.")

    def __add__(self, other: Money) -> Money:
        return Money(EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(EXACT.subtract(self.amount, self._same(other)), self.currency)

    def times(self, quantity: Decimal) -> Money:
        """The amount for a quantity, where this is the price of one."""
        return Money(EXACT.multiply(self.amount, quantity), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _same(self, other: Money) -> Decimal:
        if not isinstance(other, Money) or other.currency != self.currency:
            raise CurrenciesMix(f"{self} and {other}")
        return other.amount


def totals(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One sum for each currency, by its code (rule 2)."""
    sums: dict[str, Money] = {}
    for one in amounts:
        sums[one.currency] = sums[one.currency] + one if one.currency in sums else one
    return tuple(sums[currency] for currency in sorted(sums))


def rounded(value: Fraction) -> Decimal:
    """Rule 3: an average as a decimal, without needless zeros."""
    digits = round(value * 10**PLACES)
    with localcontext(EXACT):
        whole, rest = divmod(abs(digits), 10**PLACES)
        text = f"{whole}.{rest:0{PLACES}d}".rstrip("0").rstrip(".")
        return -Decimal(text) if digits < 0 else Decimal(text)
