"""The one place where figures of the CBAM engine are rounded: for a page, a report or a workbook, never in between.

Rules
1. Specific embedded emissions have at most five digits after the decimal point (Annex II A.1 point 8).
2. Emissions of a whole reporting period are given in full tonnes (A.1 point 6).
3. Every other figure keeps all its significant digits (A.1 point 7); N2O measured is given to three decimal places
   in tonnes (B.6.2.4).
4. Halves go up, away from zero. What is rounded is the shortest decimal that names the float64: 1.000005 becomes
   1.00001, though the float lies a little below it.
5. A figure that is not finite is refused: it is an error of the program.

Example: ``see(1.538981) == Decimal("1.53898")`` and ``text(tonnes(1198799.5), group=True) == "1,198,800"``.

Annexes are those of Implementing Regulation (EU) 2025/2547.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

SEE_PLACES = 5
_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)  # every float64 has fewer digits than this


def see(value: float | Decimal) -> Decimal:
    """Specific embedded emissions in tCO2e per functional unit or tonne, at most five decimals, no zeros at the end."""
    return _stripped(_rounded(value, SEE_PLACES))


def tonnes(value: float | Decimal) -> Decimal:
    """Emissions of a reporting period in full tonnes of CO2e."""
    return _rounded(value, 0)


def parameter(value: float | Decimal) -> Decimal:
    """A figure used in the calculation with all its significant digits: the shortest decimal that names the float."""
    return _stripped(_exact(value))


def percent(share: float | Decimal) -> Decimal:
    """A share between 0 and 1 as percent with one decimal, such as the share of default values disclosed."""
    return _rounded(_exact(share) * 100, 1)


def text(value: Decimal, group: bool = False) -> str:
    """Plain digits, never an exponent; ``group`` sets commas between thousands."""
    return f"{value:,f}" if group else f"{value:f}"


def _rounded(value: float | Decimal, places: int) -> Decimal:
    made = _exact(value).quantize(Decimal(1).scaleb(-places), context=_EXACT)
    return abs(made) if made.is_zero() else made


def _exact(value: float | Decimal) -> Decimal:
    made = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if not made.is_finite():
        raise ValueError(f"not a finite figure: {value!r}")
    return made


def _stripped(value: Decimal) -> Decimal:
    """Without zeros at the end, and without an exponent: 100, not 1E+2; 0, not -0."""
    if value == value.to_integral_value(context=_EXACT):
        return _rounded(value, 0)
    return value.normalize(_EXACT)
