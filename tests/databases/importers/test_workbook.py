"""Our factor workbook: the template filled in and read, every bad cell at once, and hostile files."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tablemaking import HOSTILE, detected, hostile, outcome, read_bytes, workbook

from databases.importers import workbook as factors
from databases.importers.shape import Extract
from databases.importers.workbook_sheets import DATASET_COLUMNS, DATASETS, EXCHANGE_COLUMNS, EXCHANGES
from databases.notices import SourceRefused

STEEL: dict[str, Any] = {
    "code": "steel-x",
    "name_zh": "臆造钢材",
    "name_en": "Invented steel",
    "synonyms": "钢 | steel",
    "kind": "material",
    "group": "metals",
    "place": "江苏",
    "year": 2024,
    "unit": "kg",
    "boundary": "cradle-to-gate",
    "source_title": "An invented document",
    "issuer": "An invented issuer",
    "published": "2024-05",
    "licence": "CC0",
    "url": "https://example.org/steel",
    "locator": "p. 3",
    "certainty": "P",
}
POWER = STEEL | {
    "code": "power-x",
    "name_zh": "电",
    "name_en": "Power",
    "kind": "electricity",
    "unit": "度",
    "place": "CN",
}
CARBON: dict[str, Any] = {
    "dataset": "steel-x",
    "input": "CO2 fossil",
    "amount": 2100,
    "unit": "g",
    "locator": "table 1",
}
TAKEN: dict[str, Any] = {
    "dataset": "steel-x",
    "input": "power-x",
    "amount": 1.8,
    "unit": "MJ",
    "uncertainty": 1.2,
}
GRID: dict[str, Any] = {"dataset": "power-x", "input": "CO2e AR5", "amount": 0.1, "unit": "kg"}


def filled(datasets: list[dict[str, Any]], exchanges: list[dict[str, Any]], language: str = "zh") -> bytes:
    import openpyxl

    empty = io.BytesIO()
    factors.write_template(empty, language)
    book = openpyxl.load_workbook(empty)
    for title, columns, rows in (
        (DATASETS, DATASET_COLUMNS, datasets),
        (EXCHANGES, EXCHANGE_COLUMNS, exchanges),
    ):
        for at, row in enumerate(rows, 2):
            for number, column in enumerate(columns, 1):
                book[title].cell(at, number).value = row.get(column.key)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def plain(datasets: list[dict[str, Any]], exchanges: list[dict[str, Any]]) -> bytes:
    """The same sheets without the template's looks: quicker to make."""
    pairs = ((DATASETS, DATASET_COLUMNS, datasets), (EXCHANGES, EXCHANGE_COLUMNS, exchanges))
    return workbook(
        {
            title: [
                [column.header for column in columns],
                *([row.get(column.key) for column in columns] for row in rows),
            ]
            for title, columns, rows in pairs
        }
    )


def read(data: bytes, folder: Path) -> Extract:
    return read_bytes(factors.read, data, folder, "factors.xlsx")


def problems(
    datasets: list[dict[str, Any]], exchanges: list[dict[str, Any]], folder: Path
) -> list[tuple[str, str]]:
    with pytest.raises(SourceRefused) as caught:
        read(plain(datasets, exchanges), folder)
    assert caught.value.notice.code == "workbook-problems"
    assert dict(caught.value.notice.details)["count"] == str(len(caught.value.notices) - 1)
    return [(notice.where, notice.code) for notice in caught.value.notices[1:]]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_filled_template_is_read(language: str, tmp_path: Path) -> None:
    extract = read(filled([STEEL, POWER], [CARBON, TAKEN, GRID], language), tmp_path)
    steel, power = extract.processes
    keys = ("code", "name", "name zh", "unit", "location", "year", "kind", "boundary", "certainty")
    assert {key: steel[key] for key in keys} == {
        "code": "steel-x", "name": "Invented steel", "name zh": "臆造钢材", "unit": "kg", "location": "CN-JS",
        "year": 2024, "kind": "material", "boundary": "cradle-to-gate", "certainty": "P",
    }  # fmt: skip
    _, carbon, taken = steel["exchanges"]
    assert (carbon["flow"], carbon["amount"], carbon["unit"]) == ("co2-fossil", 2.1, "kg")
    assert (carbon["published"], carbon["published unit"], carbon["rule"], carbon["locator"]) == (
        "2100",
        "g",
        "g to kg",
        "table 1",
    )
    assert (taken["type"], taken["activity"], taken["amount"], taken["unit"]) == (
        "technosphere",
        "power-x",
        0.5,
        "kWh",
    )
    assert taken["scale"] == pytest.approx(math.log(1.2)) and taken["uncertainty type"] == 2
    assert (power["unit"], power["exchanges"][1]["amount"]) == ("kWh", 0.1)
    assert [flow["code"] for flow in extract.flows] == ["co2-fossil", "co2e-ar5"]
    assert "An invented issuer" in steel["source"] and "CC0" in steel["source"]


def test_heads_in_one_language_and_any_order_are_known(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(filled([POWER], [GRID])))
    for title, columns in ((DATASETS, DATASET_COLUMNS), (EXCHANGES, EXCHANGE_COLUMNS)):
        page = book[title]
        for number, column in enumerate(columns, 1):
            page.cell(1, number).value = column.en if title == DATASETS else column.zh
        page.insert_rows(1)
        page.title = title[-5:]
    target = io.BytesIO()
    book.save(target)
    assert detected(factors.detects, target.getvalue(), tmp_path, "x.xlsx")
    assert read(target.getvalue(), tmp_path).processes[0]["code"] == "power-x"


BAD: list[tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = [
    ({"code": "Steel X"}, {"dataset": "Steel X"}, [(f"{DATASETS}!A2", "factor-code")]),
    ({"name_zh": None}, {}, [(f"{DATASETS}!B2", "factor-missing")]),
    ({"kind": "metal"}, {}, [(f"{DATASETS}!E2", "factor-choice")]),
    ({"place": "Atlantis"}, {}, [(f"{DATASETS}!G2", "factor-place")]),
    ({"year": 24}, {}, [(f"{DATASETS}!H2", "factor-year")]),
    ({"unit": "furlong"}, {}, [(f"{DATASETS}!I2", "factor-unit")]),
    ({"boundary": "gate"}, {}, [(f"{DATASETS}!J2", "factor-choice")]),
    ({"published": "May 2024"}, {}, [(f"{DATASETS}!O2", "factor-date")]),
    ({"url": "javascript:x"}, {}, [(f"{DATASETS}!Q2", "factor-url")]),
    ({"certainty": "sure"}, {}, [(f"{DATASETS}!S2", "factor-choice")]),
    ({"note": "x" * 3000}, {}, [(f"{DATASETS}!T2", "factor-too-long")]),
    ({"group": "#REF!"}, {}, [(f"{DATASETS}!F2", "factor-error-value")]),
    (
        {},
        {"dataset": "nobody"},
        [(f"{EXCHANGES}!A2", "factor-dataset-unknown"), (f"{DATASETS}!A2", "factor-no-exchange")],
    ),
    ({}, {"input": "unobtainium"}, [(f"{EXCHANGES}!B2", "factor-input-unknown")]),
    ({}, {"input": "steel-x", "unit": "kg"}, [(f"{EXCHANGES}!B2", "factor-self")]),
    ({}, {"amount": None}, [(f"{EXCHANGES}!C2", "factor-missing")]),
    ({}, {"amount": "1,5"}, [(f"{EXCHANGES}!C2", "factor-number")]),
    ({}, {"amount": "nan"}, [(f"{EXCHANGES}!C2", "factor-number")]),
    ({}, {"amount": 1e16}, [(f"{EXCHANGES}!C2", "factor-too-large")]),
    ({}, {"amount": "=1+1"}, [(f"{EXCHANGES}!C2", "factor-formula")]),
    ({}, {"unit": "kWh"}, [(f"{EXCHANGES}!D2", "factor-unit-conflict")]),
    ({}, {"unit": "stone"}, [(f"{EXCHANGES}!D2", "factor-unit")]),
    ({}, {"uncertainty": 0.5}, [(f"{EXCHANGES}!E2", "factor-uncertainty")]),
]


@pytest.mark.parametrize(("dataset", "exchange", "expected"), BAD)
def test_a_bad_cell_is_told_with_its_place(
    dataset: dict[str, Any], exchange: dict[str, Any], expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert problems([STEEL | dataset], [CARBON | exchange], tmp_path) == expected


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    found = problems(
        [STEEL, STEEL, POWER | {"year": "soon", "kind": "magic"}],
        [CARBON, CARBON, TAKEN | {"unit": "kg", "uncertainty": 900}],
        tmp_path,
    )
    assert sorted(code for _, code in found) == [
        "factor-choice", "factor-code-twice", "factor-exchange-twice", "factor-no-exchange", "factor-uncertainty",
        "factor-unit-conflict", "factor-year",
    ]  # fmt: skip


def test_the_empty_template_and_foreign_workbooks_are_refused(tmp_path: Path) -> None:
    assert problems([], [], tmp_path) == [("factors.xlsx", "factor-empty")]
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = "something else"
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(SourceRefused) as caught:
        read(target.getvalue(), tmp_path)
    assert [notice.code for notice in caught.value.notices[1:]] == ["factor-sheet-missing"] * 2


@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_workbooks_are_refused(code: str, tmp_path: Path) -> None:
    broken = hostile(plain([STEEL], [CARBON]), code)
    assert outcome(factors.read, broken, tmp_path, "factors.xlsx") == code


def test_a_template_is_recognised_and_others_are_not(tmp_path: Path) -> None:
    assert detected(factors.detects, filled([], []), tmp_path, "x.bin")
    assert not detected(factors.detects, b"code,name\n", tmp_path, "x.csv")


def test_every_choice_of_the_template_is_accepted(tmp_path: Path) -> None:
    import openpyxl

    empty = io.BytesIO()
    factors.write_template(empty, "en")
    page = openpyxl.load_workbook(empty)[DATASETS]
    lists = {
        str(rule.sqref).split(":")[0][:-1]: rule.formula1
        for rule in page.data_validations.dataValidation
        if rule.type == "list"
    }
    for letter, column in zip("ABCDEFGHIJKLMNOPQRST", DATASET_COLUMNS, strict=True):
        if column.choices:
            assert lists[letter] == '"' + ",".join(column.choices) + '"'
    with pytest.raises(ValueError, match="none of zh, en"):
        factors.write_template(io.BytesIO(), "fr")


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.dates(),
    st.text(alphabet="ab-1.e,=#R%CO2 ", max_size=10), st.sampled_from(["steel-x", "power-x", "CO2", "kg", "kWh", "P"]),
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_any_cells_give_datasets_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    datasets = [STEEL | {data.draw(st.sampled_from(list(STEEL))): data.draw(VALUES)}, POWER]
    exchanges = [
        one | {data.draw(st.sampled_from(list(TAKEN))): data.draw(VALUES)} for one in (CARBON, TAKEN, GRID)
    ]
    found = outcome(
        factors.read, filled(datasets, exchanges), tmp_path_factory.mktemp("fuzz"), "factors.xlsx"
    )
    assert found in ("extract", "workbook-problems")
