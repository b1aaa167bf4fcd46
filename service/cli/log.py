"""``tanbiao log``: the transparency log of this installation, and its witnesses."""

from __future__ import annotations

import json
from typing import IO

import click

from service.cli import base


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("log", cls=base.Group, example="tanbiao log show")
    def log() -> None:
        """The transparency log: show it, prove an entry, ask the witnesses."""

    _show(log)
    _vkey(log)
    _proof(log)
    _compare(log)
    _cosign(log)


def _show(log: click.Group) -> None:
    @base.command(log, "show", "tanbiao log show")
    @base.json_option
    def show(as_json: bool) -> None:
        """The newest checkpoint with its cosignatures, and when each witness signed last."""
        from service.usecases import log_reading

        found = log_reading.overview(base.administrator(), base.services())
        if as_json:
            click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
            return
        click.echo(found.checkpoint.rstrip("\n") or "empty")
        for one in found.witnesses:
            click.echo(f"{one.name}  {one.size}  {one.at.isoformat() if one.at else '—'}")


def _vkey(log: click.Group) -> None:
    @base.command(log, "vkey", "tanbiao log vkey")
    def vkey() -> None:
        """The verifier key of this log, for `tanbiao witness init --log`; one line for each key it ever had."""
        from service.usecases import log_reading

        for line in log_reading.log_vkeys(base.administrator(), base.services()):
            click.echo(line)


def _proof(log: click.Group) -> None:
    @base.command(log, "proof", "tanbiao log proof TB-2026-0000001-L > label.tlog-proof")
    @click.argument("number")
    def proof(number: str) -> None:
        """The proof (C2SP tlog-proof) that the log holds a label or a claim."""
        from service.usecases import log_reading

        click.echo(log_reading.proof(base.administrator(), number, base.services()), nl=False)


def _compare(log: click.Group) -> None:
    @base.command(log, "compare", "tanbiao log compare checkpoint.txt")
    @click.argument("file", type=click.File(encoding="utf-8"))
    def compare(file: IO[str]) -> None:
        """Compare with a checkpoint that somebody else kept (a witness's, one on a label); exit code 1 when this log is
        not the one of that checkpoint."""
        from service.usecases import log_reading

        said = log_reading.compare(base.administrator(), file.read(100_000), base.services())
        click.echo(said)
        raise SystemExit(0 if said == log_reading.SAME else 1)


def _cosign(log: click.Group) -> None:
    @base.command(log, "cosign", "tanbiao log cosign")
    @base.json_option
    def cosign(as_json: bool) -> None:
        """Ask every witness of TANBIAO_WITNESSES to cosign the newest checkpoint; exit code 1 when one did not. Run it
        again when a witness was away."""
        from service.usecases import cosigning
        from service.usecases.problems import chinese

        outcomes = cosigning.cosign(base.administrator(), base.services())
        told = chinese if base.language() == "zh" else str
        rows = [(one.witness, one.size, one.state, told(one.problem)) for one in outcomes]
        base.show(rows, ("witness", "size", "state", "problem"), as_json=as_json)
        for one in outcomes:
            if one.state in cosigning.GRAVE:
                raise cosigning.refusal(one)
        raise SystemExit(0 if all(one.state in cosigning.GOOD for one in outcomes) else 1)
