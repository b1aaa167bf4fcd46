"""The site over a world at some point of the journey, and a client for everybody in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache

from service.app import create_app
from service.usecases import accounts
from tests.service import world as making
from tests.service.world import World


@dataclass
class Site:
    """An application and the people who may use it."""

    app: Flask
    world: World

    def client(self, name: str = "", language: str = "en") -> FlaskClient:
        """A browser, signed in as ``name`` (nobody when empty)."""
        client = self.app.test_client()
        client.set_cookie("tanbiao_lang", language)
        if name:
            with client.session_transaction() as session:
                session["_user_id"] = self.world[name].person_id
                person = accounts.profile(self.world[name], self.world.services).person
                session["_epoch"] = person.session_epoch
        return client


class Applications:
    """One application for each address, made once: a test gets it over its own world, as it was when it was made."""

    def __init__(self, compiled: BytecodeCache) -> None:
        self._compiled = compiled
        self._made: dict[str, tuple[Flask, dict[str, Any]]] = {}

    def over(self, world: World, base_url: str = "http://localhost", *, csrf: bool = False) -> Flask:
        settings = replace(world.services.settings, base_url=base_url)
        services = replace(world.services, settings=settings)
        if base_url not in self._made:
            app = create_app(settings, services=services, testing=True)
            app.jinja_env.bytecode_cache = self._compiled
            self._made[base_url] = app, dict(app.config)
        app, config = self._made[base_url]
        app.config.clear()
        app.config.update(config | {"WTF_CSRF_ENABLED": csrf})
        app.extensions["tanbiao.services"] = services
        app.extensions["tanbiao.limiter"].reset()
        return app


@pytest.fixture(scope="session")
def applications(compiled: BytecodeCache) -> Applications:
    return Applications(compiled)


@pytest.fixture(scope="module")
def shared_site(
    stages: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    open_cn,
    keys_folder: Path,
    compiled: BytecodeCache,
) -> Iterator[Site]:
    """One site at ``populated`` for all tests of a module, whose records do not get in each other's way."""
    home = tmp_path_factory.mktemp("shared")
    shutil.copy(stages["populated"], home / "tanbiao.sqlite")
    world = making.open_world(home, open_cn.path.parent, keys_folder)
    making.meet(world)
    yield Site(Applications(compiled).over(world), world)
    world.close()


@pytest.fixture
def site(at: Callable[[str], World], applications: Applications) -> Callable[..., Site]:
    """``site("issued")``; CSRF is off unless asked for, the tests of CSRF ask."""

    def make(stage: str = "issued", *, csrf: bool = False, base_url: str = "http://localhost") -> Site:
        world = at(stage)
        return Site(applications.over(world, base_url, csrf=csrf), world)

    return make
