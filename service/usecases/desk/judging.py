"""Numbers judged by what is known of them.

Rules
1. Every number goes through all steps of verification (``certificates.verify``): the stored credential, against the
   log's tree, the signed checkpoints and the register of changes. Nothing is believed because it stands in the store.
2. What a judge needs is plain data (:class:`Brief`), read once a run.

Example: ``Judge(brief).plain_rows(chunk)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.usecases.desk.numbers import NumberRow
from service.usecases.desk.rows import CheckedRow, of_report, plain, unknown, unread

if TYPE_CHECKING:
    from certificates.knowledge import EventRegister, Knowledge

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
        from certificates.keys.trust import read

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
