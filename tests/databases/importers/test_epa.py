"""US EPA: small tables of our own, and every row of the real documents where they are at hand."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tablemaking import HOSTILE, SHARED, detected, hostile, outcome, read_bytes, read_path, table, workbook

from databases import units
from databases.facts import BOUNDARIES, KINDS
from databases.importers import epa, epa_rows
from databases.importers.shape import Extract
from databases.notices import messages

LB, TON, MILE, GALLON, MMBTU, CUBIC_FOOT = (
    0.45359237,
    907.18474,
    1.609344,
    3.785411784,
    1055.05585262,
    0.028316846592,
)
SHEET: list[list[Any]] = [
    ["", "Emission Factors for Greenhouse Gas Inventories"],
    ["", "", "", "", "", "Last Modified: March 3, 2031"],
    ["", "Table 1", "Stationary Combustion"],
    ["", "", "Fuel Type", "Heat Content (HHV)", "CO2 Factor"],
    ["", "", "", "mmBtu per short ton", "kg CO2 per mmBtu", "g CH4 per mmBtu"],
    ["", "", "Coal and Coke"],
    ["", "", "Invented coal", 25, 100, 10, 1, 2500, 250, 25],
    ["", "", "Biomass Fuels - Solid"],
    ["", "", "Invented wood", 17, 90, 7, 3, 1530, 119, 51],
    ["", "", "Source: a sentence that ends here."],
    ["", "Table 3", "On-Road"],
    [
        "",
        "",
        "Vehicle Type",
        "Model Year",
        "CH4 Factor \n(g CH4 / vehicle-mile)",
        "N2O Factor \n(g N2O / vehicle-mile)",
    ],
    ["", "", "Invented cars", "1973-1974", 0.16, "0 "],
    ["", "", "", 1975, 0.1, 0.2],
    ["", "Table 6", "Electricity"],
    ["", "", "", "", "(lb CO2 / MWh)", "(lb CH4 / MWh)"],
    ["", "", "INV", "Invented region", 1000, 0.1, 0.01, 2000, 0.2, 0.02],
    ["", "Table 8", "Freight"],
    ["", "", "Vehicle Type", "CO2 Factor (kg CO2 / unit)"],
    ["", "", "Invented truckC", 0.5, 0.1, 0.01, "ton-mile"],
    ["", "", "Aircraft", 0.9, "0 ", 0.03, "ton-mile"],
    ["", "Table 9", "Waste"],
    ["", "", "", "Metric Tons CO2e / Short Ton Material"],
    [
        "",
        "",
        "Material",
        "RecycledA",
        "LandfilledB",
        "CombustedC",
        "CompostedD",
        "Anaerobically Digested",
        "Wet",
    ],
    ["", "", "Invented Food", "NA", 0.5, 0.05, "NA", "NA", "NA"],
    ["", "Table 11", "GWP"],
    ["", "", "Industrial Designation", "Chemical Formula", "100-Year GWP"],
    ["", "", "Methane", "CH4", 29],
    ["", "", "Unheard of", "XY9", 7],
    ["", "Table 12", "Blends"],
    ["", "", "ASHRAE #", "100-year GWP", "Blend Composition"],
    ["", "", "R-999Z", 1234, "100% air"],
    ["", "Table 77", "Unheard of"],
    ["", "", "x", 1, 2, 3],
]
CHAIN_HEADS = [
    "2017 NAICS Code", "2017 NAICS Title", "GHG", "Unit", "Supply Chain Emission Factors without Margins",
    "Margins of Supply Chain Emission Factors", "Supply Chain Emission Factors with Margins", "Reference USEEIO Code",
]  # fmt: skip


def hub(rows: Sequence[Sequence[Any]] = SHEET) -> bytes:
    return workbook({"Emission Factors Hub": rows})


def chain(*rows: Sequence[Any]) -> bytes:
    return table([CHAIN_HEADS, *rows])


def chain_row(
    year: int = 2022, code: str = "111110", factors: Sequence[Any] = (0.9, 0.1, 1.0), gas: str = "All GHGs"
) -> list[Any]:
    return [code, "Invented farming", gas, f"kg CO2e/{year} USD, purchaser price", *factors, "X"]


def amounts(extract: Extract, code: str) -> dict[str, float]:
    (found,) = [one for one in extract.processes if one["code"] == code]
    return {item["flow"]: item["amount"] for item in found["exchanges"][1:]}


def process(extract: Extract, code: str) -> dict[str, Any]:
    (found,) = [one for one in extract.processes if one["code"] == code]
    return found


@pytest.fixture
def invented(tmp_path: Path) -> Extract:
    return read_bytes(epa.read, hub(), tmp_path, "hub.xlsx")


def test_tables_are_read_with_exact_units(invented: Extract) -> None:
    assert amounts(invented, "epa-hub-2031-t1-invented-coal-mmbtu")["co2-fossil"] == pytest.approx(
        100 / MMBTU, rel=1e-15
    )
    coal = amounts(invented, "epa-hub-2031-t1-invented-coal-short-ton")
    assert coal == {
        "co2-fossil": 2500 / TON,
        "ch4-fossil": pytest.approx(0.25 / TON),
        "n2o": pytest.approx(0.025 / TON),
    }
    assert set(amounts(invented, "epa-hub-2031-t1-invented-wood-mmbtu")) == {
        "co2-biogenic",
        "ch4-biogenic",
        "n2o-biogenic",
    }
    assert amounts(invented, "epa-hub-2031-t3-invented-cars-1973-1974-vehicle-mile") == {
        "ch4-fossil": pytest.approx(0.16e-3 / MILE), "n2o": 0.0,
    }  # fmt: skip
    assert amounts(invented, "epa-hub-2031-t3-invented-cars-1975-vehicle-mile")["n2o"] == pytest.approx(
        0.2e-3 / MILE
    )
    grid = amounts(invented, "epa-hub-2031-t6-electricity-inv-invented-region-total-output-mwh")
    assert grid["co2-fossil"] == LB
    assert (
        process(invented, "epa-hub-2031-t6-electricity-inv-invented-region-non-baseload-mwh")["group"]
        == "non-baseload"
    )
    assert amounts(invented, "epa-hub-2031-t8-invented-truck-ton-mile")["co2-fossil"] == pytest.approx(
        0.5 / (TON / 1000 * MILE)
    )
    assert "co2-fossil-aircraft" in amounts(invented, "epa-hub-2031-t8-aircraft-ton-mile")
    assert amounts(invented, "epa-hub-2031-t9-invented-food-landfilled-short-ton") == {
        "co2e-ar5-biogenic": pytest.approx(500 / TON)
    }
    assert amounts(invented, "epa-hub-2031-t9-invented-food-combusted-short-ton") == {
        "co2e-ar5": pytest.approx(50 / TON)
    }
    assert amounts(invented, "epa-hub-2031-t12-r-999z-kg") == {"co2e-ar5": 1234.0}


def test_what_is_not_a_dataset_is_left_with_a_reason(invented: Extract) -> None:
    rows = {int(row.where.split("!")[1]): row for row in invented.rows}
    assert len(rows) == len(SHEET)
    left = {at: row.left for at, row in rows.items() if row.left}
    assert left[28] == left[29] == "row-gwp-value"
    assert left[34] == "epa-table-unknown"
    assert left[10] == "row-text" and left[8] == "row-heading"
    assert all(code in messages() for code in left.values())
    assert len(rows[7].used.split()) == 2
    told = [notice.code for notice in invented.notices]
    assert told == ["epa-gwp-differs", "epa-table-unknown", "epa-basis-ar4"]


def test_basis_of_waste_factors_is_marked_as_assumed(invented: Extract) -> None:
    waste = process(invented, "epa-hub-2031-t9-invented-food-landfilled-short-ton")
    assert (waste["gwp_set"], waste["gwp_set assumed"], waste["boundary"]) == ("AR5", True, "life-cycle")
    assert "gwp_set" not in process(invented, "epa-hub-2031-t1-invented-coal-mmbtu")


def test_a_head_with_other_units_leaves_its_rows(tmp_path: Path) -> None:
    rows = [
        [cell.replace("(lb CO2", "(kg CO2") if isinstance(cell, str) else cell for cell in row]
        for row in SHEET
    ]
    rows = [
        [cell.replace("per short ton", "per stone") if isinstance(cell, str) else cell for cell in row]
        for row in rows
    ]
    extract = read_bytes(epa.read, hub(rows), tmp_path, "hub.xlsx")
    assert not [one for one in extract.processes if one["kind"] == "electricity"]
    assert [row.left for row in extract.rows if row.where.endswith("!17")] == ["epa-unit-unknown"]
    assert [notice.code for notice in extract.notices].count("epa-head-unknown") == 3
    assert {one["unit"] for one in extract.processes if one["kind"] == "fuel"} == {"MJ"}


def test_supply_chain_factors(tmp_path: Path) -> None:
    for year, version, told, assumed in (
        (2021, "1.2", "epa-chain-ar4", True),
        (2022, "1.3", "epa-chain-ar5", False),
        (2030, "2030", "epa-chain-basis-unknown", True),
    ):
        extract = read_bytes(epa.read, chain(chain_row(year)), tmp_path, "chain.csv")
        (one,) = extract.processes
        assert (one["unit"], one["gwp_set assumed"], one["boundary"]) == (
            f"USD{year}",
            assumed,
            "cradle-to-gate",
        )
        assert one["exchanges"][1]["amount"] == 1.0
        assert extract.head["version"] == version
        assert [notice.code for notice in extract.notices] == [told]


def test_supply_chain_rows_that_cannot_be_used(tmp_path: Path) -> None:
    made = chain(
        chain_row(), chain_row(), chain_row(code="2", gas="Methane"), chain_row(code="3", factors=(1, 1, "")),
        chain_row(code="4", factors=(1, 1, "NaN")), [], chain_row(code="5", factors=(0.9, 0.1, 1.1)),
    )  # fmt: skip
    extract = read_bytes(epa.read, made, tmp_path, "chain.csv")
    assert [row.left for row in extract.rows] == [
        "row-heading", "", "row-repeated", "epa-unit-unknown", "row-no-factor", "row-not-a-number", "row-blank", "",
    ]  # fmt: skip
    assert [notice.code for notice in extract.notices] == ["epa-chain-ar5", "epa-margins-differ"]


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (b"", "epa-no-table"),
        (b"\0", "text-not-text"),
        (chain(), "table-nothing"),
        (b"NAICS,GHG,Supply Chain Emission Factors with Margins\n1,2,3\n", "epa-no-table"),
        (workbook({"a": [["b"]]}), "epa-no-table"),
        (workbook({"a": SHEET, "b": SHEET}), "table-several"),
        (hub(SHEET[:5]), "table-nothing"),
    ],
)
def test_refusals(made: bytes, code: str, tmp_path: Path) -> None:
    assert outcome(epa.read, made, tmp_path, "epa.bin") == code


@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_workbooks_are_refused(code: str, tmp_path: Path) -> None:
    assert outcome(epa.read, hostile(hub(), code), tmp_path, "hub.xlsx") == code


def test_they_are_recognised_by_their_words(tmp_path: Path) -> None:
    assert detected(epa.detects, hub(), tmp_path, "x.bin")
    assert detected(epa.detects, chain(chain_row()), tmp_path, "x.bin")
    assert not detected(epa.detects, b"NAICS\n", tmp_path, "x.csv")
    assert not detected(epa.detects, workbook({"a": [["Table 1"]]}), tmp_path, "x.xlsx")


def test_every_word_is_one_of_the_platform(invented: Extract) -> None:
    assert {unit for unit, _, _ in epa_rows.UNITS.values()} <= set(units.DIMENSIONS)
    for one in invented.processes:
        assert one["kind"] in KINDS and one["boundary"] in BOUNDARIES


CELLS = st.one_of(
    st.none(), st.floats(allow_nan=False, allow_infinity=False), st.text(alphabet="ab1.-e(/ ", max_size=8),
    st.sampled_from(["Table 1", "Table 2", "Table 5", "Table 9", "Material", "gallon", "mmBtu per scf", "NA"]),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=11), max_size=12))
def test_any_rows_give_datasets_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]
) -> None:
    made = hub([*SHEET[:3], *rows])
    assert outcome(epa.read, made, tmp_path_factory.mktemp("fuzz"), "x.xlsx") in (
        "extract",
        "table-nothing",
        "table-several",
    )


FOLDER = SHARED / "usepa"
real = pytest.mark.skipif(not FOLDER.is_dir(), reason="reference data folder is not beside this checkout")


def extract_of(name: str) -> list[dict[str, str]]:
    """An extract of the hub that lies beside it, by a part of its name."""
    (path,) = [one for one in FOLDER.glob("epa_hub_2024__*.csv") if name in one.name.lower()]
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def us(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    return read_path(epa.read, FOLDER / "ghg-emission-factors-hub-2024.xlsx", tmp_path_factory.mktemp("us"))


def named(extract: Extract, number: int) -> dict[str, dict[str, Any]]:
    mark = f"-t{number}-"
    return {one["locator"].split(" > ", 1)[1]: one for one in extract.processes if mark in one["code"]}


def gases(one: dict[str, Any]) -> list[float]:
    return [item["amount"] for item in one["exchanges"][1:]]


@real
def test_every_row_of_the_real_hub_is_accounted_for(us: Extract) -> None:
    assert len(us.processes) == len({one["code"] for one in us.processes}) == 606
    assert len(us.rows) == len({row.where for row in us.rows}) == 525
    used = Counter(code for row in us.rows for code in row.used.split())
    assert set(used) == {one["code"] for one in us.processes} and set(used.values()) == {1}
    assert all(bool(row.used) != bool(row.left) for row in us.rows)
    assert Counter(row.left for row in us.rows) == {
        "": 398,
        "row-text": 56,
        "row-heading": 39,
        "row-gwp-value": 32,
    }
    assert [notice.code for notice in us.notices] == ["epa-basis-ar4"]


@real
def test_stationary_combustion_row_by_row(us: Extract) -> None:
    found = named(us, 1)
    ratios = {"short ton": 1 / TON, "scf": 1 / CUBIC_FOOT, "gallon": 1 / GALLON}
    rows = extract_of("stationary")
    checked = 0
    for row in rows:
        heat = found[f"{row['Fuel Type']}, per mmBtu"]
        printed = [row["CO2 Factor Energy"], row["CH4 Factor Energy"], row["N2O Factor Energy"]]
        wanted = [float(text) / MMBTU * mass for text, mass in zip(printed, (1, 1e-3, 1e-3), strict=True)]
        assert gases(heat) == pytest.approx(wanted, rel=1e-12)
        told = [float(item["published"]) for item in heat["exchanges"][1:]]
        assert told == pytest.approx([float(text) for text in printed], rel=1e-12)
        unit = row["CO2 Factor Unit"].removeprefix("kg CO2 per ")
        if unit in ratios and row["CO2 Factor"]:
            per_unit = found[f"{row['Fuel Type']}, per {unit}"]
            printed = [row["CO2 Factor"], row["CH4 Factor"], row["N2O Factor"]]
            wanted = [
                float(text) * ratios[unit] * mass for text, mass in zip(printed, (1, 1e-3, 1e-3), strict=True)
            ]
            assert gases(per_unit) == pytest.approx(wanted, rel=1e-12)
            checked += 1
        assert heat["exchanges"][1]["flow"] == (
            "co2-biogenic" if row["Fuel Category"].startswith("Biomass") else "co2-fossil"
        )
    assert len(rows) == 63 and checked == 58 and len(found) == 63 + 58


@real
def test_electricity_row_by_row(us: Extract) -> None:
    found = named(us, 6)
    rows = extract_of("electricity")
    for row in rows:
        acronym, name = row["eGRID Subregion Acronym"], row["eGRID Subregion Name"]
        region = name if acronym == name else f"{acronym} ({name})"
        for kind, head in (("total output", "Total Output"), ("non-baseload", "Non-Baseload")):
            wanted = [
                float(row[f"{head} {gas} Factor (lb {gas} / MWh)"]) * LB / 1000
                for gas in ("CO2", "CH4", "N2O")
            ]
            assert gases(found[f"Electricity, {region}, {kind}, per MWh"]) == pytest.approx(wanted, rel=1e-12)
    assert len(rows) * 2 == len(found) == 56


@real
def test_vehicles_row_by_row(us: Extract) -> None:
    """The extracts repeat a range of model years for each year; every printed pair is there, and no other."""
    for number, name, ratio in (
        (3, "on-road-gasoline", 1 / MILE),
        (4, "on-road-diesel", 1 / MILE),
        (5, "non-road", 1 / GALLON),
    ):
        unit = "gallon" if number == 5 else "vehicle-mile"
        printed = {
            (
                round(float(row[f"CH4 Factor (g CH4 / {unit})"]), 12),
                round(float(row[f"N2O Factor (g N2O / {unit})"]), 12),
            )
            for row in extract_of(name)
        }
        ours = {
            tuple(round(amount * 1000 / ratio, 12) for amount in gases(one))
            for one in named(us, number).values()
        }
        assert ours == printed
    assert (len(named(us, 3)), len(named(us, 4)), len(named(us, 5))) == (112, 34, 40)


@real
def test_waste_row_by_row(us: Extract) -> None:
    found = named(us, 9)
    heads = {
        "recycled": "Recycled",
        "landfilled": "Landfilled",
        "combusted": "Combusted",
        "composted": "Composted",
    }
    checked = 0
    for row in extract_of("category-5"):
        for column, text in row.items():
            if "Short Ton" not in column or not text or text == "NA":
                continue
            word = column.split(" (Metric")[0].replace("  ", " ").rstrip("(").strip()
            treatment = heads.get(word.lower(), word)
            treatment = re.sub(r"\(\(|\)\)", lambda match: match[0][0], treatment)
            label = next(
                key for key in found if key.startswith(f"{row['Material']}, {treatment.lower().rstrip(')')}")
            )
            assert gases(found[label]) == pytest.approx([float(text) * 1000 / TON], rel=1e-12)
            checked += 1
    assert checked == len(found) == 183


@real
def test_transport_steam_and_blends_row_by_row(us: Extract) -> None:
    ratios = {"vehicle-mile": 1 / MILE, "passenger-mile": 1 / MILE, "ton-mile": 1 / (TON / 1000 * MILE)}
    for number, name in ((8, "category-4"), (10, "category-6")):
        rows = extract_of(name)
        printed = sorted(
            tuple(
                round(float(row[f"{gas} Factor ({mass} {gas} / unit)"]) * ratios[row["Units"]], 12)
                for gas, mass in (("CO2", "kg"), ("CH4", "g"), ("N2O", "g"))
            )
            for row in rows
        )
        ours = sorted(
            (round(co2, 12), round(ch4 * 1000, 12), round(n2o * 1000, 12))
            for co2, ch4, n2o in map(gases, named(us, number).values())
        )
        assert len(ours) == len(printed)
        for mine, theirs in zip(ours, printed, strict=True):
            assert mine == pytest.approx(theirs, abs=1e-11)
    assert gases(named(us, 7)["Steam and Heat, per mmBtu"]) == pytest.approx(
        [66.33 / MMBTU, 1.25e-3 / MMBTU, 0.125e-3 / MMBTU]
    )
    blends = {key.split(",")[0]: gases(one) for key, one in named(us, 12).items()}
    assert blends == {row["ASHRAE"]: [float(row["100-year GWP"])] for row in extract_of("blended")}


@real
@pytest.mark.parametrize(
    ("code", "flow", "amount"),
    [
        # worked out by hand from the published tables
        ("epa-hub-2024-t1-natural-gas-scf", "co2-fossil", 1.9225304),
        ("epa-hub-2024-t2-diesel-fuel-mobile-combustion-co2-gallon", "co2-fossil", 2.69719665),
        (
            "epa-hub-2024-t2-kerosene-type-jet-fuel-mobile-combustion-co2-gallon",
            "co2-fossil-aircraft",
            2.57567752,
        ),
        ("epa-hub-2024-t6-electricity-us-average-total-output-mwh", "co2-fossil", 0.37337411),
        ("epa-hub-2024-t9-pet-combusted-short-ton", "co2e-ar5", 2.25973813),
        (
            "epa-hub-2024-t10-air-travel-long-haul-2300-miles-passenger-mile",
            "co2-fossil-aircraft",
            0.101007783,
        ),
    ],
)
def test_figures_of_the_real_hub(us: Extract, code: str, flow: str, amount: float) -> None:
    assert amounts(us, code)[flow] == pytest.approx(amount, rel=1e-7)


@real
@pytest.mark.parametrize(("version", "year"), [("v1.2", 2021), ("v1.3", 2022)])
def test_every_row_of_the_real_supply_chain_factors(version: str, year: int, tmp_path: Path) -> None:
    (path,) = FOLDER.glob(f"SupplyChainGHGEmissionFactors_{version}_*.csv")
    extract = read_path(epa.read, path, tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    assert len(extract.processes) == len(rows) == 1016
    assert Counter(row.left for row in extract.rows) == {"": 1016, "row-heading": 1}
    for one, row in zip(extract.processes, rows, strict=True):
        assert one["code"] == f"epa-supply-chain-{year}-{row[0]}"
        assert one["exchanges"][1]["amount"] == float(row[6])
    assert len(extract.notices) == 1
