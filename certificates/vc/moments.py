"""Moments as credentials of the world write them: ``xsd:dateTimeStamp`` (XML Schema 1.1 part 2, 3.4.28).

A date, the letter T, a time with optional fraction of a second, and an offset: Z or ±hh:mm. Only the times of a proof
may lack the offset and are then UTC, as Data Integrity 1.0, 2.1 leaves open. Our own credentials write whole seconds in
UTC only (``certificates.encoding.moment_text``).

Example: ``read("2026-11-22T16:00:00.5+08:00") == datetime(2026, 11, 22, 8, 0, 0, 500000, tzinfo=UTC)``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_STAMP = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.(?P<fraction>[0-9]{1,30}))?"
    r"(?P<offset>Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?\Z"
)
_MIDNIGHT = "24:00:00"


class NotAMoment(ValueError):
    """This is not an xsd:dateTimeStamp that falls into the years 1 to 9999."""


def read(value: Any, *, offset: bool = True) -> datetime:
    """The moment in UTC; digits beyond the microsecond are dropped. ``offset=False`` takes one without offset as UTC.
    Raises NotAMoment."""
    found = _STAMP.match(value) if isinstance(value, str) else None
    if found is None or (offset and not found["offset"]):
        raise NotAMoment("Not a moment with an offset, such as 2026-11-22T08:00:00Z.")
    time, fraction = found["time"], found["fraction"] or ""
    ends = time == _MIDNIGHT and not fraction.strip("0")  # 24:00:00 is the first moment of the next day
    try:
        local = datetime.fromisoformat(f"{found['day']}T{'00:00:00' if ends else time}")
        local += timedelta(days=ends, microseconds=int(fraction[:6].ljust(6, "0")))
        return (local - _offset(found["offset"] or "Z")).replace(tzinfo=UTC)
    except (ValueError, OverflowError) as problem:
        raise NotAMoment("No such moment.") from problem


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta(0)
    hours, minutes = text[1:].split(":")
    found = timedelta(hours=int(hours), minutes=int(minutes))
    return -found if text[0] == "-" else found
