"""The bundle: everything that shows a label to somebody without a network, in one JSON file.

``{"type": "tanbiao-bundle/2", "credential": …, "proof": …, "statuses": [{"credential": …, "proof": …}, …], "issuer": …,
"accreditation": …}``

Rules
1. ``credential`` is a compact vc+jwt, or a JSON object with a Data Integrity proof. ``proof`` is the text of a C2SP
   tlog-proof that the log holds it.
2. ``statuses`` are the three status lists that hold its index, each a compact vc+jwt with its own tlog-proof.
3. ``issuer`` is the issuer's DID document, ``accreditation`` what it states of its accreditation, or null. Both are for
   people and for comparison: no key is ever taken from a file.
4. The fields are exactly these; their contents are judged by the steps of verification (``certificates.verify``).
5. In a label PDF the attachment ``bundle.json`` is this file, and ``credential.jwt`` the very text of its credential.

Example: ``unpack(parse(pack(Bundle(compact, proof, statuses, document)))).credential == compact``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from certificates import limits
from certificates.canonical import canonical_bytes

TYPE = "tanbiao-bundle/2"
CREDENTIAL_FILE = "credential.jwt"
BUNDLE_FILE = "bundle.json"
STATUSES = 3
"""How many status lists a bundle holds: one for each purpose."""
_FIELDS = {"type", "credential", "proof", "statuses", "issuer", "accreditation"}
_BASE64URL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class NotABundle(ValueError):
    """This is not a bundle with exactly its six fields, each of its kind and length."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A status list (compact vc+jwt) with the text of the proof that the log holds it."""

    credential: str
    proof: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle taken apart, nothing verified. Raises NotABundle when a part is not of its kind and length."""

    credential: str | dict[str, Any]
    proof: str
    statuses: tuple[Logged, ...]
    issuer: dict[str, Any]
    accreditation: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.credential, dict) and not looks_compact(self.credential):
            raise NotABundle("The credential is neither a compact JWT nor an object.")
        _require_proof(self.proof)
        if len(self.statuses) != STATUSES:
            raise NotABundle(f"A bundle has {STATUSES} status lists.")
        for status in self.statuses:
            if not looks_compact(status.credential):
                raise NotABundle("A status list is not a compact JWT.")
            _require_proof(status.proof)
        if not isinstance(self.issuer, dict) or not isinstance(self.accreditation, dict | None):
            raise NotABundle("The issuer is a DID document, its accreditation an object or null.")


def pack(bundle: Bundle) -> bytes:
    """The bundle as canonical JSON. Raises NotCanonical for a credential object that has no canonical form."""
    return canonical_bytes(
        {
            "type": TYPE,
            "credential": bundle.credential,
            "proof": bundle.proof,
            "statuses": [{"credential": one.credential, "proof": one.proof} for one in bundle.statuses],
            "issuer": bundle.issuer,
            "accreditation": bundle.accreditation,
        },
        numbers=True,
    )


def unpack(data: Any) -> Bundle:
    """The bundle of parsed JSON (``canonical.parse`` with numbers); raises NotABundle."""
    if not isinstance(data, dict) or set(data) != _FIELDS or data["type"] != TYPE:
        raise NotABundle("A bundle has exactly type, credential, proof, statuses, issuer and accreditation.")
    statuses = data["statuses"]
    if not isinstance(statuses, list):
        raise NotABundle("The status lists are a list.")
    for status in statuses:
        if not isinstance(status, dict) or set(status) != {"credential", "proof"}:
            raise NotABundle("A status list has exactly credential and proof.")
    logged = tuple(Logged(one["credential"], one["proof"]) for one in statuses)
    return Bundle(data["credential"], data["proof"], logged, data["issuer"], data["accreditation"])


def looks_compact(text: Any) -> bool:
    """True for three base64url parts with dots, within the limit of length."""
    if not isinstance(text, str) or len(text) > limits.CREDENTIAL_BYTES or not text.isascii():
        return False
    dots_alone = text.encode("ascii").translate(None, _BASE64URL) == b".."
    return dots_alone and not text.startswith(".") and ".." not in text


def _require_proof(text: Any) -> None:
    if not isinstance(text, str) or not 0 < len(text) <= limits.PROOF_BYTES:
        raise NotABundle("A proof is the text of a tlog-proof.")
