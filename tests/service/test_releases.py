"""Releases come and go: removed only when nothing rests on them, noticed without a restart, exported and installed."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from databases import storage
from service.installation import InstalledReleases
from service.usecases import refusals, release_updates, releases, reopening, studies
from service.usecases.access import administrator
from tests.service import background as making

ADMIN = administrator("test")


def other_process(world):
    """The same folder seen by another process: nothing of it is opened yet."""
    return InstalledReleases(world.services.settings.releases)


def test_new_and_removed_releases_are_noticed_everywhere(background, open_cn):
    world = background()
    root, there = world.services.settings.releases, other_process(world)
    assert [one.identifier for one in there.installed()] == [open_cn.identifier]
    making.clone(open_cn, root, "new", "1")
    for found in (there, world.services.releases):
        assert [one.identifier for one in found.installed()] == ["new-1", open_cn.identifier]
        assert found.open("new-1")
    releases.remove(ADMIN, "new-1", world.services)
    for found in (there, world.services.releases):
        assert [one.identifier for one in found.installed()] == [open_cn.identifier]
        with pytest.raises(refusals.ReleaseUnavailable):
            found.open("new-1")


def test_another_release_of_the_same_name_is_read_anew(background, open_cn):
    world = background()
    root = world.services.settings.releases
    before = making.clone(open_cn, root, "new", "1")
    assert world.services.releases.open("new-1").digest == before.digest
    shutil.rmtree(root / "new-1")
    after = making.clone(open_cn, root, "new", "1", scale={"al-primary-glo-2022": 2.0})
    assert world.services.releases.open("new-1").digest == after.digest != before.digest


def test_an_opened_release_is_not_opened_again(background, open_cn):
    world = background()
    first = world.services.releases.open(open_cn.identifier)
    assert world.services.releases.open(open_cn.identifier) is first
    assert world.services.releases.open(open_cn.identifier, fresh=True) is not first


@pytest.mark.parametrize("stage", ["opened", "issued"])
def test_a_release_in_use_stays(background, open_cn, stage):
    world = background(stage)
    with pytest.raises(refusals.ReleaseInUse) as caught:
        releases.remove(ADMIN, open_cn.identifier, world.services)
    counts = {name: caught.value.details[name] for name in ("studies", "labels", "impacts")}
    assert counts == {"studies": "1", "labels": str(int(stage == "issued")), "impacts": "0"}
    assert world.services.releases.open(open_cn.identifier, fresh=True)


def test_a_compared_release_stays(background, open_cn):
    world = background()
    making.clone(open_cn, world.services.settings.releases, "open-cn", "2030.1")
    command = release_updates.Compare(open_cn.identifier, "open-cn-2030.1")
    release_updates.impact(ADMIN, command, world.services)
    for name in (open_cn.identifier, "open-cn-2030.1"):
        with pytest.raises(refusals.ReleaseInUse):
            releases.remove(ADMIN, name, world.services)


def test_no_study_begins_on_a_release_that_has_just_gone(background, open_cn, monkeypatch):
    """Removed by another process between the first look and the write lock."""
    world = background("opened")
    root = world.services.settings.releases
    making.clone(open_cn, root, "new", "1")
    store = world.services.uow

    def lock(*, write: bool = False):
        if write and (root / "new-1").exists():
            shutil.rmtree(root / "new-1")
        return store(write=write)

    lock.close = store.close
    hurried = replace(world.services, uow=lock)
    with pytest.raises(refusals.ReleaseUnavailable):
        reopening.reopen_on(world["practitioner"], world.study, "new-1", hurried)
    assert len(studies.list_(world["practitioner"], world.services)) == 1


def test_nothing_is_removed_while_something_is_built(background, open_cn):
    world = background()
    root = world.services.settings.releases
    making.clone(open_cn, root, "new", "1")
    with storage.lock(root), pytest.raises(refusals.ReleaseBusy):
        releases.remove(ADMIN, "new-1", world.services)
    assert world.services.releases.open("new-1")
    with world.services.uow() as unit:
        assert unit.audit.events(object_="release:new-1") == ()
    releases.remove(ADMIN, "new-1", world.services)
    with world.services.uow() as unit:
        kept = unit.audit.events(object_="release:new-1")
    assert [(event.action, bool(event.before), event.after) for event in kept] == [
        ("release.remove", True, "")
    ]


@pytest.mark.parametrize("name", ["nothing-1", "../x", "..", "", ".build.lock"])
def test_what_is_not_there_is_not_removed(background, open_cn, name):
    world = background()
    with pytest.raises(refusals.ReleaseUnavailable):
        releases.remove(ADMIN, name, world.services)
    assert world.services.releases.open(open_cn.identifier)


def test_one_file_out_and_in_again(background, open_cn, tmp_path):
    world = background()
    making.clone(open_cn, world.services.settings.releases, "new", "1")
    target = tmp_path / "new.tanbiao-release"
    command = releases.Export("new-1", target)
    assert releases.export(ADMIN, command, world.services) == target
    with pytest.raises(refusals.InvalidInput):
        releases.export(ADMIN, command, world.services)
    before = world.services.releases.open("new-1").digest
    releases.remove(ADMIN, "new-1", world.services)
    assert releases.install(ADMIN, target, world.services).digest == before
    assert releases.install(ADMIN, target, world.services).digest == before, "twice is once"
    assert world.services.releases.open("new-1", fresh=True).digest == before
    damaged = bytearray(target.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    bad = tmp_path / "bad"
    bad.write_bytes(damaged)
    releases.remove(ADMIN, "new-1", world.services)
    with pytest.raises(refusals.SourceNotRead):
        releases.install(ADMIN, bad, world.services)
    assert [one.identifier for one in world.services.releases.installed()] == [open_cn.identifier]


@pytest.mark.parametrize(
    ("form", "method"), [("zip", "gwp100-ar6.total"), ("brightway", "gwp500-ar6.total"), ("", "")]
)
def test_exports_that_do_not_exist(background, open_cn, tmp_path, form, method):
    world = background()
    command = releases.Export(open_cn.identifier, tmp_path / "x", form, method)
    with pytest.raises(refusals.InvalidInput):
        releases.export(ADMIN, command, world.services)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("form", ["brightway", "jsonld"])
def test_exports_for_others(background, open_cn, tmp_path, form):
    world = background()
    target = tmp_path / f"{form}.zip"
    releases.export(ADMIN, releases.Export(open_cn.identifier, target, form), world.services)
    assert target.read_bytes()[:2] == b"PK"


def test_a_proof_names_what_is_wrong(background, open_cn):
    world = background()
    assert releases.verify(ADMIN, open_cn.identifier, world.services).digest == open_cn.digest
    wrong = making.clone(
        open_cn, world.services.settings.releases, "wrong", "1", scale={"al-primary-glo-2022": 2.0}
    )
    with pytest.raises(refusals.ReleaseUnavailable, match="equations"):
        releases.verify(ADMIN, wrong.identifier, world.services)
