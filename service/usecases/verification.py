"""Verify (验真): labels and claims, open to everybody, no account, no actor. What is published here is what is on them.

A claim may have been frozen since it was issued: the report of its file cannot say so, its page (``/c/<number>``) does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.usecases.refusals import EvidenceChanged
from service.usecases.sealed import Issued, packed
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.report import Report
    from service.store.uow import UnitOfWork


def by_number(number: str, services: Services) -> Report | None:
    """Verify the stored label or claim with this number; None when the number was never issued here.

    The number may be written as people write it (``labelnumber.typed``). What was damaged in the store is an
    answer too: what cannot be packed is unreadable.
    """
    from certificates.labelnumber import typed
    from certificates.verify import verify

    number = typed(number)
    try:
        data = published_bundle(number, services)
    except EvidenceChanged:
        data = b""
    if data is None:
        return None
    return verify(data, services.keys.trust(), at=services.clock(), number=number)


def by_file(data: bytes, services: Services, *, number: str | None = None) -> Report:
    """Verify an uploaded PDF, bundle or credential of a label or a claim; a bad file is an answer.

    ``number`` is the one expected.
    """
    from certificates.verify import verify

    return verify(data, services.keys.trust(), at=services.clock(), number=number)


def published_document(number: str, services: Services) -> bytes | None:
    """The issued PDF of a label or a claim, public like its page; None when the number was never issued."""
    with services.uow() as unit:
        return unit.labels.pdf(number) or unit.claims.pdf(number)


def published_bundle(number: str, services: Services) -> bytes | None:
    """The bundle (credential and proof) of a label or a claim, public; None when the number was never issued.

    Raises EvidenceChanged when it was damaged in the store.
    """
    with services.uow() as unit:
        issued = _issued(number, unit)
    return packed(issued) if issued else None


def public_page(report: Report, services: Services) -> str:
    """Where a claim that was issued here shows how it stands today; empty for any other report."""
    number = (report.statement or {}).get("number", "")
    if report.noun != "claim" or not number:
        return ""
    with services.uow() as unit:
        return services.verify_url(number) if unit.claims.get(number) else ""


def trust(services: Services) -> dict[str, Any]:
    """The public trust file: whose keys sign labels and claims here."""
    return services.keys.trust()


def _issued(number: str, unit: UnitOfWork) -> Issued | None:
    return unit.labels.get(number) or unit.claims.get(number)
