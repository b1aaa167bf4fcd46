"""``tanbiao ledger import``: a registry's table into the account of the acting person's organisation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.cli import base

if TYPE_CHECKING:
    from service.usecases.ledger.importing import Report, Upload

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
HEADER = ("outcome", "sheet", "row", "cell", "serial", "code", "reason")
EXAMPLE = "tanbiao ledger import vcus.csv --as exporter@demo.invalid --registry verra --dry-run"


def register(ledger: click.Group) -> None:
    """Add the command."""

    @base.command(ledger, "import", EXAMPLE)
    @click.argument("file", type=FILE)
    @base.as_option
    @click.option(
        "--registry", default="", help="Key of the registry; recognised by the header if not given."
    )
    @click.option(
        "--acquired-on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Day the units came in."
    )
    @click.option(
        "--beneficiary", default="", help="Who units were retired for, where the registry does not say."
    )
    @click.option("--beneficiary-code", default="", help="Unified social credit code of the beneficiary.")
    @click.option("--dry-run", is_flag=True, help="Report what would happen to every row; record nothing.")
    @base.json_option
    def import_(file: Path, email: str, dry_run: bool, as_json: bool, **said: Any) -> None:
        """Record the good rows of a registry's export, all at once; bad rows are told and left out."""
        from service.usecases.ledger import importing

        upload, found = _upload(file, **said), base.services()
        actor = base.acting(email, found)
        if dry_run:
            _show(importing.preview(actor, upload, found), as_json=as_json)
            return
        result = importing.import_now(actor, upload, found)
        if as_json:
            click.echo(json.dumps(result, ensure_ascii=False, indent=2))
            return
        _counts(result["counts"])
        if result["last"]:
            click.echo(f"entries {result['first']} to {result['last']}, link {result['link']}")


def _upload(
    file: Path, registry: str, acquired_on: datetime | None, beneficiary: str, beneficiary_code: str
) -> Upload:
    from certificates.ledger.entries import Beneficiary
    from service.usecases.ledger.importing import Upload

    return Upload(
        filename=file.name,
        data=file.read_bytes(),
        registry=registry,
        acquired_on=acquired_on.date() if acquired_on else None,
        beneficiary=Beneficiary(beneficiary, beneficiary_code) if beneficiary else None,
    )


def _counts(counts: Mapping[str, int]) -> None:
    click.echo(", ".join(f"{count} {status}" for status, count in counts.items()))


def _show(report: Report, *, as_json: bool) -> None:
    """Every row on which something is to be told (all of them as JSON), then the counts."""
    told = [
        (
            row.status,
            row.sheet,
            row.row,
            one.where if one else "",
            row.serial,
            one.code if one else "",
            reason,
        )
        for row in report.rows
        for one in (row.told or (None,))
        for reason in ((one.zh if base.language() == "zh" else one.en) if one else "",)
        if one or as_json
    ]
    base.show(told, HEADER, as_json=as_json)
    if not as_json:
        for notice in report.notices:
            click.echo(notice.message(base.language()))
        _counts(report.counts)
