"""Drafting a claim: open, change, hand to an institution, look, list.

Rules
1. An organisation drafts its own claims. Practitioners of the institution a claim is handed to may change it too.
2. Content is the stored form of ``certificates.ledger.claims.model.Claim``, whole; what the service knows it sets
   itself (``dossier``, ``footprints``). Units are named as positions of the claimant's account.
3. A claim is handed over by the claimant, to an institution that is not the claimant, and not taken back while it
   waits: who prepared it can withdraw it.

Example: ``open_(actor, OpenClaim("2025年度声明", plain(claim), institution_id), services)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from certificates.ledger.claims.model import Claim, plain
from service.store.ledger_records import ClaimEvent, ClaimStatement, DossierRecord, DossierVersion
from service.usecases.access import Actor, Permission, allow
from service.usecases.claims import footprints
from service.usecases.claims.dossier import DRAFT, OPEN, Held, Next, given, held, keep, owned, require_state
from service.usecases.claims.dossier import stored as stored_claim
from service.usecases.claims.refusals import ClaimNotHanded
from service.usecases.ledger import dossiers
from service.usecases.refusals import InvalidInput, NotAllowed
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

MOST_NAMED = 100
"""Retirements, certificates, files, places, markets in one claim: its statement must fit into a credential."""
MOST_CHARACTERS = 200_000
"""Characters in one claim: everybody who opens it has it checked."""


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A new claim; ``content`` is the stored form of a Claim, which may be empty yet."""

    title: str
    content: Mapping[str, Any] = field(repr=False)
    institution_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeClaim:
    """The whole content anew; ``version`` is the one the person looked at, None skips the check. Title and institution
    stay where they are None."""

    claim_id: str
    content: Mapping[str, Any] = field(repr=False)
    version: int | None = None
    title: str | None = None
    institution_id: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with its versions (without contents, newest first) and, once issued, its statement and events."""

    record: DossierRecord
    claim: Claim
    versions: tuple[DossierVersion, ...]
    statement: ClaimStatement | None = None
    events: tuple[ClaimEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in a list: its number and last event once issued."""

    record: DossierRecord
    claim: Claim
    number: str = ""
    event: ClaimEvent | None = None


def open_(actor: Actor, command: OpenClaim, services: Services) -> DossierRecord:
    """Open a draft. Raises NotAllowed, NotFound, InvalidInput, ClaimContentUnreadable, ClaimNotHanded."""
    allow(actor, Permission.CLAIM_DRAFT)
    now = services.clock()
    claim = _read(command.content)
    _require_other(actor.organisation_id, command.institution_id)
    with services.uow(write=True) as unit:
        draft = DossierRecord(
            id="",
            noun=dossiers.CLAIM,
            organisation_id=actor.organisation_id,
            institution_id=command.institution_id,
            status=DRAFT,
            title=command.title,
            version=0,
            created_by=actor.person_id,
            created_at=now,
        )
        content = plain(_known(actor, unit, draft, claim))
        opened = dossiers.Opened(dossiers.CLAIM, command.title, content, command.institution_id, DRAFT)
        record = dossiers.open_(actor, unit, opened, now)
        unit.commit()
    return record


def change(actor: Actor, command: ChangeClaim, services: Services) -> DossierRecord:
    """Store the content as the next version, as a draft.

    Raises NotAllowed (also for handing on somebody else's claim), NotFound, ClaimWrongState, DossierChanged,
    InvalidInput, ClaimContentUnreadable, ClaimNotHanded.
    """
    allow(actor, Permission.CLAIM_DRAFT)
    now = services.clock()
    claim = _read(command.content)
    with services.uow(write=True) as unit:
        record = held(actor, unit, command.claim_id).record
        require_state(record, *OPEN)
        _require_handing(actor, record, command.institution_id)
        made = Next(
            claim=_known(actor, unit, record, claim),
            status=DRAFT,
            act=Permission.CLAIM_DRAFT,
            version=command.version,
            note=command.note,
            title=command.title,
            institution_id=command.institution_id,
        )
        changed = keep(actor, unit, record, made, now)
        unit.commit()
    return changed


def get(actor: Actor, claim_id: str, services: Services) -> ClaimView:
    """One claim with all that belongs to it. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.CLAIM_READ)
    with services.uow() as unit:
        found = held(actor, unit, claim_id)
        statement = unit.claims.of_dossier(claim_id)
        return ClaimView(
            record=found.record,
            claim=found.claim,
            versions=unit.dossiers.versions(claim_id),
            statement=statement,
            events=unit.claims.events(statement.number) if statement else (),
        )


def version(actor: Actor, claim_id: str, number: int, services: Services) -> Held:
    """The claim as version ``number`` had it. Raises NotAllowed, NotFound, EvidenceChanged."""
    allow(actor, Permission.CLAIM_READ)
    with services.uow() as unit:
        record = held(actor, unit, claim_id).record
        return Held(record, stored_claim(record, dossiers.content_of(unit, record, number)))


def list_(actor: Actor, services: Services) -> tuple[ClaimRow, ...]:
    """Claims the actor may see, newest first. Raises NotAllowed, EvidenceChanged."""
    allow(actor, Permission.CLAIM_READ)
    with services.uow() as unit:
        latest = unit.claims.latest_events()
        whose = actor.organisation_id
        seen = (*unit.claims.list_(organisation_id=whose), *unit.claims.list_(institution_id=whose))
        issued = {one.dossier_id: one.number for one in seen}
        return tuple(
            ClaimRow(
                record,
                stored_claim(record, content),
                issued.get(record.id, ""),
                latest.get(issued.get(record.id, "")),
            )
            for record, content in dossiers.listed(actor, unit, dossiers.CLAIM)
        )


def _read(content: Mapping[str, Any]) -> Claim:
    """Raises ClaimContentUnreadable, InvalidInput."""
    claim = given(content)
    characters = 0
    for field_, value in _leaves(plain(claim)):
        if isinstance(value, list) and len(value) > MOST_NAMED:
            raise InvalidInput(field=field_, problem=f"at most {MOST_NAMED} records")
        characters += len(value) if isinstance(value, str) else 0
    if characters > MOST_CHARACTERS:
        raise InvalidInput(field="content", problem=f"at most {MOST_CHARACTERS} characters in all")
    return claim


def _leaves(value: Any, field_: str = "content") -> Iterator[tuple[str, Any]]:
    """Every list and every plain value of stored content, with the field it stands in."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(one, str(name))
        return
    yield field_, value
    if isinstance(value, list):
        for one in value[: MOST_NAMED + 1]:
            yield from _leaves(one, field_)


def _known(actor: Actor, unit: UnitOfWork, record: DossierRecord, claim: Claim) -> Claim:
    """Rule 2."""
    return footprints.filled(unit, record, owned(unit, record, claim, actor.organisation_id))


def _require_handing(actor: Actor, record: DossierRecord, institution_id: str | None) -> None:
    """Rule 3."""
    if institution_id is None or institution_id == record.institution_id:
        return
    if actor.organisation_id != record.organisation_id:
        raise NotAllowed(permission=Permission.CLAIM_DRAFT.value)
    _require_other(record.organisation_id, institution_id)


def _require_other(organisation_id: str, institution_id: str | None) -> None:
    if institution_id == organisation_id:
        raise ClaimNotHanded
