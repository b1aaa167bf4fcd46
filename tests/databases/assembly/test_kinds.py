"""What kind an imported process is of: named cases, and shares over a whole public database."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from databases.assembly.kinds import RULES, classify
from databases.facts import KINDS
from lca.linking import GROUPS

USLCI = Path(__file__).parents[4] / "shared" / "data" / "uslci" / "uslci_fy20q4_es1.zip"

CASES = [
    # names of the US Life Cycle Inventory Database
    ("Electricity, at grid", "kWh", "electricity", "at consumer"),
    ("Electricity, at grid", "MJ", "electricity", "at consumer"),
    ("Electricity, bituminous coal, at power plant", "kWh", "electricity", "generation"),
    ("Electricity, nuclear, at power plant", "kWh", "electricity", "generation"),
    ("Electricity, alumina refining regions", "MJ", "electricity", "generation"),
    ("Electricity; onsite boiler; hardwood mill; average", "kWh", "electricity", "own generation"),
    ("Steam, purchased by containerboard mills", "MJ", "heat", ""),
    ("Heat; onsite boiler; softwood mill; average", "MJ", "heat", ""),
    ("Natural gas, combusted in industrial boiler", "m3", "fuel", "burned"),
    ("Diesel, combusted in industrial equipment", "l", "fuel", "burned"),
    ("Wood waste, unspecified, combusted in industrial boiler", "kg", "fuel", "burned"),
    ("Fuels, burned at coated freesheet, average production, at mill", "MJ", "fuel", "burned"),
    ("Diesel, at refinery", "l", "material", "fuel supply"),
    ("Bituminous coal, at mine", "kg", "material", "fuel supply"),
    ("Natural gas, at processing, shale, kg", "kg", "material", "fuel supply"),
    ("Transport, combination truck, diesel powered", "t*km", "transport", "road"),
    ("Transport, train, diesel powered", "t*km", "transport", "rail"),
    ("Transport, barge, average fuel mix", "t*km", "transport", "inland water"),
    ("Transport, ocean freighter, residual fuel oil powered", "t*km", "transport", "sea"),
    ("Transport, aircraft, freight", "t*km", "transport", "air"),
    ("Transport, pipeline, natural gas", "t*km", "transport", "pipeline"),
    ("Transport, passenger car, gasoline powered", "p*km", "transport", "passenger"),
    ("Mixed recyclables, at collection, curbside, volume basis", "m3", "waste", "treatment"),
    ("Mixed recyclables, to MRF", "kg", "waste", "treatment"),
    ("Aluminum, primary, ingot, at plant", "kg", "material", ""),
    ("Polyethylene terephthalate, PET, virgin resin, at plant, kg", "kg", "material", ""),
    ("Portland cement, at plant", "kg", "material", ""),
    ("Steel, stainless 304, scrap", "kg", "material", ""),
    ("Printer, AltaLink B8045/55 multi-functional device (MFD)", "Item(s)", "material", ""),
    ("Tillage, conservation, corn production", "m2", "material", ""),
    # as other databases of the field name such things
    ("market for electricity, low voltage", "kWh", "electricity", "at consumer"),
    ("market group for electricity, medium voltage", "kWh", "electricity", "at consumer"),
    ("market for electricity, high voltage", "kWh", "electricity", "generation"),
    ("market for electricity, low voltage, label-certified", "kWh", "electricity", "contracted at consumer"),
    ("electricity production, wind, 1-3MW turbine, onshore", "kWh", "electricity", "generation"),
    ("electricity, photovoltaic, 3kWp slanted-roof installation", "kWh", "electricity", "own generation"),
    ("market for heat, district or industrial, natural gas", "MJ", "heat", ""),
    ("heat, from municipal waste incineration", "MJ", "heat", ""),
    ("diesel, burned in building machine", "MJ", "fuel", "burned"),
    ("market for diesel, low-sulfur", "kg", "material", "fuel supply"),
    ("market for transport, freight, lorry >32 metric ton, EURO6", "metric ton*km", "transport", "road"),
    ("transport, passenger car, electric", "vehicle kilometer", "transport", "road"),
    ("treatment of municipal solid waste, sanitary landfill", "kg", "waste", "treatment"),
    ("disposal, plastics, mixture, to municipal incineration", "kg", "waste", "treatment"),
    ("market for tap water", "kg", "water", ""),
    ("water, deionised, at plant", "kg", "water", ""),
    ("sodium silicate, water glass", "kg", "material", ""),
    ("waste paper, sorted", "kg", "material", ""),
    ("waste incineration facility construction, equipment", "unit", "material", ""),
    ("something", "a unit nobody knows", "material", ""),
]


def process(name: str, unit: str, **more: Any) -> dict[str, Any]:
    return {"code": "p", "name": name, "reference product": name, "unit": unit, "exchanges": [], **more}


@pytest.mark.parametrize(("name", "unit", "kind", "group"), CASES)
def test_kind_and_group_by_name_and_unit(name: str, unit: str, kind: str, group: str) -> None:
    assert classify(process(name, unit)) == (kind, group)


def test_the_product_decides_between_heat_and_power() -> None:
    name = "heat and power co-generation, natural gas"
    assert classify(process(name, "MJ", **{"reference product": "heat, district or industrial"}))[0] == "heat"
    power = process(name, "kWh", **{"reference product": "electricity, high voltage"})
    assert classify(power) == ("electricity", "generation")


@pytest.mark.parametrize("waste", [{"amount": -1.0}, {"amount": 1.0, "waste": True}])
def test_waste_taken_in_is_a_treatment_whatever_its_name(waste: dict[str, Any]) -> None:
    taken = {"type": "production", "name": "aluminium scrap", "unit": "kg", **waste}
    assert classify(process("aluminium scrap", "kg", exchanges=[taken])) == ("waste", "treatment")


def test_a_direct_emission_is_one_by_its_boundary() -> None:
    assert classify(process("R-134a", "kg", boundary="direct-emission")) == ("emission", "direct")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (["38", "3821:Treatment and disposal of non-hazardous waste"], ("waste", "treatment")),
        (["38", "3830:Materials recovery"], ("material", "Materials recovery")),
        (["31-33: Manufacturing", "3313: Alumina and Aluminum"], ("material", "Alumina and Aluminum")),
    ],
)
def test_the_classification_helps_where_the_name_does_not(path: list[str], expected: tuple[str, str]) -> None:
    assert classify(process("sludge", "kg", classifications=path)) == expected


def test_every_row_gives_a_kind_that_facts_know_and_every_kind_has_a_row() -> None:
    assert {rule.kind for rule in RULES} == KINDS


def test_groups_of_electricity_are_those_that_linking_asks_for() -> None:
    """Only ``generation`` is no consumer's."""
    given = {classify(process(name, "kWh"))[1] for name, unit, kind, _ in CASES if kind == "electricity"}
    assert given == {"generation"}.union(*GROUPS.values())


@pytest.mark.skipif(not USLCI.is_file(), reason="reference data folder is not beside this checkout")
def test_shares_over_a_public_database() -> None:
    with zipfile.ZipFile(USLCI) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    tags = re.findall("<referenceFunction [^>]*>", text)
    read = [dict(re.findall('(name|unit|category|subCategory)="([^"]*)"', tag)) for tag in tags]
    found = [
        classify(process(row["name"], row["unit"], classifications=[row["category"], row["subCategory"]]))
        for row in read
    ]
    kinds = Counter(kind for kind, _ in found)
    assert sum(kinds.values()) == 631
    expected = {"material": 306, "transport": 171, "electricity": 94, "fuel": 47, "waste": 9, "heat": 4}
    for kind, count in expected.items():
        assert abs(kinds[kind] - count) <= 0.1 * count + 1, kind
    groups = Counter(group for kind, group in found if kind == "electricity")
    assert groups["generation"] >= 11, "power plants are no consumer's mix"
    assert groups["at consumer"] >= 75, "every region has its grid"
    assert groups["own generation"] == 1
