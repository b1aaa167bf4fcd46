"""Tables of the ledger: entries, lots, positions, what positions are used for, evidence, dossiers, claims.

They refer to the tables of ``service.store.tables``, which gathers all of them. An entry is reversed once. Positions
and uses are closed once and never changed otherwise; open positions never share a unit: on PostgreSQL by an exclusion
constraint, on SQLite by a trigger (migration 0006).
"""

from __future__ import annotations

import sqlalchemy as sa

from service.store.columns import UtcDateTime, metadata
from service.store.columns import at as _at
from service.store.columns import id_ as _id
from service.store.columns import ref as _ref
from service.store.columns import text as _text

ledger_entries = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("account", index=True),
    sa.Column("effective_on", sa.Date, nullable=False),
    _text("content"),
    _text("link"),
    _text("person_id"),
    _at(),
    sa.Column("reverses", sa.BigInteger),
    sa.Index(
        "uq_ledger_entries_reverses",
        "reverses",
        unique=True,
        sqlite_where=sa.text("reverses IS NOT NULL"),
        postgresql_where=sa.text("reverses IS NOT NULL"),
    ),
    sa.Index(
        "ix_ledger_entries_asserted",
        "account",
        sqlite_where=sa.text("kind = 'assert'"),
        postgresql_where=sa.text("kind = 'assert'"),
    ),
)

ledger_lots = sa.Table(
    "ledger_lots",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("serial", index=True),
    _text("project"),
    _text("name"),
    _text("country"),
    _text("technology"),
    _text("electricity"),
    sa.Column("vintage_start", sa.Date, nullable=False),
    sa.Column("vintage_end", sa.Date, nullable=False),
    sa.Column("expires_on", sa.Date),
    sa.Index(
        "ix_ledger_lots_electricity",
        "electricity",
        "kind",
        sqlite_where=sa.text("electricity <> ''"),
        postgresql_where=sa.text("electricity <> ''"),
    ),
)

ledger_positions = sa.Table(
    "ledger_positions",
    metadata,
    sa.Column("opened_by", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    _text("space"),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    _text("account"),
    _text("state"),
    _text("kind"),
    sa.Column("lot", sa.BigInteger, nullable=False, index=True),
    sa.Column("transfers", sa.Integer, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("closed_by", sa.BigInteger),
    sa.Column("closed_on", sa.Date),
    sa.Index("ix_ledger_positions_account", "account", "opened_on"),
    sa.Index(
        "ix_ledger_positions_open",
        "space",
        "first",
        sqlite_where=sa.text("closed_by IS NULL"),
        postgresql_where=sa.text("closed_by IS NULL"),
    ),
    sa.Index(
        "ix_ledger_positions_closed_by",
        "closed_by",
        sqlite_where=sa.text("closed_by IS NOT NULL"),
        postgresql_where=sa.text("closed_by IS NOT NULL"),
    ),
)

ledger_uses = sa.Table(
    "ledger_uses",
    metadata,
    _id(),
    sa.Column("opened_by", sa.BigInteger, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    _ref("dossier_id", "ledger_dossiers.id"),
    _text("purpose"),
    _text("person_id"),
    _at(),
    sa.Column("closed_at", UtcDateTime),
    sa.ForeignKeyConstraint(["opened_by", "place"], ["ledger_positions.opened_by", "ledger_positions.place"]),
    sa.Index(
        "uq_ledger_uses_open",
        "opened_by",
        "place",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

ledger_files = sa.Table(
    "ledger_files",
    metadata,
    sa.Column("organisation_id", sa.String(32), sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    _text("filename"),
    _text("media_type"),
    sa.Column("data", sa.LargeBinary, nullable=False),
    _text("person_id"),
    _at(),
)

ledger_imports = sa.Table(
    "ledger_imports",
    metadata,
    _id(),
    _ref("organisation_id", "organisations.id"),
    _text("registry"),
    _text("filename"),
    _text("sha256"),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("report", sa.JSON(none_as_null=True)),
    sa.Column("result", sa.JSON(none_as_null=True)),
    _text("person_id"),
    _at(),
)

ledger_dossiers = sa.Table(
    "ledger_dossiers",
    metadata,
    _id(),
    _text("noun"),
    _ref("organisation_id", "organisations.id"),
    sa.Column("institution_id", sa.String(32), sa.ForeignKey("organisations.id"), index=True),
    _text("status"),
    _text("title"),
    sa.Column("version", sa.Integer, nullable=False),
    _text("created_by"),
    _at("created_at"),
)

ledger_dossier_versions = sa.Table(
    "ledger_dossier_versions",
    metadata,
    sa.Column("dossier_id", sa.String(32), sa.ForeignKey("ledger_dossiers.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    _text("status"),
    sa.Column("content", sa.JSON, nullable=False),
    _text("note"),
    _text("digest"),
    _text("link"),
    _text("person_id"),
    _at(),
)

claim_statements = sa.Table(
    "claim_statements",
    metadata,
    sa.Column("number", sa.String(32), primary_key=True),
    sa.Column("dossier_id", sa.String(32), sa.ForeignKey("ledger_dossiers.id"), nullable=False, unique=True),
    sa.Column("statement", sa.JSON, nullable=False),
    _text("credential"),
    sa.Column("proof", sa.JSON, nullable=False),
    sa.Column("pdf", sa.LargeBinary, nullable=False),
    _text("person_id"),
    _at("issued_at"),
    _at("valid_until"),
)

claim_events = sa.Table(
    "claim_events",
    metadata,
    sa.Column("number", sa.String(32), sa.ForeignKey("claim_statements.number"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    _text("status"),
    _text("ground"),
    _text("reason"),
    _text("person_id"),
    _at(),
)

APPEND_ONLY = (
    "ledger_entries",
    "ledger_lots",
    "ledger_files",
    "ledger_dossier_versions",
    "claim_statements",
    "claim_events",
)
CLOSED_ONCE = ("ledger_positions", "ledger_uses")
