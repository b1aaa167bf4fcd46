"""Many numbers or files against trust and knowledge that are read once.

Rules
1. Numbers are checked as the standalone verifier checks files: the stored credential goes through the same steps,
   against the log's tree and the register of changes; nothing is believed because it stands in the store. What is
   plainly valid and in the log is told sooner (``quick``).
2. Trust file, register, log and status lists are read once a run; labels in chunks. What is read for one number is
   never taken for another.
3. Officers give no check code; where one was given with a number, it must be the label's.
4. The moment asked about is one for the whole run.

Example: ``Checker(services, moment).numbers(rows, unit)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from service.usecases import verification
from service.usecases.desk import knowing
from service.usecases.desk.numbers import NumberRow
from service.usecases.desk.quick import Quick
from service.usecases.desk.rows import CheckedRow, of_report, unknown, unread
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.report import Report
    from service.store.uow import UnitOfWork

CHUNK = 500
"""Numbers read and checked together."""


class Checker:
    """Trust and knowledge of one run (rules 2 and 4). Raises KeysUnavailable where the keys cannot be read."""

    def __init__(self, services: Services, moment: datetime) -> None:
        self._moment = moment
        self._trust = verification.trusted(services)
        with services.uow() as unit:
            self._known = knowing.held(unit, services, services.clock()).knowledge()
        self._quick = Quick(self._trust, self._known, moment)

    def numbers(self, rows: Sequence[NumberRow], unit: UnitOfWork) -> list[CheckedRow]:
        """A row of the answer for each given row, in their order."""
        stored = unit.desk.credentials(row.number for row in rows if row.number)
        return [self._number(row, stored.get(row.number)) for row in rows]

    def files(self, files: Iterable[tuple[str, bytes]]) -> list[CheckedRow]:
        """A row of the answer for each (name, bytes) of a PDF, bundle or credential."""
        from certificates.verify import verify

        return [
            of_report(verify(data, self._trust, at=self._moment, known=self._known), name)
            for name, data in files
        ]

    def _number(self, row: NumberRow, stored: str | None) -> CheckedRow:
        if not row.number:
            return unread(row)
        if stored is None:
            return unknown(row)
        quickly = self._quick.row(row, stored)
        return quickly or of_report(self._report(row, stored), row.given, (row.sheet, row.row, row.cell))

    def _report(self, row: NumberRow, stored: str) -> Report:
        """The credential alone goes through the steps: tree and register are the knowledge of this run (rule 2)."""
        from certificates.verify import verify

        return verify(
            stored.encode("utf-8", "replace"),
            self._trust,
            at=self._moment,
            number=row.number,
            code=row.code or None,
            known=self._known,
        )
