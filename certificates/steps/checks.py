"""Steps 3 to 14. Each takes the case and answers whether it holds, with the code of a sentence and its
values.

``None`` means that the step could not or need not be done; it is never a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates import chain, credential, kinds, labelnumber
from certificates.encoding import NotEncoded, from_moment_text, moment_text
from certificates.log import checkpoint as checkpoints
from certificates.log import merkle
from certificates.steps.presented import Presented
from certificates.texts import Problem
from certificates.trust import Trust, TrustedIssuer, TrustedKey, log_name

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """``ok``, the code of the sentence, and the values in it."""

    ok: bool | None
    reason: str
    values: tuple[tuple[str, str], ...] = ()


class Case:
    """One file under verification: what was presented, whom the verifier trusts, and what was asked."""

    def __init__(self, presented: Presented, trust: Trust | None, at: datetime, number: str | None) -> None:
        self.presented, self.trust, self.at, self.number = presented, trust, at, number
        payload = presented.credential.payload
        self.statement: Any = presented.credential.statement
        self.statement_kind = kinds.of(self.statement)
        self.form = _form(presented.credential, self.statement_kind)
        issuer = payload.get("issuer")
        self.issuer_id = str(issuer.get("id", "")) if isinstance(issuer, dict) else ""
        self.issued_at = _moment(payload.get("validFrom"))
        self.issuer: TrustedIssuer | None = trust.issuer(self.issuer_id) if trust else None
        kid = presented.credential.header.get("kid")
        self.key: TrustedKey | None = self.issuer.key(str(kid), "label") if self.issuer else None


def issuer_trusted(case: Case) -> Outcome:
    """Step 3: the issuer is in the trust file, the header names the same one, and the key is one of its
    label keys.

    The answer shows the name pinned in the trust file: the name on the label is the label's own claim.
    """
    if case.trust is None:
        return Outcome(False, "no-trust")
    header = case.presented.credential.header
    if case.issuer is None:
        return Outcome(False, "issuer-unknown", (("issuer", case.issuer_id or "–"),))
    if header.get("iss") != case.issuer_id or case.key is None:
        return Outcome(False, "key-unknown", (("issuer", case.issuer_id), ("kid", str(header.get("kid")))))
    name = " / ".join(text for _, text in case.issuer.name)
    return Outcome(True, "issuer-trusted", (("issuer", case.issuer_id), ("name", name)))


def key_in_time(case: Case) -> Outcome:
    """Step 4: the label key was valid when the label was issued."""
    if case.key is None or case.issued_at is None:
        return Outcome(None, "no-key")
    values = (
        ("kid", case.key.kid),
        ("from", moment_text(case.key.valid_from)),
        ("until", moment_text(case.key.valid_until)),
        ("issued", moment_text(case.issued_at)),
    )
    holds = case.key.valid_at(case.issued_at)
    return Outcome(holds, "key-in-time" if holds else "key-out-of-time", values)


def signature_holds(case: Case) -> Outcome:
    """Step 5: Ed25519 over the very bytes presented, by the pinned key, whatever the header says of
    algorithms."""
    if case.key is None or not isinstance(case.key.public, Ed25519PublicKey):
        return Outcome(None, "no-key")
    decoded = case.presented.credential
    try:
        case.key.public.verify(decoded.signature, decoded.signed)
    except InvalidSignature:
        return Outcome(False, "signature-broken")
    return Outcome(True, "signature-holds")


def header_exact(case: Case) -> Outcome:
    """Step 6: alg Ed25519 (RFC 9864), typ vc+jwt, iss, kid, and nothing else."""
    header = case.presented.credential.header
    exact = set(header) == {"alg", "typ", "iss", "kid"}
    if exact and header["alg"] == credential.ALGORITHM and header["typ"] == credential.MEDIA_TYPE:
        return Outcome(True, "header-exact")
    return Outcome(False, "header-other", (("alg", str(header.get("alg"))), ("typ", str(header.get("typ")))))


def form_right(case: Case) -> Outcome:
    """Step 7: every field of the statement's version and no other, and the credential repeats issuer and dates
    truly."""
    return _listed(case.form, "form-right", "form-wrong")


def number_right(case: Case) -> Outcome:
    """Step 8: the check character fits, and the number is the one that was asked for."""
    if case.form:
        return Outcome(None, "no-statement")
    number = case.statement["number"]
    if not labelnumber.valid(number, case.statement_kind.prefix):
        return Outcome(False, "check-character", (("number", number),))
    if case.number is not None and labelnumber.typed(case.number) != number:
        return Outcome(False, "other-number", (("number", number), ("asked", case.number)))
    return Outcome(True, "number-right", (("number", number),))


def sums_right(case: Case) -> Outcome:
    """Step 9: the numbers fit each other (``certificates.arithmetic``, ``certificates.ledger.claims``)."""
    if case.form:
        return Outcome(None, "no-statement")
    return _listed(case.statement_kind.sums(case.statement), "sums-right", "sums-wrong")


def chain_right(case: Case) -> Outcome:
    """Step 10: every link of the evidence chain holds (``certificates.chain``)."""
    if case.form:
        return Outcome(None, "no-statement")
    broken = chain.broken_at(case.statement["chain"], case.statement_kind.evidence)
    values = (("kind", broken), ("count", str(len(case.statement["chain"]))))
    return Outcome(not broken, "chain-broken" if broken else "chain-right", values)


def included(case: Case) -> Outcome:
    """Step 11: the leaf is the hash of the credential's bytes, and the proof leads to the checkpoint's
    root."""
    proof = case.presented.proof
    if proof is None:
        return Outcome(None, "no-proof")
    try:
        stated = checkpoints.read(proof.checkpoint)
    except checkpoints.NotACheckpoint:
        return Outcome(None, "no-checkpoint")
    values = (("index", str(proof.leaf_index)), ("size", str(proof.tree_size)), ("stated", str(stated.size)))
    if stated.size != proof.tree_size:
        return Outcome(False, "other-size", values)
    leaf = merkle.leaf_hash(case.presented.credential.compact.encode("ascii"))
    holds = merkle.verify_inclusion(leaf, proof.leaf_index, proof.tree_size, proof.hashes, stated.root)
    return Outcome(holds, "included" if holds else "not-included", values)


def checkpoint_signed(case: Case) -> Outcome:
    """Step 12: the checkpoint is of the issuer's own log and signed by a log key not retired before the
    issue."""
    proof = case.presented.proof
    if proof is None:
        return Outcome(None, "no-proof")
    try:
        stated = checkpoints.read(proof.checkpoint)
    except checkpoints.NotACheckpoint:
        return Outcome(False, "no-checkpoint")
    if case.issuer is None or case.issued_at is None:
        return Outcome(None, "no-key")
    name = log_name(case.issuer.id)
    values = (("origin", stated.origin), ("expected", name))
    if stated.origin != name:
        return Outcome(False, "other-log", values)
    for key in case.issuer.of_use("log"):
        if key.valid_until <= case.issued_at or not isinstance(key.public, Ed25519PublicKey):
            continue
        if checkpoints.note_signed(proof.checkpoint, name, key.public):
            return Outcome(True, "checkpoint-signed", values)
    return Outcome(False, "checkpoint-broken", values)


def document_signed(case: Case) -> Outcome:
    """Step 13, PDF only: one signature over every byte of the file, by a document key valid at the time of
    issue."""
    signed = case.presented.signed
    if signed is None:
        return Outcome(None, "not-a-pdf")
    if signed.problem:
        return Outcome(False, signed.problem)
    if case.issuer is None or case.issued_at is None:
        return Outcome(None, "no-key")
    keys = [key.public for key in case.issuer.of_use("document") if key.valid_at(case.issued_at)]
    holds = signed.by_any(key for key in keys if isinstance(key, ec.EllipticCurvePublicKey))
    return Outcome(holds, "document-signed" if holds else "document-other-key")


def in_force(case: Case) -> Outcome:
    """Step 14: the time asked about lies between validFrom and validUntil."""
    until = _moment(case.presented.credential.payload.get("validUntil"))
    if case.issued_at is None or until is None:
        return Outcome(None, "no-statement")
    values = (
        ("from", moment_text(case.issued_at)),
        ("until", moment_text(until)),
        ("at", moment_text(case.at)),
    )
    if case.at < case.issued_at:
        return Outcome(False, "not-yet-valid", values)
    return Outcome(False, "expired", values) if case.at >= until else Outcome(True, "in-force", values)


CHECKS: tuple[tuple[int, str, Callable[[Case], Outcome]], ...] = (
    (3, "issuer", issuer_trusted),
    (4, "key-time", key_in_time),
    (5, "signature", signature_holds),
    (6, "header", header_exact),
    (7, "schema", form_right),
    (8, "number", number_right),
    (9, "arithmetic", sums_right),
    (10, "chain", chain_right),
    (11, "inclusion", included),
    (12, "checkpoint", checkpoint_signed),
    (13, "document", document_signed),
    (14, "dates", in_force),
)
"""Number, code and check of every step after the reading."""


def _form(decoded: credential.Decoded, kind: kinds.StatementKind) -> list[Problem]:
    found = kind.form(decoded.statement)
    wrong = "" if found else credential.envelope_problem(decoded.payload)
    return [*found, Problem("envelope", wrong)] if wrong else found


def _listed(found: list[Problem], right: str, wrong: str) -> Outcome:
    if not found:
        return Outcome(True, right)
    fields = ", ".join(dict.fromkeys(problem.where for problem in found[:_SHOWN]))
    values = (("field", fields), ("count", str(len(found))), ("code", found[0].code))
    return Outcome(False, wrong, values)


def _moment(value: Any) -> datetime | None:
    try:
        return from_moment_text(value) if isinstance(value, str) else None
    except NotEncoded:
        return None
