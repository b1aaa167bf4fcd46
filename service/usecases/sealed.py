"""What labels and claims have in common once they are issued: their bundle, and whether the store still holds what was
signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from service.usecases.refusals import EvidenceChanged

if TYPE_CHECKING:
    from service.usecases.services import Services


class Issued(Protocol):
    """A label or a claim as the store keeps it."""

    @property
    def number(self) -> str:
        """Its number."""
        ...

    @property
    def statement(self) -> dict[str, Any]:
        """What was signed."""
        ...

    @property
    def credential(self) -> str:
        """The compact vc+jwt."""
        ...

    @property
    def proof(self) -> dict[str, Any]:
        """The proof of the log."""
        ...

    @property
    def issued_at(self) -> datetime:
        """When it was signed."""
        ...

    @property
    def valid_until(self) -> datetime:
        """The end of its validity."""
        ...


def packed(issued: Issued) -> bytes:
    """The bundle. Raises EvidenceChanged when credential or proof were damaged in the store."""
    from certificates.bundle import NotABundle, pack

    try:
        return pack(issued.credential, issued.proof)
    except NotABundle as error:
        raise EvidenceChanged(what=f"credential or proof of {noun(issued)} {issued.number}") from error


def noun(issued: Issued) -> str:
    """``label`` or ``claim``, by the number."""
    from certificates.kinds import of_number

    return of_number(issued.number).noun


def problems(issued: Issued, pdf: bytes, services: Services) -> Iterator[str]:
    """What of a label or a claim is not as it was signed: credential, proof, statement, dates, PDF."""
    from certificates.bundle import NotABundle, pack
    from certificates.credential import CredentialUnreadable, decode
    from certificates.verify import verify

    try:
        signed = decode(issued.credential).statement
        bundle = pack(issued.credential, issued.proof)
    except CredentialUnreadable:
        yield "credential"
        return
    except NotABundle:
        yield "proof"
        return
    if signed != issued.statement:
        yield "statement (it is not the one that was signed)"
        return
    if not _dated(issued):
        yield "date"
    trust = services.keys.trust()
    for what, data in (("credential or proof", bundle), ("PDF", pdf)):
        report = verify(data, trust, at=issued.issued_at, number=issued.number)
        if report.verdict != "valid" or report.statement != signed:
            yield f"{what} ({report.verdict})"


def logged(issued: Issued, nodes: dict[tuple[int, int], bytes]) -> bool:
    """True when the credential is a leaf of the log."""
    from certificates.log.merkle import leaf_hash

    leaf = leaf_hash(issued.credential.encode("ascii", "replace"))
    return any(level == 0 and value == leaf for (level, _), value in nodes.items())


def _dated(issued: Issued) -> bool:
    """The columns beside the statement say what it says."""
    stated = [str(issued.statement.get(name, ""))[:19] for name in ("issuedAt", "validUntil")]
    return [f"{one:%Y-%m-%dT%H:%M:%S}" for one in (issued.issued_at, issued.valid_until)] == stated
