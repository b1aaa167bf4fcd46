"""Counters without gaps or duplicates: one row each, raised inside the transaction that uses the value."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.tables import counters


def count(connection: sa.Connection, name: str, by: int = 1) -> int:
    """Raise the counter by ``by`` from 0 and return its new value; the row stays locked until the commit."""
    raised = (
        sa.update(counters)
        .where(counters.c.name == name)
        .values(value=counters.c.value + by)
        .returning(counters.c.value)
    )
    value = connection.execute(raised).scalar()
    if value is None:
        connection.execute(sa.insert(counters).values(name=name, value=by))
        return by
    return int(value)


def counted(connection: sa.Connection, prefix: str) -> dict[str, int]:
    """The counters whose names start so, and where they stand."""
    query = sa.select(counters).where(counters.c.name.startswith(prefix, autoescape=True))
    return {row.name: int(row.value) for row in connection.execute(query)}
