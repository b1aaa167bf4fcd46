"""The Commission's workbook with cells nobody should hand in: read, or told with sheet and cell; never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from commission import changed, codes, example, needs_files, typed
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam.communication import Reading, read
from lca.cbam.communication.book import Book, Held
from lca.cbam.communication.reader import _read
from lca.cbam.communication.values import as_day, typed_number
from lca.findings import has_errors
from tests.workbookmaking import SPACES, damaged, packed

VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.booleans(),
    st.sampled_from(
        ["1e999", "１２３", "1,234", "1.234,5", "12%", "03/04/2026", "n.a.", "Combustion", "Cement", "t"]
    ),
)
PLACES = [
    *(("A_InstData", f"{column}{row}") for column in "EFIL" for row in (9, 19, 20, 26, 28, 62, 83, 84, 102)),
    *(("B_EmInst", f"{column}{row}") for column in "DEFGHJKLNPR" for row in (17, 18, 98, 113)),
    *(("C_Emissions&Energy", f"{column}{row}") for column in "HIJKM" for row in (16, 25, 26)),
    *(("D_Processes", f"L{row}") for row in (16, 17, 27, 32, 41, 54, 57, 58, 65, 66, 67, 71)),
    *(("E_PurchPrec", f"L{row}") for row in (17, 28, 38, 49, 50, 51, 52)),
    *(("Summary_Products", f"{column}10") for column in "DEFGHIJKLMN"),
]
START = {
    "A_InstData": {"I9": 45658.0, "L9": 46022.0, "E83": "Cement"},
    "D_Processes": {"L16": 10.0, "L54": 1.0},
}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(PLACES), VALUES, max_size=12))
def test_any_value_in_any_input_is_read_or_told(given_cells: dict[tuple[str, str], Any]) -> None:
    typed_cells: dict[str, dict[str, Any]] = {sheet: dict(one) for sheet, one in START.items()}
    for (sheet, cell), value in given_cells.items():
        typed_cells.setdefault(sheet, {})[cell] = value
    reading = _read(typed(typed_cells), "2.1")
    assert (reading.monitoring is None) == has_errors(reading.findings)
    assert all(one.message(language) for one in reading.findings for language in ("zh", "en"))


SMALL = packed(
    {"Summary_Communication": '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'},
    parts={"xl/sharedStrings.xml": f"<sst {SPACES}><si><t>a</t></si></sst>"},
)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=10**6))
def test_damaged_parts_are_answered_with_findings(seed: int) -> None:
    found = read(damaged(SMALL, seed), "damaged.xlsx")
    assert found.monitoring is None and found.findings


@pytest.mark.parametrize("shown", ["1e9999", "-1e9999"])
def test_a_number_beyond_all_numbers_is_an_error_of_its_cell(shown: str) -> None:
    sheet = f'<sheetData><row r="1"><c r="A1"><v>{shown}</v></c><c r="B1" t="e"><v>#REF!</v></c></row></sheetData>'
    book = Book(packed({"A": sheet}))
    assert book.at("A", "A1") == Held(None, False, 0, shown)
    assert book.at("A", "B1") == Held(None, False, 0, "#REF!")


@pytest.mark.parametrize("cell", ['<c r="A1" t="s"><v>-1</v></c>', '<c r="A1" t="s"><v>1</v></c>'])
def test_a_string_that_is_not_there_is_none_of_the_others(cell: str) -> None:
    strings = f"<sst {SPACES}><!-- no string --><si><t>a</t></si></sst>"
    sheet = f'<sheetData><row r="1">{cell}</row></sheetData>'
    book = Book(packed({"A": sheet}, parts={"xl/sharedStrings.xml": strings}))
    with pytest.raises(IndexError):
        book.at("A", "A1")


@pytest.mark.parametrize("text", ["1e999", "-1e999", "9" * 400, "1_000", "1,234", "nan", "inf"])
def test_texts_that_are_no_number(text: str) -> None:
    assert typed_number(text) is None


@pytest.mark.parametrize(
    "value", ["2025-01-31xyz", "31.01.2025x", "03/04/2026", "1999-12-31", 1.0, 1e308, 99_999.0, "2025-02-30"]
)
def test_what_is_no_day_of_this_century_is_no_date(value: Any) -> None:
    assert as_day(value, from_1904=False) is None


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    assert as_day(45658.0, False) == as_day(45658.0 - 1462, True)
    assert str(as_day("2025-01-31 00:00:00", False)) == "2025-01-31"


BAD = [
    ("A_InstData", "I20", "x" * 10_001, "cbam-communication-text"),
    ("A_InstData", "I22", "a\u202eb", "cbam-communication-text"),
    ("D_Processes", "L54", "1e999", "cbam-communication-number"),
]


def _told(found: Reading) -> set[tuple[Any, ...]]:
    return {(one.place.sheet, one.place.cell, one.code) for one in found.findings}


@pytest.mark.parametrize(("sheet", "cell", "value", "code"), BAD)
def test_cells_that_are_refused_by_name(sheet: str, cell: str, value: str, code: str) -> None:
    assert _read(typed(START), "2.1").monitoring is not None
    found = _read(typed(START | {sheet: START[sheet] | {cell: value}}), "2.1")
    assert found.monitoring is None
    assert (sheet, cell, code) in _told(found)


@needs_files
def test_all_cells_that_are_refused_in_a_file_are_told() -> None:
    data = example("Cement")
    for sheet, cell, value, _ in BAD:
        data = changed(data, sheet, {cell: value})
    found = read(data, "a.xlsx")
    assert found.monitoring is None
    assert {(sheet, cell, code) for sheet, cell, _, code in BAD} <= _told(found)


def test_an_error_that_a_cell_shows_is_not_an_empty_cell() -> None:
    """``#REF!`` as the direct emissions of a process once counted as zero, with a warning."""
    at = typed(START)
    book: Any = at.book
    known = book.at
    book.at = lambda sheet, cell: Held(None, True, 0, "#REF!") if cell == "L54" else known(sheet, cell)
    reading = _read(at, "2.1")
    assert reading.monitoring is None
    assert "cbam-communication-error-cell" in codes(reading.findings)
