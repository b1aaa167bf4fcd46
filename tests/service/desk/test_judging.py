"""Many numbers are judged chunk by chunk, and every row is what all steps tell."""

from __future__ import annotations

import pytest

from certificates.verify import verify
from service.usecases import standing, verification
from service.usecases.desk import checking
from service.usecases.desk.checking import Checker
from service.usecases.desk.numbers import NumberRow
from service.usecases.desk.rows import of_report, plain
from service.usecases.standing import Change


def given(desk) -> list[NumberRow]:
    """Everything that a row can be: valid, with right and wrong codes, unknown, no number."""
    cells = [
        NumberRow("CSV", 2, "A2", desk.number, desk.number),
        NumberRow("CSV", 3, "A3", desk.number, desk.number, code="AAAAAAAA"),
        NumberRow("CSV", 4, "A4", "TB-2026-0000002-J", "TB-2026-0000002-J"),
        NumberRow("CSV", 5, "A5", "x", "", problem="no-label-number"),
    ]
    return cells * 3


@pytest.fixture
def run(desk):
    """The judge of a run, its brief, and its chunks."""
    checker = Checker(desk.services, desk.services.clock())
    chunks = list(checking._chunks(given(desk), desk.services))
    parts = [chunks[0][start : start + 5] for start in range(0, 12, 5)]
    return checker._judge, checker._brief, parts


@pytest.mark.parametrize("state", ["active", "suspended"])
def test_the_rows_come_in_chunks_and_in_order(desk, monkeypatch, state):
    if state != "active":
        change = Change(state, "电表记录有疑问，正在核查。")
        standing.change(desk["regulator"], desk.number, change, desk.services)
    monkeypatch.setattr(checking, "CHUNK", 5)
    checker = Checker(desk.services, desk.services.clock())
    alone = list(checker.numbers(given(desk), desk.services))
    assert [len(rows) for rows in alone] == [5, 5, 2]
    first = "valid" if state == "active" else "suspended"
    assert [row["verdict"] for row in alone[0][:4]] == [
        first,
        "other-number",
        "unknown-number",
        "not-a-number",
    ]


def test_a_row_is_what_all_steps_tell(desk, run):
    judge, brief, parts = run
    asked, stored = parts[0][0]
    trust, known = verification.trusted(desk.services), brief.held.knowledge()
    report = verify(stored.encode(), trust, at=brief.moment, number=asked.number, known=known)
    expected = of_report(report, asked.given, (asked.sheet, asked.row, asked.cell))
    assert len(report.steps) == 17 and judge.plain_rows(parts[0][:1]) == [plain(expected)]
