"""What drives a footprint and what would lower it, in words: the largest lines of a study.

A line's share falls in proportion to its amount, because every line's contribution is linear in it: a tenth less of a
line that makes 60 % of the total lowers the total by 6 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from lca.inventory import ElectricitySource, LineKind
from service.web.rows import LineRow

MOST = 3
ENOUGH_PERCENT = 80.0
"""Lines are named until they make up this much together, at most ``MOST``."""

ADVICE = {
    LineKind.MATERIAL: _l(
        "Use less of it, waste less, or take a grade with a lower footprint, such as recycled material; "
        "figures measured by the supplier may replace the average."
    ),
    LineKind.PACKAGING: _l("Make the packaging lighter, or use it more than once."),
    LineKind.ELECTRICITY: _l("Save electricity."),
    LineKind.FUEL: _l("Use waste heat, improve the furnace, or change to electricity or a cleaner fuel."),
    LineKind.HEAT: _l("Insulate, use waste heat, or change to a cleaner source of heat."),
    LineKind.WATER: _l("Use less water, or use it again."),
    LineKind.TRANSPORT: _l("Shorten the way, load fuller, or go by rail or water."),
    LineKind.WASTE: _l("Make less waste, or have it recycled instead of buried or burned."),
    LineKind.EMISSION: _l("Change the process, or capture what it gives off."),
    LineKind.INTERMEDIATE: _l("Look at the lines of the process that makes it."),
}
GRID_ADVICE = _l("Save electricity, generate on the roof, or contract green electricity with evidence.")


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A line or leg among the largest: its ``share`` in percent, what could be done, what a tenth less brings."""

    row: LineRow
    share: float
    advice: Any

    @property
    def tenth(self) -> float:
        """Percent by which the total falls when this line is a tenth smaller."""
        return self.share / 10.0


def hotspots(rows: Iterable[LineRow]) -> tuple[Hotspot, ...]:
    """The largest lines, largest first; none where nothing is computed or everything is a removal."""
    found: list[Hotspot] = []
    together = 0.0
    for row in sorted(rows, key=lambda item: -(item.share or 0.0)):
        if len(found) == MOST or together >= ENOUGH_PERCENT or not row.share or row.share <= 0:
            break
        found.append(Hotspot(row, row.share, _advice(row)))
        together += row.share
    return tuple(found)


def _advice(row: LineRow) -> Any:
    line = row.linked.line
    if row.linked.leg is not None:
        return ADVICE[LineKind.TRANSPORT]
    if line.electricity_source is ElectricitySource.GRID:
        return GRID_ADVICE
    return ADVICE[line.kind]
