"""Any content becomes a release: what is written is what was given, and content that breaks its rules is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from contentmaking import content, dataset, exchanges, flow, method

from databases import packages, publish
from databases.content import BIOSPHERE, CUT_OFF, TECHNOSPHERE, UNLINKED, Content, Head
from databases.gwp_sets import MixedGwpSets
from databases.publish import ContentInvalid, write_release
from databases.release import NotAnIdentifier, Release, open_release
from databases.scores import NonProductiveLoop

HEAD = Head(name="made", version="1", licence="CC0", restricted=True, title="A made release")


def made() -> Content:
    """b takes a and c; c avoids a; a and b loop. Inputs without a supplier stay with their names."""
    rows = [
        (0, 1, TECHNOSPHERE, 0.1),
        (0, 0, BIOSPHERE, 3.0),
        (0, -1, CUT_OFF, 2.0),
        (1, 0, TECHNOSPHERE, 2.0),
        (1, 2, TECHNOSPHERE, 0.5),
        (1, -1, UNLINKED, 7.0),
        (2, 0, TECHNOSPHERE, -0.25),
        (2, 1, BIOSPHERE, 10.0),
    ]
    names = ["", "", "Packaging", "", "", "Pot lining", "", ""]
    return Content(
        datasets=[dataset(0, "a"), dataset(1, "b", gaps=1), dataset(2, "c", gaps_upstream=True)],
        flows=[flow("co2"), flow("water", gas="", part="", unit="m3")],
        sources=[dataset(0, "a").source],
        exchanges=exchanges(rows, names),
        methods=[
            method("gwp100-ar6.total", [1.0, 0.0], "AR6", "total"),
            method("lcia.water", [0.0, 1.0]),
            method("lcia.nothing", [0.0, 0.0]),
        ],
        documentation={1: "Made from a and c. 由甲和丙制成。"},
        files={"report.json": b'{"counts": {"datasets": 3}}', "mapping.json": b"{}"},
        origin={"source_sha256": "00"},
    )


def write(folder: Path, given: Content, head: Head = HEAD) -> Release:
    write_release(folder / head.identifier, head, given, lambda *_: None)
    return open_release(folder / head.identifier)


def test_what_was_given_is_what_is_there(tmp_path: Path) -> None:
    release = write(tmp_path, made())
    technosphere = np.array([[1, -2, 0.25], [-0.1, 1, 0], [0, -0.5, 1]])
    emissions = {"gwp100-ar6.total": [3, 0, 0], "lcia.water": [0, 0, 10], "lcia.nothing": [0, 0, 0]}
    for name, vector in emissions.items():
        expected = np.linalg.solve(technosphere.T, vector)
        np.testing.assert_allclose(release.scores(name), expected, rtol=1e-14)
    assert release.restricted
    assert release.origin["source_sha256"] == "00"
    assert release.report() == {"counts": {"datasets": 3}}
    assert release.manifest["title"] == "A made release"
    assert release.methods["lcia.water"] == {
        "gwp_set": "",
        "part": "",
        "unit": "kgCO2e",
        "title": "LCIA.WATER",
        "source": "invented",
    }
    assert release.manifest["counts"] == {
        "datasets": 3,
        "complete": 3,
        "flows": 2,
        "exchanges": 8,
        "unlinked": 1,
        "cut_off": 1,
        "sources": 1,
    }
    assert [d.gaps for d in release.catalogue.all()] == [0, 1, 0]
    assert [d.gaps_upstream for d in release.catalogue.all()] == [False, False, True]
    found = [(e.kind, e.flow_or_dataset_code, e.amount, e.unit) for e in release.catalogue.exchanges("b")]
    assert found == [
        ("technosphere", "a", 2.0, "kg"),
        ("technosphere", "c", 0.5, "kg"),
        ("unlinked", "Pot lining", 7.0, "kg"),
    ]
    assert release.catalogue.documentation("b").endswith("由甲和丙制成。")


def test_the_datapackages_hold_the_linked_entries_only(tmp_path: Path) -> None:
    release = write(tmp_path, made())
    paths = release.datapackage_paths(list(release.methods))
    technosphere, biosphere = packages.load_background(paths[0], 3, 2)
    assert technosphere.toarray().tolist() == [[1, -2, 0.25], [-0.1, 1, 0], [0, -0.5, 1]]
    assert biosphere.toarray().tolist() == [[3, 0, 0], [0, 0, 10]]
    factors = [packages.load_characterisation(path, 2).tolist() for path in paths[1:]]
    assert list(release.methods) == ["gwp100-ar6.total", "lcia.nothing", "lcia.water"]
    assert factors == [[1, 0], [0, 0], [0, 1]]
    with pytest.raises(ValueError, match="exceeds"):
        packages.load_background(paths[0], 2, 2)


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    assert write(tmp_path, made()).digest == write(tmp_path / "again", made()).digest


def test_many_methods_are_solved_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "BATCH", 2)
    random = np.random.default_rng(7)
    methods = [method(f"lcia.{index}", random.random(2).tolist()) for index in range(5)]
    release = write(tmp_path, replace(made(), methods=methods))
    technosphere = np.array([[1, -2, 0.25], [-0.1, 1, 0], [0, -0.5, 1]])
    for item in methods:
        expected = np.linalg.solve(technosphere.T, item.factors @ np.array([[3, 0, 0], [0, 0, 10]]))
        np.testing.assert_allclose(release.scores(item.identifier), expected, rtol=1e-13)


def test_a_release_without_flows_or_methods_is_one(tmp_path: Path) -> None:
    given = content("ab", [(0, 1, 2.0)], [], [], [])
    assert len(write(tmp_path, given).catalogue) == 2
    given = content("ab", [], [], [], [method("lcia.none", [])])
    assert write(tmp_path, given, Head(name="made", version="2", licence="")).scores(
        "lcia.none"
    ).tolist() == [
        0,
        0,
    ]


def test_a_bound_flow_binds_its_customers(tmp_path: Path) -> None:
    unspecified = flow("co2e-ar5", gas="unspecified")
    given = content(
        "abc",
        [(0, 1, 1.0)],
        [(0, 0, 2.0)],
        [unspecified],
        [
            method("gwp100-ar5.total", [1.0], "AR5", "total"),
            method("gwp100-ar6.total", [0.0], "AR6", "total"),
        ],
    )
    assert [d.gwp_set for d in write(tmp_path, given).catalogue.all()] == ["AR5", "AR5", ""]
    both = replace(given, flows=[unspecified, flow("co2e-ar6", gas="unspecified")])
    both.methods[:] = [
        method("gwp100-ar5.total", [1.0, 0.0], "AR5", "total"),
        method("gwp100-ar6.total", [0.0, 1.0], "AR6", "total"),
    ]
    rows = [(0, 0, BIOSPHERE, 2.0), (1, 0, TECHNOSPHERE, 1.0), (1, 1, BIOSPHERE, 1.0)]
    with pytest.raises(MixedGwpSets, match="b: AR5 and AR6"):
        write(tmp_path / "x", replace(both, exchanges=exchanges(rows)))
    assert not (tmp_path / "x").exists()


BREAKS: dict[str, Callable[[Content], Content]] = {
    "codes of datasets are not sorted": lambda c: replace(c, datasets=[dataset(0, "b"), dataset(1, "a")]),
    "codes of flows are not sorted": lambda c: replace(c, flows=[c.flows[0], c.flows[0]]),
    "position is not its index": lambda c: replace(
        c, datasets=[c.datasets[0], dataset(2, "b"), dataset(1, "c")]
    ),
    "columns of exchanges differ": lambda c: replace(c, exchanges=replace(c.exchanges, name=["x"])),
    "no known kind": lambda c: replace(c, exchanges=exchanges([(0, 0, 4, 1.0)])),
    "not sorted by dataset": lambda c: replace(c, exchanges=exchanges([(1, 0, 0, 1.0), (0, 1, 0, 1.0)])),
    "belongs to no dataset": lambda c: replace(c, exchanges=exchanges([(3, 0, 0, 1.0)])),
    "amount is not finite": lambda c: replace(c, exchanges=exchanges([(0, 1, 0, float("nan"))])),
    "takes a dataset or flow that is not there": lambda c: replace(c, exchanges=exchanges([(0, 3, 0, 1.0)])),
    "takes a dataset or flow": lambda c: replace(c, exchanges=exchanges([(0, 2, BIOSPHERE, 1.0)])),
    "dataset or flow that is not there": lambda c: replace(c, exchanges=exchanges([(0, -1, 0, 1.0)])),
    "flow that is not there": lambda c: replace(c, exchanges=exchanges([(0, 0, UNLINKED, 1.0)])),
    "factor is missing": lambda c: replace(c, methods=[method("m", [1.0])]),
    "factor is missing or not finite": lambda c: replace(c, methods=[method("m", [1.0, float("inf")])]),
    "cannot be a file name": lambda c: replace(c, methods=[method("../m", [1.0, 2.0])]),
    "identifier cannot be": lambda c: replace(c, methods=[method("background", [1.0, 2.0])]),
    "the same identifier": lambda c: replace(c, methods=[method("m", [1, 2]), method("M", [1, 2])]),
    "a name of the release's own": lambda c: replace(c, files={"manifest.json": b""}),
    "name of the release's own": lambda c: replace(c, files={"../x": b""}),
}


@pytest.mark.parametrize("problem", BREAKS)
def test_content_that_breaks_a_rule_is_refused(problem: str, tmp_path: Path) -> None:
    with pytest.raises(ContentInvalid, match=problem):
        write(tmp_path, BREAKS[problem](made()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("", "1"),
        ("a", ""),
        ("A", "1"),
        ("a/b", "1"),
        ("..", "1"),
        (".a", "1"),
        ("a", "1 2"),
        ("a" * 99, "11"),
    ],
)
def test_a_name_that_is_no_identifier_is_refused(name: str, version: str, tmp_path: Path) -> None:
    with pytest.raises(NotAnIdentifier):
        write(tmp_path, made(), Head(name=name, version=version, licence=""))


def test_a_loop_that_is_not_productive_is_named(tmp_path: Path) -> None:
    with pytest.raises(NonProductiveLoop, match=r"(a -> b|b -> a)$"):
        write(tmp_path, content("ab", [(0, 1, 2.0), (1, 0, 0.6)], [], [flow("co2")], [method("m", [1.0])]))


def test_a_release_without_a_report_has_an_empty_one(tmp_path: Path) -> None:
    release = write(tmp_path, replace(made(), files={"mapping.json": b"{}"}))
    assert release.report() == {}
    assert json.loads((release.path / "mapping.json").read_bytes()) == {}
