"""``tanbiao status``: how a label stands, changes of it, and the signed lists."""

from __future__ import annotations

import click

from service.cli import base

_NUMBER = "TB-2026-0000001-L"
_REASON = '"Meter records are in doubt"'


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("status", cls=base.Group, example=f"tanbiao status show {_NUMBER}")
    def status() -> None:
        """How labels stand: show, suspend, lift, revoke, supersede; publish the signed lists."""

    _looking(status)
    for name, state, who, done in (
        (
            "suspend",
            "suspended",
            "signatory",
            "Suspend a label: it is not to be accepted until this is lifted.",
        ),
        ("lift", "active", "signatory", "Lift a suspension; only the side that suspended can."),
        ("revoke", "revoked", "regulator", "Revoke a label for ever."),
    ):
        _changing(status, name, state, f"{name} {_NUMBER} --reason {_REASON} --as {who}@demo.invalid", done)
    _superseding(status)


def _looking(status: click.Group) -> None:
    @base.command(status, "show", f"tanbiao status show {_NUMBER}")
    @click.argument("number")
    @click.option(
        "--as", "email", default="", metavar="EMAIL", help="The person who asks; default: the administrator."
    )
    @base.json_option
    def show(number: str, email: str, as_json: bool) -> None:
        """Everything that happened to a label, its issue first. Exit code 0 when it is active, 1 when it is not."""
        from service.usecases import standing

        found = base.services()
        actor = base.acting(email, found) if email else base.administrator()
        happened = standing.look(actor, number, found)
        language = base.language()
        rows = [
            (one.since.isoformat(), one.state, one.by[language], one.other, one.reason_in(language))
            for one in happened
        ]
        base.show(rows, ("since", "state", "by", "other", "reason"), as_json=as_json)
        raise SystemExit(0 if standing.last(happened).state == "active" else 1)

    @base.command(status, "publish", "tanbiao status publish")
    def publish() -> None:
        """Sign and log new status lists where something changed or the newest are a day old; for a daily timer."""
        from service.usecases import standing

        made = standing.publish(base.administrator(), base.services())
        for one in made:
            click.echo(f"{one.list}/{one.purpose} {one.sequence} {one.valid_until.isoformat()}")
        if not made:
            click.echo("Nothing to publish: the newest lists say what happened and are not a day old.")


def _changing(status: click.Group, name: str, state: str, example: str, done: str) -> None:
    @base.command(status, name, f"tanbiao status {example}")
    @click.argument("number")
    @click.option("--reason", required=True, help="10 to 2,000 characters; it is published.")
    @base.as_option
    def change(number: str, reason: str, email: str) -> None:
        _apply(number, state, reason, "", email)

    change.help = done


def _superseding(status: click.Group) -> None:
    @base.command(
        status,
        "supersede",
        f'tanbiao status supersede {_NUMBER} --by TB-2026-0000002-J --reason "Assessed anew on newer data" '
        "--as signatory@demo.invalid",
    )
    @click.argument("number")
    @click.option("--by", "other", required=True, metavar="NUMBER", help="The newer label.")
    @click.option("--reason", required=True, help="10 to 2,000 characters; it is published.")
    @base.as_option
    def supersede(number: str, other: str, reason: str, email: str) -> None:
        """Say that a newer label takes the place of this one, for ever."""
        _apply(number, "superseded", reason, other, email)


def _apply(number: str, state: str, reason: str, other: str, email: str) -> None:
    from service.usecases import standing

    found = base.services()
    after = standing.change(base.acting(email, found), number, standing.Change(state, reason, other), found)
    click.echo(f"{number} {after.state} {after.since.isoformat()}")
