"""``tanbiao ledger``: verify the ledger, show what an account holds, write it as text."""

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


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("ledger", cls=base.Group, example="tanbiao ledger verify")
    def ledger() -> None:
        """The ledger of green certificates and carbon credits."""

    _verify(ledger)
    _holdings(ledger)
    _export(ledger)
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
