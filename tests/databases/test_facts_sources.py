"""Every published digit string of the fact tables equals the sources' own files, where those are at hand."""

import csv
import re
from collections import defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "databases" / "data"
SHARED = ROOT.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="reference data folder is not beside this checkout"
)

Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


@cache
def exchanges() -> list[Row]:
    return [row for path in sorted((DATA / "exchanges").glob("*.csv")) for row in rows(path)]


@cache
def datasets() -> set[str]:
    return {row["code"] for path in sorted((DATA / "datasets").glob("*.csv")) for row in rows(path)}


def plain(text: str) -> Decimal:
    """A source cell; float noise of a spreadsheet export (3.3600000000000004e-06) is read as 12 digits."""
    return Decimal(f"{float(text):.12g}") if "e" in text.lower() else Decimal(text)


def sourced(code: str) -> list[Row]:
    return [row for row in exchanges() if row["source"] == code]


def test_every_uk_figure_equals_its_source_row() -> None:
    source = {row["id"]: row["factor_2025"] for row in rows(SHARED / "desnz" / "desnz_2025_flat.csv")}
    checked = 0
    for row in sourced("desnz-2025"):
        if row["input"] in datasets():
            assert row["published"] == "1", row
            continue
        found = re.search(r", row (\S+)$", row["locator"])
        assert found is not None, row
        assert plain(source[found[1]]) == Decimal(row["published"]), row
        checked += 1
    assert checked > 400


def test_uk_gas_split_sums_to_the_total_row() -> None:
    source = {row["id"]: row["factor_2025"] for row in rows(SHARED / "desnz" / "desnz_2025_flat.csv")}
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in sourced("desnz-2025"):
        if re.search(r"of (CO2|CH4|N2O)/", row["published_unit"]) and (
            found := re.search(r"row (\S+)_[234]$", row["locator"])
        ):
            parts[f"{row['dataset']} {found[1]}"].append(row)
    groups = {key: split for key, split in parts.items() if len(split) == 3}
    assert len(groups) > 50
    for key, split in groups.items():
        total = Decimal(source[key.split()[1] + "_1"])
        assert abs(sum(Decimal(row["published"]) for row in split) - total) <= Decimal("0.00002"), key


def test_every_chinese_electricity_figure_equals_its_source_row() -> None:
    table = rows(SHARED / "china" / "cn_electricity_carbon_footprint_factors.csv")
    source = {(row["data_year"], row["type_zh"]): row["factor"] for row in table}
    seen = set()
    for row in exchanges():
        if row["source"].startswith("mee-footprint-") and row["input"] not in datasets():
            key = (row["source"][-4:], row["locator"].split(" > ")[1])
            assert row["published"] == source[key], row
            seen.add(key)
    assert seen == set(source)


def test_every_chinese_fuel_figure_equals_its_source_row() -> None:
    source = {
        row["fuel_zh"]: row for row in rows(SHARED / "china" / "cn_fuel_defaults_other_industry_guide.csv")
    }
    seen = set()
    for row in sourced("ndrc-guide-1722"):
        if row["published"] == "1":
            continue
        fuel = source[row["locator"].split(" > ")[1]]
        assert row["published"] == fuel["ncv"], row
        if row["input"] == "co2-fossil":
            seen.add(fuel["fuel_zh"])
            carbon = Decimal(fuel["carbon_content_tC_per_GJ"]) * Decimal(fuel["oxidation_pct"]) * 44
            assert Decimal(row["multiply"]) == carbon, row
    assert seen == set(source)


def test_every_us_figure_equals_its_source_cell() -> None:
    files = {
        path.stem.removeprefix("epa_hub_2024__"): rows(path)
        for path in (SHARED / "usepa").glob("epa_hub_2024__*.csv")
    }
    checked = 0
    for row in [*sourced("epa-hub-2024"), *rows(DATA / "gwp.csv")]:
        if row["source"] != "epa-hub-2024":
            continue
        sheet, name, *column = row["locator"].split(";")[0].split(" > ")
        table = files.get(sheet) or next(value for key, value in files.items() if key.startswith(sheet + "-"))
        line = next(each for each in table if name in list(each.values())[:2])
        if column:
            assert Decimal(line[column[0]]) == Decimal(row.get("published") or row["gwp100"]), row
        else:
            component = row["input"].upper().replace("HFC-134A", "HFC-134a").replace("HFC-143A", "HFC-143a")
            component = {"C2F6": "PFC-116"}.get(component, component)
            assert f"{row['published']}% {component}" in line["Blend Composition"], row
        checked += 1
    assert checked > 70
