"""Organisations and people."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from service.store.records import Organisation, Person
from service.store.repositories.rows import row
from service.store.tables import organisations, people


class Organisations:
    """Organisations by id and by kind."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: Organisation) -> None:
        """Insert; raises sqlalchemy.exc.IntegrityError when id or code is taken: look with by_code first."""
        self._connection.execute(sa.insert(organisations).values(row(organisations, record)))

    def get(self, organisation_id: str) -> Organisation | None:
        """One organisation, or None."""
        return self._one(organisations.c.id == organisation_id)

    def by_code(self, code: str) -> Organisation | None:
        """The organisation with this registration number, or None."""
        return self._one(organisations.c.code == code)

    def of_kind(self, kind: str) -> tuple[Organisation, ...]:
        """All of a kind, by Chinese name."""
        query = sa.select(organisations).where(organisations.c.kind == kind).order_by(organisations.c.name_zh)
        return tuple(Organisation(**row) for row in self._connection.execute(query).mappings())

    def _one(self, condition: sa.ColumnElement[bool]) -> Organisation | None:
        row = self._connection.execute(sa.select(organisations).where(condition)).mappings().first()
        return Organisation(**row) if row else None


class People:
    """People by id and by address."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: Person) -> None:
        """Insert; raises sqlalchemy.exc.IntegrityError when the address is taken: look with by_email first."""
        values = row(people, record) | {"roles": list(record.roles)}
        self._connection.execute(sa.insert(people).values(values))

    def get(self, person_id: str) -> Person | None:
        """One person, or None."""
        return self._one(people.c.id == person_id)

    def by_email(self, email: str) -> Person | None:
        """The person with this address (stored in lower case), or None."""
        return self._one(people.c.email == email)

    def set_password_hash(self, person_id: str, password_hash: str) -> None:
        """Replace the hash, for a new password or stronger parameters."""
        self._connection.execute(
            sa.update(people).where(people.c.id == person_id).values(password_hash=password_hash)
        )

    def end_sessions(self, person_id: str) -> None:
        """From now on every session begun before is over."""
        raised = people.c.session_epoch + 1
        self._connection.execute(
            sa.update(people).where(people.c.id == person_id).values(session_epoch=raised)
        )

    def names(self, person_ids: Iterable[str]) -> dict[str, str]:
        """Names by id; unknown ids are absent."""
        query = sa.select(people.c.id, people.c.name).where(people.c.id.in_(list(person_ids)))
        return {row.id: row.name for row in self._connection.execute(query)}

    def _one(self, condition: sa.ColumnElement[bool]) -> Person | None:
        row = self._connection.execute(sa.select(people).where(condition)).mappings().first()
        return Person(**{**row, "roles": tuple(row["roles"])}) if row else None
