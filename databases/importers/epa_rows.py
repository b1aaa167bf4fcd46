"""What the tables of the EPA Emission Factors Hub share: units, factors of gases, and the dataset of a row.

Units: lb, short ton, US gallon, cubic foot and mile are exact; mmBtu is 1055.05585262 MJ (International Table).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from databases.importers import texts
from databases.importers.factors import (
    CUBIC_FOOT_M3,
    GALLON_L,
    LB_KG,
    MILE_KM,
    MMBTU_MJ,
    SHORT_TON_KG,
    emission,
    product,
    words,
)
from databases.importers.shape import Process

UNITS: dict[str, tuple[str, Fraction, str]] = {
    "short ton": ("kg", 1 / SHORT_TON_KG, "per short ton to per kg: 907.18474 kg"),
    "scf": (
        "m3",
        1 / CUBIC_FOOT_M3,
        "per cubic foot to per m3: 0.028316846592 m3, at the same (standard) conditions",
    ),
    "gallon": ("L", 1 / GALLON_L, "per US gallon to per L: 3.785411784 L"),
    "mmBtu": ("MJ", 1 / MMBTU_MJ, "per mmBtu to per MJ: 1055.05585262 MJ"),
    "MWh": ("kWh", Fraction(1, 1000), "per MWh to per kWh"),
    "vehicle-mile": ("vkm", 1 / MILE_KM, "per mile to per km: 1.609344 km"),
    "passenger-mile": ("pkm", 1 / MILE_KM, "per mile to per km: 1.609344 km"),
    "ton-mile": (
        "tkm",
        1 / (SHORT_TON_KG / 1000 * MILE_KM),
        "per short ton-mile to per tkm: 0.90718474 t x 1.609344 km",
    ),
}
"""Unit of the hub -> our unit, ratio of a factor, and how."""

MASS: dict[str, tuple[Fraction, str]] = {
    "kg": (Fraction(1), ""),
    "g": (Fraction(1, 1000), "g to kg"),
    "lb": (LB_KG, "lb to kg: 0.45359237 kg"),
    "t": (Fraction(1000), "t to kg"),
}


@dataclass(frozen=True, slots=True)
class What:
    """What the datasets of a table are."""

    number: int
    year: int
    kind: str
    group: str
    zh: str
    boundary: str = "combustion-only"
    note: str = "combustion only, no supply of fuel"


@dataclass(frozen=True, slots=True)
class Factor:
    """A printed factor of one gas: ``mass`` is kg, g, lb or t."""

    gas: str
    printed: Decimal
    mass: str


def values_of(cells: list[str], first: int, gases: tuple[str, ...], masses: tuple[str, ...]) -> list[Factor]:
    """The factors in columns from ``first`` (0 is column A) on, those that are numbers."""
    return [
        Factor(gas, value, mass)
        for gas, mass, text in zip(gases, masses, cells[first:], strict=False)
        if (value := texts.exact(text)) is not None
    ]


def flow_of(gas: str, *, biogenic: bool = False, aircraft: bool = False) -> str:
    """Code of our flow for a gas of a table."""
    if gas == "CO2e":
        return "co2e-ar5-biogenic" if biogenic else "co2e-ar5-aircraft" if aircraft else "co2e-ar5"
    if biogenic:
        return {"CO2": "co2-biogenic", "CH4": "ch4-biogenic", "N2O": "n2o-biogenic"}[gas]
    base = {"CO2": "co2-fossil", "CH4": "ch4-fossil", "N2O": "n2o"}[gas]
    return f"{base}-aircraft" if aircraft else base


def process_of(what: What, where: str, label: str, unit: str, factors: list[Factor], **more: Any) -> Process:
    """A dataset of one row: ``more`` may hold biogenic, aircraft, note and keys of the process."""
    biogenic, aircraft = more.pop("biogenic", False), more.pop("aircraft", False)
    note = more.pop("note", "")
    ours, ratio, how = UNITS[unit] if unit in UNITS else (unit, Fraction(1), "")
    locator = f"Table {what.number} > {label}, per {unit}"
    slug = re.sub(r"[^a-z0-9]+", "-", f"{label} {unit}".casefold()).strip("-")
    process: Process = {
        "code": f"epa-hub-{what.year}-t{what.number}-{slug}",
        "name": f"{label}, per {unit}, US, {what.year}",
        "name zh": f"{what.zh}：{label}（每 {unit}），美国，{what.year}",
        "reference product": label,
        "unit": ours,
        "location": "US",
        "type": "process",
        "filename": where,
        "year": what.year,
        "kind": what.kind,
        "group": what.group,
        "boundary": what.boundary,
        "classifications": ["EPA GHG Emission Factors Hub", f"Table {what.number}"],
        "certainty": "P",
        "locator": locator,
        "source": f"GHG Emission Factors Hub {what.year}",
        "comment": words(what.note, f"unit in the document: {unit}", note),
        "exchanges": [product(label, ours)],
    }
    for factor in factors:
        mass, told = MASS[factor.mass]
        flow = flow_of(factor.gas, biogenic=biogenic, aircraft=aircraft)
        printed_unit = f"{factor.mass} {factor.gas}/{unit}"
        process["exchanges"].append(
            emission(
                flow, factor.printed, printed_unit, ratio * mass, words(told, how), f"{locator}, {where}"
            )
        )
    if any(factor.gas == "CO2e" for factor in factors):
        process["gwp_set"] = "AR5"
    return process | more
