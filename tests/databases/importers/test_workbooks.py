"""Cells of workbooks as readers get them, text files, and which reader a table is for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import test_brightway
import test_desnz
import test_epa
import test_workbook
from hypothesis import given, settings
from hypothesis import strategies as st
from tablemaking import FILES, SHARED, outcome, repacked, workbook

from databases.importers import recognise, texts, workbooks
from databases.importers.shape import Extract
from databases.importers.sources import SourceFiles, open_source
from databases.notices import SourceRefused


def test_values_and_places_of_cells() -> None:
    made = workbook({"a": [["x", 1, 0.1], [], ["", True, "  y "]], "b": [["=1+1", "#REF!"]]})
    first, second = workbooks.sheets(made, "x.xlsx", formulas=True)
    assert first.rows == [(1, ("x", 1, 0.1)), (3, (None, True, "y"))]
    assert second.unsaved == {"A1"}
    (_, values), *_ = second.rows
    assert values[0] is None and values[1] == "#REF!" and isinstance(values[1], workbooks.ErrorValue)


def test_a_formula_counts_by_its_saved_value() -> None:
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    book.add_worksheet("a").write_formula(0, 0, "=1+1", None, 2)
    book.close()
    (sheet,) = workbooks.sheets(target.getvalue(), "x.xlsx", formulas=True)
    assert sheet.rows == [(1, (2,))] and not sheet.unsaved


def test_cells_far_away_are_not_read_and_declared_sizes_not_believed() -> None:
    made = workbook({"a": [["x", 1]]})
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    far = b'<row r="9"><c r="XFD9"><v>5</v></c></row></sheetData>'
    changed = sheet.replace(b"</sheetData>", far).replace(b'ref="A1:B1"', b'ref="A1:XFD1048576"')
    assert changed.count(b"XFD") == 2
    padded = repacked(made, {"xl/worksheets/sheet1.xml": changed})
    (found,) = workbooks.sheets(padded, "x.xlsx")
    assert found.rows == [(1, ("x", 1))]
    assert workbooks.is_padded(padded) and not workbooks.is_padded(made)


def read_cells(files: SourceFiles, work: Path) -> Extract:
    """A reader that only looks at the cells."""
    workbooks.sheets(files.read(files.names[0]), files.names[0], formulas=True)
    return Extract("cells", "tanbiao")


def test_parts_that_are_no_spreadsheet_are_refused(tmp_path: Path) -> None:
    broken = repacked(workbook({"a": [["x"]]}), {"xl/worksheets/sheet1.xml": b"<a><b/></a>"})
    (sheet,) = workbooks.sheets(broken, "x.xlsx")
    assert not sheet.rows, "a sheet of something else has no cells"
    broken = repacked(
        workbook({"a": [["x"]]}),
        {"xl/styles.xml": b"<styleSheet><cellXfs><xf numFmtId='y'/></cellXfs></styleSheet>"},
    )
    assert outcome(read_cells, broken, tmp_path, "x.xlsx") == "workbook-unreadable"


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [(1, 0, "A1"), (3, 25, "Z3"), (3, 26, "AA3"), (9, 701, "ZZ9"), (9, 702, "AAA9")],
)
def test_addresses(row: int, column: int, found: str) -> None:
    assert workbooks.address(row, column) == found


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1.5", ".", 1.5), (" -1E-3 ", ".", -0.001), ("1,5", ",", 1.5), ("1,5", ".", None), ("1.5", ",", None),
        ("1 000", ".", None), ("1e999", ".", None), ("nan", ".", None), ("", ".", None), (".5", ".", 0.5),
    ],
)  # fmt: skip
def test_numbers_of_text_files(text: str, mark: str, value: float | None) -> None:
    assert texts.number(text, mark) == value


def test_exact_is_what_the_cell_shows() -> None:
    assert str(texts.exact(0.1)) == "0.1"
    assert str(texts.exact("2.50")) == "2.50"
    for wrong in (True, None, "x", float("nan"), float("inf"), "1e400", b"1"):
        assert texts.exact(wrong) is None


def test_a_text_with_nul_bytes_is_refused() -> None:
    with pytest.raises(SourceRefused):
        texts.decode(b"a\0b", "x.csv")
    assert texts.decode("ä".encode("utf-16"), "x.csv") == ("ä", "utf-16")
    with pytest.raises(SourceRefused):
        texts.decode(b"\xff\xfea", "x.csv")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 6000), st.binary(min_size=1, max_size=8))
def test_any_damage_to_a_workbook_gives_cells_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, at: int, damage: bytes
) -> None:
    made = workbook({"a": [["x", 1], ["y", "=2"]]})
    broken = made[:at] + damage + made[at + len(damage) :]
    found = outcome(read_cells, broken, tmp_path_factory.mktemp("fuzz"), "x.xlsx")
    assert found == "extract" or found.startswith(("workbook-", "source-"))


SOURCES: list[tuple[str, Callable[[], Any]]] = [
    ("simapro", lambda: (FILES / "simapro" / "bricks.csv").read_bytes()),
    ("brightway", lambda: workbook({"steel": test_brightway.ROWS})),
    ("workbook", lambda: test_workbook.filled([], [])),
    ("desnz", test_desnz.book),
    ("desnz", test_desnz.text),
    ("epa", test_epa.hub),
    ("epa", lambda: test_epa.chain(test_epa.chain_row())),
]


@pytest.mark.parametrize(("word", "made"), SOURCES)
def test_exactly_one_reader_says_yes(word: str, made: Callable[[], Any], tmp_path: Path) -> None:
    data = made()
    path = tmp_path / ("x.xlsx" if data.startswith(b"PK") else "x.csv")
    path.write_bytes(data)
    with open_source(path) as files:
        assert recognise.reader(files).__name__.endswith(f".{word}")  # type: ignore[attr-defined]


@pytest.mark.skipif(not SHARED.is_dir(), reason="reference data folder is not beside this checkout")
@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("desnz", "desnz/desnz_2025_flat.csv"),
        ("desnz", "desnz/ghg-conversion-factors-2025-flat-file.xlsx"),
        ("epa", "usepa/ghg-emission-factors-hub-2024.xlsx"),
        ("epa", "usepa/SupplyChainGHGEmissionFactors_v1.3_NAICS_CO2e_USD2022.csv"),
    ],
)
def test_real_documents_are_recognised(word: str, path: str) -> None:
    with open_source(SHARED / path) as files:
        assert recognise.reader(files).__name__.endswith(f".{word}")  # type: ignore[attr-defined]


def test_a_million_rows_that_are_left_out_are_passed_over() -> None:
    made = workbook({"a": [["x"]]})
    sheet = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml")
    far = b'<row r="1048576"><c r="B1048576"><v>1</v></c></row></sheetData>'
    data = repacked(made, {"xl/worksheets/sheet1.xml": sheet.replace(b"</sheetData>", far)})
    (found,) = workbooks.sheets(data, "x.xlsx", formulas=True)
    assert found.rows == [(1, ("x",)), (1_048_576, (None, 1))]
