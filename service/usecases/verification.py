"""Verify (验真): the report on a file somebody has, or on a number that was issued here.

Rules
1. One verifier answers, ``certificates.verify``: behind pages, API, command and the standalone program alike.
2. What the store knows besides a file, the register of standings and the whole log, is handed in as knowledge. So a
   file with old status lists is told as it stands now, and a credential that is not in the log is seen.
3. A number is verified as its bundle of this moment. Who may ask for a number is decided before (``usecases.lookup``):
   nothing here takes a code, and nothing here is called with a number that somebody typed.
4. A past moment is answered by what is known now of that moment.
5. What was damaged in the store is an answer too: what cannot be packed is verified as the bare credential, against
   the store itself.
6. Every question reads anew from the store, in one unit: the credential, its place and its leaf, how it stands, the
   newest status lists, the newest checkpoint. Remembered between questions are the leaves under that checkpoint
   (``usecases.log_memory`` says why that is safe), the trust file of one key file, and what the verifier found of a
   text that was the very same. A verdict is never remembered.
7. The check of the whole store remembers nothing (``known``).

Example: ``by_file(data, services, number="TB-2026-0000001-L", code="7K2M-9QXA").verdict``.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from certificates.labelnumber import CLAIM
from certificates.same import Same
from service.usecases import log_memory
from service.usecases.refusals import EvidenceChanged
from service.usecases.sealed import Issued, current, packed
from service.usecases.services import Keys, Services

if TYPE_CHECKING:
    from certificates.bundle import Bundle
    from certificates.keys.keyset import KeySet
    from certificates.keys.trust import Trust
    from certificates.knowledge import Knowledge
    from certificates.report import Report
    from service.store.trust_records import Entered, PublishedList
    from service.store.uow import UnitOfWork
    from service.usecases.log_memory import OpenedLog


def by_number(number: str, services: Services, *, at: datetime | None = None) -> Report | None:
    """The verdict on the stored label or claim with this number (rule 3), now or at a past moment; None when the number
    was never issued here. Raises KeysUnavailable."""
    from certificates.status import NotAStatusList
    from service.usecases import standing
    from service.usecases.standing.refusals import StatusUnavailable

    with services.uow() as unit:
        entered = _entered(number, unit)
        if entered is None:
            return None
        lists = standing.fresh_lists(unit, entered.list or 0, services)
        if lists is not None:
            return _verdict(entered, lists, unit, services, at)
    with suppress(StatusUnavailable, EvidenceChanged, NotAStatusList):  # the register tells all the same
        standing.fresh(services)
    with services.uow() as unit:
        entered, lists = _entered(number, unit) or entered, ()
        with suppress(StatusUnavailable):
            lists = standing.current_lists(unit, entered.list or 0)
        return _verdict(entered, lists, unit, services, at)


def _verdict(
    entered: Entered,
    lists: tuple[PublishedList, ...],
    unit: UnitOfWork,
    services: Services,
    at: datetime | None,
) -> Report:
    """Rules 3 and 5."""
    from certificates.verify import verify

    trust, asked, log = trusted(services), at or services.clock(), _log(unit, services)
    held = _knowledge(services, unit, log)
    bare = entered.credential.encode("ascii", "replace")
    data: bytes | Bundle = bare
    try:
        data = current(entered, lists, log, services.keys.keyset()) if lists else bare
    except EvidenceChanged:  # the store tells more of its damage than what is remembered
        held = known(services, unit)
    try:
        return verify(data, trust, at=asked, number=entered.number, known=held)
    except EvidenceChanged:  # the log's own nodes: what is left is the register, and no proof of the log
        left = replace(held, trees={}, cosigned={})
        return verify(bare, trust, at=asked, number=entered.number, known=left)


def by_file(
    data: bytes,
    services: Services,
    *,
    number: str | None = None,
    code: str | None = None,
    at: datetime | None = None,
) -> Report:
    """Verify an uploaded PDF, bundle or credential of a label or a claim; a bad file is an answer.

    ``number`` and ``code`` are those expected. Raises KeysUnavailable.
    """
    from certificates.verify import verify

    with services.uow() as unit:
        asked, held = at or services.clock(), _knowledge(services, unit, _log(unit, services))
        try:
            return verify(data, trusted(services), at=asked, number=number, code=code, known=held)
        except (
            EvidenceChanged
        ):  # the log's nodes: the file is verified by what it brings, and by the register
            left = replace(held, trees={}, cosigned={})
            return verify(data, trusted(services), at=asked, number=number, code=code, known=left)


def known(services: Services, unit: UnitOfWork) -> Knowledge:
    """What the store knows, looked up in the store itself while the unit is open (rule 7): the register as of now, the
    log's tree, and the checkpoints worth holding. Raises KeysUnavailable."""
    return _knowledge(services, unit, log_memory.unremembered(unit))


def _knowledge(services: Services, unit: UnitOfWork, log: OpenedLog) -> Knowledge:
    """Rule 2: of checkpoints the newest, the one that most witnesses signed, and for each compromised key the last that
    was cosigned before."""
    from certificates.knowledge import Knowledge
    from service.usecases import standing

    keys = services.keys.keyset()
    before = [
        unit.desk.cosigned_before(key.compromised_since)
        for key in keys.keys
        if key.compromised_since is not None
    ]
    return Knowledge(
        registers={keys.issuer_id: standing.register(unit, services.clock())},
        trees={keys.issuer_id: log.tree} if log.tree.size else {},
        cosigned={keys.issuer_id: log.checkpoints(*before)},
    )


def _log(unit: UnitOfWork, services: Services) -> OpenedLog:
    return log_memory.opened(unit, len(trusted(services).witnesses))


def published_document(number: str, services: Services) -> bytes | None:
    """The issued PDF of a label or a claim (rule 3); None when the number was never issued."""
    with services.uow() as unit:
        return unit.labels.pdf(number) or unit.claims.pdf(number)


def published_bundle(number: str, services: Services) -> bytes | None:
    """The bundle of a label or a claim as of now (rule 3); None when the number was never issued.

    Raises EvidenceChanged when it was damaged in the store, StatusUnavailable, KeysUnavailable.
    """
    from service.usecases import standing

    with standing.reading(services) as unit:
        issued = _issued(number, unit)
        return packed(issued, unit, services) if issued else None


def public_page(report: Report, services: Services) -> str:
    """Where a claim that was issued here shows what it rests on today; empty for any other report."""
    number = (report.statement or {}).get("number", "")
    if report.noun != "claim" or not number:
        return ""
    with services.uow() as unit:
        return services.verify_url(number) if unit.claims.get(number) else ""


def trust(services: Services) -> dict[str, Any]:
    """The public trust file: whose keys sign labels and claims here, and which witnesses watch."""
    return services.keys.trust()


def trusted(services: Services) -> Trust:
    """The same, read; the same object for the same content, so that what was verified with it need not be again. It is
    made anew where the key file is another one."""
    return _trusted(Same(services.keys), Same(services.keys.keyset()))


@lru_cache(maxsize=2)
def _trusted(keys: Same[Keys], _keyset: Same[KeySet]) -> Trust:
    return _read(json.dumps(keys.value.trust(), sort_keys=True))


@lru_cache(maxsize=4)
def _read(text: str) -> Trust:
    from certificates.keys.trust import read

    return read(json.loads(text))


def _entered(number: str, unit: UnitOfWork) -> Entered | None:
    return unit.log.entered("claim" if number.startswith(f"{CLAIM}-") else "label", number)


def _issued(number: str, unit: UnitOfWork) -> Issued | None:
    return unit.labels.get(number) or unit.claims.get(number)
