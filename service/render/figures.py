"""Quantities and moments of a statement as a label prints them.

Rules
1. A quantity is read as an exact decimal; a float is refused, for its digits are nobody's.
2. Printing adds grouping commas and a true minus sign; it never adds, drops or rounds a digit. Only shares in
   percent are rounded, to one decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from service.render.fonts import printable


class StatementUnfit(ValueError):
    """The statement lacks a field that a label must show, or it is not in the form of docs/formats.md."""


def decimal(value: Any) -> Decimal:
    """The exact decimal of a statement's quantity (a string, or a whole number); raises StatementUnfit."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise StatementUnfit(f"{value!r} is not a decimal string.")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise StatementUnfit(f"{value!r} is not a decimal string.") from None
    if not number.is_finite():
        raise StatementUnfit(f"{value!r} is not a finite number.")
    return number


def grouped(value: Any) -> str:
    """``12345678.90`` as ``12,345,678.90``, ``-0.0000000000031`` as ``−3.1e-12``: no digit added or lost."""
    number = decimal(value)
    if not number or number.adjusted() >= -9:
        return f"{number:,f}".replace("-", "\N{MINUS SIGN}")
    mantissa = f"{number.scaleb(-number.adjusted()):f}".replace("-", "\N{MINUS SIGN}")
    return f"{mantissa}e{number.adjusted()}"


def quantity(value: Any) -> str:
    """``{"amount": "1", "unit": "kg"}`` as ``1 kg``; raises StatementUnfit."""
    if not isinstance(value, Mapping) or not {"amount", "unit"} <= value.keys():
        raise StatementUnfit(f"{value!r} is not an amount with a unit.")
    return f"{grouped(value['amount'])} {printable(str(value['unit']))}"


def percent(value: Decimal, total: Decimal) -> str:
    """Share of ``total`` with one decimal; ``<0.1 %`` for one that would print as 0; a dash without total."""
    if total == 0:
        return "\N{EM DASH}"
    share = 100 * value / total
    if share and abs(share) < Decimal("0.05"):
        return "<0.1 %" if share > 0 else ">\N{MINUS SIGN}0.1 %"
    return f"{share:,.1f} %".replace("-", "\N{MINUS SIGN}")


def moment(value: Any) -> datetime:
    """An ISO 8601 moment with its offset, in UTC; raises StatementUnfit."""
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        raise StatementUnfit(f"{value!r} is not an ISO 8601 moment.") from None
    if parsed.tzinfo is None:
        raise StatementUnfit(f"{value!r} has no time zone.")
    return parsed.astimezone(UTC)
