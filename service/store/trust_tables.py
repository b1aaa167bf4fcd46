"""Tables of trust: places in status lists, published lists, what the log's leaves are, cosignatures, official marks,
bulk checks, and who asked for and saw sealed evidence.

They refer to the tables of ``service.store.tables``, which gathers all of them. All but ``bulk_checks`` are append-only
(migration 0007).
"""

from __future__ import annotations

import sqlalchemy as sa

from service.store.columns import UtcDateTime, metadata
from service.store.columns import at as _at
from service.store.columns import id_ as _id
from service.store.columns import ref as _ref
from service.store.columns import text as _text

# ---------- standing: where a label or a claim is in the status lists, and the lists as published ----------

status_places = sa.Table(
    "status_places",
    metadata,
    sa.Column("number", sa.String(32), primary_key=True),
    sa.Column("list", sa.Integer, nullable=False),
    sa.Column("index", sa.Integer, nullable=False),
    sa.UniqueConstraint("list", "index"),
)

status_lists = sa.Table(
    "status_lists",
    metadata,
    sa.Column("list", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("purpose", sa.String(16), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    _text("credential"),
    _at("valid_from"),
    _at("valid_until"),
    sa.Column("leaf_index", sa.BigInteger, nullable=False, unique=True),
)

# ---------- the log: what its leaves are, and who else signed its checkpoints ----------

log_leaves = sa.Table(
    "log_leaves",
    metadata,
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False, index=True),
    sa.Column("what", sa.String(100), nullable=False, unique=True),
    _at(),
)

log_cosignatures = sa.Table(
    "log_cosignatures",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("witness", sa.String(255), primary_key=True),
    _text("line"),
    _at(),
)

# ---------- official marks, shown only with the number of their certificate ----------

official_marks = sa.Table(
    "official_marks",
    metadata,
    _id(),
    _ref("number", "labels.number"),
    _text("body"),
    _text("certificate_number"),
    _text("media_type"),
    sa.Column("image", sa.LargeBinary, nullable=False),
    _text("sha256"),
    _text("person_id"),
    _at(),
)

# ---------- the officers' desk ----------

bulk_checks = sa.Table(
    "bulk_checks",
    metadata,
    _id(),
    _ref("organisation_id", "organisations.id"),
    _text("filename"),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("moment", UtcDateTime),
    sa.Column("result", sa.JSON(none_as_null=True)),
    _text("person_id"),
    _at(),
    sa.Column("done_at", UtcDateTime),
)

evidence_requests = sa.Table(
    "evidence_requests",
    metadata,
    _id(),
    _ref("number", "labels.number"),
    _ref("organisation_id", "organisations.id"),
    _text("purpose"),
    _text("legal_basis"),
    _text("person_id"),
    _at(),
)

evidence_answers = sa.Table(
    "evidence_answers",
    metadata,
    sa.Column("request_id", sa.String(32), sa.ForeignKey("evidence_requests.id"), primary_key=True),
    _text("decision"),
    _text("reason"),
    sa.Column("open_until", UtcDateTime),
    _text("person_id"),
    _at(),
)

evidence_accesses = sa.Table(
    "evidence_accesses",
    metadata,
    _id(),
    _ref("request_id", "evidence_requests.id"),
    _text("part"),
    _text("sha256"),
    _text("person_id"),
    _at(),
)

APPEND_ONLY = (
    "status_places",
    "status_lists",
    "log_leaves",
    "log_cosignatures",
    "official_marks",
    "evidence_requests",
    "evidence_answers",
    "evidence_accesses",
)
