"""Organisations, people, sign-in.

Rules
1. Organisations and accounts are made by the local administrator; a role fits its organisation's kind.
2. Passwords are kept as argon2id; an unknown address, a wrong password and an inactive account are answered
   alike and cost the same time.
3. Signing out ends every session of the person: a session is of the epoch in which it began, and signing out
   begins the next. A cookie that somebody copied is worth nothing from then on.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from service.store.records import Organisation, Person
from service.usecases.access import ROLES_BY_KIND, Actor, OrganisationKind, Permission, Role, allow
from service.usecases.common import new_id, record
from service.usecases.refusals import EmailTaken, InvalidInput, NotFound, SignInRefused
from service.usecases.services import Services

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_PASSWORD, MAX_PASSWORD = 12, 1000


@dataclass(frozen=True, slots=True)
class RegisterOrganisation:
    """``code`` is the registration number (for instance the unified social credit code)."""

    kind: OrganisationKind
    name_zh: str
    name_en: str
    code: str


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """``language`` is ``zh`` or ``en``; the password has at least 12 characters."""

    organisation_id: str
    email: str
    name: str
    password: str
    roles: frozenset[Role]
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Profile:
    """A signed-in person with the organisation, for the page's head."""

    person: Person
    organisation: Organisation


def register_organisation(actor: Actor, command: RegisterOrganisation, services: Services) -> str:
    """Create an organisation; returns its id. Raises NotAllowed, InvalidInput."""
    allow(actor, Permission.ORGANISATION_REGISTER)
    now = services.clock()
    for field, most in (("name_zh", 500), ("name_en", 500), ("code", 100)):
        _require_label_text(field, getattr(command, field), most)
    if command.kind is OrganisationKind.INSTALLATION:
        raise InvalidInput(field="kind", problem="not an organisation")
    organisation = Organisation(
        new_id(),
        command.kind.value,
        command.name_zh.strip(),
        command.name_en.strip(),
        command.code.strip(),
        now,
    )
    with services.uow(write=True) as unit:
        if unit.organisations.by_code(organisation.code):
            raise InvalidInput(field="code", problem="already registered")
        unit.organisations.add(organisation)
        record(unit, actor, (Permission.ORGANISATION_REGISTER, f"organisation:{organisation.id}"), now)
        unit.commit()
    return organisation.id


def _require_label_text(field: str, text: str, most: int = 500) -> None:
    """Names stand on labels: refuse here what the statement would refuse when a label is issued."""
    from certificates.forms import fits

    if not text.strip():
        raise InvalidInput(field=field, problem="empty")
    if not fits(text.strip(), most):
        raise InvalidInput(
            field=field, problem=f"longer than {most} characters, or with signs that cannot be seen"
        )


def register_person(actor: Actor, command: RegisterPerson, services: Services) -> str:
    """Create an account; returns the person's id. Raises NotAllowed, NotFound, EmailTaken, InvalidInput."""
    allow(actor, Permission.PERSON_REGISTER)
    now = services.clock()
    email = _email(command.email)
    _check_person(command)
    password_hash = _hasher().hash(command.password)
    roles = tuple(sorted(role.value for role in command.roles))
    with services.uow(write=True) as unit:
        organisation = unit.organisations.get(command.organisation_id)
        if organisation is None:
            raise NotFound(noun="organisation", key=command.organisation_id)
        if not command.roles <= ROLES_BY_KIND[OrganisationKind(organisation.kind)]:
            raise InvalidInput(
                field="roles", problem=f"{', '.join(roles)} in an organisation of kind {organisation.kind}"
            )
        if unit.people.by_email(email):
            raise EmailTaken(email=email)
        person = Person(
            new_id(),
            organisation.id,
            email,
            command.name.strip(),
            roles,
            command.language,
            True,
            now,
            password_hash,
        )
        unit.people.add(person)
        record(unit, actor, (Permission.PERSON_REGISTER, f"person:{person.id}"), now)
        unit.commit()
    return person.id


def sign_in(email: str, password: str, services: Services, *, via: str = "web") -> Actor:
    """The actor behind an address and a password. Raises SignInRefused, the same for every reason."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with services.uow() as unit:
        person = unit.people.by_email(email.strip().lower())
        organisation = unit.organisations.get(person.organisation_id) if person else None
    stored = person.password_hash if person else _nobody()
    try:
        _hasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        raise SignInRefused from None
    if person is None or organisation is None or not person.active:
        raise SignInRefused
    if _hasher().check_needs_rehash(stored):
        with services.uow(write=True) as unit:
            unit.people.set_password_hash(person.id, _hasher().hash(password))
            unit.commit()
    return _actor(person, organisation, via)


def get_actor(person_id: str, services: Services, *, via: str = "web", epoch: int | None = None) -> Actor:
    """The actor of a session (of ``epoch``, rule 3) or of a job (None).

    Raises NotFound when the account is gone or inactive, or the session is over.
    """
    with services.uow() as unit:
        person = unit.people.get(person_id)
        organisation = unit.organisations.get(person.organisation_id) if person else None
    if person is None or organisation is None or not person.active:
        raise NotFound(noun="person", key=person_id)
    if epoch is not None and epoch != person.session_epoch:
        raise NotFound(noun="person", key=person_id)
    return _actor(person, organisation, via)


def sign_out(actor: Actor, services: Services) -> None:
    """End every session of the actor (rule 3). Raises NotAllowed."""
    allow(actor, Permission.ORGANISATION_READ)
    with services.uow(write=True) as unit:
        unit.people.end_sessions(actor.person_id)
        unit.commit()


def actor_by_email(email: str, services: Services, *, via: str = "cli") -> Actor:
    """The actor with this address, without a password: for the command line. Raises NotFound."""
    with services.uow() as unit:
        person = unit.people.by_email(email.strip().lower())
    if person is None or not person.active:
        raise NotFound(noun="person", key=email)
    return get_actor(person.id, services, via=via)


def profile(actor: Actor, services: Services) -> Profile:
    """Who is signed in. Raises NotFound."""
    allow(actor, Permission.ORGANISATION_READ)
    with services.uow() as unit:
        person = unit.people.get(actor.person_id)
        organisation = unit.organisations.get(actor.organisation_id)
    if person is None or organisation is None:
        raise NotFound(noun="person", key=actor.person_id)
    return Profile(person, organisation)


def organisations(actor: Actor, kind: OrganisationKind, services: Services) -> tuple[Organisation, ...]:
    """Organisations of a kind, by name: an exporter chooses its institution from these. Raises NotAllowed.

    Institutions are everybody's to see; of the other kinds an actor sees its own organisation, the
    administrator all.
    """
    allow(actor, Permission.ORGANISATION_READ)
    with services.uow() as unit:
        found = unit.organisations.of_kind(kind.value)
    if kind is OrganisationKind.INSTITUTION or actor.organisation_kind is OrganisationKind.INSTALLATION:
        return found
    return tuple(one for one in found if one.id == actor.organisation_id)


def organisation_by_code(actor: Actor, code: str, services: Services) -> Organisation:
    """The organisation with a registration number, for the administrator. Raises NotAllowed, NotFound."""
    allow(actor, Permission.ORGANISATION_REGISTER)
    with services.uow() as unit:
        found = unit.organisations.by_code(code)
    if found is None:
        raise NotFound(noun="organisation", key=code)
    return found


def names(actor: Actor, person_ids: frozenset[str], services: Services) -> dict[str, str]:
    """Names of people by id, for "opened by", "reviewed by"; unknown ids are absent. Raises NotAllowed."""
    allow(actor, Permission.ORGANISATION_READ)
    with services.uow() as unit:
        return unit.people.names(person_ids)


def _actor(person: Person, organisation: Organisation, via: str) -> Actor:
    return Actor(
        person.id,
        organisation.id,
        OrganisationKind(organisation.kind),
        frozenset(Role(role) for role in person.roles),
        person.language,
        via,
    )


def _email(text: str) -> str:
    email = text.strip().lower()
    name, at, host = email.partition("@")
    if not (name and at and host) or any(c.isspace() for c in email) or "@" in host or len(email) > 254:
        raise InvalidInput(field="email", problem="not an address")
    return email


def _check_person(command: RegisterPerson) -> None:
    _require_label_text("name", command.name)
    if not MIN_PASSWORD <= len(command.password) <= MAX_PASSWORD:
        raise InvalidInput(field="password", problem=f"{MIN_PASSWORD} to {MAX_PASSWORD} characters")
    if command.language not in ("zh", "en"):
        raise InvalidInput(field="language", problem="zh or en")
    if not command.roles:
        raise InvalidInput(field="roles", problem="at least one")


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # argon2id with the library's RFC 9106 low-memory parameters


@cache
def _nobody() -> str:
    """A hash nobody's password fits: an unknown address costs the same time as a wrong password."""
    return _hasher().hash(secrets.token_urlsafe(32))
