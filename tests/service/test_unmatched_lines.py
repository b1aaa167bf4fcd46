"""A line that matches nothing is refused at hand-in with its cell, together with every other problem."""

from __future__ import annotations

import io

import openpyxl
import pytest

from lca.bom.example import heat_sink
from lca.bom.reader import read_workbook
from lca.recognise import unrecognised
from service.usecases import inventories, studies

HEAD = 3


def spoiled(workbook: bytes, *changes: tuple[int, str, object], sheet: str = "清单 Inventory") -> bytes:
    """The workbook with (row below the head, start of the column's header, value) changed."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    page = book[sheet]
    for row, header, value in changes:
        column = next(n for n in range(1, 40) if str(page.cell(HEAD, n).value or "").startswith(header))
        page.cell(HEAD + row, column).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def nonsense(workbook: bytes) -> bytes:
    return spoiled(workbook, (1, "物料名称", "zzqx-9000"), (1, "数据集代码", None))


def hand(world, data: bytes, **options) -> inventories.HandInResult:
    command = inventories.HandIn("清单.xlsx", data, world["practitioner"].organisation_id, **options)
    return inventories.hand_in(world["exporter"], command, world.services)


@pytest.fixture
def world(at):
    return at("populated")


def errors(result) -> list[tuple[str, str, str]]:
    return [
        (one.code, one.place.sheet, one.place.line)
        for one in result.findings
        if one.severity.value == "error"
    ]


def test_a_line_that_matches_nothing_is_refused_with_its_cell_and_nothing_is_stored(world, workbook):
    result = hand(world, nonsense(workbook))
    assert result.inventory_id is None and result.only_unmatched
    assert errors(result) == [("line-matches-nothing", "清单 Inventory", "M1")]
    (finding,) = [one for one in result.findings if one.code == "line-matches-nothing"]
    assert (finding.place.row, finding.place.cell) == (HEAD + 1, f"E{HEAD + 1}")
    assert finding.message("zh").startswith("“zzqx-9000”在数据版本中找不到任何可用的数据集（类别：原辅材料）")
    assert inventories.list_(world["exporter"], world.services) == ()


def test_it_is_told_together_with_the_other_problems(world, workbook):
    data = spoiled(nonsense(workbook), (2, "净用量", "许多"), (4, "数据集代码", "no-such-dataset"))
    result = hand(world, data)
    codes = {code for code, _, _ in errors(result)}
    assert {"line-matches-nothing", "dataset-unknown"} < codes and len(codes) == 3
    assert not result.only_unmatched
    assert hand(world, data, leave_unmatched=True).inventory_id is None
    assert inventories.list_(world["exporter"], world.services) == ()


def test_left_to_the_institution_it_is_kept_and_still_stops_the_label(world, workbook):
    result = hand(world, nonsense(workbook), leave_unmatched=True)
    assert result.inventory_id is not None and errors(result) == []
    assert "line-matches-nothing" in [one.code for one in result.findings]
    practitioner = world["practitioner"]
    release = world.services.releases.installed()[0].identifier
    opened = studies.open_(
        practitioner, studies.OpenStudy(result.inventory_id, release, "AR5"), world.services
    )
    links = studies.links(practitioner, opened, world.services)
    told = [one.code for one in links.findings if one.place.line == "M1" and one.severity.value == "error"]
    assert told == ["line-matches-nothing"]


def test_a_leg_that_matches_nothing_is_told(world, workbook):
    data = spoiled(workbook, (1, "运输方式", "zzqx"), (1, "数据集代码", None), sheet="运输 Transport")
    assert errors(hand(world, data)) == [("line-matches-nothing", "运输 Transport", "M1/1")]


def test_the_example_is_recognised_and_without_a_release_nothing_is_judged(open_cn):
    lines = heat_sink().lines
    assert unrecognised(lines, (open_cn,)) == ()
    assert unrecognised(lines, ()) == ()


def test_lines_are_read_also_where_others_are_not(workbook):
    reading = read_workbook(spoiled(workbook, (2, "净用量", "许多")), "x.xlsx")
    assert reading.inventory is None
    assert "M1" in {line.number for line in reading.lines}
    assert "M2" not in {line.number for line in reading.lines}
