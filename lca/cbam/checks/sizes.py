"""Numbers of a size no plant has: with them nothing can be computed, so they are told before anything else.

A machine's numbers end near 1e308. Amounts of at most :data:`LARGEST`, and of at least :data:`SMALLEST` where they are
not zero, stay far from that end whatever is multiplied or divided on the way to a result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from lca.cbam.checks.common import at, figure, label
from lca.cbam.monitoring import Monitoring
from lca.findings import Finding

LARGEST = 1e15
"""More than any installation moves in a year, in any unit of the data."""
SMALLEST = 1e-30
"""Far below what is left over when a spreadsheet subtracts (about 1e-17)."""
MOST_TOLD = 50
"""Findings that are told; correcting those shows the rest."""


def sizes(data: Monitoring) -> tuple[Finding, ...]:
    """An error for each number beyond the limits, with the record it stands in; at most :data:`MOST_TOLD`."""
    found = _walk(data, "", "")
    return tuple(finding for finding, _ in zip(found, range(MOST_TOLD), strict=False))


def _walk(value: Any, record: str, field: str) -> Iterator[Finding]:
    if isinstance(value, tuple):
        for one in value:
            yield from _walk(one, record, field)
    elif is_dataclass(value):
        here = getattr(value, "id", "") or record
        for one in fields(value):
            yield from _walk(getattr(value, one.name), here, one.name)
    elif (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and not (value == 0 or SMALLEST <= abs(value) <= LARGEST)
    ):
        yield Finding.error("cbam-number-size", at(record), field=label(field), value=figure(float(value)))
