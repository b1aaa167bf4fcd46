"""Alembic's environment: always online, through the service's own engine, one transaction a run."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from service.store.engine import WRITES, open_engine
from service.store.tables import UtcDateTime, metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write the service's time type into migrations as a plain DateTime, so that they stay frozen."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Upgrade in one transaction."""
    engine = open_engine(context.config.attributes["url"])
    try:
        writes = {
            WRITES: engine.dialect.name == "sqlite"
        }  # the table that is the lock elsewhere is made in here
        with engine.connect().execution_options(**writes) as connection:
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_item=render_item,
                transactional_ddl=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


run()
