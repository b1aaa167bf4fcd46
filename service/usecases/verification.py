"""Verify (验真): the report on a file somebody has, or on a number that was issued here.

Rules
1. One verifier answers, ``certificates.verify``: behind pages, API, command and the standalone program alike.
2. What the store knows besides a file, the register of standings and the whole log, is handed in as knowledge. So a
   file with old status lists is told as it stands now, and a credential that is not in the log is seen.
3. A number is verified as its bundle of this moment. Who may ask for a number is decided before (``usecases.lookup``):
   nothing here takes a code, and nothing here is called with a number that somebody typed.
4. A past moment is answered by what is known now of that moment.
5. What was damaged in the store is an answer too: what cannot be packed is verified as the bare credential.

Example: ``by_file(data, services, number="TB-2026-0000001-L", code="7K2M-9QXA").verdict``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from service.usecases.refusals import EvidenceChanged
from service.usecases.sealed import Issued, packed
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.knowledge import Knowledge
    from certificates.report import Report
    from certificates.trust import Trust
    from service.store.uow import UnitOfWork


def by_number(number: str, services: Services, *, at: datetime | None = None) -> Report | None:
    """The verdict on the stored label or claim with this number (rule 3), now or at a past moment; None when the number
    was never issued here. Raises KeysUnavailable."""
    from certificates.verify import verify
    from service.usecases.standing.refusals import StatusUnavailable

    with _reading(services) as unit:
        issued = _issued(number, unit)
        if issued is None:
            return None
        try:
            data = packed(issued, unit, services)
        except (EvidenceChanged, StatusUnavailable):
            data = issued.credential.encode("ascii", "replace")
        asked, held = at or services.clock(), known(services, unit)
        try:
            return verify(data, trusted(services), at=asked, number=issued.number, known=held)
        except EvidenceChanged:  # the log's own nodes: what is left is the register, and no proof of the log
            bare, left = issued.credential.encode("ascii", "replace"), replace(held, trees={}, cosigned={})
            return verify(bare, trusted(services), at=asked, number=issued.number, known=left)


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
        asked, held = at or services.clock(), known(services, unit)
        try:
            return verify(data, trusted(services), at=asked, number=number, code=code, known=held)
        except (
            EvidenceChanged
        ):  # the log's own nodes: the file is verified by what it brings, and by the register
            left = replace(held, trees={}, cosigned={})
            return verify(data, trusted(services), at=asked, number=number, code=code, known=left)


def known(services: Services, unit: UnitOfWork) -> Knowledge:
    """What the store knows, looked up while the unit is open: the register as of now, the log's tree, and the
    checkpoints worth holding. Raises KeysUnavailable."""
    from certificates.knowledge import Knowledge
    from service.usecases import standing, translog

    issuer, tree = services.keys.keyset().issuer_id, translog.tree(unit)
    return Knowledge(
        registers={issuer: standing.register(unit, services.clock())},
        trees={issuer: tree} if tree.size else {},
        cosigned={issuer: _checkpoints(unit, services)},
    )


def _checkpoints(unit: UnitOfWork, services: Services) -> tuple[str, ...]:
    """The newest, the one that most witnesses signed, and for each compromised key the last that was cosigned
    before."""
    from service.usecases import translog

    latest, lines = unit.log.latest_checkpoint(), Counter[int]()
    if latest is None:
        return ()
    lines.update(one.size for one in unit.log.cosigned(0, translog.LOOKED_AT))
    sizes = {latest[0], max(lines, key=lambda size: (lines[size], size), default=latest[0])}
    for key in services.keys.keyset().keys:
        if key.compromised_since is not None:
            sizes.add(unit.desk.cosigned_before(key.compromised_since))
    texts = (translog.cosigned_checkpoint(unit, size) for size in sorted(sizes - {0}))
    return tuple(text for text in texts if text is not None)


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
    """The same, read; the same object for the same content, so that what was verified with it need not be again."""
    return _read(json.dumps(services.keys.trust(), sort_keys=True))


@lru_cache(maxsize=4)
def _read(text: str) -> Trust:
    from certificates.trust import read

    return read(json.loads(text))


@contextmanager
def _reading(services: Services) -> Iterator[UnitOfWork]:
    """A unit in which the status lists are current; where nobody can sign them, one without that promise: the register
    tells how everything stands all the same."""
    from certificates.status import NotAStatusList
    from service.usecases import standing
    from service.usecases.standing.refusals import StatusUnavailable

    with suppress(StatusUnavailable, EvidenceChanged, NotAStatusList):
        standing.fresh(services)
    with services.uow() as unit:
        yield unit


def _issued(number: str, unit: UnitOfWork) -> Issued | None:
    return unit.labels.get(number) or unit.claims.get(number)
