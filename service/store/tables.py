"""The tables of the store, neutral between SQLite and PostgreSQL. Times are UTC; hashes are hex text.

The tables of :data:`APPEND_ONLY` are append-only: triggers made by the migrations refuse UPDATE, DELETE and,
on SQLite, an INSERT that would replace a row. They stop mistakes and injected statements; whoever owns the file or
the server can drop a trigger or a table, and then ``usecases.integrity`` is what tells.
"""

from __future__ import annotations

import sqlalchemy as sa

from service.store.cbam_tables import APPEND_ONLY as CBAM_APPEND_ONLY
from service.store.columns import UtcDateTime, metadata
from service.store.columns import at as _at
from service.store.columns import id_ as _id
from service.store.columns import ref as _ref
from service.store.columns import text as _text
from service.store.ledger_tables import APPEND_ONLY as LEDGER_APPEND_ONLY
from service.store.trust_tables import APPEND_ONLY as TRUST_APPEND_ONLY

organisations = sa.Table(
    "organisations",
    metadata,
    _id(),
    _text("kind"),
    _text("name_zh"),
    _text("name_en"),
    _text("code", unique=True),
    _at("created_at"),
)

people = sa.Table(
    "people",
    metadata,
    _id(),
    _ref("organisation_id", "organisations.id"),
    _text("email", unique=True),
    _text("name"),
    sa.Column("roles", sa.JSON, nullable=False),
    _text("language"),
    sa.Column("active", sa.Boolean, nullable=False),
    _at("created_at"),
    _text("password_hash"),
    sa.Column("session_epoch", sa.Integer, nullable=False, server_default="0"),
)

inventories = sa.Table(
    "inventories",
    metadata,
    _id(),
    _ref("organisation_id", "organisations.id"),
    _ref("institution_id", "organisations.id"),
    _text("filename"),
    sa.Column("workbook", sa.LargeBinary, nullable=False),
    _text("workbook_sha256"),
    sa.Column("content", sa.JSON, nullable=False),
    _text("digest"),
    sa.Column("findings", sa.JSON, nullable=False),
    _ref("handed_in_by", "people.id", index=False),
    _at("handed_in_at"),
)

studies = sa.Table(
    "studies",
    metadata,
    _id(),
    _ref("inventory_id", "inventories.id"),
    _ref("exporter_id", "organisations.id"),
    _ref("institution_id", "organisations.id"),
    _text("release"),
    _text("release_digest"),
    _text("gwp_set"),
    _text("rule_set"),
    _text("status"),
    _ref("opened_by", "people.id", index=False),
    _at("opened_at"),
    sa.Column("version", sa.Integer, nullable=False),
    _text("product_name_zh"),
    _text("product_name_en"),
)

modellers = sa.Table(
    "study_modellers",
    metadata,
    sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id"), primary_key=True),
    sa.Column("person_id", sa.String(32), sa.ForeignKey("people.id"), primary_key=True),
)

choices = sa.Table(
    "choices",
    metadata,
    sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id"), primary_key=True),
    sa.Column("key", sa.String(100), primary_key=True),
    _text("dataset"),
    _text("reason"),
    _ref("person_id", "people.id", index=False),
    _at(),
)

assessments = sa.Table(
    "assessments",
    metadata,
    _id(),
    sa.Column("sequence", sa.Integer, nullable=False),
    _ref("study_id", "studies.id", index=False),
    _text("digest"),
    sa.Column("result", sa.JSON, nullable=False),
    _text("engine"),
    _ref("person_id", "people.id", index=False),
    _at(),
    sa.UniqueConstraint("study_id", "sequence"),
)

reviews = sa.Table(
    "reviews",
    metadata,
    _id(),
    sa.Column("sequence", sa.Integer, nullable=False),
    _ref("study_id", "studies.id", index=False),
    _text("assessment_digest"),
    _ref("reviewer_id", "people.id", index=False),
    _text("decision"),
    _text("comment"),
    _at(),
    sa.UniqueConstraint("study_id", "sequence"),
)

labels = sa.Table(
    "labels",
    metadata,
    sa.Column("number", sa.String(32), primary_key=True),
    _text("code", server_default=""),
    sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id"), nullable=False, unique=True),
    _ref("exporter_id", "organisations.id"),
    _ref("institution_id", "organisations.id"),
    sa.Column("statement", sa.JSON, nullable=False),
    _text("credential"),
    sa.Column("proof", sa.JSON, nullable=False),
    sa.Column("pdf", sa.LargeBinary, nullable=False),
    _ref("issued_by", "people.id", index=False),
    _at("issued_at"),
    _at("valid_until"),
)

label_events = sa.Table(
    "label_events",
    metadata,
    sa.Column("number", sa.String(32), sa.ForeignKey("labels.number"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    _text("status"),
    _text("reason"),
    _ref("person_id", "people.id", index=False),
    _at(),
)

log_nodes = sa.Table(
    "log_nodes",
    metadata,
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("index", sa.BigInteger, primary_key=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

log_checkpoints = sa.Table(
    "log_checkpoints",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("checkpoint"),
    _at(),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

jobs = sa.Table(
    "jobs",
    metadata,
    _id(),
    _text("kind"),
    sa.Column("payload", sa.JSON, nullable=False),
    _ref("person_id", "people.id", index=False),
    _ref("organisation_id", "organisations.id"),
    _text("state", index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("progress", sa.Float, nullable=False),
    _text("step"),
    sa.Column("result", sa.JSON(none_as_null=True)),
    _text("error"),
    _text("message_zh"),
    _text("message_en"),
    _at("created_at"),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("heartbeat_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
)

audit_events = sa.Table(
    "audit_events",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    _at(),
    _text("person_id"),
    _text("via"),
    _text("action"),
    _text("object", index=True),
    _text("before"),
    _text("after"),
    _text("link"),
)

# ---------- background data: licences, impact of an update, notices ----------

release_licences = sa.Table(
    "release_licences",
    metadata,
    sa.Column("release", sa.String(100), primary_key=True),
    sa.Column("organisation_id", sa.String(32), sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("granted", sa.Boolean, nullable=False),
    _text("evidence"),
    _text("person_id"),
    _at(),
)

release_impacts = sa.Table(
    "release_impacts",
    metadata,
    _id(),
    _text("old"),
    _text("old_digest"),
    _text("new"),
    _text("new_digest"),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("summary", sa.JSON, nullable=False),
    _text("person_id"),
    _at(),
)

release_impact_rows = sa.Table(
    "release_impact_rows",
    metadata,
    sa.Column("impact_id", sa.String(32), sa.ForeignKey("release_impacts.id"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    _text("kind"),
    _text("object"),
    sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id")),
    _text("name_zh"),
    _text("name_en"),
    _text("unit"),
    _text("gwp_set"),
    sa.Column("exporter_id", sa.String(32), sa.ForeignKey("organisations.id"), index=True),
    sa.Column("institution_id", sa.String(32), sa.ForeignKey("organisations.id"), index=True),
    sa.Column("before", sa.Float),
    sa.Column("after", sa.Float),
    sa.Column("change", sa.Float),
    sa.Column("beyond", sa.Boolean, nullable=False),
    sa.Column("missing", sa.JSON, nullable=False),
)

notices = sa.Table(
    "notices",
    metadata,
    _id(),
    _ref("organisation_id", "organisations.id"),
    _text("kind"),
    _text("object"),
    sa.Column("details", sa.JSON, nullable=False),
    _at(),
    sa.Column("read_at", UtcDateTime),
)

# ---------- link memory: confirmations of an institution for one exporter's lines ----------

link_memory = sa.Table(
    "link_memory",
    metadata,
    sa.Column("institution_id", sa.String(32), sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("exporter_id", sa.String(32), sa.ForeignKey("organisations.id"), primary_key=True),
    sa.Column("release", sa.String(100), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("dataset", sa.String(200), primary_key=True),
    _text("name"),
    _text("kind"),
    _text("dimension"),
    _text("place"),
    _text("reason"),
    _ref("person_id", "people.id", index=False),
    _at(),
    sa.Column("times", sa.Integer, nullable=False),
)

APPEND_ONLY = (
    "inventories",
    "study_modellers",
    "assessments",
    "reviews",
    "labels",
    "label_events",
    "log_nodes",
    "log_checkpoints",
    "audit_events",
    "release_licences",
    *CBAM_APPEND_ONLY,
    *LEDGER_APPEND_ONLY,
    *TRUST_APPEND_ONLY,
)
