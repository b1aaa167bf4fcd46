"""Organisation-level grid factors: the published figures, and no way to take one for a dataset."""

import csv
from collections import Counter
from dataclasses import FrozenInstanceError, fields
from decimal import Decimal
from pathlib import Path

import pytest

from databases import units
from databases.dataset import Dataset
from databases.grid_co2 import (
    UNIT,
    GridFactorNotPublished,
    OrganisationGridFactor,
    all_factors,
    grid_co2_factor,
)

SHARED = Path(__file__).parents[3] / "shared" / "data" / "china" / "cn_grid_co2_factors_2021_2023.csv"


def provinces(year: int) -> dict[str, Decimal]:
    return {
        each.place: each.factor
        for each in all_factors()
        if each.level == "province" and each.data_year == year
    }


@pytest.mark.parametrize(
    ("place", "year", "factor"),
    [
        ("CN", 2021, "0.5568"),
        ("CN", 2023, "0.5306"),
        ("CN-RESIDUAL", 2023, "0.6096"),
        ("CN-FOSSIL", 2023, "0.8273"),
        ("CN-GRID-EAST", 2022, "0.5617"),
        ("CN-GRID-SOUTHWEST", 2023, "0.2472"),
        ("CN-JS", 2023, "0.5827"),
        ("CN-JS", 2021, "0.6451"),
        ("CN-YN", 2022, "0.1073"),
    ],
)
def test_published_figures(place: str, year: int, factor: str) -> None:
    found = grid_co2_factor(place, year)
    assert (found.factor, found.data_year, found.unit) == (Decimal(factor), year, "kgCO2/kWh")
    assert not found.stands_in
    assert found.reason_zh == found.reason_en == ""


def test_table_has_three_readings_seven_regions_thirty_provinces_each_year() -> None:
    levels = Counter((each.data_year, each.level) for each in all_factors())
    wanted = {"national": 1, "national-residual": 1, "national-fossil": 1, "region": 7, "province": 30}
    assert levels == {(year, level): count for year in (2021, 2022, 2023) for level, count in wanted.items()}
    assert len({(each.place, each.data_year) for each in all_factors()}) == len(all_factors()) == 120


def test_twenty_provinces_fell_and_ten_rose_from_2022_to_2023() -> None:
    before, after = provinces(2022), provinces(2023)
    assert before.keys() == after.keys()
    changes = Counter("down" if after[place] < before[place] else "up" for place in before)
    assert changes == {"down": 20, "up": 10}


def test_every_factor_names_its_document_issuer_and_certainty() -> None:
    for each in all_factors():
        assert each.unit == UNIT
        assert each.document.endswith("公告")
        assert str(each.data_year) in each.document
        assert each.number.startswith("公告")
        assert "生态环境部" in each.issuer
        assert each.certainty == ("P" if each.data_year == 2023 else "S2")


def test_tibet_falls_back_with_its_reason() -> None:
    found = grid_co2_factor("CN-XZ", 2023)
    assert found.stands_in
    assert (found.requested, found.place, found.factor) == ("CN-XZ", "CN-GRID-SOUTHWEST", Decimal("0.2472"))
    assert "西藏" in found.reason_zh
    assert "Tibet" in found.reason_en


@pytest.mark.parametrize(
    ("place", "year"),
    [("CN", 2024), ("CN", 2020), ("CN-XZ", 2024), ("CN-HK", 2023), ("CN-TW", 2023), ("UK", 2023), ("", 2023)],
)
def test_what_is_not_published_is_refused(place: str, year: int) -> None:
    with pytest.raises(GridFactorNotPublished) as refused:
        grid_co2_factor(place, year)
    assert (refused.value.place, refused.value.year) == (place, year)


def test_a_grid_factor_is_no_dataset_and_its_unit_no_unit_of_an_inventory() -> None:
    assert not issubclass(OrganisationGridFactor, Dataset)
    own = {field.name for field in fields(OrganisationGridFactor)}
    assert not own & {"code", "position", "boundary", "complete", "gwp_set"}
    with pytest.raises(units.UnknownUnit):
        units.parse(UNIT)
    with pytest.raises(FrozenInstanceError):
        grid_co2_factor("CN", 2023).factor = Decimal(0)  # type: ignore[misc]


@pytest.mark.skipif(not SHARED.is_file(), reason="reference data folder is not beside this checkout")
def test_digits_equal_the_compiled_announcements() -> None:
    with SHARED.open(encoding="utf-8-sig", newline="") as table:
        source = {(row["area_zh"], int(row["data_year"])): row["factor"] for row in csv.DictReader(table)}
    assert {(each.area_zh, each.data_year): str(each.factor) for each in all_factors()} == source
