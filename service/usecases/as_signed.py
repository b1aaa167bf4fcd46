"""Does the store still hold a label or a claim as it was signed? For the check of the whole store.

Rules
1. Asked as of the issue: what was signed then, whatever became of the keys since, and without asking for witnesses,
   whose cosignatures come later.
2. The statement in the row, its dates and its check code are the signed ones; the log's leaf of its name holds the
   credential, in the tree and by the proof kept with it; credential and PDF verify as that label.

Example: ``list(problems(label, pdf, unit, services)) == []``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from service.usecases import translog, verification
from service.usecases.sealed import Issued, entry_of
from service.usecases.services import Services

if TYPE_CHECKING:
    from certificates.credential import Decoded
    from certificates.keys.trust import Trust
    from service.store.uow import UnitOfWork

_SOUND = ("valid", "suspended", "revoked", "superseded")
"""Verdicts of what is as it was signed, also where it was suspended in the very second of its issue."""


def problems(issued: Issued, pdf: bytes, unit: UnitOfWork, services: Services) -> Iterator[str]:
    """What of a label or a claim is not as it was signed: credential, log entry, proof, statement, dates, check code,
    PDF (rule 2)."""
    from certificates.credential import CredentialUnreadable, decode

    try:
        signed = decode(issued.credential)
    except CredentialUnreadable:
        yield "credential"
        return
    if signed.statement != issued.statement:
        yield "statement (it is not the one that was signed)"
        return
    if not _dated(issued):
        yield "date"
    if signed.envelope is None or getattr(issued, "code", "") != signed.envelope.code:
        yield "check code"
    if not _logged(issued, signed, unit):
        yield "log entry"
    if not _proved(issued, signed):
        yield "proof"
    yield from _unverified(issued, pdf, unit, services)


def _unverified(issued: Issued, pdf: bytes, unit: UnitOfWork, services: Services) -> Iterator[str]:
    """Credential and PDF, verified as of the issue against the log and the register of the store."""
    from certificates.verify import verify

    trust, known = as_issued(verification.trusted(services)), verification.known(services, unit)
    for what, data in (("credential", issued.credential.encode("ascii", "replace")), ("PDF", pdf)):
        report = verify(data, trust, at=issued.issued_at, number=issued.number, known=known)
        if report.verdict not in _SOUND or report.statement != issued.statement:
            yield f"{what} ({report.verdict})"


def as_issued(trust: Trust) -> Trust:
    """Rule 1: the same keys as if none had ever been compromised, and no witness asked for."""
    issuers = tuple(
        replace(issuer, keys=tuple(replace(key, compromised_since=None) for key in issuer.keys))
        for issuer in trust.issuers
    )
    return replace(trust, issuers=issuers, quorum=0)


def _logged(issued: Issued, signed: Decoded, unit: UnitOfWork) -> bool:
    """The log's leaf of that name holds the credential, and its tree has it there."""
    from certificates.log.merkle import leaf_hash

    leaf, wanted = unit.log.leaf_of(entry_of(issued)), leaf_hash(signed.leaf_bytes)
    return leaf is not None and leaf.hash == wanted == translog.tree(unit).leaf(leaf.index)


def _proved(issued: Issued, signed: Decoded) -> bool:
    from certificates.log import merkle, proof

    try:
        stored = proof.read(issued.proof if isinstance(issued.proof, str) else "")
    except proof.NotAProof:
        return False
    return proof.included(stored, merkle.leaf_hash(signed.leaf_bytes))


def _dated(issued: Issued) -> bool:
    """The columns beside the statement say what it says."""
    stated = [str(issued.statement.get(name, ""))[:19] for name in ("issuedAt", "validUntil")]
    return [f"{one:%Y-%m-%dT%H:%M:%S}" for one in (issued.issued_at, issued.valid_until)] == stated
