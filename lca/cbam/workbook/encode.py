"""One value -> what is written into its cell: the inverse of ``lca.cbam.workbook.cells``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lca.cbam.workbook import words
from lca.cbam.workbook.countries import as_country
from lca.cbam.workbook.layout import Column, Kind
from lca.cbam.workbook.texts import limited, quoted, written_text


def encode(value: Any, column: Column, language: str) -> Any:
    """What is written for a value: text, float, bool or date. References are encoded by the writer.

    Raises ValueError for a number that is not finite and a text of more than MAX_TEXT characters.
    """
    kind = column.kind
    if kind is Kind.TRUTH:
        return words.label("truth", "yes" if value else "no", language)
    if kind is Kind.DATE:
        return value if 2000 <= value.year <= 2099 else value.isoformat()
    if kind is Kind.INTEGER:
        return float(value)
    if kind is Kind.PERCENT:
        return percent(value)
    if isinstance(value, float | int):
        return finite(float(value))
    if kind is Kind.AMONGS:
        return "; ".join(_named(one, column.words, language) for one in value)
    if kind in (Kind.AMONG, Kind.CHOICE):
        return _named(str(value), column.words, language)
    if kind is Kind.COUNTRY:
        return value if as_country(value) == value and written_text(value) == value else quoted(value)
    return limited(written_text(value))


def finite(value: float) -> float:
    """The number itself. Raises ValueError when it is not finite."""
    if value != value or abs(value) == float("inf"):
        raise ValueError(f"not a finite number: {value!r}")
    return value


def percent(fraction: float) -> float | str:
    """0 to 100 for a fraction: a number where it reads back exactly, else a text with all digits."""
    exact = Decimal(repr(finite(float(fraction)))) * 100
    number = float(exact)
    if abs(number) != float("inf") and float(Decimal(repr(number)) / 100) == fraction:
        return number
    return str(exact)


def _named(value: str, table: str, language: str) -> str:
    return words.label(table, value, language) or limited(quoted(value))
