"""``tanbiao account``: organisations and people, registered by the administrator of the installation."""

from __future__ import annotations

import click

from service.cli import base

KINDS = ("exporter", "institution", "regulator", "programme")
ROLES = ("exporter", "practitioner", "reviewer", "signatory", "regulator")


def register(group: click.Group) -> None:
    """Add the commands."""
    _accounts(group)


def _accounts(group: click.Group) -> None:
    @group.group(
        "account",
        cls=base.Group,
        example="tanbiao account organisation --kind exporter --zh 演示企业 --en Demo --code DEMO-1",
    )
    def account() -> None:
        """Organisations and people."""

    _registering(account)
    _listing(account)


def _registering(account: click.Group) -> None:

    @base.command(
        account,
        "organisation",
        "tanbiao account organisation --kind exporter --zh 演示企业 --en Demo --code DEMO-1",
    )
    @click.option("--kind", type=click.Choice(KINDS), required=True)
    @click.option("--zh", required=True, help="Chinese name.")
    @click.option("--en", required=True, help="English name.")
    @click.option("--code", required=True, help="Registration number.")
    def organisation(kind: str, zh: str, en: str, code: str) -> None:
        """Register an organisation; prints its id."""
        from service.usecases import accounts
        from service.usecases.access import OrganisationKind

        command = accounts.RegisterOrganisation(OrganisationKind(kind), zh, en, code)
        click.echo(accounts.register_organisation(base.administrator(), command, base.services()))

    @base.command(
        account,
        "person",
        "tanbiao account person --organisation DEMO-1 --email a@demo.invalid --name 演示 --role exporter",
    )
    @click.option("--organisation", required=True, metavar="CODE", help="Registration number.")
    @click.option("--email", required=True)
    @click.option("--name", required=True)
    @click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, required=True)
    @click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
    @click.password_option(help="Asked for when not given.")
    def person(
        organisation: str, email: str, name: str, roles: tuple[str, ...], language: str, password: str
    ) -> None:
        """Register a person of an organisation; prints the person's id."""
        from service.usecases import accounts
        from service.usecases.access import Role

        found, actor = base.services(), base.administrator()
        one = accounts.organisation_by_code(actor, organisation, found)
        held = frozenset(Role(role) for role in roles)
        command = accounts.RegisterPerson(one.id, email, name, password, held, language)
        click.echo(accounts.register_person(actor, command, found))


def _listing(account: click.Group) -> None:
    @base.command(account, "list", "tanbiao account list --json")
    @base.json_option
    def list_(as_json: bool) -> None:
        """Registered organisations."""
        from service.usecases import accounts
        from service.usecases.access import OrganisationKind

        found, actor = base.services(), base.administrator()
        rows = [
            (one.code, one.kind, one.name_zh, one.name_en)
            for kind in KINDS
            for one in accounts.organisations(actor, OrganisationKind(kind), found)
        ]
        base.show(rows, ("code", "kind", "zh", "en"), as_json=as_json)
