"""Imports: what is refused before anything is kept, what a job does and leaves, and what a killed one costs."""

from __future__ import annotations

import hashlib
import io
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from databases import build
from databases.notices import Notice, SourceRefused
from service import worker
from service.usecases import jobs, refusals, release_imports, release_licences, release_refusals, releases
from service.usecases.access import administrator
from service.usecases.release_imports import Choices, ImportSource
from tests.service import background as making
from tests.service.world import LICENSED

ADMIN = administrator("test")
DATA = b"<ecoSpold/>"
INVENTED = Path(__file__).parents[1] / "databases" / "importers" / "files" / "ecospold1" / "invented.xml"


def choices(**changes: object) -> Choices:
    return Choices(**{"name": "own-data", "version": "1", "licence": "CC0 1.0", **changes})


def request(
    world, by: str = "practitioner", filename: str = "own.zip", data: bytes = DATA, **changes: object
):
    command = ImportSource(filename, io.BytesIO(data), choices(**changes))
    return release_imports.request(world[by], command, world.services)


def uploads(world) -> list[str]:
    root = world.services.settings.uploads
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


def look(world, job: str, name: str = "practitioner"):
    return jobs.get(world[name], job, world.services)


@pytest.fixture
def built(monkeypatch, open_cn):
    """The seam: instead of the builder, a copy of the starter release; what it was called with is kept."""
    calls = []

    def import_release(root, source, head, options, *, mapping=None, progress=None):
        calls.append((Path(source), source.read_bytes(), head, options, mapping))
        progress("reading the source", 0.1)
        progress("linking", 0.5)
        if (root / head.identifier).exists():
            return build.find_release(root, head.identifier)
        return making.clone(open_cn, root, head.name, head.version, restricted=head.restricted, report=True)

    monkeypatch.setattr(build, "import_release", import_release)
    return calls


def test_a_source_becomes_a_release_and_its_upload_goes(background, built):
    world = background()
    job = request(world)
    stored = world.services.settings.uploads / job / "source.zip"
    assert stored.read_bytes() == DATA
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored.parent.stat().st_mode) == 0o700
    assert worker.run_once(world.services).id == job
    done = look(world, job)
    release = world.services.releases.open("own-data-1")
    assert (done.state, done.result) == ("done", {"release": "own-data-1", "digest": release.digest})
    assert uploads(world) == []
    assert [(call[1], call[2].identifier, call[3].providers) for call in built] == [
        (DATA, "own-data-1", "best")
    ]
    with world.services.uow() as unit:
        asked = unit.audit.events(object_=f"job:{job}")
        events = unit.audit.events(object_="release:own-data-1")
    assert [(e.action, e.after) for e in asked] == [("release.import", hashlib.sha256(DATA).hexdigest())]
    assert [(e.via, e.before, e.after) for e in events] == [("job", "0" * 64, release.digest)]


def test_progress_is_written_as_steps(background, built, monkeypatch):
    world = background()
    told = []
    request(world)
    monkeypatch.setattr(
        jobs, "_reporter", lambda job, services: lambda share, step: told.append((step, share))
    )
    worker.run_once(world.services)
    assert told == [("reading-the-source", 0.1), ("linking", 0.5)]


@pytest.mark.parametrize(
    ("filename", "stored"),
    [
        ("../../etc/passwd", "source"),
        ("..\\..\\windows\\x.zip", "source.zip"),
        ("/abs/olute.XML", "source.xml"),
        ("x.zip/../../y", "source"),
        ("nul\x00byte.zip", "source.zip"),
        ("half\ud800.csv", "source.csv"),
        ("a.exe", "source"),
        ("", "source"),
        ("." * 300 + ".json", "source.json"),
        ("清单 数据.xlsx", "source.xlsx"),
    ],
)
def test_hostile_names_are_only_text(background, built, filename, stored):
    world = background()
    job = request(world, filename=filename)
    folder = world.services.settings.uploads / job
    assert [path.name for path in folder.iterdir()] == [stored]
    shown = look(world, job).payload["filename"]
    assert 0 < len(shown) <= 200
    assert shown.isprintable() and "/" not in shown and "\\" not in shown
    worker.run_once(world.services)
    assert built[0][0] == folder / stored
    assert look(world, job).state == "done"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": "Own Data"}, refusals.InvalidInput),
        ({"name": "../x"}, refusals.InvalidInput),
        ({"version": ""}, refusals.InvalidInput),
        ({"version": "1/2"}, refusals.InvalidInput),
        ({"licence": " "}, refusals.InvalidInput),
        ({"licence": "x" * 1001}, refusals.InvalidInput),
        ({"title": "turned \u202e round"}, refusals.InvalidInput),
        ({"url": "javascript:alert(1)"}, refusals.InvalidInput),
        ({"allocation": "luck"}, refusals.InvalidInput),
        ({"providers": "all"}, refusals.InvalidInput),
        ({"data": b""}, refusals.InvalidInput),
        ({"data": b"x" * 101}, release_refusals.SourceTooLarge),
        ({"restricted": True}, release_refusals.LicenceUndeclared),
        ({"restricted": True, "evidence": "x" * 2001}, refusals.InvalidInput),
        ({"name": "open-cn", "version": "2099.1"}, release_refusals.ReleaseNameReserved),
        ({"name": "open-cn", "version": "2026.2"}, release_refusals.ReleaseExists),
        ({"by": "exporter"}, refusals.NotAllowed),
        ({"by": "reviewer"}, refusals.NotAllowed),
        ({"by": "regulator"}, refusals.NotAllowed),
        ({"by": "rival-practitioner", "name": LICENSED}, release_refusals.ReleaseNameReserved),
        (
            {"by": "rival-practitioner", "name": LICENSED, "restricted": True, "evidence": "mine"},
            release_refusals.ReleaseNameReserved,
        ),
    ],
)
def test_refused_before_anything_is_kept(background, changes, refusal, open_cn):
    world = background()
    settings = replace(world.services.settings, import_max_bytes=100)
    world.services = replace(world.services, settings=settings)
    by = changes.pop("by", "practitioner")
    if changes.get("name") == "open-cn" and refusal is release_refusals.ReleaseExists:
        changes["version"] = open_cn.version
    with pytest.raises(refusal):
        request(world, by, **changes)
    assert uploads(world) == []
    assert jobs.list_(world["practitioner"], world.services) == ()
    assert jobs.lease(world.services) is None


def test_the_administrator_has_no_jobs_and_builds_at_once(background, built, tmp_path):
    world = background()
    source = tmp_path / "own.zip"
    source.write_bytes(DATA)
    with pytest.raises(refusals.NotAllowed):
        release_imports.request(ADMIN, ImportSource("x", io.BytesIO(DATA), choices()), world.services)
    made = release_imports.build(
        ADMIN, source, choices(restricted=True), world.services, progress=lambda *_: None
    )
    assert made.restricted
    with world.services.uow() as unit:
        assert not unit.licences.known("own-data"), "the administrator declares for nobody"


@pytest.mark.parametrize("kind", ["refused", "failed"])
def test_a_refused_source_fails_the_job_with_all_its_notices(background, monkeypatch, kind):
    first = Notice.error("source-empty", "own.zip")
    second = Notice.error("source-encrypted", "a.xml")

    def refuse(*_args: object, **_more: object) -> None:
        if kind == "refused":
            raise SourceRefused(first, second)
        raise build.BuildFailed("no", (first, second))

    monkeypatch.setattr(build, "import_release", refuse)
    world = background()
    job = request(world)
    worker.run_once(world.services)
    failed = look(world, job)
    assert failed.state == "failed"
    assert failed.error == {"refused": "source-not-read", "failed": "release-not-built"}[kind]
    assert first.message("en") in failed.message_en
    assert first.message("zh") in failed.message_zh
    assert [notice["code"] for notice in failed.result["notices"]] == ["source-empty", "source-encrypted"]
    assert uploads(world) == []


def test_a_defect_removes_the_upload_too(background, monkeypatch, caplog):
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(build, "import_release", broken)
    world = background()
    job = request(world)
    worker.run_once(world.services)
    assert look(world, job).error == "unexpected"
    assert uploads(world) == []
    assert "secret" in caplog.text


def test_a_taken_name_fails_the_job_and_leaves_the_other_release(background, monkeypatch, open_cn):
    world = background()
    job = request(world)
    root = world.services.settings.releases
    other = making.clone(open_cn, root, "own-data", "1")

    def taken(*_args: object, **_more: object) -> None:
        raise build.IdentifierTaken("taken", ())

    monkeypatch.setattr(build, "import_release", taken)
    worker.run_once(world.services)
    assert look(world, job).error == "release-exists"
    assert world.services.releases.open("own-data-1", fresh=True).digest == other.digest


def test_a_job_killed_after_publishing_is_simply_done(background, built):
    world = background()
    job = request(world)
    leased = jobs.lease(world.services)
    release_imports.run(leased, world["practitioner"], world.services, lambda *_: None)
    assert uploads(world) == [job], "the worker died before it could tidy up"
    world.clock.on(61)
    worker.run_once(world.services)
    assert look(world, job).state == "done"
    assert uploads(world) == []
    with world.services.uow() as unit:
        assert len(unit.audit.events(object_="release:own-data-1")) == 1


def test_a_job_killed_twice_is_given_up_and_its_upload_goes(background, built):
    world = background()
    job = request(world)
    for _ in range(2):
        assert jobs.lease(world.services).id == job
        world.clock.on(61)
    assert jobs.lease(world.services) is None
    assert look(world, job).error == "job-interrupted"
    assert uploads(world) == []


def test_uploads_that_wait_or_have_just_arrived_stay(background, built):
    import os

    world = background()
    root = world.services.settings.uploads
    waiting = request(world)
    now = world.clock().timestamp()
    for name, age in (("a" * 32, 60), ("b" * 32, 2 * 24 * 3600)):
        (root / name).mkdir()
        os.utime(root / name, (now - age, now - age))
    release_imports.sweep(world.services)
    assert uploads(world) == sorted([waiting, "a" * 32])


def test_an_import_of_restricted_data_makes_its_institution_a_holder(background, built):
    world = background()
    request(world, by="rival-practitioner")
    request(world, "rival-practitioner", version="2", restricted=True, evidence="contract 12")
    worker.run_once(world.services)
    worker.run_once(world.services)
    events = release_licences.events(ADMIN, "own-data", world.services)
    assert [(e.organisation_id, e.granted, e.evidence) for e in events] == [
        (world.organisations["rival"], True, "contract 12")
    ]
    with pytest.raises(release_refusals.ReleaseNameReserved):
        request(world, "practitioner", version="3", restricted=True, evidence="me too")
    with pytest.raises(release_refusals.ReleaseNameReserved):
        request(world, "practitioner", version="3")


def test_two_institutions_at_once_and_the_second_is_refused_by_the_job(background, built):
    world = background()
    first = request(world, "practitioner", restricted=True, evidence="one")
    second = request(world, "rival-practitioner", version="2", restricted=True, evidence="two")
    worker.run_once(world.services)
    world.clock.on(1)
    worker.run_once(world.services)
    outcomes = {look(world, first).state, look(world, second, "rival-practitioner").error}
    assert outcomes in ({"done", "release-name-reserved"}, {"failed", ""})
    assert len({e.organisation_id for e in release_licences.events(ADMIN, "own-data", world.services)}) == 1


def test_a_mapping_file_goes_along(background, built):
    world = background()
    command = ImportSource("own.zip", io.BytesIO(DATA), choices(), io.BytesIO(b"PK mapping"))
    job = release_imports.request(world["practitioner"], command, world.services)
    assert (world.services.settings.uploads / job / "mapping.xlsx").read_bytes() == b"PK mapping"
    worker.run_once(world.services)
    assert built[0][4].name == "mapping.xlsx"


def test_jobs_of_others_are_not_found(background, built):
    world = background()
    job = request(world)
    for name in ("rival-practitioner", "rival-reviewer"):
        with pytest.raises(refusals.NotFound):
            look(world, job, name)


def test_a_real_source_goes_the_whole_way(background):
    """Nothing stands in for the builder here: file, child process, release, report, study on it."""
    world = background()
    job = request(world, filename="..\\invented.XML", data=INVENTED.read_bytes())
    worker.run_once(world.services)
    done = look(world, job)
    assert done.state == "done", done.message_en
    report = releases.report(world["practitioner"], "own-data-1", world.services)
    assert report["format"] == "ecospold1"
    assert report["source_sha256"] == hashlib.sha256(INVENTED.read_bytes()).hexdigest()
    assert report["counts"]["datasets"] == len(world.services.releases.open("own-data-1").catalogue) > 0
    again = request(world, data=INVENTED.read_bytes()[:-40], filename="cut.xml", version="2")
    worker.run_once(world.services)
    failed = look(world, again)
    assert (failed.state, failed.error) == ("failed", "source-not-read")
    assert failed.result["notices"] and failed.message_zh != failed.message_en
    assert uploads(world) == []


def test_a_real_file_of_no_format_is_refused_in_both_languages(background):
    world = background()
    job = request(world, data=b"nothing of the field", filename="x.json")
    worker.run_once(world.services)
    assert look(world, job).error == "source-not-read"
    assert "无法识别" in look(world, job).message_zh


@pytest.mark.parametrize(
    ("by", "changes", "refusal"),
    [
        ("practitioner", {"restricted": True, "evidence": "mine"}, None),
        ("practitioner", {}, release_refusals.ReleaseStaysRestricted),
        ("rival-practitioner", {}, release_refusals.ReleaseNameReserved),
        ("administrator", {"restricted": True}, None),
        ("administrator", {}, release_refusals.ReleaseStaysRestricted),
    ],
)
def test_a_name_of_restricted_data_stays_restricted(background, built, open_cn, by, changes, refusal):
    world = background()
    making.licensed(world, open_cn)
    world.actors["administrator"] = ADMIN
    said = choices(name=LICENSED, version="2", **changes)

    def make():
        return release_imports.build(
            world[by], world.database, said, world.services, progress=lambda *_: None
        )

    if refusal is None:
        assert make().restricted
        return
    with pytest.raises(refusal):
        make()
    assert built == []


def test_an_open_name_of_another_institution_is_not_taken_over(background, built):
    world = background()
    request(world)
    worker.run_once(world.services)
    with pytest.raises(release_refusals.ReleaseNameReserved):
        request(world, "rival-practitioner", version="2", restricted=True, evidence="mine now")
    assert request(world, "rival-practitioner", version="2"), "an open version may come from anybody"
    assert request(world, version="3", restricted=True, evidence="contract"), "its own name"


def test_an_institution_waits_for_its_turn(background, built):
    world = background()
    for number in range(release_imports.MOST_WAITING):
        request(world, version=str(number))
    with pytest.raises(release_refusals.ImportsWaiting):
        request(world, version="more")
    assert len(uploads(world)) == release_imports.MOST_WAITING
    assert request(world, "rival-practitioner", name="other-data"), "the rival's turn is its own"
    while worker.run_once(world.services):  # which of jobs of one moment goes first is nobody's promise
        pass
    assert request(world, version="more")


def test_a_folder_that_goes_while_left_overs_are_looked_through(background, built, monkeypatch):
    world = background()
    root = world.services.settings.uploads
    request(world)
    gone = root / ("a" * 32)
    real = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: [*real(path), gone] if path == root else real(path))
    release_imports.sweep(world.services)
    assert len(uploads(world)) == 2
