"""Trust: places in status lists and the lists as published, what the log's leaves are, cosignatures of witnesses,
official marks, bulk checks, requests for sealed evidence; labels get a check code.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

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
KEYS = {
    "status_places": (("number",), ("list", "index")),
    "status_lists": (("list", "purpose", "sequence"), ("leaf_index",)),
    "log_leaves": (("index",), ("what",)),
    "log_cosignatures": (("size", "witness"),),
    "official_marks": (("id",),),
    "evidence_requests": (("id",),),
    "evidence_answers": (("request_id",),),
    "evidence_accesses": (("id",),),
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
    op.create_table('log_cosignatures',
    sa.Column('size', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('witness', sa.String(length=255), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('size', 'witness', name=op.f('pk_log_cosignatures'))
    )
    op.create_table('log_leaves',
    sa.Column('index', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('what', sa.String(length=100), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('index', name=op.f('pk_log_leaves')),
    sa.UniqueConstraint('what', name=op.f('uq_log_leaves_what'))
    )
    op.create_index(op.f('ix_log_leaves_hash'), 'log_leaves', ['hash'], unique=False)
    op.create_table('status_lists',
    sa.Column('list', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('credential', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leaf_index', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('list', 'purpose', 'sequence', name=op.f('pk_status_lists')),
    sa.UniqueConstraint('leaf_index', name=op.f('uq_status_lists_leaf_index'))
    )
    op.create_table('status_places',
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('list', sa.Integer(), nullable=False),
    sa.Column('index', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_status_places')),
    sa.UniqueConstraint('list', 'index', name=op.f('uq_status_places_list_index'))
    )
    op.create_table('bulk_checks',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('organisation_id', sa.String(length=32), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('moment', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_bulk_checks_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_checks'))
    )
    op.create_index(op.f('ix_bulk_checks_organisation_id'), 'bulk_checks', ['organisation_id'], unique=False)
    op.create_table('evidence_requests',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('organisation_id', sa.String(length=32), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('legal_basis', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['number'], ['labels.number'], name=op.f('fk_evidence_requests_number')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_evidence_requests_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_requests'))
    )
    op.create_index(op.f('ix_evidence_requests_number'), 'evidence_requests', ['number'], unique=False)
    op.create_index(op.f('ix_evidence_requests_organisation_id'), 'evidence_requests', ['organisation_id'], unique=False)
    op.create_table('official_marks',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('certificate_number', sa.Text(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('image', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['number'], ['labels.number'], name=op.f('fk_official_marks_number')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_official_marks'))
    )
    op.create_index(op.f('ix_official_marks_number'), 'official_marks', ['number'], unique=False)
    op.create_table('evidence_accesses',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('request_id', sa.String(length=32), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['evidence_requests.id'], name=op.f('fk_evidence_accesses_request_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_accesses'))
    )
    op.create_index(op.f('ix_evidence_accesses_request_id'), 'evidence_accesses', ['request_id'], unique=False)
    op.create_table('evidence_answers',
    sa.Column('request_id', sa.String(length=32), nullable=False),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('open_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['evidence_requests.id'], name=op.f('fk_evidence_answers_request_id')),
    sa.PrimaryKeyConstraint('request_id', name=op.f('pk_evidence_answers'))
    )
    op.add_column('labels', sa.Column('code', sa.Text(), server_default='', nullable=False))
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        forbid_changes(table)
        if sqlite:
            forbid_replacing(table, KEYS[table])


def downgrade() -> None:
    raise NotImplementedError("Signed labels are never dropped by a downgrade: restore a backup instead.")
