# ruff: noqa: E501 - the table is read across
"""Who may do what: every use case, every role, own and other organisation. A use case without a row fails."""

from __future__ import annotations

import inspect
import io
import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from service.usecases import (
    accounts,
    cosigning,
    datasets,
    integrity,
    inventories,
    jobs,
    label_exports,
    labels,
    log_companies,
    log_reading,
    marks,
    notices,
    refusals,
    release_imports,
    release_licences,
    release_updates,
    releases,
    reopening,
    reviews,
    studies,
)
from service.usecases.access import (
    PERMISSIONS,
    ROLES_BY_KIND,
    Actor,
    OrganisationKind,
    Permission,
    Role,
    administrator,
    allow,
)
from service.usecases.refusals import NotAllowed, Refusal
from tests.service import world as making
from tests.service.test_marks import picture

MODULES = (
    *("accounts", "datasets", "integrity", "inventories", "jobs", "labels", "notices"),
    *("label_exports", "marks"),
    *("cosigning", "log_companies", "log_reading"),
    *(
        "release_imports",
        "release_licences",
        "release_updates",
        "releases",
        "reopening",
        "reviews",
        "studies",
    ),
)
ACTORS = (
    "exporter",
    "other-exporter",
    "practitioner",
    "reviewer",
    "signatory",
    "rival-practitioner",
    "rival-reviewer",
    "rival-signatory",
    "regulator",
    "administrator",
)

OK, NO, HID = "ok", "NotAllowed", "NotFound"


def row(text: str) -> dict[str, str]:
    """Ten outcomes in the order of ACTORS: + done, - not allowed, ? not found, or a refusal's name."""
    words = {"+": OK, "-": NO, "?": HID}
    return dict(zip(ACTORS, (words.get(word, word) for word in text.split()), strict=True))


def organisation(n):
    return accounts.RegisterOrganisation(OrganisationKind.EXPORTER, "演示", "Demo", f"N-{n}")


def person(w):
    roles = frozenset({Role.EXPORTER})
    return accounts.RegisterPerson(w.organisations["own"], "n@demo.invalid", "n", "twelve letters", roles)


def mark(w):
    return marks.AddMark(w.number, "body", "CERT-1", picture())


def job(w):
    return labels.request_issue(w["signatory"], w.study, w.services)


RESTRICTED = SimpleNamespace(name=making.LICENSED, identifier=f"{making.LICENSED}-1", restricted=True)


def within(w, call):
    with w.services.uow(write=True) as unit:
        return call(unit)


def choices(name):
    return release_imports.Choices(name=name, version="1", licence="CC0 1.0")


def source():
    return release_imports.ImportSource("own.zip", io.BytesIO(b"data"), choices("own-data"))


def licence(w):
    return release_licences.Licence(making.LICENSED, w.organisations["institution"], "contract")


# fmt: off
TABLE = {
    #                                           own oth pra rev sig r-p r-r r-s reg adm
    "accounts.register_organisation": ("populated", "-   -   -   -   -   -   -   -   -   +", lambda a, w: accounts.register_organisation(a, organisation(1), w.services)),
    "accounts.register_person":       ("populated", "-   -   -   -   -   -   -   -   -   +", lambda a, w: accounts.register_person(a, person(w), w.services)),
    "accounts.organisation_by_code":  ("populated", "-   -   -   -   -   -   -   -   -   +", lambda a, w: accounts.organisation_by_code(a, "X-1", w.services)),
    "accounts.profile":               ("populated", "+   +   +   +   +   +   +   +   +   ?", lambda a, w: accounts.profile(a, w.services)),
    "accounts.sign_out":              ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: accounts.sign_out(a, w.services)),
    "accounts.organisations":         ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: accounts.organisations(a, OrganisationKind.INSTITUTION, w.services)),
    "accounts.names":                 ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: accounts.names(a, frozenset({w["exporter"].person_id}), w.services)),
    "inventories.hand_in":            ("populated", "+   +   -   -   -   -   -   -   -   -", lambda a, w: inventories.hand_in(a, inventories.HandIn("x.xlsx", b"", w.organisations["institution"]), w.services)),
    "inventories.list_":              ("opened",    "+   +   +   +   +   +   +   +   -   -", lambda a, w: inventories.list_(a, w.services)),
    "inventories.get":                ("opened",    "+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: inventories.get(a, w.inventory, w.services)),
    "inventories.workbook":           ("opened",    "+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: inventories.workbook(a, w.inventory, w.services)),
    "studies.open_":                  ("opened",    "-   -   +   -   -   ?   -   -   -   -", lambda a, w: studies.open_(a, studies.OpenStudy(w.inventory, w.release, "AR5"), w.services)),
    "studies.list_":                  ("opened",    "+   +   +   +   +   +   +   +   -   -", lambda a, w: studies.list_(a, w.services)),
    "studies.get":                    ("opened",    "+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: studies.get(a, w.study, w.services)),
    "studies.links":                  ("opened",    "+   ?   +   +   +   ?   ?   ?   -   -", lambda a, w: studies.links(a, w.study, w.services)),
    "studies.link":                   ("opened",    "-   -   +   -   -   ?   -   -   -   -", lambda a, w: studies.link(a, studies.ChooseDataset(w.study, "M1", w.dataset, "why"), w.services)),
    "studies.confirm":                ("opened",    "-   -   NothingToConfirm -   -   ?   -   -   -   -", lambda a, w: studies.confirm(a, studies.ConfirmLinks(w.study, ("M1",)), w.services)),
    "studies.assess":                 ("opened",    "-   -   +   -   -   ?   -   -   -   -", lambda a, w: studies.assess(a, w.study, w.services)),
    "studies.submit":                 ("assessed",  "-   -   +   -   -   ?   -   -   -   -", lambda a, w: studies.submit(a, w.study, w.services)),
    "reviews.decide":                 ("submitted", "-   -   -   +   -   -   ?   -   -   -", lambda a, w: reviews.decide(a, reviews.Decide(w.study, True, ""), w.services)),
    "reviews.waiting":                ("submitted", "-   -   -   +   -   -   +   -   -   -", lambda a, w: reviews.waiting(a, w.services)),
    "labels.request_issue":           ("approved",  "-   -   -   -   +   -   -   ?   -   -", lambda a, w: labels.request_issue(a, w.study, w.services)),
    "labels.issue":                   ("approved",  "-   -   -   -   +   -   -   ?   -   -", lambda a, w: labels.issue(a, w.study, w.services)),
    "labels.list_":                   ("issued",    "+   +   +   +   +   +   +   +   +   +", lambda a, w: labels.list_(a, w.services)),
    "labels.get":                     ("issued",    "+   ?   +   +   +   ?   ?   ?   +   +", lambda a, w: labels.get(a, w.number, w.services)),
    "labels.document":                ("issued",    "+   ?   +   +   +   ?   ?   ?   +   +", lambda a, w: labels.document(a, w.number, w.services)),
    "labels.bundle":                  ("issued",    "+   ?   +   +   +   ?   ?   ?   +   +", lambda a, w: labels.bundle(a, w.number, w.services)),
    "labels.credential":              ("issued",    "+   ?   +   +   +   ?   ?   ?   +   +", lambda a, w: labels.credential(a, w.number, w.services)),
    "labels.recompute":               ("issued",    "+   ?   +   +   +   ?   ?   ?   +   +", lambda a, w: labels.recompute(a, w.number, w.services)),
    "label_exports.export":           ("issued",    "+   ?   +   +   +   ?   ?   ?   +   +", lambda a, w: label_exports.export(a, w.number, "untp", w.services)),
    "marks.add":                      ("issued",    "+   ?   -   -   +   -   -   ?   -   -", lambda a, w: marks.add(a, mark(w), w.services)),
    "marks.take_away":                ("issued",    "?   ?   -   -   ?   -   -   ?   -   -", lambda a, w: marks.take_away(a, w.number, "none", w.services)),
    "cosigning.cosign":               ("issued",    "-   -   -   -   -   -   -   -   -   +", lambda a, w: cosigning.cosign(a, w.services)),
    "cosigning.request":              ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: within(w, lambda unit: cosigning.request(a, unit, w.services, w.clock()))),
    "log_reading.overview":           ("issued",    "+   +   +   +   +   +   +   +   +   +", lambda a, w: log_reading.overview(a, w.services)),
    "log_reading.log_vkeys":          ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: log_reading.log_vkeys(a, w.services)),
    "log_reading.proof":              ("issued",    "+   ?   +   +   +   ?   ?   ?   +   +", lambda a, w: log_reading.proof(a, w.number, w.services)),
    "log_reading.compare":            ("issued",    "+   +   +   +   +   +   +   +   +   +", lambda a, w: log_reading.compare(a, log_reading.checkpoint(w.services), w.services)),
    "log_companies.company":          ("issued",    "+   +   +   +   +   +   +   +   +   +", lambda a, w: log_companies.company(a, "X-1", w.services)),
    "releases.list_":                 ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: releases.list_(a, w.services)),
    "releases.overview":              ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: releases.overview(a, w.services)),
    "releases.damaged":               ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: releases.damaged(a, w.services)),
    "releases.named":                 ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: releases.named(a, w.release, w.services)),
    "releases.get":                   ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: releases.get(a, w.release, w.services)),
    "releases.report":                ("populated", "?   ?   ?   ?   ?   ?   ?   ?   ?   ?", lambda a, w: releases.report(a, w.release, w.services)),
    "releases.report_workbook":       ("populated", "?   ?   ?   ?   ?   ?   ?   ?   ?   ?", lambda a, w: releases.report_workbook(a, w.release, w.database, "en", w.services)),
    "releases.mapping_workbook":      ("populated", "?   ?   ?   ?   ?   ?   ?   ?   ?   ?", lambda a, w: releases.mapping_workbook(a, w.release, w.database, "en", w.services)),
    "releases.verify":                ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: releases.verify(a, w.release, w.services)),
    "releases.install":               ("populated", "-   -   -   -   -   -   -   -   -   SourceNotRead", lambda a, w: releases.install(a, w.database, w.services)),
    "releases.export":                ("populated", "-   -   -   -   -   -   -   -   -   InvalidInput", lambda a, w: releases.export(a, releases.Export(w.release, w.database), w.services)),
    "releases.remove":                ("opened",    "-   -   -   -   -   -   -   -   -   ReleaseInUse", lambda a, w: releases.remove(a, w.release, w.services)),
    "release_imports.request":        ("populated", "-   -   +   -   -   +   -   -   -   -", lambda a, w: release_imports.request(a, source(), w.services)),
    "release_imports.build":          ("populated", "-   -   ReleaseNameReserved - - ReleaseNameReserved - - - ReleaseNameReserved", lambda a, w: release_imports.build(a, w.database, choices("open-cn"), w.services)),
    "release_licences.grant":         ("populated", "-   -   -   -   -   -   -   -   -   +", lambda a, w: release_licences.grant(a, licence(w), w.services)),
    "release_licences.withdraw":      ("populated", "-   -   -   -   -   -   -   -   -   +", lambda a, w: release_licences.withdraw(a, licence(w), w.services)),
    "release_licences.events":        ("populated", "-   -   -   -   -   -   -   -   -   +", lambda a, w: release_licences.events(a, "", w.services)),
    "release_licences.visible":       ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: release_licences.visible(a, RESTRICTED, w.services)),
    "release_licences.may_see_values": ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: within(w, lambda unit: release_licences.may_see_values(a, RESTRICTED, unit))),
    "release_licences.require":       ("populated", "LicenceMissing LicenceMissing + + + LicenceMissing LicenceMissing LicenceMissing LicenceMissing +", lambda a, w: within(w, lambda unit: release_licences.require(a, RESTRICTED, unit))),
    "release_licences.declare":       ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: within(w, lambda unit: release_licences.declare(a, unit, "own-data", "why", w.clock()))),
    "release_updates.request":        ("populated", "-   -   ReleasesNotComparable - - ReleasesNotComparable - - - -", lambda a, w: release_updates.request(a, release_updates.Compare(w.release, w.release), w.services)),
    "release_updates.impact":         ("populated", "-   -   ReleasesNotComparable - - ReleasesNotComparable - - - ReleasesNotComparable", lambda a, w: release_updates.impact(a, release_updates.Compare(w.release, w.release), w.services)),
    "release_updates.list_":          ("populated", "+   +   +   +   +   +   +   +   -   +", lambda a, w: release_updates.list_(a, w.services)),
    "release_updates.get":            ("populated", "?   ?   ?   ?   ?   ?   ?   ?   -   ?", lambda a, w: release_updates.get(a, "none", w.services)),
    "reopening.preview":              ("opened",    "-   -   +   -   -   ?   -   -   -   -", lambda a, w: reopening.preview(a, w.study, w.release, w.services)),
    "reopening.reopen_on":            ("opened",    "-   -   +   -   -   ?   -   -   -   -", lambda a, w: reopening.reopen_on(a, w.study, w.release, w.services)),
    "notices.list_":                  ("populated", "+   +   +   +   +   +   +   +   +   -", lambda a, w: notices.list_(a, w.services)),
    "notices.read":                   ("populated", "?   ?   ?   ?   ?   ?   ?   ?   ?   -", lambda a, w: notices.read(a, "none", w.services)),
    "datasets.search":                ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: datasets.search(a, datasets.SearchDatasets(w.release, "铝"), w.services)),
    "datasets.dataset":               ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: datasets.dataset(a, w.release, w.dataset, w.services)),
    "datasets.factors":               ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: datasets.factors(a, w.release, (w.dataset,), "gwp100-ar6.total", w.services)),
    "datasets.methods":               ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: datasets.methods(a, w.release, w.services)),
    "datasets.contributions":         ("populated", "+   +   +   +   +   +   +   +   +   +", lambda a, w: datasets.contributions(a, datasets.AskContributions(w.release, w.dataset, "gwp100-ar6.total"), w.services)),
    "jobs.get":                       ("approved",  "?   ?   +   +   +   ?   ?   ?   ?   -", lambda a, w: jobs.get(a, job(w), w.services)),
    "jobs.list_":                     ("approved",  "+   +   +   +   +   +   +   +   +   -", lambda a, w: jobs.list_(a, w.services)),
    "integrity.check":                ("issued",    "-   -   -   -   -   -   -   -   -   +", lambda a, w: integrity.check(a, w.services)),
}
# fmt: on


@pytest.fixture
def prepared(at, open_cn):
    def make(stage: str):
        world = at({"assessed": "opened", "submitted": "opened"}.get(stage, stage))
        world.actors["administrator"] = administrator("test")
        world.release, world.dataset = open_cn.identifier, open_cn.catalogue.by_position(0).code
        if stage in ("assessed", "submitted"):
            studies.assess(world["practitioner"], world.study, world.services)
        if stage == "submitted":
            studies.submit(world["practitioner"], world.study, world.services)
        return world

    return make


def outcome(call) -> str:
    try:
        call()
    except Refusal as refusal:
        return type(refusal).__name__
    return OK


def outcomes(world, expected, call, *, last=(), watched=True) -> dict[str, str]:
    """What everybody gets: refusals first, which change nothing, and at the end those expected to get one of ``last``."""
    order = {OK: 1} | dict.fromkeys(last, 2)
    found = {}
    for name in sorted(ACTORS, key=lambda name: order.get(expected[name], 0)):
        before = fingerprint(world) if watched and expected[name] != OK else None
        found[name] = outcome(lambda name=name: call(world[name]))
        if before is not None:
            assert fingerprint(world) == before, f"refused for {name} and still wrote"
    return found


def use_cases(package: str, modules) -> set[str]:
    """``module.function`` of everything public there that asks first who is acting."""
    found = set()
    for name in modules:
        module = import_module(f"{package}.{name}")
        for function_name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not function_name.startswith("_")
            if own and list(inspect.signature(function).parameters)[:1] == ["actor"]:
                found.add(f"{name}.{function_name}")
    return found


@pytest.mark.parametrize("case", TABLE)
def test_use_case_by_role_and_organisation(prepared, case):
    stage, text, call = TABLE[case]
    expected = row(text)
    world = prepared(stage)
    watched = case != "jobs.get"
    assert outcomes(world, expected, lambda actor: call(actor, world), watched=watched) == expected


def fingerprint(world) -> list[tuple[str, int]]:
    import sqlalchemy as sa

    from service.store.tables import metadata

    with world.services.uow.engine.connect() as connection:
        return [
            (table.name, connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for table in metadata.sorted_tables
        ]


def test_every_use_case_has_a_row():
    assert use_cases("service.usecases", MODULES) == set(TABLE)


@pytest.mark.parametrize("stage", ["opened", "issued"])
@pytest.mark.parametrize("name", ["other-exporter", "rival-practitioner"])
def test_lists_show_nothing_of_other_tenants(at, stage, name):
    world = at(stage)
    for listing in (inventories.list_, studies.list_, labels.list_):
        assert listing(world[name], world.services) == ()
    own = "exporter" if name == "other-exporter" else "practitioner"
    assert len(inventories.list_(world[own], world.services)) == 1


def test_not_found_says_the_same_for_absent_and_for_others(at):
    """The existence of another tenant's object is not disclosed."""
    world = at("opened")
    said = []
    for actor, key in (("rival-practitioner", world.study), ("practitioner", "0" * 32)):
        with pytest.raises(refusals.NotFound) as caught:
            studies.get(world[actor], key, world.services)
        said.append(caught.value.message("en").replace(key, "…"))
    assert said[0] == said[1]


def test_regulator_sees_labels_and_no_inventories():
    assert Permission.LABEL_READ in PERMISSIONS[Role.REGULATOR]
    nouns = {permission.partition(".")[0] for permission in PERMISSIONS[Role.REGULATOR]}
    assert nouns.isdisjoint({"inventory", "study"})


@pytest.mark.parametrize("permission", Permission)
def test_permissions_follow_the_grammar_and_are_granted(permission):
    assert re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*", permission.value)
    assert any(permission in granted for granted in PERMISSIONS.values())


def test_the_administrator_never_models_reviews_or_signs():
    doing = {Permission.STUDY_OPEN, Permission.STUDY_LINK, Permission.REVIEW_DECIDE, Permission.LABEL_ISSUE}
    assert PERMISSIONS[Role.ADMINISTRATOR].isdisjoint(doing)


@pytest.mark.parametrize("kind", OrganisationKind)
@pytest.mark.parametrize("role", Role)
def test_a_role_is_held_only_in_its_kind_of_organisation(kind, role):
    if role in ROLES_BY_KIND[kind]:
        assert Actor("p", "o", kind, frozenset({role})).roles == {role}
    else:
        with pytest.raises(ValueError, match="organisation of its kind"):
            Actor("p", "o", kind, frozenset({role}))


@pytest.mark.parametrize(("person_id", "roles"), [("", {Role.EXPORTER}), ("p", set())])
def test_nobody_is_no_actor(person_id, roles):
    with pytest.raises(ValueError, match="somebody"):
        Actor(person_id, "o", OrganisationKind.EXPORTER, frozenset(roles))


def test_allow_names_the_permission():
    actor = Actor("p", "o", OrganisationKind.EXPORTER, frozenset({Role.EXPORTER}))
    with pytest.raises(NotAllowed) as caught:
        allow(actor, Permission.LABEL_ISSUE)
    assert caught.value.details == {"permission": "label.issue"}


def test_every_refusal_has_both_sentences_a_code_and_a_status():
    found = refusals.every_refusal()
    assert len(found) > 15
    for code, kind in found.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        assert 400 <= kind.status < 600
        assert kind.__doc__ and kind.zh != Refusal.zh and kind.en != Refusal.en
        assert set(re.findall(r"{(\w+)", kind.zh)) == set(re.findall(r"{(\w+)", kind.en))


DOCUMENT = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")


def test_documentation_has_the_table_of_permissions():
    rows = re.findall(r"^\| `([a-z-]+\.[a-z-]+)` \| (.*) \|$", DOCUMENT, re.M)
    documented = {name: [cell.strip() == "yes" for cell in cells.split("|")] for name, cells in rows}
    assert documented == {p.value: [p in PERMISSIONS[role] for role in Role] for p in Permission}


def test_documentation_lists_every_refusal():
    documented = {
        code: int(status) for code, status in re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", DOCUMENT, re.M)
    }
    assert documented == {code: kind.status for code, kind in refusals.every_refusal().items()}
