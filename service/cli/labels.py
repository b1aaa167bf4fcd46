"""``tanbiao label`` and ``tanbiao verify``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from service.cli import base


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("label", cls=base.Group, example="tanbiao label list --as signatory@demo.invalid")
    def label() -> None:
        """Labels: issue, list, show, export, recompute."""

    _writing(label)
    _reading(label)
    _taking(label)

    @base.command(group, "verify", "tanbiao verify label.pdf --trust trust.json")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option(
        "--trust",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Trust file; default: ours.",
    )
    def verify(file: Path, trust: Path | None) -> None:
        """Verify a label file. Exit code 0 when it is valid, 1 when it is not, 2 for a wrong command."""
        from certificates.verify import verify as check

        trusted = json.loads(trust.read_bytes()) if trust else base.services(store=False).keys.trust()
        report = check(file.read_bytes(), trusted, at=datetime.now(UTC))
        click.echo(report.text(base.language()), nl=False)
        raise SystemExit(0 if report.valid else 1)


def _writing(label: click.Group) -> None:
    @base.command(label, "issue", "tanbiao label issue STUDY --as signatory@demo.invalid")
    @click.argument("study_id", metavar="STUDY")
    @base.as_option
    def issue(study_id: str, email: str) -> None:
        """Issue the label of an approved study; not by somebody who modelled or reviewed it."""
        from service.usecases import labels

        found = base.services()
        click.echo(labels.issue(base.acting(email, found), study_id, found).number)

    @base.command(label, "recompute", "tanbiao label recompute TB-2026-0000001-L")
    @click.argument("number")
    @click.option(
        "--as", "email", default="", metavar="EMAIL", help="The person who asks; default: the administrator."
    )
    @base.json_option
    def recompute(number: str, email: str, as_json: bool) -> None:
        """Rebuild the number from the stored workbook and release. Exit code 0 when equal, 1 when not."""
        from service.usecases import labels

        found = base.services()
        actor = base.acting(email, found) if email else base.administrator()
        result = labels.recompute(actor, number, found)
        rows = [(one.path, one.stated, one.recomputed) for one in result.differences]
        if rows or as_json:
            base.show(rows, ("field", "stated", "recomputed"), as_json=as_json)
        if not as_json:
            click.echo(f"{number}: {'equal' if result.equal else 'different'}")
        raise SystemExit(0 if result.equal else 1)


def _reading(label: click.Group) -> None:
    @base.command(label, "list", "tanbiao label list --as regulator@demo.invalid --json")
    @base.as_option
    @base.json_option
    def list_(email: str, as_json: bool) -> None:
        """Labels the acting person may see."""
        from service.usecases import labels

        found = base.services()
        listed = labels.list_(base.acting(email, found), found)
        rows = [
            (
                one.number,
                one.statement["product"]["name"]["zh"],
                one.statement["footprint"]["total"],
                one.status,
            )
            for one in listed
        ]
        base.show(rows, ("number", "product", "kgCO2e", "status"), as_json=as_json)

    @base.command(label, "show", "tanbiao label show TB-2026-0000001-L --as exporter@demo.invalid")
    @click.argument("number")
    @base.as_option
    def show(number: str, email: str) -> None:
        """The statement of a label as JSON."""
        from service.usecases import labels

        found = base.services()
        statement = labels.get(base.acting(email, found), number, found).statement
        click.echo(json.dumps(statement, ensure_ascii=False, indent=2))


def _taking(label: click.Group) -> None:
    @base.command(
        label, "export", "tanbiao label export TB-2026-0000001-L label.pdf --as exporter@demo.invalid"
    )
    @click.argument("number")
    @click.argument("target")
    @click.option(
        "--format", "form", type=click.Choice(["pdf", "bundle", "jwt"]), default="pdf", show_default=True
    )
    @base.as_option
    def export(number: str, target: str, form: str, email: str) -> None:
        """Write a label as PDF, as bundle (credential and proof) or as the bare credential."""
        from service.usecases import labels

        found = base.services()
        actor = base.acting(email, found)
        if form == "pdf":
            data = labels.document(actor, number, found)
        elif form == "bundle":
            data = labels.bundle(actor, number, found)
        else:
            data = labels.credential(actor, number, found).encode("ascii")
        base.write_file(target, data)
