"""Issued claims: written once; how one stands follows from its events, of which it may have none."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from service.store.ledger_records import ClaimEvent, ClaimStatement
from service.store.ledger_tables import claim_events, claim_statements, ledger_dossiers
from service.store.repositories import standing
from service.store.repositories.counters import count, counted

_COLUMNS = [column for column in claim_statements.c if column.name != "pdf"]


class Claims:
    """Issued claims and their events; the PDF is read only when asked for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def next_serial(self, year: int) -> int:
        """The next serial number of a year, 1 for the first; no two writers share one."""
        return count(self._connection, f"claim:{year}")

    def counted(self) -> dict[int, int]:
        """How many claims were numbered, by year."""
        found = counted(self._connection, "claim:")
        return {int(name.removeprefix("claim:")): value for name, value in found.items()}

    def add(self, record: ClaimStatement, pdf: bytes) -> None:
        """Insert an issued claim. Raises sqlalchemy.exc.IntegrityError for a second one of the same dossier."""
        values = {column.name: getattr(record, column.name) for column in _COLUMNS}
        self._connection.execute(sa.insert(claim_statements).values(values | {"pdf": pdf}))

    def add_event(self, event: ClaimEvent) -> None:
        """Append an event; the status lists are behind from now on. Raises sqlalchemy.exc.IntegrityError when its
        sequence is taken."""
        values = {column.name: getattr(event, column.name) for column in claim_events.c}
        self._connection.execute(sa.insert(claim_events).values(values))
        standing.changed(self._connection)

    def events(self, number: str) -> tuple[ClaimEvent, ...]:
        """What happened to a claim since its issue, oldest first."""
        query = sa.select(claim_events).where(claim_events.c.number == number)
        rows = self._connection.execute(query.order_by(claim_events.c.sequence)).mappings()
        return tuple(ClaimEvent(**row) for row in rows)

    def latest_events(self) -> dict[str, ClaimEvent]:
        """The newest event of every claim that has one, by number: for lists."""
        newest = sa.select(
            claim_events.c.number, sa.func.max(claim_events.c.sequence).label("sequence")
        ).group_by(claim_events.c.number)
        last = newest.subquery()
        query = sa.select(claim_events).join(
            last,
            (claim_events.c.number == last.c.number) & (claim_events.c.sequence == last.c.sequence),
        )
        return {row["number"]: ClaimEvent(**row) for row in self._connection.execute(query).mappings()}

    def get(self, number: str) -> ClaimStatement | None:
        """One claim, or None."""
        return self._one(claim_statements.c.number == number)

    def of_dossier(self, dossier_id: str) -> ClaimStatement | None:
        """The claim issued from a dossier, or None."""
        return self._one(claim_statements.c.dossier_id == dossier_id)

    def pdf(self, number: str) -> bytes | None:
        """The issued PDF, or None."""
        query = sa.select(claim_statements.c.pdf).where(claim_statements.c.number == number)
        value: bytes | None = self._connection.execute(query).scalar()
        return value

    def list_(
        self,
        *,
        organisation_id: str | None = None,
        institution_id: str | None = None,
        since: datetime | None = None,
    ) -> tuple[ClaimStatement, ...]:
        """Newest first: those of a claimant, those handed to an institution, those still valid after ``since``;
        without a name all of them, which are public documents."""
        query = sa.select(*_COLUMNS).order_by(
            claim_statements.c.issued_at.desc(), claim_statements.c.number.desc()
        )
        wanted = {"organisation_id": organisation_id, "institution_id": institution_id}
        named = {name: value for name, value in wanted.items() if value is not None}
        if named:
            query = query.join(ledger_dossiers, ledger_dossiers.c.id == claim_statements.c.dossier_id)
            query = query.where(*(ledger_dossiers.c[name] == value for name, value in named.items()))
        if since is not None:
            query = query.where(claim_statements.c.valid_until > since)
        return tuple(ClaimStatement(**row) for row in self._connection.execute(query).mappings())

    def _one(self, condition: sa.ColumnElement[bool]) -> ClaimStatement | None:
        row = self._connection.execute(sa.select(*_COLUMNS).where(condition)).mappings().first()
        return ClaimStatement(**row) if row else None
