"""A release as a Brightway datapackage: solved by bw2calc as it is, and read again with equal scores."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contentmaking import content, dataset, exchanges, flow, method
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases import packages
from databases.assembly.assemble import assemble
from databases.assembly.mapping import Repairs
from databases.assembly.options import Options
from databases.content import BIOSPHERE, CUT_OFF, TECHNOSPHERE, UNLINKED, Content, Exchanges, Head
from databases.exporters import datapackage as exporter
from databases.importers import datapackage as importer
from databases.importers.shape import Extract
from databases.importers.sources import open_source
from databases.notices import SourceRefused
from databases.publish import write_release
from databases.release import Release, open_release
from lca.engine import load_bw2calc

TOTAL = "gwp100-ar6.total"
LOGNORMAL = '{"uncertainty type": 2, "scale": 0.25}'
TRIANGULAR = '{"uncertainty type": 5, "loc": 2.0, "minimum": 1.5, "maximum": 3.0}'


def made() -> Content:
    """a and b need each other, c avoids a, and some inputs have no supplier; every name is our own."""
    rows = [
        (0, 1, TECHNOSPHERE, 0.1),
        (0, 0, BIOSPHERE, 3.0),
        (0, -1, CUT_OFF, 2.0),
        (1, 0, TECHNOSPHERE, 2.0),
        (1, 0, TECHNOSPHERE, 0.25),
        (1, 1, BIOSPHERE, 0.5),
        (1, -1, UNLINKED, 7.0),
        (2, 0, TECHNOSPHERE, -0.25),
        (2, 2, BIOSPHERE, 10.0),
    ]
    columns = exchanges(rows, ["", "", "Packaging", "", "", "", "Pot lining", "", ""])
    uncertainty = ["", LOGNORMAL, "", TRIANGULAR, "", "", "", "", ""]
    flows = [
        flow("co2", name_en="Carbon dioxide, fossil", cas="124-38-9"),
        flow("methane", name_en="Methane, fossil", cas="74-82-8", gas="CH4"),
        flow("water", name_en="Water", gas="", part="", unit="m3"),
    ]
    return Content(
        datasets=[
            dataset(0, "a", name_zh="甲", synonyms="alpha; 阿尔法", technology="shaft"),
            dataset(1, "b", unit="kWh", kind="electricity", group="mix", place="CN-JS"),
            dataset(2, "c", name_zh=""),
        ],
        flows=flows,
        sources=[dataset(0, "a").source],
        exchanges=Exchanges(
            **{**{n: getattr(columns, n) for n in columns.__slots__}, "uncertainty": uncertainty}
        ),
        methods=[method(TOTAL, [1.0, 29.8, 0.0], "AR6", "total"), method("lcia.water", [0, 0, 1.0])],
        documentation={1: "From a grid."},
    )


def released(folder: Path, given: Content, version: str = "1") -> Release:
    head = Head(
        name="made", version=version, licence="CC0", title="Made", issuer="Us", url="https://made.invalid"
    )
    write_release(folder / head.identifier, head, given, lambda *_: None)
    return open_release(folder / head.identifier)


def extracted(file: Path, work: Path) -> Extract:
    with open_source(file) as files:
        assert importer.detects(files)
        return importer.read(files, work)


def again(extract: Extract, folder: Path, version: str) -> Release:
    """The extract through the whole assembly into a release of its own."""
    head = Head(name="again", version=version, licence="CC0")
    built = assemble(extract, head, Options(), Repairs(), lambda *_: None, ("file", "0" * 64))
    write_release(folder / head.identifier, head, built, lambda *_: None)
    return open_release(folder / head.identifier)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return released(tmp_path_factory.mktemp("release"), made())


@pytest.fixture(scope="module")
def file(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exporter.export(release, tmp_path_factory.mktemp("out") / "made.zip", TOTAL)


def scores(file: Path, positions: range) -> list[float]:
    """By bw2calc, from the file alone, as its documentation says."""
    bw2calc, package = load_bw2calc(), packages.open_package(file)
    lca = bw2calc.LCA({packages.dataset_id(0): 1.0}, data_objs=[package])
    lca.lci()
    lca.lcia()
    found = []
    for position in positions:
        lca.lcia({packages.dataset_id(position): 1.0})
        found.append(float(lca.score))
    return found


def test_bw2calc_solves_it_as_it_is(release: Release, file: Path) -> None:
    np.testing.assert_allclose(scores(file, range(3)), release.scores(TOTAL), rtol=1e-12)


def test_bw2calc_finds_the_distributions(file: Path) -> None:
    table, _ = packages.open_package(file).get_resource("technosphere-matrix.distributions")
    assert table["uncertainty_type"].tolist() == [0, 0, 0, 0, 5, 0, 0]
    assert (table["loc"][4], table["minimum"][4], table["maximum"][4]) == (2.0, 1.5, 3.0)
    table, _ = packages.open_package(file).get_resource("biosphere-matrix.distributions")
    assert table["uncertainty_type"].tolist() == [2, 0, 0]
    assert table["loc"][0] == pytest.approx(np.log(3.0))
    bw2calc = load_bw2calc()
    lca = bw2calc.LCA(
        {packages.dataset_id(2): 1.0},
        data_objs=[packages.open_package(file)],
        use_distributions=True,
        seed_override=5,
    )
    lca.lci()
    lca.lcia()
    first = lca.score
    next(lca)
    assert lca.score != first


def test_the_table_says_what_the_nodes_are(release: Release, file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        nodes = json.loads(archive.read(exporter.NODES))
    assert [(node["id"], node["code"]) for node in nodes["datasets"]] == [
        (1_000_000, "a"),
        (1_000_001, "b"),
        (1_000_002, "c"),
    ]
    assert [(node["id"], node["code"], node["unit"]) for node in nodes["flows"]] == [
        (1, "co2", "kg"),
        (2, "methane", "kg"),
        (3, "water", "m3"),
    ]
    assert nodes["release"]["sha256"] == release.digest
    assert nodes["method"]["identifier"] == TOTAL
    assert [(node["name"], node["kind"]) for node in nodes["without_supplier"]] == [
        ("Packaging", "cut-off"),
        ("Pot lining", "unlinked"),
    ]
    assert "exchanges" not in nodes, "amounts are in the arrays only"


def test_what_is_there_is_not_overwritten(release: Release, file: Path, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        exporter.export(release, file, TOTAL)
    with pytest.raises(KeyError):
        exporter.export(release, tmp_path / "x.zip", "gwp20-ar6.total")
    assert list(tmp_path.iterdir()) == []


def test_it_is_read_as_it_was(file: Path, tmp_path: Path) -> None:
    extract = extracted(file, tmp_path)
    a, b, c = extract.processes
    assert (extract.format, extract.head["title"], extract.head["licence"]) == ("datapackage", "Made", "CC0")
    assert (a["name"], a["name zh"], a["synonyms"]) == ("Dataset a", "甲", ["alpha", "阿尔法"])
    assert (b["kind"], b["location"], b["unit"], b["comment"]) == (
        "electricity",
        "CN-JS",
        "kWh",
        "From a grid.",
    )
    assert b["source"]["code"] == "doc"
    kinds = [(e["type"], e["amount"], e.get("activity"), e.get("flow")) for e in b["exchanges"]]
    assert kinds == [
        ("production", 1.0, None, None),
        ("technosphere", 2.0, "a", None),
        ("technosphere", 0.25, "a", None),
        ("biosphere", 0.5, None, "methane"),
        ("technosphere", 7.0, None, None),
    ]
    assert [(e["type"], e["amount"]) for e in c["exchanges"]][1] == ("substitution", 0.25)
    assert [e.get("cut-off") for e in a["exchanges"]] == [None, None, None, True]
    assert b["exchanges"][1]["uncertainty type"] == 5
    assert a["exchanges"][2]["scale"] == 0.25
    assert [(node["code"], node.get("CAS number")) for node in extract.flows] == [
        ("co2", "124-38-9"),
        ("methane", "74-82-8"),
        ("water", None),
    ]


def test_a_round_trip_gives_equal_scores(file: Path, tmp_path: Path) -> None:
    """Twice: what was imported is exported and imported again; amounts, gaps and distributions stay."""
    first = again(extracted(file, tmp_path), tmp_path, "1")
    out = exporter.export(first, tmp_path / "again.zip", TOTAL)
    second = again(extracted(out, tmp_path), tmp_path, "2")
    assert [d.code for d in second.catalogue.all()] == ["a", "b", "c"]
    assert set(first.methods) == set(second.methods)
    for name in first.methods:
        np.testing.assert_allclose(second.scores(name), first.scores(name), rtol=1e-14, atol=0)
    assert first.scores(TOTAL)[0] > 3
    np.testing.assert_allclose(scores(out, range(3)), first.scores(TOTAL), rtol=1e-12)
    one, two = (
        [
            (e.kind, e.flow_or_dataset_code, e.amount, e.unit, e.uncertainty)
            for e in r.catalogue.exchanges(code)
        ]
        for code in "b"
        for r in (first, second)
    )
    assert one == two
    assert {(e[0], e[1]) for e in one} >= {("unlinked", "Pot lining"), ("technosphere", "a")}
    assert first.manifest["counts"]["cut_off"] == second.manifest["counts"]["cut_off"] == 1
    assert [d.gaps for d in second.catalogue.all()] == [d.gaps for d in first.catalogue.all()]


def test_the_starter_release_keeps_its_scores(open_cn: Release, tmp_path: Path) -> None:
    extract = extracted(exporter.export(open_cn, tmp_path / "cn.zip", TOTAL), tmp_path)
    back = again(extract, tmp_path, "cn")
    assert [d.code for d in back.catalogue.all()] == [d.code for d in open_cn.catalogue.all()]
    for gwp_set in ("ar5", "ar6"):
        ours = open_cn.scores(f"gwp100-{gwp_set}.total")
        np.testing.assert_allclose(back.scores(f"gwp100-{gwp_set}.total"), ours, rtol=1e-12, atol=1e-15)


Members = dict[str, bytes]


def nodes(members: Members, change: Callable[[dict[str, Any]], object]) -> Members:
    table = json.loads(members[exporter.NODES])
    change(table)
    return members | {exporter.NODES: json.dumps(table).encode()}


def array(members: Members, name: str, change: Callable[[np.ndarray], np.ndarray]) -> Members:
    path = next(path for path in members if name in path)
    buffer = io.BytesIO()
    np.save(buffer, change(np.load(io.BytesIO(members[path]))), allow_pickle=True)
    return members | {path: buffer.getvalue()}


def cut(members: Members, name: str, count: int) -> Members:
    path = next(path for path in members if name in path)
    return members | {path: members[path][:count]}


def huge(members: Members) -> Members:
    """A header that promises an exabyte."""
    path = next(path for path in members if "biosphere-matrix.data" in path)
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f8", "fortran_order": False, "shape": (10**17,)})
    return members | {path: buffer.getvalue()}


def elsewhere(table: np.ndarray) -> np.ndarray:
    table["row"][0] = 77
    return table


def twice(members: Members) -> Members:
    """A second group of resources that points to the arrays of the first."""
    package = json.loads(members["datapackage.json"])
    package["resources"] += [resource | {"group": "again"} for resource in package["resources"]]
    return members | {"datapackage.json": json.dumps(package).encode()}


def brackets(members: Members) -> Members:
    """A header that no parser of Python literals gets to the end of."""
    path = next(path for path in members if "biosphere-matrix.data" in path)
    header = ("(" * 4000 + ")" * 4000).ljust(9000).encode()
    return members | {path: b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header}


HOSTILE: dict[str, tuple[Callable[[Members], Members], str]] = {
    "no table": (lambda m: {k: v for k, v in m.items() if k != exporter.NODES}, "datapackage-without-nodes"),
    "another table": (
        lambda m: nodes(m, lambda n: n.update(format="x")),
        "datapackage-without-nodes",
    ),
    "no json": (lambda m: m | {exporter.NODES: b"\xff"}, "json-damaged"),
    "broken package": (lambda m: m | {"datapackage.json": b"{"}, "json-damaged"),
    "no datasets": (
        lambda m: nodes(m, lambda n: n.update(datasets=3, without_supplier=[])) | {"datapackage.json": b"{}"},
        "datapackage-empty",
    ),
    "ids are texts": (
        lambda m: nodes(m, lambda n: [d.update(id="1000000") for d in n["datasets"]]),
        "datapackage-unknown-node",
    ),
    "unknown node": (
        lambda m: array(m, "biosphere-matrix.indices", elsewhere),
        "datapackage-unknown-node",
    ),
    "unknown dataset": (lambda m: nodes(m, lambda n: n["datasets"].pop()), "datapackage-unknown-node"),
    "objects": (lambda m: array(m, "biosphere-matrix.data", lambda a: a.astype(object)), "datapackage-array"),
    "two dimensions": (
        lambda m: array(m, "biosphere-matrix.data", lambda a: a.reshape(1, -1)),
        "datapackage-array",
    ),
    "shorter": (lambda m: array(m, "biosphere-matrix.data", lambda a: a[:1]), "datapackage-array"),
    "cut": (lambda m: cut(m, "technosphere-matrix.data", 130), "datapackage-array"),
    "no header": (lambda m: cut(m, "technosphere-matrix.flip", 5), "datapackage-array"),
    "huge": (huge, "datapackage-array"),
    "array for two groups": (twice, "datapackage-array"),
    "brackets in brackets": (brackets, "datapackage-array"),
    "array missing": (lambda m: {k: v for k, v in m.items() if "flip" not in k}, "datapackage-array"),
}


def rewritten(file: Path, target: Path, change: Callable[[Members], Members]) -> Path:
    with zipfile.ZipFile(file) as source:
        members = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in change(members).items():
            archive.writestr(name, data)
    return target


@pytest.mark.parametrize("name", HOSTILE)
def test_a_package_that_is_not_what_it_says_is_refused(name: str, file: Path, tmp_path: Path) -> None:
    damage, code = HOSTILE[name]
    with pytest.raises(SourceRefused) as caught:
        extracted(rewritten(file, tmp_path / "bad.zip", damage), tmp_path)
    assert caught.value.notice.code == code


def test_amounts_that_are_not_finite_are_told_by_the_assembly(file: Path, tmp_path: Path) -> None:
    changed = rewritten(
        file,
        tmp_path / "x.zip",
        lambda m: array(m, "biosphere-matrix.data", lambda a: a * np.array([np.nan, 1, 1])),
    )
    report = again(extracted(changed, tmp_path), tmp_path, "1").report()
    assert [trouble["kind"] for trouble in report["troubles"]].count("not-finite") == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2_000_000) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_table_is_read_or_refused(data: st.DataObject, file: Path, tmp_path: Path) -> None:
    """A value of the table or of the package's description is anything at all: an extract or SourceRefused."""

    def change(members: Members) -> Members:
        name = data.draw(st.sampled_from([exporter.NODES, "datapackage.json"]))
        at = table = json.loads(members[name])
        while isinstance(at, (dict, list)) and at:
            key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
            if not isinstance(at[key], (dict, list)) or data.draw(st.booleans()):
                at[key] = data.draw(JSON)
                break
            at = at[key]
        return members | {name: json.dumps(table).encode()}

    try:
        extract = extracted(rewritten(file, tmp_path / "fuzzed.zip", change), tmp_path)
    except SourceRefused:
        return
    assert all(process["exchanges"] is not None for process in extract.processes)


def test_a_folder_is_read_as_well(file: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(file, tmp_path / "open", "zip")
    assert len(extracted(tmp_path / "open", tmp_path).processes) == 3


def test_a_release_without_exchanges_is_exported(tmp_path: Path) -> None:
    bare = replace(content("a", [], [], [flow("co2")], [method(TOTAL, [1.0])]), exchanges=exchanges([]))
    out = exporter.export(released(tmp_path, bare), tmp_path / "bare.zip", TOTAL)
    assert [len(process["exchanges"]) for process in extracted(out, tmp_path).processes] == [1]


@pytest.mark.parametrize("year", [10**40, -5, True, 2020.0])
def test_a_year_that_is_none_is_left_out(year: object, file: Path, tmp_path: Path) -> None:
    changed = rewritten(
        file, tmp_path / "x.zip", lambda m: nodes(m, lambda n: [d.update(year=year) for d in n["datasets"]])
    )
    assert not any("year" in process for process in extracted(changed, tmp_path).processes)
