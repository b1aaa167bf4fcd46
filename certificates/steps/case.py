"""One file under verification: what was presented, whom the verifier trusts, what it holds itself, what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from certificates import kinds
from certificates.credential import envelope_problem
from certificates.encoding import NotEncoded, from_moment_text
from certificates.keys.signer import verify
from certificates.keys.trust import Trust, TrustedIssuer, TrustedKey
from certificates.knowledge import Knowledge, Register
from certificates.log import merkle
from certificates.steps.logs import Leaf, Logs, ReadProof, read_proof
from certificates.steps.outcome import Outcome
from certificates.steps.presented import Presented
from certificates.steps.standing import Found, standing_of
from certificates.texts import Problem

__all__ = ["Asked", "Case", "Outcome", "moment"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: about which moment, and (where somebody typed them) about which number and check code."""

    at: datetime
    number: str | None = None
    code: str | None = None


class Case:
    """Everything the steps look at; what several of them need is worked out once.

    ``form`` is what is wrong with the statement's form, ``around`` what of the credential does not follow from it.
    """

    def __init__(self, presented: Presented, trust: Trust | None, asked: Asked, known: Knowledge) -> None:
        self.presented, self.trust, self.asked, self.known = presented, trust, asked, known
        self.at = asked.at
        decoded = presented.credential
        self.statement: Any = decoded.statement
        self.statement_kind = kinds.of(self.statement)
        self.envelope = decoded.envelope
        self.form: list[Problem] = self.statement_kind.form(self.statement)
        wrong = "" if self.form else envelope_problem(decoded, self.envelope)
        self.around = [Problem("envelope", wrong)] if wrong else []
        issuer = decoded.payload.get("issuer")
        self.issuer_id = str(issuer.get("id", "")) if isinstance(issuer, dict) else ""
        self.issued_at = moment(decoded.payload.get("validFrom"))
        self.issuer: TrustedIssuer | None = trust.issuer(self.issuer_id) if trust else None
        self.key: TrustedKey | None = self.issuer.key(decoded.kid, "label") if self.issuer else None
        self.proof = read_proof(presented.bundle.proof) if presented.bundle else ReadProof()
        made_at = self.issued_at or datetime.max.replace(tzinfo=UTC)
        self.leaf = Leaf(merkle.leaf_hash(decoded.leaf_bytes), self.proof.proof, made_at)

    @cached_property
    def authentic(self) -> bool:
        """Whether the signature over the very bytes presented is that of the pinned key, whatever the credential says
        of algorithms."""
        decoded = self.presented.credential
        return self.key is not None and verify(self.key.public, decoded.signature, decoded.signed)

    @cached_property
    def logs(self) -> Logs | None:
        """What is known of the issuer's log; None for an issuer that is not trusted."""
        if self.trust is None or self.issuer is None:
            return None
        bundle = self.presented.bundle
        texts = [bundle.proof, *(status.proof for status in bundle.statuses)] if bundle else []
        proofs = [read_proof(text).proof for text in dict.fromkeys(texts)]
        brought = tuple(dict.fromkeys(one.checkpoint for one in proofs if one is not None))
        return Logs(self.trust, self.issuer, self.known, brought)

    @cached_property
    def standing(self) -> Found:
        """How the label stands at the moment asked about."""
        return standing_of(self)

    @property
    def register(self) -> Register | None:
        """What the verifier holds of the changes of standing of the issuer's labels."""
        return self.known.registers.get(self.issuer_id)


def moment(value: Any) -> datetime | None:
    """A moment as credentials write it, else None."""
    try:
        return from_moment_text(value) if isinstance(value, str) else None
    except NotEncoded:
        return None
