"""``tanbiao status``: every change by command, and the lists."""

from __future__ import annotations

import json
from functools import partial

import pytest
from click.testing import CliRunner

from service.app import build_services
from service.cli import group
from tests.service import world as making

REASON = ["--reason", "Meter records are in doubt"]


@pytest.fixture
def run(at, monkeypatch):
    """A command over a world with two labels."""
    world = at("reissued")
    settings = world.services.settings
    for name in ("home", "keys", "releases", "secret_key", "base_url"):
        monkeypatch.setenv(f"TANBIAO_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setattr("service.app.build_services", partial(build_services, now=world.clock))

    def invoke(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(group, ["status", *words])
        assert result.exit_code == code, result.output
        return result.output

    invoke.world = world
    return invoke


def by(name: str) -> list[str]:
    return ["--as", f"{name}@demo.invalid"]


def test_suspend_lift_revoke(run):
    number = run.world.number
    assert f"{number} suspended" in run("suspend", number, *REASON, *by("signatory"))
    assert "suspended" in run("show", number, code=1)
    assert "[suspended-by-others]" in run("lift", number, *REASON, *by("regulator"), code=1)
    assert f"{number} active" in run("lift", number, *REASON, *by("signatory"))
    run("show", number)
    assert f"{number} revoked" in run("revoke", number, *REASON, *by("regulator"))
    assert "[standing-final]" in run("lift", number, *REASON, *by("regulator"), code=1)
    told = json.loads(run("show", number, "--json", *by("exporter"), code=1))
    assert [one["state"] for one in told] == ["active", "suspended", "active", "revoked"]
    assert told[-1]["by"] == "Demo Authority"


def test_supersede_names_the_newer_label(run):
    newer = sorted(
        making.labels.list_(run.world["regulator"], run.world.services), key=lambda one: one.number
    )[1]
    number = run.world.number
    assert f"{number} superseded" in run("supersede", number, "--by", newer.number, *REASON, *by("signatory"))
    assert newer.number in run("show", number, code=1)


def test_a_reason_is_needed(run):
    assert "--reason" in run("suspend", run.world.number, *by("signatory"), code=2)
    assert "10 to 2000 characters" in run(
        "suspend", run.world.number, "--reason", "short", *by("signatory"), code=1
    )


def test_publish(run):
    assert "Nothing to publish" in run("publish")
    run.world.clock.on(86_400)
    assert run("publish").splitlines()[0].startswith("1/suspension ")
