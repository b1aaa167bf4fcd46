"""The Commission's workbooks: what they hold is read exactly, what is wrong in them is told all at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from commissionmaking import (
    benchmark_workbook,
    cell_of,
    default_rows,
    default_workbook,
    saved,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from databases.cbam import rows
from databases.cbam.commission import Reader, country_of, default_header, read_defaults
from databases.cbam.editions import Reading, recognise
from databases.cbam.shelf import packaged
from databases.cbam.tables import open_tables
from databases.cbam.uploads import Cell, Problems, Sheet, number, plain, text
from databases.notices import SourceRefused


def told(data: bytes, name: str = "dv.xlsx") -> list[tuple[str, str]]:
    with pytest.raises(SourceRefused) as refused:
        recognise(data, name)
    return [(notice.code, notice.where) for notice in refused.value.notices]


def table(reading: Reading, name: str) -> set[tuple[str, ...]]:
    return {tuple(row.values()) for row in rows.read_dicts(name, dict(reading.tables)[name])}


def test_default_values_are_read_exactly() -> None:
    reading = recognise(default_workbook(), "dv.xlsx")
    assert reading.kind == "default-workbook"
    assert table(reading, "defaults") == {tuple(row.values()) for row in default_rows(("CN", "MM", "other"))}
    assert [notice.code for notice in reading.notices] == [
        "cbam-tables-sheet-skipped",
        "cbam-tables-countries-gone",
    ]
    assert "US" in reading.notices[1].message("en") and "其他国家" in reading.notices[1].message("zh")


def test_benchmarks_are_read_exactly() -> None:
    reading = recognise(benchmark_workbook(), "bm.xlsx")
    packed = rows.read_dicts("benchmarks", packaged()["benchmarks"].text)
    assert (reading.kind, reading.notices) == ("benchmark-workbook", ())
    assert table(reading, "benchmarks") == {tuple(row.values()) for row in packed}


HEAD: tuple[tuple[Cell, ...], ...] = (
    ("Default values: China",),
    ("Product CN Code", "Description", "Default value", None, None, "2026 incl. mark-up", "Production route"),
    (None, None, "direct", "indirect", "total emissions", "total"),
)
STEEL: tuple[Cell, ...] = ("7208", "Flat", 3.186892655, "N/A", 3.186892655, 3.5055819200000003, "(C)")
CLINKER: tuple[Cell, ...] = ("2523 10 00", "Grey clinker", 1.35, 0.04, 1.39, 1.529, "(A)")
BEGINS = {good.cn[:size] for good in open_tables().goods() for size in (4, 6, 8)}


def read_rows(*cells: tuple[Cell, ...]) -> Reader:
    """What is read from a sheet of China with these rows."""
    sheet = Sheet("China", [*HEAD, *cells])
    header = default_header(sheet)
    assert header is not None
    reader = Reader(BEGINS.__contains__, Problems())
    read_defaults(sheet, header, reader)
    return reader


def with_cell(row: tuple[Cell, ...], column: str, cell: Cell) -> tuple[Cell, ...]:
    at = "ABCDEFG".index(column)
    return (*row[:at], cell, *row[at + 1 :])


ODD: list[tuple[str, Cell, tuple[str, ...]]] = [  # a cell, and what is read: total, direct, indirect, routes
    ("E", 3.1868926550000003, ("3.186892655", "=", "", "C")),
    ("E", "3,187", ("3.187", "3.186892655", "", "C")),
    ("G", "(F)/(C)", ("3.186892655", "=", "", "C F")),
    ("G", "C/F", ("3.186892655", "=", "", "C F")),
    ("G", "N/A", ("3.186892655", "=", "", "")),
    ("G", None, ("3.186892655", "=", "", "")),
    ("D", "N.A.", ("3.186892655", "=", "", "C")),
    ("D", "N/(A", ("3.186892655", "=", "", "C")),
    ("D", 0.5, ("3.186892655", "3.186892655", "0.5", "C")),
    ("C", "–", ("3.186892655", "", "", "C")),
    ("E", "−", ("-", "", "", "C")),
    ("E", "_", ("-", "", "", "C")),
    ("E", "N/A", ("-", "", "", "C")),
    ("E", "#VALUE!", ("3.186892655", "=", "", "C")),
    ("F", "#VALUE!", ("3.186892655", "=", "", "C")),
    ("A", " 7208\u00a0", ("3.186892655", "=", "", "C")),
    ("A", 7208.0, ("3.186892655", "=", "", "C")),
]


@pytest.mark.parametrize(("column", "cell", "wanted"), ODD)
def test_odd_cells(column: str, cell: Cell, wanted: tuple[str, ...]) -> None:
    reader = read_rows(with_cell(STEEL, column, cell))
    assert {key: tuple(row[3:]) for key, (row, _) in reader.rows.items()} == {("CN", "7208", ""): wanted}
    assert all(notice.code == "cbam-tables-error-summed" for notice in reader.problems.found)


HEADINGS: list[tuple[Cell, ...]] = [
    ("Iron and steel",),
    ("7207", "Semi-finished", "see below", "see below", "See below", "see below", "see below"),
    ("7208", "Flat", None, None, None, None, None),
    (None, "note", None, None, None),
    (),
]


@pytest.mark.parametrize("cells", HEADINGS)
def test_headings_are_no_values(cells: tuple[Cell, ...]) -> None:
    reader = read_rows(cells, CLINKER)
    assert list(reader.rows) == [("CN", "25231000", "grey")] and reader.problems.found == []


WRONG: list[tuple[tuple[Cell, ...], str]] = [
    (with_cell(STEEL, "E", "about three"), "cbam-tables-number"),
    (with_cell(STEEL, "E", -3.2), "cbam-tables-number"),
    (with_cell(STEEL, "E", 3187), "cbam-tables-number"),
    (with_cell(STEEL, "E", True), "cbam-tables-number"),
    (with_cell(STEEL, "D", "see note"), "cbam-tables-number"),
    (with_cell(STEEL, "A", "7208 1"), "cbam-tables-cn-unreadable"),
    (with_cell(STEEL, "A", "steel"), "cbam-tables-cn-unreadable"),
    (with_cell(STEEL, "A", None), "cbam-tables-cn-unreadable"),
    (with_cell(STEEL, "E", 3.2), "cbam-tables-duplicate"),
    (with_cell(CLINKER, "B", "Clinker"), "cbam-tables-variant"),
]


@pytest.mark.parametrize(("cells", "code"), WRONG)
def test_what_cannot_be_read_is_told_with_its_cell(cells: tuple[Cell, ...], code: str) -> None:
    (notice,) = read_rows(STEEL, cells).problems.found
    assert (notice.code, notice.where[:7], notice.where[-1]) == (code, "China!" + notice.where[6], "5")
    assert notice.severity.value == "error" and notice.message("zh") != notice.message("en")


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(7)), st.integers(0, 3))
def test_columns_may_stand_in_any_order(order: list[int], empty_rows: int) -> None:
    def turned(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(row[at] if at < len(row) else None for at in order)

    sheet = Sheet("China", [(), *[()] * empty_rows, *map(turned, (*HEAD[1:], STEEL, CLINKER))])
    header = default_header(sheet)
    assert header is not None
    reader = Reader(BEGINS.__contains__, Problems())
    read_defaults(sheet, header, reader)
    expected = read_rows(STEEL, CLINKER)
    assert {k: row for k, (row, _) in reader.rows.items()} == {
        k: row for k, (row, _) in expected.rows.items()
    }


def test_a_table_of_totals_alone_is_read() -> None:
    """Only the total counts; the act of July 2026 calls its parts information."""
    sheet = Sheet("China", [("CN code", "Goods", "Total", "Route"), ("7208", "Flat", 3.2, "(C)")])
    header = default_header(sheet)
    assert header is not None
    reader = Reader(BEGINS.__contains__, Problems())
    read_defaults(sheet, header, reader)
    assert [row for row, _ in reader.rows.values()] == [["CN", "7208", "", "3.2", "", "", "C"]]


@settings(max_examples=60, deadline=None)
@given(st.decimals(0, 200, places=9))
def test_numbers_survive_a_spreadsheet(value: Decimal) -> None:
    assert number(float(value)) == value == number(plain(value)) == number(text(float(value)))


def test_the_same_row_twice_is_one() -> None:
    assert read_rows(STEEL, STEEL).problems.found == []


def set_cell(sheet: str, cn: str, column: str, value: object) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        cell_of(book[sheet], cn, column).value = value

    return change


def test_a_formula_error_without_parts_is_no_value_and_told() -> None:
    def spoil(book: Workbook) -> None:
        for column, value in (("C", "#VALUE!"), ("E", "#VALUE!")):
            cell_of(book["China"], "7221", column).value = value

    reading = recognise(default_workbook(("CN", "other"), spoil), "dv.xlsx")
    assert {row[3:] for row in table(reading, "defaults") if row[:2] == ("CN", "7221")} == {("-", "", "", "")}
    (notice,) = (item for item in reading.notices if item.code == "cbam-tables-error-dash")
    assert notice.where.startswith("China!E")


def test_a_sum_in_place_of_a_formula_error_is_told() -> None:
    data = default_workbook(("CN", "other"), set_cell("China", "28141000", "E", "#REF!"))
    reading = recognise(data, "dv.xlsx")
    assert ("CN", "28141000", "", "4.36", "4.17", "0.19", "") in table(reading, "defaults")
    (notice,) = (item for item in reading.notices if item.code == "cbam-tables-error-summed")
    assert "4.36" in notice.message("zh")


def test_taric_codes_of_cement_tell_white_from_grey() -> None:
    """Implementing Regulation (EU) 2026/1740 is said to re-key five lines of cement to ten digits."""

    def rekey(book: Workbook) -> None:
        for sheet in ("China", "Other Countries and Territories"):
            for row in book[sheet].iter_rows(min_row=5):
                code = str(row[0].value).replace(" ", "")
                if code in ("25231000", "25239000"):
                    row[
                        0
                    ].value = (
                        f"{code[:4]} {code[4:6]} {code[6:8]} {'10' if 'White' in row[1].value else '90'}"
                    )
                    row[1].value = "Clinker or cement"
                if code == "25070080":
                    row[0].value = 2507008080

    reading = recognise(default_workbook(("CN", "other"), rekey), "dv.xlsx")
    assert table(reading, "defaults") == {tuple(row.values()) for row in default_rows(("CN", "other"))}


def test_all_problems_come_at_once() -> None:
    def spoil(book: Workbook) -> None:
        cell_of(book["China"], "7208", "E").value = "?"
        cell_of(book["China"], "7209", "E").value = "x"
        book["Myanmar_Burma"].title = "Atlantis"

    assert [code for code, _ in told(default_workbook(("CN", "MM"), spoil))] == [
        "cbam-tables-number",
        "cbam-tables-number",
        "cbam-tables-country",
    ]


def test_values_of_other_countries_must_be_there_and_complete() -> None:
    assert told(default_workbook(("CN",))) == [("cbam-tables-no-others", "dv.xlsx")]
    holes = default_workbook(("other",), set_cell("Other Countries and Territories", "7208", "E", "–"))
    assert [code for code, _ in told(holes)] == ["cbam-tables-uncovered-default"]


def drop_rows(book: Workbook) -> None:
    page = book.active
    page.delete_rows(60, 5)


def spoil_cell(value: object) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book.active["C4"] = value

    return change


BAD_BENCHMARKS: list[tuple[Callable[[Workbook], None], set[str]]] = [
    (drop_rows, {"cbam-tables-uncovered-benchmark"}),
    (spoil_cell("n/k 1"), {"cbam-tables-number"}),
    (spoil_cell(-0.5), {"cbam-tables-number"}),
    (spoil_cell("0.5 (Z)"), {"cbam-tables-number"}),
]


@pytest.mark.parametrize(("change", "codes"), BAD_BENCHMARKS)
def test_bad_benchmarks(change: Callable[[Workbook], None], codes: set[str]) -> None:
    assert {code for code, _ in told(benchmark_workbook(change), "bm.xlsx")} == codes


def test_a_benchmark_code_that_is_none() -> None:
    def change(book: Workbook) -> None:
        book.active["A6"] = "731"

    assert told(benchmark_workbook(change), "bm.xlsx") == [
        ("cbam-tables-cn-unreadable", "CBAM benchmarks!A6")
    ]


@pytest.mark.parametrize("cn", ["7615 10 10", "7208 00 00 00", "3102 10 10"])
def test_a_code_that_is_not_in_scope_is_kept_and_told_once(cn: str) -> None:
    """The published workbook has rows of heading 7615, which is not in Annex I."""
    reader = read_rows(STEEL, with_cell(STEEL, "A", cn), with_cell(STEEL, "A", cn))
    assert set(reader.rows) == {("CN", "7208", ""), ("CN", cn.replace(" ", "")[:8], "")}
    (notice,) = reader.problems.found
    assert (notice.code, notice.severity.value) == ("cbam-tables-cn-not-in-scope", "warning")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("China", "CN"),
        ("Myanmar_Burma", "MM"),
        ("Myanmar Burma", "MM"),
        ("Democratic Republic of the Cong", "CD"),
        ("Congo", "CG"),
        ("Other Countries and Territories", "other"),
        ("Other Countries and Territorie", "other"),
        ("Hong Kong", "HK"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Côte d'Ivoire", "CI"),
        ("United Kingdom", "GB"),
        ("Bosnia and Herzegovina", "BA"),
        ("KR", "KR"),
        ("Overview", ""),
        ("Other", ""),
        ("Europe", ""),
        ("", ""),
    ],
)
def test_sheets_are_named_after_countries(name: str, code: str) -> None:
    assert country_of(name) == code


def other_workbook(**cells: Any) -> bytes:
    book = Workbook()
    for cell, value in cells.items():
        book.active[cell] = value
    return saved(book)


REFUSED_FILES = [
    (b"", "dv.xlsx", "workbook-empty"),
    (b"PK", "dv.xlsx", "workbook-not-workbook"),
    (b"<html></html>", "dv.xlsx", "workbook-not-workbook"),
    (b"\xff\xfe\x00", "dv.csv", "cbam-tables-not-text"),
    (b'a,b\n"c', "dv.csv", "cbam-tables-not-text"),
    (b"a,b\n1,2\n", "dv.csv", "cbam-tables-unrecognised"),
    (b"a\n" * 20_001, "dv.csv", "cbam-tables-too-many"),
    (other_workbook(A1="CN code", B1="price"), "dv.xlsx", "cbam-tables-unrecognised"),
    (other_workbook(), "dv.xlsx", "cbam-tables-unrecognised"),
]


@pytest.mark.parametrize(("data", "name", "code"), REFUSED_FILES)
def test_files_that_are_none_of_these(data: bytes, name: str, code: str) -> None:
    assert told(data, name)[0][0] == code


def test_codes_and_totals_on_a_sheet_of_no_country_are_something_else() -> None:
    """As in the communication template, whose summary lists CN codes, routes and totals."""
    book = Workbook()
    page = book.active
    page.title = "Summary_Products"
    page.append(["CN code", "Total", "Route"])
    page.append(["7208", 3.2, "C"])
    assert told(saved(book))[0][0] == "cbam-tables-unrecognised"


def test_a_workbook_with_macros_is_not_parsed() -> None:
    stream = io.BytesIO(default_workbook(("other",)))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert told(stream.getvalue()) == [("workbook-macros", "dv.xlsx")]


def test_two_kinds_in_one_file_are_refused() -> None:
    def add(book: Workbook) -> None:
        page = book.create_sheet("Benchmarks")
        page.append(["CN code", "Column A", "Column B"])

    assert told(default_workbook(("other",), add))[0][0] == "cbam-tables-several"
