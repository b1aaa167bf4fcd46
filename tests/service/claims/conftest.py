"""Worlds in which a claim has come so far: ``claimed("approved")``, each a copy of what was made once a session."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.service import world as making
from tests.service.claims import making as claims
from tests.service.world import World


@dataclass
class Claimed:
    """A world with the exporter's claim on a batch: its id, the position it rests on, its number once issued."""

    world: World
    claim: str
    position: str
    number: str


@pytest.fixture(scope="session")
def claim_stages(
    tmp_path_factory: pytest.TempPathFactory, stages: dict[str, Path], open_cn, keys_folder: Path
) -> claims.Stages:
    home = tmp_path_factory.mktemp("claims")
    (home / "work").mkdir()
    shutil.copy(stages["issued"], home / "work" / "tanbiao.sqlite")
    world = making.open_world(home / "work", open_cn.path.parent, keys_folder)
    making.meet(world)
    return claims.stages(world, home)


def opened_copy(stage: Path, home: Path, open_cn, keys_folder: Path) -> Claimed:
    """A world of its own at a stage."""
    shutil.copy(stage, home / "tanbiao.sqlite")
    world = making.open_world(home, open_cn.path.parent, keys_folder)
    making.meet(world)
    (claim,) = claims.claims_of(world)
    with world.services.uow() as unit:
        issued = unit.claims.of_dossier(claim)
        record = unit.dossiers.get(claim)
        position = unit.dossiers.version(claim, record.version).content["retirements"][0]
    return Claimed(world, claim, position, issued.number if issued else "")


@pytest.fixture
def claimed(
    claim_stages: claims.Stages, tmp_path: Path, open_cn, keys_folder: Path
) -> Iterator[Callable[[str], Claimed]]:
    opened: list[Claimed] = []

    def copy(stage: str) -> Claimed:
        home = tmp_path / f"claim-{len(opened)}"
        home.mkdir()
        opened.append(opened_copy(claim_stages[stage], home, open_cn, keys_folder))
        return opened[-1]

    yield copy
    for made in opened:
        made.world.close()
