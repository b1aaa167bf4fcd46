"""A release as an openLCA package, read again by our reader: the same processes, amounts and links."""

from __future__ import annotations

import json
import math
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contentmaking import content, dataset, exchanges, flow, method

from databases.content import BIOSPHERE, CUT_OFF, TECHNOSPHERE, UNLINKED, Head
from databases.exporters.jsonld import write
from databases.exporters.jsonld_entities import Entities, entity_id, flow_id, process_id, product_id
from databases.importers import jsonld
from databases.importers.shape import Extract
from databases.importers.sources import open_source
from databases.packages import load_characterisation
from databases.publish import write_release
from databases.release import Release, open_release
from databases.units import DIMENSIONS, convert

GIVEN = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module", autouse=True)
def brightway_in_a_temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIGHTWAY2_DIR", str(tmp_path_factory.mktemp("brightway")))
        yield


def again(path: Path, work: Path) -> Extract:
    with open_source(path) as files:
        assert jsonld.detects(files)
        return jsonld.read(files, work)


def entities(path: Path, folder: str) -> dict[str, dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        found = [
            json.loads(archive.read(name)) for name in archive.namelist() if name.startswith(folder + "/")
        ]
    return {entity["@id"]: entity for entity in found}


@pytest.fixture(scope="module")
def open_cn_package(open_cn: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "open-cn.zip"
    write(open_cn, path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Four datasets with everything that is not an ordinary input: what is missing, avoided, negative, uncertain."""
    rows = [
        (0, 1, TECHNOSPHERE, 2.0),
        (0, 2, TECHNOSPHERE, -0.5),
        (0, -1, UNLINKED, 3.0),
        (0, -1, CUT_OFF, -4.0),
        (0, 0, BIOSPHERE, 5.0),
        (0, 1, BIOSPHERE, 6.0),
        (1, 0, TECHNOSPHERE, 0.125),
        (1, 1, TECHNOSPHERE, 0.0625),
        (2, 0, BIOSPHERE, -7.0),
    ]
    names = ["", "", "dataset c", "left out", "", "", "", "", ""]
    uncertain = [
        '{"uncertainty type": 2, "scale": 0.1}',
        '{"uncertainty type": 5, "loc": -0.5, "minimum": -0.75, "maximum": -0.25}',
        "",
        "",
        '{"uncertainty type": 3, "loc": 5.0, "scale": 1.0}',
        '{"uncertainty type": 4, "minimum": 5.5, "maximum": 6.5}',
        *[""] * 3,
    ]
    given = content(
        "abcd",
        [],
        [],
        [
            flow("co2"),
            flow("in-water", name_en="Water", compartment="natural resource/in water", unit="m3", part=""),
        ],
        [method("gwp100-ar6.total", [1.0, 0.0], "AR6", "total"), method("lcia.water", [0.0, 2.5])],
    )
    datasets = [
        dataset(0, GIVEN, unit="MWh", note_en="A note", note_zh="说明"),
        dataset(1, "b", unit="h"),
        dataset(2, "c", unit="barrel, invented", place="XX-NOWHERE"),
        dataset(3, "d", unit="piece"),
    ]
    columns = replace(exchanges(rows, names), uncertainty=uncertain)
    head = Head(name="made", version="1", licence="CC0")
    folder = tmp_path_factory.mktemp("root") / head.identifier
    write_release(folder, head, replace(given, datasets=datasets, exchanges=columns), lambda *_: None)
    return open_release(folder)


@pytest.fixture(scope="module")
def made_package(made: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "made.zip"
    write(made, path)
    return path


def test_the_starter_release_comes_back_with_every_amount_and_link(
    open_cn: Release, open_cn_package: Path, tmp_path: Path
) -> None:
    extract = again(open_cn_package, tmp_path)
    assert (extract.format, extract.reader, extract.notices) == ("jsonld", "bw2io", [])
    found = {process["code"]: process for process in extract.processes}
    codes = {flow["code"]: flow["identifiers"][0] for flow in extract.flows}
    linked = 0
    for given in open_cn.catalogue.all():
        process = found.pop(process_id(open_cn, given.code))
        reference, *inputs = process["exchanges"]
        assert (reference["type"], reference["amount"], reference["reference"]) == ("production", 1.0, True)
        expected = open_cn.catalogue.exchanges(given.code)
        assert [item["amount"] for item in inputs] == [item.amount for item in expected]
        for item, wanted in zip(inputs, expected, strict=True):
            assert item["type"] == wanted.kind
            if wanted.kind == "technosphere":
                assert item["activity"] == process_id(open_cn, wanted.flow_or_dataset_code)
                assert item["product"] == product_id(open_cn, wanted.flow_or_dataset_code)
            else:
                assert codes[item["flow"]] == wanted.flow_or_dataset_code
            linked += 1
    assert not found
    assert linked == open_cn.manifest["counts"]["exchanges"]


def test_the_starter_release_keeps_what_it_says_of_its_datasets(
    open_cn: Release, open_cn_package: Path, tmp_path: Path
) -> None:
    found = {process["code"]: process for process in again(open_cn_package, tmp_path).processes}
    for given in open_cn.catalogue.all():
        process = found[process_id(open_cn, given.code)]
        assert (process["name"], process["location"]) == (given.name_en, given.place)
        assert process.get("year", 0) == given.year
        assert (process["kind"], process["boundary"]) == (given.kind, given.boundary)
        assert process["certainty"] == given.certainty
        assert given.source.title in process["source"]
        assert process["name zh"] == given.name_zh


def test_its_elementary_flows_carry_our_codes(
    open_cn: Release, open_cn_package: Path, tmp_path: Path
) -> None:
    given = {flow.code: flow for flow in open_cn.catalogue.flows()}
    for found in again(open_cn_package, tmp_path).flows:
        (code,) = found["identifiers"]
        assert found["code"] == flow_id(code)
        assert found["categories"] == ("air",)
        assert found["name"] == given[code].name_en
        assert found.get("CAS number", "") == given[code].cas
        assert code in found["synonyms"]


def test_the_same_release_gives_the_same_bytes(made: Release, made_package: Path, tmp_path: Path) -> None:
    write(made, tmp_path / "other.zip")
    assert (tmp_path / "other.zip").read_bytes() == made_package.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["other.zip"]
    (tmp_path / "other.zip").write_bytes(b"something else")
    write(made, tmp_path / "other.zip")
    assert (tmp_path / "other.zip").read_bytes() == made_package.read_bytes()


def test_olca_schema_reads_every_entity(made_package: Path) -> None:
    import olca_schema as olca
    from olca_schema.zipio import ZipReader

    with ZipReader(made_package) as reader:
        processes = {process.id: process for process in reader.read_each(olca.Process)}
        flows = {flow.id: flow for flow in reader.read_each(olca.Flow)}
        properties = {item.id: item for item in reader.read_each(olca.FlowProperty)}
        groups = {item.id: item for item in reader.read_each(olca.UnitGroup)}
    units = {unit.id for group in groups.values() for unit in group.units}
    assert len(processes) == 4
    for process in processes.values():
        for exchange in process.exchanges:
            assert exchange.flow.id in flows and exchange.unit.id in units
            assert properties[exchange.flow_property.id].unit_group.id in groups
            assert exchange.default_provider is None or exchange.default_provider.id in processes


def test_identifiers_are_kept_or_derived(made: Release, made_package: Path) -> None:
    processes = entities(made_package, "processes")
    assert GIVEN in processes
    assert set(processes) == {process_id(made, code) for code in (GIVEN, "b", "c", "d")}
    assert process_id(made, "b") == entity_id("process/made", "b") == str(uuid.UUID(process_id(made, "b")))
    assert len({process_id(made, "b"), product_id(made, "b"), flow_id("b")}) == 3
    assert flow_id(GIVEN.upper()) == GIVEN


def test_what_is_missing_stays_missing(made: Release, made_package: Path, tmp_path: Path) -> None:
    process = next(item for item in again(made_package, tmp_path).processes if item["code"] == GIVEN)
    linked, avoided, unlinked, cut, gas, water = process["exchanges"][1:]
    assert (linked["type"], linked["amount"], linked["activity"]) == (
        "technosphere",
        2.0,
        process_id(made, "b"),
    )
    assert (avoided["type"], avoided["amount"]) == ("substitution", 0.5)
    assert avoided["activity"] == process_id(made, "c")
    for found, name, amount in ((unlinked, "dataset c", 3.0), (cut, "left out", -4.0)):
        assert (found["type"], found["name"], found["amount"]) == ("technosphere", name, amount)
        assert found["cut-off"] is True and "activity" not in found
    products = {item["product"] for made in [process] for item in made["exchanges"] if item.get("cut-off")}
    assert not products & {product_id(made, code) for code in (GIVEN, "b", "c", "d")}
    assert (gas["type"], gas["amount"]) == ("biosphere", 5.0)
    assert (water["amount"], water["unit"], water["categories"]) == (
        6.0,
        "m3",
        ("natural resource", "in water"),
    )


def test_negative_emissions_and_resources_keep_their_sign(made_package: Path, tmp_path: Path) -> None:
    process = next(item for item in again(made_package, tmp_path).processes if item["name"] == "Dataset c")
    assert [item["amount"] for item in process["exchanges"]] == [1.0, -7.0]
    resources = [
        exchange
        for entity in entities(made_package, "processes").values()
        for exchange in entity["exchanges"]
        if exchange["flow"]["name"] == "Water"
    ]
    assert [exchange["isInput"] for exchange in resources] == [True]


def test_distributions_come_back(made_package: Path, tmp_path: Path) -> None:
    process = next(item for item in again(made_package, tmp_path).processes if item["code"] == GIVEN)
    linked, avoided, _, _, gas, water = process["exchanges"][1:]
    assert (linked["uncertainty type"], linked["loc"]) == (2, pytest.approx(math.log(2)))
    assert linked["scale"] == pytest.approx(0.1)
    assert (avoided["uncertainty type"], avoided["loc"]) == (5, 0.5)
    assert (avoided["minimum"], avoided["maximum"]) == (0.25, 0.75)
    assert (gas["uncertainty type"], gas["loc"], gas["scale"]) == (3, 5.0, 1.0)
    assert (water["uncertainty type"], water["minimum"], water["maximum"]) == (4, 5.5, 6.5)


def test_units_are_those_of_openlca_or_their_own(made: Release, made_package: Path, tmp_path: Path) -> None:
    units = {item["name"]: item["unit"] for item in again(made_package, tmp_path).processes}
    assert units == {
        f"Dataset {GIVEN}": "MWh",
        "Dataset b": "h",
        "Dataset c": "barrel, invented",
        "Dataset d": "Item(s)",
    }
    energy = next(item for item in entities(made_package, "unit_groups").values() if "energy" in item["name"])
    factors = {unit["name"]: unit["conversionFactor"] for unit in energy["units"]}
    assert factors == {"MJ": 1.0, "kWh": 3.6, "MWh": 3600.0, "GJ": 1000.0}


def test_the_factors_of_units_are_ours(made: Release) -> None:
    from decimal import Decimal

    known = Entities(made)
    for unit, quantity in DIMENSIONS.items():
        refs = known.unit(unit)
        group = next(
            entity for entity in known.made.values()
            if refs.unit.id in [member.id for member in getattr(entity, "units", None) or ()]
        )  # fmt: skip
        factor = next(member.conversion_factor for member in group.units if member.id == refs.unit.id)
        for other, same in DIMENSIONS.items():
            if same == quantity and other != unit:
                theirs = next(
                    member.conversion_factor
                    for member in group.units
                    if member.id == known.unit(other).unit.id
                )
                assert factor / theirs == pytest.approx(float(convert(Decimal(1), unit, other)), rel=1e-12)


def test_impact_methods_hold_the_factors_of_the_release(open_cn: Release, open_cn_package: Path) -> None:
    flows = open_cn.catalogue.flows()
    categories = {entity["code"]: entity for entity in entities(open_cn_package, "lcia_categories").values()}
    assert set(categories) == set(open_cn.methods)
    for identifier, entity in categories.items():
        given = load_characterisation(open_cn.datapackage_paths([identifier])[1], len(flows))
        expected = {flow_id(flow.code): value for flow, value in zip(flows, given, strict=True) if value}
        assert {item["flow"]["@id"]: item["value"] for item in entity["impactFactors"]} == expected
        assert entity["refUnit"] == open_cn.methods[identifier]["unit"]
    held = [
        reference["@id"]
        for entity in entities(open_cn_package, "lcia_methods").values()
        for reference in entity["impactCategories"]
    ]
    assert sorted(held) == sorted(entity["@id"] for entity in categories.values())


def test_a_package_of_the_starter_release_solves_to_its_scores(
    open_cn: Release, open_cn_package: Path, tmp_path: Path
) -> None:
    """Scores from the entities of the package alone: amounts, default providers and impact factors."""
    extract = again(open_cn_package, tmp_path)
    category = next(
        entity
        for entity in entities(open_cn_package, "lcia_categories").values()
        if entity["code"] == "gwp100-ar5.total"
    )
    factors = {item["flow"]["@id"]: item["value"] for item in category["impactFactors"]}
    index = {process["code"]: number for number, process in enumerate(extract.processes)}
    needs, direct = np.eye(len(index)), np.zeros(len(index))
    for process in extract.processes:
        for item in process["exchanges"]:
            if item["type"] == "technosphere":
                needs[index[item["activity"]], index[process["code"]]] -= item["amount"]
            elif item["type"] == "biosphere":
                direct[index[process["code"]]] += item["amount"] * factors.get(item["flow"], 0.0)
    scores = np.linalg.solve(needs.T, direct)
    expected = open_cn.scores("gwp100-ar5.total")
    found = [scores[index[process_id(open_cn, item.code)]] for item in open_cn.catalogue.all()]
    assert found == pytest.approx(expected.tolist(), rel=1e-9, abs=1e-15)
