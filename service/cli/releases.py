"""``tanbiao release``: background data."""

from __future__ import annotations

import click

from service.cli import base


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("release", cls=base.Group, example="tanbiao release list")
    def release() -> None:
        """Background data releases: build, list, verify, search."""

    _installing(release)
    _looking(release)


def _installing(release: click.Group) -> None:

    @base.command(release, "build", "tanbiao release build")
    def build() -> None:
        """Build and install the starter release open-cn; does nothing when it is there and intact."""
        from databases.build import build_open_cn

        found = base.settings()
        found.releases.mkdir(parents=True, exist_ok=True)
        with click.progressbar(length=100, label="open-cn") as bar:
            done = 0

            def progress(_step: str, share: float) -> None:
                nonlocal done
                bar.update(max(0, int(share * 100) - done))
                done = max(done, int(share * 100))

            built = build_open_cn(found.releases, progress=progress)
        click.echo(f"{built.identifier}  {built.digest}")

    @base.command(release, "list", "tanbiao release list --json")
    @base.json_option
    def list_(as_json: bool) -> None:
        """Installed releases with their digests."""
        found = base.services(store=False)
        rows = [(r.identifier, len(r.catalogue), r.licence, r.digest) for r in found.releases.installed()]
        base.show(rows, ("release", "datasets", "licence", "digest"), as_json=as_json)


def _looking(release: click.Group) -> None:
    @base.command(release, "verify", "tanbiao release verify open-cn-2026.1")
    @click.argument("identifier")
    def verify(identifier: str) -> None:
        """Read every file of a release again and compare its hash."""
        opened = base.services(store=False).releases.open(identifier, fresh=True)
        click.echo(f"{opened.identifier}: intact, {opened.digest}")

    @base.command(release, "search", "tanbiao release search open-cn-2026.1 铝 --kind material")
    @click.argument("identifier")
    @click.argument("text")
    @click.option(
        "--kind", default="", help="electricity, fuel, heat, material, transport, waste, water, emission"
    )
    @click.option("--place", default="", help="Place code such as CN-JS.")
    @click.option("--limit", default=20, show_default=True)
    @base.json_option
    def search(identifier: str, text: str, kind: str, place: str, limit: int, as_json: bool) -> None:
        """Find datasets by Chinese or English words."""
        from service.usecases import releases

        wanted = releases.SearchDatasets(identifier, text, kind=kind, place=place, limit=limit)
        hits = releases.search(base.administrator(), wanted, base.services(store=False))
        rows = [
            (h.dataset.code, h.dataset.name(base.language()), h.dataset.place, h.dataset.year, h.dataset.unit)
            for h in hits
        ]
        base.show(rows, ("code", "name", "place", "year", "unit"), as_json=as_json)
