"""The way of a study: what falls when something changes, who may not act twice, what needs a reason."""

from __future__ import annotations

import pytest

from service.store.records import ChoiceRecord
from service.usecases import accounts, inventories, labels, refusals, release_refusals, reviews, studies
from service.usecases.access import OrganisationKind, Role
from tests.service import world as making


def choose(world, key="M1", dataset="", reason="closer to the supplier", by="practitioner", version=None):
    links = studies.links(world[by], world.study, world.services).lines
    line = next(one for one in links if one.key == key)
    code = dataset or next(
        (c.dataset.code for c in line.candidates if c.dataset.code != line.dataset.code), line.dataset.code
    )
    command = studies.ChooseDataset(world.study, key, code, reason, version)
    return studies.link(world[by], command, world.services)


def status(world):
    return studies.get(world["practitioner"], world.study, world.services).study.status


def test_a_choice_after_approval_takes_the_approval_away(at):
    world = at("approved")
    assert status(world) == "approved"
    choose(world)
    assert status(world) == "draft"
    with pytest.raises(refusals.WrongState):
        labels.issue(world["signatory"], world.study, world.services)


def test_withdrawing_a_choice_takes_the_approval_away(at):
    world = at("approved")
    studies.link(world["practitioner"], studies.ChooseDataset(world.study, "M1", "", ""), world.services)
    assert status(world) == "draft"


def test_the_same_assessment_again_keeps_the_approval_and_makes_no_second_row(at):
    world = at("approved")
    before = studies.get(world["reviewer"], world.study, world.services)
    again = studies.assess(world["practitioner"], world.study, world.services)
    assert again == before.assessment
    assert studies.get(world["reviewer"], world.study, world.services) == before


def test_an_approval_forced_onto_another_state_is_not_enough(at):
    """The status column alone never issues: the digest that was approved must be the one computed now."""
    world = at("approved")
    with world.services.uow(write=True) as unit:
        study = unit.studies.get(world.study)
        line = next(
            one
            for one in studies.links(world["practitioner"], world.study, world.services).lines
            if one.dataset
        )
        chosen = ChoiceRecord(
            world.study,
            line.key,
            line.dataset.code,
            "slipped in",
            world["practitioner"].person_id,
            study.opened_at,
        )
        unit.studies.choose(chosen)
        unit.commit()
    assert status(world) == "approved"
    with pytest.raises(refusals.NotApproved):
        labels.issue(world["signatory"], world.study, world.services)


def test_an_outdated_assessment_cannot_be_submitted(at):
    world = at("opened")
    with pytest.raises(refusals.NotAssessed):
        studies.submit(world["practitioner"], world.study, world.services)
    studies.assess(world["practitioner"], world.study, world.services)
    choose(world)
    assert not studies.get(world["practitioner"], world.study, world.services).current
    with pytest.raises(refusals.NotAssessed):
        studies.submit(world["practitioner"], world.study, world.services)


def test_a_closed_gate_is_kept_and_not_submitted(at, open_cn):
    """GWP set AR6 with CO2e-only AR5 datasets: the gate's errors are a result of assess and a refusal of
    submit.
    """
    world = at("opened")
    making.open_study(world, open_cn.identifier, gwp_set="AR6")
    made = studies.assess(world["practitioner"], world.study, world.services)
    assert made.result["footprint"] is None
    with pytest.raises(refusals.GateClosed) as caught:
        studies.submit(world["practitioner"], world.study, world.services)
    errors = [finding for finding in made.result["findings"] if finding["severity"] == "error"]
    assert caught.value.details["count"] == str(len(errors)) != "0"
    assert caught.value.message("zh") != caught.value.message("en")


def test_returned_study_can_be_corrected_and_submitted_again(at):
    world = at("opened")
    studies.assess(world["practitioner"], world.study, world.services)
    studies.submit(world["practitioner"], world.study, world.services)
    back = reviews.Decide(world.study, False, "M1: 请说明")
    reviews.decide(world["reviewer"], back, world.services)
    assert status(world) == "returned"
    choose(world)
    making.approve(world)
    assert [one.decision for one in studies.get(world["exporter"], world.study, world.services).reviews] == [
        "approved",
        "returned",
    ]


def test_who_modelled_does_not_review(at):
    world = at("opened")
    making.open_study(
        world, studies.get(world["reviewer"], world.study, world.services).study.release, by="all-hands"
    )
    studies.assess(world["practitioner"], world.study, world.services)
    studies.submit(world["practitioner"], world.study, world.services)
    assert world.study not in [one.id for one in reviews.waiting(world["all-hands"], world.services)]
    assert world.study in [one.id for one in reviews.waiting(world["reviewer"], world.services)]
    with pytest.raises(refusals.SamePerson):
        reviews.decide(world["all-hands"], reviews.Decide(world.study, True, ""), world.services)
    assert status(world) == "in-review"


@pytest.mark.parametrize("act", ["open", "link", "assess", "submit"])
def test_every_kind_of_modelling_counts(at, act):
    world = at("opened")
    services, both = world.services, world["all-hands"]
    if act == "open":
        making.open_study(world, studies.get(both, world.study, services).study.release, by="all-hands")
    if act == "link":
        choose(world, by="all-hands")
    studies.assess(both if act == "assess" else world["practitioner"], world.study, services)
    studies.submit(both if act == "submit" else world["practitioner"], world.study, services)
    with pytest.raises(refusals.SamePerson):
        reviews.decide(both, reviews.Decide(world.study, True, ""), services)
    reviews.decide(world["reviewer"], reviews.Decide(world.study, True, ""), services)
    for use_case in (labels.issue, labels.request_issue):
        with pytest.raises(refusals.SamePerson):
            use_case(both, world.study, services)


@pytest.mark.parametrize("approve", [True, False])
def test_who_reviewed_does_not_sign_even_after_another_review(at, approve):
    world = at("opened")
    services, both = world.services, world["all-hands"]
    studies.assess(world["practitioner"], world.study, services)
    studies.submit(world["practitioner"], world.study, services)
    reviews.decide(both, reviews.Decide(world.study, approve, "seen"), services)
    if not approve:
        studies.submit(world["practitioner"], world.study, services)
        reviews.decide(world["reviewer"], reviews.Decide(world.study, True, ""), services)
    with pytest.raises(refusals.SamePerson):
        labels.issue(both, world.study, services)
    assert labels.issue(world["signatory"], world.study, services).status == "active"


@pytest.mark.parametrize(
    ("act", "stage"),
    [
        (lambda w, v: choose(w, version=v), "opened"),
        (lambda w, v: studies.submit(w["practitioner"], w.study, w.services, version=v), "opened"),
        (
            lambda w, v: reviews.decide(w["reviewer"], reviews.Decide(w.study, True, "", v), w.services),
            "opened",
        ),
    ],
    ids=["link", "submit", "decide"],
)
def test_somebody_else_was_quicker(at, act, stage):
    world = at(stage)
    seen = studies.get(world["practitioner"], world.study, world.services).study.version
    choose(world)
    with pytest.raises(refusals.StudyChanged) as caught:
        act(world, seen)
    assert caught.value.details["version"] == str(seen + 1)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        ({"key": "Z9"}, refusals.UnknownLine),
        ({"key": "M1/99"}, refusals.UnknownLine),
        ({"dataset": "no-such-dataset"}, refusals.UnknownDataset),
        ({"reason": "  "}, refusals.InvalidInput),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(at, command, refusal):
    world = at("opened")
    known = studies.links(world["practitioner"], world.study, world.services).lines[0]
    given = {"key": known.key, "dataset": known.dataset.code, "reason": "why"} | command
    with pytest.raises(refusal):
        studies.link(world["practitioner"], studies.ChooseDataset(world.study, **given), world.services)


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        ({"release": "no-such-2020.1"}, release_refusals.ReleaseUnavailable),
        ({"release": "../../etc"}, release_refusals.ReleaseUnavailable),
        ({"gwp_set": "AR4"}, refusals.InvalidInput),
        ({"rule_set": "nobody-knows"}, refusals.UnknownRuleSet),
        ({"inventory_id": "0" * 32}, refusals.NotFound),
    ],
)
def test_a_study_of_nothing_is_not_opened(at, open_cn, command, refusal):
    world = at("opened")
    given = {"inventory_id": world.inventory, "release": open_cn.identifier, "gwp_set": "AR5"} | command
    with pytest.raises(refusal):
        studies.open_(world["practitioner"], studies.OpenStudy(**given), world.services)


def test_an_issued_study_never_changes(at):
    world = at("issued")
    for act in (
        lambda: choose(world),
        lambda: studies.assess(world["practitioner"], world.study, world.services),
        lambda: studies.submit(world["practitioner"], world.study, world.services),
        lambda: reviews.decide(world["reviewer"], reviews.Decide(world.study, True, ""), world.services),
        lambda: labels.issue(world["signatory"], world.study, world.services),
        lambda: labels.request_issue(world["signatory"], world.study, world.services),
    ):
        with pytest.raises(refusals.WrongState):
            act()


def test_returning_needs_a_comment(at):
    world = at("opened")
    studies.assess(world["practitioner"], world.study, world.services)
    studies.submit(world["practitioner"], world.study, world.services)
    with pytest.raises(refusals.InvalidInput):
        reviews.decide(world["reviewer"], reviews.Decide(world.study, False, " "), world.services)


def test_nothing_is_stored_of_a_workbook_with_errors(at):
    world = at("populated")
    command = inventories.HandIn("x.xlsx", b"not a workbook", world.organisations["institution"])
    result = inventories.hand_in(world["exporter"], command, world.services)
    assert result.inventory_id is None
    assert result.findings
    assert inventories.list_(world["exporter"], world.services) == ()


def test_the_workbook_comes_back_as_it_was_handed_in(at, workbook):
    world = at("opened")
    assert inventories.workbook(world["exporter"], world.inventory, world.services) == ("清单.xlsx", workbook)


@pytest.mark.parametrize("institution", ["own", "authority", "nobody"])
def test_a_workbook_is_handed_to_an_institution_only(at, institution):
    world = at("populated")
    command = inventories.HandIn("x.xlsx", b"", world.organisations.get(institution, "nobody"))
    with pytest.raises(refusals.NotFound):
        inventories.hand_in(world["exporter"], command, world.services)


def test_sign_in_knows_the_password_and_says_no_more(at):
    world = at("populated")
    actor = accounts.sign_in(" Exporter@demo.invalid ", making.PASSWORD, world.services)
    assert actor == accounts.get_actor(world["exporter"].person_id, world.services)
    said = set()
    for email, password in (
        ("exporter@demo.invalid", "wrong password"),
        ("nobody@demo.invalid", making.PASSWORD),
    ):
        with pytest.raises(refusals.SignInRefused) as caught:
            accounts.sign_in(email, password, world.services)
        said.add(caught.value.message("en"))
    assert len(said) == 1
    with world.services.uow() as unit:
        assert unit.people.get(actor.person_id).password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"email": "Exporter@demo.invalid"}, refusals.EmailTaken),
        ({"email": "no address"}, refusals.InvalidInput),
        ({"email": "a@b@c"}, refusals.InvalidInput),
        ({"password": "short"}, refusals.InvalidInput),
        ({"name": " "}, refusals.InvalidInput),
        ({"language": "fr"}, refusals.InvalidInput),
        ({"roles": frozenset()}, refusals.InvalidInput),
        ({"roles": frozenset({Role.REVIEWER})}, refusals.InvalidInput),
        ({"organisation_id": "nobody"}, refusals.NotFound),
    ],
)
def test_accounts_that_are_not_made(at, change, refusal):
    world = at("populated")
    given = {
        "organisation_id": world.organisations["own"],
        "email": "new@demo.invalid",
        "name": "new",
        "password": "twelve letters",
        "roles": frozenset({Role.EXPORTER}),
    } | change
    with pytest.raises(refusal):
        accounts.register_person(
            making.administrator("test"), accounts.RegisterPerson(**given), world.services
        )


@pytest.mark.parametrize(
    "change",
    [
        {"name_zh": " "},
        {"name_en": ""},
        {"code": ""},
        {"code": "X-1"},
        {"kind": OrganisationKind.INSTALLATION},
    ],
)
def test_organisations_that_are_not_made(at, change):
    world = at("populated")
    given = {"kind": OrganisationKind.EXPORTER, "name_zh": "演", "name_en": "D", "code": "N"} | change
    with pytest.raises(refusals.InvalidInput):
        accounts.register_organisation(
            making.administrator("test"), accounts.RegisterOrganisation(**given), world.services
        )


def test_every_act_is_in_the_audit_chain(at):
    world = at("issued")
    with world.services.uow() as unit:
        assert unit.audit.first_broken() is None
        acts = [event.action for event in unit.audit.events(object_=f"study:{world.study}")]
        issue = unit.audit.events(object_=f"label:{world.number}")
    assert acts == ["study.open", "study.assess", "study.submit", "review.decide"]
    assert [event.person_id for event in issue] == [world["signatory"].person_id]
