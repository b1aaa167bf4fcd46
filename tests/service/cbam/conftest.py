"""A world with an installation that makes screws: ``screws()`` gives the world, ``version(world)`` where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.usecases.access import administrator
from service.usecases.cbam import installations
from tests.service.world import World


@pytest.fixture
def screws(at: Callable[[str], World]) -> World:
    world = at("issued")
    world.actors["administrator"] = administrator("test")
    return world


def version(world: World) -> int:
    return installations.get(world["exporter"], world.installation, world.services).installation.version
