"""The day on which something happens.

Rule: days of the ledger, of purchases, balances and claims are days in China, whose clocks are eight hours ahead of UTC
all year: what is recorded at seven in the morning in Shanghai is of that day, not of the one before.

Example: ``day_of(datetime(2026, 3, 1, 23, tzinfo=UTC)) == date(2026, 3, 2)``.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))


def day_of(moment: datetime) -> date:
    """The day in China of a moment that says its time zone."""
    return moment.astimezone(CHINA).date()
