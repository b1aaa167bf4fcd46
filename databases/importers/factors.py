"""What readers of factor tables share: our elementary flows, exact conversion, exchanges that say what was printed.

Rules
1. An amount is the printed number times an exact ratio, rounded once, to float64; number, unit and rule are kept.
2. Where a source gives CO2e of a gas, kilograms of the gas are that over the AR5 GWP100 of the same source.
3. The flows are those of ``databases/data/flows.csv``, by their codes, so that they need no matching by name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

from databases.importers.shape import ElementaryFlow, Process

GWP_AR5 = {"CO2": Fraction(1), "CH4": Fraction(28), "N2O": Fraction(265)}
"""GWP100 of the Fifth Assessment Report as the DESNZ and EPA tables use it (no climate-carbon feedback)."""

LB_KG = Fraction("0.45359237")
SHORT_TON_KG = 2000 * LB_KG
MILE_KM = Fraction("1.609344")
GALLON_L = Fraction("3.785411784")
CUBIC_FOOT_M3 = Fraction("0.028316846592")
MMBTU_MJ = Fraction("1055.05585262")
"""International Table British thermal unit; the others are exact by the international yard and pound agreement."""


@cache
def our_flows() -> dict[str, dict[str, str]]:
    """Rows of our table of elementary flows by code."""
    text = resources.files("databases").joinpath("data", "flows.csv").read_text(encoding="utf-8-sig")
    return {row["code"]: row for row in csv.DictReader(text.splitlines())}


def flow_node(code: str) -> ElementaryFlow:
    """One of our flows as a reader hands it over."""
    row = our_flows()[code]
    node: ElementaryFlow = {
        "code": code,
        "name": row["name_en"],
        "name zh": row["name_zh"],
        "unit": "kg",
        "categories": (row["compartment"],),
    }
    if row["cas"]:
        node["CAS number"] = row["cas"]
    if row["formula"]:
        node["formula"] = row["formula"]
    return node


def flows_of(processes: Iterable[Process]) -> list[ElementaryFlow]:
    """The flows that these processes emit, sorted by code."""
    codes = {
        exchange["flow"]
        for process in processes
        for exchange in process["exchanges"]
        if exchange["type"] == "biosphere"
    }
    return [flow_node(code) for code in sorted(codes)]


def emission(
    flow: str, printed: Decimal, printed_unit: str, ratio: Fraction, rule: str, locator: str
) -> dict[str, Any]:
    """An exchange of ``printed * ratio`` kg of one of our flows (rule 1)."""
    node = flow_node(flow)
    return {
        "type": "biosphere",
        "flow": flow,
        "name": node["name"],
        "categories": node["categories"],
        "unit": "kg",
        "amount": float(Fraction(printed) * ratio),
        "published": f"{printed:f}",
        "published unit": printed_unit,
        "rule": rule,
        "locator": locator,
    }


def product(name: str, unit: str) -> dict[str, Any]:
    """The production of one unit."""
    return {"type": "production", "reference": True, "amount": 1.0, "unit": unit, "name": name}


def words(*parts: str) -> str:
    """Rules joined by ``; ``, the empty ones left out."""
    return "; ".join(part for part in parts if part)
