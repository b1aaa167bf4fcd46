"""What several checks need: places, negative amounts, fractions, names of records."""

from __future__ import annotations

from collections.abc import Iterator

from lca.cbam.factors import SYMBOLS
from lca.cbam.monitoring import NON_CBAM, OUTSIDE, Monitoring
from lca.findings import Finding, Place

SHARE_TOLERANCE = 1e-9
"""How far shares may be from 1 in sum: the error of adding floats, nothing else."""
AMOUNT_TOLERANCE = 1e-6
"""How far two ways to the same amount may differ, relative: the rounding of a workbook."""


def at(record: str) -> Place:
    """The place of a record; that of the whole data where there is none."""
    return Place(line=record)


def label(field: str) -> str:
    """How a field is named in a sentence: the regulation's symbol, else its words."""
    return SYMBOLS.get(field, field.replace("_", " "))


def flow(origin: str, destination: str) -> str:
    """How a record without an identifier is named: from where to where."""
    return f"{origin} → {destination}"


def figure(value: float) -> str:
    """A figure inside a sentence: at most six significant digits."""
    return f"{value:.6g}"


def not_negative(record: str, **amounts: float | None) -> Iterator[Finding]:
    """An error for each amount below zero; ``None`` is not known and not wrong."""
    for name, amount in amounts.items():
        if amount is not None and amount < 0:
            yield Finding.error("cbam-amount-negative", at(record), field=label(name), value=figure(amount))


def fractions(record: str, **parts: float | None) -> Iterator[Finding]:
    """An error for each fraction outside 0 to 1."""
    for name, part in parts.items():
        if part is not None and not 0.0 <= part <= 1.0:
            yield Finding.error("cbam-fraction-range", at(record), field=label(name), value=figure(part))


def differ(one: float, other: float, tolerance: float = AMOUNT_TOLERANCE) -> bool:
    """True when two amounts that should be the same are not."""
    return abs(one - other) > tolerance * max(abs(one), abs(other))


def process_ids(data: Monitoring) -> frozenset[str]:
    """Identifiers of the processes."""
    return frozenset(one.id for one in data.processes)


def unit_ids(data: Monitoring) -> frozenset[str]:
    """Identifiers of boilers, cogeneration units and power plants."""
    return frozenset(one.id for one in data.units)


RESERVED = frozenset({NON_CBAM, OUTSIDE})
