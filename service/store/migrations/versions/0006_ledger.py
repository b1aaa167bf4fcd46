"""The ledger: entries, lots, positions, uses, evidence, imports, dossiers, claims.

Positions and uses are closed once, from NULL, and never changed otherwise. That open positions never share a unit is
kept by the database too: an exclusion constraint on PostgreSQL (extension btree_gist, which the owner of a database
may create), a trigger on SQLite. There it looks at one row only: where open positions share nothing, the one that
begins last before the new one's end also ends last.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "ledger_entries",
    "ledger_lots",
    "ledger_files",
    "ledger_dossier_versions",
    "claim_statements",
    "claim_events",
)
KEYS = {
    "ledger_entries": (("sequence",), ("reverses",)),
    "ledger_lots": (("sequence",),),
    "ledger_files": (("organisation_id", "sha256"),),
    "ledger_dossier_versions": (("dossier_id", "number"),),
    "claim_statements": (("number",), ("dossier_id",)),
    "claim_events": (("number", "sequence"),),
    "ledger_positions": (("opened_by", "place"),),
    "ledger_uses": (("id",), ("opened_by", "place")),
}
OPEN = {"ledger_uses": ("opened_by", "place")}
"""Keys that are unique among the rows that are not closed."""
CLOSED_ONCE = {
    "ledger_positions": ("closed_by", "closed_on"),
    "ledger_uses": ("closed_at",),
}
FIXED = {
    "ledger_positions": (
        "opened_by",
        "place",
        "space",
        "first",
        "last",
        "account",
        "state",
        "kind",
        "lot",
        "transfers",
        "opened_on",
    ),
    "ledger_uses": ("id", "opened_by", "place", "dossier_id", "purpose", "person_id", "at"),
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
    if table in OPEN:
        at = keys.index(OPEN[table])
        same[at] += "".join(f' AND "{name}" IS NULL' for name in CLOSED_ONCE[table])
    taken = " OR ".join(f"({one})" for one in [*same, "rowid = NEW.rowid"])
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def close_once(table: str) -> None:
    """Rows begin open; an UPDATE may only close an open row and changes nothing else, nor its row number: UPDATE OR
    REPLACE would put it in another's place. A DELETE is refused.
    """
    closing, fixed = CLOSED_ONCE[table], FIXED[table]
    if op.get_bind().dialect.name == "postgresql":
        changed = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in fixed)
        again = " OR ".join(f'OLD."{name}" IS NOT NULL OR NEW."{name}" IS NULL' for name in closing)
        begun = " OR ".join(f'NEW."{name}" IS NOT NULL' for name in closing)
        raising = f"RAISE EXCEPTION '{table} is append-only'"
        op.execute(
            f"CREATE FUNCTION {table}_close() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'INSERT' THEN IF {begun} THEN {raising}; END IF; RETURN NEW; END IF; "
            f"IF {again} OR {changed} THEN {raising}; END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_closed_once BEFORE INSERT OR UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_close()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tanbiao_append_only()"
        )
        return
    changed = " OR ".join([*(f'NEW."{name}" IS NOT OLD."{name}"' for name in fixed), "NEW.rowid <> OLD.rowid"])
    again = " OR ".join(f'OLD."{name}" IS NOT NULL OR NEW."{name}" IS NULL' for name in closing)
    begun = " OR ".join(f'NEW."{name}" IS NOT NULL' for name in closing)
    for verb, when in (("UPDATE", f"WHEN {again} OR {changed}"), ("DELETE", ""), ("INSERT", f"WHEN {begun}")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def share_no_unit() -> None:
    """Open positions of one numbering never overlap."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE ledger_positions ADD CONSTRAINT ledger_positions_share_no_unit EXCLUDE USING gist "
            """(space WITH =, int8range("first", "last", '[]') WITH &&) WHERE (closed_by IS NULL)"""
        )
        return
    op.execute(
        "CREATE TRIGGER ledger_positions_share_no_unit BEFORE INSERT ON ledger_positions "
        'WHEN (SELECT "last" FROM ledger_positions WHERE space = NEW.space AND closed_by IS NULL '
        'AND "first" <= NEW."last" ORDER BY "first" DESC LIMIT 1) >= NEW."first" '
        "BEGIN SELECT RAISE(ABORT, 'ledger_positions share no unit'); END"
    )


def upgrade() -> None:
    op.create_table('ledger_entries',
    sa.Column('sequence', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reverses', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_ledger_entries'))
    )
    op.create_index('uq_ledger_entries_reverses', 'ledger_entries', ['reverses'], unique=True, sqlite_where=sa.text('reverses IS NOT NULL'), postgresql_where=sa.text('reverses IS NOT NULL'))
    op.create_index(op.f('ix_ledger_entries_account'), 'ledger_entries', ['account'], unique=False)
    op.create_index('ix_ledger_entries_asserted', 'ledger_entries', ['account'], unique=False, sqlite_where=sa.text("kind = 'assert'"), postgresql_where=sa.text("kind = 'assert'"))
    op.create_table('ledger_lots',
    sa.Column('sequence', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('serial', sa.Text(), nullable=False),
    sa.Column('project', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('technology', sa.Text(), nullable=False),
    sa.Column('electricity', sa.Text(), nullable=False),
    sa.Column('vintage_start', sa.Date(), nullable=False),
    sa.Column('vintage_end', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_ledger_lots'))
    )
    op.create_index('ix_ledger_lots_electricity', 'ledger_lots', ['electricity', 'kind'], unique=False, sqlite_where=sa.text("electricity <> ''"), postgresql_where=sa.text("electricity <> ''"))
    op.create_index(op.f('ix_ledger_lots_serial'), 'ledger_lots', ['serial'], unique=False)
    op.create_table('ledger_positions',
    sa.Column('opened_by', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('space', sa.Text(), nullable=False),
    sa.Column('first', sa.BigInteger(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('lot', sa.BigInteger(), nullable=False),
    sa.Column('transfers', sa.Integer(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('closed_by', sa.BigInteger(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('opened_by', 'place', name=op.f('pk_ledger_positions'))
    )
    op.create_index('ix_ledger_positions_account', 'ledger_positions', ['account', 'opened_on'], unique=False)
    op.create_index('ix_ledger_positions_closed_by', 'ledger_positions', ['closed_by'], unique=False, sqlite_where=sa.text('closed_by IS NOT NULL'), postgresql_where=sa.text('closed_by IS NOT NULL'))
    op.create_index(op.f('ix_ledger_positions_lot'), 'ledger_positions', ['lot'], unique=False)
    op.create_index('ix_ledger_positions_open', 'ledger_positions', ['space', 'first'], unique=False, sqlite_where=sa.text('closed_by IS NULL'), postgresql_where=sa.text('closed_by IS NULL'))
    op.create_table('ledger_dossiers',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('noun', sa.Text(), nullable=False),
    sa.Column('organisation_id', sa.String(length=32), nullable=False),
    sa.Column('institution_id', sa.String(length=32), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['institution_id'], ['organisations.id'], name=op.f('fk_ledger_dossiers_institution_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_ledger_dossiers_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_dossiers'))
    )
    op.create_index(op.f('ix_ledger_dossiers_institution_id'), 'ledger_dossiers', ['institution_id'], unique=False)
    op.create_index(op.f('ix_ledger_dossiers_organisation_id'), 'ledger_dossiers', ['organisation_id'], unique=False)
    op.create_table('ledger_files',
    sa.Column('organisation_id', sa.String(length=32), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_ledger_files_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', 'sha256', name=op.f('pk_ledger_files'))
    )
    op.create_table('ledger_imports',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('organisation_id', sa.String(length=32), nullable=False),
    sa.Column('registry', sa.Text(), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('report', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('result', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_ledger_imports_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_imports'))
    )
    op.create_index(op.f('ix_ledger_imports_organisation_id'), 'ledger_imports', ['organisation_id'], unique=False)
    op.create_table('claim_statements',
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('dossier_id', sa.String(length=32), nullable=False),
    sa.Column('statement', sa.JSON(), nullable=False),
    sa.Column('credential', sa.Text(), nullable=False),
    sa.Column('proof', sa.JSON(), nullable=False),
    sa.Column('pdf', sa.LargeBinary(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['ledger_dossiers.id'], name=op.f('fk_claim_statements_dossier_id')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_claim_statements')),
    sa.UniqueConstraint('dossier_id', name=op.f('uq_claim_statements_dossier_id'))
    )
    op.create_table('ledger_dossier_versions',
    sa.Column('dossier_id', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['ledger_dossiers.id'], name=op.f('fk_ledger_dossier_versions_dossier_id')),
    sa.PrimaryKeyConstraint('dossier_id', 'number', name=op.f('pk_ledger_dossier_versions'))
    )
    op.create_table('ledger_uses',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('opened_by', sa.BigInteger(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.String(length=32), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['ledger_dossiers.id'], name=op.f('fk_ledger_uses_dossier_id')),
    sa.ForeignKeyConstraint(['opened_by', 'place'], ['ledger_positions.opened_by', 'ledger_positions.place'], name=op.f('fk_ledger_uses_opened_by_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_uses'))
    )
    op.create_index(op.f('ix_ledger_uses_dossier_id'), 'ledger_uses', ['dossier_id'], unique=False)
    op.create_index('uq_ledger_uses_open', 'ledger_uses', ['opened_by', 'place'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('claim_events',
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('ground', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['number'], ['claim_statements.number'], name=op.f('fk_claim_events_number')),
    sa.PrimaryKeyConstraint('number', 'sequence', name=op.f('pk_claim_events'))
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        forbid_changes(table)
    for table in CLOSED_ONCE:
        close_once(table)
    share_no_unit()
    if sqlite:
        for table, keys in KEYS.items():
            forbid_replacing(table, keys)


def downgrade() -> None:
    raise NotImplementedError("Signed labels are never dropped by a downgrade: restore a backup instead.")
