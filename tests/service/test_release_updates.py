"""What a new release changes: numbers against a full recomputation, tenancy, notices, and twice is once."""

from __future__ import annotations

import pytest

from service import worker
from service.usecases import (
    jobs,
    labels,
    notices,
    refusals,
    release_licences,
    release_refusals,
    release_updates,
    reopening,
    studies,
)
from service.usecases.access import administrator
from service.usecases.release_updates import Compare
from tests.service import background as making
from tests.service import world as people
from tests.service.world import LICENSED

ADMIN = administrator("test")
CODE = "al-primary-glo-2022"


def used(world) -> dict[str, float]:
    """kgCO2e by dataset of the study."""
    lines = studies.get(world["practitioner"], world.study, world.services).assessment.result["footprint"][
        "lines"
    ]
    found: dict[str, float] = {}
    for line in lines:
        found[line["dataset"]] = found.get(line["dataset"], 0.0) + line["value"]
    return found


def largest(world) -> str:
    return max(used(world).items(), key=lambda item: item[1])[0]


@pytest.fixture
def updated(background, open_cn):
    """An issued label on the starter release, and a new release in which its largest dataset is a tenth higher."""
    world = background("issued")
    code = largest(world)
    making.clone(open_cn, world.services.settings.releases, "open-cn", "2030.1", scale={code: 1.1})
    world.code, world.old, world.new = code, open_cn.identifier, "open-cn-2030.1"
    return world


def compare(world, threshold: float = 0.02, by=ADMIN):
    command = Compare(world.old, world.new, threshold)
    made = release_updates.impact(by, command, world.services)
    return release_updates.get(by, made.id, world.services)


def test_every_label_and_dataset_before_and_after(updated):
    world = updated
    view = compare(world)
    label = view.of_kind("label")[0]
    footprint = studies.get(world["practitioner"], world.study, world.services).assessment.result["footprint"]
    after = footprint["total"] + 0.1 * used(world)[world.code]
    assert (label.object, label.study_id, label.gwp_set) == (world.number, world.study, "AR5")
    assert label.before == footprint["total"]
    assert label.after == pytest.approx(after, rel=1e-12)
    assert label.change == pytest.approx(after / footprint["total"] - 1, rel=1e-9)
    assert label.beyond
    changed = {(row.object, row.gwp_set): row.change for row in view.of_kind("dataset")}
    assert changed[world.code, "AR5"] == pytest.approx(0.1, rel=1e-9)
    assert {code for code, _ in changed} == {world.code}
    sums = view.impact.summary["datasets"]
    assert (sums["gone"], sums["added"]) == (0, 0)
    assert sum(sums["sets"]["AR5"]["bins"]) == sums["sets"]["AR5"]["compared"]
    assert sums["sets"]["AR5"]["beyond"] == 1


def test_the_number_after_is_what_a_new_study_gets(updated):
    """The dot product equals a whole assessment on the new release."""
    world = updated
    label = compare(world).of_kind("label")[0]
    made = reopening.reopen_on(world["practitioner"], world.study, world.new, world.services)
    result = studies.assess(world["practitioner"], made.study_id, world.services).result
    assert result["footprint"]["total"] == pytest.approx(label.after, rel=1e-9)


@pytest.mark.parametrize(("threshold", "beyond"), [(0.0, True), (0.02, True), (0.5, False)])
def test_the_threshold_decides_who_is_told(updated, threshold, beyond):
    world = updated
    view = compare(world, threshold)
    assert view.of_kind("label")[0].beyond is beyond
    for name in ("exporter", "practitioner"):
        told = impacts_told(world, name)
        assert len(told) == int(beyond)
        if beyond:
            assert told[0].details == {
                "old": world.old,
                "new": world.new,
                "threshold": threshold,
                "studies": 0,
                "labels": 1,
            }
            assert told[0].object == f"impact:{view.impact.id}"
    for name in ("other-exporter", "rival-practitioner"):
        assert impacts_told(world, name) == []


def impacts_told(world, name):
    """Somebody's notices of updates."""
    return [one for one in notices.list_(world[name], world.services) if one.kind == notices.RELEASE_IMPACT]


def test_rows_are_shown_to_their_owners(updated):
    world = updated
    impact = compare(world).impact
    for name, labels_seen in (
        ("practitioner", 1),
        ("exporter", 1),
        ("reviewer", 1),
        ("rival-practitioner", 0),
    ):
        view = release_updates.get(world[name], impact.id, world.services)
        assert len(view.of_kind("label", "study")) == labels_seen, name
        assert view.of_kind("dataset")
    with pytest.raises(refusals.NotFound):
        release_updates.get(world["other-exporter"], impact.id, world.services)
    assert [one.id for one in release_updates.list_(world["exporter"], world.services)] == [impact.id]
    assert release_updates.list_(world["other-exporter"], world.services) == ()


def test_a_dataset_that_is_gone_leaves_no_number_and_is_named(background, open_cn):
    world = background("issued")
    code = largest(world)
    making.clone(open_cn, world.services.settings.releases, "open-cn", "2030.1", rename={code: "renamed"})
    world.old, world.new = open_cn.identifier, "open-cn-2030.1"
    view = compare(world, 0.5)
    label = view.of_kind("label")[0]
    assert (label.after, label.change, label.beyond, label.missing) == (None, None, True, [code])
    row = next(row for row in view.of_kind("dataset") if row.object == code)
    assert (row.after, row.missing) == (None, [code])
    assert view.impact.summary["datasets"]["gone"] == view.impact.summary["datasets"]["added"] == 1
    assert notices.list_(world["exporter"], world.services)


def test_a_study_without_footprint_is_counted_not_shown(background, open_cn):
    world = background("opened")
    world.old, world.new = open_cn.identifier, "open-cn-2030.1"
    making.clone(open_cn, world.services.settings.releases, "open-cn", "2030.1")
    people.open_study(world, open_cn.identifier, gwp_set="AR6")
    studies.assess(world["practitioner"], world.study, world.services)
    view = compare(world)
    assert view.rows == ()
    assert view.impact.summary["not_computed"] == {"no_footprint": 1, "other_release": 0}


@pytest.mark.parametrize(
    ("old", "new", "threshold", "refusal"),
    [
        ("OLD", "OLD", 0.05, release_refusals.ReleasesNotComparable),
        ("OLD", "nothing-1", 0.05, release_refusals.ReleaseUnavailable),
        ("../x", "OLD", 0.05, release_refusals.ReleaseUnavailable),
        ("OLD", "open-cn-2030.1", -0.1, refusals.InvalidInput),
        ("OLD", "open-cn-2030.1", float("nan"), refusals.InvalidInput),
        ("OLD", f"{LICENSED}-1", 0.05, release_refusals.LicenceMissing),
    ],
)
def test_what_cannot_be_compared(updated, open_cn, old, new, threshold, refusal):
    world = updated
    making.licensed(world, open_cn)
    command = Compare(old.replace("OLD", world.old), new.replace("OLD", world.old), threshold)
    for ask in (release_updates.request, release_updates.impact):
        with pytest.raises(refusal):
            ask(world["rival-practitioner"], command, world.services)


def test_values_of_restricted_datasets_stay_hidden(updated, open_cn):
    world = updated
    making.licensed(world, open_cn)
    making.clone(open_cn, world.services.settings.releases, LICENSED, "2", restricted=True, scale={CODE: 3.0})
    made = release_updates.impact(ADMIN, Compare(f"{LICENSED}-1", f"{LICENSED}-2", 0.1), world.services)
    seen = release_updates.get(world["practitioner"], made.id, world.services)
    assert not seen.values_hidden and seen.of_kind("dataset")[0].change == pytest.approx(2.0)
    hidden = release_updates.get(world["rival-practitioner"], made.id, world.services)
    assert hidden.values_hidden
    assert {(row.before, row.after, row.change) for row in hidden.of_kind("dataset")} == {(None, None, None)}


def test_as_a_job_asked_twice_and_done_once(updated):
    world = updated
    command = Compare(world.old, world.new, 0.02)
    job = release_updates.request(world["practitioner"], command, world.services)
    assert release_updates.request(world["practitioner"], command, world.services) == job
    other = release_updates.request(world["rival-practitioner"], command, world.services)
    assert other != job, "the rival's job is its own"
    leased = jobs.lease(world.services)
    assert {leased.id} <= {job, other}
    done = release_updates.run(leased, world["practitioner"], world.services, lambda *_: None)
    world.clock.on(61)  # killed before it was noted
    while worker.run_once(world.services):
        pass
    found = jobs.get(world["practitioner"], job, world.services)
    assert (found.state, found.result) == ("done", {"impact": job})
    assert done == {"impact": leased.id}
    assert len(release_updates.list_(ADMIN, world.services)) == 2
    assert len(notices.list_(world["exporter"], world.services)) == 2, "one a comparison"


def test_a_notice_is_read_once_and_by_its_organisation(updated):
    world = updated
    compare(world)
    told = notices.list_(world["exporter"], world.services)[0]
    for name in ("other-exporter", "practitioner"):
        with pytest.raises(refusals.NotFound):
            notices.read(world[name], told.id, world.services)
    first = notices.read(world["exporter"], told.id, world.services)
    world.clock.on(60)
    assert notices.read(world["exporter"], told.id, world.services).read_at == first.read_at


def test_a_study_is_reopened_with_the_choices_that_carry_over(background, open_cn):
    world = background("opened")
    who = world["practitioner"]
    lines = [line for line in studies.links(who, world.study, world.services).lines if line.dataset]
    kept, gone = lines[0], next(line for line in lines if line.dataset.code != lines[0].dataset.code)
    for line in (kept, gone):
        command = studies.ChooseDataset(world.study, line.key, line.dataset.code, "checked")
        studies.link(who, command, world.services)
    rename = {gone.dataset.code: "renamed"}
    making.clone(open_cn, world.services.settings.releases, "open-cn", "2030.1", rename=rename)
    preview = reopening.preview(who, world.study, "open-cn-2030.1", world.services)
    assert ([c.key for c in preview.copied], [c.key for c in preview.left]) == ([kept.key], [gone.key])
    made = reopening.reopen_on(who, world.study, "open-cn-2030.1", world.services)
    assert (made.copied, made.left) == ((kept.key,), ((gone.key, gone.dataset.code),))
    view = studies.get(who, made.study_id, world.services)
    assert view.study.release == "open-cn-2030.1"
    assert [(c.key, c.dataset) for c in view.choices] == [(kept.key, kept.dataset.code)]
    assert (
        world.services.releases.open(world.services.releases.installed()[0].identifier).identifier
        in view.choices[0].reason
    )
    with pytest.raises(refusals.NotFound):
        reopening.reopen_on(world["rival-practitioner"], world.study, "open-cn-2030.1", world.services)


def test_reopening_on_restricted_data_needs_the_licence(background, open_cn):
    world = background("opened")
    making.licensed(world, open_cn)
    licence = release_licences.Licence(LICENSED, world.organisations["institution"], "over")
    release_licences.withdraw(ADMIN, licence, world.services)
    with pytest.raises(release_refusals.LicenceMissing):
        reopening.reopen_on(world["practitioner"], world.study, f"{LICENSED}-1", world.services)


def test_many_studies_at_once(background, open_cn):
    """Rows come out one a study, whatever their number; the list is written in pieces."""
    world = background("issued")
    made = studies.get(world["practitioner"], world.study, world.services)
    with world.services.uow(write=True) as unit:
        from dataclasses import replace

        for number in range(520):
            key = f"{number:032x}"
            unit.studies.add(replace(made.study, id=key, status="draft"))
            unit.studies.add_assessment(replace(made.assessment, id=key, study_id=key))
        unit.commit()
    making.clone(open_cn, world.services.settings.releases, "open-cn", "2030.1", scale={largest(world): 2.0})
    world.old, world.new = open_cn.identifier, "open-cn-2030.1"
    view = compare(world)
    assert (len(view.of_kind("study")), len(view.of_kind("label"))) == (520, 1)
    assert notices.list_(world["exporter"], world.services)[0].details["studies"] == 520
    assert labels.get(world["exporter"], world.number, world.services).status


def test_hidden_rows_tell_nothing_by_their_order_or_their_distribution(updated, open_cn):
    world = updated
    making.licensed(world, open_cn)
    codes = [dataset.code for dataset in open_cn.catalogue.all()[:40]]
    scale = {code: 1.1 + 0.1 * (index * 7 % 40) for index, code in enumerate(codes)}
    root = world.services.settings.releases
    making.clone(open_cn, root, LICENSED, "2", restricted=True, scale=scale)
    made = release_updates.impact(ADMIN, Compare(f"{LICENSED}-1", f"{LICENSED}-2", 0.05), world.services)
    hidden = release_updates.get(world["rival-practitioner"], made.id, world.services)
    shown = [row.object for row in hidden.of_kind("dataset")]
    seen = release_updates.get(world["practitioner"], made.id, world.services)
    assert shown == sorted(shown) != [row.object for row in seen.of_kind("dataset")]
    assert hidden.impact.summary["datasets"]["sets"] == {} != seen.impact.summary["datasets"]["sets"]


def test_the_number_after_needs_the_licence_of_the_studys_institution(updated, open_cn):
    """Or a comparison would assess a study on data that its institution may not assess on."""
    world = updated
    root = world.services.settings.releases
    making.clone(open_cn, root, LICENSED, "1", restricted=True, scale={CODE: 3.0})
    made = release_updates.impact(ADMIN, Compare(world.old, f"{LICENSED}-1", 0.0), world.services)

    def after(name: str) -> set[bool]:
        rows = release_updates.get(world[name], made.id, world.services).of_kind("study", "label")
        return {row.after is not None for row in rows}

    assert after("practitioner") == after("exporter") == {True}
    licence = release_licences.Licence(LICENSED, world.organisations["institution"], "over")
    release_licences.withdraw(ADMIN, licence, world.services)
    assert after("practitioner") == after("exporter") == {False}
    rows = release_updates.get(ADMIN, made.id, world.services).of_kind("study", "label")
    assert all(row.after is not None for row in rows)
