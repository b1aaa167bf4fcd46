"""Many numbers are judged chunk by chunk, by one process or several, and every row is what all steps tell."""

from __future__ import annotations

import io
import os
import signal
import subprocess

import pytest

from certificates.verify import verify
from service.usecases import standing, verification
from service.usecases.desk import checking, helper, sharing
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
    monkeypatch.setattr(sharing, "processes", lambda _: 2)
    shared = list(checker.numbers(given(desk), desk.services))
    assert shared == alone and [len(rows) for rows in shared] == [5, 5, 2]
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


@pytest.fixture
def helpers(monkeypatch):
    """The helpers that are started, and with what."""
    found, start = [], subprocess.Popen

    def started(command, **how):
        process = start(command, **how)
        found.append((process, how["env"]))
        return process

    monkeypatch.setattr(sharing.subprocess, "Popen", started)
    return found


def rows_of(run, count=2, before=lambda: None):
    judge, brief, parts = run

    def chunks():
        yield parts[0]
        before()
        yield from parts[1:]

    return list(sharing.shared(brief, judge, chunks(), count)), [judge.plain_rows(part) for part in parts]


def test_a_helper_judges_what_it_is_given_and_knows_nothing_of_the_store(run, helpers, monkeypatch):
    monkeypatch.setenv("TANBIAO_SECRET_KEY", "not for helpers")
    judge, brief, parts = run
    one = sharing.Helper(brief)
    assert one.rows(parts[0]).result() == judge.plain_rows(parts[0])
    one.end()
    ((process, environment),) = helpers
    assert process.returncode is not None and not [name for name in environment if name.startswith("TANBIAO")]


@pytest.mark.parametrize("loss", [signal.SIGKILL, signal.SIGSTOP])
def test_what_a_lost_helper_leaves_is_judged_here(run, helpers, monkeypatch, loss):
    monkeypatch.setattr(sharing, "PATIENCE_S", 1.0)
    shared, alone = rows_of(run, before=lambda: os.kill(helpers[0][0].pid, loss))
    assert shared == alone and len(helpers) == 1 and helpers[0][0].returncode is not None


def test_where_no_helper_can_be_started_this_process_judges_alone(run, monkeypatch):
    def none(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr(sharing.subprocess, "Popen", none)
    shared, alone = rows_of(run, count=3)
    assert shared == alone


def test_helpers_end_where_the_run_breaks_off(run, helpers):
    judge, brief, parts = run

    def broken():
        yield parts[0]
        raise ConnectionError("the store is gone")

    with pytest.raises(ConnectionError):
        list(sharing.shared(brief, judge, broken(), 3))
    assert len(helpers) == 2 and all(process.returncode is not None for process, _ in helpers)


def test_a_helper_answers_until_its_input_ends(run):
    judge, brief, parts = run
    questions, answers = io.BytesIO(), io.BytesIO()
    for said in (brief, *parts):
        helper.say(questions, said)
    questions.seek(0)
    helper.serve(questions, answers)
    answers.seek(0)
    assert [helper.heard(answers) for _ in range(4)] == [[], *map(judge.plain_rows, parts)]
    with pytest.raises(EOFError):
        helper.heard(answers)


def test_half_a_message_is_none():
    pipe = io.BytesIO()
    helper.say(pipe, ["a row"])
    for length in range(len(pipe.getvalue())):
        with pytest.raises(EOFError):
            helper.heard(io.BytesIO(pipe.getvalue()[:length]))


def test_short_lists_are_not_shared(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    few, many = sharing.SHARED_FROM - 1, sharing.SHARED_FROM
    assert (sharing.processes(few), sharing.processes(many)) == (1, sharing.MOST_PROCESSES)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert sharing.processes(many) == 1
