"""SIGKILL at any point of an issue leaves the old state or the new one, and the next issue works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from certificates.log import checkpoint, merkle
from service.usecases import integrity, issuing, labels, studies, verification
from service.usecases.access import administrator
from tests.service import world as making
from tests.service.issue_and_stop import POINTS, ROADS, remembering
from tests.service.world import World

ROOT = Path(__file__).parents[2]
NEW = {"after the commit"}


@pytest.fixture(scope="module")
def forks() -> Iterator[subprocess.Popen[str]]:
    """The process of ``issue_and_stop``; one for all points."""
    command = [sys.executable, "-m", "tests.service.issue_and_stop"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    yield process
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def roads():
    """The roads of the one study there is, computed once: a store does not change what they give."""
    return remembering(issuing.assess_both_roads)


def kill_at(forks: subprocess.Popen[str], world: World, point: str) -> None:
    settings = world.services.settings
    environment = {
        f"TANBIAO_{name.upper()}": str(getattr(settings, name))
        for name in ("home", "releases", "keys", "base_url")
    }
    order = {
        "point": point,
        "study": world.study,
        "email": "signatory@demo.invalid",
        "environment": environment,
    }
    assert forks.stdin is not None
    assert forks.stdout is not None
    print(json.dumps(order), file=forks.stdin, flush=True)
    word, number = forks.stdout.readline().split()
    assert word == "stopped", "the child failed before the point"
    os.kill(int(number), signal.SIGKILL)
    assert forks.stdout.readline().split() == ["ended", str(signal.SIGKILL.value)]


@pytest.mark.parametrize("point", POINTS)
def test_killed_issue_leaves_old_or_new(at, forks, roads, point, monkeypatch):
    world = at("approved")
    kill_at(forks, world, point)
    if point != ROADS:
        monkeypatch.setattr(issuing, "assess_both_roads", roads)
    found = labels.list_(world["regulator"], world.services)
    assert [bool(found), status(world)] == ([True, "issued"] if point in NEW else [False, "approved"])
    consistent(world)
    if point in NEW:
        world.number = found[0].number
    else:
        making.issue(world)
        assert world.number[8:15] == "0000001", "the number of the killed issue is not lost"
    consistent(world)
    moment = world.services.clock()
    label = labels.get(world["exporter"], world.number, world.services)
    world.clock.time = max(moment, label.issued_at)
    report = verification.by_number(world.number, world.services)
    assert report and report.verdict == "valid"
    pdf = labels.document(world["exporter"], world.number, world.services)
    assert verification.by_file(pdf, world.services, number=world.number).verdict == "valid"
    assert labels.recompute(world["exporter"], world.number, world.services).equal


def status(world) -> str:
    return studies.get(world["practitioner"], world.study, world.services).study.status


def consistent(world) -> None:
    """Audit chain, log, labels; the signed root is the root of the nodes."""
    assert integrity.check(administrator("test"), world.services) == ()
    with world.services.uow() as unit:
        latest, size = unit.log.latest_checkpoint(), unit.log.size()
        assert size == len(unit.labels.list_()) + len(unit.standings.every())
        assert len(unit.standings.places()) == len(unit.labels.list_())
        if size:
            assert checkpoint.read(latest[1]).root == merkle.root(size, unit.log.node)
        else:
            assert latest is None
