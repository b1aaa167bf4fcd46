"""The coverage gate: what a footprint rests on, in numbers, and the findings that stop a label.

Rules (each violation is a finding with the line it concerns; an ERROR closes the gate)
1. There is something to assess: at least one item with a dataset, and not every amount is zero.
2. Every line, and every transport leg, has a dataset or a declared cut-off. Intermediate lines are inside the
   system.
3. Every dataset used has characterised flows in the study's GWP set: some part or gas is not zero. A total of
   zero may be a balance of biogenic carbon and is no violation.
4. A CO2e-only dataset serves only the GWP set its figure rests on; an incomplete dataset serves no line but a
   direct emission.
5. A cut-off has a reason and a declared share; one share and their sum stay within the rule set's limits
   (ISO 14067:2018, 6.3.4.3). A share is measured where it can be, not believed: materials and packaging by
   their mass, energy stated as such by its share of all energy, in which fuels by mass or volume count with
   the most that any fuel holds. The measured share may not exceed the declared one; where there is no
   measure, or only such a least one that does not refute the share, it is a WARNING. An intermediate line
   is never cut off: the data behind it is the exporter's own. Air from nature is no cut-off and has no mass.
6. The boundary's required stages have a line or a stated reason (a line with a cut-off reason in that stage),
   and stages beyond the boundary have none (6.3.4.2).
7. Coverage by lines and by mass reaches the rule set's minimum. It is printed on the label whatever it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from databases import units
from lca.findings import Finding, Place, Severity
from lca.footprint import Coverage
from lca.inventory import Inventory, Leg, Line, LineKind

if TYPE_CHECKING:
    from databases.dataset import Dataset
    from lca.linking import Linked, LinkedLine
    from lca.rules import RuleSet
    from lca.scope import Scope

Characterised = Callable[["Dataset"], bool]
"""Says whether a dataset has a flow that the study's methods characterise."""

_MASSIVE = (LineKind.MATERIAL, LineKind.PACKAGING)
_ENERGY = (LineKind.ELECTRICITY, LineKind.FUEL, LineKind.HEAT)
_AIR = frozenset(
    {"空气", "环境空气", "大气", "空气中的氧气", "空气中的氮气", "air", "ambient air"}
    | {"oxygen from air", "nitrogen from air"}
)
_MOST_MJ = {"kg": Decimal(120), "m3": Decimal(120), "L": Decimal(45)}
"""More than any fuel holds, by the unit of its dataset: hydrogen, butane gas, heavy fuel oil."""
_SHARE_SLACK = Decimal("0.05")
"""Percentage points: shares are declared to one decimal."""


def key(line: Line, leg: Leg | None = None) -> str:
    """The key of an item: ``M3`` for a line, ``M3/2`` for its second leg."""
    return line.number if leg is None else f"{line.number}/{leg.number}"


def at(line: Line, leg: Leg | None = None) -> Place:
    """Where the user finds an item: its cell, with its key as the line."""
    place = (leg or line).place
    return Place(place.sheet, place.row, place.cell, key(line, leg))


def without_repeats(findings: Iterable[Finding], told: Iterable[Finding]) -> list[Finding]:
    """Findings of the gate and the system without those that linking has told already, under its own code."""
    known = {(finding.code, finding.place.line) for finding in told}
    return [
        finding for finding in findings if (finding.code.partition("-")[2], finding.place.line) not in known
    ]


def items(inventory: Inventory) -> Iterator[tuple[Line, Leg | None]]:
    """Every item that needs a dataset or a cut-off: lines, not intermediate ones, and legs."""
    for line in inventory.lines:
        if line.kind is not LineKind.INTERMEDIATE:
            yield line, None
        for leg in line.legs:
            yield line, leg


def used(link: LinkedLine | None, line: Line) -> bool:
    """True when the item enters the number: it has a dataset and its line is not cut off."""
    return link is not None and link.dataset is not None and not line.cutoff_reason


def gate(
    inventory: Inventory, linked: Linked, characterised: Characterised, scope: Scope, rules: RuleSet
) -> tuple[Coverage, tuple[Finding, ...]]:
    """Coverage and every finding of the gate (rules 1 to 7), in the order of the rules."""
    coverage = measure(inventory, linked, characterised)
    findings = [
        *_unlinked(inventory, linked),
        *_unfit(inventory, linked, characterised, scope),
        *_cut_offs(inventory, rules),
        *_understated(inventory, linked),
        *_boundary(inventory, rules),
        *_minimum(coverage, rules),
    ]
    return coverage, tuple(findings)


def measure(inventory: Inventory, linked: Linked, characterised: Characterised) -> Coverage:
    """Coverage in numbers (rule 7). Mass counts where material or packaging is stated in a unit of mass."""
    links = {link.key: link for link in linked.lines}
    covered = covered_auto = total = 0
    mass_covered = mass_total = Decimal(0)
    for line, leg in items(inventory):
        link = links.get(key(line, leg))
        counts = (
            used(link, line) and link is not None and link.dataset is not None and characterised(link.dataset)
        )
        total += 1
        covered += counts
        covered_auto += counts and link is not None and link.origin == "auto"
        if leg is None:
            mass_total += kilograms(line)
            mass_covered += kilograms(line) if counts else 0
    cut_off = [line for line in inventory.lines if line.cutoff_reason]
    return Coverage(
        lines_linked=covered,
        lines_total=total,
        lines_cut_off=len(cut_off),
        lines_auto=covered_auto,
        mass_linked=float(mass_covered),
        mass_total=float(mass_total),
        cutoff_share=float(sum((line.cutoff_share or Decimal(0) for line in cut_off), Decimal(0))),
    )


def _unlinked(inventory: Inventory, linked: Linked) -> Iterator[Finding]:
    """Rules 1 and 2. An item that linking has already refused, with the reason, is not reported twice."""
    links = {link.key: link for link in linked.lines}
    refused = {finding.place.line for finding in linked.findings if finding.severity is Severity.ERROR}
    inside = [
        links[key(line, leg)] for line, leg in items(inventory) if used(links.get(key(line, leg)), line)
    ]
    if not inside:
        yield Finding.error("gate-nothing-linked")
    elif not any(link.amount for link in inside):
        yield Finding.error("gate-all-zero")
    for line, leg in items(inventory):
        item = key(line, leg)
        if not line.cutoff_reason and not used(links.get(item), line) and item not in refused:
            yield Finding.error("gate-unlinked", at(line, leg), key=item, name=_name(line, leg))


def _unfit(
    inventory: Inventory, linked: Linked, characterised: Characterised, scope: Scope
) -> Iterator[Finding]:
    """Rules 3 and 4."""
    links = {link.key: link for link in linked.lines}
    for line, leg in items(inventory):
        link = links.get(key(line, leg))
        if not used(link, line) or link is None or link.dataset is None:
            continue
        dataset, place = link.dataset, at(line, leg)
        details = {"key": link.key, "name": _name(line, leg), "dataset": dataset.code}
        if dataset.gwp_set and dataset.gwp_set != scope.gwp_set.value:
            yield Finding.error(
                "gate-gwp-set", place, **details, gwp_set=dataset.gwp_set, study=scope.gwp_set.value
            )
        elif not characterised(dataset):
            yield Finding.error("gate-no-characterised-flow", place, **details)
        if not dataset.complete and line.kind is not LineKind.EMISSION:
            yield Finding.error("gate-incomplete-dataset", place, **details, boundary=dataset.boundary)


def _cut_offs(inventory: Inventory, rules: RuleSet) -> Iterator[Finding]:
    """Rule 5."""
    total = Decimal(0)
    for line in inventory.lines:
        share = line.cutoff_share
        if line.cutoff_reason and share is None:
            yield Finding.error("gate-cutoff-without-share", at(line), key=line.number, name=line.name)
        elif share is not None and not line.cutoff_reason:
            yield Finding.error("gate-cutoff-without-reason", at(line), key=line.number, name=line.name)
        elif share is not None:
            total += share
            if not 0 <= share <= rules.cutoff_single:
                yield Finding.error(
                    "gate-cutoff-single",
                    at(line),
                    key=line.number,
                    name=line.name,
                    share=share,
                    limit=rules.cutoff_single,
                )
    if total > rules.cutoff_total:
        yield Finding.error("gate-cutoff-total", share=total, limit=rules.cutoff_total)


def _understated(inventory: Inventory, linked: Linked) -> Iterator[Finding]:
    """Rule 5 from its second sentence."""
    masses = {line.number: mass for line in inventory.lines if (mass := kilograms(line))}
    energies, rest = _energies(inventory, linked)
    measured = _percent(masses, Decimal(0)) | _percent(energies, rest)
    for line in inventory.lines:
        if not line.cutoff_reason or line.cutoff_share is None or from_air(line):
            continue
        share, declared = measured.get(line.number), line.cutoff_share
        details = {"key": line.number, "name": line.name, "share": declared}
        if line.kind is LineKind.INTERMEDIATE:
            yield Finding.error("gate-cutoff-intermediate", at(line), key=line.number, name=line.name)
        elif share is not None and 0 <= declared < share - _SHARE_SLACK:
            yield Finding.error("gate-cutoff-understated", at(line), **details, measured=f"{share:.2f}")
        elif share is None or (line.number in energies and rest):
            yield Finding.warning("gate-cutoff-unmeasured", at(line), **details)


def _percent(amounts: dict[str, Decimal], rest: Decimal) -> dict[str, Decimal]:
    total = sum(amounts.values(), rest)
    return {number: 100 * amount / total for number, amount in amounts.items() if total}


def _energies(inventory: Inventory, linked: Linked) -> tuple[dict[str, Decimal], Decimal]:
    """MJ by line where energy is stated, and the most that the other energy lines can hold together."""
    links = {link.key: link for link in linked.lines}
    stated: dict[str, Decimal] = {}
    rest = Decimal(0)
    for line in inventory.lines:
        link = links.get(line.number)
        if line.kind not in _ENERGY:
            continue
        if units.dimension(line.unit) == "energy":
            stated[line.number] = units.convert(line.gross_amount, line.unit, "MJ")
        elif link is not None and link.dataset is not None and link.dataset.unit in _MOST_MJ:
            rest += link.amount * _MOST_MJ[link.dataset.unit]
        elif units.dimension(line.unit) == "mass":
            rest += units.convert(line.gross_amount, line.unit, "kg") * _MOST_MJ["kg"]
        elif units.dimension(line.unit) == "volume":  # gas or liquid, nobody says
            rest += units.convert(line.gross_amount, line.unit, "L") * _MOST_MJ["L"]
    return stated, rest


def from_air(line: Line) -> bool:
    """True for a material line that states air taken from nature: so named, and with a cut-off reason."""
    named = " ".join(line.name.casefold().split()) in _AIR
    return line.kind is LineKind.MATERIAL and bool(line.cutoff_reason) and named


def kilograms(line: Line) -> Decimal:
    """Gross mass over the period of a material or packaging line; 0 where none is stated, and for air."""
    if line.kind not in _MASSIVE or units.dimension(line.unit) != "mass" or from_air(line):
        return Decimal(0)
    return units.convert(line.gross_amount, line.unit, "kg")


def _boundary(inventory: Inventory, rules: RuleSet) -> Iterator[Finding]:
    """Rule 6."""
    rule = rules.boundaries[inventory.boundary]
    present = {line.stage for line in inventory.lines}
    for stage in rule.required:
        if stage not in present:
            yield Finding.error("gate-stage-missing", boundary=inventory.boundary.value, stage=stage.value)
    for line in inventory.lines:
        if line.cutoff_reason or line.stage in rule.stages:
            continue
        where = {"boundary": inventory.boundary.value, "stage": line.stage.value}
        if line.stage in rule.forbidden:
            yield Finding.error(
                "gate-stage-beyond-boundary", at(line), key=line.number, name=line.name, **where
            )
        else:
            yield Finding.warning("gate-stage-unusual", at(line), key=line.number, name=line.name, **where)


def _minimum(coverage: Coverage, rules: RuleSet) -> Iterable[Finding]:
    """Rule 7."""
    measured = [("gate-coverage-lines", coverage.by_lines, rules.minimum_by_lines)]
    if coverage.mass_total:
        measured.append(("gate-coverage-mass", coverage.by_mass, rules.minimum_by_mass))
    return [
        Finding.error(code, share=f"{share:.1f}", limit=limit)
        for code, share, limit in measured
        if share < float(limit)
    ]


def _name(line: Line, leg: Leg | None) -> str:
    return line.name if leg is None else f"{line.name} · {leg.mode}"
