"""Background data from elsewhere: imported, studied, labelled, updated, and removed only when nothing rests on it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from databases.dataset import Dataset
from databases.exporters import datapackage
from databases.release import Release
from lca.bom.example import heat_sink
from service.usecases import (
    inventories,
    jobs,
    labels,
    notices,
    release_imports,
    release_refusals,
    release_updates,
    releases,
    studies,
    verification,
)
from service.usecases.access import administrator
from service.worker import run_once
from tests.service import world as making
from tests.service.world import World
from tests.stories.test_heat_sink import prepare

LICENCE = "Compilation: Apache-2.0; each figure under the licence of its source"


@pytest.fixture
def world(tmp_path: Path, open_cn: Release) -> Iterator[World]:
    """A home whose releases are its own, so that one can be added and removed."""
    world = prepare(tmp_path, tmp_path / "releases")
    yield world
    world.close()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, open_cn: Release) -> Path:
    """Background data as a colleague hands them over: a Brightway datapackage with its nodes."""
    path = tmp_path_factory.mktemp("package") / "practice.zip"
    return datapackage.export(open_cn, path, "gwp100-ar5.total")


def with_more_emissions(package: Path, target: Path, factor: float) -> Path:
    """The next edition: every emission a little higher."""
    import numpy as np

    with zipfile.ZipFile(package) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("biosphere-matrix.data.npy"):
                buffer = io.BytesIO()
                np.save(buffer, np.load(io.BytesIO(data)) * factor)
                data = buffer.getvalue()
            new.writestr(name, data)
    return target


def without_dataset(workbook: bytes, *keys: str) -> bytes:
    """The example workbook with the dataset of some lines left to the institution."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    codes = {line.dataset for line in heat_sink().lines if line.number in keys}
    blanked = 0
    for sheet in book:
        for row in sheet.iter_rows():
            if any(cell.value in keys for cell in row):
                for cell in row:
                    if cell.value in codes:
                        cell.value, blanked = None, blanked + 1
    assert blanked == len(keys)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def hand_in(world: World, *keys: str) -> str:
    """Hand the example in, lines ``keys`` without a dataset."""
    return making.hand_in(world, without_dataset(inventories.template("zh", example=True), *keys))


def bring_in(world: World, path: Path, version: str) -> str:
    """Hand a file in as a practitioner does, let the worker build, and give the release's identifier."""
    choices = release_imports.Choices(name="practice", version=version, licence=LICENCE)
    with path.open("rb") as stream:
        command = release_imports.ImportSource("数据 2026.zip", stream, choices)
        job = release_imports.request(world["practitioner"], command, world.services)
    assert run_once(world.services)
    done = jobs.get(world["practitioner"], job, world.services)
    assert done.state == "done", done.message_en
    return str(done.result["release"])


def catalogue_of(world: World, release: str) -> list[Dataset]:
    return world.services.releases.open(release).catalogue.all()


def test_from_a_file_to_a_label_and_to_the_next_edition(world: World, package: Path, tmp_path: Path) -> None:
    services, practitioner = world.services, world["practitioner"]

    # A practitioner brings background data in; the report accounts for all of it.
    release = bring_in(world, package, "1")
    assert release == "practice-1"
    report = releases.report(practitioner, release, services)
    assert report["counts"]["processes_read"] == report["counts"]["datasets"] == 513
    assert report["unlinked"] == []

    # The exporter's workbook is studied on it; suggestions are confirmed in bulk by name, none is taken in silence.
    world.inventory = hand_in(world, "F1", "F2")
    study = making.open_study(world, release)
    suggested = [
        line.key for line in studies.links(practitioner, study, services).lines if line.origin == "auto"
    ]
    confirmed = studies.confirm(practitioner, studies.ConfirmLinks(study, tuple(suggested)), services)
    assert confirmed.id == study
    assert all(line.origin != "auto" for line in studies.links(practitioner, study, services).lines)
    making.approve(world)
    number = making.issue(world)
    assert verification.by_number(number, services).verdict == "valid"
    before = labels.get(practitioner, number, services).statement["footprint"]["total"]

    # A new edition comes; what rests on the old one is seen before and after, and the owners are told.
    newer = bring_in(world, with_more_emissions(package, tmp_path / "next.zip", 1.1), "2")
    job = release_updates.request(practitioner, release_updates.Compare(release, newer, 0.05), services)
    assert run_once(services)
    view = release_updates.get(practitioner, jobs.get(practitioner, job, services).result["impact"], services)
    (label,) = view.of_kind("label")
    assert label.object == number
    assert label.before == pytest.approx(float(before), rel=1e-3)
    assert label.after == pytest.approx(label.before * 1.1, rel=1e-9)
    assert {row.object for row in view.of_kind("dataset")} == {
        item.code for item in catalogue_of(world, release)
    }
    changes = [abs(row.change) for row in view.of_kind("dataset") if row.before]
    assert changes == pytest.approx([0.1] * len(changes))
    for somebody in ("exporter", "practitioner"):
        assert [notice.kind for notice in notices.list_(world[somebody], services)] == ["release-impact"]
    assert notices.list_(world["other-exporter"], services) == ()

    # Nothing under a label is removed; what nothing rests on goes.
    with pytest.raises(release_refusals.ReleaseInUse):
        releases.remove(administrator("test"), release, services)
    assert labels.recompute(world["regulator"], number, services).equal
    unused = bring_in(world, package, "3")
    releases.remove(administrator("test"), unused, services)
    assert unused not in {installed.identifier for installed in releases.list_(practitioner, services)}


def test_the_next_study_of_the_same_exporter_is_offered_what_was_confirmed(
    world: World, package: Path
) -> None:
    services, practitioner = world.services, world["practitioner"]
    release = bring_in(world, package, "1")
    world.inventory = hand_in(world, "F1")
    first = making.open_study(world, release)
    line = next(line for line in studies.links(practitioner, first, services).lines if line.origin == "auto")
    choice = studies.ChooseDataset(first, line.key, line.dataset.code, "数据表已核对")
    studies.link(practitioner, choice, services)
    second = making.open_study(world, release)
    offered = next(
        item for item in studies.links(practitioner, second, services).lines if item.key == line.key
    )
    assert offered.candidates[0].dataset.code == line.dataset.code
    assert (offered.candidates[0].confirmed.by, offered.candidates[0].confirmed.reason) == (
        "practitioner",
        "数据表已核对",
    )
    assert offered.origin == "auto", "what was confirmed before is offered, not taken"


def test_a_spoiled_file_leaves_nothing_behind(world: World, package: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(package.read_bytes()[:-2000])
    choices = release_imports.Choices(name="practice", version="1", licence=LICENCE)
    with broken.open("rb") as stream:
        command = release_imports.ImportSource("broken.zip", stream, choices)
        job = release_imports.request(world["practitioner"], command, world.services)
    assert run_once(world.services)
    done = jobs.get(world["practitioner"], job, world.services)
    assert done.state == "failed"
    assert done.message_zh
    assert done.message_en
    assert releases.list_(world["practitioner"], world.services) == ()
    assert list(world.services.settings.uploads.iterdir()) == []
