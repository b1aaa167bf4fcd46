"""Numbers judged by what is known of them: in this process, or in several beside each other where there are many.

Rules
1. Every number goes through all steps of verification (``certificates.verify``): the stored credential, against the
   log's tree, the signed checkpoints and the register of changes. Nothing is believed because it stands in the store.
2. What a judge needs travels as plain data (:class:`Brief`), so that a process that starts anew judges as this one
   does. The rows are the same, and in the same order, whoever judges.
3. A list from :data:`SHARED_FROM` numbers on is shared between as many processes as there are processors, at most
   :data:`MOST_PROCESSES`. They get credentials to judge and no way into the store, and end with the run, also where it
   breaks off.
4. Where a process is lost (killed, out of memory), this one judges what is left.

Example: ``for rows in judged(brief, chunks, processes(len(numbers))): …``.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.usecases.desk.numbers import NumberRow
from service.usecases.desk.rows import CheckedRow, of_report, plain, unknown, unread

if TYPE_CHECKING:
    from certificates.knowledge import EventRegister, Knowledge

SHARED_FROM = 2_000
"""Starting processes takes as long as judging some hundreds of numbers."""
MOST_PROCESSES = 4
_SELDOM = 100_000
_AHEAD = 2
"""Chunks that wait for each process."""
_Judging = Future[list[dict[str, Any]]]
Asked = tuple[NumberRow, str | None]
"""A number, and the credential that the store has for it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What this installation knows of its own log and register: hashes of all leaves (joined, 32 bytes each), the
    register, and signed checkpoints."""

    issuer_id: str
    leaf_hashes: bytes = field(repr=False)
    register: EventRegister
    checkpoints: tuple[str, ...] = field(repr=False)

    def knowledge(self) -> Knowledge:
        """As a verifier takes it; of an empty log it knows the register alone."""
        from certificates.knowledge import Knowledge, LeafTree

        return Knowledge(
            registers={self.issuer_id: self.register},
            trees={self.issuer_id: LeafTree(self.leaf_hashes)} if self.leaf_hashes else {},
            cosigned={self.issuer_id: self.checkpoints},
        )


@dataclass(frozen=True, slots=True)
class Brief:
    """Of one run: the trust file, what is known besides, and the moment asked about."""

    trust: dict[str, Any] = field(repr=False)
    held: Held
    moment: datetime


class Judge:
    """Trust and knowledge of one run, read once. Raises TrustFileInvalid."""

    def __init__(self, brief: Brief) -> None:
        from certificates.trust import read

        self._trust, self._known, self._moment = read(brief.trust), brief.held.knowledge(), brief.moment

    def row(self, asked: NumberRow, stored: str | None) -> CheckedRow:
        """The row of a number (rule 1); officers give no check code, but where one was given it must be the label's."""
        from certificates.verify import verify

        if not asked.number:
            return unread(asked)
        if stored is None:
            return unknown(asked)
        report = verify(
            stored.encode("utf-8", "replace"),
            self._trust,
            at=self._moment,
            number=asked.number,
            code=asked.code or None,
            known=self._known,
        )
        return of_report(report, asked.given, (asked.sheet, asked.row, asked.cell))

    def file(self, name: str, data: bytes) -> CheckedRow:
        """The row of a PDF, bundle or credential."""
        from certificates.verify import verify

        return of_report(verify(data, self._trust, at=self._moment, known=self._known), name)

    def plain_rows(self, chunk: Sequence[Asked]) -> list[dict[str, Any]]:
        """The rows of some numbers, as they are kept."""
        return [plain(self.row(asked, stored)) for asked, stored in chunk]


def processes(numbers: int) -> int:
    """How many processes judge that many numbers (rule 3)."""
    if (
        numbers < SHARED_FROM or multiprocessing.current_process().daemon
    ):  # such a process may have none of its own
        return 1
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, MOST_PROCESSES)


def judged(brief: Brief, chunks: Iterable[Sequence[Asked]], count: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of each chunk, in their order, by this process or by ``count`` others (rules 2 to 4)."""
    judge = _Here(brief)
    if count < 2:
        yield from map(judge.plain_rows, chunks)
        return
    waiting: deque[tuple[Sequence[Asked], _Judging | None]] = deque()
    with _pool(brief, count) as pool:
        for chunk in chunks:
            waiting.append((chunk, _submitted(pool, chunk)))
            if len(waiting) > count * _AHEAD:
                yield _done(judge, *waiting.popleft())
        while waiting:
            yield _done(judge, *waiting.popleft())


@contextmanager
def _pool(brief: Brief, count: int) -> Iterator[ProcessPoolExecutor]:
    """Rule 3. The leaves, which may be many, go by a file: through a pipe one process would wait for the other."""
    with tempfile.NamedTemporaryFile() as leaves:
        leaves.write(brief.held.leaf_hashes)
        leaves.flush()
        short = replace(brief, held=replace(brief.held, leaf_hashes=b""))
        pool = ProcessPoolExecutor(
            count, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(short, leaves.name)
        )
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, chunk: Sequence[Asked]) -> _Judging | None:
    try:
        return pool.submit(_judge, chunk)
    except BrokenProcessPool:
        return None


def _done(judge: _Here, chunk: Sequence[Asked], judging: _Judging | None) -> list[dict[str, Any]]:
    """Rule 4."""
    try:
        return judging.result() if judging is not None else judge.plain_rows(chunk)
    except BrokenProcessPool:
        return judge.plain_rows(chunk)


class _Here:
    """The judge of this process, made when it is needed."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self._brief)

    def plain_rows(self, chunk: Sequence[Asked]) -> list[dict[str, Any]]:
        """The rows of some numbers, as they are kept."""
        return self._judge.plain_rows(chunk)


_there: list[Judge] = []
"""In a process of :func:`judged`: its judge."""


def _begin(brief: Brief, leaves: str) -> None:
    held = replace(brief.held, leaf_hashes=Path(leaves).read_bytes())
    _there[:] = [Judge(replace(brief, held=held))]
    gc.set_threshold(_SELDOM)  # what is made for one number goes with it; hardly anything refers to itself


def _judge(chunk: Sequence[Asked]) -> list[dict[str, Any]]:
    return _there[0].plain_rows(chunk)
