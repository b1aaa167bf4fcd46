"""DESNZ flat file: a small one of our own in both forms, and every row of the real ones where they are at hand."""

from __future__ import annotations

import csv
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
from databases.importers import desnz
from databases.importers.desnz_levels import LEVELS
from databases.importers.shape import Extract
from databases.notices import messages

HEADS = [
    "ID",
    "Scope",
    "Level 1",
    "Level 2",
    "Level 3",
    "Level 4",
    "Column Text",
    "UOM",
    "GHG/Unit",
    "GHG Conversion Factor 2031",
]
PLAIN = [
    "id",
    "scope",
    "level1",
    "level2",
    "level3",
    "level4",
    "column_text",
    "uom",
    "ghg_unit",
    "factor_2031",
]
TOTAL, CO2, CH4, N2O = (
    "kg CO2e",
    "kg CO2e of CO2 per unit",
    "kg CO2e of CH4 per unit",
    "kg CO2e of N2O per unit",
)


def rows_of(key: Sequence[str], *factors: tuple[str, Any], number: str = "1_1_1_1") -> list[list[Any]]:
    return [[f"{number}_{at}", *key, ghg, factor] for at, (ghg, factor) in enumerate(factors, 1)]


FUEL = ("Scope 1", "Fuels", "Liquid fuels", "Invented oil", "", "", "tonnes")
ROWS = [
    *rows_of(FUEL, (TOTAL, 3010.0), (CO2, 3000), (CH4, 2.8), (N2O, 7.2)),
    *rows_of(
        ("Scope 3", "Material use", "Metal", "Invented metal", "", "Closed-loop source", "tonnes"),
        (TOTAL, 500),
        number="2_1_1_1",
    ),
    *rows_of(
        ("Scope 3", "Waste disposal", "Refuse", "Food waste", "", "Landfill", "tonnes"),
        (TOTAL, 700),
        number="3_1_1_1",
    ),
    *rows_of(
        ("Scope 3", "Waste disposal", "Refuse", "Food waste", "", "Composting", "tonnes"),
        (TOTAL, 9),
        number="3_1_1_2",
    ),
    *rows_of(
        ("Outside of Scopes", "Outside of scopes", "Biomass", "Logs", "", "", "kWh"),
        (CO2, 0.35),
        number="4_1_1_1",
    ),
    *rows_of(
        ("Scope 3", "Business travel- air", "Flights", "Far", "Economy", "With RF", "passenger.km"),
        (TOTAL, 0.2),
        (CO2, 0.18),
        (CH4, 0),
        (N2O, 0.02),
        number="5_1_1_1",
    ),
    *rows_of(
        ("Scope 3", "Business travel- air", "Flights", "Far", "Economy", "Without RF", "passenger.km"),
        (TOTAL, 0.11),
        (CO2, 0.1),
        (CH4, 0),
        (N2O, 0.01),
        number="5_1_1_2",
    ),
    *rows_of(
        ("Scope 1", "Passenger vehicles", "Cars", "Small", "", "Diesel", "miles"),
        (TOTAL, 1.609344),
        number="6_1_1_1",
    ),
    *rows_of(
        ("Scope 3", "WTT- fuels", "Liquid fuels", "Invented oil", "", "", "million litres"),
        (TOTAL, 1000),
        number="7_1_1_1",
    ),
    *rows_of(
        ("Scope 1", "SECR kWh pass & delivery vehs", "Cars", "Small", "", "Diesel", "km"),
        ("kWh (Net CV)", 0.5),
        number="8_1_1_1",
    ),
    *rows_of(
        ("Scope 1", "Fuels", "Liquid fuels", "Nothing", "", "", "tonnes"),
        (TOTAL, ""),
        (CO2, "n/a"),
        number="9_1_1_1",
    ),
]


def book(rows: Sequence[Sequence[Any]] = ROWS) -> bytes:
    front = [["Front page"], ["Version:", 1]]
    return workbook(
        {"Front page": front, "Factors by Category": [["title"], [], HEADS, *rows, [], ["", "END"]]}
    )


def text(rows: Sequence[Sequence[Any]] = ROWS) -> bytes:
    return table([PLAIN, *rows])


def read(rows: Sequence[Sequence[Any]], folder: Path) -> Extract:
    return read_bytes(desnz.read, text(rows), folder, "flat.csv")


def amounts(extract: Extract, start: str) -> dict[str, float]:
    (process,) = [one for one in extract.processes if one["reference product"].startswith(start)]
    return {item["flow"]: item["amount"] for item in process["exchanges"][1:]}


def process(extract: Extract, start: str) -> dict[str, Any]:
    (found,) = [one for one in extract.processes if one["reference product"].startswith(start)]
    return found


@pytest.mark.parametrize(("made", "name"), [(book(), "a.xlsx"), (text(), "b.csv")])
def test_both_forms_give_the_same_datasets(made: bytes, name: str, tmp_path: Path) -> None:
    assert detected(desnz.detects, made, tmp_path, "x.bin")
    extract = read_bytes(desnz.read, made, tmp_path, name)
    assert len(extract.processes) == 9
    assert extract.head["version"] == "2031"
    assert amounts(extract, "Invented oil (Fuels") == {
        "co2-fossil": 3.0,
        "ch4-fossil": 0.0001,
        "n2o": pytest.approx(7.2 / 265 / 1000, rel=1e-15),
    }
    left = Counter(row.left for row in extract.rows if row.left)
    assert left["row-not-gas"] == 1 and left["row-no-factor"] == 1 and left["row-not-a-number"] == 1
    assert left["row-radiative-gases"] == 3 and left["row-heading"] == 1
    assert len([row for row in extract.rows if row.used]) == len(ROWS) - 6
    assert all(row.left in messages() for row in extract.rows if row.left)


def test_meanings_units_and_flows(tmp_path: Path) -> None:
    extract = read(ROWS, tmp_path)
    metal = process(extract, "Invented metal")
    assert (metal["boundary"], metal["kind"], metal["unit"]) == ("cradle-to-gate", "material", "kg")
    assert amounts(extract, "Invented metal") == {"co2e-ar5": 0.5}
    assert metal["gwp_set"] == "AR5"
    assert process(extract, "Food waste, Landfill")["boundary"] == "life-cycle"
    assert amounts(extract, "Food waste, Landfill") == {"co2e-ar5-biogenic": 0.7}
    assert process(extract, "Food waste, Composting")["boundary"] == "collection-only"
    assert amounts(extract, "Logs") == {"co2-biogenic": 0.35}
    assert amounts(extract, "Far, Economy, With RF") == {"co2e-ar5-aircraft": 0.2}
    assert set(amounts(extract, "Far, Economy, Without RF")) == {
        "co2-fossil-aircraft",
        "ch4-fossil-aircraft",
        "n2o-aircraft",
    }
    car = process(extract, "Small")
    assert (car["unit"], car["boundary"]) == ("vkm", "combustion-only")
    assert amounts(extract, "Small") == {"co2e-ar5": 1.0}
    upstream = process(extract, "Invented oil (WTT")
    assert (upstream["unit"], upstream["boundary"], upstream["kind"]) == ("m3", "upstream-only", "fuel")
    assert amounts(extract, "Invented oil (WTT") == {"co2e-ar5": 1.0}


def test_what_was_printed_stays_with_the_exchange(tmp_path: Path) -> None:
    methane = process(read(ROWS, tmp_path), "Invented oil (Fuels")["exchanges"][2]
    assert (methane["published"], methane["published unit"]) == ("2.8", "kgCO2e of CH4/tonnes")
    assert methane["rule"] == "kgCO2e of CH4 / GWP AR5 28; per t to per kg"
    assert methane["locator"].endswith("row 1_1_1_1_3")


def test_a_total_that_is_not_the_sum_is_told(tmp_path: Path) -> None:
    assert [notice.code for notice in read(ROWS, tmp_path).notices] == ["desnz-gwp"]
    changed = rows_of(FUEL, (TOTAL, "3010.00003"), (CO2, 3000), (CH4, 2.8), (N2O, 7.2))
    (told,) = [notice for notice in read(changed, tmp_path).notices if notice.code == "desnz-sum-differs"]
    assert dict(told.details)["difference"] == "0.00003"
    rounded = rows_of(FUEL, (TOTAL, "3010.00002"), (CO2, 3000), (CH4, 2.8), (N2O, 7.2))
    assert [notice.code for notice in read(rounded, tmp_path).notices] == ["desnz-gwp"]


def test_unknown_units_and_categories_and_repetitions(tmp_path: Path) -> None:
    rows = [
        *rows_of(("Scope 1", "Fuels", "A", "B", "", "", "stones"), (TOTAL, 1), number="1_1_1_2"),
        *rows_of(("Scope 9", "Dreams", "A", "B", "", "", "kg"), (TOTAL, 1), (TOTAL, 2), number="1_1_1_3"),
    ]
    extract = read(rows, tmp_path)
    assert [(notice.severity, notice.code) for notice in extract.notices[1:]] == [
        ("error", "desnz-unit-unknown"),
        ("warning", "desnz-category-unknown"),
    ]
    assert [row.left for row in extract.rows] == ["row-heading", "desnz-unit-unknown", "row-repeated", ""]
    assert extract.processes[0]["boundary"] == "combustion-only"


@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_workbooks_are_refused(code: str, tmp_path: Path) -> None:
    assert outcome(desnz.read, hostile(book(), code), tmp_path, "flat.xlsx") == code


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (b"", "desnz-no-table"),
        (b"\0", "text-not-text"),
        (text([]), "table-nothing"),
        (workbook({"a": [["b"]]}), "desnz-no-table"),
        (workbook({"a": [HEADS, *ROWS], "b": [HEADS, *ROWS]}), "table-several"),
    ],
)
def test_refusals(made: bytes, code: str, tmp_path: Path) -> None:
    assert outcome(desnz.read, made, tmp_path, "flat.bin") == code


def test_numbers_beyond_reason_are_not_read(tmp_path: Path) -> None:
    extract = read(
        [
            *ROWS,
            *rows_of(
                ("Scope 1", "Fuels", "x", "y", "", "", "kg"), (TOTAL, "1e400"), (CO2, "NaN"), number="a_1"
            ),
        ],
        tmp_path,
    )
    assert [row.left for row in extract.rows[-2:]] == ["row-not-a-number"] * 2


def test_every_meaning_is_a_word_of_the_platform() -> None:
    for meaning in LEVELS.values():
        assert meaning.kind in KINDS and meaning.boundary in BOUNDARIES
    assert {unit for unit, _, _ in desnz.UNITS.values()} <= set(units.DIMENSIONS)


CELLS = st.one_of(
    st.text(alphabet='ab1.-e,"\n', max_size=8),
    st.sampled_from([TOTAL, CO2, "tonnes", "km", "Fuels", "1e-5", "-3"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=8, max_size=11), max_size=6))
def test_any_rows_give_datasets_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    assert outcome(desnz.read, text([*ROWS[:1], *rows]), folder, "x.csv") in ("extract", "text-rows-damaged")


FLAT = SHARED / "desnz" / "desnz_2025_flat.csv"
real = pytest.mark.skipif(not FLAT.is_file(), reason="reference data folder is not beside this checkout")


@pytest.fixture(scope="module")
def published() -> list[dict[str, str]]:
    with FLAT.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def uk(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    return read_path(desnz.read, FLAT, tmp_path_factory.mktemp("uk"))


@real
def test_every_row_of_the_real_file_is_accounted_for(uk: Extract, published: list[dict[str, str]]) -> None:
    rows = {row.where: row for row in uk.rows}
    assert len(rows) == len(uk.rows) == len(published) + 1
    codes = {process["code"] for process in uk.processes}
    assert len(codes) == len(uk.processes) == len({process["name"] for process in uk.processes}) == 2672
    for line, source in enumerate(published, 2):
        row = rows[f"{FLAT.name}:{line}"]
        assert bool(row.used) != bool(row.left)
        if row.used:
            assert row.used in codes and source["factor_2025"] and source["ghg_unit"].startswith("kg CO2e")
        elif row.left == "row-no-factor":
            assert source["factor_2025"] == ""
        elif row.left == "row-not-gas":
            assert source["ghg_unit"].startswith("kWh")
        else:
            assert (row.left, source["column_text"]) == ("row-radiative-gases", "With RF")
    assert [notice.code for notice in uk.notices] == ["desnz-gwp"]


@real
def test_every_real_dataset_adds_up_to_the_printed_total(
    uk: Extract, published: list[dict[str, str]]
) -> None:
    gwp = {"co2": 1.0, "ch4": 28.0, "n2o": 265.0, "co2e": 1.0}
    totals = {
        row["id"].rsplit("_", 1)[0]: row
        for row in published
        if row["ghg_unit"] == TOTAL and row["factor_2025"]
    }
    checked = 0
    for one in uk.processes:
        identifier = one["code"].removeprefix("desnz-2025-").replace("-", "_")
        if identifier not in totals:
            assert one["exchanges"][1]["flow"] == "co2-biogenic"
            continue
        _, ratio, _ = desnz.UNITS[totals[identifier]["uom"]]
        score = sum(item["amount"] * gwp[item["flow"].split("-")[0]] for item in one["exchanges"][1:])
        assert score / float(ratio) == pytest.approx(float(totals[identifier]["factor_2025"]), abs=2.1e-5)
        checked += 1
    assert checked == len(totals) == len(uk.processes) - 56


@real
@pytest.mark.parametrize(
    ("start", "flow", "amount"),
    [
        # read from the published tables by hand
        ("Butane (Fuels > Gaseous fuels), tonnes", "co2-fossil", 3.02926),
        ("Electricity: UK (UK electricity > Electricity generated), kWh", "co2-fossil", 0.17489),
        ("Natural gas (100% mineral blend) (WTT- fuels > Gaseous fuels), tonnes", "co2e-ar5", 0.42316368),
        ("Wood pellets (Outside of scopes > Biomass), tonnes", "co2-biogenic", 1.67718),
        (
            "Asphalt, Primary material production (Material use > Construction), tonnes",
            "co2e-ar5",
            0.03921249,
        ),
        (
            "Organic: food and drink waste, Landfill (Waste disposal > Refuse), tonnes",
            "co2e-ar5-biogenic",
            0.70030886,
        ),
        (
            "Domestic, to/from UK, With RF (Freighting goods > Freight flights), tonne.km",
            "co2e-ar5-aircraft",
            4.60397,
        ),
        ("Water supply (Water supply > Water supply), million litres", "co2e-ar5", 0.19130),
    ],
)
def test_figures_of_the_real_file(uk: Extract, start: str, flow: str, amount: float) -> None:
    assert amounts(uk, start)[flow] == pytest.approx(amount, rel=1e-4)


@real
def test_the_real_workbook_gives_the_same_datasets(uk: Extract, tmp_path: Path) -> None:
    path = SHARED / "desnz" / "ghg-conversion-factors-2025-flat-file.xlsx"
    other = read_path(desnz.read, path, tmp_path)

    def plain(extract: Extract) -> list[dict[str, Any]]:
        return [{key: value for key, value in one.items() if key != "filename"} for one in extract.processes]

    assert plain(other) == plain(uk)
    assert Counter(row.left for row in other.rows if row.where.startswith("Factors"))["row-no-factor"] == 1648


@real
def test_boundaries_agree_with_the_starter_release(uk: Extract) -> None:
    """A dataset of the starter release that rests on one row of one category has the boundary it has here."""
    data = Path(desnz.__file__).parents[1] / "data"
    locators: dict[str, set[str]] = {}
    for path in sorted((data / "exchanges").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                found = row["locator"].rpartition(", row ")
                locators.setdefault(row["dataset"], set()).add(
                    found[2].rsplit("_", 1)[0] if row["source"] == "desnz-2025" and found[1] else ""
                )
    ours = {
        one["code"].removeprefix("desnz-2025-").replace("-", "_"): one["boundary"] for one in uk.processes
    }
    compared = 0
    for path in sorted((data / "datasets").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                rest = locators.get(row["code"], set())
                if (
                    row["source"] == "desnz-2025"
                    and len(rest) == 1
                    and (identifier := next(iter(rest))) in ours
                ):
                    assert ours[identifier] == row["boundary"], row["code"]
                    compared += 1
    assert compared > 150
