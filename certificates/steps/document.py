"""Step 14, PDF only: the signature over the whole file."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec

from certificates.steps.case import Case
from certificates.steps.outcome import Outcome


def document_signed(case: Case) -> Outcome:
    """Step 14: one signature over every byte of the file, by a document key valid at the time of issue.

    A file is not in the log, so nothing shows when it was signed: a document key that was compromised signs no file any
    more, whatever date stands in it.
    """
    signed = case.presented.signed
    if signed is None:
        return Outcome(None, "not-a-pdf")
    if signed.problem:
        return Outcome(False, signed.problem)
    if case.issuer is None or case.issued_at is None:
        return Outcome(None, "no-key")
    for key in case.issuer.of_use("document"):
        if not isinstance(key.public, ec.EllipticCurvePublicKey) or not key.valid_at(case.issued_at):
            continue
        if signed.by_any([key.public]):
            compromised = key.compromised_since is not None
            return Outcome(not compromised, "document-key-compromised" if compromised else "document-signed")
    return Outcome(False, "document-other-key")
