"""The pages of goods: every code on default values, one code taken apart, and codes that are none."""

from __future__ import annotations

import csv
import io

import pytest


@pytest.fixture
def client(site):
    return site("populated").client("regulator")


@pytest.fixture
def text(client):
    return lambda path: client.get(path).get_data(as_text=True)


def test_every_code_is_listed_with_what_it_owes(client):
    listed = list(csv.DictReader(io.StringIO(client.get("/cbam/goods.csv").get_data(as_text=True)[1:])))
    assert len({row["CN code"] for row in listed}) == 570
    assert all(float(row["Certificates per unit"]) >= 0 for row in listed)
    found = {row["CN code"]: row for row in listed}["73181542"]
    assert (found["Default value"], found["With mark-up"]) == ("6.375", "7.0125")
    assert float(found["Certificates per unit"]) == pytest.approx(5.6826)


def test_filters(client):
    for query, count in (
        ("q=731815", 12),
        ("sector=hydrogen", 1),
        ("q=7318&sector=cement", 0),
        ("sector=none", 572),
    ):
        assert client.get(f"/cbam/goods.json?{query}").get_json()["total"] == count


def test_what_is_no_country_or_year_is_the_default(client):
    for query in (
        "country=ZZ",
        "country=<b>",
        "year=1999",
        "year=x",
        "country=",
        "country=TW&year=2034",
        "country=XK",
    ):
        assert client.get(f"/cbam/goods?{query}").status_code == 200, query
        assert client.get(f"/cbam/goods/73181542?{query}").status_code == 200, query


def test_a_good_is_taken_apart(text):
    html = text("/cbam/goods/73181542")
    for shown in ("6.375", "7.0125", "1.3299", "5.6826", "427.79 EUR at 75.28", "2025/2620", "2025/2621"):
        assert shown in html
    assert "8.2875" in html  # 2034: nothing is free any more
    assert html.count("<rect") > 18


def test_white_and_grey_are_both_offered_and_the_dearer_one_is_shown(text):
    html = text("/cbam/goods/25231000")
    assert "value for white and one for grey" in html
    assert '<option value="grey" selected>' in html
    assert "value for white and one for grey" not in text("/cbam/goods/25231000?variant=white")


def test_a_fallback_is_told(text):
    assert "no value of its own for this code" in text("/cbam/goods/72031000")
    assert "highest value of all countries" in text("/cbam/goods/73181542?country=")


def test_a_code_without_a_default_path_has_a_page_that_says_so(client):
    for cn, says in (
        ("84818000", "is not under CBAM"),
        ("73181500", "Listed codes that begin like it"),
        ("27160000", "Electricity has rules of its own"),
        ("<script>", "is not under CBAM"),
    ):
        answer = client.get(f"/cbam/goods/{cn}")
        html = answer.get_data(as_text=True)
        assert answer.status_code == 404
        assert says in html
        assert "<script>" not in html


def test_the_chinese_pages_are_chinese(site):
    client = site("populated").client("exporter", "zh")
    for path in ("/cbam/goods", "/cbam/goods/73181542", "/cbam/goods/84818000"):
        html = client.get(path).get_data(as_text=True)
        for english in (
            "Default value",
            "Free allocation",
            "Mark-up",
            "per tonne",
            "Year by year",
            "not under",
        ):
            assert english not in html
