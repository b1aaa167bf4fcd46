"""``tanbiao ledger import``: told first, recorded when asked, and nothing of a bad row."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from service.cli import group
from tests.certificates.ledger.registries.exports import VERRA, as_csv, vcu


@pytest.fixture
def run(at, monkeypatch, tmp_path):
    world = at("populated")
    monkeypatch.setenv("TANBIAO_DATABASE_URL", world.services.settings.database_url)
    monkeypatch.setenv("TANBIAO_HOME", str(world.services.settings.home))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    file = tmp_path / "vcus.csv"

    def invoke(rows, *options: str, code: int = 0) -> str:
        file.write_bytes(as_csv(VERRA, rows))
        arguments = ["ledger", "import", str(file), "--as", "exporter@demo.invalid", *options]
        result = CliRunner().invoke(group, arguments)
        assert result.exit_code == code, result.output
        return result.output

    return invoke


def test_told_then_recorded_then_known(run):
    rows = [vcu(), vcu(2000, quantity="99")]
    told = run(rows, "--dry-run", "--registry", "verra")
    assert "K3" in told and "serial-quantity-differs" in told
    assert told.splitlines()[-1] == "1 new, 0 known, 0 conflict, 1 rejected"
    assert run(rows).splitlines()[1].startswith("entries 1 to 1, link ")
    assert run(rows) == "0 new, 1 known, 0 conflict, 1 rejected\n"


def test_what_is_stated_for_the_whole_file(run):
    silent = [vcu(retired=("2026-03-05", "", "", ""))]
    stated = ("--beneficiary", "演示铝业有限公司", "--acquired-on", "2026-01-05")
    result = json.loads(run(silent, *stated, "--json"))
    assert (result["counts"]["new"], result["last"]) == (1, 2)


def test_every_row_as_json(run):
    (row,) = json.loads(run([vcu()], "--dry-run", "--json"))
    assert (row["outcome"], row["sheet"], row["row"]) == ("new", "CSV", "2")


def test_a_file_that_is_no_table_is_refused_with_the_reason(run):
    assert "table-empty" not in run([], code=1)
    assert "no rows below its header" in run([], code=1)
