"""The reader with workbooks as people hand them in: other orders, other words, mistakes, and files that are none."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from lca.cbam import workbook
from lca.cbam.monitoring import Monitoring, Share
from lca.cbam.workbook import Reading
from lca.cbam.workbook.layout import MAX_ROWS, sheets
from lca.cbam.workbook.writer import HEADER_ROW
from lca.findings import Finding, Severity

HEAD = HEADER_ROW + 1
FIRST = HEADER_ROW + 2
Edit = Callable[[Any], None]


@pytest.fixture(scope="module")
def shipped() -> dict[str, bytes]:
    return {language: workbook.example(language) for language in ("zh", "en")}


@pytest.fixture(scope="module")
def plain(shipped: dict[str, bytes]) -> bytes:
    """The Chinese example without formats and lists, which load slowly."""
    source = openpyxl.load_workbook(io.BytesIO(shipped["zh"]))
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in source:
        copy = book.create_sheet(page.title)
        for row in page.iter_rows():
            for cell in row:
                if cell.value is not None:
                    copy.cell(cell.row, cell.column, cell.value).number_format = cell.number_format
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def read_edited(plain: bytes) -> Callable[[Edit], Reading]:
    def read(edit: Edit) -> Reading:
        book = openpyxl.load_workbook(io.BytesIO(plain))
        edit(book)
        stream = io.BytesIO()
        book.save(stream)
        return workbook.read(stream.getvalue(), "edited.xlsx")

    return read


def column(book: Any, sheet: str, key: str) -> Any:
    """The first data cell of a column."""
    number = list(sheets()[sheet].by_key).index(key) + 1
    page = book[sheets()[sheet].zh if sheets()[sheet].zh in book.sheetnames else sheets()[sheet].en]
    return page.cell(row=FIRST, column=number)


def put(sheet: str, key: str, value: Any, down: int = 0, number_format: str = "") -> Edit:
    def edit(book: Any) -> None:
        cell = column(book, sheet, key)
        cell = cell.parent.cell(row=cell.row + down, column=cell.column)
        cell.value = value
        if number_format:
            cell.number_format = number_format

    return edit


def one(reading: Reading, code: str) -> Finding:
    found = [finding for finding in reading.findings if finding.code == code]
    assert len(found) == 1, [finding.code for finding in reading.findings]
    assert found[0].message("zh") and found[0].message("en")
    return found[0]


TOLERATED: list[tuple[str, str, Any, str, Any]] = [
    ("streams", "evidence", "D1、D2", "", ("D1", "D2")),
    ("streams", "evidence", "d1；Ｄ２", "", ("D1", "D2")),
    ("heat", "destination", "螺母", "", "P2"),
    ("heat", "destination", "ｐ2", "", "P2"),
    ("heat", "destination", "Non-CBAM", "", "non-cbam"),
    ("heat", "origin", "厂外", "", "outside"),
    ("units", "built", "2019", "", 2019),
    ("streams", "activity", "1,234.5", "", 1234.5),
    ("streams", "biomass_fraction", 0.45, "0.0%", 0.45),
    ("precursors", "values.report.issued", 46421, "0", date(2027, 2, 3)),
    ("streams", "oxidation_factor", "/", "", 1.0),
]


@pytest.mark.parametrize(("sheet", "key", "value", "form", "meant"), TOLERATED)
def test_what_can_mean_one_thing_only_is_taken(
    read_edited: Any, sheet: str, key: str, value: Any, form: str, meant: Any
) -> None:
    reading = read_edited(put(sheet, key, value, number_format=form))
    assert reading.monitoring is not None, [finding.message("en") for finding in reading.findings]
    got: Any = getattr(reading.monitoring, sheet)[0]
    for name in key.split("."):
        got = getattr(got, name)
    assert got == meant


REFUSED: list[tuple[str, str, Any, str]] = [
    ("streams", "activity", "=1+1", "formula-cell"),
    ("streams", "activity", None, "value-missing"),
    ("streams", "name", None, "value-missing"),
    ("streams", "activity_unit", None, "value-missing"),
    ("precursors", "country", "Atlantis", "cbam-book-country"),
    ("precursors", "values.report.issued", "soon", "not-a-date"),
    ("precursors", "values.report.issued", None, "value-missing"),
    ("precursors", "values.see_direct", None, "value-missing"),
    ("units", "id", "P1", "cbam-book-id-twice"),
    ("goods", "process", "P9", "cbam-book-reference-near"),
    ("precursor_uses", "precursor", "xyz", "cbam-book-reference"),
    ("shares", "record", None, "value-missing"),
]


@pytest.mark.parametrize(("sheet", "key", "value", "code"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_its_cell(
    read_edited: Any, sheet: str, key: str, value: Any, code: str
) -> None:
    reading = read_edited(put(sheet, key, value))
    assert reading.monitoring is None
    finding = one(reading, code)
    assert finding.severity is Severity.ERROR
    assert finding.place.sheet == sheets()[sheet].zh
    assert finding.place.row == FIRST
    assert finding.place.cell or code == "value-missing"


def test_a_life_cycle_factor_stops_the_reading(read_edited: Any) -> None:
    reading = read_edited(put("electricity", "factor.source", "ecoinvent 3.10"))
    assert reading.monitoring is None
    assert "4.24" in one(reading, "cbam-book-factor-lca").message("en")


def test_an_unknown_source_lists_the_known_ones(read_edited: Any) -> None:
    finding = one(read_edited(put("electricity", "factor.source", "朋友告诉的")), "choice-unknown")
    assert "; National inventory;" in finding.message("en") and "国家清单; " in finding.message("zh")


def test_everything_wrong_is_told_at_once(read_edited: Any) -> None:
    edits = [
        put("streams", "activity", "a lot"),
        put("goods", "produced_t", "=SUM(1)"),
        put("precursors", "country", "Atlantis", 1),
        put("evidence", "document", None, 2),
    ]
    reading = read_edited(lambda book: [edit(book) for edit in edits])
    assert {finding.code for finding in reading.findings} == {
        "not-a-number",
        "formula-cell",
        "cbam-book-country",
        "value-missing",
    }
    assert reading.monitoring is None


def test_a_name_that_is_not_found_is_told_and_kept(read_edited: Any) -> None:
    reading = read_edited(put("heat", "destination", "P7"))
    finding = one(reading, "cbam-book-reference-near")
    assert finding.severity is Severity.WARNING and finding.place.cell
    assert reading.monitoring is not None and reading.monitoring.heat[0].destination == "P7"


def test_a_small_percentage_is_told(read_edited: Any) -> None:
    reading = read_edited(put("streams", "biomass_fraction", 0.45))
    assert "45" in one(reading, "cbam-book-percent-small").message("en")
    assert reading.monitoring is not None and reading.monitoring.streams[0].biomass_fraction == 0.0045


def test_columns_in_any_order_and_language_and_further_ones(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        page = book["源流"]
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=HEAD, max_row=FIRST + 2)]
        page.delete_rows(1, page.max_row)
        columns = sheets()["streams"].columns
        for at, row in enumerate(rows):
            for number, value in enumerate(row):
                shown = columns[number].header("en") if at == 0 and number % 2 else value
                page.cell(row=at + 1, column=len(row) + 1 - number).value = shown
            page.cell(row=at + 1, column=len(row) + 3).value = "班组" if at == 0 else "甲班"

    reading = read_edited(edit)
    assert reading.monitoring == workbook.fasteners()
    finding = one(reading, "cbam-book-column-unknown")
    assert finding.severity is Severity.NOTE and "班组" in finding.message("zh")


def test_another_unit_in_the_header_is_refused(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        cell = column(book, "electricity_uses", "amount_mwh")
        cell.parent.cell(row=HEAD, column=cell.column).value = "用电量（kWh）"

    reading = read_edited(edit)
    assert reading.monitoring is None
    message = one(reading, "cbam-book-unit").message("zh")
    assert "MWh" in message and "kWh" in message


@pytest.mark.parametrize(
    "header", ["用电量", "用电量（MWh）", "用电量(兆瓦时)", "Amount (MWh)", "amount_mwh"]
)
def test_headers_with_our_unit_or_none_are_taken(read_edited: Any, header: str) -> None:
    def edit(book: Any) -> None:
        cell = column(book, "electricity_uses", "amount_mwh")
        cell.parent.cell(row=HEAD, column=cell.column).value = header

    assert read_edited(edit).monitoring == workbook.fasteners()


def test_a_needed_column_that_is_renamed_is_suggested(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        cell = column(book, "goods", "produced_t")
        cell.parent.cell(row=HEAD, column=cell.column).value = "产量（报告期）合计"

    reading = read_edited(edit)
    assert reading.monitoring is None
    assert {"column-missing-near", "column-missing"} & {finding.code for finding in reading.findings}


def test_sheets_that_are_missing_or_unknown_are_told(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        del book["碳价"]
        book["连续监测"].title = "连续监测表"
        book.create_sheet("食堂用水")["A1"] = 1

    reading = read_edited(edit)
    assert reading.monitoring == workbook.fasteners()
    assert [finding.severity for finding in reading.findings].count(Severity.ERROR) == 0
    assert one(reading, "cbam-book-sheet-near").place.sheet == "连续监测表"
    assert one(reading, "cbam-book-sheet-unknown").place.sheet == "食堂用水"
    missing = [finding for finding in reading.findings if finding.code == "cbam-book-sheet-missing"]
    assert len(missing) == 2


def test_without_the_installation_there_is_nothing(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        del book["装置"]

    reading = read_edited(edit)
    assert reading.monitoring is None
    assert one(reading, "sheet-missing").severity is Severity.ERROR


def test_two_sheets_of_one_sort_are_refused(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        book.copy_worksheet(book["源流"]).title = "Source streams"

    assert one(read_edited(edit), "sheet-twice").severity is Severity.ERROR


def test_totals_and_notes_below_a_table_are_left_out(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        page = book["用电"]
        page.append(["合计", 3820])
        page.append(["注：按分表"])

    reading = read_edited(edit)
    assert reading.monitoring == workbook.fasteners()
    assert {finding.code for finding in reading.findings} == {"row-total", "row-note"}


def test_a_sink_beside_shares_is_refused(read_edited: Any) -> None:
    finding = one(read_edited(put("streams", "sink", "P1")), "cbam-book-sink-and-shares")
    assert finding.place.cell == "D5"


def test_the_form_tells_fields_that_are_empty_twice_or_unknown(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        page = book["装置"]
        page["B7"] = None
        page["A40"], page["B40"] = "国家", "CN"
        page["A41"], page["B41"] = "厂长", "王"

    reading = read_edited(edit)
    assert reading.monitoring is None
    assert one(reading, "value-missing").place.cell == "B7"
    assert one(reading, "cbam-book-field-twice").place.cell == "A40"
    assert one(reading, "cbam-book-field-unknown").severity is Severity.NOTE


def test_merged_cells_are_refused_and_hidden_ones_told(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        book["产品"].merge_cells(start_row=FIRST, start_column=2, end_row=FIRST + 1, end_column=2)
        book["源流"].row_dimensions[FIRST].hidden = True
        book["热"].sheet_state = "hidden"

    reading = read_edited(edit)
    codes = {finding.code for finding in reading.findings}
    assert {"merged-cells", "rows-hidden", "sheet-hidden"} <= codes
    assert reading.monitoring is None


def test_too_many_rows_are_refused(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        page = book["证据"]
        for number in range(MAX_ROWS + 1):
            page.append([f"X{number}", "d"])

    reading = read_edited(edit)
    assert one(reading, "cbam-book-too-many-rows").place.sheet == "证据"
    assert reading.monitoring is None


def test_many_mistakes_of_one_sort_are_counted(read_edited: Any) -> None:
    def edit(book: Any) -> None:
        page = book["证据"]
        for number in range(300):
            page.append([f"X{number}"])

    assert len(read_edited(edit).findings) == 201


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"hello", "cbam-book-not-workbook"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "file-old-format"),
        (b"PK\x03\x04" + b"\0" * 100, "cbam-book-not-workbook"),
    ],
)
def test_other_files_are_refused_whole(data: bytes, code: str) -> None:
    reading = workbook.read(data, "x.xlsx")
    assert reading.monitoring is None and reading.sheets == ()
    assert [finding.code for finding in reading.findings] == [code]


def test_hostile_archives_are_refused(shipped: dict[str, bytes]) -> None:
    def with_entry(name: str, content: bytes) -> Reading:
        stream = io.BytesIO(shipped["zh"])
        with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return workbook.read(stream.getvalue(), "x.xlsx")

    assert [finding.code for finding in with_entry("xl/bomb.xml", b" " * 50_000_000).findings] == [
        "file-bomb"
    ]
    assert "file-macros" in {finding.code for finding in with_entry("xl/vbaProject.bin", b"x").findings}
    assert "file-external" in {
        finding.code for finding in with_entry("xl/externalLinks/a.xml", b"<a/>").findings
    }
    assert "file-unsafe-xml" in {
        finding.code
        for finding in with_entry("xl/a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>').findings
    }


def test_ours_is_recognised(shipped: dict[str, bytes]) -> None:
    assert workbook.is_ours(shipped["zh"], "a.xlsx") and workbook.is_ours(shipped["en"], "a.xlsx")
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    assert not workbook.is_ours(stream.getvalue(), "a.xlsx")
    assert not workbook.is_ours(b"", "a.xlsx")


def test_findings_about_records_find_their_rows(shipped: dict[str, bytes]) -> None:
    from lca.findings import Place

    reading = workbook.read(shipped["zh"], "a.xlsx")
    told = Finding.error("value-missing", Place(line="F2"), header="x")
    placed = workbook.located([told], reading)[0]
    assert placed.place == Place("源流", FIRST + 1, "", "F2")
    assert workbook.located([placed], reading) == (placed,)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_has_no_formula_and_can_be_filled_in(language: str) -> None:
    data = workbook.template(language)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert not any(cell.data_type == "f" for page in book for row in page.iter_rows() for cell in row)
    assert len(book.sheetnames) == len(sheets()) + 2
    lists = [rule for page in book for rule in page.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) > 60
    codes = {finding.code for finding in workbook.read(data, "t.xlsx").findings}
    assert codes == {"value-missing"}  # period, names, country, operator


def large() -> Monitoring:
    """200 source streams and 60 goods."""
    data = workbook.fasteners()
    share = (Share(sink="P1", fraction=1.0),)
    streams = tuple(replace(data.streams[0], id=f"S{number}", shares=share) for number in range(200))
    good = data.processes[0].goods[0]
    goods = tuple(replace(good, id=f"Q{number}") for number in range(60))
    return replace(
        data, streams=streams, processes=(replace(data.processes[0], goods=goods), data.processes[1])
    )


def test_a_large_installation_is_written_and_read() -> None:
    data = large()
    assert workbook.read(workbook.write(data, "zh"), "large.xlsx").monitoring == data


def test_changes_are_told_in_words() -> None:
    before = workbook.fasteners()
    streams = (replace(before.streams[0], activity=580.0), *before.streams[2:])
    after = replace(before, streams=streams, verifier="TÜV", precursors=before.precursors[:1])
    told = workbook.changes(before, after)
    assert [(one.kind, one.sheet, one.record, one.field) for one in told] == [
        ("changed", "installation", "", "verifier"),
        ("removed", "streams", "F2", ""),
        ("changed", "streams", "F1", "activity"),
        ("removed", "shares", "F2 → P1", ""),
        ("removed", "shares", "F2 → P2", ""),
        ("removed", "precursors", "R2", ""),
        ("removed", "precursor_uses", "R2 → P1", ""),
        ("removed", "precursor_uses", "R2 → P2", ""),
    ]
    assert told[2].sentence("zh") == "源流 F1：活动数据 由 560 改为 580"
    assert told[2].sentence("en") == "Source streams F1: Activity from 560 to 580"
    assert told[0].sentence("en") == "Installation: Verifier from — to TÜV"
