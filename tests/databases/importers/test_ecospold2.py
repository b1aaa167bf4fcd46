"""EcoSpold 2: the same dictionaries by both roads, links that can be resolved, and trouble told instead of raised."""

from __future__ import annotations

import math
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from ecospoldmaking import FILES, TWO, by_name, codes, read, read_text

from databases.importers.ecospold2 import composite_code
from databases.notices import SourceRefused

INVENTED = FILES / "ecospold2"
ACTIVITY = "00000000-0000-4000-8000-000000001{}"
PRODUCT = "00000000-0000-4000-8000-0000000101{:02}"
NOTHING = '<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02"/>'


def flow_data(text: str, inside: str) -> str:
    """``text`` with other exchanges."""
    before, rest = text.split("<flowData>")
    return f"{before}<flowData>{inside}</flowData>{rest.split('</flowData>')[1]}"


def product(group: str, amount: str = "1", number: int = 1, inside: str = "") -> str:
    tag = {"i": "inputGroup", "o": "outputGroup"}[group[0]]
    return (
        f'<intermediateExchange intermediateExchangeId="{PRODUCT.format(number)}" amount="{amount}">'
        f"<name>toy {number}</name><unitName>kg</unitName>{inside}<{tag}>{group[1]}</{tag}></intermediateExchange>"
    )


def test_the_invented_files_go_through_bw2io() -> None:
    extract = read(INVENTED, "ecospold2")
    assert (extract.format, extract.reader) == ("ecospold2", "bw2io")
    assert [process["name"] for process in extract.processes] == [
        "toy boiler",
        "toy brick production",
        "treatment of toy crumbs",
    ]
    assert codes(extract) == ["ecospold-zero-products"]
    assert extract.head == {"title": "toy economy", "version": "1.2"}


def test_our_own_reader_gives_the_same(tmp_path: Path) -> None:
    """What bw2io cannot read, a dataset without its data entry, changes nothing else."""
    shutil.copytree(INVENTED, tmp_path / "s")
    for path in (tmp_path / "s" / "datasets").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("<dataEntryBy ", "<dataEntryOf "), encoding="utf-8")
    ours, theirs = read(tmp_path / "s", "ecospold2"), read(INVENTED, "ecospold2")
    assert (ours.reader, theirs.reader) == ("tanbiao", "bw2io")
    assert ours.processes == theirs.processes
    assert ours.flows == theirs.flows
    (told,) = [notice for notice in ours.notices if notice.code == "ecospold-bw2io-refused"]
    assert dict(told.details)["count"] == "3"
    assert "dataEntryBy" in told.message("en")


def test_the_code_is_that_of_bw2io_so_that_links_resolve() -> None:
    from bw2io.utils import es2_activity_hash

    extract = read(INVENTED, "ecospold2")
    for process in extract.processes:
        (reference,) = [item for item in process["exchanges"] if item.get("reference")]
        assert process["code"] == es2_activity_hash(process["activity id"], reference["product"])
    known = {process["code"] for process in extract.processes}
    links = [
        composite_code(item["activity"], item["product"])
        for process in extract.processes
        for item in process["exchanges"]
        if "activity" in item
    ]
    assert len(links) == 2
    assert set(links) <= known


def test_kinds_and_signs_of_every_group() -> None:
    boiler = by_name(read(INVENTED, "ecospold2"), "toy boiler")
    assert [
        (item["name"], item["type"], item["amount"], item.get("waste", False)) for item in boiler["exchanges"]
    ] == [
        ("toy steam", "production", 80.0, False),
        ("toy ash", "production", 3.0, False),
        ("toy crumbs", "technosphere", 0.5, True),
        ("toy coal", "technosphere", 4.0, False),
        ("toy crumbs", "technosphere", 0.25, True),
        ("Carbon dioxide, fossil", "biosphere", 11.0, False),
    ]
    assert [item["name"] for item in boiler["exchanges"] if item.get("reference")] == ["toy steam"]


def test_properties_of_products_are_named_for_allocation() -> None:
    extract = read(INVENTED, "ecospold2")
    steam, ash = by_name(extract, "toy boiler")["exchanges"][:2]
    assert steam["properties"] == {"energy": 1.0, "price": 0.01, "currency": "EUR2005"}
    assert ash["properties"] == {"dry mass": 1.0, "mass": 1.0, "price": 0.05, "currency": "EUR2005"}
    brick = by_name(extract, "toy brick production")["exchanges"][0]
    assert (brick["properties"]["mass"], brick["production volume"]) == (1.1, 1000.0)


def test_what_is_said_of_a_process() -> None:
    brick = by_name(read(INVENTED, "ecospold2"), "toy brick production")
    assert {key: value for key, value in brick.items() if key not in ("exchanges", "code")} == {
        "name": "toy brick production",
        "reference product": "toy brick",
        "unit": "kg",
        "location": "CN",
        "type": "process",
        "filename": "datasets/brick.spold",
        "activity id": ACTIVITY.format(101),
        "comment": "An invented activity.\nIncluded activities start: From the gate in.",
        "technology": "Moulding.",
        "classifications": ("toys", "bricks"),
        "year": 2022,
        "source": "Nobody (2023)",
        "synonyms": ["toy brick production, as a toy"],
        "parameters": {
            "share_of_air": {"unit": "dimensionless", "description": "share of air in a brick", "amount": 0.2}
        },
    }


def test_distributions_and_pedigree() -> None:
    extract = read(INVENTED, "ecospold2")
    found = {
        item["name"]: item
        for process in extract.processes
        for item in process["exchanges"]
        if item["uncertainty type"]
    }
    assert {
        name: (item["uncertainty type"], item.get("scale"), item.get("minimum"), item.get("maximum"))
        for name, item in found.items()
    } == {
        "toy steam": (2, pytest.approx(0.2), None, None),
        "toy coal": (3, pytest.approx(0.2), None, None),
        "Carbon dioxide, fossil": (5, None, 0.5, 1.0),
        "Water, river": (4, None, 0.0005, 0.002),
    }
    assert found["toy steam"]["loc"] == math.log(2.5)
    assert list(found["toy steam"]["pedigree"].values()) == [1, 2, 3, 4, 5]


def test_elementary_flows_with_the_synonyms_of_the_master_data() -> None:
    flows = {flow["name"]: flow for flow in read(INVENTED, "ecospold2").flows}
    assert flows["Methane, non-fossil"] == {
        "code": "00000000-0000-4000-8000-000000010203",
        "name": "Methane, non-fossil",
        "unit": "kg",
        "categories": ("air", "non-urban air or from high stacks"),
        "CAS number": "74-82-8",
        "formula": "CH4",
        "synonyms": ["toy marsh gas"],
    }
    assert flows["Carbon dioxide, fossil"]["CAS number"] == "124-38-9"


def test_archive_folder_and_single_file_give_the_same(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for path in sorted(INVENTED.rglob("*.*")):
            archive.write(path, path.relative_to(INVENTED).as_posix())
    packed, loose = read(tmp_path / "s.zip", "ecospold2"), read(INVENTED, "ecospold2")
    assert (packed.processes, packed.flows) == (loose.processes, loose.flows)
    (alone,) = read(INVENTED / "datasets" / "boiler.spold", "ecospold2").processes
    assert {**alone, "filename": ""} == {**by_name(loose, "toy boiler"), "filename": ""}


TROUBLES: dict[str, tuple[str, str]] = {
    "amount is a word": (product("o0") + product("i5", "much"), "ecospold-number-unreadable"),
    "amount is not finite": (product("o0") + product("i5", "NaN"), "ecospold-number-unreadable"),
    "amount with an underscore": (product("o0") + product("i5", "1_0"), "ecospold-number-unreadable"),
    "no group": (product("o0") + product("i9"), "ecospold-group-unknown"),
    "an impossible group": (product("o0") + product("o4"), "ecospold-group-unknown"),
    "no product": (product("i5"), "ecospold-no-reference"),
    "two by-products and no reference": (
        product("o2", number=1) + product("o2", number=2),
        "ecospold-no-reference",
    ),
    "a distribution that is not supported": (
        product("o0") + product("i5", inside="<uncertainty><beta minValue='0' maxValue='1'/></uncertainty>"),
        "ecospold-uncertainty-left-out",
    ),
    "a variance below nought": (
        product("o0")
        + product("i5", inside="<uncertainty><normal varianceWithPedigreeUncertainty='-1'/></uncertainty>"),
        "ecospold-uncertainty-left-out",
    ),
}


@pytest.mark.parametrize(("inside", "code"), TROUBLES.values(), ids=TROUBLES)
def test_trouble_is_told_and_the_rest_is_read(inside: str, code: str, tmp_path: Path) -> None:
    extract = read_text(flow_data(TWO, inside), tmp_path, "ecospold2")
    assert code in codes(extract)
    (process,) = extract.processes
    assert len(process["exchanges"]) == inside.count("<intermediateExchange")
    assert process["code"]


def test_the_reference_is_the_product_with_an_amount(tmp_path: Path) -> None:
    inside = product("o0", "0", 1) + product("o0", "-2", 2) + product("o2", "0", 3) + product("o5", "4", 4)
    (process,) = read_text(flow_data(TWO, inside), tmp_path, "ecospold2").processes
    assert [
        (item["product"][-2:], item["type"], item.get("reference", False)) for item in process["exchanges"]
    ] == [
        ("01", "production", False),
        ("02", "production", True),
        ("04", "technosphere", False),
    ]
    assert process["exchanges"][2]["cut-off"] is True
    assert process["code"] == composite_code(ACTIVITY.format(102), PRODUCT.format(2))


def test_a_repeated_identifier_is_told_and_nothing_lost(tmp_path: Path) -> None:
    for name in ("a.spold", "b.spold"):
        (tmp_path / name).write_text(TWO, encoding="utf-8")
    extract = read(tmp_path, "ecospold2")
    assert len({process["code"] for process in extract.processes}) == 2
    assert extract.processes[0]["code"] == composite_code(ACTIVITY.format(102), PRODUCT.format(2))
    assert "ecospold-code-twice" in codes(extract)


def test_several_datasets_in_one_file_are_all_read(tmp_path: Path) -> None:
    _, rest = TWO.split("<activityDataset>")
    dataset = f"<activityDataset>{rest.split('</ecoSpold>')[0]}"
    other = dataset.replace(ACTIVITY.format(102), ACTIVITY.format(199))
    extract = read_text(TWO.replace(dataset, dataset + other), tmp_path, "ecospold2")
    assert [process["activity id"] for process in extract.processes] == [
        ACTIVITY.format(102),
        ACTIVITY.format(199),
    ]


HOSTILE: dict[str, tuple[Any, str]] = {
    "external entity": (
        TWO.replace("<ecoSpold", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><ecoSpold', 1),
        "xml-doctype",
    ),
    "broken encoding": (
        TWO.encode().replace(b"invented activity", b"invented \xff activity"),
        "xml-encoding",
    ),
    "cut short": (TWO[:3000], "xml-damaged"),
    "no dataset": (NOTHING, "ecospold-nothing"),
}


@pytest.mark.parametrize(("text", "code"), HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_as_a_whole_is_refused(text: Any, code: str, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused) as refusal:
        read_text(text, tmp_path, "ecospold2")
    assert refusal.value.notice.code == code


def test_an_empty_dataset_is_a_process_without_anything(tmp_path: Path) -> None:
    extract = read_text(NOTHING.replace("/>", "><activityDataset/></ecoSpold>"), tmp_path, "ecospold2")
    (process,) = extract.processes
    assert (process["name"], process["exchanges"]) == ("", [])
    assert process["code"]


def test_a_file_in_utf_16_goes_the_same_road(tmp_path: Path) -> None:
    wide = read_text(
        TWO.replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16"), tmp_path, "ecospold2"
    )
    assert wide.reader == "bw2io"
    assert wide.processes == read_text(TWO, tmp_path, "ecospold2").processes
