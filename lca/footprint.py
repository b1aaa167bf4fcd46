"""The result of an assessment: floats in kgCO2e per declared amount, with every share that makes them up.

Nothing here is rounded; rounding happens once, where a statement is made, by the rule set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lca.inventory import Stage


@dataclass(frozen=True, slots=True)
class LineResult:
    """One contributing item: a line, or one transport leg of it (``leg`` > 0).

    ``amount`` is the demand on the dataset in ``dataset_unit`` per declared amount of product; ``score`` kgCO2e per
    ``dataset_unit``; ``value`` kgCO2e per declared amount = amount x score; ``parts`` kgCO2e by part and gas.
    """

    line: str
    leg: int
    name: str
    process: str
    stage: Stage
    dataset: str
    dataset_unit: str
    amount: float
    score: float
    value: float
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the number rests on. Shares in percent; mass in kg over the period.

    ``lines_linked`` counts lines (and legs) with a characterised dataset, ``lines_total`` all that are in the
    inventory, cut-offs included; ``mass_linked`` and ``mass_total`` the gross mass of material and packaging lines;
    ``cutoff_share`` the sum of declared cut-off shares in percent.
    """

    lines_linked: int
    lines_total: int
    lines_cut_off: int
    lines_auto: int
    mass_linked: float
    mass_total: float
    cutoff_share: float

    @property
    def by_lines(self) -> float:
        """Percent of lines linked; 0 for an empty inventory."""
        return 100.0 * self.lines_linked / self.lines_total if self.lines_total else 0.0

    @property
    def by_mass(self) -> float:
        """Percent of mass linked; 0 where no mass is stated."""
        return 100.0 * self.mass_linked / self.mass_total if self.mass_total else 0.0


@dataclass(frozen=True, slots=True)
class Electricity:
    """kWh per declared amount by source, and the total had the contracted electricity been the grid's mix.

    ``total_location_based`` in kgCO2e per declared amount: only lines of source CONTRACT are replaced, because own
    generation and a direct line are physical supply (ISO 14067:2018, 6.4.9.4 tells the three apart). Without
    contracts it equals the total.
    """

    kwh_by_source: tuple[tuple[str, float], ...]
    value_by_source: tuple[tuple[str, float], ...]
    total_location_based: float


@dataclass(frozen=True, slots=True)
class Footprint:
    """kgCO2e per declared amount, and its make-up. ``parts`` has total, fossil, biogenic-emissions,
    biogenic-removals, land-use-change, aircraft (aircraft is also inside fossil) and gas:CO2, gas:CH4, gas:N2O,
    gas:other, gas:unspecified. ``residual`` is the relative residual of the foreground solve.
    """

    total: float
    by_stage: tuple[tuple[Stage, float], ...]
    lines: tuple[LineResult, ...]
    parts: tuple[tuple[str, float], ...]
    coverage: Coverage
    electricity: Electricity
    residual: float

    def as_dict(self) -> dict[str, Any]:
        """JSON form; floats keep full precision (repr round-trips)."""
        from dataclasses import asdict

        data = asdict(self)
        data["coverage"] |= {"by_lines": self.coverage.by_lines, "by_mass": self.coverage.by_mass}
        return data
