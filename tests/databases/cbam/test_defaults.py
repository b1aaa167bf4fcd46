"""Default values: published examples, what stands in for what, and that every good resolves to a benchmark."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from databases.cbam.goods import NotInScope, RetiredCode
from databases.cbam.tables import Tables, open_tables
from databases.cbam.values import OTHER, Choice, NoDefault, VariantNeeded
from databases.places import UnknownPlace

CHINA = [  # total before mark-up as the Official Journal prints it, routes
    ("2808 00 00", "", "3.080", ()),
    ("2814 10 00", "", "4.360", ()),
    ("2814 20 00", "", "1.310", ()),
    ("2834 21 00", "", "2.850", ()),
    ("3102 10 12", "", "0.940", ()),
    ("3102 10 15", "", "1.540", ()),
    ("3102 10 19", "", "2.850", ()),
    ("3102 10 90", "", "2.780", ()),
    ("3105 30 00", "", "1.040", ()),
    ("2804 10 00", "", "26.640", ()),
    ("2523 10 00", "grey", "1.390", ("A",)),
    ("2523 10 00", "white", "1.300", ("B",)),
    ("2523 29 00", "", "1.420", ()),
    ("2523 90 00", "white", "1.460", ("B",)),
    ("2523 30 00", "", "2.180", ()),
    ("2507 00 80", "", "0.320", ("A",)),
    ("7601 10 10", "", "3.000", ("K",)),
    ("7601 20 80", "", "3.000", ("K",)),
    ("7604 21 00", "", "4.881", ("K",)),
    ("7608 10 00", "", "4.896", ("K",)),
    ("7616 99 10", "", "4.542", ("K",)),
    ("7616 99 90", "", "5.559", ("K",)),
    ("2601 12 00", "", "0.260", ()),
    ("7208 10 00", "", "3.187", ("C",)),
    ("7210 49 00", "", "3.205", ("C",)),
    ("7213 10 00", "", "3.169", ("C",)),
    ("7227 10 00", "", "6.120", ("C", "F")),
    ("7308 90 98", "", "6.035", ("C",)),
    ("7311 00 11", "", "6.645", ("C",)),
    ("7318 15 95", "", "6.375", ("C",)),
    ("7318 16 92", "", "5.045", ("C",)),
    ("7318 22 00", "", "4.555", ("C",)),
    ("7326 90 98", "", "3.076", ("C",)),
]


@pytest.mark.parametrize(("cn", "variant", "total", "routes"), CHINA)
def test_china(tables: Tables, cn: str, variant: str, total: str, routes: tuple[str, ...]) -> None:
    found = tables.default(cn, "CN", variant)
    assert (str(found.total), found.routes, found.fallback, found.country) == (total, routes, "", "CN")
    assert abs(found.total - found.published) <= Decimal("0.0005")


def test_parts_are_for_information(tables: Tables) -> None:
    ammonia = tables.default("28141000", "CN")
    assert (ammonia.direct, ammonia.indirect, ammonia.total) == (
        Decimal("4.17"),
        Decimal("0.19"),
        Decimal("4.36"),
    )
    screws = tables.default("73181595", "CN")
    assert (screws.direct, screws.indirect) == (Decimal("6.375"), None)


def test_the_longest_published_code_wins(tables: Tables) -> None:
    assert tables.default("73181595", "CN").cn == "731815"
    assert tables.default("73182200", "CN").cn == "73182200"
    assert tables.default("73089098", "CN").cn == "7308"


@pytest.mark.parametrize("country", ["FJ", "XK", "IS", "DE"])
def test_a_country_without_a_table_takes_that_of_other_countries(tables: Tables, country: str) -> None:
    found = tables.default("72081000", country)
    assert (found.total, found.fallback, found.country) == (Decimal("4.049"), "other-countries", country)


def test_a_dash_takes_the_value_of_other_countries(tables: Tables) -> None:
    iron = tables.default("7203 10 00", "CN")
    assert (str(iron.total), iron.fallback, iron.country) == ("1.325", "other-countries", "CN")
    white = tables.default("25231000", "AO", "white")  # Angola has grey clinker only
    assert (white.fallback, white.variant) == ("other-countries", "white")
    assert tables.default("25231000", "AO", "grey").fallback == ""


def test_an_unknown_country_takes_the_highest(tables: Tables) -> None:
    found = tables.default("72081000", "")
    assert (str(found.total), found.fallback, found.country) == ("8.230", "highest", "")
    assert found == tables.highest_default("7208 10 00")
    assert tables.default("28141000", "").total == tables.default("28141000", "CN").total


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("UK", "GB"),
        ("GB", "GB"),
        ("CN-TW", "TW"),
        ("TW", "TW"),
        ("CN-JS", "CN"),
        ("China", "CN"),
        ("中国", "CN"),
    ],
)
def test_countries_by_code_or_name(tables: Tables, asked: str, code: str) -> None:
    assert tables.default("72081000", asked) == tables.default("72081000", code)
    assert tables.country_code(asked) == code


@pytest.mark.parametrize("asked", ["XX", "RER", "GLO", "other", "nowhere"])
def test_a_place_that_is_no_country_is_refused(tables: Tables, asked: str) -> None:
    with pytest.raises(UnknownPlace):
        tables.default("72081000", asked)
    assert not tables.is_country(asked)


@pytest.mark.parametrize(
    ("code", "known"), [("CN", True), ("UK", True), ("", True), ("China", False), ("C", False)]
)
def test_what_is_a_country_by_its_two_letters(tables: Tables, code: str, known: bool) -> None:
    assert tables.is_country(code) is known


@pytest.mark.parametrize("country", ["CN", "FJ", ""])
@pytest.mark.parametrize("cn", ["2523 10 00", "2523 90 00"])
def test_white_or_grey_must_be_said(tables: Tables, cn: str, country: str) -> None:
    assert tables.variants(cn, country) == ("grey", "white")
    for variant in ("", "blue"):
        with pytest.raises(VariantNeeded) as told:
            tables.default(cn, country, variant)
        assert told.value.variants == ("grey", "white")
    assert tables.default(cn + "10", country) == tables.default(cn, country, "white")
    assert tables.default(cn + "90", country) == tables.default(cn, country, "grey")


def test_a_variant_where_there_is_none_is_left_aside(tables: Tables) -> None:
    assert tables.variants("25232100", "CN") == ()
    assert tables.default("25232100", "CN", "white").variant == ""


@pytest.mark.parametrize(
    ("cn", "error"), [("2716 00 00", NoDefault), ("3102 10 10", RetiredCode), ("7615 10 10", NotInScope)]
)
@pytest.mark.parametrize("country", ["CN", ""])
def test_no_default(tables: Tables, cn: str, country: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        tables.default(cn, country)


def test_there_are_119_countries(tables: Tables) -> None:
    assert len(tables.countries()) == 119
    assert OTHER not in tables.countries() and {"CN", "HK", "TW", "GB", "MM", "NA"} <= set(tables.countries())
    assert tables.has_table("CN") and not tables.has_table("FJ")


@pytest.mark.parametrize("country", ["CN", "", "FJ", "MK", "KW", "TW"])
def test_every_good_has_a_default_and_a_benchmark_for_it(tables: Tables, country: str) -> None:
    for good in tables.goods():
        if good.cn == "27160000":
            continue
        for variant in tables.variants(good.cn, country) or ("",):
            found = tables.default(good.cn, country, variant)
            assert found.total > 0 and good.cn.startswith(found.cn)
            for year in (2026, 2027, 2028):
                chosen = tables.default_benchmark(good.cn, found, year)
                assert chosen.benchmark.column == "B" and chosen.benchmark.cn == good.cn
                assert chosen.benchmark.years[0] <= year <= chosen.benchmark.years[1]
                assert chosen.benchmark.per is found.per


def test_every_country_resolves_for_every_good(tables: Tables) -> None:
    for country in tables.countries():
        for good in tables.goods()[::7]:
            for variant in tables.variants(good.cn, country) or ("",):
                if good.cn != "27160000":
                    assert tables.default_benchmark(good.cn, tables.default(good.cn, country, variant), 2026)


CHOSEN = [  # code, country, variant, route of the benchmark, why
    ("72081000", "CN", "", "C", Choice.PUBLISHED_ROUTE),
    ("25231000", "CN", "white", "B", Choice.PUBLISHED_ROUTE),
    ("25231000", "KR", "white", "B", Choice.VARIANT),
    ("28141000", "CN", "", "", Choice.ONLY_ONE),
    ("73181535", "CN", "", "", Choice.ONLY_ONE),  # stainless: one benchmark whatever the route
    ("72271000", "CN", "", "F", Choice.PUBLISHED_ROUTE),  # (C)/(F); the code has F to J only
    ("72279010", "CN", "", "C", Choice.PUBLISHED_ROUTE),  # (C)/(F); the code has C to E only
    ("72052100", "CN", "", "F", Choice.SAME_PROCESS),
    ("73063018", "CN", "", "C", Choice.NEIGHBOURS),
    ("76011010", "KW", "", "L", Choice.LOWEST),
    ("72081000", "MK", "", "E", Choice.LOWEST),
    ("76011010", "CN", "", "K", Choice.PUBLISHED_ROUTE),
]


@pytest.mark.parametrize(("cn", "country", "variant", "route", "why"), CHOSEN)
def test_which_benchmark_goes_with_a_default(
    tables: Tables, cn: str, country: str, variant: str, route: str, why: Choice
) -> None:
    chosen = tables.default_benchmark(cn, tables.default(cn, country, variant), 2026)
    assert (chosen.benchmark.route, chosen.reason) == (route, why)
    assert (chosen.mark == "?") is (why is Choice.LOWEST)


CODES = tuple(good.cn for good in open_tables().goods() if good.cn != "27160000")


TAIWAN_STAINLESS = ("7218", "7219", "7220", "7222", "7223")
"""Headings whose value for Taiwan lies above Annex IV's "highest" as published."""


def below_a_country(cn: str, country: str) -> bool:
    """Where Annex IV, which we hold from a third party only (mark T), prints less than Annex I does."""
    return cn.startswith("761699") or (country == "TW" and cn.startswith(TAIWAN_STAINLESS))


@settings(max_examples=60, deadline=None)
@given(cn=st.sampled_from(CODES), country=st.sampled_from(open_tables().countries()), data=st.data())
def test_no_country_is_better_off_by_hiding(cn: str, country: str, data: st.DataObject) -> None:
    """The highest default is at least the country's own, but for the last digit it is printed with."""
    assume(not below_a_country(cn, country))
    tables = open_tables()
    variant = data.draw(st.sampled_from(tables.variants(cn, country) or ("",)))
    own, highest = tables.default(cn, country, variant), tables.highest_default(cn, variant)
    assert own.total <= highest.total + Decimal("0.001")
    assert own == tables.default(f"{cn[:4]} {cn[4:6]} {cn[6:]}", country, variant)
