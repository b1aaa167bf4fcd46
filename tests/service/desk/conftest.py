"""A desk with a label to look at, and the others who have one: a second authority, a programme office."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from service.usecases import accounts
from service.usecases.access import Actor, OrganisationKind, Role, administrator
from tests.service.world import PASSWORD, World

OTHERS = {
    "customs": (OrganisationKind.REGULATOR, "演示海关", "Demo Customs", "R-2"),
    "programme": (OrganisationKind.PROGRAMME, "演示计划办", "Demo Programme", "P-1"),
}


@dataclass
class Desk:
    """A world with more authorities in it."""

    world: World

    @property
    def services(self):
        return self.world.services

    @property
    def number(self) -> str:
        return self.world.number

    def __getitem__(self, name: str) -> Actor:
        return self.world[name]


def staff(world: World) -> Desk:
    """Register the others with an officer each."""
    admin = administrator("test")
    for name, (kind, zh, en, code) in OTHERS.items():
        command = accounts.RegisterOrganisation(kind, zh, en, code)
        world.organisations[name] = accounts.register_organisation(admin, command, world.services)
        person = accounts.RegisterPerson(
            world.organisations[name], f"{name}@demo.invalid", name, PASSWORD, frozenset({Role.REGULATOR})
        )
        accounts.register_person(admin, person, world.services)
        world.actors[name] = accounts.actor_by_email(f"{name}@demo.invalid", world.services)
    return Desk(world)


@pytest.fixture
def desk(at) -> Desk:
    return staff(at("issued"))
