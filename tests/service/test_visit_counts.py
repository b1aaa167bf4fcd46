"""Visits are counted by windows, and no thread is started for it."""

from __future__ import annotations

import threading

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from service import visit_counts
from service.visit_counts import STORAGE, VisitCounts


@pytest.fixture
def clock(monkeypatch):
    """The seconds that the storage reads; set the only entry."""
    now = [1_000_000.0]
    monkeypatch.setattr(visit_counts.time, "time", lambda: now[0])
    return now


@pytest.fixture
def counts() -> VisitCounts:
    found = storage_from_string(STORAGE)
    assert isinstance(found, VisitCounts)
    found.timer.join()
    return found


def test_a_window_counts_and_ends(clock, counts):
    assert [counts.incr("a", 60) for _ in range(3)] == [1, 2, 3] and counts.incr("a", 60, 2) == 5
    assert counts.incr("b", 60) == 1 and counts.get("a") == 5 and counts.get("c") == 0
    clock[0] += 59.9
    assert counts.get("a") == 5
    clock[0] += 0.1
    assert counts.get("a") == 0 and counts.incr("a", 60) == 1


def test_a_rate_holds_as_pages_ask_for_it(clock, counts):
    limiter, rate = FixedWindowRateLimiter(counts), parse("2 per 5 minutes")
    assert [limiter.hit(rate, "x") for _ in range(3)] == [True, True, False]
    assert not limiter.test(rate, "x") and limiter.test(rate, "y")
    counts.reset()
    assert limiter.test(rate, "x")


def test_what_is_over_is_forgotten_without_a_thread(clock, counts):
    before = threading.active_count()
    for number in range(500):
        counts.incr(str(number), 30)
    assert threading.active_count() == before
    clock[0] += visit_counts.CLEARED + 1
    counts.incr("new", 30)
    assert set(counts.storage) == set(counts.expirations) == {"new"}


def test_visits_at_once_are_all_counted(counts):
    threads = [threading.Thread(target=lambda: [counts.incr("a", 60) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.get("a") == 2000
