"""What the commands share: examples in help, services, the acting person, refusals as sentences, output as
text or JSON.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from service.settings import Settings
    from service.usecases.access import Actor
    from service.usecases.services import Services

F = TypeVar("F", bound=Callable[..., Any])


def language() -> str:
    """The language of messages: ``zh`` when the terminal's locale is Chinese, else ``en``."""
    return "zh" if (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").startswith("zh") else "en"


def settings() -> Settings:
    """Settings of the environment; a wrong one ends the command with its sentence."""
    from service.settings import from_environment

    try:
        return from_environment()
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def services(*, store: bool = True) -> Services:
    """The services, closed when the command ends; makes the store's schema when it is new and wanted."""
    from service.app import build_services, prepare_store
    from service.store.schema import StoreIsForeign, StoreIsOld

    found = settings()
    if store:
        try:
            prepare_store(found)
        except (StoreIsForeign, StoreIsOld) as error:
            raise click.ClickException(f"{type(error).__doc__} ({error})") from error
    built = build_services(found)
    click.get_current_context().call_on_close(built.uow.close)
    return built


def acting(email: str, found: Services) -> Actor:
    """The person named with ``--as``."""
    from service.usecases.accounts import actor_by_email

    return actor_by_email(email, found)


def administrator() -> Actor:
    """The administrator of this installation: whoever runs the command."""
    from service.usecases.access import administrator as local

    return local(getpass.getuser())


def as_option(function: F) -> F:
    """The option that names the acting person."""
    return click.option("--as", "email", required=True, metavar="EMAIL", help="The person who acts.")(
        function
    )


def json_option(function: F) -> F:
    """The option that prints JSON instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def show(rows: Iterable[Sequence[object]], header: Sequence[str], *, as_json: bool) -> None:
    """A table, or the same as a JSON list of objects."""
    listed = [[str(cell) for cell in row] for row in rows]
    if as_json:
        objects = [dict(zip(header, row, strict=True)) for row in listed]
        click.echo(json.dumps(objects, ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*header, box=None, pad_edge=False)
    for row in listed:
        table.add_row(*(Text(cell) for cell in row))
    console = Console()
    if not console.is_terminal:
        console = Console(
            width=max(80, 2 + max((sum(map(len, row)) * 2 + 4 * len(row) for row in listed), default=80))
        )
    console.print(table)


def findings(found: Iterable[Any]) -> None:
    """Findings, one a line: severity, place, sentence."""
    for finding in found:
        where = finding.place.describe()
        click.echo(
            f"{finding.severity.value.upper():8}{where + ': ' if where else ''}{finding.message(language())}"
        )


class Command(click.Command):
    """A command whose help ends with an example and whose refusals are sentences, exit code 1."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The example, unwrapped."""
        with formatter.section("Example"):
            for line in self.example.splitlines():
                formatter.write_text(line)

    def invoke(self, ctx: click.Context) -> Any:
        """Run; a refusal becomes its sentence on standard error."""
        from service.usecases.refusals import Refusal

        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            errors = getattr(refusal, "findings", ())
            findings(finding for finding in errors if finding.severity == "error")
            raise click.ClickException(f"{refusal.message(language())} [{refusal.code}]") from refusal


class Group(click.Group):
    """A group of :class:`Command`; the group itself shows an example too."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The example, unwrapped."""
        with formatter.section("Example"):
            for line in self.example.splitlines():
                formatter.write_text(line)


@click.group(cls=Group, example="tanbiao demo")
@click.version_option(package_name="tanbiao", prog_name="tanbiao")
def group() -> None:
    """Tanbiao 碳标: from an exporter's workbook to a signed carbon label that anyone can verify."""


def write_file(path: str, data: bytes) -> None:
    """Write to a new file, or to standard output for ``-``; an existing file is never overwritten."""
    if path == "-":
        sys.stdout.buffer.write(data)
        return
    try:
        with open(path, "xb") as file:  # noqa: PTH123 - exclusive creation
            file.write(data)
    except FileExistsError as error:
        raise click.ClickException(f"{path} exists already; choose another name.") from error
    click.echo(path)


def command(parent: click.Group, name: str, example: str) -> Callable[[Callable[..., Any]], Any]:
    """``@command(group, "name", "tanbiao … example")``: a command with its example."""
    return parent.command(name, cls=Command, example=example)
