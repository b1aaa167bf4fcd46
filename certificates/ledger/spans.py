"""Ranges of whole numbers in one numbering.

Rules
1. A numbering (``space``) is a text: Verra numbers all its units in one, other registries anew for each block, and
   units without numbers of their own are numbered by us from 1 under their serial.
2. A span holds both its ends. Spans of different numberings share nothing.

Example: ``Span("vcs", 1, 9).shares(Span("vcs", 9, 12))``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LARGEST = 2**53 - 1
"""The largest number that JSON carries exactly (RFC 8785, 3.2.2.3), so that every entry has a canonical form."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Numbers ``first`` to ``last``, both included, of the numbering ``space``. Raises ValueError for none."""

    space: str
    first: int
    last: int

    def __post_init__(self) -> None:
        if not self.space or not 0 <= self.first <= self.last <= LARGEST:
            raise ValueError(f"No range: {self.first} to {self.last} in {self.space!r}")

    @property
    def count(self) -> int:
        """How many numbers it holds, at least 1."""
        return self.last - self.first + 1

    def shares(self, other: Span) -> bool:
        """True when a number is in both."""
        return self.space == other.space and self.first <= other.last and other.first <= self.last

    def within(self, other: Span) -> bool:
        """True when every number is in ``other`` too."""
        return self.space == other.space and other.first <= self.first and self.last <= other.last

    def without(self, other: Span) -> tuple[Span, ...]:
        """What is left when the numbers of ``other`` are taken out: none, one or two spans in order."""
        if not self.shares(other):
            return (self,)
        left = []
        if self.first < other.first:
            left.append(Span(self.space, self.first, other.first - 1))
        if other.last < self.last:
            left.append(Span(self.space, other.last + 1, self.last))
        return tuple(left)


def tiles(pieces: Iterable[Span], whole: Span) -> bool:
    """True when the pieces, in any order, are exactly the whole: nothing missing, nothing twice."""
    expected = whole.first
    for piece in sorted(pieces):
        if piece.space != whole.space or piece.first != expected:
            return False
        expected = piece.last + 1
    return expected == whole.last + 1
