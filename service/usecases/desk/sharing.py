"""A long run of numbers, shared between this process and helpers of its own.

Rules
1. A list from :data:`SHARED_FROM` numbers on is shared between as many processes as this one may use processors, itself
   among them, at most :data:`MOST_PROCESSES`. The rows are the same and in the same order, whoever judges.
2. A helper (``desk.helper``) is told what a judge needs and then numbers with their credentials, by its standard input.
   It has no settings of this service, no keys, and no way into the store.
3. What a helper does not answer within :data:`PATIENCE_S` seconds, or not whole, is judged here, and it gets no more;
   where none can be started, this process judges alone.
4. Helpers end with the run, also where it breaks off, and with this process, also where that is killed: their input
   ends.

Example: ``for rows in shared(brief, judge, chunks, processes(len(numbers))): …``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any

from service.usecases.desk.helper import heard, say
from service.usecases.desk.judging import Asked, Brief, Judge

SHARED_FROM = 2_000
"""Starting a helper takes as long as judging some hundreds of numbers."""
MOST_PROCESSES = 4
PATIENCE_S = 60.0
_AHEAD = 2
"""Chunks that a helper is given before it answers."""
_MODULE = "service.usecases.desk.helper"
Rows = list[dict[str, Any]]


def processes(numbers: int) -> int:
    """How many processes judge that many numbers (rule 1)."""
    if numbers < SHARED_FROM:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


def shared(brief: Brief, judge: Judge, chunks: Iterable[Sequence[Asked]], count: int) -> Iterator[Rows]:
    """The rows of each chunk, in their order, by ``judge`` and ``count - 1`` helpers (rules 1 to 4)."""
    waiting: deque[tuple[Sequence[Asked], Future[Rows | None]]] = deque()
    with ExitStack() as ending:
        helpers: list[Helper] = []
        for _ in range(count - 1):
            with suppress(OSError):  # rule 3
                helpers.append(Helper(brief))
                ending.callback(helpers[-1].end)
        for chunk in chunks:
            free = next((helper for helper in helpers if helper.queued < _AHEAD), None)
            waiting.append((chunk, free.rows(chunk) if free else _now(judge.plain_rows(chunk))))
            while waiting and waiting[0][1].done():
                yield _answered(judge, *waiting.popleft())
        while waiting:
            yield _answered(judge, *waiting.popleft())


def _now(rows: Rows) -> Future[Rows | None]:
    done: Future[Rows | None] = Future()
    done.set_result(rows)
    return done


def _answered(judge: Judge, chunk: Sequence[Asked], answer: Future[Rows | None]) -> Rows:
    """Rule 3; what no helper has begun with is judged here too, rather than waited for."""
    rows = None if answer.cancel() else answer.result()
    return judge.plain_rows(chunk) if rows is None else rows


class Helper:
    """One helper, and the thread that talks to it."""

    def __init__(self, brief: Brief) -> None:
        without = {name: value for name, value in os.environ.items() if not name.startswith("TANBIAO_")}
        command = [sys.executable, "-m", _MODULE]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=without
        )
        self._thread = ThreadPoolExecutor(1, "desk-helper")
        self._lost = False
        self._asked: list[Future[Any]] = [self._thread.submit(self._exchange, brief)]

    @property
    def queued(self) -> int:
        """Chunks it was given and has not answered."""
        self._asked = [one for one in self._asked if not one.done()]
        return len(self._asked)

    def rows(self, chunk: Sequence[Asked]) -> Future[Rows | None]:
        """The rows of a chunk as soon as they are there; None where the helper is lost (rule 3)."""
        answer = self._thread.submit(self._exchange, chunk)
        self._asked.append(answer)
        return answer

    def end(self) -> None:
        """Rule 4."""
        self.process.kill()
        self._thread.shutdown(cancel_futures=True)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not written when it was lost
                    pipe.close()
        self.process.wait()

    def _exchange(self, said: object) -> Rows | None:
        """Say something and read the answer, within the time that there is (rule 3)."""
        if self._lost or self.process.stdin is None or self.process.stdout is None:
            return None
        watch = threading.Timer(PATIENCE_S, self.process.kill)
        watch.start()
        try:
            say(self.process.stdin, said)
            answer: Rows = heard(self.process.stdout)
        except (OSError, EOFError):
            self._lost = True
            return None
        finally:
            watch.cancel()
        return answer
