"""A release: opening checks everything; what is read is what was built; Brightway agrees with the tables."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from databases import packages
from databases.release import (
    GWP_SETS,
    METHOD_PARTS,
    PARTS,
    Release,
    ReleaseDamaged,
    ReleaseMissing,
    find_release,
    installed,
    method_id,
    open_release,
)


@pytest.fixture
def copy(open_cn: Release, tmp_path: Path) -> Path:
    """A copy of the starter release to damage."""
    return Path(shutil.copytree(open_cn.path, tmp_path / "root" / open_cn.identifier))


def test_the_release_says_what_it_is(open_cn: Release) -> None:
    assert open_cn.identifier == f"{open_cn.name}-{open_cn.version}" == open_cn.path.name
    assert open_cn.manifest["counts"]["datasets"] == len(open_cn.catalogue) >= 250
    assert len(open_cn.digest) == 64
    assert open_cn.licence
    assert {dataset.source.code for dataset in open_cn.catalogue.all()} <= {
        source.code for source in open_cn.sources
    }
    assert set(open_cn.methods) == {method_id(gwp_set, part) for gwp_set in GWP_SETS for part in METHOD_PARTS}


def test_it_is_found_and_listed(open_cn: Release, copy: Path) -> None:
    (copy.parent / ".building-x").mkdir()
    (copy.parent / ".build.lock").touch()
    assert [release.digest for release in installed(copy.parent)] == [open_cn.digest]
    assert find_release(copy.parent, open_cn.identifier).digest == open_cn.digest
    assert installed(copy.parent / "nothing") == []


@pytest.mark.parametrize(
    "identifier", ["other-1", "", "..", "../open-cn-2026.2", ".building-x", "/etc", "a/b", "\x00", "OPEN"]
)
def test_what_is_not_there_is_missing(copy: Path, identifier: str) -> None:
    (copy.parent / ".building-x").mkdir()
    with pytest.raises(ReleaseMissing):
        find_release(copy.parent, identifier)


def test_every_file_is_guarded(copy: Path) -> None:
    """Change one byte of each file in turn: opening names it."""
    files = sorted(json.loads((copy / "manifest.json").read_text(encoding="utf-8"))["files"])
    assert len(files) == 1 + 1 + 2 * len(GWP_SETS) * len(METHOD_PARTS)
    for name in files:
        file = copy / name
        intact = file.read_bytes()
        changed = bytearray(intact)
        changed[len(changed) // 2] ^= 1
        file.write_bytes(changed)
        with pytest.raises(ReleaseDamaged, match="has been changed") as caught:
            open_release(copy)
        assert caught.value.file == name
        file.write_bytes(intact)
    assert open_release(copy)


def change_manifest(copy: Path, **values: object) -> None:
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    (copy / "manifest.json").write_text(json.dumps(manifest | values), encoding="utf-8")


DAMAGE = {
    "missing": (
        lambda copy: (copy / "scores" / "gwp100-ar5.total.npy").unlink(),
        "gwp100-ar5.total.npy",
        "is missing",
    ),
    "extra": (lambda copy: (copy / "scores" / "more.npy").touch(), "scores/more.npy", "not in the manifest"),
    "cut": (
        lambda copy: (copy / "catalogue.sqlite").write_bytes(b""),
        "catalogue.sqlite",
        "has been changed",
    ),
    "no json": (
        lambda copy: (copy / "manifest.json").write_bytes(b"\xff{"),
        "manifest.json",
        "not a manifest",
    ),
    "a list": (lambda copy: (copy / "manifest.json").write_text("[]"), "manifest.json", "not a manifest"),
    "no files": (lambda copy: change_manifest(copy, files={}), "manifest.json", "not a manifest"),
    "format": (
        lambda copy: change_manifest(copy, format="tanbiao-release/9"),
        "manifest.json",
        "not a manifest",
    ),
    "other": (
        lambda copy: change_manifest(copy, identifier="open-cn-1", version="1"),
        "manifest.json",
        "belongs to 'open-cn-1'",
    ),
    "outside": (
        lambda copy: change_manifest(copy, files={"../x": {"sha256": "0"}}),
        "../x",
        "lies outside",
    ),
    "absolute": (lambda copy: change_manifest(copy, files={"/x": {"sha256": "0"}}), "/x", "lies outside"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named(name: str, copy: Path) -> None:
    damage, file, reason = DAMAGE[name]
    damage(copy)
    with pytest.raises(ReleaseDamaged, match=reason) as caught:
        open_release(copy)
    assert caught.value.file.endswith(file)
    with pytest.raises(ReleaseDamaged):
        installed(copy.parent)


def test_tables_are_float64_and_read_only(open_cn: Release) -> None:
    for method in open_cn.methods:
        table = open_cn.scores(method)
        assert (table.dtype, table.shape) == (np.float64, (len(open_cn.catalogue),))
        assert np.isfinite(table).all()
    with pytest.raises(ValueError, match="read-only"):
        open_cn.scores("gwp100-ar5.total")[0] = 1.0
    with pytest.raises(KeyError):
        open_cn.scores("gwp100-ar4.total")
    with pytest.raises(KeyError):
        open_cn.datapackage_paths(["../manifest"])


@pytest.mark.parametrize("gwp_set", GWP_SETS)
def test_parts_and_gases_sum_to_the_total(open_cn: Release, gwp_set: str) -> None:
    total = open_cn.scores(method_id(gwp_set, "total"))
    for names in (PARTS, [part for part in METHOD_PARTS if part.startswith("gas-")]):
        summed = sum(open_cn.scores(method_id(gwp_set, name)) for name in names)
        np.testing.assert_allclose(summed, total, rtol=1e-12, atol=1e-15)
    assert (total != 0).sum() > 100


def test_a_bound_dataset_serves_its_own_set_only(open_cn: Release) -> None:
    unspecified = {gwp_set: open_cn.scores(method_id(gwp_set, "gas-unspecified")) for gwp_set in GWP_SETS}
    bound = 0
    for dataset in open_cn.catalogue.all():
        for gwp_set in GWP_SETS:
            share = unspecified[gwp_set][dataset.position]
            assert share == 0 or dataset.gwp_set == gwp_set, dataset.code
        bound += bool(dataset.gwp_set)
        assert dataset.gwp_set or not dataset.gwp_set_assumed
    assert 0 < bound < len(open_cn.catalogue)


def test_amounts_stay_exact_from_table_to_datapackage(open_cn: Release) -> None:
    background = packages.open_package(open_cn.datapackage_paths([])[0])
    amounts, _ = background.get_resource("biosphere-matrix.data")
    where, _ = background.get_resource("biosphere-matrix.indices")
    assert amounts.dtype == np.float64
    flows = {flow.code: packages.flow_id(index) for index, flow in enumerate(open_cn.catalogue.flows())}
    stored: dict[tuple[int, int], list[float]] = {}
    for (row, column), amount in zip(where.tolist(), amounts.tolist(), strict=True):
        stored.setdefault((row, column), []).append(amount)
    checked = 0
    for dataset in open_cn.catalogue.all():
        for exchange in open_cn.catalogue.exchanges(dataset.code):
            if exchange.kind == "biosphere":
                checked += 1
                key = (flows[exchange.flow_or_dataset_code], packages.dataset_id(dataset.position))
                assert exchange.amount in stored[key]
    assert checked == len(amounts) > 250


def test_bw2calc_on_the_datapackages_gives_the_score_tables(open_cn: Release, tmp_path: Path) -> None:
    """In a process of its own: bw2calc warns at import and wants a directory."""
    import os

    script = """
import json, sys
from pathlib import Path
import numpy as np
from databases import packages
from databases.release import open_release
import bw2calc
release = open_release(Path(sys.argv[1]))
background, total = (packages.open_package(p) for p in release.datapackage_paths(["gwp100-ar5.total"]))
front = packages.new_package("foreground")
a, b = packages.FIRST_FOREGROUND, packages.FIRST_FOREGROUND + 1
where = packages.indices([a, b, packages.dataset_id(7), b, a], [a, b, a, a, b])
flip = np.array([False, False, True, True, True])
packages.add_matrix(front, "technosphere_matrix", where, np.array([1, 1, 2.5, 0.2, 0.1]), flip)
lca = bw2calc.LCA({a: 1.0}, data_objs=[background, front, total])
lca.lci()
lca.lcia()
scores = [lca.score]
for position in range(len(release.catalogue)):
    lca.lcia({packages.dataset_id(position): 1.0})
    scores.append(lca.score)
print(json.dumps(scores))
"""
    environment = {**os.environ, "BRIGHTWAY2_DIR": str(tmp_path)}
    command = [sys.executable, "-W", "ignore", "-c", script, str(open_cn.path)]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    looped, *scores = json.loads(answer.stdout.splitlines()[-1])
    table = open_cn.scores("gwp100-ar5.total")
    np.testing.assert_allclose(scores, table, rtol=1e-12, atol=1e-15)
    assert looped == pytest.approx(table[7] * 2.5 / (1 - 0.2 * 0.1), rel=1e-12)


def test_no_two_threads_are_in_the_parser(open_cn: Release) -> None:
    """Score tables and datapackages, and in a fresh process also the import of what reads them."""
    script = """
import sys
from pathlib import Path
from databases.parser import PARSER
from databases.packages import open_package
from databases.release import open_release
from lca.engine import load_bw2calc
parsed = []
def watch(event, details):
    if event == "compile" and details[1] == "<unknown>":  # ast.parse: a module's own file has a name
        parsed.append(PARSER.locked())
import numpy
release = open_release(Path(sys.argv[1]), check=False)
sys.addaudithook(watch)
for act in (
    lambda: release.scores("gwp100-ar6.total"),
    load_bw2calc,
    lambda: [open_package(path) for path in release.datapackage_paths(["gwp100-ar6.total"])],
):
    act()
    print(len(parsed), all(parsed), PARSER.locked())
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(open_cn.path)], capture_output=True, text=True, check=True
    )
    counts = [line.split() for line in done.stdout.splitlines()]
    assert [rest for _, *rest in counts] == [["True", "False"]] * 3
    assert 0 < int(counts[0][0]) < int(counts[1][0]) < int(counts[2][0])
