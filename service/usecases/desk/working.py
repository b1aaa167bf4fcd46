"""A bulk check under way: chunk by chunk, kept from time to time, resumed where it was interrupted.

Rules
1. Numbers go in chunks of ``checking.CHUNK``, files of :data:`FILES_AT_ONCE`; after each chunk the caller may keep what
   there is.
2. Resumed, it goes on behind the rows that were kept, for the moment that was asked about then: nobody asks for one
   moment and gets two.
3. What is kept grows by half each time, so that keeping costs no more than checking.

Example: ``for due in Work(check, data, now).chunks(services, progress): …``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from service.store.trust_records import BulkCheck
from service.usecases.desk import archives, numbers
from service.usecases.desk.checking import Checker
from service.usecases.desk.rows import counts, plain
from service.usecases.services import Services

FILES_AT_ONCE = 20
KEEP_FROM = 2_000
"""Rows after which what was checked is kept for the first time."""
Progress = Callable[[str, float], None]
"""Told at what the check is, and the share that is done, 0 to 1."""


class Work:
    """A check under way: ``rows`` so far, as they are kept; ``moment`` that is asked about; ``hidden`` sheets."""

    def __init__(self, check: BulkCheck, data: bytes, now: datetime) -> None:
        kept = check.result or {}
        self._filename, self._data = check.filename, data
        self.moment = datetime.fromisoformat(kept["at"]) if "at" in kept else check.moment or now
        self.rows: list[dict[str, Any]] = list(kept.get("rows", ()))
        self.hidden: tuple[str, ...] = ()
        self._kept = len(self.rows)

    def chunks(self, services: Services, progress: Progress) -> Iterator[bool]:
        """Check what is left, chunk by chunk; True where what there is should be kept. Raises ListNotRead."""
        progress("reading", 0.0)
        checker = Checker(services, self.moment)
        if archives.kind_of(self._data) == archives.TABLE:
            chunks = self._numbers(checker, services)
        else:
            chunks = self._files(checker, services)
        for done, total in chunks:
            progress("checking", done / total)
            due = done - self._kept >= max(KEEP_FROM, self._kept // 2)
            self._kept = done if due else self._kept
            yield due

    def result(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "at": self.moment.isoformat(),
            "rows": self.rows,
            "counts": counts(self.rows),
            "total": len(self.rows),
            "hidden": list(self.hidden),
        }

    def digest(self) -> str:
        """SHA-256 of the rows, for the audit chain."""
        text = json.dumps(self.rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _numbers(self, checker: Checker, services: Services) -> Iterator[tuple[int, int]]:
        listed = numbers.read(self._filename, self._data)
        self.hidden, total = listed.hidden, len(listed.rows)
        for rows in checker.numbers(listed.rows[len(self.rows) :], services):
            self.rows.extend(rows)
            yield len(self.rows), total

    def _files(self, checker: Checker, services: Services) -> Iterator[tuple[int, int]]:
        if archives.kind_of(self._data) == archives.FILE:
            self.rows = [plain(row) for row in checker.files([(self._filename, self._data)])]
            yield 1, 1
            return
        with archives.opened(self._filename, self._data, services.settings.uploads) as files:
            total = len(files.names)
            while len(self.rows) < total:
                names = files.names[len(self.rows) : len(self.rows) + FILES_AT_ONCE]
                read = ((name, archives.content(files, name)) for name in names)
                self.rows.extend(plain(row) for row in checker.files(read))
                yield len(self.rows), total
