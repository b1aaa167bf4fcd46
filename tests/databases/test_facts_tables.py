"""The fact tables hold together, give the figures they should, and mark what must not stand alone."""

import csv
import re
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from databases import places, units

ROOT = Path(__file__).parents[2]
DATA = ROOT / "databases" / "data"
MARKS = {"P", "S", "S2", "M", "D"}
KINDS = {"electricity", "fuel", "heat", "material", "transport", "waste", "water", "emission"}
BOUNDARIES = {
    "cradle-to-gate",
    "life-cycle",
    "well-to-wheel",
    "combustion-only",
    "upstream-only",
    "process-emissions-only",
    "collection-only",
    "direct-emission",
}
PARTS = {"fossil", "biogenic-emissions", "biogenic-removals", "land-use-change"}
GASES = {"CO2", "CH4", "N2O", "other", "unspecified"}

Row = dict[str, str]


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


def theme(folder: str) -> list[Row]:
    return [row for path in sorted((DATA / folder).glob("*.csv")) for row in rows(path)]


@cache
def datasets() -> dict[str, Row]:
    return {row["code"]: row for row in theme("datasets")}


@cache
def exchanges() -> list[Row]:
    return theme("exchanges")


@cache
def inputs_of() -> dict[str, list[Row]]:
    table: dict[str, list[Row]] = defaultdict(list)
    for row in exchanges():
        table[row["dataset"]].append(row)
    return table


@cache
def flows() -> dict[str, Row]:
    return {row["code"]: row for row in rows(DATA / "flows.csv")}


@cache
def gwp(gwp_set: str) -> dict[str, Decimal]:
    return {
        row["flow"]: Decimal(row["gwp100"]) for row in rows(DATA / "gwp.csv") if row["gwp_set"] == gwp_set
    }


def amount(row: Row) -> Decimal:
    return Decimal(row["published"]) * Decimal(row["multiply"]) / Decimal(row["divide"])


def score(code: str, gwp_set: str = "AR5") -> Decimal:
    """kgCO2e per unit of the dataset, by walking down its inputs."""
    total = Decimal(0)
    for row in inputs_of()[code]:
        each = gwp(gwp_set)[row["input"]] if row["input"] in flows() else score(row["input"], gwp_set)
        total += amount(row) * each
    return total


def supply_chain(code: str) -> set[str]:
    """Every flow and dataset below a dataset."""
    found: set[str] = set()
    for row in inputs_of()[code]:
        found.add(row["input"])
        if row["input"] in datasets():
            found |= supply_chain(row["input"])
    return found


# form of the tables


def test_there_are_enough_datasets_in_every_kind() -> None:
    kinds = Counter(row["kind"] for row in datasets().values())
    assert sum(kinds.values()) >= 250
    assert set(kinds) == KINDS


def test_codes_are_unique_and_readable() -> None:
    every = [row["code"] for row in theme("datasets")] + [row["code"] for row in rows(DATA / "flows.csv")]
    assert [code for code, count in Counter(every).items() if count > 1] == []
    assert [code for code in every if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []


@pytest.mark.parametrize("column", ["name_zh", "name_en"])
def test_names_are_unique_in_both_languages(column: str) -> None:
    names = Counter(row[column] for row in datasets().values())
    assert [name for name, count in names.items() if count > 1] == []


def test_names_and_notes_are_in_their_languages() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for code, row in datasets().items():
        assert chinese.search(row["name_zh"]), code
        assert row["name_en"].strip(), code
        assert not chinese.search(row["name_en"] + row["note_en"]), code
        assert bool(row["note_zh"]) == bool(row["note_en"]), code
        assert chinese.search(row["synonyms"]), code


@pytest.mark.parametrize(
    "table",
    [*(DATA / "datasets").glob("*.csv"), *(DATA / "exchanges").glob("*.csv")],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_tables_are_plain_utf8_without_mark_or_ragged_rows(table: Path) -> None:
    data = table.read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert all(None not in row and None not in row.values() for row in rows(table))


def test_every_field_uses_its_words() -> None:
    sources = {row["code"] for row in rows(DATA / "sources.csv")}
    for code, row in datasets().items():
        assert row["kind"] in KINDS, code
        assert row["boundary"] in BOUNDARIES, code
        assert row["certainty"] in MARKS, code
        assert row["source"] in sources, code
        assert row["locator"], code
        assert row["complete"] in {"0", "1"}, code
        assert row["gwp_set_assumed"] in {"0", "1"}, code
        assert units.parse(row["unit"]) == row["unit"], code
        assert places.parse(row["place"]) == row["place"], code
        assert 2000 <= int(row["year"]) <= 2026, code
    for row in exchanges():
        assert row["source"] in sources, row
        assert row["certainty"] in MARKS, row
        assert row["rule"], row
        assert row["locator"], row
        assert row["published_unit"], row


def test_sources_name_issuer_and_licence() -> None:
    for row in rows(DATA / "sources.csv"):
        assert row["title"], row
        assert row["issuer"], row
        assert row["licence"], row
        assert row["url"] == "" or row["url"].startswith("https://"), row
    used = {row["source"] for row in exchanges()} | {row["source"] for row in datasets().values()}
    used |= {row["source"] for row in rows(DATA / "gwp.csv")} | {
        row["source"] for row in rows(DATA / "grid_co2.csv")
    }
    assert used == {row["code"] for row in rows(DATA / "sources.csv")}


def test_every_input_exists_once_and_no_dataset_is_empty() -> None:
    pairs = Counter((row["dataset"], row["input"]) for row in exchanges())
    assert [pair for pair, count in pairs.items() if count > 1] == []
    assert {dataset for dataset, _ in pairs} == set(datasets())
    assert {name for _, name in pairs} <= set(datasets()) | set(flows())


def test_no_dataset_stands_in_its_own_supply_chain() -> None:
    assert [code for code in datasets() if code in supply_chain(code)] == []


def test_amounts_are_positive_finite_numbers() -> None:
    for row in exchanges():
        assert amount(row).is_finite(), row
        assert amount(row) > 0, row
        assert re.fullmatch(r"\d+(\.\d+)?", row["published"]), row


# flows and GWP


def test_flows_use_known_parts_and_gases() -> None:
    for row in flows().values():
        assert row["part"] in PARTS, row
        assert row["gas"] in GASES, row
        assert row["aircraft"] in {"0", "1"}, row
        assert row["aircraft"] == "0" or row["part"] == "fossil", row


def test_every_single_gas_has_both_gwp_sets_and_co2e_only_its_own() -> None:
    for code in flows():
        assert code in gwp("AR5"), code
        assert (code in gwp("AR6")) is not code.startswith("co2e-"), code
    assert {value for flow, value in gwp("AR5").items() if flow.startswith("co2e-")} == {Decimal(1)}


@pytest.mark.parametrize(
    ("gwp_set", "flow", "value"),
    [
        ("AR5", "ch4-fossil", "28"),
        ("AR5", "ch4-biogenic", "28"),
        ("AR5", "n2o", "265"),
        ("AR5", "sf6", "23500"),
        ("AR5", "nf3", "16100"),
        ("AR5", "cf4", "6630"),
        ("AR5", "c2f6", "11100"),
        ("AR5", "hfc-134a", "1300"),
        ("AR5", "hfc-32", "677"),
        ("AR5", "co2-biogenic-uptake", "-1"),
        ("AR6", "ch4-fossil", "29.8"),
        ("AR6", "ch4-biogenic", "27.0"),
        ("AR6", "n2o", "273"),
        ("AR6", "co2-biogenic-uptake", "-1"),
    ],
)
def test_gwp_values(gwp_set: str, flow: str, value: str) -> None:
    assert gwp(gwp_set)[flow] == Decimal(value)


def test_gwp_rows_are_unique_and_sourced() -> None:
    table = rows(DATA / "gwp.csv")
    assert len({(row["gwp_set"], row["flow"]) for row in table}) == len(table)
    assert {row["gwp_set"] for row in table} == {"AR5", "AR6"}
    assert {row["certainty"] for row in table} <= MARKS
    assert all(row["locator"] for row in table)


# the figures


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("elec-cn-2024-mix-generation", "0.5777"),
        ("elec-cn-2024-coal-generation", "0.9240"),
        ("elec-cn-2023-mix-generation", "0.6205"),
        ("elec-cn-2023-coal-generation", "0.9440"),
        ("elec-cn-2024-pv-own-use", "0.0520"),
        ("elec-cn-2024-mix-consumer", "0.6104"),
        ("elec-cn-2024-wind-consumer", "0.0651"),
        ("elec-cn-2023-mix-consumer-excl-losses", "0.6241"),
        ("al-primary-glo-2022", "15.1"),
        ("al-primary-glo-2021", "15.8"),
        ("aluminium-cans-foil-recycled-uk-2025", "0.9950779"),
        ("water-supply-uk-2025", "0.1913"),
        ("recycling-aluminium-uk-2025", "0.00468568"),
        ("air-longhaul-with-rf-direct-uk-2025", "0.89939"),
        ("emission-sf6", "23500"),
        ("emission-co2-biogenic-uptake", "-1"),
        ("heat-purchased-cn", "0.11"),
    ],
)
def test_exact_scores(code: str, value: str) -> None:
    assert score(code) == Decimal(value)


@pytest.mark.parametrize(
    ("code", "published", "tolerance"),
    [
        # DESNZ 2025: total of the direct factor, plus well-to-tank; the parts are rounded to five decimals.
        ("natural-gas-combustion-uk-2025-m3", "2.08906", "0.00001"),
        ("natural-gas-burned-uk-2025-m3", "2.42566", "0.00001"),
        ("diesel-combustion-uk-2025", "3.20391143", "0.00000002"),
        ("hgv-artic-33t-avg-uk-2025", "0.09502", "0.00002"),
        ("hgv-avg-uk-2025", "0.12522", "0.00002"),
        ("ship-container-avg-uk-2025", "0.01977", "0.00002"),
        ("air-longhaul-uk-2025", "0.66646", "0.00002"),
        ("rail-freight-uk-2025", "0.0347", "0.00002"),
        ("elec-uk-2025-consumer", "0.2454", "0.00003"),
        # EPA hub 2024: blends by their components, kg of CO2e per kg.
        ("emission-r-410a", "1924", "1"),
        ("emission-r-404a", "3943", "1"),
        ("emission-r-507a", "3985", "1"),
    ],
)
def test_gas_split_sums_to_the_published_total(code: str, published: str, tolerance: str) -> None:
    assert abs(score(code) - Decimal(published)) <= Decimal(tolerance)


@pytest.mark.parametrize(
    ("code", "kg_co2_per_unit"),
    [
        ("bituminous-coal-combustion-cn", "2.0715"),
        ("diesel-combustion-cn", "3.1451"),
        ("natural-gas-combustion-cn", "2.16219"),
        ("lpg-combustion-cn", "2.9538"),
        ("blast-furnace-gas-combustion-cn", "0.96865"),
    ],
)
def test_chinese_fuel_defaults_multiply_out(code: str, kg_co2_per_unit: str) -> None:
    co2 = next(row for row in inputs_of()[code] if row["input"] == "co2-fossil")
    assert abs(amount(co2) - Decimal(kg_co2_per_unit)) <= Decimal("0.00005")


COAL_FAMILY = (
    "anthracite",
    "bituminous",
    "lignite",
    "washed-coal",
    "other-washed",
    "coal-briquette",
    "coke-c",
)
COAL_FAMILY += ("coal-tar",)
"""Coal tar stands with the coals in IPCC 2006, volume 2, table 2.3, although it is a liquid."""


def test_methane_and_laughing_gas_of_chinese_fuels_are_those_of_their_family() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for code, row in datasets().items():
        if row["boundary"] != "combustion-only" or not code.endswith("-combustion-cn"):
            continue
        published = {row["input"]: row["published"] for row in inputs_of()[code]}
        family = (published["ch4-fossil"], published["n2o"])
        assert (family == ("10", "1.5")) == code.startswith(COAL_FAMILY), code
        assert family in {("10", "1.5"), ("3", "0.6"), ("1", "0.1")}, code
        assert row["unit"] != "m3" or family == ("1", "0.1"), code
        seen[family] += 1
    assert sum(seen.values()) == 27
    assert len(seen) == 3


def test_trucks_are_called_as_the_trade_calls_them() -> None:
    named = [row["name_zh"] for code, row in datasets().items() if "hgv-rigid" in code]
    assert len(named) >= 10
    assert all("载货汽车（单车）" in name for name in named)


def test_steam_from_gas_carries_the_boiler_loss() -> None:
    gas, steam = score("natural-gas-burned-cn") / Decimal("38.931"), score("steam-natural-gas-boiler-cn")
    assert abs(steam / gas - 1 / Decimal("0.90")) < Decimal("1e-12")


def test_biomass_releases_what_it_took_up() -> None:
    seen = 0
    for code in datasets():
        by_input = {row["input"]: amount(row) for row in inputs_of()[code]}
        if len(by_input) > 1 and "co2-biogenic-uptake" in by_input:
            seen += 1
            assert by_input["co2-biogenic"] == by_input["co2-biogenic-uptake"], code
    assert seen >= 5


# what must not mislead


def test_partial_boundaries_are_never_complete() -> None:
    partial = {"combustion-only", "upstream-only", "process-emissions-only"}
    for code, row in datasets().items():
        if row["boundary"] in partial:
            assert row["complete"] == "0", code
        if row["boundary"] in {"well-to-wheel", "direct-emission"}:
            assert row["complete"] == "1", code


def test_a_complete_fuel_or_freight_dataset_has_upstream_and_use() -> None:
    for code, row in datasets().items():
        if row["complete"] == "1" and row["kind"] == "transport":
            assert any(
                datasets().get(name, {}).get("boundary") == "upstream-only" for name in supply_chain(code)
            ), code
        if row["complete"] == "1" and row["group"] == "burned with supply":
            assert supply_chain(code) & {"co2-fossil", "co2-biogenic"}, code
            assert supply_chain(code) & {"co2e-ar5"}, code


def test_collection_only_stands_for_recycling_but_never_for_incineration() -> None:
    for code, row in datasets().items():
        if row["boundary"] == "collection-only":
            assert (row["complete"] == "1") is (row["group"] == "recycling"), code
    assert datasets()["incineration-plastics-us-2024"]["complete"] == "1"


def test_generation_without_the_grid_never_stands_for_electricity() -> None:
    for code, row in datasets().items():
        if row["kind"] == "electricity" and row["place"] == "CN":
            whole = row["group"] in {"at consumer", "contracted at consumer", "own generation"}
            assert row["complete"] == ("1" if whole and "excl-losses" not in code else "0"), code


def test_assumed_gwp_set_is_said_in_both_languages_and_rests_on_co2e_only() -> None:
    assumed = [row for row in datasets().values() if row["gwp_set_assumed"] == "1"]
    assert {row["source"] for row in assumed} == {
        "mee-footprint-2023",
        "mee-footprint-2024",
        "iai-primary",
        "epa-hub-2024",
    }
    for row in assumed:
        assert "co2e-ar5" in supply_chain(row["code"]), row["code"]
        assert "假定" in row["note_zh"], row["code"]
        assert "assumed" in row["note_en"], row["code"]


def test_co2e_only_figures_say_so_in_their_rule() -> None:
    for row in exchanges():
        if row["input"].startswith("co2e-") and row["source"] == "desnz-2025":
            assert row["rule"].startswith("CO2e only"), row


def test_aircraft_flows_stay_in_air_freight_and_radiative_forcing_is_kept_apart() -> None:
    aircraft = {code for code, row in flows().items() if row["aircraft"] == "1"}
    for code, row in datasets().items():
        direct = {name["input"] for name in inputs_of()[code]}
        assert not direct & aircraft or row["group"] == "air freight", code
        assert ("co2e-ar5-aircraft" in direct) is ("with-rf" in code), code
