"""The source streams of the Commission's example workbooks, row by row, and their installation totals.

Sheet B_EmInst: D method, E name, F activity, G unit, H NCV, J EF, K its unit, L carbon content, N oxidation %, P
conversion %, R biomass %; results AU fossil t, AV biogenic t, AX and AY energy in TJ. Rows 14 to 16, 97, 111 and 112
are the sheet's own examples, with results too. Sheet C_Emissions&Energy: H25 to L25 totals by gas, H15 fuel energy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from making import monitoring

from databases.cbam.tables import Tables
from lca.cbam.emissions import source_emissions, totals
from lca.cbam.monitoring import (
    Basis,
    Factor,
    FactorSource,
    MeasuredSource,
    Method,
    PfcMethod,
    PfcSource,
    SourceStream,
)

EXAMPLES = Path(__file__).parents[4] / "shared" / "data" / "cbam" / "examples"
FILES = sorted(EXAMPLES.glob("*.xlsx"))
EXACT = {"rel": 1e-9, "abs": 1e-9}
METHODS = {
    "combustion": Method.COMBUSTION,
    "process emissions": Method.PROCESS,
    "mass balance": Method.MASS_BALANCE,
}
PFC_CELLS = ("D", "F", "AG", "AH", "AI", "AJ", "AK", "AL", "AM")
ENTRY_ROWS = range(17, 93)
pytestmark = pytest.mark.skipif(not FILES, reason="the Commission's example workbooks are not here")


Sheet = dict[str, Any]
"""Values by cell, such as ``F17``; what is empty is not there."""


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.name.split("_")[-2])
def book(request: pytest.FixtureRequest) -> dict[str, Sheet]:
    """The two sheets, read once a workbook."""
    import warnings

    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # conditional formatting and validation that openpyxl leaves out
        opened = openpyxl.load_workbook(request.param, data_only=True, read_only=True)
        return {name: _cells(opened[name]) for name in ("B_EmInst", "C_Emissions&Energy")}


def _cells(sheet: Any) -> Sheet:
    found = (cell for row in sheet.iter_rows(max_row=123) for cell in row if cell.value is not None)
    return {cell.coordinate: cell.value for cell in found}


def stated(value: Any, unit: str) -> Factor | None:
    return None if value is None else Factor(value=float(value), unit=unit, source=FactorSource.UNSTATED)


def part(value: Any, otherwise: float) -> float:
    return otherwise if value is None else float(value) / 100


def streams(sheet: Sheet, rows: range) -> dict[int, SourceStream]:
    """The streams of these rows; oxidation and conversion are 1 where left out, biomass 0."""
    made = {}
    for row in rows:
        cell = {letter: sheet.get(f"{letter}{row}") for letter in "DEFGHJKLNPR"}
        if cell["D"] is None or cell["F"] is None:
            continue
        made[row] = SourceStream(
            id=f"row-{row}",
            name=str(cell["E"]),
            method=METHODS[str(cell["D"]).lower()],
            activity=float(cell["F"]),
            activity_unit=cell["G"],
            ncv=stated(cell["H"], f"GJ/{cell['G']}"),
            emission_factor=stated(cell["J"], cell["K"]),
            carbon_content=stated(cell["L"], f"tC/{cell['G']}"),
            oxidation_factor=part(cell["N"], 1.0),
            conversion_factor=part(cell["P"], 1.0),
            biomass_fraction=part(cell["R"], 0.0),
        )
    return made


def results(tables: Tables, **sources: Any) -> dict[str, Any]:
    data = monitoring(basis=Basis.TRANSITIONAL, **{"streams": ()} | sources)
    return {one.id: one for one in source_emissions(data, tables)}


@pytest.mark.parametrize("rows", [range(14, 17), ENTRY_ROWS], ids=["the sheet's examples", "entries"])
def test_every_source_stream(tables: Tables, book: dict[str, Sheet], rows: range) -> None:
    sheet = book["B_EmInst"]
    found = streams(sheet, rows)
    assert found
    made = results(tables, streams=tuple(found.values()))
    for row, one in found.items():
        shown = {letter: sheet.get(f"{letter}{row}") for letter in ("AU", "AV", "AX", "AY")}
        result = made[one.id]
        assert result.emissions_t == pytest.approx(shown["AU"], **EXACT), row
        assert result.biomass_t == pytest.approx(shown["AV"], **EXACT), row
        assert result.energy_tj == pytest.approx(shown["AX"], **EXACT), row
        assert result.biomass_energy_tj == pytest.approx(shown["AY"], **EXACT), row


def test_perfluorocarbons(tables: Tables, book: dict[str, Sheet]) -> None:
    sheet = book["B_EmInst"]
    rows = [97, *(row for row in range(98, 108) if sheet.get(f"D{row}"))]
    for row in rows:
        cell = {
            letter: sheet.get(f"{letter}{row}")
            for letter in ("D", "F", "AG", "AH", "AI", "AJ", "AK", "AL", "AM")
        }
        slope = str(cell["D"]).lower().startswith("slope")
        source = PfcSource(
            id="pfc",
            name=f"row {row}",
            method=PfcMethod.SLOPE if slope else PfcMethod.OVERVOLTAGE,
            aluminium_t=cell["F"],
            frequency=cell["AG"],
            duration=cell["AH"],
            slope_factor=cell["AI"],
            overvoltage_mv=cell["AJ"],
            current_efficiency=cell["AK"],
            overvoltage_factor=cell["AL"],
            c2f6_fraction=cell["AM"],
            collection_efficiency=sheet.get(f"AT{row}") or 1.0,
        )
        made = results(tables, pfc=(source,))["pfc"]
        assert made.emissions_t == pytest.approx(sheet.get(f"AU{row}"), **EXACT), row


def test_measured_sources(tables: Tables, book: dict[str, Sheet]) -> None:
    sheet = book["B_EmInst"]
    rows = [111, 112, *(row for row in range(113, 123) if sheet.get(f"E{row}"))]
    for row in rows:
        source = MeasuredSource(
            id="stack",
            name=f"row {row}",
            gas=sheet.get(f"E{row}"),
            concentration_g_per_nm3=float(sheet.get(f"V{row}")),
            hours=float(sheet.get(f"X{row}")),
            flow_nm3_per_hour=float(sheet.get(f"Z{row}")) * 1000,
            biomass_fraction=part(sheet.get(f"R{row}"), 0.0),
        )
        made = results(tables, measured=(source,))["stack"]
        assert made.emissions_t == pytest.approx(sheet.get(f"AU{row}"), **EXACT), row
        assert made.biomass_t == pytest.approx(sheet.get(f"AV{row}"), **EXACT), row


def test_installation_totals(tables: Tables, book: dict[str, Sheet]) -> None:
    found = streams(book["B_EmInst"], ENTRY_ROWS)
    data = monitoring(basis=Basis.TRANSITIONAL, streams=tuple(found.values()))
    made = totals(data, source_emissions(data, tables), 0.0, 0.0)
    balance = book["C_Emissions&Energy"]
    shown = {
        "H25": made.co2_t,
        "I25": made.biomass_t,
        "J25": made.n2o_t,
        "K25": made.pfc_t,
        "L25": made.direct_t,
        "H32": made.calculated_t,
        "H15": made.energy_tj + made.biomass_energy_tj,
    }
    for cell, value in shown.items():
        assert value == pytest.approx(balance[cell], **EXACT), cell
