"""Sealed evidence: an authority asks to see what a label rests on, the exporter answers, or the law does.

Rules
1. What a label rests on (workbook, inventory, links, assessment, review) is sealed: authorities see labels, and nothing
   beneath them, until somebody who may opens it to one authority for a time.
2. A market regulator or customs asks, with the purpose and, where there is one, the legal basis; a programme office
   does not ask. While a request waits, the same authority asks no second time for the same label.
3. The exporter grants until a day or refuses with a reason. A signatory of the institution answers by legal duty
   (``duty``), only where the request states its legal basis, and says why. A request has one answer.
4. Open is open until the end of that day in China, at most :data:`MOST_DAYS` days ahead.
5. Requests, answers and what was seen are shown to the exporter and the institution of the label, and to the authority
   that asked; to everybody else they are *not found*.
6. The exporter is told of every request and of every opening by duty, the institution of a request that states a legal
   basis, the authority of the answer. Every step stands in the audit chain.

Example: ``ask(officer, Ask("TB-2026-0000001-L", "a check at the border", "Article 12"), services)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from certificates.forms import fits
from certificates.labelnumber import typed
from certificates.ledger.days import CHINA, day_of
from service.store.records import LabelRecord
from service.store.trust_records import EvidenceAccess, EvidenceAnswer, EvidenceRequest
from service.usecases import notices
from service.usecases.access import Actor, NotAllowed, OrganisationKind, Permission, allow, require_seen
from service.usecases.common import label_of, new_id, record
from service.usecases.desk.refusals import AlreadyAnswered, AlreadyAsked, NoLegalBasis
from service.usecases.refusals import InvalidInput
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

GRANTED, REFUSED, DUTY = "granted", "refused", "duty"
WAITING, OPEN, OVER = "waiting", "open", "over"
STATES = (WAITING, OPEN, OVER, REFUSED)
ASKED_NOTICE, ANSWERED_NOTICE, DUTY_NOTICE = "evidence-asked", "evidence-answered", "evidence-duty"
LONGEST_TEXT = 2_000
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Ask:
    """What an authority asks: of which label, for which purpose, by which law (empty: it asks for consent)."""

    number: str
    purpose: str
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """``granted`` or ``duty`` until a day, which is included; ``refused`` with a reason."""

    decision: str
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with all that became of it. ``state``: waiting, open, over or refused; accesses are newest first."""

    request: EvidenceRequest
    product: dict[str, str]
    exporter: dict[str, str]
    authority: dict[str, str]
    answer: EvidenceAnswer | None
    accesses: tuple[EvidenceAccess, ...]
    state: str


def ask(actor: Actor, command: Ask, services: Services) -> str:
    """Ask to see the evidence of a label (rule 2); the request's id.

    Raises NotAllowed, NotFound, InvalidInput, AlreadyAsked.
    """
    allow(actor, Permission.EVIDENCE_ASK)
    require_authority(actor, Permission.EVIDENCE_ASK)
    _require_text("purpose", command.purpose, needed=True)
    _require_text("legal_basis", command.legal_basis, needed=False)
    now = services.clock()
    with services.uow(write=True) as unit:
        label = label_of(actor, unit, typed(command.number))
        _require_none_waiting(actor, label.number, unit)
        texts = (command.purpose.strip(), command.legal_basis.strip())
        asked = EvidenceRequest(new_id(), label.number, actor.organisation_id, *texts, actor.person_id, now)
        unit.desk.add_request(asked)
        act = (Permission.EVIDENCE_ASK, f"evidence-request:{asked.id}")
        record(unit, actor, act, now, ("", f"label:{label.number}"))
        _tell_asked(asked, label, unit)
        unit.commit()
    return asked.id


def answer(actor: Actor, request_id: str, command: Answer, services: Services) -> None:
    """Answer a request (rules 3 and 4).

    Raises NotAllowed, NotFound, AlreadyAnswered, NoLegalBasis, InvalidInput.
    """
    allow(actor, Permission.EVIDENCE_ANSWER)
    now = services.clock()
    with services.uow(write=True) as unit:
        asked, label = _of_owner(actor, request_id, unit)
        _require_theirs(actor, command.decision)
        if unit.desk.answers([request_id]):
            raise AlreadyAnswered()
        if command.decision == DUTY and not asked.legal_basis:
            raise NoLegalBasis()
        _require_text("reason", command.reason, needed=command.decision != GRANTED)
        until = None if command.decision == REFUSED else _open_until(command.until, now)
        said = command.reason.strip()
        unit.desk.add_answer(EvidenceAnswer(request_id, command.decision, said, until, actor.person_id, now))
        act = (Permission.EVIDENCE_ANSWER, f"evidence-request:{request_id}")
        record(unit, actor, act, now, ("", command.decision))
        _tell_answered(asked, label, command.decision, unit, now)
        unit.commit()


def list_(actor: Actor, services: Services) -> tuple[Asked, ...]:
    """Requests of the authority, or about the exporter's or institution's labels; newest first. Raises NotAllowed."""
    allow(actor, Permission.EVIDENCE_LIST)
    with services.uow() as unit:
        return _shown(unit.desk.requests(**_whose(actor)), unit, services.clock())


def of_label(actor: Actor, number: str, services: Services) -> tuple[Asked, ...]:
    """Requests about one label, of those in :func:`list_`. Raises NotAllowed, NotFound."""
    allow(actor, Permission.EVIDENCE_LIST)
    with services.uow() as unit:
        label = label_of(actor, unit, number)
        whose = _whose(actor)
        return _shown(unit.desk.requests(**whose, number=label.number), unit, services.clock())


def get(actor: Actor, request_id: str, services: Services) -> Asked:
    """One request, of those in :func:`list_`. Raises NotAllowed, NotFound."""
    allow(actor, Permission.EVIDENCE_LIST)
    with services.uow() as unit:
        asked = unit.desk.request(request_id)
        mine = asked is not None and asked.organisation_id == actor.organisation_id
        if asked is None or not mine:
            asked = _of_owner(actor, request_id, unit)[0]
        return _shown((asked,), unit, services.clock())[0]


def state_of(given: EvidenceAnswer | None, now: datetime) -> str:
    """``waiting``, ``open``, ``over`` or ``refused`` at a moment."""
    if given is None:
        return WAITING
    if given.decision == REFUSED or given.open_until is None:
        return REFUSED
    return OPEN if now < given.open_until else OVER


def require_authority(actor: Actor, permission: Permission) -> None:
    """Rule 2: a programme office has officers, and no evidence. Raises NotAllowed."""
    if actor.organisation_kind is not OrganisationKind.REGULATOR:
        raise NotAllowed(permission=permission.value)


def _whose(actor: Actor) -> dict[str, str]:
    """Rule 5. Raises NotAllowed."""
    if actor.organisation_kind is OrganisationKind.EXPORTER:
        return {"exporter_id": actor.organisation_id}
    if actor.organisation_kind is OrganisationKind.INSTITUTION:
        return {"institution_id": actor.organisation_id}
    require_authority(actor, Permission.EVIDENCE_LIST)
    return {"organisation_id": actor.organisation_id}


def _of_owner(actor: Actor, request_id: str, unit: UnitOfWork) -> tuple[EvidenceRequest, LabelRecord]:
    """The request, where its label is the actor's own: an authority owns none. Raises NotFound."""
    asked = unit.desk.request(request_id)
    label = unit.labels.get(asked.number) if asked else None
    owner = actor.organisation_kind in (OrganisationKind.EXPORTER, OrganisationKind.INSTITUTION)
    owners = (label.exporter_id, label.institution_id) if label and owner else None
    require_seen(actor, "request", request_id, owners)
    assert asked is not None  # noqa: S101 - require_seen refused None
    assert label is not None  # noqa: S101 - as above
    return asked, label


def _require_none_waiting(actor: Actor, number: str, unit: UnitOfWork) -> None:
    own = unit.desk.requests(number=number, organisation_id=actor.organisation_id)
    if {one.id for one in own} - unit.desk.answers(one.id for one in own).keys():
        raise AlreadyAsked(number=number)


def _require_theirs(actor: Actor, decision: str) -> None:
    """Rule 3: consent is the exporter's, the duty is the institution's. Raises InvalidInput, NotAllowed."""
    if decision not in (GRANTED, REFUSED, DUTY):
        raise InvalidInput(field="decision", problem="one of granted, refused, duty")
    by_duty = actor.organisation_kind is OrganisationKind.INSTITUTION
    if by_duty != (decision == DUTY):
        raise NotAllowed(permission=Permission.EVIDENCE_ANSWER.value)


def _require_text(field: str, text: str, *, needed: bool) -> None:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(text) > LONGEST_TEXT or not all(fits(line, LONGEST_TEXT) for line in lines):
        raise InvalidInput(field=field, problem=f"text of at most {LONGEST_TEXT} characters that can be seen")
    if needed and not text.strip():
        raise InvalidInput(field=field, problem="needed")


def _open_until(until: date | None, now: datetime) -> datetime:
    """Rule 4: the first moment after that day in China. Raises InvalidInput."""
    today = day_of(now)
    if until is None or not today <= until <= today + timedelta(days=MOST_DAYS):
        raise InvalidInput(field="until", problem=f"a day from today to {MOST_DAYS} days ahead")
    return datetime.combine(until + timedelta(days=1), time(), CHINA)


def _shown(requests: tuple[EvidenceRequest, ...], unit: UnitOfWork, now: datetime) -> tuple[Asked, ...]:
    keys = [one.id for one in requests]
    answers, accesses = unit.desk.answers(keys), unit.desk.accesses(keys)
    labels = {number: unit.labels.get(number) for number in {one.number for one in requests}}
    authorities = {key: unit.organisations.get(key) for key in {one.organisation_id for one in requests}}
    made = []
    for one in requests:
        label, authority, given = labels[one.number], authorities[one.organisation_id], answers.get(one.id)
        made.append(
            Asked(
                one,
                label.statement["product"]["name"] if label else {},
                label.statement["exporter"]["name"] if label else {},
                {"zh": authority.name_zh, "en": authority.name_en} if authority else {},
                given,
                tuple(seen for seen in accesses if seen.request_id == one.id),
                state_of(given, now),
            )
        )
    return tuple(made)


def _tell_asked(asked: EvidenceRequest, label: LabelRecord, unit: UnitOfWork) -> None:
    """Rule 6."""
    details = {"number": label.number}
    owners = [label.exporter_id, *([label.institution_id] if asked.legal_basis else [])]
    for owner in owners:
        notices.tell(unit, owner, ASKED_NOTICE, f"evidence-request:{asked.id}", details, asked.at)


def _tell_answered(
    asked: EvidenceRequest, label: LabelRecord, decision: str, unit: UnitOfWork, now: datetime
) -> None:
    """Rule 6."""
    details = {"number": label.number, "decision": decision}
    what = f"evidence-request:{asked.id}"
    notices.tell(unit, asked.organisation_id, ANSWERED_NOTICE, what, details, now)
    if decision == DUTY:
        notices.tell(unit, label.exporter_id, DUTY_NOTICE, what, details, now)
