"""A helper of a bulk check, started by ``service.usecases.desk.sharing`` as ``python -m service.usecases.desk.helper``.

It reads what a judge needs, then chunks of numbers with their credentials, answers each with its rows, and ends where
its input ends. Everything comes from the process that started it.
"""

from __future__ import annotations

import gc
import os
import pickle  # what is read was written by the process that started this one
import sys
from typing import BinaryIO

from service.usecases.desk.judging import Judge

_SELDOM = 100_000
"""What is made for one number goes with it; hardly anything refers to itself."""


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there is nothing more to read. The brief itself is answered too, with no rows."""
    judge: Judge | None = None
    while True:
        try:
            said = pickle.load(questions)  # noqa: S301 - see the import
        except EOFError:
            return
        if judge is None:
            judge, rows = Judge(said), []
        else:
            rows = judge.plain_rows(said)
        pickle.dump(rows, answers)
        answers.flush()


def main() -> None:
    """Answers go to the standard output and nothing else does."""
    gc.set_threshold(_SELDOM)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
