"""Our own form of a table: the template holds it as it is, what is added is read, what is wrong is told by cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from commissionmaking import saved
from openpyxl import load_workbook

from databases.cbam import editions, forms, rows
from databases.cbam.editions import Reading, recognise, template
from databases.cbam.shelf import packaged
from databases.cbam.tables import open_tables
from databases.cbam.uploads import Problems, sheets
from databases.notices import SourceRefused

Change = Callable[[Any], None]


def edited(table: str, change: Change) -> bytes:
    book = load_workbook(io.BytesIO(template(table)))
    change(book[table])
    return saved(book)


def text_of(reading: Reading, table: str) -> str:
    return dict(reading.tables)[table]


@pytest.mark.parametrize(
    ("table", "language"),
    [
        ("goods", "en"),
        ("benchmarks", "en"),
        *((t, lang) for t in ("prices", "schedule") for lang in ("zh", "en")),
    ],
)
def test_a_template_is_the_table_as_it_is(table: str, language: str) -> None:
    reading = recognise(template(table, language), "form.xlsx")
    assert reading.kind == "form"
    assert rows.digest(text_of(reading, table)) == rows.digest(packaged()[table].text)


def test_the_template_of_default_values_is_the_table_too() -> None:
    """A hundredth of it through a spreadsheet, the whole as text."""
    text = packaged()["defaults"].text
    some = rows.write("defaults", rows.read("defaults", text)[::100])
    (sheet,) = sheets(forms.template("defaults", some), "form.xlsx")
    problems = Problems()
    assert forms.form_of(sheet) == "defaults"
    assert rows.digest(forms.read("defaults", sheet, problems)) == rows.digest(some)
    assert problems.found == []
    assert rows.digest(text_of(recognise(text.encode(), "form.csv"), "defaults")) == rows.digest(text)


def test_every_column_of_a_form_has_a_check() -> None:
    assert {table: list(checks) for table, checks in forms.CHECKS.items()} == {
        table: rows.COLUMNS[table].split(",") for table in forms.FORMS
    }


def test_there_is_no_form_of_other_tables() -> None:
    with pytest.raises(ValueError, match="No form"):
        template("categories")
    with pytest.raises(ValueError, match="No form"):
        template("prices", "de")


@pytest.mark.parametrize(
    "row",
    [
        [2026, 3, None, 76.1, date(2026, 10, 5), "ec-price", "P"],
        ["2026", "3", "", "76.1", "2026-10-05", "ec-price", "P"],
        [
            2026.0,
            3.0,
            "",
            "76,1",
            datetime(2026, 10, 5),  # noqa: DTZ001  as a sheet has it
            " ec-price ",
            "P",
        ],
    ],
)
def test_a_price_is_added(row: list[object]) -> None:
    if row[3] == "76,1":
        row[3] = 76.10000000000001
    text = text_of(recognise(edited("prices", lambda page: page.append(row)), "prices.xlsx"), "prices")
    assert "2026,3,,76.1,2026-10-05,ec-price,P\n" in text


def test_a_csv_file_does_as_well() -> None:
    data = packaged()["prices"].text.encode() + b"2026,3,,76.1,2026-10-05,ec-price,P\r\n"
    assert "76.1" in text_of(recognise(b"\xef\xbb\xbf" + data, "prices.csv"), "prices")


def test_columns_may_stand_in_any_order() -> None:
    data = b"price,year,week,quarter,published,mark,source\n76.1,2026,,3,2026-10-05,P,ec\n"
    assert text_of(recognise(data, "p.csv"), "prices").splitlines()[1] == "2026,3,,76.1,2026-10-05,ec,P"


def with_row(table: str, cells: dict[str, object]) -> bytes:
    """The table as a CSV file with one row more."""
    stream = io.StringIO(packaged()[table].text)
    stream.seek(0, io.SEEK_END)
    csv.writer(stream).writerow([cells.get(column, "") for column in rows.COLUMNS[table].split(",")])
    return stream.getvalue().encode()


PRICE = {"year": 2026, "quarter": 3, "price": 76.1, "published": "2026-10-05", "source": "ec", "mark": "P"}
CSCF = {"item": "cscf", "from_year": 2035, "to_year": 2035, "value": 0.9, "source": "x", "mark": "P"}
GOOD = {
    "cn": "76151010",
    "sector": "aluminium",
    "category": "aluminium-products",
    "unit": "t",
    "gases": "CO2 PFC",
    "direct_only": 1,
    "name_en": "Ware",
    "mark": "P",
}

WRONG: list[tuple[str, dict[str, object], str]] = [
    ("prices", PRICE | {"year": 1999}, "cbam-tables-cell"),
    ("prices", PRICE | {"quarter": 5}, "cbam-tables-cell"),
    ("prices", PRICE | {"quarter": ""}, "cbam-tables-cell"),
    ("prices", PRICE | {"week": 3}, "cbam-tables-cell"),
    ("prices", PRICE | {"price": -1}, "cbam-tables-cell"),
    ("prices", PRICE | {"price": "=1+1"}, "cbam-tables-cell"),
    ("prices", PRICE | {"price": "75 EUR"}, "cbam-tables-cell"),
    ("prices", PRICE | {"published": "2026-13-01"}, "cbam-tables-cell"),
    ("prices", PRICE | {"source": ""}, "cbam-tables-cell"),
    ("prices", PRICE | {"mark": "X"}, "cbam-tables-cell"),
    ("prices", PRICE | {"quarter": 1}, "cbam-tables-duplicate"),
    ("schedule", CSCF | {"value": 1.2}, "cbam-tables-cell"),
    ("schedule", CSCF | {"item": "cfcs"}, "cbam-tables-cell"),
    ("schedule", CSCF | {"from_year": 2027, "to_year": 2028}, "cbam-tables-duplicate"),
    ("schedule", CSCF | {"from_year": 2029, "sector": "cement"}, "cbam-tables-schedule-gap"),
    (
        "benchmarks",
        {"cn": "72081000", "column": "C", "value": 1, "from_year": 2026, "to_year": 2030},
        "cbam-tables-cell",
    ),
    ("goods", GOOD | {"unit": "kg"}, "cbam-tables-cell"),
    ("goods", GOOD | {"cn": "7615"}, "cbam-tables-cell"),
    ("goods", GOOD | {"gases": "CH4"}, "cbam-tables-cell"),
    ("goods", GOOD, "cbam-tables-uncovered-default"),
]


@pytest.mark.parametrize(("table", "cells", "code"), WRONG)
def test_what_will_not_do_is_told(table: str, cells: dict[str, object], code: str) -> None:
    with pytest.raises(SourceRefused) as refused:
        recognise(with_row(table, cells), "form.csv")
    assert code in {notice.code for notice in refused.value.notices}
    assert all(
        notice.where and notice.message("zh") != notice.message("en") for notice in refused.value.notices
    )


def test_a_year_with_two_rows_is_told() -> None:
    def widen(page: Any) -> None:
        for row in page.iter_rows(min_row=2):
            if (row[0].value, row[2].value) == ("cscf", "2027"):
                row[3].value = "2030"

    with pytest.raises(SourceRefused) as refused:
        recognise(edited("schedule", widen), "schedule.xlsx")
    assert [dict(notice.details)["year"] for notice in refused.value.notices] == ["2028", "2029", "2030"]


def test_what_is_too_much_to_tell_is_counted() -> None:
    data = b"price,year,quarter,week,published,mark,source\n" + b"".join(
        b"x,2026,3,,2026-10-05,P,%d\n" % number for number in range(150)
    )
    with pytest.raises(SourceRefused) as refused:
        recognise(data, "p.csv")
    *told, more = refused.value.notices
    assert len(told) == 200 and (more.code, more.details) == ("cbam-tables-more", (("count", "99"),))


def test_a_missing_column_and_an_empty_form_are_told() -> None:
    for change, code in (
        (lambda page: page.delete_cols(6), "cbam-tables-column-missing"),
        (lambda page: page.delete_rows(2, 40), "cbam-tables-empty"),
    ):
        with pytest.raises(SourceRefused) as refused:
            recognise(edited("prices", change), "prices.xlsx")
        assert code in {notice.code for notice in refused.value.notices}


@pytest.mark.parametrize("table", forms.FORMS)
def test_the_form_of_every_table_reads_to_the_table(table: str) -> None:
    text = open_tables().files[table].text
    if len(text) > 200_000:
        text = "\n".join(text.splitlines()[:200]) + "\n"
    (sheet,) = sheets(forms.template(table, text), "form.xlsx")
    problems = Problems()
    assert forms.form_of(sheet) == table
    assert rows.digest(forms.read(table, sheet, problems)) == rows.digest(text)
    assert problems.found == []


def test_a_standard_factor_is_replaced_and_none_is_lost(tmp_path: Path) -> None:
    current = open_tables().files["fuels"].text
    changed = current.replace(",48.0,56.1,", ",48.0,56.2,")
    assert changed != current
    made = editions.import_workbook(
        tmp_path,
        forms.template("fuels", changed),
        "fuels.xlsx",
        published=date(2026, 9, 1),
        valid_from=date(2026, 1, 1),
    )
    assert [name for name, _ in made.tables] == ["fuels"]
    after = open_tables(tmp_path)
    assert str(after.fuel("natural-gas").emission_factor) == "56.2"
    assert [change.key for change in editions.compare(open_tables(), after)] == [("natural-gas",)]
    short = "\n".join(line for line in current.splitlines() if not line.startswith("natural-gas,")) + "\n"
    with pytest.raises(SourceRefused) as caught:
        editions.import_workbook(
            tmp_path,
            forms.template("fuels", short),
            "fuels.xlsx",
            published=date(2026, 9, 2),
            valid_from=date(2026, 1, 1),
        )
    assert "natural-gas" in str(caught.value.notices)
