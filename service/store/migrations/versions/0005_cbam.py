"""CBAM: installations with their data version by version, calculations, documents handed out, shipments."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("cbam_versions", "cbam_calculations", "cbam_documents")
KEYS = {
    "cbam_versions": (("id",), ("installation_id", "number")),
    "cbam_calculations": (("id",), ("version_id", "path", "tables_digest", "engine")),
    "cbam_documents": (("id",),),
}


def forbid_changes(table: str) -> None:
    """As in 0001 and 0002, for one table."""
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
    """As in 0002: a row whose key or row number is taken is not inserted, whatever the conflict clause says."""
    same = [" AND ".join(f'"{name}" = NEW."{name}"' for name in key) for key in keys]
    taken = " OR ".join(f"({one})" for one in [*same, "rowid = NEW.rowid"])
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def upgrade() -> None:
    op.create_table(
        "cbam_installations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("exporter_id", sa.String(length=32), nullable=False),
        sa.Column("institution_id", sa.String(length=32), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_cbam_installations_created_by")),
        sa.ForeignKeyConstraint(
            ["exporter_id"], ["organisations.id"], name=op.f("fk_cbam_installations_exporter_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["organisations.id"], name=op.f("fk_cbam_installations_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cbam_installations")),
    )
    op.create_index(
        op.f("ix_cbam_installations_exporter_id"), "cbam_installations", ["exporter_id"], unique=False
    )
    op.create_index(
        op.f("ix_cbam_installations_institution_id"), "cbam_installations", ["institution_id"], unique=False
    )
    op.create_table(
        "cbam_shipments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("exporter_id", sa.String(length=32), nullable=False),
        sa.Column("importer", sa.Text(), nullable=False),
        sa.Column("eori", sa.Text(), nullable=False),
        sa.Column("cn", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("net_mass_kg", sa.Text(), nullable=False),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.Column("installation_id", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=32), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["people.id"], name=op.f("fk_cbam_shipments_changed_by")),
        sa.ForeignKeyConstraint(
            ["exporter_id"], ["organisations.id"], name=op.f("fk_cbam_shipments_exporter_id")
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["cbam_installations.id"], name=op.f("fk_cbam_shipments_installation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cbam_shipments")),
    )
    op.create_index(op.f("ix_cbam_shipments_exporter_id"), "cbam_shipments", ["exporter_id"], unique=False)
    op.create_table(
        "cbam_versions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("installation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("upload_sha256", sa.Text(), nullable=False),
        sa.Column("upload", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_cbam_versions_created_by")),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["cbam_installations.id"], name=op.f("fk_cbam_versions_installation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cbam_versions")),
        sa.UniqueConstraint(
            "installation_id", "number", name=op.f("uq_cbam_versions_installation_id_number")
        ),
    )
    op.create_table(
        "cbam_calculations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("version_id", sa.String(length=32), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("tables_digest", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_cbam_calculations_created_by")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["cbam_versions.id"], name=op.f("fk_cbam_calculations_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cbam_calculations")),
        sa.UniqueConstraint(
            "version_id",
            "path",
            "tables_digest",
            "engine",
            name=op.f("uq_cbam_calculations_version_id_path_tables_digest_engine"),
        ),
    )
    op.create_table(
        "cbam_documents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("version_id", sa.String(length=32), nullable=False),
        sa.Column("calculation_digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_cbam_documents_created_by")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["cbam_versions.id"], name=op.f("fk_cbam_documents_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cbam_documents")),
    )
    op.create_index(op.f("ix_cbam_documents_version_id"), "cbam_documents", ["version_id"], unique=False)
    for table in APPEND_ONLY:
        forbid_changes(table)
        if op.get_bind().dialect.name == "sqlite":
            forbid_replacing(table, KEYS[table])


def downgrade() -> None:
    raise NotImplementedError("Signed labels are never dropped by a downgrade: restore a backup instead.")
