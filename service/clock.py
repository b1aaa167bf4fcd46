"""The one clock of the service. It is read once a use case and the time is passed on."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC, to the second: what a statement, a log and a page print alike."""
    return datetime.now(UTC).replace(microsecond=0)
