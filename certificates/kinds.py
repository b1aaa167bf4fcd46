"""The kinds of statement that are signed here: a footprint label and a neutralisation claim.

Rules
1. A kind is named by its statement's ``type``, exactly. Whatever names none of them is read as a label, whose form then
   refuses it.
2. Everything that differs is in this table: words of the credential, form, sums, evidence, number. The steps of
   verification ask the kind and are otherwise the same for all.
3. No two kinds share a ``type``, their credential types, a path or a number's prefix: a statement of one kind in the
   envelope of another fails (step 7), and so does its number (step 8).

Example: ``of({"type": "tanbiao-claim/1"}).noun == "claim"``.
"""

from __future__ import annotations

from typing import Any

from certificates import labelnumber
from certificates.envelope import Envelope
from certificates.ledger.claims import statement as claims
from certificates.statement import LABEL
from certificates.statementkind import StatementKind, both

__all__ = ["CLAIM", "KINDS", "LABEL", "StatementKind", "of", "of_number"]


def _claim_name(statement: dict[str, Any]) -> str:
    subject = both(statement["subject"]["name"])
    return f"Neutralisation claim {statement['number']}: {subject} (碳中和声明)"


def _claim_subject(statement: dict[str, Any], envelope: Envelope, address: str) -> dict[str, Any]:
    """UNTP has no form for a neutralisation claim: the subject is the statement alone, in our own words."""
    del envelope
    return {"id": f"{address}#claim", "type": ["NeutralisationStatement"], "statement": statement}


CLAIM = StatementKind(
    noun="claim",
    type=claims.TYPE,
    prefix=labelnumber.CLAIM,
    path="c",
    credential_types=("VerifiableCredential", "NeutralisationClaim"),
    contexts=(),
    issuer_types=(),
    evidence=claims.REQUIRED_KINDS,
    name=_claim_name,
    subject=_claim_subject,
    form=claims.problems,
    sums=claims.sums,
)
KINDS = (LABEL, CLAIM)


def of(statement: Any) -> StatementKind:
    """The kind that the statement's ``type`` names; the label's where it names none (rule 1)."""
    named = statement.get("type") if isinstance(statement, dict) else None
    return next((kind for kind in KINDS if kind.type == named), LABEL)


def of_number(number: str) -> StatementKind:
    """The kind whose numbers begin like this one; the label's where none does."""
    return next((kind for kind in KINDS if number.startswith(f"{kind.prefix}-")), LABEL)
