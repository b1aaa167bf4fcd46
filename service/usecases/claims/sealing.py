"""Sealing a claim: the steps of ``service.usecases.issuing`` for a claim, in one transaction of the caller.

Rules
1. Number from the counter; statement; then as a label (``issuing.entered``, ``issuing.printed``), without check code:
   claims are public. The caller has allowed it, adds what comes back, and commits: killed anywhere, the store holds
   either no trace or the whole claim.
2. The statement is made for the number and the issuer of this issue and is refused where it says otherwise.
3. A claim whose statement is too long for a credential is refused: no verifier would read it.

Example: ``record, pdf = seal(actor, Sealing(dossier.id, stated, valid_until), unit, services, now)``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.store.ledger_records import ClaimStatement
from service.usecases import issuing
from service.usecases.access import Actor
from service.usecases.claims.refusals import ClaimStatementRefused
from service.usecases.refusals import StatementRefused
from service.usecases.services import Services

if TYPE_CHECKING:
    from service.store.uow import UnitOfWork

_OTHER_ISSUE = (
    "编号、签发机构或日期与本次签发不一致。",
    "Its number, issuer or dates are not those of this issue.",
)
_TOO_LONG = (
    "内容过长，凭证容纳不下；请减少注销笔数或缩短声明文字。",
    "It is too long for a credential; use fewer retirements or a shorter wording.",
)


@dataclass(frozen=True, slots=True)
class Issue:
    """What is particular to one issue of a claim: number, issuer (id and name), moments."""

    number: str
    issuer: dict[str, Any]
    issued_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Sealing:
    """The dossier that is issued, how its statement is made for an issue, and until when it will be valid."""

    dossier_id: str
    stated: Callable[[Issue], dict[str, Any]]
    valid_until: datetime


def seal(
    actor: Actor, sealing: Sealing, unit: UnitOfWork, services: Services, now: datetime
) -> tuple[ClaimStatement, bytes]:
    """The issued claim and its signed PDF, neither stored yet: ``unit.claims.add(record, pdf)``.

    Raises ClaimStatementRefused, EvidenceChanged, KeysUnavailable, and what ``stated`` raises.
    """
    from certificates import labelnumber

    keys = services.keys.keyset()
    number = labelnumber.make(now.year, unit.claims.next_serial(now.year), labelnumber.CLAIM)
    issue = Issue(number, {"id": keys.issuer_id, "name": dict(keys.name)}, now, sealing.valid_until)
    statement = sealing.stated(issue)
    _require_own(statement, issue)
    try:
        made = issuing.entered(statement, "", unit, services, now)
    except StatementRefused as error:
        raise ClaimStatementRefused([_TOO_LONG]) from error
    record = ClaimStatement(
        number=number,
        dossier_id=sealing.dossier_id,
        statement=statement,
        credential=made.credential,
        proof=made.proof,
        person_id=actor.person_id,
        issued_at=now,
        valid_until=sealing.valid_until,
    )
    return record, issuing.printed(statement, made, services, now)


def _require_own(statement: dict[str, Any], issue: Issue) -> None:
    """Rules 2 and 3: a statement in good form, for this number, issuer and dates, that fits into a credential."""
    from certificates import kinds
    from certificates.encoding import moment_text

    found = kinds.CLAIM.problems(statement)
    if found:
        raise ClaimStatementRefused((one.sentence("zh"), one.sentence("en")) for one in found)
    dates = (moment_text(issue.issued_at), moment_text(issue.valid_until))
    ours = (issue.number, issue.issuer, *dates)
    if tuple(statement[name] for name in ("number", "issuer", "issuedAt", "validUntil")) != ours:
        raise ClaimStatementRefused([_OTHER_ISSUE])
