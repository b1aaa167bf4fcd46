"""Counters of visits in the memory of one process, for the rates of pages and API.

Rules
1. A counter begins with its first visit and is forgotten when its time is over.
2. What is over is cleared away by a visit, at most once in :data:`CLEARED`: the library's own storage starts a thread
   after nearly every visit and looks through all counters each time, which costs more than the page that is counted.

Example: ``Limiter(key_func=visitor, storage_uri=STORAGE, app=app)``.
"""

from __future__ import annotations

import threading
import time

from limits.storage import MemoryStorage

STORAGE = "visit-counts://"
CLEARED = 60.0
"""Seconds."""


class VisitCounts(MemoryStorage):
    """Fixed windows alone: no view asks for another kind."""

    STORAGE_SCHEME = ["visit-counts"]  # noqa: RUF012 - the library declares it so

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._one_at_a_time = threading.Lock()
        self._clear_at = 0.0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count a visit; the visits of this window so far. ``expiry`` is how long a window lasts, in seconds."""
        now = time.time()
        with self._one_at_a_time:
            if now >= self._clear_at:
                self._clear(now)
            if self.expirations.get(key, 0.0) <= now:
                self.expirations[key], self.storage[key] = now + expiry, 0
            self.storage[key] += amount
            return self.storage[key]

    def get(self, key: str) -> int:
        """The visits of this window so far."""
        with self._one_at_a_time:
            return self.storage.get(key, 0) if self.expirations.get(key, 0.0) > time.time() else 0

    def _clear(self, now: float) -> None:
        """Rule 2."""
        for key in [key for key, end in self.expirations.items() if end <= now]:
            del self.expirations[key]
            self.storage.pop(key, None)
        self._clear_at = now + CLEARED
