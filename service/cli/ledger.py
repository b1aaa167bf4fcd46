"""``tanbiao ledger``: verify the ledger, show what an account holds, write it as text; settle whose units they are."""

from __future__ import annotations

from datetime import datetime

import click

from certificates.ledger.days import day_of
from service.cli import base, ledger_import

HEADER = (
    "position",
    "kind",
    "state",
    "quantity",
    "serial",
    "from",
    "to",
    "vintage",
    "valid until",
    "used by",
)
HOLDERS = ("position", "state", "from", "to", "acquired by entry", "by entry", "account", "name")


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("ledger", cls=base.Group, example="tanbiao ledger verify")
    def ledger() -> None:
        """The ledger of green certificates and carbon credits."""

    _verify(ledger)
    _holdings(ledger)
    _export(ledger)
    _settle(ledger)
    ledger_import.register(ledger)


def _verify(ledger: click.Group) -> None:
    @base.command(ledger, "verify", "tanbiao ledger verify")
    def verify() -> None:
        """Check every entry from the first, and that positions, lots and uses follow; exit code 1 when one does not."""
        from service.usecases.ledger import soundness

        found = soundness.verify(base.administrator(), base.services())
        for problem in found.problems:
            click.echo(problem)
        verdict = "intact"
        if found.broken_at is not None:
            verdict = f"broken at entry {found.broken_at}"
        elif found.problems:
            verdict = f"{len(found.problems)} problems"
        click.echo(f"{found.entries} entries: {verdict}")
        raise SystemExit(1 if found.problems else 0)


def _holdings(ledger: click.Group) -> None:
    @base.command(ledger, "holdings", "tanbiao ledger holdings --as exporter@demo.invalid --on 2026-06-30")
    @base.as_option
    @click.option(
        "--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day; today if not given."
    )
    @click.option("--kind", default="", help="Only of this kind, such as gec or vcs.")
    @click.option("--state", type=click.Choice(["held", "frozen", "retired"]), default=None)
    @base.json_option
    def holdings(email: str, on: datetime | None, kind: str, state: str | None, as_json: bool) -> None:
        """What the person's organisation held at the end of a day, position by position."""
        from certificates.ledger.instruments import Kind, instrument
        from service.usecases.ledger import looking

        found = base.services()
        day = on.date() if on else day_of(found.clock())
        listed = looking.holdings(base.acting(email, found), day, found, kind=kind, state=state or "")
        rows = []
        for one in listed:
            held, lot = one.position, one.lot
            quantity = instrument(Kind(lot.kind)).quantity(held.span.count)
            numbers = (held.span.first, held.span.last, f"{lot.vintage_start}/{lot.vintage_end}")
            rows.append(
                (
                    held.key,
                    lot.kind,
                    held.state.value,
                    quantity,
                    lot.serial,
                    *numbers,
                    lot.expires_on or "",
                    one.used_by,
                )
            )
        base.show(rows, HEADER, as_json=as_json)


def _export(ledger: click.Group) -> None:
    @base.command(ledger, "export", "tanbiao ledger export --as exporter@demo.invalid -o account.txt")
    @base.as_option
    @click.option("-o", "--output", "target", default="-", show_default=True, help="A new file; - prints.")
    def export(email: str, target: str) -> None:
        """Write everything recorded in the account as text that people read and programs read back."""
        from service.usecases.ledger import looking

        found = base.services()
        base.write_file(target, looking.export_text(base.acting(email, found), found).encode("utf-8"))


def _settle(ledger: click.Group) -> None:
    @base.command(ledger, "holders", "tanbiao ledger holders gec B1234567890123456000000000000001")
    @click.argument("kind")
    @click.argument("serial")
    @base.json_option
    def holders(kind: str, serial: str, as_json: bool) -> None:
        """Say who holds the units of a serial, for a dispute; only here are other accounts named."""
        from certificates.ledger.instruments import Kind
        from service.usecases.ledger import correcting

        if kind not in list(Kind):
            raise click.BadParameter(f"one of {', '.join(Kind)}", param_hint="kind")
        rows = [
            (
                one.position.key,
                one.position.state.value,
                one.position.span.first,
                one.position.span.last,
                one.position.lot,
                one.position.opened_by,
                one.position.account,
                one.name,
            )
            for one in correcting.holders(base.administrator(), Kind(kind), serial, base.services())
        ]
        base.show(rows, HOLDERS, as_json=as_json)

    @base.command(ledger, "correct", 'tanbiao ledger correct 12 --because "Verra, letter of 2026-11-02"')
    @click.argument("entry", type=click.IntRange(1))
    @click.option("--because", required=True, help="What the registry confirmed; the holder is told.")
    def correct(entry: int, because: str) -> None:
        """Reverse an entry in its holder's account where he does not; later entries first."""
        from service.usecases.ledger import correcting

        done = correcting.correct(base.administrator(), correcting.Correct(entry, because), base.services())
        click.echo(f"entry {done.last}, link {done.link}")
