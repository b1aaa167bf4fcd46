"""Tables of CBAM: installations and their data by version, calculations, documents handed out, shipments.

They refer to the tables of ``service.store.tables``, which gathers all of them.
"""

from __future__ import annotations

import sqlalchemy as sa

from service.store.columns import at as _at
from service.store.columns import id_ as _id
from service.store.columns import metadata
from service.store.columns import ref as _ref
from service.store.columns import text as _text

cbam_installations = sa.Table(
    "cbam_installations",
    metadata,
    _id(),
    _ref("exporter_id", "organisations.id"),
    sa.Column("institution_id", sa.String(32), sa.ForeignKey("organisations.id"), index=True),
    _text("name_zh"),
    _text("name_en"),
    _text("country"),
    _ref("created_by", "people.id", index=False),
    _at("created_at"),
    sa.Column("version", sa.Integer, nullable=False),
)

cbam_versions = sa.Table(
    "cbam_versions",
    metadata,
    _id(),
    _ref("installation_id", "cbam_installations.id", index=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    _text("basis"),
    sa.Column("content", sa.JSON, nullable=False),
    _text("digest"),
    _text("previous"),
    _text("link"),
    _text("source"),
    sa.Column("findings", sa.JSON, nullable=False),
    _text("filename"),
    _text("upload_sha256"),
    sa.Column("upload", sa.LargeBinary),
    _text("note"),
    _ref("created_by", "people.id", index=False),
    _at("created_at"),
    sa.UniqueConstraint("installation_id", "number"),
)

cbam_calculations = sa.Table(
    "cbam_calculations",
    metadata,
    _id(),
    _ref("version_id", "cbam_versions.id", index=False),
    _text("path"),
    _text("tables_digest"),
    _text("engine"),
    sa.Column("content", sa.JSON, nullable=False),
    _text("digest"),
    _ref("created_by", "people.id", index=False),
    _at("created_at"),
    sa.UniqueConstraint("version_id", "path", "tables_digest", "engine"),
)

cbam_documents = sa.Table(
    "cbam_documents",
    metadata,
    _id(),
    _ref("version_id", "cbam_versions.id"),
    _text("calculation_digest"),
    _text("kind"),
    _text("language"),
    _text("format"),
    _text("filename"),
    _text("sha256"),
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    _ref("created_by", "people.id", index=False),
    _at("created_at"),
)

cbam_shipments = sa.Table(
    "cbam_shipments",
    metadata,
    _id(),
    _ref("exporter_id", "organisations.id"),
    _text("importer"),
    _text("eori"),
    _text("cn"),
    _text("origin"),
    _text("net_mass_kg"),
    sa.Column("imported_on", sa.Date, nullable=False),
    sa.Column("installation_id", sa.String(32), sa.ForeignKey("cbam_installations.id")),
    _text("note"),
    _ref("changed_by", "people.id", index=False),
    _at("changed_at"),
    sa.Column("version", sa.Integer, nullable=False),
)

APPEND_ONLY = ("cbam_versions", "cbam_calculations", "cbam_documents")
