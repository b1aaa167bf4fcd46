"""``tanbiao check``, ``tanbiao pack`` and ``tanbiao evidence``."""

from __future__ import annotations

import json
from functools import partial

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from certificates import labelnumber, pack
from certificates.keys import trust
from service import app
from service.cli import group
from service.usecases import labels

OFFICER = ("--as", "regulator@demo.invalid")


@pytest.fixture
def run(desk, monkeypatch, tmp_path):
    monkeypatch.setenv("TANBIAO_DATABASE_URL", desk.services.settings.database_url)
    monkeypatch.setenv("TANBIAO_HOME", str(desk.services.settings.home))
    monkeypatch.setenv("TANBIAO_KEYS", str(desk.services.settings.keys))
    monkeypatch.setenv("TANBIAO_BASE_URL", desk.services.settings.base_url)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setattr(app, "build_services", partial(app.build_services, now=desk.world.clock))
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(group, list(words))
        assert result.exit_code == code, result.output
        return result.stdout

    return invoke


def test_a_list_is_checked_at_once_and_written(run, desk, tmp_path):
    (tmp_path / "list.csv").write_text(f"number\n{desk.number}\n{labelnumber.make(2026, 77)}\n", "utf-8")
    told = run("check", "list.csv", *OFFICER, "-o", "out.xlsx", code=1)
    assert "no such number" in told and "2: 1 valid, 1 no such number" in told
    sheet = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert [sheet.cell(row, 4).value for row in (2, 3)] == ["valid", "unknown-number"]
    whole = json.loads(run("check", "list.csv", "--json", code=1))
    assert [one["verdict"] for one in whole["items"]] == ["valid", "unknown-number"]


def test_a_folder_of_files_is_checked(run, desk, tmp_path):
    folder = tmp_path / "goods"
    (folder / "deep").mkdir(parents=True)
    bundle = labels.bundle(desk["regulator"], desk.number, desk.services)
    (folder / "deep" / "a.json").write_bytes(bundle)
    (folder / ".hidden").write_bytes(b"x")
    assert "1: 1 valid" in run("check", "goods", *OFFICER)


def test_a_past_day_is_asked_about(run, desk, tmp_path):
    (tmp_path / "list.csv").write_text(desk.number, "utf-8")
    assert "1: 1 not valid yet" in run("check", "list.csv", "--at", "2026-11-01", code=1)
    run("check", "list.csv", "--at", "soon", code=1)
    run("check", "list.csv", "-o", "out.txt", code=2)


def test_a_pack_is_made_and_listed(run, desk, tmp_path):
    run("pack", "make", "labels.pack", *OFFICER, "--days", "3")
    data = (tmp_path / "labels.pack").read_bytes()
    trusted = trust.read(desk.services.keys.trust())
    found = pack.read(data, trusted, desk.services.clock())
    assert (found.expires_at - found.made_at).days == 3
    assert len(json.loads(run("pack", "list", *OFFICER, "--json"))) == 1
    run("pack", "make", "labels.pack", *OFFICER, code=1)


def test_evidence_is_asked_for_answered_and_taken(run, desk, tmp_path):
    key = run("evidence", "ask", desk.number, *OFFICER, "--purpose", "a sample").strip()
    run("evidence", "take", key, "workbook", "seen.xlsx", *OFFICER, code=1)
    assert not (tmp_path / "seen.xlsx").exists()
    run("evidence", "answer", key, "granted", "--until", "2026-12-01", "--as", "exporter@demo.invalid")
    run("evidence", "take", key, "workbook", "seen.xlsx", *OFFICER)
    assert (tmp_path / "seen.xlsx").read_bytes()[:2] == b"PK"
    (row,) = json.loads(run("evidence", "list", "--as", "exporter@demo.invalid", "--json"))
    assert (row["label"], row["state"], row["times seen"]) == (desk.number, "open", "1")
