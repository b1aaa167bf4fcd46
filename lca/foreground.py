"""From an inventory and its links to the system that is solved.

Rules
1. Each process is one column; its output stands on the diagonal in the output's own unit. Amounts of lines
   and outputs are both for the whole period, so nothing is scaled here.
2. An intermediate line links two columns; its gross amount is converted to the unit of the output it takes.
3. The demand is the declared amount, converted to the unit of the product's output. Where these units differ
   in dimension and the output is a mass, the demand is declared amount x mass per declared unit (1 piece of
   0.85 kg asks 0.85 kg of an output stated in kg). Any other difference is refused: there is nothing to
   convert with.
4. Cut-off lines, with their legs, and items without a dataset stay outside; the coverage gate has counted
   them.

Example: output 120 t, declared amount 1 kg: the demand is 0.001 (t).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from databases import units
from databases.scores import NonProductiveLoop, SingularSystem
from lca.coverage import at, items, key, used
from lca.engine import ForegroundSystem
from lca.findings import Finding
from lca.inventory import Inventory, Leg, Line, LineKind, Output

if TYPE_CHECKING:
    from databases.dataset import Dataset
    from lca.linking import Linked


@dataclass(frozen=True, slots=True)
class Use:
    """One background exchange: ``amount`` of ``dataset`` (its unit, whole period) for process ``column``."""

    line: Line
    leg: Leg | None
    dataset: Dataset
    amount: float
    column: int

    @property
    def name(self) -> str:
        """The line's name; for a leg also its mode of transport."""
        return self.line.name if self.leg is None else f"{self.line.name} · {self.leg.mode}"


@dataclass(frozen=True, slots=True)
class Foreground:
    """The system, or None with the findings that say why; ``uses`` in its order of exchanges."""

    system: ForegroundSystem | None
    uses: tuple[Use, ...]
    findings: tuple[Finding, ...]


def build(inventory: Inventory, linked: Linked) -> Foreground:
    """The foreground system of an inventory (rules 1 to 4). Never raises for the user's data: it finds."""
    outputs = {output.process: (index, output) for index, output in enumerate(inventory.outputs)}
    findings = list(_unknown_processes(inventory, outputs))
    technosphere = np.diag([float(output.amount) for output in inventory.outputs])
    for line in inventory.lines:
        if line.kind is LineKind.INTERMEDIATE and not line.cutoff_reason and not findings:
            findings += _take(technosphere, line, outputs)
    demand = np.zeros(len(outputs))
    index, product = outputs[inventory.product_process]
    asked = declared_demand(inventory, product)
    if isinstance(asked, Finding):
        findings.append(asked)
    else:
        demand[index] = float(asked)
    if findings:
        return Foreground(None, (), tuple(findings))
    uses = _uses(inventory, linked, outputs)
    try:
        system = ForegroundSystem(
            names=tuple(outputs),
            technosphere=technosphere,
            demand=demand,
            positions=np.array([use.dataset.position for use in uses], dtype=np.int64),
            columns=np.array([use.column for use in uses], dtype=np.int64),
            amounts=np.array([use.amount for use in uses], dtype=np.float64),
        )
    except NonProductiveLoop as error:
        return Foreground(None, (), (Finding.error("system-no-production", members=_names(error.members)),))
    except SingularSystem as error:
        return Foreground(None, (), (Finding.error("system-singular", members=_names(error.members)),))
    return Foreground(system, uses, ())


def declared_demand(inventory: Inventory, product: Output) -> Decimal | Finding:
    """The declared amount in the unit of the product's output (rule 3), or the finding that says why not."""
    try:
        return units.convert(inventory.declared_amount, inventory.declared_unit, product.unit)
    except units.UnitMismatch:
        if units.dimension(product.unit) == "mass":
            kilograms = inventory.declared_amount * inventory.mass_per_declared_unit
            return units.convert(kilograms, "kg", product.unit)
    return Finding.error(
        "system-declared-unit",
        product.place,
        unit=inventory.declared_unit,
        output_unit=product.unit,
        process=product.process,
    )


def _unknown_processes(inventory: Inventory, outputs: Mapping[str, object]) -> list[Finding]:
    return [
        Finding.error("system-unknown-process", at(line), key=line.number, name=line.name, process=process)
        for line in inventory.lines
        for process in dict.fromkeys((line.process, line.from_process or line.process))
        if process not in outputs
    ]


def _take(technosphere: np.ndarray, line: Line, outputs: Mapping[str, tuple[int, Output]]) -> list[Finding]:
    row, output = outputs[line.from_process]
    column, _ = outputs[line.process]
    try:
        amount = units.convert(line.gross_amount, line.unit, output.unit)
    except units.UnitMismatch:
        details = {"key": line.number, "name": line.name, "process": output.process, "unit": line.unit}
        return [Finding.error("system-intermediate-unit", at(line), **details, output_unit=output.unit)]
    technosphere[row, column] -= float(amount)
    return []


def _uses(inventory: Inventory, linked: Linked, outputs: Mapping[str, tuple[int, Output]]) -> tuple[Use, ...]:
    links = {link.key: link for link in linked.lines}
    return tuple(
        Use(line, leg, link.dataset, float(link.amount), outputs[line.process][0])
        for line, leg in items(inventory)
        if used(link := links.get(key(line, leg)), line) and link is not None and link.dataset is not None
    )


def _names(members: tuple[str, ...]) -> str:
    return " → ".join(str(member) for member in members)
