"""Rows as they are kept and exported: CSV, workbook, JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from service.usecases.desk import exports, rows
from service.usecases.desk.rows import CheckedRow

GOOD = CheckedRow(
    "TB-2026-0000001-L",
    "valid",
    sheet="一",
    row=2,
    cell="A2",
    number="TB-2026-0000001-L",
    noun="label",
    state="active",
    product={"zh": "铝型材", "en": "Aluminium profile"},
    exporter={"zh": "演示铝业", "en": "Demo Aluminium"},
    total="1234.50",
    unit="kgCO2e",
    per="1 piece",
    by_lines="100",
    by_mass="98.5",
)
BAD = CheckedRow(
    "=cmd|' /C calc'!A0",
    "not-a-number",
    "一",
    3,
    "A3",
    explanation={"zh": "不是编号。", "en": "Not a number."},
)
STOPPED = CheckedRow(
    "TB-2026-0000002-K",
    "suspended",
    "一",
    4,
    "A4",
    "TB-2026-0000002-K",
    state="suspended",
    since="2026-11-20T08:00:00Z",
    reason={"zh": "抽查", "en": "sample"},
    step=16,
    step_code="status",
)
ALL = (GOOD, BAD, STOPPED)
ABOUT = {"check": "0" * 32, "total": 3, "counts": {"valid": 1}}


def test_csv_is_in_the_language_asked_for_and_begins_with_its_mark():
    data = exports.as_csv(ALL, "zh")
    assert data.startswith(b"\xef\xbb\xbf")
    head, *listed = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert head[:4] == ["所交内容", "位置", "编号", "结论代码"]
    assert listed[0][1:5] == ["一!A2", "TB-2026-0000001-L", "valid", "有效"]
    assert "1234.50" in listed[0] and "铝型材" in listed[0]
    assert "Aluminium profile" in exports.as_csv(ALL, "en").decode()
    assert listed[2][5:9] == ["suspended", "已暂停", "2026-11-20T08:00:00Z", "抽查"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", " =1", "\u3000+1"]
)
def test_no_cell_of_the_csv_is_a_formula(text):
    (_, row) = csv.reader(
        io.StringIO(exports.as_csv([CheckedRow(text, "unreadable")], "en").decode("utf-8-sig"))
    )
    assert row[0].startswith("'")


def test_every_cell_of_the_workbook_is_a_text():
    book = load_workbook(io.BytesIO(exports.as_workbook(ALL, "en", ABOUT)))
    sheet, about = book.worksheets
    assert sheet["A3"].value == BAD.given and sheet["A3"].data_type == "s"
    assert [sheet.cell(2, column).value for column in (3, 4)] == ["TB-2026-0000001-L", "valid"]
    assert about["B2"].value == "3"


def test_json_holds_both_languages_and_gives_the_rows_back():
    whole = json.loads(exports.as_json(ALL, ABOUT))
    assert whole["total"] == 3
    assert tuple(rows.from_plain(one) for one in whole["items"]) == ALL


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_every_form_has_its_media_type(form):
    assert exports.exported(ALL, form, "zh", ABOUT) and exports.MEDIA_TYPES[form]


def test_every_verdict_has_its_words():
    from certificates.report import VERDICTS

    assert set(VERDICTS) < set(rows.VERDICTS)
    assert set(rows.VERDICTS) == set(exports.VERDICTS)


def test_counts_are_in_order_and_of_what_occurs():
    kept = [rows.plain(one) for one in (STOPPED, GOOD, GOOD, BAD)]
    assert list(rows.counts(kept).items()) == [("valid", 2), ("suspended", 1), ("not-a-number", 1)]


texts = st.text(max_size=20)
words = st.one_of(st.just({}), st.fixed_dictionaries({"zh": texts, "en": texts}))


@given(
    st.builds(
        CheckedRow,
        given=texts,
        verdict=st.sampled_from(rows.VERDICTS),
        sheet=texts,
        row=st.integers(0, 10**6),
        number=texts,
        reason=words,
        product=words,
        total=texts,
        step=st.integers(0, 17),
        explanation=words,
    )
)
def test_a_row_is_kept_as_it_is(row):
    kept = json.loads(json.dumps(rows.plain(row)))
    assert rows.from_plain(kept) == row
