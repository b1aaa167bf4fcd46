"""The twelve tables of the EPA Emission Factors Hub, row by row.

Rules
1. A table knows its columns by their place under its head. A head that names other units than the table is read by
   leaves the rows below it, with a reason, and is told.
2. An empty cell under a vehicle or fuel repeats the one above it (the sheet merges them).
3. Biomass fuels give biogenic gases; aircraft and jet fuel give the aircraft flows. Peat and municipal waste stand
   where the hub puts them, and their datasets say so.
4. Letters behind a name that mark a footnote ("Passenger Car A") are not part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from databases.importers import texts
from databases.importers.epa_rows import UNITS, Factor, What, process_of, values_of
from databases.importers.factors import words
from databases.importers.shape import Process
from databases.notices import Notice

GASES = ("CO2", "CH4", "N2O")
_HEAD = re.compile(r"\((lb|kg|g) (CO2|CH4|N2O) / ([A-Za-z-]+)\s*\)")
_UNIT_OF = {3: "vehicle-mile", 4: "vehicle-mile", 5: "gallon", 6: "MWh", 7: "mmBtu", 8: "unit", 10: "unit"}
"""Table -> the unit its factors are for, as its head writes it."""
_NOTE = re.compile(r"(?<=[a-z)])\s*[A-E]$")
_AVIATION = ("Aviation Gasoline", "Kerosene-Type Jet Fuel", "Jet Fuel", "Aircraft", "Air Travel")
_BIOFUELS = ("Biodiesel", "Ethanol")
_ROTTING = (
    "Corrugated", "Magazines", "Newspaper", "Paper", "Phonebooks", "Textbooks", "Lumber", "Fiberboard", "Food", "Beef",
    "Poultry", "Grains", "Bread", "Fruits", "Dairy", "Yard", "Grass", "Leaves", "Branches", "Organics", "Wood",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a row: processes made of it, or the reason why it is left."""

    processes: list[Process] = field(default_factory=list)
    left: str = "row-text"
    notices: list[Notice] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """One table being read: ``row`` makes processes of one row of cells; ``state`` is what stands above it."""

    what: What
    row: Callable[[Table, str, list[str]], Taken]
    state: dict[str, str] = field(default_factory=dict)
    foreign: bool = False

    def take(self, where: str, cells: list[str]) -> Taken:
        """What becomes of the next row; ``cells`` from column A on, as text."""
        for cell in cells:
            if (head := _HEAD.search(cell)) and self._is_foreign(*head.groups()):
                self.foreign = True
                told = Notice.warning("epa-head-unknown", where, number=self.what.number, head=cell[:80])
                return Taken(left="row-heading", notices=[told])
        if self.foreign:
            return Taken(
                left="epa-unit-unknown"
                if any(texts.exact(cell) is not None for cell in cells)
                else "row-text"
            )
        return self.row(self, where, [*cells, *[""] * (12 - len(cells))])

    def _is_foreign(self, mass: str, gas: str, unit: str) -> bool:
        wanted = "lb" if self.what.number == 6 else "kg" if gas == "CO2" else "g"
        return mass != wanted or unit != _UNIT_OF.get(self.what.number, unit)


def table(number: int, year: int) -> Table | None:
    """The reader of a table of the hub; None for a number it does not have."""
    found = _TABLES.get(number)
    return None if found is None else Table(replace(found[0], number=number, year=year), found[1])


def _starts(name: str, heads: tuple[str, ...]) -> bool:
    return any(name.startswith(head) for head in heads)


def _stationary(self: Table, where: str, cells: list[str]) -> Taken:
    """Table 1: heat content in D, factors per mmBtu in E to G, per unit in H to J; units stand in head rows."""
    if cells[3].startswith("mmBtu per "):
        self.state["unit"] = cells[3].removeprefix("mmBtu per ")
        return Taken(left="row-heading")
    per_heat = values_of(cells, 4, GASES, ("kg", "g", "g"))
    if not per_heat:
        if cells[2] and not any(cells[3:]):
            biomass = cells[2].startswith("Biomass")
            # a note below the table is a sentence; a heading of fuels is not
            heading = len(cells[2]) < 60 and not cells[2].rstrip().endswith((".", ":"))
            self.state["biomass"] = "yes" if biomass else ""
            self.state["heading"] = cells[2]
            return Taken(left="row-heading" if heading else "row-text")
        return Taken(left="row-heading" if cells[3] else "row-text")
    name = cells[2]
    biogenic = bool(self.state.get("biomass"))
    note = words(
        self.state.get("heading", ""),
        "the hub lists peat with biomass" if name == "Peat" else "",
        "the hub counts all of its CO2 as fossil" if name == "Municipal Solid Waste" else "",
    )
    processes = [
        process_of(
            self.what,
            where,
            name,
            "mmBtu",
            per_heat,
            biogenic=biogenic,
            note=words(note, "higher heating value"),
        )
    ]
    per_unit = values_of(cells, 7, GASES, ("kg", "g", "g"))
    unit = self.state.get("unit", "")
    notices = []
    if per_unit and unit not in UNITS:
        notices.append(Notice.warning("epa-head-unknown", where, number=1, head=f"per {unit}"[:80]))
    elif per_unit:
        processes.append(process_of(self.what, where, name, unit, per_unit, biogenic=biogenic, note=note))
    return Taken(processes, notices=notices)


def _mobile_co2(self: Table, where: str, cells: list[str]) -> Taken:
    """Table 2: kg CO2 in D per unit in E."""
    factors = values_of(cells, 3, ("CO2",), ("kg",))
    if not factors:
        return Taken(left="row-heading" if cells[3] else "row-text")
    if cells[4] not in UNITS:
        return Taken(left="epa-unit-unknown")
    name = cells[2]
    biogenic, aircraft = _starts(name, _BIOFUELS), _starts(name, _AVIATION)
    return Taken(
        [
            process_of(
                self.what,
                where,
                f"{name}, mobile combustion, CO2",
                cells[4],
                factors,
                biogenic=biogenic,
                aircraft=aircraft,
                note="CO2 only; CH4 and N2O stand in tables 3 to 5",
            )
        ]
    )


def _vehicles(self: Table, where: str, cells: list[str]) -> Taken:
    """Tables 3 to 5: names in C (and D, E), CH4 and N2O in the two columns after them."""
    columns = {3: 2, 4: 3, 5: 2}[self.what.number]
    unit = "gallon" if self.what.number == 5 else "vehicle-mile"
    factors = values_of(cells, 2 + columns, ("CH4", "N2O"), ("g", "g"))
    if len(factors) < 2:
        return Taken(left="row-heading" if cells[2 + columns] else "row-text")
    if cells[2]:
        self.state = {"vehicle": _NOTE.sub("", cells[2])}
    if columns == 3 and cells[3]:
        self.state["fuel"] = cells[3]
    parts = [
        self.state.get("vehicle", ""),
        self.state.get("fuel", "") if columns == 3 else "",
        cells[1 + columns],
    ]
    fuel = self.state.get("fuel", "") if columns == 3 else cells[3]
    label = ", ".join(part for part in parts if part)
    return Taken(
        [
            process_of(
                self.what,
                where,
                label,
                unit,
                factors,
                biogenic=_starts(fuel, _BIOFUELS),
                aircraft=self.state.get("vehicle") == "Aircraft",
                note="CH4 and N2O only; CO2 stands in table 2",
            )
        ]
    )


def _electricity(self: Table, where: str, cells: list[str]) -> Taken:
    """Table 6: subregion in C and D, total output in E to G, non-baseload in H to J, lb per MWh."""
    total = values_of(cells, 4, GASES, ("lb", "lb", "lb"))
    other = values_of(cells, 7, GASES, ("lb", "lb", "lb"))
    if len(total) < 3:
        return Taken(left="row-heading" if cells[4] or cells[3] else "row-text")
    region = cells[2] if cells[2] == cells[3] else f"{cells[2]} ({cells[3]})"
    found = [process_of(self.what, where, f"Electricity, {region}, total output", "MWh", total)]
    if len(other) == 3:
        note = "for the effect of changes only: EPA says not to use it in a carbon footprint"
        what = replace(self.what, group="non-baseload")
        found.append(process_of(what, where, f"Electricity, {region}, non-baseload", "MWh", other, note=note))
    return Taken(found)


def _steam(self: Table, where: str, cells: list[str]) -> Taken:
    """Table 7: factors in D to F per mmBtu."""
    factors = values_of(cells, 3, GASES, ("kg", "g", "g"))
    if len(factors) < 3:
        return Taken(left="row-heading" if cells[3] else "row-text")
    note = "natural gas burned at 80 % efficiency"
    return Taken([process_of(self.what, where, cells[2], "mmBtu", factors, note=note)])


def _travel(self: Table, where: str, cells: list[str]) -> Taken:
    """Tables 8 and 10: factors in D to F per unit in G."""
    factors = values_of(cells, 3, GASES, ("kg", "g", "g"))
    if len(factors) < 3:
        return Taken(left="row-heading" if cells[3] else "row-text")
    if cells[6] not in UNITS:
        return Taken(left="epa-unit-unknown")
    name = _NOTE.sub("", cells[2])
    what = replace(self.what, group="air travel" if name.startswith("Air Travel") else self.what.group)
    if self.what.number == 8 and name == "Aircraft":
        what = replace(what, group="air freight")
    return Taken([process_of(what, where, name, cells[6], factors, aircraft=_starts(name, _AVIATION))])


def _waste(self: Table, where: str, cells: list[str]) -> Taken:
    """Table 9: treatments in D to I by the head row, metric tons CO2e per short ton; ``NA`` is no figure."""
    if cells[2] == "Material":
        self.state = {str(index): _NOTE.sub("", cells[index]) for index in range(3, 9)}
        return Taken(left="row-heading")
    values = [(index, value) for index in range(3, 9) if (value := texts.exact(cells[index])) is not None]
    if not values or not self.state:
        return Taken(left="row-heading" if cells[3] and not cells[2] else "row-text")
    found = []
    for index, value in values:
        treatment = self.state[str(index)]
        group, boundary = _TREATMENTS.get(treatment, ("biological treatment", "life-cycle"))
        rots = any(word in cells[2] for word in _ROTTING) and group in ("landfill", "biological treatment")
        what = replace(self.what, group=group, boundary=boundary)
        label = f"{cells[2]}, {treatment.lower()}"
        factors = [Factor("CO2e", value, "t")]
        found.append(
            process_of(
                what,
                where,
                label,
                "short ton",
                factors,
                biogenic=rots,
                technology=treatment,
                **{"gwp_set assumed": True},
            )
        )
    return Taken(found)


def _gwp(self: Table, where: str, cells: list[str]) -> Taken:  # noqa: ARG001 - as the others
    """Table 11: compared with our AR5 factors (rule 4 of the reader)."""
    value = texts.exact(cells[4])
    if value is None:
        return Taken(left="row-heading" if cells[4] else "row-text")
    known = _our_gwp()
    ours = known.get(cells[3]) if cells[3] in known else known.get(cells[2])
    if ours is None or Decimal(ours) == value:
        return Taken(left="row-gwp-value")
    told = Notice.warning("epa-gwp-differs", where, gas=cells[2], value=cells[4], ours=ours)
    return Taken(left="row-gwp-value", notices=[told])


def _our_gwp() -> dict[str, str]:
    """Our AR5 factor of each gas by its formula and by its English name."""
    import csv
    from importlib import resources

    from databases.importers.factors import our_flows

    text = resources.files("databases").joinpath("data", "gwp.csv").read_text(encoding="utf-8-sig")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        flow = our_flows().get(row["flow"])
        if row["gwp_set"] == "AR5" and flow and flow["formula"] and flow["part"] == "fossil":
            found[flow["formula"]] = found[flow["name_en"]] = row["gwp100"]
    return found


def _blends(self: Table, where: str, cells: list[str]) -> Taken:
    """Table 12: one kilogram of a blend released, CO2e of its HFCs and PFCs."""
    value = texts.exact(cells[3])
    if value is None:
        return Taken(left="row-heading" if cells[3] else "row-text")
    note = f"{cells[4]}; only HFCs and PFCs count in the figure"
    factors = [Factor("CO2e", value, "kg")]
    return Taken([process_of(self.what, where, cells[2], "kg", factors, note=note)])


_TREATMENTS = {
    "Recycled": ("recycling", "collection-only"),
    "Landfilled": ("landfill", "life-cycle"),
    "Combusted": ("incineration", "life-cycle"),
    "Composted": ("biological treatment", "life-cycle"),
}

_TABLES: dict[int, tuple[What, Callable[[Table, str, list[str]], Taken]]] = {
    1: (What(1, 0, "fuel", "combustion", "固定源燃烧"), _stationary),
    2: (What(2, 0, "fuel", "combustion", "移动源燃烧"), _mobile_co2),
    3: (What(3, 0, "transport", "road vehicles", "汽油道路车辆"), _vehicles),
    4: (What(4, 0, "transport", "road vehicles", "柴油和替代燃料道路车辆"), _vehicles),
    5: (What(5, 0, "fuel", "combustion", "非道路移动源"), _vehicles),
    6: (
        What(
            6,
            0,
            "electricity",
            "generation",
            "美国电力",
            note="generation only: no supply of fuel, no grid losses",
        ),
        _electricity,
    ),
    7: (What(7, 0, "heat", "combustion", "蒸汽与热力"), _steam),
    8: (What(8, 0, "transport", "freight", "货物运输"), _travel),
    9: (
        What(
            9,
            0,
            "waste",
            "",
            "废物处理",
            note="transport to the plant included, no credit for avoided emissions; AR4 GWP",
        ),
        _waste,
    ),
    10: (What(10, 0, "transport", "passenger transport", "商务出行与通勤"), _travel),
    11: (What(11, 0, "emission", "gwp", "全球变暖潜势"), _gwp),
    12: (
        What(12, 0, "emission", "refrigerants", "混合制冷剂", "direct-emission", "one kilogram released"),
        _blends,
    ),
}
