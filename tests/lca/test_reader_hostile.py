"""Hostile and broken files: whatever the bytes, the answer is findings, and nothing large is unpacked."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databases import workbooks as safety
from lca.bom.reader import read_workbook
from lca.findings import has_errors

INVENTORY_PART = "xl/worksheets/sheet4.xml"


def repacked(data: bytes, change: dict[str, Callable[[bytes], bytes] | bytes]) -> bytes:
    """The workbook with parts changed (a function) or added (bytes)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            how = change.get(name)
            new.writestr(name, how(old.read(name)) if callable(how) else old.read(name))
        for name, how in change.items():
            if not callable(how):
                new.writestr(name, how)
    return stream.getvalue()


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(part: bytes) -> bytes:
        assert old in part
        return part.replace(old, new, 1)

    return change


def zeros(size: int) -> bytes:
    return b"\0" * size


def codes(data: bytes, filename: str = "坏.xlsx") -> set[str]:
    reading = read_workbook(data, filename)
    assert reading.inventory is None
    assert has_errors(reading.findings)
    assert len(reading.sha256) == 64
    assert all(finding.message("zh") and finding.message("en") for finding in reading.findings)
    return {finding.code for finding in reading.findings}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"name,amount\n1,2\n", "file-not-workbook"),
        (b"%PDF-1.7", "file-not-workbook"),
        (b"PK\x03\x04 and nothing", "file-not-workbook"),
        (safety.OLE_MAGIC + b"\0" * 600, "file-old-format"),
        (safety.OLE_MAGIC + b"\0" * 600 + safety.ENCRYPTED_MARK, "file-encrypted"),
        (b"PK" + b"\0" * safety.MAX_FILE, "file-too-large"),
    ],
    ids=["empty", "csv", "pdf", "stub", "xls", "encrypted", "large"],
)
def test_what_is_no_workbook(data: bytes, code: str) -> None:
    assert codes(data) == {code}


def test_a_zip_of_something_else() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert codes(stream.getvalue()) == {"file-not-workbook"}


def test_a_200_mb_zip_bomb_is_not_unpacked(demo_workbook: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, "<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(200):
                part.write(zeros(1_000_000))
    tracemalloc.start()
    try:
        assert codes(stream.getvalue()) == {"file-bomb"}
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_bomb_that_lies_about_its_size(demo_workbook: bytes) -> None:
    """Declared sizes are patched to be small in the directory and in the local header."""
    bomb = repacked(demo_workbook, {"xl/media/picture.xml": b"<a>" + b" " * 30_000_000 + b"</a>"})
    lie = (30_000_007).to_bytes(4, "little")
    assert bomb.count(lie) == 2
    assert codes(bomb.replace(lie, (7).to_bytes(4, "little"))) <= {
        "file-damaged",
        "file-unsafe-xml",
        "file-bomb",
    }


def test_many_entries_are_refused(demo_workbook: bytes) -> None:
    extra = {f"xl/media/{number}.bin": b"x" for number in range(safety.MAX_ENTRIES)}
    assert codes(repacked(demo_workbook, extra)) == {"file-damaged"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_twice_is_refused(demo_workbook: bytes) -> None:
    assert codes(repacked(demo_workbook, {"XL/workbook.xml": b"<x/>"})) == {"file-damaged"}


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "file-macros"),
        ("xl/macrosheets/sheet1.xml", "file-macros"),
        ("xl/externalLinks/externalLink1.xml", "file-external"),
        ("xl/connections.xml", "file-external"),
        ("xl/embeddings/oleObject1.bin", "file-objects"),
        ("xl/activeX/activeX1.xml", "file-objects"),
        ("../evil.xml", "file-unsafe-name"),
        ("/etc/evil.xml", "file-unsafe-name"),
        ("C:/evil.xml", "file-unsafe-name"),
    ],
)
def test_parts_that_do_not_belong(part: str, code: str, demo_workbook: bytes) -> None:
    assert codes(repacked(demo_workbook, {part: b"<x/>"})) == {code}


def test_a_macro_workbook_by_its_content_type(demo_workbook: bytes) -> None:
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    data = repacked(demo_workbook, {"[Content_Types].xml": swap(main, macro)})
    assert codes(data, "innocent.xlsx") == {"file-macros"}


DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", INVENTORY_PART, "[Content_Types].xml"])
@pytest.mark.parametrize("doctype", [DOCTYPE, OUTSIDE], ids=["entities", "outside"])
def test_dtd_and_entities_are_refused(part: str, doctype: bytes, demo_workbook: bytes) -> None:
    assert "file-unsafe-xml" in codes(repacked(demo_workbook, {part: swap(b"?>", b"?>" + doctype)}))


def test_other_encodings_are_refused(demo_workbook: bytes) -> None:
    def utf16(part: bytes) -> bytes:
        return part.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")

    assert codes(repacked(demo_workbook, {"xl/sharedStrings.xml": utf16})) == {"file-unsafe-xml"}
    seven = swap(b'encoding="UTF-8"', b'encoding="UTF-7"')
    assert codes(repacked(demo_workbook, {"xl/sharedStrings.xml": seven})) == {"file-unsafe-xml"}


def test_links_outside_through_relations(demo_workbook: bytes) -> None:
    link = (
        b'<Relationship Id="rId99" Type="x/attachedTemplate" Target="http://host/x" TargetMode="External"/>'
        b"</Relationships>"
    )
    data = repacked(demo_workbook, {"xl/_rels/workbook.xml.rels": swap(b"</Relationships>", link)})
    assert codes(data) == {"file-external"}


@pytest.mark.parametrize("value", [b"NaN", b"inf", b"1e99999", b"0x10", b"1" * 5000], ids=len)
def test_number_cells_that_hold_no_number(value: bytes, demo_workbook: bytes) -> None:
    data = repacked(demo_workbook, {INVENTORY_PART: swap(b"<v>630000</v>", b"<v>" + value + b"</v>")})
    reading = read_workbook(data, "x.xlsx")
    assert [(finding.code, finding.place.cell) for finding in reading.findings] == [
        ("number-cell-damaged", "F4")
    ]


def test_infinity_by_a_large_exponent(demo_workbook: bytes) -> None:
    data = repacked(demo_workbook, {INVENTORY_PART: swap(b"<v>630000</v>", b"<v>1e999</v>")})
    assert "number-out-of-range" in codes(data)


def test_a_sheet_that_hides_its_rows_by_a_false_dimension(demo_workbook: bytes) -> None:
    part = zipfile.ZipFile(io.BytesIO(demo_workbook)).read(INVENTORY_PART)
    dimension = part[part.index(b"<dimension") : part.index(b"/>", part.index(b"<dimension")) + 2]
    data = repacked(demo_workbook, {INVENTORY_PART: swap(dimension, b'<dimension ref="A1:P4"/>')})
    reading = read_workbook(data, "x.xlsx")
    assert reading.inventory is not None
    assert len(reading.inventory.lines) > 10


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (INVENTORY_PART, swap(b't="s"><v>', b't="s"><v>99999')),
        ("xl/styles.xml", lambda part: b"<styleSheet/>"),
        ("xl/workbook.xml", lambda part: b"<workbook/>"),
        ("xl/sharedStrings.xml", lambda part: part[:-200]),
        ("xl/_rels/workbook.xml.rels", lambda part: b"<Relationships/>"),
    ],
)
def test_valid_xml_that_is_no_spreadsheet(
    part: str, change: Callable[[bytes], bytes], demo_workbook: bytes
) -> None:
    assert codes(repacked(demo_workbook, {part: change}))


@pytest.mark.parametrize(
    ("part", "old", "flood"),
    [
        ("xl/styles.xml", b"</cellXfs>", b"<xf/>" * 100_001 + b"</cellXfs>"),
        ("xl/workbook.xml", b"</sheets>", b'<sheet name="x" r:id="rId1"/>' * 201 + b"</sheets>"),
    ],
    ids=["styles", "sheets"],
)
def test_floods_of_elements_are_refused(part: str, old: bytes, flood: bytes, demo_workbook: bytes) -> None:
    assert codes(repacked(demo_workbook, {part: swap(old, flood)})) == {"file-unsafe-xml"}


def test_an_encrypted_entry(demo_workbook: bytes) -> None:
    data = bytearray(demo_workbook)
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert codes(bytes(data)) == {"file-encrypted"}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=40))
def test_no_damage_raises(position: int, damage: bytes) -> None:
    data = bytearray(DAMAGED)
    at = position % len(data)
    data[at : at + len(damage)] = damage
    reading = read_workbook(bytes(data), "x.xlsx")
    assert (reading.inventory is None) == has_errors(reading.findings)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=12))
def test_no_damage_inside_a_part_raises(position: int, damage: bytes) -> None:
    def change(part: bytes) -> bytes:
        at = position % len(part)
        return part[:at] + damage + part[at + len(damage) :]

    reading = read_workbook(repacked(DAMAGED, {INVENTORY_PART: change}), "x.xlsx")
    assert (reading.inventory is None) == has_errors(reading.findings)


def _demo() -> bytes:
    from lca.bom.example import heat_sink
    from lca.bom.template import write_template

    stream = io.BytesIO()
    write_template(stream, "zh", example=heat_sink())
    return stream.getvalue()


DAMAGED = _demo()
