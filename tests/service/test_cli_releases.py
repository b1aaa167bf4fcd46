"""``tanbiao release``: from a source to a release, its report, its licence, its successor and its end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from databases import build
from service.cli import group
from service.cli.release_rights import share
from tests.service import background as making
from tests.service.test_release_updates import largest
from tests.service.world import LICENSED


@pytest.fixture
def shell(monkeypatch, background):
    """``run("release", "list", …)`` in a world with releases of its own."""

    def enter(stage: str = "populated"):
        world = background(stage)
        settings = world.services.settings
        for name in ("home", "releases", "keys", "base_url"):
            monkeypatch.setenv(f"TANBIAO_{name.upper()}", str(getattr(settings, name)))
        monkeypatch.setenv("LANG", "en_GB.UTF-8")
        monkeypatch.delenv("LC_ALL", raising=False)

        def run(*arguments: str, code: int = 0) -> str:
            result = CliRunner().invoke(group, ["release", *arguments])
            assert result.exit_code == code, result.output
            return result.output.strip()

        return world, run

    return enter


@pytest.fixture
def built(monkeypatch, open_cn):
    calls = []

    def import_release(root, source, head, options, *, mapping=None, progress=None):
        calls.append((source, head, options, mapping))
        progress("linking", 0.5)
        return making.clone(open_cn, root, head.name, head.version, restricted=head.restricted, report=True)

    monkeypatch.setattr(build, "import_release", import_release)
    return calls


HEAD = ["--name", "uslci", "--version", "2020.4", "--licence", "CC0 1.0"]


def test_a_folder_becomes_a_release_and_its_report_is_read(shell, built, tmp_path):
    world, run = shell()
    source, xlsx, mapping = tmp_path / "folder", tmp_path / "report.xlsx", tmp_path / "mapping.xlsx"
    source.mkdir()
    choices = ["--allocation", "mass", "--providers", "strict", "--methods", "all", "--title", "USLCI"]
    said = run("build", str(source), *HEAD, *choices)
    assert said.splitlines()[0] == f"uslci-2020.4  {world.services.releases.open('uslci-2020.4').digest}"
    assert "2 inputs unlinked" in said
    path, head, options, _ = built[0]
    assert (path, head.title, head.restricted) == (source, "USLCI", False)
    assert (options.allocation, options.providers, options.methods) == ("mass", "strict", "all")
    assert "uslci-2020.4" in run("list")
    assert "unlinked" in run("report", "uslci-2020.4")
    assert json.loads(run("report", "uslci-2020.4", "--json"))["counts"]["unlinked"] == 2
    run("report", "uslci-2020.4", "--xlsx", str(xlsx), "--mapping", str(mapping))
    assert xlsx.read_bytes()[:2] == mapping.read_bytes()[:2] == b"PK"
    assert "exists already" in run("report", "uslci-2020.4", "--xlsx", str(xlsx), code=1)


def test_ecoinvent_is_restricted_and_its_password_stays_out_of_sight(shell, built, monkeypatch):
    _, run = shell()
    monkeypatch.setenv("EI_USERNAME", "somebody")
    monkeypatch.setenv("EI_PASSWORD", "s3cret")
    said = run("ecoinvent", "3.11", "--system-model", "cutoff")
    source, head, _, _ = built[0]
    assert (source.version, source.system_model, source.password) == ("3.11", "cutoff", "s3cret")
    assert (head.identifier, head.restricted) == ("ecoinvent-cutoff-3.11", True)
    assert "s3cret" not in said + repr(source)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["build", "SOURCE"], 2, "--name, --licence"),
        (["build", "SOURCE", *HEAD[2:], "--name", "open-cn"], 1, "[release-name-reserved]"),
        (["build", "SOURCE", *HEAD[2:], "--name", "A B"], 1, "[invalid-input]"),
        (["build", "nothing-here", *HEAD], 2, "does not exist"),
        (["build", "SOURCE", *HEAD, "--allocation", "luck"], 2, "Invalid value"),
        (["report", "nothing-1"], 1, "[release-unavailable]"),
        (["remove", "nothing-1", "--yes"], 1, "[release-unavailable]"),
        (["install", "SOURCE"], 1, "[source-not-read]"),
        (["verify", "nothing-1"], 1, "[release-unavailable]"),
        (["grant", "data", "nobody", "--evidence", "x"], 1, "[not-found]"),
        (["withdraw", "data", "I-2", "--reason", "x"], 1, "[not-found]"),
        (["impact", "nothing-1", "nothing-2"], 1, "[release-unavailable]"),
        (["impact", "nothing-1", "nothing-2", "--threshold", "much"], 2, "neither a percentage"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(shell, tmp_path, arguments, code, says):
    _, run = shell()
    source = tmp_path / "source.zip"
    source.write_bytes(b"nothing")
    said = run(*[str(source) if one == "SOURCE" else one for one in arguments], code=code)
    assert says in said
    assert "Traceback" not in said


def test_licences_are_granted_withdrawn_and_listed(shell):
    world, run = shell()
    assert "granted to" in run("grant", "own-data", "I-2", "--evidence", "contract 3")
    assert "withdrawn from" in run("withdraw", "own-data", "I-2", "--reason", "ended")
    events = json.loads(run("licences", "own-data", "--json"))
    assert [(e["event"], e["evidence"]) for e in events] == [
        ("granted", "contract 3"),
        ("withdrawn", "ended"),
    ]
    assert {e["organisation"] for e in events} == {world.organisations["rival"]}
    assert LICENSED in run("licences")


def test_out_and_in_again(shell, open_cn, tmp_path):
    world, run = shell()
    making.clone(open_cn, world.services.settings.releases, "own-data", "1")
    target = tmp_path / "own.tanbiao-release"
    assert run("export", "own-data-1", str(target)) == str(target)
    assert "[invalid-input]" in run("export", "own-data-1", str(target), code=1)
    assert run("remove", "own-data-1", "--yes") == "own-data-1: removed"
    assert run("install", str(target)).startswith("own-data-1  ")
    assert "intact" in run("verify", "own-data-1")


def test_an_update_shows_what_changes(shell, open_cn):
    world, run = shell("issued")
    code = largest(world)
    making.clone(open_cn, world.services.settings.releases, "open-cn", "2030.1", scale={code: 2.0})
    rows = json.loads(run("impact", open_cn.identifier, "open-cn-2030.1", "--threshold", "5%", "--json"))
    assert {(row["kind"], row["object"]) for row in rows} == {("label", world.number), ("dataset", code)}
    assert "[release-in-use]" in run("remove", "open-cn-2030.1", "--yes", code=1)


@pytest.mark.parametrize(("text", "value"), [("5%", 0.05), (" 12.5 %", 0.125), ("0.1", 0.1), ("0", 0.0)])
def test_a_threshold_is_a_percentage_or_a_share(text, value):
    assert share(text) == pytest.approx(value)


def test_the_factor_workbook_is_there_to_fill_in(shell, tmp_path):
    _, run = shell()
    target = tmp_path / "factors.xlsx"
    assert run("template", str(target)) == str(target)
    assert Path(target).read_bytes()[:2] == b"PK"
    assert "exists already" in run("template", str(target), code=1)


def test_a_damaged_release_is_listed_with_what_to_do_and_removed(shell, open_cn):
    world, run = shell()
    broken = making.clone(open_cn, world.services.settings.releases, "broken", "1").path
    (broken / "manifest.json").write_text(json.dumps({"format": "tanbiao-release/1"}))
    listed = run("list")
    assert open_cn.identifier in listed
    assert "Release broken-1 is not available" in listed and "install the release again" in listed
    assert "broken-1" in run("remove", "broken-1", "--yes")
    assert "broken-1" not in run("list")
