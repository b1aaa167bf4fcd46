"""Verify (验真): open to everybody, no account, no actor. What is published here is what is on the label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.usecases.common import packed
from service.usecases.refusals import EvidenceChanged
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.report import Report


def by_number(number: str, services: Services) -> Report | None:
    """Verify the stored label with this number; None when the number was never issued here.

    The number may be written as people write it (``labelnumber.typed``). A label damaged in the store is an
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
    """Verify an uploaded PDF, bundle or credential; a bad file is an answer.

    ``number`` is the one expected.
    """
    from certificates.verify import verify

    return verify(data, services.keys.trust(), at=services.clock(), number=number)


def published_document(number: str, services: Services) -> bytes | None:
    """The issued PDF of a label, public like its verification page; None when the number was never issued."""
    with services.uow() as unit:
        return unit.labels.pdf(number)


def published_bundle(number: str, services: Services) -> bytes | None:
    """The label's bundle (credential and proof), public; None when the number was never issued.

    Raises EvidenceChanged when it was damaged in the store.
    """
    with services.uow() as unit:
        label = unit.labels.get(number)
    return packed(label) if label else None


def trust(services: Services) -> dict[str, Any]:
    """The public trust file: whose keys sign labels here."""
    return services.keys.trust()
