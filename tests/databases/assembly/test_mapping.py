"""The mapping file: out, filled in by people, back as repairs; and every problem of a file at once."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.assembly import mapping
from databases.assembly.mapping import Repairs
from databases.assembly.mapping_sheets import GUIDE, SHEETS
from databases.assembly.providers import LinkRepair
from databases.assembly.report import COUNTS, Allocated, Candidate, ImportReport, Uncharacterised, Unlinked
from databases.notices import SourceRefused

REPORT = ImportReport(
    release="small-1",
    format="ecospold1",
    reader="bw2io",
    source="small.zip",
    source_sha256="ab" * 32,
    options={},
    counts=dict.fromkeys(COUNTS, 0),
    matches={},
    unlinked=(
        Unlinked(
            "=Steel, hot rolled ",
            "kg",
            "RNA",
            "no-supplier",
            2,
            1,
            3.5,
            "p1",
            (Candidate("s1", "steel", "RNA", "kg", 0.7), Candidate("s2", "@steel", "US", "kg", 0.6)),
        ),
        Unlinked("Power", "kWh", "", "no-supplier", 1, 1, float("nan"), "p2"),
    ),
    cut_off=(Unlinked("Combine harvesting", "m2", "", "cut-off-by-file", 1, 1, 1.0, "p3"),),
    allocations=(
        Allocated(
            "dairy",
            "Dairy",
            "as-file",
            "all-to-reference",
            (("cheese", "dairy", 1.0), ("whey", "dairy.w", 0.0)),
        ),
        Allocated("mill", "Mill", "mass", "mass", (("flour", "mill", 0.8), ("bran", "mill.b", 0.2))),
    ),
    uncharacterised=(Uncharacterised("f-1", "Some gas", "air", "", "kg", 4.0, 2, True),),
)

Fill = Mapping[str, Mapping[tuple[int, str], Any]]


def written(report: ImportReport = REPORT, language: str = "zh", kept: Repairs | None = None) -> bytes:
    stream = io.BytesIO()
    mapping.write(report, stream, language, kept or Repairs())
    return stream.getvalue()


def filled(fill: Fill, language: str = "zh", **more: Any) -> bytes:
    """The workbook with cells set by sheet, row (2 is the first below the header) and key of the column."""
    book = openpyxl.load_workbook(io.BytesIO(written(language=language, **more)))
    for sheet, cells in fill.items():
        keys = [column.key for column in SHEETS[sheet]]
        for (row, key), value in cells.items():
            book[sheet].cell(row, keys.index(key) + 1).value = value
    return saved(book)


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def problems(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(SourceRefused) as caught:
        mapping.read(data)
    assert all(notice.message("zh") and notice.message("en") for notice in caught.value.notices)
    return [(notice.code, notice.where) for notice in caught.value.notices]


ANSWERS: Fill = {
    "Links": {
        (2, "dataset"): "s1",
        (3, "dataset"): "grid",
        (3, "factor"): 3.6,
        (3, "comment"): "kWh to MJ",
        (4, "cut_off"): "below one per cent",
    },
    "Allocation": {(2, "share"): 0.75, (3, "share"): 0.25},
    "Flows": {(2, "target"): "co2-fossil"},
}
REPAIRS = Repairs(
    links={
        ("=Steel, hot rolled ", "kg", "RNA"): LinkRepair("s1", None, ""),
        ("Power", "kWh", ""): LinkRepair("grid", 3.6, ""),
        ("Combine harvesting", "m2", ""): LinkRepair("", None, "below one per cent"),
    },
    allocation={"dairy": {"dairy": 0.75, "dairy.w": 0.25}},
    flows={"f-1": "co2-fossil"},
    comments={("Power", "kWh", ""): "kWh to MJ"},
    release="small-1",
    source_sha256="ab" * 32,
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_answers_come_back_as_repairs(language: str) -> None:
    assert mapping.read(filled(ANSWERS, language)) == REPAIRS


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_with_nothing_filled_in_repairs_nothing(language: str) -> None:
    found = mapping.read(written(language=language))
    assert not found
    assert found.source_sha256 == REPORT.source_sha256


def test_the_same_report_gives_the_same_bytes() -> None:
    assert written() == written()


def test_the_guide_comes_first_and_has_as_many_lines_in_both_languages() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written()))
    assert book.sheetnames == ["说明 Guide", *SHEETS]
    assert abs(len(GUIDE["zh"]) - len(GUIDE["en"])) <= 1
    assert all(language in GUIDE for language in ("zh", "en"))


def test_no_cell_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written()))
    kinds = {cell.data_type for page in book.worksheets for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    assert book["Links"]["A2"].value == "=Steel, hot rolled "


def test_kept_repairs_are_written_again() -> None:
    assert mapping.read(written(kept=REPAIRS)) == REPAIRS


def test_kept_repairs_stay_when_their_gap_is_closed() -> None:
    mended = replace(REPORT, unlinked=(), cut_off=(), uncharacterised=())
    assert mapping.read(written(mended, kept=REPAIRS)) == REPAIRS


def test_json_there_and_back() -> None:
    assert Repairs.from_json(REPAIRS.to_json()) == REPAIRS
    assert Repairs.from_json(Repairs().to_json()) == Repairs()


def test_json_does_not_depend_on_the_order_of_rows() -> None:
    turned = replace(REPAIRS, links=dict(reversed(REPAIRS.links.items())))
    assert turned.to_json() == REPAIRS.to_json()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"format": "other/1"}', '{"format": "tanbiao-mapping/1"}', "[" * 100_000],
    ids=["empty", "list", "object", "null", "other", "bare", "deep"],
)
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(SourceRefused) as caught:
        Repairs.from_json(text)
    assert caught.value.notice.code == "mapping-json"


def test_json_with_a_wrong_kind_of_value_is_refused() -> None:
    data = json.loads(REPAIRS.to_json())
    data["links"][0]["factor"] = "much"
    with pytest.raises(SourceRefused):
        Repairs.from_json(json.dumps(data))


def test_a_file_is_read_by_what_it_is(tmp_path: Path) -> None:
    book, kept = tmp_path / "answers.bin", tmp_path / "kept.bin"
    book.write_bytes(filled(ANSWERS))
    kept.write_text(REPAIRS.to_json(), encoding="utf-8")
    assert mapping.read_mapping(book) == mapping.read_mapping(kept) == REPAIRS
    assert mapping.read_mapping(None) == Repairs()


def test_the_mapping_file_of_a_release_has_what_it_was_built_with(tmp_path: Path) -> None:
    (tmp_path / "mapping.json").write_text(REPAIRS.to_json(), encoding="utf-8")
    release: Any = SimpleNamespace(identifier="small-1", path=tmp_path, report=REPORT.as_dict)
    stream = io.BytesIO()
    mapping.write_for(release, stream, "en")
    assert mapping.read(stream.getvalue()) == REPAIRS
    silent: Any = SimpleNamespace(identifier="small-1", path=tmp_path, report=dict)
    with pytest.raises(ValueError, match="no import report"):
        mapping.write_for(silent, stream, "en")


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        ({"Links": {(2, "dataset"): "=A1"}}, [("mapping-formula", "Links!T2")]),
        ({"Links": {(2, "dataset"): "s1", (2, "factor"): "=1*2"}}, [("mapping-formula", "Links!U2")]),
        ({"Links": {(2, "dataset"): "s1", (2, "factor"): "two"}}, [("mapping-number", "Links!U2")]),
        ({"Links": {(2, "dataset"): "s1", (2, "factor"): 0}}, [("mapping-number", "Links!U2")]),
        ({"Links": {(2, "dataset"): "s1", (2, "factor"): -1}}, [("mapping-number", "Links!U2")]),
        ({"Links": {(2, "dataset"): "s1", (2, "factor"): True}}, [("mapping-number", "Links!U2")]),
        ({"Links": {(2, "factor"): 2}}, [("mapping-factor-alone", "Links!U2")]),
        ({"Links": {(2, "dataset"): "s1", (2, "cut_off"): "small"}}, [("mapping-both", "Links!T2")]),
        ({"Links": {(2, "name"): None, (2, "dataset"): "s1"}}, [("mapping-key-empty", "Links!T2")]),
        (
            {
                "Links": {
                    (2, "dataset"): "s1",
                    (3, "name"): "=Steel, hot rolled ",
                    (3, "unit"): "kg",
                    (3, "place"): "RNA",
                    (3, "dataset"): "s2",
                }
            },
            [("mapping-formula", "Links!A3"), ("mapping-key-empty", "Links!T3")],
        ),
        (
            {"Allocation": {(2, "share"): 1.5, (3, "share"): -0.5}},
            [("mapping-number", f"Allocation!G{n}") for n in (2, 3)],
        ),
        ({"Allocation": {(2, "share"): 0.5}}, [("mapping-shares-some", "Allocation!G2")]),
        ({"Allocation": {(2, "share"): 0.5, (3, "share"): 0.4}}, [("mapping-shares-sum", "Allocation!G2")]),
        (
            {"Allocation": {(2, "share"): 0.5, (3, "share"): 0.5, (3, "code"): "dairy"}},
            [("mapping-product-twice", "Allocation!G2")],
        ),
        (
            {"Allocation": {(2, "process"): None, (2, "share"): 1}},
            [("mapping-key-empty", "Allocation!G2")],
        ),
        ({"Flows": {(2, "target"): "laughing gas"}}, [("mapping-flow-unknown", "Flows!G2")]),
        ({"Flows": {(2, "code"): None, (2, "target"): "none"}}, [("mapping-key-empty", "Flows!G2")]),
        ({"about": {(2, "value"): "tanbiao-mapping/9"}}, [("mapping-format", "about")]),
    ],
)
def test_each_mistake_is_told_by_its_cell(fill: Fill, expected: list[tuple[str, str]]) -> None:
    assert problems(filled(fill)) == expected


def test_two_answers_to_one_question_are_told() -> None:
    steel = ("Power", "kWh", "")
    fill: Fill = {
        "Links": {
            (2, "dataset"): "s1",
            **{(2, key): value for key, value in zip(("name", "unit", "place"), steel, strict=True)},
            (3, "dataset"): "s2",
        }
    }
    assert problems(filled(fill)) == [("mapping-twice", "Links!T3")]


def test_all_mistakes_are_told_together() -> None:
    fill: Fill = {
        "Links": {(2, "factor"): 2, (3, "dataset"): "=A1"},
        "Allocation": {(2, "share"): 0.5},
        "Flows": {(2, "target"): "x"},
    }
    assert [code for code, _ in problems(filled(fill))] == [
        "mapping-factor-alone",
        "mapping-formula",
        "mapping-shares-some",
        "mapping-flow-unknown",
    ]


@pytest.mark.parametrize("word", ["none", "-"])
def test_a_flow_may_be_left_out_on_purpose(word: str) -> None:
    assert mapping.read(filled({"Flows": {(2, "target"): word}})).flows == {"f-1": word}


def test_a_code_that_a_spreadsheet_made_a_number_is_read_as_text() -> None:
    found = mapping.read(filled({"Links": {(3, "dataset"): 53084}}))
    assert found.links["Power", "kWh", ""] == LinkRepair("53084", None, "")


def changed(change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(filled(ANSWERS)))
    change(book)
    return saved(book)


def without(*sheets: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for sheet in sheets:
            del book[sheet]

    return change


def test_a_sheet_that_was_deleted_repairs_nothing() -> None:
    found = mapping.read(changed(without("Allocation", "Flows", "about", "Codes")))
    assert found == Repairs(links=REPAIRS.links, comments=REPAIRS.comments)


def test_a_workbook_without_any_of_the_sheets_is_no_mapping_file() -> None:
    assert problems(changed(without("Links", "Allocation", "Flows"))) == [
        ("mapping-no-sheet", "mapping.xlsx")
    ]


def test_columns_may_be_moved_and_others_added() -> None:
    def change(book: Any) -> None:
        book["Flows"].insert_cols(1)
        book["Flows"]["A1"].value = "mine"

    assert mapping.read(changed(change)) == REPAIRS


def test_a_column_that_is_missing_is_told() -> None:
    def change(book: Any) -> None:
        book["Links"]["T1"].value = "something else"

    assert problems(changed(change)) == [("mapping-column-missing", "Links!1")]


@pytest.mark.parametrize("data", [b"", b"name,unit\n", b"PK\x03\x04 nothing"], ids=["empty", "csv", "stub"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    assert len(problems(data)) == 1


def test_only_two_languages() -> None:
    with pytest.raises(ValueError, match="zh or en"):
        mapping.write(REPORT, io.BytesIO(), "de")


WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20
).filter(
    lambda text: text.strip() == text != "" and "_x" not in text and not set(text) & {"\ufffe", "\uffff"}
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(WORD, WORD, WORD, WORD), max_size=5, unique_by=lambda row: row[:3]))
def test_whatever_the_names_repairs_survive_the_workbook(rows: list[tuple[str, str, str, str]]) -> None:
    kept = Repairs(links={row[:3]: LinkRepair(row[3], None, "") for row in rows})
    assert mapping.read(written(kept=kept)).links == kept.links


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_refused_or_read_and_never_crashes(position: int, damage: bytes) -> None:
    data = bytearray(FILLED)
    at = position % len(data)
    data[at : at + len(damage)] = damage
    with contextlib.suppress(SourceRefused):
        assert mapping.read(bytes(data)).release in ("", "small-1")


FILLED = filled(ANSWERS)
