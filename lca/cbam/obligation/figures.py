"""A decimal that something is owed on: what it is, where it comes from, and how certain that is.

Rules
1. Every factor of an amount that is owed is a :class:`Figure`; the amount is as certain as its weakest figure.
2. Marks, strongest first: ``P`` read in a primary text, ``T`` in a third party's, ``D`` derived from such, ``M``
   remembered, ``?`` looked for and not found, or in conflict, or true only until an act changes it.
3. A published price, benchmark or default keeps its digits; nothing is rounded here.

Example: ``weakest(("P", "?", "T")) == "?"``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lca.cbam.results import Term

STRONGEST_FIRST = "PTDM?"
"""The marks of rule 2."""
ACT_DEFAULTS = "Implementing Regulation (EU) 2025/2621"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One factor: ``key`` names it in the words, ``record`` the record of the data it belongs to."""

    key: str
    value: Decimal
    unit: str
    source: str
    mark: str
    record: str = ""

    def __post_init__(self) -> None:
        if self.mark not in STRONGEST_FIRST or len(self.mark) != 1:
            raise ValueError(f"Not a mark of certainty: {self.mark!r}")

    def term(self) -> Term:
        """The figure as a term of a calculation; the mark stands behind the source in brackets."""
        return Term(
            key=self.key,
            value=float(self.value),
            unit=self.unit,
            record=self.record,
            source=f"{self.source} [{self.mark}]",
        )


def weakest(marks: Iterable[str]) -> str:
    """The least certain of several marks; ``P`` for none. Raises ValueError for a letter that is no mark."""
    return max(marks, key=STRONGEST_FIRST.index, default="P")


def exact(value: float | Decimal) -> Decimal:
    """The decimal a person reads in a float: its shortest digits, not its binary expansion."""
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))
