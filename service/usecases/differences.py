"""Two JSON values leaf by leaf: what was stated beside what came out.

Example: ``list(compare({"total": "1"}, {"total": "2"})) == [Difference("total", "1", "2")]``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ABSENT = "—"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of the statement that recomputation does not confirm.

    ``path`` like ``footprint.stages[0].value``.
    """

    path: str
    stated: str
    recomputed: str


def compare(stated: Any, recomputed: Any, path: str = "", near: float = 0.0) -> Iterator[Difference]:
    """Every leaf in which two JSON values differ, by path; numbers by more than ``near``, relative."""
    if isinstance(stated, dict) and isinstance(recomputed, dict):
        for name in sorted(stated.keys() | recomputed.keys()):
            inner = f"{path}.{name}" if path else name
            yield from compare(stated.get(name, ABSENT), recomputed.get(name, ABSENT), inner, near)
    elif isinstance(stated, list) and isinstance(recomputed, list) and len(stated) == len(recomputed):
        for position, (left, right) in enumerate(zip(stated, recomputed, strict=True)):
            yield from compare(left, right, f"{path}[{position}]", near)
    elif isinstance(stated, float) and isinstance(recomputed, float):
        if not math.isclose(stated, recomputed, rel_tol=near, abs_tol=near):
            yield Difference(path, _short(stated), _short(recomputed))
    elif type(stated) is not type(recomputed) or stated != recomputed:
        yield Difference(path, _short(stated), _short(recomputed))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 200 else f"{text[:199]}…"
