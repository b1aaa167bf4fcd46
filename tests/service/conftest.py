"""Worlds at four points of the journey.

Each is made once a session and copied for every test that wants it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from jinja2 import BytecodeCache, FileSystemBytecodeCache

from certificates.keys.keyset import generate_keyset
from service.usecases import accounts, inventories
from tests.service import world as making
from tests.service.background import with_releases
from tests.service.world import World


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords of the tests' people cost a thousandth of real ones; everything else about them is as always."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", lambda: hasher)
        yield


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "keys"
    names = {"zh": "演示机构", "en": "Demo Institution"}
    until = making.START + timedelta(days=3650)
    generate_keyset("did:web:labels.demo.invalid", names, making.START - timedelta(days=1), until).save(
        folder
    )
    return folder


@pytest.fixture(scope="session")
def workbook() -> bytes:
    return inventories.template("zh", example=True)


@pytest.fixture(scope="session")
def stages(
    tmp_path_factory: pytest.TempPathFactory,
    open_cn,
    keys_folder: Path,
    workbook: bytes,
    cheap_passwords: None,
) -> dict[str, Path]:
    """Database files by how far they are: populated, opened, approved, issued."""
    home = tmp_path_factory.mktemp("stages")
    made = making.open_world(home / "work", open_cn.path.parent, keys_folder)
    saved: dict[str, Path] = {}

    def save(name: str) -> None:
        made.close()
        saved[name] = home / f"{name}.sqlite"
        shutil.copy(made.database, saved[name])

    making.populate(made)
    save("populated")
    made.inventory = making.hand_in(made, workbook)
    making.open_study(made, open_cn.identifier)
    save("opened")
    making.approve(made)
    save("approved")
    making.issue(made)
    making.screws(made)
    making.ledger(made)
    save("issued")
    return saved


@pytest.fixture(scope="session")
def reissued(
    tmp_path_factory: pytest.TempPathFactory,
    stages: dict[str, Path],
    open_cn,
    keys_folder: Path,
    workbook: bytes,
) -> Path:
    """A store in which the product has a second label, issued an hour after the first; made when first asked for."""
    home = tmp_path_factory.mktemp("reissued")
    shutil.copy(stages["issued"], home / "tanbiao.sqlite")
    made = making.open_world(home, open_cn.path.parent, keys_folder)
    making.meet(made)
    made.clock.on(3600)
    made.inventory = making.hand_in(made, workbook)
    making.open_study(made, open_cn.identifier)
    making.approve(made)
    making.issue(made)
    made.close()
    return made.database


@pytest.fixture(scope="session")
def met() -> dict[str, World]:
    """Who is there at each stage: the same in every copy, so looked up in the first one only."""
    return {}


@pytest.fixture
def at(
    stages: dict[str, Path],
    met: dict[str, World],
    tmp_path: Path,
    open_cn,
    keys_folder: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[[str], World]]:
    """``at("approved")``: a world of its own at that point of the journey; ``at("reissued")`` has two labels, the
    world's number is the first one's, and its clock stands at the issue of the second."""
    opened: list[World] = []

    def copy(stage: str) -> World:
        home = tmp_path / f"home-{len(opened)}"
        home.mkdir()
        later = stage == "reissued"
        stored = request.getfixturevalue("reissued") if later else stages[stage]
        shutil.copy(stored, home / "tanbiao.sqlite")
        world = making.open_world(home, open_cn.path.parent, keys_folder)
        world.clock.on(3600 if later else 0)
        if stage in met:
            making.meet_again(world, met[stage])
        else:
            making.meet(world)
            met[stage] = replace(
                world, organisations=dict(world.organisations), actors=dict(world.actors)
            )  # tests change their own
        opened.append(world)
        return world

    yield copy
    for world in opened:
        world.close()


@pytest.fixture
def background(at: Callable[[str], World], tmp_path: Path, open_cn) -> Callable[[str], World]:
    """``background("issued")``: as ``at``, with a root of its own in which releases may come and go."""

    def make(stage: str = "populated") -> World:
        return with_releases(at(stage), tmp_path / "releases", open_cn)

    return make


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates as they were compiled: no application needs to compile anew, nor does a parallel worker."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "templates"
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))
