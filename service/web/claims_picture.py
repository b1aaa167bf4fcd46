"""The waterfall of a claim: rows from footprint to remainder, each with where its bar begins and ends. Geometry only.

Rules
1. The scale is that of the largest amount; a bar hangs between what was left before it and what is left after it.
2. Retirements beyond the first :data:`MOST` stand in one row; nothing is left out of a sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from service.usecases.claims.checking import Step
from service.web.ledger_rows import figure_text

WIDTH = 1000.0
MOST = 8
FILLS = {
    "footprint": "1",
    "deducted": "2",
    "unabated": "1",
    "residual": "line",
    "retirement": "4",
    "retirements": "4",
    "surplus": "3",
    "remainder": "1",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: ``start`` and ``length`` in thousandths, ``level`` where the line to the next row hangs (None: none)."""

    key: str
    label: str
    amount: str
    fill: str
    start: float
    length: float
    before: float | None
    after: float | None


def bars(steps: Iterable[Step], residual: Decimal | None = None) -> tuple[Bar, ...]:
    """The rows of a picture; none where the amounts are not known or not above nothing."""
    rows = list(_together(steps, residual))
    scale = max((max(abs(one.amount), abs(one.left)) for one in rows), default=Decimal(0))
    if scale <= 0:
        return ()
    made: list[Bar] = []
    level: float | None = None
    for one in rows:
        start, end = _ends(one)
        after = level if one.key == "residual" else _place(one.left, scale)
        first, last = sorted((_place(start, scale), _place(end, scale)))
        made.append(
            Bar(
                key=one.key,
                label=one.label,
                amount=_signed(one),
                fill=FILLS[one.key],
                start=first,
                length=round(last - first, 2),
                before=level,
                after=after,
            )
        )
        level = after
    last_row = made.pop()
    return (*made, Bar(**{**{name: getattr(last_row, name) for name in Bar.__slots__}, "after": None}))


def _together(steps: Iterable[Step], residual: Decimal | None) -> Iterator[Step]:
    """Rule 2, with the residual under what it is a part of."""
    found = list(steps)
    retired = [one for one in found if one.key == "retirement"]
    rest = retired[MOST:]
    for one in found:
        if one in rest:
            if one is rest[-1]:
                amount = sum((each.amount for each in rest), Decimal(0))
                yield Step("retirements", amount, one.left, str(len(rest)))
            continue
        yield one
        if one.key == "unabated" and residual is not None and residual > 0:
            yield Step("residual", residual, one.left)


def _ends(one: Step) -> tuple[Decimal, Decimal]:
    """Where a bar begins and ends: at nothing for what stands, at what was left before for what is taken off."""
    if one.key in ("deducted", "retirement", "retirements"):
        return one.left - one.amount, max(one.left, Decimal(0))
    return Decimal(0), one.amount


def _place(amount: Decimal, scale: Decimal) -> float:
    return round(float(max(amount, Decimal(0)) / scale) * WIDTH, 2)


def _signed(one: Step) -> str:
    text = figure_text(abs(one.amount))
    return f"-{text}" if one.amount < 0 else text
