"""Who sees the values of restricted data: a table, and every door they could come out of."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace

import pytest

from service.app import create_app
from service.usecases import datasets, refusals, release_licences, release_refusals, releases, studies
from service.usecases.access import administrator
from service.usecases.release_licences import Licence
from tests.service import background as making
from tests.service import world as people
from tests.service.world import LICENSED

ADMIN = administrator("test")
CODE = "al-primary-glo-2022"
HOLDERS = ("practitioner", "reviewer", "signatory", "all-hands")
OTHERS = (
    "exporter",
    "other-exporter",
    "rival-practitioner",
    "rival-reviewer",
    "rival-signatory",
    "regulator",
)


@pytest.fixture
def restricted(background, open_cn, workbook):
    """A study on restricted data, assessed by the institution that holds its licence."""
    world = background()
    making.licensed(world, open_cn)
    world.inventory = people.hand_in(world, workbook)
    people.open_study(world, f"{LICENSED}-1")
    made = studies.assess(world["practitioner"], world.study, world.services)
    assert made.result["footprint"]
    return world


@pytest.mark.parametrize("name", [*HOLDERS, *OTHERS, "administrator"])
@pytest.mark.parametrize("release", ["open", LICENSED])
def test_values_by_organisation_and_release(background, open_cn, name, release):
    world = background()
    world.actors["administrator"] = ADMIN
    found = making.licensed(world, open_cn) if release == LICENSED else open_cn
    expected = release == "open" or name in (*HOLDERS, "administrator")
    with world.services.uow() as unit:
        assert release_licences.may_see_values(world[name], found, unit) is expected
    view = datasets.dataset(world[name], found.identifier, CODE, world.services)
    assert view.values_hidden is not expected
    assert bool(view.scores) is expected
    assert all(math.isnan(one.amount) is not expected for one in view.exchanges)
    assert any(one.published or one.rule for one in view.exchanges) is expected
    assert datasets.search(world[name], datasets.SearchDatasets(found.identifier, "铝"), world.services).hits
    assert (
        bool(datasets.factors(world[name], found.identifier, (CODE,), "gwp100-ar5.total", world.services))
        is expected
    )
    asked = datasets.AskContributions(found.identifier, CODE, "gwp100-ar5.total")
    if not expected:
        with pytest.raises(release_refusals.LicenceMissing):
            datasets.contributions(world[name], asked, world.services)


@pytest.mark.parametrize(("name", "outcome"), [("practitioner", "ok"), ("rival-practitioner", "NotFound")])
def test_opening_a_study_needs_a_licence(background, open_cn, workbook, name, outcome):
    world = background()
    making.licensed(world, open_cn)
    world.inventory = people.hand_in(world, workbook)
    command = studies.OpenStudy(world.inventory, f"{LICENSED}-1", "AR5")
    if outcome == "ok":
        release_licences.withdraw(
            ADMIN, Licence(LICENSED, world.organisations["institution"], "over"), world.services
        )
        with pytest.raises(release_refusals.LicenceMissing):
            studies.open_(world[name], command, world.services)
        release_licences.grant(
            ADMIN, Licence(LICENSED, world.organisations["institution"], "new"), world.services
        )
        assert studies.open_(world[name], command, world.services)
    else:
        with pytest.raises(refusals.NotFound):
            studies.open_(world[name], command, world.services)


def test_after_a_withdrawal_nothing_is_assessed_and_values_are_hidden(restricted):
    world = restricted
    assert not studies.get(world["practitioner"], world.study, world.services).values_hidden
    release_licences.withdraw(
        ADMIN, Licence(LICENSED, world.organisations["institution"], "over"), world.services
    )
    with pytest.raises(release_refusals.LicenceMissing):
        studies.assess(world["practitioner"], world.study, world.services)
    assert studies.get(world["practitioner"], world.study, world.services).values_hidden


def test_an_exporter_sees_totals_and_no_value_of_a_line(restricted):
    world = restricted
    whole = studies.get(world["practitioner"], world.study, world.services).assessment
    view = studies.get(world["exporter"], world.study, world.services)
    shown = view.assessment.result
    assert view.values_hidden
    assert view.assessment.digest == whole.digest
    for name in ("total", "by_stage", "parts", "coverage"):
        assert shown["footprint"][name] == whole.result["footprint"][name]
    assert shown["rounded"]["stages"] == whole.result["rounded"]["stages"]
    for line, full in zip(shown["footprint"]["lines"], whole.result["footprint"]["lines"], strict=True):
        assert (line["score"], line["value"], line["parts"]) == (None, None, [])
        assert line["amount"] == full["amount"] and line["dataset"] == full["dataset"]


def secrets(world) -> set[str]:
    """Every number that would give a factor away, as it would be printed."""
    result = studies.get(world["practitioner"], world.study, world.services).assessment.result
    footprint, totals = result["footprint"], {result["footprint"]["total"]}
    totals |= {value for _, value in footprint["by_stage"]} | {value for _, value in footprint["parts"]}
    values = {line["score"] for line in footprint["lines"]} | {line["value"] for line in footprint["lines"]}
    values |= {value for _, value in footprint["electricity"]["value_by_source"]}
    return {json.dumps(value) for value in values - totals if value and len(json.dumps(value)) > 6}


def test_no_door_lets_a_value_out(restricted):
    """Pages, their JSON twins and the API, as somebody without a licence."""
    world = restricted
    hidden = secrets(world)
    assert len(hidden) > 15
    settings = replace(world.services.settings, base_url="http://localhost")
    app = create_app(settings, services=replace(world.services, settings=settings), testing=True)
    release = f"{LICENSED}-1"
    paths = [
        f"/studies/{world.study}",
        f"/studies/{world.study}.json",
        f"/api/v1/studies/{world.study}",
        f"/api/v1/studies/{world.study}/links",
        f"/datasets/{CODE}?release={release}",
        f"/datasets/{CODE}.json?release={release}",
        f"/api/v1/releases/{release}/datasets/{CODE}",
        f"/api/v1/releases/{release}/datasets?text=铝",
        f"/datasets.csv?release={release}",
        f"/releases/{release}",
        f"/releases/{release}.json",
    ]

    def read(name: str, path: str) -> str:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_epoch"] = world[name].person_id, 0
        answer = client.get(path)
        assert answer.status_code == 200, path
        return answer.get_data(as_text=True)

    for path in paths:
        said = read("exporter", path)
        assert [value for value in hidden if value in said] == [], path
    assert [value for value in hidden if value in read("practitioner", f"/studies/{world.study}.json")]


@pytest.mark.parametrize("name", OTHERS)
def test_the_import_report_is_for_holders(background, open_cn, name):
    world = background()
    release = making.licensed(world, open_cn)
    assert releases.report(world["practitioner"], release.identifier, world.services)["counts"]
    with pytest.raises(release_refusals.LicenceMissing):
        releases.report(world[name], release.identifier, world.services)
    assert releases.get(world[name], release.identifier, world.services).report == {}
    assert releases.get(world["practitioner"], release.identifier, world.services).report


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (("", "institution", "why"), refusals.InvalidInput),
        (("x" * 101, "institution", "why"), refusals.InvalidInput),
        (("data", "institution", "  "), refusals.InvalidInput),
        (("data", "institution", "x" * 2001), refusals.InvalidInput),
        (("data", "nobody", "why"), refusals.NotFound),
    ],
)
def test_a_grant_names_a_release_an_organisation_and_evidence(background, command, refusal):
    world = background()
    name, organisation, evidence = command
    holder = world.organisations.get(organisation, "0" * 32)
    with pytest.raises(refusal):
        release_licences.grant(ADMIN, Licence(name, holder, evidence), world.services)


def test_events_are_kept_and_the_last_one_counts(background, open_cn):
    world = background()
    release = making.licensed(world, open_cn)
    rival = world.organisations["rival"]
    with pytest.raises(refusals.NotFound):
        release_licences.withdraw(ADMIN, Licence(LICENSED, rival, "never had it"), world.services)
    for turn, step in enumerate((release_licences.grant, release_licences.withdraw, release_licences.grant)):
        world.clock.on(1)
        step(ADMIN, Licence(LICENSED, rival, f"step {turn}"), world.services)
        with world.services.uow() as unit:
            seen = release_licences.may_see_values(world["rival-practitioner"], release, unit)
        assert seen is (step is release_licences.grant)
    events = [
        e for e in release_licences.events(ADMIN, LICENSED, world.services) if e.organisation_id == rival
    ]
    assert [(e.granted, e.evidence) for e in events] == [
        (True, "step 0"),
        (False, "step 1"),
        (True, "step 2"),
    ]
    with world.services.uow() as unit:
        kept = unit.audit.events(object_=f"licence:{LICENSED}:{rival}")
    assert [(e.before, e.after) for e in kept] == [("", "granted"), ("granted", "withdrawn"), ("", "granted")]


def test_a_study_on_a_release_that_is_gone_hides_its_values(restricted):
    """Nobody can say any more whether it was restricted: who never had a licence sees no values."""
    world = restricted
    shutil.rmtree(world.services.settings.releases / f"{LICENSED}-1")
    assert studies.get(world["exporter"], world.study, world.services).values_hidden
    assert not studies.get(world["practitioner"], world.study, world.services).values_hidden


def test_a_declaration_opens_what_was_imported_and_nothing_else(background, open_cn, monkeypatch):
    """A made-up import under the name of data that comes later by the administrator's hand."""
    from databases import build
    from service.usecases import release_imports

    world = background()
    root = world.services.settings.releases

    def import_release(_root, _source, head, _options, **_more):
        return making.clone(open_cn, root, head.name, head.version, restricted=head.restricted, report=True)

    monkeypatch.setattr(build, "import_release", import_release)
    said = release_imports.Choices(
        name="dear-data", version="0.1", licence="theirs", restricted=True, evidence="trust me"
    )
    mine = release_imports.build(world["rival-practitioner"], world.database, said, world.services)
    real = making.clone(open_cn, root, "dear-data", "3.11", restricted=True)
    for release, name, seen in (
        (mine, "rival-practitioner", True),
        (mine, "rival-signatory", True),
        (mine, "practitioner", False),
        (real, "rival-practitioner", False),
        (real, "practitioner", False),
    ):
        view = datasets.dataset(world[name], release.identifier, CODE, world.services)
        assert view.values_hidden is not seen, (release, name)
    shutil.rmtree(mine.path)
    making.clone(open_cn, root, "dear-data", "0.1", restricted=True, scale={CODE: 2.0})
    again = datasets.dataset(world["rival-practitioner"], "dear-data-0.1", CODE, world.services)
    assert again.values_hidden, "another release under the identifier it imported once"
    grant = Licence("dear-data", world.organisations["rival"], "contract 8")
    release_licences.grant(ADMIN, grant, world.services)
    for identifier in ("dear-data-0.1", "dear-data-3.11"):
        view = datasets.dataset(world["rival-practitioner"], identifier, CODE, world.services)
        assert not view.values_hidden
    release_licences.withdraw(ADMIN, grant, world.services)
    assert datasets.dataset(world["rival-practitioner"], "dear-data-3.11", CODE, world.services).values_hidden


def test_another_release_under_the_name_of_a_restricted_one_opens_no_study(restricted, open_cn):
    """Behind the service's back: the same identifier, and no mark of restriction any more."""
    world = restricted
    root = world.services.settings.releases
    shutil.rmtree(root / f"{LICENSED}-1")
    making.clone(open_cn, root, LICENSED, "1", scale={CODE: 2.0})
    assert studies.get(world["exporter"], world.study, world.services).values_hidden
