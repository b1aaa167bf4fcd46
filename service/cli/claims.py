"""``tanbiao claim``: how an issued claim stands, and the daily look at all of them."""

from __future__ import annotations

from datetime import datetime

import click

from service.cli import base


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("claim", cls=base.Group, example="tanbiao claim standing TC-2026-0000001-W")
    def claim() -> None:
        """Issued neutralisation claims."""

    @base.command(claim, "standing", "tanbiao claim standing TC-2026-0000001-W --on 2026-12-31")
    @click.argument("number")
    @click.option(
        "--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day; today if not given."
    )
    def standing(number: str, on: datetime | None) -> None:
        """Say how a claim stands and why; exit code 1 when it is not in force."""
        from certificates.ledger.claims.model import Standing
        from service.usecases.claims import standings

        found = standings.standing(number, base.services(), on.date() if on else None)
        click.echo(found.standing.value)
        for ground in found.grounds:
            click.echo(ground.sentence(base.language()))
        raise SystemExit(0 if found.standing is Standing.IN_FORCE else 1)

    @base.command(claim, "sweep", "tanbiao claim sweep")
    def sweep() -> None:
        """Note for every claim what has changed since its last event; for a daily timer."""
        from service.usecases.claims import standings

        for event in standings.sweep(base.administrator(), base.services()):
            click.echo(f"{event.number} {event.status}: {event.reason}")
