"""SIGKILL during an import of many rows (``sizes``) leaves all of them or none, and the next try completes it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from certificates.ledger import links
from service.store.ledger_tables import ledger_entries, ledger_files, ledger_lots, ledger_positions
from service.usecases.ledger import importing
from tests.service.ledger.import_and_stop import POINTS
from tests.service.ledger.sizes import SIZES

ROOT = Path(__file__).parents[3]
ROWS = SIZES.rows
KILLED = str(signal.SIGKILL.value)
MOMENT = random.Random(8).uniform(0.0, SIZES.longest)
"""Seconds after the transaction has begun; what they hit depends on the machine, and must not matter."""


class Forks:
    """The process of ``import_and_stop``."""

    def __init__(self, world) -> None:
        settings = world.services.settings
        environment = {
            f"TANBIAO_{name.upper()}": str(getattr(settings, name))
            for name in ("home", "releases", "keys", "base_url")
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.service.ledger.import_and_stop"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.say({"environment": environment, "email": "exporter@demo.invalid", "rows": ROWS})
        self.import_id = self.hear("staged")

    def say(self, order: dict[str, object]) -> None:
        assert self._process.stdin is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)

    def hear(self, word: str) -> str:
        assert self._process.stdout is not None
        said = self._process.stdout.readline().split()
        assert said[:1] == [word], "the child failed before that"
        return said[1]

    def record(self, stop: str = "") -> int:
        """A child that records, and stops at a point: its number, once its transaction begins."""
        self.say({"stop": stop})
        return int(self.hear("recording"))

    def kill_after(self, seconds: float) -> None:
        child = self.record()
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        assert self.hear("ended") in (KILLED, "0")

    def kill_at(self, point: str) -> None:
        self.record(point)
        os.kill(int(self.hear("stopped")), signal.SIGKILL)
        assert self.hear("ended") == KILLED

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def world(at):
    return at("populated")


@pytest.fixture
def forks(world):
    made = Forks(world)
    yield made
    made.close()


def rows(world) -> set[int]:
    """How many entries, lots and positions there are: one number where the three agree."""
    with world.services.uow.engine.connect() as connection:
        return {
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (ledger_entries, ledger_lots, ledger_positions)
        }


def evidence(world) -> int:
    with world.services.uow.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(ledger_files)).scalar_one()


def test_killed_import_leaves_all_or_none(world, forks):
    for point in POINTS:
        forks.kill_at(point)
        assert (rows(world), evidence(world)) == ({0}, 0), point
    forks.kill_after(MOMENT)
    assert (rows(world), evidence(world)) in (({0}, 0), ({ROWS}, 1))
    if rows(world) == {0}:  # else the machine was so quick that the killed child had done it all
        forks.record()
        assert forks.hear("ended") == "0"
    assert (rows(world), evidence(world)) == ({ROWS}, 1)
    consistent(world, forks.import_id)


def consistent(world, import_id) -> None:
    """The chain holds from the first entry, nothing is missing at its end, and the import says what is there."""
    with world.services.uow() as unit:
        last, link = unit.ledger.head()
        chain = (
            links.Linked(one.sequence, one.at.isoformat(), one.person_id, one.content, one.link)
            for one in unit.ledger.stream()
        )
        assert links.first_broken(chain) is None
    result = importing.get(world["exporter"], import_id, world.services).result
    assert (result["first"], result["last"], result["link"]) == (1, last, link)
    assert result["counts"]["new"] == last == ROWS
