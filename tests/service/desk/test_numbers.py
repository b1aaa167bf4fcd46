"""Numbers out of tables: which column, which cell, with or without a check code, and what is none."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from certificates import labelnumber
from service.usecases.desk import numbers
from service.usecases.desk.refusals import ListNotRead

ONE, TWO, CLAIM = labelnumber.make(2026, 1), labelnumber.make(2026, 2), labelnumber.make(2026, 1, "TC")
WRONG = ONE[:-1] + ("A" if ONE[-1] != "A" else "B")


def workbook(*sheets: tuple[str, list[list[object]]], hidden: str = "") -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name == hidden:
            sheet.sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(text: str) -> list[tuple[str, str, str]]:
    """(cell, number, problem) of every row of a CSV file."""
    return [(one.cell, one.number, one.problem) for one in numbers.read("list.csv", text.encode()).rows]


@pytest.mark.parametrize(
    "head",
    ["编号", "标签编号", "Number", "label number", "LABEL_NO", "Label number *", "证书编号"],
)
def test_the_column_is_found_by_its_heading(head):
    assert read(f"日期,{head},备注\n2026-01-01,{ONE},x\n") == [("B2", ONE, "")]


def test_without_a_heading_the_first_column_counts():
    assert read(f"{ONE},x\n{TWO},y\n") == [("A1", ONE, ""), ("A2", TWO, "")]
    assert read(f"批次清单\n{ONE}\n") == [("A2", ONE, "")]


def test_a_title_may_stand_above_the_heading():
    assert read(f"口岸清单 2026-11\n\n序号,编号\n1,{ONE}\n") == [("B4", ONE, "")]


@pytest.mark.parametrize(
    ("given", "number", "code", "problem"),
    [
        (ONE, ONE, "", ""),
        (f" {ONE.lower()} ", ONE, "", ""),
        (ONE.replace("-", "\u2014"), ONE, "", ""),
        ("".join(chr(ord(sign) + 0xFEE0) for sign in ONE), ONE, "", ""),
        (f"{ONE} 7K2M-9QXA", ONE, "7K2M-9QXA", ""),
        (f"{ONE},7K2M9QXA", ONE, "7K2M9QXA", ""),
        (f"https://labels.demo.invalid/v/{ONE}?c=7K2M9QXA", ONE, "7K2M9QXA", ""),
        (f"https://labels.demo.invalid/01/06901234567892?n={ONE}&c=7K2M9QXA", ONE, "7K2M9QXA", ""),
        (CLAIM, CLAIM, "", ""),
        (WRONG, "", "", "check-character"),
        ("TB-2026-1-X", "", "", "no-label-number"),
        (f"X{ONE}", "", "", "no-label-number"),
        (f"{ONE}9", "", "", "no-label-number"),
        ("=HYPERLINK(1)", "", "", "no-label-number"),
        ("", "", "", "no-number"),
        (" \u3000", "", "", "no-number"),
    ],
)
def test_what_stands_in_a_cell(given, number, code, problem):
    assert numbers.number_and_code(given) == (number, code, problem)


def test_a_code_of_its_own_column_goes_first():
    (found,) = numbers.read("list.csv", f"编号,验证码\n{ONE} AAAA-AAAA,7k2m-9qxa\n".encode()).rows
    assert (found.number, found.code) == (ONE, "7k2m-9qxa")


def test_what_is_no_number_stays_a_row_and_names_its_cell():
    assert read(f"编号,数量\n{ONE},1\n,2\nabc,3\n{WRONG},4\n,\n") == [
        ("A2", ONE, ""),
        ("A3", "", "no-number"),
        ("A4", "", "no-label-number"),
        ("A5", "", "check-character"),
    ]


def test_a_workbook_is_read_sheet_by_sheet_and_hidden_ones_are_told():
    data = workbook(
        ("一", [["编号"], [ONE]]), ("二", [["x", "number"], [1, TWO]]), ("密", [[ONE]]), hidden="密"
    )
    found = numbers.read("list.xlsx", data)
    assert [(one.sheet, one.row, one.cell, one.number) for one in found.rows] == [
        ("一", 2, "A2", ONE),
        ("二", 2, "B2", TWO),
    ]
    assert found.hidden == ("密",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_encodings(encoding):
    data = f"编号,产品名称与说明\n{ONE},铝型材\n".encode(encoding)
    assert [one.number for one in numbers.read("list.csv", data).rows] == [ONE]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table-size"),
        ("编号\n".encode(), "list-empty"),
        (b"\x00\x01\x02", "table-text"),
        (b'"' + ONE.encode(), "table-quotes"),
        (b"PK\x03\x04 nothing", "table-not-workbook"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(data, code):
    with pytest.raises(ListNotRead) as caught:
        numbers.read("list.csv", data)
    assert code in [one.code for one in caught.value.problems]
    assert caught.value.message("zh") != caught.value.message("en")


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(numbers, "MOST_NUMBERS", 3)
    with pytest.raises(ListNotRead, match="Split it"):
        numbers.read("list.csv", "\n".join([ONE] * 4).encode())


serials = st.integers(min_value=1, max_value=9_999_999)


@given(st.lists(st.tuples(serials, st.sampled_from(["TB", "TC"])), min_size=1, max_size=30))
def test_every_number_comes_back_in_its_order(listed):
    made = [labelnumber.make(2026, serial, prefix) for serial, prefix in listed]
    target = io.StringIO()
    csv.writer(target).writerows([["编号"], *([one] for one in made)])
    assert [one.number for one in numbers.read("list.csv", target.getvalue().encode()).rows] == made


@given(st.text(max_size=60))
def test_no_text_makes_an_exception_and_a_number_is_always_a_right_one(text):
    number, _, problem = numbers.number_and_code(text)
    assert bool(number) != bool(problem)
    assert not number or labelnumber.valid(number) or labelnumber.valid(number, "TC")
