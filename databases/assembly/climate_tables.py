"""The project's tables of greenhouse gases and of the words that databases of the field use for them.

Rules
1. ``gases.csv`` has one row a gas, with GWP over 100 and 20 years from IPCC AR5 (Table 8.A.1) and AR6 (Tables 7.15
   and 7.SM.7); every pair of figures names its source, the place in it and how sure we are of each. An empty cell
   means that the report gives no figure: the gas then does not count in that set, and the import says so.
2. Fossil methane has the same 28 (84) as any methane in AR5, in line with ``gwp.csv`` and with official factor
   workbooks; in AR6 fossil is 29.8 (82.5) and non-fossil 27.0 (79.7).
3. ``targets.csv`` says what a gas of one origin counts to, with which sign. A gas that is not there is one target of
   its own code, and fossil: origin makes no difference to it.
4. ``synonyms.csv`` names the gases, ``cues.csv`` the words of origin, ``identifiers.csv`` flows whose name need not
   be read, ``compartments.csv`` the words of compartments.

Example: ``gases()["sf6"].gwp["AR6", 100] == 25200.0``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import StringIO
from types import MappingProxyType

from databases.dataset import Source

GWP_YEARS = (100, 20)
UNSPECIFIED = "unspecified"

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Gas:
    """A greenhouse gas. ``gas_class`` is CO2, CH4, N2O or other; ``gwp`` by (set, years), without the missing
    ones."""

    code: str
    name_zh: str
    name_en: str
    formula: str
    cas: str
    gas_class: str
    gwp: Mapping[tuple[str, int], float]


@dataclass(frozen=True, slots=True)
class ClimateTarget:
    """What a flow may be for climate change: ``factor`` by (set, years) in kgCO2e per kg, sign included.

    ``species`` is what synonyms speak of (methane of any origin is one species); ``origin`` is a word of
    ``cues.csv`` or ``""``; ``gas`` and ``part`` are as in :class:`databases.catalogue.Flow`. ``aircraft`` is set
    for a code that says so; otherwise the compartment tells.
    """

    code: str
    species: str
    name_zh: str
    name_en: str
    formula: str
    cas: str
    origin: str
    aircraft: bool
    part: str
    gas: str
    factor: Mapping[tuple[str, int], float]


@cache
def rows(table: str) -> tuple[Row, ...]:
    """The rows of a table by its name, as text."""
    file = resources.files("databases").joinpath("data", "climate", f"{table}.csv")
    return tuple(csv.DictReader(StringIO(file.read_text(encoding="utf-8"), newline=""), strict=True))


@cache
def gases() -> Mapping[str, Gas]:
    """Every gas by its code."""
    return MappingProxyType({row["code"]: _gas(row) for row in rows("gases")})


@cache
def targets() -> tuple[ClimateTarget, ...]:
    """Every target: those of ``targets.csv`` in its order, then every other gas by code (rule 3)."""
    listed = [_target(row) for row in rows("targets")]
    told = {row["gas"] for row in rows("targets")}
    others = [_own_target(gas) for code, gas in sorted(gases().items()) if code not in told]
    return (*listed, *others)


@cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Names by species, in the order of the table."""
    names: dict[str, list[str]] = {}
    for row in rows("synonyms"):
        names.setdefault(row["gas"], []).append(row["name"])
    return MappingProxyType({species: tuple(found) for species, found in names.items()})


@cache
def identifiers() -> Mapping[str, tuple[str, ...]]:
    """Identifiers of published flows by the code of the target they mean."""
    found: dict[str, list[str]] = {}
    for row in rows("identifiers"):
        found.setdefault(row["target"], []).append(row["identifier"])
    return MappingProxyType({target: tuple(known) for target, known in found.items()})


@cache
def sources() -> Mapping[str, Source]:
    """Documents behind the tables, by code."""
    return MappingProxyType({row["code"]: Source(**row) for row in rows("sources")})


def _gas(row: Row) -> Gas:
    columns = {
        (gwp_set, years): f"{gwp_set.lower()}_gwp{years}" for gwp_set in ("AR5", "AR6") for years in GWP_YEARS
    }
    gwp = {key: float(row[column]) for key, column in columns.items() if row[column]}
    return Gas(
        row["code"],
        row["name_zh"],
        row["name_en"],
        row["formula"],
        row["cas"],
        row["class"],
        MappingProxyType(gwp),
    )


def _target(row: Row) -> ClimateTarget:
    gas = gases().get(row["gas"])
    factors = gas.gwp if gas else {(row["gwp_set"], 100): 1.0}
    sign = float(row["sign"])
    return ClimateTarget(
        code=row["code"],
        species=row["species"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        formula=gas.formula if gas else "",
        cas=gas.cas if gas else "",
        origin=row["origin"],
        aircraft=row["aircraft"] == "1",
        part=row["part"],
        gas=gas.gas_class if gas else UNSPECIFIED,
        factor=MappingProxyType({key: sign * value for key, value in factors.items()}),
    )


def _own_target(gas: Gas) -> ClimateTarget:
    return ClimateTarget(
        code=gas.code,
        species=gas.code,
        name_zh=gas.name_zh,
        name_en=gas.name_en,
        formula=gas.formula,
        cas=gas.cas,
        origin="",
        aircraft=False,
        part="fossil",
        gas=gas.gas_class,
        factor=gas.gwp,
    )
