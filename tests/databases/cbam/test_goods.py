"""Goods in scope: how codes are written, functional units, categories, what is refused."""

from __future__ import annotations

from collections import Counter

import pytest

from databases.cbam.goods import FunctionalUnit, NotInScope, RetiredCode, Sector, digits, variant_of
from databases.cbam.tables import Tables
from databases.cbam.values import UnknownKey


@pytest.mark.parametrize(
    "written", ["73181595", "7318 15 95", "7318.15.95", " 7318 1595 ", "7318\u00a015\u00a095", "7318159500"]
)
def test_a_code_is_found_however_it_is_written(tables: Tables, written: str) -> None:
    good = tables.good(written)
    assert (good.cn, good.heading, good.sector, good.category) == (
        "73181595",
        "7318",
        Sector.IRON_STEEL,
        "iron-or-steel-products",
    )
    assert "螺" in good.name_zh and good.name_en


def test_annex_i_has_571_codes(tables: Tables) -> None:
    goods = tables.goods()
    assert len({good.cn for good in goods}) == len(goods) == 571
    assert Counter(good.category for good in goods) == {
        "iron-or-steel-products": 421,
        "aluminium-products": 53,
        "crude-steel": 38,
        "mixed-fertilisers": 20,
        "alloys": 9,
        "pig-iron": 7,
        "unwrought-aluminium": 5,
        "urea": 4,
        "cement": 3,
        "ammonia": 2,
        "direct-reduced-iron": 2,
        "calcined-clay": 1,
        "cement-clinker": 1,
        "aluminous-cement": 1,
        "sintered-ore": 1,
        "hydrogen": 1,
        "nitric-acid": 1,
        "electricity": 1,
    }


UNITS = [  # Article 4 of Implementing Regulation (EU) 2025/2547; what the published values are stated per
    ("72081000", FunctionalUnit.TONNE, FunctionalUnit.TONNE),
    ("27160000", FunctionalUnit.KWH, FunctionalUnit.KWH),
    ("28080000", FunctionalUnit.KG_NITROGEN, FunctionalUnit.TONNE),
    ("28141000", FunctionalUnit.KG_NITROGEN, FunctionalUnit.TONNE),
    ("28342100", FunctionalUnit.KG_NITROGEN, FunctionalUnit.TONNE),
    ("31021012", FunctionalUnit.KG_NITROGEN, FunctionalUnit.TONNE),
    ("31053000", FunctionalUnit.KG_NITROGEN, FunctionalUnit.TONNE),
    ("25231000", FunctionalUnit.TONNE_CLINKER, FunctionalUnit.TONNE_CLINKER),
    ("25232100", FunctionalUnit.TONNE_CLINKER, FunctionalUnit.TONNE_CLINKER),
    ("25232900", FunctionalUnit.TONNE_CLINKER, FunctionalUnit.TONNE_CLINKER),
    ("25239000", FunctionalUnit.TONNE_CLINKER, FunctionalUnit.TONNE_CLINKER),
    ("25233000", FunctionalUnit.TONNE, FunctionalUnit.TONNE),
    ("25070080", FunctionalUnit.TONNE, FunctionalUnit.TONNE),
    ("28041000", FunctionalUnit.TONNE, FunctionalUnit.TONNE),
]


@pytest.mark.parametrize(("cn", "unit", "per"), UNITS)
def test_functional_units(tables: Tables, cn: str, unit: FunctionalUnit, per: FunctionalUnit) -> None:
    assert (tables.good(cn).unit, tables.good(cn).per) == (unit, per)


def test_where_indirect_emissions_count(tables: Tables) -> None:
    """Annex II to Regulation (EU) 2023/956; ammonia is not in it, whatever the communication template says."""
    both = {good.category for good in tables.goods() if not good.direct_only}
    assert both == {
        "calcined-clay",
        "cement-clinker",
        "cement",
        "aluminous-cement",
        "nitric-acid",
        "ammonia",
        "urea",
        "mixed-fertilisers",
        "sintered-ore",
    }


def test_gases(tables: Tables) -> None:
    assert tables.good("72081000").gases == ("CO2",)
    assert tables.good("31053000").gases == ("CO2", "N2O")
    assert tables.good("76011010").gases == ("CO2", "PFC")


REFUSED = [
    ("73181", NotInScope),
    ("7318", NotInScope),
    ("731815", NotInScope),
    ("76151010", NotInScope),  # 7615 is not in scope
    ("72042100", NotInScope),  # nor is scrap
    ("31056000", NotInScope),
    ("99999999", NotInScope),
    ("7318159", NotInScope),
    ("731815955", NotInScope),
    ("", NotInScope),
    ("screws", NotInScope),
    ("7318159５", NotInScope),
    ("2507008010", NotInScope),  # kaolinic clay that is not calcined
    ("31021010", RetiredCode),
    ("3102101000", RetiredCode),
]


@pytest.mark.parametrize(("cn", "error"), REFUSED)
def test_what_is_not_listed_is_refused(tables: Tables, cn: str, error: type[NotInScope]) -> None:
    with pytest.raises(NotInScope) as told:
        tables.good(cn)
    assert type(told.value) is error


def test_a_heading_names_its_codes_and_a_retired_code_its_successors(tables: Tables) -> None:
    with pytest.raises(NotInScope) as heading:
        tables.good("7318 15")
    assert heading.value.near[0] == "73181520" and len(heading.value.near) == 12
    with pytest.raises(RetiredCode) as retired:
        tables.good("3102 10 10")
    assert retired.value.successors == ("31021012", "31021015", "31021019")


def test_taric_codes(tables: Tables) -> None:
    assert tables.good("2507 00 80 80").cn == "25070080"
    assert (variant_of("2523 10 00 10"), variant_of("2523900090"), variant_of("25231000")) == (
        "white",
        "grey",
        "",
    )
    assert digits("7318 15 95 x") == "7318 15 95 x"


def test_categories(tables: Tables) -> None:
    categories = {item.slug: item for item in tables.categories()}
    assert len(categories) == 18
    for category in categories.values():
        assert set(category.precursors) | set(category.joint_precursors) <= set(categories)
        assert category.name_zh and category.name_en
        assert {good.sector for good in tables.goods() if good.category == category.slug} == {category.sector}
    assert tables.category("urea").precursors == ("ammonia",)
    assert tables.category("iron-or-steel-products").precursors == ("crude-steel", "iron-or-steel-products")
    assert tables.category("crude-steel").precursors == ("pig-iron", "direct-reduced-iron", "alloys")
    assert [route.letter for route in tables.category("aluminium-products").routes] == ["K", "L"]
    with pytest.raises(UnknownKey):
        tables.category("steel")


def test_routes_have_every_letter_of_the_benchmarks(tables: Tables) -> None:
    for good in tables.goods():
        letters = {route.letter for route in tables.category(good.category).routes} - {""}
        used = {item.route for column in "AB" for item in tables.benchmarks(good.cn, column, 2026)} - {""}
        assert used <= letters, good.cn


EXEMPT = dict.fromkeys(("DE", "IS", "NO", "CH", "LI", "Büsingen", "Melilla"), True) | dict.fromkeys(
    ("CN", "GB", "TR", "RS", ""), False
)


@pytest.mark.parametrize(("country", "exempt"), EXEMPT.items())
def test_exempt_origins(tables: Tables, country: str, exempt: bool) -> None:
    assert tables.exempt(country) is exempt
