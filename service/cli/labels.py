"""``tanbiao label`` and ``tanbiao verify``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from service.cli import base

PATH = click.Path(exists=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("label", cls=base.Group, example="tanbiao label list --as signatory@demo.invalid")
    def label() -> None:
        """Labels: issue, list, show, export, recompute."""

    _writing(label)
    _reading(label)
    _taking(label)

    _verifying(group)


def _verifying(group: click.Group) -> None:
    example = "tanbiao verify label.pdf shipment/ --trust trust.json --pack week-50.pack"

    @base.command(group, "verify", example)
    @click.argument("files", nargs=-1, required=True, metavar="FILE...", type=PATH)
    @click.option("--trust", type=FILE, help="Trust file; default: ours.")
    @click.option("--pack", "packs", multiple=True, type=FILE, help="Offline pack; may stand several times.")
    @click.option("--status", "lists", multiple=True, type=FILE, help="Fresh status list; likewise.")
    @click.option("--number", default=None, help="The number you expect.")
    @click.option("--code", default=None, help="The check code you expect.")
    @click.option("--at", default=None, metavar="MOMENT", help="Such as 2026-11-22T08:00:00Z; default: now.")
    @base.json_option
    def verify(
        files: tuple[Path, ...], packs: tuple[Path, ...], lists: tuple[Path, ...], as_json: bool, **one: Any
    ) -> None:
        """Verify label or claim files, or folders of them, as the standalone verifier does.

        Exit code 0 when all are valid, 1 when one is not, 2 for a wrong command or an expired pack.
        """
        from certificates import standalone

        arguments = [f"--lang={base.language()}", *(["--json"] if as_json else [])]
        arguments += [f"--pack={path}" for path in packs] + [f"--status={path}" for path in lists]
        arguments += [f"--{name}={value}" for name, value in one.items() if value is not None]
        own = None if one["trust"] else base.services(store=False).keys.trust()
        code = standalone.main([*arguments, "--", *map(str, files)], prog="tanbiao verify", own=own)
        raise SystemExit(code)


def _writing(label: click.Group) -> None:
    @base.command(label, "issue", "tanbiao label issue STUDY --as signatory@demo.invalid")
    @click.argument("study_id", metavar="STUDY")
    @click.option("--supersedes", default="", metavar="NUMBER", help="The label whose place it takes.")
    @base.as_option
    def issue(study_id: str, supersedes: str, email: str) -> None:
        """Issue the label of an approved study; not by somebody who modelled or reviewed it."""
        from service.usecases import labels

        found = base.services()
        made = labels.issue(base.acting(email, found), study_id, found, supersedes=supersedes)
        click.echo(made.number)

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
        "--format",
        "form",
        type=click.Choice(["pdf", "bundle", "jwt", "data-integrity", "untp", "passport"]),
        default="pdf",
        show_default=True,
    )
    @base.as_option
    def export(number: str, target: str, form: str, email: str) -> None:
        """Write a label as PDF, as bundle for offline verification, or as the bare credential in one of its forms."""
        from service.usecases import label_exports, labels

        found = base.services()
        actor = base.acting(email, found)
        if form == "pdf":
            data = labels.document(actor, number, found)
        elif form == "bundle":
            data = labels.bundle(actor, number, found)
        elif form == "jwt":
            data = labels.credential(actor, number, found).encode("ascii")
        else:
            data = label_exports.export(actor, number, form, found)
        base.write_file(target, data)

    @base.command(label, "schema", "tanbiao label schema label.untp.json untp-0.7.0")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
    def schema(file: Path, folder: Path) -> None:
        """Check a UNTP form or a passport against UNTP's own schemas in a folder of yours; they are known by their
        digest. Exit code 0 when it fits, 1 when it does not, 2 for other files."""
        from certificates.canonical import NotJson, parse
        from certificates.untp.schemas import SchemaNotHad, schema_problems

        try:
            found = schema_problems(parse(file.read_bytes(), numbers=True), folder)
        except NotJson as error:
            raise click.UsageError(f"{file.name} is not JSON.") from error
        except (SchemaNotHad, ValueError) as error:
            raise click.UsageError(str(error)) from error
        for problem in found:
            click.echo(problem)
        if not found:
            click.echo("It fits the schema.")
        raise SystemExit(1 if found else 0)
