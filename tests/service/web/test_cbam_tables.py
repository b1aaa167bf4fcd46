"""The reference tables: every table with its source, its rows, and a newer workbook seen before it counts."""

from __future__ import annotations

import csv
import io
import re

import pytest

from databases.cbam.rows import COLUMNS

DATES = {"published": "2026-10-05", "valid_from": "2026-01-01"}


@pytest.fixture
def at(site):
    return site("populated")


def text(at, path="/cbam/tables", who="practitioner", language="en"):
    return at.client(who, language).get(path).get_data(as_text=True)


def prices(at, *more: tuple[object, ...], change: str = "") -> bytes:
    """The form of the prices with rows added, or the first price changed."""
    from openpyxl import load_workbook

    data = at.client("practitioner").get("/cbam/tables/prices/template.xlsx", buffered=True).data
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    for row in more:
        sheet.append(row)
    if change:
        sheet["D2"] = change
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


THIRD = (2026, 3, None, 76.1, "2026-10-05", "ec-price", "P")


def handed_in(at, data: bytes, name="prices.xlsx", who="practitioner", **changes):
    form = DATES | changes | {"file": (io.BytesIO(data), name)}
    return at.client(who).post("/cbam/tables/import", data=form)


def test_every_table_is_there_with_its_source_and_hash(at):
    html = text(at)
    for table in COLUMNS:
        assert f'href="/cbam/tables/{table}"' in html
    assert "International Energy Agency" in html
    listed = at.client("regulator").get("/cbam/tables.json").get_json()["items"]
    assert {item["table"] for item in listed} == set(COLUMNS)
    assert all(len(item["sha256"]) == 64 and item["source"] and item["mark"] in "PTDM?" for item in listed)


def test_every_table_row_by_row(at):
    client = at.client("exporter")
    for table, columns in COLUMNS.items():
        assert client.get(f"/cbam/tables/{table}").status_code == 200
        rows = client.get(f"/cbam/tables/{table}.json").get_json()
        assert rows["total"] > 0
        assert set(rows["items"][0]) == set(columns.split(","))


def test_figures_keep_their_digits_and_are_sorted_as_numbers(at):
    client = at.client("exporter")
    answer = client.get("/cbam/tables/fuels.csv?sort=-emission_factor").get_data(as_text=True)[1:]
    factors = [row["Emission factor"] for row in csv.DictReader(io.StringIO(answer))]
    assert factors == sorted(factors, key=float, reverse=True)
    assert "77.0" in factors
    found = client.get("/cbam/tables/defaults.json?country=CN&q=731815").get_json()
    assert {row["country"] for row in found["items"]} == {"CN"}


def test_there_is_no_other_table(at):
    assert at.client("exporter").get("/cbam/tables/electricity").status_code == 404
    assert at.client("exporter").get("/cbam/tables/categories/template.xlsx").status_code == 404


def test_a_form_is_seen_then_installed(at):
    client = at.client("practitioner")
    answer = handed_in(at, prices(at, THIRD, change="75.5"))
    assert answer.status_code == 303
    assert at.client("exporter").get("/cbam/tables/prices.json").get_json()["total"] == 2, (
        "nothing counts yet"
    )
    address = answer.headers["Location"]
    html = client.get(address).get_data(as_text=True)
    assert "Install this edition" in html
    rows = client.get(address.replace("?", ".csv?")).get_data(as_text=True)[1:]
    changes = {row["Row"]: row for row in csv.DictReader(io.StringIO(rows))}
    assert (changes["2026 3"]["Change"], changes["2026 3"]["After"]) == ("added", "76.1")
    assert (changes["2026 1"]["Before"], changes["2026 1"]["After"]) == ("75.36", "75.5")
    assert client.get(address + "&kind=added").get_data(as_text=True).count('scope="row" class="lead"') == 1
    staged = re.search(r"/imports/([0-9a-f]+)", address)
    installed = client.post(f"/cbam/tables/imports/{staged[1]}", data=DATES)
    assert installed.status_code == 303
    assert "is installed" in client.get("/cbam/tables").get_data(as_text=True)
    assert "imported" in text(at, who="exporter")
    assert at.client("exporter").get("/cbam/tables/prices.json").get_json()["total"] == 3


def test_a_workbook_of_the_commission_is_recognised_and_compared(at):
    from tests.databases.cbam.commissionmaking import benchmark_workbook

    answer = handed_in(at, benchmark_workbook(), "BM.xlsx")
    assert answer.status_code == 303
    html = at.client("practitioner").get(answer.headers["Location"]).get_data(as_text=True)
    assert "workbook of benchmarks" in html


def test_errors_stand_at_their_fields(at):
    data = prices(at, THIRD)
    for field, value in (("published", ""), ("valid_from", "x"), ("published", "2030-01-01")):
        answer = handed_in(at, data, **{field: value})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_a_file_that_is_none_is_refused_with_its_reason(at):
    for data in (b"not a workbook", b"PK\x03\x04"):
        answer = handed_in(at, data)
        assert answer.status_code == 422
        assert "The workbook cannot be used" in answer.get_data(as_text=True)
    assert at.client("practitioner").post("/cbam/tables/import", data=DATES).status_code == 422


def test_every_wrong_cell_is_told(at):
    wrong = (2026, 9, None, -1, "soon", "ec-price", "P")
    html = handed_in(at, prices(at, wrong)).get_data(as_text=True)
    assert html.count("<code>") >= 3


def test_who_may_not_import(at):
    assert "Import a newer workbook" not in text(at, who="exporter")
    assert at.client("exporter").get("/cbam/tables/import").status_code == 403
    location = handed_in(at, prices(at, THIRD)).headers["Location"]
    assert at.client("exporter").get(location).status_code == 403
    assert at.client("rival-practitioner").get(location).status_code == 404


def test_the_chinese_pages_are_chinese(at):
    for path in ("/cbam/tables", "/cbam/tables/schedule", "/cbam/tables/import"):
        html = text(at, path, language="zh")
        for english in (
            "Reference tables",
            "Valid from",
            "Edition",
            "Mark-up",
            "Show what changes",
            "Certificate prices",
        ):
            assert english not in html
