"""ILCD and eILCD: an invented package of a rod mill, two power stations, a landfill and an EPD."""

from __future__ import annotations

import math
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packagemaking import FILES, check_any, check_shape, codes, declare, members, one, pack, read

from databases.importers import ilcd, recognise
from databases.importers.sources import open_source
from databases.notices import SourceRefused

PACKAGE = FILES / "ilcd"


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def name(kind: str, number: int) -> str:
    return f"{kind}/{uuid(number)}.xml"


MILL, POWER, LANDFILL, EPD = (name("processes", number) for number in (101, 102, 104, 105))


REFERENCE = "<referenceToReferenceFlow>0</referenceToReferenceFlow>"


def changed(tmp_path: Path, **replaced: Any) -> Path:
    """The package with (old, new) texts replaced in files by their short names, as a zip."""
    files: dict[str, bytes | None] = dict(members(PACKAGE))
    for file, pair in replaced.items():
        key = {"mill": MILL, "power": POWER, "landfill": LANDFILL, "epd": EPD}.get(
            file, name("lifecyclemodels", 801)
        )
        text = (files[key] or b"").decode()
        assert pair[0] in text
        files[key] = text.replace(*pair).encode()
    return pack(tmp_path / "changed.zip", files)


def of(process: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [exchange for exchange in process["exchanges"] if exchange["type"] == kind]


def test_a_folder_and_a_zip_of_it_are_recognised_and_equal(tmp_path: Path) -> None:
    archive = pack(tmp_path / "rods.zip", {f"ILCD/{key}": data for key, data in members(PACKAGE).items()})
    with open_source(archive) as files:
        assert ilcd.detects(files)
    folder, zipped = read(ilcd, PACKAGE, tmp_path), read(ilcd, archive, tmp_path)
    assert (folder.format, folder.reader) == ("ilcd", "tanbiao")
    for process in zipped.processes:
        process["filename"] = process["filename"].removeprefix("ILCD/")
    assert folder.processes == zipped.processes
    assert folder.flows == zipped.flows
    assert folder.head == {
        "licence": "Free of charge for all users and uses",
        "issuer": "Invented owner",
    }
    check_shape(folder)


def test_no_other_format_claims_it(tmp_path: Path) -> None:
    with open_source(PACKAGE) as files:
        assert recognise.reader(files) is ilcd  # type: ignore[comparison-overlap]


def test_a_process_is_described(tmp_path: Path) -> None:
    mill = one(read(ilcd, PACKAGE, tmp_path), "Rod mill")
    assert mill["code"] == uuid(101)
    assert mill["name"] == "Rod mill, invented; hot rolled; at plant"
    assert mill["name zh"] == "虚构轧机"
    assert (mill["location"], mill["year"]) == ("CN", 2023)
    assert mill["classifications"] == ["Invented sector", "Invented branch"]
    assert mill["technology"] == "Invented technology"
    assert mill["source"] == "Invented report on rods, 2021"
    assert (mill["reference product"], mill["unit"]) == ("Invented rod", "kg")
    assert mill["process type"] == "Unit process, single operation"


def test_products_share_by_the_fractions_of_the_file(tmp_path: Path) -> None:
    rod, heat = of(one(read(ilcd, PACKAGE, tmp_path), "Rod mill"), "production")
    assert (rod["name"], rod["amount"], rod["unit"]) == ("Invented rod", 1000.0, "kg")
    assert rod["reference"] is True and "reference" not in heat
    assert (rod["allocation"], heat["allocation"]) == (0.75, 0.25)
    assert rod["properties"] == {"mass": 1.0, "price": 0.9, "currency": "EUR2020"}
    assert heat["properties"] == {"energy": 1.0}


def test_fractions_that_differ_stay_with_their_exchange(tmp_path: Path) -> None:
    text = members(PACKAGE)[MILL].decode()
    first = text.index('allocatedFraction="75"')
    text = text[:first] + text[first:].replace('"75"', '"60"', 1).replace('"25"', '"40"', 1)
    path = pack(tmp_path / "causal.zip", members(PACKAGE) | {MILL: text.encode()})
    extract = read(ilcd, path, tmp_path)
    mill = one(extract, "Rod mill")
    assert all("allocation" not in exchange for exchange in of(mill, "production"))
    (power,) = [exchange for exchange in mill["exchanges"] if exchange["name"] == "Invented electricity"]
    (gas,) = [exchange for exchange in mill["exchanges"] if exchange["name"].startswith("carbon")]
    assert power["shares"] == {uuid(201): 0.6, uuid(202): 0.4}
    assert gas["shares"] == {uuid(201): 0.75, uuid(202): 0.25}
    assert "ilcd-shares-by-exchange" in codes(extract)


def test_a_fraction_that_only_the_products_carry_is_their_share(tmp_path: Path) -> None:
    text = re.sub(r"\s*<allocations>.*?</allocations>", "", members(PACKAGE)[MILL].decode(), flags=re.DOTALL)
    for number, share in ((0, 80), (1, 20)):
        entry = f'<allocation internalReferenceToCoProduct="{number}" allocatedFraction="{share}"/>'
        at = text.index("</exchange>", text.index(f'<exchange dataSetInternalID="{number}"'))
        text = f"{text[:at]}<allocations>{entry}</allocations>{text[at:]}"
    path = pack(tmp_path / "own.zip", members(PACKAGE) | {MILL: text.encode()})
    rod, heat = of(one(read(ilcd, path, tmp_path), "Rod mill"), "production")
    assert (rod["allocation"], heat["allocation"]) == (0.8, 0.2)


def test_waste_avoided_products_and_sides(tmp_path: Path) -> None:
    extract = read(ilcd, PACKAGE, tmp_path)
    mill = one(extract, "Rod mill")
    (slag,) = [exchange for exchange in of(mill, "technosphere") if exchange["name"] == "Invented slag"]
    assert (slag["amount"], slag["waste"]) == (20.0, True)
    (scrap,) = of(mill, "substitution")
    assert (scrap["amount"], scrap["unit"]) == (10.0, "kg")  # 5 times the property's mean value of 2
    assert (scrap["published"], scrap["rule"]) == ("5", "× 2")
    assert [item["amount"] for item in of(mill, "biosphere")] == [80.0, 300.0, -250.0]
    (treated,) = of(one(extract, "Slag landfill"), "production")
    assert treated["reference"] is True and treated["waste"] is True and treated["amount"] == 1.0


def test_elementary_flows_have_their_facts(tmp_path: Path) -> None:
    gas, water = read(ilcd, PACKAGE, tmp_path).flows
    assert gas == {
        "code": uuid(205),
        "name": "carbon dioxide (fossil)",
        "name zh": "二氧化碳（化石）",
        "unit": "kg",
        "categories": ("air", "urban air close to ground"),
        "CAS number": "124-38-9",
        "formula": "CO2",
        "synonyms": ["CO2", "carbonic anhydride"],
    }
    assert water["categories"] == ("natural resource", "in water")


def test_distributions_are_those_of_the_format(tmp_path: Path) -> None:
    gas, water, _ = of(one(read(ilcd, PACKAGE, tmp_path), "Rod mill"), "biosphere")
    assert gas["uncertainty type"] == 2
    assert gas["loc"] == pytest.approx(math.log(80))
    assert gas["scale"] == pytest.approx(math.log(1.1))  # 1.21 is the square of the geometric deviation
    assert (water["uncertainty type"], water["minimum"], water["loc"], water["maximum"]) == (5, 250, 300, 400)


def test_a_model_names_the_suppliers(tmp_path: Path) -> None:
    extract = read(ilcd, PACKAGE, tmp_path)
    links = {item["name"]: item.get("activity") for item in of(one(extract, "Rod mill"), "technosphere")}
    assert links == {"Invented electricity": uuid(103), "Invented slag": uuid(104)}
    assert "ilcd-model-connected" in codes(extract)


def test_a_model_with_two_suppliers_of_one_exchange_names_none(tmp_path: Path) -> None:
    other = f"""<processInstance dataSetInternalID="3">
          <referenceToProcess refObjectId="{uuid(102)}"/>
          <connections><outputExchange flowUUID="{uuid(203)}"><downstreamProcess id="0"/></outputExchange></connections>
        </processInstance>
      </processes>"""
    extract = read(ilcd, changed(tmp_path, model=("</processes>", other)), tmp_path)
    links = {item["name"]: item.get("activity") for item in of(one(extract, "Rod mill"), "technosphere")}
    assert links == {"Invented electricity": None, "Invented slag": uuid(104)}
    assert "ilcd-model-ambiguous" in codes(extract)


def test_a_loose_connection_is_told(tmp_path: Path) -> None:
    extract = read(ilcd, changed(tmp_path, model=(uuid(203), uuid(999))), tmp_path)
    assert "ilcd-model-loose" in codes(extract)


def test_an_epd_is_kept_without_an_inventory(tmp_path: Path) -> None:
    extract = read(ilcd, PACKAGE, tmp_path)
    epd = one(extract, "Rod declaration")
    assert epd["cut-off"] is True
    assert [exchange["type"] for exchange in epd["exchanges"]] == ["production"]
    assert codes(extract).count("ilcd-epd") == 1
    assert all("cut-off" not in process for process in extract.processes if process is not epd)


def test_reminder_flows_are_not_counted_twice(tmp_path: Path) -> None:
    extract = read(ilcd, PACKAGE, tmp_path)
    assert 999.0 not in [exchange["amount"] for exchange in one(extract, "Rod mill")["exchanges"]]
    (told,) = [notice for notice in extract.notices if notice.code == "ilcd-reminder-flow"]
    assert dict(told.details)["count"] == "1"


def test_several_reference_flows_are_products_and_the_first_is_the_reference(tmp_path: Path) -> None:
    both = REFERENCE.replace("0", "1") + REFERENCE
    path = changed(tmp_path, mill=(REFERENCE, both))
    mill = one(read(ilcd, path, tmp_path), "Rod mill")
    assert mill["reference product"] == "Invented heat"
    assert [item["name"] for item in of(mill, "production") if item.get("reference")] == ["Invented heat"]


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("power", REFERENCE, "", "ilcd-reference-missing"),
        (
            "power",
            REFERENCE,
            "<referenceToReferenceFlow>9</referenceToReferenceFlow>",
            "ilcd-reference-missing",
        ),
        ("power", uuid(205), uuid(998), "ilcd-flow-missing"),
        ("mill", uuid(203), uuid(998), "ilcd-flow-missing"),
        ("power", "<meanAmount>0.7</meanAmount>", "<meanAmount>much</meanAmount>", "ilcd-amount-missing"),
        ("power", "<meanAmount>0.7</meanAmount>", "", "ilcd-amount-missing"),
    ],
)
def test_what_a_process_lacks_is_told(tmp_path: Path, file: str, old: str, new: str, code: str) -> None:
    extract = read(ilcd, changed(tmp_path, **{file: (old, new)}), tmp_path)
    assert code in codes(extract)
    assert len(extract.processes) == 5
    check_shape(extract)


def test_missing_flows_stay_visible(tmp_path: Path) -> None:
    extract = read(
        ilcd, changed(tmp_path, power=(uuid(205), uuid(998)), mill=(uuid(203), uuid(997))), tmp_path
    )
    (lost,) = of(one(extract, "Power station, invented"), "biosphere")
    assert (lost["name"], lost["unit"], lost["categories"]) == ("flow 205", "", ())
    (taken,) = [item for item in of(one(extract, "Rod mill"), "technosphere") if not item.get("waste")]
    assert (taken["name"], taken["product"]) == ("flow 203", uuid(997))


def test_units_without_their_files_are_known_by_identifier_or_told(tmp_path: Path) -> None:
    kept = {
        key: data
        for key, data in members(PACKAGE).items()
        if not key.startswith(("unitgroups", "flowproperties"))
    }
    extract = read(ilcd, pack(tmp_path / "bare.zip", kept), tmp_path)
    assert one(extract, "Rod mill")["unit"] == "kg"
    assert one(extract, "Power station, invented")["unit"] == "MJ"
    flow = name("flows", 201)
    odd = kept | {flow: kept[flow].replace(b"93a60a56-a3c8-11da-a746-0800200b9a66", uuid(333).encode())}
    extract = read(ilcd, pack(tmp_path / "odd.zip", odd), tmp_path)
    assert one(extract, "Rod mill")["unit"] == ""
    assert "ilcd-unit-unknown" in codes(extract)


def test_of_several_versions_the_highest_counts(tmp_path: Path) -> None:
    files = members(PACKAGE)
    newer = files[POWER].replace(b"01.00.000", b"02.01.000").replace(b">0.7<", b">0.6<")
    for first, second in ((POWER, "processes/z.xml"), ("processes/z.xml", POWER)):
        path = pack(tmp_path / "versions.zip", files | {first: newer, second: files[POWER]})
        extract = read(ilcd, path, tmp_path)
        (gas,) = of(one(extract, "Power station, invented"), "biosphere")
        assert gas["amount"] == 0.6
        assert codes(extract).count("ilcd-older-version") == 1


def test_one_identifier_twice_in_one_version_is_left_to_the_assembly(tmp_path: Path) -> None:
    files = members(PACKAGE)
    path = pack(tmp_path / "twice.zip", files | {"processes/copy.xml": files[POWER]})
    extract = read(ilcd, path, tmp_path)
    assert [process["code"] for process in extract.processes].count(uuid(102)) == 2


def test_without_english_the_chinese_name_serves(tmp_path: Path) -> None:
    text = members(PACKAGE)[MILL].decode()
    text = re.sub(r"<(\w+) xml:lang=\"en\">[^<]*</\1>(?=<|</name>)", "", text)
    path = pack(tmp_path / "zh.zip", members(PACKAGE) | {MILL: text.encode()})
    mill = one(read(ilcd, path, tmp_path), "虚构")
    assert mill["name"] == mill["name zh"] == "虚构轧机"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<processDataSet xmlns="http://lca.jrc.it/ILCD/Process"><x>&c;</x></processDataSet>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<processDataSet xmlns="http://lca.jrc.it/ILCD/Process"><x>&a;</x></processDataSet>"""
DEEP = (
    b'<processDataSet xmlns="http://lca.jrc.it/ILCD/Process">'
    + b"<x>" * 9000
    + b"</x>" * 9000
    + b"</processDataSet>"
)


@pytest.mark.parametrize(
    ("member", "data", "code"),
    [
        (MILL, BOMB, "xml-doctype"),
        (MILL, OUTSIDE, "xml-doctype"),
        (name("flows", 205), BOMB.replace(b"processDataSet", b"flowDataSet"), "xml-doctype"),
        (MILL, DEEP, "xml-limits"),
        ("../outside.xml", b"<a/>", "source-name-unsafe"),
        ("/etc/outside.xml", b"<a/>", "source-name-unsafe"),
    ],
)
def test_hostile_packages_are_refused_whole(tmp_path: Path, member: str, data: bytes, code: str) -> None:
    path = pack(tmp_path / "hostile.zip", members(PACKAGE) | {member: data})
    with pytest.raises(SourceRefused) as caught:
        read(ilcd, path, tmp_path)
    assert caught.value.notice.code == code


def test_a_declared_size_of_two_gigabytes_is_refused(tmp_path: Path) -> None:
    path = declare(pack(tmp_path / "large.zip", members(PACKAGE)), MILL, 2**31)
    with pytest.raises(SourceRefused) as caught:
        read(ilcd, path, tmp_path)
    assert caught.value.notice.code in {"source-bomb", "source-member-too-large"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (members(PACKAGE)[MILL].replace("虚构".encode(), b"\xff\xfe\xff"), "xml-encoding"),
        (members(PACKAGE)[MILL][:3000], "xml-damaged"),
        (b"", "xml-damaged"),
    ],
)
def test_a_damaged_file_is_told_and_left_out(tmp_path: Path, data: bytes, code: str) -> None:
    extract = read(ilcd, pack(tmp_path / "damaged.zip", members(PACKAGE) | {MILL: data}), tmp_path)
    assert [(notice.code, notice.where) for notice in extract.notices if notice.code == code] == [
        (code, MILL)
    ]
    assert len(extract.processes) == 4


def test_a_package_without_processes_is_refused(tmp_path: Path) -> None:
    flows = {key: data for key, data in members(PACKAGE).items() if key.startswith("flows")}
    with pytest.raises(SourceRefused, match="no ILCD process"):
        read(ilcd, pack(tmp_path / "flows.zip", flows), tmp_path)


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(sorted(members(PACKAGE))),
        st.integers(0, 10_000),
        st.integers(0, 60),
        st.one_of(
            st.binary(max_size=12),
            st.sampled_from(
                [b"", b"</exchange>", b"NaN", b"1e999", b"-", b"\xe4\xb8", b"<a/>", b"&#0;", b"Input"]
            ),
        ),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=80, deadline=None)
@given(CHANGES)
def test_whatever_a_file_holds_it_is_read_or_refused(changes: list[tuple[str, int, int, bytes]]) -> None:
    files = members(PACKAGE)
    for member, at, length, new in changes:
        data = files[member]
        at %= len(data) + 1
        files[member] = data[:at] + new + data[at + length :]
    with tempfile.TemporaryDirectory() as folder:
        check_any(ilcd, pack(Path(folder) / "any.zip", files), Path(folder) / "work")
