"""``tanbiao release``: background data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli import base, release_builds, release_rights

if TYPE_CHECKING:
    from databases.release import Release

SUMMARY = ("processes_read", "datasets", "exchanges_read", "linked", "unlinked", "cut_off")
LISTS = {
    "unlinked": {"zh": "清单：未关联的产品", "en": "list: unlinked products"},
    "cut_off": {"zh": "清单：取舍的产品", "en": "list: products cut off"},
    "choices": {"zh": "清单：供应数据集的选择", "en": "list: choices of suppliers"},
    "allocations": {"zh": "清单：分配", "en": "list: allocations"},
    "uncharacterised": {"zh": "清单：没有气候因子的基本流", "en": "list: flows without a climate factor"},
    "loops": {"zh": "清单：近奇异循环", "en": "list: loops near their limit"},
    "troubles": {"zh": "清单：数据集问题", "en": "list: troubles of datasets"},
    "left_rows": {"zh": "清单：未采用的行", "en": "list: rows left out"},
    "notices": {"zh": "清单：其他说明", "en": "list: other remarks"},
}
LICENCE_WIDTH = 60


def register(group: click.Group) -> None:
    """Add the commands."""

    @group.group("release", cls=base.Group, example="tanbiao release list")
    def release() -> None:
        """Background data releases: build, import, report, verify, search, compare, license, export, remove."""

    release_builds.register(release)
    _looking(release)
    _reporting(release)
    _moving(release)
    release_rights.register(release)


def _looking(release: click.Group) -> None:
    @base.command(release, "list", "tanbiao release list --json")
    @base.json_option
    def list_(as_json: bool) -> None:
        """Installed releases with their digests; damaged ones are told on standard error."""
        found = base.services(store=False)
        most = None if as_json else LICENCE_WIDTH
        rows = [
            (r.identifier, len(r.catalogue), r.licence[:most], r.digest) for r in found.releases.installed()
        ]
        base.show(rows, ("release", "datasets", "licence", "digest"), as_json=as_json)
        for refusal in found.releases.damaged():
            click.echo(refusal.message(base.language()), err=True)

    @base.command(release, "search", "tanbiao release search open-cn-2026.2 铝 --kind material")
    @click.argument("identifier")
    @click.argument("text")
    @click.option(
        "--kind", default="", help="electricity, fuel, heat, material, transport, waste, water, emission"
    )
    @click.option("--place", default="", help="Place code such as CN-JS.")
    @click.option("--limit", default=20, show_default=True, help="How many to show.")
    @base.json_option
    def search(identifier: str, text: str, kind: str, place: str, limit: int, as_json: bool) -> None:
        """Find datasets by Chinese or English words."""
        from service.usecases import datasets

        wanted = datasets.SearchDatasets(identifier, text, kind=kind, place=place, limit=limit)
        hits = datasets.search(base.administrator(), wanted, base.services(store=False)).hits
        rows = [
            (h.dataset.code, h.dataset.name(base.language()), h.dataset.place, h.dataset.year, h.dataset.unit)
            for h in hits
        ]
        base.show(rows, ("code", "name", "place", "year", "unit"), as_json=as_json)

    @base.command(release, "verify", "tanbiao release verify open-cn-2026.2")
    @click.argument("identifier")
    def verify(identifier: str) -> None:
        """Read every file of a release again, compare its hash, and put its factors back into its equations."""
        from service.usecases import releases

        opened = releases.verify(base.administrator(), identifier, base.services(store=False))
        click.echo(f"{opened.identifier}: intact, {opened.digest}")


def _reporting(release: click.Group) -> None:
    @base.command(release, "report", "tanbiao release report uslci-2020.4 --xlsx report.xlsx")
    @click.argument("identifier")
    @click.option("--xlsx", type=click.Path(path_type=Path), help="Write the whole report as a workbook.")
    @click.option(
        "--mapping", type=click.Path(path_type=Path), help="Write the mapping file, to repair links with."
    )
    @base.json_option
    def report(identifier: str, xlsx: Path | None, mapping: Path | None, as_json: bool) -> None:
        """The import report: what was linked, shared out, cut off and left open."""
        from databases.assembly.words import word
        from service.usecases import releases

        found, actor = base.services(), base.administrator()
        told = releases.report(actor, identifier, found)
        for target in (xlsx, mapping):
            if target is not None and target.exists():
                raise click.ClickException(f"{target} exists already; choose another name.")
        if xlsx is not None:
            releases.report_workbook(actor, identifier, xlsx, base.language(), found)
            click.echo(str(xlsx))
        if mapping is not None:
            releases.mapping_workbook(actor, identifier, mapping, base.language(), found)
            click.echo(str(mapping))
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        elif xlsx is None and mapping is None:
            language, counts = base.language(), told["counts"]
            rows = [(word(name, language), counts[name]) for name in SUMMARY if name in counts]
            rows += [(LISTS[name][language], len(told.get(name, ()))) for name in LISTS]
            base.show(rows, ("what", "count"), as_json=False)
            click.echo(f"tanbiao release report {identifier} --xlsx report.xlsx --mapping mapping.xlsx")

    @base.command(release, "template", "tanbiao release template factors.xlsx")
    @click.argument("target", type=click.Path(path_type=Path))
    def template(target: Path) -> None:
        """An empty factor workbook: your own factors, to be imported with release build."""
        from databases.importers.workbook import write_template

        if target.exists():
            raise click.ClickException(f"{target} exists already; choose another name.")
        write_template(target, base.language())
        click.echo(str(target))


def _moving(release: click.Group) -> None:
    @base.command(release, "export", "tanbiao release export uslci-2020.4 uslci.tanbiao-release")
    @click.argument("identifier")
    @click.argument("target", type=click.Path(path_type=Path))
    @click.option(
        "--format",
        "form",
        type=click.Choice(["tanbiao", "brightway", "jsonld"]),
        default="tanbiao",
        show_default=True,
        help="Our one file, a Brightway datapackage, or openLCA JSON-LD.",
    )
    @click.option(
        "--method", default="gwp100-ar6.total", show_default=True, help="Of a Brightway datapackage."
    )
    def export(identifier: str, target: Path, form: str, method: str) -> None:
        """Write a release as one file. Mind its licence."""
        from service.usecases import releases

        command = releases.Export(identifier, target, form, method)
        click.echo(str(releases.export(base.administrator(), command, base.services())))

    @base.command(release, "install", "tanbiao release install uslci.tanbiao-release")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    def install(file: Path) -> None:
        """Install a release from its one file."""
        from service.usecases import releases

        _installed(releases.install(base.administrator(), file, base.services()))

    @base.command(release, "remove", "tanbiao release remove uslci-2020.3")
    @click.argument("identifier")
    @click.confirmation_option(prompt="Remove it for good?")
    def remove(identifier: str) -> None:
        """Remove a release that no study, label or comparison rests on."""
        from service.usecases import releases

        releases.remove(base.administrator(), identifier, base.services())
        click.echo(f"{identifier}: removed")


def _installed(release: Release) -> None:
    click.echo(f"{release.identifier}  {release.digest}")
