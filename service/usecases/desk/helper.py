"""A helper of a bulk check, started by ``service.usecases.desk.sharing`` as ``python -m service.usecases.desk.helper``.

It reads what a judge needs, then chunks of numbers with their credentials, answers each with its rows, and ends where
its input ends. Everything comes from the process that started it.

What is said, in both directions: eight bytes of length, then so many bytes of a pickle. It goes in one piece, because
the one who talks to a helper judges too, and gets to a pipe again only now and then.
"""

from __future__ import annotations

import gc
import os
import pickle  # what is read was written by the process that started this one
import sys
from typing import IO, Any

from service.usecases.desk.judging import Judge

_SELDOM = 100_000
"""What is made for one number goes with it; hardly anything refers to itself."""


def say(pipe: IO[bytes], said: object) -> None:
    """Write something. Raises OSError where nobody reads."""
    data = pickle.dumps(said)
    pipe.write(len(data).to_bytes(8, "little") + data)
    pipe.flush()


def heard(pipe: IO[bytes]) -> Any:
    """What was said; to be asked only of a process that this one started, or that started it. Raises EOFError where
    nothing more comes, or not the whole."""
    length = int.from_bytes(pipe.read(8), "little")
    data = pipe.read(length)
    if not length or len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 - see above


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there is nothing more to read. The brief itself is answered too, with no rows."""
    judge: Judge | None = None
    while True:
        try:
            said = heard(questions)
        except EOFError:
            return
        if judge is None:
            judge, rows = Judge(said), []
        else:
            rows = judge.plain_rows(said)
        say(answers, rows)


def main() -> None:
    """Answers go to the standard output and nothing else does."""
    gc.set_threshold(_SELDOM)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
