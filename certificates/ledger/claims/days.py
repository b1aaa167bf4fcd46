"""Counting months.

Rule: a month later is the same day of the next month, or its last day where it has no such day: twelve months after
29 February 2024 is 28 February 2025, and twelve months after 28 February 2023 is 28 February 2024. A term never gains
a day.

Example: ``months_after(date(2025, 12, 31), 12) == date(2026, 12, 31)``.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """The day that ends a term of so many months; they may be negative. The last or first day there is where the
    calendar ends before it."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month, min(day.day, monthrange(year, month)[1]))
