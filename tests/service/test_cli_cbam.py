"""``tanbiao cbam`` on the command line: without a store, on the user's own files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lca.cbam.workbook import write
from service.cli import group
from tests.lca.cbam.making import monitoring

SHARED = Path(__file__).parents[3] / "shared"
EXAMPLES = sorted((SHARED / "data" / "cbam" / "examples").glob("*.xlsx"))


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("TANBIAO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)

    def invoke(*arguments: object, code: int = 0) -> str:
        result = CliRunner().invoke(group, ["cbam", *map(str, arguments)])
        assert result.exit_code == code, result.output
        return result.output.strip()

    return invoke


@pytest.fixture
def book(tmp_path) -> Path:
    path = tmp_path / "monitoring.xlsx"
    path.write_bytes(write(monitoring(), "en"))
    return path


def test_goods_and_default_values(run, tmp_path):
    listed = json.loads(run("goods", "7318", "15", "--json"))
    assert "73181595" in {one["cn"] for one in listed}
    assert "Error" in run("goods", "nothing", "like", "it", code=1)
    said = run("default", "7318159590", "--country", "CN", "--year", "2026")
    assert "5.6826" in said
    assert json.loads(run("default", "73181595", "--country", "CN", "--json"))["good"]["cn"] == "73181595"
    rows = list(csv.DictReader(io.StringIO(run("table", "--country", "CN", "--year", "2026", "--csv"))))
    assert len(rows) > 560
    (screws,) = [row for row in rows if row["cn"] == "73181595"]
    assert screws["see"] == "7.0125"
    assert len(json.loads(run("table", "--country", "CN", "--year", "2028", "--json"))) == len(rows)
    assert not (tmp_path / "home").exists(), "nothing is stored"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("default 12345678 --country CN", "not-in-cbam-scope"),
        ("default 25231000 --country CN", "default-variant-needed"),
        ("default 73181595 --country QQ", "invalid-input"),
        ("table --country CN --year 2025", "invalid-input"),
        ("tables template none -o FILE", "not-found"),
        ("tables preview BAD --published 2026-08-06", "tables-not-imported"),
        ("tables import BAD --published 2026-08-06", "tables-not-imported"),
        ("calculate BAD", "gate-closed"),
        ("report BAD --kind plan -o FILE", "gate-closed"),
        ("fill BAD BOOK -o FILE", "gate-closed"),
    ],
)
def test_a_refusal_is_a_sentence_with_its_code(run, tmp_path, book, arguments, code):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"nothing")
    words = {"BAD": bad, "FILE": tmp_path / "new.xlsx", "BOOK": book}
    said = run(*(words.get(word, word) for word in arguments.split()), code=1)
    assert f"[{code}]" in said
    assert "Traceback" not in said
    assert not (tmp_path / "new.xlsx").exists()


def test_a_workbook_is_calculated_and_drawn(run, book, tmp_path):
    said = run("calculate", book)
    assert "73181595" in said
    mixed = json.loads(run("calculate", book, "--path", "mixed", "--json"))
    assert mixed["done"]["path"] == "mixed"
    for kind in ("operator", "summary", "plan", "verification"):
        target = tmp_path / f"{kind}.xlsx"
        run("report", book, "--kind", kind, "--language", "en", "--format", "xlsx", "-o", target)
        assert target.stat().st_size > 1000
        run("report", book, "--kind", kind, "--format", "xlsx", "-o", target, code=1)
    chinese = tmp_path / "chinese.xlsx"
    run("template", "--example", "-o", chinese, "--language", "zh")
    for language, told in (("en", True), ("zh", False)):
        target = tmp_path / f"{language}.xlsx"
        drawing = ("--kind", "summary", "--language", language, "--format", "xlsx", "-o", target)
        assert ("another script" in run("report", chinese, *drawing)) == told
    template = tmp_path / "template.xlsx"
    run("template", "-o", template, "--language", "en")
    assert "[gate-closed]" in run("calculate", template, code=1)


@pytest.mark.skipif(not EXAMPLES, reason="the Commission's examples are not there")
def test_the_commissions_examples_give_their_own_figures(run):
    for example in EXAMPLES:
        found = json.loads(run("calculate", example, "--json"))
        assert found["compared"] > 20
        assert found["differences"] == []
    assert "figures of the workbook compared, 0 differ" in run("calculate", EXAMPLES[0])


@pytest.mark.skipif(not EXAMPLES, reason="the Commission's examples are not there")
def test_the_commissions_workbook_is_filled(run, book, tmp_path):
    template = next((SHARED / "data" / "cbam").rglob("*emplate*.xlsx"), EXAMPLES[0])
    target = tmp_path / "filled.xlsx"
    run("fill", template, book, "-o", target)
    filled = json.loads(run("calculate", target, "--json"))
    ours = json.loads(run("calculate", book, "--json"))
    assert filled["done"]["totals"]["direct_t"] == pytest.approx(ours["done"]["totals"]["direct_t"])


def test_tables_are_listed_previewed_and_imported(run, tmp_path):
    from openpyxl import load_workbook

    form = tmp_path / "prices.xlsx"
    run("tables", "template", "prices", "-o", form, "--language", "en")
    book = load_workbook(form)
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    last = [cell.value for cell in sheet[sheet.max_row]]
    new = {"quarter": None, "week": "52", "price": "81.5"}
    sheet.append([new.get(name, value) for name, value in zip(head, last, strict=True)])
    book.save(form)
    assert "1 added" in run("tables", "preview", form, "--published", "2026-08-06")
    name = run("tables", "import", form, "--published", "2026-08-06").splitlines()[-1]
    editions = {one["table"]: one["edition"] for one in json.loads(run("tables", "list", "--json"))}
    assert editions["prices"] == name
    assert editions["benchmarks"] == "packaged"
    assert run("tables", "withdraw", name).strip() == name
    assert {one["edition"] for one in json.loads(run("tables", "list", "--json"))} == {"packaged"}
    assert name in run("tables", "import", form, "--published", "2026-08-06"), "it can be imported again"
    run("tables", "withdraw", name)
