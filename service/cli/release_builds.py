"""``tanbiao release build`` and ``ecoinvent``: background data from a source, with progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from databases.assembly.options import ALLOCATIONS, METHODS, PROVIDERS
from service.cli import base

if TYPE_CHECKING:
    from databases.build import Ecoinvent
    from service.usecases.release_imports import Choices

EULA = "ecoinvent End User Licence Agreement; values only for holders of a licence"


def register(release: click.Group) -> None:
    """Add the commands."""
    _build_command(release)
    _ecoinvent_command(release)


def _build_command(release: click.Group) -> None:
    @base.command(
        release,
        "build",
        "tanbiao release build\n"
        'tanbiao release build uslci.zip --name uslci --version 2020.4 --licence "CC0 1.0"',
    )
    @click.argument("source", required=False, type=click.Path(exists=True, path_type=Path))
    @click.option("--name", default="", help="Short name of the release, such as uslci.")
    @click.option("--version", default="1", show_default=True, help="Version of the release, such as 2020.4.")
    @click.option("--licence", default="", help="Licence, as the publisher states it.")
    @click.option("--restricted", is_flag=True, help="Show values only to holders of the licence.")
    @click.option(
        "--allocation",
        type=click.Choice(ALLOCATIONS),
        default=ALLOCATIONS[0],
        show_default=True,
        help="How processes with several products share their burdens.",
    )
    @click.option(
        "--providers",
        type=click.Choice(PROVIDERS),
        default=PROVIDERS[0],
        show_default=True,
        help="Which supplier, where the file names none: the nearest in place and year, only a unique one, or all.",
    )
    @click.option(
        "--methods",
        type=click.Choice(METHODS),
        default=METHODS[0],
        show_default=True,
        help="Climate change only, or every impact method there is.",
    )
    @click.option(
        "--mapping",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Mapping file that repairs links.",
    )
    @click.option("--format", default="", help="Format of the source; recognised where it is not given.")
    @click.option(
        "--default-place", default="GLO", show_default=True, help="Place where the file names none."
    )
    @click.option("--title", default="", help="Title of the source.")
    @click.option("--issuer", default="", help="Publisher of the source.")
    @click.option("--url", default="", help="Where the source is published.")
    def build(source: Path | None, mapping: Path | None, **said: Any) -> None:
        """Build a release from a file, a folder or a zip in a format of the field.

        Without SOURCE: build and install the starter release open-cn; does nothing when it is there and intact.
        """
        from service.usecases.release_imports import Choices

        if source is None:
            _build_starter()
            return
        if missing := [f"--{name}" for name in ("name", "licence") if not said[name]]:
            raise click.UsageError(f"A source needs {', '.join(missing)}.")
        _build(source, Choices(**said), mapping)


def _ecoinvent_command(release: click.Group) -> None:
    @base.command(release, "ecoinvent", "tanbiao release ecoinvent 3.11 --system-model cutoff")
    @click.argument("version")
    @click.option(
        "--system-model", default="cutoff", show_default=True, help="cutoff, apos, consequential, EN15804"
    )
    @click.option("--username", envvar="EI_USERNAME", prompt="ecoinvent user name", help="Or EI_USERNAME.")
    @click.option(
        "--password",
        envvar="EI_PASSWORD",
        prompt="ecoinvent password",
        hide_input=True,
        help="Or EI_PASSWORD.",
    )
    @click.option(
        "--methods",
        type=click.Choice(METHODS),
        default=METHODS[0],
        show_default=True,
        help="Climate change only, or every impact method there is.",
    )
    def ecoinvent(version: str, system_model: str, username: str, password: str, methods: str) -> None:
        """Fetch a release of ecoinvent with your own licence and build it, restricted.

        User name and password go to ecoinvent only and are not kept.
        """
        from databases.build import Ecoinvent
        from service.usecases.release_imports import Choices

        login = Ecoinvent(version=version, system_model=system_model, username=username, password=password)
        choices = Choices(
            name=f"ecoinvent-{system_model.lower()}",
            version=version,
            licence=EULA,
            restricted=True,
            title=f"ecoinvent {version}, {system_model}",
            issuer="ecoinvent Association",
            url="https://ecoinvent.org",
            methods=methods,
        )
        _build(login, choices, None)


def _build(source: Path | Ecoinvent, choices: Choices, mapping: Path | None) -> None:
    from service.usecases import release_imports

    found = base.services()
    with progress(choices.identifier) as tell:
        made = release_imports.build(
            base.administrator(), source, choices, found, mapping=mapping, progress=tell
        )
    counts = made.report().get("counts", {})
    click.echo(f"{made.identifier}  {made.digest}")
    click.echo(f"{counts.get('datasets', 0)} datasets, {counts.get('unlinked', 0)} inputs unlinked")
    click.echo(f"tanbiao release report {made.identifier}")


def _build_starter() -> None:
    from databases.build import build_open_cn

    found = base.settings()
    found.releases.mkdir(parents=True, exist_ok=True)
    with progress("open-cn") as tell:
        built = build_open_cn(found.releases, progress=tell)
    click.echo(f"{built.identifier}  {built.digest}")


@contextmanager
def progress(label: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error, told steps and the share done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.fields[label]}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, label=label)
        yield lambda step, share: bar.update(task, description=step, completed=share)
