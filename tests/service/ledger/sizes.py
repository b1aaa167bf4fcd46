"""How large the tests of many writers and of a killed import are.

Every run has as many writers, units and rows as show each situation; with ``TANBIAO_TEST_WHOLE=1`` in the environment
the numbers are those that the ledger was asked to hold: 16 writers, 10,000 attempts, 100,000 rows.
"""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """``pieces``: positions before the first writer comes; ``used``: positions that every writer tries to use;
    ``longest``: seconds after which a killed import may be killed, about as long as its transaction takes."""

    processes: int
    units: int
    attempts: int
    pieces: int
    used: int
    rows: int
    longest: float


EVERY_RUN = Sizes(processes=16, units=60, attempts=1_600, pieces=6, used=12, rows=10_000, longest=0.3)
WHOLE = Sizes(processes=16, units=500, attempts=10_000, pieces=50, used=25, rows=100_000, longest=2.0)
SIZES = WHOLE if os.environ.get("TANBIAO_TEST_WHOLE") else EVERY_RUN
