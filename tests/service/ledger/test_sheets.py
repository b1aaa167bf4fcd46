"""Rows of files as texts; what is hostile is refused before it is parsed."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest

from service.usecases.ledger import sheets as module
from service.usecases.ledger.sheets import Unfit, sheets
from tests.certificates.ledger.registries.exports import as_xlsx


def rows(data, name="x"):
    return [list(row) for sheet in sheets(name, data) for row in sheet.rows]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("编码,数量\n甲,1\n", encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030")]
    + [("编码;数量\n甲;1\n", "utf-8"), ("编码\t数量\n甲\t1\n", "utf-8")],
)
def test_encodings_and_separators(text, encoding):
    assert rows(text.encode(encoding)) == [[1, ("编码", "数量")], [2, ("甲", "1")]]


def test_line_numbers_are_those_of_the_file():
    assert [number for number, _ in rows(b'a,b\n\n"x\ny",2\nlast,3\n')] == [1, 3, 5]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table-size"),
        ("São Paulo,é\n".encode("latin-1"), "table-text"),
        (b"a,\x00b\n", "table-text"),
        (b'a,"open\n1,2\n', "table-quotes"),
        (b",".join([b"x"] * 101), "table-wide"),
        (b"," * 10_001, "table-wide"),
        (b'"a\n",' * 10_001, "table-wide"),
        (b"\n" * 2_000_001, "table-rows"),
        (b"PK\x03\x04 no zip", "table-not-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file-old-format"),
    ],
)
def test_files_that_are_refused(data, code):
    with pytest.raises(Unfit) as caught:
        rows(data)
    assert [one.code for one in caught.value.problems] == [code]
    assert all(one.zh and one.en for one in caught.value.problems)


def test_no_more_rows_than_the_limit(monkeypatch):
    monkeypatch.setattr(module, "MOST_ROWS", 3)
    assert len(rows(b"a\n1\n2\n")) == 3
    with pytest.raises(Unfit):
        rows(b"a\n1\n2\n3\n")


def test_cells_of_a_workbook():
    moment = datetime(2025, 3, 5, 7, 30)  # noqa: DTZ001 - spreadsheets know no zones
    cells = [date(2025, 3, 5), moment, 3, 3.0, 531.125, True, "甲", None, "=1+1", 1.5e31]
    found = rows(as_xlsx(("表", [[None], cells])))
    assert found == [
        [2, ("2025-03-05", "2025-03-05", "3", "3", "531.125", "TRUE", "甲", "", "=1+1", "1.5e+31")]
    ]


def test_hidden_sheets_are_not_read():
    from openpyxl import load_workbook

    book = load_workbook(BytesIO(as_xlsx(("一", [["a"]]), ("二", [["b"]]))))
    book["二"].sheet_state = "hidden"
    out = BytesIO()
    book.save(out)
    assert [(one.name, one.hidden, list(one.rows)) for one in sheets("x.xlsx", out.getvalue())] == [
        ("一", False, [(1, ("a",))]),
        ("二", True, []),
    ]


def with_part(name, data):
    out = BytesIO(as_xlsx(("表", [["a"]])))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("xl/vbaProject.bin", b"x", "file-macros"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "file-external"),
        ("xl/embeddings/oleObject1.bin", b"x", "file-objects"),
        ("xl/media/bomb.bin", b"0" * 30_000_000, "file-bomb"),
        ("xl/more.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "file-unsafe-xml"),
    ],
)
def test_hostile_workbooks_are_refused(name, data, code):
    with pytest.raises(Unfit) as caught:
        rows(with_part(name, data))
    assert code in [one.code for one in caught.value.problems]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="@1" t="str"><v>x</v></c>',
        f'<c r="{"Z" * 100_000}1" t="str"><v>x</v></c>',
        '<c r="A1" t="s"><v>-1</v></c>',
        f'<c r="A1" t="s"><v>{"9" * 5000}</v></c>',
        '<c r="A1" t="b"><v>x</v></c>',
        '<c r="A1" s="x"><v>1</v></c>',
    ],
)
def test_cells_that_no_spreadsheet_writes_refuse_the_file(cell):
    name, out = "xl/worksheets/sheet1.xml", BytesIO()
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = f'<worksheet xmlns="{space}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    with zipfile.ZipFile(BytesIO(as_xlsx(("表", [["a"]])))) as made, zipfile.ZipFile(out, "w") as archive:
        for one in made.namelist():
            archive.writestr(one, part if one == name else made.read(one))
    with pytest.raises(Unfit) as caught:
        rows(out.getvalue())
    assert [one.code for one in caught.value.problems] == ["file-unreadable"]
