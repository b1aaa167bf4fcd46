"""EcoSpold 1: the same dictionaries by both roads, the right kinds and signs, and trouble told instead of raised."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import Any

import pytest
from ecospoldmaking import FILES, ONE, allocation, by_name, codes, exchange, one, read, read_text

from databases.importers import ecospold1
from databases.importers.sources import open_source
from databases.notices import SourceRefused

INVENTED = FILES / "ecospold1" / "invented.xml"


def test_the_invented_file_goes_through_bw2io() -> None:
    extract = read(INVENTED, "ecospold1")
    assert (extract.format, extract.reader) == ("ecospold1", "bw2io")
    assert [process["code"] for process in extract.processes] == ["101", "102", "103"]
    assert codes(extract) == ["ecospold-land"]


def test_our_own_reader_gives_the_same(tmp_path: Path) -> None:
    ours = read_text(ONE.replace('unit="p"', f'unit="{"p" * 41}"'), tmp_path, "ecospold1")
    theirs = read_text(ONE.replace('unit="p"', f'unit="{"p" * 5}"'), tmp_path, "ecospold1")
    assert (ours.reader, theirs.reader) == ("tanbiao", "bw2io")
    for extract in (ours, theirs):
        (factory,) = [
            item for item in by_name(extract, "toy brick, at plant")["exchanges"] if item["number"] == "105"
        ]
        factory["unit"] = "p"
    assert ours.processes == theirs.processes
    assert ours.flows == theirs.flows
    (told,) = [notice for notice in ours.notices if notice.code == "ecospold-bw2io-refused"]
    assert "maxLength" in told.message("zh")
    assert "41" in told.message("en")


def test_kinds_and_signs_of_every_group() -> None:
    brick = by_name(read(INVENTED, "ecospold1"), "toy brick, at plant")
    assert [
        (item["name"], item["type"], item["amount"], item.get("waste", False)) for item in brick["exchanges"]
    ] == [
        ("toy brick, at plant", "production", 1.0, False),
        ("toy steam, at plant", "technosphere", 2.5, False),
        ("disposal, toy crumbs", "technosphere", 0.1, True),
        ("toy hot water", "substitution", 0.4, False),
        ("toy factory", "technosphere", 1e-9, False),
        ("Carbon dioxide, fossil", "biosphere", 0.75, False),
        ("Water, river", "biosphere", 0.001, False),
        ("Occupation, industrial area", "biosphere", 0.02, False),
    ]
    assert brick["exchanges"][0]["reference"] is True
    assert brick["exchanges"][4]["infrastructure"] is True


def test_what_is_said_of_a_process() -> None:
    brick = by_name(read(INVENTED, "ecospold1"), "toy brick, at plant")
    assert {key: value for key, value in brick.items() if key != "exchanges"} == {
        "code": "101",
        "name": "toy brick, at plant",
        "reference product": "toy brick, at plant",
        "unit": "kg",
        "location": "CN",
        "type": "process",
        "filename": "invented.xml",
        "comment": "An invented brick.\nIncluded processes: Moulding only.\nGeography: Somewhere\n"
        "Time period: 2019 to 2022",
        "technology": "Moulding",
        "classifications": ("toys", "bricks"),
        "year": 2022,
        "source": "Nobody (2023) A book of toy bricks",
    }


def test_distributions_in_the_keys_of_stats_arrays() -> None:
    extract = read(INVENTED, "ecospold1")
    found = {
        item["name"]: {
            key: item[key]
            for key in ("uncertainty type", "loc", "scale", "minimum", "maximum", "negative")
            if key in item
        }
        for process in extract.processes
        for item in process["exchanges"]
        if item["uncertainty type"]
    }
    assert found == {
        "toy steam, at plant": {
            "uncertainty type": 2,
            "loc": math.log(2.5),
            "scale": pytest.approx(math.log(1.2)),
        },
        "disposal, toy crumbs": {"uncertainty type": 4, "loc": 0.1, "minimum": 0.05, "maximum": 0.15},
        "toy hot water": {"uncertainty type": 3, "loc": 0.4, "scale": 0.01},
        "Carbon dioxide, fossil": {"uncertainty type": 5, "loc": 0.75, "minimum": 0.5, "maximum": 1.0},
        "Methane, biogenic": {
            "uncertainty type": 2,
            "loc": math.log(0.002),
            "scale": pytest.approx(math.log(1.5)),
            "negative": True,
        },
    }


def test_allocation_by_the_file_stands_at_the_products() -> None:
    boiler = by_name(read(INVENTED, "ecospold1"), "toy boiler")
    shares = {
        item["name"]: item["allocation"] for item in boiler["exchanges"] if item["type"] == "production"
    }
    assert shares == {"toy steam, at plant": 0.975, "toy ash, at plant": 0.025}
    assert boiler["reference product"] == ""
    assert boiler["year"] == 2021  # its period ends in 2100


def test_allocation_that_differs_by_exchange_stands_at_the_exchanges(tmp_path: Path) -> None:
    text = one(
        exchange("o2", 1, "steam"),
        exchange("o2", 2, "ash"),
        exchange("i5", 3, "coal"),
        exchange("o4", 4, "dust", category="air"),
        allocation(1, "90", 3),
        allocation(2, "10", 3),
        allocation(2, "100", 4),
        allocation(9, "100", 4),
        allocation(1, "much", 4),
    )
    extract = read_text(text, tmp_path, "ecospold1")
    (process,) = extract.processes
    assert [item.get("allocation factors") for item in process["exchanges"]] == [
        None,
        None,
        {"1": 0.9, "2": 0.1},
        {"1": 0.0, "2": 1.0},
    ]
    assert not any("allocation" in item for item in process["exchanges"])
    assert {"ecospold-allocation-unknown", "ecospold-allocation-by-exchange"} <= set(codes(extract))


def test_waste_treatment_keeps_its_negative_reference_and_a_cut_off_is_marked() -> None:
    disposal = by_name(read(INVENTED, "ecospold1"), "disposal, toy crumbs")
    reference, lorry, _ = disposal["exchanges"]
    assert (reference["amount"], reference["reference"]) == (-1.0, True)
    assert lorry["cut-off"] is True


def test_elementary_flows_are_told_apart_by_name_compartment_and_unit() -> None:
    extract = read(INVENTED, "ecospold1")
    assert {flow["name"]: (flow["categories"], flow.get("CAS number")) for flow in extract.flows} == {
        "Carbon dioxide, fossil": (("air", "urban air close to ground"), "124-38-9"),
        "Water, river": (("natural resource", "in water"), None),
        "Occupation, industrial area": (("natural resource", "land"), None),
        "Methane, biogenic": (("air", "non-urban air or from high stacks"), "74-82-8"),
    }
    used = {
        item["flow"]
        for process in extract.processes
        for item in process["exchanges"]
        if item["type"] == "biosphere"
    }
    assert used == {flow["code"] for flow in extract.flows}


def test_a_number_is_a_product_only_where_it_never_stands_for_two_names(tmp_path: Path) -> None:
    clear = read(INVENTED, "ecospold1")
    assert {
        item["product"]
        for process in clear.processes
        for item in process["exchanges"]
        if item["type"] != "biosphere"
    } == {*("101", "102", "103", "104", "105", "110", "111", "112")}
    counted = read_text(ONE.replace('number="111"', 'number="101"'), tmp_path, "ecospold1")
    assert not any("product" in item for process in counted.processes for item in process["exchanges"])


def test_an_emission_taken_up_and_a_resource_given_back_count_negative(tmp_path: Path) -> None:
    extract = read_text(
        one(
            exchange("o0", 1, "toy"),
            exchange("i4", 2, "Carbon dioxide", category="emission", subCategory="air", meanValue="3"),
            exchange(
                "o4",
                3,
                "Oxygen",
                category="resource",
                subCategory="air",
                meanValue="2",
                uncertaintyType="4",
                minValue="1",
                maxValue="4",
            ),
        ),
        tmp_path,
        "ecospold1",
    )
    _, carbon, oxygen = extract.processes[0]["exchanges"]
    assert (carbon["amount"], carbon["categories"], carbon["published"]) == (
        -3.0,
        ("air", "unspecified"),
        "3",
    )
    assert (oxygen["amount"], oxygen["categories"]) == (-2.0, ("natural resource", "in air"))
    assert (oxygen["loc"], oxygen["minimum"], oxygen["maximum"]) == (-2.0, -4.0, -1.0)


TROUBLES: list[tuple[str, str, str]] = [
    (
        "amount is a word",
        exchange("o0", 1) + exchange("i5", 2, meanValue="much"),
        "ecospold-number-unreadable",
    ),
    (
        "amount is infinite",
        exchange("o0", 1) + exchange("i5", 2, meanValue="INF"),
        "ecospold-number-unreadable",
    ),
    (
        "amount has a comma",
        exchange("o0", 1) + exchange("i5", 2, meanValue="1,5"),
        "ecospold-number-unreadable",
    ),
    ("no such group", exchange("o0", 1) + exchange("i9", 2), "ecospold-group-unknown"),
    ("no product", exchange("i5", 2), "ecospold-no-reference"),
    ("no exchange", "", "ecospold-no-reference"),
    (
        "a bad CAS number",
        exchange("o0", 1) + exchange("o4", 2, CASNumber="124-38-8", category="air"),
        "ecospold-cas-unreadable",
    ),
    (
        "a distribution upside down",
        exchange("o0", 1) + exchange("i5", 2, uncertaintyType="4", minValue="2", maxValue="1"),
        "ecospold-uncertainty-left-out",
    ),
    (
        "a deviation below nought",
        exchange("o0", 1) + exchange("i5", 2, uncertaintyType="1", standardDeviation95="-1"),
        "ecospold-uncertainty-left-out",
    ),
]


@pytest.mark.parametrize(
    ("flow_data", "code"), [case[1:] for case in TROUBLES], ids=[case[0] for case in TROUBLES]
)
def test_trouble_is_told_and_the_rest_is_read(flow_data: str, code: str, tmp_path: Path) -> None:
    extract = read_text(one(flow_data), tmp_path, "ecospold1")
    assert code in codes(extract)
    assert len(extract.processes[0]["exchanges"]) == flow_data.count("<exchange")
    for notice in extract.notices:
        assert notice.message("zh") != notice.message("en")


def test_an_amount_that_is_no_number_keeps_its_text(tmp_path: Path) -> None:
    extract = read_text(one(exchange("o0", 1), exchange("i5", 2, meanValue="much")), tmp_path, "ecospold1")
    item = extract.processes[0]["exchanges"][1]
    assert math.isnan(item["amount"])
    assert item["published"] == "much"


def test_numbers_given_twice_or_not_at_all_still_give_every_process_its_code(tmp_path: Path) -> None:
    text = ONE.replace('dataset number="102"', 'dataset number="101"').replace(
        'dataset number="103"', "dataset"
    )
    extract = read_text(text, tmp_path, "ecospold1")
    found = [process["code"] for process in extract.processes]
    assert found[0] == "101"
    assert len(set(found)) == 3
    assert {"ecospold-code-twice", "ecospold-code-missing"} <= set(codes(extract))
    assert found == [process["code"] for process in read_text(text, tmp_path, "ecospold1").processes]


def test_the_same_file_twice_in_a_folder_is_told(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text(ONE, encoding="utf-8")
    extract = read(tmp_path, "ecospold1")
    assert len({process["code"] for process in extract.processes}) == 6
    (told,) = [notice for notice in extract.notices if notice.code == "ecospold-code-twice"]
    assert (dict(told.details)["count"], told.where) == ("3", "b.xml")


def test_folder_and_archive_with_one_dataset_a_file_give_the_same(tmp_path: Path) -> None:
    head, *datasets = ONE.replace("</ecoSpold>", "").split("  <dataset ")
    (folder := tmp_path / "s").mkdir()
    for number, dataset in enumerate(datasets):
        (folder / f"{number}.xml").write_text(f"{head}<dataset {dataset}</ecoSpold>", encoding="utf-8")
    (folder / "Categories.xml").write_text("<categories/>")
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    loose, packed = read(folder, "ecospold1"), read(tmp_path / "s.zip", "ecospold1")
    assert loose.processes == packed.processes
    whole = read(INVENTED, "ecospold1")
    assert [{**process, "filename": ""} for process in loose.processes] == [
        {**process, "filename": ""} for process in whole.processes
    ]
    assert codes(loose) == ["ecospold-file-ignored", "ecospold-land"]


def test_lists_of_flows_and_methods_are_no_processes(tmp_path: Path) -> None:
    extract = read_text(
        ONE.replace('dataSetInformation type="5"', 'dataSetInformation type="4"'), tmp_path, "ecospold1"
    )
    assert [process["code"] for process in extract.processes] == ["101", "103"]
    assert "ecospold-not-a-process" in codes(extract)


HOSTILE: dict[str, tuple[Any, str]] = {
    "entity bomb": (ONE.replace("<ecoSpold", '<!DOCTYPE a [<!ENTITY b "c">]><ecoSpold', 1), "xml-doctype"),
    "broken encoding": (ONE.encode().replace(b"invented brick", b"invented \xff brick"), "xml-encoding"),
    "cut short": (ONE[:3000], "xml-damaged"),
    "no dataset": ('<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold01"/>', "ecospold-nothing"),
    "only methods": (one().replace('type="1" impact', 'type="4" impact'), "ecospold-nothing"),
}


@pytest.mark.parametrize(("text", "code"), HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_as_a_whole_is_refused(text: Any, code: str, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused) as refusal:
        read_text(text, tmp_path, "ecospold1")
    assert refusal.value.notice.code == code


def test_an_empty_dataset_is_a_process_without_anything(tmp_path: Path) -> None:
    extract = read_text(
        '<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold01"><dataset/></ecoSpold>', tmp_path, "ecospold1"
    )
    (process,) = extract.processes
    assert (process["name"], process["exchanges"]) == ("", [])
    assert process["code"]


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_other_encodings_give_the_same(encoding: str, tmp_path: Path) -> None:
    text = ONE.replace("Nowhere 1", "无处一号").replace("An invented brick", "一块积木")
    found = read_text(
        text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding), tmp_path, "ecospold1"
    )
    assert found.processes == read_text(text, tmp_path, "ecospold1").processes


def test_other_files_are_not_taken_for_this_format(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<other/>")
    with open_source(tmp_path) as files:
        assert not ecospold1.detects(files)
