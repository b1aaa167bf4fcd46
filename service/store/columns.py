"""Columns as all tables of the store have them, the metadata they are gathered in, and the type of their times."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite stores it without zone, so the zone is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive time; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone never enters the store.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def id_(name: str = "id") -> sa.Column[str]:
    """A primary key of 32 characters."""
    return sa.Column(name, sa.String(32), primary_key=True)


def ref(name: str, target: str, *, index: bool = True) -> sa.Column[str]:
    """A reference to the key of another table, needed."""
    return sa.Column(name, sa.String(32), sa.ForeignKey(target), nullable=False, index=index)


def text(name: str, **extra: object) -> sa.Column[str]:
    """Text, needed."""
    return sa.Column(name, sa.Text, nullable=False, **extra)  # type: ignore[arg-type]


def at(name: str = "at") -> sa.Column[datetime]:
    """A moment, needed."""
    return sa.Column(name, UtcDateTime, nullable=False)
