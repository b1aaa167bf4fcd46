"""Every label and claim that names a company, each found again in the transparency log.

Rules
1. An exporter asks for its own; an institution for what was handed to it; a regulator for the companies it names, by
   name or code, never for all at once.
2. The leaf of each is hashed again from the stored credential, and its inclusion computed against the newest
   checkpoint, whose signature is checked: what a page says is never what a column says.

Example: ``company(actor, "91320200MA1DEMO001", services)[0].inclusion == "held"``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from service.usecases import translog
from service.usecases.access import Actor, OrganisationKind, Permission, allow
from service.usecases.refusals import InvalidInput
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.ledger_records import ClaimStatement
    from service.store.records import LabelRecord, Organisation
    from service.store.uow import UnitOfWork

COMPANIES = 20
"""Most companies of one search by a regulator (rule 1)."""

SHORTEST = 2
"""Fewest characters of such a search."""

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Named:
    """A label or a claim that names a company. ``inclusion``: ``held``, ``absent`` (no leaf is this credential), or
    ``broken`` (the tree is not the one that was signed)."""

    number: str
    kind: str
    company: dict[str, str]
    code: str
    issued_at: datetime
    index: int | None
    inclusion: str


def company(actor: Actor, wanted: str, services: Services) -> tuple[Named, ...]:
    """Every label and claim that names a company, newest first (rules 1 and 2); ``wanted`` is the name or code that a
    regulator looks for. Raises NotAllowed, InvalidInput for a search that is too short."""
    allow(actor, Permission.LOG_READ)
    with services.uow() as unit:
        found = tuple(_issued(actor, wanted.strip(), unit))
        named = list(_inclusions(found, unit, services))
    return tuple(sorted(named, key=lambda one: (one.issued_at, one.number), reverse=True))


def _issued(actor: Actor, wanted: str, unit: UnitOfWork) -> Iterator[LabelRecord | ClaimStatement]:
    """Rule 1."""
    own = actor.organisation_id
    if actor.organisation_kind is OrganisationKind.INSTITUTION:
        yield from unit.labels.list_(institution_id=own)
        yield from unit.claims.list_(institution_id=own)
        return
    exporter = actor.organisation_kind is OrganisationKind.EXPORTER
    for key in [own] if exporter else [one.id for one in _companies(wanted, unit)]:
        yield from unit.labels.list_(exporter_id=key)
        yield from unit.claims.list_(organisation_id=key)


def _companies(wanted: str, unit: UnitOfWork) -> tuple[Organisation, ...]:
    """The companies with that code, or whose Chinese or English name has these words in it."""
    if not wanted:
        return ()
    if not SHORTEST <= len(wanted) <= LONGEST:
        raise InvalidInput(field="company", problem=f"{SHORTEST} to {LONGEST} characters")
    exact = unit.organisations.by_code(wanted)
    folded = wanted.casefold()
    named = [
        one
        for one in unit.organisations.of_kind(OrganisationKind.EXPORTER)
        if folded in one.name_zh.casefold() or folded in one.name_en.casefold()
    ]
    return tuple({one.id: one for one in (*([exact] if exact else []), *named)}.values())[:COMPANIES]


def _inclusions(
    found: Sequence[LabelRecord | ClaimStatement], unit: UnitOfWork, services: Services
) -> Iterator[Named]:
    """Rule 2, for all of them in one look at the tree."""
    from certificates.kinds import of_number

    sound = translog.sound(unit, services.keys.keyset())
    hashes = {one.number: _leaf_hash(one.credential) for one in found}
    leaves = unit.log.leaves_of([f"{of_number(one.number).noun}:{one.number}" for one in found])
    places = {leaf.what.partition(":")[2]: leaf.index for leaf in leaves.values()}
    wanted = {places[number]: leaf for number, leaf in hashes.items() if number in places and leaf}
    held = translog.tree(unit).held(wanted) if sound else frozenset()
    for one in found:
        index = places.get(one.number)
        inclusion = "broken" if not sound else "held" if index is not None and index in held else "absent"
        kind = of_number(one.number)
        said = one.statement.get("exporter") or one.statement.get("claimant") or {}
        name = said.get("name", "")
        names = dict(name) if isinstance(name, dict) else {"zh": str(name), "en": str(name)}
        code = str(said.get("id") or said.get("code") or "")
        yield Named(one.number, kind.noun, names, code, one.issued_at, index, inclusion)


def _leaf_hash(credential: str) -> bytes:
    """The hash the log must have for this credential; empty when it cannot be read."""
    from certificates.credential import CredentialUnreadable, decode
    from certificates.log.merkle import leaf_hash

    try:
        return leaf_hash(decode(credential).leaf_bytes)
    except CredentialUnreadable:
        return b""
