"""``tanbiao claim``: how a claim stands, and the sweep that a timer runs."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from service.cli import group
from tests.service.claims import making


@pytest.fixture
def issued(claimed, monkeypatch):
    """An issued claim, and a way to run commands on its store."""
    made = claimed("issued")
    settings = made.world.services.settings
    for name in ("home", "releases", "keys", "base_url"):
        monkeypatch.setenv(f"TANBIAO_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return made


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(group, ["claim", *arguments])
    return result.exit_code, result.output


def test_a_claim_stands_until_its_retirement_falls(issued):
    day = ("--on", issued.world.clock().date().isoformat())
    assert run("standing", issued.number, *day) == (0, "in-force\n")
    making.reverse(issued.world, issued.position)
    code, told = run("standing", issued.number, *day)
    assert code == 1
    assert told.startswith("frozen\n")
    assert len(told.splitlines()) > 1


def test_a_number_that_was_never_issued(issued):
    code, told = run("standing", "TC-2026-0000009-X")
    assert code != 0
    assert "[not-found]" in told


def test_the_sweep_notes_what_only_time_changed(issued):
    code, told = run("sweep")
    assert code == 0
    assert told in ("", f"{issued.number} expired: ") or told.startswith(f"{issued.number} ")
    assert run("sweep") == (0, "")
