"""Brightway's own tables: one invented database as .xlsx and .csv through both roads, and broken ones."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tablemaking import HOSTILE, detected, hostile, outcome, read_bytes, repacked, table, workbook

from databases.importers import brightway
from databases.importers.shape import Extract

ROWS: list[list[Any]] = [
    ["Database", "invented"],
    ["version", "1"],
    [],
    ["Project parameters"],
    ["name", "amount"],
    ["factor", 2],
    [],
    ["Activity", "steel making"],
    ["code", "A1"],
    ["location", "CN"],
    ["unit", "kilogram"],
    ["reference product", "steel"],
    ["year", 2020],
    ["comment", "an invented activity"],
    ["Parameters"],
    ["name", "amount"],
    ["loss", 0.25],
    ["Exchanges"],
    [
        "name",
        "amount",
        "unit",
        "type",
        "location",
        "reference product",
        "categories",
        "uncertainty type",
        "loc",
        "scale",
        "database",
        "code",
    ],
    ["steel making", 1, "kilogram", "production", "CN", "steel"],
    ["power", 0.5, "kilowatt hour", "technosphere", "CN", "", "", 2, -0.69, 0.1, "invented", "P1"],
    ["power", 0.25, "kilowatt hour", "technosphere", "CN"],
    [
        "Carbon dioxide, fossil",
        1.9,
        "kilogram",
        "biosphere",
        "",
        "",
        "air::urban air close to ground",
        "",
        "",
        "",
        "biosphere3",
        "co2",
    ],
    ["slag market", 0.1, "kilogram", "substitution", "GLO", "slag"],
    ["waste treatment", -0.05, "kilogram", "technosphere", "GLO", "rubble"],
    [],
    ["Activity", "power"],
    ["code", "P1"],
    ["location", "CN"],
    ["unit", "kilowatt hour"],
    ["Exchanges"],
    ["name", "amount", "unit", "type", "categories"],
    ["Methane, fossil", 0.001, "kilogram", "biosphere", "air"],
]


def with_row(row: list[Any], at: int = 20) -> list[list[Any]]:
    return [*ROWS[:at], row, *ROWS[at:]]


@pytest.fixture(params=["xlsx", "csv"])
def data(request: pytest.FixtureRequest) -> tuple[bytes, str]:
    made = workbook({"steel": ROWS}) if request.param == "xlsx" else table(ROWS)
    return made, f"database.{request.param}"


def read_rows(rows: list[list[Any]], folder: Path) -> Extract:
    return read_bytes(brightway.read, workbook({"steel": rows}), folder, "database.xlsx")


def test_both_roads_give_the_same_dictionaries(
    data: tuple[bytes, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = read_bytes(brightway.read, data[0], tmp_path, data[1])
    monkeypatch.setattr(brightway, "_through_bw2io", lambda *_: None)
    ours = read_bytes(brightway.read, data[0], tmp_path, data[1])
    assert (theirs.reader, ours.reader) == ("bw2io", "tanbiao")
    assert theirs.head == ours.head
    assert theirs.head["name"] == "invented" and theirs.head["version"] == "1"
    assert [strip(process) for process in theirs.processes] == [strip(process) for process in ours.processes]
    assert theirs.flows == ours.flows
    assert not theirs.notices and not ours.notices
    assert not list((tmp_path / "work").iterdir())


def strip(process: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in process.items() if key != "filename"}


def test_activities_are_as_the_table_says(data: tuple[bytes, str], tmp_path: Path) -> None:
    steel, power = read_bytes(brightway.read, data[0], tmp_path, data[1]).processes
    keys = ("code", "name", "reference product", "unit", "location", "year")
    assert tuple(steel[key] for key in keys) == (
        "A1", "steel making", "steel", "kilogram", "CN", 2020,
    )  # fmt: skip
    production, by_code, by_name, carbon, slag, waste = steel["exchanges"]
    assert (production["type"], production["amount"], production["reference"]) == ("production", 1.0, True)
    assert by_code["activity"] == by_name["activity"] == "P1"
    assert (by_code["uncertainty type"], by_code["scale"]) == (2, 0.1)
    assert (carbon["flow"], carbon["categories"]) == ("co2", ("air", "urban air close to ground"))
    assert (slag["type"], slag["amount"], slag["name"]) == ("substitution", 0.1, "slag")
    assert (waste["type"], waste["amount"]) == ("technosphere", -0.05)
    assert "activity" not in slag and "activity" not in waste
    assert power["exchanges"][0] == {
        "type": "production", "name": "power", "unit": "kilowatt hour", "amount": 1.0, "reference": True,
    }  # fmt: skip


def test_an_amount_is_evaluated_from_its_formula(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS]
    rows[18].append("formula")
    extract = read_rows(
        with_row(["ore", "", "kilogram", "technosphere", *[""] * 8, "factor * (1 + loss)"]).copy(), tmp_path
    )
    assert math.isnan(amount_of(extract, "ore")), "without a column of that name there is no formula"
    rows = [*rows[:20], ["ore", "", "kilogram", "technosphere", *[""] * 8, "factor * (1 + loss)"], *rows[20:]]
    assert amount_of(read_rows(rows, tmp_path), "ore") == 2.5
    rows[20][12] = "__import__('os')"
    extract = read_rows(rows, tmp_path)
    assert math.isnan(amount_of(extract, "ore"))
    assert [(notice.severity, notice.code) for notice in extract.notices] == [("error", "brightway-amount")]


def amount_of(extract: Extract, name: str) -> float:
    (found,) = [item["amount"] for item in extract.processes[0]["exchanges"] if item["name"] == name]
    return float(found)


@pytest.mark.parametrize("written", ["much", "nan", "inf", "1,5", True])
def test_an_amount_that_is_no_number_is_told_and_kept(written: Any, tmp_path: Path) -> None:
    extract = read_rows(with_row(["ore", written, "kilogram", "technosphere"]), tmp_path)
    assert math.isnan(amount_of(extract, "ore"))
    assert [notice.code for notice in extract.notices] == ["brightway-amount"]


def test_an_unknown_type_is_told_and_left_out(tmp_path: Path) -> None:
    extract = read_rows(with_row(["ore", 1, "kilogram", "magic"]), tmp_path)
    assert [notice.code for notice in extract.notices] == ["brightway-type"]
    assert len(extract.processes[0]["exchanges"]) == 6


def test_equal_codes_stay_two_activities(tmp_path: Path) -> None:
    extract = read_rows([*ROWS, [], *ROWS[7:]], tmp_path)
    assert [process["code"] for process in extract.processes] == ["A1", "P1", "A1", "P1"]


def test_codes_that_look_like_numbers_stay_as_written(tmp_path: Path) -> None:
    rows = [["code", "007"] if row[:2] == ["code", "P1"] else row for row in ROWS]
    extract = read_bytes(brightway.read, table(rows), tmp_path, "database.csv")
    assert extract.processes[1]["code"] == "007"


def test_skipped_sheets_and_cut_off_columns(tmp_path: Path) -> None:
    rows = [["cutoff", 12], *[[*row, *[""] * (14 - len(row)), "scribble"] for row in ROWS]]
    made = workbook({"steel": rows, "notes": [["skip"], ["Activity", "never"]]})
    extract = read_bytes(brightway.read, made, tmp_path, "database.xlsx")
    assert [process["name"] for process in extract.processes] == ["steel making", "power"]


def test_a_sheet_that_declares_far_more_than_it_has_does_not_reach_bw2io(tmp_path: Path) -> None:
    import zipfile
    from io import BytesIO

    made = workbook({"steel": ROWS})
    with zipfile.ZipFile(BytesIO(made)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert b'<dimension ref="A1:L33"/>' in sheet
    padded = repacked(
        made, {"xl/worksheets/sheet1.xml": sheet.replace(b'ref="A1:L33"', b'ref="A1:XFD1048576"')}
    )
    extract = read_bytes(brightway.read, padded, tmp_path, "database.xlsx")
    assert (extract.reader, len(extract.processes)) == ("tanbiao", 2)


@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_workbooks_are_refused(code: str, tmp_path: Path) -> None:
    assert (
        outcome(brightway.read, hostile(workbook({"steel": ROWS}), code), tmp_path, "database.xlsx") == code
    )


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (workbook({"a": [["Database", "x"]]}), "brightway-nothing"),
        (table([["Database", "x"]]), "brightway-nothing"),
        (b"", "brightway-nothing"),
        (b"\0\0", "text-not-text"),
        (b"PK\3\4 cut", "source-archive-damaged"),
    ],
)
def test_refusals(made: bytes, code: str, tmp_path: Path) -> None:
    assert outcome(brightway.read, made, tmp_path, "database.csv") == code


def test_it_is_recognised_by_its_words(data: tuple[bytes, str], tmp_path: Path) -> None:
    assert detected(brightway.detects, data[0], tmp_path, "any.bin")
    assert not detected(brightway.detects, workbook({"a": [["Activity", "x"]]}), tmp_path, "any.xlsx")
    assert not detected(brightway.detects, b"Database of things\n", tmp_path, "any.csv")


CELLS = st.one_of(
    st.sampled_from(["Activity", "Exchanges", "Parameters", "Database", "name", "amount", "type", "unit", "cutoff"]),
    st.text(alphabet="ab:( Unkow)1.e-", max_size=12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=20), st.booleans())
def test_any_rows_give_activities_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]], book: bool
) -> None:
    made = workbook({"a": rows}) if book else table(rows)
    found = outcome(brightway.read, made, tmp_path_factory.mktemp("fuzz"), "x.bin")
    assert found in ("extract", "brightway-nothing")


def test_parameter_headings_without_end_take_the_time_of_their_number(tmp_path: Path) -> None:
    rows = [["Database", "x"], *[["Project parameters"]] * 20_000, [], ["Activity", "a"], ["unit", "kg"]]
    extract = read_bytes(brightway.read, table(rows), tmp_path, "x.csv")
    assert (len(extract.processes), extract.reader) == (1, "tanbiao")
