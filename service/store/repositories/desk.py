"""The officers' desk: bulk checks, requests for sealed evidence, their answers, what was seen.

Rules
1. The file of a bulk check stays with it until its result is final; then only the result is kept.
2. A result is final once. Until then what was checked so far may be kept again and again, so that work goes on where
   it was interrupted.
3. Requests, answers and accesses are appended; a request has one answer.
4. Labels are read by number in one query for many numbers, without their PDF.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from service.store.ledger_tables import claim_statements
from service.store.repositories.rows import row
from service.store.tables import label_events, labels, organisations
from service.store.trust_records import BulkCheck, EvidenceAccess, EvidenceAnswer, EvidenceRequest
from service.store.trust_tables import (
    bulk_checks,
    evidence_accesses,
    evidence_answers,
    evidence_requests,
    log_cosignatures,
)

_HEAD = [column for column in bulk_checks.c if column.name not in ("data", "result")]
MOST_LISTED = 200
"""Checks of an organisation that are listed, newest first."""
AT_ONCE = 500
"""Numbers in one query: SQLite takes 32,766 parameters, PostgreSQL plans long lists slowly."""


class Desk:
    """Bulk checks, requests, answers, accesses; bytes and results are read only when asked for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # ---------- labels and claims, many at once ----------

    def credentials(self, numbers: Iterable[str]) -> dict[str, str]:
        """Compact credentials of labels and claims by number; numbers that were never given are absent (rule 4)."""
        wanted = tuple(numbers)
        found: dict[str, str] = {}
        for table in (labels, claim_statements):
            query = sa.select(table.c.number, table.c.credential)
            found |= {
                one["number"]: one["credential"] for one in self._by_number(query, table.c.number, wanted)
            }
        return found

    def suspended_since(self, since: datetime, most: int) -> tuple[dict[str, Any], ...]:
        """The newest events from a moment on by which labels ceased to be accepted: number, status, reason, person_id,
        at; newest first, at most so many.
        """
        query = (
            sa.select(
                label_events.c.number,
                label_events.c.status,
                label_events.c.reason,
                label_events.c.person_id,
                label_events.c.at,
            )
            .where(label_events.c.at >= since, label_events.c.status.in_(_NOT_ACCEPTED))
            .order_by(label_events.c.at.desc(), label_events.c.number)
            .limit(most)
        )
        return tuple(dict(one) for one in self._connection.execute(query).mappings())

    def cosigned_before(self, moment: datetime) -> int:
        """The size of the largest checkpoint of which a cosignature was kept before a moment; 0 for none."""
        query = sa.select(sa.func.max(log_cosignatures.c.size)).where(log_cosignatures.c.at < moment)
        return int(self._connection.execute(query).scalar() or 0)

    def find(self, number: str, company: str, most: int) -> tuple[str, ...]:
        """Numbers of labels that hold ``number``, or whose exporter's name or code holds ``company``, whatever the case
        of its letters; newest first, at most so many.
        """
        named = [
            sa.func.lower(column).contains(company.lower(), autoescape=True)
            for column in (organisations.c.name_zh, organisations.c.name_en, organisations.c.code)
        ]
        query = (
            sa.select(labels.c.number)
            .join(organisations, organisations.c.id == labels.c.exporter_id)
            .where(sa.or_(labels.c.number.contains(number, autoescape=True), *named))
            .order_by(labels.c.issued_at.desc(), labels.c.number.desc())
            .limit(most)
        )
        return tuple(self._connection.execute(query).scalars())

    def _by_number(
        self, query: sa.Select[Any], column: sa.ColumnElement[str], numbers: Iterable[str]
    ) -> Iterator[dict[str, Any]]:
        """Rule 4."""
        wanted = sorted(set(numbers))
        for start in range(0, len(wanted), AT_ONCE):
            found = self._connection.execute(query.where(column.in_(wanted[start : start + AT_ONCE])))
            for one in found.mappings():
                yield dict(one)

    # ---------- bulk checks ----------

    def add_check(self, record: BulkCheck) -> None:
        """Insert a bulk check with its file."""
        self._connection.execute(sa.insert(bulk_checks).values(row(bulk_checks, record)))

    def check(self, key: str) -> BulkCheck | None:
        """A bulk check with what was found so far, without its file; None where there is none."""
        query = sa.select(*_HEAD, bulk_checks.c.result).where(bulk_checks.c.id == key)
        found = self._connection.execute(query).mappings().first()
        return BulkCheck(**found, data=b"") if found else None

    def check_data(self, key: str) -> bytes:
        """Its file; empty after the result became final (rule 1), and where there is no such check."""
        query = sa.select(bulk_checks.c.data).where(bulk_checks.c.id == key)
        return self._connection.execute(query).scalar() or b""

    def checks(self, organisation_id: str) -> tuple[BulkCheck, ...]:
        """An organisation's newest checks, newest first; of a result only ``at``, ``counts`` and ``total``."""
        short = [bulk_checks.c.result[name].label(f"of_{name}") for name in _SHORT]
        query = (
            sa.select(*_HEAD, *short)
            .where(bulk_checks.c.organisation_id == organisation_id)
            .order_by(bulk_checks.c.at.desc(), bulk_checks.c.id)
            .limit(MOST_LISTED)
        )
        return tuple(_listed(dict(one)) for one in self._connection.execute(query).mappings())

    def keep_check(self, key: str, result: dict[str, Any]) -> bool:
        """Keep what was checked so far; False where the result is final (rule 2)."""
        return self._change(key, result=result)

    def finish_check(self, key: str, result: dict[str, Any], at: datetime) -> bool:
        """Rules 1 and 2; False, and nothing is written, where the result is final already."""
        return self._change(key, result=result, data=b"", done_at=at)

    def _change(self, key: str, **values: Any) -> bool:
        open_ = sa.and_(bulk_checks.c.id == key, bulk_checks.c.done_at.is_(None))
        return self._connection.execute(sa.update(bulk_checks).where(open_).values(**values)).rowcount == 1

    # ---------- sealed evidence ----------

    def add_request(self, record: EvidenceRequest) -> None:
        """Append a request."""
        self._connection.execute(sa.insert(evidence_requests).values(row(evidence_requests, record)))

    def request(self, key: str) -> EvidenceRequest | None:
        """One request, or None."""
        query = sa.select(evidence_requests).where(evidence_requests.c.id == key)
        found = self._connection.execute(query).mappings().first()
        return EvidenceRequest(**found) if found else None

    def requests(
        self,
        *,
        number: str | None = None,
        organisation_id: str | None = None,
        exporter_id: str | None = None,
        institution_id: str | None = None,
    ) -> tuple[EvidenceRequest, ...]:
        """Requests about a label, of an authority, about an exporter's or an institution's labels; newest first.

        Raises ValueError where nothing is named: requests are listed for somebody, never all of them.
        """
        named = {
            evidence_requests.c.number: number,
            evidence_requests.c.organisation_id: organisation_id,
            labels.c.exporter_id: exporter_id,
            labels.c.institution_id: institution_id,
        }
        wanted = [column == value for column, value in named.items() if value is not None]
        if not wanted:
            raise ValueError("Requests for evidence are listed for somebody, never all of them.")
        query = (
            sa.select(evidence_requests)
            .join(labels, labels.c.number == evidence_requests.c.number)
            .where(*wanted)
            .order_by(evidence_requests.c.at.desc(), evidence_requests.c.id)
        )
        return tuple(EvidenceRequest(**one) for one in self._connection.execute(query).mappings())

    def add_answer(self, record: EvidenceAnswer) -> None:
        """Append the answer of a request; raises sqlalchemy.exc.IntegrityError where there is one (rule 3)."""
        self._connection.execute(sa.insert(evidence_answers).values(row(evidence_answers, record)))

    def answers(self, request_ids: Iterable[str]) -> dict[str, EvidenceAnswer]:
        """Answers by request; requests without one are absent."""
        query = sa.select(evidence_answers)
        found = self._by_number(query, evidence_answers.c.request_id, request_ids)
        return {one["request_id"]: EvidenceAnswer(**one) for one in found}

    def add_access(self, record: EvidenceAccess) -> None:
        """Append an access."""
        self._connection.execute(sa.insert(evidence_accesses).values(row(evidence_accesses, record)))

    def accesses(self, request_ids: Iterable[str]) -> tuple[EvidenceAccess, ...]:
        """What was seen under these requests, newest first."""
        query = sa.select(evidence_accesses)
        found = self._by_number(query, evidence_accesses.c.request_id, request_ids)
        return tuple(
            sorted((EvidenceAccess(**one) for one in found), key=lambda one: (one.at, one.id), reverse=True)
        )

    def every_request(self) -> tuple[EvidenceRequest, ...]:
        """All requests, for the check of the whole store only."""
        rows = self._connection.execute(sa.select(evidence_requests)).mappings()
        return tuple(EvidenceRequest(**one) for one in rows)


_SHORT = ("at", "counts", "total")
_NOT_ACCEPTED = ("suspended", "revoked", "superseded")


def _listed(found: dict[str, Any]) -> BulkCheck:
    short = {name: part for name in _SHORT if (part := found.pop(f"of_{name}")) is not None}
    return BulkCheck(**found, data=b"", result=short or None)
