"""A build: the same facts give the same release, failures publish nothing, two builds do not collide."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from contentmaking import content

from databases import build, publish
from databases.assembly.starter import characterisation, starter_content
from databases.build import BuildFailed, build_open_cn, build_release
from databases.content import Content, Head
from databases.facts import read_facts
from databases.gwp_sets import MixedGwpSets, bind, propagate
from databases.importers.tables import Edge
from databases.release import Release, ReleaseDamaged, ReleaseMissing, find_release, installed

Tables = dict[str, list[str]]
Write = Callable[[Tables], Path]
HEAD = Head(name="small", version="1", licence="CC0")


def left_behind(root: Path) -> list[str]:
    return sorted(entry.name for entry in root.iterdir() if entry.name != ".build.lock")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Release]:
    """Build the small tables once for the tests that only read the result."""
    root = tmp_path_factory.mktemp("small")
    return lambda facts: build_release(root, HEAD, facts)


def test_the_small_release_is_what_the_tables_say(
    small: Callable[[Path], Release], small_facts: Path
) -> None:
    release = small(small_facts)
    codes = ["billet", "flight", "power", "scrap"]
    assert [dataset.code for dataset in release.catalogue.all()] == codes
    assert [dataset.gwp_set for dataset in release.catalogue.all()] == ["AR5", "", "AR5", "AR5"]
    assert [dataset.gwp_set_assumed for dataset in release.catalogue.all()] == [True, False, True, True]
    scrap = 0.01 * 28 - 0.02 + 0.03
    billet = (14 * 0.5 + 2.5 + 0.25 * scrap) / (1 - 0.25 * 0.1)
    expected = [billet, 0.91, 0.5, scrap + 0.1 * billet]
    assert release.scores("gwp100-ar5.total").tolist() == pytest.approx(expected, rel=1e-14)
    assert release.scores("gwp100-ar5.aircraft").tolist() == pytest.approx([0, 0.81, 0, 0])
    assert release.scores("gwp100-ar6.total")[2] == 0.0
    assert release.scores("gwp100-ar6.biogenic-emissions")[3] == pytest.approx(0.27 / (1 - 0.25 * 0.1))
    assert release.origin["facts_sha256"] == read_facts(small_facts).digest
    assert release.manifest["counts"] == {
        "complete": 3,
        "cut_off": 0,
        "datasets": 4,
        "exchanges": 10,
        "flows": 7,
        "sources": 1,
        "unlinked": 0,
    }


def test_an_installed_release_is_returned_not_rebuilt(
    small: Callable[[Path], Release], small_facts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = small(small_facts)
    monkeypatch.setattr(build, "_run_child", lambda *_: pytest.fail("built again"))
    assert small(small_facts).digest == first.digest


def test_a_damaged_release_is_reported_not_overwritten(small_facts: Path, tmp_path: Path) -> None:
    (tmp_path / "root" / "small-1").mkdir(parents=True)
    (tmp_path / "root" / "small-1" / "manifest.json").write_text("{}")
    with pytest.raises(ReleaseDamaged):
        build_release(tmp_path / "root", HEAD, small_facts)


def test_two_builds_at_once_return_one_intact_release(
    small: Callable[[Path], Release], small_facts: Path, tmp_path: Path
) -> None:
    """And, being an independent build of the same facts, with the same digest as another."""
    root = tmp_path / "root"
    steps: dict[int, list[tuple[str, float]]] = {0: [], 1: []}

    def run(number: int) -> Release:
        return build_release(root, HEAD, small_facts, progress=lambda *step: steps[number].append(step))

    with ThreadPoolExecutor(2) as pool:
        releases = list(pool.map(run, steps))
    assert {release.digest for release in releases} == {small(small_facts).digest}
    assert [release.identifier for release in installed(root)] == left_behind(root) == ["small-1"]
    waited, built = sorted(steps.values(), key=len)
    assert [step for step, _ in waited] in (["waiting for another build", "done"], ["done"])
    fractions = [fraction for _, fraction in built]
    assert (fractions, fractions[0], built[-1]) == (sorted(fractions), 0.0, ("done", 1.0))


FAILS = {
    "facts": ("exchanges/one.csv", "billet,power,14", "billet,powder,14", "unknown"),
    "loop": ("exchanges/one.csv", "billet,scrap,0.25", "billet,scrap,10", "NonProductiveLoop.*billet"),
}


@pytest.mark.parametrize("name", FAILS)
def test_a_failed_build_says_why_and_publishes_nothing(
    name: str, write_tables: Write, tables: Tables, tmp_path: Path
) -> None:
    file, old, new, reason = FAILS[name]
    text = "\n".join(tables[file])
    assert old in text
    tables[file] = text.replace(old, new).split("\n")
    root = tmp_path / "root"
    with pytest.raises(BuildFailed, match=reason):
        build_release(root, HEAD, write_tables(tables))
    assert left_behind(root) == []


def test_a_child_that_dies_leaves_nothing(
    small_facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(BuildFailed, match="code 1"):
        build_release(tmp_path / "root", HEAD, small_facts)
    assert left_behind(tmp_path / "root") == []


def test_progress_that_raises_stops_the_child(small_facts: Path, tmp_path: Path) -> None:
    def stop(step: str, _fraction: float) -> None:
        if step == "loading Brightway":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_release(tmp_path / "root", HEAD, small_facts, progress=stop)
    assert left_behind(tmp_path / "root") == []


def test_nothing_shows_before_the_rename(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, target = tmp_path / ".building-x", tmp_path / "small-1"
    work.mkdir()
    (work / "manifest.json").write_text("{}")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError("no")))
        with pytest.raises(OSError, match="no"):
            publish.publish(work, target, lambda *_: None)
    assert not target.exists()
    publish.publish(work, target, lambda *_: None)
    assert (target / "manifest.json").is_file()


def test_the_release_that_is_there_first_stays(tmp_path: Path) -> None:
    work, target = tmp_path / ".building-x", tmp_path / "small-1"
    for folder, text in ((work, "second"), (target, "first")):
        folder.mkdir()
        (folder / "manifest.json").write_text(text)
    publish.publish(work, target, lambda *_: None)
    assert (target / "manifest.json").read_text() == "first"
    assert left_behind(tmp_path) == ["small-1"]


def system(*inputs: tuple[int, int, float]) -> Content:
    return content("abcd", list(inputs), [], [], [])


def test_marks_follow_the_supply_chain_and_its_loops() -> None:
    chain = system((0, 1, 1.0), (1, 2, 1.0), (2, 1, 0.1), (3, 0, 0.0))
    assert propagate(chain, {0: "AR5"}) == {0: "AR5", 1: "AR5", 2: "AR5"}
    assert propagate(chain, {3: "AR5"}) == {3: "AR5"}
    assert propagate(chain, {}) == {}


def test_two_sets_in_one_chain_are_refused_wherever_they_meet() -> None:
    with pytest.raises(MixedGwpSets, match="c: "):
        propagate(system((0, 2, 1.0), (1, 2, 1.0)), {0: "AR5", 1: "AR6"})
    with pytest.raises(MixedGwpSets, match="b: "):
        propagate(system((0, 1, 1.0)), {0: "AR5", 1: "AR6"})


def test_two_sets_in_one_dataset_are_refused(small_facts: Path) -> None:
    facts = read_facts(small_facts)
    edges = [Edge("scrap", "co2e-ar5", True, 1.0, 0), Edge("scrap", "co2e-ar6", True, 1.0, 1)]
    with pytest.raises(MixedGwpSets, match="scrap: AR5 and AR6"):
        bind(starter_content(facts, edges))
    edges[1] = Edge("scrap", "co2e-ar6", True, 0.0, 1)
    bound = bind(starter_content(facts, edges))
    assert [dataset.gwp_set for dataset in bound] == ["", "", "", "AR5"]
    assert [dataset.gwp_set_assumed for dataset in bound] == [False] * 4, "power is not in this chain"


@pytest.mark.parametrize(
    ("gwp_set", "part", "expected"),
    [
        ("AR5", "total", [28, 1, 1, 1, -1, 1, 0]),
        ("AR6", "total", [27, 1, 1, 1, -1, 0, 1]),
        ("AR5", "fossil", [0, 1, 1, 0, 0, 1, 0]),
        ("AR5", "aircraft", [0, 1, 0, 0, 0, 0, 0]),
        ("AR5", "biogenic-emissions", [28, 0, 0, 0, 0, 0, 0]),
        ("AR5", "biogenic-removals", [0, 0, 0, 0, -1, 0, 0]),
        ("AR5", "land-use-change", [0, 0, 0, 1, 0, 0, 0]),
        ("AR5", "gas-CO2", [0, 1, 1, 1, -1, 0, 0]),
        ("AR5", "gas-CH4", [28, 0, 0, 0, 0, 0, 0]),
        ("AR6", "gas-unspecified", [0, 0, 0, 0, 0, 0, 1]),
        ("AR6", "gas-other", [0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_each_part_counts_its_flows(
    small_facts: Path, gwp_set: str, part: str, expected: list[float]
) -> None:
    facts = read_facts(small_facts)
    flows = sorted(facts.flows)
    assert flows == [
        "ch4-biogenic",
        "co2-flight",
        "co2-fossil",
        "co2-luc",
        "co2-uptake",
        "co2e-ar5",
        "co2e-ar6",
    ]
    assert characterisation(facts, flows, gwp_set, part).tolist() == expected


def test_a_build_keeps_brightway_to_itself(tmp_path: Path, open_cn: Release) -> None:
    """Opening, searching and the parent's side of a build load no Brightway and leave the home empty."""
    script = """
import sys
from pathlib import Path
from databases.build import build_open_cn
from databases.search import Query
release = build_open_cn(Path(sys.argv[1]))
release.catalogue.search(Query(text="铝")), release.scores("gwp100-ar5.total")
heavy = {"bw2data", "bw2io", "bw2calc", "bw_processing", "pandas", "scipy", "pint"}
print(sorted(heavy & set(sys.modules)))
"""
    environment = {**os.environ, "HOME": str(tmp_path)}
    command = [sys.executable, "-c", script, str(open_cn.path.parent)]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert json.loads(answer.stdout) == []
    assert list(tmp_path.iterdir()) == []


def test_the_starter_release_is_returned_where_it_is(open_cn: Release) -> None:
    assert build_open_cn(open_cn.path.parent).digest == open_cn.digest
    with pytest.raises(ReleaseMissing):
        find_release(open_cn.path.parent, "open-cn-1999.1")
