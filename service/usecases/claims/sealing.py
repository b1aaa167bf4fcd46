"""Sealing a claim: the steps of ``service.usecases.issuing.seal`` for a claim, in one transaction of the caller.

Rules
1. Number from the counter; statement; credential; the log's own root is still the one it signed last; append; inclusion
   proof; checkpoint; PDF; signature. The caller has allowed it, adds what comes back, and commits: killed anywhere, the
   store holds either no trace or the whole claim.
2. The statement is made for the number and the issuer of this issue and is refused where it says otherwise.
3. A claim whose statement is too long for a credential is refused: no verifier would read it.

Example: ``record, pdf = seal(actor, Sealing(dossier.id, stated, valid_until), unit, services, now)``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.store.ledger_records import ClaimStatement
from service.usecases.access import Actor
from service.usecases.claims.refusals import ClaimStatementRefused
from service.usecases.issuing import append_to_log
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.keys import KeySet
    from service.store.uow import UnitOfWork

_OTHER_ISSUE = (
    "编号、签发机构、日期或密钥与本次签发不一致。",
    "Its number, issuer or dates are not those of this issue, or the key is not valid now.",
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
    from certificates import documents, labelnumber

    keys = services.keys.keyset()
    number = labelnumber.make(now.year, unit.claims.next_serial(now.year), labelnumber.CLAIM)
    issue = Issue(number, {"id": keys.issuer_id, "name": dict(keys.name)}, now, sealing.valid_until)
    statement = sealing.stated(issue)
    url = services.verify_url(number)
    compact = _credential(statement, issue, keys, url)
    proof = append_to_log(compact, unit, keys, now)
    drawn = services.render(statement, credential=compact, proof=json.dumps(proof).encode(), url=url)
    record = ClaimStatement(
        number=number,
        dossier_id=sealing.dossier_id,
        statement=statement,
        credential=compact,
        proof=proof,
        person_id=actor.person_id,
        issued_at=now,
        valid_until=sealing.valid_until,
    )
    return record, documents.sign_pdf(drawn, keys)


def _credential(statement: dict[str, Any], issue: Issue, keys: KeySet, url: str) -> str:
    """Rules 2 and 3."""
    from certificates import bundle, credential, kinds

    found = kinds.CLAIM.problems(statement)
    if found:
        raise ClaimStatementRefused((one.sentence("zh"), one.sentence("en")) for one in found)
    if (statement["number"], statement["issuer"]) != (issue.number, issue.issuer):
        raise ClaimStatementRefused([_OTHER_ISSUE])
    try:
        made = credential.issue(statement, keys, issue.issued_at, issue.valid_until, identifier=url)
    except credential.WrongIssuer as error:
        raise ClaimStatementRefused([_OTHER_ISSUE]) from error
    if not bundle.looks_compact(made):
        raise ClaimStatementRefused([_TOO_LONG])
    return made
