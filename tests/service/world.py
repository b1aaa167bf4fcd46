"""Two exporters, two institutions, a regulator; people by short names; and how far a study has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lca.cbam.storage import write_monitoring
from service.app import build_services, prepare_store
from service.settings import Settings
from service.store.trust_records import (
    Cosignature,
    EvidenceAccess,
    EvidenceAnswer,
    EvidenceRequest,
    OfficialMark,
)
from service.usecases import accounts, inventories, labels, release_licences, reviews, studies
from service.usecases.access import Actor, OrganisationKind, Role, administrator
from service.usecases.cbam import documents, installations
from service.usecases.services import Services
from tests.lca.cbam.making import monitoring

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
LICENSED = "licensed-data"
"""Name of a restricted release for which the institution holds the licence and its rival does not."""

ORGANISATIONS = {
    "own": (OrganisationKind.EXPORTER, "演示铝业", "Demo Aluminium", "X-1"),
    "other": (OrganisationKind.EXPORTER, "演示钢铁", "Demo Steel", "X-2"),
    "institution": (OrganisationKind.INSTITUTION, "演示机构", "Demo Institution", "I-1"),
    "rival": (OrganisationKind.INSTITUTION, "演示机构乙", "Demo Institution B", "I-2"),
    "authority": (OrganisationKind.REGULATOR, "演示监管", "Demo Authority", "R-1"),
}
PEOPLE = {
    "exporter": ("own", {Role.EXPORTER}),
    "other-exporter": ("other", {Role.EXPORTER}),
    "practitioner": ("institution", {Role.PRACTITIONER}),
    "reviewer": ("institution", {Role.REVIEWER}),
    "signatory": ("institution", {Role.SIGNATORY}),
    "all-hands": ("institution", {Role.PRACTITIONER, Role.REVIEWER, Role.SIGNATORY}),
    "rival-practitioner": ("rival", {Role.PRACTITIONER}),
    "rival-reviewer": ("rival", {Role.REVIEWER}),
    "rival-signatory": ("rival", {Role.SIGNATORY}),
    "regulator": ("authority", {Role.REGULATOR}),
}


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    time: datetime = START

    def __call__(self) -> datetime:
        return self.time

    def on(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class World:
    """Services on one store, and everybody in it."""

    services: Services
    clock: Clock
    organisations: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    inventory: str = ""
    study: str = ""
    number: str = ""
    installation: str = ""

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    @property
    def database(self) -> Path:
        return Path(self.services.settings.database_url.removeprefix("sqlite:///"))

    def close(self) -> None:
        self.services.uow.close()


def settings_of(home: Path, releases: Path, keys: Path) -> Settings:
    return Settings(
        home=home,
        releases=releases,
        keys=keys,
        secret_key="only for tests",
        base_url="https://labels.demo.invalid",
    )


def open_world(home: Path, releases: Path, keys: Path, clock: Clock | None = None) -> World:
    clock = clock or Clock()
    settings = settings_of(home, releases, keys)
    prepare_store(settings)
    return World(build_services(settings, now=clock), clock)


def populate(world: World) -> None:
    admin = administrator("test")
    for name, (kind, zh, en, code) in ORGANISATIONS.items():
        command = accounts.RegisterOrganisation(kind, zh, en, code)
        world.organisations[name] = accounts.register_organisation(admin, command, world.services)
    for name, (organisation, roles) in PEOPLE.items():
        command = accounts.RegisterPerson(
            world.organisations[organisation], f"{name}@demo.invalid", name, PASSWORD, frozenset(roles)
        )
        accounts.register_person(admin, command, world.services)
    licence = release_licences.Licence(LICENSED, world.organisations["institution"], "contract 7")
    release_licences.grant(admin, licence, world.services)
    meet(world)


def meet(world: World) -> None:
    """Look up who is there, after a store was copied."""
    admin = administrator("test")
    for name, (_, _, _, code) in ORGANISATIONS.items():
        world.organisations[name] = accounts.organisation_by_code(admin, code, world.services).id
    for name in PEOPLE:
        world.actors[name] = accounts.actor_by_email(f"{name}@demo.invalid", world.services)
    for study in studies.list_(world["practitioner"], world.services):
        world.study, world.inventory = study.id, study.inventory_id
    for label in labels.list_(world["regulator"], world.services):
        world.number = label.number
    for one in installations.list_(world["exporter"], world.services):
        world.installation = one.id


def meet_again(world: World, other: World) -> None:
    """As :func:`meet`, for a copy of the store that ``other`` met."""
    for name in ("organisations", "actors"):
        getattr(world, name).update(getattr(other, name))
    for name in ("study", "inventory", "number", "installation"):
        setattr(world, name, getattr(other, name))


def hand_in(world: World, data: bytes, name: str = "exporter") -> str:
    command = inventories.HandIn("清单.xlsx", data, world.organisations["institution"])
    result = inventories.hand_in(world[name], command, world.services)
    assert result.inventory_id, [finding.message("en") for finding in result.findings]
    return result.inventory_id


def open_study(world: World, release: str, *, gwp_set: str = "AR5", by: str = "practitioner") -> str:
    world.study = studies.open_(
        world[by], studies.OpenStudy(world.inventory, release, gwp_set), world.services
    )
    return world.study


def approve(world: World) -> None:
    made = studies.assess(world["practitioner"], world.study, world.services)
    assert made.result["footprint"], [
        f["message"]["en"] for f in made.result["findings"] if f["severity"] == "error"
    ]
    studies.submit(world["practitioner"], world.study, world.services)
    reviews.decide(world["reviewer"], reviews.Decide(world.study, True, "checked"), world.services)


def issue(world: World) -> str:
    world.number = labels.issue(world["signatory"], world.study, world.services).number
    return world.number


def screws(world: World) -> str:
    """An installation that makes screws, shared with the institution, calculated, with a document handed out."""
    who, services = world["exporter"], world.services
    kept = installations.put(who, installations.Put(write_monitoring(monitoring())), services)
    assert kept.installation_id, [finding.message("en") for finding in kept.findings]
    world.installation = kept.installation_id
    shared = installations.Share(world.installation, world.organisations["institution"])
    installations.share(who, shared, services)
    draw = documents.Draw(world.installation, "summary-report", "en", "xlsx")
    documents.draw(world["practitioner"], draw, services)
    return world.installation


def ledger(world: World) -> None:
    """Certificates of the exporter that were split, handed on, retired and used, with evidence; and credits."""
    from tests.service.ledger import making

    making.some(world)


def rows_of_trust(world: World) -> None:
    """A mark, a cosignature, a request for evidence, its answer and an access: rows made up, for tests of tables."""
    number, at, digest = world.number, world.clock(), "f" * 64
    with world.services.uow(write=True) as unit:
        unit.log.add_cosignature(Cosignature(1, "witness", "— witness\n", at))
        unit.marks.add(OfficialMark("m", number, "body", "C-1", "image/png", b"x", digest, "p", at))
        authority = world.organisations["authority"]
        unit.desk.add_request(EvidenceRequest("r", number, authority, "purpose", "", "p", at))
        unit.desk.add_answer(EvidenceAnswer("r", "granted", "reason", at, "p", at))
        unit.desk.add_access(EvidenceAccess("a", "r", "workbook", digest, "p", at))
        unit.commit()


def with_render(services: Services, render: Callable[..., bytes]) -> Services:
    return replace(services, render=render)
