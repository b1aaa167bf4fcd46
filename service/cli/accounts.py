"""``tanbiao account`` and ``tanbiao keys``: what the administrator of the installation does."""

from __future__ import annotations

import json
from datetime import timedelta

import click

from service.cli import base

KINDS = ("exporter", "institution", "regulator", "programme")
ROLES = ("exporter", "practitioner", "reviewer", "signatory", "regulator")


def register(group: click.Group) -> None:
    """Add the commands."""
    _accounts(group)
    _keys(group)


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


def _keys(group: click.Group) -> None:
    @group.group("keys", cls=base.Group, example="tanbiao keys trust > trust.json")
    def keys() -> None:
        """The institution's signing keys."""

    @base.command(
        keys, "create", "tanbiao keys create --issuer did:web:labels.example.org --zh 演示机构 --en Demo"
    )
    @click.option("--issuer", required=True, help="did:web identifier of the issuer.")
    @click.option("--zh", required=True, help="Chinese name.")
    @click.option("--en", required=True, help="English name.")
    @click.option("--years", type=click.IntRange(1, 20), default=6, show_default=True)
    def create(issuer: str, zh: str, en: str, years: int) -> None:
        """Make new keys in TANBIAO_KEYS, encrypted with TANBIAO_KEY_PASSPHRASE when it is set; never
        overwrites.
        """
        from certificates.keys import KeySetExists, generate_keyset
        from service import clock

        found, now = base.settings(), clock.now()
        try:
            made = generate_keyset(issuer, {"zh": zh, "en": en}, now, now + timedelta(days=365 * years))
            made.save(found.keys, found.passphrase)
        except (KeySetExists, ValueError) as error:
            raise click.ClickException(str(error)) from error
        click.echo(str(found.keys))

    @base.command(keys, "trust", "tanbiao keys trust > trust.json")
    def trust() -> None:
        """Print the public trust file, which verifiers pin."""
        found = base.services(store=False).keys.trust()
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
