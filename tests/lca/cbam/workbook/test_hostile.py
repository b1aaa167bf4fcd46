"""Our workbook as nobody should hand it in: what takes long is bounded, and damage is answered with findings."""

import io
from contextlib import suppress
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from lca.cbam import workbook
from lca.cbam.workbook.findings import MAX_SUGGESTIONS
from lca.cbam.workbook.layout import sheets
from tests.work import within
from tests.workbookmaking import damaged, packed

FORM = {"装置": "<sheetData/>"}
VALUES = st.one_of(
    st.floats(),
    st.integers(-(10**20), 10**20),
    st.text(max_size=40),
    st.sampled_from(
        ["=1+1", "#REF!", "１２３", "1,234.5", "1.234,5", "12%", "03/04/2026", "a\u202eb", "'", "-0", "1e400"]
    ),
)


def cell(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def table(key: str, rows: list[dict[str, str]], last: str = "") -> str:
    columns = list(sheets()[key].by_key)
    heads = "".join(
        cell(f"{get_column_letter(at)}1", one.zh) for at, one in enumerate(sheets()[key].columns, 1)
    )
    lines = "".join(
        f'<row r="{number}">'
        + "".join(
            cell(f"{get_column_letter(columns.index(name) + 1)}{number}", text) for name, text in row.items()
        )
        + "</row>"
        for number, row in enumerate(rows, 2)
    )
    return f'<sheetData><row r="1">{heads}</row>{lines}{last}</sheetData>'


IDS = [f"record-{number:05d}" for number in range(400)]
SLOW = {
    "unknown names": {
        "streams": table("streams", [{"id": one} for one in IDS]),
        "shares": table("shares", [{"record": one.replace("record", "recard")} for one in IDS]),
    },
    "unknown words": {
        "streams": table("streams", [{"id": one, "material": f"some natural stuff {one}"} for one in IDS]),
        "precursors": table("precursors", [{"id": one, "country": f"republic of {one}"} for one in IDS]),
    },
    "rows that are not there": {
        key: table(key, [], '<row r="20000"><c r="A20000"><v>1</v></c></row>')
        for key in sheets()
        if key != "installation"
    },
}


MOST = {"unknown names": 8_000_000, "unknown words": 3_000_000, "rows that are not there": 6_000_000}
"""Functions entered: about twice what it takes now, a fraction of what it once took."""


@pytest.mark.parametrize("name", SLOW)
def test_what_once_took_minutes_is_bounded(name: str) -> None:
    data = packed(FORM | {sheets()[key].zh: xml for key, xml in SLOW[name].items()})
    reading = within(MOST[name], lambda: workbook.read(data, "slow.xlsx"))
    assert reading.monitoring is None and len(reading.findings) < 1_500


def test_suggestions_stop_after_some() -> None:
    reading = workbook.read(
        packed(FORM | {sheets()[key].zh: xml for key, xml in SLOW["unknown names"].items()}), "a.xlsx"
    )
    assert [one.code for one in reading.findings].count("cbam-book-reference-near") == MAX_SUGGESTIONS
    assert "cbam-book-reference" in {one.code for one in reading.findings}


def test_more_cells_than_are_read_are_refused_before_they_are() -> None:
    row = "".join(f'<row r="{number}">{"<c/>" * 20}</row>' for number in range(1, 20_001))
    reading = workbook.read(packed({"装置": f"<sheetData>{row}</sheetData>"}, compressed=False), "a.xlsx")
    assert {one.code for one in reading.findings} == {"file-unsafe-xml"}


@cache
def _plain() -> bytes:
    return workbook.template("en")


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=0, max_value=10**6))
def test_damaged_parts_are_answered_with_findings(seed: int) -> None:
    reading = workbook.read(damaged(_plain(), seed), "damaged.xlsx")
    assert all(one.message(language) for one in reading.findings for language in ("zh", "en"))


@pytest.fixture(scope="module")
def small() -> openpyxl.Workbook:
    """The example's tables without formats: a tenth of the time to save and read."""
    source = openpyxl.load_workbook(io.BytesIO(workbook.example("en")), read_only=True)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for page in source.worksheets:
        copy = book.create_sheet(page.title)
        for row in page.iter_rows(values_only=True):
            copy.append(row)
    return book


@settings(max_examples=30, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), VALUES), min_size=1, max_size=6)
)
def test_any_value_in_any_cell_is_read_or_told(
    small: openpyxl.Workbook, edits: list[tuple[int, int, Any]]
) -> None:
    before = []
    try:
        for row, column, value in edits:
            page = small.worksheets[(row + column) % len(small.worksheets)]
            cell = page.cell(row % page.max_row + 1, column % page.max_column + 1)
            before.append((cell, cell.value))
            with suppress(openpyxl.utils.exceptions.IllegalCharacterError, ValueError):
                cell.value = value
        target = io.BytesIO()
        try:
            small.save(target)
        except UnicodeEncodeError:
            return
    finally:
        for cell, value in reversed(before):
            cell.value = value
    reading = workbook.read(target.getvalue(), "edited.xlsx")
    assert (reading.monitoring is None) == any(one.severity == "error" for one in reading.findings)
