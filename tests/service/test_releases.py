"""Releases come and go: removed only when nothing rests on them, noticed without a restart, exported and installed."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace

import pytest

from databases import storage
from service.installation import InstalledReleases
from service.usecases import (
    integrity,
    issuing,
    labels,
    refusals,
    release_refusals,
    release_updates,
    releases,
    reopening,
    studies,
)
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
        with pytest.raises(release_refusals.ReleaseUnavailable):
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
    with pytest.raises(release_refusals.ReleaseInUse) as caught:
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
        with pytest.raises(release_refusals.ReleaseInUse):
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
    with pytest.raises(release_refusals.ReleaseUnavailable):
        reopening.reopen_on(world["practitioner"], world.study, "new-1", hurried)
    assert len(studies.list_(world["practitioner"], world.services)) == 1


def test_nothing_is_removed_while_something_is_built(background, open_cn):
    world = background()
    root = world.services.settings.releases
    making.clone(open_cn, root, "new", "1")
    with storage.lock(root), pytest.raises(release_refusals.ReleaseBusy):
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
    with pytest.raises(release_refusals.ReleaseUnavailable):
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
    with pytest.raises(release_refusals.SourceNotRead):
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
    with pytest.raises(release_refusals.ReleaseUnavailable, match="equations"):
        releases.verify(ADMIN, wrong.identifier, world.services)


def old_format(folder):
    file = folder / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": "tanbiao-release/1"}))


def misnamed(folder):
    folder.rename(folder.with_name("No Release"))


DAMAGES = {
    "a manifest of an older format": (old_format, "not a manifest of the format"),
    "a manifest that is no JSON": (
        lambda folder: (folder / "manifest.json").write_bytes(b"{"),
        "not a manifest",
    ),
    "a manifest that is a folder": (
        lambda folder: ((folder / "manifest.json").unlink(), (folder / "manifest.json").mkdir()),
        "directory",
    ),
    "a file that is gone": (
        lambda folder: (folder / "catalogue.sqlite").unlink(),
        "catalogue.sqlite is missing",
    ),
    "a file too many": (lambda folder: (folder / "more").write_bytes(b"x"), "more is not in the manifest"),
    "a changed file": (
        lambda folder: (folder / "report.json").write_bytes(b"{}"),
        "report.json has been changed",
    ),
    "another name": (misnamed, "no release can have"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("seen", ["opened before", "not yet opened"])
def test_a_damaged_release_is_told_and_the_others_work(background, open_cn, damage, seen):
    world = background("opened")
    root, (do, problem) = world.services.settings.releases, DAMAGES[damage]
    making.clone(open_cn, root, "broken", "1", report=True)
    if seen == "opened before" and damage not in ("a file too many", "a changed file"):
        assert len(world.services.releases.installed()) == 2
    do(root / "broken-1")
    name = "No Release" if damage == "another name" else "broken-1"
    for _ in range(2):
        assert [one.identifier for one in releases.list_(ADMIN, world.services)] == [open_cn.identifier]
        assert [one.release.identifier for one in releases.overview(ADMIN, world.services)] == [
            open_cn.identifier
        ]
        (told,) = releases.damaged(ADMIN, world.services)
        assert told.details["release"] == name
        assert problem in told.message("en") and str(root) not in told.message("en")
    assert studies.assess(world["practitioner"], world.study, world.services).result["footprint"]
    with pytest.raises(release_refusals.ReleaseUnavailable):
        releases.get(ADMIN, "broken-1", world.services)


def test_a_damaged_release_is_read_through_now_and_then_only(background, open_cn, monkeypatch):
    from databases import release as module
    from service import installation

    world = background()
    old_format(making.clone(open_cn, world.services.settings.releases, "broken", "1").path)
    asked = []
    real = module.find_release
    monkeypatch.setattr(module, "find_release", lambda root, name: asked.append(name) or real(root, name))
    for _ in range(3):
        assert len(world.services.releases.damaged()) == 1
    assert asked == ["broken-1", open_cn.identifier] or asked == ["broken-1"]
    monkeypatch.setattr(installation, "LOOK_AGAIN_SECONDS", 0.0)
    assert len(world.services.releases.damaged()) == 1
    assert asked.count("broken-1") == 2


@pytest.mark.parametrize("damage", ["a manifest of an older format", "a file that is gone"])
def test_a_damaged_release_is_removed_where_nothing_rests_on_it(background, open_cn, damage):
    world = background()
    root = world.services.settings.releases
    making.clone(open_cn, root, "broken", "1", report=True)
    DAMAGES[damage][0](root / "broken-1")
    digest = hashlib.sha256((root / "broken-1" / "manifest.json").read_bytes()).hexdigest()
    releases.remove(ADMIN, "broken-1", world.services)
    assert releases.damaged(ADMIN, world.services) == ()
    with world.services.uow() as unit:
        assert [event.before for event in unit.audit.events(object_="release:broken-1")] == [digest]


def test_a_damaged_release_in_use_stays_and_is_repaired_from_its_file(background, open_cn, tmp_path):
    world = background("opened")
    file = releases.export(ADMIN, releases.Export(open_cn.identifier, tmp_path / "file"), world.services)
    (world.services.settings.releases / open_cn.identifier / "catalogue.sqlite").unlink()
    with pytest.raises(release_refusals.ReleaseInUse):
        releases.remove(ADMIN, open_cn.identifier, world.services)
    assert integrity.check(ADMIN, world.services) != ()
    assert releases.install(ADMIN, file, world.services).digest == open_cn.digest
    assert integrity.check(ADMIN, world.services) == ()


def test_installing_over_another_damaged_release_is_a_refusal(background, open_cn, tmp_path):
    world = background()
    file = releases.export(ADMIN, releases.Export(open_cn.identifier, tmp_path / "file"), world.services)
    old_format(world.services.settings.releases / open_cn.identifier)
    with pytest.raises(release_refusals.ReleaseUnavailable, match="remove the folder"):
        releases.install(ADMIN, file, world.services)


def test_a_build_that_begins_while_one_is_removed_holds_up_nobody(background, open_cn, monkeypatch):
    """The lock of the folder is asked for once: no build slips in between a look and the removal."""
    from databases import archive

    world = background()
    root = world.services.settings.releases
    making.clone(open_cn, root, "new", "1")
    real = archive.remove

    def late(*arguments):
        with storage.lock(root):
            return real(*arguments)

    monkeypatch.setattr(archive, "remove", late)
    with pytest.raises(release_refusals.ReleaseBusy):
        releases.remove(ADMIN, "new-1", world.services)
    assert (root / "new-1").is_dir()


def test_a_label_never_rests_on_a_release_that_is_gone(background, open_cn, monkeypatch):
    """Removed by hand between the computation and the signature."""
    world = background("approved")
    real = issuing.assess_both_roads

    def slow(*arguments):
        found = real(*arguments)
        shutil.rmtree(world.services.settings.releases / open_cn.identifier)
        return found

    monkeypatch.setattr(issuing, "assess_both_roads", slow)
    with pytest.raises(release_refusals.ReleaseUnavailable):
        labels.issue(world["signatory"], world.study, world.services)
    assert labels.list_(ADMIN, world.services) == ()
    assert studies.get(world["signatory"], world.study, world.services).study.status == "approved"


def test_no_comparison_rests_on_a_release_that_is_gone(background, open_cn, monkeypatch):
    from service.usecases import update_rows

    world = background()
    making.clone(open_cn, world.services.settings.releases, "open-cn", "2030.1")
    real = update_rows.compared

    def slow(old, new):
        found = real(old, new)
        releases.remove(ADMIN, new.identifier, world.services)
        return found

    monkeypatch.setattr(update_rows, "compared", slow)
    command = release_updates.Compare(open_cn.identifier, "open-cn-2030.1")
    with pytest.raises(release_refusals.ReleaseUnavailable):
        release_updates.impact(ADMIN, command, world.services)
    assert release_updates.list_(ADMIN, world.services) == ()
