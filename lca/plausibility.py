"""What an inventory cannot be: product without matter, work without energy, processes that feed nothing.

Coverage counts the lines that are there; these rules look for what is not, and for what would be dropped in
silence. Each violation is a finding; an ERROR closes the gate, a WARNING is for the reviewer.

Rules
1. Matter in is not less than matter out. The materials that enter the system for one declared amount, losses,
   declared cut-offs and own loops included, weigh at least as much as it does. What is missing was left out
   without being declared: above the rule set's limit for all cut-offs it is an ERROR, above that for a single
   one a WARNING. Packaging is no part of the product's mass.
2. Air and water may become product: air as a material line with that name and a cut-off reason (nature asks no
   burden for it), water as a water line whose name says so. Both count in rule 1, and the claim is a WARNING.
3. Matter that neither leaves in the product nor as waste is a WARNING above a fifth of the materials: a waste
   line is probably missing.
4. Where a linked material states no mass, rule 1 cannot be judged, and a shortfall is a WARNING.
5. Every process with lines leads to the product, over intermediate lines; else its burden would be dropped: an
   ERROR. A process that gives out more than is taken keeps the burden of the rest, and one that gives out less
   is counted larger than it was: both a WARNING above one per cent.
6. A process that feeds the product from no lines at all is an ERROR: it would give its output for nothing. One
   without any energy, and two lines alike in everything, are a WARNING.
7. A line that lowers the footprint (a removal) has evidence, or it is an ERROR; with it, it is a WARNING.

Example: 1 kg of product from 0.6 kg of materials is an ERROR, whatever the lines are linked to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from databases import units
from lca.coverage import at, from_air, key, kilograms
from lca.findings import Finding
from lca.inventory import Inventory, Line, LineKind, Output

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lca.foreground import Use
    from lca.rules import RuleSet

ENERGY = frozenset({LineKind.ELECTRICITY, LineKind.FUEL, LineKind.HEAT})
INTO_PRODUCT = ("入产品", "配料", "产品用水", "原料水", "ingredient", "into product")
"""A water line with one of these in its name states water that becomes product (rule 2)."""
UNEXPLAINED = 0.2
UNEVEN = Decimal(1)
"""Percent of an output that may be left or wanting in silence (rule 5): stocks and weighing."""
_WATER_KG_PER_M3 = Decimal(1000)


def structure(inventory: Inventory) -> tuple[Finding, ...]:
    """Findings of rules 5 and 6; lines of processes that are not there are others' business."""
    taken = _taken(inventory)
    return (*_unconnected(inventory), *_uneven(inventory, taken), *_idle(inventory), *_alike(inventory))


def balance(inventory: Inventory, scaling: Mapping[str, float], rules: RuleSet) -> tuple[Finding, ...]:
    """Findings of rules 1 to 4 for ``scaling``: how often each process runs for the declared amount."""
    if units.dimension(inventory.declared_unit) in ("energy", "freight"):
        return ()
    masses = _Masses(inventory, scaling)
    product = float(inventory.declared_amount * inventory.mass_per_declared_unit)
    place = next(o.place for o in inventory.outputs if o.process == inventory.product_process)
    found = []
    details = {"product": _shown(product), "materials": _shown(masses.materials + masses.claimed)}
    if masses.claimed:
        found.append(Finding.warning("gate-mass-claimed", place, claimed=_shown(masses.claimed), **details))
    missing = 100 * (1 - (masses.materials + masses.claimed) / product)
    details["missing"] = f"{missing:.1f}"
    if missing > float(rules.cutoff_single) and masses.unweighed:
        keys = ", ".join(masses.unweighed[:10])
        found.append(Finding.warning("gate-mass-unweighed", place, keys=keys, **details))
    elif missing > float(rules.cutoff_total):
        found.append(Finding.error("gate-mass-missing", place, limit=rules.cutoff_total, **details))
    elif missing > float(rules.cutoff_single):
        found.append(Finding.warning("gate-mass-short", place, **details))
    rest = masses.materials - product - masses.waste
    if rest > UNEXPLAINED * masses.materials and not masses.unweighed_waste:
        share = f"{100 * rest / masses.materials:.0f}"
        found.append(Finding.warning("gate-mass-unexplained", place, share=share, **details))
    return tuple(found)


def removals(uses: Iterable[Use], total: NDArray[np.float64]) -> tuple[Finding, ...]:
    """Findings of rule 7; ``total`` (n,) in kgCO2e per dataset unit."""
    found = []
    for use in uses:
        if total[use.dataset.position] < 0 and use.amount:
            tell = Finding.warning if use.line.evidence else Finding.error
            code = "gate-removal" if use.line.evidence else "gate-removal-without-evidence"
            item = key(use.line, use.leg)
            found.append(tell(code, at(use.line, use.leg), key=item, name=use.name, dataset=use.dataset.code))
    return tuple(found)


class _Masses:
    """Kilograms for one declared amount: materials, claimed air and water, waste; what states no mass."""

    def __init__(self, inventory: Inventory, scaling: Mapping[str, float]) -> None:
        self.materials = self.claimed = self.waste = 0.0
        self.unweighed: list[str] = []
        self.unweighed_waste = False
        for line in inventory.lines:
            self._add(line, scaling.get(line.process, 0.0))

    def _add(self, line: Line, runs: float) -> None:
        weighed = units.dimension(line.unit) == "mass"
        if from_air(line) and weighed:
            self.claimed += runs * float(units.convert(line.gross_amount, line.unit, "kg"))
        elif line.kind is LineKind.MATERIAL:
            self.materials += runs * float(kilograms(line))
            if not weighed and not line.cutoff_reason and runs and line.amount:
                self.unweighed.append(line.number)
        elif line.kind is LineKind.WATER and any(word in line.name.casefold() for word in INTO_PRODUCT):
            self.claimed += runs * float(_water(line))
        elif line.kind is LineKind.WASTE and weighed:
            self.waste += runs * float(units.convert(line.gross_amount, line.unit, "kg"))
        elif line.kind is LineKind.WASTE:
            self.unweighed_waste = True


def _water(line: Line) -> Decimal:
    if units.dimension(line.unit) == "volume":
        return units.convert(line.gross_amount, line.unit, "m3") * _WATER_KG_PER_M3
    return units.convert(line.gross_amount, line.unit, "kg")


def _inner(inventory: Inventory) -> Iterator[Line]:
    """Intermediate lines that carry something from one process to another."""
    for line in inventory.lines:
        if line.kind is LineKind.INTERMEDIATE and line.amount and not line.cutoff_reason:
            yield line


def _taken(inventory: Inventory) -> dict[str, Decimal]:
    """What others take of each output, in its unit; without lines in units that do not convert."""
    unit = {output.process: output.unit for output in inventory.outputs}
    taken: dict[str, Decimal] = defaultdict(Decimal)
    for line in _inner(inventory):
        wanted = unit.get(line.from_process)
        if wanted and units.dimension(wanted) == units.dimension(line.unit):
            taken[line.from_process] += units.convert(line.gross_amount, line.unit, wanted)
    return taken


def connected(inventory: Inventory) -> frozenset[str]:
    """The product's process and every process that it takes from, directly or over others."""
    suppliers: dict[str, set[str]] = defaultdict(set)
    for line in _inner(inventory):
        suppliers[line.process].add(line.from_process)
    reached, waiting = set[str](), [inventory.product_process]
    while waiting:
        process = waiting.pop()
        if process not in reached:
            reached.add(process)
            waiting.extend(suppliers[process])
    return frozenset(reached)


def _unconnected(inventory: Inventory) -> Iterator[Finding]:
    reached = connected(inventory)
    for output in inventory.outputs:
        lines = [line for line in inventory.lines if line.process == output.process]
        if output.process not in reached and lines:
            keys = ", ".join(line.number for line in lines[:10])
            yield Finding.error("gate-process-unconnected", output.place, keys=keys, **_named(output))


def _uneven(inventory: Inventory, taken: Mapping[str, Decimal]) -> Iterator[Finding]:
    for output in inventory.outputs:
        used = taken.get(output.process)
        if output.process == inventory.product_process or not used:
            continue
        rest = output.amount - used
        percent = 100 * rest / output.amount
        if abs(percent) > UNEVEN:
            code = "gate-surplus" if rest > 0 else "gate-more-taken-than-made"
            share = f"{abs(percent):.1f}"
            details = {"rest": _shown(float(abs(rest))), "unit": output.unit, "share": share}
            yield Finding.warning(code, output.place, **_named(output), **details)


def _idle(inventory: Inventory) -> Iterator[Finding]:
    stated = {line.process for line in inventory.lines if line.amount}
    worked = {line.process for line in inventory.lines if line.kind in ENERGY and line.amount}
    reached = connected(inventory)
    for output in inventory.outputs:
        if output.process in reached - stated - {inventory.product_process}:
            yield Finding.error("gate-process-empty", output.place, **_named(output))
        elif output.process in reached - worked:
            yield Finding.warning("gate-no-energy", output.place, **_named(output))


def _alike(inventory: Inventory) -> Iterator[Finding]:
    first: dict[tuple[object, ...], Line] = {}
    for line in inventory.lines:
        if not line.amount:
            continue
        amount = line.gross_amount.normalize()
        what = (line.kind, line.name.casefold(), amount, line.unit, line.cutoff_reason)
        where = (line.process, line.stage, line.supplier, line.origin, line.electricity_source)
        other = first.setdefault((*what, *where, line.from_process), line)
        if other is not line:
            details = {"key": line.number, "name": line.name, "other": other.number}
            yield Finding.warning("gate-lines-alike", at(line), **details)


def _named(output: Output) -> dict[str, str]:
    return {"process": output.process, "name": output.name}


def _shown(amount: float) -> str:
    return f"{amount:.4g}"
