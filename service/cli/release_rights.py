"""``tanbiao release grant``, ``withdraw``, ``licences`` and ``impact``: who may see values; what an update changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from service.cli import base
from service.cli.release_builds import progress

if TYPE_CHECKING:
    from service.store.records import ImpactRow

MOST = 40


def register(release: click.Group) -> None:
    """Add the commands."""
    _licences(release)
    _impact(release)


def _licences(release: click.Group) -> None:
    @base.command(
        release, "grant", 'tanbiao release grant ecoinvent-cutoff INST-1 --evidence "contract 2026-17"'
    )
    @click.argument("name")
    @click.argument("organisation")
    @click.option("--evidence", required=True, help="What shows that it holds the licence.")
    def grant(name: str, organisation: str, evidence: str) -> None:
        """Record that an organisation (by its registration number) holds the licence of a restricted release."""
        from service.usecases import accounts, release_licences

        found, actor = base.services(), base.administrator()
        holder = accounts.organisation_by_code(actor, organisation, found)
        release_licences.grant(actor, release_licences.Licence(name, holder.id, evidence), found)
        click.echo(f"{name}: granted to {holder.name(base.language())}")

    @base.command(
        release, "withdraw", 'tanbiao release withdraw ecoinvent-cutoff INST-1 --reason "contract ended"'
    )
    @click.argument("name")
    @click.argument("organisation")
    @click.option("--reason", required=True, help="Why; kept for good.")
    def withdraw(name: str, organisation: str, reason: str) -> None:
        """Record that an organisation no longer holds the licence: it sees no values from now on."""
        from service.usecases import accounts, release_licences

        found, actor = base.services(), base.administrator()
        holder = accounts.organisation_by_code(actor, organisation, found)
        release_licences.withdraw(actor, release_licences.Licence(name, holder.id, reason), found)
        click.echo(f"{name}: withdrawn from {holder.name(base.language())}")

    @base.command(release, "licences", "tanbiao release licences ecoinvent-cutoff")
    @click.argument("name", default="")
    @base.json_option
    def licences(name: str, as_json: bool) -> None:
        """Every grant and withdrawal, of one release name or all."""
        from service.usecases import release_licences

        events = release_licences.events(base.administrator(), name, base.services())
        rows = [
            (
                e.release,
                e.organisation_id,
                "granted" if e.granted else "withdrawn",
                e.evidence,
                e.at.isoformat(),
            )
            for e in events
        ]
        base.show(rows, ("release", "organisation", "event", "evidence", "at"), as_json=as_json)


def _impact(release: click.Group) -> None:
    @base.command(release, "impact", "tanbiao release impact uslci-2020.4 uslci-2020.4.1 --threshold 5%")
    @click.argument("old")
    @click.argument("new")
    @click.option("--threshold", default="5%", show_default=True, help="Change worth telling the owners.")
    @base.json_option
    def impact(old: str, new: str, threshold: str, as_json: bool) -> None:
        """What a new release changes for every dataset, study and label; tells the owners beyond the threshold."""
        from service.usecases import release_updates

        found, actor = base.services(), base.administrator()
        command = release_updates.Compare(old, new, share(threshold))
        with progress(f"{old} → {new}") as tell:
            made = release_updates.impact(actor, command, found, progress=tell)
        view = release_updates.get(actor, made.id, found)
        beyond = [row for row in view.rows if row.beyond]
        shown = beyond if as_json else beyond[:MOST]
        name = "name_zh" if base.language() == "zh" else "name_en"
        rows = [
            (r.kind, r.object, getattr(r, name), r.gwp_set, *_figures(r, as_json), _percent(r.change))
            for r in shown
        ]
        head = ("kind", "object", "name", "gwp set", "before", "after", "change")
        base.show(rows, head, as_json=as_json)
        if not as_json:
            click.echo(f"{len(beyond)} beyond the threshold, {len(view.rows)} rows; impact {made.id}")


def share(text: str) -> float:
    """``5%`` or ``0.05`` as 0.05. Raises click.BadParameter."""
    try:
        number = float(text.strip().removesuffix("%"))
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is neither a percentage nor a share") from error
    return number / 100 if text.strip().endswith("%") else number


def _figures(row: ImpactRow, as_json: bool) -> tuple[object, object]:
    """Before and after, to four digits for people."""
    if as_json:
        return row.before, row.after
    before, after = ("—" if value is None else f"{value:.4g}" for value in (row.before, row.after))
    return before, after


def _percent(change: float | None) -> str:
    return "—" if change is None else f"{change:+.1%}"
