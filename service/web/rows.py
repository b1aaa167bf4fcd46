"""The lines and legs of a study as its pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lca.inventory import LineKind
from service.usecases import link_memory

if TYPE_CHECKING:
    from lca.linking import LinkedLine
    from lca.matching import Candidate


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line or leg of a study: as linked now, with its result of the latest assessment where it has one."""

    key: str
    linked: LinkedLine
    result: dict[str, Any] | None
    share: float | None

    @property
    def anchor(self) -> str:
        """Fragment of the row, usable in an address."""
        return f"line-{self.key.replace('/', '-')}"

    @property
    def linkable(self) -> bool:
        """Whether a dataset stands for this row: not for a cut-off, nor for what comes from an own process."""
        own = self.linked.line.kind is LineKind.INTERMEDIATE and self.linked.leg is None
        return not own and not self.linked.line.cutoff_reason

    @property
    def suggestion(self) -> Candidate | None:
        """What may be confirmed here: what was confirmed before, else the automatic link."""
        return link_memory.suggestion(self.linked) if self.linkable else None

    @property
    def open(self) -> bool:
        """Whether somebody has to choose a dataset here."""
        return self.linkable and self.linked.dataset is None


def line_rows(lines: Iterable[LinkedLine], footprint: dict[str, Any] | None) -> tuple[LineRow, ...]:
    """Rows of a study: what is missing first, then by size."""
    results = {_key(item): item for item in footprint["lines"]} if footprint else {}
    total = footprint["total"] if footprint else 0.0
    rows = []
    for linked in lines:
        found = results.get(linked.key)
        value = found["value"] if found else None  # None too where the reader may not see it
        share = 100.0 * value / total if value is not None and total else None
        rows.append(LineRow(linked.key, linked, found, share))
    rows.sort(key=lambda row: (not row.open, -abs((row.result or {}).get("value") or 0.0)))
    return tuple(rows)


def _key(result: dict[str, Any]) -> str:
    return f"{result['line']}/{result['leg']}" if result["leg"] else str(result["line"])
