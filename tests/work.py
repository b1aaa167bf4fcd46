"""How much work a call may take, counted in calls of functions, so that no test depends on how busy the machine is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


class TooMuchWork(AssertionError):
    """More functions were entered than a call may take."""


def within(most: int, work: Callable[[], T]) -> T:
    """What ``work`` returns (or raises), or TooMuchWork as soon as it has entered more than ``most`` functions.

    Python's and C's functions count, in this thread. A profiler that was set before is set again.
    """
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")
        if count > most:
            sys.setprofile(None)
            raise TooMuchWork(f"more than {most} functions entered")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        return work()
    finally:
        sys.setprofile(before)
