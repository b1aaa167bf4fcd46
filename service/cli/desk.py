"""``tanbiao check``, ``tanbiao pack`` and ``tanbiao evidence``: the officers' desk on the command line."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli import base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from certificates.pack import Pack
    from service.usecases.access import Actor
    from service.usecases.desk.bulk import Check
    from service.usecases.desk.requests import Asked
    from service.usecases.services import Services

PATH = click.Path(exists=True, path_type=Path)
ENDINGS = (".pdf", ".json", ".jwt")
OFFICER = click.option(
    "--as", "email", default="", metavar="EMAIL", help="The officer who acts; default: the administrator."
)


def register(group: click.Group) -> None:
    """Add the commands."""
    _check(group)

    @group.group("pack", cls=base.Group, example="tanbiao pack make labels.pack --as regulator@demo.invalid")
    def pack() -> None:
        """The offline pack: what a border post without a network verifies with."""

    _pack(pack)

    @group.group("evidence", cls=base.Group, example="tanbiao evidence list --as exporter@demo.invalid")
    def evidence() -> None:
        """Sealed evidence of labels: ask, answer, take, list."""

    _asking(evidence)
    _answering(evidence)


def _check(group: click.Group) -> None:
    @base.command(group, "check", "tanbiao check numbers.csv --as regulator@demo.invalid -o result.xlsx")
    @click.argument("file", type=PATH)
    @OFFICER
    @click.option(
        "--at", default="", metavar="MOMENT", help="How it stood then: a day or a moment; default: now."
    )
    @click.option("-o", "--output", "target", default="", help="Write all rows: .csv, .xlsx or .json.")
    @base.json_option
    def check(file: Path, email: str, at: str, target: str, as_json: bool) -> None:
        """Check a list of numbers (CSV, xlsx), a zip, a folder (its .pdf, .json and .jwt files), or one file, at once.

        Exit code 0 when every row is valid, 1 when one is not.
        """
        from service.usecases import lookup
        from service.usecases.desk import bulk, exports

        form = _form_of(target)
        found = base.services()
        actor = _actor(email, found)
        moment = lookup.moment(at, found.clock())
        name, data = _read(file)
        done = bulk.check_now(actor, bulk.Upload(name, data, moment), found, _progress)
        if target:
            base.write_file(target, exports.exported(done.rows, form, base.language(), done.about()))
        if as_json:
            click.echo(exports.as_json(done.rows, done.about()).decode("utf-8"))
        else:
            _show(done)
        raise SystemExit(0 if done.counts.get("valid", 0) == done.total else 1)


def _pack(pack: click.Group) -> None:
    @base.command(pack, "make", "tanbiao pack make labels.pack --as regulator@demo.invalid --days 7")
    @click.argument("target")
    @OFFICER
    @click.option("--days", default=7, show_default=True, help="How long it counts, at most 31.")
    def make(target: str, email: str, days: int) -> None:
        """Write a signed pack; its fingerprint and its end are told on standard error, and recorded."""
        from service.usecases.desk import packs

        found = base.services()
        made = packs.make(_actor(email, found), found, days)
        base.write_file(target, made.data)
        click.echo(f"sha256 {made.fingerprint}", err=True)
        click.echo(f"{made.leaves} leaves, counts until {made.expires_at:%Y-%m-%dT%H:%M:%SZ}", err=True)

    @base.command(pack, "list", "tanbiao pack list --as regulator@demo.invalid")
    @OFFICER
    @base.json_option
    def list_(email: str, as_json: bool) -> None:
        """Packs that were taken, newest first."""
        from service.usecases.desk import packs

        found = base.services()
        rows = [
            (f"{one.at:%Y-%m-%dT%H:%M:%SZ}", f"{one.expires_at:%Y-%m-%dT%H:%M:%SZ}", one.sha256)
            for one in packs.taken(_actor(email, found), found)
        ]
        base.show(rows, ("taken", "counts until", "sha256"), as_json=as_json)

    @base.command(pack, "show", "tanbiao pack show labels.pack --trust trust.json")
    @click.argument("file", type=PATH)
    @click.option("--trust", type=PATH, default=None, help="Trust file; default: ours.")
    @base.json_option
    def show(file: Path, trust: Path | None, as_json: bool) -> None:
        """Whose pack a file is, since when and until when it counts, and what it holds; it is verified first."""
        read = _read_pack(file, trust)
        rows = [
            ("issuer", read.issuer_id),
            ("made", f"{read.made_at:%Y-%m-%dT%H:%M:%SZ}"),
            ("counts until", f"{read.expires_at:%Y-%m-%dT%H:%M:%SZ}"),
            ("leaves of the log", str(read.leaves)),
            ("numbers whose standing changed", str(read.changed)),
        ]
        base.show(rows, ("what", "value"), as_json=as_json)


def _read_pack(file: Path, trust: Path | None) -> Pack:
    """A pack that holds as of now; what is wrong with another ends the command with its sentence."""
    from certificates import pack
    from certificates.canonical import NotJson, parse
    from certificates.keys.trust import TrustFileInvalid
    from certificates.keys.trust import read as read_trust

    found = base.services(store=False)
    try:
        trusted = read_trust(parse(trust.read_bytes()) if trust else found.keys.trust())
        return pack.read(file.read_bytes(), trusted, found.clock())
    except (NotJson, TrustFileInvalid, pack.NotAPack, pack.PackNotSigned, pack.PackExpired) as error:
        raise click.ClickException(f"{type(error).__doc__} ({error})") from error


def _asking(evidence: click.Group) -> None:
    example = 'tanbiao evidence ask TB-2026-0000001-L --as regulator@demo.invalid --purpose "border check"'

    @base.command(evidence, "ask", example)
    @click.argument("number")
    @base.as_option
    @click.option("--purpose", required=True, help="What is to be found out; the exporter reads it.")
    @click.option("--legal-basis", default="", help="Law and article, where one obliges the exporter.")
    def ask(number: str, email: str, purpose: str, legal_basis: str) -> None:
        """Ask to see what a label rests on; prints the request's id."""
        from service.usecases.desk import requests

        found = base.services()
        command = requests.Ask(number, purpose, legal_basis)
        click.echo(requests.ask(base.acting(email, found), command, found))

    @base.command(
        evidence, "take", "tanbiao evidence take REQUEST workbook seen.xlsx --as regulator@demo.invalid"
    )
    @click.argument("request_id", metavar="REQUEST")
    @click.argument("part", type=click.Choice(["workbook", "inventory", "links", "assessment", "review"]))
    @click.argument("target")
    @base.as_option
    def take(request_id: str, part: str, target: str, email: str) -> None:
        """Write a granted part to a new file; that it was seen is recorded first."""
        from service.usecases.desk import evidence as reading

        found = base.services()
        base.write_file(target, reading.take(base.acting(email, found), request_id, part, found).data)


def _answering(evidence: click.Group) -> None:
    @base.command(
        evidence,
        "answer",
        "tanbiao evidence answer REQUEST granted --until 2026-12-31 --as exporter@demo.invalid",
    )
    @click.argument("request_id", metavar="REQUEST")
    @click.argument("decision", type=click.Choice(["granted", "refused", "duty"]))
    @base.as_option
    @click.option("--until", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The last day it is open.")
    @click.option("--reason", default="", help="Needed to refuse, and for a legal duty.")
    def answer(request_id: str, decision: str, email: str, until: datetime | None, reason: str) -> None:
        """Grant, refuse, or open by legal duty; once."""
        from service.usecases.desk import requests

        found = base.services()
        command = requests.Answer(decision, reason, until.date() if until else None)
        requests.answer(base.acting(email, found), request_id, command, found)

    @base.command(evidence, "list", "tanbiao evidence list --as exporter@demo.invalid --json")
    @base.as_option
    @base.json_option
    def list_(email: str, as_json: bool) -> None:
        """Requests: of the authority, or about the labels of the exporter or institution."""
        from service.usecases.desk import requests

        found = base.services()
        rows = (_row(one) for one in requests.list_(base.acting(email, found), found))
        base.show(
            rows, ("request", "label", "authority", "state", "open until", "times seen"), as_json=as_json
        )


def _row(one: Asked) -> tuple[str, ...]:
    until = one.answer.open_until if one.answer else None
    return (
        one.request.id,
        one.request.number,
        one.authority.get(base.language(), ""),
        one.state,
        f"{until:%Y-%m-%dT%H:%M:%SZ}" if until else "",
        str(len(one.accesses)),
    )


def _actor(email: str, found: Services) -> Actor:
    return base.acting(email, found) if email else base.administrator()


def _form_of(target: str) -> str:
    form = Path(target).suffix.lower().removeprefix(".")
    if target and form not in ("csv", "json", "xlsx"):
        raise click.UsageError("The output ends with .csv, .xlsx or .json.")
    return form


def _read(path: Path) -> tuple[str, bytes]:
    """Name and bytes; a folder as a zip of its files, whose names it keeps."""
    if path.is_file():
        return path.name, path.read_bytes()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for one in _files(path):
            archive.write(one, one.relative_to(path).as_posix())
    return f"{path.resolve().name}.zip", target.getvalue()


def _files(path: Path) -> Iterable[Path]:
    """Files in a folder and its folders that may be labels, by their endings; links are not followed."""
    for one in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in one.relative_to(path).parts)
        if one.suffix.lower() in ENDINGS and one.is_file() and not one.is_symlink() and not hidden:
            yield one


def _progress(_step: str, share: float) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{share:4.0%}", nl=share >= 1, err=True)


def _show(done: Check) -> None:
    """Rows that are not valid, then the counts."""
    from service.usecases.desk.exports import VERDICTS, texts

    word = 0 if base.language() == "zh" else 1
    rows = [
        (
            row.where or row.given,
            row.number or row.given,
            VERDICTS[row.verdict][word],
            texts(row, base.language())[-1],
        )
        for row in done.rows
        if row.verdict != "valid"
    ]
    if rows:
        base.show(rows, ("place", "number", "verdict", "explanation"), as_json=False)
    told = ", ".join(f"{count} {VERDICTS[verdict][word]}" for verdict, count in done.counts.items())
    click.echo(f"{done.total}: {told} ({done.at})")
