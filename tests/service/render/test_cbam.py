"""CBAM documents as files: the same bytes each time, numbers as numbers, hostile text as text, fast enough."""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from docx import Document as read_docx
from docx.oxml.ns import qn
from openpyxl import load_workbook

from databases.cbam.tables import Tables, open_tables
from lca.cbam.calculate import calculate
from lca.cbam.monitoring import Precursor
from lca.cbam.report.details import RequestDetails
from lca.cbam.report.document import (
    Blank,
    Column,
    Day,
    Document,
    Field,
    Fields,
    Kind,
    Number,
    Section,
    Statement,
    Table,
    Words,
    same,
)
from lca.cbam.report.operator import operator_report
from lca.cbam.report.plan import monitoring_plan
from lca.cbam.report.summary import summary_report
from lca.cbam.report.supplier import supplier_request
from lca.cbam.report.verification import verification_file
from service.render import cbam
from service.render.cbam_content import BREAK, ROOM, breakable, content

CBAM_TESTS = Path(__file__).parents[2] / "lca" / "cbam"
for folder in (CBAM_TESTS, CBAM_TESTS / "report"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    '#import "x.typ" $x^2$ *b* _i_ `code` \\ #eval("1")',
    "<w:p>&amp;</w:p>",
    "http://example.invalid/x",
    "a\x00b\x07c\u202ed",
    "A" * 3000,
    "汉" * 900,
    "😀 emoji",
)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return open_tables()


@pytest.fixture(scope="module")
def documents(tables: Tables) -> dict[str, Document]:
    import report_world as world

    data = world.works()
    done = calculate(data, tables)
    request = RequestDetails(made_on=date(2027, 1, 15), reply_by=date(2027, 3, 31))
    made = (
        operator_report(data, done, tables, world.DETAILS),
        summary_report(data, done, tables, world.DETAILS),
        monitoring_plan(data, tables, world.DETAILS),
        verification_file(data, done, tables, world.DETAILS),
        supplier_request(data, ("wire2",), request),
    )
    return {one.kind: one for one in made}


def hostile() -> Document:
    """Every kind of block with every hostile text in it."""
    columns = (Column(same("=head"), "t CO2"), Column(same("n"), "", numeric=True), Column(same("x" * 300)))
    rows = tuple((same(one), Number(Decimal("1234.50"), "t"), Blank(same(one))) for one in HOSTILE)
    blocks = (
        Table(columns, rows, same("=caption")),
        Fields(tuple(Field(same(one), same(one)) for one in HOSTILE)),
        *(Statement(same(one), kind, same(one)) for one in HOSTILE for kind in Kind),
    )
    return Document(
        kind="operator-report",
        title=same("=title"),
        clause=same("#clause"),
        facts=(Field(same("day"), Day(date(2026, 2, 3))), Field(same("=f"), same(HOSTILE[0]))),
        running=(same("=running"),),
        notice=same("=notice"),
        sections=(Section("=1", same("=section"), blocks, same("[=group]:*?/\\" + "g" * 60)),),
        made_on=date(2027, 1, 15),
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "kind",
    ["operator-report", "summary-report", "monitoring-plan", "verification-file", "supplier-request"],
)
def test_every_document_is_drawn_in_every_format_the_same_each_time(
    kind: str, language: str, documents: dict[str, Document]
) -> None:
    for draw in (cbam.pdf, cbam.xlsx, cbam.docx):
        assert draw(documents[kind], language) == draw(documents[kind], language)
    with pikepdf.open(io.BytesIO(cbam.pdf(documents[kind], language))) as file:
        assert len(file.pages) >= 1
        assert str(file.docinfo["/CreationDate"]).startswith("D:20270115")


@pytest.mark.parametrize("draw", [cbam.pdf, cbam.xlsx, cbam.docx])
def test_a_third_language_is_refused(draw: Any, documents: dict[str, Document]) -> None:
    with pytest.raises(ValueError, match="not zh or en"):
        draw(documents["summary-report"], "de")


def test_numbers_keep_their_digits_in_print(documents: dict[str, Document]) -> None:
    drawn = content(documents["operator-report"], "en")
    total = next(one for one in drawn["sections"] if one["number"] == "7")["blocks"][0]["rows"][0]
    stated = documents["operator-report"].sections[6].blocks[0]
    assert isinstance(stated, Fields) and isinstance(stated.rows[0].value, Number)
    assert total[1].replace(",", "").split("\N{NO-BREAK SPACE}") == [
        f"{stated.rows[0].value.value:f}",
        "tCO2e",
    ]


def test_columns_are_as_wide_as_what_cannot_break_and_fit_the_page(documents: dict[str, Document]) -> None:
    for document in documents.values():
        for language in ("zh", "en"):
            for section in content(document, language)["sections"]:
                for block in section["blocks"]:
                    if block["is"] == "table":
                        assert sum(block["widths"]) <= ROOM + 0.1 or block["tight"]
                        assert sum(block["widths"]) <= 1.25 * ROOM, (document.kind, section["number"])


@pytest.mark.parametrize(
    ("text", "parts"), [("short", ["short"]), ("a" * 20, ["a" * 8, "a" * 8, "aaaa"]), ("x/y" * 6, None)]
)
def test_long_runs_may_break(text: str, parts: list[str] | None) -> None:
    made = breakable(text)
    assert made.replace(BREAK, "") == text
    assert parts is None or made.split(BREAK) == parts
    assert max(len(run) for run in made.split(BREAK)) <= 8


def test_hostile_texts_are_drawn_as_text() -> None:
    made = hostile()
    assert cbam.pdf(made, "en").startswith(b"%PDF")
    book = load_workbook(io.BytesIO(cbam.xlsx(made, "en")))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert {cell.value for cell in cells if cell.value} >= {HOSTILE[0], "=title", "=head [t CO2]"}
    shown = "\n".join(
        cell.text
        for table in read_docx(io.BytesIO(cbam.docx(made, "en"))).tables
        for row in table.rows
        for cell in row.cells
    )
    assert HOSTILE[0] in shown and "<w:p>&amp;</w:p>" in shown


def test_a_workbook_has_numbers_with_their_units(documents: dict[str, Document]) -> None:
    book = load_workbook(io.BytesIO(cbam.xlsx(documents["operator-report"], "en")))
    assert book.sheetnames == [
        "Cover",
        "Identification",
        "Energy and CO2",
        "Emissions",
        "Goods",
        "Precursors",
    ]
    rows = [[cell.value for cell in row] for row in book["Emissions"].iter_rows()]
    total = next(row for row in rows if row[0] == "Total direct emissions")
    assert isinstance(total[1], int | float) and total[2] == "tCO2e"
    factors = next(row for row in rows if "Net calorific value" in row)
    at = factors.index("Net calorific value")
    assert factors[at + 1] == "Unit"
    values = next(row for row in rows if row[at] == 38)
    assert values[at + 1] == "GJ/1000Nm3"


def test_a_workbook_shows_every_section(documents: dict[str, Document]) -> None:
    for document in documents.values():
        book = load_workbook(io.BytesIO(cbam.xlsx(document, "zh")))
        column = [str(row[0].value) for sheet in book.worksheets for row in sheet.iter_rows() if row]
        for section in document.sections:
            if section.title.zh:
                assert f"{section.number}  {section.title.zh}".strip() in column


def test_a_text_file_names_its_east_asian_font_and_repeats_heads(documents: dict[str, Document]) -> None:
    made = cbam.docx(documents["operator-report"], "zh")
    file = read_docx(io.BytesIO(made))
    fonts = file.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei" and fonts.get(qn("w:ascii")) == "Arial"
    assert b"<w:tblHeader/>" in zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml")
    headings = [
        one.text for one in file.paragraphs if one.style is not None and one.style.name == "Heading 2"
    ]
    assert len(headings) == 35
    assert file.core_properties.author == "Tanbiao" and file.core_properties.created is not None
    assert file.core_properties.created.year == 2027


@pytest.mark.parametrize("draw", [cbam.xlsx, cbam.docx])
def test_packed_files_carry_no_clock(draw: Any, documents: dict[str, Document]) -> None:
    with zipfile.ZipFile(io.BytesIO(draw(documents["summary-report"], "en"))) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_sign_without_a_glyph_is_told() -> None:
    made = replace(hostile(), sections=(Section("1", same("x"), (Statement(Words("😀", "😀")),)),))
    assert content(made, "en")["missing_glyphs"]


def test_a_large_installation_is_drawn(tables: Tables) -> None:
    """200 streams and 60 goods; how long it takes is measured by ``benchmarks/cbam.py``."""
    import making as m
    import report_world as world

    codes = [one.cn for one in tables.goods() if one.category == "iron-or-steel-products"][:60]
    processes = tuple(m.process(f"p{i}", goods=(m.good(f"g{i}", cn),)) for i, cn in enumerate(codes))
    streams = tuple(
        m.stream(
            f"s{i}", name=f"Gas line {i}", shares=m.split(**{f"p{i % 60}": 0.5, f"p{(i + 7) % 60}": 0.5})
        )
        for i in range(200)
    )
    data = m.monitoring(processes=processes, streams=streams, precursors=tuple(_wire(i) for i in range(60)))
    made = operator_report(data, calculate(data, tables), tables, world.DETAILS)
    assert cbam.pdf(made, "en").startswith(b"%PDF")
    assert cbam.xlsx(made, "en").startswith(b"PK")


def _wire(index: int) -> Precursor:
    import making as m

    use = m.PrecursorUse(process=f"p{index}", amount=1000.0, evidence=m.LEDGER)
    return m.precursor(f"w{index}", uses=(use,), purchased=1000.0)
