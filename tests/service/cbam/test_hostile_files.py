"""Files as nobody should hand them in, through the use cases: a refusal or findings, and nothing stored."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.cbam import workbook
from service.usecases import refusals
from service.usecases.cbam import installations, shipments, suppliers
from service.usecases.cbam.installations import HandIn
from service.usecases.cbam.recognition import WORKBOOK, kind_of
from service.usecases.cbam.suppliers import ReadReturn
from tests.work import within
from tests.workbookmaking import damaged, packed

HEAD = "importer;cn;net_mass_kg;imported_on;note\n"
ROW = "A;73181595;24000.5;2026-03-01;\n"


def imported(world, text, name="x.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    done = shipments.import_file(world["exporter"], name, data, world.services)
    assert (done.count == 0) == bool(done.findings)
    if not done.count:
        assert shipments.list_(world["exporter"], world.services) == ()
    assert all(one.message("zh") and one.message("en") for one in done.findings)
    return done


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + "A;73181595;24.000;2026-03-01;\n", "cbam-shipment-row-mass"),
        (HEAD + "A;73181595;1.234,5;2026-03-01;\n", "cbam-shipment-row-mass"),
        (HEAD + "A;73181595;1_000;2026-03-01;\n", "cbam-shipment-row-mass"),
        (HEAD + "A;73181595;１２３;2026-03-01;\n", "cbam-shipment-row-mass"),
        (HEAD + "A;73181595;1e308;2026-03-01;\n", "cbam-shipment-row-mass"),
        (HEAD + "A;73181595;12%;2026-03-01;\n", "cbam-shipment-row-mass"),
        (HEAD + "A;73181595;1;03/04/2026;\n", "cbam-shipment-row-date"),
        (HEAD + "A;73181595;1;2026-W10-1;\n", "cbam-shipment-row-date"),
        (HEAD + "A;73181595;1;2026-03-01xyz;\n", "cbam-shipment-row-date"),
        (HEAD + "A;73181595;1;46082;\n", "cbam-shipment-row-date"),
        (HEAD + "A;7318;1;2026-03-01;\n", "cbam-shipment-row-cn"),
        (HEAD + ";73181595;1;2026-03-01;\n", "cbam-shipment-row-importer"),
        (HEAD + "A\x00;73181595;1;2026-03-01;\n", "cbam-shipment-row-text"),
        (HEAD + f"{'A' * 501};73181595;1;2026-03-01;\n", "cbam-shipment-row-text"),
        (HEAD + "A; Ltd;73181595;1;2026-03-01;late\n", "cbam-shipment-file-wide"),
        (HEAD + ROW + 'B;73181595;1;2026-03-01;"late\n' + ROW, "cbam-shipment-file-quotes"),
        ("date;" + HEAD + ROW, "cbam-shipment-file-twice"),
        ("a;b\n1;2\n", "cbam-shipment-file-columns"),
        (HEAD + HEAD, "cbam-shipment-row-cn"),
        ("进口商,CN编码,净重kg,进口日期\n".encode("gbk"), "cbam-shipment-file-text"),
        (HEAD.encode("utf-16"), "cbam-shipment-file-text"),
        (b"%PDF-1.7", "cbam-shipment-file-columns"),
        (b"PK\x03\x04", "file-not-workbook"),
        (workbook.example("zh"), "cbam-shipment-file-columns"),
        (packed({"A": "<sheetData/>"}, parts={"../evil.xml": "<a/>"}), "file-unsafe-name"),
    ],
)
def test_what_is_doubtful_is_told_and_nothing_is_taken(screws, text, code):
    assert code in {one.code for one in imported(screws, text).findings}


def test_every_problem_of_every_row_is_told_up_to_a_number(screws):
    done = imported(screws, HEAD + "A;x;y;z;\n")
    assert {one.code.removeprefix("cbam-shipment-row-") for one in done.findings} == {"cn", "mass", "date"}
    assert [one.place.cell for one in done.findings] == ["D2", "C2", "B2"]
    many = imported(screws, HEAD + "A;x;y;z;\n" * 5_000)
    assert len(many.findings) == 201 and many.findings[-1].code == "cbam-shipment-more"


def test_a_million_rows_are_refused_soon(screws):
    done = within(2_000_000, lambda: imported(screws, HEAD + "A;73181595;1;2026-03-01;\n" * 600_000))
    assert [one.code for one in done.findings] == ["cbam-shipment-file-rows"]


def test_tabs_line_breaks_in_headers_and_days_year_first(screws):
    text = 'Importer\t"CN\ncode"\tNet mass (kg)\tDate\nA\t73181595\t24000.50\t2026/3/1\nB\t76042990\t7\t2026年3月2日\n'
    assert imported(screws, text.replace('"CN\ncode"', '"CN  code"')).count == 2


def test_a_number_cell_of_three_decimals_is_a_number(screws):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["importer", "cn", "net_mass_kg", "imported_on"])
    book.active.append(["A", 73181595, 24.125, "2026-03-01"])
    book.active.append(["A", 73181595, 0.1 + 0.2, "2026-03-01"])
    target = io.BytesIO()
    book.save(target)
    assert imported(screws, target.getvalue()).count == 2
    listed = shipments.list_(screws["exporter"], screws.services)
    assert {str(one.net_mass_kg) for one in listed} == {"24.125", "0.3"}
    book.active.append(["A", 73181595, "24.125", "2026-03-01"])
    target = io.BytesIO()
    book.save(target)
    done = shipments.import_file(screws["exporter"], "x", target.getvalue(), screws.services)
    assert [(one.code, one.place.cell) for one in done.findings] == [("cbam-shipment-row-mass", "C4")]


def broken(method):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook>" + bytes(range(32, 127)) * 20 + b"</workbook>")
    data = bytearray(target.getvalue())
    data[50:80] = bytes(byte ^ 0x5A for byte in data[50:80])
    return bytes(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_list_of_sheets_is_no_failure_of_ours(screws, method):
    data = broken(method)
    assert kind_of(data) == WORKBOOK
    kept = installations.hand_in(screws["exporter"], HandIn("x.xlsx", data), screws.services)
    assert not kept.stored and kept.findings
    assert (
        suppliers.read_return(screws["exporter"], ReadReturn("x.xlsx", data), screws.services).products == ()
    )


def test_refused_workbooks_leave_nothing_behind(screws):
    before = installations.list_(screws["exporter"], screws.services)
    for seed in range(12):
        kept = installations.hand_in(
            screws["exporter"], HandIn("x.xlsx", damaged(workbook.template("zh"), seed)), screws.services
        )
        assert not kept.stored
    with pytest.raises(refusals.InvalidInput):
        installations.hand_in(screws["exporter"], HandIn("x.xlsx", b"x" * 16_000_001), screws.services)
    assert installations.list_(screws["exporter"], screws.services) == before


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_have_a_kind(data):
    assert kind_of(data) == WORKBOOK
    assert kind_of(b"PK\x03\x04" + data) == WORKBOOK
