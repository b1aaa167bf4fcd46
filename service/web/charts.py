"""Geometry of the charts: rows become bar lengths; the template draws them as SVG beside the numbers, in one table.

Positive bars run right of the zero line and negative ones (removals) left of it, all on one scale.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: ``start`` and ``length`` in thousandths of the width, ``share`` in percent of the total."""

    name: Any
    value: float
    text: Any
    share: float
    start: float
    length: float
    tone: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars on one scale with their zero line; ``strip`` are the positive shares side by side."""

    bars: tuple[Bar, ...]
    zero: float
    total: float
    total_text: Any
    strip: tuple[tuple[float, float, int], ...]


def chart(rows: Iterable[tuple[Any, Any, str]], total: Any) -> Chart:
    """Build a chart from (name, value, href) and the total the shares refer to.

    ``value`` may be a decimal string; its digits are shown as stated, only lengths are floats.
    """
    items = [(name, float(value), value, href) for name, value, href in rows]
    low = min([0.0, *(value for _, value, _, _ in items)])
    high = max([0.0, *(value for _, value, _, _ in items)])
    span = high - low or 1.0
    zero = -low / span * WIDTH
    whole = float(total)
    bars = tuple(
        Bar(
            name,
            value,
            text,
            value / whole * 100.0 if whole else 0.0,
            round(zero + min(value, 0.0) / span * WIDTH, 2),
            round(abs(value) / span * WIDTH, 2),
            index % 5 + 1,
            href,
        )
        for index, (name, value, text, href) in enumerate(items)
    )
    return Chart(bars, round(zero, 2), whole, total, _strip(bars))


def _strip(bars: tuple[Bar, ...]) -> tuple[tuple[float, float, int], ...]:
    positive = sum(bar.value for bar in bars if bar.value > 0)
    pieces: list[tuple[float, float, int]] = []
    at = 0.0
    for bar in bars:
        if bar.value > 0:
            length = bar.value / positive * WIDTH
            pieces.append((round(at, 2), round(length, 2), bar.tone))
            at += length
    return tuple(pieces)
