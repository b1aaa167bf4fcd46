"""Newer tables as nobody should hand them in: refused as a whole, with the place, and in little time and memory."""

from __future__ import annotations

import tracemalloc
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from commissionmaking import cell_of, default_rows, default_workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from databases.cbam import editions
from databases.cbam.forms import CHECKS
from databases.cbam.uploads import MAX_ROWS, number, sheets
from databases.notices import SourceRefused
from tests.work import within
from tests.workbookmaking import damaged, packed

ROWS = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{cell}{row}"><v>1</v></c></row>'
SHEET = f"<sheetData>{ROWS}</sheetData>"


@cache
def base() -> bytes:
    return default_workbook(("CN", "other"))


@cache
def first_code() -> str:
    return next(row["cn"] for row in default_rows(["CN"]) if row["total"] != "-")


@pytest.mark.parametrize(
    ("data", "filename", "code"),
    [
        (b"\n" * 16_000_000, "a.csv", "cbam-tables-too-many"),
        (b"," * 16_000_000, "a.csv", "cbam-tables-too-many"),
        ("国家,值\n".encode("gbk"), "a.csv", "cbam-tables-not-text"),
        (b'a,"b\n', "a.csv", "cbam-tables-not-text"),
        (packed({"A": SHEET.format(row=MAX_ROWS + 9, cell="A")}), "a.xlsx", "cbam-tables-too-many"),
        (packed({"A": SHEET.format(row=2, cell="AO")}), "a.xlsx", "cbam-tables-too-many"),
        (packed({"A": SHEET.format(row=2, cell="DA")}), "a.xlsx", "cbam-tables-too-many"),
        (
            packed({f"A{n}": SHEET.format(row=MAX_ROWS, cell="A") for n in range(150)}),
            "a.xlsx",
            "cbam-tables-too-many",
        ),
        (b"%PDF-1.7", "a.xlsx", "workbook-not-workbook"),
    ],
)
def test_files_that_are_refused_soon(data: bytes, filename: str, code: str) -> None:
    with pytest.raises(SourceRefused) as refused:
        within(1_000_000, lambda: sheets(data, filename))
    assert code in {one.code for one in refused.value.notices}
    assert all(one.message(language) for one in refused.value.notices for language in ("zh", "en"))


def test_a_file_of_line_breaks_takes_little_memory() -> None:
    """It once took more than a gigabyte."""
    tracemalloc.start()
    with pytest.raises(SourceRefused):
        sheets(b"\n" * 4_000_000, "a.csv")
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "cell", ["1_0", "NaN", "inf", "1e-999999", "1.234,5", "12%", "2.5 t", "", "x" * 32_767]
)
def test_texts_that_are_no_number_of_a_table(cell: str) -> None:
    value = number(cell)
    assert value is None or value == 0
    assert not CHECKS["defaults"]["indirect"][0](cell) or not cell


@pytest.mark.parametrize("cell", ["１２", "1_0", "1e-999999", "-0", "1e2", "+1", " 1"])
def test_a_form_takes_plain_digits_only(cell: str) -> None:
    """Such texts once stood in an installed table as they were typed."""
    assert not CHECKS["defaults"]["total"][0](cell)


VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20),
    st.booleans(),
    st.just(date(2026, 1, 1)),
    st.sampled_from(["=1+1", "#REF!", "１２", "1,5", "see below", "–", "n/a", "a\u202eb"]),
)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from("ABCDE"), VALUES)
def test_any_value_in_a_country_is_read_or_refused_with_its_cell(column: str, value: Any) -> None:
    def change(book: Any) -> None:
        cell_of(book["China"], first_code(), column).value = value

    told: tuple[Any, ...] = ()
    try:
        assert (
            editions.recognise(default_workbook(("CN", "other"), change), "a.xlsx").kind == "default-workbook"
        )
    except SourceRefused as refused:
        told = refused.notices
    assert all(one.where and one.message("zh") and one.message("en") for one in told)


@settings(max_examples=15, deadline=None)
@given(st.integers(min_value=0, max_value=10**6))
def test_damaged_workbooks_install_nothing_or_all(tmp_path_factory: Any, seed: int) -> None:
    root: Path = tmp_path_factory.mktemp("tables")
    when = {"published": date(2026, 8, 6), "valid_from": date(2026, 1, 1)}
    try:
        editions.import_workbook(root, damaged(base(), seed), "a.xlsx", **when)
    except SourceRefused:
        assert list(root.iterdir()) == []
    else:
        assert len(editions.editions(root)) == 1
