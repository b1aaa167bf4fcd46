"""Three of the Commission's worked examples (communication template 2.1), from their inputs to what they show.

They follow the transitional rules. Inputs are read from the sheets B to E; every installation total of sheet C, every
SEE of Summary_Products and of the process balance is compared to 1e-9.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from lca.cbam.calculate import calculate
from lca.cbam.monitoring import (
    Basis,
    ElectricityKind,
    ElectricitySource,
    ElectricityUse,
    Factor,
    FactorSource,
    Good,
    Installation,
    Method,
    Monitoring,
    OwnUse,
    Period,
    Precursor,
    PrecursorChoice,
    PrecursorUse,
    PrecursorValues,
    Process,
    SourceStream,
)

EXAMPLES = Path(__file__).parents[4] / "shared" / "data" / "cbam" / "examples"
METHODS = {
    "combustion": Method.COMBUSTION,
    "process emissions": Method.PROCESS,
    "mass balance": Method.MASS_BALANCE,
}
CATEGORIES = {
    "Cement": "cement",
    "Crude steel": "crude-steel",
    "Iron or steel products": "iron-or-steel-products",
    "Alloys (FeMn, FeCr, FeNi)": "alloys",
    "Mixed fertilisers": "mixed-fertilisers",
    "Urea": "urea",
    "Ammonia": "ammonia",
}
BOOKS = (1, 3, 5)
SHEETS = (
    "A_InstData",
    "B_EmInst",
    "C_Emissions&Energy",
    "D_Processes",
    "E_PurchPrec",
    "Summary_Products",
    "Summary_Communication",
    "InputOutput",
)
PROCESS_BLOCK, PRECURSOR_BLOCK = 65, 44

pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the Commission's examples are not here")


@cache
def book(number: int) -> dict[str, defaultdict[str, Any]]:
    """The cells of a workbook's sheets that are needed, with the values Excel left in them."""
    (path,) = EXAMPLES.glob(f"{number} *.xlsx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = load_workbook(path, data_only=True, read_only=True)
        cells = {name: _cells(opened[name]) for name in SHEETS}
        opened.close()
    return cells


def _cells(sheet: Any) -> defaultdict[str, defaultdict[str, Any]]:
    found: defaultdict[str, Any] = defaultdict(lambda: None)
    for row in sheet.iter_rows(max_col=60):
        found.update((cell.coordinate, cell.value) for cell in row if cell.value is not None)
    return found


def of(value: float | None, unit: str) -> Factor | None:
    return None if value is None else Factor(value=float(value), unit=unit, source=FactorSource.UNSTATED)


def streams(sheet: Any) -> tuple[SourceStream, ...]:
    found = []
    for row in range(17, 93):
        if not sheet[f"D{row}"]:
            continue
        unit = sheet[f"G{row}"]
        one = {letter: sheet[f"{letter}{row}"] for letter in "DEFHJKLNPR"}
        found.append(
            SourceStream(
                id=f"stream-{row}",
                name=one["E"],
                method=METHODS[one["D"].lower()],
                activity=float(one["F"]),
                activity_unit=unit,
                ncv=of(one["H"], f"GJ/{unit}"),
                emission_factor=of(one["J"], one["K"] or ""),
                carbon_content=of(one["L"], f"tC/{unit}"),
                oxidation_factor=1.0 if one["N"] is None else one["N"] / 100,
                conversion_factor=1.0 if one["P"] is None else one["P"] / 100,
                biomass_fraction=(one["R"] or 0) / 100,
            )
        )
    return tuple(found)


def names(number: int) -> dict[str, int]:
    """Processes by name, with the first row of their block on sheet D."""
    sheet = book(number)["A_InstData"]
    listed = [sheet[f"L{row}"] for row in range(83, 93)]
    return {name: 11 + PROCESS_BLOCK * index for index, name in enumerate(listed) if name}


def precursors(number: int) -> tuple[Precursor, ...]:
    listed, sheet = book(number)["A_InstData"], book(number)["E_PurchPrec"]
    processes = list(names(number))
    found = []
    for index in range(20):
        name, first = listed[f"L{102 + index}"], 14 + PRECURSOR_BLOCK * index
        if not name:
            continue
        at = {offset: sheet[f"L{first + offset}"] for offset in range(50)}
        by_default = str(sheet[f"M{first + 35}"] or "").startswith(("Default", "D.4(a)"))
        found.append(
            Precursor(
                id=f"precursor-{index}",
                name=name,
                cn="",
                category=CATEGORIES[listed[f"E{102 + index}"]],
                country=listed[f"F{102 + index}"],
                choice=PrecursorChoice.DEFAULT if by_default else PrecursorChoice.ACTUAL,
                values=PrecursorValues(
                    see_direct=float(at[35]),
                    electricity_mwh=None if at[36] is None else float(at[36]),
                    electricity_factor=None if at[37] is None else float(at[37]),
                ),
                uses=tuple(
                    PrecursorUse(process=process, amount=float(at[14 + place] or 0))
                    for place, process in enumerate(processes)
                ),
                purchased=float(at[11]),
                other_uses=float(at[24] or 0),
            )
        )
    return tuple(found)


def monitoring(number: int) -> Monitoring:
    """The example's inputs."""
    sheet, products = book(number)["D_Processes"], book(number)["Summary_Products"]
    listed, energy = book(number)["A_InstData"], book(number)["C_Emissions&Energy"]
    blocks = names(number)
    made, sources, uses, own = [], [], [], []
    for name, first in blocks.items():
        at = {offset: sheet[f"L{first + offset}"] for offset in range(PROCESS_BLOCK)}
        cn = [products[f"F{row}"] for row in range(10, 30) if products[f"D{row}"] == name]
        good = Good(id=f"good of {name}", cn=str(cn[0]), name=name, produced_t=float(at[13]))
        made.append(
            Process(
                id=name,
                name=name,
                category=CATEGORIES[at[0]],
                goods=(good,),
                direct_emissions_t=float(at[43]),
            )
        )
        sources.append(
            ElectricitySource(
                id=f"electricity of {name}",
                name=name,
                kind=ElectricityKind.GRID,
                amount_mwh=float(at[54]),
                factor=of(at[55], "tCO2/MWh"),
                country=listed["S26"] or "US",
            )
        )
        uses.append(ElectricityUse(process=name, amount_mwh=float(at[54]), sources=(sources[-1].id,)))
        others = [other for other in blocks if other != name]
        own.extend(
            OwnUse(origin=name, destination=other, amount=float(at[21 + place]))
            for place, other in enumerate(others)
            if at[21 + place]
        )
    return Monitoring(
        basis=Basis.TRANSITIONAL,
        period=Period(date(2023, 1, 1), date(2023, 12, 31)),
        installation=Installation(name="", name_en="Example", country="TR", operator=""),
        streams=streams(book(number)["B_EmInst"]),
        processes=tuple(made),
        electricity=tuple(sources),
        electricity_uses=tuple(uses),
        own_uses=tuple(own),
        precursors=precursors(number),
        indirect_stated_t=float(energy["M26"]),
    )


def close(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("number", BOOKS)
def test_installation_totals(number: int, tables: Any) -> None:
    sheet, done = book(number)["C_Emissions&Energy"], calculate(monitoring(number), tables)
    totals = done.totals
    assert totals.direct_t == close(sheet["L27"])
    assert totals.biomass_t == close(sheet["I27"])
    assert totals.n2o_t == close(sheet["J27"])
    assert totals.pfc_t == close(sheet["K27"])
    assert totals.indirect_t == close(sheet["M27"])
    assert totals.calculated_t == close(sheet["H32"])
    assert totals.energy_tj == close(sheet["H15"] - totals.biomass_energy_tj)


@pytest.mark.parametrize("number", BOOKS)
def test_products(number: int, tables: Any) -> None:
    sheet, done = book(number)["Summary_Products"], calculate(monitoring(number), tables)
    by_name = {process.id: process for process in done.processes}
    rows = [row for row in range(10, 110) if isinstance(sheet[f"I{row}"], float)]
    assert rows
    for row in rows:
        process = by_name[sheet[f"D{row}"]]
        assert process.see_direct == close(sheet[f"I{row}"])
        assert process.see_indirect == close(sheet[f"J{row}"])
        assert process.see_total == close(sheet[f"K{row}"])
        assert process.embedded_electricity_mwh == close(sheet[f"O{row}"])
        assert process.default_share == close(sheet[f"M{row}"])


@pytest.mark.parametrize("number", BOOKS)
def test_communication_and_processes(number: int, tables: Any) -> None:
    done = calculate(monitoring(number), tables)
    sheet, inner = book(number)["Summary_Communication"], book(number)["InputOutput"]
    assert done.totals.direct_t == close(sheet["AH15"])
    assert done.totals.indirect_t == close(sheet["AH16"])
    assert done.totals.direct_t + done.totals.indirect_t == close(sheet["AH17"])
    for row, process in enumerate(done.processes, start=71):
        assert process.id == inner[f"D{row}"]
        assert process.specific_direct == close(inner[f"AJ{row}"])
        assert process.specific_indirect == close(inner[f"AL{row}"])


@pytest.mark.parametrize("number", BOOKS)
def test_nothing_is_corrected_and_the_balance_holds(number: int, tables: Any) -> None:
    done = calculate(monitoring(number), tables)
    assert done.reconciliation == ()
    assert abs(done.balance.difference_t) < 1e-6
    assert all(good.sefa is None for good in done.goods)
