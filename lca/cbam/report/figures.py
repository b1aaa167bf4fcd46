"""Figures, days, periods and places as cells. Rounding of what is reported is that of ``lca.cbam.rounding``.

1. Emissions over the period: full tonnes (Annex II A.1 point 6).
2. Specific embedded emissions and free allocation: at most five decimals (point 8).
3. Parameters: every digit that was given (point 7); of a computed amount twelve, which is what float64 holds safely.
4. Shares: in percent with one decimal.
"""

from __future__ import annotations

from decimal import Decimal

from databases import places
from lca.cbam import rounding
from lca.cbam.monitoring import Period
from lca.cbam.report.document import Blank, Cell, Number, Words, same
from lca.cbam.report.words import say


def tonnes(value: float, unit: str = "") -> Number:
    """tCO2e over the period, full tonnes."""
    return Number(rounding.tonnes(value), unit)


def specific(value: float, unit: str = "") -> Number:
    """tCO2e per functional unit or tonne, at most five decimals."""
    return Number(rounding.see(value), unit)


def amount(value: float | Decimal, unit: str = "") -> Number:
    """A parameter with the digits it has."""
    exact = value if isinstance(value, Decimal) else Decimal(f"{value:.12g}")
    return Number(rounding.parameter(exact), unit)


def share(value: float) -> Number:
    """A fraction as percent."""
    return Number(rounding.percent(value), "%")


def optional(value: float | None, unit: str = "") -> Cell:
    """A parameter that may be unknown: a dash then."""
    return DASH if value is None else amount(value, unit)


def period(value: Period | None) -> Words:
    """First and last day; a dash where unknown."""
    if value is None:
        return DASH
    return same(f"{value.start.isoformat()} \N{EN DASH} {value.end.isoformat()}")


def country(code: str) -> Words:
    """Name and ISO code of a country; says so where it is unknown."""
    if not code:
        return say("country-unknown")
    try:
        return Words(f"{places.name(code, 'zh')} ({code})", f"{places.name(code, 'en')} ({code})")
    except places.UnknownPlace:
        return same(code)


def stated(text: str, hint: str = "hint-state") -> Cell:
    """The operator's text as it is, or a blank to fill in."""
    return same(text) if text else Blank(say(hint))


def yes(value: bool) -> Words:
    """Yes or no."""
    return say("yes" if value else "no")


DASH = same("\N{EN DASH}")

EMPTY = same("")
