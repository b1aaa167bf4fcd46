"""openLCA JSON-LD, schema 1 and 2: an invented package of a rod mill, two power stations and a landfill."""

from __future__ import annotations

import copy
import json
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packagemaking import FILES, check_any, check_shape, codes, declare, members, one, pack, read

from databases.importers import jsonld, recognise
from databases.importers.sources import open_source
from databases.notices import SourceRefused

NEW, OLD = FILES / "jsonld" / "schema2", FILES / "jsonld" / "schema1"
Entity = dict[str, Any]


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def name(table: str, number: int) -> str:
    return f"{table}/{uuid(number)}.json"


MILL, POWER, LANDFILL = (name("processes", number) for number in (101, 102, 104))


def changed(tmp_path: Path, member: str, change: Callable[[Entity], object]) -> Path:
    """The package of schema 2 with one entity changed, as a zip."""
    files = members(NEW)
    entity = json.loads(files[member])
    change(entity)
    return pack(tmp_path / "changed.zip", files | {member: json.dumps(entity).encode()})


def of(process: Entity, kind: str) -> list[Entity]:
    return [exchange for exchange in process["exchanges"] if exchange["type"] == kind]


@pytest.mark.parametrize("folder", [OLD, NEW])
def test_both_schemas_are_recognised(folder: Path) -> None:
    with open_source(folder) as files:
        assert recognise.reader(files) is jsonld  # type: ignore[comparison-overlap]


def test_both_schemas_say_the_same(tmp_path: Path) -> None:
    old, new = read(jsonld, OLD, tmp_path), read(jsonld, NEW, tmp_path)
    assert old.processes == new.processes
    assert old.flows == new.flows
    assert len(new.processes) == 4
    check_shape(new)


@pytest.mark.parametrize("folder", [OLD, NEW])
def test_our_own_reader_gives_the_same_as_bw2io(tmp_path: Path, folder: Path) -> None:
    deep = pack(tmp_path / "deep.zip", {f"a/b/{key}": data for key, data in members(folder).items()})
    theirs, ours = read(jsonld, folder, tmp_path), read(jsonld, deep, tmp_path)
    assert (theirs.reader, ours.reader) == ("bw2io", "tanbiao")
    for process in ours.processes:
        process["filename"] = process["filename"].removeprefix("a/b/")
    assert ours.processes == theirs.processes
    assert ours.flows == theirs.flows
    assert codes(ours) == codes(theirs)


def test_nothing_is_left_in_the_work_folder(tmp_path: Path) -> None:
    read(jsonld, NEW, tmp_path / "work")
    assert list((tmp_path / "work").iterdir()) == []


def test_a_process_is_described(tmp_path: Path) -> None:
    mill = one(read(jsonld, NEW, tmp_path), "Rod mill")
    assert mill["code"] == uuid(101)
    assert (mill["location"], mill["year"], mill["unit"]) == ("CN", 2023, "t")
    assert mill["classifications"] == ["Invented sector", "Invented branch"]
    assert mill["source"] == "Invented report on rods, 2021"
    assert mill["technology"] == "Invented technology"
    assert mill["filename"] == MILL


def test_products_have_shares_and_properties(tmp_path: Path) -> None:
    rod, heat = of(one(read(jsonld, NEW, tmp_path), "Rod mill"), "production")
    assert rod["reference"] is True and "reference" not in heat
    assert (rod["allocation"], heat["allocation"]) == (0.75, 0.25)
    assert rod["properties"] == {"mass": 1000.0, "energy": 2000.0, "price": 900.0, "currency": "EUR2020"}
    assert heat["properties"] == {"energy": 1.0, "price": 0.02, "currency": "EUR2020"}


@pytest.mark.parametrize(
    ("method", "shares"),
    [
        ("PHYSICAL_ALLOCATION", (0.75, 0.25)),
        ("ECONOMIC_ALLOCATION", (0.99, 0.01)),
        ("ECONOMIC", (0.99, 0.01)),
        ("NO_ALLOCATION", (None, None)),
        ("USE_DEFAULT_ALLOCATION", (None, None)),
        ("SOMETHING", (None, None)),
    ],
)
def test_the_default_method_says_which_factors_count(
    tmp_path: Path, method: str, shares: tuple[float | None, float | None]
) -> None:
    path = changed(tmp_path, MILL, lambda entity: entity.update(defaultAllocationMethod=method))
    rod, heat = of(one(read(jsonld, path, tmp_path), "Rod mill"), "production")
    assert (rod.get("allocation"), heat.get("allocation")) == shares


def test_a_process_without_a_method_but_one_kind_of_factors_means_these(tmp_path: Path) -> None:
    def change(entity: Entity) -> None:
        del entity["defaultAllocationMethod"]
        entity["allocationFactors"] = entity["allocationFactors"][2:4]

    rod, _ = of(one(read(jsonld, changed(tmp_path, MILL, change), tmp_path), "Rod mill"), "production")
    assert rod["allocation"] == 0.99


def test_causal_factors_stay_with_their_exchange(tmp_path: Path) -> None:
    path = changed(tmp_path, MILL, lambda entity: entity.update(defaultAllocationMethod="CAUSAL_ALLOCATION"))
    mill = one(read(jsonld, path, tmp_path), "Rod mill")
    assert all("allocation" not in exchange for exchange in of(mill, "production"))
    assert {item["name"]: item["shares"] for item in mill["exchanges"] if "shares" in item} == {
        "Invented electricity": {uuid(201): 1.0, uuid(202): 0.0},
        "Carbon dioxide, fossil": {uuid(201): 0.5, uuid(202): 0.5},
    }


def test_waste_avoided_products_sides_and_providers(tmp_path: Path) -> None:
    extract = read(jsonld, NEW, tmp_path)
    mill = one(extract, "Rod mill")
    power, slag, own = of(mill, "technosphere")
    assert (power["amount"], power["unit"], power["activity"]) == (1000.0, "kWh", uuid(103))
    assert (slag["amount"], slag["waste"], slag["activity"]) == (20.0, True, uuid(104))
    assert (own["amount"], own["unit"], own["published"], own["published unit"]) == (10.0, "kg", "20", "MJ")
    (scrap,) = of(mill, "substitution")
    assert scrap["amount"] == pytest.approx(4.5359237)
    assert (scrap["unit"], scrap["published unit"]) == ("kg", "lb av")
    assert [item["amount"] for item in of(mill, "biosphere")] == [80.0, 300.0, -250.0]
    (treated,) = of(one(extract, "Slag landfill"), "production")
    assert treated["reference"] is True and treated["waste"] is True and treated["amount"] == 1.0


def test_elementary_flows_have_their_facts(tmp_path: Path) -> None:
    gas, water = read(jsonld, NEW, tmp_path).flows
    assert gas == {
        "code": uuid(205),
        "name": "Carbon dioxide, fossil",
        "name zh": "二氧化碳（化石）",
        "unit": "kg",
        "categories": ("air", "urban air close to ground"),
        "CAS number": "124-38-9",
        "formula": "CO2",
        "synonyms": ["CO2", "二氧化碳（化石）"],
    }
    assert water["categories"] == ("natural resource", "in water")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"distributionType": "LOG_NORMAL_DISTRIBUTION", "geomMean": 80.0, "geomSd": 1.1},
            {"uncertainty type": 2, "loc": math.log(80), "scale": math.log(1.1)},
        ),
        (
            {"distributionType": "NORMAL_DISTRIBUTION", "mean": 80.0, "sd": 2.0},
            {"uncertainty type": 3, "loc": 80.0, "scale": 2.0},
        ),
        (
            {"distributionType": "TRIANGLE_DISTRIBUTION", "minimum": 70.0, "mode": 80.0, "maximum": 85.0},
            {"uncertainty type": 5, "loc": 80.0, "minimum": 70.0, "maximum": 85.0},
        ),
        (
            {"distributionType": "UNIFORM_DISTRIBUTION", "minimum": 70.0, "maximum": 85.0},
            {"uncertainty type": 4, "minimum": 70.0, "maximum": 85.0},
        ),
        ({"distributionType": "LOG_NORMAL_DISTRIBUTION", "geomMean": 80.0, "geomSd": 1.0}, {}),
        ({"distributionType": "LOG_NORMAL_DISTRIBUTION", "geomMean": 0.0, "geomSd": 1.1}, {}),
        ({"distributionType": "NORMAL_DISTRIBUTION", "mean": 80.0, "sd": -2.0}, {}),
        ({"distributionType": "UNIFORM_DISTRIBUTION", "minimum": 90.0, "maximum": 85.0}, {}),
        ({"distributionType": "UNIFORM_DISTRIBUTION", "minimum": "a", "maximum": 85.0}, {}),
        ({"distributionType": "NONE"}, {}),
    ],
)
def test_distributions(tmp_path: Path, given: Entity, expected: Entity) -> None:
    path = changed(tmp_path, MILL, lambda entity: entity["exchanges"][4].update(uncertainty=given))
    gas = of(one(read(jsonld, path, tmp_path), "Rod mill"), "biosphere")[0]
    found = {
        key: gas[key] for key in ("uncertainty type", "loc", "scale", "minimum", "maximum") if key in gas
    }
    assert found == pytest.approx(expected)


def test_a_cost_counts_before_an_economic_property(tmp_path: Path) -> None:
    cost = {"costValue": 800.0, "currency": {"@type": "Currency", "@id": uuid(601), "name": "CNY2024"}}
    path = changed(tmp_path, MILL, lambda entity: entity["exchanges"][0].update(cost))
    rod, _ = of(one(read(jsonld, path, tmp_path), "Rod mill"), "production")
    assert (rod["properties"]["price"], rod["properties"]["currency"]) == (800.0, "CNY2024")


def test_formulas_are_counted_and_told(tmp_path: Path) -> None:
    (told,) = [notice for notice in read(jsonld, NEW, tmp_path).notices if notice.code == "jsonld-formulas"]
    assert dict(told.details)["count"] == "1"
    assert told.where == MILL


def test_our_own_tags_are_read(tmp_path: Path) -> None:
    tags = ["tanbiao:kind=material", "tanbiao:boundary=cradle-to-gate", "other", 5, "tanbiao:name-zh=轧机"]
    mill = one(
        read(jsonld, changed(tmp_path, MILL, lambda entity: entity.update(tags=tags)), tmp_path), "Rod"
    )
    assert (mill["kind"], mill["boundary"], mill["name zh"]) == ("material", "cradle-to-gate", "轧机")
    path = changed(
        tmp_path, name("flows", 205), lambda entity: entity.update(tags=["tanbiao:code=co2-fossil"])
    )
    assert read(jsonld, path, tmp_path).flows[0]["identifiers"] == ["co2-fossil"]
    path = changed(tmp_path, name("flows", 207), lambda entity: entity.update(tags=["tanbiao:no-supplier"]))
    assert of(one(read(jsonld, path, tmp_path), "Rod"), "substitution")[0]["cut-off"] is True


def drop(key: str) -> Callable[[Entity], object]:
    return lambda entity: entity["exchanges"][0].pop(key)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (drop("isQuantitativeReference"), "jsonld-reference-missing"),
        (drop("flow"), "jsonld-exchange-without-flow"),
        (lambda entity: entity["exchanges"][1]["flow"].update({"@id": uuid(999)}), "jsonld-flow-missing"),
        (lambda entity: entity["exchanges"][1].update(flow={"@id": uuid(999)}), "jsonld-flow-missing"),
        (lambda entity: entity["exchanges"][0].update(flow={"@id": uuid(999)}), "jsonld-flow-missing"),
    ],
)
def test_what_a_process_lacks_is_told(tmp_path: Path, change: Callable[[Entity], object], code: str) -> None:
    extract = read(jsonld, changed(tmp_path, POWER, change), tmp_path)
    assert code in codes(extract)
    assert len(extract.processes) == 4
    check_shape(extract)


def test_a_missing_flow_is_what_the_reference_says(tmp_path: Path) -> None:
    said = {
        "@id": uuid(999),
        "name": "Methane",
        "flowType": "ELEMENTARY_FLOW",
        "refUnit": "kg",
        "category": "Elementary flows/Emission to air/unspecified",
    }
    path = changed(tmp_path, POWER, lambda entity: entity["exchanges"][1].update(flow=said))
    extract = read(jsonld, path, tmp_path)
    (gas,) = of(one(extract, "Power station, invented"), "biosphere")
    assert (gas["name"], gas["categories"], gas["unit"]) == ("Methane", ("air",), "kg")
    assert uuid(999) in [flow["code"] for flow in extract.flows]


@pytest.mark.parametrize("value", [None, "12", True, [], {}])
def test_an_amount_that_is_no_number_is_not_finite(tmp_path: Path, value: object) -> None:
    path = changed(tmp_path, POWER, lambda entity: entity["exchanges"][1].update(amount=value))
    (gas,) = of(one(read(jsonld, path, tmp_path), "Power station, invented"), "biosphere")
    assert math.isnan(gas["amount"])


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_numbers_beyond_json_are_left_to_the_report(tmp_path: Path, written: str) -> None:
    files = members(NEW)
    data = files[POWER].replace(b'"amount": 0.7', f'"amount": {written}'.encode())
    assert data != files[POWER]
    extract = read(jsonld, pack(tmp_path / "number.zip", files | {POWER: data}), tmp_path)
    (gas,) = of(one(extract, "Power station, invented"), "biosphere")
    assert not math.isfinite(gas["amount"])


DAMAGED = {
    "twice": members(NEW)[POWER].replace(b'"name": "Power', b'"name": "x", "name": "Power'),
    "cut": members(NEW)[POWER][:900],
    "empty": b"",
    "encoding": members(NEW)[POWER].replace(b"Power", b"\xff\xfe\xff"),
    "deep": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "list": b"[1, 2]",
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_told_and_left_out(tmp_path: Path, data: bytes) -> None:
    extract = read(jsonld, pack(tmp_path / "damaged.zip", members(NEW) | {POWER: data}), tmp_path)
    assert [(notice.code, notice.where) for notice in extract.notices if notice.severity == "error"] == [
        ("json-damaged", POWER)
    ]
    assert len(extract.processes) == 3
    assert extract.reader == "tanbiao"


def test_a_byte_order_mark_is_read_by_our_reader(tmp_path: Path) -> None:
    files = members(NEW)
    for data in (b"\xef\xbb\xbf" + files[POWER], files[POWER].decode().encode("utf-16")):
        extract = read(jsonld, pack(tmp_path / "bom.zip", files | {POWER: data}), tmp_path)
        assert (extract.reader, len(extract.processes)) == ("tanbiao", 4)
        assert extract.processes == read(jsonld, NEW, tmp_path).processes


def test_half_a_surrogate_pair_does_not_reach_the_release(tmp_path: Path) -> None:
    files = members(NEW)
    data = files[POWER].replace(b"Power station", b"Power \\ud800 \\u0000 station")
    extract = read(jsonld, pack(tmp_path / "half.zip", files | {POWER: data}), tmp_path)
    check_shape(extract)
    assert one(extract, "Power \ufffd \ufffd station")


def test_identifiers_that_stand_twice(tmp_path: Path) -> None:
    files = members(NEW)
    twice = files | {"processes/copy.json": files[POWER], "flows/copy.json": files[name("flows", 205)]}
    extract = read(jsonld, pack(tmp_path / "twice.zip", twice), tmp_path)
    assert [process["code"] for process in extract.processes].count(uuid(102)) == 2
    assert "jsonld-identifier-twice" in codes(extract)
    assert len(extract.flows) == 2


def test_a_single_file_of_a_process(tmp_path: Path) -> None:
    path = tmp_path / "power.json"
    path.write_bytes(members(NEW)[POWER])
    with open_source(path) as files:
        assert jsonld.detects(files)
    extract = read(jsonld, path, tmp_path / "work")
    assert one(extract, "Power station")["reference product"] == "Invented electricity"
    assert "jsonld-flow-missing" in codes(extract)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"flows/a.json": b"{}", "olca-schema.json": b'{"version": 2}'}, "jsonld-no-process"),
        ({"processes/a.json": b"[", "olca-schema.json": b"{}"}, "json-damaged"),
        ({**members(NEW), "../outside.json": b"{}"}, "source-name-unsafe"),
        ({**members(NEW), "C:\\outside.json": b"{}"}, "source-name-unsafe"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, files: dict[str, bytes], code: str) -> None:
    with pytest.raises(SourceRefused) as caught:
        read(jsonld, pack(tmp_path / "refused.zip", files), tmp_path)
    assert caught.value.notice.code == code


def test_a_declared_size_of_two_gigabytes_is_refused(tmp_path: Path) -> None:
    path = declare(pack(tmp_path / "large.zip", members(NEW)), MILL, 2**31)
    with pytest.raises(SourceRefused) as caught:
        read(jsonld, path, tmp_path)
    assert caught.value.notice.code in {"source-bomb", "source-member-too-large"}


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([uuid(201)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, as the keys that lead there."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(*path, key), *places_in(value[key], (*path, key))]]


PLACES = [
    (folder, member, place)
    for folder in (OLD, NEW)
    for member, data in members(folder).items()
    for place in places_in(json.loads(data))
]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ANYTHING), min_size=1, max_size=4))
def test_whatever_stands_in_an_entity_it_is_read_or_refused(
    changes: list[tuple[tuple[Path, str, tuple[Any, ...]], Any]],
) -> None:
    folder = changes[0][0][0]
    entities = {member: json.loads(data) for member, data in members(folder).items()}
    for (_, member, place), new in changes:
        where = entities.get(member)
        for key in place[:-1]:
            where = where[key] if isinstance(where, (dict, list)) and fits(where, key) else None
        if isinstance(where, (dict, list)) and fits(where, place[-1]):
            where[place[-1]] = copy.deepcopy(new)
    files = {member: json.dumps(entity).encode() for member, entity in entities.items()}
    with tempfile.TemporaryDirectory() as work:
        check_any(jsonld, pack(Path(work) / "any.zip", files), Path(work) / "work")


def fits(value: Any, key: Any) -> bool:
    return key in value if isinstance(value, dict) else isinstance(key, int) and key < len(value)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(members(NEW))), st.integers(0, 5000), st.integers(0, 40), st.binary(max_size=8))
def test_whatever_bytes_a_file_holds_it_is_read_or_refused(
    member: str, at: int, length: int, new: bytes
) -> None:
    files = members(NEW)
    data = files[member]
    at %= len(data) + 1
    files[member] = data[:at] + new + data[at + length :]
    with tempfile.TemporaryDirectory() as work:
        check_any(jsonld, pack(Path(work) / "any.zip", files), Path(work) / "work")
