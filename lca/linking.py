"""Every item of an inventory -> a dataset of the release and an amount in its unit, or a finding.

Rules
1. An item is a line (key ``M1``) or a transport leg of it (``M1/2``). An intermediate line is not linked: it
   is an exchange between processes, in the unit of the giver's output. A line with a cut-off reason is left
   out with its legs; reason and declared share are both required.
2. The dataset is the practitioner's choice, else the exporter's code, else the clearly best candidate
   (``lca.matching``), which is marked ``auto`` and told in a NOTE.
3. A dataset must be complete, of an admitted kind, of a unit that converts, and serve the study's GWP set:
   each is an ERROR. A CO2e-only dataset with an assumed GWP set is a WARNING, one a dataset.
4. Grid electricity is the mix delivered to the consumer, never a technology or the power station's gate;
   contracted electricity needs evidence (ISO 14067:2018, 6.4.9.4), own generation and a direct line without
   it are a WARNING.
5. Data of a wider place, another place or another year is told, never silent.
6. A leg carries the line's gross mass: amount = mass in t x distance in km. Amounts are exact decimals.
7. A dataset with inputs that found no supplier leaves them out of its figure: a WARNING, one a dataset. One that has
   such inputs further up its supply chain is a NOTE, one a dataset. The deduction is in the score of a candidate.

Example: ``link(inventory, release, Scope(GwpSet.AR5), {}).findings``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from databases import places, units
from databases.catalogue import UnknownDataset
from databases.dataset import Dataset
from databases.release import Release
from lca.bom.words import label
from lca.findings import Finding, Place
from lca.inventory import ElectricitySource, Inventory, Leg, Line, LineKind
from lca.matching import AUTO_TEXT, Candidate, Wanted, clearly_best, listed, place_score, rank, year_gap
from lca.scope import Scope

KINDS: dict[LineKind, frozenset[str]] = {
    LineKind.MATERIAL: frozenset({"material"}),
    LineKind.PACKAGING: frozenset({"material"}),
    LineKind.ELECTRICITY: frozenset({"electricity"}),
    LineKind.FUEL: frozenset({"fuel"}),
    LineKind.HEAT: frozenset({"heat"}),
    LineKind.WATER: frozenset({"water"}),
    LineKind.TRANSPORT: frozenset({"transport"}),
    LineKind.WASTE: frozenset({"waste"}),
    LineKind.EMISSION: frozenset({"emission"}),
}
"""Dataset kinds that a kind of line admits; a leg admits transport."""

GROUPS: dict[ElectricitySource, frozenset[str]] = {
    ElectricitySource.GRID: frozenset({"at consumer"}),
    ElectricitySource.OWN_GENERATION: frozenset({"own generation"}),
    ElectricitySource.DIRECT_LINE: frozenset({"own generation", "contracted at consumer"}),
    ElectricitySource.CONTRACT: frozenset({"contracted at consumer"}),
}
"""Groups of electricity datasets that fit a source (rule 4)."""

YEARS_UNTOLD = 1
"""A dataset this many years from the period needs no note: official factors appear a year late."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A dataset somebody chose for an item: code, ``exporter`` or ``practitioner``, and why."""

    dataset: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LinkedLine:
    """One item.

    ``amount``: gross, whole period, in the dataset's unit; without one in the line's unit, 0 for a leg.
    ``origin``: exporter, practitioner, auto, or "" where no dataset is linked. ``wanted``: what was looked for, None
    where nothing was (intermediate, cut-off, leg of unknown mass).
    """

    key: str
    line: Line
    leg: Leg | None
    dataset: Dataset | None
    amount: Decimal
    origin: str
    reason: str
    candidates: tuple[Candidate, ...]
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """All items in the inventory's order, legs after their line, and what there is to say about them."""

    lines: tuple[LinkedLine, ...]
    findings: tuple[Finding, ...]

    @property
    def automatic(self) -> int:
        """How many items were linked without anybody choosing."""
        return sum(1 for item in self.lines if item.origin == "auto")


@dataclass(slots=True)
class _Linking:
    inventory: Inventory
    release: Release
    scope: Scope
    choices: Mapping[str, Choice]
    findings: list[Finding] = field(default_factory=list)
    ranked: dict[Wanted, tuple[Candidate, ...]] = field(default_factory=dict)
    assumed: dict[Dataset, list[_Item]] = field(default_factory=dict)
    gaps: dict[Dataset, list[_Item]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Item:
    """An item to link: what it asks for. ``amount`` in ``unit`` is gross, over the period."""

    key: str
    line: Line
    leg: Leg | None
    amount: Decimal
    unit: str
    kinds: frozenset[str]
    groups: frozenset[str]
    place: Place
    asked: str

    @property
    def name(self) -> str:
        return self.leg.mode if self.leg else self.line.name


def looked_for(inventory: Inventory) -> dict[str, tuple[Line, Leg | None, Wanted]]:
    """What is looked for, by item key; nothing for cut-offs, intermediate lines and legs of unknown mass."""
    found: dict[str, tuple[Line, Leg | None, Wanted]] = {}
    for line in inventory.lines:
        if line.cutoff_reason:
            continue
        if line.kind is not LineKind.INTERMEDIATE:
            ask = (line.name, matched_unit(line), KINDS[line.kind], _groups(line))
            found[line.number] = (line, None, _asking(inventory, *ask, line.origin)[0])
        for leg in line.legs if units.dimension(line.unit) == "mass" else ():
            ask = (leg.mode, "tkm", KINDS[LineKind.TRANSPORT], frozenset())
            found[f"{line.number}/{leg.number}"] = (line, leg, _asking(inventory, *ask, leg.origin)[0])
    return found


def link(inventory: Inventory, release: Release, scope: Scope, choices: Mapping[str, Choice]) -> Linked:
    """Link every item (rules 1 to 7). ``choices`` by item key; a choice for no item is a WARNING."""
    work = _Linking(inventory, release, scope, choices)
    lines: list[LinkedLine] = []
    for line in inventory.lines:
        lines.extend(_line(work, line))
    for key in sorted(set(choices) - {item.key for item in lines}):
        work.findings.append(
            Finding.warning("choice-for-nothing", Place(line=key), dataset=choices[key].dataset)
        )
    for dataset, items in work.assumed.items():
        keys = ", ".join(item.key for item in items)
        details = {"dataset": dataset.code, "keys": keys, "gwp_set": dataset.gwp_set}
        work.findings.append(Finding.warning("gwp-set-assumed", items[0].place, **details))
    work.findings.extend(_gaps(dataset, items) for dataset, items in work.gaps.items())
    return Linked(tuple(lines), tuple(work.findings))


def _gaps(dataset: Dataset, items: list[_Item]) -> Finding:
    """Rule 7."""
    details = {"dataset": dataset.code, "keys": ", ".join(item.key for item in items)}
    if dataset.gaps:
        return Finding.warning("dataset-gaps", items[0].place, count=dataset.gaps, **details)
    return Finding.note("dataset-gaps-upstream", items[0].place, **details)


def _line(work: _Linking, line: Line) -> list[LinkedLine]:
    _check_cutoff(work, line)
    if line.cutoff_reason:
        return [_left_out(line, None), *(_left_out(line, leg) for leg in line.legs)]
    items = [_intermediate(work, line)] if line.kind is LineKind.INTERMEDIATE else [_own(work, line)]
    return items + [_leg(work, line, leg) for leg in line.legs]


def _check_cutoff(work: _Linking, line: Line) -> None:
    """Rule 1, second half."""
    place = _at(line.place, line.number)
    if line.cutoff_reason and line.cutoff_share is None:
        work.findings.append(Finding.error("cutoff-without-share", place, name=line.name))
    if line.cutoff_share is not None and not line.cutoff_reason:
        work.findings.append(Finding.error("cutoff-without-reason", place, name=line.name))


def _left_out(line: Line, leg: Leg | None) -> LinkedLine:
    key = f"{line.number}/{leg.number}" if leg else line.number
    amount = Decimal(0) if leg else line.gross_amount
    return LinkedLine(key, line, leg, None, amount, "", line.cutoff_reason, ())


def _intermediate(work: _Linking, line: Line) -> LinkedLine:
    """An exchange between processes, in the unit of the output it draws on."""
    unit = next(output.unit for output in work.inventory.outputs if output.process == line.from_process)
    try:
        amount = units.convert(line.gross_amount, line.unit, unit)
    except units.UnitMismatch:
        place = _at(line.place, line.number)
        details = {"unit": line.unit, "process": line.from_process, "wanted": unit}
        work.findings.append(Finding.error("intermediate-unit", place, **details))
        amount = line.gross_amount
    return LinkedLine(line.number, line, None, None, amount, "", "", ())


def _own(work: _Linking, line: Line) -> LinkedLine:
    place = _at(line.place, line.number)
    source = line.electricity_source
    if source is ElectricitySource.CONTRACT and line.kind is LineKind.ELECTRICITY and not line.evidence:
        work.findings.append(Finding.error("contract-without-evidence", place, name=line.name))
    elif source in (ElectricitySource.OWN_GENERATION, ElectricitySource.DIRECT_LINE) and not line.evidence:
        work.findings.append(Finding.warning("own-power-without-evidence", place, name=line.name))
    groups = _groups(line)
    amount, unit = line.gross_amount, matched_unit(line)
    if unit != line.unit:
        work.findings.append(Finding.note("water-by-mass", place, name=line.name, unit=line.unit))
        amount = units.convert(amount, line.unit, "t")
    item = _Item(line.number, line, None, amount, unit, KINDS[line.kind], groups, place, line.dataset)
    return _link(work, item)


def _groups(line: Line) -> frozenset[str]:
    source = line.electricity_source
    return GROUPS[source] if source and line.kind is LineKind.ELECTRICITY else frozenset()


def kind_words(kinds: Iterable[str]) -> str:
    """Dataset kinds in the words of the workbook's own choice list, such as ``原辅材料 / Material``."""
    return ", ".join(label(LineKind(kind)) for kind in sorted(kinds))


def matched_unit(line: Line) -> str:
    """The unit a line is matched in: its own, but m3 for water stated by mass, as Chinese bills do (1 t is 1 m3)."""
    by_mass = line.kind is LineKind.WATER and units.dimension(line.unit) == "mass"
    return "m3" if by_mass else line.unit


def _leg(work: _Linking, line: Line, leg: Leg) -> LinkedLine:
    """Rule 6."""
    key = f"{line.number}/{leg.number}"
    place = _at(leg.place, key)
    try:
        mass = units.convert(line.gross_amount, line.unit, "t")
    except units.UnitMismatch:
        work.findings.append(Finding.error("leg-mass-unknown", place, name=line.name, unit=line.unit))
        return LinkedLine(key, line, leg, None, Decimal(0), "", "", ())
    kinds = KINDS[LineKind.TRANSPORT]
    item = _Item(key, line, leg, mass * leg.distance_km, "tkm", kinds, frozenset(), place, leg.dataset)
    return _link(work, item)


def _link(work: _Linking, item: _Item) -> LinkedLine:
    """Rule 2, then rules 3 to 5 on what was chosen."""
    wanted = _wanted(work, item)
    if wanted not in work.ranked:
        work.ranked[wanted] = rank(wanted, work.release.catalogue)
    candidates = work.ranked[wanted]
    dataset, origin, reason = _choose(work, item, candidates)
    amount = item.amount if item.leg is None else Decimal(0)
    if dataset is not None and _fits(work, item, dataset):
        _tell(work, item, wanted, dataset)
        amount = units.convert(item.amount, item.unit, dataset.unit)
    else:
        dataset, origin = None, ""
    return LinkedLine(item.key, item.line, item.leg, dataset, amount, origin, reason, candidates, wanted)


def _wanted(work: _Linking, item: _Item) -> Wanted:
    written = item.leg.origin if item.leg else item.line.origin
    wanted, known = _asking(work.inventory, item.name, item.unit, item.kinds, item.groups, written)
    if not known:
        details = {"text": written, "used": wanted.place}
        work.findings.append(Finding.note("origin-unknown", item.place, **details))
    return wanted


def _asking(
    inventory: Inventory, name: str, unit: str, kinds: frozenset[str], groups: frozenset[str], written: str
) -> tuple[Wanted, bool]:
    """What to look for, and False where the origin as ``written`` is not known."""
    place, known = inventory.place_code, True
    if written:
        try:
            place = places.parse(written)
        except places.UnknownPlace:
            known = False
    start, end = inventory.period_start.year, inventory.period_end.year
    return Wanted(name, unit, kinds, groups, place, start, end), known


def _choose(
    work: _Linking, item: _Item, candidates: tuple[Candidate, ...]
) -> tuple[Dataset | None, str, str]:
    choice = work.choices.get(item.key)
    if choice is None and item.asked:
        choice = Choice(item.asked, "exporter")
    if choice is not None:
        try:
            return work.release.catalogue.get(choice.dataset), choice.by, choice.reason
        except UnknownDataset:
            near = listed(candidates) or "—"
            details = {"dataset": choice.dataset, "release": work.release.identifier, "near": near}
            work.findings.append(Finding.error("dataset-unknown", item.place, **details))
            return None, "", ""
    best = clearly_best(candidates)
    if best is not None:
        details = {"name": item.name, "dataset": best.dataset.code, "score": f"{best.score:.2f}"}
        work.findings.append(Finding.note("linked-automatically", item.place, **details))
        return best.dataset, "auto", "; ".join(f"{what} {share:.2f}" for what, share in best.reasons)
    code = "line-matches-nothing"
    if candidates:
        code = "candidates-equal" if candidates[0].text_score >= AUTO_TEXT else "candidates-weak"
    details = {"name": item.name, "near": listed(candidates) or "—", "kinds": kind_words(item.kinds)}
    work.findings.append(Finding.error(code, item.place, **details))
    return None, "", ""


def _fits(work: _Linking, item: _Item, dataset: Dataset) -> bool:
    """Rules 3 and 4; all that is wrong is told at once."""
    wrong: list[tuple[str, dict[str, str]]] = []
    name = {"name": item.name, "dataset": dataset.code}
    if dataset.kind not in item.kinds:
        wrong.append(
            ("kind-not-admitted", {"kind": kind_words([dataset.kind]), "kinds": kind_words(item.kinds)})
        )
    if not dataset.complete:
        wrong.append(("dataset-incomplete", {"boundary": dataset.boundary}))
    if not _same_dimension(dataset.unit, item.unit):
        wrong.append(("unit-conflict", {"unit": item.unit, "wanted": dataset.unit}))
    if dataset.gwp_set and dataset.gwp_set != work.scope.gwp_set.value:
        wrong.append(("gwp-set-blocked", {"gwp_set": dataset.gwp_set, "chosen": work.scope.gwp_set.value}))
    if dataset.kind == "electricity" and item.groups and dataset.group not in item.groups:
        source = item.line.electricity_source
        code = "grid-not-delivered" if source is ElectricitySource.GRID else "electricity-source-conflict"
        wrong.append((code, {"group": dataset.group, "groups": ", ".join(sorted(item.groups))}))
    for code, details in wrong:
        work.findings.append(Finding.error(code, item.place, **name, **details))
    return not wrong


def _same_dimension(unit: str, wanted: str) -> bool:
    """False too for a unit that nobody knows, as imported datasets may have one."""
    try:
        return units.dimension(unit) == units.dimension(wanted)
    except units.UnknownUnit:
        return False


def _tell(work: _Linking, item: _Item, wanted: Wanted, dataset: Dataset) -> None:
    """Rule 5; the WARNING of rule 3 and what rule 7 says are kept for the end."""
    details: dict[str, object] = {"name": item.name, "dataset": dataset.code}
    if dataset.gwp_set and dataset.gwp_set_assumed:
        work.assumed.setdefault(dataset, []).append(item)
    if dataset.gaps or dataset.gaps_upstream:
        work.gaps.setdefault(dataset, []).append(item)
    if dataset.place != wanted.place:
        on_road = place_score(wanted.place, dataset.place) > 0
        code = "place-wider" if on_road else "place-other"
        where = {"wanted": wanted.place, "used": dataset.place}
        work.findings.append(Finding.note(code, item.place, **details, **where))
    if year_gap(wanted, dataset.year) > YEARS_UNTOLD:
        when = {"wanted": wanted.last_year, "used": dataset.year}
        work.findings.append(Finding.note("year-other", item.place, **details, **when))


def _at(place: Place, key: str) -> Place:
    """A stored place with the item's key as its line."""
    return Place(place.sheet, place.row, place.cell, key)
