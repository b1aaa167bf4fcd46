"""Workbooks as people really make them in WPS and Excel: what is read, what is left out, what is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lca.bom.reader import Reading
from lca.findings import Finding, Severity
from lca.inventory import Inventory

Read = Callable[[Callable[[Any], None]], Reading]
PRODUCT, PROCESSES, INVENTORY, TRANSPORT = (
    "产品 Product",
    "工序 Processes",
    "清单 Inventory",
    "运输 Transport",
)
# Inventory: A line, B process, C stage, D kind, E name, F amount, G unit, H loss; rows 4 to 25.
LAST = 25
CELLS = "ABCDEFGHIJKLMNOP"


def told(reading: Reading) -> list[str]:
    """Codes, an ERROR with an exclamation mark; every sentence must be complete."""
    for finding in reading.findings:
        for language in ("zh", "en"):
            assert "{" not in finding.message(language)
    return [finding.code + "!" * (finding.severity is Severity.ERROR) for finding in reading.findings]


def row(book: Any, sheet: str, number: int, **cells: object) -> None:
    for column, value in cells.items():
        book[sheet][f"{column}{number}"].value = value


def same_lines(reading: Reading, plain: Inventory) -> bool:
    """The same lines and outputs, wherever they stand."""
    assert reading.inventory is not None, told(reading)
    return [(line.number, line.gross_amount) for line in reading.inventory.lines] == [
        (line.number, line.gross_amount) for line in plain.lines
    ] and [output.amount for output in reading.inventory.outputs] == [o.amount for o in plain.outputs]


@pytest.fixture(scope="module")
def plain(read_edited: Read) -> Inventory:
    inventory = read_edited(lambda book: None).inventory
    assert inventory is not None
    return inventory


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"A": "合计", "F": 3_000_000}, "row-total"),
        ({"A": "合 计", "F": "=SUM(F4:F25)"}, "row-total"),
        ({"E": "总计：", "F": 3_000_000, "G": "kg"}, "row-total"),
        (
            {"A": "小计", "B": "P1", "C": "原材料", "D": "材料", "E": "金属小计", "F": 1_080_000, "G": "kg"},
            "row-total",
        ),
        ({"A": "X9", "B": "P1", "C": "原材料", "D": "材料", "E": "Total", "F": 9, "G": "kg"}, "row-total"),
        ({"A": "制表人：演示甲", "E": "审核人：演示乙"}, "row-note"),
        ({"A": "注：以上数据来自台账"}, "row-note"),
        ({"A": "备注"}, "row-note"),
        ({"A": "Note 1: from the ledger"}, "row-note"),
        ({"E": "填表日期：2026年1月"}, "row-note"),
    ],
)
def test_a_total_or_a_note_is_never_a_line(cells, code, read_edited: Read, plain: Inventory) -> None:
    reading = read_edited(lambda book: row(book, INVENTORY, LAST + 2, **cells))
    assert told(reading) == [code]
    assert reading.findings[0].place.row == LAST + 2
    assert same_lines(reading, plain)


def test_a_total_of_processes_is_no_process_and_its_merged_cells_do_no_harm(
    read_edited: Read, plain: Inventory
) -> None:
    def edit(book: Any) -> None:
        row(book, PROCESSES, 7, A="合计", C=3_322_000, D="kg")
        book[PROCESSES].merge_cells("A7:B7")

    reading = read_edited(edit)
    assert told(reading) == ["row-total"]
    assert same_lines(reading, plain)


def test_a_subtotal_in_the_middle_is_left_out_and_reading_goes_on(read_edited: Read, plain) -> None:
    def edit(book: Any) -> None:
        book[INVENTORY].insert_rows(7)
        row(book, INVENTORY, 7, A="小计", F=1_080_000, G="kg")

    reading = read_edited(edit)
    assert told(reading) == ["row-total"]
    assert same_lines(reading, plain)


def test_a_line_below_the_grand_total_is_refused(read_edited: Read) -> None:
    def edit(book: Any) -> None:
        sheet = book[INVENTORY]
        for column in CELLS:
            sheet[f"{column}{LAST + 2}"].value = sheet[f"{column}4"].value
        row(book, INVENTORY, LAST + 2, A="M9")
        row(book, INVENTORY, LAST + 1, A="合计", F=3_000_000)

    reading = read_edited(edit)
    assert told(reading) == ["row-total", "row-below-total!"]
    assert dict(reading.findings[1].details) == {"total": str(LAST + 1)}


def test_a_note_that_states_an_amount_is_a_broken_line(read_edited: Read) -> None:
    reading = read_edited(lambda book: row(book, INVENTORY, LAST + 1, A="备注", F=12))
    assert set(told(reading)) == {"value-missing!"}


def test_titles_blank_rows_and_notes_beside_change_nothing(read_edited: Read, plain: Inventory) -> None:
    def edit(book: Any) -> None:
        sheet = book[INVENTORY]
        sheet["S5"].value = "请勿修改左侧表格"
        sheet.merge_cells("S5:U9")
        sheet.insert_rows(10, 2)
        for name in (PRODUCT, PROCESSES, INVENTORY, TRANSPORT):
            book[name].insert_rows(1, 3)
            book[name]["A1"].value = "2025年度产品碳足迹数据收集表"
            book[name].merge_cells("A1:D2")

    reading = read_edited(edit)
    assert set(told(reading)) <= {"column-unknown"}
    assert same_lines(reading, plain)


@pytest.mark.parametrize("sheet", [PRODUCT, PROCESSES, INVENTORY, TRANSPORT])
def test_an_empty_first_column_moves_nothing(sheet: str, read_edited: Read, plain: Inventory) -> None:
    reading = read_edited(lambda book: book[sheet].insert_cols(1))
    assert told(reading) == []
    assert same_lines(reading, plain)


def test_an_empty_field_of_a_moved_form_is_named_with_its_cell(read_edited: Read) -> None:
    def edit(book: Any) -> None:
        book[PRODUCT]["B6"].value = None
        book[PRODUCT].insert_cols(1)

    reading = read_edited(edit)
    assert [(f.code, f.place.cell) for f in reading.findings] == [("field-empty", "C6")]


def test_full_width_and_unseen_characters(read_edited: Read, plain: Inventory) -> None:
    def edit(book: Any) -> None:
        row(book, INVENTORY, 4, A="Ｍ１", B="Ｐ１ ", G="ｋｇ　", F="６３０，０００")
        row(book, INVENTORY, 5, B="\ufeffP1", G="kg\u200b", F="200 000")
        row(book, INVENTORY, 9, L="Ｐ１")
        row(book, TRANSPORT, 4, A="Ｍ１")
        row(book, INVENTORY, 3, E="　物料名称／Name ", F="净用量\n")
        row(book, PRODUCT, 16, B="Ｐ３")

    reading = read_edited(edit)
    assert told(reading) == ["number-as-text", "number-as-text"]
    assert same_lines(reading, plain)
    assert reading.inventory is not None
    assert reading.inventory.product_process == "P3"
    assert len(reading.inventory.lines[0].legs) == 2


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20250102", date(2025, 1, 2)),
        (20250102, date(2025, 1, 2)),
        ("2025-1-2 0:00", date(2025, 1, 2)),
        ("2025年1月2日", date(2025, 1, 2)),
        ("2025.1.2", date(2025, 1, 2)),
        ("２０２５/１/２", date(2025, 1, 2)),
        ("20251301", None),
        (20251301, None),
        ("2025年1月", None),
    ],
)
def test_days_as_people_write_them(written: object, expected: date | None, read_edited: Read) -> None:
    def edit(book: Any) -> None:
        book[PRODUCT]["B11"].number_format = "General"
        book[PRODUCT]["B11"].value = written

    reading = read_edited(edit)
    if expected is None:
        assert told(reading) == ["not-a-date!"]
    else:
        assert reading.inventory is not None
        assert reading.inventory.period_start == expected


@pytest.mark.parametrize(
    ("value", "style", "loss", "codes"),
    [
        (0.015, "General", "0.015", ["loss-small"]),
        ("0.015", "General", "0.015", ["number-as-text", "loss-small"]),
        (0.015, "0.0%", "1.5", []),
        ("0.5%", "General", "0.5", ["number-as-text"]),
        (1, "General", "1", []),
        (0, "General", "0", []),
    ],
)
def test_a_loss_that_looks_like_a_fraction_is_told(value, style, loss, codes, read_edited: Read) -> None:
    def edit(book: Any) -> None:
        book[INVENTORY]["H4"].value = value
        book[INVENTORY]["H4"].number_format = style

    reading = read_edited(edit)
    assert told(reading) == codes
    assert reading.inventory is not None
    assert reading.inventory.lines[0].loss_percent == Decimal(loss)


def test_a_renamed_transport_sheet_is_no_inventory_without_transport(read_edited: Read) -> None:
    def edit(book: Any) -> None:
        book[TRANSPORT].title = "物流明细"

    reading = read_edited(edit)
    assert told(reading) == ["sheet-missing-near!"]
    assert dict(reading.findings[0].details)["near"] == "物流明细"


def test_no_transport_sheet_at_all_is_told(read_edited: Read) -> None:
    reading = read_edited(lambda book: book.remove(book[TRANSPORT]))
    assert told(reading) == ["transport-missing"]
    assert reading.inventory is not None


def test_a_second_inventory_that_is_not_read_is_told(read_edited: Read, plain: Inventory) -> None:
    def edit(book: Any) -> None:
        book.copy_worksheet(book[INVENTORY]).title = "清单（二厂）"

    reading = read_edited(edit)
    assert told(reading) == ["sheet-unread"]
    assert reading.findings[0] == Finding.warning("sheet-unread", reading.findings[0].place, like=INVENTORY)
    assert reading.findings[0].place.sheet == "清单（二厂）"
    assert same_lines(reading, plain)
