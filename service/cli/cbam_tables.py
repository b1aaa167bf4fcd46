"""``tanbiao cbam tables``: the reference tables, and newer workbooks of the Commission."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.cli import base

if TYPE_CHECKING:
    from databases.cbam.editions import Change
    from service.usecases.cbam.tables import Import

MOST_SHOWN = 200
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


def register(cbam: click.Group) -> None:
    """Add the commands."""

    @cbam.group("tables", cls=base.Group, example="tanbiao cbam tables list")
    def tables() -> None:
        """The reference tables: default values, benchmarks, factors, prices."""

    _reading(tables)
    _importing(tables)


def _reading(tables: click.Group) -> None:
    @base.command(tables, "list", "tanbiao cbam tables list --json")
    @base.json_option
    def list_(as_json: bool) -> None:
        """Every table in force, with source, version, date and mark of certainty."""
        from service.usecases.cbam import tables as use_cases

        found = use_cases.overview(base.administrator(), base.services(store=False))
        rows = [
            (one.table, one.version, one.source, one.published, one.mark, one.rows, one.edition or "packaged")
            for one in found.infos
        ]
        header = ("table", "version", "source", "published", "mark", "rows", "edition")
        base.show(rows, header, as_json=as_json)

    @base.command(tables, "template", "tanbiao cbam tables template prices -o prices.xlsx")
    @click.argument("table")
    @click.option("-o", "--output", "target", required=True)
    @click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
    def template(table: str, target: str, language: str) -> None:
        """Write the form of a table with its rows in force, to add to and import."""
        from service.usecases.cbam import tables as use_cases

        found = base.services(store=False)
        base.write_file(target, use_cases.template(base.administrator(), table, found, language))


def dated(function: Any) -> Any:
    """Options that date an edition."""
    function = click.option(
        "--valid-from", type=DAY, default="2026-01-01", show_default=True, help="First day the values apply."
    )(function)
    return click.option("--published", type=DAY, required=True, help="Day the workbook was published.")(
        function
    )


def _importing(tables: click.Group) -> None:
    @base.command(tables, "preview", "tanbiao cbam tables preview benchmarks.xlsx --published 2026-08-06")
    @click.argument("file", type=FILE)
    @dated
    @base.json_option
    def preview(file: Path, published: datetime, valid_from: datetime, as_json: bool) -> None:
        """Show what a newer workbook of the Commission, or a form of ours, would change; nothing is installed."""
        from service.usecases.cbam import tables as use_cases

        command = _command(file, published, valid_from)
        found = use_cases.preview_import(base.administrator(), command, base.services(store=False))
        changes = found.changes if as_json else found.changes[:MOST_SHOWN]
        base.show([_cells(one) for one in changes], ("table", "key", "change", "relative"), as_json=as_json)
        if not as_json:
            if not found.changes:
                click.echo("No value would change.")
            for table, counts in found.counts.items():
                click.echo(f"{table}: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
            for notice in found.notices:
                click.echo(f"{notice.severity.value.upper():8}{notice.message(base.language())}")

    @base.command(tables, "import", "tanbiao cbam tables import benchmarks.xlsx --published 2026-08-06")
    @click.argument("file", type=FILE)
    @dated
    def import_(file: Path, published: datetime, valid_from: datetime) -> None:
        """Install a newer workbook as an edition; it counts for everybody from now on."""
        from service.usecases.cbam import tables as use_cases

        made = use_cases.import_(base.administrator(), _command(file, published, valid_from), base.services())
        for notice in made.notices:
            click.echo(f"{notice.severity.value.upper():8}{notice.message(base.language())}")
        click.echo(made.name)

    @base.command(tables, "withdraw", "tanbiao cbam tables withdraw 0a1b2c3d4e5f")
    @click.argument("edition")
    def withdraw(edition: str) -> None:
        """Take an edition that was imported by mistake out of force. Calculations made with it keep their tables."""
        from service.usecases.cbam import tables as use_cases

        use_cases.withdraw(base.administrator(), edition, base.services())
        click.echo(edition)


def _command(file: Path, published: datetime, valid_from: datetime) -> Import:
    from service.usecases.cbam.tables import Import

    return Import(
        filename=file.name,
        data=file.read_bytes(),
        published=published.date(),
        valid_from=valid_from.date(),
    )


def _cells(change: Change) -> tuple[str, str, str, str]:
    relative = "" if change.relative is None else f"{change.relative * 100:.2f} %"
    return change.table, " ".join(change.key), change.kind, relative
