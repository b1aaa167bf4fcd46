"""Many numbers or files against trust and knowledge that are read once.

Rules
1. Numbers are checked as the standalone verifier checks files: the stored credential goes through the same steps,
   against the log's tree and the register of changes; nothing is believed because it stands in the store
   (``judging``).
2. Trust file, register, log and checkpoints are read once a run; credentials in chunks. What is read for one number is
   never taken for another.
3. Officers give no check code; where one was given with a number, it must be the label's.
4. The moment asked about is one for the whole run.

Example: ``for rows in Checker(services, moment).numbers(given, services): …``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from service.usecases.desk import knowing, sharing
from service.usecases.desk.judging import Asked, Brief, Judge
from service.usecases.desk.numbers import NumberRow
from service.usecases.desk.rows import CheckedRow
from service.usecases.services import Services

CHUNK = 250
"""Numbers read and checked together."""


class Checker:
    """Trust and knowledge of one run (rules 2 and 4). Raises KeysUnavailable where the keys cannot be read."""

    def __init__(self, services: Services, moment: datetime) -> None:
        with services.uow() as unit:
            held = knowing.held(unit, services, services.clock())
        self._brief = Brief(services.keys.trust(), held, moment)
        self._judge = Judge(self._brief)

    def numbers(self, rows: Sequence[NumberRow], services: Services) -> Iterator[list[dict[str, Any]]]:
        """The rows of the answer, as they are kept, in the order of the given ones and chunk by chunk; a long list is
        shared between processes."""
        count = sharing.processes(len(rows))
        return sharing.shared(self._brief, self._judge, _chunks(rows, services), count)

    def files(self, files: Iterable[tuple[str, bytes]]) -> list[CheckedRow]:
        """A row of the answer for each (name, bytes) of a PDF, bundle or credential."""
        return [self._judge.file(name, data) for name, data in files]


def _chunks(rows: Sequence[NumberRow], services: Services) -> Iterator[list[Asked]]:
    """Each number with the credential that the store has for it."""
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        with services.uow() as unit:
            stored = unit.desk.credentials(row.number for row in chunk if row.number)
        yield [(row, stored.get(row.number)) for row in chunk]
