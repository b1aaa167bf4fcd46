"""``tanbiao witness``: an independent witness of a transparency log, run by customs, a regulator, or anyone else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli import base

if TYPE_CHECKING:
    from certificates.log.witness_home import WitnessHome

LOG_VKEY = "labels.example.org+1a2b3c4d+AQ…"
FOLDER = click.Path(file_okay=False, path_type=Path)


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("witness", cls=base.Group, example="tanbiao witness serve /srv/witness")
    def witness() -> None:
        """An independent witness: it signs a log only while the log grows and nothing in it changes."""

    _init(witness)
    _serve(witness)
    _show(witness)


def _init(witness: click.Group) -> None:
    example = f"tanbiao witness init /srv/witness --name witness.example.gov/w1 --log '{LOG_VKEY}'"

    @base.command(witness, "init", example)
    @click.argument("folder", type=FOLDER)
    @click.option(
        "--name", required=True, help="Name of the witness: an address without https://, used by nobody else."
    )
    @click.option(
        "--log",
        "logs",
        required=True,
        multiple=True,
        metavar="VKEY",
        help="Verifier key of a log to watch, as `tanbiao log vkey` prints it there; more than once for more.",
    )
    @click.option("--in-clear", is_flag=True, help="Keep the key without a passphrase.")
    def init(folder: Path, name: str, logs: tuple[str, ...], in_clear: bool) -> None:
        """Make a witness with a key of its own; the passphrase is TANBIAO_KEY_PASSPHRASE. Prints its verifier key, for
        the log's operator and for everybody who is to trust it."""
        from certificates.log.witness_home import WitnessExists, WitnessHome, WitnessUnusable

        passphrase = None if in_clear else base.settings().passphrase
        try:
            made = WitnessHome.create(folder, name, logs, passphrase, in_clear=in_clear)
        except WitnessExists as error:
            raise click.ClickException(f"{WitnessExists.__doc__}") from error
        except WitnessUnusable as error:
            raise click.ClickException(str(error)) from error
        click.echo(made.key.text)


def _serve(witness: click.Group) -> None:
    @base.command(witness, "serve", "TANBIAO_PORT=8090 tanbiao witness serve /srv/witness")
    @click.argument("folder", type=FOLDER)
    def serve(folder: Path) -> None:
        """Serve a witness on TANBIAO_HOST and TANBIAO_PORT; Ctrl-C stops it. Put a web server with TLS in front, and
        say so with TANBIAO_PROXIES."""
        import waitress  # type: ignore[import-untyped]

        from certificates.log.witness import REQUEST_BYTES
        from service.witness import create_witness

        settings, home = base.settings(), _open(folder)
        app = create_witness(home, proxies=settings.proxies)
        click.echo(f"http://{settings.host}:{settings.port}  {home.key.name}  (Ctrl-C stops)")
        waitress.serve(
            app,
            host=settings.host,
            port=settings.port,
            max_request_body_size=REQUEST_BYTES + 1,
            clear_untrusted_proxy_headers=not settings.proxies,
            _quiet=True,
        )


def _show(witness: click.Group) -> None:
    @base.command(witness, "show", "tanbiao witness show /srv/witness")
    @click.argument("folder", type=FOLDER)
    @base.json_option
    def show(folder: Path, as_json: bool) -> None:
        """The witness's verifier key, and the newest checkpoint it signed of each log."""
        from service.witness import summary

        found = summary(_open(folder))
        if as_json:
            click.echo(json.dumps(found, ensure_ascii=False, indent=2))
            return
        click.echo(found["vkey"])
        for log in found["logs"]:
            click.echo(f"\n{log['origin']}  {log['size']}  {log['signedAt'] or '—'}")
            click.echo((log["checkpoint"] or "").rstrip("\n"))
        refused = found["refused"]
        click.echo(
            f"\nrefused and kept as evidence: {refused['kept']}"
            f" (forks: {refused['forks']}, pending: {refused['pending']})"
        )


def _open(folder: Path) -> WitnessHome:
    from certificates.log.witness_home import WitnessHome, WitnessUnusable

    try:
        return WitnessHome(folder, base.settings().passphrase)
    except WitnessUnusable as error:
        raise click.ClickException(f"{error} {WitnessUnusable.__doc__}") from error
