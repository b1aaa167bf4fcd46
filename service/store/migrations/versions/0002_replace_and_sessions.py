"""Append-only against REPLACE too; who modelled is never forgotten; sign-out ends a session on the server.

SQLite runs no DELETE trigger for the rows that INSERT OR REPLACE takes away, so an insert whose key (or row number)
is taken is refused before that happens. PostgreSQL has no REPLACE: ON CONFLICT DO UPDATE is an UPDATE.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("study_modellers",)
KEYS = {
    "inventories": (("id",),),
    "study_modellers": (("study_id", "person_id"),),
    "assessments": (("id",), ("study_id", "sequence")),
    "reviews": (("id",), ("study_id", "sequence")),
    "labels": (("number",), ("study_id",)),
    "label_events": (("number", "sequence"),),
    "log_nodes": (("level", "index"),),
    "log_checkpoints": (("size",),),
    "audit_events": (("sequence",),),
}


def forbid_changes(table: str) -> None:
    """As in 0001, for one table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tanbiao_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def forbid_replacing(table: str, keys: tuple[tuple[str, ...], ...]) -> None:
    """SQLite: a row whose key or row number is taken is not inserted, whatever the conflict clause says."""
    same = [" AND ".join(f'"{name}" = NEW."{name}"' for name in key) for key in keys]
    taken = " OR ".join(f"({one})" for one in [*same, "rowid = NEW.rowid"])
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def upgrade() -> None:
    op.add_column("people", sa.Column("session_epoch", sa.Integer(), nullable=False, server_default="0"))
    for table in APPEND_ONLY:
        forbid_changes(table)
    if op.get_bind().dialect.name == "sqlite":
        for table, keys in KEYS.items():
            forbid_replacing(table, keys)


def downgrade() -> None:
    raise NotImplementedError("Signed labels are never dropped by a downgrade: restore a backup instead.")
