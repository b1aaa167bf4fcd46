"""Link memory: confirmations of an institution for the lines of one exporter, to be offered again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_memory",
        sa.Column("institution_id", sa.String(length=32), nullable=False),
        sa.Column("exporter_id", sa.String(length=32), nullable=False),
        sa.Column("release", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["organisations.id"], name=op.f("fk_link_memory_institution_id")
        ),
        sa.ForeignKeyConstraint(["exporter_id"], ["organisations.id"], name=op.f("fk_link_memory_exporter_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_link_memory_person_id")),
        sa.PrimaryKeyConstraint(
            "institution_id", "exporter_id", "release", "key", "dataset", name=op.f("pk_link_memory")
        ),
    )


def downgrade() -> None:
    raise NotImplementedError("Signed labels are never dropped by a downgrade: restore a backup instead.")
