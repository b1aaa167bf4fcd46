"""``tanbiao db``: the store."""

from __future__ import annotations

from pathlib import Path

import click

from service.cli import base


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("db", cls=base.Group, example="tanbiao db check")
    def db() -> None:
        """The store: upgrade, check, back up."""

    @base.command(db, "upgrade", "tanbiao db upgrade")
    def upgrade() -> None:
        """Bring the store to this version's schema. Back up first."""
        from service.store import schema

        try:
            click.echo(schema.upgrade(base.settings().database_url))
        except schema.StoreIsForeign as error:
            raise click.ClickException(f"{schema.StoreIsForeign.__doc__} ({error})") from error

    @base.command(db, "check", "tanbiao db check")
    def check() -> None:
        """Check schema, audit chain, log and stored inventories; exit code 1 when something does not hold."""
        from service.store import schema
        from service.usecases import integrity

        found = base.settings()
        if schema.current(found.database_url) != schema.newest():
            raise click.ClickException("The store is not at this version's schema: run tanbiao db upgrade.")
        problems = integrity.check(base.administrator(), base.services(store=False))
        for problem in problems:
            click.echo(problem)
        click.echo("intact" if not problems else f"{len(problems)} problems")
        raise SystemExit(1 if problems else 0)

    @base.command(db, "backup", "tanbiao db backup tanbiao-backup.sqlite")
    @click.argument("target", type=click.Path(path_type=Path))
    def backup(target: Path) -> None:
        """Copy the store while it is in use (SQLite)."""
        from service.store import schema

        try:
            schema.backup(base.settings().database_url, target)
        except schema.BackupImpossible as error:
            raise click.ClickException(f"{schema.BackupImpossible.__doc__} ({error})") from error
        click.echo(str(target))
