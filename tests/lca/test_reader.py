"""The reader: each way a well-meant workbook can be wrong, all problems at once, each with its cell."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lca.bom.columns import MAX_ROWS
from lca.bom.reader import Reading, read_workbook
from lca.findings import Severity

Read = Callable[[Callable[[Any], None]], Reading]
PRODUCT, PROCESSES, INVENTORY, TRANSPORT = (
    "产品 Product",
    "工序 Processes",
    "清单 Inventory",
    "运输 Transport",
)


def said(reading: Reading, severity: Severity = Severity.ERROR) -> set[tuple[str, str, str]]:
    """(code, sheet without English, cell or row) of every finding of a severity."""
    return {
        (finding.code, finding.place.sheet.split()[0] if finding.place.sheet else "", finding.place.cell)
        for finding in reading.findings
        if finding.severity is severity
    }


def put(sheet: str, **cells: object) -> Callable[[Any], None]:
    """An edit: these cells of a sheet get these values."""

    def edit(book: Any) -> None:
        for cell, value in cells.items():
            book[sheet][cell].value = value

    return edit


# Inventory: A line, B process, C stage, D kind, E name, F amount, G unit, H loss, K source, L giver, O share.
# Rows 4 to 8 are M1, M2, M3, E1, F1; row 9 is the intermediate I1. Form: values in column B from row 4.
ONE_FAULT = [
    ("text in a number cell", put(INVENTORY, F4="约六百吨"), ("not-a-number", "清单", "F4")),
    ("number with its unit", put(INVENTORY, F4="630 t"), ("not-a-number", "清单", "F4")),
    ("decimal comma", put(INVENTORY, F4="1,5"), ("not-a-number", "清单", "F4")),
    ("true instead of a number", put(INVENTORY, F4=True), ("not-a-number", "清单", "F4")),
    ("negative mass", put(INVENTORY, F5=-200000), ("negative-amount", "清单", "F5")),
    ("negative mass as text", put(INVENTORY, F5="-5"), ("negative-amount", "清单", "F5")),
    ("unknown unit", put(INVENTORY, G4="磅"), ("unknown-unit", "清单", "G4")),
    ("kWh where kg is meant", put(INVENTORY, G4="kWh"), ("unit-not-of-kind", "清单", "G4")),
    ("kg where kWh is meant", put(INVENTORY, G7="kg"), ("unit-not-of-kind", "清单", "G7")),
    ("a formula", put(INVENTORY, F4="=600000+30000"), ("formula-cell", "清单", "F4")),
    ("a formula in a text", put(INVENTORY, E4='="铝"&"锭"'), ("formula-cell", "清单", "E4")),
    ("an error value", put(INVENTORY, F4="#N/A"), ("error-cell", "清单", "F4")),
    ("no amount", put(INVENTORY, F4=None), ("value-missing", "清单", "")),
    ("no name", put(INVENTORY, E4="   "), ("value-missing", "清单", "")),
    ("huge number", put(INVENTORY, F4=1e300), ("number-out-of-range", "清单", "F4")),
    ("tiny number", put(INVENTORY, F4="1e-300"), ("number-out-of-range", "清单", "F4")),
    ("unknown stage", put(INVENTORY, C4="原料获取阶段"), ("choice-unknown-near", "清单", "C4")),
    ("unknown kind", put(INVENTORY, D4="???"), ("choice-unknown", "清单", "D4")),
    ("duplicate line", put(INVENTORY, A5="M1"), ("line-twice", "清单", "A5")),
    ("slash in a line number", put(INVENTORY, A8="F/1"), ("line-number-slash", "清单", "A8")),
    ("unknown process", put(INVENTORY, B4="P7"), ("process-unknown", "清单", "B4")),
    ("intermediate of an unknown process", put(INVENTORY, L9="P7"), ("process-unknown", "清单", "L9")),
    ("intermediate without a giver", put(INVENTORY, L9=None), ("intermediate-source-missing", "清单", "")),
    ("intermediate in another sort of unit", put(INVENTORY, G9="m3"), ("intermediate-unit", "清单", "G9")),
    ("giver on a material", put(INVENTORY, L4="P1"), ("source-not-expected", "清单", "L4")),
    ("electricity without source", put(INVENTORY, K7=None), ("electricity-source-missing", "清单", "")),
    ("share above hundred", put(INVENTORY, O4=120), ("share-over-hundred", "清单", "O4")),
    ("leg of an unknown line", put(TRANSPORT, A4="M99"), ("leg-line-unknown", "运输", "A4")),
    ("leg number twice", put(TRANSPORT, B5=1), ("leg-twice", "运输", "B5")),
    ("leg number not whole", put(TRANSPORT, B4=1.5), ("leg-number-wrong", "运输", "B4")),
    ("negative distance", put(TRANSPORT, D4=-1), ("negative-amount", "运输", "D4")),
    ("process twice", put(PROCESSES, A5="P1"), ("process-twice", "工序", "A5")),
    ("no output", put(PROCESSES, C4=0), ("output-zero", "工序", "C4")),
    ("period ends first", put(PRODUCT, B12=date(2024, 1, 1)), ("period-reversed", "产品", "B12")),
    ("no date", put(PRODUCT, B11="去年"), ("not-a-date", "产品", "B11")),
    ("no such day", put(PRODUCT, B11="2025-02-30"), ("not-a-date", "产品", "B11")),
    ("unknown place", put(PRODUCT, B14="某地"), ("place-unknown", "产品", "B14")),
    ("unknown product process", put(PRODUCT, B16="P9"), ("product-process-unknown", "产品", "B16")),
    ("declared in another sort of unit", put(PRODUCT, B9="m3"), ("declared-unit-not-output", "产品", "B9")),
    ("mass that disagrees", put(PRODUCT, B10=2), ("mass-disagrees", "产品", "B10")),
    ("a GTIN with a wrong check digit", put(PRODUCT, B18="6901234567893"), ("gtin-invalid", "产品", "B18")),
    ("a GTIN of 11 digits", put(PRODUCT, B18=12345678905), ("gtin-invalid", "产品", "B18")),
    ("empty field", put(PRODUCT, B6=None), ("field-empty", "产品", "B6")),
    ("missing field", put(PRODUCT, A6=None, B6=None), ("field-missing", "产品", "")),
    ("zero declared amount", put(PRODUCT, B8=0), ("value-zero", "产品", "B8")),
    ("missing column", put(INVENTORY, F3=None), ("column-missing", "清单", "")),
    ("column under another name", put(INVENTORY, E3="物料的名称"), ("column-missing-near", "清单", "E3")),
    ("column twice", put(INVENTORY, I3="物料名称"), ("column-twice", "清单", "I3")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "expected"), [row[1:] for row in ONE_FAULT], ids=[row[0] for row in ONE_FAULT]
)
def test_one_fault_is_found_at_its_cell(edit: Any, expected: tuple[str, str, str], read_edited: Read) -> None:
    reading = read_edited(edit)
    assert expected in said(reading)
    assert reading.inventory is None
    for finding in reading.findings:
        assert finding.message("zh")
        assert finding.message("en")


TEN_FAULTS = {
    ("not-a-number", "清单", "F4"): (INVENTORY, "F4", "很多"),
    ("negative-amount", "清单", "F5"): (INVENTORY, "F5", -1),
    ("unknown-unit", "清单", "G6"): (INVENTORY, "G6", "磅"),
    ("unit-not-of-kind", "清单", "G7"): (INVENTORY, "G7", "kg"),
    ("formula-cell", "清单", "F8"): (INVENTORY, "F8", "=1+1"),
    ("process-unknown", "清单", "L9"): (INVENTORY, "L9", "P8"),
    ("choice-unknown", "清单", "C10"): (INVENTORY, "C10", "???"),
    ("leg-line-unknown", "运输", "A4"): (TRANSPORT, "A4", "X1"),
    ("process-twice", "工序", "A6"): (PROCESSES, "A6", "P2"),
    ("not-a-date", "产品", "B11"): (PRODUCT, "B11", "上个月"),
}


def test_ten_faults_are_told_together(read_edited: Read) -> None:
    def edit(book: Any) -> None:
        for sheet, cell, value in TEN_FAULTS.values():
            book[sheet][cell].value = value

    assert set(TEN_FAULTS) <= said(read_edited(edit))


def test_wrong_sheet_is_recognised_by_its_headers(read_edited: Read) -> None:
    def edit(book: Any) -> None:
        book[INVENTORY].title = "Sheet1"

    reading = read_edited(edit)
    assert ("sheet-missing-near", "Sheet1", "") in said(reading)
    assert "Sheet1" in reading.findings[0].message("en")


def test_missing_sheet(read_edited: Read) -> None:
    assert ("sheet-missing", "", "") in said(read_edited(lambda book: book.remove(book[PROCESSES])))


def test_no_transport_sheet_is_fine(read_edited: Read) -> None:
    reading = read_edited(lambda book: book.remove(book[TRANSPORT]))
    assert reading.inventory is not None
    assert all(line.legs == () for line in reading.inventory.lines)


@pytest.mark.parametrize(("area", "cell"), [("E3:F3", "E3"), ("E6:E7", "E6")], ids=["headers", "data"])
def test_merged_cells_are_refused(area: str, cell: str, read_edited: Read) -> None:
    assert ("merged-cells", "清单", cell) in said(read_edited(lambda book: book[INVENTORY].merge_cells(area)))


def test_merged_title_above_the_header_is_harmless(read_edited: Read) -> None:
    assert read_edited(lambda book: book[INVENTORY].merge_cells("A1:D1")).inventory is not None


def test_empty_sheet_and_no_lines(read_edited: Read) -> None:
    assert ("no-lines", "清单", "") in said(read_edited(lambda book: book[INVENTORY].delete_rows(4, 100)))
    assert ("sheet-empty", "清单", "") in said(read_edited(lambda book: book[INVENTORY].delete_rows(1, 100)))


@pytest.mark.parametrize(
    ("written", "read"),
    [("1,234.5", "1234.5"), ("1234.50", "1234.5"), ("１２３４", "1234"), (" 12 ", "12"), ("1e3", "1000")],
)
def test_numbers_kept_as_text_are_read_with_a_warning(written: str, read: str, read_edited: Read) -> None:
    reading = read_edited(put(INVENTORY, F4=written))
    assert ("number-as-text", "清单", "F4") in said(reading, Severity.WARNING)
    assert reading.inventory is not None
    assert reading.inventory.lines[0].amount == Decimal(read)


@pytest.mark.parametrize(("value", "style"), [(0.025, "0.0%"), ("2.5%", "@"), (2.5, "General")])
def test_percentages_in_three_spellings(value: object, style: str, read_edited: Read) -> None:
    def edit(book: Any) -> None:
        book[INVENTORY]["H4"].value, book[INVENTORY]["H4"].number_format = value, style

    reading = read_edited(edit)
    assert reading.inventory is not None
    assert reading.inventory.lines[0].loss_percent == Decimal("2.5")


def test_a_percentage_is_no_amount(read_edited: Read) -> None:
    def edit(book: Any) -> None:
        book[INVENTORY]["F4"].value, book[INVENTORY]["F4"].number_format = 0.5, "0%"

    assert ("percent-not-expected", "清单", "F4") in said(read_edited(edit))


@pytest.mark.parametrize(
    "value", ["2025-03-01", "2025/3/1", "2025.3.1", "2025年3月1日", date(2025, 3, 1), 45717], ids=str
)
def test_dates_in_many_spellings(value: object, read_edited: Read) -> None:
    def edit(book: Any) -> None:
        cell = book[PRODUCT]["B11"]
        cell.value = value
        cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else "General"

    reading = read_edited(edit)
    assert reading.inventory is not None
    assert reading.inventory.period_start == date(2025, 3, 1)
    assert ("date-as-number", "产品", "B11") in said(reading, Severity.WARNING) or not isinstance(value, int)


def test_exact_decimals_not_binary_fractions(read_edited: Read) -> None:
    reading = read_edited(put(INVENTORY, F4=0.1, F5=1234567.89, F6=3))
    assert reading.inventory is not None
    assert [line.amount for line in reading.inventory.lines[:3]] == [
        Decimal("0.1"),
        Decimal("1234567.89"),
        Decimal(3),
    ]


def test_headers_in_one_language_and_any_order(read_edited: Read) -> None:
    def edit(book: Any) -> None:
        sheet = book[INVENTORY]
        for cell in sheet[3]:
            zh, en = cell.value.split(" / ", 1)
            cell.value = zh if cell.column % 2 else en.upper()
        for row in range(3, sheet.max_row + 1):  # swap name and supplier
            sheet.cell(row, 5).value, sheet.cell(row, 9).value = (
                sheet.cell(row, 9).value,
                sheet.cell(row, 5).value,
            )
        sheet.title = "Inventory"

    reading = read_edited(edit)
    assert said(reading) == set()
    assert reading.inventory is not None
    assert reading.inventory.lines[0].name == "原铝锭"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("6901234567892", "06901234567892"),
        (6901234567892, "06901234567892"),
        ("６９０-１２３４５ ６７８９２", "06901234567892"),
        ("40170725", "00000040170725"),
        (None, ""),
    ],
)
def test_a_gtin_is_read_as_14_digits(read_edited: Read, written: object, read: str) -> None:
    reading = read_edited(put(PRODUCT, B18=written))
    assert said(reading) == set()
    assert reading.inventory is not None
    assert reading.inventory.gtin == read


def test_unknown_columns_and_fields_are_kept_and_told(read_edited: Read) -> None:
    def edit(book: Any) -> None:
        book[INVENTORY]["Q3"].value, book[INVENTORY]["Q4"].value = "采购员", "甲"
        book[PRODUCT]["A30"].value, book[PRODUCT]["B30"].value = "内部项目号", "X-1"

    reading = read_edited(edit)
    assert ("column-unknown", "清单", "") in said(reading, Severity.WARNING)
    assert ("field-unknown", "产品", "A30") in said(reading, Severity.WARNING)
    assert reading.inventory is not None
    assert dict(reading.inventory.extra) == {"内部项目号": "X-1", f"{INVENTORY}!Q4 采购员": "甲"}


def test_hidden_rows_columns_and_sheets_are_read_and_told(read_edited: Read) -> None:
    def edit(book: Any) -> None:
        book[INVENTORY].row_dimensions[5].hidden = True
        book[INVENTORY].column_dimensions["H"].hidden = True
        book[TRANSPORT].sheet_state = "hidden"

    reading = read_edited(edit)
    codes = {code for code, _, _ in said(reading, Severity.WARNING)}
    assert codes == {"rows-hidden", "columns-hidden", "sheet-hidden"}
    assert reading.inventory is not None
    assert "M2" in {line.number for line in reading.inventory.lines}


@pytest.mark.parametrize("cell", ["XFD4", "A300001"])
def test_cells_far_away_are_told_and_cost_nothing(cell: str, read_edited: Read) -> None:
    reading = read_edited(put(INVENTORY, **{cell: "x"}))
    assert ("cells-far-away", "清单", cell) in said(reading, Severity.WARNING)
    assert reading.inventory is not None


def test_units_as_people_write_them(read_edited: Read) -> None:
    reading = read_edited(put(INVENTORY, G4="公斤", G7="度", G8="立方米"))
    assert reading.inventory is not None
    units = {line.number: line.unit for line in reading.inventory.lines}
    assert (units["M1"], units["E1"], units["F1"]) == ("kg", "kWh", "m3")


def test_suggestions_name_the_nearest(read_edited: Read) -> None:
    reading = read_edited(put(INVENTORY, G4="kgg", C5="原材料获得"))
    texts = {finding.code: finding.message("zh") for finding in reading.findings}
    assert "kg" in texts["unknown-unit"]
    assert "“原材料获取”" in texts["choice-unknown-near"]


def test_a_period_that_is_no_year_is_a_warning(read_edited: Read) -> None:
    reading = read_edited(put(PRODUCT, B12=date(2025, 6, 30)))
    assert ("period-not-a-year", "产品", "B12") in said(reading, Severity.WARNING)
    assert reading.inventory is not None


def many(book: Any, count: int, amount: object) -> None:
    for index in range(count):
        row = [f"N{index}", "P1", "原材料获取", "原辅材料", "铝锭", amount, "kg"]
        for column, value in enumerate(row, 1):
            book[INVENTORY].cell(100 + index, column).value = value


def test_thousands_of_lines(read_edited: Read) -> None:
    reading = read_edited(lambda book: many(book, 2000, 1.5))
    assert reading.inventory is not None
    assert sum(line.amount for line in reading.inventory.lines if line.number.startswith("N")) == Decimal(
        3000
    )


def test_too_many_rows_and_too_many_findings(read_edited: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ROWS == 20_000
    monkeypatch.setattr("lca.bom.tables.MAX_ROWS", 300)
    reading = read_edited(lambda book: many(book, 320, "x"))
    codes = [finding.code for finding in reading.findings]
    assert "too-many-rows" in codes
    assert codes.count("not-a-number") == 200
    more = next(finding for finding in reading.findings if finding.code == "more-of-the-same")
    assert ("what", "not-a-number") in more.details


def test_the_empty_template_says_what_to_fill_in() -> None:
    import io

    from lca.bom.template import write_template

    stream = io.BytesIO()
    write_template(stream, "en")
    reading = read_workbook(stream.getvalue(), "empty.xlsx")
    assert {"field-empty", "no-processes", "no-lines"} == {finding.code for finding in reading.findings}
