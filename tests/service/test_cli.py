"""The command line: every command has an example, every command works, a refusal is a sentence."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from service.cli import group
from service.cli.processes import supervise
from service.store import schema
from tests.service import world as making

ROOT = Path(__file__).parents[2]
AS = {name: ["--as", f"{name}@demo.invalid"] for name in making.PEOPLE}


def commands(parent: click.Group, path: tuple[str, ...] = ()) -> dict[str, click.Command]:
    found = {}
    for name, one in parent.commands.items():
        found[" ".join((*path, name))] = one
        if isinstance(one, click.Group):
            found |= commands(one, (*path, name))
    return found


@pytest.mark.parametrize("name", commands(group))
def test_every_command_has_an_example_that_names_it(name):
    shown = CliRunner().invoke(group, [*name.split(), "--help"])
    assert shown.exit_code == 0
    _, found, example = shown.output.partition("Example:\n")
    assert found
    assert f"tanbiao {name}" in " ".join(example.split())
    assert commands(group)[name].help


def test_the_promised_commands_are_there():
    promised = {
        "demo serve release study label ledger claim verify db account",
        "release:build ecoinvent list search report verify template export install remove",
        "release:grant withdraw licences impact",
        "study:template hand-in open link confirm assess show submit review",
        "label:issue list show export recompute",
        "ledger:verify holdings export import",
        "claim:standing sweep",
        "status:show suspend lift revoke supersede publish",
        "keys:generate list rotate retire passphrase compromise accreditation fingerprint trust did",
        "db:upgrade check backup",
    }
    found = set(commands(group))
    for line in promised:
        parent, _, names = line.rpartition(":")
        assert {f"{parent} {name}".strip() for name in names.split()} <= found


@pytest.fixture
def shell(monkeypatch, at):
    """``run("study", "list", …)`` in a world: exit code, output; standard error is in the output."""

    def enter(stage: str):
        world = at(stage)
        settings = world.services.settings
        for name in ("home", "releases", "keys", "base_url"):
            monkeypatch.setenv(f"TANBIAO_{name.upper()}", str(getattr(settings, name)))
        monkeypatch.setenv("LANG", "en_GB.UTF-8")
        monkeypatch.delenv("LC_ALL", raising=False)

        def run(*arguments: str, code: int = 0) -> str:
            result = CliRunner().invoke(group, list(arguments))
            assert result.exit_code == code, result.output
            return result.output.strip()

        return world, run

    return enter


def test_the_journey_by_hand(shell, open_cn, tmp_path):
    _, run = shell("populated")
    book, pdf = str(tmp_path / "清单.xlsx"), tmp_path / "label.pdf"
    assert run("study", "template", book, "--example") == book
    handed = run("study", "hand-in", book, "--institution", "I-1", *AS["exporter"])
    inventory = handed.splitlines()[-1]
    assert inventory in run("study", "inventories", *AS["practitioner"])
    opened = ["--release", open_cn.identifier, "--gwp-set", "AR5"]
    study = run("study", "open", inventory, *opened, *AS["practitioner"])
    links = json.loads(run("study", "link", study, "--json", *AS["practitioner"]))
    first = links[0]
    chosen = ["--key", first["key"], "--dataset", first["dataset"], "--reason", "same alloy"]
    assert "practitioner" in run("study", "link", study, *chosen, *AS["practitioner"])
    total = next(
        line
        for line in run("study", "assess", study, *AS["practitioner"]).splitlines()
        if line.endswith("kgCO2e")
    )
    assert run("study", "submit", study, *AS["practitioner"]) == "in-review"
    assert run("study", "review", study, "--approve", *AS["reviewer"]).startswith("approved ")
    number = run("label", "issue", study, *AS["signatory"])
    assert json.loads(run("label", "list", "--json", *AS["regulator"]))[0]["number"] == number
    assert (
        f"{json.loads(run('label', 'show', number, *AS['exporter']))['footprint']['total']} kgCO2e" == total
    )
    assert number in run("study", "show", study, *AS["exporter"])
    run("label", "export", number, str(pdf), *AS["exporter"])
    assert run("verify", str(pdf)).startswith("Valid")
    assert run("label", "recompute", number).endswith("equal")
    assert json.loads(run("label", "recompute", number, "--json")) == []
    assert run("db", "check") == "intact"


def test_a_workbook_with_errors_lists_them_and_fails(shell, tmp_path):
    _, run = shell("populated")
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"nothing")
    said = run("study", "hand-in", str(bad), "--institution", "I-1", *AS["exporter"], code=1)
    assert "ERROR" in said
    assert "Nothing was stored" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("label issue STUDY --as practitioner@demo.invalid", "not-allowed"),
        ("label issue STUDY --as rival-signatory@demo.invalid", "not-found"),
        ("label issue STUDY --as nobody@demo.invalid", "not-found"),
        ("study review STUDY --approve --as reviewer@demo.invalid", "wrong-state"),
        ("study show 0000 --as reviewer@demo.invalid", "not-found"),
        ("label recompute TB-2026-0000001-K", "not-found"),
        ("release verify nothing-2020.1", "release-unavailable"),
        (
            "account person --organisation nobody --email a@b --name n --role exporter --password 123456789012",
            "not-found",
        ),
        ("account organisation --kind exporter --zh 演 --en D --code X-1", "invalid-input"),
    ],
)
def test_a_refusal_is_a_sentence_with_its_code(shell, arguments, code):
    world, run = shell("approved")
    said = run(*arguments.replace("STUDY", world.study).split(), code=1)
    assert said.startswith("Error: ")
    assert f"[{code}]" in said
    assert "Traceback" not in said


def test_export_forms_and_no_overwriting(shell, tmp_path):
    world, run = shell("issued")
    for form in ("pdf", "bundle", "jwt"):
        target = tmp_path / f"label.{form}"
        run("label", "export", world.number, str(target), "--format", form, *AS["exporter"])
        assert target.stat().st_size > 1000
        run("label", "export", world.number, str(target), "--format", form, *AS["exporter"], code=1)
    assert run("verify", str(tmp_path / "label.bundle")).startswith("Valid")
    changed = bytearray((tmp_path / "label.pdf").read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "changed.pdf").write_bytes(changed)
    assert not run("verify", str(tmp_path / "changed.pdf"), code=1).startswith("Valid")


def test_recompute_fails_with_the_differences(shell):
    from tests.service.test_labels import tamper

    world, run = shell("issued")
    tamper(world, "UPDATE inventories SET content = json_set(content, '$.lines[0].amount', '630001')")
    assert "store.inventory.lines[0].amount" in run("label", "recompute", world.number, code=1)
    assert "1 problems" in run("db", "check", code=1)


def test_releases_and_accounts(shell, open_cn):
    _, run = shell("populated")
    assert json.loads(run("release", "list", "--json"))[0]["digest"] == open_cn.digest
    assert open_cn.digest in run("release", "verify", open_cn.identifier)
    assert json.loads(run("release", "search", open_cn.identifier, "铝", "--json"))
    run("account", "organisation", "--kind", "exporter", "--zh", "演示", "--en", "Demo", "--code", "N-1")
    run(
        "account",
        "person",
        "--organisation",
        "N-1",
        "--email",
        "n@demo.invalid",
        "--name",
        "n",
        "--role",
        "exporter",
        "--password",
        "twelve letters",
    )
    assert "N-1" in run("account", "list")


def test_backup_and_upgrade(shell, tmp_path):
    _, run = shell("issued")
    target = tmp_path / "copy.sqlite"
    run("db", "backup", str(target))
    assert target.stat().st_size > 0
    run("db", "backup", str(target), code=1)
    assert run("db", "upgrade") == schema.newest()


def test_wrong_settings_end_the_command_with_a_sentence(shell, monkeypatch):
    _, run = shell("populated")
    monkeypatch.setenv("TANBIAO_PORT", "eighty")
    assert "TANBIAO_PORT is a whole number" in run("db", "check", code=1)


def test_demo_runs_twice_and_leaves_its_files(shell, tmp_path, monkeypatch, open_cn):
    _, run = shell("populated")
    home = tmp_path / "demo-home"
    monkeypatch.setenv("TANBIAO_HOME", str(home))
    monkeypatch.setenv("TANBIAO_KEYS", str(home / "keys"))
    first, second = run("demo"), run("demo")
    assert "0000001" in first
    assert "0000002" in second
    assert "Valid" in second
    assert "TC-" in first
    assert first.partition("Claim TC-")[2][:14] == second.partition("Claim TC-")[2][:14]
    names = {path.name for path in (home / "demo").iterdir()}
    assert names == {
        "workbook.xlsx",
        "label.pdf",
        "label.json",
        "credential.jwt",
        "trust.json",
        "assessment.json",
        "verification.txt",
        "accounts.txt",
        "cbam.xlsx",
        "credits.csv",
        "certificates.csv",
        "ledger.txt",
        "claim.pdf",
        "cbam-summary.pdf",
    }
    accounts = home / "demo" / "accounts.txt"
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
    assert len(accounts.read_text(encoding="utf-8").splitlines()) == 5


@pytest.mark.parametrize(("server", "ending"), [("granian", signal.SIGTERM), ("waitress", signal.SIGINT)])
def test_serve_answers_and_stops_cleanly(shell, server, ending):
    """A real server and a real worker in their own processes; SIGTERM or Ctrl-C ends both."""
    world, _ = shell("issued")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"TANBIAO_PORT": str(port), "TANBIAO_BASE_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "service.cli", "serve", "--server", server]
    child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        assert world.number in fetch(f"http://127.0.0.1:{port}/v/{world.number}")
        below = children(child.pid)
        assert len(below) == 2
        child.send_signal(ending)
        assert child.wait(30) == 0
        assert [pid for pid in below if Path(f"/proc/{pid}").exists()] == []
    finally:
        child.kill()
        child.wait()


def fetch(url: str) -> str:
    import time

    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} never answered")


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_supervisor_stops_the_others_when_one_ends():
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    assert supervise([sleeper, [sys.executable, "-c", "raise SystemExit(3)"]]) == 1


def test_suggestions_are_confirmed_by_hand(shell, open_cn, workbook):
    from tests.service.test_link_memory import bare

    world, run = shell("populated")
    world.inventory = making.hand_in(world, bare(workbook))
    study = making.open_study(world, open_cn.identifier)

    def origins() -> list[str]:
        listed = json.loads(run("study", "link", study, "--json", *AS["practitioner"]))
        return [line["origin"] for line in listed]

    count = origins().count("auto")
    assert count > 3
    first = run("study", "confirm", study, "--key", "M1", "--reason", "checked", *AS["practitioner"])
    assert first == "M1 al-primary-glo-2022"
    assert origins().count("auto") == count - 1
    assert len(run("study", "confirm", study, "--all", *AS["practitioner"]).splitlines()) == count - 1
    assert "auto" not in origins()
    assert "[invalid-input]" in run("study", "confirm", study, "--all", *AS["practitioner"], code=1)
    assert "[nothing-to-confirm]" in run(
        "study", "confirm", study, "--key", "M1", *AS["practitioner"], code=1
    )
