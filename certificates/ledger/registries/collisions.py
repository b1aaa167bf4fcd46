"""Rows of one file that share units.

Rules
1. Of rows that say the very same thing, the first counts; each other one is told with its number.
2. Rows that share units and do not say the same are all told: which of them is true is not ours to choose.
"""

from __future__ import annotations

from collections.abc import Sequence

from certificates.ledger.registries.drafting import Draft


def collisions(drafts: Sequence[Draft]) -> dict[int, int]:
    """The place of each draft that collides, and the place of one it collides with (rules 1 and 2)."""
    lots = {place: one.acquire.lot for place, one in enumerate(drafts) if one.acquire is not None}
    found: dict[int, int] = {}
    furthest: int | None = None
    for place in sorted(lots, key=lambda place: (lots[place].span, place)):
        span = lots[place].span
        if furthest is None or not lots[furthest].span.shares(span):
            furthest = place
            continue
        # whoever shares a unit with an earlier row in this order shares one with that which reaches furthest
        found.setdefault(place, furthest)
        if not _same(drafts[furthest], drafts[place]):
            found.setdefault(furthest, place)
        if span.last > lots[furthest].span.last:
            furthest = place
    return found


def _same(one: Draft, other: Draft) -> bool:
    return (one.acquire, one.retire) == (other.acquire, other.retire)
