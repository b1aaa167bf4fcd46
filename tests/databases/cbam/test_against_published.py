"""The packaged tables against the published files they were made from, where these are here: row by row."""

from __future__ import annotations

import csv
import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from databases import places
from databases.cbam.commission import country_of
from databases.cbam.tables import Tables

DASHES = {"–", "-", "_"}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def thousandths(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.001"), ROUND_HALF_UP)


def test_every_row_of_the_default_workbook_is_accounted_for(tables: Tables, published: Path) -> None:
    mine = {
        (country, cn, raw[0]): raw
        for country, of_country in tables._defaults.items()
        for cn, found in of_country.items()
        for raw in found
    }
    headings = dashes = 0
    for row in read_csv(published / "default_values_all_countries_v20260204.csv"):
        if row["total"] == "see below":
            headings += 1
            continue
        country = country_of(row["country"])
        word = row["description"].split()[0].lower()
        variant = word if row["cn_code"] in ("25231000", "25239000") else ""
        raw = mine.pop((country, row["cn_code"], variant))
        assert raw[4].split() == re.findall(r"\(([A-L])\)", row["route_for_CBAM_BM"])
        if row["total"] in DASHES:
            dashes += 1
            assert raw[1:4] == ("-", "", "")
            continue
        assert abs(Decimal(raw[1]) - Decimal(row["total"])) <= Decimal("1e-9")
        direct = raw[1] if raw[2] == "=" else raw[2]
        assert abs(Decimal(direct) - Decimal(row["direct"])) <= Decimal("1e-9")
        assert (raw[3] == "") is (row["indirect"][:1] == "N")
    assert mine == {}
    assert (headings, dashes) == (874, 727)


def test_codes_of_default_values_are_in_scope_but_four(tables: Tables) -> None:
    """The workbook has values for heading 7615, which Annex I to Regulation (EU) 2023/956 leaves out."""
    begins = {good.cn[:size] for good in tables.goods() for size in (4, 6, 8)}
    outside = {cn for of_country in tables._defaults.values() for cn in of_country} - begins
    assert outside == {"76151010", "76151030", "76151080", "76152000"}
    assert set(tables._highest) <= begins


def test_published_markups_follow_from_the_totals(tables: Tables, published: Path) -> None:
    """10, 20 and 30 %, fertilisers 1 %: the columns that the act of July 2026 is said to delete."""
    sectors = {"Iron and steel": "iron-steel"}
    for row in read_csv(published / "default_values_china_v20260204.csv"):
        if row["total"] in DASHES | {"see below"}:
            continue
        sector = sectors.get(row["sector"], row["sector"].lower())
        for year, column in ((2026, "markup_2026"), (2027, "markup_2027"), (2028, "markup_2028_onwards")):
            marked_up = Decimal(row["total"]) * (1 + tables.markup(sector, year))
            assert abs(marked_up - Decimal(row[column])) < Decimal("0.001"), row


def test_every_good_and_benchmark(tables: Tables, published: Path) -> None:
    goods = {row["cn8"]: row for row in read_csv(published / "annexI_cn8_definitive.csv")}
    assert {good.cn for good in tables.goods()} == set(goods)
    for good in tables.goods():
        assert good.direct_only is (goods[good.cn]["annex_II_direct_only"] == "True")
        assert "+".join(good.gases) == goods[good.cn]["ghg"]
    mine = [item for good in tables.goods() for item in tables._benchmarks.get(good.cn, ())]
    years = {"": (2026, 2030), "1": (2026, 2027), "2": (2028, 2030)}
    theirs = [
        (
            row["cn8"],
            row["column"],
            "".join(re.findall("[A-L]", row["route_year_marker"])),
            Decimal(row["bm_tco2e_per_t"]),
            years["".join(re.findall(r"\d", row["route_year_marker"]))],
        )
        for row in read_csv(published / "benchmarks_2620_long.csv")
    ]
    assert sorted((item.cn, item.column, item.route, item.value, item.years) for item in mine) == sorted(
        theirs
    )


def test_every_highest_default(tables: Tables, published: Path) -> None:
    theirs = json.loads((published / "annex_iv_precursor_defaults_2621.json").read_text(encoding="utf-8"))
    mine = {(cn, raw[0]): raw for cn, found in tables._highest.items() for raw in found}
    for row in theirs:
        cn = row["cn_code"].replace(" ", "")
        variant = row["description"].split()[0].lower() if cn in ("25231000", "25239000") else ""
        raw = mine.pop((cn, variant))
        assert Decimal(raw[1]) == Decimal(row["highest"])
        assert raw[4] == (row["route"] or "") or (raw[4], raw[5]) == ("C F", "D")
    assert mine == {}


def test_every_standard_factor(tables: Tables, published: Path) -> None:
    theirs = json.loads((published / "standard_factors_2547_annexII_G.json").read_text(encoding="utf-8"))
    mine = {fuel.name_en: fuel for fuel in tables.fuels()}
    for name, factor, ncv in theirs["fuels_T1_T2_ef_tCO2_per_TJ__ncv_GJ_per_t"]:
        fuel = mine.pop(name)
        assert fuel.emission_factor == Decimal(str(factor))
        assert fuel.ncv == (None if ncv is None else Decimal(str(ncv)))
    assert mine == {}
    for key, value in theirs["carbonates_T3"].items():
        assert tables.carbonate(key).emission_factor == Decimal(str(value))
    for key, value in theirs["oxides_T4"].items():
        assert tables.oxide(key).emission_factor == Decimal(str(value))
    for key, (slope, fraction) in theirs["pfc_slope_T2"].items():
        found = tables.pfc_slope(key.replace(" ", "-"))
        assert (found.cf4_factor, found.c2f6_fraction) == (Decimal(str(slope)), Decimal(str(fraction)))


def test_every_national_fuel(tables: Tables, published: Path) -> None:
    theirs = read_csv(published.parent / "china" / "cn_fuel_defaults_other_industry_guide.csv")
    mine = {fuel.name_zh: fuel for fuel in tables.national_fuels("CN")}
    assert set(mine) == {row["fuel_zh"] for row in theirs}
    for row in theirs:
        fuel = mine[row["fuel_zh"]]
        assert fuel.ncv is not None and fuel.oxidation_factor is not None
        per_published_unit = 10 if row["ncv_unit"] == "GJ/1e4Nm3" else 1
        derived = fuel.ncv * per_published_unit * fuel.emission_factor / 1000 * fuel.oxidation_factor
        # published with 44/12, the regulation has 3.664
        assert abs(derived / Decimal(row["derived_tCO2_per_unit"]) - 1) < Decimal("0.002")


def test_every_published_country_is_a_place(published: Path) -> None:
    names = {row["country"] for row in read_csv(published / "default_values_all_countries_v20260204.csv")}
    codes = {country_of(name) for name in names}
    assert "" not in codes and len(codes) == len(names) == 120
    assert all(places.find(code) for code in codes - {"other"})
